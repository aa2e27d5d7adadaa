/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/lane.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>

#include "bot/base/argv.h"
#include "bot/base/fs.h"
#include "bot/base/hash.h"
#include "bot/base/json.h"
#include "bot/base/progress.h"
#include "bot/base/span.h"
#include "bot/run/profile.h"
#include "bot/run/sandbox.h"
#include "bot/run/worker.h"

#define MAX_LOG (16u << 20)
#define MAX_CONFIG (1u << 20) /* .config of a distribution: 300 KB */
#define CONFIG_TIMEOUT_S 300
#define MAX_MAKEFILE (1u << 20) /* the top one: 70 KB */
#define VERSION_MAX 999
#define FIRST_ERROR_MAX 200

struct version {
	unsigned major, minor;
};

/*
 * QEMU takes vmlinux as it is linked (PVH): a bzImage is compressed after that,
 * which makes each build longer, and is unpacked again at each boot.
 */
static const struct lane_arch archs[] = {
	{ "um", NULL, "linux", 1560 },
	{ "x86_64", "vmlinux", "vmlinux", 1700 },
};

const struct lane_arch *lane_arch_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(archs); i++)
		if (strcmp(archs[i].name, name) == 0)
			return &archs[i];
	return NULL;
}

/* What the making of one lane knows. */
struct making {
	const struct lane_spec *spec;
	const struct profile *profile;
	char *folder; /* <key>.new */
	char *src;
	char *log;
	char *fragment; /* its text, and that of what is common */
	size_t own_len; /* the part that is not common */
	struct progress progress;
	struct lane lane;
};

static void making_release(struct making *m)
{
	free(m->folder);
	free(m->src);
	free(m->log);
	free(m->fragment);
	lane_release(&m->lane);
}
DEFINE_AUTO_VALUE(struct making, making_release)

void lane_release(struct lane *l)
{
	free(l->path);
	free(l->commit);
	free(l->arch);
	free(l->config_hash);
	free(l->compiler);
	free(l->release);
	*l = (struct lane){ 0 };
}

/* The first line that `gcc --version` prints. */
static int find_compiler(char **out, struct err *err)
{
	AUTO(mem_free) char *gcc = fs_find_program("gcc");
	AUTO(buf_release) struct buf said = { 0 };
	struct child_result result;
	struct span text, line;

	if (!gcc)
		return err_set(err, ERR_CONFIG, "no gcc: install gcc");
	buf_init(&said, 4096);
	if (child_run(&result,
		      &(struct child_spec){
			      .argv = (const char *const[]){ gcc, "--version",
							     NULL },
			      .timeout_s = 10,
			      .max_output = 4096,
			      .out = &said,
		      },
		      err) < 0)
		return -1;
	text = span_of(buf_text(&said), said.len);
	if (!child_is_ok(&result) || !span_line(&text, &line))
		return err_set(err, ERR_CONFIG, "'%s --version' fails", gcc);
	*out = span_dup(line);
	return 0;
}

static void name_lane(struct lane *lane)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();
	struct hash hash;

	hasher_adds(h, lane->tree_hash);
	hasher_adds(h, lane->arch);
	hasher_adds(h, lane->config_hash);
	hasher_adds(h, lane->compiler);
	hasher_get(&hash, h);
	snprintf(lane->key, sizeof(lane->key), "%.*s", LANE_KEY_LEN, hash.hex);
}

static bool is_option(struct span line)
{
	return span_starts(line, "CONFIG_") || span_starts(line, "# CONFIG_");
}

/* What Kconfig is asked for: other words for it are no other kernel. */
static void hash_options(struct hasher *h, struct span fragment)
{
	struct span line;

	while (span_line(&fragment, &line))
		if (is_option(line))
			hasher_add(h, line.p, span_len(line));
}

static int read_fragment(struct making *m, struct err *err)
{
	AUTO(buf_release) struct buf common = { 0 };
	AUTO(buf_release) struct buf own = { 0 };

	if (fs_read(&own, m->spec->fragment, LANE_MAX_FRAGMENT, err) < 0)
		return -1;
	if (m->spec->common &&
	    fs_read(&common, m->spec->common, LANE_MAX_FRAGMENT, err) < 0)
		return -1;
	m->own_len = own.len;
	m->fragment = xasprintf("%s%s", buf_text(&own), buf_text(&common));
	return 0;
}

