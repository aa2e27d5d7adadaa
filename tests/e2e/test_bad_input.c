/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_bad_input.c - what is wrong with the input or the machine ends in one
 * clear line and the documented exit code, and the next run works
 */
#include "bot/base/mem.h"
#include "tests/support/run.h"

#define HEADERS                                                    \
	"From: A <a@example.org>\\nMessage-ID: <x@example.org>\\n" \
	"Subject: [PATCH] x\\nMIME-Version: 1.0\\n"

static const struct {
	const char *command;
	const char *says;
	int exit_code;
} inputs[] = {
	{ ": >$dir/empty; $review $dir/empty", "empty", 2 },
	{ "$review /dev/null", "not a regular file", 2 },
	{ "$review $dir/no-such-file", "no-such-file", 2 },
	{ "printf '" HEADERS "\\nwords only\\n' | $review -", "no patch", 2 },
	{ "head -c 100000000 /dev/urandom | $review -", "larger than", 2 },
	{ "awk 'BEGIN { printf \"" HEADERS
	  "Content-Type: multipart/mixed; boundary=b\\n\\n\";"
	  " for (i = 0; i < 10000; i++) print \"--b\\n\\nx\"; }' | $review -",
	  "parts", 2 },
	{ "printf '" HEADERS "Content-Type: multipart/mixed; "
	  "boundary=b\\n\\n--b\\n\\nhel' | $review -",
	  "no patch", 2 },
	{ "$review", "collider review --help", 64 },
	{ "$review --scenario C99 tests/fixtures/series/seed.mbox", "C99", 64 },
	{ "$review --fs minix tests/fixtures/series/seed.mbox", "minix", 64 },
	{ "$review --tree /nowhere tests/fixtures/series/seed.mbox", "/nowhere",
	  64 },
	{ "$collider frobnicate", "frobnicate", 64 },
};

START_TEST(bad_input_is_one_clear_line)
{
	AUTO(run_release) struct run r;
	const char *newline;

	run_shell(&r, inputs[_i].command);
	ck_assert_msg(r.exit_code == inputs[_i].exit_code, RUN_SAID(&r));
	run_expect_text(&r.err, inputs[_i].says);
	newline = strchr(buf_text(&r.err), '\n');
	ck_assert_msg(newline && newline[1] == '\0', RUN_SAID(&r));
	ck_assert_uint_eq(r.mail.len, 0);
}
END_TEST

/* Root, or root of a user namespace, with mounts of its own. */
#define IN_OWN_MOUNTS                                                          \
	"if [ $(id -u) = 0 ]; then own='unshare -m'; else own='unshare -rm'; " \
	"fi\n"

START_TEST(a_full_disk_is_one_clear_line_and_the_next_run_works)
{
	AUTO(run_release) struct run full;
	AUTO(run_release) struct run next;

	run_shell(&full,
		  IN_OWN_MOUNTS "$own sh -c \"mkdir $dir/state &&"
				" mount -t tmpfs -o size=1m none $dir/state &&"
				" COLLIDER_STATE=$dir/state $review"
				" tests/fixtures/series/seed.mbox\"");
	ck_assert_msg(full.exit_code == 2, RUN_SAID(&full));
	run_expect_text(&full.err, "space");
	run_shell(&next, "$review tests/fixtures/series/harmless.mbox");
	run_expect(&next, 0, "same");
}
END_TEST

START_TEST(a_machine_without_bwrap_is_one_clear_line)
{
	AUTO(run_release) struct run r;

	run_shell(&r, IN_OWN_MOUNTS
		  "$own sh -c \"mount --bind /dev/null $(command -v bwrap) &&"
		  " $review tests/fixtures/series/seed.mbox\"");
	ck_assert_msg(r.exit_code == 2 || r.exit_code == 64, RUN_SAID(&r));
	run_expect_text(&r.err, "bwrap");
	run_expect_text(&r.err, "bubblewrap");
}
END_TEST

TEST_MAIN("bad_input", TABLE(bad_input_is_one_clear_line, inputs),
	  TEST(a_full_disk_is_one_clear_line_and_the_next_run_works),
	  TEST(a_machine_without_bwrap_is_one_clear_line))
