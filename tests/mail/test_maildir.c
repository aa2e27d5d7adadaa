/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/maildir.h"

#include "bot/base/fs.h"
#include "tests/support/support.h"

#define ID "20260801.1@example.net"

struct place {
	char *dir;
};

static struct place place_new(void)
{
	struct place p = { .dir = support_tmpdir() };
	struct err err = ERR_INIT;

	ck_ok(maildir_make(p.dir, &err), &err);
	return p;
}

static void place_release(struct place *p)
{
	struct err err = ERR_INIT;

	ck_ok(fs_remove_tree(p->dir, &err), &err);
	free(p->dir);
}
DEFINE_AUTO_VALUE(struct place, place_release)

static void put(const struct place *p, bool is_there, const char *text)
{
	AUTO(maildir_release) struct maildir box = { 0 };
	struct err err = ERR_INIT;

	ck_ok(maildir_begin(&box, p->dir, &err), &err);
	ck_ok(maildir_write(&box, ID, is_there, text, strlen(text), &err),
	      &err);
	ck_ok(maildir_end(&box, &err), &err);
}

static void expect_text(const struct place *p, const char *name,
			const char *text)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", p->dir, name);
	AUTO(buf_release) struct buf bytes = { 0 };
	struct err err = ERR_INIT;

	ck_ok(fs_read(&bytes, path, 100, &err), &err);
	ck_assert_str_eq(buf_text(&bytes), text);
}

START_TEST(a_name_is_a_function_of_the_message_id)
{
	AUTO(mem_free) char *name = maildir_name(ID);
	AUTO(mem_free) char *again = maildir_name(ID);
	AUTO(mem_free) char *other = maildir_name("../../etc/passwd");

	ck_assert_str_eq(name, again);
	ck_assert_uint_eq(strlen(name), strlen("cur/:2,S") + 64);
	ck_assert_uint_eq(strspn(other + 4, "0123456789abcdef"), 64);
}
END_TEST

START_TEST(nothing_is_seen_before_the_end_of_a_batch)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(maildir_release) struct maildir box = { 0 };
	AUTO(mem_free) char *name = NULL;
	struct err err = ERR_INIT;

	ck_ok(maildir_begin(&box, p.dir, &err), &err);
	ck_ok(maildir_write(&box, ID, false, "a", 1, &err), &err);
	ck_assert_ptr_null(maildir_find(p.dir, ID));
	ck_ok(maildir_end(&box, &err), &err);
	name = maildir_find(p.dir, ID);
	ck_assert_ptr_nonnull(name);
	expect_text(&p, name, "a");
}
END_TEST

START_TEST(a_batch_that_was_cut_off_leaves_nothing)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(maildir_release) struct maildir box = { 0 };
	AUTO(maildir_release) struct maildir next = { 0 };
	AUTO(mem_free) char *tmp = xasprintf("%s/tmp", p.dir);
	struct err err = ERR_INIT;

	ck_ok(maildir_begin(&box, p.dir, &err), &err);
	ck_ok(maildir_write(&box, ID, false, "a", 1, &err), &err);
	ck_ok(maildir_begin(&next, p.dir, &err), &err);
	ck_assert_int_eq(rmdir(tmp), 0); /* so it is empty */
}
END_TEST

START_TEST(a_mail_that_is_written_again_is_the_same_file)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mem_free) char *name = maildir_name(ID);

	put(&p, false, "a");
	put(&p, _i, "b");
	expect_text(&p, name, "b");
}
END_TEST

START_TEST(a_mail_that_a_reader_has_flagged_is_found_and_replaced)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mem_free) char *name = maildir_name(ID);
	AUTO(mem_free) char *flagged = NULL;
	AUTO(mem_free) char *found = NULL;
	AUTO(mem_free) char *from = xasprintf("%s/%s", p.dir, name);
	AUTO(mem_free) char *to = NULL;
	struct err err = ERR_INIT;

	put(&p, false, "a");
	flagged = xasprintf("%.*sFRS", (int)strlen(name) - 1, name);
	to = xasprintf("%s/%s", p.dir, flagged);
	ck_assert_int_eq(rename(from, to), 0);
	found = maildir_find(p.dir, ID);
	ck_assert_ptr_nonnull(found);
	ck_assert_str_eq(found, flagged);
	put(&p, true, "b");
	expect_text(&p, flagged, "b");
	ck_assert(!fs_exists(from));
	ck_ok(maildir_remove(p.dir, ID, &err), &err);
	ck_assert_ptr_null(maildir_find(p.dir, ID));
	ck_ok(maildir_remove(p.dir, ID, &err), &err);
}
END_TEST

TEST_MAIN("maildir", TEST(a_name_is_a_function_of_the_message_id),
	  TEST(nothing_is_seen_before_the_end_of_a_batch),
	  TEST(a_batch_that_was_cut_off_leaves_nothing),
	  { a_mail_that_is_written_again_is_the_same_file, 2 },
	  TEST(a_mail_that_a_reader_has_flagged_is_found_and_replaced))
