/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole turn on real servers: a mail comes in through a public-inbox, its
 * verdict goes out through Postfix, comes back through the public-inbox, and is
 * seen there. So is what is told of v2, and what is taken back.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/mail/smtp.h"
#include "bot/store/outbox.h"
#include "parsers/mail.h"
#include "tests/support/lore.h"
#include "tests/support/postfix.h"
#include "tests/support/run.h"
#include "tests/support/scene.h"
#include "tests/support/served.h"
#include "tests/support/signer.h"

#define LIST "linux-xfs"
#define ADDRESS LIST "@vger.kernel.org"
#define AUTHOR "ada@example.org"
#define TITLE "iomap: no"
#define THE_FILE "fs/iomap/direct-io.c"
#define SECRET_FD 9

#define MAILBOX "collider" /* what is written to us alone */
#define BOT MAILBOX "@vger.kernel.org"
#define MODERATOR "mo@example.org"

static const char *const lists[] = { LIST, MAILBOX, NULL };

struct turn {
	struct scene scene;
	struct lore lore;
	struct postfix postfix;
	struct served served;
	struct signer signer; /* of the author's domain */
};

/* @more stands below the rest, which is the section [mail]. */
static void configure(struct turn *t, unsigned how, const char *more)
{
	AUTO(mem_free) char *url = lore_url(&t->lore, LIST);
	AUTO(mem_free)
	char *text = xasprintf(
		"[tree \"t\"]\n\tpath = %s\n"
		"[follow]\n\tinterval = 1 s\n"
		"[series]\n\tmaxAge = 0 s\n\twait = 0 s\n"
		"[list \"" LIST "\"]\n\turl = %s\n\taddress = " ADDRESS "\n"
		"\tpolicy = list\n\ttell = does-not-apply\n"
		"[mail]\n\tfrom = collider <" BOT ">\n"
		"\tdomain = example.org\n\tserver = %s\n"
		"\tencrypt = %s\n\tauthorities = %s\n"
		"\tdkimKeys = %s/keys\n%s%s",
		t->scene.tree, url, t->postfix.url,
		how & POSTFIX_TLS ? "true" : "false", t->postfix.authority,
		t->scene.dir,
		how & POSTFIX_AUTH ? "\tuser = " POSTFIX_USER "\n" : "", more);

	served_configure(&t->served, text);
}

static void turn_init(struct turn *t, unsigned how)
{
	scene_init(&t->scene);
	lore_start(&t->lore, t->scene.dir, lists);
	postfix_start(&t->postfix, t->scene.dir, how);
	served_init(&t->served, "");
	signer_init(&t->signer);
	configure(t, how, "");
}

static void turn_release(struct turn *t)
{
	served_release(&t->served);
	postfix_release(&t->postfix);
	signer_release(&t->signer);
	lore_release(&t->lore);
	scene_release(&t->scene);
}
DEFINE_AUTO_VALUE(struct turn, turn_release)

/* Version @version of a patch that does not apply to @file. */
static void post_to(struct turn *t, const char *list, unsigned version,
		    const char *file)
{
	AUTO(mem_free) char *id = xasprintf("%u@x", version);
	AUTO(mem_free) char *subject = xasprintf("[PATCH v%u] " TITLE, version);
	AUTO(buf_release) struct buf mail = { 0 };

	scene_write(&mail,
		    &(struct scene_patch){ .id = id,
					   .subject = subject,
					   .from = "Ada <" AUTHOR ">",
					   .line = "four",
					   .to = ADDRESS,
					   .file = file },
		    (int)version);
	lore_feed(&t->lore, list,
		  &(struct lore_mail){ buf_text(&mail), mail.len }, 1);
}

static void post(struct turn *t, unsigned version, const char *file)
{
	post_to(t, LIST, version, file);
}

static void follow(struct turn *t)
{
	served_start(&t->served, "--once");
	served_end(&t->served, 0, 0);
}

/* `collider @words` says @part. */
static void say(struct turn *t, const char *words, const char *part)
{
	AUTO(mem_free)
	char *line = xasprintf("COLLIDER_STATE='%s' $collider %s"
			       " --config '%s'",
			       t->served.state, words, t->served.conf);
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, line);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	run_expect_text(&r.out, part);
}

