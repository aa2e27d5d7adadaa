/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bases.c - trees and lanes, and the subcommand that shows them
 *
 * The folders are the truth. The store remembers when a lane was last of use
 * and what its own kernel did; a row whose folder is gone goes, too.
 */
#include "bot/bases.h"

#include <getopt.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <time.h>

#include "bot/base/fs.h"
#include "bot/base/hash.h"
#include "bot/base/mem.h"
#include "bot/command.h"
#include "bot/git/import.h"
#include "bot/store/lanes.h"

#define FRAGMENT "config/kernel/%s.config"
#define COMMON "config/kernel/common.config"

int bases_open_store(struct store **out, const struct config *config,
		     struct err *err)
{
	AUTO(mem_free) char *path = config_state_path(config, "collider.db");

	if (fs_mkdirs(config->state, 0755, err) < 0)
		return -1;
	return store_open(out, path, err);
}

/* Our own objects over a tree: <state>/scratch/<name>.git. */
static char *scratch_of(const struct config *config, const char *name)
{
	AUTO(mem_free) char *below = xasprintf("scratch/%s.git", name);

	return config_state_path(config, below);
}

static int make_folders(const struct config *config, struct err *err)
{
	static const char *const folders[] = { "trees", "scratch", "lanes",
					       "jobs", "initramfs" };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		AUTO(mem_free)
		char *path = config_state_path(config, folders[i]);

		if (fs_mkdirs(path, 0755, err) < 0)
			return -1;
	}
	return 0;
}

/*
 * The objects of our repository are written in a box, as the unprivileged user;
 * what says where the others are, objects/info, stays ours.
 */
static int give_objects(const struct config *config, const struct tree *t,
			struct err *err)
{
	AUTO(mem_free) char *objects = NULL;
	AUTO(mem_free) char *info = NULL;
	struct stat st;

	objects = xasprintf("%sobjects", tree_scratch(t));
	info = xasprintf("%s/info", objects);
	if (geteuid() != 0 ||
	    (stat(objects, &st) == 0 && st.st_uid == config->uid))
		return 0;
	if (fs_chown_tree(objects, config->uid, config->gid, err) < 0)
		return -1;
	return fs_chown_tree(info, 0, 0, err);
}

static int open_tree(struct tree **out, const struct config *config,
		     const char *name, const char *path, const char *scratch,
		     struct err *err)
{
	AUTO(tree_free) struct tree *t = NULL;

	if (tree_open(&t, name, path, scratch, err) < 0 ||
	    give_objects(config, t, err) < 0)
		return -1;
	*out = TAKE(t);
	return 0;
}

int bases_open_tree(struct tree **out, const struct config *config,
		    const struct config_tree *which, FILE *progress,
		    struct err *err)
{
	AUTO(mem_free) char *scratch = scratch_of(config, which->name);

	if (make_folders(config, err) < 0)
		return -1;
	if (which->source &&
	    import_run(which->source, which->path, progress, err) < 0)
		return err_wrap(err, "tree '%s'", which->name);
	if (open_tree(out, config, which->name, which->path, scratch, err) < 0)
		return -1;
	tree_set_branch(*out, which->branch);
	return 0;
}

/* A repository that is not configured is told apart by its path. */
static int open_path(struct tree **out, const struct config *config,
		     const char *path, struct err *err)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();
	AUTO(mem_free) char *full = realpath(path, NULL);
	AUTO(mem_free) char *scratch = NULL;
	struct hash hash;

	if (!full)
		return err_sys(err, ERR_CONFIG,
			       "--tree '%s' is no tree of the"
			       " configuration and no repository",
			       path);
	if (make_folders(config, err) < 0)
		return -1;
	hasher_adds(h, full);
	hasher_get(&hash, h);
	hash.hex[16] = '\0';
	scratch = scratch_of(config, hash.hex);
	return open_tree(out, config, path, full, scratch, err);
}

