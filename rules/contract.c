/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/contract.h"

#include <ctype.h>

#include "bot/base/span.h"

/* Where the reader is; errors name it. */
struct reader {
	struct contracts *list;
	const char *filesystem;
	const char *name;
	unsigned line;
	struct contract *at; /* NULL before the first section */
	struct err *err;
};

static int refuse(const struct reader *r, const char *what, struct span about)
{
	return err_set(r->err, ERR_CONFIG, "%s:%u: %s '%.*s'", r->name, r->line,
		       what, (int)(span_len(about) > 60 ? 60 : span_len(about)),
		       about.p);
}

static bool is_made_of(struct span s, const char *extra)
{
	for (const char *p = s.p; p < s.end; p++)
		if (!isalnum((unsigned char)*p) && (!*p || !strchr(extra, *p)))
			return false;
	return span_len(s) > 0;
}

static bool is_field(struct span s)
{
	return span_len(s) < OUTCOME_MAX_NAME && is_made_of(s, "._") &&
	       islower((unsigned char)*s.p);
}

/* "C02w" */
static bool is_scenario(struct span s)
{
	return span_len(s) < OUTCOME_MAX_NAME && is_made_of(s, "") &&
	       isupper((unsigned char)*s.p);
}

/* "D5M1D10" */
static bool is_pages(struct span s)
{
	uint64_t n;

	while (s.p < s.end) {
		if (!isalpha((unsigned char)*s.p))
			return false;
		s.p++;
		if (!span_uint(&s, 1000000, &n))
			return false;
	}
	return true;
}

static bool is_value(struct span s)
{
	static const char *const words[] = { "asked", "error", "hung", "no",
					     "limited" };
	struct span rest = s;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (span_is(s, words[i]))
			return true;
	if (span_eat(&rest, "@"))
		return is_field(rest);
	if (span_eat(&rest, "-E"))
		return is_made_of(rest, "") && isupper((unsigned char)*rest.p);
	if (isdigit((unsigned char)*s.p))
		return span_uint(&rest, UINT64_MAX, &(uint64_t){ 0 }) &&
		       span_len(rest) == 0;
	return is_pages(s);
}

static bool is_hex(struct span s, size_t min)
{
	for (const char *p = s.p; p < s.end; p++)
		if (!isxdigit((unsigned char)*p))
			return false;
	return span_len(s) >= min;
}

/* A function of the kernel, a commit, an fstest or a mail. */
static bool is_source(struct span s)
{
	struct span word;

	if (span_eat(&s, "<"))
		return span_until(&s, '>', &word) && span_len(s) == 0 &&
		       span_find(word, "@");
	if (span_eat(&s, "commit "))
		return span_word(&s, &word) && is_hex(word, 12) &&
		       span_eat(&s, " (\"") && span_len(s) > 2 &&
		       memcmp(s.end - 2, "\")", 2) == 0;
	if (span_eat(&s, "fstests "))
		return is_made_of(s, "/") && span_find(s, "/");
	return span_until(&s, ':', &word) && is_made_of(word, "/._-") &&
	       span_find(word, "/") && is_made_of(s, "_");
}

static int read_section(struct reader *r, struct span line)
{
	struct span id = { line.p + 1, line.end - 1 };
	struct contract *c;

	if (line.end[-1] != ']' || !is_made_of(id, "-"))
		return refuse(r, "no section:", line);
	if (r->list->n == CONTRACTS_MAX)
		return err_set(r->err, ERR_LIMIT, "%s:%u: more than %d entries",
			       r->name, r->line, CONTRACTS_MAX);
	r->list->v =
		xreallocarray(r->list->v, r->list->n + 1, sizeof(*r->list->v));
	c = &r->list->v[r->list->n++];
	memset(c, 0, sizeof(*c));
	c->id = xasprintf("%s/%.*s", r->filesystem ? r->filesystem : "common",
			  (int)span_len(id), id.p);
	c->filesystem = r->filesystem ? xstrdup(r->filesystem) : NULL;
	c->line = r->line;
	for (size_t i = 0; i + 1 < r->list->n; i++)
		if (strcmp(r->list->v[i].id, c->id) == 0)
			return refuse(r, "there twice:", id);
	r->at = c;
	return 0;
}

