/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_doctor.c - a real ill in a real machine is named, and only that one
 *
 * Each run has mounts of its own, in which something is taken away.
 */
#include "tests/support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/command.h"

#define MAX_OUTPUT 65536

struct visit {
	char *dir; /* holds what follows, and the state folder */
	char *state;
	int exit_code;
	struct buf out; /* stdout and stderr */
};

static void visit_release(struct visit *v)
{
	struct err err = ERR_INIT;

	buf_release(&v->out);
	if (v->dir)
		ck_ok(fs_remove_tree(v->dir, &err), &err);
	free(v->dir);
	free(v->state);
}
DEFINE_AUTO_VALUE(struct visit, visit_release)

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	_exit(99);
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text),
	     path);
	close(fd);
}

/* A user namespace in which we are @uid. */
static void enter_user_namespace(unsigned uid)
{
	AUTO(mem_free) char *uids = xasprintf("%u %u 1", uid, geteuid());
	AUTO(mem_free) char *gids = xasprintf("%u %u 1", uid, getegid());

	must(unshare(CLONE_NEWUSER) == 0, "unshare");
	put("/proc/self/setgroups", "deny");
	put("/proc/self/uid_map", uids);
	put("/proc/self/gid_map", gids);
}

static void mount_over(const char *path, const char *with)
{
	must(mount(with, path, NULL, MS_BIND, NULL) == 0, path);
}

