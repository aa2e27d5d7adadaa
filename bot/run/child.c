/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One loop polls the output pipe and a pidfd; nothing here uses SIGALRM or a
 * handler, so that a caller's signals stay its own. A contained child is
 * process 1 of a PID namespace: the kernel reports its end only after every
 * process of the namespace is gone, so the pipe is known to be complete.
 */
#include "bot/run/child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "bot/base/clock.h"
#include "bot/base/fs.h"

/* How long an uncontained child's stray holder of the pipe is waited for. */
#define CHILD_LINGER_MS 500

static const char *const minimal_env[] = {
	"PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
	"HOME=/", "LC_ALL=C", NULL
};

struct running {
	pid_t pid;
	int pidfd;
	int out;   /* our end of its output */
	int said;  /* our end of its stderr, when that is apart; else -1 */
	int fault; /* our end of its report: read to the end, see trouble */
	int64_t started_ms;
	int64_t heard_ms; /* when it last made output */
	uint64_t seen;	  /* bytes of output */
};

/* The child's ends of the pipes. */
struct ends {
	int out;
	int said; /* its stderr; -1: out */
	int fault;
};

static void ends_close(struct ends *e)
{
	fd_close(e->out);
	fd_close(e->said);
	fd_close(e->fault);
}
DEFINE_AUTO_VALUE(struct ends, ends_close)

/* What a child writes before exec when it cannot go on. */
struct trouble {
	int error; /* errno */
	char doing[28];
};

static void running_close(struct running *r)
{
	fd_close(r->pidfd);
	fd_close(r->out);
	fd_close(r->said);
	fd_close(r->fault);
}
DEFINE_AUTO_VALUE(struct running, running_close)

/* ---- in the child, between fork and exec: system calls only ---- */

static _Noreturn void give_up(int fault, const char *doing)
{
	struct trouble t = { .error = errno };

	memcpy(t.doing, doing, strnlen(doing, sizeof(t.doing) - 1));
	if (write(fault, &t, sizeof(t)) < 0)
		_exit(126);
	_exit(127);
}

static bool put_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(text);
	bool ok = fd >= 0 && write(fd, text, len) == (ssize_t)len;

	if (fd >= 0)
		close(fd);
	return ok;
}

/* In its new user namespace the child is who it was, and nobody else. */
static void map_own_ids(int fault, uid_t uid, gid_t gid)
{
	char map[64];

	if (!put_file("/proc/self/setgroups", "deny"))
		give_up(fault, "deny setgroups");
	snprintf(map, sizeof(map), "%u %u 1\n", uid, uid);
	if (!put_file("/proc/self/uid_map", map))
		give_up(fault, "map the user");
	snprintf(map, sizeof(map), "%u %u 1\n", gid, gid);
	if (!put_file("/proc/self/gid_map", map))
		give_up(fault, "map the group");
}

static void set_limit(int fault, __rlimit_resource_t what, uint64_t value)
{
	struct rlimit limit = { value, value };

	if (setrlimit(what, &limit) < 0)
		give_up(fault, "set a limit");
}

static void set_limits(int fault, const struct child_limits *l)
{
	const uint64_t mib = 1u << 20;

	set_limit(fault, RLIMIT_CORE, 0);
	if (l->memory_mib)
		set_limit(fault, RLIMIT_AS, l->memory_mib * mib);
	if (l->processes)
		set_limit(fault, RLIMIT_NPROC, l->processes);
	if (l->file_mib)
		set_limit(fault, RLIMIT_FSIZE, l->file_mib * mib);
	if (l->open_files)
		set_limit(fault, RLIMIT_NOFILE, l->open_files);
}

static void reset_signals(void)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A copy out of the way of the targets of place_descriptors. */
static int copy_above(int fd, int fault)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 10);

	if (copy < 0)
		give_up(fault, "keep its descriptors");
	return copy;
}

static void place(int target, int copy, int fault)
{
	if (dup2(copy, target) < 0)
		give_up(fault, "place its descriptors");
}

/* Where the report stays until exec: behind all that the child gets. */
#define FAULT_AT (3 + CHILD_EXTRA_FDS)

