/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/value.h"

#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>

#include "bot/base/span.h"

struct unit {
	const char *name;
	uint64_t factor;
};

/* Largest first; of several with one factor the first is printed. */
static const struct unit bytes[] = {
	{ "TiB", 1ull << 40 }, { "t", 1ull << 40 },   { "GiB", 1ull << 30 },
	{ "g", 1ull << 30 },   { "MiB", 1ull << 20 }, { "m", 1ull << 20 },
	{ NULL, 0 },
};
static const struct unit seconds[] = {
	{ "d", 86400 }, { "day", 86400 }, { "days", 86400 }, { "h", 3600 },
	{ "min", 60 },	{ "s", 1 },	  { NULL, 0 },
};
static const struct unit pieces[] = {
	{ "", 1 },
	{ NULL, 0 },
};

static const struct unit *units_of(enum value_type type)
{
	return type == VALUE_SIZE	? bytes
	       : type == VALUE_DURATION ? seconds
					: pieces;
}

static bool read_number(uint64_t *out, const struct value_kind *kind,
			const char *text)
{
	struct span s = span_cstr(text);
	const struct unit *u = units_of(kind->type);
	uint64_t n;

	if (!span_uint(&s, UINT64_MAX, &n))
		return false;
	s = span_trim(s);
	while (u->name && !span_is_nocase(s, u->name))
		u++;
	return u->name && !__builtin_mul_overflow(n, u->factor, out) &&
	       *out >= kind->min && *out <= kind->max;
}

static void print_number(struct buf *out, uint64_t n, enum value_type type)
{
	const struct unit *u = units_of(type);

	while ((n < u->factor || n % u->factor) && u[1].name)
		u++;
	buf_addf(out, "%" PRIu64 "%s%s", n / u->factor, u->name[0] ? " " : "",
		 u->name);
}

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("._/+-", c));
}

/* No '-' in front: it may end up on a command line. */
static bool is_word(const char *text)
{
	const char *p = text;

	while (is_word_char(*p))
		p++;
	return *text && *text != '-' && !*p;
}

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

static bool is_user(const char *name)
{
	const struct passwd *account = getpwnam(name);

	return account && account->pw_uid != 0 && account->pw_gid != 0;
}

/* user@host, without the syntax that only RFC 5322 can love */
static bool is_bare_address(struct span s)
{
	struct span local;
	struct span host = s;

	if (!span_until(&host, '@', &local) || !span_len(local) ||
	    !span_len(host) || span_find(host, "@"))
		return false;
	for (const char *p = s.p; p < s.end; p++)
		if (strchr(" <>,;:\\\"()[]", *p))
			return false;
	return true;
}

static bool is_address(const char *text)
{
	struct span s = span_cstr(text);
	struct span name;

	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e)
			return false;
	if (!span_until(&s, '<', &name))
		return is_bare_address(s);
	if (!span_len(s) || s.end[-1] != '>')
		return false;
	s.end--;
	return is_bare_address(s);
}

static bool is_choice(const char *word, const char *choices)
{
	AUTO(strings_release) struct strings all = { 0 };

	if (!choices)
		return true;
	strings_split(&all, choices);
	return strings_has(&all, word);
}

static bool is_number(const char *text, const struct value_kind *kind)
{
	struct span s = span_cstr(text);
	uint64_t n;

	return kind->may_be_number && span_uint(&s, kind->max, &n) &&
	       span_len(s) == 0;
}

static bool is_printable(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e)
			return false;
	return *text;
}

