/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/support.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/run/beneath.h"

/* A folder "root" with a few things in it, and a folder "outside" beside it. */
struct place {
	char *dir;
	int root;
};

static void write_at(const char *dir, const char *name)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", dir, name);
	struct err err = ERR_INIT;

	ck_ok(fs_write(path, "old", 3, &err), &err);
}

static void make_place(struct place *p)
{
	AUTO(mem_free) char *root = NULL;
	AUTO(mem_free) char *deep = NULL;
	AUTO(mem_free) char *outside = NULL;
	struct err err = ERR_INIT;

	p->dir = support_tmpdir();
	root = xasprintf("%s/root", p->dir);
	deep = xasprintf("%s/fs/xfs", root);
	outside = xasprintf("%s/outside", p->dir);
	ck_ok(fs_mkdirs(deep, 0755, &err), &err);
	ck_ok(fs_mkdirs(outside, 0755, &err), &err);
	write_at(root, "Makefile");
	write_at(deep, "file.c");
	write_at(outside, "victim");
	p->root = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(p->root, 0);
	ck_assert_int_eq(symlinkat("../outside", p->root, "out"), 0);
	ck_assert_int_eq(symlinkat("fs", p->root, "in"), 0);
	ck_assert_int_eq(symlinkat("../outside/victim", p->root, "leaf"), 0);
	ck_assert_int_eq(mkfifoat(p->root, "fifo", 0644), 0);
}

static void remove_place(struct place *p)
{
	struct err err = ERR_INIT;

	ck_ok(fs_remove_tree(p->dir, &err), &err);
	close(p->root);
	free(p->dir);
}

