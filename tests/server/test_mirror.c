/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list that is followed while public-inbox serves and changes it. */
#include <signal.h>
#include <sys/wait.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "tests/support/epoch.h"
#include "tests/support/follower.h"
#include "tests/support/lore.h"
#include "tests/support/relay.h"
#include "tests/support/run.h"

#define LIST "linux-xfs"
#define HEX 40

#define MAIL(text)                       \
	{                                \
		(text), sizeof(text) - 1 \
	}

static const struct lore_mail mails[] = {
	MAIL("Message-ID: <1@x>\nFrom: a@x\nTo: linux-xfs@vger.kernel.org\n"
	     "Subject: one\n\n1\n"),
	MAIL("Message-ID: <2@x>\nFrom: a@x\nTo: linux-xfs@vger.kernel.org\n"
	     "Subject: two\n\n2\n"),
	MAIL("Message-ID: <3@x>\nFrom: a@x\nTo: linux-xfs@vger.kernel.org\n"
	     "Subject: six\n\n3\n"),
};

/* ---- public-inbox ---- */

struct fixture {
	char *dir; /* of the server */
	struct follower f;
	struct lore lore;
	char *url;
};

static void setup(struct fixture *x)
{
	static const char *const lists[] = { LIST, NULL };

	follower_init(&x->f);
	x->lore = (struct lore){ 0 };
	x->dir = support_tmpdir();
	lore_start(&x->lore, x->dir, lists);
	x->url = lore_url(&x->lore, LIST);
}

static void fixture_release(struct fixture *x)
{
	struct err err = ERR_INIT;

	free(x->url);
	lore_release(&x->lore);
	follower_release(&x->f);
	ck_ok(fs_remove_tree(x->dir, &err), &err);
	free(x->dir);
}
DEFINE_AUTO_VALUE(struct fixture, fixture_release)

/* The tip of an epoch at the server, as git there has it. */
static void find_theirs(char hex[HEX + 1], const struct fixture *x, unsigned n)
{
	struct epoch e = { .path = lore_epoch(&x->lore, LIST, n) };

	epoch_resolve(hex, &e, "master");
	free(e.path);
}

/* A poll that has news of so many epochs; ours is theirs then, and is whole. */
static void ck_polls(struct fixture *x, int news)
{
	struct err err = ERR_INIT;
	int n = follower_poll(&x->f, x->url, &err);

	ck_assert_msg(n >= 0, "%s\n%s", err.msg, buf_text(&x->f.told));
	ck_assert_int_eq(n, news);
	for (size_t i = 0; i < x->f.known.n; i++) {
		char theirs[HEX + 1];

		find_theirs(theirs, x, x->f.known.v[i].n);
		ck_assert_str_eq(x->f.known.v[i].tip, theirs);
	}
	follower_shell(x->f.mirror,
		       "for repo in $(ls git); do\n"
		       "git -c safe.directory='*' --git-dir=git/$repo fsck"
		       " --strict || exit 1; done");
}

START_TEST(what_is_fed_while_it_is_followed_is_fetched)
{
	AUTO(fixture_release) struct fixture x;

	setup(&x);
	lore_feed(&x.lore, LIST, mails, 1);
	ck_polls(&x, 1);
	ck_polls(&x, 0);
	lore_feed(&x.lore, LIST, mails + 1, 2);
	ck_polls(&x, 1);
	ck_polls(&x, 0);
	lore_remove(&x.lore, LIST, mails[0]);
	ck_polls(&x, 1);
}
END_TEST

START_TEST(a_list_without_a_mail_is_no_error)
{
	AUTO(fixture_release) struct fixture x;

	setup(&x);
	ck_polls(&x, 0);
	lore_feed(&x.lore, LIST, mails, 1);
	ck_polls(&x, 1);
}
END_TEST

START_TEST(a_new_epoch_is_followed_beside_the_old_one)
{
	AUTO(fixture_release) struct fixture x;

	setup(&x);
	lore_feed(&x.lore, LIST, mails, 1);
	ck_polls(&x, 1);
	lore_roll(&x.lore, LIST);
	ck_polls(&x, 0);
	lore_feed(&x.lore, LIST, mails + 1, 1);
	ck_polls(&x, 1);
	ck_assert_uint_eq(x.f.known.n, 2);
	ck_polls(&x, 0);
}
END_TEST

