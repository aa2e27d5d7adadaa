/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doctor.c - is all that a review needs on this machine, and does it work?
 */
#include <getopt.h>

#include "bot/base/fs.h"
#include "bot/command.h"
#include "bot/guest/initramfs.h"
#include "bot/guest/qemu.h"
#include "bot/machine.h"
#include "bot/run/kvm.h"
#include "bot/stock.h"

static const char usage[] =
	"usage: collider doctor\n"
	"\n"
	"Check this machine for what a review needs, by trying it: "
	"namespaces,\n"
	"overlay, sandbox, compilers, mkfs programs, disk, memory, kernel "
	"source.\n"
	"Each is told as ok, slow, low (it may not be enough), missing or\n"
	"broken, with how to mend it. spatch and /dev/kvm are looked at and\n"
	"not needed; QEMU is, where review.guest has it.\n"
	"\n"
	"  -h, --help  show this\n"
	"\n"
	"Exit code: 0 when nothing that is needed is missing or broken, 1 "
	"when\n"
	"something is, 64 when the configuration cannot be read.\n";

static const struct check checks[] = {
	{ "user namespaces", machine_check_namespaces },
	{ "overlayfs", machine_check_overlay },
	{ "bwrap", machine_check_sandbox, "bubblewrap" },
	{ "make", machine_check_build_program, "make" },
	{ "gcc", machine_check_build_program, "gcc" },
	{ "ld", machine_check_build_program, "binutils" },
	{ "flex", machine_check_build_program, "flex" },
	{ "bison", machine_check_build_program, "bison" },
	{ "bc", machine_check_build_program, "bc" },
	{ "libc", machine_check_compiler, "libc6-dev" },
	{ "git", machine_check_program, "git" },
	{ "", machine_check_mkfs, .each = CHECK_EACH_FILESYSTEM },
	{ "guest program", stock_check_guest, "libc6-dev" },
	{ "memory", machine_check_memory },
	{ "state folder", stock_check_state },
	{ "tree ", stock_check_tree, .each = CHECK_EACH_TREE },
	{ "spatch", machine_check_program, "coccinelle", .is_optional = true },
	{ QEMU_PROGRAM, machine_check_program, "qemu-system-x86",
	  .is_of_qemu = true },
	{ "/usr/include/gelf.h", machine_check_file, "libelf-dev",
	  .is_of_qemu = true }, /* of objtool, without which no x86 builds */
	{ KVM_DEVICE, machine_check_kvm, .is_optional = true },
};

static void checkup_release(struct checkup *c)
{
	struct err ignored = ERR_INIT;

	if (c->work)
		(void)!fs_remove_tree(c->work, &ignored);
	free(c->work);
	profile_free(c->profile);
	strings_release(&c->packages);
}
DEFINE_AUTO_VALUE(struct checkup, checkup_release)

static bool is_optional(const struct checkup *c, const struct check *check)
{
	return check->is_optional ||
	       (check->is_of_qemu && strcmp(c->config->guest, "uml") == 0);
}

static void run_check(struct checkup *c, const struct check *check)
{
	AUTO(diagnosis_release) struct diagnosis d = { 0 };

	diagnosis_init(&d);
	check->run(&d, c, check);
	diagnosis_print(stdout, check->name, &d);
	fflush(stdout); /* the next one may take seconds */
	if (is_optional(c, check) || diagnosis_is_usable(&d))
		return;
	c->n_bad++;
	if (d.package && !strings_has(&c->packages, d.package))
		strings_push(&c->packages, d.package);
}

static void run_for(struct checkup *c, const struct check *row,
		    const char *name, const char *of)
{
	struct check one = *row;

	one.name = name;
	one.of = of;
	run_check(c, &one);
}

/* The programs that make the filesystems; variants share one. */
static void run_programs(struct checkup *c, const struct check *row)
{
	const struct strings *all = &c->config->filesystems;
	AUTO(strings_release) struct strings known = { 0 };

	for (size_t i = 0; i < all->n; i++) {
		const char *program = initramfs_program(all->v[i]);

		if (!program || strings_has(&known, program))
			continue;
		strings_push(&known, program);
		run_for(c, row, program, all->v[i]);
	}
}

static void run_trees(struct checkup *c, const struct check *row)
{
	for (size_t i = 0; i < c->config->n_trees; i++) {
		const char *tree = c->config->trees[i].name;
		AUTO(mem_free) char *name = xasprintf("%s%s", row->name, tree);

		run_for(c, row, name, tree);
	}
}

static void run_row(struct checkup *c, const struct check *row)
{
	switch (row->each) {
	case CHECK_ONCE:
		run_check(c, row);
		return;
	case CHECK_EACH_FILESYSTEM:
		run_programs(c, row);
		return;
	case CHECK_EACH_TREE:
		run_trees(c, row);
	}
}

static void print_summary(const struct checkup *c)
{
	if (c->n_bad == 0) {
		puts("\nall that a review needs is here");
		return;
	}
	printf("\nmissing or broken: %u of what a review needs\n", c->n_bad);
	if (c->packages.n == 0)
		return;
	printf("%sapt-get install", geteuid() == 0 ? "" : "sudo ");
	for (size_t i = 0; i < c->packages.n; i++)
		printf(" %s", c->packages.v[i]);
	putchar('\n');
}

static int examine(void)
{
	AUTO(config_free) struct config *config = NULL;
	AUTO(checkup_release) struct checkup c = { 0 };
	struct err err = ERR_INIT;

	if (config_load(&config, NULL, &err) < 0)
		return command_failed("doctor", &err);
	c.config = config;
	if (profile_read(&c.profile, "build", &err) < 0 ||
	    stock_make_work(&c.work, config, &err) < 0)
		return command_failed("doctor", &err);
	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		run_row(&c, &checks[i]);
	print_summary(&c);
	return c.n_bad ? EXIT_FAILURE : EXIT_SUCCESS;
}

int doctor_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	opterr = 0;
	option = getopt_long(argc, argv, "h", options, NULL);
	if (option == 'h') {
		fputs(usage, stdout);
		return EXIT_SUCCESS;
	}
	if (option != -1)
		return command_misused("doctor", "unknown option '%s'",
				       argv[optind - 1]);
	if (optind < argc)
		return command_misused("doctor", "no argument is wanted");
	return examine();
}
