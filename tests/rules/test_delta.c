/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/delta.h"

#include "bot/mail/body.h"
#include "bot/report/record.h"
#include "tests/support/reviews.h"
#include "tests/support/support.h"

#define MAX_TEXT 65536
#define SHORT                                                               \
	"a direct write of 65536 bytes returns 0: nothing was written and " \
	"no error was given"

static void make(struct review *out, const char *name)
{
	for (size_t i = 0; i < REVIEWS; i++)
		if (strcmp(reviews[i].name, name) == 0)
			reviews_make(out, &reviews[i]);
	ck_assert_ptr_nonnull(out->subject);
}

/* @now, after what was told of @then. */
static void compare(struct review *now, const struct review *then)
{
	AUTO(told_release) struct told told = { 0 };

	told_from_review(&told, then);
	delta_find(now, &(struct delta_before){ .since = "v1",
						.answer = "told@y",
						.told = &told });
}

static const struct {
	const char *then, *now;
	size_t fixed, still, fresh, untried; /* sentences */
	bool is_wanted;
	const char *says; /* in one of them; or NULL */
} turns[] = {
	{ "sample", "sample", 0, 1, 0, 0, false, "xfs C01 C08 C09: " SHORT },
	{ "sample", "seed", 0, 1, 0, 0, false, NULL }, /* by another patch */
	{ "sample", "same", 1, 0, 0, 0, true, "xfs C01 C08 C09: " SHORT },
	{ "same", "sample", 0, 0, 1, 0, true, "xfs C01 C08 C09: " SHORT },
	{ "same", "same", 0, 0, 0, 0, false, NULL },
	{ "sample", "does-not-apply", 0, 0, 1, 1, true,
	  "does not apply to fs/" },
	{ "does-not-apply", "does-not-apply", 0, 1, 0, 0, false, NULL },
	{ "does-not-apply", "same", 1, 0, 0, 0, true, NULL },
	{ "does-not-apply", "incomplete", 0, 0, 1, 1, true, NULL },
	{ "incomplete", "same", 1, 0, 0, 0, true, "did not arrive" },
	/* what did not run is not fixed */
	{ "sample", "unprovoked", 1, 0, 0, 1, false, NULL },
	{ "sample", "does-not-compile", 0, 0, 1, 1, true, "the build breaks" },
	{ "panic", "does-not-compile", 0, 0, 1, 1, true, NULL },
	{ "panic", "same", 1, 0, 0, 0, true, "the kernel panicked" },
	{ "does-not-compile", "same", 1, 0, 0, 0, true, "the build breaks" },
	{ "warning", "warning", 0, 1, 0, 0, false, "the compiler warns in" },
	{ "warning", "same", 1, 0, 0, 0, true, NULL },
	/* it is whole at the end, and broken in between */
	{ "sample", "repaired", 1, 0, 1, 0, true, NULL },
	/* the write takes another way there now, which is told as such */
	{ "changed", "fixed", 1, 0, 0, 0, true, NULL },
};

static bool has(const struct strings *list, const char *part)
{
	for (size_t i = 0; i < list->n; i++)
		if (strstr(list->v[i], part))
			return true;
	return false;
}

START_TEST(what_was_told_is_still_so_or_fixed_or_not_tried)
{
	AUTO(review_release) struct review then = { 0 };
	AUTO(review_release) struct review now = { 0 };
	const struct review_delta *d = &now.delta;

	make(&then, turns[_i].then);
	make(&now, turns[_i].now);
	compare(&now, &then);
	ck_assert_uint_eq(d->fixed.n, turns[_i].fixed);
	ck_assert_uint_eq(d->still.n, turns[_i].still);
	ck_assert_uint_eq(d->fresh.n, turns[_i].fresh);
	ck_assert_uint_eq(d->untried.n, turns[_i].untried);
	ck_assert(body_is_wanted(&now) == turns[_i].is_wanted);
	if (turns[_i].says)
		ck_assert(has(&d->fixed, turns[_i].says) ||
			  has(&d->still, turns[_i].says) ||
			  has(&d->fresh, turns[_i].says));
}
END_TEST

static void answer(struct buf *out, const struct review *r, unsigned patch)
{
	AUTO(replies_free) struct replies *replies = NULL;
	struct err err = ERR_INIT;

	ck_ok(replies_read(&replies, "config/replies", NULL, &err), &err);
	buf_init(out, MAX_TEXT);
	body_write(out, &(struct body_spec){ .review = r,
					     .replies = replies,
					     .patch = patch,
					     .from = "a <a@b>",
					     .message_id = "id@y" });
}

