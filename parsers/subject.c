/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar is what b4 takes, widened by what the filesystem lists write:
 * brackets in any number and order, each a bag of words; a word is a flag, a
 * version, a position, or else a prefix that names a tree or a list. Reply
 * words may stand between brackets ("[f2fs-dev] Re: [PATCH]").
 */
#include "parsers/subject.h"

#include <strings.h>

#include "bot/base/span.h"

static bool is_separator(char c)
{
	return (unsigned char)c <= ' ' || (c && strchr(",;[]", c));
}

/*
 * "v3", "V3", and "v13.3", which is said of a patch that was sent again. The
 * first one counts: "v10 rebased on v6.4".
 */
static bool read_version(struct subject *s, struct span word)
{
	uint64_t version;
	uint64_t minor = 0;

	if (!span_eat(&word, "v") && !span_eat(&word, "V"))
		return false;
	if (!span_uint(&word, SUBJECT_MAX_VERSION, &version))
		return false;
	if (span_eat(&word, ".") &&
	    !span_uint(&word, SUBJECT_MAX_VERSION, &minor))
		return false;
	if (span_len(word) != 0)
		return false;
	if (s->has_version)
		return true;
	s->has_version = true;
	s->version = version ? (unsigned)version : 1;
	s->version_minor = (unsigned)minor;
	return true;
}

/* "3/7". The first one counts: "0/2 + 0/2" announces a second project's. */
static bool read_position(struct subject *s, struct span word)
{
	uint64_t index;
	uint64_t total;

	if (!span_uint(&word, UINT32_MAX, &index) || !span_eat(&word, "/") ||
	    !span_uint(&word, UINT32_MAX, &total) || span_len(word) != 0)
		return false;
	if (s->has_position)
		return true;
	s->has_position = true;
	s->index = (unsigned)index;
	s->total = (unsigned)total;
	return true;
}

