/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/sender.h"

#include <fcntl.h>
#include <strings.h>
#include <unistd.h>

#include "bot/base/fs.h"
#include "bot/base/sink.h"
#include "bot/base/span.h"
#include "bot/mail/smtp.h"
#include "bot/posting.h"
#include "bot/run/crew.h"
#include "bot/store/answers.h"
#include "bot/store/mails.h"
#include "bot/wishes.h"

#define FIRST_WAIT_S (15 * 60) /* doubled with each try */
#define MAX_WAIT_S (12 * 3600)
#define GIVE_UP_S (48 * 3600) /* after it was approved */
#define CEILING_S 3600	      /* until a daily ceiling is looked at again */
#define TIMEOUT_S 300	      /* RFC 5321 4.5.3.2 waits ten minutes */

struct sender {
	const struct sender_spec *spec;
	struct sender_counts *counts;
};

static void tell(const struct sender *s, const struct outbox_row *row,
		 const char *what, const char *why)
{
	FILE *out = s->spec->progress;

	if (!out)
		return;
	fprintf(out, "mail=%lld id=\"", (long long)row->id);
	sink_log(out, row->message_id, strlen(row->message_id));
	fprintf(out, "\" %s", what);
	if (why) {
		fputs(": \"", out);
		sink_log(out, why, strlen(why));
		putc('"', out);
	}
	putc('\n', out);
	fflush(out);
}

/* A move of its own transaction; nothing in a dry run. */
static int move(bool *moved, const struct sender *s,
		const struct outbox_row *row, enum outbox_state from,
		enum outbox_state to, const struct outbox_note *note,
		struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };

	*moved = true;
	if (s->spec->dry_run)
		return 0;
	if (store_begin(&txn, s->spec->store, err) < 0 ||
	    outbox_move(moved, &txn, row->id, from, to, note, err) < 0)
		return -1;
	return store_commit(&txn, err);
}

/* ---- whether it may go ---- */

/* What was decided on a mail before. */
struct past {
	bool agreed; /* the last word on it was a person's, and it was yes */
	int64_t allowed; /* when: by a person, or when the policy made it so */
};

static int read_past(struct past *out, const struct sender *s,
		     const struct outbox_row *row, struct err *err)
{
	AUTO(outbox_events_release) struct outbox_events all = { 0 };

	*out = (struct past){ .allowed = row->created };
	if (outbox_history(&all, s->spec->store, row->id, err) < 0)
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

static bool has_address(const struct strings *list, const char *address)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcasecmp(list->v[i], address) == 0)
			return true;
	return false;
}

/* Somebody whom the policy does not name any more, or NULL. */
static const char *find_stranger(const struct strings *recipients,
				 const struct policy_decision *d)
{
	for (size_t i = 0; i < recipients->n; i++)
		if (!has_address(&d->to, recipients->v[i]) &&
		    !has_address(&d->cc, recipients->v[i]))
			return recipients->v[i];
	return NULL;
}

/* Whether a mail goes out now. */
struct answer {
	char *why;	  /* it is held, and that is why; or NULL */
	int64_t until;	  /* it waits so long; 0: it does not */
	const char *what; /* it waits for */
};

static void answer_release(struct answer *a)
{
	free(a->why);
}
DEFINE_AUTO_VALUE(struct answer, answer_release)

static void wait_for_ceiling(struct answer *a, const struct sender *s)
{
	a->until = s->spec->now + CEILING_S;
	a->what = "a daily ceiling is reached";
}

static void read_decision(struct answer *a, const struct sender *s,
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
	if (d->not_before > s->spec->now && d->not_before > a->until) {
		a->until = d->not_before;
		a->what = "the embargo is not over";
	}
}

static bool is_kind(const struct outbox_row *row, const char *kind)
{
	return strcmp(row->kind, kind) == 0;
}

static bool is_report(const struct outbox_row *row)
{
	return is_kind(row, "report") || is_kind(row, "delta");
}

/* All that it tells was said to be unrelated, or known, since it was made. */
static int find_silence(char **why_out, const struct sender *s,
			const struct revisions_row *revision,
			struct review *review, struct err *err)
{
	AUTO(answers_wishes_release) struct answers_wishes wishes = { 0 };
	AUTO(wishes_left_release) struct wishes_left left = { 0 };

