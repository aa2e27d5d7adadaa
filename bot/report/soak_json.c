/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/soak_json.h"

#include "bot/report/json.h"
#include "bot/report/read.h"
#include "bot/report/record.h"

#define MAX_COUNT ((int64_t)RECORD_MAX_RUNS * UINT32_MAX)

static const char *const kernels[SOAK_KERNELS] = { "base", "patched" };

static const char *verdict_name(unsigned v)
{
	return soak_verdict_name((enum soak_verdict)v);
}

/* ---- there ---- */

static json_t *broken_to_json(const struct soak_broken *b)
{
	json_t *o = json_object();

	json_set_str(o, "contract", b->contract);
	json_set_str(o, "promise", b->promise);
	json_set_str(o, "how", b->how);
	json_set_int(o, "runs", b->runs);
	json_set_int(o, "seed", b->seed);
	json_set_bool(o, "is_new", b->is_new);
	return o;
}

static json_t *last_to_json(const struct soak_side *s)
{
	json_t *o = json_object();

	json_set_bool(o, "provoked", s->last.provoked);
	json_set_str(o, "how", s->last.how);
	json_object_set_new(o, "fields",
			    json_from_fields(s->last.v, s->last.n));
	return o;
}

static void set_count(json_t *o, const char *key, int64_t n)
{
	if (n < 0)
		json_object_set_new(o, key, json_null());
	else
		json_set_int(o, key, n);
}

static json_t *side_to_json(const struct soak_side *s)
{
	json_t *o = json_object();
	json_t *broken = json_array();

	json_set_int(o, "runs", s->runs);
	json_set_int(o, "collided", s->collided);
	json_set_int(o, "cannot_collide", s->cannot);
	json_set_int(o, "hung", s->hung);
	set_count(o, "invalidations", s->invalidations);
	set_count(o, "told", s->told);
	for (size_t i = 0; i < s->n; i++)
		json_array_append_new(broken, broken_to_json(&s->v[i]));
	json_object_set_new(o, "broken", broken);
	json_set_str(o, "refused", s->refused);
	json_set_str(o, "lost", s->lost);
	json_object_set_new(o, "last", s->runs ? last_to_json(s) : json_null());
	return o;
}

static json_t *pair_to_json(const struct soak_pair *p)
{
	json_t *o = json_object();

	json_set_str(o, "filesystem", p->filesystem);
	json_set_str(o, "scenario", p->scenario);
	json_set_str(o, "verdict", soak_verdict_name(p->verdict));
	for (int k = 0; k < SOAK_KERNELS; k++)
		json_object_set_new(o, kernels[k], side_to_json(&p->v[k]));
	return o;
}

json_t *soak_json_from(const struct soak_record *r)
{
	json_t *o = json_object();
	json_t *outcomes = json_array();

	json_set_int(o, "seconds", r->seconds);
	json_set_int(o, "seed", r->seed);
	json_set_int(o, "runs", r->runs);
	json_set_int(o, "run_ms", r->run_ms);
	json_set_int(o, "ms", r->ms);
	json_set_bool(o, "base_kernel", r->is_base_kernel);
	json_set_bool(o, "patched", r->has_patched);
	json_set_str(o, "why", r->why);
	for (size_t i = 0; i < r->n; i++)
		json_array_append_new(outcomes, pair_to_json(&r->v[i]));
	json_object_set_new(o, "outcomes", outcomes);
	return o;
}

/* ---- and back ---- */

static int read_broken(struct soak_broken *b, const struct soak_side *s,
		       const json_t *o, struct err *err)
{
	if (read_text(&b->contract, o, "contract", err) < 0 ||
	    read_text(&b->promise, o, "promise", err) < 0 ||
	    read_text(&b->how, o, "how", err) < 0 ||
	    read_number(&b->runs, o, "runs", s->runs, err) < 0 ||
	    read_number(&b->seed, o, "seed", UINT32_MAX, err) < 0)
		return -1;
	return json_get_bool(&b->is_new, o, "is_new", err);
}

static int read_all_broken(struct soak_side *s, const json_t *o,
			   struct err *err)
{
	json_t *list;

