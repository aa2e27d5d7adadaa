/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a verdict of the daemon to a mail that leaves, or does not: the real
 * `collider run` and `collider outbox`, and a mail server that keeps what it
 * takes. The verdict is that a series does not apply, which needs no kernel.
 */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <time.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/store/outbox.h"
#include "tests/support/desk.h"
#include "tests/support/run.h"

#define MOST_OF_A_MAIL (1u << 20)

static const struct rude_deed polite[] = { { NULL } };

#define TELL "\ttell = does-not-apply\n"
#define AUTHOR TELL "\tpolicy = author\n"

static void explain(struct desk *d, const char *word, int exit_code,
		    const char *part)
{
	AUTO(buf_release) struct buf said = { 0 };

	desk_command(&said, d, "policy", word, exit_code);
	run_expect_text(&said, part);
}

/* One mail, of A <a@x>, that waits for a person. */
static void hold_one(struct desk *d, const struct rude_deed *deeds)
{
	desk_init(d, deeds);
	desk_serve(d, AUTHOR, "");
	desk_post(d, "1@x", "[PATCH] iomap: no such line", NULL, NULL);
	desk_follow(d);
}

START_TEST(a_verdict_is_a_mail_that_waits_for_a_person)
{
	AUTO(desk_release) struct desk d;
	AUTO(buf_release) struct buf said = { 0 };

	hold_one(&d, polite);
	desk_expect(&d, 1, "held", "a person agrees to each mail to a-list");
	desk_command(&said, &d, "outbox", "", 0);
	run_expect_text(&said, "held");
	run_expect_text(&said, "does not apply to a@x");
	desk_command(&said, &d, "outbox", "show 1", 0);
	run_expect_text(&said, "In-Reply-To: <1@x>");
	run_expect_text(&said, "To: A <a@x>");
	run_expect_text(&said, "Subject: Re: [PATCH] iomap: no such line");
	desk_say(&d, "send", 0, "0 sent");
	desk_say(&d, "reject 1", 64, "say --why");
	desk_say(&d, "reject 1 --why 'known already'", 0, "mail 1 is rejected");
	desk_say(&d, "show 1", 0, "held -> rejected by uid");
	desk_say(&d, "approve 1", 2, "mail 1 is rejected");
	desk_say(&d, "list", 0, "no mail waits");
	desk_say(&d, "list --all", 0, "known already");
	desk_say(&d, "show 7", 2, "no mail '7'");
	ck_assert_uint_eq(rude_count(&d.rude), 0);
}
END_TEST

START_TEST(where_the_policy_is_mute_nobody_can_agree)
{
	AUTO(desk_release) struct desk d;

	desk_init(&d, polite);
	desk_serve(&d, TELL, "");
	desk_post(&d, "1@x", "[PATCH] iomap: no such line", NULL, NULL);
	desk_follow(&d);
	desk_say(&d, "", 0, "to nobody");
	desk_say(&d, "approve 1", 2,
		 "is for nobody: the policy of a-list is mute");
	/* nor by writing a name into it */
	desk_say(&d, "edit 1", 2, "the editor failed");
	setenv("EDITOR", "true", 1);
	desk_say(&d, "edit 1", 0, "mail 1 is held");
	desk_say(&d, "approve 1", 0, "mail 1 is approved");
	desk_say(&d, "send", 0, "0 sent");
	desk_expect(&d, 1, "held", "the policy of a-list is mute");
	ck_assert_uint_eq(rude_count(&d.rude), 0);
}
END_TEST

START_TEST(what_is_approved_leaves_once_for_whom_the_policy_names)
{
	AUTO(desk_release) struct desk d;
	AUTO(outbox_row_release) struct outbox_row row = { 0 };
	AUTO(mem_free) char *mail = NULL;
	AUTO(mem_free) char *id = NULL;

	hold_one(&d, polite);
	desk_say(&d, "approve 1", 0, "mail 1 is approved");
	desk_say(&d, "send --dry-run", 0, "would be sent to: \"a@x");
	desk_expect(&d, 1, "approved", NULL);
	ck_assert_uint_eq(rude_count(&d.rude), 0);
	desk_say(&d, "send", 0, "1 sent");
	desk_expect(&d, 1, "sent", "250 2.0.0 taken");
	desk_say(&d, "send", 0, "0 sent");
	desk_say(&d, "approve 1", 2, "mail 1 is sent");
	desk_follow(&d);
	ck_assert_uint_eq(rude_count(&d.rude), 1);
	desk_expect_alone(&d, 1, "a@x");
	desk_mail(&row, &d, 1);
	id = xasprintf("Message-Id: <%s>\r\n", row.message_id);
	mail = rude_mail(&d.rude, 1);
	ck_assert_msg(strcasestr(mail, id), "no %s in\n%s", id, mail);
	ck_assert_ptr_nonnull(strstr(mail, "In-Reply-To: <1@x>\r\n"));
	ck_assert_ptr_nonnull(strstr(mail, "Auto-Submitted: auto-generated"));
}
END_TEST