/*
 * The first ones as the spec says; the report moves to FAULT_AT and closes on
 * exec, all else is closed. All sources are first copied above the targets, so
 * that their order cannot matter.
 */
static int place_descriptors(const struct child_spec *spec,
			     const struct ends *e)
{
	int in = spec->stdin_fd ? spec->stdin_fd
				: open("/dev/null", O_RDONLY | O_CLOEXEC);
	int out = copy_above(e->out, e->fault);
	int said = e->said < 0 ? out : copy_above(e->said, e->fault);
	int extra[CHILD_EXTRA_FDS];
	int fault;

	in = copy_above(in, e->fault);
	for (int i = 0; i < CHILD_EXTRA_FDS; i++)
		extra[i] = spec->extra_fds[i]
				   ? copy_above(spec->extra_fds[i], e->fault)
				   : -1;
	fault = copy_above(e->fault, e->fault);
	place(0, in, fault);
	place(1, out, fault);
	place(2, said, fault);
	for (int i = 0; i < CHILD_EXTRA_FDS; i++) {
		if (extra[i] >= 0)
			place(3 + i, extra[i], fault);
		else if (close(3 + i) < 0 && errno != EBADF)
			give_up(fault, "close our descriptors");
	}
	if (dup3(fault, FAULT_AT, O_CLOEXEC) < 0 ||
	    close_range(FAULT_AT + 1, UINT_MAX, 0) < 0)
		give_up(fault, "close our descriptors");
	return FAULT_AT;
}

/*
 * Die with collider; if it died before the request was made, die now. Inside a
 * new PID namespace getppid() is 0 either way, so the pipe is asked instead:
 * a report that nobody can read means that nobody is there.
 */
static void die_with_parent(int fault)
{
	struct pollfd reader = { .fd = fault };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		give_up(fault, "follow its parent");
	if (poll(&reader, 1, 0) > 0 && reader.revents & POLLERR)
		_exit(126);
}

static _Noreturn void become(const struct child_spec *spec,
			     const struct ends *e, uid_t uid, gid_t gid)
{
	const char *const *env = spec->env ? spec->env : minimal_env;
	int fault = e->fault;

	reset_signals();
	if (setsid() < 0)
		give_up(fault, "start a session");
	die_with_parent(fault);
	if (spec->contained)
		map_own_ids(fault, uid, gid);
	/* When memory ends, the kernel is to take this one, not collider. */
	put_file("/proc/self/oom_score_adj", "1000");
	if (chdir(spec->dir ? spec->dir : "/") < 0)
		give_up(fault, "enter its folder");
	fault = place_descriptors(spec, e);
	set_limits(fault, &spec->limits);
	execve(spec->argv[0], (char *const *)(uintptr_t)spec->argv,
	       (char *const *)(uintptr_t)env);
	give_up(fault, "execute it");
}

/* ---- in the parent ---- */

