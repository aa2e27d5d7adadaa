/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libarchive unpacks in this process while `git fast-import`, a child, packs:
 * two cores are busy, and no file touches the disk but the pack. libgit2 has no
 * writer for a pack whose number of objects is not known beforehand.
 *
 * The stream goes over a socket, not a pipe, so that a git that died is an
 * error of send() and not a SIGPIPE.
 */
#include "bot/git/import.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "bot/base/argv.h"
#include "bot/base/buf.h"
#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/base/progress.h"
#include "parsers/diffpath.h"

#define BLOCK (1u << 20)
#define MIB (1u << 20)
#define LOG_MAX 65536

/* ---- the child ---- */

struct packer {
	pid_t pid;
	int fd;	    /* the stream goes in here */
	int log_fd; /* what git says */
	char *out;  /* bytes not sent yet */
	size_t len;
};

static void packer_release(struct packer *p)
{
	if (p->fd >= 0)
		close(p->fd);
	if (p->log_fd >= 0)
		close(p->log_fd);
	if (p->pid > 0)
		while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
			;
	free(p->out);
}
DEFINE_AUTO_VALUE(struct packer, packer_release)

/* Nobody's configuration decides about our repository. */
static void build_env(struct argv *env)
{
	const char *path = getenv("PATH");

	argv_pushf(env, "PATH=%s", path ? path : "/usr/bin:/bin");
	argv_push(env, "HOME=/nonexistent");
	argv_push(env, "GIT_CONFIG_NOSYSTEM=1");
	argv_push(env, "GIT_CONFIG_GLOBAL=/dev/null");
	argv_push(env, "LC_ALL=C");
}

static int spawn_git(pid_t *pid, char *const *argv, int in_fd, int log_fd)
{
	AUTO(argv_release) struct argv env = ARGV_INIT;
	posix_spawn_file_actions_t fds;
	int rc;

	build_env(&env);
	posix_spawn_file_actions_init(&fds);
	posix_spawn_file_actions_adddup2(&fds, in_fd, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&fds, log_fd, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&fds, log_fd, STDERR_FILENO);
	rc = posix_spawnp(pid, argv[0], &fds, NULL, argv, env.v);
	posix_spawn_file_actions_destroy(&fds);
	return rc;
}