/* Kernels of long support that nobody's v4 of a series is likely to be. */
static bool is_long_term(struct span word)
{
	static const char *const kernels[] = { "4.4",  "4.9",  "4.14", "4.19",
					       "5.4",  "5.10", "5.15", "6.6",
					       "6.12", "6.18" };

	for (size_t i = 0; i < ARRAY_LEN(kernels); i++) {
		if (span_is(word, kernels[i]))
			return true;
	}
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What stands behind the "6.1" of a stable tree's name. */
static bool ends_stable(struct span rest)
{
	return span_len(rest) == 0 || span_is(rest, ".y") ||
	       span_starts_nocase(rest, "-stable") ||
	       (span_len(rest) > 1 && strchr("-/+", *rest.p) &&
		is_digit(rest.p[1]));
}

/*
 * "6.1.y", "v6.1.y", "linux-6.1.y", "6.1-stable", "6.18-5.10" and a bare "6.1".
 * "v6.1" is rather a version, and "for 6.1" is what its author wants merged.
 */
static bool is_stable_tree(const struct subject *s, struct span word)
{
	struct span name;
	struct span rest;
	uint64_t number;
	bool is_plain;

	(void)(span_eat(&word, "linux-") || span_eat(&word, "stable-"));
	is_plain = word.p < word.end && is_digit(*word.p);
	(void)span_eat(&word, "v");
	name = rest = word;
	if (!span_uint(&rest, 99, &number) || !span_eat(&rest, ".") ||
	    !span_uint(&rest, 99, &number) || !ends_stable(rest))
		return false;
	if (span_len(rest) > 0)
		return true;
	if (!is_plain)
		return is_long_term(name);
	return s->prefixes.n == 0 ||
	       strcasecmp(s->prefixes.v[s->prefixes.n - 1], "for") != 0;
}

static bool is_stable_word(const struct subject *s, struct span word)
{
	return span_is_nocase(word, "AUTOSEL") ||
	       span_is_nocase(word, "stable") ||
	       span_is_nocase(word, "for-stable") || is_stable_tree(s, word);
}

static bool read_tag(struct subject *s, struct span word);

/* "PATCH", and what is glued to it: "PATCHv3", "PATCH-v3", "RFC/PATCH". */
static bool read_flag(struct subject *s, struct span word, const char *name,
		      bool *flag)
{
	if (!span_starts_nocase(word, name))
		return false;
	word.p += strlen(name);
	while (word.p < word.end && strchr("-_/:#", *word.p))
		word.p++;
	if (span_len(word) != 0 && !read_tag(s, word))
		return false;
	*flag = true;
	return true;
}

static bool read_tag(struct subject *s, struct span word)
{
	return read_version(s, word) || read_position(s, word) ||
	       read_flag(s, word, "PATCHSET", &s->is_patchset) ||
	       read_flag(s, word, "PATCHBOMB", &s->is_patchset) ||
	       read_flag(s, word, "PATCHES", &s->is_patchset) ||
	       read_flag(s, word, "PATCH", &s->is_patch) ||
	       read_flag(s, word, "PULL", &s->is_pull) ||
	       read_flag(s, word, "RFC", &s->is_rfc) ||
	       read_flag(s, word, "RESEND", &s->is_resend) ||
	       read_flag(s, word, "RESENT", &s->is_resend) ||
	       read_flag(s, word, "REPOST", &s->is_resend);
}

static void add_prefix(struct subject *s, struct span word)
{
	AUTO(mem_free) char *prefix = span_dup(word);

	strings_push(&s->prefixes, prefix);
}

/* The inside of one bracket pair: "PATCH v3 2/7", "RFC PATCH fs-next". */
static int read_tags(struct subject *s, struct span tags, unsigned *n_tags,
		     struct err *err)
{
	while (tags.p < tags.end) {
		struct span word = { tags.p, tags.p };

		while (word.end < tags.end && !is_separator(*word.end))
			word.end++;
		tags.p = word.end < tags.end ? word.end + 1 : word.end;
		if (span_len(word) == 0)
			continue;
		if (++*n_tags > SUBJECT_MAX_TAGS)
			return err_set(err, ERR_LIMIT,
				       "more than %d subject tags",
				       SUBJECT_MAX_TAGS);
		if (is_stable_word(s, word)) {
			s->is_stable = true;
			add_prefix(s, word);
		} else if (!read_tag(s, word)) {
			add_prefix(s, word);
		}
	}
	return 0;
}

/* Eat "[...]" with the pairs nested in it; false when it never closes. */
static bool eat_brackets(struct span *line, struct span *inside)
{
	unsigned depth = 0;

	if (line->p == line->end || *line->p != '[')
		return false;
	for (const char *p = line->p; p < line->end; p++) {
		depth += *p == '[';
		depth -= *p == ']';
		if (depth == 0) {
			*inside = (struct span){ line->p + 1, p };
			line->p = p + 1;
			return true;
		}
	}
	return false;
}

static void eat_blanks(struct span *line)
{
	while (line->p < line->end && (unsigned char)*line->p <= ' ')
		line->p++;
}

/*
 * What mail programs put before the subject they answer or forward, in the
 * languages seen on the lists; 答复, 回复 and 转发 are Chinese for "reply",
 * "reply" and "forward".
 */
static const char *const reply_words[] = { "re",   "aw",   "fwd",  "fw",
					   "sv",   "vs",   "antw", "答复",
					   "回复", "转发", "回覆" };

/* "Re:", "Re[2]:", "AW :"; a ':' may be the full-width one. */
static bool eat_reply(struct span *line)
{
	struct span rest;
	struct span inside;

	for (size_t i = 0; i < ARRAY_LEN(reply_words); i++) {
		if (!span_starts_nocase(*line, reply_words[i]))
			continue;
		rest = *line;
		rest.p += strlen(reply_words[i]);
		(void)eat_brackets(&rest, &inside);
		eat_blanks(&rest);
		if (!span_eat(&rest, ":") && !span_eat(&rest, "："))
			continue;
		*line = rest;
		return true;
	}
	return false;
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/*
 * "Ynt: [PATCH": in a language we do not know. "mm: [RFC] ..." is a kernel
 * developer's own, so only the tag that nobody writes behind a name tells.
 */
static bool eat_foreign_reply(struct span *line)
{
	struct span rest = *line;

	while (rest.p < rest.end && is_alpha(*rest.p))
		rest.p++;
	if (rest.p - line->p < 2 || rest.p - line->p > 4 ||
	    !span_eat(&rest, ":"))
		return false;
	eat_blanks(&rest);
	if (!span_starts_nocase(rest, "[PATCH"))
		return false;
	*line = rest;
	return true;
}

static int eat_tags(struct subject *s, struct span *line, struct err *err)
{
	struct span inside;
	unsigned n_tags = 0;

	for (;;) {
		eat_blanks(line);
		if (eat_brackets(line, &inside)) {
			if (read_tags(s, inside, &n_tags, err) < 0)
				return -1;
		} else if (eat_reply(line) || eat_foreign_reply(line)) {
			s->is_reply = true;
		} else if (!span_eat(line, ":")) {
			return 0;
		}
	}
}

static struct span last_word(struct span line)
{
	struct span word = span_trim(line);
	const char *start = word.end;

	while (start > word.p && (unsigned char)start[-1] > ' ')
		start--;
	return (struct span){ start, word.end };
}

/*
 * A version outside the brackets: "[PATCH] v2: title", and at the end of what
 * announces a series, "fix the stats v2". At the end of a patch's own title a
 * bare "v2" may be the name of a protocol; "(v2)" is not.
 */
static void read_outer_version(struct subject *s, struct span title)
{
	struct span word;
	struct span last = last_word(title);
	bool is_patch = s->is_patch || s->has_position;

	if (s->has_version)
		return;
	if (is_patch && span_word(&title, &word)) {
		while (word.p < word.end && strchr(":-,", word.end[-1]))
			word.end--;
		if (read_version(s, word))
			return;
	}
	if (span_eat(&last, "(") && last.p < last.end && last.end[-1] == ')')
		last.end--;
	else if (is_patch && s->index != 0)
		return;
	(void)read_version(s, last);
}

/* Every run of blanks and control characters becomes one blank. */
static char *clean_title(struct span title)
{
	char *out = xmalloc(span_len(title) + 1);
	size_t n = 0;

	for (; title.p < title.end; title.p++) {
		unsigned char c = (unsigned char)*title.p;

		if (c > ' ' && c != 0x7f)
			out[n++] = (char)c;
		else if (n > 0 && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	if (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return out;
}

/*
 * [PATCHSET 2/3] is the second of three series that were sent together, not
 * their second patch; [PATCHSET 0/3] is an ordinary cover.
 */
static void settle_position(struct subject *s)
{
	if (s->is_patchset && s->has_position && s->index > 0) {
		s->set_index = s->index;
		s->set_total = s->total;
		s->has_position = false;
	}
	if (!s->has_position) {
		s->index = s->is_patchset ? 0 : 1;
		s->total = 1;
	}
	/* "[PATCHSET 6.5 1/3]" wants to be merged for it */
	if (s->is_patchset)
		s->is_stable = false;
	if (s->total == 0)
		s->total = 1;
	if (s->has_position && !s->is_patchset)
		s->is_patch = true;
}

/* What the stable robots write of a patch, above a copy of it. */
static bool is_stable_notice(struct span title)
{
	return span_starts(title, "FAILED: patch \"") ||
	       (span_starts(title, "Patch \"") &&
		span_find(title, "\" has been added to the "));
}

int subject_parse(struct subject **out, const char *line, size_t len,
		  struct err *err)
{
	AUTO(subject_free) struct subject *s = xcalloc(1, sizeof(*s));
	struct span rest = span_of(line, len);

	if (len > SUBJECT_MAX_LEN)
		return err_set(err, ERR_LIMIT,
			       "subject is larger than %d bytes",
			       SUBJECT_MAX_LEN);
	s->version = 1;
	if (eat_tags(s, &rest, err) < 0)
		return -1;
	settle_position(s);
	if (s->total > SUBJECT_MAX_TOTAL || s->index > SUBJECT_MAX_TOTAL)
		return err_set(err, ERR_LIMIT,
			       "more than %d patches in a series",
			       SUBJECT_MAX_TOTAL);
	/* without brackets it is a part of the title, as git keeps it */
	s->is_rfc = s->is_rfc || span_starts_nocase(rest, "RFC:");
	s->is_pull = s->is_pull || span_starts_nocase(rest, "GIT PULL");
	s->is_stable = s->is_stable || is_stable_notice(rest);
	read_outer_version(s, rest);
	s->title = clean_title(rest);
	*out = TAKE(s);
	return 0;
}

/* "v2", "(v2)", "v2:", "V2," */
static bool is_version_word(struct span word)
{
	struct subject ignored = { 0 };

	while (word.p < word.end && strchr("(", *word.p))
		word.p++;
	while (word.p < word.end && strchr("):-,.", word.end[-1]))
		word.end--;
	return read_version(&ignored, word);
}

struct span subject_name(const char *title)
{
	struct span name = span_trim(span_cstr(title));
	struct span rest;
	struct span word;

	if (span_starts_nocase(name, "RFC:"))
		name.p += strlen("RFC:");
	rest = name;
	if (span_word(&rest, &word) && is_version_word(word))
		name.p = word.end;
	name = span_trim(name);
	word = last_word(name);
	if (word.p > name.p && is_version_word(word))
		name.end = word.p;
	name = span_trim(name);
	while (name.p < name.end && strchr(",:-", name.end[-1]))
		name.end--;
	return span_trim(name);
}

bool subject_same_name(const char *a, const char *b)
{
	struct span first = subject_name(a);
	struct span second = subject_name(b);

	return span_len(first) > 0 && span_len(first) == span_len(second) &&
	       strncasecmp(first.p, second.p, span_len(first)) == 0;
}

void subject_free(struct subject *s)
{
	if (!s)
		return;
	strings_release(&s->prefixes);
	free(s->title);
	free(s);
}