static int bytes_fd(const char *text)
{
	int fd = memfd_create("bytes", MFD_CLOEXEC);
	size_t len = strlen(text);

	ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static int put(const struct place *p, const char *path, unsigned mode,
	       const char *text, struct err *err)
{
	AUTO(fd_close) int fd = bytes_fd(text);

	return beneath_put(p->root, path, mode, fd, err);
}

static void ck_holds(const struct place *p, const char *path, const char *text)
{
	AUTO(mem_free) char *full = xasprintf("%s/%s", p->dir, path);
	AUTO(buf_release) struct buf got = { 0 };
	struct err err = ERR_INIT;

	ck_ok(fs_read(&got, full, 1000, &err), &err);
	ck_assert_str_eq(buf_text(&got), text);
}

static const struct {
	const char *path;
	bool ok;
} paths[] = {
	{ "Makefile", true },
	{ "fs/xfs/file.c", true },
	{ "a..b/.gitignore", true },
	{ "", false },
	{ "/etc/passwd", false },
	{ "../x", false },
	{ "a/../b", false },
	{ "a/..", false },
	{ "./a", false },
	{ "a//b", false },
	{ "a/", false },
	{ ".git/config", false },
	{ "a/.GIT/hooks", false },
	{ "a\nb", false },
};

START_TEST(a_path_is_plain_or_refused)
{
	ck_assert_int_eq(beneath_is_path(paths[_i].path), paths[_i].ok);
}
END_TEST

static const struct {
	size_t len;
	bool ok;
} lengths[] = { { BENEATH_MAX_PATH, true }, { BENEATH_MAX_PATH + 1, false } };

START_TEST(a_path_has_a_longest)
{
	AUTO(mem_free) char *path = xcalloc(lengths[_i].len + 1, 1);

	memset(path, 'a', lengths[_i].len);
	ck_assert_int_eq(beneath_is_path(path), lengths[_i].ok);
}
END_TEST

START_TEST(a_file_is_made_anew)
{
	struct place p;
	struct stat before = { 0 }, after = { 0 };
	AUTO(fd_close) int held = -1;
	struct err err = ERR_INIT;

	make_place(&p);
	held = openat(p.root, "Makefile", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(fstat(held, &before), 0);
	ck_ok(put(&p, "Makefile", 0100755, "new", &err), &err);
	ck_assert_int_eq(fstatat(p.root, "Makefile", &after, 0), 0);
	ck_assert_uint_eq(after.st_mode & 0777, 0755);
	ck_assert_uint_ne(before.st_ino, after.st_ino);
	ck_holds(&p, "root/Makefile", "new");
	ck_ok(put(&p, "a/b/c", 0100644, "deep", &err), &err);
	ck_holds(&p, "root/a/b/c", "deep");
	remove_place(&p);
}
END_TEST

START_TEST(a_symlink_is_replaced_and_never_followed)
{
	struct place p;
	struct err err = ERR_INIT;
	char target[100] = "";

	make_place(&p);
	ck_ok(put(&p, "leaf", 0100644, "new", &err), &err);
	ck_holds(&p, "root/leaf", "new");
	ck_holds(&p, "outside/victim", "old");
	ck_ok(put(&p, "link", 0120000, "/etc/passwd", &err), &err);
	ck_assert_int_eq(readlinkat(p.root, "link", target, 99), 11);
	ck_assert_str_eq(target, "/etc/passwd");
	remove_place(&p);
}
END_TEST

/* What is refused, and how it is told. */
static const struct {
	const char *path;
	unsigned mode;
	const char *says;
} refused[] = {
	{ "out/new", 0100644, "'out/new' leads through a symlink" },
	{ "out/deep/new", 0100644, "'out/deep/new' leads through a symlink" },
	{ "in/xfs/file.c", 0100644, "'in/xfs/file.c' leads through a symlink" },
	{ "../x", 0100644, "'../x' is no plain relative path" },
	{ "fs", 0100644, "cannot replace 'fs': Is a directory" },
	{ "Makefile/x", 0100644, "'Makefile/x': Not a directory" },
	{ "sub", 0160000, "'sub' is neither file nor symlink: mode 160000" },
	{ "setuid", 0104755,
	  "'setuid' is neither file nor symlink: mode "
	  "104755" },
};

START_TEST(a_wrong_place_is_refused)
{
	struct place p;
	struct err err = ERR_INIT;

	make_place(&p);
	ck_assert_int_eq(put(&p, refused[_i].path, refused[_i].mode, "x", &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_str_eq(err.msg, refused[_i].says);
	ck_holds(&p, "outside/victim", "old");
	remove_place(&p);
}
END_TEST

static const struct {
	const char *path, *says;
} unreadable[] = {
	{ "leaf", "'leaf' leads through a symlink" },
	{ "in/xfs/file.c", "'in/xfs/file.c' leads through a symlink" },
	{ "out/victim", "'out/victim' leads through a symlink" },
	{ "none", "'none': No such file or directory" },
	{ "fs", "'fs' is not a regular file" },
	{ "fifo", "'fifo' is not a regular file" },
	{ "/etc/passwd", "'/etc/passwd' is no plain relative path" },
};

START_TEST(only_a_regular_file_beneath_is_read)
{
	struct place p;
	struct err err = ERR_INIT;
	int fd = -1;

	make_place(&p);
	ck_assert_int_eq(beneath_open(&fd, p.root, unreadable[_i].path, &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_str_eq(err.msg, unreadable[_i].says);
	ck_assert_int_eq(fd, -1);
	remove_place(&p);
}
END_TEST

START_TEST(a_deleted_file_takes_its_empty_folders)
{
	struct place p;
	struct err err = ERR_INIT;

	make_place(&p);
	ck_ok(put(&p, "a/b/c", 0100644, "1", &err), &err);
	ck_ok(put(&p, "a/d", 0100644, "2", &err), &err);
	ck_ok(beneath_delete(p.root, "a/b/c", &err), &err);
	ck_assert_int_lt(faccessat(p.root, "a/b", F_OK, 0), 0);
	ck_holds(&p, "root/a/d", "2");
	ck_ok(beneath_delete(p.root, "leaf", &err), &err);
	ck_holds(&p, "outside/victim", "old");
	ck_assert_int_eq(beneath_delete(p.root, "a/b/c", &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	remove_place(&p);
}
END_TEST

TEST_MAIN("beneath", TABLE(a_path_is_plain_or_refused, paths),
	  TABLE(a_path_has_a_longest, lengths), TEST(a_file_is_made_anew),
	  TEST(a_symlink_is_replaced_and_never_followed),
	  TABLE(a_wrong_place_is_refused, refused),
	  TABLE(only_a_regular_file_beneath_is_read, unreadable),
	  TEST(a_deleted_file_takes_its_empty_folders))