static int push_word(struct reader *r, struct strings *list, struct span word)
{
	if (list->n == CONTRACT_MAX_WORDS)
		return err_set(r->err, ERR_LIMIT, "%s:%u: more than %d words",
			       r->name, r->line, CONTRACT_MAX_WORDS);
	strings_push_take(list, span_dup(word));
	return 0;
}

static int read_scenarios(struct reader *r, struct span value)
{
	struct span word;

	if (span_is(value, "all"))
		return 0;
	while (span_word(&value, &word)) {
		if (!is_scenario(word))
			return refuse(r, "no scenario:", word);
		if (push_word(r, &r->at->scenarios, word) < 0)
			return -1;
	}
	return 0;
}

static int read_varies(struct reader *r, struct span value)
{
	struct span word;

	while (span_word(&value, &word)) {
		if (!is_field(word))
			return refuse(r, "no field:", word);
		if (push_word(r, &r->at->varies, word) < 0)
			return -1;
	}
	return 0;
}

/* "is [not] VALUE [or VALUE ...]"; the field was eaten */
static int read_values(struct reader *r, struct contract_clause *clause,
		       struct span text)
{
	struct span rest = text;
	struct span word;

	if (!span_word(&rest, &word) || !span_is(word, "is"))
		return refuse(r, "'is' is missing:", text);
	do {
		if (!span_word(&rest, &word))
			return refuse(r, "a value is missing:", text);
		if (span_is(word, "not") && !clause->is_not &&
		    clause->values.n == 0) {
			clause->is_not = true;
			continue;
		}
		if (!is_value(word))
			return refuse(r, "no value:", word);
		if (push_word(r, &clause->values, word) < 0)
			return -1;
		if (!span_word(&rest, &word))
			return 0;
		if (!span_is(word, "or"))
			return refuse(r, "'or' is missing:", word);
	} while (true);
}

static int read_clause(struct reader *r, struct contract_clauses *list,
		       struct span value)
{
	struct contract_clause *clause;
	struct span rest = value;
	struct span field;

	if (!span_word(&rest, &field) || !is_field(field))
		return refuse(r, "no field:", value);
	if (list->n == CONTRACT_MAX_WORDS)
		return err_set(r->err, ERR_LIMIT, "%s:%u: more than %d clauses",
			       r->name, r->line, CONTRACT_MAX_WORDS);
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	clause = &list->v[list->n++];
	memset(clause, 0, sizeof(*clause));
	clause->field = span_dup(field);
	return read_values(r, clause, rest);
}

static int read_expect(struct reader *r, struct span value)
{
	return read_clause(r, &r->at->expect, value);
}

static int read_when(struct reader *r, struct span value)
{
	return read_clause(r, &r->at->when, value);
}

static int read_says(struct reader *r, struct span value)
{
	if (r->at->says)
		return refuse(r, "says is there twice:", value);
	r->at->says = span_dup(value);
	return 0;
}

static int read_source(struct reader *r, struct span value)
{
	if (!is_source(value))
		return refuse(r, "no source:", value);
	return push_word(r, &r->at->sources, value);
}

static int read_setting(struct reader *r, struct span line)
{
	static const struct {
		const char *key;
		int (*read)(struct reader *r, struct span value);
	} keys[] = {
		{ "scenarios", read_scenarios }, { "expect", read_expect },
		{ "when", read_when },		 { "varies", read_varies },
		{ "says", read_says },		 { "source", read_source },
	};
	struct span value = line;
	struct span key;

	if (!span_until(&value, '=', &key))
		return refuse(r, "no 'key = value':", line);
	key = span_trim(key);
	value = span_trim(value);
	if (!r->at)
		return refuse(r, "before the first section:", line);
	if (span_len(value) == 0)
		return refuse(r, "no value for", key);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (span_is(key, keys[i].key))
			return keys[i].read(r, value);
	return refuse(r, "unknown key", key);
}

