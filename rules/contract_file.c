/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/contract_file.h"

#include "rules/contract_word.h"

/* Where the reader is; errors name it. */
struct reader {
	struct contracts *list;
	size_t before; /* entries of nearer files */
	const struct contract_file *file;
	char *like; /* what the file says, or NULL */
	bool may_say_like;
	unsigned line;
	bool is_in; /* a section: the last of the list */
	bool is_ours;
	struct err *err;
};

static int refuse_at(const struct reader *r, unsigned line, const char *what,
		     struct span about)
{
	return err_set(r->err, ERR_CONFIG, "%s:%u: %s '%.*s'", r->file->name,
		       line, what,
		       (int)(span_len(about) > 60 ? 60 : span_len(about)),
		       about.p);
}

static int refuse(const struct reader *r, const char *what, struct span about)
{
	return refuse_at(r, r->line, what, about);
}

static int refuse_more(const struct reader *r, int max, const char *of)
{
	return err_set(r->err, ERR_LIMIT, "%s:%u: more than %d %s",
		       r->file->name, r->line, max, of);
}

/* The section that is being read. */
static struct contract *current(const struct reader *r)
{
	return &r->list->v[r->list->n - 1];
}

/* ---- sections ---- */

static const struct contract *find_same(const struct reader *r, size_t from,
					size_t to)
{
	for (size_t i = from; i < to; i++)
		if (strcmp(r->list->v[i].id, current(r)->id) == 0)
			return &r->list->v[i];
	return NULL;
}

static int check_complete(const struct reader *r, const struct contract *c)
{
	const char *missing = c->expect.n == 0			? "expect"
			      : !c->says			? "says"
			      : c->sources.n == 0 && r->is_ours ? "source"
								: NULL;

	if (!missing)
		return 0;
	return err_set(r->err, ERR_CONFIG, "%s:%u: '%s' has no '%s'",
		       r->file->name, c->line, c->id, missing);
}

/* What is not ours, or what a nearer file has, is checked and left out. */
static int end_section(struct reader *r)
{
	struct contract *c;

	if (!r->is_in)
		return 0;
	c = current(r);
	if (r->is_ours && find_same(r, r->before, r->list->n - 1))
		return refuse_at(r, c->line, "there twice:", span_cstr(c->id));
	if (check_complete(r, c) < 0)
		return -1;
	if (!r->is_ours || find_same(r, 0, r->before)) {
		contracts_truncate(r->list, r->list->n - 1);
		return 0;
	}
	c->is_in_force = c->tree.n == 0;
	return 0;
}

static bool is_name(struct span s)
{
	for (const char *p = s.p; p < s.end; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *p) || !*p)
			return false;
	return span_len(s) > 0;
}

static int read_section(struct reader *r, struct span line)
{
	struct span id = { line.p + 1, line.end - 1 };
	struct contract *c;

	if (line.end[-1] != ']' || span_len(line) < 2 || !is_name(id))
		return refuse(r, "no section:", line);
	if (end_section(r) < 0)
		return -1;
	if (r->list->n == CONTRACT_FILE_MAX_ENTRIES)
		return refuse_more(r, CONTRACT_FILE_MAX_ENTRIES, "entries");
	c = contracts_push(r->list);
	c->id = xasprintf("%s/%.*s", r->file->filesystem, (int)span_len(id),
			  id.p);
	c->filesystem = xstrdup(r->file->filesystem);
	c->of = xstrdup(r->file->of);
	c->line = r->line;
	r->is_in = true;
	r->is_ours = true;
	return 0;
}

/* ---- lists of words ---- */

static int push_word(struct reader *r, struct strings *list, struct span word)
{
	if (list->n == CONTRACT_FILE_MAX_WORDS)
		return refuse_more(r, CONTRACT_FILE_MAX_WORDS, "words");
	strings_push_take(list, span_dup(word));
	return 0;
}

/* What a list is of. */
struct kind {
	bool (*is)(struct span word);
	const char *none; /* the message for what is none */
};

static const struct kind scenario_kind = { contract_word_is_scenario,
					   "no scenario:" };
static const struct kind filesystem_kind = { contract_word_is_filesystem,
					     "no filesystem:" };
static const struct kind field_kind = { contract_word_is_field, "no field:" };