START_TEST(an_operators_own_words_are_sent)
{
	AUTO(desk_release) struct desk d;
	AUTO(mem_free) char *replies = NULL;
	AUTO(mem_free) char *mail = NULL;

	desk_init(&d, polite);
	desk_shell(&d,
		   "mkdir own && sed 's/^Nothing was built/Alas, nothing was"
		   " built/' '" COLLIDER_DATA "/config/replies/"
		   "does-not-apply.txt' >own/does-not-apply.txt");
	replies = xasprintf("\treplies = %s/own\n", d.served.dir);
	desk_serve(&d, AUTHOR "\thold = never\n", replies);
	desk_post(&d, "1@x", "[PATCH] iomap: no such line", NULL, NULL);
	desk_follow(&d);
	desk_expect(&d, 1, "sent", NULL);
	mail = rude_mail(&d.rude, 1);
	ck_assert_msg(strstr(mail, "Alas, nothing was built or run."), "%s",
		      mail);
}
END_TEST

START_TEST(the_daemon_sends_what_needs_nobody)
{
	AUTO(desk_release) struct desk d;

	desk_init(&d, polite);
	desk_serve(&d, AUTHOR "\thold = never\n", "");
	desk_post(&d, "1@x", "[PATCH] iomap: no such line", NULL, NULL);
	desk_follow(&d);
	desk_expect(&d, 1, "sent", NULL);
	desk_follow(&d);
	ck_assert_uint_eq(rude_count(&d.rude), 1);
	desk_expect_alone(&d, 1, "a@x");
}
END_TEST

static void edit(struct desk *d, const char *editor, int exit_code,
		 const char *part)
{
	setenv("EDITOR", editor, 1);
	desk_say(d, "edit 1", exit_code, part);
}

START_TEST(what_was_changed_has_to_be_agreed_to_again)
{
	AUTO(desk_release) struct desk d;

	hold_one(&d, polite);
	unsetenv("VISUAL");
	desk_say(&d, "approve 1", 0, "approved");
	edit(&d, "sed -i '$s/$/\\nOne more word./'", 0, "mail 1 is held");
	desk_say(&d, "send", 0, "0 sent");
	desk_say(&d, "show 1", 0, "One more word.");
	edit(&d, "sed -i 's/^Message-I[dD]: .*/Message-Id: <no@y>/'", 2,
	     "its Message-ID was changed");
	edit(&d, "sed -i '/^In-Reply-To:/d;/^References:/d'", 2,
	     "it answers nothing any more");
	edit(&d, "sed -i 's/^To: .*/&\\nCc: Somebody <else@z>/'", 0, "held");
	desk_say(&d, "approve 1", 0, "approved");
	desk_say(&d, "send", 0, "the policy does not name else@z");
	desk_expect(&d, 1, "held", "the policy does not name else@z");
	edit(&d, "sed -i '/^Cc:/d'", 0, "held");
	desk_say(&d, "approve 1", 0, "approved");
	desk_say(&d, "send", 0, "1 sent");
	desk_expect_alone(&d, 1, "a@x");
}
END_TEST

START_TEST(a_newer_version_rejects_what_was_approved)
{
	AUTO(desk_release) struct desk d;

	desk_init(&d, polite);
	desk_configure(&d, AUTHOR, "");
	desk_post(&d, "1@x", "[PATCH] iomap: no such line", NULL, NULL);
	desk_follow(&d);
	desk_say(&d, "approve 1", 0, "approved");
	desk_say(&d, "send", 64, "no mail.server");
	desk_post(&d, "2@x", "[PATCH v2] iomap: no such line", NULL, "1@x");
	desk_follow(&d);
	desk_serve(&d, AUTHOR, "");
	desk_say(&d, "send", 0, "0 sent");
	desk_expect(&d, 1, "rejected",
		    "a newer version was posted meanwhile: v2");
	desk_expect(&d, 2, "held", "a person agrees");
	ck_assert_uint_eq(rude_count(&d.rude), 0);
}
END_TEST

