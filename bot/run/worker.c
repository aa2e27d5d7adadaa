/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/run/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "bot/base/fs.h"
#include "bot/run/privilege.h"

/* What the child leaves in the pipe: a whole struct err. */
static _Noreturn void work_and_tell(int to, pid_t parent, const char *user,
				    int (*work)(void *, struct err *),
				    void *arg)
{
	struct err said = ERR_INIT;
	struct err lost = ERR_INIT;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	if ((!user || privilege_drop(user, &said) == 0) &&
	    work(arg, &said) == 0)
		said = (struct err)ERR_INIT;
	_exit(fs_write_fd(to, (const char *)&said, sizeof(said), "pipe",
			  &lost) < 0);
}

/* It was one of us, but it has met a stranger's bytes. */
static int take_word(const struct buf *word, struct err *err)
{
	struct err said;

	if (word->len != sizeof(said))
		return err_set(err, ERR_SYSTEM,
			       "a worker ended without a word");
	memcpy(&said, word->data, sizeof(said));
	said.msg[sizeof(said.msg) - 1] = '\0';
	if (said.kind == ERR_NONE)
		return 0;
	return err_set(err, said.kind <= ERR_SYSTEM ? said.kind : ERR_SYSTEM,
		       "%s", said.msg);
}

int worker_start(struct worker *out, const char *user,
		 int (*work)(void *arg, struct err *err), void *arg,
		 struct err *err)
{
	pid_t parent = getpid();
	int ends[2];

	*out = (struct worker)WORKER_NONE;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot make a pipe");
	out->pid = fork();
	if (out->pid == 0)
		work_and_tell(ends[1], parent, user, work, arg);
	close(ends[1]);
	out->word = ends[0];
	if (out->pid < 0) {
		err_sys(err, ERR_SYSTEM, "cannot fork");
		worker_stop(out);
		return -1;
	}
	return 0;
}

/* Nothing of it remains, neither process nor descriptor. */
static void clear(struct worker *w)
{
	while (w->pid > 0 && waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
		;
	fd_close(w->word);
	*w = (struct worker)WORKER_NONE;
}

int worker_wait(struct worker *w, struct err *err)
{
	AUTO(buf_release) struct buf word = { 0 };
	int rc = fs_read_fd(&word, w->word, "pipe", sizeof(struct err), err);

	clear(w);
	return rc < 0 ? -1 : take_word(&word, err);
}

void worker_stop(struct worker *w)
{
	if (w->pid > 0)
		kill(w->pid, SIGKILL);
	clear(w);
}

int worker_run(const char *user, int (*work)(void *arg, struct err *err),
	       void *arg, struct err *err)
{
	AUTO(worker_stop) struct worker w = WORKER_NONE;

	if (worker_start(&w, user, work, arg, err) < 0)
		return -1;
	return worker_wait(&w, err);
}