static void open_secret(const struct turn *t)
{
	AUTO(mem_free) char *path = xasprintf("%s/secret", t->scene.dir);
	struct err err = ERR_INIT;
	int fd;

	ck_ok(fs_write(path, POSTFIX_SECRET "\n", sizeof(POSTFIX_SECRET), &err),
	      &err);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(dup2(fd, SECRET_FD), SECRET_FD);
	close(fd);
	setenv("COLLIDER_SECRET_FD", "9", 1);
}

/* ---- a mail of ours ---- */

static void find_row(struct outbox_row *out, const struct turn *t,
		     int64_t number)
{
	AUTO(store_free) struct store *store = served_store(&t->served);
	struct err err = ERR_INIT;
	bool found;

	ck_ok(outbox_find(&found, out, store, number, &err), &err);
	ck_assert(found);
}

/* As mail @id of the outbox was delivered to @address, once. */
static char *find_delivered(const struct turn *t, const char *id,
			    const char *address)
{
	AUTO(strings_release) struct strings all = { 0 };
	AUTO(mem_free) char *to = xasprintf("\nDelivered-To: %s\n", address);
	AUTO(mem_free) char *line = xasprintf("\nMessage-Id: <%s>\n", id);
	char *found = NULL;

	postfix_drain(&t->postfix);
	postfix_read(&all, &t->postfix);
	for (size_t i = 0; i < all.n; i++) {
		if (!strstr(all.v[i], to) || !strcasestr(all.v[i], line))
			continue;
		ck_assert_msg(!found, "it was delivered twice:\n%s", all.v[i]);
		found = xstrdup(all.v[i]);
	}
	ck_assert_msg(found, "%s was not delivered to %s", id, address);
	return found;
}

/* One that is agreed to goes out and comes back: as the list had it. */
static struct mail *pass_round(struct turn *t, int64_t number)
{
	AUTO(mem_free) char *show = xasprintf("outbox show %d", (int)number);
	AUTO(outbox_row_release) struct outbox_row row = { 0 };
	AUTO(mem_free) char *author = NULL;
	AUTO(mem_free) char *list = NULL;
	struct mail *mail = NULL;
	struct err err = ERR_INIT;

	follow(t);
	find_row(&row, t, number);
	ck_assert_str_eq(outbox_state_name(row.state), "sent");
	ck_assert_msg(strstr(row.why, "queued as"), "it says '%s'", row.why);
	author = find_delivered(t, row.message_id, AUTHOR);
	list = find_delivered(t, row.message_id, ADDRESS);
	lore_deliver(&t->lore, LIST, (struct lore_mail){ list, strlen(list) });
	follow(t);
	say(t, show, "seen on " LIST);
	ck_ok(mail_parse(&mail, list, strlen(list), &err), &err);
	return mail;
}

/* It answers @patch; or @report, which did. */
static void expect_thread(const struct mail *m, const char *patch,
			  const char *report)
{
	const char *const ids[] = { patch, report };
	const size_t n = report ? 2 : 1;

	ck_assert_str_eq(m->in_reply_to, ids[n - 1]);
	ck_assert_uint_eq(m->references.n, n);
	for (size_t i = 0; i < n; i++)
		ck_assert_str_eq(m->references.v[i], ids[i]);
}

static const unsigned ways[] = { 0, POSTFIX_TLS, POSTFIX_TLS | POSTFIX_AUTH };

START_TEST(a_verdict_goes_out_and_is_seen_on_the_list)
{
	AUTO(turn_release) struct turn t = { 0 };
	AUTO(mail_free) struct mail *report = NULL;

	turn_init(&t, ways[_i]);
	open_secret(&t);
	post(&t, 1, THE_FILE);
	follow(&t);
	say(&t, "outbox list", "a person agrees to each mail to " LIST);
	say(&t, "outbox show 1", "Cc: " ADDRESS);
	ck_assert_uint_eq(postfix_count(&t.postfix), 0);
	say(&t, "outbox approve 1", "mail 1 is approved");
	report = pass_round(&t, 1);
	expect_thread(report, "1@x", NULL);
	ck_assert_uint_eq(report->to.n, 1);
	ck_assert_str_eq(report->to.v[0].addr, AUTHOR);
	say(&t, "outbox list", "no mail waits"); /* nor one to ourselves */
	follow(&t);
	ck_assert_uint_eq(postfix_count(&t.postfix), 2);
}
END_TEST

