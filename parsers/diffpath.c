/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/diffpath.h"

#include "bot/base/buf.h"

/* \ooo: three octal digits, of a value that one byte holds and is not NUL. */
static bool eat_octal(struct span *s, char *out)
{
	unsigned value = 0;

	if (span_len(*s) < 3)
		return false;
	for (int i = 0; i < 3; i++) {
		if (s->p[i] < '0' || s->p[i] > '7')
			return false;
		value = value * 8 + (unsigned)(s->p[i] - '0');
	}
	if (value == 0 || value > 0xff)
		return false;
	s->p += 3;
	*out = (char)value;
	return true;
}

/* What stands after a backslash. */
static bool eat_escape(struct span *s, char *out)
{
	static const char names[] = "abtnvfr\"\\";
	static const char bytes[] = "\a\b\t\n\v\f\r\"\\";
	const char *at;

	if (s->p == s->end)
		return false;
	at = *s->p ? strchr(names, *s->p) : NULL;
	if (!at)
		return eat_octal(s, out);
	s->p++;
	*out = bytes[at - names];
	return true;
}

bool diffpath_unquote(char **out, struct span *text)
{
	AUTO(buf_release) struct buf name = { 0 };
	struct span s = *text;

	buf_init(&name, span_len(s) + 1);
	if (!span_eat(&s, "\""))
		return false;
	while (!span_eat(&s, "\"")) {
		char c;

		if (s.p == s.end || *s.p == '\0' || *s.p == '\n')
			return false;
		c = *s.p++;
		if (c == '\\' && !eat_escape(&s, &c))
			return false;
		buf_addc(&name, c);
	}
	*text = s;
	*out = buf_take(&name);
	return true;
}

const char *diffpath_strip(const char *name)
{
	const char *slash = strchr(name, '/');

	return slash && slash != name ? slash + 1 : NULL;
}

/* The name both stand for, or NULL; the caller frees it. */
static char *same_name(const char *first, const char *second)
{
	const char *a = diffpath_strip(first);
	const char *b = diffpath_strip(second);

	return a && b && *a && strcmp(a, b) == 0 ? xstrdup(a) : NULL;
}

/* The name is all of @s, quoted or not; NULL when it is neither. */
static char *whole_name(struct span s)
{
	char *name = NULL;

	if (span_starts(s, "\"")) {
		if (!diffpath_unquote(&name, &s))
			return NULL;
		if (s.p == s.end)
			return name;
		free(name);
		return NULL;
	}
	return memchr(s.p, '\0', span_len(s)) ? NULL : span_dup(s);
}

/* Both names, when the first ends at @gap; NULL when they differ. */
static char *names_around(struct span names, const char *gap)
{
	AUTO(mem_free) char *first = NULL;
	AUTO(mem_free) char *second = NULL;

	first = whole_name((struct span){ names.p, gap });
	second = whole_name((struct span){ gap + 1, names.end });
	return first && second ? same_name(first, second) : NULL;
}

/*
 * Names are not quoted for a blank in them, so the gap has to be searched. The
 * two are equal but for a prefix each, so that it is near the middle; a prefix
 * may be up to this much longer than the other.
 */
#define PREFIX_SLACK 256

char *diffpath_of_header(struct span names)
{
	size_t len;
	const char *from, *to;

	names = span_trim(names);
	len = span_len(names);
	if (len > 2 * (4 * DIFFPATH_MAX_LEN))
		return NULL;
	from = names.p;
	to = names.end;
	if (!memchr(names.p, '"', len) && len > 2 * PREFIX_SLACK) {
		from = names.p + len / 2 - PREFIX_SLACK;
		to = names.p + len / 2 + PREFIX_SLACK;
	}
	for (const char *gap = from; gap < to; gap++) {
		char *name;

		if (*gap != ' ' && *gap != '\t')
			continue;
		name = names_around(names, gap);
		if (name)
			return name;
	}
	return NULL;
}

/* What git on Windows or a Mac would take for ".git", too. */
static bool is_dot_git(struct span part)
{
	if (span_is_nocase(part, "git~1"))
		return true;
	if (!span_starts_nocase(part, ".git"))
		return false;
	part.p += strlen(".git");
	while (part.p < part.end && (*part.p == '.' || *part.p == ' '))
		part.p++;
	return part.p == part.end || *part.p == ':' || *part.p == '\\';
}

static const char *part_fault(struct span part)
{
	if (part.p == part.end)
		return "has an empty part";
	if (span_is(part, ".."))
		return "leaves the tree by '..'";
	if (span_is(part, "."))
		return "has a part '.'";
	if (is_dot_git(part))
		return "is inside '.git'";
	return NULL;
}

const char *diffpath_fault(const char *path)
{
	struct span rest = span_cstr(path);
	struct span part;
	const char *fault;

	if (rest.p == rest.end)
		return "is empty";
	if (*rest.p == '/')
		return "is absolute";
	if (span_len(rest) > DIFFPATH_MAX_LEN)
		return "is too long";
	while (span_until(&rest, '/', &part)) {
		fault = part_fault(part);
		if (fault)
			return fault;
	}
	return part_fault(rest);
}
