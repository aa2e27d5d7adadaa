// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * On a real kernel: COLLIDER_TEST_KERNEL is a User-Mode Linux program, or
 * COLLIDER_TEST_LANE a lane that holds one.
 */
#include "bot/guest/guest.h"

#include "bot/base/fs.h"
#include "bot/guest/initramfs.h"
#include "bot/run/privilege.h"
#include "tests/support/support.h"

#define RUNS_TO_COMPARE 20

static char *find_kernel(void)
{
	const char *kernel = getenv("COLLIDER_TEST_KERNEL");
	const char *lane = getenv("COLLIDER_TEST_LANE");

	if (kernel)
		return xstrdup(kernel);
	return lane ? xasprintf("%s/src/linux", lane) : NULL;
}

/* A guest that was booted with a plan, and what it left. */
struct booted {
	char *dir, *kernel, *initramfs, *console;
	struct guest_plan plan;
	struct guest_result result;
};

static void booted_release(struct booted *b)
{
	struct err err = ERR_INIT;

	ck_ok(fs_remove_tree(b->dir, &err), &err);
	free(b->dir);
	free(b->kernel);
	free(b->initramfs);
	free(b->console);
	guest_plan_release(&b->plan);
	guest_result_release(&b->result);
}
DEFINE_AUTO_VALUE(struct booted, booted_release)

static void prepare(struct booted *b, const char *filesystems,
		    const char *scenarios, unsigned repeat)
{
	struct err err = ERR_INIT;

	ck_ok(privilege_drop("nobody", &err), &err);
	b->dir = support_tmpdir();
	b->kernel = find_kernel();
	b->console = xasprintf("%s/console.log", b->dir);
	strings_split(&b->plan.filesystems, filesystems);
	strings_split(&b->plan.scenarios, scenarios);
	b->plan.repeat = repeat;
	ck_ok(initramfs_make(&b->initramfs, b->dir, COLLIDER_BUILD "/collide",
			     &b->plan.filesystems, &err),
	      &err);
}

static void boot(struct booted *b)
{
	struct err err = ERR_INIT;

	guest_result_release(&b->result);
	ck_ok(guest_run(&b->result,
			&(struct guest_spec){
				.kernel = b->kernel,
				.initramfs = b->initramfs,
				.plan = &b->plan,
				.console = b->console,
			},
			&err),
	      &err);
}

static void assert_finished(const struct booted *b)
{
	ck_assert_msg(b->result.end == GUEST_FINISHED, "%s: %s",
		      guest_end_name(b->result.end), b->result.says);
}

START_TEST(a_direct_write_over_a_redirtied_page_falls_back_on_xfs)
{
	AUTO(booted_release) struct booted b = { 0 };
	const struct outcome *o;

	prepare(&b, "xfs", "C01", 1);
	boot(&b);
	assert_finished(&b);
	ck_assert_uint_eq(b.result.outcomes.n, 1);
	o = &b.result.outcomes.v[0];
	ck_assert_msg(o->provoked, "%s", o->how);
	ck_assert_str_eq(outcome_find(o, "dio.returned"), "65536");
	ck_assert_str_eq(outcome_find(o, "dio.waited"), "folio_wait_writeback");
	ck_assert_str_eq(outcome_find(o, "medium"), "P1A15");
	printf("booted and collided in %lld ms\n", (long long)b.result.ms);
}
END_TEST

static int run_all(const struct test_case *cases, size_t n)
{
	AUTO(mem_free) char *kernel = find_kernel();

	if (!kernel || !fs_exists(kernel)) {
		printf("skipped: no kernel, set COLLIDER_TEST_KERNEL or "
		       "COLLIDER_TEST_LANE\n");
		return 77;
	}
	return support_run("guest", cases, n);
}

int main(void)
{
	const struct test_case cases[] = {
		TEST(a_direct_write_over_a_redirtied_page_falls_back_on_xfs),
	};

	return run_all(cases, ARRAY_LEN(cases));
}