START_TEST(what_is_told_of_v2_and_what_is_taken_back_are_seen_in_their_threads)
{
	AUTO(turn_release) struct turn t = { 0 };
	AUTO(mail_free) struct mail *report = NULL;
	AUTO(mail_free) struct mail *delta = NULL;
	AUTO(mail_free) struct mail *correction = NULL;

	turn_init(&t, 0);
	post(&t, 1, THE_FILE);
	follow(&t);
	say(&t, "outbox approve 1", "mail 1 is approved");
	report = pass_round(&t, 1);
	post(&t, 2, "fs/iomap/trace.c");
	follow(&t);
	say(&t, "outbox show 2", "Since v1, answered in <collider.");
	say(&t, "outbox show 2", "  new: patch 1/1 does not apply to fs/iomap");
	say(&t, "outbox approve 2", "mail 2 is approved");
	delta = pass_round(&t, 2);
	expect_thread(delta, "2@x", NULL);
	say(&t, "retract 1 --why 'the tree was not up to date'",
	    "mail 3 corrects mail 1");
	say(&t, "outbox approve 3", "mail 3 is approved");
	correction = pass_round(&t, 3);
	expect_thread(correction, "1@x", report->message_id);
	ck_assert_str_eq(correction->subject_raw, report->subject_raw);
	say(&t, "outbox list", "no mail waits");
	ck_assert_uint_eq(postfix_count(&t.postfix), 6); /* of two readers */
}
END_TEST

static void write_keys(const struct turn *t)
{
	AUTO(mem_free) char *path = xasprintf("%s/keys", t->scene.dir);
	AUTO(buf_release) struct buf keys = { 0 };
	struct err err = ERR_INIT;

	buf_init(&keys, 4096);
	signer_add_key(&keys, &t->signer, "example.org");
	ck_ok(fs_write(path, buf_text(&keys), keys.len, &err), &err);
}

/* An answer to a mail of ours, which is in a thread. */
struct reply {
	const char *list; /* that has it: the one, or our own mailbox */
	const char *from;
	const char *to; /* what ours says */
	const char *text;
};

static void answer(struct turn *t, const struct reply *r)
{
	AUTO(mem_free)
	char *mail =
		xasprintf("From: %s\nTo: collider <" BOT ">\n%s"
			  "Subject: Re: [PATCH v1] " TITLE "\n"
			  "Date: Fri, 2 Jan 2026 00:00:00 +0000\n"
			  "Message-ID: <answer@x>\nIn-Reply-To: <%s>\n"
			  "References: <1@x>\n <%s>\n"
			  "Status: RO\nLines: 3\n\n%s",
			  r->from,
			  strcmp(r->list, LIST) == 0 ? "Cc: " ADDRESS "\n" : "",
			  r->to, r->to, r->text);
	AUTO(buf_release) struct buf sealed = { 0 };

	signer_sign(&sealed, &t->signer,
		    &(struct signer_how){ .domain = "example.org" }, mail);
	lore_deliver(&t->lore, r->list,
		     (struct lore_mail){ sealed.data, sealed.len });
}

START_TEST(an_order_that_came_through_the_list_is_obeyed)
{
	AUTO(turn_release) struct turn t = { 0 };
	AUTO(mail_free) struct mail *report = NULL;

	turn_init(&t, 0);
	write_keys(&t);
	post(&t, 1, THE_FILE);
	follow(&t);
	say(&t, "outbox approve 1", "mail 1 is approved");
	report = pass_round(&t, 1);
	answer(&t, &(struct reply){ .list = LIST,
				    .from = "Ada <" AUTHOR ">",
				    .to = report->message_id,
				    .text = "Thanks.\n\n#collider stop\n" });
	follow(&t);
	say(&t, "orders", AUTHOR "  stop");
	say(&t, "orders", "done: no more mails about this series");
	ck_assert_uint_eq(postfix_count(&t.postfix), 2);
}
END_TEST

