/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bwrap tells on descriptor 3 (--json-status-fd) how the program ended. Without
 * that word the program never ran, and what was printed is bwrap's complaint:
 * so a sandbox that fails is never taken for a build that fails. Its own words
 * come from descriptor 4 (--args), for its command line can be read inside and
 * our paths name the user. On 5 it may have a program to copy in,
 * on 6 a file.
 */
#include "bot/run/sandbox.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "bot/base/fs.h"
#include "bot/base/sink.h"
#include "bot/base/span.h"

#define STATUS_MAX 4096	   /* bwrap writes two lines of about 40 bytes */
#define COMPLAINT_MAX 4096 /* of bwrap; the first line is told */

static void push_read(struct argv *a, const char *path)
{
	char target[4096];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n < 0) {
		argv_push(a, "--ro-bind-try");
		argv_push(a, path);
	} else {
		target[n] = '\0';
		argv_push(a, "--symlink");
		argv_push(a, target);
	}
	argv_push(a, path);
}

static void push_device(struct argv *a, const char *name)
{
	argv_push(a, "--dev-bind");
	argv_pushf(a, "/dev/%s", name);
	argv_pushf(a, "/dev/%s", name);
}

static void push_devices(struct argv *a, const struct sandbox *box)
{
	const struct strings *devices = &box->profile->devices;
	static const char *const links[][2] = {
		{ "/proc/self/fd", "/dev/fd" },
		{ "/proc/self/fd/0", "/dev/stdin" },
		{ "/proc/self/fd/1", "/dev/stdout" },
		{ "/proc/self/fd/2", "/dev/stderr" },
	};

	argv_pushv(a, (const char *[]){ "--tmpfs", "/dev", NULL });
	for (size_t i = 0; i < devices->n; i++)
		push_device(a, devices->v[i]);
	if (box->device)
		push_device(a, box->device);
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		argv_push(a, "--symlink");
		argv_push(a, links[i][0]);
		argv_push(a, links[i][1]);
	}
	argv_pushv(a, (const char *[]){ "--remount-ro", "/dev", NULL });
}

static void push_env(struct argv *a, const struct strings *env)
{
	argv_push(a, "--clearenv");
	for (size_t i = 0; i < env->n; i++) {
		const char *equals = strchr(env->v[i], '=');

		argv_push(a, "--setenv");
		argv_pushf(a, "%.*s", (int)(equals - env->v[i]), env->v[i]);
		argv_push(a, equals + 1);
	}
}

static void push_options(struct argv *a, const struct sandbox *box,
			 const char *dir)
{
	static const char *const always[] = {
		"--unshare-all",
		"--unshare-user",
		"--disable-userns",
		"--die-with-parent",
		"--new-session",
		"--hostname",
		"lab",
		"--cap-drop",
		"ALL",
		"--json-status-fd",
		"3",
		NULL,
	};
	const struct profile *p = box->profile;

	argv_pushv(a, always);
	if (p->network)
		argv_push(a, "--share-net");
	push_env(a, &p->env);
	for (size_t i = 0; i < p->read.n; i++)
		push_read(a, p->read.v[i]);
	argv_pushv(a, (const char *[]){ "--proc", "/proc", "--size", NULL });
	argv_pushf(a, "%llu", (unsigned long long)p->tmp_mib << 20);
	argv_pushv(a, (const char *[]){ "--tmpfs", "/tmp", NULL });
	push_devices(a, box);
	for (size_t i = 0; i < box->n_binds; i++) {
		argv_push(a, box->binds[i].writable ? "--bind" : "--ro-bind");
		argv_push(a, box->binds[i].from);
		argv_push(a, box->binds[i].to);
	}
	if (box->program) {
		argv_pushv(a, (const char *[]){ "--perms", "0755",
						"--ro-bind-data", "5", NULL });
		argv_push(a, box->program);
	}
	if (box->input) {
		argv_pushv(a, (const char *[]){ "--ro-bind-data", "6", NULL });
		argv_push(a, box->input);
	}
	argv_pushv(a, (const char *[]){ "--remount-ro", "/", "--chdir", NULL });
	argv_push(a, dir ? dir : "/");
}

/* The options as a file that bwrap reads: each word ends with a NUL. */
static int write_options(int *out, const struct sandbox *box, const char *dir,
			 struct err *err)
{
	AUTO(argv_release) struct argv options = ARGV_INIT;
	AUTO(fd_close) int fd = memfd_create("bwrap", MFD_CLOEXEC);

	if (fd < 0)
		return err_sys(err, ERR_SYSTEM, "cannot make a memory file");
	push_options(&options, box, dir);
	for (size_t i = 0; i < options.n; i++)
		if (fs_write_fd(fd, options.v[i], strlen(options.v[i]) + 1,
				"options of bwrap", err) < 0)
			return -1;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot rewind a memory file");
	*out = fd;
	fd = -1;
	return 0;
}

