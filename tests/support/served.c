/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/served.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"

#define LOG_MAX (4u << 20)
#define LOOK_MS 20

void served_configure(struct served *s, const char *text)
{
	struct err err = ERR_INIT;

	ck_ok(fs_write(s->conf, text, strlen(text), &err), &err);
}

void served_init(struct served *s, const char *text)
{
	struct err err = ERR_INIT;

	*s = (struct served){ .dir = support_tmpdir() };
	ck_assert_int_eq(chmod(s->dir, 0755), 0); /* boxes are somebody else */
	s->state = xasprintf("%s/state", s->dir);
	s->conf = xasprintf("%s/conf", s->dir);
	s->log = xasprintf("%s/log", s->dir);
	ck_ok(fs_mkdirs(s->state, 0755, &err), &err);
	served_configure(s, text);
}

void served_release(struct served *s)
{
	struct err err = ERR_INIT;

	if (!s->dir)
		return;
	if (s->pid)
		served_kill(s);
	ck_ok(fs_remove_tree(s->dir, &err), &err);
	free(s->dir);
	free(s->state);
	free(s->conf);
	free(s->log);
	*s = (struct served){ 0 };
}

static _Noreturn void become(const struct served *s, const char *word)
{
	int log = open(s->log, O_WRONLY | O_CREAT | O_APPEND, 0644);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	setenv("COLLIDER_STATE", s->state, 1);
	if (log < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
		_exit(126);
	execl(COLLIDER_BUILD "/collider", "collider", "run", "--config",
	      s->conf, word, NULL);
	_exit(127);
}

void served_start(struct served *s, const char *word)
{
	ck_assert_int_eq(s->pid, 0);
	s->pid = fork();
	ck_assert_int_ge(s->pid, 0);
	if (s->pid == 0)
		become(s, word);
}

void served_read(struct buf *out, const struct served *s)
{
	struct err err = ERR_INIT;

	buf_release(out);
	if (fs_exists(s->log))
		ck_ok(fs_read(out, s->log, LOG_MAX, &err), &err);
	else
		buf_init(out, LOG_MAX);
}

static bool has_ended(const struct served *s)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)s->pid, &info,
		      WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid != 0;
}

/* Does the log have it, behind what was heard? */
static bool hears(struct served *s, const char *text, struct buf *log)
{
	const char *at;

	served_read(log, s);
	at = strstr(buf_text(log) + s->heard, text);
	if (at)
		s->heard = (size_t)(at - buf_text(log)) + strlen(text);
	return at;
}

void served_wait(struct served *s, const char *text)
{
	const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000 };
	AUTO(buf_release) struct buf log = { 0 };
	bool ended;

	do {
		ended = has_ended(s);
		if (hears(s, text, &log))
			return;
		nanosleep(&pause, NULL);
	} while (!ended);
	ck_abort_msg("it ended before it said '%s':\n%s", text, buf_text(&log));
}

int served_join(struct served *s)
{
	int status;

	while (waitpid(s->pid, &status, 0) < 0)
		ck_assert_int_eq(errno, EINTR);
	s->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void served_end(struct served *s, int signal, int exit_code)
{
	AUTO(buf_release) struct buf log = { 0 };
	int is;

	if (signal)
		ck_assert_int_eq(kill(s->pid, signal), 0);
	is = served_join(s);
	served_read(&log, s);
	ck_assert_msg(is == exit_code, "it exited with %d:\n%s", is,
		      buf_text(&log));
}

void served_kill(struct served *s)
{
	/* its workers die of its death */
	ck_assert_int_eq(kill(s->pid, SIGKILL), 0);
	(void)served_join(s);
}

/* "collider\0stage\0place\0..." with the name of our configuration in it. */
static bool is_worker(const struct served *s, const char *pid,
		      const char *stage)
{
	AUTO(mem_free) char *path = xasprintf("/proc/%s/cmdline", pid);
	AUTO(buf_release) struct buf words = { 0 };
	struct err none = ERR_INIT;

	if (fs_read(&words, path, LOG_MAX, &none) < 0 || words.len == 0)
		return false;
	for (size_t i = 0; i + 1 < words.len; i++)
		if (words.data[i] == '\0')
			words.data[i] = ' ';
	return strstr(words.data, " stage ") && strstr(words.data, stage) &&
	       strstr(words.data, s->conf);
}

pid_t served_find_worker(const struct served *s, const char *stage)
{
	DIR *dir = opendir("/proc");
	pid_t found = 0;

	ck_assert_ptr_nonnull(dir);
	for (struct dirent *e; (e = readdir(dir)) && !found;)
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9' &&
		    is_worker(s, e->d_name, stage))
			found = (pid_t)strtol(e->d_name, NULL, 10);
	closedir(dir);
	return found;
}

struct store *served_store(const struct served *s)
{
	AUTO(mem_free) char *path = xasprintf("%s/collider.db", s->state);
	struct store *store = NULL;
	struct err err = ERR_INIT;

	ck_ok(store_open(&store, path, &err), &err);
	return store;
}