	if (answers_get_wishes(&wishes, s->spec->store, revision->series, err) <
	    0)
		return -1;
	wishes_leave_out(&left, review, &wishes);
	if (left.is_silent)
		*why_out = TAKE(left.why);
	return 0;
}

/* What it corrects, or goes on from, has to be what its reader has. */
static int check_about(struct answer *out, const struct sender *s,
		       const struct outbox_row *row, struct err *err)
{
	AUTO(outbox_row_release) struct outbox_row about = { 0 };
	AUTO(outbox_row_release) struct outbox_row correction = { 0 };
	struct store *st = s->spec->store;
	bool found, is_withdrawn;

	if (!row->about)
		return 0;
	if (outbox_find(&found, &about, st, row->about, err) < 0 ||
	    outbox_find_correction(&is_withdrawn, &correction, st, row->about,
				   err) < 0)
		return -1;
	if (!found ||
	    (about.state != OUTBOX_SENT && about.state != OUTBOX_UNKNOWN))
		out->why = xasprintf("mail %lld, which it refers to, did not "
				     "leave",
				     (long long)row->about);
	else if (is_withdrawn && correction.id != row->id)
		out->why = xasprintf("mail %lld, which it refers to, is "
				     "withdrawn",
				     (long long)row->about);
	return 0;
}

/*
 * A correction is for who has the old mail, an answer for who gave an order,
 * whatever was posted since.
 */
static int check_revision(struct answer *out, struct revisions_row *revision,
			  const struct sender *s, const struct outbox_row *row,
			  struct err *err)
{
	struct store *st = s->spec->store;
	bool found, is_old;

	if (revisions_find(&found, revision, st, row->revision, err) < 0 ||
	    revisions_is_old(&is_old, st, revision, err) < 0)
		return -1;
	is_old |= revision->state == REVISIONS_SUPERSEDED;
	if (!found ||
	    (is_old && !is_kind(row, "correction") && !is_kind(row, "answer")))
		out->why = xstrdup("a newer version was posted meanwhile");
	return 0;
}

/* One review that cannot be read is that mail's trouble, and no other's. */
static int decide(struct answer *out, struct policy_decision *d,
		  const struct sender *s, const struct outbox_row *row,
		  const struct revisions_row *revision,
		  const struct strings *recipients, struct err *err)
{
	AUTO(review_release) struct review review = { 0 };
	struct err why = ERR_INIT;
	const struct posting posting = {
		.config = s->spec->config,
		.store = s->spec->store,
		.revision = revision,
		.review = &review,
		.mail = row->id,
		.verdict = row->verdict,
		.answers = is_kind(row, "answer") ? recipients->v[0] : NULL,
		.is_correction = is_kind(row, "correction"),
		.now = s->spec->now,
	};

	if (posting_review(&review, s->spec->config, row->revision, &why) < 0) {
		out->why = xstrdup(why.msg);
		return 0;
	}
	if (posting_decide(d, &posting, err) < 0)
		return -1;
	if (!d->may_be_told || !is_report(row))
		return 0;
	return find_silence(&out->why, s, revision, &review, err);
}

/* What the policy says now. */
static int ask_policy(struct answer *out, const struct sender *s,
		      const struct outbox_row *row,
		      const struct strings *recipients, struct err *err)
{
	AUTO(policy_decision_release) struct policy_decision d = { 0 };
	AUTO(revisions_row_release) struct revisions_row revision = { 0 };
	struct past past;

	if (check_revision(out, &revision, s, row, err) < 0)
		return -1;
	if (!out->why && check_about(out, s, row, err) < 0)
		return -1;
	if (!out->why &&
	    decide(out, &d, s, row, &revision, recipients, err) < 0)
		return -1;
	if (out->why)
		return 0;
	if (read_past(&past, s, row, err) < 0)
		return -1;
	read_decision(out, s, &d, recipients, past.agreed);
	return 0;
}

/* A copy goes to the moderator of today, and to nobody else. */
static char *check_copy(const struct sender *s,
			const struct strings *recipients)
{
	const char *moderator = s->spec->config->mail_moderator;
	AUTO(mem_free)
	char *address = moderator ? posting_address(moderator) : NULL;

	if (recipients->n == 1 && address &&
	    strcasecmp(recipients->v[0], address) == 0)
		return NULL;
	return xstrdup("it was for another moderator");
}

