/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/answering.h"

#include <assert.h>
#include <strings.h>

#include "bot/base/fs.h"
#include "bot/base/hash.h"
#include "bot/base/sink.h"
#include "bot/base/span.h"
#include "bot/mail/answer.h"
#include "bot/mail/compose.h"
#include "bot/mail/maildir.h"
#include "bot/obey.h"
#include "bot/posting.h"
#include "bot/stages/answers.h"
#include "bot/store/answers.h"
#include "bot/wording.h"
#include "rules/policy.h"

#define MAX_KEYS_FILE (1u << 20)
#define ID_HEX 20

/* One mail, and what it is about. */
struct hearing {
	const struct answering *a;
	struct answers_row row;
	struct answers_mail mail;
	struct outbox_row ours;
	struct revisions_row revision;
	bool has_revision;
	struct review review;
	bool has_review;
	bool may_order, may_moderate;
	bool is_told; /* the writer is to hear something: */
	struct strings
		failed; /* orders, as he gave them, and as many reasons */
	struct strings reasons;
};

static void hearing_release(struct hearing *h)
{
	answers_row_release(&h->row);
	answers_mail_release(&h->mail);
	outbox_row_release(&h->ours);
	revisions_row_release(&h->revision);
	review_release(&h->review);
	strings_release(&h->failed);
	strings_release(&h->reasons);
}
DEFINE_AUTO_VALUE(struct hearing, hearing_release)

static void tell(const struct hearing *h, const char *what, const char *why)
{
	FILE *out = h->a->progress;

	if (!out)
		return;
	fputs("answer=\"", out);
	sink_log(out, h->row.message_id, strlen(h->row.message_id));
	fprintf(out, "\" %s: \"", what);
	sink_log(out, why, strlen(why));
	fputs("\"\n", out);
	fflush(out);
}

/* ---- who it is ---- */

/* "a+b@c" is "a@c", too. */
static bool is_listed(const char *words, const char *address)
{
	AUTO(strings_release) struct strings list = { 0 };
	AUTO(mem_free) char *plain = xstrdup(address);
	const char *at = strchr(address, '@');
	char *plus = strchr(plain, '+');

	strings_split(&list, words);
	if (plus && at && plus < plain + (at - address))
		memmove(plus, at, strlen(at) + 1);
	return policy_is_never(&list, address) || policy_is_never(&list, plain);
}

static bool is_of(const char *configured, const char *writer)
{
	AUTO(mem_free)
	char *address = configured ? posting_address(configured) : NULL;

	return address && strcasecmp(address, writer) == 0;
}

/* NULL: it is somebody's who may have ordered something. */
static const char *find_refusal(const struct hearing *h)
{
	const struct config *c = h->a->config;
	const struct answers_mail *m = &h->mail;

	if (m->orders.n == 0 && !m->error)
		return "it orders nothing";
	if (m->automatic)
		return m->automatic;
	if (is_of(c->mail_from, m->writer))
		return "it is our own";
	if (is_listed(c->mail_robots, m->writer))
		return "its writer is a robot";
	if (h->ours.state != OUTBOX_SENT && h->ours.state != OUTBOX_UNKNOWN &&
	    h->ours.state != OUTBOX_SENDING)
		return "it answers a mail that was never sent";
	return NULL;
}

/* ---- reading ---- */

static bool is_moderator(const struct hearing *h)
{
	return strcmp(h->ours.kind, "copy") == 0 &&
	       is_of(h->a->config->mail_moderator, h->mail.writer);
}

/* In answer to his copy he need not write the mark. */
static void hear_decision(struct hearing *h)
{
	struct answers_mail *m = &h->mail;
	struct err why = ERR_INIT;

	if (m->error || !m->has_decision || !is_moderator(h))
		return;
	if (orders_put_first(&m->orders, &m->decision, &why) < 0)
		m->error = xstrdup(why.msg);
}

static int read_mail(struct hearing *h, const struct dkim_keys *keys,
		     struct err *err)
{
	const struct config *c = h->a->config;
	AUTO(mem_free) char *archive = config_state_path(c, "archive");
	AUTO(mem_free) char *name = maildir_find(archive, h->row.message_id);
	AUTO(mem_free) char *path = NULL;

