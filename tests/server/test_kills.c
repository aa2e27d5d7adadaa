/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sender is killed with -9 at random moments while it sends through
 * Postfix (a server of ours where Postfix cannot be run): no mail is lost, none
 * leaves twice, and of which it is not known whether it left is told. So it is
 * when several senders begin at once, of which none is killed.
 *
 * tests/bench/send runs it with more: COLLIDER_KILLS and COLLIDER_DRAFTS.
 */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/config.h"
#include "bot/mail/maildir.h"
#include "bot/mail/smtp.h"
#include "bot/posting.h"
#include "bot/store/outbox.h"
#include "tests/support/postfix.h"
#include "tests/support/rude.h"
#include "tests/support/scene.h"
#include "tests/support/served.h"

#define KILLS 30
#define DRAFTS 20
#define MOST 100000
#define SENDERS 4
#define RACES 6
#define MOST_RACES 30 /* on a machine so busy that they do not meet */

/* The mail server, of either kind. */
struct office {
	bool is_postfix;
	struct postfix postfix;
	struct rude rude;
	char *letters;
	const char *url;
};

static void office_open(struct office *o, const char *dir)
{
	static const struct rude_deed polite[] = { { NULL } };
	struct err err = ERR_INIT;

	o->is_postfix = postfix_is_here();
	o->letters = xasprintf("%s/letters", dir);
	if (o->is_postfix) {
		postfix_start(&o->postfix, dir, 0);
		o->url = o->postfix.url;
		return;
	}
	ck_ok(fs_mkdirs(o->letters, 0755, &err), &err);
	rude_start(&o->rude, o->letters, polite);
	o->url = o->rude.url;
}

static void office_release(struct office *o)
{
	if (o->is_postfix)
		postfix_release(&o->postfix);
	else
		rude_release(&o->rude);
	free(o->letters);
}

/* All that it was given before. */
static void office_read(struct strings *out, const struct office *o)
{
	if (o->is_postfix) {
		postfix_drain(&o->postfix);
		postfix_read(out, &o->postfix);
		return;
	}
	rude_wait(&o->rude);
	for (unsigned n = rude_count(&o->rude); n > 0; n--)
		strings_push_take(out, rude_mail(&o->rude, n));
}

struct bench {
	struct scene scene;
	struct served served;
	struct office office;
	struct config *config;
	struct store *store;
	size_t made;	      /* drafts */
	size_t kills;	      /* that met a running sender */
	size_t interrupts;    /* of those, while a mail was being sent */
	size_t again;	      /* mails that a person let go once more */
	struct strings known; /* ids of unknown ones that the server had */
	long most_us;	      /* the latest moment of a kill */
};

static char *config_of(const struct bench *b, const char *tell)
{
	return xasprintf("%s\twait = 0 s\n[list \"a-list\"]\n"
			 "\taddress = a-list@x\n\tpolicy = author\n"
			 "\ttell = %s\n"
			 "[mail]\n\tfrom = collider <bot@y>\n\tdomain = y\n"
			 "\tserver = %s\n\tdailyMax = 10000\n"
			 "\tbreaker = 100\n",
			 b->scene.config, tell, b->office.url);
}

/*
 * A revision with a verdict of which nobody was told; then the policy changes.
 */
static void bench_open(struct bench *b)
{
	AUTO(mem_free) char *quiet = NULL;
	AUTO(mem_free) char *telling = NULL;
	struct err err = ERR_INIT;

	scene_init(&b->scene);
	office_open(&b->office, b->scene.dir);
	quiet = config_of(b, "regression");
	telling = config_of(b, "does-not-apply");
	served_init(&b->served, quiet);
	scene_post(&b->scene, &(struct scene_patch){ .id = "1@x",
						     .subject = "[PATCH] a: b",
						     .line = "four" });
	scene_publish(&b->scene);
	served_start(&b->served, "--once");
	served_end(&b->served, 0, 0);
	served_configure(&b->served, telling);
	setenv("COLLIDER_STATE", b->served.state, 1);
	ck_ok(config_load(&b->config, b->served.conf, &err), &err);
	b->store = served_store(&b->served);
}