/* Patch 2 adds a fault on ext4 to the one on xfs that was told. */
START_TEST(what_is_new_is_told_whole_and_what_is_known_in_a_line)
{
	AUTO(review_release) struct review then = { 0 };
	AUTO(review_release) struct review now = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	const char *told;

	make(&then, "sample");
	make(&now, "sample");
	free(now.findings[0].filesystem);
	now.findings[0].filesystem = xstrdup("ext4");
	compare(&now, &then);
	ck_assert(!now.findings[0].is_told);
	ck_assert(now.findings[1].is_told && now.findings[2].is_told);
	answer(&text, &now, 2);
	told = buf_text(&text);
	ck_assert_ptr_eq(told,
			 strstr(told, "Since v1, answered in <told@y>:\n\n"));
	ck_assert_ptr_nonnull(strstr(told, "  still: xfs C08 C09: a direct"));
	ck_assert_ptr_nonnull(strstr(told, "  new: ext4 C01: a direct write"));
	ck_assert_ptr_nonnull(strstr(told, "With this patch, on ext4, a"));
	ck_assert_ptr_null(strstr(told, "on xfs"));
}
END_TEST

START_TEST(when_all_is_fixed_the_mail_is_short)
{
	AUTO(review_release) struct review then = { 0 };
	AUTO(review_release) struct review now = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	const char *told;

	make(&then, "sample");
	make(&now, "same");
	compare(&now, &then);
	ck_assert(delta_is_all_fixed(&now.delta));
	answer(&text, &now, 0);
	told = buf_text(&text);
	ck_assert_ptr_nonnull(
		strstr(told, "Nothing that was told of v1 is seen any more."));
	ck_assert_ptr_nonnull(strstr(told, "  fixed: xfs C01 C08 C09: "));
	ck_assert_ptr_null(strstr(told, "Reported-by"));
	ck_assert_ptr_null(strstr(told, "To see it"));
	ck_assert_uint_lt(text.len, 1200);
}
END_TEST

START_TEST(what_changed_is_part_of_the_record)
{
	AUTO(review_release) struct review then = { 0 };
	AUTO(review_release) struct review now = { 0 };
	AUTO(review_release) struct review back = { 0 };
	AUTO(mem_free) char *first = NULL;
	AUTO(mem_free) char *again = NULL;
	struct err err = ERR_INIT;

	make(&then, "sample");
	make(&now, "repaired");
	compare(&now, &then);
	strings_push(&now.delta.skipped, "v2 did not apply");
	first = record_print(&now);
	ck_ok(record_parse(&back, first, strlen(first), &err), &err);
	ck_assert_str_eq(back.delta.since, "v1");
	ck_assert_str_eq(back.delta.skipped.v[0], "v2 did not apply");
	again = record_print(&back);
	ck_assert_str_eq(first, again);
}
END_TEST

START_TEST(what_was_told_is_kept_as_text)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(told_release) struct told told = { 0 };
	AUTO(told_release) struct told back = { 0 };
	AUTO(mem_free) char *text = NULL;
	struct err err = ERR_INIT;

	reviews_make(&r, &reviews[_i]);
	told_from_review(&told, &r);
	text = told_print(&told);
	ck_ok(told_parse(&back, text, &err), &err);
	ck_assert_uint_eq(back.n, told.n);
	for (size_t i = 0; i < told.n; i++)
		ck_assert_ptr_nonnull(told_find(&back, told.v[i].print));
}
END_TEST

static const char *const broken[] = {
	"{}",
	"[1]",
	"[{}]",
	"[",
	"[{\"print\":\"a\",\"kind\":\"b\"}]",
	("[{\"print\":\"a\",\"kind\":\"b\",\"says\":\"c\","
	 "\"filesystem\":\"xfs\"}]"),
};

START_TEST(what_was_told_and_cannot_be_read_is_an_error)
{
	AUTO(told_release) struct told t = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(told_parse(&t, broken[_i], &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_uint_eq(t.n, 0);
}
END_TEST

TEST_MAIN("delta",
	  TABLE(what_was_told_is_still_so_or_fixed_or_not_tried, turns),
	  TEST(what_is_new_is_told_whole_and_what_is_known_in_a_line),
	  TEST(when_all_is_fixed_the_mail_is_short),
	  TEST(what_changed_is_part_of_the_record),
	  TABLE(what_was_told_is_kept_as_text, reviews),
	  TABLE(what_was_told_and_cannot_be_read_is_an_error, broken))