/* The list has our mail. */
static void deliver(struct desk *d, unsigned n)
{
	AUTO(mem_free) char *mail = rude_mail(&d->rude, n);
	AUTO(buf_release) struct buf bytes = { 0 };

	buf_init(&bytes, MOST_OF_A_MAIL);
	for (const char *p = mail; *p; p++)
		if (*p != '\r')
			buf_addc(&bytes, *p);
	epoch_add(&d->scene.epoch, "m", buf_text(&bytes), bytes.len);
	scene_publish(&d->scene);
}

static const struct rude_deed loses[] = {
	{ ".", .manner = RUDE_HANGS_UP },
	{ NULL },
};

START_TEST(what_was_lost_behind_the_dot_is_known_by_the_list)
{
	AUTO(desk_release) struct desk d;

	hold_one(&d, loses);
	desk_say(&d, "approve 1", 0, "approved");
	desk_say(&d, "send", 0, "1 unknown");
	desk_expect(&d, 1, "unknown", NULL);
	desk_say(&d, "send", 0, "0 unknown");
	desk_follow(&d);
	desk_expect(&d, 1, "unknown", NULL);
	ck_assert_uint_eq(rude_count(&d.rude), 1);
	deliver(&d, 1);
	desk_follow(&d);
	desk_expect(&d, 1, "sent", "it is on a-list");
	desk_say(&d, "show 1", 0, "seen on a-list");
	ck_assert_uint_eq(rude_count(&d.rude), 1);
}
END_TEST

START_TEST(what_is_unknown_is_sent_again_by_a_person_alone)
{
	AUTO(desk_release) struct desk d;

	hold_one(&d, loses);
	desk_say(&d, "approve 1", 0, "approved");
	desk_say(&d, "send", 0, "1 unknown");
	desk_say(&d, "approve 1", 0, "approved");
	desk_say(&d, "send", 0, "1 unknown");
	ck_assert_uint_eq(rude_count(&d.rude), 2);
	desk_say(&d, "show 1", 0, "unknown -> approved by uid");
}
END_TEST

static const char *const moments[] = { "", "+" }; /* before, after */

/* The sender dies at commit @n; false: it has no such commit. */
static bool crash(struct desk *d, unsigned n, const char *moment)
{
	AUTO(mem_free) char *at = xasprintf("%u%s", n, moment);
	AUTO(mem_free)
	char *line = xasprintf("COLLIDER_STATE='%s' $collider outbox"
			       " --config '%s' send",
			       d->served.state, d->served.conf);
	AUTO(run_release) struct run r = { 0 };

	setenv("COLLIDER_CRASH_AT", at, 1);
	run_shell(&r, line);
	unsetenv("COLLIDER_CRASH_AT");
	ck_assert_msg(r.exit_code == 0 || r.exit_code == STORE_CRASH_EXIT,
		      RUN_SAID(&r));
	return r.exit_code == STORE_CRASH_EXIT;
}

/* It is sent and was delivered, or nobody knows; never twice. */
static bool is_known(const struct desk *d, unsigned delivered)
{
	AUTO(outbox_row_release) struct outbox_row row = { 0 };

	desk_mail(&row, d, 1);
	ck_assert_uint_le(delivered, 1);
	if (row.state == OUTBOX_UNKNOWN)
		return false;
	ck_assert_str_eq(outbox_state_name(row.state), "sent");
	ck_assert_uint_eq(delivered, 1);
	return true;
}

START_TEST(a_sender_that_crashes_at_a_commit_loses_nothing)
{
	AUTO(desk_release) struct desk d;
	bool has_crashed = true;
	unsigned n = 0, unknown = 0;

	hold_one(&d, polite);
	desk_say(&d, "approve 1", 0, "approved");
	desk_shell(&d, "cp -a state approved");
	while (has_crashed) {
		unsigned before = rude_count(&d.rude);

		ck_assert_uint_lt(++n, 50);
		desk_shell(&d, "rm -rf state && cp -a approved state");
		has_crashed = crash(&d, n, moments[_i]);
		desk_say(&d, "send", 0, " sent, ");
		if (!is_known(&d, rude_count(&d.rude) - before)) {
			ck_assert(has_crashed);
			unknown++;
		}
	}
	ck_assert_uint_gt(n, 2);
	ck_assert_uint_eq(unknown, 1); /* between the claim and the answer */
}
END_TEST