	if (!name)
		return err_set(err, ERR_RETRY, "the archive has no such file");
	path = xasprintf("%s/%s", archive, name);
	answers_mail_release(&h->mail);
	if (answers_read(&h->mail, path, keys, c->user, err) < 0)
		return -1;
	hear_decision(h);
	return 0;
}

static int find_keys(struct dkim_keys *keys, const struct hearing *h,
		     struct err *err)
{
	const char *file = h->a->config->mail_dkim_keys;
	AUTO(buf_release) struct buf text = { 0 };

	if (!file)
		return answers_find_keys(keys, &h->mail.wanted,
					 h->a->config->user, err);
	if (fs_read(&text, file, MAX_KEYS_FILE, err) < 0) {
		err->kind = ERR_CONFIG;
		return -1;
	}
	dkim_keys_read(keys, buf_text(&text), text.len);
	return 0;
}

/* What is nobody's order costs nobody a look into the DNS. */
static int read_signed(struct hearing *h, struct err *err)
{
	AUTO(dkim_keys_release) struct dkim_keys keys = { 0 };

	if (read_mail(h, &keys, err) < 0)
		return -1;
	if (find_refusal(h) || h->mail.wanted.n == 0)
		return 0;
	if (find_keys(&keys, h, err) < 0)
		return -1;
	return read_mail(h, &keys, err);
}

static int read_revision(struct hearing *h, struct err *err)
{
	struct err ignored = ERR_INIT; /* it is written anew just now */

	if (!h->ours.revision)
		return 0;
	if (revisions_find(&h->has_revision, &h->revision, h->a->store,
			   h->ours.revision, err) < 0)
		return -1;
	h->has_review = h->has_revision &&
			posting_review(&h->review, h->a->config, h->revision.id,
				       &ignored) == 0;
	return 0;
}

static bool is_author(const struct hearing *h)
{
	return h->has_revision &&
	       (strcasecmp(h->revision.author, h->mail.writer) == 0 ||
		(h->has_review &&
		 strcasecmp(posting_author(&h->review), h->mail.writer) == 0));
}

static int is_maintainer(bool *out, const struct hearing *h, struct err *err)
{
	AUTO(strings_release) struct strings all = { 0 };

	*out = false;
	if (!h->has_review)
		return 0;
	if (posting_maintainers(&all,
				&(struct posting){ .config = h->a->config,
						   .store = h->a->store,
						   .revision = &h->revision,
						   .review = &h->review,
						   .now = h->a->now },
				err) < 0)
		return -1;
	*out = strings_has_nocase(&all, h->mail.writer);
	return 0;
}

static int find_rights(struct hearing *h, struct err *err)
{
	h->may_moderate = is_moderator(h);
	h->may_order = is_author(h);
	return h->may_order ? 0 : is_maintainer(&h->may_order, h, err);
}

/* ---- what he is told ---- */

static void add_told(struct hearing *h, const char *order, const char *words,
		     const char *outcome)
{
	AUTO(mem_free)
	char *given = xasprintf("%s%s%s", order, *words ? " " : "", words);

	h->is_told = true;
	strings_push(&h->failed, given);
	strings_push(&h->reasons, outcome);
}

/* One of each kind, series and writer: the id is that of the others. */
static char *make_id(const struct hearing *h)
{
	const char *kind = h->failed.n > 0 ? "answer" : "help";
	AUTO(hasher_free) struct hasher *hash = hasher_new();
	AUTO(mem_free)
	char *series = xasprintf("%lld", (long long)h->revision.series);
	struct hash out;

	hasher_adds(hash, series);
	hasher_adds(hash, h->mail.writer);
	hasher_get(&out, hash);
	return xasprintf("%s.%.*s@%s", kind, ID_HEX, out.hex,
			 h->a->config->mail_domain);
}

