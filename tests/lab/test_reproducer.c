/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reproducer as /init of a real kernel, as the base is and with a fault in
 * it: it says there what the scenario says in collide.
 */
#include "bot/base/fs.h"
#include "bot/guest/guest.h"
#include "bot/guest/initramfs.h"
#include "tests/support/bench.h"
#include "tests/support/program.h"
#include "tests/support/reviews.h"

#define SOURCE "fs/iomap/direct-io.c"

/* The review of the patch that makes a failed invalidation end in 0. */
static void read_seed(struct review *out)
{
	for (size_t i = 0; i < REVIEWS; i++)
		if (strcmp(reviews[i].name, "seed") == 0)
			reviews_make(out, &reviews[i]);
	ck_assert_uint_ge(out->n_findings, 1);
}

static const struct finding *find_finding(const struct review *r)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (strcmp(r->findings[i].filesystem, "xfs") == 0 &&
		    strcmp(r->findings[i].scenario, "C01") == 0)
			return &r->findings[i];
	ck_abort_msg("no finding of C01 on xfs");
}

/* The program's path. */
static char *make_program(const char *dir, const struct review *r)
{
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(buf_release) struct buf said = { 0 };

	program_write(&text, r, r ? find_finding(r) : NULL);
	program_compile(&said, dir, &text, "-O2 -static -pthread -o c01-xfs");
	return xasprintf("%s/c01-xfs", dir);
}

/* What it says as process 1 of @kernel. */
static void boot(struct buf *console, const char *dir, const char *kernel,
		 const char *program)
{
	AUTO(guest_plan_release) struct guest_plan plan = { .repeat = 1 };
	AUTO(guest_result_release) struct guest_result result = { 0 };
	AUTO(strings_release) struct strings names = { 0 };
	AUTO(mem_free) char *log = xasprintf("%s/console.log", dir);
	AUTO(mem_free) char *initramfs = NULL;
	struct err err = ERR_INIT;

	strings_push(&names, "xfs");
	support_cross(&plan.suites, "xfs", "C01"); /* which it does not read */
	ck_ok(initramfs_make(&initramfs, dir, program, &names, &err), &err);
	ck_ok(guest_run(&result,
			&(struct guest_spec){
				.kernel = kernel,
				.initramfs = initramfs,
				.plan = &plan,
				.console = log,
			},
			&err),
	      &err);
	ck_ok(fs_read(console, log, GUEST_MAX_OUTPUT, &err), &err);
}

static void expect(const struct buf *console, const char *line)
{
	ck_assert_msg(strstr(buf_text(console), line), "no '%s' in:\n%s", line,
		      buf_text(console));
}

static const struct {
	bool has_finding;
	const char *fault; /* in place of "ret = -ENOTBLK;"; NULL: none */
	const char *lines[8];
} kernels[] = {
	{ false,
	  NULL,
	  { "collided: held in the flush, store came back inside the "
	    "window",
	    "dio.asked              65536", "dio.returned           65536",
	    "fsync.buffered         0", "cache                  D16",
	    "loses: nobody", "as promised", "exit code: 0" } },
	{ true,
	  NULL,
	  { "dio.returned           65536              65536              0",
	    "cache                  D16                D16                "
	    "P1A4M1A10",
	    "as promised", "exit code: 0" } },
	{ false,
	  "ret = 0;",
	  { "dio.returned           0", "cache                  P1A4M1A10",
	    "loses: the direct writer", "broken: xfs/full-or-negative: ",
	    "a promise is broken", "exit code: 1" } },
	{ true,
	  "ret = 0;",
	  { "dio.returned           0                  65536              0",
	    "the finding shows", "exit code: 1" } },
};

START_TEST(a_reproducer_tells_a_faulty_kernel)
{
	AUTO(bench_release) struct bench b;
	AUTO(build_result_release) struct build_result r = { 0 };
	AUTO(buf_release) struct buf console = { 0 };
	AUTO(mem_free) char *program = NULL;
	AUTO(review_release) struct review seed = { 0 };
	AUTO(mem_free) char *kernel = NULL;

	bench_prepare(&b);
	if (kernels[_i].has_finding)
		read_seed(&seed);
	program = make_program(b.dir, kernels[_i].has_finding ? &seed : NULL);
	if (kernels[_i].fault) {
		bench_edit(&b, SOURCE, "ret = -ENOTBLK;", kernels[_i].fault);
		bench_build(&r, &b, SOURCE, true);
		ck_assert_int_eq(r.outcome, BUILD_OK);
	}
	kernel = xasprintf("%s/linux", b.view.tree);
	boot(&console, b.dir, kernel, program);
	for (size_t i = 0; i < ARRAY_LEN(kernels[_i].lines); i++)
		if (kernels[_i].lines[i])
			expect(&console, kernels[_i].lines[i]);
}
END_TEST

int main(void)
{
	const struct test_case cases[] = {
		TABLE(a_reproducer_tells_a_faulty_kernel, kernels),
	};

	return bench_is_there()
		       ? support_run("reproducer", cases, ARRAY_LEN(cases))
		       : 77;
}