START_TEST(one_finding_in_many_series_stops_what_nobody_agreed_to)
{
	AUTO(desk_release) struct desk d;
	unsigned sent;

	desk_init(&d, polite);
	desk_serve(&d, AUTHOR "\thold = never\n", "");
	desk_post(&d, "1@x", "[PATCH] iomap: a", "A <a@x>", NULL);
	desk_post(&d, "2@x", "[PATCH] iomap: b", "B <b@x>", NULL);
	desk_post(&d, "3@x", "[PATCH] iomap: c", "C <c@x>", NULL);
	desk_post(&d, "4@x", "[PATCH] iomap: d", "D <d@x>", NULL);
	desk_follow(&d);
	sent = rude_count(&d.rude);
	ck_assert_uint_le(sent, 2);
	desk_expect(&d, 4, "held", "reports of a day have the same findings");
	desk_say(&d, "approve 4", 0, "approved");
	desk_say(&d, "send", 0, "1 sent");
	ck_assert_uint_eq(rude_count(&d.rude), sent + 1);
	desk_expect_alone(&d, sent + 1, "d@x");
}
END_TEST

static const struct {
	const char *list, *mail;
} ceilings[] = {
	{ "\tdailyMax = 1\n", "" },
	{ "", "\tdailyMax = 1\n" },
};

START_TEST(beyond_a_daily_ceiling_it_waits)
{
	AUTO(desk_release) struct desk d;
	AUTO(outbox_row_release) struct outbox_row row = { 0 };
	AUTO(mem_free)
	char *list = xasprintf(AUTHOR "\thold = never\n%s", ceilings[_i].list);

	desk_init(&d, polite);
	desk_serve(&d, list, ceilings[_i].mail);
	desk_post(&d, "1@x", "[PATCH] iomap: a", "A <a@x>", NULL);
	desk_post(&d, "2@x", "[PATCH] iomap: b", "B <b@x>", NULL);
	desk_follow(&d);
	ck_assert_uint_eq(rude_count(&d.rude), 1);
	desk_expect(&d, 1, "sent", NULL);
	desk_expect(&d, 2, "approved", NULL);
	desk_mail(&row, &d, 2);
	ck_assert_int_gt(row.not_before, time(NULL));
	desk_say(&d, "send", 0, "0 sent");
	ck_assert_uint_eq(rude_count(&d.rude), 1);
}
END_TEST

START_TEST(the_moderator_is_shown_what_is_held)
{
	AUTO(desk_release) struct desk d;
	AUTO(mem_free) char *mail = NULL;

	desk_init(&d, polite);
	desk_serve(&d, TELL "\tpolicy = list\n", "\tmoderator = Mo <mo@z>\n");
	desk_post(&d, "1@x", "[PATCH] iomap: no such line", NULL, NULL);
	desk_follow(&d);
	desk_expect(&d, 1, "held", NULL);
	desk_expect(&d, 2, "sent", NULL);
	ck_assert_uint_eq(rude_count(&d.rude), 1);
	desk_expect_alone(&d, 1, "mo@z");
	mail = rude_mail(&d.rude, 1);
	ck_assert_ptr_nonnull(strstr(mail, "To: Mo <mo@z>\r\n"));
	ck_assert_ptr_nonnull(strstr(mail, "  To: A <a@x>\r\n"));
	ck_assert_ptr_nonnull(strstr(mail, "  Cc: a-list@x\r\n"));
	ck_assert_ptr_nonnull(strstr(mail, "collider outbox approve "));
	ck_assert_ptr_nonnull(strstr(mail, "agrees to each mail to a-list"));
	desk_follow(&d);
	ck_assert_uint_eq(rude_count(&d.rude), 1);
}
END_TEST

/* What the operator has written since a person agreed. */
static const struct {
	const char *list, *mail;
	const char *state, *says;
} changed[] = {
	{ TELL, "", "held", "the policy of a-list is mute" },
	{ AUTHOR, "\tnever = a@x\n", "held",
	  "its author a@x is never to be mailed" },
	{ AUTHOR, "\tnever = @x\n", "held",
	  "its author a@x is never to be mailed" },
	{ "\tpolicy = author\n\ttell = regression\n", "", "held",
	  "a-list is not told of the verdict 'does not apply'" },
	/* the last one, as it is not held */
	{ AUTHOR "\tembargo = 1 d\n", "", "approved",
	  "the embargo is not over" },
};