/* At least one word, up to "but" or the end; *but says which. */
static int read_words(struct reader *r, struct strings *out, struct span *rest,
		      const struct kind *kind, bool *but)
{
	struct span all = *rest;
	struct span word;

	*but = false;
	while (span_word(rest, &word)) {
		*but = span_is(word, "but");
		if (*but)
			break;
		if (!kind->is(word))
			return refuse(r, kind->none, word);
		if (push_word(r, out, word) < 0)
			return -1;
	}
	return out->n > 0 ? 0 : refuse(r, kind->none, all);
}

/* "all [but WORD...]", "WORD... [but WORD...]" */
static int read_names(struct reader *r, struct contract_names *out,
		      struct span value, const struct kind *kind)
{
	struct span rest = value;
	struct span word;
	bool but;

	if (span_word(&rest, &word) && span_is(word, "all")) {
		if (!span_word(&rest, &word))
			return 0;
		if (!span_is(word, "but"))
			return refuse(r, "'but' is missing:", word);
	} else {
		rest = value;
		if (read_words(r, &out->only, &rest, kind, &but) < 0)
			return -1;
		if (!but)
			return 0;
	}
	if (read_words(r, &out->but, &rest, kind, &but) < 0)
		return -1;
	return but ? refuse(r, "'but' is there twice:", value) : 0;
}

/* A variant is meant where what it is like is named, or itself. */
static bool is_ours(const struct reader *r, const struct contract_names *names)
{
	const char *fs = r->file->filesystem;
	const char *like = r->file->like;

	if (strings_has(&names->but, fs) ||
	    (like && strings_has(&names->but, like)))
		return false;
	return names->only.n == 0 || strings_has(&names->only, fs) ||
	       (like && strings_has(&names->only, like));
}

/* ---- settings ---- */

static int read_scenarios(struct reader *r, struct span value)
{
	struct contract_names *names = &current(r)->scenarios;

	if (names->only.n > 0 || names->but.n > 0)
		return refuse(r, "scenarios is there twice:", value);
	return read_names(r, names, value, &scenario_kind);
}

static int read_filesystems(struct reader *r, struct span value)
{
	struct contract_names names = { 0 };
	int rc = read_names(r, &names, value, &filesystem_kind);

	r->is_ours = is_ours(r, &names);
	contract_names_release(&names);
	return rc;
}

static int read_varies(struct reader *r, struct span value)
{
	bool but;

	if (read_words(r, &current(r)->varies, &value, &field_kind, &but) < 0)
		return -1;
	return but ? refuse(r, "no field:", span_cstr("but")) : 0;
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
		if (!contract_word_is_value(word))
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

	if (!span_word(&rest, &field) || !contract_word_is_field(field))
		return refuse(r, "no field:", value);
	if (list->n == CONTRACT_FILE_MAX_WORDS)
		return refuse_more(r, CONTRACT_FILE_MAX_WORDS, "clauses");
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	clause = &list->v[list->n++];
	*clause = (struct contract_clause){ .field = span_dup(field) };
	return read_values(r, clause, rest);
}

static int read_expect(struct reader *r, struct span value)
{
	return read_clause(r, &current(r)->expect, value);
}

static int read_when(struct reader *r, struct span value)
{
	return read_clause(r, &current(r)->when, value);
}

static int read_says(struct reader *r, struct span value)
{
	if (current(r)->says)
		return refuse(r, "says is there twice:", value);
	current(r)->says = span_dup(value);
	return 0;
}

/* "FILE:FUNCTION on FILESYSTEM...": *ours says for whom. */
static int read_whose(struct reader *r, struct span *value, bool *ours)
{
	struct contract_names names = { 0 };
	struct span rest = *value;
	struct span where, on;
	int rc;

	*ours = true;
	if (!span_word(&rest, &where) || !span_find(where, ":") ||
	    !span_word(&rest, &on) || !span_is(on, "on"))
		return 0;
	rc = read_names(r, &names, rest, &filesystem_kind);
	*ours = is_ours(r, &names);
	contract_names_release(&names);
	*value = where;
	return rc;
}

static int read_source(struct reader *r, struct span value)
{
	bool ours;

	if (read_whose(r, &value, &ours) < 0)
		return -1;
	if (!contract_word_is_source(value))
		return refuse(r, "no source:", value);
	return ours ? push_word(r, &current(r)->sources, value) : 0;
}

