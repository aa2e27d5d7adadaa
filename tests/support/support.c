/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/support.h"

#include <fcntl.h>
#include <glob.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/run/privilege.h"

#define GOLDEN_MAX (4u << 20)

int support_run(const char *suite, const struct test_case *cases, size_t n)
{
	Suite *s = suite_create(suite);
	SRunner *runner;
	int failed;

	for (size_t i = 0; i < n; i++) {
		TCase *tc = tcase_create(cases[i].run->name);

		tcase_set_timeout(tc, 0); /* ctest has the watchdog */
		tcase_add_loop_test(tc, cases[i].run, 0, cases[i].rows);
		suite_add_tcase(s, tc);
	}
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	if (srunner_ntests_run(runner) == 0)
		failed = 1; /* a suite that ran nothing has not passed */
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

char *support_tmpdir(void)
{
	const char *tmp = getenv("TMPDIR");
	char *path = xasprintf("%s/collider-test-XXXXXX", tmp ? tmp : "/tmp");

	ck_assert_ptr_nonnull(mkdtemp(path));
	return path;
}

bool support_is_writing(void)
{
	const char *expect = getenv("EXPECT");

	return expect && strcmp(expect, "write") == 0;
}

/* The uppermost folder on the way to @path that not all may enter, or NULL. */
static char *find_closed(const char *path)
{
	for (const char *p = path + 1; *p; p++) {
		AUTO(mem_free) char *part = xstrndup(path, (size_t)(p - path));
		struct stat st;

		if (*p == '/' && stat(part, &st) == 0 && !(st.st_mode & 0001))
			return TAKE(part);
	}
	return NULL;
}

/* @path again, below a folder that all may enter, for this process alone. */
static void open_way(const char *closed, const char *path)
{
	AUTO(mem_free) char *real = NULL;
	AUTO(fd_close) int fd = -1;
	struct err err = ERR_INIT;

	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	/* Now, not before: only a mount of this namespace can be bound. */
	fd = open(path, O_PATH | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	real = xasprintf("/proc/self/fd/%d", fd);
	ck_assert_int_eq(mount("none", closed, "tmpfs", 0, "mode=755"), 0);
	ck_ok(fs_mkdirs(path, 0755, &err), &err);
	ck_assert_int_eq(mount(real, path, NULL, MS_BIND | MS_REC, NULL), 0);
}

void support_drop(void)
{
	AUTO(mem_free) char *closed = NULL;
	struct err err = ERR_INIT;

	if (geteuid() != 0)
		return;
	closed = find_closed(COLLIDER_DATA);
	if (closed)
		open_way(closed, COLLIDER_DATA);
	ck_ok(privilege_drop("nobody", &err), &err);
}

static void check_golden(const char *path, const char *suffix,
			 void (*dump)(struct buf *, const char *, size_t))
{
	AUTO(buf_release) struct buf bytes = { 0 };
	AUTO(buf_release) struct buf want = { 0 };
	AUTO(buf_release) struct buf got = { 0 };
	AUTO(mem_free) char *expect = NULL;
	struct err err = ERR_INIT;

	expect = xasprintf("%.*s.expect", (int)(strlen(path) - strlen(suffix)),
			   path);
	ck_ok(fs_read(&bytes, path, GOLDEN_MAX, &err), &err);
	buf_init(&got, GOLDEN_MAX);
	dump(&got, buf_text(&bytes), bytes.len);
	ck_ok(buf_check(&got, path, &err), &err);
	if (support_is_writing()) {
		ck_ok(fs_write(expect, buf_text(&got), got.len, &err), &err);
		return;
	}
	ck_ok(fs_read(&want, expect, GOLDEN_MAX, &err), &err);
	ck_assert_msg(strcmp(buf_text(&want), buf_text(&got)) == 0,
		      "%s: got\n%s\nwant\n%s", path, buf_text(&got),
		      buf_text(&want));
}

void support_golden(const char *dir, const char *suffix,
		    void (*dump)(struct buf *, const char *, size_t))
{
	AUTO(mem_free)
	char *pattern = xasprintf("tests/fixtures/%s/*%s", dir, suffix);
	glob_t found;

	ck_assert_msg(glob(pattern, 0, NULL, &found) == 0, "no fixtures: %s",
		      pattern);
	for (size_t i = 0; i < found.gl_pathc; i++)
		check_golden(found.gl_pathv[i], suffix, dump);
	globfree(&found);
}

void support_cross(struct suites *out, const char *filesystems,
		   const char *scenarios)
{
	AUTO(strings_release) struct strings names = { 0 };

	strings_split(&names, filesystems);
	for (size_t i = 0; i < names.n; i++)
		strings_split(&suites_add(out, names.v[i])->scenarios,
			      scenarios);
}
