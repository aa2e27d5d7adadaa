// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How guests end. A shell script stands in for kernels that panic, hang or
 * flood in ways that a real one cannot be made to; tests/lab has real ones.
 */
#include "bot/guest/guest.h"

#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/run/privilege.h"
#include "tests/support/support.h"

/* The nonce, as the script finds it on its command line. */
#define SCRIPT                                              \
	"#!/usr/bin/sh\n"                                   \
	"for w; do case $w in collide.nonce=*) n=${w#*=};;" \
	" esac; done\n"
#define HEAD                                                    \
	"printf \"$n %s\\n\" 'KTAP version 1' '1..1' "          \
	"'  KTAP version 1' '  # Subtest: xfs' '  1..2' "       \
	"'  # running: C01.1' '  # how: held' '  # fields: 1' " \
	"'  ok 1 C01.1' '  # running: C01.2'\n"
#define TAIL                                                   \
	"printf \"$n %s\\n\" '  # how: held' '  # fields: 1' " \
	"'  ok 2 C01.2' 'ok 1 xfs' '# finished: 2'\n"

static const struct {
	const char *script;
	enum guest_end end;
	const char *says;
	size_t outcomes;
} ends[] = {
	{ SCRIPT HEAD TAIL "echo reboot: Power down\n", GUEST_FINISHED,
	  "2 runs", 2 },
	{ SCRIPT HEAD TAIL "exit 1\n", GUEST_DIED,
	  "after 2 runs: exited with 1", 2 },
	{ SCRIPT HEAD TAIL "echo 'reboot: System halted'; kill -ABRT $$\n",
	  GUEST_FINISHED, "2 runs", 2 },
	{ SCRIPT HEAD "echo 'reboot: System halted'; kill -ABRT $$\n",
	  GUEST_DIED, "in xfs C01.2: ", 1 },
	{ SCRIPT HEAD "echo 'Kernel panic - not syncing: Fatal'; exit 134\n",
	  GUEST_PANICKED, "in xfs C01.2: Kernel panic - not syncing: Fatal",
	  1 },
	{ SCRIPT "echo '<0>Kernel panic - not syncing: early'; exit 1\n",
	  GUEST_PANICKED, "after 0 runs: Kernel panic - not syncing: early",
	  0 },
	{ SCRIPT HEAD "echo \"$n # stuck: held in down_write\"\n", GUEST_HUNG,
	  "in xfs C01.2: held in down_write", 1 },
	{ SCRIPT HEAD "exec sleep 1000\n", GUEST_HUNG,
	  "in xfs C01.2: timed out", 1 },
	{ SCRIPT "exec sleep 1000\n", GUEST_SILENT, "after 0 runs: timed out",
	  0 },
	{ SCRIPT "echo 'ok 1 C01.1'; echo '# finished: 2'\n", GUEST_SILENT,
	  "after 0 runs: exited with 0, last line: # finished: 2", 0 },
	{ SCRIPT HEAD "yes 'ok 2 C01.2'\n", GUEST_FLOODED,
	  "in xfs C01.2: ", 1 },
	{ SCRIPT HEAD "exit 0\n", GUEST_DIED, "in xfs C01.2: exited with 0",
	  1 },
	{ SCRIPT HEAD HEAD TAIL, GUEST_DIED,
	  "in xfs C01.2: a line out of order: KTAP version 1", 1 },
	{ SCRIPT "printf \"$n %s\\n\" 'KTAP version 1' '1..1' "
		 "'  KTAP version 1' '  # Subtest: ext4' '  1..1' "
		 "'  # how: x' '  # fields: 1' '  ok 1 C01.1' 'ok 1 ext4' "
		 "'# finished: 1'\n",
	  GUEST_DIED, "answers that were not asked for", 0 },
	{ SCRIPT "printf \"$n %s\\n\" 'KTAP version 1' '1..1' "
		 "'  KTAP version 1' '  # Subtest: xfs' '  1..1' "
		 "'  # how: x' '  # fields: 1' '  ok 1 C01.1' 'ok 1 xfs' "
		 "'# finished: 1'\n",
	  GUEST_DIED, "after 1 runs: exited with 0", 1 },
};

static void write_script(char **path_out, const char *dir, const char *text)
{
	struct err err = ERR_INIT;

	*path_out = xasprintf("%s/kernel", dir);
	ck_ok(fs_write(*path_out, text, strlen(text), &err), &err);
	ck_assert_int_eq(chmod(*path_out, 0755), 0);
}