static void bench_release(struct bench *b)
{
	strings_release(&b->known);
	config_free(b->config);
	store_free(b->store);
	served_release(&b->served);
	office_release(&b->office);
	scene_release(&b->scene);
}
DEFINE_AUTO_VALUE(struct bench, bench_release)

static char *id_of(size_t n)
{
	return xasprintf("draft.%zu@y", n);
}

static void write_draft(struct buf *out, const char *id)
{
	buf_init(out, SMTP_MAX_MAIL);
	buf_addf(out,
		 "From: collider <bot@y>\nTo: A <a@x>\n"
		 "Subject: Re: [PATCH] a: b\nMessage-Id: <%s>\n"
		 "In-Reply-To: <1@x>\n\n",
		 id);
	for (unsigned i = 0; i < 40; i++) /* as long as a reply */
		buf_addf(out, "%u: it does not apply to the tree t.\n", i);
}

/* A report of the one revision with findings of its own, agreed to. */
static void add_row(const struct store_txn *txn, char *id, size_t n)
{
	static const struct outbox_note note = { .who = "a person" };
	AUTO(mem_free) char *print = xasprintf("%zu", n);
	const struct outbox_row row = {
		.message_id = id,
		.revision = 1,
		.kind = (char[]){ "report" },
		.lists = (char[]){ "" }, /* no ceiling of a list is met */
		.verdict = (char[]){ "does not apply" },
		.print = print,
		.state = OUTBOX_HELD,
		.recipients = (char[]){ "a@x\n" },
	};
	struct err err = ERR_INIT;
	int64_t added;
	bool moved;

	ck_ok(outbox_add(&added, txn, &row, &err), &err);
	ck_ok(outbox_move(&moved, txn, added, OUTBOX_HELD, OUTBOX_APPROVED,
			  &note, &err),
	      &err);
}

static void add_drafts(struct bench *b, size_t n)
{
	AUTO(maildir_release) struct maildir box = { 0 };
	AUTO(mem_free) char *dir = posting_dir(b->config);
	AUTO(store_end) struct store_txn txn = { 0 };
	struct err err = ERR_INIT;

	ck_ok(maildir_make(dir, &err), &err);
	ck_ok(maildir_begin(&box, dir, &err), &err);
	ck_ok(store_begin(&txn, b->store, &err), &err);
	for (size_t i = 0; i < n; i++) {
		AUTO(mem_free) char *id = id_of(++b->made);
		AUTO(buf_release) struct buf mail = { 0 };

		write_draft(&mail, id);
		ck_ok(maildir_write(&box, id, false, buf_text(&mail), mail.len,
				    &err),
		      &err);
		add_row(&txn, id, b->made);
	}
	ck_ok(maildir_end(&box, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
}

static size_t count_in(const struct bench *b, enum outbox_state state)
{
	AUTO(outbox_list_release) struct outbox_list list = { 0 };
	struct err err = ERR_INIT;

	ck_ok(outbox_in(&list, b->store, state, &err), &err);
	return list.n;
}

/* ---- the sender ---- */

static pid_t start_sender(const struct bench *b)
{
	AUTO(mem_free) char *log = xasprintf("%s/sender", b->scene.dir);
	pid_t pid;

	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid > 0)
		return pid;
	if (!freopen(log, "a", stdout) || !freopen(log, "a", stderr))
		_exit(126);
	execl(COLLIDER_BUILD "/collider", "collider", "outbox", "--config",
	      b->served.conf, "send", NULL);
	_exit(127);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Undisturbed; how long it took. */
static double send_all(const struct bench *b)
{
	double began = seconds();
	pid_t pid = start_sender(b);
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		      "the sender ended with %x", status);
	return seconds() - began;
}

static void send_and_kill(struct bench *b)
{
	const long us = random() % b->most_us;
	const struct timespec moment = { .tv_sec = us / 1000000,
					 .tv_nsec = us % 1000000 * 1000 };
	pid_t pid = start_sender(b);
	int status;

	nanosleep(&moment, NULL);
	ck_assert_int_eq(kill(pid, SIGKILL), 0); /* it is not reaped yet */
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status)) {
		b->kills++;
		b->interrupts += count_in(b, OUTBOX_SENDING);
		return;
	}
	ck_assert_msg(WEXITSTATUS(status) == 0, "the sender ended with %x",
		      status);
}

