/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/replies.h"

#include "bot/base/buf.h"
#include "bot/base/fs.h"
#include "tests/support/support.h"

#define STANDARD "config/replies"

START_TEST(what_is_shipped_can_be_filled)
{
	AUTO(replies_free) struct replies *r = NULL;
	struct err err = ERR_INIT;

	ck_ok(replies_read(&r, STANDARD, NULL, &err), &err);
	for (int i = 0; i < REPLIES; i++)
		ck_assert_ptr_nonnull(r->v[i]);
}
END_TEST

static const struct {
	const char *file;
	const char *text;
	const char *says; /* NULL: it is fine; else what follows the folder */
} owns[] = {
	{ "of-build.txt", "{says}, alas\n", NULL },
	{ "README", "not one of them {\n", NULL },
	{ ".of-build.txt.swp.txt", "of an editor {\n", NULL },
	{ "of-build.txt", "# mine\n\nWith {pach}, {says}.\n",
	  "/of-build.txt:3: there is no field 'pach'" },
	{ "report.txt", "{sentence}\n",
	  "/report.txt:1: the field 'gone' is missing" },
	{ "of-question.txt", "gr\xfc\xdf {says}\n",
	  "/of-question.txt:1: this is not UTF-8" },
	{ "raport.txt", "{sentence}\n",
	  "/raport.txt:1: there is no text of that name" },
};

START_TEST(an_operators_own_are_read_and_what_they_lack_is_ours)
{
	AUTO(replies_free) struct replies *r = NULL;
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *path = xasprintf("%s/%s", dir, owns[_i].file);
	AUTO(mem_free) char *says = NULL;
	struct err err = ERR_INIT;

	ck_ok(fs_write(path, owns[_i].text, strlen(owns[_i].text), &err), &err);
	if (!owns[_i].says) {
		ck_ok(replies_read(&r, STANDARD, dir, &err), &err);
		ck_assert_ptr_nonnull(r->v[REPLY_REPORT]);
		return;
	}
	ck_assert_int_eq(replies_read(&r, STANDARD, dir, &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	says = xasprintf("%s%s", dir, owns[_i].says);
	ck_assert_str_eq(err.msg, says);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_refused)
{
	AUTO(replies_free) struct replies *r = NULL;
	struct err err = ERR_INIT;

	ck_assert_int_eq(replies_read(&r, STANDARD, "/nowhere", &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
}
END_TEST

START_TEST(one_past_the_ceiling_is_refused)
{
	AUTO(replies_free) struct replies *r = NULL;
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *path = xasprintf("%s/of-build.txt", dir);
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;

	buf_init(&text, 2 * TEMPLATE_MAX_BYTES);
	while (text.len <= TEMPLATE_MAX_BYTES)
		buf_adds(&text, "{says}\n");
	ck_ok(fs_write(path, buf_text(&text), text.len, &err), &err);
	ck_assert_int_eq(replies_read(&r, STANDARD, dir, &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.msg, "of-build.txt"));
}
END_TEST

TEST_MAIN("replies", TEST(what_is_shipped_can_be_filled),
	  TABLE(an_operators_own_are_read_and_what_they_lack_is_ours, owns),
	  TEST(a_folder_that_is_not_there_is_refused),
	  TEST(one_past_the_ceiling_is_refused))
