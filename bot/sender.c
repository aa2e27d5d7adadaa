/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/sender.h"

#include <fcntl.h>
#include <unistd.h>

#include "bot/base/fs.h"
#include "bot/base/sink.h"
#include "bot/base/span.h"
#include "bot/clearance.h"
#include "bot/mail/smtp.h"
#include "bot/posting.h"
#include "bot/run/crew.h"
#include "bot/store/mails.h"

#define FIRST_WAIT_S (15 * 60) /* doubled with each try */
#define MAX_WAIT_S (12 * 3600)
#define GIVE_UP_S (48 * 3600) /* after it was approved */
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
	struct clearance_past past;
	enum outbox_state to;
	bool moved;

	if (clearance_past(&past, s->spec->store, row, err) < 0)
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
			const struct buf *mail, struct err *err)
{
	const struct config *c = s->spec->config;
	AUTO(smtp_result_release) struct smtp_result r = { 0 };
	AUTO(mem_free) char *from = posting_address(c->mail_from);
	AUTO(strings_release) struct strings to = { 0 };
	const struct smtp_server server = {
		.url = c->mail_server,
		.helo = c->mail_domain,
		.user = c->mail_user,
		.secret = s->spec->secret,
		.ca = c->mail_authorities,
		.must_encrypt = c->mail_encrypt,
		.timeout_s = TIMEOUT_S,
	};
	const struct smtp_mail letter = { from, &to, buf_text(mail),
					  mail->len };
	struct err why = ERR_INIT;

	outbox_read_recipients(&to, row);
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
			      const struct outbox_row *row, struct err *err)
{
	AUTO(outbox_row_release) struct outbox_row claimed = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	struct err why = ERR_INIT;
	bool found;

	if (outbox_find(&found, &claimed, s->spec->store, row->id, err) < 0)
		return -1;
	if (!found || strcmp(claimed.recipients, row->recipients) != 0)
		return let_go(s, row, "it was changed meanwhile", err);
	if (posting_read(&mail, s->spec->config, row, &why) == 0)
		return send_claimed(s, row, &mail, err);
	if (let_go(s, row, NULL, err) < 0)
		return -1;
	return hold(s, row, why.msg, err);
}

/* The claim is committed before a server sees a byte. */
static int send_one(const struct sender *s, const struct outbox_row *row,
		    struct err *err)
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
	return moved ? send_what_is_there(s, row, err) : 0;
}

static int put_off(const struct sender *s, const struct outbox_row *row,
		   const struct clearance *a, struct err *err)
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

static int take_one(const struct sender *s, const struct outbox_row *row,
		    struct err *err)
{
	AUTO(clearance_release) struct clearance a = { 0 };
	const struct clearance_spec spec = { .config = s->spec->config,
					     .store = s->spec->store,
					     .row = row,
					     .now = s->spec->now };

	if (clearance_ask(&a, &spec, err) < 0)
		return err_wrap(err, "mail %lld", (long long)row->id);
	if (a.why)
		return hold(s, row, a.why, err);
	return a.until ? put_off(s, row, &a, err) : send_one(s, row, err);
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
	struct clearance_past past;

	*stopped = false;
	if (!why || !outbox_is_report(row))
		return 0;
	if (clearance_past(&past, s->spec->store, row, err) < 0)
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
