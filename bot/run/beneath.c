/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/run/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/base/span.h"

static bool is_part(struct span part)
{
	for (const char *p = part.p; p < part.end; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	return span_len(part) > 0 && !span_is(part, ".") &&
	       !span_is(part, "..") && !span_is_nocase(part, ".git");
}

bool beneath_is_path(const char *path)
{
	struct span rest = span_cstr(path);
	struct span part;

	if (span_len(rest) > BENEATH_MAX_PATH)
		return false;
	while (span_until(&rest, '/', &part))
		if (!is_part(part))
			return false;
	return is_part(rest);
}

static int check_path(const char *path, struct err *err)
{
	if (beneath_is_path(path))
		return 0;
	return err_set(err, ERR_INPUT, "'%.100s' is no plain relative path",
		       path);
}

static int open_beneath(int root, const char *path, uint64_t flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
			   RESOLVE_NO_MAGICLINKS,
	};
	int fd;

	do /* EAGAIN: something was renamed meanwhile */
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	while (fd < 0 && (errno == EAGAIN || errno == EINTR));
	return fd;
}

/* What the kernel says of a name is about their bytes; the rest is not. */
static int open_failed(const char *path, struct err *err)
{
	switch (errno) {
	case ELOOP:
	case EXDEV:
		return err_set(err, ERR_INPUT, "'%s' leads through a symlink",
			       path);
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
	case ENAMETOOLONG:
		return err_sys(err, ERR_INPUT, "'%s'", path);
	default:
		return err_sys(err, ERR_SYSTEM, "cannot open '%s'", path);
	}
}

int beneath_open(int *out, int root, const char *path, struct err *err)
{
	AUTO(fd_close) int fd = -1;
	struct stat st;

	if (check_path(path, err) < 0)
		return -1;
	fd = open_beneath(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return open_failed(path, err);
	if (fstat(fd, &st) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot stat '%s'", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_INPUT, "'%s' is not a regular file",
			       path);
	*out = fd;
	fd = -1;
	return 0;
}

/* The folder that holds @path, and the name of @path in it; or -1, errno. */
static int parent_of(int root, const char *path, const char **name_out)
{
	AUTO(mem_free) char *folder = xstrdup(path);
	char *slash = strrchr(folder, '/');

	*name_out = fs_name(path);
	if (!slash)
		return open_beneath(root, ".", O_PATH | O_DIRECTORY);
	*slash = '\0';
	return open_beneath(root, folder, O_PATH | O_DIRECTORY);
}

/* The folders above @path, as far as they are not there. */
static int make_parents(int root, const char *path, struct err *err)
{
	AUTO(mem_free) char *part = xstrdup(path);

	for (char *p = strchr(part, '/'); p; p = strchr(p + 1, '/')) {
		AUTO(fd_close) int above = -1;
		const char *name;

		*p = '\0';
		above = parent_of(root, part, &name);
		if (above < 0)
			return open_failed(path, err);
		if (mkdirat(above, name, 0755) < 0 && errno != EEXIST)
			return err_sys(err, ERR_SYSTEM,
				       "cannot make folder '%s'", part);
		*p = '/';
	}
	return 0;
}

static int copy_bytes(int to, int from, const char *path, struct err *err)
{
	char block[65536];
	ssize_t n;

	for (;;) {
		n = read(from, block, sizeof(block));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_SYSTEM,
				       "cannot read what '%s' is to hold",
				       path);
		if (n == 0)
			return 0;
		if (fs_write_fd(to, block, (size_t)n, path, err) < 0)
			return -1;
	}
}

static int put_link(int parent, const char *path, int from, struct err *err)
{
	AUTO(buf_release) struct buf target = { 0 };

	if (fs_read_fd(&target, from, path, BENEATH_MAX_PATH, err) < 0)
		return -1;
	if (target.len == 0 || strlen(target.data) != target.len)
		return err_set(err, ERR_INPUT, "'%s' is no symlink", path);
	if (symlinkat(target.data, parent, fs_name(path)) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot make symlink '%s'",
			       path);
	return 0;
}

static int put_file(int parent, const char *path, unsigned mode, int from,
		    struct err *err)
{
	AUTO(fd_close)
	int to = openat(parent, fs_name(path),
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			mode);

	if (to < 0)
		return err_sys(err, ERR_SYSTEM, "cannot create '%s'", path);
	return copy_bytes(to, from, path, err);
}

int beneath_put(int root, const char *path, unsigned mode, int from,
		struct err *err)
{
	AUTO(fd_close) int parent = -1;
	const char *name;

	if (check_path(path, err) < 0)
		return -1;
	if (mode != 0100644 && mode != 0100755 && mode != 0120000)
		return err_set(err, ERR_INPUT,
			       "'%s' is neither file nor symlink: mode %o",
			       path, mode);
	if (make_parents(root, path, err) < 0)
		return -1;
	parent = parent_of(root, path, &name);
	if (parent < 0)
		return open_failed(path, err);
	if (unlinkat(parent, name, 0) < 0 && errno != ENOENT)
		return err_sys(err, errno == EISDIR ? ERR_INPUT : ERR_SYSTEM,
			       "cannot replace '%s'", path);
	if (mode == 0120000)
		return put_link(parent, path, from, err);
	return put_file(parent, path, mode & 0777, from, err);
}

/* Up from @path, until one is not empty. */
static void remove_empty_parents(int root, const char *path)
{
	AUTO(mem_free) char *part = xstrdup(path);

	for (char *slash = strrchr(part, '/'); slash;
	     slash = strrchr(part, '/')) {
		AUTO(fd_close) int above = -1;
		const char *name;

		*slash = '\0';
		above = parent_of(root, part, &name);
		if (above < 0 || unlinkat(above, name, AT_REMOVEDIR) < 0)
			return;
	}
}

int beneath_delete(int root, const char *path, struct err *err)
{
	AUTO(fd_close) int parent = -1;
	const char *name;

	if (check_path(path, err) < 0)
		return -1;
	parent = parent_of(root, path, &name);
	if (parent < 0)
		return open_failed(path, err);
	if (unlinkat(parent, name, 0) < 0)
		return err_sys(err,
			       errno == ENOENT || errno == EISDIR ? ERR_INPUT
								  : ERR_SYSTEM,
			       "cannot delete '%s'", path);
	remove_empty_parents(root, path);
	return 0;
}
