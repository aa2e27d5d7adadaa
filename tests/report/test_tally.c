/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/tally.h"

#include "bot/base/mem.h"
#include "tests/support/reviews.h"
#include "tests/support/support.h"

static struct tally tally_of(const struct revisions_row *v, size_t n,
			     bool applies)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < n; i++)
		tally_add(&t, &v[i], applies, NULL);
	return t;
}

/* A review of a verdict with findings of these kinds. */
static void add_review(struct tally *t, enum verdict verdict,
		       const enum finding_kind *kinds, size_t n)
{
	AUTO(review_release) struct review r = { .verdict = verdict };
	const struct revisions_row row = { .series = 100 + (int64_t)n,
					   .state = REVISIONS_JUDGED };

	r.environment.kernel = xstrdup("6.12");
	for (size_t i = 0; i < n; i++)
		review_add_finding(&r)->kind = kinds[i];
	tally_add(t, &row, true, &r);
}

START_TEST(the_table_reads_as_it_did)
{
	const struct revisions_row v[] = {
		{ .series = 1, .state = REVISIONS_SUPERSEDED },
		{ .series = 1, .state = REVISIONS_WAITING },
		{ .series = 2, .state = REVISIONS_INCOMPLETE },
		{ .series = 3, .state = REVISIONS_JUDGED },
		{ .series = 4, .state = REVISIONS_PARKED },
		{ .series = 5, .state = REVISIONS_READY },
		{ .series = 6,
		  .state = REVISIONS_ASIDE,
		  .reason = (char *)"userspace: xfsprogs" },
		{ .series = 7,
		  .state = REVISIONS_ASIDE,
		  .reason = (char *)"userspace: fstests" },
		{ .series = 8,
		  .state = REVISIONS_ASIDE,
		  .reason = (char *)"\x1b[2J\n hostile and longer than what "
				    "there is room for" },
		{ .series = 9, .state = REVISIONS_ASIDE },
	};
	static const enum finding_kind kinds[] = { FINDING_REGRESSION,
						   FINDING_REGRESSION,
						   FINDING_WARNING };
	AUTO(tally_release)
	struct tally t = tally_of(v, ARRAY_LEN(v), false);
	AUTO(buf_release) struct buf text = { 0 };

	add_review(&t, VERDICT_REGRESSION, kinds, 3);
	add_review(&t, VERDICT_SAME, kinds, 0);
	add_review(&t, VERDICT_SAME, kinds, 0);
	buf_init(&text, TALLY_MAX_BYTES);
	tally_print(&text, &t);
	reviews_expect("report", "tally.text", buf_text(&text), text.len);
}
END_TEST

/* Where a revision stands, and in which line of the table it is. */
static const struct {
	enum revisions_state state;
	bool applies, was_tried;
	const char *line; /* NULL: in none of them */
} places[] = {
	{ REVISIONS_READY, false, false, NULL },
	{ REVISIONS_PLACED, true, false, "applied" },
	{ REVISIONS_JUDGED, true, true, "reviewed" },
	{ REVISIONS_JUDGED, true, false, "merged" },
	{ REVISIONS_JUDGED, false, false, "unplaced" },
	{ REVISIONS_DONE, true, true, "reviewed" },
	{ REVISIONS_DONE, true, false, "merged" },
	{ REVISIONS_DONE, false, false, "unplaced" },
	{ REVISIONS_PARKED, true, true, NULL },
	{ REVISIONS_SUPERSEDED, true, true, NULL },
};

static bool is_line(int row, const char *name)
{
	return places[row].line && strcmp(places[row].line, name) == 0;
}

START_TEST(what_applies_is_counted_where_it_stands)
{
	const struct revisions_row row = { .state = places[_i].state };
	AUTO(review_release) struct review r = { 0 };
	AUTO(tally_release) struct tally t = { 0 };
	bool is_reviewed = is_line(_i, "reviewed");

	if (places[_i].was_tried)
		r.environment.kernel = xstrdup("6.12");
	tally_add(&t, &row, places[_i].applies, &r);
	ck_assert_uint_eq(t.revisions, 1);
	ck_assert_uint_eq(t.applied, is_reviewed || is_line(_i, "applied"));
	ck_assert_uint_eq(t.merged, is_line(_i, "merged"));
	ck_assert_uint_eq(t.unplaced, is_line(_i, "unplaced"));
	ck_assert_uint_eq(t.reviewed, is_reviewed);
}
END_TEST

START_TEST(a_table_of_nothing_divides_nothing)
{
	AUTO(tally_release) struct tally t = { 0 };
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, TALLY_MAX_BYTES);
	tally_print(&text, &t);
	ck_assert_ptr_null(strstr(buf_text(&text), "nan"));
	ck_assert_ptr_null(strchr(buf_text(&text), '%'));
}
END_TEST

TEST_MAIN("tally", TEST(the_table_reads_as_it_did),
	  TABLE(what_applies_is_counted_where_it_stands, places),
	  TEST(a_table_of_nothing_divides_nothing))
