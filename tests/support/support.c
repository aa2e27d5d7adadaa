/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/support.h"

#include <glob.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"

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