/* With a host, or below the root of a disk; nothing that needs escaping. */
static bool is_url(const char *text)
{
	static const char *const schemes[] = { "https://", "http://" };
	struct span s = span_cstr(text);

	if (!is_printable(text) || strpbrk(text, " \"\\<>?#"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (span_eat(&s, schemes[i]))
			return span_len(s) && *s.p != '/' && *s.p != '-';
	(void)!span_eat(&s, "file://");
	return span_len(s) && *s.p == '/';
}

/* A file or folder of a source tree: no pattern, nothing that climbs. */
static bool is_watch(const char *text)
{
	struct span rest = span_cstr(text);
	struct span part;

	if (!is_printable(text) || strpbrk(text, "*?[\"\\"))
		return false;
	while (span_until(&rest, '/', &part))
		if (!span_len(part) || span_is(part, ".") ||
		    span_is(part, ".."))
			return false;
	return span_len(rest) && !span_is(rest, ".") && !span_is(rest, "..");
}

static bool is_member(const char *word, const struct value_kind *kind)
{
	if (kind->type == VALUE_WATCH)
		return is_watch(word);
	return is_word(word) && is_choice(word, kind->choices);
}

static bool is_list(const struct strings *words, const struct value_kind *kind)
{
	if (words->n == 0 || words->n > kind->max)
		return false;
	for (size_t i = 0; i < words->n; i++) {
		struct strings before = { words->v, i };

		if (!is_member(words->v[i], kind) ||
		    strings_has(&before, words->v[i]))
			return false;
	}
	return true;
}

/* "fs/xfs/" is what "fs/xfs" is. */
static void trim_slashes(struct strings *paths)
{
	for (size_t i = 0; i < paths->n; i++) {
		size_t len = strlen(paths->v[i]);

		if (len > 1 && paths->v[i][len - 1] == '/')
			paths->v[i][len - 1] = '\0';
	}
}

static bool set_words(struct strings *field, const struct value_kind *kind,
		      const char *text)
{
	AUTO(strings_release) struct strings words = { 0 };
	struct strings old = *field;

	if (!kind->may_be_all || strcmp(text, "all") != 0) {
		strings_split(&words, text);
		if (kind->type == VALUE_WATCH)
			trim_slashes(&words);
		if (!is_list(&words, kind))
			return false;
	}
	*field = words;
	words = old;
	return true;
}

static bool set_text(char **field, const char *text, bool is_good)
{
	if (is_good) {
		free(*field);
		*field = xstrdup(text);
	}
	return is_good;
}

static bool set_number(void *field, const struct value_kind *kind,
		       const char *text)
{
	uint64_t n;

	if (!read_number(&n, kind, text))
		return false;
	if (kind->type == VALUE_SIZE) {
		*(uint64_t *)field = n;
		return true;
	}
	if (n > UINT_MAX)
		return false;
	*(unsigned *)field = (unsigned)n;
	return true;
}

static bool set_bool(bool *field, const char *text)
{
	bool is_true = strcmp(text, "true") == 0;

	if (!is_true && strcmp(text, "false") != 0)
		return false;
	*field = is_true;
	return true;
}

bool value_set(void *field, const struct value_kind *kind, const char *text)
{
	if (strlen(text) > VALUE_MAX_TEXT)
		return false;
	switch (kind->type) {
	case VALUE_WORD:
		return set_text(field, text,
				(is_word(text) &&
				 is_choice(text, kind->choices)) ||
					is_number(text, kind));
	case VALUE_PATH:
		return set_text(field, text,
				text[0] == '/' && !has_control(text));
	case VALUE_USER:
		return set_text(field, text, is_user(text));
	case VALUE_ADDRESS:
		return set_text(field, text, is_address(text));
	case VALUE_COUNT:
	case VALUE_DURATION:
	case VALUE_SIZE:
		return set_number(field, kind, text);
	case VALUE_WORDS:
	case VALUE_WATCH:
		return set_words(field, kind, text);
	case VALUE_URL:
		return set_text(field, text, is_url(text));
	case VALUE_TEXT:
		return set_text(field, text, is_printable(text));
	case VALUE_BOOL:
		return set_bool(field, text);
	}
	return false;
}

static void print_words(struct buf *out, const struct strings *words,
			const char *between)
{
	if (words->n == 0)
		buf_adds(out, "all");
	for (size_t i = 0; i < words->n; i++)
		buf_addf(out, "%s%s", i ? between : "", words->v[i]);
}

void value_print(struct buf *out, const void *field, enum value_type type)
{
	switch (type) {
	case VALUE_WORD:
	case VALUE_PATH:
	case VALUE_USER:
	case VALUE_ADDRESS:
	case VALUE_URL:
	case VALUE_TEXT:
		if (*(char *const *)field)
			buf_adds(out, *(char *const *)field);
		return;
	case VALUE_COUNT:
	case VALUE_DURATION:
		print_number(out, *(const unsigned *)field, type);
		return;
	case VALUE_SIZE:
		print_number(out, *(const uint64_t *)field, type);
		return;
	case VALUE_WORDS:
		print_words(out, field, ",");
		return;
	case VALUE_WATCH:
		print_words(out, field, " ");
		return;
	case VALUE_BOOL:
		buf_adds(out, *(const bool *)field ? "true" : "false");
		return;
	}
}

static const char *noun_of(const struct value_kind *kind)
{
	switch (kind->type) {
	case VALUE_WORD:
		return kind->choices ? "one of" : "one word";
	case VALUE_PATH:
		return "an absolute path";
	case VALUE_USER:
		return "an unprivileged account of this machine";
	case VALUE_ADDRESS:
		return "a mail address";
	case VALUE_COUNT:
		return "a number";
	case VALUE_DURATION:
		return "a time (s, min, h, d)";
	case VALUE_SIZE:
		return "a size (MiB, GiB, TiB)";
	case VALUE_WORDS:
		return kind->choices ? "some of" : "words, commas between";
	case VALUE_WATCH:
		return "paths in the tree, blanks between";
	case VALUE_URL:
		return "https://, http://, file:/// or an absolute path";
	case VALUE_TEXT:
		return "text, ASCII only";
	case VALUE_BOOL:
		return "true or false";
	}
	return "";
}

void value_describe(struct buf *out, const struct value_kind *kind)
{
	buf_adds(out, noun_of(kind));
	if (kind->choices)
		buf_addf(out, " %s", kind->choices);
	if (kind->may_be_all)
		buf_adds(out, ", or all");
	if (kind->may_be_number)
		buf_adds(out, ", or a number");
	if (kind->may_be_number || kind->type == VALUE_COUNT ||
	    kind->type == VALUE_DURATION || kind->type == VALUE_SIZE) {
		buf_adds(out, " from ");
		print_number(out, kind->min, kind->type);
		buf_adds(out, " to ");
		print_number(out, kind->max, kind->type);
	}
}

bool value_is_absent(const void *field, enum value_type type)
{
	switch (type) {
	case VALUE_WORD:
	case VALUE_PATH:
	case VALUE_USER:
	case VALUE_ADDRESS:
	case VALUE_URL:
	case VALUE_TEXT:
		return !*(char *const *)field;
	case VALUE_WORDS:
	case VALUE_WATCH:
		return ((const struct strings *)field)->n == 0;
	case VALUE_COUNT:
	case VALUE_DURATION:
	case VALUE_SIZE:
	case VALUE_BOOL:
		return false;
	}
	return false;
}

void value_release(void *field, enum value_type type)
{
	switch (type) {
	case VALUE_WORD:
	case VALUE_PATH:
	case VALUE_USER:
	case VALUE_ADDRESS:
	case VALUE_URL:
	case VALUE_TEXT:
		free(*(char **)field);
		*(char **)field = NULL;
		return;
	case VALUE_COUNT:
	case VALUE_DURATION:
	case VALUE_SIZE:
	case VALUE_BOOL:
		return;
	case VALUE_WORDS:
	case VALUE_WATCH:
		strings_release(field);
		return;
	}
}