/* Everything that the key is made of. */
static int read_identity(struct making *m, const struct tree *t,
			 const char *commit, struct err *err)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();
	struct hash hash;

	if (read_fragment(m, err) < 0)
		return -1;
	hash_options(h, span_cstr(m->fragment));
	hasher_get(&hash, h);
	m->lane.config_hash = xstrdup(hash.hex);
	m->lane.arch = xstrdup(m->spec->arch->name);
	m->lane.commit = xstrdup(commit);
	if (tree_hash(m->lane.tree_hash, t, commit, err) < 0 ||
	    find_compiler(&m->lane.compiler, err) < 0)
		return -1;
	name_lane(&m->lane);
	m->lane.path = xasprintf("%s/%s", m->spec->lanes, m->lane.key);
	return 0;
}

static int read_json(struct lane *out, const char *path, struct err *err)
{
	AUTO(json_free) json_t *root = NULL;
	AUTO(mem_free) char *file = xasprintf("%s/lane.json", path);
	const char *tree, *commit, *arch, *config, *compiler, *release;
	int64_t bytes, lines;

	if (json_read(&root, file, LANE_MAX_JSON, err) < 0)
		return -1;
	if (json_get_string(&tree, root, "tree_hash", err) < 0 ||
	    json_get_string(&commit, root, "commit", err) < 0 ||
	    json_get_string(&arch, root, "arch", err) < 0 ||
	    json_get_string(&config, root, "config_hash", err) < 0 ||
	    json_get_string(&compiler, root, "compiler", err) < 0 ||
	    json_get_string(&release, root, "release", err) < 0 ||
	    json_get_int(&bytes, root, "bytes", 0, INT64_MAX, err) < 0 ||
	    json_get_int(&lines, root, "lines", 0, INT64_MAX, err) < 0)
		return err_wrap(err, "'%s'", file);
	snprintf(out->key, sizeof(out->key), "%s", fs_name(path));
	snprintf(out->tree_hash, sizeof(out->tree_hash), "%s", tree);
	out->path = xstrdup(path);
	out->commit = xstrdup(commit);
	out->arch = xstrdup(arch);
	out->config_hash = xstrdup(config);
	out->compiler = xstrdup(compiler);
	out->release = xstrdup(release);
	out->bytes = (uint64_t)bytes;
	out->lines = (uint64_t)lines;
	return 0;
}

int lane_find(bool *found, struct lane *out, const char *lanes, const char *key,
	      struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", lanes, key);
	AUTO(mem_free) char *file = xasprintf("%s/lane.json", path);

	*found = false;
	if (!fs_exists(file))
		return 0;
	if (read_json(out, path, err) < 0)
		return -1;
	*found = true;
	return 0;
}

static int write_json(const struct making *m, struct err *err)
{
	AUTO(mem_free) char *file = xasprintf("%s/lane.json", m->folder);
	AUTO(json_free) json_t *root = json_object();

	json_set_str(root, "tree_hash", m->lane.tree_hash);
	json_set_str(root, "commit", m->lane.commit);
	json_set_str(root, "arch", m->lane.arch);
	json_set_str(root, "config_hash", m->lane.config_hash);
	json_set_str(root, "compiler", m->lane.compiler);
	json_set_str(root, "release", m->lane.release);
	json_set_int(root, "bytes", (int64_t)m->lane.bytes);
	json_set_int(root, "lines", (int64_t)m->lane.lines);
	return json_write(root, file, err);
}

static void count_lines(void *arg, const char *data, size_t len)
{
	struct making *m = arg;

	for (size_t i = 0; i < len; i++)
		m->lane.lines += data[i] == '\n';
	progress_update(&m->progress, m->lane.lines);
}