static int packer_start(struct packer *p, char *const *argv, struct err *err)
{
	AUTO(fd_close) int child_fd = -1;
	int pair[2];
	int rc;

	p->log_fd = memfd_create("git-log", MFD_CLOEXEC);
	if (p->log_fd < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot talk to a child");
	p->fd = pair[0];
	child_fd = pair[1];
	rc = spawn_git(&p->pid, argv, child_fd, p->log_fd);
	if (rc != 0) {
		p->pid = -1;
		errno = rc;
		return err_sys(err, ERR_CONFIG, "cannot run '%s'", argv[0]);
	}
	p->out = xmalloc(BLOCK);
	return 0;
}

static int packer_flush(struct packer *p, struct err *err)
{
	size_t sent = 0;

	while (sent < p->len) {
		ssize_t n =
			send(p->fd, p->out + sent, p->len - sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_SYSTEM, "git stopped reading");
		sent += (size_t)n;
	}
	p->len = 0;
	return 0;
}

static int packer_write(struct packer *p, const char *data, size_t len,
			struct err *err)
{
	while (len) {
		size_t n = BLOCK - p->len < len ? BLOCK - p->len : len;

		memcpy(p->out + p->len, data, n);
		p->len += n;
		data += n;
		len -= n;
		if (p->len == BLOCK && packer_flush(p, err) < 0)
			return -1;
	}
	return 0;
}

static int packer_puts(struct packer *p, const char *text, struct err *err)
{
	return packer_write(p, text, strlen(text), err);
}

/* What went wrong, in git's words: its first "fatal:" line, else its last. */
static void read_log(struct buf *out, int fd)
{
	AUTO(buf_release) struct buf log = { 0 };
	struct err none = ERR_INIT;
	struct span rest, line, why;

	buf_init(out, LOG_MAX);
	if (lseek(fd, 0, SEEK_SET) < 0 ||
	    fs_read_fd(&log, fd, "git's log", LOG_MAX, &none) < 0)
		return;
	rest = span_trim(span_of(buf_text(&log), log.len));
	why = (struct span){ rest.end, rest.end };
	while (!span_starts(why, "fatal: ") && span_line(&rest, &line))
		why = line;
	buf_add(out, why.p, span_len(why));
}

/*
 * End the stream; 0 when git has taken all of it. When it died on the way, the
 * reason is what it said, not that it stopped reading.
 */
static int packer_finish(struct packer *p, struct err *err)
{
	AUTO(buf_release) struct buf said = { 0 };
	struct err stopped = ERR_INIT;
	int flushed = packer_flush(p, &stopped);
	int status = -1;
	pid_t pid = p->pid;

	shutdown(p->fd, SHUT_WR);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	p->pid = -1;
	if (flushed == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	read_log(&said, p->log_fd);
	if (flushed < 0 && said.len == 0) {
		*err = stopped;
		return -1;
	}
	return err_set(err, ERR_SYSTEM, "git failed: %s", buf_text(&said));
}

/* ---- the tarball ---- */

static inline void archive_close(struct archive *a)
{
	archive_read_free(a);
}
DEFINE_AUTO(struct archive *, archive_close)

struct importer {
	struct packer *packer;
	struct archive *archive;
	struct progress progress;
	char *block;
	uint64_t n_files;
	uint64_t n_bytes;
	bool has_commit;
	const char *name; /* of the tarball */
};

static int err_archive(struct err *err, struct archive *a)
{
	const char *why = archive_error_string(a);

	return err_set(err, ERR_INPUT, "cannot unpack: %s",
		       why ? why : "libarchive gives no reason");
}

static int open_archive(struct archive **out, const char *tarball,
			struct err *err)
{
	AUTO(archive_close) struct archive *a = archive_read_new();

	archive_read_support_filter_all(a);
	archive_read_support_format_tar(a);
	if (archive_read_open_filename(a, tarball, BLOCK) != ARCHIVE_OK)
		return err_archive(err, a);
	*out = TAKE(a);
	return 0;
}

/* The date of the top folder, so that the id is the same everywhere. */
static int begin_commit(struct importer *im, struct archive_entry *first,
			struct err *err)
{
	AUTO(mem_free) char *message = NULL;
	AUTO(mem_free) char *head = NULL;
	long long date = (long long)archive_entry_mtime(first);

	if (date < 0)
		date = 0;
	message = xasprintf("%s\n", im->name);
	head = xasprintf("feature done\ncommit refs/heads/master\n"
			 "author collider <collider@localhost> %lld +0000\n"
			 "committer collider <collider@localhost> %lld +0000\n"
			 "data %zu\n%s\n",
			 date, date, strlen(message), message);
	im->has_commit = true;
	return packer_puts(im->packer, head, err);
}

/* @name in fast-import's quotes; a name with a newline was refused. */
static int write_path(struct importer *im, const char *path, struct err *err)
{
	AUTO(buf_release) struct buf quoted = { 0 };

	buf_init(&quoted, 2 * strlen(path) + 4);
	buf_addc(&quoted, '"');
	for (; *path; path++) {
		if (*path == '"' || *path == '\\')
			buf_addc(&quoted, '\\');
		buf_addc(&quoted, *path);
	}
	buf_addc(&quoted, '"');
	return packer_write(im->packer, quoted.data, quoted.len, err);
}

static int write_head(struct importer *im, const char *mode, const char *path,
		      uint64_t size, struct err *err)
{
	AUTO(mem_free) char *mode_text = xasprintf("M %s inline ", mode);
	AUTO(mem_free) char *size_text = xasprintf("\ndata %lu\n", size);

	if (packer_puts(im->packer, mode_text, err) < 0 ||
	    write_path(im, path, err) < 0)
		return -1;
	return packer_puts(im->packer, size_text, err);
}

static int write_file(struct importer *im, struct archive_entry *entry,
		      const char *path, struct err *err)
{
	uint64_t size = (uint64_t)archive_entry_size(entry);
	bool runs = archive_entry_perm(entry) & 0100;
	uint64_t sent = 0;

	if (size > IMPORT_MAX_FILE)
		return err_set(err, ERR_LIMIT, "'%s' is larger than %llu bytes",
			       path, IMPORT_MAX_FILE);
	if (write_head(im, runs ? "100755" : "100644", path, size, err) < 0)
		return -1;
	while (sent < size) {
		la_ssize_t n = archive_read_data(im->archive, im->block, BLOCK);

		if (n < 0)
			return err_archive(err, im->archive);
		if (n == 0 || (uint64_t)n > size - sent)
			return err_set(err, ERR_INPUT,
				       "'%s' is not as long as it says", path);
		if (packer_write(im->packer, im->block, (size_t)n, err) < 0)
			return -1;
		sent += (uint64_t)n;
	}
	im->n_bytes += size;
	return packer_puts(im->packer, "\n", err);
}

static int write_link(struct importer *im, struct archive_entry *entry,
		      const char *path, struct err *err)
{
	const char *target = archive_entry_symlink_utf8(entry);

	if (!target)
		target = archive_entry_symlink(entry);
	if (!target || !*target)
		return err_set(err, ERR_INPUT, "'%s' is a link to nothing",
			       path);
	if (write_head(im, "120000", path, strlen(target), err) < 0 ||
	    packer_puts(im->packer, target, err) < 0)
		return -1;
	return packer_puts(im->packer, "\n", err);
}

/*
 * The path below the top folder, checked. NULL and no error: the top folder
 * itself.
 */
static int inner_path(const char **out, const char *name, struct err *err)
{
	const char *fault;

	*out = NULL;
	if (!name)
		return err_set(err, ERR_INPUT, "a file without a name");
	if (strncmp(name, "./", 2) == 0)
		name += 2;
	name = diffpath_strip(name);
	if (!name || !*name)
		return 0;
	fault = diffpath_fault(name);
	if (!fault && strchr(name, '\n'))
		fault = "has a newline";
	if (fault)
		return err_set(err, ERR_INPUT, "path '%s' %s", name, fault);
	*out = name;
	return 0;
}

static const char *entry_name(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname_utf8(entry);

	return name ? name : archive_entry_pathname(entry);
}

static int write_hardlink(struct importer *im, const char *name,
			  const char *path, struct err *err)
{
	const char *from;

	if (inner_path(&from, name, err) < 0)
		return -1;
	if (!from)
		return err_set(err, ERR_INPUT, "'%s' is a link to a folder",
			       path);
	if (packer_puts(im->packer, "C ", err) < 0 ||
	    write_path(im, from, err) < 0 ||
	    packer_puts(im->packer, " ", err) < 0 ||
	    write_path(im, path, err) < 0)
		return -1;
	return packer_puts(im->packer, "\n", err);
}

static int write_entry(struct importer *im, struct archive_entry *entry,
		       struct err *err)
{
	const char *path;

	if (archive_entry_filetype(entry) == AE_IFDIR)
		return 0;
	if (inner_path(&path, entry_name(entry), err) < 0)
		return -1;
	if (!path)
		return err_set(err, ERR_INPUT,
			       "the tarball has no top folder: '%s'",
			       entry_name(entry));
	if (++im->n_files > IMPORT_MAX_FILES || im->n_bytes > IMPORT_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "the tarball is too large");
	if (archive_entry_hardlink(entry))
		return write_hardlink(im, archive_entry_hardlink(entry), path,
				      err);
	if (archive_entry_filetype(entry) == AE_IFLNK)
		return write_link(im, entry, path, err);
	if (archive_entry_filetype(entry) == AE_IFREG)
		return write_file(im, entry, path, err);
	return err_set(err, ERR_INPUT, "'%s' is no file, folder or link", path);
}

static int write_all(struct importer *im, struct err *err)
{
	struct archive_entry *entry;
	int rc;

	while ((rc = archive_read_next_header(im->archive, &entry)) ==
	       ARCHIVE_OK) {
		if (!im->has_commit && begin_commit(im, entry, err) < 0)
			return -1;
		if (write_entry(im, entry, err) < 0)
			return -1;
		progress_update(
			&im->progress,
			(uint64_t)archive_filter_bytes(im->archive, -1) / MIB);
	}
	if (rc != ARCHIVE_EOF)
		return err_archive(err, im->archive);
	if (!im->n_files)
		return err_set(err, ERR_INPUT, "no file in the tarball");
	return packer_puts(im->packer, "done\n", err);
}

/* ---- the repository ---- */

static int run_git(const char *const *words, const char *repo_path,
		   struct err *err)
{
	AUTO(argv_release) struct argv argv = ARGV_INIT;
	AUTO(packer_release)
	struct packer p = { .pid = -1, .fd = -1, .log_fd = -1 };

	argv_push(&argv, "git");
	argv_pushf(&argv, "--git-dir=%s", repo_path);
	argv_pushv(&argv, words);
	if (packer_start(&p, argv.v, err) < 0)
		return -1;
	return packer_finish(&p, err);
}

static int fill_repository(struct importer *im, const char *repo_path,
			   struct err *err)
{
	/*
	 * Little compression: unpacking the tarball sets the pace, not the
	 * disk.
	 */
	static const char *const words[] = {
		"-c",	       "core.compression=1",
		"-c",	       "fastimport.unpackLimit=0",
		"fast-import", "--quiet",
		"--done",      NULL,
	};
	AUTO(argv_release) struct argv argv = ARGV_INIT;
	AUTO(packer_release)
	struct packer p = { .pid = -1, .fd = -1, .log_fd = -1 };
	struct err went_wrong = ERR_INIT;
	int rc;

	argv_push(&argv, "git");
	argv_pushf(&argv, "--git-dir=%s", repo_path);
	argv_pushv(&argv, words);
	if (packer_start(&p, argv.v, err) < 0)
		return -1;
	im->packer = &p;
	rc = write_all(im, &went_wrong);
	im->packer = NULL;
	if (rc == 0)
		return packer_finish(&p, err);
	/* When git died, what it said is the reason. */
	if (went_wrong.kind == ERR_SYSTEM && packer_finish(&p, err) < 0)
		return -1;
	*err = went_wrong;
	return -1;
}

static int import_archive(const char *tarball, const char *repo_path,
			  FILE *progress, struct err *err)
{
	static const char *const init[] = { "init",
					    "-q",
					    "--bare",
					    "--template=",
					    "--initial-branch=master",
					    NULL };
	AUTO(archive_close) struct archive *archive = NULL;
	AUTO(mem_free) char *block = xmalloc(BLOCK);
	struct importer im = { .block = block, .name = fs_name(tarball) };
	struct stat st;
	int rc;

	if (stat(tarball, &st) < 0)
		return err_sys(err, ERR_CONFIG, "cannot find '%s'", tarball);
	if (open_archive(&archive, tarball, err) < 0 ||
	    run_git(init, repo_path, err) < 0)
		return -1;
	im.archive = archive;
	progress_start(&im.progress, progress, "importing the source (MiB)",
		       (uint64_t)st.st_size / MIB);
	rc = fill_repository(&im, repo_path, err);
	progress_end(&im.progress, rc < 0 ? "failed" : "done");
	return rc;
}

int import_run(const char *tarball, const char *repo_path, FILE *progress,
	       struct err *err)
{
	AUTO(mem_free) char *beside = xasprintf("%s.new", repo_path);
	AUTO(mem_free)
	char *folder =
		xstrndup(repo_path, (size_t)(fs_name(repo_path) - repo_path));
	AUTO(fd_close) int lock_fd = -1;
	struct err ignored = ERR_INIT;

	if (fs_is_dir(repo_path))
		return 0;
	if (*folder && fs_mkdirs(folder, 0755, err) < 0)
		return -1;
	if (fs_lock(&lock_fd, repo_path, err) < 0)
		return -1;
	if (fs_is_dir(repo_path)) /* whoever had the lock made it */
		return 0;
	if (fs_remove_tree(beside, err) < 0)
		return -1;
	if (import_archive(tarball, beside, progress, err) < 0) {
		(void)!fs_remove_tree(beside, &ignored);
		return err_wrap(err, "importing '%s'", tarball);
	}
	if (rename(beside, repo_path) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot rename '%s'", beside);
	return 0;
}
