// SPDX-License-Identifier: GPL-2.0-or-later
#include "rules/selection.h"

#include "tests/support/support.h"

#define ALL "C01,C02w,C03w,C06a,C08,C11,C18,C21"

/* A patch of one hunk, and pairs that are (not) among the first. */
static const struct {
	const char *file, *text;
	const char *in, *in_scenario;
	const char *out, *out_scenario;
} hunks[] = {
	{ "fs/iomap/direct-io.c",
	  "@@ -674,7 +674,7 @@ __iomap_dio_rw(struct k *i)\n", "zonefs", "C01",
	  "xfs", "C21" },
	{ "fs/iomap/direct-io.c",
	  "@@ -1,2 +1,2 @@ int iomap_dio_complete(void)\n", "xfs", "C21", "xfs",
	  "C08" },
	{ "fs/ext4/file.c",
	  "@@ -1,2 +1,2 @@ static ssize_t ext4_dio_write_iter(x)\n", "ext4",
	  "C11", "zonefs", "C01" },
	{ "fs/xfs/xfs_iops.c",
	  "@@ -1,4 +1,4 @@\n \n static int xfs_vn_setattr_size(int a)\n "
	  "{\n-x\n+y\n",
	  "xfs", "C06a", "ext4", "C06a" },
	{ "fs/btrfs/super.c", NULL, "btrfs", "C18", "xfs", "C18" },
	{ "mm/filemap.c", "@@ -1,2 +1,2 @@\n", "jfs", "C01", "jfs", "C21" },
};

START_TEST(what_a_hunk_touches_is_tried_first)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(suites_release) struct suites plan = { 0 };
	AUTO(suites_release) struct suites first = { 0 };
	struct review_hunk *h = review_add_hunk(review_add_patch(&r));

	support_cross(&plan, "xfs,ext4,btrfs,jfs,zonefs", ALL);
	h->file = xstrdup(hunks[_i].file);
	h->text = hunks[_i].text ? xstrdup(hunks[_i].text) : NULL;
	selection_run(&first, &r, &plan);
	ck_assert(suites_has(&first, hunks[_i].in, hunks[_i].in_scenario));
	ck_assert(!suites_has(&first, hunks[_i].out, hunks[_i].out_scenario));
}
END_TEST

START_TEST(what_is_first_is_of_the_plan_and_in_its_order)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(suites_release) struct suites plan = { 0 };
	AUTO(suites_release) struct suites first = { 0 };
	struct review_patch *p = review_add_patch(&r);

	support_cross(&plan, "ext4,xfs", "C08,C01");
	review_add_hunk(p)->file = xstrdup("fs/xfs/xfs_file.c");
	review_add_hunk(p)->file = xstrdup("fs/ext4/file.c");
	selection_run(&first, &r, &plan);
	ck_assert_uint_eq(first.n, 2);
	ck_assert_str_eq(first.v[0].filesystem, "ext4");
	ck_assert_str_eq(first.v[1].scenarios.v[0], "C08");
	ck_assert_uint_eq(suites_count(&first), 4);
}
END_TEST

TEST_MAIN("selection", TABLE(what_a_hunk_touches_is_tried_first, hunks),
	  TEST(what_is_first_is_of_the_plan_and_in_its_order))
