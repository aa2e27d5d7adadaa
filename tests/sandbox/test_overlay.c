/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/support.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/run/beneath.h"
#include "bot/run/overlay.h"
#include "bot/run/privilege.h"
#include "bot/run/sandbox.h"

/* "l,o:w er" is a folder that mount options would not survive by name. */
static char *make_lower(const char *dir)
{
	AUTO(mem_free) char *lower = xasprintf("%s/l,o:w er", dir);
	AUTO(mem_free) char *file = xasprintf("%s/file", lower);
	struct err err = ERR_INIT;

	ck_ok(fs_mkdirs(lower, 0755, &err), &err);
	ck_ok(fs_write(file, "lower", 5, &err), &err);
	return TAKE(lower);
}

static void mount_at(struct overlay *o, const char *lower, const char *at)
{
	struct err err = ERR_INIT;

	ck_ok(overlay_mount(o, lower, at, 8, &err), &err);
}

static void put(const struct overlay *o, const char *path, const char *text)
{
	int pipe_ends[2];
	struct err err = ERR_INIT;

	ck_assert_int_eq(pipe(pipe_ends), 0);
	ck_assert_int_gt(write(pipe_ends[1], text, strlen(text)), 0);
	close(pipe_ends[1]);
	ck_ok(beneath_put(o->fd, path, 0100644, pipe_ends[0], &err), &err);
	close(pipe_ends[0]);
}

static char *new_dir(void)
{
	support_drop();
	return support_tmpdir();
}

/* What is mounted at @at would last as long as this process, and so would @dir. */
static void remove_all(const char *dir, const char *at)
{
	struct err err = ERR_INIT;

	ck_assert_int_eq(umount2(at, MNT_DETACH), 0);
	ck_ok(fs_remove_tree(dir, &err), &err);
}

START_TEST(a_change_is_seen_in_the_view_alone)
{
	AUTO(mem_free) char *dir = new_dir();
	AUTO(mem_free) char *lower = make_lower(dir);
	AUTO(mem_free) char *at = xasprintf("%s/overlay", dir);
	AUTO(overlay_release) struct overlay o = { 0 };
	AUTO(mem_free) char *below = xasprintf("%s/file", lower);
	AUTO(mem_free) char *view = NULL;
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(buf_release) struct buf kept = { 0 };
	struct err err = ERR_INIT;

	mount_at(&o, lower, at);
	put(&o, "file", "upper");
	view = xasprintf("%s/file", o.tree);
	ck_ok(fs_read(&text, view, 10, &err), &err);
	ck_assert_str_eq(buf_text(&text), "upper");
	ck_ok(fs_read(&kept, below, 10, &err), &err);
	ck_assert_str_eq(buf_text(&kept), "lower");
	ck_ok(beneath_delete(o.fd, "file", &err), &err);
	ck_assert(!fs_exists(view));
	ck_assert(fs_exists(below));
	overlay_release(&o);
	remove_all(dir, at);
}
END_TEST

/* What is run in the sandbox over the view, and what it must say. */
static const struct {
	const char *script, *says;
} scripts[] = {
	{ "cat file; echo new >file; cat file", "lowernew\n" },
	{ "head -c 20M /dev/zero >big 2>/dev/null || echo full", "full\n" },
	{ "echo $(stat -c %u file) | grep -vc '^0$'", "1\n" },
	{ "rm file; mkdir file; touch file/x; ls file", "x\n" },
	{ "chmod 755 file && stat -c %a file", "755\n" },
};

START_TEST(a_sandbox_works_on_the_view)
{
	AUTO(mem_free) char *dir = new_dir();
	AUTO(mem_free) char *lower = make_lower(dir);
	AUTO(mem_free) char *at = xasprintf("%s/overlay", dir);
	AUTO(overlay_release) struct overlay o = { 0 };
	AUTO(profile_free) struct profile *p = NULL;
	AUTO(buf_release) struct buf out = { 0 };
	struct sandbox_bind tree = { .to = "/linux", .writable = true };
	struct sandbox box = { .binds = &tree, .n_binds = 1 };
	struct child_result r;
	struct err err = ERR_INIT;

	mount_at(&o, lower, at);
	tree.from = o.tree;
	ck_ok(profile_read(&p, "build", &err), &err);
	box.profile = p;
	buf_init(&out, 1000);
	ck_ok(sandbox_run(
		      &r, &box,
		      &(struct child_spec){
			      .argv = (const char *const[]){ "/bin/sh", "-c",
							     scripts[_i].script,
							     NULL },
			      .dir = "/linux",
			      .out = &out },
		      &err),
	      &err);
	ck_assert_str_eq(buf_text(&out), scripts[_i].says);
	overlay_release(&o);
	remove_all(dir, at);
}
END_TEST

START_TEST(nothing_is_left_when_the_process_is_killed)
{
	AUTO(mem_free) char *dir = new_dir();
	AUTO(mem_free) char *lower = make_lower(dir);
	AUTO(mem_free) char *at = xasprintf("%s/overlay", dir);
	AUTO(mem_free) char *upper = xasprintf("%s/upper", at);
	struct err err = ERR_INIT;
	int ready[2];
	pid_t pid;
	char c;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		AUTO(overlay_release) struct overlay o = { 0 };

		mount_at(&o, lower, at);
		put(&o, "file", "upper");
		ck_assert_int_eq(write(ready[1], "x", 1), 1);
		pause();
		_exit(0);
	}
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ck_assert(!fs_exists(upper));
	ck_ok(fs_remove_tree(dir, &err), &err);
	ck_assert(!fs_exists(dir));
}
END_TEST

START_TEST(root_mounts_no_overlay)
{
	struct overlay o;
	struct err err = ERR_INIT;

	if (geteuid() != 0)
		return;
	ck_assert_int_eq(overlay_mount(&o, "/usr", "/tmp/x", 1, &err), -1);
	ck_assert_str_eq(err.msg, "an overlay is not mounted as root");
}
END_TEST

START_TEST(a_lower_folder_that_is_not_there_is_told)
{
	AUTO(mem_free) char *dir = new_dir();
	struct overlay o;
	struct err err = ERR_INIT;

	ck_assert_int_eq(overlay_mount(&o, "/nowhere", dir, 1, &err), -1);
	ck_assert_str_eq(err.msg,
			 "cannot open '/nowhere': No such file or directory");
	remove_all(dir, dir);
}
END_TEST

TEST_MAIN("overlay", TEST(a_change_is_seen_in_the_view_alone),
	  TABLE(a_sandbox_works_on_the_view, scripts),
	  TEST(nothing_is_left_when_the_process_is_killed),
	  TEST(root_mounts_no_overlay),
	  TEST(a_lower_folder_that_is_not_there_is_told))
