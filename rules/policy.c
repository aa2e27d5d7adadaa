/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/policy.h"

#include <strings.h>

static const char *const mode_names[] = {
	[POLICY_MUTE] = "mute",
	[POLICY_AUTHOR] = "author",
	[POLICY_AUTHOR_MAINTAINERS] = "author+maintainers",
	[POLICY_LIST] = "list",
};

const char *policy_mode_name(enum policy_mode mode)
{
	return mode_names[mode];
}

bool policy_find_mode(enum policy_mode *out, const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(mode_names); i++) {
		if (strcmp(mode_names[i], word) == 0) {
			*out = (enum policy_mode)i;
			return true;
		}
	}
	return false;
}

bool policy_is_never(const struct strings *never, const char *address)
{
	const char *domain = strrchr(address, '@');

	for (size_t i = 0; never && i < never->n; i++) {
		const char *who = never->v[i];

		if (strcasecmp(who, address) == 0 ||
		    (*who == '@' && domain && strcasecmp(who, domain) == 0))
			return true;
	}
	return false;
}

static void say(struct policy_decision *d, char *sentence)
{
	strings_push_take(&d->reasons, sentence);
}

/* The end of it: nobody is told. */
static bool refuse(struct policy_decision *d, char *sentence)
{
	say(d, sentence);
	return false;
}

/*
 * The mode of the strictest list; each that is stricter than one before says.
 */
static enum policy_mode find_mode(struct policy_decision *d,
				  const struct policy_facts *f)
{
	enum policy_mode mode = POLICY_LIST;

	for (size_t i = 0; i < f->n_rules; i++) {
		const struct policy_rules *r = &f->rules[i];

		say(d, xasprintf("the policy of %s is %s", r->list,
				 policy_mode_name(r->mode)));
		if (r->mode < mode)
			mode = r->mode;
	}
	return mode;
}

static bool is_verdict_wanted(struct policy_decision *d,
			      const struct policy_facts *f)
{
	for (size_t i = 0; i < f->n_rules; i++)
		if (!(f->rules[i].verdicts & (1u << f->verdict)))
			return refuse(
				d,
				xasprintf("%s is not told of the verdict '%s'",
					  f->rules[i].list,
					  review_verdict_name(f->verdict)));
	return true;
}

/* Everything that makes it nobody's business, but for the lists' mode. */
static bool may_be_told(struct policy_decision *d, const struct policy_facts *f)
{
	if (f->n_rules == 0)
		return refuse(d, xstrdup("no list of the configuration carries "
					 "it"));
	if (f->opted_out)
		return refuse(d, xstrdup("a header of it asks not to be "
					 "answered"));
	if (f->is_automatic)
		return refuse(d, xstrdup("what it would answer was sent by a "
					 "program"));
	if (f->stopped)
		return refuse(d, xasprintf("%s wants no more mails about it",
					   f->stopped));
	if (f->answers)
		return true;
	if (f->is_told && !f->is_correction)
		return refuse(d, xstrdup("the same was told of this revision "
					 "before"));
	if (policy_is_never(f->never, f->author))
		return refuse(d, xasprintf("its author %s is never to be "
					   "mailed",
					   f->author));
	return f->is_correction || is_verdict_wanted(d, f);
}

/* Once, and nobody who is not to be. */
static void add_recipient(struct policy_decision *d, struct strings *list,
			  const struct policy_facts *f, const char *address)
{
	if (strings_has(&d->to, address) || strings_has(&d->cc, address))
		return;
	if (policy_is_never(f->never, address)) {
		say(d, xasprintf("%s is never to be mailed", address));
		return;
	}
	strings_push(list, address);
}

static void add_recipients(struct policy_decision *d,
			   const struct policy_facts *f, enum policy_mode mode)
{
	add_recipient(d, &d->to, f, f->author);
	if (mode >= POLICY_AUTHOR_MAINTAINERS && !f->maintainers)
		say(d, xstrdup("who maintains it is not known"));
	for (size_t i = 0; mode >= POLICY_AUTHOR_MAINTAINERS &&
			   f->maintainers && i < f->maintainers->n;
	     i++)
		add_recipient(d, &d->cc, f, f->maintainers->v[i]);
	for (size_t i = 0; mode >= POLICY_LIST && i < f->n_rules; i++) {
		const struct policy_rules *r = &f->rules[i];

		if (r->address)
			add_recipient(d, &d->cc, f, r->address);
		else
			say(d, xasprintf("the address of %s is not known",
					 r->list));
	}
}

/* An answer goes to who gave the order, if he might have had a report. */
static void narrow(struct policy_decision *d, const char *address)
{
	bool found = strings_has_nocase(&d->to, address) ||
		     strings_has_nocase(&d->cc, address);

	strings_release(&d->to);
	strings_release(&d->cc);
	d->may_be_told = found;
	if (found)
		strings_push(&d->to, address);
	else
		say(d, xasprintf("%s is nobody whom it may be told", address));
}

/* When, and who has to agree: the strictest of each. */
static void set_terms(struct policy_decision *d, const struct policy_facts *f)
{
	for (size_t i = 0; i < f->n_rules; i++) {
		const struct policy_rules *r = &f->rules[i];

		if (!f->is_correction &&
		    f->arrived + r->embargo > d->not_before)
			d->not_before = f->arrived + r->embargo;
		if (r->hold == POLICY_HOLD_ALWAYS)
			say(d, xasprintf("a person agrees to each mail to %s",
					 r->list));
		else if (f->agreed[i] < r->hold)
			say(d, xasprintf("a person agrees to the first %u "
					 "mails to %s; %u so far",
					 r->hold, r->list, f->agreed[i]));
		else
			continue;
		d->is_held = true;
	}
	if (f->is_correction) {
		say(d, xstrdup("a person agrees to each correction"));
		d->is_held = true;
	}
}

static void set_ceiling(struct policy_decision *d, const struct policy_facts *f)
{
	for (size_t i = 0; i < f->n_rules; i++) {
		const struct policy_rules *r = &f->rules[i];

		if (f->today[i] < r->daily)
			continue;
		d->is_over = true;
		say(d, xasprintf("%u mails to %s have left today: no more",
				 f->today[i], r->list));
	}
}

void policy_decide(struct policy_decision *out, const struct policy_facts *f)
{
	enum policy_mode mode;

	*out = (struct policy_decision){ 0 };
	if (!may_be_told(out, f))
		return;
	mode = find_mode(out, f);
	out->is_muted = mode == POLICY_MUTE;
	out->may_be_told = !out->is_muted;
	if (out->is_muted)
		return;
	add_recipients(out, f, mode);
	set_terms(out, f);
	set_ceiling(out, f);
	if (f->answers)
		narrow(out, f->answers);
}

void policy_decision_release(struct policy_decision *d)
{
	strings_release(&d->to);
	strings_release(&d->cc);
	strings_release(&d->reasons);
	*d = (struct policy_decision){ 0 };
}
