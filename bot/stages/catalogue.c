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

int catalogue_read(struct catalogue *out, const char *program, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };
	struct child_result result;

	buf_init(&text, CATALOGUE_MAX_BYTES);
	if (child_run(&result,
		      &(struct child_spec){
			      .argv = (const char *const[]){ program, "--list",
							     NULL },
			      .timeout_s = 10,
			      .max_output = CATALOGUE_MAX_BYTES,
			      .out = &text,
		      },
		      err) < 0)
		return -1;
	if (!child_is_ok(&result))
		return err_set(err, ERR_CONFIG, "'%s --list' fails", program);
	if (read_list(out, &text, err) < 0)
		return err_wrap(err, "'%s --list'", program);
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
