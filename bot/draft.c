/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/draft.h"

#include "bot/base/span.h"
#include "bot/correction.h"
#include "bot/mail/compose.h"
#include "bot/since.h"
#include "bot/store/answers.h"
#include "bot/wishes.h"
#include "bot/wording.h"
#include "rules/delta.h"
#include "rules/print.h"

/* What a revision leaves in the outbox. */
struct outgoing {
	const struct replies *replies; /* the words; borrowed */
	struct outbox_row row;
	bool has_copy; /* for the moderator */
	struct buf mail;
};

static void outgoing_release(struct outgoing *o)
{
	outbox_row_release(&o->row);
	buf_release(&o->mail);
}
DEFINE_AUTO_VALUE(struct outgoing, outgoing_release)

/* ---- its end ---- */

/* The copy is a mail of its own, which no policy is asked about. */
static int add_copy(const struct store_txn *txn, const struct posting *p,
		    const struct outgoing *o, struct err *err)
{
	AUTO(mem_free) char *id = xasprintf("copy.%s", o->row.message_id);
	AUTO(mem_free) char *to = posting_address(p->config->mail_moderator);
	const struct outbox_row row = {
		.message_id = id,
		.revision = p->revision->id,
		.kind = (char[]){ "copy" },
		.lists = (char[]){ "" },
		.verdict = (char[]){ "" },
		.print = (char[]){ "" },
		.state = OUTBOX_APPROVED,
		.recipients = to,
	};
	int64_t unused;

	return outbox_add(&unused, txn, &row, err);
}

/* Without something new there is nothing that a broken base could bring. */
static char *make_print(const struct review *r)
{
	if (r->delta.since && r->delta.fresh.n == 0)
		return xstrdup("");
	return print_review(r);
}

/* What waits to tell what an earlier try found, and this one does not. */
static int drop_earlier(const struct store_txn *txn, const struct posting *p,
			struct err *err)
{
	static const struct outbox_note again = {
		.who = "policy",
		.why = "this version was tried again, and ends otherwise",
	};
	AUTO(mem_free) char *print = make_print(p->review);
	size_t n = 0;

	if (p->review->verdict == VERDICT_COULD_NOT_TELL)
		return 0;
	return outbox_drop(&n, txn, p->revision->id, print, &again, err);
}

/* @o NULL: nobody is told. The files of the mails are there already. */
static int commit_done(const struct posting *p, const struct outgoing *o,
		       const char *reason, struct err *err)
{
	const struct revisions_result result = { .reason = reason };
	AUTO(store_end) struct store_txn txn = { 0 };
	int64_t id = 0;
	bool moved;

	if (store_begin(&txn, p->store, err) < 0 ||
	    revisions_move(&moved, &txn, p->revision, REVISIONS_DONE, &result,
			   err) < 0)
		return -1;
	if (!moved)
		return 0;
	if (drop_earlier(&txn, p, err) < 0)
		return -1;
	if (o && outbox_add(&id, &txn, &o->row, err) < 0)
		return -1;
	if (id && o->has_copy && add_copy(&txn, p, o, err) < 0)
		return -1;
	return store_commit(&txn, err);
}

/* ---- the mail ---- */

/* What stands between '<' and '>' in our own header, folded or not. */
static int read_message_id(char **out, const struct buf *mail, struct err *err)
{
	struct span rest = span_of(buf_text(mail), mail->len);
	struct span line, before, id;

	for (struct span at = rest; span_line(&rest, &line); at = rest) {
		if (!span_starts_nocase(at, "message-id:") ||
		    !span_until(&at, '<', &before) ||
		    !span_until(&at, '>', &id))
			continue;
		*out = span_dup(id);
		return 0;
	}
	return err_set(err, ERR_SYSTEM, "the reply has no Message-ID");
}

static const char *last_reason(const struct policy_decision *d)
{
	return d->reasons.n ? d->reasons.v[d->reasons.n - 1] : NULL;
}

static void describe(struct outbox_row *row, const struct posting *p,
		     const struct outbox_row *answer)
{
	AUTO(told_release) struct told told = { 0 };

	told_from_review(&told, p->review);
	row->revision = p->revision->id;
	row->kind = xstrdup(answer->id ? "delta" : "report");
	row->about = answer->id;
	row->verdict = xstrdup(review_verdict_name(posting_verdict(p->review)));
	row->print = make_print(p->review);
	row->told = told_print(&told);
}

/* Under which terms it goes into the outbox. */
static int set_terms(struct outgoing *o, const struct posting *p,
		     const struct policy_decision *d, struct err *err)
{
	struct outbox_row *row = &o->row;
	bool is_broken;

	if (posting_is_broken(&is_broken, &row->why, p->config, p->store,
			      p->now, err) < 0 ||
	    posting_lists(&row->lists, p, err) < 0)
		return -1;
	row->recipients = outbox_make_recipients(&d->to, &d->cc);
	row->not_before = d->not_before;
	row->state = d->is_held || d->is_muted || is_broken ? OUTBOX_HELD
							    : OUTBOX_APPROVED;
	o->has_copy = row->state == OUTBOX_HELD && !d->is_muted &&
		      p->config->mail_moderator;
	if (row->state == OUTBOX_HELD && !row->why && last_reason(d))
		row->why = xstrdup(last_reason(d));
	return 0;
}