START_TEST(the_policy_is_explained)
{
	AUTO(desk_release) struct desk d;

	desk_init(&d, polite);
	desk_serve(&d, TELL, "");
	desk_post(&d, "1@x", "[PATCH] iomap: no such line", NULL, NULL);
	explain(&d, "1@x", 2, "no series '1@x'");
	desk_follow(&d);
	explain(&d, "1@x", 0, "verdict: does not apply");
	explain(&d, "1@x", 0, "the policy of a-list is mute");
	explain(&d, "1@x", 0, "Nobody would be told.");
	explain(&d, "1", 0, "Mail 1 of the outbox tells it; it is held.");
	desk_serve(&d, TELL "\tpolicy = list\n\tembargo = 30 d\n", "");
	explain(&d, "'<1@x>'", 0,
		"It would be told:\n  To: a@x\n"
		"  Cc: a-list@x\n"
		"  after a person has approved it\n"
		"  not before ");
	desk_serve(&d, TELL "\tpolicy = list\n", "\tnever = a-list@x\n");
	explain(&d, "id:1@x", 0, "a-list@x is never to be mailed");
	desk_serve(&d, "\tpolicy = list\n\ttell = regression\n", "");
	explain(&d, "1@x", 0, "a-list is not told of the verdict");
	explain(&d, "7", 2, "no series '7'");
	explain(&d, "", 64, "it wants one series");
}
END_TEST

static const struct {
	const char *header, *says;
} wishes[] = {
	{ "X-Collider: no", "a header of it asks not to be answered" },
	{ "Auto-Submitted: auto-generated", "was sent by a program" },
};

START_TEST(who_wants_no_answer_gets_none)
{
	AUTO(desk_release) struct desk d;

	desk_init(&d, polite);
	desk_serve(&d, AUTHOR "\thold = never\n", "");
	scene_post(&d.scene,
		   &(struct scene_patch){ .id = "1@x",
					  .subject = "[PATCH] iomap: a",
					  .line = "four",
					  .header = wishes[_i].header });
	scene_publish(&d.scene);
	desk_follow(&d);
	desk_say(&d, "list --all", 0, "no mail was written yet");
	explain(&d, "1@x", 0, wishes[_i].says);
	explain(&d, "1@x", 0, "Nobody would be told.");
	ck_assert_uint_eq(rude_count(&d.rude), 0);
}
END_TEST

START_TEST(the_policy_is_asked_again_when_it_is_sent)
{
	AUTO(desk_release) struct desk d;

	hold_one(&d, polite);
	for (size_t i = 0; i < ARRAY_LEN(changed); i++) {
		desk_say(&d, "approve 1", 0, "approved");
		desk_serve(&d, changed[i].list, changed[i].mail);
		desk_say(&d, "send --dry-run", 0, changed[i].says);
		desk_expect(&d, 1, "approved", NULL);
		desk_say(&d, "send", 0, changed[i].says);
		desk_expect(&d, 1, changed[i].state, NULL);
	}
	ck_assert_uint_eq(rude_count(&d.rude), 0);
}
END_TEST

static const struct {
	struct rude_deed deed;
	int exit_code;
	const char *says, *state, *why;
} refusals[] = {
	{ { "RCPT", .reply = "550 5.1.1 who" },
	  0,
	  "1 failed",
	  "failed",
	  "550" },
	{ { "RCPT", .reply = "450 4.2.1 grey" },
	  0,
	  "1 later",
	  "approved",
	  "450" },
	{ { "greeting", .reply = "554 5.7.1 no" },
	  64,
	  "wants something of you",
	  "approved",
	  "554" },
};

START_TEST(what_the_server_refuses_is_not_lost)
{
	const struct rude_deed deeds[] = { refusals[_i].deed, { NULL } };
	AUTO(desk_release) struct desk d;
	AUTO(outbox_row_release) struct outbox_row row = { 0 };

	hold_one(&d, deeds);
	desk_say(&d, "approve 1", 0, "approved");
	desk_say(&d, "send", refusals[_i].exit_code, refusals[_i].says);
	desk_expect(&d, 1, refusals[_i].state, refusals[_i].why);
	desk_mail(&row, &d, 1);
	if (row.state == OUTBOX_APPROVED)
		ck_assert_int_gt(row.not_before, time(NULL));
	else
		desk_say(&d, "approve 1", 0, "approved");
}
END_TEST