/* ---- a person ---- */

static bool has_id(const char *mail, const char *id)
{
	AUTO(mem_free) char *line = xasprintf("\nMessage-Id: <%s>", id);

	return strcasestr(mail, line);
}

static size_t count_of(const struct strings *mails, const char *id)
{
	size_t n = 0;

	for (size_t i = 0; i < mails->n; i++)
		n += has_id(mails->v[i], id);
	return n;
}

static void let_go(struct bench *b, const struct outbox_row *row)
{
	static const struct outbox_note note = { .who = "a person" };
	AUTO(store_end) struct store_txn txn = { 0 };
	struct err err = ERR_INIT;
	bool moved;

	ck_ok(store_begin(&txn, b->store, &err), &err);
	ck_ok(outbox_move(&moved, &txn, row->id, OUTBOX_UNKNOWN,
			  OUTBOX_APPROVED, &note, &err),
	      &err);
	ck_ok(store_commit(&txn, &err), &err);
	b->again += moved;
}

/* Who looks at the server, and lets those go again that it never had. */
static void look_after(struct bench *b)
{
	AUTO(outbox_list_release) struct outbox_list list = { 0 };
	AUTO(strings_release) struct strings mails = { 0 };
	struct err err = ERR_INIT;

	ck_ok(outbox_in(&list, b->store, OUTBOX_UNKNOWN, &err), &err);
	for (size_t i = 0; i < list.n; i++) {
		const char *id = list.v[i].message_id;

		if (strings_has(&b->known, id))
			continue;
		if (mails.n == 0)
			office_read(&mails, &b->office);
		if (count_of(&mails, id) > 0)
			strings_push(&b->known, id);
		else
			let_go(b, &list.v[i]);
	}
}

/* ---- figures ---- */

/* Mails a second; beside it, the same mails without a database. */
static void tell_rate(struct bench *b, size_t n)
{
	struct strings to = { .v = (char *[]){ (char[]){ "bare@x" } }, .n = 1 };
	const struct smtp_server server = { .url = b->office.url,
					    .timeout_s = 60 };
	double ours = send_all(b), bare = seconds();
	struct err err = ERR_INIT;

	ck_assert_uint_eq(count_in(b, OUTBOX_SENT), n);
	for (size_t i = 0; i < n; i++) {
		AUTO(smtp_result_release) struct smtp_result r = { 0 };
		AUTO(mem_free) char *other = xasprintf("bare.%zu@y", i);
		AUTO(buf_release) struct buf bytes = { 0 };

		write_draft(&bytes, other);
		ck_ok(smtp_send(&r, &server,
				&(struct smtp_mail){ "bot@y", &to,
						     buf_text(&bytes),
						     bytes.len },
				&err),
		      &err);
		ck_assert_int_eq(r.outcome, SMTP_SENT);
	}
	bare = seconds() - bare;
	printf("%zu mails in %.2f s: %.1f a second, %.2f x bare SMTP\n", n,
	       ours, (double)n / ours, ours / bare);
	b->most_us = (long)(2e6 * ours / (double)n) + 100000;
}

static size_t read_number(const char *name, size_t usual)
{
	const char *text = getenv(name);
	size_t n = text ? strtoul(text, NULL, 10) : usual;

	ck_assert_msg(n > 0 && n <= MOST, "%s is a number up to %d", name,
		      MOST);
	return n;
}

