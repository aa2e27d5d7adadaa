/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "bot/base/mem.h"

int fs_read_fd(struct buf *out, int fd, const char *name, size_t max,
	       struct err *err)
{
	char block[65536];

	buf_init(out, max);
	for (;;) {
		ssize_t n = read(fd, block, sizeof(block));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_SYSTEM, "cannot read '%s'",
				       name);
		if (n == 0)
			return 0;
		buf_add(out, block, (size_t)n);
		if (buf_check(out, name, err) < 0) {
			buf_release(out);
			return -1;
		}
	}
}

int fs_read(struct buf *out, const char *path, size_t max, struct err *err)
{
	AUTO(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return err_sys(err, errno == ENOENT ? ERR_INPUT : ERR_SYSTEM,
			       "cannot open '%s'", path);
	if (fstat(fd, &st) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot stat '%s'", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_INPUT, "'%s' is not a regular file",
			       path);
	return fs_read_fd(out, fd, path, max, err);
}

int fs_write_fd(int fd, const char *data, size_t len, const char *name,
		struct err *err)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_SYSTEM, "cannot write '%s'",
				       name);
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int write_and_sync(const char *path, const char *data, size_t len,
			  struct err *err)
{
	AUTO(fd_close)
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0)
		return err_sys(err, ERR_SYSTEM, "cannot create '%s'", path);
	if (fs_write_fd(fd, data, len, path, err) < 0)
		return -1;
	if (fsync(fd) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot sync '%s'", path);
	return 0;
}

int fs_write(const char *path, const char *data, size_t len, struct err *err)
{
	AUTO(mem_free) char *beside = xasprintf("%s.new", path);

	if (write_and_sync(beside, data, len, err) < 0) {
		unlink(beside);
		return -1;
	}
	if (rename(beside, path) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot rename '%s'", beside);
	return 0;
}

int fs_mkdirs(const char *path, mode_t mode, struct err *err)
{
	AUTO(mem_free) char *part = xstrdup(path);

	for (char *p = part + 1;; p++) {
		char was = *p;

		if (was != '/' && was != '\0')
			continue;
		*p = '\0';
		if (mkdir(part, mode) < 0 && errno != EEXIST)
			return err_sys(err, ERR_SYSTEM,
				       "cannot make folder '%s'", part);
		*p = was;
		if (was == '\0')
			break;
	}
	if (!fs_is_dir(path))
		return err_set(err, ERR_SYSTEM, "'%s' is not a folder", path);
	return 0;
}

static FTS *walk(const char *path)
{
	char *roots[] = { (char *)(uintptr_t)path, NULL };

	return fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
}

static inline void walk_end(FTS *fts)
{
	if (fts)
		fts_close(fts);
}
DEFINE_AUTO(FTS *, walk_end)

/* A folder without its owner's bits (overlayfs makes such) cannot be read. */
static void open_folder(const FTSENT *e)
{
	if ((e->fts_statp->st_mode & 0700) != 0700)
		chmod(e->fts_accpath, 0700);
}

int fs_remove_tree(const char *path, struct err *err)
{
	AUTO(walk_end) FTS *fts = NULL;
	FTSENT *e;

	if (!fs_exists(path))
		return 0;
	fts = walk(path);
	if (!fts)
		return err_sys(err, ERR_SYSTEM, "cannot walk '%s'", path);
	while ((e = fts_read(fts))) {
		if (e->fts_info == FTS_D)
			open_folder(e);
		else if (remove(e->fts_accpath) < 0 && errno != ENOENT)
			return err_sys(err, ERR_SYSTEM, "cannot remove '%s'",
				       e->fts_path);
	}
	return 0;
}

int fs_chown_tree(const char *path, uid_t uid, gid_t gid, struct err *err)
{
	AUTO(walk_end) FTS *fts = walk(path);
	FTSENT *e;

	if (!fts)
		return err_sys(err, ERR_SYSTEM, "cannot walk '%s'", path);
	while ((e = fts_read(fts)))
		if (e->fts_info != FTS_DP &&
		    lchown(e->fts_accpath, uid, gid) < 0)
			return err_sys(err, ERR_SYSTEM, "cannot chown '%s'",
				       e->fts_path);
	return 0;
}

uint64_t fs_tree_size(const char *path)
{
	AUTO(walk_end) FTS *fts = fs_exists(path) ? walk(path) : NULL;
	uint64_t size = 0;
	FTSENT *e;

	while (fts && (e = fts_read(fts)))
		if (e->fts_info != FTS_DP && e->fts_info != FTS_NS)
			size += (uint64_t)e->fts_statp->st_blocks * 512;
	return size;
}

uint64_t fs_free_space(const char *path)
{
	struct statvfs v;

	if (statvfs(path, &v) < 0)
		return 0;
	return (uint64_t)v.f_bavail * v.f_frsize;
}

/* *out is -1 when somebody holds it and @how says LOCK_NB. */
static int lock(int *out, const char *path, int how, struct err *err)
{
	AUTO(mem_free) char *file = xasprintf("%s.lock", path);
	AUTO(fd_close)
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	*out = -1;
	if (fd < 0)
		return err_sys(err, ERR_SYSTEM, "cannot create '%s'", file);
	while (flock(fd, how) < 0) {
		if (errno == EWOULDBLOCK)
			return 0;
		if (errno != EINTR)
			return err_sys(err, ERR_SYSTEM, "cannot lock '%s'",
				       file);
	}
	*out = fd;
	fd = -1;
	return 0;
}

int fs_lock(int *out, const char *path, struct err *err)
{
	return lock(out, path, LOCK_EX, err);
}

int fs_try_lock(int *out, const char *path, struct err *err)
{
	return lock(out, path, LOCK_EX | LOCK_NB, err);
}

int fs_share_lock(int *out, const char *path, struct err *err)
{
	return lock(out, path, LOCK_SH, err);
}

bool fs_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

bool fs_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool fs_is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	while (len > 1 && dir[len - 1] == '/')
		len--;
	if (strncmp(path, dir, len) != 0)
		return false;
	return path[len] == '\0' || path[len] == '/' || dir[len - 1] == '/';
}

const char *fs_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *fs_find_in(const char *path, const char *name)
{
	AUTO(mem_free) char *dirs = xstrdup(path);

	for (char *save = NULL, *dir = strtok_r(dirs, ":", &save); dir;
	     dir = strtok_r(NULL, ":", &save)) {
		AUTO(mem_free) char *full = xasprintf("%s/%s", dir, name);

		if (access(full, X_OK) == 0 && !fs_is_dir(full))
			return TAKE(full);
	}
	return NULL;
}

char *fs_find_program(const char *name)
{
	const char *path = getenv("PATH");
	AUTO(mem_free) char *dirs = NULL;

	dirs = xasprintf("%s:/usr/sbin:/sbin", path ? path : "/usr/bin:/bin");
	return fs_find_in(dirs, name);
}

char *fs_find_beside(const char *name)
{
	char own[4096];
	ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);

	if (n < 0)
		return xstrdup(name);
	own[n] = '\0';
	return xasprintf("%.*s%s", (int)(fs_name(own) - own), own, name);
}
