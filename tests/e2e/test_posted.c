/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_posted.c - a review of what was posted on a list, on a real kernel: the
 * user has nothing but the Message-ID of one of its mails
 */
#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "tests/support/lore.h"
#include "tests/support/run.h"

static const char *const lists[] = { "linux-xfs", NULL };

START_TEST(a_message_id_is_enough_to_review_the_series)
{
	AUTO(lore_release) struct lore l = { 0 };
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *command = NULL;
	AUTO(run_release) struct run r;
	struct err err = ERR_INIT;

	lore_start(&l, dir, lists);
	lore_feed_mbox(&l, "linux-xfs", "tests/fixtures/series/sample.mbox");
	command = xasprintf(
		"printf '[review]\\n\\tlore = %s/linux-xfs/\\n' >$dir/conf\n"
		"$review --config $dir/conf '<20261026.sample-3@example.org>'",
		l.url);
	run_shell(&r, command);
	run_expect(&r, 1, "regression");
	run_expect_text(&r.out, "2/3");
	run_expect_text(&r.mail,
			"In-Reply-To: <20261026.sample-2@example.org>");
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

LORE_MAIN("posted", TEST(a_message_id_is_enough_to_review_the_series))
