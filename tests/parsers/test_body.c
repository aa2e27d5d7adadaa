/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "parsers/body.h"
#include "tests/support/support.h"

#define DIFF "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
#define ID "0123456789012345678901234567890123456789"

static void read_text(struct body *b, const char *text)
{
	body_init(b, 10000);
	body_add(b, &(struct body_part){ .text = text, .len = strlen(text) });
}

static const struct {
	const char *text, *log, *notes, *diff;
} parts[] = {
	{ "a\n---\nb\n" DIFF, "a\n", "b\n", DIFF },
	{ "a\n---  \t\nb\n" DIFF, "a\n", "b\n", DIFF },
	{ "a\n--- b\n" DIFF, "a\n", "", DIFF },
	{ "a\n---b\n" DIFF, "a\n---b\n", "", DIFF },
	{ "a\n----\n" DIFF, "a\n----\n", "", DIFF },
	{ "a\n" DIFF, "a\n", "", DIFF },
	{ "a\n" DIFF "-- \n2.39\n", "a\n", "", DIFF "-- \n2.39\n" },
	{ "a\n---\n> " DIFF, "a\n", "> --- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
	  "" },
	{ "a\ndiff --git a/x b/x\nindex 1..2\n" DIFF, "a\n", "",
	  "diff --git a/x b/x\nindex 1..2\n" DIFF },
	{ "diff --git a/x b/x\nnew file mode 100644\n", "", "",
	  "diff --git a/x b/x\nnew file mode 100644\n" },
	{ "diff --git a/x b/x\nsimilarity index 100%\nrename from x\n", "", "",
	  "diff --git a/x b/x\nsimilarity index 100%\nrename from x\n" },
	{ " diff --git a/x b/x\nindex 1..2\n",
	  " diff --git a/x b/x\nindex 1..2\n", "", "" },
	{ "diff --git is a program\n", "diff --git is a program\n", "", "" },
	{ "diff -Nru a/x b/x\n" DIFF, "", "", "diff -Nru a/x b/x\n" DIFF },
	{ "diff -u is one\n", "diff -u is one\n", "", "" },
	{ "Index: x\n=====\n" DIFF, "", "", "Index: x\n=====\n" DIFF },
	{ "Index: of things\n", "Index: of things\n", "", "" },
	{ "--- a/x\n+++ b/x\nno hunk\n", "", "+++ b/x\nno hunk\n", "" },
	{ "a  \n\n\n\nb\t\n\n", "a\n\nb\n", "", "" },
	{ "\n\n a\n", " a\n", "", "" },
	{ "a", "a\n", "", "" },
	{ "", "", "", "" },
	{ "a\r\nb\r\n---\r\n--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-a\r\n",
	  "a\nb\n", "", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n" },
	{ "a\r\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\r\n", "a\n", "",
	  "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\r\n" },
	{ "gone\n-- >8 --\na\n", "a\n", "", "" },
	{ "gone\n--- 8< --- cut here --- 8< ---\na\n", "a\n", "", "" },
	{ "a\n- >8 -\n", "a\n- >8 -\n", "", "" },
	{ "a\nlong words with one mark -- >8 -- in the middle\n",
	  "a\nlong words with one mark -- >8 -- in the middle\n", "", "" },
	{ "a\n---\n-- >8 --\n" DIFF, "a\n", "-- >8 --\n", DIFF },
};

START_TEST(text_falls_into_log_notes_and_diff)
{
	AUTO(body_release) struct body b;

	read_text(&b, parts[_i].text);
	ck_assert_str_eq(buf_text(&b.log), parts[_i].log);
	ck_assert_str_eq(buf_text(&b.notes), parts[_i].notes);
	ck_assert_str_eq(buf_text(&b.diff), parts[_i].diff);
}
END_TEST

static const struct {
	const char *text, *from, *subject, *date, *log;
} tops[] = {
	{ "From: A <a@b>\n\nx\n", "A <a@b>", "", "", "x\n" },
	{ "\n\nFrom: A <a@b>\nx\n", "A <a@b>", "", "", "x\n" },
	{ "from: a\nSUBJECT: b\nDate: c\n\nx\n", "a", "b", "c", "x\n" },
	{ "Subject: b\n c\n\td\n\nx\n", "", "b c d", "", "x\n" },
	{ "From: a\nFrom: b\n\nx\n", "a", "", "", "From: b\n\nx\n" },
	{ "From: a\n\nSubject: b\n", "a", "", "", "Subject: b\n" },
	{ "x\nFrom: a\n", "", "", "", "x\nFrom: a\n" },
	{ "From:a\n", "", "", "", "From:a\n" },
	{ "To: a\nFrom: b\n", "", "", "", "To: a\nFrom: b\n" },
	{ "[PATCH] b\n\nx\n", "", "[PATCH] b", "", "x\n" },
	{ "From " ID
	  " Mon Sep 17 00:00:00 2001\nFrom: a\nX-Other: c\n d\n\nx\n",
	  "a", "", "", "x\n" },
	{ ">From " ID " Mon Sep 17 00:00:00 2001\nFrom: a\n\nx\n", "a", "", "",
	  "x\n" },
	{ "From: a\n\ngone\n-- >8 --\nSubject: b\n\nx\n", "", "b", "", "x\n" },
};

START_TEST(headers_at_the_top_are_taken_out_of_the_log)
{
	AUTO(body_release) struct body b;

	read_text(&b, tops[_i].text);
	ck_assert_str_eq(buf_text(&b.from), tops[_i].from);
	ck_assert_str_eq(buf_text(&b.subject), tops[_i].subject);
	ck_assert_str_eq(buf_text(&b.date), tops[_i].date);
	ck_assert_str_eq(buf_text(&b.log), tops[_i].log);
}
END_TEST

static const struct {
	const char *text;
	bool has_diffstat;
} stats[] = {
	{ " 1 file changed, 1 insertion(+)\n", true },
	{ " 12 files changed, 1 insertion(+)\n", true },
	{ "---\n 2 files changed\n", true },
	{ "some files changed\n", false },
	{ "> 2 files changed\n", false },
};

START_TEST(a_diffstat_is_known_by_its_last_line)
{
	AUTO(body_release) struct body b;

	read_text(&b, stats[_i].text);
	ck_assert_int_eq(b.has_diffstat, stats[_i].has_diffstat);
}
END_TEST

START_TEST(an_attachment_without_a_diff_is_no_text_of_the_mail)
{
	AUTO(body_release) struct body b;

	read_text(&b, "a\n");
	body_add(&b, &(struct body_part){
			     .text = "dmesg\n",
			     .len = 6,
			     .is_attachment = true,
		     });
	ck_assert_str_eq(buf_text(&b.log), "a\n");
}
END_TEST

START_TEST(a_text_that_is_too_large_is_remembered)
{
	AUTO(body_release) struct body b;
	struct err err = ERR_INIT;

	body_init(&b, 3);
	body_add(&b, &(struct body_part){ .text = "abcd\n", .len = 5 });
	ck_assert_int_eq(buf_check(&b.log, "text", &err), -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

static void dump(struct buf *out, const char *bytes, size_t len)
{
	AUTO(body_release) struct body b;

	body_init(&b, out->max);
	body_add(&b, &(struct body_part){ .text = bytes, .len = len });
	buf_addf(out, "from '%s'\nsubject '%s'\ndate '%s'\n", buf_text(&b.from),
		 buf_text(&b.subject), buf_text(&b.date));
	buf_addf(out, "log\n%snotes%s\n%sdiff\n%s", buf_text(&b.log),
		 b.has_diffstat ? ", diffstat" : "", buf_text(&b.notes),
		 buf_text(&b.diff));
}

START_TEST(golden_bodies_are_cut_as_expected)
{
	support_golden("body", ".txt", dump);
}
END_TEST

TEST_MAIN("body", TABLE(text_falls_into_log_notes_and_diff, parts),
	  TABLE(headers_at_the_top_are_taken_out_of_the_log, tops),
	  TABLE(a_diffstat_is_known_by_its_last_line, stats),
	  TEST(an_attachment_without_a_diff_is_no_text_of_the_mail),
	  TEST(a_text_that_is_too_large_is_remembered),
	  TEST(golden_bodies_are_cut_as_expected))