/* One make in the sandbox; what it prints goes to the end of the log. */
static int run_make(struct child_result *out, struct making *m,
		    const char *target, unsigned timeout_s, struct err *err)
{
	AUTO(fd_close)
	int log = open(m->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	AUTO(argv_release) struct argv argv = ARGV_INIT;
	struct sandbox_bind src = { m->src, LANE_INSIDE, true };
	struct sandbox box = { m->profile, &src, 1 };

	if (log < 0)
		return err_sys(err, ERR_SYSTEM, "cannot write '%s'", m->log);
	argv_push(&argv, "/usr/bin/make");
	argv_pushf(&argv, "ARCH=%s", m->spec->arch->name);
	argv_pushf(&argv, "-j%u", m->spec->jobs);
	if (target)
		argv_push(&argv, target);
	return sandbox_run(out, &box,
			   &(struct child_spec){
				   .argv = (const char *const *)argv.v,
				   .dir = LANE_INSIDE,
				   .timeout_s = timeout_s,
				   .out_fd = log,
				   .on_output = count_lines,
				   .arg = m,
			   },
			   err);
}

/* The first line of the log that tells of an error, for the message. */
static int build_failed(const struct making *m, const struct child_result *how,
			struct err *err)
{
	AUTO(buf_release) struct buf log = { 0 };
	AUTO(buf_release) struct buf says = { 0 };
	struct err lost = ERR_INIT;
	struct span text, line;

	buf_init(&says, FIRST_ERROR_MAX);
	child_says(&says, how);
	if (fs_read(&log, m->log, MAX_LOG, &lost) < 0)
		return err_set(err, ERR_INPUT, "the build %s", buf_text(&says));
	text = span_of(buf_text(&log), log.len);
	while (span_line(&text, &line)) {
		if (!span_find(line, "error:") && !span_find(line, "*** "))
			continue;
		line = span_trim(line);
		return err_set(err, ERR_INPUT, "the build %s: %.*s",
			       buf_text(&says), (int)span_len(line), line.p);
	}
	return err_set(err, ERR_INPUT, "the build %s", buf_text(&says));
}

static int make_target(struct making *m, const char *target, unsigned timeout_s,
		       struct err *err)
{
	struct child_result result;

	if (run_make(&result, m, target, timeout_s, err) < 0)
		return -1;
	return child_is_ok(&result) ? 0 : build_failed(m, &result, err);
}

static int read_config(struct buf *out, const struct making *m, struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/.config", m->src);

	return fs_read(out, path, MAX_CONFIG, err);
}

/* The fragment at the end of .config: what stands last holds. */
static int append_fragment(const struct making *m, struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/.config", m->src);
	AUTO(mem_free) char *whole = NULL;
	AUTO(buf_release) struct buf config = { 0 };

	if (read_config(&config, m, err) < 0)
		return -1;
	whole = xasprintf("%s%s", buf_text(&config), m->fragment);
	return fs_write(path, whole, strlen(whole), err);
}

static bool has_line(struct span text, struct span wanted)
{
	struct span line;

	while (span_line(&text, &line))
		if (span_len(line) == span_len(wanted) &&
		    memcmp(line.p, wanted.p, span_len(line)) == 0)
			return true;
	return false;
}

/* "<name> = 12" of the tree's Makefile; 0 when there is none. */
static unsigned find_number(struct span makefile, const char *name)
{
	struct span line;
	uint64_t value;

	while (span_line(&makefile, &line))
		if (span_eat(&line, name) && span_eat(&line, " = ") &&
		    span_uint(&line, VERSION_MAX, &value))
			return (unsigned)value;
	return 0;
}

static int read_version(struct version *out, const struct making *m,
			struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/Makefile", m->src);
	AUTO(buf_release) struct buf text = { 0 };
	struct span makefile;

	if (fs_read(&text, path, MAX_MAKEFILE, err) < 0)
		return -1;
	makefile = span_of(buf_text(&text), text.len);
	out->major = find_number(makefile, "VERSION");
	out->minor = find_number(makefile, "PATCHLEVEL");
	return 0;
}

/* "# Since 6.5: why": the option in the next line is not asked of an older. */
static bool is_younger(struct span line, const struct version *tree)
{
	uint64_t major, minor;

	return span_eat(&line, "# Since ") &&
	       span_uint(&line, VERSION_MAX, &major) && span_eat(&line, ".") &&
	       span_uint(&line, VERSION_MAX, &minor) && span_eat(&line, ":") &&
	       (tree->major < major ||
		(tree->major == major && tree->minor < minor));
}

/* olddefconfig drops what a tree does not know or cannot have, in silence. */
static int check_config(const struct making *m, struct err *err)
{
	AUTO(buf_release) struct buf config = { 0 };
	struct span wanted = span_cstr(m->fragment);
	struct version tree;
	struct span line;
	bool is_free = false;

	if (read_config(&config, m, err) < 0 || read_version(&tree, m, err) < 0)
		return -1;
	for (; span_line(&wanted, &line); is_free = is_younger(line, &tree)) {
		if (is_free || !span_starts(line, "CONFIG_") ||
		    has_line(span_of(buf_text(&config), config.len), line))
			continue;
		return err_set(err, ERR_CONFIG,
			       "'%s': this tree does not take %.*s",
			       line.p < m->fragment + m->own_len
				       ? m->spec->fragment
				       : m->spec->common,
			       (int)span_len(line), line.p);
	}
	return 0;
}

static int configure(struct making *m, struct err *err)
{
	if (make_target(m, "tinyconfig", CONFIG_TIMEOUT_S, err) < 0 ||
	    append_fragment(m, err) < 0 ||
	    make_target(m, "olddefconfig", CONFIG_TIMEOUT_S, err) < 0)
		return -1;
	return check_config(m, err);
}

static int read_release(struct making *m, struct err *err)
{
	AUTO(mem_free)
	char *path = xasprintf("%s/include/config/kernel.release", m->src);
	AUTO(buf_release) struct buf text = { 0 };

	if (fs_read(&text, path, 200, err) < 0)
		return -1;
	m->lane.release =
		span_dup(span_trim(span_of(buf_text(&text), text.len)));
	return 0;
}

/* As the unprivileged user. */
static int build(void *arg, struct err *err)
{
	struct making *m = arg;
	const struct lane_arch *arch = m->spec->arch;
	AUTO(mem_free) char *kernel = xasprintf("%s/%s", m->src, arch->kernel);

	progress_start(&m->progress, m->spec->progress, "building the kernel",
		       arch->lines);
	if (configure(m, err) < 0 ||
	    make_target(m, arch->target, m->spec->timeout_s, err) < 0) {
		progress_end(&m->progress, "failed");
		return -1;
	}
	progress_end(&m->progress, "done");
	if (access(kernel, X_OK) < 0)
		return err_sys(err, ERR_INPUT, "the build left no kernel");
	if (read_release(m, err) < 0)
		return -1;
	m->lane.bytes = fs_tree_size(m->folder);
	return write_json(m, err);
}

/* In <key>.new: the files, then all that takes a stranger's code. */
static int make_lane(struct making *m, const struct tree *t, struct err *err)
{
	if (fs_remove_tree(m->folder, err) < 0 ||
	    fs_mkdirs(m->folder, 0755, err) < 0 ||
	    tree_export(t, m->lane.commit, m->src, m->spec->progress, err) < 0)
		return -1;
	if (geteuid() == 0 &&
	    fs_chown_tree(m->folder, m->spec->uid, m->spec->gid, err) < 0)
		return -1;
	return worker_run(m->spec->user, build, m, err);
}

/* The log of a build that failed is all that is kept of it. */
static void clean_up(const struct making *m)
{
	AUTO(mem_free) char *kept = xasprintf("%s.failed.log", m->lane.path);
	struct err lost = ERR_INIT;

	rename(m->log, kept);
	if (fs_remove_tree(m->folder, &lost) < 0)
		fprintf(stderr, "collider: %s\n", lost.msg);
}

static int make_locked(struct making *m, const struct tree *t, struct err *err)
{
	m->folder = xasprintf("%s.new", m->lane.path);
	m->src = xasprintf("%s/src", m->folder);
	m->log = xasprintf("%s/build.log", m->folder);
	if (make_lane(m, t, err) < 0) {
		clean_up(m);
		return err_wrap(err, "lane '%s'", m->lane.key);
	}
	if (fs_remove_tree(m->lane.path, err) < 0)
		return -1;
	if (rename(m->folder, m->lane.path) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot rename '%s'",
			       m->folder);
	return 0;
}

int lane_prepare(struct lane *out, const struct lane_spec *spec,
		 const struct tree *t, const char *commit, struct err *err)
{
	AUTO(making_release) struct making m = { .spec = spec };
	AUTO(profile_free) struct profile *profile = NULL;
	AUTO(fd_close) int locked = -1;
	bool found;

	if (read_identity(&m, t, commit, err) < 0 ||
	    fs_mkdirs(spec->lanes, 0755, err) < 0 ||
	    fs_lock(&locked, m.lane.path, err) < 0 ||
	    lane_find(&found, out, spec->lanes, m.lane.key, err) < 0)
		return -1;
	if (found)
		return 0;
	/* Before privileges are dropped: it may be in somebody's home. */
	if (profile_read(&profile, "build", err) < 0)
		return -1;
	m.profile = profile;
	if (make_locked(&m, t, err) < 0)
		return -1;
	return read_json(out, m.lane.path, err);
}

int lane_drop(const char *lanes, const char *key, struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", lanes, key);
	AUTO(mem_free) char *file = xasprintf("%s/lane.json", path);
	AUTO(fd_close) int locked = -1;

	if (fs_lock(&locked, path, err) < 0)
		return -1;
	/* First what makes it a lane, in case we are killed on the way. */
	if (unlink(file) < 0 && errno != ENOENT)
		return err_sys(err, ERR_SYSTEM, "cannot remove '%s'", file);
	return fs_remove_tree(path, err);
}
