/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/mirror.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/git/libgit.h"
#include "bot/git/packs.h"
#include "bot/git/seed.h"

#define BRANCH "refs/heads/master"
#define REFSPEC "+" BRANCH ":" BRANCH
#define TELL_MS 1000

/* A pack of 1 GiB is indexed through a window of this size. */
#define WINDOW_BYTES (32 << 20)
#define MAPPED_BYTES (256 << 20)

struct mirror {
	char *dir; /* <mirror>/git */
	int lock;
	mirror_teller *tell;
	void *arg;
};

/* ---- opening ---- */

/* There is no shutdown: 1.5.1 would free the agent, and once more later. */
static void set_options(const char *agent)
{
	static const git_config_level_t levels[] = {
		GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
		GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL
	};

	git_libgit2_init();
	git_libgit2_opts(GIT_OPT_SET_USER_AGENT, agent);
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)WINDOW_BYTES);
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT,
			 (size_t)MAPPED_BYTES);
	git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)WINDOW_BYTES);
	/* A list on a disk may be anybody's; nothing of it is executed. */
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	/* What a person has told git to do does not hold here. */
	for (size_t i = 0; i < ARRAY_LEN(levels); i++)
		git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
}

int mirror_open(struct mirror **out, const char *dir, const char *agent,
		mirror_teller *tell, void *arg, struct err *err)
{
	AUTO(mirror_free) struct mirror *m = NULL;

	set_options(agent);
	m = xcalloc(1, sizeof(*m));
	*m = (struct mirror){ .lock = -1, .tell = tell, .arg = arg };
	m->dir = xasprintf("%s/git", dir);
	if (fs_mkdirs(m->dir, 0755, err) < 0 ||
	    fs_try_lock(&m->lock, m->dir, err) < 0)
		return -1;
	if (m->lock < 0)
		return err_set(err, ERR_RETRY,
			       "somebody else fetches into '%s'", dir);
	*out = TAKE(m);
	return 0;
}

void mirror_free(struct mirror *m)
{
	if (!m)
		return;
	fd_close(m->lock);
	free(m->dir);
	free(m);
}

/* ---- an epoch that we have ---- */

static char *epoch_path(const struct mirror *m, unsigned n)
{
	return xasprintf("%s/%u.git", m->dir, n);
}

/* Its tip, and the commit is there to read; else "", also when it is broken. */
static void read_tip(char hex[MIRROR_HEX_LEN + 1], git_repository *repo)
{
	AUTO(git_commit_free) git_commit *commit = NULL;
	git_oid id;

	hex[0] = '\0';
	if (git_reference_name_to_id(&id, repo, BRANCH) < 0 ||
	    git_commit_lookup(&commit, repo, &id) < 0)
		return;
	git_oid_tostr(hex, MIRROR_HEX_LEN + 1, &id);
}

void mirror_find_tip(char hex[MIRROR_HEX_LEN + 1], const struct mirror *m,
		     unsigned n)
{
	AUTO(git_repository_free) git_repository *repo = NULL;
	AUTO(mem_free) char *path = epoch_path(m, n);

	hex[0] = '\0';
	if (git_repository_open_bare(&repo, path) == 0)
		read_tip(hex, repo);
}

/* One fetch of one epoch. */
struct fetching {
	struct mirror *mirror;
	unsigned n;
	char *path;
	bool is_new; /* path is to be renamed into place */
	git_repository *repo;
	git_remote *remote;
	const char *url;
	char ours[MIRROR_HEX_LEN + 1]; /* "" when is_new */
	git_oid theirs;
	int64_t told_ms;
	struct err *err;
};

static void fetching_release(struct fetching *f)
{
	git_remote_free(f->remote);
	git_repository_free(f->repo);
	free(f->path);
}
DEFINE_AUTO_VALUE(struct fetching, fetching_release)