static int write_copy(const struct posting *p, const struct outgoing *o,
		      const struct strings *reasons, struct err *err)
{
	AUTO(mem_free) char *id = xasprintf("copy.%s", o->row.message_id);
	AUTO(buf_release) struct buf copy = { 0 };

	if (!o->has_copy)
		return 0;
	if (compose_copy(
		    &copy,
		    &(struct compose_copy){ .replies = o->replies,
					    .mail = &o->mail,
					    .message_id = o->row.message_id,
					    .reasons = reasons,
					    .from = p->config->mail_from,
					    .to = p->config->mail_moderator,
					    .now = p->now },
		    err) < 0)
		return -1;
	return posting_write(p->config, id, &copy, err);
}

static int compose(struct outgoing *out, const struct posting *p,
		   const struct policy_decision *d, struct err *err)
{
	const struct compose_spec spec = {
		.replies = out->replies,
		.review = p->review,
		.from = p->config->mail_from,
		.domain = p->config->mail_domain,
		.now = p->now,
		.to = d->may_be_told ? &d->to : NULL,
		.cc = &d->cc,
	};

	if (compose_run(&out->mail, &spec, err) < 0)
		return err_wrap(err, "the reply");
	return 0;
}

/* A report, or what changed since @answer. */
static int draft_reply(const struct posting *p, const struct replies *replies,
		       const struct policy_decision *d,
		       const struct outbox_row *answer, const char *reason,
		       struct err *err)
{
	AUTO(outgoing_release) struct outgoing o = { .replies = replies };

	if (compose(&o, p, d, err) < 0 ||
	    read_message_id(&o.row.message_id, &o.mail, err) < 0)
		return -1;
	describe(&o.row, p, answer);
	if (set_terms(&o, p, d, err) < 0 ||
	    posting_write(p->config, o.row.message_id, &o.mail, err) < 0 ||
	    write_copy(p, &o, &d->reasons, err) < 0)
		return -1;
	return commit_done(p, &o, reason, err);
}

/* This very version was answered, and that was wrong. */
static int draft_correction(const struct posting *p,
			    const struct replies *replies,
			    const struct outbox_row *answer, const char *reason,
			    struct err *err)
{
	AUTO(outgoing_release) struct outgoing o = { .replies = replies };
	AUTO(strings_release) struct strings reasons = { 0 };
	struct err why = ERR_INIT;

	if (correction_make(&o.row, &o.mail,
			    &(struct correction){ .config = p->config,
						  .report = answer,
						  .review = p->review,
						  .replies = replies,
						  .now = p->now },
			    &why) < 0)
		return why.kind == ERR_INPUT
			       ? commit_done(p, NULL, why.msg, err)
			       : err_set(err, why.kind, "%s", why.msg);
	o.has_copy = p->config->mail_moderator;
	strings_push(&reasons, o.row.why);
	if (posting_write(p->config, o.row.message_id, &o.mail, err) < 0 ||
	    write_copy(p, &o, &reasons, err) < 0)
		return -1;
	return commit_done(p, &o, reason, err);
}

/* What was said of this series before. */
static int leave_out(struct wishes_left *out, const struct posting *p,
		     struct review *r, struct err *err)
{
	AUTO(answers_wishes_release) struct answers_wishes wishes = { 0 };

	if (answers_get_wishes(&wishes, p->store, p->revision->series, err) < 0)
		return -1;
	wishes_leave_out(out, r, &wishes);
	return 0;
}

/* Nobody is told; *why_out says why, when there is more to say than nothing. */
static bool is_silent(const char **why_out, const struct posting *p,
		      const struct wishes_left *left)
{
	const struct review *r = p->review;

	*why_out = p->revision->reason;
	if (left->is_silent && r->delta.fixed.n == 0)
		*why_out = left->why;
	else if (compose_is_wanted(r))
		return false;
	else if (!*why_out && r->delta.since)
		*why_out = "nothing is new since it was told";
	return true;
}

int draft_run(struct posting *p, struct review *review, struct err *err)
{
	AUTO(policy_decision_release) struct policy_decision d = { 0 };
	AUTO(outbox_row_release) struct outbox_row answer = { 0 };
	AUTO(wishes_left_release) struct wishes_left left = { 0 };
	AUTO(replies_free) struct replies *replies = NULL;
	const char *why;
	bool is_answered;

	p->review = review;
	if (leave_out(&left, p, review, err) < 0 ||
	    since_find(&is_answered, &answer, review, p->store, p->revision,
		       err) < 0)
		return -1;
	if (is_silent(&why, p, &left))
		return commit_done(p, NULL, why, err);
	why = left.why ? left.why : p->revision->reason;
	if (wording_read(&replies, p->config, err) < 0)
		return -1;
	if (review->delta.is_itself)
		return draft_correction(p, replies, &answer, why, err);
	if (posting_decide(&d, p, err) < 0)
		return -1;
	if (!d.may_be_told && !d.is_muted)
		return commit_done(p, NULL, last_reason(&d), err);
	return draft_reply(p, replies, &d, &answer, why, err);
}
