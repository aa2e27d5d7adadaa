/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/replies.h"

#include "bot/base/buf.h"
#include "bot/base/fs.h"
#include "bot/mail/fill.h"
#include "tests/support/support.h"

#define STANDARD "config/replies"

static void write_own(const char *dir, const char *file, const char *text)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", dir, file);
	struct err err = ERR_INIT;

	ck_ok(fs_write(path, text, strlen(text), &err), &err);
}

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
	const char *mail; /* what is said of a build that breaks */
} owns[] = {
	{ "of-build.txt", "{says}, alas.\n", "it breaks, alas.\n" },
	{ "of-change.txt~", "of an editor {\n", "With b, it breaks.\n" },
	{ "README", "not one of them {\n", "With b, it breaks.\n" },
	{ "because-tool.txt", "# in short\n\nThe fault was mine.\n",
	  "With b, it breaks.\n" },
	{ "answer.txt", "{orders}\n\n#collider help\n",
	  "With b, it breaks.\n" },
	{ ".of-build.txt.swp.txt", "of an editor {\n", "With b, it breaks.\n" },
};

START_TEST(an_operators_own_are_used_and_what_they_lack_is_ours)
{
	const char *const values[SAYING_FIELDS] = {
		[SAYING_PATCH] = "b", [SAYING_SAYS] = "it breaks"
	};
	AUTO(replies_free) struct replies *r = NULL;
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(buf_release) struct buf mail = { 0 };
	struct err err = ERR_INIT;

	write_own(dir, owns[_i].file, owns[_i].text);
	ck_ok(replies_read(&r, STANDARD, dir, &err), &err);
	buf_init(&mail, TEMPLATE_MAX_BYTES);
	fill_write(&mail, r->v[REPLY_BUILD], values, 72);
	ck_assert_str_eq(buf_text(&mail), owns[_i].mail);
	ck_assert_ptr_nonnull(r->v[REPLY_REPORT]);
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

static const struct {
	const char *file;
	const char *text;
	const char *says; /* behind the folder */
} refused[] = {
	{ "of-build.txt", "# mine\n\nWith {pach}, {says}.\n",
	  "/of-build.txt:3: there is no field 'pach'" },
	{ "report.txt", "{sentence}\n",
	  "/report.txt:1: the field 'gone' is missing" },
	{ "of-question.txt", "gr\xfc\xdf {says}\n",
	  "/of-question.txt:1: this is not UTF-8" },
	{ "because-tool.txt", "{why}\n",
	  "/because-tool.txt:1: there is no field 'why'" },
	{ "answer.txt", "#collider help\n",
	  "/answer.txt:1: the field 'orders' is missing" },
	{ "raport.txt", "{sentence}\n",
	  "/raport.txt:1: there is no text of that name" },
};

START_TEST(what_cannot_be_filled_is_refused_with_its_place)
{
	AUTO(replies_free) struct replies *r = NULL;
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *says = xasprintf("%s%s", dir, refused[_i].says);
	struct err err = ERR_INIT;

	write_own(dir, refused[_i].file, refused[_i].text);
	ck_assert_int_eq(replies_read(&r, STANDARD, dir, &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.msg, says);
	err = (struct err)ERR_INIT;
	ck_ok(fs_remove_tree(dir, &err), &err);
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
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;

	buf_init(&text, 2 * TEMPLATE_MAX_BYTES);
	while (text.len <= TEMPLATE_MAX_BYTES)
		buf_adds(&text, "{says}\n");
	write_own(dir, "of-build.txt", buf_text(&text));
	ck_assert_int_eq(replies_read(&r, STANDARD, dir, &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.msg, "of-build.txt"));
	err = (struct err)ERR_INIT;
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

TEST_MAIN("replies", TEST(what_is_shipped_can_be_filled),
	  TABLE(an_operators_own_are_used_and_what_they_lack_is_ours, owns),
	  TABLE(what_cannot_be_filled_is_refused_with_its_place, refused),
	  TEST(a_folder_that_is_not_there_is_refused),
	  TEST(one_past_the_ceiling_is_refused))
