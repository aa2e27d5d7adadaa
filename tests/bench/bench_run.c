/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_run.c - what a command costs, with all that it starts
 *
 *	bench_run COMMAND...
 *
 * prints "WALL_MS CPU_MS RSS_KIB" on stdout when it has ended well; RSS is of
 * the largest process. What the command prints goes to stderr. The kernel adds
 * up what children cost only where each one is waited for, which a sandbox does
 * not do; so they are looked at in /proc, every SAMPLE_MS. Used by
 * tests/bench/follow.
 */
#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <sys/wait.h>

#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/base/mem.h"

#define SAMPLE_MS 20
#define MAX_STATUS 65536

struct process {
	int pid;
	int parent;
	bool is_ours; /* the command, or below it */
	uint64_t ticks;
	uint64_t rss_kib; /* the most there was */
};

struct processes {
	struct process *v;
	size_t n;
};

static struct process *find(const struct processes *all, int pid)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].pid == pid)
			return &all->v[i];
	return NULL;
}

static bool read_proc(struct buf *out, const char *pid, const char *name)
{
	AUTO(mem_free) char *path = xasprintf("/proc/%s/%s", pid, name);
	struct err gone = ERR_INIT;

	return fs_read(out, path, MAX_STATUS, &gone) == 0 && out->len > 0;
}

/* "pid (name) state ppid ...": a name may have blanks and ')' in it. */
static bool read_stat(struct process *p, const char *pid)
{
	AUTO(buf_release) struct buf text = { 0 };
	const char *behind;
	uint64_t user = 0;
	uint64_t kernel = 0;

	if (!read_proc(&text, pid, "stat"))
		return false;
	behind = strrchr(buf_text(&text), ')');
	if (!behind)
		return false;
	/* proc(5): the third field is behind the name, user time the 14th */
	for (int field = 2; field <= 15 && behind; field++) {
		if (field == 4)
			p->parent = (int)strtol(behind, NULL, 10);
		if (field == 14)
			user = strtoull(behind, NULL, 10);
		if (field == 15)
			kernel = strtoull(behind, NULL, 10);
		behind = strchr(behind + 1, ' ');
	}
	p->ticks = user + kernel;
	return true;
}

static uint64_t read_peak(const char *pid)
{
	AUTO(buf_release) struct buf text = { 0 };
	static const char name[] = "VmHWM:";
	const char *at;

	if (!read_proc(&text, pid, "status"))
		return 0;
	at = strstr(buf_text(&text), name);
	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

/* A process that ended keeps what it had; a number is seldom used again. */
static void look_at(struct processes *all, const char *pid)
{
	struct process now = { .pid = (int)strtol(pid, NULL, 10) };
	const struct process *parent;
	struct process *known = find(all, now.pid);

	if ((known && !known->is_ours) || !read_stat(&now, pid))
		return;
	if (!known) {
		parent = find(all, now.parent);
		now.is_ours = parent && parent->is_ours;
		all->v = xreallocarray(all->v, all->n + 1, sizeof(*all->v));
		known = &all->v[all->n++];
		*known = now;
	}
	if (!known->is_ours)
		return;
	known->ticks = now.ticks;
	now.rss_kib = read_peak(pid);
	if (now.rss_kib > known->rss_kib)
		known->rss_kib = now.rss_kib;
}

static void sample(struct processes *all)
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			look_at(all, entry->d_name);
	if (dir)
		closedir(dir);
}

/* Its end is seen a sample later at most; it is not waited for before that. */
static int watch(struct processes *all, pid_t pid)
{
	siginfo_t end = { 0 };
	int status;

	while (end.si_pid == 0) {
		sample(all);
		usleep(SAMPLE_MS * 1000);
		waitid(P_PID, (id_t)pid, &end, WEXITED | WNOHANG | WNOWAIT);
	}
	sample(all);
	return waitpid(pid, &status, 0) == pid ? status : -1;
}

static pid_t start(char **argv)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(argv[0], argv);
	_exit(127);
}

int main(int argc, char **argv)
{
	struct process first = { .pid = (int)getpid(), .is_ours = true };
	struct processes all = { 0 };
	int64_t began = clock_ms();
	uint64_t ticks = 0;
	uint64_t rss_kib = 0;
	int64_t ms;

	if (argc < 2)
		return 2;
	all.v = xcalloc(1, sizeof(*all.v));
	all.v[all.n++] = first;
	if (watch(&all, start(argv + 1)) != 0) {
		fprintf(stderr, "bench_run: '%s' failed\n", argv[1]);
		return 1;
	}
	ms = clock_ms() - began;
	for (size_t i = 1; i < all.n; i++) { /* 0 is us */
		ticks += all.v[i].is_ours ? all.v[i].ticks : 0;
		if (all.v[i].is_ours && all.v[i].rss_kib > rss_kib)
			rss_kib = all.v[i].rss_kib;
	}
	printf("%" PRId64 " %" PRIu64 " %" PRIu64 "\n", ms,
	       ticks * 1000 / (uint64_t)sysconf(_SC_CLK_TCK), rss_kib);
	free(all.v);
	return 0;
}