static unsigned lower_of(unsigned profile, unsigned wanted)
{
	return wanted && wanted < profile ? wanted : profile;
}

static void lower_limits(struct child_spec *spec, const struct profile *p)
{
	struct child_limits *l = &spec->limits;
	uint64_t max_output = (uint64_t)p->output_mib << 20;

	l->memory_mib = lower_of(p->limits.memory_mib, l->memory_mib);
	l->processes = lower_of(p->limits.processes, l->processes);
	l->file_mib = lower_of(p->limits.file_mib, l->file_mib);
	l->open_files = lower_of(p->limits.open_files, l->open_files);
	spec->timeout_s = lower_of(p->time_s, spec->timeout_s);
	if (!spec->max_output || spec->max_output > max_output)
		spec->max_output = max_output;
}

/* The first bytes of the output are kept, in case they are bwrap's own. */
struct tee {
	const struct child_spec *spec;
	struct buf first;
};

static void tee_release(struct tee *t)
{
	buf_release(&t->first);
}
DEFINE_AUTO_VALUE(struct tee, tee_release)

static void keep_first(void *arg, const char *data, size_t len)
{
	struct tee *t = arg;

	buf_add(&t->first, data, len);
	if (t->spec->on_output)
		t->spec->on_output(t->spec->arg, data, len);
}

static int set_up_failed(const struct tee *t, struct err *err)
{
	AUTO(buf_release) struct buf clean = { 0 };
	const struct buf *said =
		t->spec->err_out ? t->spec->err_out : &t->first;
	struct span rest = span_of(buf_text(said), said->len);
	struct span line = rest;

	(void)!span_line(&rest, &line);
	span_eat(&line, "bwrap: ");
	buf_init(&clean, 4 * COMPLAINT_MAX);
	sink_line(&clean, line.p, span_len(line));
	return err_set(err, ERR_CONFIG, "the sandbox could not be set up: %s",
		       clean.len ? buf_text(&clean) : "bwrap said nothing");
}

/* Did bwrap see the program end? One that was killed has nothing to say. */
static int check_status(const struct child_result *r, int status_fd,
			const struct tee *t, struct err *err)
{
	AUTO(buf_release) struct buf status = { 0 };
	bool ran;

	if (r->timed_out || r->flooded)
		return 0;
	if (fs_read_fd(&status, status_fd, "status of bwrap", STATUS_MAX, err) <
	    0)
		return -1;
	ran = strstr(buf_text(&status), "\"exit-code\"") != NULL;
	return ran || r->signal ? 0 : set_up_failed(t, err);
}

int sandbox_run(struct child_result *out, const struct sandbox *box,
		const struct child_spec *spec, struct err *err)
{
	AUTO(mem_free) char *bwrap = fs_find_program("bwrap");
	AUTO(argv_release) struct argv argv = ARGV_INIT;
	AUTO(tee_release) struct tee tee = { .spec = spec };
	AUTO(fd_close) int status_in = -1;
	AUTO(fd_close) int status_out = -1;
	AUTO(fd_close) int options = -1;
	struct child_spec inner = *spec;
	int status[2];

	assert(!spec->env && !spec->extra_fds[0] && !spec->extra_fds[1] &&
	       !spec->extra_fds[2] && !spec->extra_fds[3]);
	assert(box->program || !box->input); /* 6 comes after 5 */
	if (geteuid() == 0)
		return err_set(err, ERR_CONFIG,
			       "a sandbox is not started as root");
	if (!bwrap)
		return err_set(err, ERR_CONFIG,
			       "bwrap is not installed (package bubblewrap)");
	if (pipe2(status, O_CLOEXEC) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot make a pipe");
	status_in = status[0];
	status_out = status[1];
	if (write_options(&options, box, spec->dir, err) < 0)
		return -1;
	argv_pushv(&argv, (const char *[]){ bwrap, "--args", "4", "--", NULL });
	argv_pushv(&argv, spec->argv);
	buf_init(&tee.first, COMPLAINT_MAX);
	inner.argv = (const char *const *)argv.v;
	inner.dir = NULL;
	inner.contained = true;
	inner.extra_fds[0] = status_out;
	inner.extra_fds[1] = options;
	inner.extra_fds[2] = box->program ? box->program_fd : 0;
	inner.extra_fds[3] = box->input ? box->input_fd : 0;
	inner.on_output = keep_first;
	inner.arg = &tee;
	lower_limits(&inner, box->profile);
	if (child_run(out, &inner, err) < 0)
		return -1;
	fd_close(status_out);
	status_out = -1;
	return check_status(out, status_in, &tee, err);
}