int bases_open_named(struct tree **out, const struct config *config,
		     const char *name, FILE *progress, struct err *err)
{
	const struct config_tree *known = config_find_tree(config, name);

	return known ? bases_open_tree(out, config, known, progress, err)
		     : open_path(out, config, name, err);
}

int bases_commit(char hex[TREE_HEX_LEN + 1], const struct config *config,
		 const struct tree *tree, const char *rev, struct err *err)
{
	const struct config_tree *known =
		config_find_tree(config, tree_name(tree));

	if (!rev)
		rev = known ? known->branch : "HEAD";
	if (tree_resolve(hex, tree, rev, err) < 0)
		return -1;
	return hex[0] ? 0
		      : err_set(err, ERR_CONFIG, "no commit '%s' in tree '%s'",
				rev, tree_name(tree));
}

static void describe(struct lanes_row *row, const struct lane *lane,
		     const struct tree *tree)
{
	*row = (struct lanes_row){
		.key = xstrdup(lane->key),
		.path = xstrdup(lane->path),
		.tree = xstrdup(tree_name(tree)),
		.commit = xstrdup(lane->commit),
		.arch = xstrdup(lane->arch),
		.config_hash = xstrdup(lane->config_hash),
		.compiler = xstrdup(lane->compiler),
		.bytes = lane->bytes,
	};
}

static int remember(struct store *st, const struct lane *lane,
		    const struct tree *tree, struct err *err)
{
	AUTO(lanes_row_release) struct lanes_row row = { 0 };

	describe(&row, lane, tree);
	return lanes_put(st, &row, err);
}

/* Beside the lane: shared by who uses it, and alone by who drops it. */
static char *hold_of(const struct config *config, const char *key)
{
	AUTO(mem_free) char *below = xasprintf("lanes/%s.use", key);

	return config_state_path(config, below);
}

/* *gone is false when somebody uses it. */
static int forget(bool *gone, const struct config *config, struct store *st,
		  const char *key, struct err *err)
{
	AUTO(mem_free) char *lanes = config_state_path(config, "lanes");
	AUTO(mem_free) char *used = hold_of(config, key);
	AUTO(mem_free) char *file = xasprintf("%s.lock", used);
	AUTO(fd_close) int alone = -1;

	*gone = false;
	if (fs_mkdirs(lanes, 0755, err) < 0 ||
	    fs_try_lock(&alone, used, err) < 0)
		return -1;
	if (alone < 0)
		return 0;
	*gone = true;
	unlink(file); /* who waits for it looks whether the lane is there */
	/* The row first: base outcomes may not outlive what they are of. */
	if (lanes_remove(st, key, err) < 0)
		return -1;
	return lane_drop(lanes, key, err);
}

/* Drop the least recently used until the rest fits; never @keep. */
static int trim(const struct config *config, struct store *st, const char *keep,
		struct err *err)
{
	AUTO(lanes_list_release) struct lanes_list all = { 0 };
	uint64_t total = 0;

	if (lanes_all(&all, st, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++)
		total += all.v[i].bytes;
	for (size_t i = 0; i < all.n && total > config->lane_max_size; i++) {
		bool gone;

		if (strcmp(all.v[i].key, keep) == 0)
			continue;
		if (forget(&gone, config, st, all.v[i].key, err) < 0)
			return -1;
		if (gone)
			total -= all.v[i].bytes;
	}
	return 0;
}

/* Between its making and our hold somebody may have dropped it. */
static int hold(bool *held, int *out, const struct config *config,
		const struct lane *lane, struct err *err)
{
	AUTO(mem_free) char *path = hold_of(config, lane->key);
	AUTO(mem_free) char *file = xasprintf("%s.lock", path);

	if (fs_share_lock(out, path, err) < 0)
		return -1;
	*held = fs_is_dir(lane->path) && fs_exists(file);
	if (!*held) {
		fd_close(*out);
		*out = -1;
	}
	return 0;
}

int bases_lane(struct lane *out, int *hold_out, const struct config *config,
	       const struct guest_kind *kind, struct store *st,
	       const struct tree *tree, const char *commit, FILE *progress,
	       struct err *err)
{
	bool held = false;

