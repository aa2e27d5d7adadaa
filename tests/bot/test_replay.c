/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/run.h"

#define REPLAY                                                         \
	"export COLLIDER_STATE=$dir/state COLLIDER_CONFIG=$dir/conf\n" \
	"printf '[list \"linux-xfs\"]\\nurl = file:///nowhere\\n' "    \
	">$dir/conf\n"                                                 \
	"$collider replay "

static const struct {
	const char *words;
	int exit;
	const char *err;
} wrong[] = {
	{ "", 64, "one list is needed" },
	{ "a b --since 2026-01-01", 64, "one list is needed" },
	{ "linux-xfs", 64, "--since is needed" },
	{ "linux-xfs --since 2026-1-1", 64, "'2026-1-1' is no day" },
	{ "linux-xfs --since 2026-02-30", 64, "'2026-02-30' is no day" },
	{ "linux-xfs --since 1969-12-31", 64, "'1969-12-31' is no day" },
	{ "linux-xfs --since 20260101xx", 64, "'20260101xx' is no day" },
	{ "linux-xfs --since 2026-01-02 --until 2026-01-02", 64,
	  "--until is not after --since" },
	{ "linux-xfs --since 2026-01-01 --nonsense", 64,
	  "bad option '--nonsense'" },
	{ "linux-nfs --since 2026-01-01", 64, "no list 'linux-nfs'" },
	{ "linux-xfs --since 2026-01-01 --tree none", 64, "no tree 'none'" },
};

START_TEST(a_replay_needs_a_list_and_days)
{
	AUTO(run_release) struct run r = { 0 };
	AUTO(mem_free) char *script = xasprintf(REPLAY "%s", wrong[_i].words);

	run_shell(&r, script);
	ck_assert_msg(r.exit_code == wrong[_i].exit, RUN_SAID(&r));
	run_expect_text(&r.err, wrong[_i].err);
	ck_assert_uint_eq(r.out.len, 0);
}
END_TEST

TEST_MAIN("replay", TABLE(a_replay_needs_a_list_and_days, wrong))