static pid_t fork_into(bool contained)
{
	struct clone_args args = {
		.flags = CLONE_NEWUSER | CLONE_NEWPID,
		.exit_signal = SIGCHLD,
	};

	if (!contained)
		return fork();
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static int make_pipe(int *ours, int *theirs, struct err *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot make a pipe");
	*ours = ends[0];
	*theirs = ends[1];
	return 0;
}

static int start(struct running *r, const struct child_spec *spec,
		 struct err *err)
{
	AUTO(ends_close) struct ends e = { -1, -1, -1 };
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (make_pipe(&r->out, &e.out, err) < 0 ||
	    make_pipe(&r->fault, &e.fault, err) < 0 ||
	    (spec->err_out && make_pipe(&r->said, &e.said, err) < 0))
		return -1;
	/* Nobody empties said before the child's end, so nobody waits there. */
	if (fcntl(r->out, F_SETFL, O_NONBLOCK) < 0 ||
	    (e.said >= 0 && (fcntl(e.said, F_SETFL, O_NONBLOCK) < 0 ||
			     fcntl(r->said, F_SETFL, O_NONBLOCK) < 0)))
		return err_sys(err, ERR_SYSTEM, "cannot set up a pipe");
	r->started_ms = r->heard_ms = clock_ms();
	r->pid = fork_into(spec->contained);
	if (r->pid == 0) {
		close(r->fault);
		become(spec, &e, uid, gid);
	}
	if (r->pid < 0)
		return err_sys(err, spec->contained ? ERR_CONFIG : ERR_SYSTEM,
			       spec->contained
				       ? "cannot make user and PID namespaces"
				       : "cannot fork");
	return 0;
}

/* Everything of it that can be named; what is contained dies with it. */
static void kill_all(const struct running *r)
{
	kill(r->pid, SIGKILL);
	kill(-r->pid, SIGKILL);
}

/* Wait for the child, which has ended or was killed. */
static int reap(int *status, struct rusage *usage, const struct running *r,
		struct err *err)
{
	while (wait4(r->pid, status, 0, usage) < 0)
		if (errno != EINTR)
			return err_sys(err, ERR_SYSTEM,
				       "cannot wait for a child");
	return 0;
}

static void kill_and_reap(const struct running *r)
{
	struct rusage usage;
	struct err ignored = ERR_INIT;
	int status;

	kill_all(r);
	(void)!reap(&status, &usage, r, &ignored);
}

/* The end of the report without a word is the moment of the exec. */
static int wait_for_exec(struct running *r, const char *program,
			 struct err *err)
{
	struct trouble t = { 0 };
	ssize_t n;

	do
		n = read(r->fault, &t, sizeof(t));
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return 0;
	kill_and_reap(r);
	if (n != (ssize_t)sizeof(t))
		return err_set(err, ERR_SYSTEM, "cannot start '%s'", program);
	errno = t.error;
	return err_sys(err, ERR_CONFIG, "cannot start '%s': cannot %.27s",
		       program, t.doing);
}

static int deliver(const struct child_spec *spec, const char *data, size_t len,
		   struct err *err)
{
	if (spec->out_fd &&
	    fs_write_fd(spec->out_fd, data, len, "output of a child", err) < 0)
		return -1;
	if (spec->out)
		buf_add(spec->out, data, len);
	if (spec->on_output)
		spec->on_output(spec->arg, data, len);
	return 0;
}

enum pipe_state { PIPE_OPEN, PIPE_EMPTY, PIPE_ENDED, PIPE_FULL };

/* One read; at the ceiling what still fits is delivered. */
static int read_some(enum pipe_state *state, struct running *r,
		     const struct child_spec *spec, struct err *err)
{
	char block[65536];
	ssize_t n = read(r->out, block, sizeof(block));
	uint64_t room = spec->max_output - r->seen;

	*state = PIPE_OPEN;
	if (n < 0 && errno == EAGAIN)
		*state = PIPE_EMPTY;
	else if (n < 0 && errno != EINTR)
		return err_sys(err, ERR_SYSTEM, "cannot read from a child");
	else if (n == 0)
		*state = PIPE_ENDED;
	if (n <= 0)
		return 0;
	if ((uint64_t)n > room) {
		*state = PIPE_FULL;
		n = (ssize_t)room;
	}
	r->seen += (uint64_t)n;
	if (deliver(spec, block, (size_t)n, err) < 0)
		return -1;
	r->heard_ms = clock_ms(); /* how long we took is not its silence */
	return 0;
}

/* Until the nearer of the two ends of patience. */
static int time_left(bool *is_silent, const struct running *r,
		     const struct child_spec *spec)
{
	int64_t end = r->started_ms + (int64_t)spec->timeout_s * 1000;
	int64_t silent = r->heard_ms + (int64_t)spec->silence_s * 1000;
	int64_t left;

	*is_silent = spec->silence_s && silent < end;
	left = (*is_silent ? silent : end) - clock_ms();
	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

/* Until it ends, floods or is out of time; the last two kill it. */
static int watch(struct child_result *out, struct running *r,
		 const struct child_spec *spec, struct err *err)
{
	struct pollfd fds[] = {
		{ .fd = r->out, .events = POLLIN },
		{ .fd = r->pidfd, .events = POLLIN },
	};
	enum pipe_state state;

	while (!fds[1].revents) {
		bool is_silent;
		int left = time_left(&is_silent, r, spec);

		if (left == 0) {
			out->timed_out = true;
			out->was_silent = is_silent;
			return 0;
		}
		if (poll(fds, 2, left) < 0 && errno != EINTR)
			return err_sys(err, ERR_SYSTEM, "cannot poll a child");
		if (!fds[0].revents)
			continue;
		if (read_some(&state, r, spec, err) < 0)
			return -1;
		if (state == PIPE_FULL) {
			out->flooded = true;
			return 0;
		}
		if (state == PIPE_ENDED)
			fds[0].fd = -1;
	}
	return 0;
}

/* What is still in the pipe once nobody that counts writes to it. */
static int drain(struct child_result *out, struct running *r,
		 const struct child_spec *spec, struct err *err)
{
	int64_t until = clock_ms() + CHILD_LINGER_MS;
	enum pipe_state state = PIPE_OPEN;

	while (!out->flooded && state != PIPE_ENDED) {
		struct pollfd fd = { .fd = r->out, .events = POLLIN };
		int64_t left = until - clock_ms();

		if (state == PIPE_EMPTY && left <= 0)
			return 0;
		if (state == PIPE_EMPTY && poll(&fd, 1, (int)left) < 0 &&
		    errno != EINTR)
			return err_sys(err, ERR_SYSTEM, "cannot poll a child");
		if (read_some(&state, r, spec, err) < 0)
			return -1;
		out->flooded = state == PIPE_FULL;
	}
	return 0;
}

/* At most what the pipe holds, however fast a stray holder fills it. */
static int take_stderr(struct buf *out, int said, struct err *err)
{
	char text[CHILD_MAX_STDERR];
	ssize_t n = read(said, text, sizeof(text));

	if (n < 0 && errno != EAGAIN)
		return err_sys(err, ERR_SYSTEM, "cannot read from a child");
	if (n > 0)
		buf_add(out, text, (size_t)n);
	return 0;
}

static int finish(struct child_result *out, struct running *r,
		  const struct child_spec *spec, struct err *err)
{
	struct rusage usage;
	int status;

	kill_all(r);
	if (reap(&status, &usage, r, err) < 0)
		return -1;
	out->ms = clock_ms() - r->started_ms;
	out->peak_rss_kib = (uint64_t)usage.ru_maxrss;
	out->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	out->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	if (drain(out, r, spec, err) < 0)
		return -1;
	return spec->err_out ? take_stderr(spec->err_out, r->said, err) : 0;
}

int child_run(struct child_result *out, const struct child_spec *spec,
	      struct err *err)
{
	AUTO(running_close)
	struct running r = {
		.pid = -1, .pidfd = -1, .out = -1, .said = -1, .fault = -1
	};

	assert(spec->timeout_s && spec->max_output && spec->argv[0]);
	*out = (struct child_result){ 0 };
	if (start(&r, spec, err) < 0)
		return -1;
	if (wait_for_exec(&r, spec->argv[0], err) < 0)
		return -1;
	r.pidfd = (int)syscall(SYS_pidfd_open, r.pid, 0);
	if (r.pidfd < 0) {
		err_sys(err, ERR_SYSTEM, "cannot watch a child");
		kill_and_reap(&r);
		return -1;
	}
	if (watch(out, &r, spec, err) < 0) {
		kill_and_reap(&r);
		return -1;
	}
	return finish(out, &r, spec, err);
}

bool child_is_ok(const struct child_result *r)
{
	return !r->timed_out && !r->flooded && r->exit_code == 0;
}

void child_says(struct buf *out, const struct child_result *r)
{
	if (r->timed_out)
		buf_addf(out, "timed out after %lld s%s",
			 (long long)(r->ms / 1000),
			 r->was_silent ? ", the last of them silent" : "");
	else if (r->flooded)
		buf_adds(out, "printed more than it may");
	else if (r->signal)
		buf_addf(out, "killed by signal %d", r->signal);
	else
		buf_addf(out, "exited with %d", r->exit_code);
}
