/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/clearance.h"

#include <strings.h>

#include "bot/posting.h"
#include "bot/store/answers.h"
#include "bot/wishes.h"

#define CEILING_S 3600 /* until a daily ceiling is looked at again */

void clearance_release(struct clearance *a)
{
	free(a->why);
}

int clearance_past(struct clearance_past *out, struct store *st,
		   const struct outbox_row *row, struct err *err)
{
	AUTO(outbox_events_release) struct outbox_events all = { 0 };

	*out = (struct clearance_past){ .allowed = row->created };
	if (outbox_history(&all, st, row->id, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++) {
		const struct outbox_event *e = &all.v[i];

		if (e->to != OUTBOX_APPROVED || e->from == OUTBOX_SENDING)
			continue;
		out->agreed = strcmp(e->who, "policy") != 0;
		out->allowed = e->at;
	}
	return 0;
}

/* Somebody whom the policy does not name any more, or NULL. */
static const char *find_stranger(const struct strings *recipients,
				 const struct policy_decision *d)
{
	for (size_t i = 0; i < recipients->n; i++)
		if (!strings_has_nocase(&d->to, recipients->v[i]) &&
		    !strings_has_nocase(&d->cc, recipients->v[i]))
			return recipients->v[i];
	return NULL;
}

static void wait_for_ceiling(struct clearance *a,
			     const struct clearance_spec *s)
{
	a->until = s->now + CEILING_S;
	a->what = "a daily ceiling is reached";
}

static void read_decision(struct clearance *a, const struct clearance_spec *s,
			  const struct policy_decision *d,
			  const struct strings *recipients, bool agreed)
{
	const char *stranger = find_stranger(recipients, d);

	if (!d->may_be_told)
		a->why = xstrdup(d->reasons.n ? d->reasons.v[d->reasons.n - 1]
					      : "the policy says no");
	else if (stranger)
		a->why = xasprintf("the policy does not name %s", stranger);
	else if (d->is_held && !agreed)
		a->why = xstrdup("a person has to agree first");
	if (d->is_over)
		wait_for_ceiling(a, s);
	if (d->not_before > s->now && d->not_before > a->until) {
		a->until = d->not_before;
		a->what = "the embargo is not over";
	}
}

static bool is_kind(const struct clearance_spec *s, const char *kind)
{
	return strcmp(s->row->kind, kind) == 0;
}

/* All that it tells was said to be unrelated, or known, since it was made. */
static int find_silence(char **why_out, const struct clearance_spec *s,
			const struct revisions_row *revision,
			struct review *review, struct err *err)
{
	AUTO(answers_wishes_release) struct answers_wishes wishes = { 0 };
	AUTO(wishes_left_release) struct wishes_left left = { 0 };

	if (answers_get_wishes(&wishes, s->store, revision->series, err) < 0)
		return -1;
	wishes_leave_out(&left, review, &wishes);
	if (left.is_silent)
		*why_out = TAKE(left.why);
	return 0;
}

/* What it corrects, or goes on from, has to be what its reader has. */
static int check_about(struct clearance *out, const struct clearance_spec *s,
		       struct err *err)
{
	AUTO(outbox_row_release) struct outbox_row about = { 0 };
	AUTO(outbox_row_release) struct outbox_row correction = { 0 };
	struct store *st = s->store;
	bool found, is_withdrawn;

	if (!s->row->about)
		return 0;
	if (outbox_find(&found, &about, st, s->row->about, err) < 0 ||
	    outbox_find_correction(&is_withdrawn, &correction, st,
				   s->row->about, err) < 0)
		return -1;
	if (!found ||
	    (about.state != OUTBOX_SENT && about.state != OUTBOX_UNKNOWN))
		out->why = xasprintf("mail %lld, which it refers to, did not "
				     "leave",
				     (long long)s->row->about);
	else if (is_withdrawn && correction.id != s->row->id)
		out->why = xasprintf("mail %lld, which it refers to, is "
				     "withdrawn",
				     (long long)s->row->about);
	return 0;
}

/*
 * A correction is for who has the old mail, an answer for who gave an order,
 * whatever was posted since.
 */
static int check_revision(struct clearance *out, struct revisions_row *revision,
			  const struct clearance_spec *s, struct err *err)
{
	struct store *st = s->store;
	bool found, is_old;

	if (revisions_find(&found, revision, st, s->row->revision, err) < 0 ||
	    revisions_is_old(&is_old, st, revision, err) < 0)
		return -1;
	is_old |= revision->state == REVISIONS_SUPERSEDED;
	if (!found ||
	    (is_old && !is_kind(s, "correction") && !is_kind(s, "answer")))
		out->why = xstrdup("a newer version was posted meanwhile");
	return 0;
}

/* One review that cannot be read is that mail's trouble, and no other's. */
static int decide(struct clearance *out, struct policy_decision *d,
		  const struct clearance_spec *s,
		  const struct revisions_row *revision,
		  const struct strings *recipients, struct err *err)
{
	AUTO(review_release) struct review review = { 0 };
	struct err why = ERR_INIT;
	const struct posting posting = {
		.config = s->config,
		.store = s->store,
		.revision = revision,
		.review = &review,
		.mail = s->row->id,
		.verdict = s->row->verdict,
		.answers = is_kind(s, "answer") ? recipients->v[0] : NULL,
		.is_correction = is_kind(s, "correction"),
		.now = s->now,
	};

	if (posting_review(&review, s->config, s->row->revision, &why) < 0) {
		out->why = xstrdup(why.msg);
		return 0;
	}
	if (posting_decide(d, &posting, err) < 0)
		return -1;
	if (!d->may_be_told || !outbox_is_report(s->row))
		return 0;
	return find_silence(&out->why, s, revision, &review, err);
}

/* What the policy says now. */
static int ask_policy(struct clearance *out, const struct clearance_spec *s,
		      const struct strings *recipients, struct err *err)
{
	AUTO(policy_decision_release) struct policy_decision d = { 0 };
	AUTO(revisions_row_release) struct revisions_row revision = { 0 };
	struct clearance_past past;

	if (check_revision(out, &revision, s, err) < 0)
		return -1;
	if (!out->why && check_about(out, s, err) < 0)
		return -1;
	if (!out->why && decide(out, &d, s, &revision, recipients, err) < 0)
		return -1;
	if (out->why)
		return 0;
	if (clearance_past(&past, s->store, s->row, err) < 0)
		return -1;
	read_decision(out, s, &d, recipients, past.agreed);
	return 0;
}

/* A copy goes to the moderator of today, and to nobody else. */
static char *check_copy(const struct clearance_spec *s,
			const struct strings *recipients)
{
	const char *moderator = s->config->mail_moderator;
	AUTO(mem_free)
	char *address = moderator ? posting_address(moderator) : NULL;

	if (recipients->n == 1 && address &&
	    strcasecmp(recipients->v[0], address) == 0)
		return NULL;
	return xstrdup("it was for another moderator");
}

int clearance_ask(struct clearance *out, const struct clearance_spec *s,
		  struct err *err)
{
	AUTO(strings_release) struct strings recipients = { 0 };
	uint64_t today;

	outbox_read_recipients(&recipients, s->row);
	if (recipients.n == 0)
		out->why = xstrdup("it is for nobody");
	else if (is_kind(s, "copy"))
		out->why = check_copy(s, &recipients);
	else if (ask_policy(out, s, &recipients, err) < 0)
		return -1;
	if (out->why || out->until)
		return 0;
	if (outbox_count_out(&today, s->store, "", s->now - POSTING_DAY, err) <
	    0)
		return -1;
	if (today >= s->config->mail_daily_max)
		wait_for_ceiling(out, s);
	return 0;
}
