/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reproduce.c - one scenario on one filesystem as a C program that stands alone
 */
#include <getopt.h>

#include "bot/base/fs.h"
#include "bot/command.h"
#include "bot/config.h"
#include "bot/report/record.h"
#include "bot/stages/catalogue.h"
#include "bot/stages/promises.h"
#include "bot/stages/reproduce.h"

static const char usage[] =
	"usage: collider reproduce [OPTION]... SCENARIO\n"
	"\n"
	"Write a C program that makes one collision on one filesystem, without "
	"collider:\n"
	"it is compiled with 'gcc -static' and run as root on a scratch "
	"machine.\n"
	"\n"
	"  --fs NAME      the filesystem; needed\n"
	"  -o, --output FILE\n"
	"                 write it there; default: to stdout\n"
	"  --review FILE  the result of a review (its --json), whose finding "
	"is "
	"told\n"
	"                 in it and looked for\n"
	"  --config FILE  in place of config/collider.conf\n"
	"  --help         show this\n"
	"\n"
	"Exit code: 0; 2 when it could not be written; 64 usage or "
	"configuration.\n";

struct request {
	const char *scenario;
	const char *filesystem;
	const char *file;   /* NULL: stdout */
	const char *result; /* of a review; or NULL */
	const char *config;
};

/* What it is made from. */
struct making {
	struct config *config;
	struct catalogue catalogue;
	struct contracts contracts;
	struct amalgam_files files;
	struct review review;
};

static void making_release(struct making *m)
{
	config_free(m->config);
	catalogue_release(&m->catalogue);
	contracts_release(&m->contracts);
	amalgam_files_release(&m->files);
	review_release(&m->review);
}
DEFINE_AUTO_VALUE(struct making, making_release)

static int check_pair(const struct catalogue *c, const struct request *want,
		      struct err *err)
{
	const struct catalogue_entry *e = catalogue_find(c, want->scenario);

	if (!e)
		return err_set(err, ERR_CONFIG,
			       "no scenario '%.40s': 'collider review "
			       "--scenario list' lists those that are "
			       "reproduced",
			       want->scenario);
	if (!strings_has(&e->filesystems, want->filesystem))
		return err_set(err, ERR_CONFIG, "%s cannot be made on '%.40s'",
			       e->id, want->filesystem);
	return 0;
}

static int read_review(struct review *out, const char *path, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };

	if (!path)
		return 0;
	if (fs_read(&text, path, RECORD_MAX_BYTES, err) < 0)
		return -1;
	if (record_parse(out, buf_text(&text), text.len, err) < 0)
		return err_wrap(err, "'%s'", path);
	return 0;
}

static int read_all(struct making *m, const struct request *want,
		    struct err *err)
{
	AUTO(mem_free) char *program = fs_find_beside("collide");
	AUTO(strings_release) struct strings names = { 0 };
	AUTO(mem_free) char *contracts = NULL;
	AUTO(mem_free) char *sources = NULL;

	if (config_load(&m->config, want->config, err) < 0 ||
	    catalogue_read(&m->catalogue, program, err) < 0 ||
	    check_pair(&m->catalogue, want, err) < 0 ||
	    read_review(&m->review, want->result, err) < 0)
		return -1;
	strings_push(&names, want->filesystem);
	contracts = config_data_path(m->config, "rules/contracts");
	sources = config_data_path(m->config, "rules/collisions");
	if (promises_read(&m->contracts, contracts, &names, err) < 0)
		return -1;
	return reproduce_read(&m->files, sources, err);
}

/* The worst finding about this pair, or NULL. */
static const struct finding *find_finding(const struct review *r,
					  const struct request *want)
{
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		if (f->filesystem && f->scenario &&
		    strcmp(f->filesystem, want->filesystem) == 0 &&
		    strcmp(f->scenario, want->scenario) == 0)
			return f;
	}
	return NULL;
}

static int reproduce(const struct request *want, struct err *err)
{
	AUTO(making_release) struct making m = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	struct reproducer_spec spec = { .scenario = want->scenario,
					.filesystem = want->filesystem };

	if (read_all(&m, want, err) < 0)
		return -1;
	spec.files = &m.files;
	spec.contracts = &m.contracts;
	spec.says = catalogue_find(&m.catalogue, want->scenario)->says;
	spec.review = want->result ? &m.review : NULL;
	spec.finding = find_finding(&m.review, want);
	if (want->result && !spec.finding)
		return err_set(err, ERR_INPUT,
			       "'%s' has no finding of %s on %s", want->result,
			       want->scenario, want->filesystem);
	if (reproducer_write(&text, &spec, err) < 0)
		return -1;
	if (want->file)
		return fs_write(want->file, buf_text(&text), text.len, err);
	return command_write(&text, err);
}

static void take_option(struct request *want, int option)
{
	switch (option) {
	case 'f':
		want->filesystem = optarg;
		break;
	case 'o':
		want->file = optarg;
		break;
	case 'r':
		want->result = optarg;
		break;
	case 'c':
		want->config = optarg;
		break;
	}
}

int reproduce_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "fs", required_argument, NULL, 'f' },
		{ "output", required_argument, NULL, 'o' },
		{ "review", required_argument, NULL, 'r' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct request want = { 0 };
	struct err err = ERR_INIT;
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "ho:", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return EXIT_BETTER_OR_SAME;
		}
		if (c == '?')
			return command_misused("reproduce",
					       "bad option '%.40s'",
					       argv[optind - 1]);
		take_option(&want, c);
	}
	if (argc - optind != 1)
		return command_misused("reproduce", "one scenario is needed");
	if (!want.filesystem)
		return command_misused("reproduce", "--fs is needed");
	want.scenario = argv[optind];
	if (reproduce(&want, &err) < 0)
		return command_failed("reproduce", &err);
	return EXIT_BETTER_OR_SAME;
}