	AUTO(mem_free) char *lanes = config_state_path(config, "lanes");
	AUTO(mem_free) char *below = xasprintf(FRAGMENT, kind->arch);
	AUTO(mem_free) char *fragment = config_data_path(config, below);
	AUTO(mem_free) char *common = config_data_path(config, COMMON);
	struct lane_spec spec = {
		.lanes = lanes,
		.arch = lane_arch_find(kind->arch),
		.fragment = fragment,
		.common = common,
		.jobs = config->lane_jobs,
		.timeout_s = config->build_timeout,
		.user = config->user,
		.uid = config->uid,
		.gid = config->gid,
		.progress = progress,
	};

	while (!held) {
		lane_release(out);
		if (lane_prepare(out, &spec, tree, commit, err) < 0 ||
		    hold(&held, hold_out, config, out, err) < 0)
			return -1;
	}
	if (remember(st, out, tree, err) < 0)
		return -1;
	return trim(config, st, out->key, err);
}

static const char usage[] =
	"usage: collider base list\n"
	"       collider base prepare [--tree NAME|PATH] [--base COMMIT]\n"
	"       collider base drop LANE...\n"
	"\n"
	"list     trees and lanes, their commits, the disk they use\n"
	"prepare  import the tree when it comes from a tarball, and build the\n"
	"         lane of a commit: what a review would do first. Prints the\n"
	"         lane's folder\n"
	"drop     remove lanes (by key, or 'all') and what their kernels did\n"
	"\n"
	"  --tree NAME|PATH  a tree of the configuration, or a git "
	"repository;\n"
	"                    default: the first of the configuration\n"
	"  --base COMMIT     default: the tree's branch\n"
	"  --guest KIND      what the lane is for, uml or qemu; default: uml\n"
	"  --config FILE     in place of config/collider.conf\n"
	"  --help            show this\n"
	"\n"
	"Lanes over lane.maxSize are dropped, least recently used first.\n";

struct request {
	const char *config;
	const char *tree;
	const char *base;
	const struct guest_kind *kind;
	char **words; /* after the options */
	int n_words;
};

static double gib(uint64_t bytes)
{
	return (double)bytes / (1ull << 30);
}

static void list_tree(const struct config_tree *t)
{
	if (fs_is_dir(t->path))
		printf("  %-16s %6.1f GiB  %s\n", t->name,
		       gib(fs_tree_size(t->path)), t->path);
	else
		printf("  %-16s not there yet  %s%s\n", t->name,
		       t->source ? "will be imported from " : t->path,
		       t->source ? t->source : "");
}

static void list_lane(const struct lanes_row *lane)
{
	time_t used = (time_t)lane->last_used;
	char when[32] = "";
	struct tm tm;

	if (localtime_r(&used, &tm))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &tm);
	printf("  %s  %-6s %6.1f GiB  used %s  %.12s of %s\n", lane->key,
	       lane->arch, gib(lane->bytes), when, lane->commit, lane->tree);
}

/* Rows whose folder somebody has removed. */
static int forget_vanished(const struct config *config, struct store *st,
			   struct err *err)
{
	AUTO(lanes_list_release) struct lanes_list all = { 0 };
	bool gone;

	if (lanes_all(&all, st, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++)
		if (!fs_is_dir(all.v[i].path) &&
		    forget(&gone, config, st, all.v[i].key, err) < 0)
			return -1;
	return 0;
}

static int list(const struct config *config, const struct request *want,
		struct err *err)
{
	AUTO(store_free) struct store *st = NULL;
	AUTO(lanes_list_release) struct lanes_list all = { 0 };
	uint64_t total = 0;

