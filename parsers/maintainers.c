/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/maintainers.h"

#include <fnmatch.h>
#include <regex.h>
#include <string.h>

#include "bot/base/span.h"

static void free_regex_auto(regex_t *r)
{
	regfree(r);
}

/* "ada@example.org" of "Ada Example <ada@example.org>", or of itself. */
static struct span find_address(struct span who)
{
	struct span before, address;

	who = span_trim(who);
	if (span_until(&who, '<', &before))
		return span_until(&who, '>', &address)
			       ? span_trim(address)
			       : (struct span){ who.p, who.p };
	return who;
}

static bool is_address(struct span s)
{
	for (const char *p = s.p; p < s.end; p++)
		if (*p <= ' ' || *p >= 0x7f || strchr("<>()[],;:\"\\", *p))
			return false;
	return span_find(s, "@") != NULL;
}

/* As many folders of @file as @pattern has slashes; NULL: it has fewer. */
static char *take_folders(const char *file, const char *pattern)
{
	const char *at = file;

	for (; *pattern; pattern++) {
		if (*pattern != '/')
			continue;
		at = strchr(at, '/');
		if (!at)
			return NULL;
		at++;
	}
	return xstrndup(file, (size_t)(at - file));
}

/* A folder with its '/' is all below it; a '*' does not pass a '/'. */
static bool matches_path(struct span pattern, const char *file)
{
	AUTO(mem_free) char *p = span_dup(pattern);
	AUTO(mem_free) char *folders = NULL;

	if (*p == '\0' || p[strlen(p) - 1] != '/')
		return fnmatch(p, file, FNM_PATHNAME) == 0;
	folders = take_folders(file, p);
	return folders && fnmatch(p, folders, FNM_PATHNAME) == 0;
}

static bool matches_regex(struct span pattern, const char *file)
{
	AUTO(mem_free) char *p = span_dup(pattern);
	AUTO(free_regex) regex_t compiled = { 0 };

	if (regcomp(&compiled, p, REG_EXTENDED | REG_NOSUB) != 0)
		return false; /* of perl, which has more */
	return regexec(&compiled, file, 0, NULL, 0) == 0;
}

/* A section for everything. */
static bool is_all(struct span pattern)
{
	return span_is(pattern, "*") || span_is(pattern, "*/");
}

/* "F:" and what stands behind it; false: another kind of line. */
static bool read_line(char *kind, struct span *value, struct span line)
{
	if (span_len(line) < 3 || line.p[1] != ':')
		return false;
	*kind = line.p[0];
	*value = span_trim((struct span){ line.p + 2, line.end });
	return span_len(*value) > 0 &&
	       span_len(*value) <= MAINTAINERS_MAX_PATTERN;
}

static bool is_of(struct span section, const char *file)
{
	struct span line, value;
	bool found = false;
	char kind;

	while (span_line(&section, &line)) {
		if (!read_line(&kind, &value, line))
			continue;
		if (kind == 'X' && matches_path(value, file))
			return false;
		if ((kind == 'F' && !is_all(value) &&
		     matches_path(value, file)) ||
		    (kind == 'N' && matches_regex(value, file)))
			found = true;
	}
	return found;
}

static int add_people(struct strings *out, struct span section, struct err *err)
{
	struct span line, value;
	char kind;

	while (span_line(&section, &line)) {
		AUTO(mem_free) char *address = NULL;

		if (!read_line(&kind, &value, line) || kind != 'M')
			continue;
		value = find_address(value);
		if (!is_address(value))
			continue;
		address = span_dup(value);
		if (strings_has(out, address))
			continue;
		if (out->n == MAINTAINERS_MAX)
			return err_set(err, ERR_LIMIT,
				       "more than %d maintainers",
				       MAINTAINERS_MAX);
		strings_push(out, address);
	}
	return 0;
}

/* Up to the next empty line. */
static bool next_section(struct span *rest, struct span *out)
{
	struct span line;

	out->p = rest->p;
	out->end = rest->p;
	while (span_line(rest, &line)) {
		if (span_len(span_trim(line)) == 0)
			return true;
		out->end = line.end;
	}
	return out->end > out->p;
}

static bool is_of_any(struct span section, const struct strings *files)
{
	for (size_t i = 0; i < files->n; i++)
		if (is_of(section, files->v[i]))
			return true;
	return false;
}

int maintainers_find(struct strings *out, const char *text, size_t len,
		     const struct strings *files, struct err *err)
{
	AUTO(strings_release) struct strings people = { 0 };
	struct span rest = span_of(text, len), section;

	*out = (struct strings){ 0 };
	if (len > MAINTAINERS_MAX_SIZE)
		return err_set(err, ERR_LIMIT,
			       "MAINTAINERS of more than %u bytes",
			       MAINTAINERS_MAX_SIZE);
	if (files->n > MAINTAINERS_MAX_FILES)
		return err_set(err, ERR_LIMIT, "more than %d files",
			       MAINTAINERS_MAX_FILES);
	while (next_section(&rest, &section))
		if (is_of_any(section, files) &&
		    add_people(&people, section, err) < 0)
			return -1;
	*out = people;
	people = (struct strings){ 0 };
	return 0;
}
