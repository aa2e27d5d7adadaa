/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/probe.h"

#include "bot/base/hash.h"
#include "bot/mail/answer.h"
#include "bot/mail/body.h"
#include "bot/mail/compose.h"
#include "bot/store/sendings.h"
#include "bot/wording.h"
#include "rules/tell.h"

#define ID_HEX 20

/* Made of the mail that is answered: however often it is drafted, it is one. */
static char *make_id(const struct posting *p)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();
	struct hash hash;

	hasher_adds(h, p->revision->key);
	hasher_get(&hash, h);
	return xasprintf("probe.%.*s@%s", ID_HEX, hash.hex,
			 p->config->mail_domain);
}

static int write_text(struct buf *out, const struct posting *p, const char *id,
		      struct err *err)
{
	AUTO(mem_free) char *verdict = tell_verdict(p->review);
	AUTO(replies_free) struct replies *words = NULL;
	AUTO(buf_release) struct buf body = { 0 };

	if (wording_read(&words, p->config, err) < 0)
		return -1;
	buf_init(&body, BODY_MAX_BYTES);
	if (body_is_wanted(p->review))
		body_write(&body,
			   &(struct body_spec){ .review = p->review,
						.replies = words,
						.from = p->config->mail_from,
						.message_id = id });
	buf_init(out, 2 * BODY_MAX_BYTES);
	answer_write_probe(out, words, verdict, buf_text(&body));
	out->overflow |= body.overflow;
	return buf_check(out, "the text", err);
}

static int write_mail(const struct posting *p, const char *id, struct err *err)
{
	const struct review_mail *patch =
		review_find_mail(p->review, p->review->total);
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };

	if (write_text(&text, p, id, err) < 0 ||
	    compose_answer(&mail,
			   &(struct compose_answer){
				   .from = p->config->mail_from,
				   .to = p->answers,
				   .message_id = id,
				   .subject = patch ? patch->subject
						    : p->revision->title,
				   .in_reply_to = p->revision->key,
				   .before = p->review->message_id,
				   .text = buf_text(&text),
				   .now = p->now },
			   err) < 0)
		return -1;
	return posting_write(p->config, id, &mail, err);
}

/* @id NULL: he is not told. */
static int commit(const struct posting *p, const struct policy_decision *d,
		  char *id, struct err *err)
{
	const struct revisions_result result = {
		.reason = id ? p->revision->reason
			     : d->reasons.v[d->reasons.n - 1],
	};
	AUTO(store_end) struct store_txn txn = { 0 };
	bool moved;

	if (store_begin(&txn, p->store, err) < 0 ||
	    revisions_move(&moved, &txn, p->revision, REVISIONS_DONE, &result,
			   err) < 0)
		return -1;
	if (!moved)
		return 0;
	if (id && posting_add_answer(&txn, p, d, id, err) < 0)
		return -1;
	return store_commit(&txn, err);
}

static int answer(const struct posting *p, struct err *err)
{
	AUTO(policy_decision_release) struct policy_decision d = { 0 };
	AUTO(mem_free) char *id = make_id(p);

	if (posting_decide(&d, p, err) < 0)
		return -1;
	if (!d.may_be_told)
		return commit(p, &d, NULL, err);
	return write_mail(p, id, err) < 0 ? -1 : commit(p, &d, id, err);
}

int probe_draft(bool *is_probe, const struct posting *p, struct err *err)
{
	struct posting to_writer = *p;
	int64_t of;

	*is_probe = false;
	if (sendings_find_probed(&of, p->store, p->revision->id, err) < 0)
		return -1;
	if (!of)
		return 0;
	*is_probe = true;
	to_writer.answers = p->revision->author;
	return answer(&to_writer, err);
}
