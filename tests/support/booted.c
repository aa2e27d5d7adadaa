// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/booted.h"

#include "bot/base/fs.h"
#include "bot/guest/initramfs.h"
#include "bot/guest/qemu.h"

char *booted_kernel(const char *lane, const char *kernel)
{
	const char *folder = getenv(lane);

	return folder ? xasprintf("%s/src/%s", folder, kernel) : NULL;
}

void booted_prepare(struct booted *b, const char *kind, char *kernel,
		    const char *filesystems, const char *scenarios,
		    unsigned repeat)
{
	struct err err = ERR_INIT;

	support_drop();
	b->kind = guest_kind_find(kind);
	b->dir = support_tmpdir();
	b->kernel = kernel;
	b->console = xasprintf("%s/console.log", b->dir);
	strings_split(&b->filesystems, filesystems);
	support_cross(&b->plan.suites, filesystems, scenarios);
	b->plan.repeat = repeat;
	ck_ok(initramfs_make(&b->initramfs, b->dir, COLLIDER_BUILD "/collide",
			     &b->filesystems, &err),
	      &err);
}

void booted_run(struct booted *b)
{
	struct err err = ERR_INIT;

	guest_result_release(&b->result);
	ck_ok(guest_run(&b->result,
			&(struct guest_spec){
				.kind = b->kind,
				.kernel = b->kernel,
				.initramfs = b->initramfs,
				.plan = &b->plan,
				.console = b->console,
				.max_output = b->max_output,
			},
			&err),
	      &err);
}

void booted_run_stranger(struct booted *b, const char *program)
{
	struct err err = ERR_INIT;

	free(TAKE(b->initramfs));
	ck_ok(initramfs_make(&b->initramfs, b->dir, program, &b->filesystems,
			     &err),
	      &err);
	booted_run(b);
}

void booted_assert_finished(const struct booted *b)
{
	ck_assert_msg(b->result.end == GUEST_FINISHED, "%s: %s",
		      guest_end_name(b->result.end), b->result.says);
}

char *booted_dump(const struct booted *b)
{
	AUTO(json_free) json_t *array = outcomes_to_json(&b->result.outcomes);

	return json_dumps(array, JSON_INDENT(1));
}

void booted_release(struct booted *b)
{
	struct err err = ERR_INIT;

	ck_ok(fs_remove_tree(b->dir, &err), &err);
	free(b->dir);
	free(b->kernel);
	free(b->initramfs);
	free(b->console);
	strings_release(&b->filesystems);
	guest_plan_release(&b->plan);
	guest_result_release(&b->result);
}

int booted_run_qemu(const char *suite, const struct test_case *cases, size_t n)
{
	AUTO(mem_free) char *program = fs_find_program(QEMU_PROGRAM);

	if (!getenv(BOOTED_QEMU_LANE) || !program) {
		printf("SKIP: %s\n", program ? "no lane, set " BOOTED_QEMU_LANE
					     : "no " QEMU_PROGRAM);
		return 77;
	}
	return support_run(suite, cases, n);
}