static int write_text(struct buf *out, const struct hearing *h, struct err *err)
{
	AUTO(replies_free) struct replies *words = NULL;
	AUTO(buf_release) struct buf orders = { 0 };

	if (wording_read(&words, h->a->config, err) < 0)
		return -1;
	buf_init(&orders, ANSWER_MAX_BYTES);
	for (size_t i = 0; i < h->failed.n; i++)
		answer_add_order(&orders, words, h->failed.v[i],
				 h->reasons.v[i]);
	buf_init(out, 2 * ANSWER_MAX_BYTES);
	answer_write(out, words, buf_text(&orders));
	out->overflow |= orders.overflow;
	return buf_check(out, "the answer", err);
}

static int write_answer(const struct hearing *h, const char *id,
			struct err *err)
{
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(buf_release) struct buf text = { 0 };

	if (write_text(&text, h, err) < 0 ||
	    compose_answer(
		    &mail,
		    &(struct compose_answer){ .from = h->a->config->mail_from,
					      .to = h->mail.writer,
					      .message_id = id,
					      .subject = h->mail.subject,
					      .in_reply_to = h->row.message_id,
					      .before = h->ours.message_id,
					      .text = buf_text(&text),
					      .now = h->a->now },
		    err) < 0)
		return -1;
	return posting_write(h->a->config, id, &mail, err);
}

static int add_answer(const struct hearing *h, const struct store_txn *txn,
		      const struct posting *p, const struct policy_decision *d,
		      struct err *err)
{
	AUTO(mem_free) char *id = make_id(h);
	AUTO(outbox_row_release) struct outbox_row there = { 0 };
	bool found;

	if (outbox_find_message(&found, &there, txn->st, id, err) < 0)
		return -1;
	if (found)
		return 0; /* he has been told before, of this series */
	return write_answer(h, id, err) < 0
		       ? -1
		       : posting_add_answer(txn, p, d, id, err);
}

/* Under the policy of a report: whom that does not name hears nothing. */
static int answer(struct hearing *h, const struct store_txn *txn,
		  struct err *err)
{
	AUTO(policy_decision_release) struct policy_decision d = { 0 };
	const struct posting posting = { .config = h->a->config,
					 .store = h->a->store,
					 .revision = &h->revision,
					 .review = &h->review,
					 .answers = h->mail.writer,
					 .now = h->a->now };

	if (!h->is_told || !h->has_review ||
	    strcmp(h->ours.kind, "answer") == 0)
		return 0;
	if (posting_decide(&d, &posting, err) < 0)
		return -1;
	return d.may_be_told ? add_answer(h, txn, &posting, &d, err) : 0;
}

/* ---- doing ---- */

static int keep_order(const struct hearing *h, const struct store_txn *txn,
		      const char *verb, const char *words,
		      const struct obeyed *o, struct err *err)
{
	const struct answers_order order = {
		.message_id = h->row.message_id,
		.series = h->has_revision ? h->revision.series : 0,
		.writer = h->mail.writer,
		.verb = (char *)(uintptr_t)verb,
		.words = (char *)(uintptr_t)words,
		.is_obeyed = o->is_obeyed,
		.outcome = o->outcome,
	};

	tell(h, verb, o->outcome);
	return answers_add_order(txn, &order, err);
}

static int obey_one(struct hearing *h, const struct store_txn *txn,
		    const struct order *order, struct err *err)
{
	const struct obey_case c = {
		.config = h->a->config,
		.ours = &h->ours,
		.revision = h->has_revision ? &h->revision : NULL,
		.message_id = h->row.message_id,
		.writer = h->mail.writer,
		.has_patch = h->mail.has_patch,
		.may_order = h->may_order,
		.may_moderate = h->may_moderate,
	};
	const char *verb = orders_verb_name(order->verb);
	AUTO(obeyed_release) struct obeyed o = { 0 };

	if (obey_order(&o, txn, &c, order, err) < 0 ||
	    keep_order(h, txn, verb, order->words, &o, err) < 0)
		return -1;
	if (o.is_told && order->verb == ORDER_HELP)
		h->is_told = true;
	else if (o.is_told)
		add_told(h, verb, order->words, o.outcome);
	if (!h->has_revision)
		return 0;
	/* the next one finds the row as this one left it */
	revisions_row_release(&h->revision);
	return revisions_find(&h->has_revision, &h->revision, txn->st,
			      h->ours.revision, err);
}

