// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * volume.c - a filesystem, made and mounted on its gate
 *
 * Below the working directory: the root of a guest, a folder of the
 * reproducer's own elsewhere.
 */
#include "rules/collisions/run.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define MKFS_LIMIT_MS 120000 /* of guest time */

bool volume_failed(struct volume *v, int error, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(v->why, sizeof(v->why), fmt, ap);
	va_end(ap);
	if (error && n >= 0 && (size_t)n < sizeof(v->why))
		snprintf(v->why + n, sizeof(v->why) - (size_t)n, ": %s",
			 strerror(error));
	return false;
}

/* The last line that mkfs had to say. */
static void read_complaint(char *out, size_t size, int fd)
{
	char text[1024];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	char *line;

	text[n > 0 ? n : 0] = '\0';
	while (n > 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	line = strrchr(text, '\n');
	snprintf(out, size, "%.*s", (int)size - 1, line ? line + 1 : text);
}

static pid_t start_mkfs(const struct volume *v, int log)
{
	const char *argv[sizeof(v->fs->mkfs) / sizeof(v->fs->mkfs[0])];
	size_t n = 0;
	pid_t pid;

	do {
		bool is_node = strcmp(v->fs->mkfs[n], FILESYSTEM_NODE) == 0;

		argv[n] = is_node ? v->node : v->fs->mkfs[n];
	} while (v->fs->mkfs[++n]);
	argv[n] = NULL;
	pid = fork();
	if (pid != 0)
		return pid;
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	execv(v->fs->mkfs[0], (char *const *)argv);
	dprintf(log, "cannot run %s: %s\n", v->fs->mkfs[0], strerror(errno));
	_exit(127);
}

/* -1: it did not end; then it was killed, which a D state may ignore. */
static int wait_child(pid_t pid, int limit_ms)
{
	int status;

	for (int ms = 0; ms < limit_ms; ms += POLL_MS) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		pause_ms(POLL_MS);
	}
	kill(pid, SIGKILL);
	return -1;
}

static bool run_mkfs(struct volume *v)
{
	char said[160];
	int status, log;
	pid_t pid;

	log = open("mkfs.log", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (log < 0)
		return volume_failed(v, errno, "no log for mkfs");
	unlink("mkfs.log"); /* the descriptor is enough */
	pid = start_mkfs(v, log);
	status = pid < 0 ? -1 : wait_child(pid, MKFS_LIMIT_MS);
	read_complaint(said, sizeof(said), log);
	close(log);
	if (status == 0)
		return true;
	if (status == -1)
		return volume_failed(v, 0, "mkfs of %s did not end",
				     v->fs->name);
	return volume_failed(v, 0, "mkfs of %s failed: %s", v->fs->name, said);
}

static bool make_zonefs(struct volume *v)
{
	char *super = actor_buffer(ZONEFS_SUPER_LEN, 0);
	int fd = open(v->node, O_RDWR | O_DIRECT | O_CLOEXEC);
	ssize_t n = -1;
	int error;

	zonefs_fill_super(super);
	if (fd >= 0)
		n = pwrite(fd, super, ZONEFS_SUPER_LEN, 0);
	error = errno;
	if (fd >= 0)
		close(fd);
	free(super);
	return n == ZONEFS_SUPER_LEN ||
	       volume_failed(v, error, "writing the super block of zonefs");
}

static bool make_filesystem(struct volume *v)
{
	switch (v->fs->kind) {
	case FILESYSTEM_MOUNTED:
		return run_mkfs(v);
	case FILESYSTEM_ZONED:
		return make_zonefs(v);
	case FILESYSTEM_DEVICE:
		break;
	}
	return true;
}

/* mount(2) and umount(2) may hang in the kernel under test. */
struct mounting {
	struct actor actor; /* first: what it is given is this */
	struct volume *v;
};

static ssize_t mount_it(struct actor *a)
{
	const struct volume *v = ((struct mounting *)a)->v;

	return mount(v->node, v->root, v->fs->type, MS_NOATIME, v->fs->options);
}

static ssize_t unmount_it(struct actor *a)
{
	return umount2(((struct mounting *)a)->v->root, 0);
}

/* The errno, or ETIMEDOUT; what timed out keeps its memory. */
static int run_mounting(struct volume *v, ssize_t (*act)(struct actor *a))
{
	struct mounting *m = calloc(1, sizeof(*m));
	int error;

	if (!m)
		abort();
	m->actor.act = act;
	m->v = v;
	actor_begin(&m->actor);
	if (!actor_join(&m->actor))
		return ETIMEDOUT;
	error = m->actor.returned < 0 ? m->actor.error : 0;
	free(m);
	return error;
}

static bool attach(struct volume *v)
{
	int error;

	if (v->fs->kind == FILESYSTEM_DEVICE)
		return true;
	snprintf(v->root, sizeof(v->root), "mnt_%s", v->name);
	mkdir(v->root, 0755);
	error = run_mounting(v, mount_it);
	if (error) {
		v->root[0] = '\0';
		return volume_failed(v, error, "mounting %s", v->fs->name);
	}
	return true;
}

bool volume_set_up(struct volume *v, const struct filesystem *fs,
		   unsigned generation, bool has_cache)
{
	memset(v, 0, sizeof(*v));
	v->fs = fs;
	v->has_cache = has_cache;
	snprintf(v->name, sizeof(v->name), "%s%u", fs->name, generation);
	return disk_make(v) && gate_make(v) && make_filesystem(v) && attach(v);
}

/* Every step is tried, so that the next filesystem finds the memory free. */
bool volume_take_down(struct volume *v)
{
	int error = v->root[0] ? run_mounting(v, unmount_it) : 0;

	if (error)
		return volume_failed(v, error, "unmounting %s", v->fs->name);
	if (v->root[0])
		rmdir(v->root);
	v->root[0] = '\0';
	if (!gate_remove(v))
		return false;
	disk_remove(v);
	return true;
}
