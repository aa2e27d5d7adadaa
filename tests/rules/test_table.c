// SPDX-License-Identifier: GPL-2.0-or-later
#include "rules/table.h"

#include "rules/pair.h"
#include "tests/support/support.h"

/* A pair that was run once on each side, or on none where that is NULL. */
static void add_pair(struct review *r, const char *filesystem,
		     const char *scenario, enum pair_verdict verdict,
		     const char *base, const char *patched)
{
	const char *const returned[] = { base, patched };
	struct review_pair *p = review_add_pair(r);
	struct outcomes runs[2] = { 0 };

	for (int i = 0; i < 2; i++) {
		struct outcome o = { 0 };

		if (!returned[i])
			continue;
		o.filesystem = xstrdup(filesystem);
		o.scenario = xstrdup(scenario);
		o.run = 1;
		o.provoked = *returned[i] != '\0';
		outcome_add(&o, "dio.asked", "65536");
		outcome_add(&o, "dio.returned", returned[i]);
		outcome_add(&o, "fsync.buffered", "-EIO");
		outcome_add(&o, "fsync.direct", "0");
		outcomes_take(&runs[i], &o);
	}
	pair_fill(p, filesystem, scenario, &runs[0], &runs[1]);
	p->verdict = verdict;
	outcomes_release(&runs[0]);
	outcomes_release(&runs[1]);
}

static void fill(struct review *r)
{
	add_pair(r, "xfs", "C01", PAIR_REGRESSION, "65536", "0");
	add_pair(r, "ext4", "C01", PAIR_SAME, "65536", "65536");
	add_pair(r, "jfs", "C01", PAIR_SAME, "65536", "65536");
	add_pair(r, "gfs2", "C01", PAIR_NOT_PROVOKED, "", "");
	add_pair(r, "zonefs", "C01", PAIR_REGRESSION, "-EBUSY", "0");
	add_pair(r, "xfs", "C02w", PAIR_SAME, "65536", "65536");
	add_pair(r, "xfs", "C09", PAIR_REGRESSION, "65536", "0");
	review_add_scenario(r, "C01", "a store meets a write");
}

START_TEST(filesystems_that_answer_alike_share_a_row)
{
	AUTO(buf_release) struct buf out = { 0 };
	AUTO(review_release) struct review r = { 0 };

	fill(&r);
	buf_init(&out, 1 << 16);
	table_scenario(&out, &r, "C01", 72);
	ck_assert_str_eq(
		buf_text(&out),
		"  C01: a store meets a write\n"
		"                    returns       fsync           loses\n"
		"  xfs               65536 -> 0    -EIO, buffered  nobody -> "
		"direct\n"
		"  ext4 jfs          65536         -EIO, buffered  nobody\n"
		"  gfs2              not provoked\n"
		"  zonefs            -EBUSY -> 0   -EIO, buffered  direct\n");
}
END_TEST

/* What each kernel returned, "" of one that did not collide, NULL: not run. */
static const struct {
	const char *base, *patched;
	const char *row; /* behind the names */
} undone[] = {
	{ "65536", "65536", "65536    -EIO, buffered  nobody\n" },
	{ "65536", NULL, "not run\n" },
	{ "", NULL, "not run\n" },
	{ NULL, NULL, "not run\n" },
	{ "", "", "not provoked\n" },
	{ "65536", "", "65536 -> not provoked\n" },
	{ "", "65536", "not provoked -> 65536\n" },
	{ NULL, "65536", "not run -> 65536\n" },
};

START_TEST(of_what_was_not_done_no_more_is_said)
{
	AUTO(buf_release) struct buf out = { 0 };
	AUTO(review_release) struct review r = { 0 };
	AUTO(mem_free) char *got = NULL;
	const char *p;

	add_pair(&r, "xfs", "C01", PAIR_COULD_NOT_RUN, undone[_i].base,
		 undone[_i].patched);
	add_pair(&r, "gfs2", "C01", PAIR_SAME, "-EBUSY", "-EBUSY");
	buf_init(&out, 1 << 16);
	table_scenario(&out, &r, "C01", 72);
	p = strstr(buf_text(&out), "  xfs ");
	ck_assert_ptr_nonnull(p);
	for (p += 6; *p == ' '; p++)
		;
	got = xasprintf("%.*s\n", (int)strcspn(p, "\n"), p);
	ck_assert_str_eq(got, undone[_i].row);
	ck_assert_ptr_null(strstr(buf_text(&out), " \n"));
}
END_TEST

START_TEST(names_take_the_width_that_cells_leave)
{
	static const char *const names[] = { "ext2", "ext4",  "ext4ind",
					     "jfs",  "btrfs", "btrfscow",
					     "f2fs" };
	AUTO(buf_release) struct buf out = { 0 };
	AUTO(review_release) struct review r = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		add_pair(&r, names[i], "C01", PAIR_SAME, "65536", "65536");
	buf_init(&out, 1 << 16);
	table_scenario(&out, &r, "C01", 72);
	ck_assert_str_eq(
		buf_text(&out),
		"  C01\n"
		"                                         returns  fsync       "
		"    loses\n"
		"  ext2 ext4 ext4ind jfs btrfs btrfscow   65536    -EIO, "
		"buffered  nobody\n"
		"  f2fs\n");
}
END_TEST

START_TEST(what_has_no_table_is_named)
{
	AUTO(buf_release) struct buf out = { 0 };
	AUTO(review_release) struct review r = { 0 };

	fill(&r);
	buf_init(&out, 1 << 16);
	table_changed(&out, &r, 1, 72);
	ck_assert_ptr_nonnull(strstr(buf_text(&out), "C01: a store"));
	ck_assert_ptr_nonnull(
		strstr(buf_text(&out), "not the same either: C09\n"));
	ck_assert_ptr_null(strstr(buf_text(&out), "C02w"));
}
END_TEST

START_TEST(every_pair_is_counted)
{
	AUTO(buf_release) struct buf out = { 0 };
	AUTO(review_release) struct review r = { 0 };

	fill(&r);
	buf_init(&out, 1 << 16);
	table_sum(&out, &r, 78);
	ck_assert_str_eq(buf_text(&out),
			 "  7 pairs of a filesystem and a collision, 3 "
			 "regression, 3 same, 1 not\n    provoked\n");
	ck_assert(!table_is_small(&r));
}
END_TEST

TEST_MAIN("table", TEST(filesystems_that_answer_alike_share_a_row),
	  TABLE(of_what_was_not_done_no_more_is_said, undone),
	  TEST(names_take_the_width_that_cells_leave),
	  TEST(what_has_no_table_is_named), TEST(every_pair_is_counted))
