/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/cocci.h"

#include <fnmatch.h>

#include "bot/base/buf.h"
#include "bot/base/span.h"
#include "rules/core.h"

#define MAX_SAID 20 /* lines of spatch's own that are kept */

/* ---- rules ---- */

static void release_rule(struct cocci_rule *rule)
{
	free(rule->id);
	free(rule->contract);
	free(rule->asks);
	free(rule->text);
	strings_release(&rule->sources);
	strings_release(&rule->files);
}
DEFINE_AUTO_VALUE(struct cocci_rule, release_rule)

void cocci_rules_release(struct cocci_rules *list)
{
	for (size_t i = 0; i < list->n; i++)
		release_rule(&list->v[i]);
	free(list->v);
	*list = (struct cocci_rules){ 0 };
}

static void set_once(char **to, struct span value)
{
	if (!*to)
		*to = span_dup(value);
}

static void push_words(struct strings *to, struct span words)
{
	struct span word;

	while (span_word(&words, &word))
		strings_push_take(to, span_dup(word));
}

static void read_comment(struct cocci_rule *rule, struct span line)
{
	if (!span_eat(&line, "// "))
		return;
	if (span_eat(&line, "id: "))
		set_once(&rule->id, line);
	else if (span_eat(&line, "contract: "))
		set_once(&rule->contract, line);
	else if (span_eat(&line, "asks: "))
		set_once(&rule->asks, line);
	else if (span_eat(&line, "source: "))
		strings_push_take(&rule->sources, span_dup(line));
	else if (span_eat(&line, "files: "))
		push_words(&rule->files, line);
}

static const char *find_missing(const struct cocci_rule *rule)
{
	if (!rule->id)
		return "id";
	if (!rule->contract)
		return "contract";
	if (!rule->asks)
		return "asks";
	if (rule->sources.n == 0)
		return "source";
	return rule->files.n == 0 ? "files" : NULL;
}

int cocci_add(struct cocci_rules *list, const char *name, const char *text,
	      size_t len, struct err *err)
{
	AUTO(release_rule) struct cocci_rule rule = { 0 };
	struct span rest = span_of(text, len);
	struct span line;

	if (len > COCCI_MAX_RULE || list->n == COCCI_MAX_RULES)
		return err_set(err, ERR_LIMIT, "%s: too large, or too many",
			       name);
	while (span_line(&rest, &line))
		read_comment(&rule, line);
	if (find_missing(&rule))
		return err_set(err, ERR_CONFIG, "%s: no line '// %s:'", name,
			       find_missing(&rule));
	rule.text = xstrndup(text, len);
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = rule;
	rule = (struct cocci_rule){ 0 };
	return 0;
}

bool cocci_is_for(const struct cocci_rule *rule, const char *path)
{
	for (size_t i = 0; i < rule->files.n; i++)
		if (fnmatch(rule->files.v[i], path, 0) == 0)
			return true;
	return false;
}

static bool is_for_any(const struct cocci_rule *rule,
		       const struct strings *files)
{
	for (size_t i = 0; i < files->n; i++)
		if (cocci_is_for(rule, files->v[i]))
			return true;
	return false;
}

char *cocci_select(const struct cocci_rules *list, const struct strings *files)
{
	struct buf out;

	buf_init(&out, (size_t)COCCI_MAX_RULES * (COCCI_MAX_RULE + 1));
	for (size_t i = 0; i < list->n; i++) {
		if (!is_for_any(&list->v[i], files))
			continue;
		buf_adds(&out, list->v[i].text);
		buf_addc(&out, '\n');
	}
	if (out.len > 0)
		return buf_take(&out);
	buf_release(&out);
	return NULL;
}

/* ---- facts ---- */

void cocci_facts_release(struct cocci_facts *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].file);
		free(list->v[i].function);
		free(list->v[i].word);
	}
	free(list->v);
	*list = (struct cocci_facts){ 0 };
}

static void push_fact(struct cocci_facts *list, const struct cocci_fact *f)
{
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = (struct cocci_fact){
		.kind = f->kind,
		.file = xstrdup(f->file),
		.function = xstrdup(f->function),
		.line = f->line,
		.word = f->word ? xstrdup(f->word) : NULL,
	};
}

static bool read_kind(enum cocci_kind *out, struct span word)
{
	static const char *const names[] = {
		[COCCI_HIT] = "hit",
		[COCCI_CALL] = "call",
		[COCCI_FUNCTION] = "function",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (span_is(word, names[i])) {
			*out = (enum cocci_kind)i;
			return true;
		}
	}
	return false;
}

