/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/catalogue.h"

#include "bot/base/span.h"
#include "bot/run/child.h"

static int by_id(const void *a, const void *b)
{
	const struct catalogue_entry *x = a;
	const struct catalogue_entry *y = b;

	return strcmp(x->id, y->id);
}

/* "C01 <tab> says <tab> knows <tab> since <tab> xfs,ext4" */
static int read_line(struct catalogue *c, struct span line, struct err *err)
{
	struct span id, says, knows, since, name;
	struct catalogue_entry *e;

	if (!span_until(&line, '\t', &id) || !span_until(&line, '\t', &says) ||
	    !span_until(&line, '\t', &knows) ||
	    !span_until(&line, '\t', &since))
		return err_set(err, ERR_CONFIG, "not a scenario: '%.*s'",
			       (int)span_len(line), line.p);
	c->v = xreallocarray(c->v, c->n + 1, sizeof(*c->v));
	e = &c->v[c->n++];
	*e = (struct catalogue_entry){ .id = span_dup(id),
				       .says = span_dup(says),
				       .knows = span_dup(knows),
				       .since = span_dup(since) };
	while (span_until(&line, ',', &name))
		strings_push_take(&e->filesystems, span_dup(name));
	if (span_len(line) > 0)
		strings_push_take(&e->filesystems, span_dup(line));
	return 0;
}

static int read_list(struct catalogue *out, const struct buf *text,
		     struct err *err)
{
	AUTO(catalogue_release) struct catalogue c = { 0 };
	struct span rest = span_of(buf_text(text), text->len);
	struct span line;

	while (span_line(&rest, &line))
		if (read_line(&c, line, err) < 0)
			return -1;
	if (c.n == 0)
		return err_set(err, ERR_CONFIG, "no scenario in it");
	qsort(c.v, c.n, sizeof(*c.v), by_id);
	*out = c;
	c = (struct catalogue){ 0 };
	return 0;
}

/* What @program prints, asked in these words. */
static int ask(struct buf *out, const char *program, const char *word,
	       const char *id, struct err *err)
{
	const char *const argv[] = { program, word, id, NULL };
	struct child_result result;

	buf_init(out, CATALOGUE_MAX_BYTES);
	if (child_run(&result,
		      &(struct child_spec){
			      .argv = argv,
			      .timeout_s = 10,
			      .max_output = CATALOGUE_MAX_BYTES,
			      .out = out,
		      },
		      err) < 0)
		return -1;
	if (!child_is_ok(&result))
		return err_set(err, ERR_CONFIG, "'%s %s' fails", program, word);
	return 0;
}

static int ask_list(struct catalogue *out, const char *program,
		    const char *word, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };

	if (ask(&text, program, word, NULL, err) < 0)
		return -1;
	if (read_list(out, &text, err) < 0)
		return err_wrap(err, "'%s %s'", program, word);
	return 0;
}

int catalogue_read(struct catalogue *out, const char *program, struct err *err)
{
	return ask_list(out, program, "--list", err);
}

int catalogue_read_soaks(struct catalogue *out, const char *program,
			 struct err *err)
{
	return ask_list(out, program, "--list-soaks", err);
}

int catalogue_explain(struct catalogue_story *out, const char *program,
		      const char *id, struct err *err)
{
	AUTO(catalogue_story_release) struct catalogue_story story = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	struct span rest, line, who;

	if (ask(&text, program, "--explain", id, err) < 0)
		return -1;
	rest = span_of(buf_text(&text), text.len);
	while (span_line(&rest, &line)) {
		if (!span_until(&line, '\t', &who))
			return err_set(err, ERR_CONFIG, "not a step: '%.*s'",
				       (int)span_len(line), line.p);
		story.v = xreallocarray(story.v, story.n + 1, sizeof(*story.v));
		story.v[story.n++] = (struct catalogue_step){ span_dup(who),
							      span_dup(line) };
	}
	*out = story;
	story = (struct catalogue_story){ 0 };
	return 0;
}

const struct catalogue_entry *catalogue_find(const struct catalogue *c,
					     const char *id)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->v[i].id, id) == 0)
			return &c->v[i];
	return NULL;
}

void catalogue_release(struct catalogue *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->v[i].id);
		free(c->v[i].says);
		free(c->v[i].knows);
		free(c->v[i].since);
		strings_release(&c->v[i].filesystems);
	}
	free(c->v);
	*c = (struct catalogue){ 0 };
}

void catalogue_story_release(struct catalogue_story *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].who);
		free(s->v[i].does);
	}
	free(s->v);
	*s = (struct catalogue_story){ 0 };
}
