/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/run/reach.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"

/* The uppermost folder on the way to @path that not all may enter, or NULL. */
static char *find_closed(const char *path)
{
	for (const char *p = path + 1; *p; p++) {
		AUTO(mem_free) char *part = xstrndup(path, (size_t)(p - path));
		struct stat st;

		if (*p == '/' && stat(part, &st) == 0 && !(st.st_mode & 0001))
			return TAKE(part);
	}
	return NULL;
}

static int leave_namespace(struct err *err)
{
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return err_sys(err, ERR_SYSTEM,
			       "cannot make a mount namespace");
	return 0;
}

/* @fd again, as @to. */
static int show(int fd, const char *to, struct err *err)
{
	AUTO(mem_free) char *real = xasprintf("/proc/self/fd/%d", fd);
	AUTO(fd_close) int made = -1;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot stat '%s'", to);
	if (S_ISDIR(st.st_mode) && mkdir(to, 0755) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot make folder '%s'", to);
	if (!S_ISDIR(st.st_mode)) {
		made = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		if (made < 0)
			return err_sys(err, ERR_SYSTEM, "cannot create '%s'",
				       to);
	}
	if (mount(real, to, NULL, MS_BIND | MS_REC, NULL) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot bind '%s'", to);
	return 0;
}

/* The descriptors are of this namespace: no other one's can be bound. */
static int show_all(struct sandbox_bind *binds, const int *fds, size_t n,
		    const char *at, struct err *err)
{
	if (mount("none", at, "tmpfs", 0, "mode=755") < 0)
		return err_sys(err, ERR_SYSTEM, "cannot mount over '%s'", at);
	for (size_t i = 0; i < n; i++) {
		char *to;

		if (fds[i] < 0)
			continue;
		to = xasprintf("%s/%zu", at, i); /* lives on in the bind */
		if (show(fds[i], to, err) < 0) {
			free(to);
			return -1;
		}
		binds[i].from = to;
	}
	return 0;
}

static int open_closed(int *fds, const struct sandbox_bind *binds, size_t n,
		       struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		AUTO(mem_free) char *closed = find_closed(binds[i].from);

		if (!closed)
			continue;
		fds[i] = open(binds[i].from, O_PATH | O_CLOEXEC);
		if (fds[i] < 0)
			return err_sys(err, ERR_CONFIG, "cannot open '%s'",
				       binds[i].from);
	}
	return 0;
}

int reach_run(struct sandbox_bind *binds, size_t n, struct err *err)
{
	AUTO(mem_free) char *at = NULL;
	int fds[REACH_MAX_BINDS];
	int rc;

	if (n > REACH_MAX_BINDS)
		return err_set(err, ERR_LIMIT, "more than %d binds",
			       REACH_MAX_BINDS);
	for (size_t i = 0; i < n && !at; i++)
		at = geteuid() == 0 ? find_closed(binds[i].from) : NULL;
	if (!at)
		return 0;
	if (leave_namespace(err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		fds[i] = -1;
	rc = open_closed(fds, binds, n, err);
	if (rc == 0)
		rc = show_all(binds, fds, n, at, err);
	for (size_t i = 0; i < n; i++)
		fd_close(fds[i]);
	return rc;
}