/* "FILE has|lacks TEXT" */
static int read_tree(struct reader *r, struct span value)
{
	struct contract_conditions *list = &current(r)->tree;
	struct span rest = value;
	struct span path, verb;
	bool is_lacking;

	if (!span_word(&rest, &path) || !contract_word_is_path(path) ||
	    !span_word(&rest, &verb))
		return refuse(r, "no file:", value);
	is_lacking = span_is(verb, "lacks");
	rest = span_trim(rest);
	if ((!is_lacking && !span_is(verb, "has")) || span_len(rest) == 0)
		return refuse(r, "neither 'has' nor 'lacks' a text:", value);
	if (list->n == CONTRACT_FILE_MAX_WORDS)
		return refuse_more(r, CONTRACT_FILE_MAX_WORDS, "conditions");
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] =
		(struct contract_condition){ .path = span_dup(path),
					     .text = span_dup(rest),
					     .is_lacking = is_lacking };
	return 0;
}

/* "C02y C02d on xfs ext4"; *ours: it is about who is asked about */
static int read_exception_head(struct reader *r, struct contract_names *out,
			       bool *ours, struct span head)
{
	struct contract_names where = { 0 };
	const char *on = span_find(head, " on ");
	int rc = 0;

	*ours = true;
	if (on) {
		rc = read_names(r, &where,
				(struct span){ on + strlen(" on "), head.end },
				&filesystem_kind);
		*ours = is_ours(r, &where);
		contract_names_release(&where);
		head.end = on;
	}
	return rc < 0 ? -1 : read_names(r, out, head, &scenario_kind);
}

/* "SCENARIO... [on FILESYSTEM...]: REASON" */
static int read_except(struct reader *r, struct span value)
{
	struct contract_exceptions *list = &current(r)->exceptions;
	struct contract_exception *e;
	struct span rest = value;
	struct span head;
	bool ours;

	if (!span_until(&rest, ':', &head) || span_len(span_trim(rest)) == 0)
		return refuse(r, "no 'scenarios: reason':", value);
	if (list->n == CONTRACT_FILE_MAX_WORDS)
		return refuse_more(r, CONTRACT_FILE_MAX_WORDS, "exceptions");
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	e = &list->v[list->n++];
	*e = (struct contract_exception){ .why = span_dup(span_trim(rest)) };
	if (read_exception_head(r, &e->scenarios, &ours, head) < 0)
		return -1;
	if (!ours) {
		contract_names_release(&e->scenarios);
		free(e->why);
		list->n--;
	}
	return 0;
}

/* ---- lines ---- */

static int read_like(struct reader *r, struct span value)
{
	if (!r->may_say_like || r->like)
		return refuse(r, "one step, once:", value);
	if (!contract_word_is_filesystem(value) ||
	    span_is(value, r->file->filesystem))
		return refuse(r, "no filesystem to be like:", value);
	r->like = span_dup(value);
	return 0;
}

static int read_setting(struct reader *r, struct span line)
{
	static const struct {
		const char *key;
		int (*read)(struct reader *r, struct span value);
	} keys[] = {
		{ "filesystems", read_filesystems },
		{ "scenarios", read_scenarios },
		{ "tree", read_tree },
		{ "expect", read_expect },
		{ "when", read_when },
		{ "varies", read_varies },
		{ "except", read_except },
		{ "says", read_says },
		{ "source", read_source },
	};
	struct span value = line;
	struct span key;

	if (!span_until(&value, '=', &key))
		return refuse(r, "no 'key = value':", line);
	key = span_trim(key);
	value = span_trim(value);
	if (!r->is_in && span_is(key, "like"))
		return read_like(r, value);
	if (!r->is_in)
		return refuse(r, "before the first section:", line);
	if (span_len(value) == 0)
		return refuse(r, "no value for", key);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (span_is(key, keys[i].key))
			return keys[i].read(r, value);
	return refuse(r, "unknown key", key);
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
	struct span line;

	for (r->line = 1; span_line(&text, &line); r->line++)
		if (read_line(r, line) < 0)
			return -1;
	return end_section(r);
}

int contract_file_parse(struct contracts *out, char **like_out,
			const struct contract_file *file, const char *text,
			size_t len, struct err *err)
{
	struct reader r = { .list = out,
			    .before = out->n,
			    .file = file,
			    .may_say_like = like_out,
			    .err = err };

	if (len > CONTRACT_FILE_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "%s: larger than %u bytes",
			       file->name, CONTRACT_FILE_MAX_BYTES);
	if (read_all(&r, span_of(text, len)) == 0) {
		if (like_out)
			*like_out = TAKE(r.like);
		return 0;
	}
	free(r.like);
	contracts_truncate(out, r.before);
	return -1;
}
