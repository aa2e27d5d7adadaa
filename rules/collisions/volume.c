// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * volume.c - a filesystem, made and mounted on its gate
 */
#include "rules/collisions/run.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define MKFS_LIMIT_MS 120000 /* of guest time */
#define MOUNT_LIMIT_MS 120000

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

	for (; v->fs->mkfs[n]; n++)
		argv[n] = strcmp(v->fs->mkfs[n], FILESYSTEM_NODE) == 0
				  ? v->node
				  : v->fs->mkfs[n];
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
	struct timespec poll = { 0, 1000000 };
	int status;

	for (int ms = 0; ms < limit_ms; ms++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		nanosleep(&poll, NULL);
	}
	kill(pid, SIGKILL);
	return -1;
}

static bool make_filesystem(struct volume *v)
{
	char said[160];
	int status, log;
	pid_t pid;

	log = open("/mkfs.log", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (log < 0)
		return volume_failed(v, errno, "no log for mkfs");
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

/* mount(2) and umount(2) may hang in the kernel under test. */
struct mounting {
	struct volume *v;
	bool is_mount;
	int error;
	atomic_bool done;
};

static void *mount_or_umount(void *arg)
{
	struct mounting *m = arg;
	struct volume *v = m->v;
	int rc;

	rc = m->is_mount ? mount(v->node, v->root, v->fs->type, MS_NOATIME,
				 v->fs->options)
			 : umount2(v->root, 0);
	m->error = rc < 0 ? errno : 0;
	atomic_store(&m->done, true);
	return NULL;
}

/* The errno, or ETIMEDOUT; what timed out keeps its memory. */
static int run_mounting(struct volume *v, bool is_mount)
{
	struct mounting *m = calloc(1, sizeof(*m));
	struct timespec poll = { 0, 1000000 };
	pthread_t thread;
	int error;

	if (!m)
		abort();
	m->v = v;
	m->is_mount = is_mount;
	if (pthread_create(&thread, NULL, mount_or_umount, m))
		abort();
	for (int ms = 0; ms < MOUNT_LIMIT_MS && !atomic_load(&m->done); ms++)
		nanosleep(&poll, NULL);
	if (!atomic_load(&m->done)) {
		pthread_detach(thread);
		return ETIMEDOUT;
	}
	pthread_join(thread, NULL);
	error = m->error;
	free(m);
	return error;
}

static bool attach(struct volume *v)
{
	int error;

	snprintf(v->root, sizeof(v->root), "/mnt_%s", v->name);
	mkdir(v->root, 0755);
	error = run_mounting(v, true);
	if (error) {
		v->root[0] = '\0';
		return volume_failed(v, error, "mounting %s", v->fs->name);
	}
	return true;
}

bool volume_set_up(struct volume *v, const struct filesystem *fs,
		   unsigned generation)
{
	memset(v, 0, sizeof(*v));
	v->fs = fs;
	snprintf(v->name, sizeof(v->name), "%s%u", fs->name, generation);
	return disk_make(v) && gate_make(v) && make_filesystem(v) && attach(v);
}

/* Every step is tried, so that the next filesystem finds the memory free. */
bool volume_take_down(struct volume *v)
{
	int error = v->root[0] ? run_mounting(v, false) : 0;

	v->root[0] = '\0';
	if (error)
		return volume_failed(v, error, "unmounting %s", v->fs->name);
	if (!gate_remove(v))
		return false;
	disk_remove(v);
	return true;
}
