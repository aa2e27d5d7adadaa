/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/text.h"

#include "bot/base/mem.h"
#include "tests/support/reviews.h"
#include "tests/support/support.h"

static void print(struct buf *out, const struct review_case *c)
{
	AUTO(review_release) struct review r = { 0 };
	struct err err = ERR_INIT;

	reviews_make(&r, c);
	buf_init(out, TEXT_MAX_BYTES);
	text_from_review(out, &r, false);
	ck_ok(buf_check(out, c->name, &err), &err);
}

START_TEST(a_review_reads_as_it_did)
{
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(mem_free) char *name = xasprintf("%s.text", reviews[_i].name);

	print(&text, &reviews[_i]);
	reviews_expect("report", name, buf_text(&text), text.len);
}
END_TEST

/* Quoted hunks and tables keep their lines; the rest is wrapped. */
START_TEST(no_line_of_prose_is_wider_than_78_columns)
{
	AUTO(buf_release) struct buf text = { 0 };
	const char *p;

	print(&text, &reviews[_i]);
	for (p = buf_text(&text); *p;) {
		size_t len = strcspn(p, "\n");

		ck_assert_msg(len <= 78 || strncmp(p, "    ", 4) == 0,
			      "%s: %.*s", reviews[_i].name, (int)len, p);
		p += len + (p[len] == '\n');
	}
}
END_TEST

/* An empty line that is quoted is one blank of the diff, behind four of ours. */
START_TEST(no_line_ends_in_a_blank_that_is_ours)
{
	AUTO(buf_release) struct buf text = { 0 };

	print(&text, &reviews[_i]);
	for (const char *p = buf_text(&text); *p;) {
		size_t len = strcspn(p, "\n");

		ck_assert_msg(len == 0 || p[len - 1] != ' ' ||
				      strncmp(p, "     ", len) == 0,
			      "%s: '%.*s'", reviews[_i].name, (int)len, p);
		p += len + (p[len] == '\n');
	}
}
END_TEST

START_TEST(nothing_that_moves_a_cursor_is_printed)
{
	AUTO(buf_release) struct buf text = { 0 };

	print(&text, &reviews[_i]);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		ck_assert_msg(c == '\n' || c == '\t' || c >= 0x20, "%s: %02x",
			      reviews[_i].name, c);
	}
	ck_assert_ptr_null(strstr(buf_text(&text), "\xe2\x80\xae"));
}
END_TEST

START_TEST(a_record_that_nobody_filled_can_be_printed)
{
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(review_release) struct review r = { 0 };

	buf_init(&text, TEXT_MAX_BYTES);
	text_from_review(&text, &r, false);
	ck_assert_str_eq(buf_text(&text),
			 "could not tell: nothing was run\n\n  base: none\n");
}
END_TEST

static const struct {
	size_t n;
	const char *end;
} said[] = {
	{ 20, "  known\n\n  base: none\n" },
	{ 21, "  known\n  and 1 more\n\n  base: none\n" },
};

START_TEST(of_much_that_was_said_the_rest_is_counted)
{
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(review_release) struct review r = { 0 };
	const char *end;

	for (size_t i = 0; i < said[_i].n; i++)
		strings_push(&r.said, "known");
	buf_init(&text, TEXT_MAX_BYTES);
	text_from_review(&text, &r, false);
	end = buf_text(&text) + text.len - strlen(said[_i].end);
	ck_assert_str_eq(end, said[_i].end);
}
END_TEST

TEST_MAIN("text", TABLE(a_review_reads_as_it_did, reviews),
	  TABLE(no_line_of_prose_is_wider_than_78_columns, reviews),
	  TABLE(no_line_ends_in_a_blank_that_is_ours, reviews),
	  TABLE(nothing_that_moves_a_cursor_is_printed, reviews),
	  TEST(a_record_that_nobody_filled_can_be_printed),
	  TABLE(of_much_that_was_said_the_rest_is_counted, said))
