/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * booted.h - a real kernel, booted with a plan by a test, and what it left
 */
#ifndef TESTS_BOOTED_H
#define TESTS_BOOTED_H

#include "bot/guest/guest.h"
#include "tests/support/support.h"

/* Names a lane for QEMU. */
#define BOOTED_QEMU_LANE "COLLIDER_TEST_LANE_X86"

struct booted {
	const struct guest_kind *kind;
	char *dir, *kernel, *initramfs, *console;
	struct strings filesystems; /* that there is a mkfs of */
	struct guest_plan plan;
	uint64_t max_output;	    /* 0: that of any guest */
	struct guest_result result; /* of the last boot */
};

/*
 * The kernel of the lane that @lane, a variable of the environment, names; NULL
 * when it is not set. The caller frees it.
 */
char *booted_kernel(const char *lane, const char *kernel);
/* From here on we are nobody. Eats @kernel. */
void booted_prepare(struct booted *b, const char *kind, char *kernel,
		    const char *filesystems, const char *scenarios,
		    unsigned repeat);
void booted_run(struct booted *b);
/* With a program of this machine in place of our init. */
void booted_run_stranger(struct booted *b, const char *program);
void booted_assert_finished(const struct booted *b);
/* The outcomes as text; the caller frees it. */
char *booted_dump(const struct booted *b);
void booted_release(struct booted *b);
DEFINE_AUTO_VALUE(struct booted, booted_release)

/* As support_run, or 77, said why, where a kernel or QEMU is not there. */
int booted_run_qemu(const char *suite, const struct test_case *cases, size_t n);

#endif
