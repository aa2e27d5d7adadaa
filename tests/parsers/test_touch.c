/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/touch.h"

#include <string.h>

#include "tests/support/support.h"

static const struct {
	const char *diff;
	const char *watch; /* blanks between them */
	bool touches;
} rows[] = {
	{ "diff --git a/fs/xfs/x.c b/fs/xfs/x.c\n", "fs/xfs", true },
	{ "diff --git a/fs/xfs/x.c b/fs/xfs/x.c\n", "fs/ext4 fs/xfs", true },
	{ "diff --git a/fs/xfs/x.c b/fs/xfs/x.c\n", "fs/xfs/x.c", true },
	{ "diff --git a/fs/xfs/x.c b/fs/xfs/x.c\n", "fs/xfs/", true },
	{ "diff --git a/fs/xfs/x.c b/fs/xfs/x.c\n", "xfs", false },
	{ "diff --git a/fs/xfs/x.c b/fs/xfs/x.c\n", "fs/xfs/x", false },
	{ "diff --git a/fs/xfsprogs.c b/fs/xfsprogs.c\n", "fs/xfs", false },
	{ "diff --git fs/xfs/x.c fs/xfs/x.c\n", "fs/xfs", true },
	{ "diff --git i/fs/xfs/x.c w/fs/xfs/x.c\n", "fs/xfs", true },
	{ "diff --git \"a/fs/x\\303\\244.c\" \"b/fs/x\\303\\244.c\"\n", "fs",
	  true },
	{ "diff --git \"a/f\\163/x\" \"b/f\\163/x\"\n", "fs", true },
	{ "diff --git a/mm/x.c \"b/fs/a\\tb.c\"\n", "fs", true },
	{ "diff --git \"a/never closed b/fs/x.c\n", "fs", true },
	{ "diff --git a/a b/fs b/a b/fs\n", "fs", true },
	{ "--- a/fs/x.c\n+++ b/fs/x.c\n", "fs", true },
	{ "--- fs/x.c\t2020-01-01 00:00:00\n", "fs/x.c", true },
	{ "--- linux-5.0/fs/x.c 2020-01-01 00:00:00\n", "fs/x.c", true },
	{ "--- /dev/null\n+++ b/fs/x.c\n", "fs", true },
	{ "--- /dev/null\n", "dev", false },
	{ "--- a/fs/x.c\r\n", "fs/x.c", true },
	{ "Index: linux/fs/x.c\n", "fs", true },
	{ "Index: fs/x.c", "fs", true },
	{ "rename from mm/x.c\nrename to fs/x.c\n", "fs", true },
	{ "rename from fs/x.c\nrename to mm/x.c\n", "fs", true },
	{ "copy from mm/x.c\ncopy to fs/x.c\n", "fs", true },
	{ "copy from fs/x.c\ncopy to mm/x.c\n", "fs", true },
	{ "rename to \"fs/a b\"\n", "fs", true },
	{ " --- a/fs/x.c\n", "fs", false },
	{ "-x a/fs/x.c\n+x a/fs/x.c\n", "fs", false },
	{ "> diff --git a/fs/x.c b/fs/x.c\n", "fs", false },
	{ "similarity index 90%\n", "fs", false },
	{ "diff --git a/fs/x.c b/fs/x.c\n", "/", false },
	{ "diff --git a/fs/x.c b/fs/x.c\n", "", true },
	{ "Index: x\n", "", true },
	{ "--- \n", "", false },
	{ "no diff at all\n", "", false },
	{ "", "", false },
	{ "\n\n", "fs", false },
};

START_TEST(a_path_is_touched_at_a_border)
{
	AUTO(strings_release) struct strings watch = { 0 };

	strings_split(&watch, rows[_i].watch);
	ck_assert_msg(touch_find(rows[_i].diff, strlen(rows[_i].diff),
				 &watch) == rows[_i].touches,
		      "'%s' in '%s'", rows[_i].watch, rows[_i].diff);
}
END_TEST

START_TEST(what_follows_the_text_is_not_read)
{
	AUTO(strings_release) struct strings watch = { 0 };
	static const char text[] = "--- a/fs/x.c";

	strings_split(&watch, "fs");
	for (size_t len = 0; len < sizeof(text); len++)
		ck_assert(touch_find(text, len, &watch) ==
			  (len >= strlen("--- a/fs")));
}
END_TEST

TEST_MAIN("touch", TABLE(a_path_is_touched_at_a_border, rows),
	  TEST(what_follows_the_text_is_not_read))
