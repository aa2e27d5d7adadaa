/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/program.h"

#include "bot/base/fs.h"
#include "bot/run/child.h"
#include "bot/stages/reproduce.h"
#include "tests/support/facts.h"
#include "tests/support/support.h"

#define MAX_OUTPUT (8u << 20) /* the assembly has 300 KiB */

void program_write(struct buf *out, const struct review *r,
		   const struct finding *f)
{
	AUTO(amalgam_files_release) struct amalgam_files files = { 0 };
	AUTO(contracts_release) struct contracts contracts = { 0 };
	struct reproducer_spec spec = {
		.files = &files,
		.scenario = "C01",
		.says = "a store meets a direct write",
		.filesystem = "xfs",
		.contracts = &contracts,
		.review = r,
		.finding = f,
	};
	struct err err = ERR_INIT;

	facts_read_contracts(&contracts);
	ck_ok(reproduce_read(&files, COLLIDER_DATA "/rules/collisions", &err),
	      &err);
	ck_ok(reproducer_write(out, &spec, &err), &err);
}

void program_compile(struct buf *out, const char *dir, const struct buf *text,
		     const char *flags)
{
	AUTO(mem_free) char *path = xasprintf("%s/c01-xfs.c", dir);
	AUTO(mem_free)
	char *command = xasprintf("cd '%s' && gcc -Wall -Wextra -Werror %s "
				  "c01-xfs.c",
				  dir, flags);
	struct child_result result;
	struct err err = ERR_INIT;

	ck_ok(fs_write(path, buf_text(text), text->len, &err), &err);
	buf_init(out, MAX_OUTPUT);
	ck_ok(child_run(&result,
			&(struct child_spec){
				.argv = (const char *const[]){ "/bin/sh", "-c",
							       command, NULL },
				.timeout_s = 100,
				.max_output = MAX_OUTPUT,
				.out = out,
			},
			&err),
	      &err);
	ck_assert_msg(child_is_ok(&result), "%s", buf_text(text));
}