static int check_complete(const struct reader *r, const struct contract *c)
{
	const char *missing = c->expect.n == 0	  ? "expect"
			      : !c->says	  ? "says"
			      : c->sources.n == 0 ? "source"
						  : NULL;

	if (!missing)
		return 0;
	return err_set(r->err, ERR_CONFIG, "%s:%u: '%s' has no '%s'", r->name,
		       c->line, c->id, missing);
}

static int read_line(struct reader *r, struct span line)
{
	line = span_trim(line);
	if (span_len(line) == 0 || *line.p == '#')
		return 0;
	if (memchr(line.p, '\0', span_len(line)))
		return refuse(r, "a NUL in", line);
	if (*line.p == '[')
		return read_section(r, line);
	return read_setting(r, line);
}

static int read_all(struct reader *r, struct span text)
{
	size_t before = r->list->n;
	struct span line;

	for (r->line = 1; span_line(&text, &line); r->line++)
		if (read_line(r, line) < 0)
			return -1;
	for (size_t i = before; i < r->list->n; i++)
		if (check_complete(r, &r->list->v[i]) < 0)
			return -1;
	return 0;
}

static void release_clauses(struct contract_clauses *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].field);
		strings_release(&list->v[i].values);
	}
	free(list->v);
}

static void truncate_list(struct contracts *list, size_t n)
{
	while (list->n > n) {
		struct contract *c = &list->v[--list->n];

		free(c->id);
		free(c->filesystem);
		free(c->says);
		strings_release(&c->scenarios);
		strings_release(&c->varies);
		strings_release(&c->sources);
		release_clauses(&c->expect);
		release_clauses(&c->when);
	}
}

int contracts_parse(struct contracts *out, const char *filesystem,
		    const char *name, const char *text, size_t len,
		    struct err *err)
{
	struct reader r = {
		.list = out, .filesystem = filesystem, .name = name, .err = err
	};
	size_t before = out->n;

	if (len > CONTRACT_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "%s: larger than %u bytes", name,
			       CONTRACT_MAX_BYTES);
	if (read_all(&r, span_of(text, len)) == 0)
		return 0;
	truncate_list(out, before);
	return -1;
}

void contracts_release(struct contracts *list)
{
	truncate_list(list, 0);
	free(list->v);
	memset(list, 0, sizeof(*list));
}

bool contract_is_about(const struct contract *c, const char *filesystem,
		       const char *scenario)
{
	if (c->filesystem && strcmp(c->filesystem, filesystem) != 0)
		return false;
	return c->scenarios.n == 0 || strings_has(&c->scenarios, scenario);
}

/* What the actor of @field asked for: "dio.asked" for "dio.returned". */
static const char *find_asked(const struct outcome *o, const char *field)
{
	AUTO(mem_free)
	char *name = xasprintf("%.*s.asked", (int)strcspn(field, "."), field);

	return outcome_find(o, name);
}

static bool is_as(const char *want, const char *field, const char *value,
		  const struct outcome *o)
{
	const char *other;

	if (strcmp(want, "error") == 0)
		return strncmp(value, "-E", 2) == 0;
	if (strcmp(want, "asked") == 0)
		other = find_asked(o, field);
	else if (*want == '@')
		other = outcome_find(o, want + 1);
	else
		other = want;
	return other && strcmp(other, value) == 0;
}

static bool is_kept(const struct contract_clause *clause,
		    const struct outcome *o)
{
	const char *value = outcome_find(o, clause->field);
	bool is_named = false;

	if (!value || strcmp(value, "unknown") == 0)
		return true;
	for (size_t i = 0; i < clause->values.n; i++)
		if (is_as(clause->values.v[i], clause->field, value, o))
			is_named = true;
	return is_named != clause->is_not;
}

const struct contract_clause *contract_find_broken(const struct contract *c,
						   const struct outcome *o)
{
	if (!o->provoked)
		return NULL;
	for (size_t i = 0; i < c->when.n; i++)
		if (!outcome_find(o, c->when.v[i].field) ||
		    !is_kept(&c->when.v[i], o))
			return NULL;
	for (size_t i = 0; i < c->expect.n; i++)
		if (!is_kept(&c->expect.v[i], o))
			return &c->expect.v[i];
	return NULL;
}