static bool read_fact(struct cocci_facts *list, struct span line)
{
	AUTO(strings_release) struct strings words = { 0 };
	struct cocci_fact f = { 0 };
	struct span word, number;
	uint64_t n;

	if (!span_word(&line, &word) || !read_kind(&f.kind, word))
		return false;
	push_words(&words, line);
	if (words.n != (f.kind == COCCI_FUNCTION ? 3 : 4))
		return false;
	number = span_cstr(words.v[2]);
	if (!span_uint(&number, UINT32_MAX, &n) || span_len(number) > 0)
		return false;
	f.file = words.v[0];
	f.function = words.v[1];
	f.line = (unsigned)n;
	f.word = f.kind == COCCI_FUNCTION ? NULL : words.v[3];
	push_fact(list, &f);
	return true;
}

int cocci_parse(struct cocci_facts *out, struct strings *said, const char *text,
		size_t len, struct err *err)
{
	struct span rest = span_of(text, len);
	struct span line;

	while (span_line(&rest, &line)) {
		line = span_trim(line);
		if (out->n == COCCI_MAX_FACTS)
			return err_set(err, ERR_LIMIT,
				       "spatch tells more than %d facts",
				       COCCI_MAX_FACTS);
		if (!read_fact(out, line) && span_len(line) > 0 &&
		    said->n < MAX_SAID)
			strings_push_take(said, span_dup(line));
	}
	return 0;
}

void cocci_pick(struct cocci_facts *out, const struct cocci_facts *all,
		const char *file, const char *name)
{
	for (size_t i = 0; i < all->n; i++) {
		struct cocci_fact f = all->v[i];

		if (strcmp(f.file, name) != 0)
			continue;
		f.file = (char *)(uintptr_t)file;
		push_fact(out, &f);
	}
}

static bool is_alike(const struct cocci_fact *a, const struct cocci_fact *b)
{
	return a->kind == b->kind && strcmp(a->function, b->function) == 0 &&
	       (!a->word || strcmp(a->word, b->word) == 0);
}

size_t cocci_count(const struct cocci_facts *list, const struct cocci_fact *f)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += is_alike(&list->v[i], f);
	return n;
}

unsigned cocci_end(const struct cocci_facts *list, unsigned line)
{
	unsigned end = UINT32_MAX;

	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].kind == COCCI_FUNCTION &&
		    list->v[i].line > line && list->v[i].line - 1 < end)
			end = list->v[i].line - 1;
	return end;
}

/* ---- questions ---- */

static bool is_first(const struct cocci_facts *list, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_alike(&list->v[i], &list->v[at]))
			return false;
	return true;
}

static const struct cocci_rule *find_rule(const struct cocci_rules *rules,
					  const char *id, const char *path)
{
	for (size_t i = 0; i < rules->n; i++)
		if (strcmp(rules->v[i].id, id) == 0 &&
		    cocci_is_for(&rules->v[i], path))
			return &rules->v[i];
	return NULL;
}

void cocci_ask(struct questions *out, const struct cocci_rules *rules,
	       const char *path, const struct cocci_facts *before,
	       const struct cocci_facts *after)
{
	for (size_t i = 0; i < after->n; i++) {
		const struct cocci_fact *f = &after->v[i];
		const struct cocci_rule *rule;
		struct question q;

		if (f->kind != COCCI_HIT || !is_first(after, i) ||
		    cocci_count(after, f) <= cocci_count(before, f))
			continue;
		rule = find_rule(rules, f->word, path);
		if (!rule)
			continue;
		q = (struct question){
			.rule = xasprintf("semantic/%s", rule->id),
			.says = xasprintf("%s in %s()", rule->asks,
					  f->function),
			.promise = xstrdup(rule->contract),
			.file = xstrdup(path),
			.first = f->line,
			.last = cocci_end(after, f->line),
		};
		for (size_t k = 0; k < rule->sources.n; k++)
			strings_push(&q.sources, rule->sources.v[k]);
		questions_take(out, &q);
	}
}

static bool is_defined(const char *function, struct span text)
{
	struct span line;

	while (span_line(&text, &line)) {
		AUTO(mem_free) char *own = NULL;
		AUTO(mem_free) char *name = NULL;

		if (!span_find(line, function))
			continue;
		own = span_dup(line);
		name = core_read_function(own);
		if (name && strcmp(name, function) == 0 && !strchr(own, ';'))
			return true;
	}
	return false;
}

void cocci_find_unparsed(struct strings *out, const struct cocci_facts *before,
			 const struct cocci_facts *after, const char *text,
			 size_t len)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct cocci_fact *f = &before->v[i];

		if (f->kind == COCCI_FUNCTION && cocci_count(after, f) == 0 &&
		    is_defined(f->function, span_of(text, len)))
			strings_push(out, f->function);
	}
}