/* With mounts of our own, and without a KVM that takes seconds to be judged. */
static void enter_own_mounts(void)
{
	if (geteuid() != 0)
		enter_user_namespace(geteuid());
	must(unshare(CLONE_NEWNS) == 0, "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "mount");
	if (fs_exists("/dev/kvm"))
		mount_over("/dev/kvm", "/dev/null");
}

static int consult(const struct visit *v, void (*prepare)(const struct visit *),
		   char **argv)
{
	AUTO(mem_free) char *out = xasprintf("%s/out", v->dir);
	int fd = open(out, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	int argc = 0;
	int rc;

	must(dup2(fd, 1) == 1 && dup2(fd, 2) == 2, "dup2");
	must(setenv("COLLIDER_STATE", v->state, 1) == 0, "setenv");
	if (prepare) {
		enter_own_mounts();
		prepare(v);
	}
	while (argv[argc])
		argc++;
	rc = doctor_main(argc, argv);
	return fflush(stdout) == 0 ? rc : 98;
}

static void visit_with(struct visit *v, void (*prepare)(const struct visit *),
		       char **argv)
{
	AUTO(mem_free) char *out = NULL;
	struct err err = ERR_INIT;
	int status;
	pid_t pid;

	*v = (struct visit){ .dir = support_tmpdir() };
	v->state = xasprintf("%s/state", v->dir);
	ck_assert_int_eq(chmod(v->dir, 0755), 0);
	ck_assert_int_eq(mkdir(v->state, 0755), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(consult(v, prepare, argv));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	out = xasprintf("%s/out", v->dir);
	ck_ok(fs_read(&v->out, out, MAX_OUTPUT, &err), &err);
	ck_assert_msg(WIFEXITED(status), "signal %d\n%s", WTERMSIG(status),
		      buf_text(&v->out));
	v->exit_code = WEXITSTATUS(status);
}

static void visit(struct visit *v, void (*prepare)(const struct visit *))
{
	visit_with(v, prepare, (char *[]){ (char[]){ "doctor" }, NULL });
}

static void expect(const struct visit *v, const char *text)
{
	ck_assert_msg(strstr(buf_text(&v->out), text), "no '%s' in:\n%s", text,
		      buf_text(&v->out));
}

/* "name   health   says" is a line of it. */
static void expect_line(const struct visit *v, const char *name,
			const char *health, const char *says)
{
	AUTO(mem_free)
	char *line = xasprintf("%-16s  %-8s  %s", name, health, says);

	expect(v, line);
}

START_TEST(a_machine_that_has_all_is_told_so)
{
	static const char *const names[] = {
		"user namespaces",
		"overlayfs",
		"bwrap",
		"make",
		"gcc",
		"ld",
		"flex",
		"bison",
		"bc",
		"libc",
		"git",
		"mkfs.xfs",
		"mkfs.ext4",
		"mkfs.btrfs",
		"mkfs.f2fs",
		"mkfs.gfs2",
		"mkfs.jfs",
		"guest program",
	};
	AUTO(visit_release) struct visit v = { 0 };

	visit(&v, NULL);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		expect_line(&v, names[i], "ok", "");
	expect(&v, "\n/dev/kvm  ");
	expect(&v, "\nall that a review needs is here\n");
	ck_assert_int_eq(v.exit_code, 0);
	ck_assert_int_eq(rmdir(v.state), 0); /* nothing is left in it */
}
END_TEST

/* ---- what can be wrong ---- */

/* A device in its place can be neither executed nor read as a program. */
static void hide(const char *path)
{
	AUTO(mem_free) char *real = realpath(path, NULL);

	must(real != NULL, path);
	mount_over(real, "/dev/null");
}

static void hide_program(const char *name)
{
	AUTO(mem_free) char *path = fs_find_program(name);

	must(path != NULL, name);
	hide(path);
}

static void without_bwrap(const struct visit *v)
{
	(void)v;
	hide_program("bwrap");
}

static void without_flex(const struct visit *v)
{
	(void)v;
	hide("/usr/bin/flex");
}

static void without_mkfs_xfs(const struct visit *v)
{
	(void)v;
	hide_program("mkfs.xfs");
}

static void with_an_empty_path(const struct visit *v)
{
	must(setenv("PATH", v->dir, 1) == 0, "setenv");
}

static void with_a_flex_that_fails(const struct visit *v)
{
	AUTO(mem_free) char *script = xasprintf("%s/flex", v->dir);

	put(script, "#!/bin/sh\nexit 3\n");
	must(chmod(script, 0755) == 0, script);
	mount_over("/usr/bin/flex", script);
}

/* Which also masks a part of /proc, as a container does. */
static void with_little_memory(const struct visit *v)
{
	AUTO(mem_free) char *meminfo = xasprintf("%s/meminfo", v->dir);

	put(meminfo, "MemTotal: 1048576 kB\nMemAvailable:   524288 kB\n");
	mount_over("/proc/meminfo", meminfo);
}

static void without_headers(const struct visit *v)
{
	(void)v;
	must(mount("none", "/usr/include", "tmpfs", 0, NULL) == 0, "mount");
}

static void without_the_guest_program(const struct visit *v)
{
	(void)v;
	hide(COLLIDER_BUILD "/collide");
}

static void on_a_full_disk(const struct visit *v)
{
	must(mount("none", v->state, "tmpfs", 0, "size=1m") == 0, "mount");
}

static void on_a_small_disk(const struct visit *v)
{
	must(mount("none", v->state, "tmpfs", 0, "size=1g") == 0, "mount");
}

static void on_a_small_disk_with_a_lane(const struct visit *v)
{
	AUTO(mem_free) char *lane = xasprintf("%s/lanes/0123", v->state);
	AUTO(mem_free) char *json = xasprintf("%s/lane.json", lane);
	struct err err = ERR_INIT;

	on_a_small_disk(v);
	must(fs_mkdirs(lane, 0755, &err) == 0, lane);
	put(json, "{}");
}

static void on_a_disk_that_is_read_only(const struct visit *v)
{
	must(mount("none", v->state, "tmpfs", MS_RDONLY, "size=1g") == 0,
	     "mount");
}

static void with_a_file_as_state(const struct visit *v)
{
	must(rmdir(v->state) == 0, v->state);
	put(v->state, "");
}

static void with_trees(const struct visit *v)
{
	AUTO(mem_free) char *config = xasprintf("%s/conf", v->dir);
	AUTO(mem_free) char *empty = xasprintf("%s/empty/objects", v->dir);
	AUTO(mem_free) char *refs = xasprintf("%s/empty/refs", v->dir);
	AUTO(mem_free) char *head = xasprintf("%s/empty/HEAD", v->dir);
	AUTO(mem_free) char *text = NULL;
	struct err err = ERR_INIT;

	text = xasprintf("[tree \"gone\"]\n"
			 "\tsource = /usr/src/linux-source-0.1.tar.xz\n"
			 "[tree \"lost\"]\n\tsource = /nowhere/linux.tar\n"
			 "[tree \"none\"]\n\tpath = /nowhere/linux.git\n"
			 "[tree \"other\"]\n\tpath = %s\n"
			 "[tree \"empty\"]\n\tpath = %s/empty\n",
			 v->state, v->dir);
	must(fs_mkdirs(empty, 0755, &err) == 0, empty);
	must(fs_mkdirs(refs, 0755, &err) == 0, refs);
	put(head, "ref: refs/heads/main\n");
	put(config, text);
	must(setenv("COLLIDER_CONFIG", config, 1) == 0, "setenv");
}

/* There it is not root that asks, and a limit of its own counts. */
static void without_namespaces(const struct visit *v)
{
	(void)v;
	enter_user_namespace(1000);
	put("/proc/sys/user/max_user_namespaces", "0");
}

static const struct {
	void (*prepare)(const struct visit *v);
	int exit_code;
	const char *name, *health, *says;
	const char *also; /* some other line, or part of one */
} ills[] = {
	{ without_bwrap, 1, "bwrap", "missing", "no program 'bwrap'\n",
	  "to mend: apt-get install bubblewrap\n" },
	{ without_bwrap, 1, "libc", "broken",
	  "not tried: bwrap is not installed (package bubblewrap)\n",
	  "apt-get install bubblewrap\n" },
	{ without_flex, 1, "flex", "missing", "no program 'flex'\n",
	  "missing or broken: 1 of what a review needs\n" },
	{ without_flex, 1, "bison", "ok", "/usr/bin/bison (",
	  "apt-get install flex\n" },
	{ with_a_flex_that_fails, 1, "flex", "broken",
	  "'/usr/bin/flex --version' fails: exited with 3\n",
	  "to mend: apt-get install --reinstall its package\n" },
	{ without_mkfs_xfs, 1, "mkfs.xfs", "missing", "no program 'mkfs.xfs'\n",
	  "apt-get install xfsprogs\n" },
	{ without_mkfs_xfs, 1, "guest program", "ok", "",
	  "missing or broken: 1 of what a review needs\n" },
	{ with_an_empty_path, 1, "git", "missing", "no program 'git'\n",
	  "apt-get install bubblewrap git\n" },
	{ with_an_empty_path, 1, "flex", "ok", "/usr/bin/flex (",
	  "missing or broken: 3 of what a review needs\n" },
	{ without_headers, 1, "libc", "broken",
	  "cannot compile a program: ", "apt-get install libc6-dev\n" },
	{ without_the_guest_program, 1, "guest program", "broken",
	  "cannot start '", "to mend: build collider again\n" },
	{ on_a_full_disk, 1, "state folder", "broken", "the disk of '",
	  "/state' is full: 0.0 GiB are free\n" },
	{ on_a_full_disk, 1, "guest program", "ok", "",
	  "missing or broken: 1 of what a review needs\n" },
	{ on_a_small_disk, 0, "state folder", "low", "'",
	  "/state', 1.0 GiB are free; a tree and a lane take 5\n" },
	{ on_a_small_disk_with_a_lane, 0, "state folder", "ok", "'",
	  "/state', 1.0 GiB are free\n" },
	{ on_a_disk_that_is_read_only, 1, "state folder", "broken",
	  "cannot make a folder in '", "/state': Read-only file system\n" },
	{ with_a_file_as_state, 1, "state folder", "broken",
	  "cannot make a folder in '", "/state': Not a directory\n" },
	{ with_trees, 1, "tree gone", "missing", "no repository '",
	  "apt-get install linux-source-0.1\n" },
	{ with_trees, 1, "tree lost", "missing", "no repository '",
	  "to mend: put one of them there, or set tree.lost.source\n" },
	{ with_trees, 1, "tree none", "missing",
	  "no repository '/nowhere/linux.git'\n",
	  "to mend: clone a kernel to it, or set tree.none.source\n" },
	{ with_trees, 1, "tree other", "broken", "tree 'other': cannot open '",
	  "to mend: set tree.other.path and tree.other.branch\n" },
	{ with_trees, 1, "tree empty", "broken", "no 'HEAD' in '",
	  "missing or broken: 5 of what a review needs\n" },
	{ with_little_memory, 1, "bwrap", "broken",
	  "the sandbox could not be set up: Can't mount proc ",
	  "systempaths=unconfined\n" },
	{ with_little_memory, 1, "memory", "low",
	  "0.5 GiB are available; a build and its guest may take 2.0\n",
	  "to mend: end other programs, or lower guest.memory and lane.jobs" },
	{ without_namespaces, 1, "user namespaces", "broken",
	  "cannot make user and PID namespaces: No space left on device\n",
	  "to mend: sysctl -w user/max_user_namespaces=16384, and in " },
	{ without_namespaces, 1, "overlayfs", "broken",
	  "cannot make a user and a mount namespace: ",
	  "a state folder on a local disk that uid 1000 may enter\n" },
};

START_TEST(an_ill_is_named_with_its_mend)
{
	AUTO(visit_release) struct visit v = { 0 };

	visit(&v, ills[_i].prepare);
	expect_line(&v, ills[_i].name, ills[_i].health, ills[_i].says);
	expect(&v, ills[_i].also);
	ck_assert_msg(v.exit_code == ills[_i].exit_code, "exit code %d:\n%s",
		      v.exit_code, buf_text(&v.out));
}
END_TEST

static void in_a_folder_of_ours_alone(const struct visit *v)
{
	must(chmod(v->dir, 0700) == 0, v->dir);
}

START_TEST(a_state_folder_that_only_root_may_enter_is_named)
{
	AUTO(visit_release) struct visit v = { 0 };

	if (geteuid() != 0)
		return; /* then builds run as whom the folder belongs to */
	visit(&v, in_a_folder_of_ours_alone);
	expect_line(&v, "overlayfs", "broken", "");
	expect(&v, "/state': Permission denied\n");
	ck_assert_int_eq(v.exit_code, 1);
}
END_TEST

static const struct {
	const char *word;
	int exit_code;
	const char *says;
} words[] = {
	{ "--help", 0, "usage: collider doctor\n" },
	{ "-h", 0, "usage: collider doctor\n" },
	{ "--halp", 64, "collider doctor: unknown option '--halp'; see " },
	{ "now", 64, "collider doctor: no argument is wanted; see " },
};

START_TEST(a_word_is_help_or_misuse)
{
	AUTO(mem_free) char *word = xstrdup(words[_i].word);
	AUTO(visit_release) struct visit v = { 0 };

	visit_with(&v, NULL, (char *[]){ (char[]){ "doctor" }, word, NULL });
	expect(&v, words[_i].says);
	ck_assert_int_eq(v.exit_code, words[_i].exit_code);
}
END_TEST

static void with_a_broken_config(const struct visit *v)
{
	(void)v;
	must(setenv("COLLIDER_CONFIG", "/nowhere/conf", 1) == 0, "setenv");
}

START_TEST(without_a_configuration_nothing_is_checked)
{
	AUTO(visit_release) struct visit v = { 0 };

	visit(&v, with_a_broken_config);
	expect(&v, "collider doctor: ");
	ck_assert_int_eq(v.exit_code, 64);
}
END_TEST

TEST_MAIN("doctor", TEST(a_machine_that_has_all_is_told_so),
	  TABLE(an_ill_is_named_with_its_mend, ills),
	  TEST(a_state_folder_that_only_root_may_enter_is_named),
	  TABLE(a_word_is_help_or_misuse, words),
	  TEST(without_a_configuration_nothing_is_checked))