/* Three epochs; where a list that was never followed begins. */
static const struct {
	const char *first;
	int epochs;
} firsts[] = { { "newest", 1 }, { "all", 3 }, { "0", 3 },
	       { "1", 2 },	{ "2", 1 },   { "7", 0 } };

START_TEST(a_list_begins_where_the_operator_says)
{
	AUTO(fixture_release) struct fixture x;

	setup(&x);
	for (unsigned i = 0; i < 3; i++) {
		if (i)
			lore_roll(&x.lore, LIST);
		lore_feed(&x.lore, LIST, mails + i, 1);
	}
	for (size_t i = 0; i < ARRAY_LEN(firsts); i++) {
		follower_release(&x.f);
		follower_init(&x.f);
		x.f.first = firsts[i].first;
		ck_polls(&x, firsts[i].epochs);
		ck_polls(&x, 0);
	}
}
END_TEST

START_TEST(a_purged_mail_is_history_written_anew)
{
	AUTO(fixture_release) struct fixture x;
	AUTO(mem_free) char *look = NULL;

	setup(&x);
	lore_feed(&x.lore, LIST, mails, 3);
	ck_polls(&x, 1);
	look = xasprintf("git -c safe.directory='*' --git-dir=git/0.git "
			 "cat-file -e %s",
			 follower_tip(&x.f, 0));
	lore_purge(&x.lore, LIST, mails[1]);
	ck_polls(&x, 1);
	follower_shell(x.f.mirror,
		       look); /* what was seen can still be compared */
}
END_TEST

START_TEST(an_epoch_that_vanishes_is_told_and_kept)
{
	AUTO(fixture_release) struct fixture x;
	AUTO(mem_free) char *epoch = NULL;
	struct err err = ERR_INIT;

	setup(&x);
	x.f.first = "all";
	lore_feed(&x.lore, LIST, mails, 1);
	lore_roll(&x.lore, LIST);
	lore_feed(&x.lore, LIST, mails + 1, 1);
	ck_polls(&x, 2);
	epoch = lore_epoch(&x.lore, LIST, 1);
	ck_ok(fs_remove_tree(epoch, &err), &err);
	lore_stop_server(&x.lore);
	lore_start_server(&x.lore);
	ck_assert_int_eq(follower_poll(&x.f, x.url, &err), 0);
	run_expect_text(&x.f.told, "epoch 1: is gone there, and kept here");
	follower_shell(x.f.mirror,
		       "git -c safe.directory='*' --git-dir=git/1.git"
		       " cat-file -e master");
}
END_TEST

START_TEST(a_server_that_is_down_is_tried_again)
{
	AUTO(fixture_release) struct fixture x;
	struct err err = ERR_INIT;

	setup(&x);
	lore_feed(&x.lore, LIST, mails, 1);
	ck_polls(&x, 1);
	lore_stop_server(&x.lore);
	ck_assert_int_eq(follower_poll(&x.f, x.url, &err), -1);
	ck_assert_int_eq(err.kind, ERR_RETRY);
	lore_feed(&x.lore, LIST, mails + 1, 1);
	lore_start_server(&x.lore);
	ck_polls(&x, 1);
}
END_TEST

/* ---- a server that goes away in the middle ---- */

/* The list, by way of a relay. */
static int poll_over(struct follower *f, const struct relay *r, struct err *err)
{
	AUTO(mem_free)
	char *url = xasprintf("http://127.0.0.1:%u/" LIST "/", r->port);

	return follower_poll(f, url, err);
}

static void feed_bulk(struct fixture *x)
{
	AUTO(mem_free) char *text = xcalloc(1, 40001);
	struct lore_mail mail = { text, 40000 };
	unsigned seed = 1;

	/* Something that does not pack well, so that there is a middle. */
	for (size_t i = 0; i < mail.len; i++) {
		seed = seed * 1103515245 + 12345;
		text[i] = (char)('a' + (seed >> 16) % 26);
	}
	memcpy(text, "Message-ID: <b@x>\nFrom: a@x\nSubject: b\n\n", 41);
	lore_feed(&x->lore, LIST, &mail, 1);
}

