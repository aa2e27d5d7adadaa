/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * contracts.c - what each filesystem promises, for its maintainer to check
 */
#include <getopt.h>

#include "bot/bases.h"
#include "bot/command.h"
#include "bot/report/contract_text.h"
#include "bot/stages/promises.h"

static const char usage[] =
	"usage: collider contracts [OPTION]... [FILESYSTEM]...\n"
	"\n"
	"Print what each filesystem promises about direct I/O that meets the "
	"page\n"
	"cache: in which scenarios, what is expected there, and where it is "
	"said.\n"
	"Without FILESYSTEM, all of them.\n"
	"\n"
	"  --tree NAME|PATH  a tree of the configuration, or a git repository: "
	"say\n"
	"                    which promises are in force there\n"
	"  --base COMMIT     at this commit; default: the tree's branch\n"
	"  --config FILE     in place of config/collider.conf\n"
	"  --help            show this\n"
	"\n"
	"Exit code: 0; 64 usage or configuration.\n";

struct request {
	const char *tree;
	const char *base;
	const char *config;
	struct strings filesystems;
};

/* "debian-6.12 8f0c1d2e3f4a"; NULL: no tree is asked for. */
static int settle(char **base, struct contracts *list,
		  const struct config *config, const struct request *want,
		  struct err *err)
{
	AUTO(tree_free) struct tree *tree = NULL;
	const char *name = want->tree ? want->tree : config->trees[0].name;
	char commit[TREE_HEX_LEN + 1];

	if (!want->tree && !want->base)
		return 0;
	if (bases_open_named(&tree, config, name, stderr, err) < 0 ||
	    bases_commit(commit, config, tree, want->base, err) < 0 ||
	    promises_settle(list, tree, commit, err) < 0)
		return -1;
	*base = xasprintf("%s %.12s", tree_name(tree), commit);
	return 0;
}

static int print(struct request *want, struct err *err)
{
	AUTO(config_free) struct config *config = NULL;
	AUTO(contracts_release) struct contracts list = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(mem_free) char *dir = NULL;
	AUTO(mem_free) char *base = NULL;

	if (config_load(&config, want->config, err) < 0)
		return -1;
	dir = config_data_path(config, "rules/contracts");
	if ((want->filesystems.n == 0 &&
	     promises_list(&want->filesystems, dir, err) < 0) ||
	    promises_read(&list, dir, &want->filesystems, err) < 0 ||
	    settle(&base, &list, config, want, err) < 0)
		return -1;
	buf_init(&text, CONTRACT_TEXT_MAX_BYTES);
	contract_text_from_list(&text, &list, &want->filesystems, base);
	if (buf_check(&text, "the table", err) < 0)
		return -1;
	fputs(buf_text(&text), stdout);
	return 0;
}

static int run(struct request *want)
{
	struct err err = ERR_INIT;
	int rc = print(want, &err);

	strings_release(&want->filesystems);
	return rc < 0 ? command_failed("contracts", &err) : EXIT_BETTER_OR_SAME;
}

int contracts_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "tree", required_argument, NULL, 't' },
		{ "base", required_argument, NULL, 'b' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct request want = { 0 };
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 't':
			want.tree = optarg;
			break;
		case 'b':
			want.base = optarg;
			break;
		case 'c':
			want.config = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return EXIT_BETTER_OR_SAME;
		default:
			return command_misused("contracts",
					       "bad option '%.40s'",
					       argv[optind - 1]);
		}
	}
	for (int i = optind; i < argc; i++)
		strings_split(&want.filesystems, argv[i]);
	return run(&want);
}
