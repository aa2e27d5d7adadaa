/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine.h - checks of this machine: its kernel, its programs, its memory
 *
 * What a build or a job does is tried as the user that they run as. Caller:
 * bot/doctor.c
 */
#ifndef BOT_MACHINE_H
#define BOT_MACHINE_H

#include "bot/checkup.h"

void machine_check_namespaces(struct diagnosis *d, const struct checkup *c,
			      const struct check *check);
void machine_check_overlay(struct diagnosis *d, const struct checkup *c,
			   const struct check *check);
void machine_check_sandbox(struct diagnosis *d, const struct checkup *c,
			   const struct check *check);
/* In the sandbox, headers, linker and libc with it. */
void machine_check_compiler(struct diagnosis *d, const struct checkup *c,
			    const struct check *check);
/* Looked for where the sandbox of builds looks for it. */
void machine_check_build_program(struct diagnosis *d, const struct checkup *c,
				 const struct check *check);
void machine_check_program(struct diagnosis *d, const struct checkup *c,
			   const struct check *check);
void machine_check_mkfs(struct diagnosis *d, const struct checkup *c,
			const struct check *check);
/* A file of the machine, told by its own name. */
void machine_check_file(struct diagnosis *d, const struct checkup *c,
			const struct check *check);
void machine_check_memory(struct diagnosis *d, const struct checkup *c,
			  const struct check *check);
void machine_check_kvm(struct diagnosis *d, const struct checkup *c,
		       const struct check *check);

/*
 * The first line that the program at @path prints when asked with @option. -1:
 * ERR_CONFIG, it does not run or fails.
 */
int machine_ask(struct buf *out, const char *path, const char *option,
		struct err *err) MUST_CHECK;

#endif
