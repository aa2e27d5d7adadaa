/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/cause.h"

#include "rules/counts.h"
#include "rules/tell.h"
#include "tests/support/support.h"

#define WHOLE "a direct write of 65536 bytes returns 0: nothing was written"
#define SECTOR "a direct write of 512 bytes returns 0: nothing was written"
#define FAILS "a direct write of 512 bytes fails with -EIO"

static void add(struct review *r, unsigned patch, const char *filesystem,
		const char *scenario, const char *says)
{
	struct finding *f = review_add_finding(r);

	f->kind = FINDING_REGRESSION;
	f->patch = patch;
	f->clean = patch - 1;
	f->filesystem = xstrdup(filesystem);
	f->scenario = xstrdup(scenario);
	f->says = xstrdup(says);
	f->base.path = xstrdup("direct");
	f->base.runs = 2;
	f->patched.seen = f->patched.runs = 2;
}

static const struct {
	const char *says;
	unsigned patch;
	bool is_same;
} others[] = {
	{ WHOLE, 1, true },
	{ SECTOR, 1, true },
	{ FAILS, 1, false },
	{ WHOLE, 2, false },
	{ "fsync of a descriptor opened afterwards fails with -EIO", 1, false },
};

START_TEST(one_loss_by_one_patch_is_one_cause)
{
	AUTO(review_release) struct review r = { 0 };

	add(&r, 1, "xfs", "C01", WHOLE);
	add(&r, others[_i].patch, "ext4", "C08", others[_i].says);
	ck_assert(cause_is_same(&r.findings[0], &r.findings[1]) ==
		  others[_i].is_same);
	ck_assert(tell_is_first(&r, 1) != others[_i].is_same);
}
END_TEST

START_TEST(another_kind_is_another_cause)
{
	AUTO(review_release) struct review r = { 0 };

	add(&r, 1, "xfs", "C01", WHOLE);
	add(&r, 1, "xfs", "C01", WHOLE);
	r.findings[1].kind = FINDING_UNCOVERED;
	ck_assert(!cause_is_same(&r.findings[0], &r.findings[1]));
}
END_TEST

START_TEST(writes_of_several_sizes_are_told_without_one)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(mem_free) char *one = NULL;
	AUTO(mem_free) char *several = NULL;

	add(&r, 1, "xfs", "C01", WHOLE);
	one = tell_sentence(&r, &r.findings[0]);
	ck_assert_str_eq(one, "on xfs, " WHOLE);
	add(&r, 1, "gfs2", "N04", SECTOR);
	several = tell_sentence(&r, &r.findings[0]);
	ck_assert_str_eq(several, "on xfs and gfs2, a direct write returns 0: "
				  "nothing was written");
}
END_TEST

START_TEST(filesystems_with_the_same_scenarios_share_a_line)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf out = { 0 };

	add(&r, 1, "xfs", "C01", WHOLE);
	add(&r, 1, "xfs", "N04", SECTOR);
	add(&r, 1, "xfs1k", "C01", WHOLE);
	add(&r, 1, "xfs1k", "N04", SECTOR);
	add(&r, 1, "zonefs", "C01", WHOLE);
	add(&r, 1, "gfs2", "C01", WHOLE);
	r.findings[5].patched.seen = 1;
	add(&r, 1, "ext4", "C01", FAILS);
	buf_init(&out, 1 << 16);
	counts_tell(&out, &r, &r.findings[0], 72);
	ck_assert_str_eq(buf_text(&out), "  seen in 0 of 2 runs on the base, "
					 "in 2 of 2 with the series:\n"
					 "    xfs xfs1k: C01 N04\n"
					 "    zonefs: C01\n"
					 "  seen in 0 of 2 runs on the base, "
					 "in 1 of 2 with the series:\n"
					 "    gfs2: C01\n");
}
END_TEST

TEST_MAIN("cause", TABLE(one_loss_by_one_patch_is_one_cause, others),
	  TEST(another_kind_is_another_cause),
	  TEST(writes_of_several_sizes_are_told_without_one),
	  TEST(filesystems_with_the_same_scenarios_share_a_line))
