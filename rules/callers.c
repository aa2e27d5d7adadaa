/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/callers.h"

#include "bot/base/span.h"

void callers_release(struct callers *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].file);
		free(list->v[i].function);
		free(list->v[i].callee);
	}
	free(list->v);
	*list = (struct callers){ 0 };
}

/* An empty line is fine. */
static bool read_line(struct callers *list, struct span line)
{
	struct span file, function, callee, more;

	if (!span_word(&line, &file))
		return true;
	if (!span_word(&line, &function) || !span_word(&line, &callee) ||
	    span_word(&line, &more))
		return false;
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] =
		(struct caller){ span_dup(file), span_dup(function),
				 span_dup(callee) };
	return true;
}

int callers_parse(struct callers *out, const char *name, const char *text,
		  size_t len, struct err *err)
{
	AUTO(callers_release) struct callers list = { 0 };
	struct span rest = span_of(text, len);
	struct span line;
	unsigned n = 0;

	while (span_line(&rest, &line)) {
		struct span said;

		n++;
		if (!span_until(&line, '#', &said))
			said = line;
		if (!read_line(&list, said))
			return err_set(err, ERR_CONFIG,
				       "%s:%u: not file, function and callee",
				       name, n);
	}
	*out = list;
	list = (struct callers){ 0 };
	return 0;
}

bool callers_has(const struct callers *list, const char *file,
		 const char *function, const char *callee)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].file, file) == 0 &&
		    strcmp(list->v[i].function, function) == 0 &&
		    strcmp(list->v[i].callee, callee) == 0)
			return true;
	return false;
}

/* ---- questions ---- */

/* Calls of @f's callee that @list has, and @other has not, in its function. */
static bool is_only_in(const struct cocci_fact *f,
		       const struct cocci_facts *list,
		       const struct cocci_facts *other)
{
	return f->kind == COCCI_CALL &&
	       cocci_count(list, f) > cocci_count(other, f);
}

/*
 * The same callee, where it is only in @list: where it went to, or came from.
 */
static const struct cocci_fact *find_other_end(const struct cocci_fact *f,
					       const struct cocci_facts *list,
					       const struct cocci_facts *other)
{
	for (size_t i = 0; i < list->n; i++)
		if (is_only_in(&list->v[i], list, other) &&
		    strcmp(list->v[i].word, f->word) == 0)
			return &list->v[i];
	return NULL;
}

/* The line of @function in @facts; 0: it is gone. */
static unsigned find_line(const struct cocci_facts *facts, const char *function)
{
	for (size_t i = 0; i < facts->n; i++)
		if (facts->v[i].kind == COCCI_FUNCTION &&
		    strcmp(facts->v[i].function, function) == 0)
			return facts->v[i].line;
	return 0;
}

/* @line: somewhere in the function; 0: the whole file. */
static void ask(struct questions *out, const char *path,
		const struct cocci_facts *after, unsigned line, char *says)
{
	struct question q = {
		.rule = xstrdup("semantic/callers"),
		.says = says,
		.promise = xstrdup("who starts direct I/O on a file, and who "
				   "finishes what fell back, is known, and "
				   "does something about -ENOTBLK"),
		.file = xstrdup(path),
		.first = line,
		.last = line ? cocci_end(after, line) : UINT32_MAX,
	};

	strings_push(&q.sources, "fs/iomap/direct-io.c:iomap_dio_rw");
	strings_push(&q.sources, "fs/libfs.c:direct_write_fallback");
	questions_take(out, &q);
}

static bool is_first_of(const struct cocci_facts *list, size_t at)
{
	struct cocci_facts before = { list->v, at };

	return cocci_count(&before, &list->v[at]) == 0;
}

static void ask_gone(struct questions *out, const char *path,
		     const struct cocci_facts *before,
		     const struct cocci_facts *after,
		     const struct cocci_fact *f)
{
	const struct cocci_fact *to = find_other_end(f, after, before);

	if (to)
		ask(out, path, after, to->line,
		    xasprintf("the call of %s moves from %s() to %s()", f->word,
			      f->function, to->function));
	else
		ask(out, path, after, find_line(after, f->function),
		    xasprintf("%s() no longer calls %s", f->function, f->word));
}

void callers_ask(struct questions *out, const struct callers *list,
		 const char *path, const struct cocci_facts *before,
		 const struct cocci_facts *after)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct cocci_fact *f = &before->v[i];

		if (is_only_in(f, before, after) && is_first_of(before, i) &&
		    callers_has(list, path, f->function, f->word))
			ask_gone(out, path, before, after, f);
	}
	for (size_t i = 0; i < after->n; i++) {
		const struct cocci_fact *f = &after->v[i];

		if (is_only_in(f, after, before) && is_first_of(after, i) &&
		    !callers_has(list, path, f->function, f->word) &&
		    !find_other_end(f, before, after))
			ask(out, path, after, f->line,
			    xasprintf("%s is called in %s(), which did not "
				      "call it",
				      f->word, f->function));
	}
}
