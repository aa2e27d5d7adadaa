// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * run.c - the life of one run: fields, reasons, the end
 */
#include "rules/collisions/run.h"

#include <errno.h>
#include <stdarg.h>

struct run *run_new(struct volume *v, const struct scenario *s, unsigned number,
		    unsigned *invalidations)
{
	struct run *r = calloc(1, sizeof(*r));

	if (!r)
		abort(); /* init dies, the kernel panics: told as such */
	r->volume = v;
	r->scenario = s;
	r->number = number;
	r->invalidations = invalidations;
	r->direct = -1;
	r->buffered = -1;
	r->clone = -1;
	r->filler = -1;
	r->buffer = actor_buffer(FILE_LEN, 0);
	klog_start(&r->log);
	trace_start();
	return r;
}

/* What has collided stays so; then only the looking at it went wrong. */
static void keep_reason(struct run *r, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
static void keep_reason(struct run *r, const char *fmt, va_list ap)
{
	char why[sizeof(r->how)];

	r->is_spoiled = true;
	vsnprintf(why, sizeof(why), fmt, ap);
	if (r->provoked)
		run_field(r, "unobserved", "%s", why);
	else
		memcpy(r->how, why, sizeof(why));
}

void run_spoil(struct run *r, const char *fmt, ...)
{
	va_list ap;

	if (r->is_spoiled)
		return;
	va_start(ap, fmt);
	keep_reason(r, fmt, ap);
	va_end(ap);
}

void run_miss(struct run *r, const char *fmt, ...)
{
	va_list ap;

	if (r->is_spoiled)
		return;
	r->is_missed = true;
	va_start(ap, fmt);
	keep_reason(r, fmt, ap);
	va_end(ap);
}

void run_provoked(struct run *r, const char *fmt, ...)
{
	va_list ap;

	if (r->is_spoiled)
		return;
	if (r->sweep.is_on) {
		sweep_tell(r);
		return;
	}
	r->provoked = true;
	va_start(ap, fmt);
	vsnprintf(r->how, sizeof(r->how), fmt, ap);
	va_end(ap);
}

void run_field(struct run *r, const char *name, const char *fmt, ...)
{
	struct field *f = &r->fields[r->n_fields];
	va_list ap;

	if (r->n_fields == RUN_MAX_FIELDS)
		abort(); /* a fault of the scenario's author */
	r->n_fields++;
	snprintf(f->name, sizeof(f->name), "%s", name);
	va_start(ap, fmt);
	vsnprintf(f->value, sizeof(f->value), fmt, ap);
	va_end(ap);
}

void run_join(struct run *r)
{
	for (size_t i = 0; i < r->n_actors; i++)
		if (!actor_join(&r->actors[i]))
			r->is_hung = true;
}

ssize_t run_aside(struct run *r, const char *what,
		  ssize_t (*fn)(struct actor *a), off_t at)
{
	struct actor *a;
	ssize_t returned;

	if (r->is_spoiled)
		return -1;
	a = calloc(1, sizeof(*a)); /* kept when it hangs */
	if (!a)
		abort();
	*a = (struct actor){ .name = what, .act = fn, .run = r, .at = at };
	actor_begin(a);
	if (!actor_join(a)) {
		r->is_hung = true;
		run_spoil(r, "%s did not come back, held in %s", a->name,
			  a->waited);
		return -1;
	}
	returned = a->returned;
	if (returned < 0)
		run_spoil(r, "%s: %s", what, strerror(a->error));
	free(a);
	return returned;
}

bool run_end(struct run *r)
{
	gate_pass_all(r);
	run_join(r);
	if (r->buffered >= 0 && !r->is_hung) {
		r->is_spoiled = false; /* what comes now is no part of it */
		file_remove(r);
	}
	if (r->log.fd >= 0)
		close(r->log.fd);
	if (r->is_hung)
		return false;
	for (size_t i = 0; i < r->n_actors; i++)
		free(r->actors[i].data);
	free(r->buffer);
	free(r);
	return true;
}