	if (json_get_array(&list, o, "broken", SOAK_JSON_MAX_BROKEN, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (read_broken(soak_side_push(s), s, json_array_get(list, i),
				err) < 0)
			return err_wrap(err, "broken[%zu]", i);
	return 0;
}

/* A run is there just when there was one. */
static int read_last(struct soak_side *s, const json_t *side, struct err *err)
{
	json_t *o;

	if (read_is_null(side, "last") != (s->runs == 0))
		return err_set(err, ERR_INPUT, "'last' is not of %u runs",
			       s->runs);
	if (s->runs == 0)
		return 0;
	if (json_get_object(&o, side, "last", err) < 0 ||
	    json_get_bool(&s->last.provoked, o, "provoked", err) < 0 ||
	    read_maybe(&s->last.how, o, "how", err) < 0)
		return -1;
	return read_fields(&s->last.v, &s->last.n, o, err);
}

/* null: the kernel does not tell */
static int read_count(int64_t *out, const json_t *o, const char *key,
		      struct err *err)
{
	*out = -1;
	return read_is_null(o, key)
		       ? 0
		       : json_get_int(out, o, key, 0, MAX_COUNT, err);
}

static int read_side(struct soak_side *s, const json_t *o, struct err *err)
{
	if (read_number(&s->runs, o, "runs", RECORD_MAX_RUNS, err) < 0 ||
	    read_number(&s->collided, o, "collided", s->runs, err) < 0 ||
	    read_number(&s->cannot, o, "cannot_collide", s->runs, err) < 0 ||
	    read_number(&s->hung, o, "hung", s->runs, err) < 0 ||
	    read_count(&s->invalidations, o, "invalidations", err) < 0 ||
	    read_count(&s->told, o, "told", err) < 0 ||
	    read_all_broken(s, o, err) < 0 ||
	    read_maybe(&s->refused, o, "refused", err) < 0 ||
	    read_maybe(&s->lost, o, "lost", err) < 0)
		return -1;
	return read_last(s, o, err);
}

static int read_pair(struct soak_pair *p, const json_t *o, struct err *err)
{
	unsigned verdict;

	if (read_text(&p->filesystem, o, "filesystem", err) < 0 ||
	    read_text(&p->scenario, o, "scenario", err) < 0 ||
	    read_word(&verdict, o, "verdict", verdict_name, SOAK_BROKEN, err) <
		    0)
		return -1;
	p->verdict = (enum soak_verdict)verdict;
	for (int k = 0; k < SOAK_KERNELS; k++) {
		json_t *side;

		if (json_get_object(&side, o, kernels[k], err) < 0)
			return -1;
		if (read_side(&p->v[k], side, err) < 0)
			return err_wrap(err, "%s", kernels[k]);
	}
	return 0;
}

static int read_pairs(struct soak_record *r, const json_t *o, struct err *err)
{
	json_t *list;

	if (json_get_array(&list, o, "outcomes", RECORD_MAX_PAIRS, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (read_pair(soak_record_push(r), json_array_get(list, i),
			      err) < 0)
			return err_wrap(err, "outcomes[%zu]", i);
	return 0;
}

int soak_json_read(struct soak_record *out, const json_t *o, struct err *err)
{
	int64_t seconds;

	/* None of no time: that is a review without a soak. */
	if (json_get_int(&seconds, o, "seconds", 1, UINT32_MAX, err) < 0 ||
	    read_number(&out->seed, o, "seed", UINT32_MAX, err) < 0 ||
	    read_number(&out->runs, o, "runs", RECORD_MAX_RUNS, err) < 0 ||
	    read_number(&out->run_ms, o, "run_ms", UINT32_MAX, err) < 0 ||
	    json_get_int(&out->ms, o, "ms", 0, RECORD_MAX_MS, err) < 0 ||
	    json_get_bool(&out->is_base_kernel, o, "base_kernel", err) < 0 ||
	    json_get_bool(&out->has_patched, o, "patched", err) < 0 ||
	    read_maybe(&out->why, o, "why", err) < 0)
		return -1;
	out->seconds = (unsigned)seconds;
	return read_pairs(out, o, err);
}
