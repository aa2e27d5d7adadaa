/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/join.h"

#include "rules/finding.h"

static void name(char **guest, const char *as)
{
	free(*guest);
	*guest = xstrdup(as);
}

void join_name_guest(struct review *r, const char *guest)
{
	for (size_t i = 0; i < r->n_pairs; i++)
		name(&r->pairs[i].guest, guest);
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].kind != FINDING_BUILD &&
		    r->findings[i].kind != FINDING_WARNING)
			name(&r->findings[i].guest, guest);
}

/*
 * How much an author should mind it; what is not known is worse than a change.
 */
static int weigh(enum verdict v)
{
	switch (v) {
	case VERDICT_SAME:
		return 0;
	case VERDICT_FIXED:
		return 1;
	case VERDICT_CHANGED:
		return 2;
	case VERDICT_COULD_NOT_TELL:
		return 3;
	case VERDICT_REGRESSION:
		return 4;
	case VERDICT_DOES_NOT_APPLY:
		return 5;
	case VERDICT_DOES_NOT_BUILD:
		return 6;
	}
	return 3;
}

static void take_verdict(struct review *r, struct review *other)
{
	if (weigh(other->verdict) <= weigh(r->verdict))
		return;
	free(r->why);
	free(r->help);
	r->verdict = other->verdict;
	r->why = TAKE(other->why);
	r->help = TAKE(other->help);
}

static void take_pairs(struct review *r, struct review *other)
{
	for (size_t i = 0; i < other->n_pairs; i++)
		*review_add_pair(r) = other->pairs[i];
	other->n_pairs = 0;
}

static bool is_said(const struct review *r, const struct finding *f)
{
	for (size_t i = 0; !f->guest && i < r->n_findings; i++)
		if (r->findings[i].kind == f->kind &&
		    r->findings[i].patch == f->patch)
			return true;
	return false;
}

static void take_findings(struct review *r, struct review *other)
{
	size_t left = 0;

	for (size_t i = 0; i < other->n_findings; i++) {
		if (is_said(r, &other->findings[i]))
			other->findings[left++] = other->findings[i];
		else
			*review_add_finding(r) = other->findings[i];
	}
	other->n_findings = left;
	finding_sort(r);
}

/* "um" and "x86_64": "um and x86_64" */
static void add_words(char **to, const char *more)
{
	char *both;

	if (!*to || !more || strcmp(*to, more) == 0)
		return;
	both = xasprintf("%s and %s", *to, more);
	free(*to);
	*to = both;
}

static void take_rest(struct review *r, const struct review *other)
{
	for (size_t i = 0; i < other->skipped.n; i++)
		if (!strings_has(&r->skipped, other->skipped.v[i]))
			strings_push(&r->skipped, other->skipped.v[i]);
	for (size_t i = 0; i < other->n_timing; i++)
		review_add_timing(r, other->timing[i].name,
				  other->timing[i].ms);
	add_words(&r->environment.arch, other->environment.arch);
	add_words(&r->environment.config, other->environment.config);
	add_words(&r->environment.guest, other->environment.guest);
}

void join_run(struct review *r, struct review *other)
{
	take_verdict(r, other);
	take_pairs(r, other);
	take_findings(r, other);
	take_rest(r, other);
}
