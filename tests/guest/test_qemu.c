/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a guest of QEMU is started, and how the ends that are its own are read;
 * tests/lab/test_qemu.c boots a kernel.
 */
#include "bot/guest/qemu.h"

#include "bot/run/child.h"
#include "tests/support/support.h"

static bool has_word(const struct argv *argv, const char *word)
{
	for (size_t i = 0; i < argv->n; i++)
		if (strcmp(argv->v[i], word) == 0)
			return true;
	return false;
}

/* The word behind @option. */
static const char *value_of(const struct argv *argv, const char *option)
{
	for (size_t i = 0; i + 1 < argv->n; i++)
		if (strcmp(argv->v[i], option) == 0)
			return argv->v[i + 1];
	return "";
}

static void write_command(struct argv *out, bool has_kvm)
{
	AUTO(argv_release) struct argv words = ARGV_INIT;
	struct guest_spec spec = { .memory_mib = 512, .has_kvm = has_kvm };

	argv_push(&words, "collide.nonce=ab");
	argv_push(&words, "collide.repeat=2");
	qemu_write_command(out, &spec, &words);
}

static const struct {
	const char *option, *value;
} machine[] = {
	{ "-smp", "2" },
	{ "-m", "512" },
	{ "-kernel", "/guest/linux" },
	{ "-initrd", "/guest/initramfs" },
	{ "-accel", "tcg,thread=multi" },
	{ "-action", "panic=exit-failure" },
};

START_TEST(a_guest_is_two_processors_and_a_console)
{
	AUTO(argv_release) struct argv argv = ARGV_INIT;

	write_command(&argv, false);
	ck_assert_str_eq(value_of(&argv, machine[_i].option),
			 machine[_i].value);
	ck_assert(has_word(&argv, "-nodefaults"));
	ck_assert(has_word(&argv, "-no-reboot"));
}
END_TEST

START_TEST(the_words_of_the_plan_end_the_command_line_of_the_kernel)
{
	AUTO(argv_release) struct argv argv = ARGV_INIT;
	static const char end[] = " collide.nonce=ab collide.repeat=2";
	const char *line;

	write_command(&argv, false);
	line = value_of(&argv, "-append");
	ck_assert_uint_gt(strlen(line), strlen(end));
	ck_assert_str_eq(line + strlen(line) - strlen(end), end);
}
END_TEST

START_TEST(kvm_is_used_when_it_is_known_to_work)
{
	AUTO(argv_release) struct argv argv = ARGV_INIT;

	write_command(&argv, true);
	ck_assert_str_eq(value_of(&argv, "-accel"), "kvm");
	ck_assert_str_eq(value_of(&argv, "-cpu"), "host");
}
END_TEST

#define BEGUN                                               \
	"ab KTAP version 1\nab 1..1\nab   KTAP version 1\n" \
	"ab   # Subtest: xfs\nab   1..1\nab   # running: C01.1\n"
#define RESULT "ab   # how: held\nab   # fields: 1\nab   ok 1 C01.1\n"
#define DONE "ab ok 1 xfs\nab # finished: 1\n"
#define PANIC "[    2.3] Kernel panic - not syncing: Fatal\r\n"

/* A serial console ends lines with CR LF, and a reset looks like power off. */
static const struct {
	const char *console;
	int exit_code;
	enum guest_end end;
	const char *says;
} ends[] = {
	{ BEGUN RESULT DONE "[    4.3] reboot: Power down\r\n", 0,
	  GUEST_FINISHED, "1 runs" },
	{ BEGUN PANIC, 1, GUEST_PANICKED,
	  "in xfs C01.1: Kernel panic - not syncing: Fatal" },
	{ BEGUN PANIC, 0, GUEST_PANICKED,
	  "in xfs C01.1: Kernel panic - not syncing: Fatal" },
	{ PANIC, 0, GUEST_PANICKED,
	  "after 0 runs: Kernel panic - not syncing: Fatal" },
	{ BEGUN RESULT DONE PANIC, 1, GUEST_PANICKED,
	  "after 1 runs: Kernel panic - not syncing: Fatal" },
	{ BEGUN, 0, GUEST_DIED,
	  "in xfs C01.1: exited with 0, last line: "
	  "ab   # running: C01.1" },
	{ "", 0, GUEST_SILENT, "after 0 runs: exited with 0" },
};

START_TEST(the_end_of_a_guest_is_read_off_its_console_and_exit)
{
	AUTO(guest_result_release) struct guest_result result = { 0 };
	AUTO(guest_plan_release) struct guest_plan plan = { .repeat = 1 };
	struct child_result status = { .exit_code = ends[_i].exit_code };
	const char *text = ends[_i].console;

	support_cross(&plan.suites, "xfs", "C01");
	guest_read_console(&result, text, strlen(text), "ab", &plan, &status);
	ck_assert_str_eq(guest_end_name(result.end),
			 guest_end_name(ends[_i].end));
	ck_assert_str_eq(result.says, ends[_i].says);
}
END_TEST

START_TEST(each_kind_is_found_by_its_name_and_by_its_kernels)
{
	for (size_t i = 0; i < GUEST_KINDS; i++) {
		const struct guest_kind *k = &guest_kinds[i];

		ck_assert_ptr_eq(guest_kind_find(k->name), k);
		ck_assert_ptr_eq(guest_kind_of_arch(k->arch), k);
	}
	ck_assert_ptr_null(guest_kind_find("both"));
	ck_assert_ptr_null(guest_kind_of_arch("arm64"));
}
END_TEST

TEST_MAIN("qemu", TABLE(a_guest_is_two_processors_and_a_console, machine),
	  TEST(the_words_of_the_plan_end_the_command_line_of_the_kernel),
	  TEST(kvm_is_used_when_it_is_known_to_work),
	  TABLE(the_end_of_a_guest_is_read_off_its_console_and_exit, ends),
	  TEST(each_kind_is_found_by_its_name_and_by_its_kernels))
