/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_job.c - what comes back from a lab is read with suspicion
 */
#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/stages/job.h"
#include "tests/support/run.h"

#define BUILD(diagnostics)                                            \
	"\"build\":{\"outcome\":\"ok\",\"ms\":5,\"new_diagnostics\":" \
	"[" diagnostics "],\"unbuilt\":[\"fs/nfs/dir.c\"]}"
#define GUEST                                                                 \
	"\"guest\":{\"end\":\"panicked\",\"says\":\"Kernel panic\",\"ms\":7," \
	"\"outcomes\":[]}"
#define WARNING                                                   \
	"{\"file\":\"a.c\",\"line\":3,\"column\":1,\"severity\":" \
	"\"warning\",\"text\":\"unused\"}"
#define RESULT(steps) "{\"version\":1,\"steps\":[" steps "],\"error\":null}"

struct job {
	char *dir;
	struct job_spec spec;
	struct job_step step;
};

static void job_release(struct job *j)
{
	struct err err = ERR_INIT;

	ck_ok(fs_remove_tree(j->dir, &err), &err);
	free(j->dir);
}
DEFINE_AUTO_VALUE(struct job, job_release)

/* A job of one step, "1", that has left this result.json. */
static void make_job(struct job *j, const char *result)
{
	AUTO(mem_free) char *path = NULL;
	struct err err = ERR_INIT;

	j->dir = support_tmpdir();
	j->step = (struct job_step){ .name = "1" };
	j->spec = (struct job_spec){
		.dir = j->dir,
		.steps = &j->step,
		.n_steps = 1,
	};
	path = xasprintf("%s/result.json", j->dir);
	ck_ok(fs_write(path, result, strlen(result), &err), &err);
}

START_TEST(builds_guests_and_diagnostics_are_read)
{
	AUTO(job_release) struct job j;
	AUTO(job_result_release) struct job_result r = { 0 };
	struct err err = ERR_INIT;

	make_job(&j, RESULT("{\"name\":\"1\"," BUILD(WARNING) "," GUEST "}"));
	ck_ok(job_read(&r, &j.spec, &err), &err);
	ck_assert_int_eq(r.v[0].build, REVIEW_BUILD_OK);
	ck_assert_uint_eq(r.v[0].new_warnings.n, 1);
	ck_assert_str_eq(r.v[0].new_warnings.v[0].text, "unused");
	ck_assert_uint_eq(r.v[0].errors.n, 0);
	ck_assert_str_eq(r.v[0].unbuilt.v[0], "fs/nfs/dir.c");
	ck_assert_str_eq(r.v[0].guest.end, "panicked");
	ck_assert_int_eq(r.v[0].guest.ms, 7);
}
END_TEST

START_TEST(a_step_that_was_not_reached_has_no_build_and_no_guest)
{
	AUTO(job_release) struct job j;
	AUTO(job_result_release) struct job_result r = { 0 };
	struct err err = ERR_INIT;

	make_job(&j, RESULT(""));
	ck_ok(job_read(&r, &j.spec, &err), &err);
	ck_assert_uint_eq(r.n, 1);
	ck_assert_int_eq(r.v[0].build, REVIEW_BUILD_SKIPPED);
	ck_assert_ptr_null(r.v[0].guest.end);
}
END_TEST

static const struct {
	const char *result;
	enum err_kind kind;
	const char *says;
} broken[] = {
	{ "", ERR_INPUT, "result.json" },
	{ "{\"version\":1}", ERR_INPUT, "'steps' is missing" },
	{ RESULT("{\"name\":\"2\"}"), ERR_INPUT, "step '2' in place of '1'" },
	{ RESULT("{\"name\":\"1\"},{\"name\":\"2\"}"), ERR_LIMIT,
	  "more than 1" },
	{ RESULT("{\"name\":\"1\",\"build\":{\"outcome\":\"fine\",\"ms\":5}}"),
	  ERR_INPUT, "'outcome' is 'fine'" },
	{ RESULT("{\"name\":\"1\",\"build\":{\"outcome\":\"ok\",\"ms\":-5}}"),
	  ERR_INPUT, "'ms' is not from 0" },
	{ RESULT("{\"name\":\"1\"," BUILD("{\"file\":\"a.c\"}") "}"), ERR_INPUT,
	  "'line' is missing" },
	{ RESULT("{\"name\":\"1\",\"guest\":{\"end\":\"finished\",\"says\":"
		 "\"\","
		 "\"ms\":1,\"outcomes\":[{}]}}"),
	  ERR_INPUT, "is missing" },
	{ "{\"version\":1,\"steps\":[],\"error\":{\"kind\":\"config\","
	  "\"message\":\"no bwrap\"}}",
	  ERR_CONFIG, "no bwrap" },
};

START_TEST(a_result_that_no_lab_writes_is_refused)
{
	AUTO(job_release) struct job j;
	AUTO(job_result_release) struct job_result r = { 0 };
	struct err err = ERR_INIT;

	make_job(&j, broken[_i].result);
	ck_assert_int_eq(job_read(&r, &j.spec, &err), -1);
	ck_assert_msg(err.kind == broken[_i].kind, "%s", err.msg);
	ck_assert_msg(strstr(err.msg, broken[_i].says), "%s", err.msg);
}
END_TEST

TEST_MAIN("job", TEST(builds_guests_and_diagnostics_are_read),
	  TEST(a_step_that_was_not_reached_has_no_build_and_no_guest),
	  TABLE(a_result_that_no_lab_writes_is_refused, broken))