static int check(struct answer *out, const struct sender *s,
		 const struct outbox_row *row, const struct strings *recipients,
		 struct err *err)
{
	uint64_t today;

	if (recipients->n == 0)
		out->why = xstrdup("it is for nobody");
	else if (is_kind(row, "copy"))
		out->why = check_copy(s, recipients);
	else if (ask_policy(out, s, row, recipients, err) < 0)
		return -1;
	if (out->why || out->until)
		return 0;
	if (outbox_count_out(&today, s->spec->store, "",
			     s->spec->now - POSTING_DAY, err) < 0)
		return -1;
	if (today >= s->spec->config->mail_daily_max)
		wait_for_ceiling(out, s);
	return 0;
}

/* ---- sending ---- */

static int64_t wait_of(unsigned tries)
{
	int64_t wait = (int64_t)FIRST_WAIT_S << (tries < 10 ? tries : 10);

	return wait < MAX_WAIT_S ? wait : MAX_WAIT_S;
}

/* What the server made of it is what becomes of it. */
static enum outbox_state state_after(const struct smtp_result *r,
				     int64_t allowed, int64_t now)
{
	switch (r->outcome) {
	case SMTP_SENT:
		return OUTBOX_SENT;
	case SMTP_REFUSED:
		return OUTBOX_FAILED;
	case SMTP_UNKNOWN:
		return OUTBOX_UNKNOWN;
	case SMTP_LATER:
		return now - allowed > GIVE_UP_S ? OUTBOX_FAILED
						 : OUTBOX_APPROVED;
	case SMTP_OPERATOR:
		return OUTBOX_APPROVED;
	}
	return OUTBOX_UNKNOWN;
}

static void count(struct sender_counts *n, enum outbox_state state)
{
	n->sent += state == OUTBOX_SENT;
	n->failed += state == OUTBOX_FAILED;
	n->unknown += state == OUTBOX_UNKNOWN;
	n->later += state == OUTBOX_APPROVED;
}

/* The server's words, and who was refused. */
static char *words_of(const struct smtp_result *r)
{
	struct buf out;

	buf_init(&out, STORE_MAX_TEXT);
	buf_adds(&out, r->says);
	for (size_t i = 0; i < r->refused.n; i++)
		buf_addf(&out, "; not to %s", r->refused.v[i]);
	return buf_take(&out);
}

static int settle(const struct sender *s, const struct outbox_row *row,
		  const struct smtp_result *r, struct err *err)
{
	AUTO(mem_free) char *words = words_of(r);
	struct outbox_note note = { .who = "send", .why = words };
	struct past past;
	enum outbox_state to;
	bool moved;

	if (read_past(&past, s, row, err) < 0)
		return -1;
	to = state_after(r, past.allowed, s->spec->now);
	if (to == OUTBOX_APPROVED) {
		note.not_before = s->spec->now + wait_of(row->tries);
		note.is_try = true;
	}
	if (move(&moved, s, row, OUTBOX_SENDING, to, &note, err) < 0)
		return -1;
	count(s->counts, to);
	tell(s, row, outbox_state_name(to), words);
	if (r->outcome == SMTP_OPERATOR)
		return err_set(err, ERR_CONFIG,
			       "the mail server wants something of you: %.150s",
			       r->says);
	return 0;
}

static int send_claimed(const struct sender *s, const struct outbox_row *row,
			const struct buf *mail, const struct strings *to,
			struct err *err)
{
	const struct config *c = s->spec->config;
	AUTO(smtp_result_release) struct smtp_result r = { 0 };
	AUTO(mem_free) char *from = posting_address(c->mail_from);
	const struct smtp_server server = {
		.url = c->mail_server,
		.helo = c->mail_domain,
		.user = c->mail_user,
		.secret = s->spec->secret,
		.ca = c->mail_authorities,
		.must_encrypt = c->mail_encrypt,
		.timeout_s = TIMEOUT_S,
	};
	const struct smtp_mail letter = { from, to, buf_text(mail), mail->len };
	struct err why = ERR_INIT;

	if (smtp_send(&r, &server, &letter, &why) < 0) { /* nothing was sent */
		r.outcome =
			why.kind == ERR_CONFIG ? SMTP_OPERATOR : SMTP_REFUSED;
		r.says = xstrdup(why.msg);
	}
	return settle(s, row, &r, err);
}

