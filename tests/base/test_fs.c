/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "tests/support/support.h"

static const struct {
	const char *path;
	const char *dir;
	bool below;
} places[] = {
	{ "/mail", "/mail", true },	  { "/mail/cur", "/mail", true },
	{ "/mail/cur", "/mail/", true },  { "/mailbox", "/mail", false },
	{ "/mai", "/mail", false },	  { "/x", "/", true },
	{ "fs/xfs/a.c", "fs/xfs", true }, { "fs/xfsprogs", "fs/xfs", false },
};

START_TEST(below_ends_at_a_border)
{
	ck_assert_int_eq(fs_is_below(places[_i].path, places[_i].dir),
			 places[_i].below);
}
END_TEST

static char *dir;

static void in_tmpdir(void)
{
	dir = support_tmpdir();
}

static char *below(const char *name)
{
	return xasprintf("%s/%s", dir, name);
}

START_TEST(what_was_written_is_read_up_to_the_ceiling)
{
	AUTO(mem_free) char *path = NULL;
	AUTO(buf_release) struct buf b = { 0 };
	struct err err = ERR_INIT;

	in_tmpdir();
	path = below("f");
	ck_ok(fs_write(path, "12345", 5, &err), &err);
	ck_ok(fs_read(&b, path, 5, &err), &err);
	ck_assert_str_eq(buf_text(&b), "12345");
	buf_release(&b);
	ck_assert_int_eq(fs_read(&b, path, 4, &err), -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	err = (struct err)ERR_INIT;
	ck_ok(fs_remove_tree(dir, &err), &err);
	free(dir);
}
END_TEST

START_TEST(only_a_regular_file_is_read)
{
	AUTO(mem_free) char *fifo = NULL;
	AUTO(buf_release) struct buf b = { 0 };
	struct err err = ERR_INIT;

	in_tmpdir();
	fifo = below("fifo");
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	ck_assert_int_eq(fs_read(&b, fifo, 10, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	err = (struct err)ERR_INIT;
	ck_assert_int_eq(fs_read(&b, dir, 10, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	err = (struct err)ERR_INIT;
	ck_ok(fs_remove_tree(dir, &err), &err);
	free(dir);
}
END_TEST

START_TEST(a_tree_is_removed_but_nothing_through_its_symlinks)
{
	AUTO(mem_free) char *kept = NULL;
	AUTO(mem_free) char *deep = NULL;
	AUTO(mem_free) char *link = NULL;
	AUTO(mem_free) char *tree = NULL;
	struct err err = ERR_INIT;

	in_tmpdir();
	kept = below("kept");
	tree = below("tree");
	deep = below("tree/a/b");
	link = below("tree/a/link");
	ck_ok(fs_mkdirs(kept, 0755, &err), &err);
	ck_ok(fs_mkdirs(deep, 0755, &err), &err);
	ck_assert_int_eq(symlink(kept, link), 0);
	ck_assert_int_eq(chmod(deep, 0), 0);
	ck_ok(fs_remove_tree(tree, &err), &err);
	ck_assert(!fs_exists(tree) && fs_is_dir(kept));
	ck_ok(fs_remove_tree(tree, &err), &err); /* and again is fine */
	ck_ok(fs_remove_tree(dir, &err), &err);
	free(dir);
}
END_TEST

START_TEST(a_folder_where_a_file_stands_is_an_error)
{
	AUTO(mem_free) char *path = NULL;
	AUTO(mem_free) char *under = NULL;
	struct err err = ERR_INIT;

	in_tmpdir();
	path = below("f");
	under = below("f/g");
	ck_ok(fs_write(path, "", 0, &err), &err);
	ck_assert_int_eq(fs_mkdirs(path, 0755, &err), -1);
	err = (struct err)ERR_INIT;
	ck_assert_int_eq(fs_mkdirs(under, 0755, &err), -1);
	err = (struct err)ERR_INIT;
	ck_ok(fs_remove_tree(dir, &err), &err);
	free(dir);
}
END_TEST

START_TEST(programs_are_found_in_sbin_too)
{
	AUTO(mem_free) char *shell = fs_find_program("sh");
	AUTO(mem_free) char *nothing = fs_find_program("no-such-program");

	ck_assert_ptr_nonnull(shell);
	ck_assert_ptr_null(nothing);
}
END_TEST

START_TEST(a_program_is_looked_for_in_the_path_given)
{
	AUTO(mem_free) char *shell = fs_find_in("/nowhere:/bin", "sh");
	AUTO(mem_free) char *elsewhere = fs_find_in("/nowhere", "sh");
	AUTO(mem_free) char *folder = fs_find_in("/", "bin");

	ck_assert_str_eq(shell, "/bin/sh");
	ck_assert_ptr_null(elsewhere);
	ck_assert_ptr_null(folder);
}
END_TEST

START_TEST(what_is_beside_us_is_in_the_build_folder)
{
	AUTO(mem_free) char *path = fs_find_beside("collide");

	ck_assert_str_eq(path, COLLIDER_BUILD "/collide");
}
END_TEST

START_TEST(a_lock_is_one_holders_until_it_is_closed)
{
	AUTO(mem_free) char *place = support_tmpdir();
	AUTO(mem_free) char *path = xasprintf("%s/x", place);
	struct err err = ERR_INIT;
	int first, second;

	ck_ok(fs_lock(&first, path, &err), &err);
	ck_ok(fs_try_lock(&second, path, &err), &err);
	ck_assert_int_eq(second, -1);
	fd_close(first);
	ck_ok(fs_try_lock(&second, path, &err), &err);
	ck_assert_int_ge(second, 0);
	fd_close(second);
	ck_ok(fs_share_lock(&first, path, &err), &err);
	ck_ok(fs_share_lock(&second, path, &err), &err);
	fd_close(first);
	ck_ok(fs_try_lock(&first, path, &err), &err);
	ck_assert_int_eq(first, -1);
	fd_close(second);
	ck_ok(fs_remove_tree(place, &err), &err);
	ck_assert_int_eq(fs_try_lock(&second, path, &err), -1);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
}
END_TEST

TEST_MAIN("fs", TABLE(below_ends_at_a_border, places),
	  TEST(what_was_written_is_read_up_to_the_ceiling),
	  TEST(only_a_regular_file_is_read),
	  TEST(a_tree_is_removed_but_nothing_through_its_symlinks),
	  TEST(a_folder_where_a_file_stands_is_an_error),
	  TEST(programs_are_found_in_sbin_too),
	  TEST(a_program_is_looked_for_in_the_path_given),
	  TEST(what_is_beside_us_is_in_the_build_folder),
	  TEST(a_lock_is_one_holders_until_it_is_closed))
