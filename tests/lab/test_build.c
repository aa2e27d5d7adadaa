/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Jobs on a real lane (COLLIDER_TEST_LANE): what kbuild itself makes of a
 * patch. What a hostile one may try is tests/bot/test_lab.c.
 */
#include "tests/support/bench.h"

#define SOURCE "fs/iomap/direct-io.c"

/* What an edit of one file comes to. */
static const struct {
	const char *path, *from, *to;
	bool link;
	enum build_outcome outcome;
	const char *fresh; /* text of the only new diagnostic; NULL: none */
	size_t built;	   /* at least */
	size_t unbuilt;
} edits[] = {
	{ SOURCE, "ret = -ENOTBLK;", "ret = 0;", false, BUILD_OK, NULL, 1, 0 },
	{ SOURCE, "ret = -ENOTBLK;", "ret = 0;", true, BUILD_OK, NULL, 1, 0 },
	{ SOURCE, "ret = -ENOTBLK;", "ret = nonsense;", false, BUILD_BROKEN,
	  "'nonsense' undeclared (first use in this function)", 1, 0 },
	{ SOURCE, "ret = -ENOTBLK;", "{ int extra; ret = 0; }", false, BUILD_OK,
	  "unused variable 'extra' [-Wunused-variable]", 1, 0 },
	{ "fs/nfs/file.c", "#include", "\n#include", false, BUILD_OK, NULL, 0,
	  1 },
	{ "fs/iomap/trace.h", "#include", "\n#include", false, BUILD_OK, NULL,
	  2, 0 },
	{ "fs/xfs/Kconfig", "config XFS_FS", "confg XFS_FS", false,
	  BUILD_BROKEN, NULL, 0, 0 },
};

START_TEST(an_edit_is_built_and_told)
{
	AUTO(bench_release) struct bench b;
	AUTO(build_result_release) struct build_result r = { 0 };

	bench_prepare(&b);
	bench_edit(&b, edits[_i].path, edits[_i].from, edits[_i].to);
	bench_build(&r, &b, edits[_i].path, edits[_i].link);
	ck_assert_str_eq(build_outcome_name(r.outcome),
			 build_outcome_name(edits[_i].outcome));
	if (edits[_i].fresh) {
		ck_assert_uint_eq(r.fresh.n, 1);
		ck_assert_str_eq(r.fresh.v[0].text, edits[_i].fresh);
		ck_assert_str_eq(r.fresh.v[0].file, edits[_i].path);
	}
	ck_assert_uint_ge(r.built.n, edits[_i].built);
	ck_assert_uint_eq(r.unbuilt.n, edits[_i].unbuilt);
	printf("%s%s: %s in %lld ms\n", edits[_i].path,
	       edits[_i].link ? ", linked" : "", build_outcome_name(r.outcome),
	       (long long)r.ms);
}
END_TEST

START_TEST(a_symbol_that_nobody_has_breaks_the_link)
{
	AUTO(bench_release) struct bench b;
	AUTO(build_result_release) struct build_result r = { 0 };

	bench_prepare(&b);
	bench_edit(&b, SOURCE, "ret = -ENOTBLK;",
		   "{ extern int nobody_has(void); ret = nobody_has(); }");
	bench_build(&r, &b, SOURCE, true);
	ck_assert_int_eq(r.outcome, BUILD_BROKEN);
	ck_assert_uint_ge(r.fresh.n, 1);
	ck_assert_msg(strstr(r.fresh.v[r.fresh.n - 1].text, "nobody_has") !=
			      NULL,
		      "%s", r.fresh.v[r.fresh.n - 1].text);
}
END_TEST

int main(void)
{
	const struct test_case cases[] = {
		TABLE(an_edit_is_built_and_told, edits),
		TEST(a_symbol_that_nobody_has_breaks_the_link),
	};

	return bench_is_there() ? support_run("build", cases, ARRAY_LEN(cases))
				: 77;
}