static int hold(const struct sender *s, const struct outbox_row *row,
		const char *why, struct err *err)
{
	const struct outbox_note note = { .who = "policy", .why = why };
	bool moved;

	s->counts->held++;
	tell(s, row, "held", why);
	return move(&moved, s, row, OUTBOX_APPROVED, OUTBOX_HELD, &note, err);
}

/* What was claimed is let go again: it is certain that it was not sent. */
static int let_go(const struct sender *s, const struct outbox_row *row,
		  const char *why, struct err *err)
{
	const struct outbox_note note = { .who = "send",
					  .why = why,
					  .not_before = s->spec->now + 1 };
	bool moved;

	return move(&moved, s, row, OUTBOX_SENDING, OUTBOX_APPROVED, &note,
		    err);
}

/*
 * Nobody can change it any more, so what is read now is what was agreed to. It
 * was listed before: whom it goes to may have been changed since then.
 */
static int send_what_is_there(const struct sender *s,
			      const struct outbox_row *row,
			      const struct strings *to, struct err *err)
{
	AUTO(outbox_row_release) struct outbox_row claimed = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	struct err why = ERR_INIT;
	bool found, is_there;

	if (outbox_find(&found, &claimed, s->spec->store, row->id, err) < 0)
		return -1;
	if (!found || strcmp(claimed.recipients, row->recipients) != 0)
		return let_go(s, row, "it was changed meanwhile", err);
	if (posting_read(&is_there, &mail, s->spec->config, row->message_id,
			 &why) < 0 ||
	    !is_there) {
		if (let_go(s, row, NULL, err) < 0)
			return -1;
		return hold(s, row, is_there ? why.msg : "its file is gone",
			    err);
	}
	return send_claimed(s, row, &mail, to, err);
}

/* The claim is committed before a server sees a byte. */
static int send_one(const struct sender *s, const struct outbox_row *row,
		    const struct strings *to, struct err *err)
{
	static const struct outbox_note note = { .who = "send" };
	bool moved;

	if (s->spec->dry_run) {
		tell(s, row, "would be sent to", row->recipients);
		return 0;
	}
	if (move(&moved, s, row, OUTBOX_APPROVED, OUTBOX_SENDING, &note, err) <
	    0)
		return -1;
	return moved ? send_what_is_there(s, row, to, err) : 0;
}

static int put_off(const struct sender *s, const struct outbox_row *row,
		   const struct answer *a, struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	bool moved;

	s->counts->waiting++;
	tell(s, row, "waits", a->what);
	if (s->spec->dry_run)
		return 0;
	if (store_begin(&txn, s->spec->store, err) < 0 ||
	    outbox_wait(&moved, &txn, row->id, a->until, err) < 0)
		return -1;
	return store_commit(&txn, err);
}

/* A line each. */
static void read_recipients(struct strings *out, const struct outbox_row *row)
{
	struct span rest = span_cstr(row->recipients), line;

	while (span_line(&rest, &line))
		if (span_len(line) > 0)
			strings_push_take(out, span_dup(line));
}

static int take_one(const struct sender *s, const struct outbox_row *row,
		    struct err *err)
{
	AUTO(strings_release) struct strings to = { 0 };
	AUTO(answer_release) struct answer a = { 0 };

	read_recipients(&to, row);
	if (check(&a, s, row, &to, err) < 0)
		return err_wrap(err, "mail %lld", (long long)row->id);
	if (a.why)
		return hold(s, row, a.why, err);
	return a.until ? put_off(s, row, &a, err) : send_one(s, row, &to, err);
}

/* ---- what is known of those that are unknown ---- */

static int resolve(const struct sender *s, struct err *err)
{
	AUTO(outbox_list_release) struct outbox_list list = { 0 };

	if (outbox_in(&list, s->spec->store, OUTBOX_UNKNOWN, err) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++) {
		AUTO(mails_row_release) struct mails_row mail = { 0 };
		AUTO(mem_free) char *why = NULL;
		bool found, moved;

		if (mails_find(&found, &mail, s->spec->store,
			       list.v[i].message_id, err) < 0)
			return -1;
		if (!found)
			continue;
		why = xasprintf("it is on %s", mail.list);
		if (move(&moved, s, &list.v[i], OUTBOX_UNKNOWN, OUTBOX_SENT,
			 &(struct outbox_note){ .who = "send", .why = why },
			 err) < 0)
			return -1;
		s->counts->resolved++;
		tell(s, &list.v[i], "sent", why);
	}
	return 0;
}