/* "hunter2" of "bot", as AUTH PLAIN has it. */
#define PLAIN "AGJvdABodW50ZXIy"
#define SECRET_FD 9

static void open_secret(const struct desk *d)
{
	AUTO(mem_free) char *path = xasprintf("%s/secret", d->letters);
	struct err err = ERR_INIT;
	int fd;

	ck_ok(fs_write(path, "hunter2\n", 8, &err), &err);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(dup2(fd, SECRET_FD), SECRET_FD);
	close(fd);
	setenv("COLLIDER_SECRET_FD", "9", 1);
}

static bool has_secret(pid_t pid)
{
	AUTO(mem_free)
	char *path = xasprintf("/proc/%d/fd/%d", (int)pid, SECRET_FD);
	char to[PATH_MAX];
	ssize_t n = readlink(path, to, sizeof(to) - 1);

	if (n < 0)
		return false;
	to[n] = '\0';
	return strstr(to, "/secret");
}

/*
 * A worker that places a series waits for a tree whose lock we hold; one that
 * sends, for a server that is silent.
 */
START_TEST(the_secret_is_for_who_sends_and_nobody_else)
{
	static const struct rude_deed silent[] = {
		{ "MAIL", .manner = RUDE_IS_SILENT },
		{ NULL },
	};
	const struct timespec pause = { .tv_nsec = 20000000 };
	AUTO(desk_release) struct desk d;
	AUTO(mem_free) char *tree = NULL;
	AUTO(mem_free) char *held = NULL;
	AUTO(fd_close) int lock = -1;
	struct err err = ERR_INIT;
	pid_t sends, places;

	hold_one(&d, silent);
	open_secret(&d);
	desk_say(&d, "approve 1", 0, "approved");
	tree = xasprintf("%s/held.git", d.scene.dir);
	held = xasprintf("\tuser = bot\n"
			 "[tree \"held\"]\n\tpath = %s\n\tsource = %s/none\n",
			 tree, d.scene.dir);
	ck_ok(fs_lock(&lock, tree, &err), &err);
	desk_serve(&d, AUTHOR, held);
	desk_post(&d, "2@x", "[PATCH] iomap: another", "B <b@x>", NULL);
	served_start(&d.served, NULL);
	while (!(places = served_find_worker(&d.served, "place")) ||
	       !(sends = served_find_worker(&d.served, "send")))
		nanosleep(&pause, NULL);
	ck_assert(has_secret(sends));
	ck_assert(!has_secret(places));
	served_end(&d.served, SIGTERM, 0);
}
END_TEST

START_TEST(the_secret_is_what_the_server_hears)
{
	AUTO(desk_release) struct desk d;
	AUTO(mem_free) char *said = NULL;

	hold_one(&d, polite);
	open_secret(&d);
	desk_serve(&d, AUTHOR, "\tuser = bot\n");
	desk_say(&d, "approve 1", 0, "approved");
	desk_say(&d, "send", 0, "1 sent");
	said = rude_said(&d.rude, 1);
	ck_assert_msg(strstr(said, PLAIN), "no AUTH in\n%s", said);
}
END_TEST

TEST_MAIN("outbox", TEST(a_verdict_is_a_mail_that_waits_for_a_person),
	  TEST(where_the_policy_is_mute_nobody_can_agree),
	  TEST(what_is_approved_leaves_once_for_whom_the_policy_names),
	  TEST(an_operators_own_words_are_sent),
	  TEST(the_daemon_sends_what_needs_nobody),
	  TEST(what_was_changed_has_to_be_agreed_to_again),
	  TEST(a_newer_version_rejects_what_was_approved),
	  TEST(what_was_lost_behind_the_dot_is_known_by_the_list),
	  TEST(what_is_unknown_is_sent_again_by_a_person_alone),
	  TABLE(a_sender_that_crashes_at_a_commit_loses_nothing, moments),
	  TEST(one_finding_in_many_series_stops_what_nobody_agreed_to),
	  TABLE(beyond_a_daily_ceiling_it_waits, ceilings),
	  TEST(the_moderator_is_shown_what_is_held),
	  TEST(the_policy_is_explained),
	  TABLE(who_wants_no_answer_gets_none, wishes),
	  TEST(the_policy_is_asked_again_when_it_is_sent),
	  TABLE(what_the_server_refuses_is_not_lost, refusals),
	  TEST(the_secret_is_for_who_sends_and_nobody_else),
	  TEST(the_secret_is_what_the_server_hears))
