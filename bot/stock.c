/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stock.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/git/tree.h"
#include "bot/guest/initramfs.h"
#include "bot/machine.h"

#define GIB (1ull << 30)
#define DISK_WANTED (5 * GIB) /* a tree of 0.3, a lane of 2, a job, and air */
#define DISK_NEEDED (256ull << 20) /* for the logs and results of jobs */

static int pack_guest(const struct checkup *c, const char *program,
		      struct err *err)
{
	AUTO(strings_release) struct strings usable = { 0 };
	AUTO(mem_free) char *archive = NULL;

	/* Each one that is missing has a line of its own. */
	for (size_t i = 0; i < c->config->filesystems.n; i++)
		if (!initramfs_missing(c->config->filesystems.v[i]))
			strings_push(&usable, c->config->filesystems.v[i]);
	return initramfs_make(&archive, c->work, program, &usable, err);
}

void stock_check_guest(struct diagnosis *d, const struct checkup *c,
		       const struct check *check)
{
	AUTO(mem_free) char *program = fs_find_beside("collide");
	AUTO(buf_release) struct buf first = { 0 };
	struct err err = ERR_INIT;

	buf_init(&first, CHECKUP_MAX_OUTPUT);
	if (!fs_exists(program)) {
		diagnosis_set(d, DIAGNOSIS_MISSING, "no '%s'", program);
		diagnosis_install(d, check->of);
		diagnosis_mend(d, "then build collider again");
	} else if (machine_ask(&first, program, "--list", &err) < 0 ||
		   pack_guest(c, program, &err) < 0) {
		diagnosis_set(d, DIAGNOSIS_BROKEN, "%s", err.msg);
		diagnosis_mend(d, "build collider again");
	} else {
		diagnosis_set(d, DIAGNOSIS_OK,
			      "'%s' packs into an initramfs with its mkfs "
			      "programs",
			      program);
	}
}

/* The folder itself or what there is of the path to it; the caller frees it. */
static char *existing_part(const char *path)
{
	char *part = xstrdup(path);

	while (part[1] && !fs_exists(part)) {
		char *slash = strrchr(part, '/');

		slash[slash == part ? 1 : 0] = '\0';
	}
	return part;
}

static int make_folder(char **out, const char *in, const struct config *config,
		       struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/.doctor-XXXXXX", in);

	if (!mkdtemp(path))
		return err_sys(err, ERR_CONFIG, "cannot make a folder in '%s'",
			       in);
	if (geteuid() == 0 &&
	    fs_chown_tree(path, config->uid, config->gid, err) < 0) {
		rmdir(path);
		return -1;
	}
	*out = TAKE(path);
	return 0;
}

static bool has_lane(const struct config *config)
{
	AUTO(mem_free) char *lanes = config_state_path(config, "lanes");
	const struct dirent *entry;
	DIR *dir = opendir(lanes);
	bool found = false;

	while (dir && !found && (entry = readdir(dir)) != NULL) {
		AUTO(mem_free)
		char *json = xasprintf("%s/%s/lane.json", lanes, entry->d_name);

		found = fs_exists(json);
	}
	if (dir)
		closedir(dir);
	return found;
}

static void tell_space(struct diagnosis *d, const struct config *config,
		       const char *where)
{
	uint64_t free_space = fs_free_space(where);
	double gib = (double)free_space / (double)GIB;

	if (free_space < DISK_NEEDED)
		diagnosis_set(d, DIAGNOSIS_BROKEN,
			      "the disk of '%s' is full: %.1f GiB are free",
			      config->state, gib);
	else if (free_space < DISK_WANTED && !has_lane(config))
		diagnosis_set(d, DIAGNOSIS_LOW,
			      "'%s', %.1f GiB are free; a tree and a lane take "
			      "%llu",
			      config->state, gib, DISK_WANTED / GIB);
	else
		diagnosis_set(d, DIAGNOSIS_OK, "'%s', %.1f GiB are free",
			      config->state, gib);
	if (d->health != DIAGNOSIS_OK)
		diagnosis_mend(d, "make room ('collider base drop'), or set "
				  "collider.state");
}

