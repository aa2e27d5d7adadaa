// SPDX-License-Identifier: GPL-2.0-or-later
#include "rules/collisions/watch.h"

#include <dirent.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "rules/collisions/run.h"

bool watch_begin(struct watch *w)
{
	const int flags = MAP_SHARED | MAP_ANONYMOUS;
	const size_t len = sizeof(*w->beats);
	sigset_t set, before;

	*w = (struct watch){ 0 };
	/* cppcheck-suppress invalidFunctionArg */
	w->beats = mmap(NULL, len, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (w->beats == MAP_FAILED)
		return false;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD); /* kept until watch_child waits for it */
	sigprocmask(SIG_BLOCK, &set, &before);
	w->child = fork();
	if (w->child == 0)
		sigprocmask(SIG_SETMASK, &before, NULL);
	return w->child >= 0;
}

void watch_beat(const struct watch *w)
{
	atomic_fetch_add(w->beats, 1);
}

/* The first of its threads that sleeps for good, but for the one of main(). */
static void find_held(char out[WATCH_MAX_TEXT], int child)
{
	char path[64], where[HELD_MAX_CALLER] = "user space";
	const struct dirent *e;
	bool found = false;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", child);
	d = opendir(path);
	while (d && !found && (e = readdir(d))) {
		pid_t tid = (pid_t)strtol(e->d_name, NULL, 10);

		found = tid > 0 && tid != child && held_in_kernel(tid);
		if (found)
			held_where_called(where, tid);
	}
	if (d)
		closedir(d);
	if (!found && held_in_kernel(child))
		held_where_called(where, child);
	snprintf(out, WATCH_MAX_TEXT, "a thread is held in %s for good", where);
}

bool watch_child(char out[WATCH_MAX_TEXT], const struct watch *w,
		 unsigned limit_s)
{
	const struct timespec limit = { .tv_sec = (time_t)limit_s };
	unsigned seen = 0, now;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (;;) {
		if (waitpid(w->child, NULL, WNOHANG) == w->child)
			return false;
		if (sigtimedwait(&set, NULL, &limit) > 0)
			continue;
		now = atomic_load(w->beats);
		if (now == seen && held_in_kernel(w->child))
			break;
		seen = now;
	}
	find_held(out, w->child);
	return true;
}
