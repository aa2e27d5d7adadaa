/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/run/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"

static int put_text(const char *path, const char *text, struct err *err)
{
	AUTO(fd_close) int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, ERR_CONFIG, "cannot open '%s'", path);
	if (write(fd, text, strlen(text)) < 0)
		return err_sys(err, ERR_CONFIG, "cannot write '%s'", path);
	return 0;
}

/* A user namespace in which we are who we were, and may mount. */
static int enter_namespaces(struct err *err)
{
	AUTO(mem_free)
	char *uids = xasprintf("%u %u 1\n", geteuid(), geteuid());
	AUTO(mem_free)
	char *gids = xasprintf("%u %u 1\n", getegid(), getegid());

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return err_sys(err, ERR_CONFIG,
			       "cannot make a user and a mount namespace");
	if (put_text("/proc/self/setgroups", "deny", err) < 0 ||
	    put_text("/proc/self/uid_map", uids, err) < 0 ||
	    put_text("/proc/self/gid_map", gids, err) < 0)
		return -1;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return err_sys(err, ERR_CONFIG, "cannot make mounts private");
	return 0;
}

static int mount_upper(const char *dir, unsigned size_mib, struct err *err)
{
	AUTO(mem_free)
	char *options = xasprintf("size=%um,mode=0700", size_mib);

	if (mount("collider", dir, "tmpfs", MS_NOSUID | MS_NODEV, options) < 0)
		return err_sys(err, ERR_CONFIG, "cannot mount a tmpfs at '%s'",
			       dir);
	return 0;
}

static int open_dir(int *out, const char *dir, const char *name,
		    struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s%s", dir, name);

	if (*name && mkdir(path, 0755) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot make folder '%s'",
			       path);
	*out = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*out < 0)
		return err_sys(err, ERR_SYSTEM, "cannot open '%s'", path);
	return 0;
}

/*
 * The layers are named by descriptor: their paths may hold commas and colons,
 * which mean something in mount options. "volatile" leaves out the sync of the
 * upper layer, which is memory.
 */
static int mount_view(const char *lower, const char *dir, const char *tree,
		      struct err *err)
{
	AUTO(fd_close) int lower_fd = -1;
	AUTO(fd_close) int upper_fd = -1;
	AUTO(fd_close) int work_fd = -1;
	AUTO(fd_close) int tree_fd = -1;
	AUTO(mem_free) char *options = NULL;

	if (open_dir(&lower_fd, lower, "", err) < 0 ||
	    open_dir(&upper_fd, dir, "/upper", err) < 0 ||
	    open_dir(&work_fd, dir, "/work", err) < 0 ||
	    open_dir(&tree_fd, dir, "/tree", err) < 0)
		return -1;
	options = xasprintf("lowerdir=/proc/self/fd/%d,"
			    "upperdir=/proc/self/fd/%d,"
			    "workdir=/proc/self/fd/%d,userxattr,volatile",
			    lower_fd, upper_fd, work_fd);
	if (mount("collider", tree, "overlay", MS_NOSUID | MS_NODEV, options) <
	    0)
		return err_sys(err, ERR_CONFIG,
			       "cannot mount an overlay over '%s'", lower);
	return 0;
}

int overlay_mount(struct overlay *out, const char *lower, const char *dir,
		  unsigned size_mib, struct err *err)
{
	AUTO(mem_free) char *tree = xasprintf("%s/tree", dir);
	int fd;

	if (geteuid() == 0)
		return err_set(err, ERR_CONFIG,
			       "an overlay is not mounted as root");
	if (fs_mkdirs(dir, 0755, err) < 0 || enter_namespaces(err) < 0 ||
	    mount_upper(dir, size_mib, err) < 0 ||
	    mount_view(lower, dir, tree, err) < 0)
		return -1;
	fd = open(tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, ERR_SYSTEM, "cannot open '%s'", tree);
	*out = (struct overlay){ .tree = TAKE(tree), .fd = fd };
	return 0;
}

void overlay_release(struct overlay *o)
{
	if (o->tree)
		fd_close(o->fd);
	free(o->tree);
	*o = (struct overlay){ 0 };
}