START_TEST(ends_are_told_apart)
{
	AUTO(guest_result_release) struct guest_result result = { 0 };
	AUTO(guest_plan_release) struct guest_plan plan = { .repeat = 2 };
	AUTO(mem_free) char *kernel = NULL;
	AUTO(mem_free) char *console = NULL;
	AUTO(mem_free) char *dir = NULL;
	const bool is_ended = strstr(ends[_i].says, "timed out");
	struct err err = ERR_INIT;

	support_drop();
	dir = support_tmpdir();
	console = xasprintf("%s/console.log", dir);
	write_script(&kernel, dir, ends[_i].script);
	support_cross(&plan.suites, "xfs", "C01");
	ck_ok(guest_run(&result,
			&(struct guest_spec){
				.kind = guest_kind_find("uml"),
				.kernel = kernel,
				.initramfs = kernel,
				.plan = &plan,
				.console = console,
				.timeout_s = is_ended ? SUPPORT_SHORT_S
						      : SUPPORT_AMPLE_S,
				.max_output = 1 << 20 },
			&err),
	      &err);
	ck_assert_str_eq(guest_end_name(result.end),
			 guest_end_name(ends[_i].end));
	ck_assert_msg(strncmp(result.says, ends[_i].says,
			      strlen(ends[_i].says)) == 0,
		      "says %s", result.says);
	ck_assert_uint_eq(result.outcomes.n, ends[_i].outcomes);
	ck_assert(fs_exists(console));
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

static const struct {
	const char *filesystems, *scenarios;
	unsigned repeat;
	const char *says;
} plans[] = {
	{ "", "C01", 1, "a plan without filesystems" },
	{ "xfs", "", 1, "a plan without scenarios" },
	{ "xfs", "C01", 0, "a plan of 0 repetitions" },
	{ "xfs", "C01", 1001, "a plan of 1001 repetitions" },
	{ "xfs,ext4,btrfs", "a,b,c", 1000, "a plan of more than 8192 runs" },
	{ "xfs", "init=/x", 1, "bad word 'init=/x' in a plan" },
	{ "x\"s", "C01", 1, "bad word 'x\"s' in a plan" },
};

START_TEST(a_plan_that_cannot_be_is_refused)
{
	AUTO(guest_result_release) struct guest_result result = { 0 };
	AUTO(guest_plan_release) struct guest_plan plan = { 0 };
	struct err err = ERR_INIT;

	support_cross(&plan.suites, plans[_i].filesystems, plans[_i].scenarios);
	plan.repeat = plans[_i].repeat;
	ck_assert_int_eq(
		guest_run(&result,
			  &(struct guest_spec){ .kind = guest_kind_find("uml"),
						.kernel = "/bin/true",
						.initramfs = "/bin/true",
						.plan = &plan,
						.console = "/dev/null" },
			  &err),
		-1);
	ck_assert_msg(strstr(err.msg, plans[_i].says), "%s", err.msg);
}
END_TEST

START_TEST(a_guest_that_does_not_fit_its_sandbox_is_refused)
{
	AUTO(guest_result_release) struct guest_result result = { 0 };
	AUTO(guest_plan_release) struct guest_plan plan = { .repeat = 1 };
	struct err err = ERR_INIT;

	support_cross(&plan.suites, "xfs", "C01");
	ck_assert_int_eq(
		guest_run(&result,
			  &(struct guest_spec){ .kind = guest_kind_find("uml"),
						.kernel = "/bin/true",
						.initramfs = "/bin/true",
						.plan = &plan,
						.console = "/dev/null",
						.memory_mib = 1 << 20 },
			  &err),
		-1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_msg(strstr(err.msg, "a guest of 1048576 MiB"), "%s", err.msg);
}
END_TEST

START_TEST(each_end_has_its_word)
{
	enum guest_end end;

	for (int i = GUEST_FINISHED; i <= GUEST_DIED; i++) {
		ck_assert(guest_end_find(&end,
					 guest_end_name((enum guest_end)i)));
		ck_assert_int_eq(end, i);
	}
	ck_assert(!guest_end_find(&end, "passed"));
}
END_TEST

TEST_MAIN("guest", TABLE(ends_are_told_apart, ends),
	  TABLE(a_plan_that_cannot_be_is_refused, plans),
	  TEST(a_guest_that_does_not_fit_its_sandbox_is_refused),
	  TEST(each_end_has_its_word))