static int make_repository(struct fetching *f)
{
	git_repository_init_options how;

	f->is_new = true;
	free(f->path);
	f->path = xasprintf("%s/%u.git.new", f->mirror->dir, f->n);
	if (fs_remove_tree(f->path, f->err) < 0)
		return -1;
	git_repository_init_options_init(&how,
					 GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	how.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKDIR;
	how.initial_head = "master";
	if (git_repository_init_ext(&f->repo, f->path, &how) < 0)
		return err_git(f->err, ERR_SYSTEM, "cannot make '%s'", f->path);
	return 0;
}

/* The repository there is, if it is whole; else a new one beside its place. */
static int open_repository(struct fetching *f)
{
	f->path = epoch_path(f->mirror, f->n);
	if (packs_clear(f->path, f->err) < 0)
		return -1;
	mirror_find_tip(f->ours, f->mirror, f->n);
	if (!f->ours[0])
		return make_repository(f);
	if (packs_join(f->path, f->err) < 0)
		return -1;
	if (git_repository_open_bare(&f->repo, f->path) < 0)
		return err_git(f->err, ERR_SYSTEM, "cannot open '%s'", f->path);
	return 0;
}

/* ---- how far it is ---- */

static int tell(struct fetching *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int tell(struct fetching *f, const char *fmt, ...)
{
	AUTO(mem_free) char *text = NULL;
	va_list args;
	int len;

	f->told_ms = clock_ms();
	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		return err_set(f->err, ERR_SYSTEM, "out of memory");
	return f->mirror->tell(f->mirror->arg, text, f->err);
}

static bool is_due(const struct fetching *f)
{
	return clock_ms() - f->told_ms >= TELL_MS;
}

static int check_size(const git_indexer_progress *p, struct err *err)
{
	if (p->total_objects > MIRROR_MAX_OBJECTS)
		return err_set(err, ERR_LIMIT, "a pack of %u objects",
			       p->total_objects);
	if (p->received_bytes > MIRROR_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "a pack of more than %llu bytes",
			       MIRROR_MAX_BYTES);
	return 0;
}

static int on_progress(const git_indexer_progress *p, void *arg)
{
	struct fetching *f = arg;

	if (check_size(p, f->err) < 0)
		return -1;
	if (!is_due(f))
		return 0;
	if (p->indexed_deltas)
		return tell(f, "epoch %u: %u of %u deltas resolved", f->n,
			    p->indexed_deltas, p->total_deltas);
	return tell(f, "epoch %u: %u of %u objects", f->n, p->received_objects,
		    p->total_objects);
}

/* What the server says of itself is a sign of life, no more. */
static int on_sideband(const char *text, int len, void *arg)
{
	struct fetching *f = arg;

	(void)text;
	(void)len;
	return is_due(f) ? tell(f, "epoch %u: the server is counting", f->n)
			 : 0;
}

/* ---- what goes wrong ---- */

/* Our own disk, in the words of the kernel that libgit2 passes on. */
static enum err_kind kind_of_os(const char *text)
{
	static const int ours[] = {
		ENOSPC, EDQUOT, EROFS, EACCES, EIO, EMFILE
	};

	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (strstr(text, strerrordesc_np(ours[i])))
			return ERR_SYSTEM;
	return strstr(text, strerrordesc_np(EFBIG)) ? ERR_LIMIT : ERR_RETRY;
}

/* 403, 429, 503, or a page for people in the place of git's answer. */
static bool is_refusal(const git_error *e)
{
	static const char *const words[] = { "status code: 403",
					     "status code: 429",
					     "status code: 503", "text/html" };

	for (size_t i = 0;
	     e && e->klass == GIT_ERROR_HTTP && i < ARRAY_LEN(words); i++)
		if (strstr(e->message, words[i]))
			return true;
	return false;
}

/* -1 with the reason, which is f->err's already when it was ours to stop. */
static int fail(struct mirror_fetched *out, struct fetching *f)
{
	const git_error *e = git_error_last();

	if (f->err->kind != ERR_NONE)
		return -1;
	out->is_refused = is_refusal(e);
	return err_git(f->err,
		       e && e->klass == GIT_ERROR_OS ? kind_of_os(e->message)
						     : ERR_RETRY,
		       "cannot fetch '%s'", f->url);
}

/* ---- the fetch ---- */

static bool is_path(const char *url)
{
	return url[0] == '/';
}

static bool is_nowhere(int rc)
{
	const git_error *e = git_error_last();

	return rc == GIT_ENOTFOUND || (e && e->klass == GIT_ERROR_HTTP &&
				       strstr(e->message, "status code: 404"));
}

/* For this once, and whatever other URL a configuration has instead. */
static int make_remote(struct fetching *f)
{
	git_remote_create_options how;

	git_remote_create_options_init(&how, GIT_REMOTE_CREATE_OPTIONS_VERSION);
	how.repository = f->repo;
	how.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF |
		    GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC;
	return git_remote_create_with_opts(&f->remote, f->url, &how);
}

static int connect_remote(struct mirror_fetched *out, struct fetching *f)
{
	git_remote_connect_options how;
	int rc;

	if (is_path(f->url) && !fs_is_dir(f->url)) {
		out->outcome = MIRROR_NOWHERE;
		return 0;
	}
	git_remote_connect_options_init(&how,
					GIT_REMOTE_CONNECT_OPTIONS_VERSION);
	how.proxy_opts.type = GIT_PROXY_AUTO;
	if (make_remote(f) < 0)
		return err_git(f->err, ERR_CONFIG, "no URL '%s'", f->url);
	rc = git_remote_connect_ext(f->remote, GIT_DIRECTION_FETCH, &how);
	if (rc < 0 && is_nowhere(rc)) {
		out->outcome = MIRROR_NOWHERE;
		return 0;
	}
	return rc < 0 ? fail(out, f) : 0;
}

/* Where they are; *has_any is false for a repository without a ref. */
static int find_theirs(bool *has_any, struct mirror_fetched *out,
		       struct fetching *f)
{
	const git_remote_head **heads;
	size_t n;

	if (git_remote_ls(&heads, &n, f->remote) < 0)
		return fail(out, f);
	*has_any = n > 0;
	for (size_t i = 0; i < n; i++)
		if (strcmp(heads[i]->name, BRANCH) == 0) {
			git_oid_cpy(&f->theirs, &heads[i]->oid);
			return 0;
		}
	if (n > 0)
		return err_set(f->err, ERR_INPUT, "'%s' has no branch master",
			       f->url);
	return 0;
}

static int download(struct mirror_fetched *out, struct fetching *f)
{
	char *specs[] = { (char[]){ REFSPEC } };
	git_strarray refspecs = { specs, 1 };
	git_fetch_options how;

	git_fetch_options_init(&how, GIT_FETCH_OPTIONS_VERSION);
	how.callbacks.transfer_progress = on_progress;
	how.callbacks.sideband_progress = on_sideband;
	how.callbacks.payload = f;
	how.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	how.proxy_opts.type = GIT_PROXY_AUTO;
	if (git_remote_download(f->remote, &refspecs, &how) < 0)
		return fail(out, f);
	return 0;
}

/*
 * The tree of a commit has one entry, the mail; whatever it has must be there.
 */
static bool is_whole(git_repository *repo, git_odb *odb, const git_oid *id)
{
	AUTO(git_commit_free) git_commit *commit = NULL;
	AUTO(git_tree_free) git_tree *tree = NULL;

	if (git_commit_lookup(&commit, repo, id) < 0 ||
	    git_commit_tree(&tree, commit) < 0)
		return false;
	for (size_t i = 0; i < git_tree_entrycount(tree); i++)
		if (!git_odb_exists(
			    odb,
			    git_tree_entry_id(git_tree_entry_byindex(tree, i))))
			return false;
	return true;
}

/*
 * libgit2 takes a pack for what it is: a server that leaves out what the tip
 * stands on would leave us with a hole for ever.
 */
static int check_history(struct fetching *f, const git_oid *tip)
{
	AUTO(git_revwalk_free) git_revwalk *walk = NULL;
	AUTO(git_odb_free) git_odb *odb = NULL;
	git_oid ours, id;
	uint64_t n = 0;
	int rc;

	if (git_repository_odb(&odb, f->repo) < 0 ||
	    git_revwalk_new(&walk, f->repo) < 0)
		return err_git(f->err, ERR_SYSTEM, "cannot read '%s'", f->path);
	rc = git_revwalk_push(walk, tip);
	if (rc == 0 && f->ours[0] && git_oid_fromstr(&ours, f->ours) == 0)
		rc = git_revwalk_hide(walk, &ours);
	while (rc == 0 && (rc = git_revwalk_next(&id, walk)) == 0) {
		if (!is_whole(f->repo, odb, &id))
			rc = GIT_ENOTFOUND;
		n++;
		if (is_due(f) &&
		    tell(f, "epoch %u: %" PRIu64 " mails checked", f->n, n) < 0)
			return -1;
	}
	if (rc != GIT_ITEROVER)
		return err_git(f->err, ERR_RETRY, "'%s' sent a broken history",
			       f->url);
	return 0;
}

static int move_tip(struct fetching *f, const git_oid *tip)
{
	AUTO(git_reference_free) git_reference *ref = NULL;

	if (git_reference_create(&ref, f->repo, BRANCH, tip, 1, NULL) < 0)
		return err_git(f->err, ERR_SYSTEM, "cannot move '%s' in '%s'",
			       BRANCH, f->path);
	return 0;
}

/* What stood in its place was broken. */
static int rename_into_place(const struct fetching *f)
{
	AUTO(mem_free) char *place = epoch_path(f->mirror, f->n);

	if (fs_remove_tree(place, f->err) < 0)
		return -1;
	if (rename(f->path, place) < 0)
		return err_sys(f->err, ERR_SYSTEM, "cannot rename '%s'",
			       f->path);
	return 0;
}

/*
 * The packs of a folder, and a tip from which only the rest is to be fetched.
 */
static int seed(struct fetching *f)
{
	git_oid base;

	if (seed_run(&base, f->repo, f->url, &f->theirs, on_progress, f,
		     f->err) < 0)
		return -1;
	if (git_oid_is_zero(&base))
		return 0;
	if (check_history(f, &base) < 0 || move_tip(f, &base) < 0)
		return -1;
	git_oid_tostr(f->ours, sizeof(f->ours), &base);
	return 0;
}

static int take_theirs(struct mirror_fetched *out, struct fetching *f)
{
	char theirs[MIRROR_HEX_LEN + 1];

	git_oid_tostr(theirs, sizeof(theirs), &f->theirs);
	if (strcmp(theirs, f->ours) == 0)
		return 0;
	if (f->is_new && is_path(f->url) && seed(f) < 0)
		return -1;
	if (strcmp(theirs, f->ours) != 0 &&
	    (download(out, f) < 0 || check_history(f, &f->theirs) < 0 ||
	     move_tip(f, &f->theirs) < 0))
		return -1;
	if (f->is_new && rename_into_place(f) < 0)
		return -1;
	memcpy(out->tip, theirs, sizeof(theirs));
	out->outcome = MIRROR_NEWER;
	return 0;
}

static int fetch(struct mirror_fetched *out, struct fetching *f)
{
	bool has_any = false;

	if (open_repository(f) < 0)
		return -1;
	memcpy(out->tip, f->ours, sizeof(out->tip));
	if (tell(f, "epoch %u: connecting", f->n) < 0 ||
	    connect_remote(out, f) < 0)
		return -1;
	if (out->outcome == MIRROR_NOWHERE)
		return 0;
	if (find_theirs(&has_any, out, f) < 0)
		return -1;
	if (!has_any) {
		out->outcome = MIRROR_EMPTY;
		return 0;
	}
	return take_theirs(out, f);
}

int mirror_fetch(struct mirror_fetched *out, struct mirror *m, unsigned n,
		 const char *url, struct err *err)
{
	AUTO(fetching_release)
	struct fetching f = { .mirror = m, .n = n, .url = url, .err = err };

	*out = (struct mirror_fetched){ .outcome = MIRROR_SAME };
	if (fetch(out, &f) < 0)
		return -1;
	/* An epoch without a mail, or none at all, leaves nothing behind. */
	return f.is_new ? fs_remove_tree(f.path, err) : 0;
}
