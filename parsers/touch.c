/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/touch.h"

#include "bot/base/span.h"
#include "parsers/diffpath.h"

/* Where a watched path ends in the name of a file below it. */
static bool is_border(struct span rest)
{
	return rest.p == rest.end || strchr("/ \t", *rest.p);
}

static bool is_under(struct span name, const char *path)
{
	size_t len = strlen(path);

	while (len > 0 && path[len - 1] == '/')
		len--;
	if (len == 0 || span_len(name) < len || memcmp(name.p, path, len) != 0)
		return false;
	name.p += len;
	return is_border(name);
}

static bool is_watched(struct span name, const struct strings *watch)
{
	struct span first;
	struct span below = name;

	if (span_len(name) == 0 || span_is(name, "/dev/null"))
		return false;
	if (!span_until(&below, '/', &first))
		below = name;
	for (size_t i = 0; i < watch->n; i++) {
		if (is_under(name, watch->v[i]) || is_under(below, watch->v[i]))
			return true;
	}
	return watch->n == 0;
}

/* Eat a name in quotes; false when there is none. */
static bool eat_quoted(struct span *text, const struct strings *watch,
		       bool *found)
{
	AUTO(mem_free) char *name = NULL;

	if (!span_starts(*text, "\"") || !diffpath_unquote(&name, text))
		return false;
	*found = is_watched(span_cstr(name), watch);
	return true;
}

/* One name, and perhaps a date behind a tab. */
static bool has_name(struct span text, const struct strings *watch)
{
	struct span rest = span_trim(text);
	struct span name;
	bool found;

	if (eat_quoted(&rest, watch, &found))
		return found;
	if (!span_until(&rest, '\t', &name))
		name = rest;
	return is_watched(name, watch);
}

/* "a/x b/x": no name has to be whole for its beginning to be compared. */
static bool has_names(struct span text, const struct strings *watch)
{
	struct span rest = span_trim(text);
	struct span name;
	bool found;

	while (rest.p < rest.end) {
		while (rest.p < rest.end && *rest.p == ' ')
			rest.p++;
		if (!eat_quoted(&rest, watch, &found)) {
			if (!span_until(&rest, ' ', &name)) {
				name = rest;
				rest.p = rest.end;
			}
			found = is_watched(name, watch);
		}
		if (found)
			return true;
	}
	return false;
}

static const struct {
	const char *start; /* of a line that is in no hunk */
	bool (*has)(struct span names, const struct strings *watch);
} headers[] = {
	{ "diff --git ", has_names }, { "--- ", has_name },
	{ "+++ ", has_name },	      { "Index: ", has_name },
	{ "rename from ", has_name }, { "rename to ", has_name },
	{ "copy from ", has_name },   { "copy to ", has_name },
};

static bool line_touches(struct span line, const struct strings *watch)
{
	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		if (span_eat(&line, headers[i].start))
			return headers[i].has(line, watch);
	}
	return false;
}

bool touch_find(const char *text, size_t len, const struct strings *watch)
{
	struct span rest = span_of(text, len);
	struct span line;

	while (span_line(&rest, &line)) {
		if (span_len(line) > 4 && strchr("d-+Irc", *line.p) &&
		    line_touches(line, watch))
			return true;
	}
	return false;
}