/* In how many parts of a hundred of the whole it is gone. */
static const unsigned cuts[] = { 1, 5, 10, 30, 50, 80, 90 };

/* How many bytes of the server one poll takes that has to get everything. */
static uint64_t count_bytes(const struct fixture *x)
{
	AUTO(follower_release) struct follower f;
	AUTO(relay_release) struct relay whole;
	struct err err = ERR_INIT;

	follower_init(&f);
	relay_start(&whole, x->lore.port, UINT64_MAX, RELAY_GONE);
	ck_assert_msg(poll_over(&f, &whole, &err) == 1, "%s", err.msg);
	return whole.state->passed;
}

START_TEST(a_server_that_goes_away_in_the_middle_costs_nothing)
{
	AUTO(fixture_release) struct fixture x;
	AUTO(mem_free) char *before = NULL;
	uint64_t all;

	setup(&x);
	lore_feed(&x.lore, LIST, mails, 1);
	ck_polls(&x, 1);
	before = xstrdup(follower_tip(&x.f, 0));
	feed_bulk(&x);
	all = count_bytes(&x);
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		AUTO(relay_release) struct relay cut;
		struct err err = ERR_INIT;

		relay_start(&cut, x.lore.port, all * cuts[i] / 100, RELAY_GONE);
		ck_assert_int_eq(poll_over(&x.f, &cut, &err), -1);
		ck_assert_msg(err.kind == ERR_RETRY, "%s", err.msg);
		ck_assert_str_eq(follower_tip(&x.f, 0), before);
	}
	ck_polls(&x, 1);
}
END_TEST

/* Follow in a process of its own, until the server is silent, and kill it. */
static void kill_in_the_middle(struct fixture *x, uint64_t max)
{
	AUTO(relay_release) struct relay r;
	pid_t pid;

	relay_start(&r, x->lore.port, max, RELAY_SILENT);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct err err = ERR_INIT;

		_exit(poll_over(&x->f, &r, &err) < 0);
	}
	while (!r.state->is_over)
		usleep(1000);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

/* Its box follows it at once, but not in the same moment. */
static void wait_for_lock(const struct fixture *x)
{
	AUTO(mem_free) char *git = xasprintf("%s/git", x->f.mirror);
	struct err err = ERR_INIT;
	int lock = -1;

	for (int i = 0; lock < 0 && i < SUPPORT_AMPLE_S * 100; i++) {
		ck_ok(fs_try_lock(&lock, git, &err), &err);
		if (lock < 0)
			usleep(10000);
	}
	ck_assert_int_ge(lock, 0);
	fd_close(lock);
}

START_TEST(who_is_killed_in_the_middle_goes_on_the_next_time)
{
	AUTO(fixture_release) struct fixture x;
	uint64_t all;

	setup(&x);
	feed_bulk(&x);
	all = count_bytes(&x);
	/* the first fetch of all, and one on top of what is there */
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		kill_in_the_middle(&x, all * cuts[i] / 100);
		wait_for_lock(&x);
	}
	ck_polls(&x, 1);
	lore_feed(&x.lore, LIST, mails, 3);
	kill_in_the_middle(&x, 800);
	wait_for_lock(&x);
	ck_polls(&x, 1);
}
END_TEST

FOLLOWER_MAIN(lore_is_here(), "mirror",
	      TEST(what_is_fed_while_it_is_followed_is_fetched),
	      TEST(a_list_without_a_mail_is_no_error),
	      TEST(a_new_epoch_is_followed_beside_the_old_one),
	      TEST(a_list_begins_where_the_operator_says),
	      TEST(a_purged_mail_is_history_written_anew),
	      TEST(an_epoch_that_vanishes_is_told_and_kept),
	      TEST(a_server_that_is_down_is_tried_again),
	      TEST(a_server_that_goes_away_in_the_middle_costs_nothing),
	      TEST(who_is_killed_in_the_middle_goes_on_the_next_time))
