/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_daemon.c - from a mail on a list to a drafted reply: the real daemon, a
 * public-inbox on loopback, a real kernel
 *
 * tests/run has prepared the base. The state folder is new; it borrows the
 * lanes of that base.
 */
#include <signal.h>
#include <unistd.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/store/drafts.h"
#include "bot/store/revisions.h"
#include "tests/support/lore.h"
#include "tests/support/run.h"
#include "tests/support/served.h"

#define SAMPLE "tests/fixtures/series/sample.mbox"

/* A state folder that knows the lanes there are. */
static void set_up(struct served *s, const struct lore *l, const char *more)
{
	const char *lane = getenv("COLLIDER_TEST_LANE");
	AUTO(mem_free) char *url = lore_url(l, "a-list");
	AUTO(mem_free) char *text = NULL;
	AUTO(mem_free) char *lanes = NULL;
	AUTO(mem_free) char *link = NULL;

	text = xasprintf("[tree \"debian-6.12\"]\n\tpath = %s\n"
			 "[list \"a-list\"]\n\turl = %s\n"
			 "\twatch = fs/iomap fs/xfs fs/ext4 fs/btrfs\n"
			 "[follow]\n\tinterval = 2 s\n"
			 "[series]\n\tmaxAge = 0 s\n"
			 "[review]\n\trepeat = 1\n%s",
			 getenv("COLLIDER_TEST_TREE"), url, more);
	served_init(s, text);
	lanes = xstrndup(lane, (size_t)(fs_name(lane) - 1 - lane));
	link = xasprintf("%s/lanes", s->state);
	ck_assert_int_eq(symlink(lanes, link), 0);
}

static void read_draft(struct buf *out, const struct served *s)
{
	AUTO(store_free) struct store *store = served_store(s);
	AUTO(drafts_list_release) struct drafts_list drafts = { 0 };
	struct err err = ERR_INIT;

	ck_ok(drafts_all(&drafts, store, &err), &err);
	ck_assert_uint_eq(drafts.n, 1);
	ck_ok(fs_read(out, drafts.v[0].file, 1u << 20, &err), &err);
}

START_TEST(a_regression_is_drafted_once)
{
	static const char *const lists[] = { "a-list", NULL };
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(lore_release) struct lore l = { 0 };
	AUTO(served_release) struct served s = { 0 };
	AUTO(buf_release) struct buf draft = { 0 };
	AUTO(buf_release) struct buf log = { 0 };
	struct err err = ERR_INIT;

	lore_start(&l, dir, lists);
	set_up(&s, &l, "");
	served_start(&s, NULL);
	served_wait(&s, "runs lists=1");
	lore_feed_mbox(&l, "a-list", SAMPLE);
	served_wait(&s, "stage=compose revision=1 state=done "
			"verdict=\"regression\"");
	read_draft(&draft, &s);
	run_expect_text(&draft, "In-Reply-To: <20261026.sample-2@example.org>");
	/* it is there: nothing is done again */
	served_end(&s, SIGTERM, 0);
	served_start(&s, "--once");
	served_end(&s, 0, 0);
	served_wait(&s, "runs lists=1");
	served_read(&log, &s);
	ck_assert_ptr_null(strstr(buf_text(&log) + s.heard, "stage=try"));
	buf_release(&draft);
	read_draft(&draft, &s);
	lore_release(&l);
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

int main(void)
{
	const struct test_case cases[] = { TEST(a_regression_is_drafted_once) };

	if (!lore_is_here())
		return 77;
	if (!getenv("COLLIDER_TEST_LANE") || !getenv("COLLIDER_TEST_TREE")) {
		puts("SKIP: no base; sh tests/run prepares one");
		return 77;
	}
	return support_run("daemon", cases, ARRAY_LEN(cases));
}