void stock_check_state(struct diagnosis *d, const struct checkup *c,
		       const struct check *check)
{
	AUTO(mem_free) char *where = existing_part(c->config->state);
	AUTO(mem_free) char *made = NULL;
	struct err err = ERR_INIT;

	(void)check;
	if (make_folder(&made, where, c->config, &err) == 0 &&
	    fs_remove_tree(made, &err) == 0) {
		tell_space(d, c->config, where);
		return;
	}
	diagnosis_set(d, DIAGNOSIS_BROKEN, "%s", err.msg);
	diagnosis_mend(d, "make '%s' a folder of uid %u, or set collider.state",
		       c->config->state, (unsigned)geteuid());
}

int stock_make_work(char **out, const struct config *config, struct err *err)
{
	AUTO(mem_free) char *where = existing_part(config->state);
	struct err refused = ERR_INIT;

	if (fs_free_space(where) >= DISK_NEEDED &&
	    make_folder(out, where, config, &refused) == 0)
		return 0;
	return make_folder(out, "/tmp", config, err);
}

/* "linux-source-6.12" of "/usr/src/linux-source-6.12.tar.xz"; else NULL. */
static char *package_of(const char *tarball)
{
	const char *name = fs_name(tarball);
	const char *end = strstr(name, ".tar");

	if (!fs_is_below(tarball, "/usr/src") || !end ||
	    strncmp(name, "linux-source-", 13) != 0)
		return NULL;
	return xstrndup(name, (size_t)(end - name));
}

static void tell_source(struct diagnosis *d, const struct config_tree *tree)
{
	AUTO(mem_free) char *package = NULL;
	AUTO(fd_close) int fd = -1;
	struct stat st;

	if (!tree->source) {
		diagnosis_set(d, DIAGNOSIS_MISSING, "no repository '%s'",
			      tree->path);
		diagnosis_mend(d, "clone a kernel to it, or set tree.%s.source",
			       tree->name);
		return;
	}
	fd = open(tree->source, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size > 0) {
		diagnosis_set(d, DIAGNOSIS_OK,
			      "'collider base prepare' makes it from '%s'",
			      tree->source);
		return;
	}
	diagnosis_set(d, DIAGNOSIS_MISSING,
		      "no repository '%s', no tarball '%s'", tree->path,
		      tree->source);
	package = package_of(tree->source);
	if (package)
		diagnosis_install(d, package);
	else
		diagnosis_mend(d,
			       "put one of them there, or set tree.%s.source",
			       tree->name);
}

void stock_check_tree(struct diagnosis *d, const struct checkup *c,
		      const struct check *check)
{
	const struct config_tree *which =
		config_find_tree(c->config, check->of);
	AUTO(mem_free) char *scratch = xasprintf("%s/scratch.git", c->work);
	AUTO(tree_free) struct tree *t = NULL;
	char commit[TREE_HEX_LEN + 1] = "";
	struct err err = ERR_INIT;

	if (!fs_exists(which->path)) {
		tell_source(d, which);
		return;
	}
	if (tree_open(&t, which->name, which->path, scratch, &err) < 0 ||
	    tree_resolve(commit, t, which->branch, &err) < 0)
		diagnosis_set(d, DIAGNOSIS_BROKEN, "%s", err.msg);
	else if (!*commit)
		diagnosis_set(d, DIAGNOSIS_BROKEN, "no '%s' in '%s'",
			      which->branch, which->path);
	else
		diagnosis_set(d, DIAGNOSIS_OK, "%s of '%s' is %.12s",
			      which->branch, which->path, commit);
	if (d->health != DIAGNOSIS_OK)
		diagnosis_mend(d, "set tree.%s.path and tree.%s.branch",
			       which->name, which->name);
}