/* An order that is none: nothing in that mail is done. */
static int refuse_all(struct hearing *h, const struct store_txn *txn,
		      struct err *err)
{
	const struct obeyed o = { .outcome = h->mail.error };

	if (h->may_order)
		add_told(h, "...", "", h->mail.error);
	return keep_order(h, txn, "?", "", &o, err);
}

static int obey(struct hearing *h, const struct store_txn *txn, struct err *err)
{
	if (h->mail.error)
		return refuse_all(h, txn, err);
	for (size_t i = 0; i < h->mail.orders.n; i++)
		if (obey_one(h, txn, &h->mail.orders.v[i], err) < 0)
			return -1;
	return 0;
}

/* ---- a mail ---- */

/* Nothing in it is obeyed. */
static int put_away(const struct hearing *h, const char *why, struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	bool moved;

	tell(h, "nothing", why);
	if (store_begin(&txn, h->a->store, err) < 0 ||
	    answers_end(&moved, &txn, h->row.message_id, h->mail.writer, why,
			err) < 0)
		return -1;
	return store_commit(&txn, err);
}

/* The same bytes under another id are not obeyed twice, nor told of. */
static int commit(struct hearing *h, struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	bool moved, fresh;

	if (store_begin(&txn, h->a->store, err) < 0 ||
	    answers_seal(&fresh, &txn, h->row.message_id, &h->mail.seals, err) <
		    0)
		return -1;
	if (!fresh) {
		store_end(&txn);
		return put_away(h, "its signature was seen before", err);
	}
	if (answers_end(&moved, &txn, h->row.message_id, h->mail.writer, NULL,
			err) < 0)
		return -1;
	if (!moved)
		return 0;
	if (obey(h, &txn, err) < 0 || answer(h, &txn, err) < 0)
		return -1;
	return store_commit(&txn, err);
}

static int hear(struct hearing *h, struct err *err)
{
	bool found;

	if (outbox_find(&found, &h->ours, h->a->store, h->row.mail, err) < 0)
		return -1;
	if (!found)
		return put_away(h, "what it answers is gone", err);
	if (read_signed(h, err) < 0)
		return -1;
	if (find_refusal(h))
		return put_away(h, find_refusal(h), err);
	if (!h->mail.is_signed)
		return put_away(h, h->mail.unsigned_why, err);
	if (read_revision(h, err) < 0 || find_rights(h, err) < 0)
		return -1;
	return commit(h, err);
}

/* A name that nobody answers about, a box that crashes: later, not for ever. */
static int put_off(const struct hearing *h, const struct err *why,
		   struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	bool moved;

	if (why->kind != ERR_RETRY || h->row.tries >= ANSWERS_MAX_TRIES)
		return put_away(h, why->msg, err);
	tell(h, "later", why->msg);
	if (store_begin(&txn, h->a->store, err) < 0 ||
	    answers_wait(&moved, &txn, h->row.message_id,
			 h->a->now + (60LL << h->row.tries), err) < 0)
		return -1;
	return store_commit(&txn, err);
}

static int take_one(bool *found, const struct answering *a, struct err *err)
{
	AUTO(hearing_release) struct hearing h = { .a = a };
	struct err why = ERR_INIT;

	if (answers_next(found, &h.row, a->store, a->now, err) < 0)
		return -1;
	if (!*found || hear(&h, &why) == 0)
		return 0;
	if (why.kind == ERR_SYSTEM || why.kind == ERR_CONFIG)
		return err_set(err, why.kind, "answer '%.100s': %s",
			       h.row.message_id, why.msg);
	return put_off(&h, &why, err);
}

int answering_run(const struct answering *a, struct err *err)
{
	bool found = true;

	while (found)
		if (take_one(&found, a, err) < 0)
			return -1;
	return 0;
}