/* Each was delivered once, and is sent, or known to be unknown. */
static void expect_each_once(struct bench *b)
{
	AUTO(strings_release) struct strings mails = { 0 };
	size_t lost = 0, twice = 0;
	size_t unknown = count_in(b, OUTBOX_UNKNOWN);

	office_read(&mails, &b->office);
	for (size_t n = 1; n <= b->made; n++) {
		AUTO(mem_free) char *id = id_of(n);
		size_t times = count_of(&mails, id);

		lost += times == 0;
		twice += times > 1;
	}
	printf("%zu kills, %zu of them while a mail was being sent; %zu mails: "
	       "%zu lost, %zu sent twice, %zu delivered and named as unknown, "
	       "%zu let go again by a person\n",
	       b->kills, b->interrupts, b->made, lost, twice, unknown,
	       b->again);
	ck_assert_uint_eq(lost, 0);
	ck_assert_uint_eq(twice, 0);
	ck_assert_uint_eq(count_in(b, OUTBOX_SENT) + unknown, b->made);
}

START_TEST(killed_at_any_moment_no_mail_is_lost_and_none_leaves_twice)
{
	AUTO(bench_release) struct bench b = { 0 };
	const size_t kills = read_number("COLLIDER_KILLS", KILLS);
	const size_t drafts = read_number("COLLIDER_DRAFTS", DRAFTS);

	bench_open(&b);
	add_drafts(&b, drafts);
	tell_rate(&b, drafts);
	while (b.kills < kills) {
		if (count_in(&b, OUTBOX_APPROVED) == 0)
			add_drafts(&b, drafts);
		send_and_kill(&b);
		look_after(&b);
	}
	do {
		send_all(&b);
		look_after(&b);
	} while (count_in(&b, OUTBOX_APPROVED) > 0);
	ck_assert_uint_gt(b.interrupts, 0); /* else it was never in it */
	expect_each_once(&b);
}
END_TEST

/* ---- at the same time ---- */

/* 1: it found another one sending. */
static size_t end_sender(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && (WEXITSTATUS(status) == 0 ||
					    WEXITSTATUS(status) == 2),
		      "a sender ended with %x", status);
	return WEXITSTATUS(status) == 2;
}

/* How many found another one sending. */
static size_t race(const struct bench *b)
{
	pid_t pids[SENDERS];
	size_t refused = 0;

	for (size_t i = 0; i < SENDERS; i++)
		pids[i] = start_sender(b);
	for (size_t i = 0; i < SENDERS; i++)
		refused += end_sender(pids[i]);
	return refused;
}

/* As when a person does not wait for the daemon. */
static size_t race_the_daemon(struct bench *b)
{
	pid_t pid;
	size_t refused;
	int ended;

	served_start(&b->served, "--once");
	pid = start_sender(b);
	refused = end_sender(pid);
	ended = served_join(&b->served);
	ck_assert_msg(ended == 0 || ended == 2, "it ended with %d", ended);
	return refused + (ended == 2);
}

/* All that was approved left, whoever sent it, and is known to have left. */
static void expect_all_sent(const struct bench *b)
{
	ck_assert_uint_eq(count_in(b, OUTBOX_APPROVED), 0);
	ck_assert_uint_eq(count_in(b, OUTBOX_UNKNOWN), 0);
	ck_assert_uint_eq(count_in(b, OUTBOX_SENT), b->made);
}

static const bool has_daemon[] = { false, true };

/* One sends, and the others say so. */
START_TEST(of_senders_that_begin_at_once_each_mail_leaves_once)
{
	AUTO(bench_release) struct bench b = { 0 };
	size_t refused = 0;

	bench_open(&b);
	for (unsigned n = 0; n < (refused ? RACES : MOST_RACES); n++) {
		add_drafts(&b, DRAFTS);
		refused += has_daemon[_i] ? race_the_daemon(&b) : race(&b);
		expect_all_sent(&b);
	}
	printf("%zu found another one sending\n", refused);
	expect_each_once(&b);
	ck_assert_uint_gt(refused, 0); /* else it was no race */
}
END_TEST

TEST_MAIN("kills",
	  TEST(killed_at_any_moment_no_mail_is_lost_and_none_leaves_twice),
	  TABLE(of_senders_that_begin_at_once_each_mail_leaves_once,
		has_daemon))