static int recover(const struct sender *s, struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	size_t n;

	if (s->spec->dry_run)
		return 0;
	if (store_begin(&txn, s->spec->store, err) < 0 ||
	    outbox_recover(&n, &txn, err) < 0)
		return -1;
	s->counts->unknown += n;
	return n ? store_commit(&txn, err) : 0;
}

/* When the findings say that we are broken, only a person lets a report go. */
static int stop(bool *stopped, const struct sender *s,
		const struct outbox_row *row, const char *why, struct err *err)
{
	struct past past;

	*stopped = false;
	if (!why || !is_report(row))
		return 0;
	if (read_past(&past, s, row, err) < 0)
		return -1;
	*stopped = !past.agreed;
	return *stopped ? hold(s, row, why, err) : 0;
}

/*
 * A wait for the end of an embargo or for another day is decided anew each
 * time, as the operator may have changed either; the wait after a try is kept.
 */
static bool is_to_look(const struct sender *s, const struct outbox_row *row)
{
	return row->not_before <= s->spec->now || row->tries == 0;
}

static int send_due(const struct sender *s, struct err *err)
{
	AUTO(outbox_list_release) struct outbox_list list = { 0 };
	AUTO(mem_free) char *why = NULL;
	bool is_broken, stopped;

	if (outbox_in(&list, s->spec->store, OUTBOX_APPROVED, err) < 0 ||
	    posting_is_broken(&is_broken, &why, s->spec->config, s->spec->store,
			      s->spec->now, err) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++) {
		const struct outbox_row *row = &list.v[i];

		if (stop(&stopped, s, row, why, err) < 0)
			return -1;
		if (!stopped && is_to_look(s, row) && take_one(s, row, err) < 0)
			return -1;
	}
	return 0;
}

int sender_run(struct sender_counts *out, const struct sender_spec *spec,
	       struct err *err)
{
	AUTO(mem_free) char *path = posting_dir(spec->config);
	AUTO(fd_close) int lock = -1;
	const struct sender s = { .spec = spec, .counts = out };

	*out = (struct sender_counts){ 0 };
	if (fs_try_lock(&lock, path, err) < 0)
		return -1;
	if (lock < 0)
		return err_set(err, ERR_RETRY, "another process sends mail");
	if (recover(&s, err) < 0 || resolve(&s, err) < 0)
		return -1;
	if (!spec->config->mail_server && !spec->dry_run)
		return err_set(err, ERR_CONFIG,
			       "no mail.server in the configuration");
	return send_due(&s, err);
}

int sender_secret_fd(int *out, struct err *err)
{
	const char *number = getenv("COLLIDER_SECRET_FD");
	struct span rest = span_cstr(number ? number : "");
	uint64_t fd;

	*out = 0;
	if (!number)
		return 0;
	if (!span_uint(&rest, CREW_MAX_FD, &fd) || span_len(rest) > 0 ||
	    fd < 3 || fcntl((int)fd, F_GETFD) < 0)
		return err_set(err, ERR_CONFIG,
			       "COLLIDER_SECRET_FD is no open descriptor from "
			       "3 to %d",
			       CREW_MAX_FD);
	*out = (int)fd;
	return 0;
}

int sender_read_secret(char **out, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };
	struct span rest, line;
	int fd;

	*out = NULL;
	if (sender_secret_fd(&fd, err) < 0)
		return -1;
	if (!fd)
		return 0;
	lseek(fd, 0, SEEK_SET); /* a file that somebody has read before */
	if (fs_read_fd(&text, fd, "COLLIDER_SECRET_FD", SMTP_MAX_SECRET, err) <
	    0) {
		err->kind = ERR_CONFIG;
		return -1;
	}
	rest = span_of(buf_text(&text), text.len);
	if (!span_line(&rest, &line))
		return err_set(err, ERR_CONFIG,
			       "COLLIDER_SECRET_FD has no secret");
	*out = span_dup(line);
	return 0;
}