/* As README says it: the moderator's answer comes to us alone. */
START_TEST(what_is_written_to_us_alone_is_read_in_our_own_mailbox)
{
	AUTO(turn_release) struct turn t = { 0 };
	AUTO(outbox_row_release) struct outbox_row copy = { 0 };
	AUTO(mem_free) char *box = NULL;
	AUTO(mem_free) char *more = NULL;

	turn_init(&t, 0);
	write_keys(&t);
	box = xasprintf("%s/inbox/" MAILBOX, t.lore.dir);
	more = xasprintf("\tmoderator = Mo <" MODERATOR ">\n"
			 "[list \"mailbox\"]\n\turl = %s\n\twatch = none\n"
			 "\tpolicy = list\n\ttell = does-not-apply\n",
			 box);
	configure(&t, 0, more);
	follow(&t); /* which is empty */
	post(&t, 1, THE_FILE);
	post_to(&t, MAILBOX, 1, THE_FILE); /* it was copied to us */
	follow(&t);
	find_row(&copy, &t, 2);
	free(find_delivered(&t, copy.message_id, MODERATOR));
	answer(&t, &(struct reply){ .list = MAILBOX,
				    .from = "Mo <" MODERATOR ">",
				    .to = copy.message_id,
				    .text = "approve\n" });
	follow(&t);
	say(&t, "outbox show 1", "held -> approved by " MODERATOR);
	say(&t, "outbox show 1", "Cc: " ADDRESS); /* it is not on ours */
	ck_assert_uint_eq(postfix_count(&t.postfix), 3);
}
END_TEST

/* What the server has, and what we want of it. */
static const struct {
	unsigned has;
	bool must_encrypt;
	bool knows_it; /* who signed its certificate is trusted */
	const char *user, *secret;
	enum smtp_outcome outcome;
} wants[] = {
	{ 0, false, false, NULL, NULL, SMTP_SENT },
	{ 0, true, false, NULL, NULL, SMTP_OPERATOR },
	{ POSTFIX_TLS, true, true, NULL, NULL, SMTP_SENT },
	{ POSTFIX_TLS, true, false, NULL, NULL, SMTP_OPERATOR },
	{ POSTFIX_TLS | POSTFIX_AUTH, true, true, POSTFIX_USER, POSTFIX_SECRET,
	  SMTP_SENT },
	{ POSTFIX_TLS | POSTFIX_AUTH, true, true, POSTFIX_USER, "wrong",
	  SMTP_OPERATOR },
	{ POSTFIX_TLS | POSTFIX_AUTH, true, true, NULL, NULL, SMTP_REFUSED },
};

START_TEST(a_server_gets_no_more_than_it_is_trusted_with)
{
	AUTO(scene_release) struct scene scene = { 0 };
	AUTO(postfix_release) struct postfix p = { 0 };
	AUTO(smtp_result_release) struct smtp_result r = { 0 };
	struct strings to = { .v = (char *[]){ (char[]){ ADDRESS } }, .n = 1 };
	static const char text[] = "From: bot@example.org\nSubject: a\n\nb\n";
	const struct smtp_mail mail = { "bot@example.org", &to, text,
					strlen(text) };
	struct smtp_server server = { .helo = "bot.example.org",
				      .must_encrypt = wants[_i].must_encrypt,
				      .user = wants[_i].user,
				      .secret = wants[_i].secret,
				      .timeout_s = 60 };
	struct err err = ERR_INIT;

	scene_init(&scene);
	postfix_start(&p, scene.dir, wants[_i].has);
	server.url = p.url;
	server.ca = wants[_i].knows_it ? p.authority : NULL;
	ck_ok(smtp_send(&r, &server, &mail, &err), &err);
	ck_assert_msg(r.outcome == wants[_i].outcome, "%s: %s",
		      smtp_outcome_name(r.outcome), r.says);
	postfix_drain(&p);
	ck_assert_uint_eq(postfix_count(&p), r.outcome == SMTP_SENT);
}
END_TEST

int main(void)
{
	const struct test_case cases[] = {
		TABLE(a_server_gets_no_more_than_it_is_trusted_with, wants),
		TABLE(a_verdict_goes_out_and_is_seen_on_the_list, ways),
		TEST(what_is_told_of_v2_and_what_is_taken_back_are_seen_in_their_threads),
		TEST(an_order_that_came_through_the_list_is_obeyed),
		TEST(what_is_written_to_us_alone_is_read_in_our_own_mailbox),
	};

	if (!lore_is_here() || !postfix_is_here())
		return 77;
	return support_run("turn", cases, ARRAY_LEN(cases));
}