	(void)want;
	if (bases_open_store(&st, config, err) < 0 ||
	    forget_vanished(config, st, err) < 0 ||
	    lanes_all(&all, st, err) < 0)
		return -1;
	puts("trees");
	for (size_t i = 0; i < config->n_trees; i++)
		list_tree(&config->trees[i]);
	puts("lanes");
	for (size_t i = 0; i < all.n; i++) {
		list_lane(&all.v[i]);
		total += all.v[i].bytes;
	}
	printf("%zu lanes, %.1f of %.0f GiB; %.1f GiB free in %s\n", all.n,
	       gib(total), gib(config->lane_max_size),
	       gib(fs_free_space(config->state)), config->state);
	return 0;
}

static int prepare(const struct config *config, const struct request *want,
		   struct err *err)
{
	AUTO(store_free) struct store *st = NULL;
	AUTO(tree_free) struct tree *tree = NULL;
	AUTO(lane_release) struct lane lane = { 0 };
	AUTO(fd_close) int hold_fd = -1;
	char commit[TREE_HEX_LEN + 1];
	const char *name = want->tree ? want->tree : config->trees[0].name;

	if (bases_open_store(&st, config, err) < 0 ||
	    bases_open_named(&tree, config, name, stderr, err) < 0 ||
	    bases_commit(commit, config, tree, want->base, err) < 0 ||
	    bases_lane(&lane, &hold_fd, config, want->kind, st, tree, commit,
		       stderr, err) < 0)
		return -1;
	puts(lane.path);
	return 0;
}

static bool is_wanted(const struct request *want, const char *key)
{
	for (int i = 0; i < want->n_words; i++)
		if (strcmp(want->words[i], key) == 0 ||
		    strcmp(want->words[i], "all") == 0)
			return true;
	return false;
}

static int drop(const struct config *config, const struct request *want,
		struct err *err)
{
	AUTO(store_free) struct store *st = NULL;
	AUTO(lanes_list_release) struct lanes_list all = { 0 };
	int dropped = 0;
	bool gone;

	if (bases_open_store(&st, config, err) < 0 ||
	    lanes_all(&all, st, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++) {
		if (!is_wanted(want, all.v[i].key))
			continue;
		if (forget(&gone, config, st, all.v[i].key, err) < 0)
			return -1;
		if (!gone)
			return err_set(err, ERR_RETRY,
				       "lane '%s' is used right now",
				       all.v[i].key);
		printf("dropped %s\n", all.v[i].key);
		dropped++;
	}
	return dropped ? 0
		       : err_set(err, ERR_CONFIG, "no such lane '%s'",
				 want->words[0]);
}

static const struct action {
	const char *name;
	bool takes_words;
	int (*run)(const struct config *config, const struct request *want,
		   struct err *err);
} actions[] = {
	{ "list", false, list },
	{ "prepare", false, prepare },
	{ "drop", true, drop },
};

static int run(const struct action *action, const struct request *want)
{
	AUTO(config_free) struct config *config = NULL;
	struct err err = ERR_INIT;

	if (config_load(&config, want->config, &err) < 0 ||
	    action->run(config, want, &err) < 0)
		return command_failed("base", &err);
	return EXIT_BETTER_OR_SAME;
}

static int run_action(const struct request *want, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		if (strcmp(actions[i].name, name) != 0)
			continue;
		if (actions[i].takes_words != (want->n_words > 0))
			return command_misused("base", "'%s' takes %s", name,
					       actions[i].takes_words
						       ? "the lanes to drop"
						       : "no further words");
		return run(&actions[i], want);
	}
	return command_misused("base", "no action '%.40s'", name);
}

int bases_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "tree", required_argument, NULL, 't' },
		{ "base", required_argument, NULL, 'b' },
		{ "guest", required_argument, NULL, 'g' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct request want = { .kind = &guest_kinds[0] };
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
		case 'g':
			want.kind = guest_kind_find(optarg);
			break;
		case 'c':
			want.config = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return EXIT_BETTER_OR_SAME;
		default:
			return command_misused("base", "bad option '%.40s'",
					       argv[optind - 1]);
		}
	}
	if (!want.kind)
		return command_misused("base", "--guest is uml or qemu");
	if (optind == argc)
		return command_misused("base", "list, prepare or drop?");
	want.words = argv + optind + 1;
	want.n_words = argc - optind - 1;
	return run_action(&want, argv[optind]);
}
