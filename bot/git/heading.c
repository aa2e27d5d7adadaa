/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/heading.h"

#include <ctype.h>

#define HEADING_CUT 79 /* git keeps 80 bytes, less if a character is cut */

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

bool heading_is_one(struct span line)
{
	return line.p < line.end && (isalpha((unsigned char)*line.p) ||
				     *line.p == '_' || *line.p == '$');
}

bool heading_is_label(struct span line)
{
	const char *p = line.p;

	while (p < line.end && is_word_char(*p))
		p++;
	if (p == line.p || p == line.end || *p != ':')
		return false;
	line = span_trim((struct span){ p + 1, line.end });
	return line.p == line.end || span_starts(line, "//") ||
	       span_starts(line, "/*");
}

/* The word that ends at @at, blanks between left out; empty when none does. */
static struct span word_before(struct span line, const char *at)
{
	struct span word = { at, at };

	while (word.end > line.p && word.end[-1] == ' ')
		word.end--;
	word.p = word.end;
	while (word.p > line.p && is_word_char(word.p[-1]))
		word.p--;
	return word;
}

/* "__printf(2, 3) int f(" is f. */
static bool is_attribute(struct span word)
{
	static const char *const names[] = {
		"__acquires", "__aligned",  "__attribute__", "__must_hold",
		"__printf",   "__releases", "__scanf",	     "__section",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (span_is(word, names[i]))
			return true;
	return false;
}

/* DEFINE_MUTEX, EXPORT_SYMBOL: what is defined stands in the brackets. */
static bool is_macro(struct span word)
{
	bool has_letter = false;

	for (const char *p = word.p; p < word.end; p++) {
		if (islower((unsigned char)*p))
			return false;
		has_letter = has_letter || isupper((unsigned char)*p);
	}
	return has_letter;
}

/* "foo" of "int foo(", "EXPORT_SYMBOL(foo" of "EXPORT_SYMBOL(foo);" */
static struct span name_at_bracket(struct span line)
{
	for (const char *p = line.p; p < line.end; p++) {
		struct span name;

		if (*p != '(')
			continue;
		name = word_before(line, p);
		if (name.p == name.end || is_attribute(name))
			continue;
		if (is_macro(name))
			while (name.end < line.end && *name.end != ',' &&
			       *name.end != ')')
				name.end++;
		return name;
	}
	return (struct span){ line.end, line.end };
}

/* "foo" of "struct foo {", "const int foo[] = {", "struct bar foo = {" */
static struct span name_of_object(struct span line)
{
	for (const char *p = line.p; p < line.end; p++)
		if (*p == '{' || *p == '=' || *p == '[' || *p == ';')
			return word_before(line, p);
	if (span_starts(line, "struct ") || span_starts(line, "union ") ||
	    span_starts(line, "enum "))
		return word_before(line, line.end);
	return (struct span){ line.end, line.end };
}

/* What the line defines; empty when that cannot be told. */
static struct span name_of(struct span line)
{
	const char *assigned = memchr(line.p, '=', span_len(line));
	struct span name;

	name = name_at_bracket(assigned ? (struct span){ line.p, assigned }
					: line);
	return name.p < name.end ? name : name_of_object(line);
}

static bool same_text(struct span a, struct span b)
{
	return span_len(a) == span_len(b) && memcmp(a.p, b.p, span_len(a)) == 0;
}

enum heading_answer heading_compare(struct span said, struct span found)
{
	struct span said_name, found_name;

	said = span_trim(said);
	found = span_trim(found);
	if (!heading_is_one(said) || heading_is_label(said) ||
	    said.end[-1] == ';') /* "struct a;" begins nothing */
		return HEADING_UNTOLD;
	if (span_len(said) <= span_len(found) &&
	    memcmp(said.p, found.p, span_len(said)) == 0 &&
	    (span_len(said) == span_len(found) ||
	     span_len(said) >= HEADING_CUT - 3))
		return HEADING_SAME;
	said_name = name_of(said);
	if (said_name.p == said_name.end)
		return HEADING_UNTOLD;
	found_name = name_of(found);
	return same_text(said_name, found_name) ? HEADING_SAME : HEADING_OTHER;
}
