/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three processes. The parent decodes frames. The keeper, forked from it,
 * becomes the unprivileged user (a sandbox refuses root), runs bwrap under the
 * watchdog and passes its output on. The box is our binary within: the keeper
 * got it as a descriptor, for its folder may be closed to that user.
 *
 * The first byte of a frame tells the last one from the task's own, whose bytes
 * a stranger may have chosen.
 */
#include "bot/run/boxed.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>

#include "bot/base/fs.h"
#include "bot/base/sink.h"
#include "bot/base/span.h"
#include "bot/run/privilege.h"
#include "bot/run/reach.h"
#include "bot/run/worker.h"

#define TAG_OWN 'f'   /* of the task */
#define TAG_LAST 'l'  /* of boxed_serve */
#define MAX_LAST 4096 /* bytes; an error has ERR_MAX_MSG, perhaps escaped */
#define MAX_TOLD 200  /* bytes of what a crashed box said */

/* What the keeper is forked with. */
struct keeper {
	const struct boxed_spec *spec;
	struct profile *profile;
	int program; /* our binary */
	int request;
	int in;	 /* frames, for the parent */
	int out; /* frames, from the box */
};

static void keeper_release(struct keeper *k)
{
	profile_free(k->profile);
	fd_close(k->program);
	fd_close(k->request);
	fd_close(k->in);
	fd_close(k->out);
}
DEFINE_AUTO_VALUE(struct keeper, keeper_release)

/* ---- in the keeper ---- */

/* The first line of its stderr, in quotes, behind ": "; or nothing. */
static void add_complaint(struct buf *out, const struct buf *said)
{
	AUTO(buf_release) struct buf clean = { 0 };
	struct span rest = span_of(said->data, said->len);
	struct span line = rest;

	(void)!span_line(&rest, &line);
	if (span_len(line) == 0)
		return;
	buf_init(&clean, MAX_TOLD);
	sink_line(&clean, line.p, span_len(line));
	buf_addf(out, ": '%s'", buf_text(&clean));
}

static int check_end(const struct child_result *r, const struct buf *said,
		     const char *name, struct err *err)
{
	AUTO(buf_release) struct buf how = { 0 };
	struct child_result seen = *r;

	if (child_is_ok(r))
		return 0;
	if (r->exit_code > 128) { /* as a shell tells it */
		seen.signal = r->exit_code - 128;
		seen.exit_code = -1;
	}
	buf_init(&how, ERR_MAX_MSG);
	child_says(&how, &seen);
	add_complaint(&how, said);
	return err_set(err, r->flooded ? ERR_LIMIT : ERR_RETRY, "box '%s' %s",
		       name, buf_text(&how));
}

/* What lies below a closed folder, before there is no way to it any more. */
static int drop(struct sandbox_bind **out, const struct boxed_spec *spec,
		struct err *err)
{
	*out = xcalloc(spec->n_binds, sizeof(**out));
	for (size_t i = 0; i < spec->n_binds; i++)
		(*out)[i] = spec->binds[i];
	if (reach_run(*out, spec->n_binds, err) < 0)
		return -1;
	return privilege_drop(spec->user, err);
}

static int keep(void *arg, struct err *err)
{
	AUTO(mem_free) struct sandbox_bind *binds = NULL;
	const char *argv[] = { BOXED_PROGRAM, "boxed", NULL, NULL };
	AUTO(buf_release) struct buf said = { 0 };
	struct keeper *k = arg;
	struct child_result result;

	close(k->in);
	if (drop(&binds, k->spec, err) < 0)
		return -1;
	argv[2] = k->spec->name;
	buf_init(&said, CHILD_MAX_STDERR);
	if (sandbox_run(&result,
			&(struct sandbox){
				.profile = k->profile,
				.binds = binds,
				.n_binds = k->spec->n_binds,
				.program = BOXED_PROGRAM,
				.program_fd = k->program,
				.input = k->spec->input_fd ? BOXED_INPUT : NULL,
				.input_fd = k->spec->input_fd,
			},
			&(struct child_spec){
				.argv = argv,
				.stdin_fd = k->request,
				.timeout_s = k->spec->timeout_s,
				.silence_s = k->spec->silence_s,
				.out_fd = k->out,
				.err_out = &said,
			},
			err) < 0)
		return -1;
	return check_end(&result, &said, k->spec->name, err);
}

/* ---- in the parent ---- */

/* What the frames have told so far. */
struct told {
	const struct boxed_spec *spec;
	bool has_ended;
	struct err error; /* of the box */
};

int boxed_read(json_t **out, const char *bytes, size_t len, struct err *err)
{
	json_error_t why;
	json_t *frame = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &why);

	if (!frame)
		return err_set(err, ERR_INPUT, "a frame is no JSON: %s",
			       why.text);
	if (!json_is_object(frame)) {
		json_decref(frame);
		return err_set(err, ERR_INPUT, "a frame is no JSON object");
	}
	*out = frame;
	return 0;
}

static int read_kind(enum err_kind *out, const char *name, struct err *err)
{
	static const enum err_kind kinds[] = { ERR_INPUT, ERR_LIMIT, ERR_RETRY,
					       ERR_CONFIG, ERR_SYSTEM };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(name, err_kind_name(kinds[i])) == 0) {
			*out = kinds[i];
			return 0;
		}
	return err_set(err, ERR_INPUT, "no kind of error is called '%.20s'",
		       name);
}

static int take_last(struct told *told, const char *bytes, size_t len,
		     struct err *err)
{
	AUTO(json_free) json_t *frame = NULL;
	const char *kind, *msg;
	enum err_kind is = ERR_NONE;
	json_t *error;

	told->has_ended = true;
	if (boxed_read(&frame, bytes, len, err) < 0)
		return -1;
	if (json_is_true(json_object_get(frame, "end")))
		return 0;
	if (json_get_object(&error, frame, "error", err) < 0 ||
	    json_get_string(&kind, error, "kind", err) < 0 ||
	    json_get_string(&msg, error, "msg", err) < 0 ||
	    read_kind(&is, kind, err) < 0)
		return -1;
	err_set(&told->error, is, "%s", msg);
	return 0;
}

static int take_frame(void *arg, const char *bytes, size_t len, struct err *err)
{
	struct told *told = arg;
	const struct boxed_spec *spec = told->spec;

	if (told->has_ended)
		return err_set(err, ERR_INPUT, "a frame after the last one");
	if (len && bytes[0] == TAG_LAST)
		return take_last(told, bytes + 1, len - 1, err);
	if (!len || bytes[0] != TAG_OWN)
		return err_set(err, ERR_INPUT, "a frame of no known sort");
	if (len - 1 > spec->max_frame)
		return err_set(err, ERR_LIMIT,
			       "a frame of %zu bytes, more than %zu", len - 1,
			       spec->max_frame);
	return spec->on_frame(spec->arg, bytes + 1, len - 1, err);
}

/* Up to the end of the stream; what came of the last frame is in @r. */
static int read_frames(struct frame_reader *r, int fd, struct err *err)
{
	char block[65536];

	for (;;) {
		ssize_t n = read(fd, block, sizeof(block));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_SYSTEM, "cannot read a pipe");
		if (n == 0)
			return 0;
		if (frame_reader_add(r, block, (size_t)n, err) < 0)
			return -1;
	}
}

/* The frames, then how the box ended, then what it said of itself. */
static int follow(struct worker *w, int fd, const struct boxed_spec *spec,
		  struct err *err)
{
	AUTO(frame_reader_release) struct frame_reader reader = { 0 };
	struct told told = { .spec = spec };

	frame_reader_init(&reader,
			  1 + (spec->max_frame > MAX_LAST ? spec->max_frame
							  : MAX_LAST),
			  take_frame, &told);
	if (read_frames(&reader, fd, err) < 0)
		return err_wrap(err, "box '%s'", spec->name);
	if (worker_wait(w, err) < 0)
		return -1;
	if (frame_reader_end(&reader, err) < 0)
		return err_wrap(err, "box '%s'", spec->name);
	if (!told.has_ended)
		return err_set(err, ERR_INPUT, "box '%s' ended without a word",
			       spec->name);
	if (told.error.kind != ERR_NONE)
		return err_set(err, told.error.kind, "%s", told.error.msg);
	return 0;
}

/* ---- starting ---- */

static int write_request(int *out, const json_t *request, struct err *err)
{
	AUTO(mem_free) char *text = json_dumps(request, JSON_COMPACT);
	AUTO(fd_close) int fd = memfd_create("request", MFD_CLOEXEC);

	if (fd < 0)
		return err_sys(err, ERR_SYSTEM, "cannot make a memory file");
	assert(text);
	if (strlen(text) > BOXED_MAX_REQUEST)
		return err_set(err, ERR_LIMIT,
			       "a request of %zu bytes, more than %u",
			       strlen(text), BOXED_MAX_REQUEST);
	if (fs_write_fd(fd, text, strlen(text), "request", err) < 0)
		return -1;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot rewind a memory file");
	*out = fd;
	fd = -1;
	return 0;
}

static int prepare(struct keeper *k, struct err *err)
{
	int ends[2];

	if (profile_read(&k->profile, k->spec->profile, err) < 0 ||
	    write_request(&k->request, k->spec->request, err) < 0)
		return -1;
	k->program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (k->program < 0)
		return err_sys(err, ERR_SYSTEM, "cannot open our own program");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot make a pipe");
	k->in = ends[0];
	k->out = ends[1];
	return 0;
}

int boxed_run(const struct boxed_spec *spec, struct err *err)
{
	AUTO(keeper_release)
	struct keeper k = {
		.spec = spec, .program = -1, .request = -1, .in = -1, .out = -1
	};
	AUTO(worker_stop) struct worker w = WORKER_NONE;

	if (prepare(&k, err) < 0 || worker_start(&w, NULL, keep, &k, err) < 0)
		return -1;
	close(k.out); /* its end is to be the end of the stream */
	k.out = -1;
	return follow(&w, k.in, spec, err);
}

/* ---- in the box ---- */

static int send_tagged(int out, char tag, const char *bytes, size_t len,
		       struct err *err)
{
	AUTO(buf_release) struct buf frame = { 0 };

	buf_init(&frame, len + 1);
	buf_addc(&frame, tag);
	buf_add(&frame, bytes, len);
	return frame_write(out, frame.data, frame.len, err);
}

int boxed_send_bytes(int out, const char *bytes, size_t len, struct err *err)
{
	return send_tagged(out, TAG_OWN, bytes, len, err);
}

int boxed_send(int out, const json_t *frame, struct err *err)
{
	AUTO(mem_free) char *text = json_dumps(frame, JSON_COMPACT);

	assert(text);
	return boxed_send_bytes(out, text, strlen(text), err);
}

static int send_last(int out, const struct err *said, struct err *err)
{
	AUTO(json_free) json_t *frame = json_object();
	AUTO(mem_free) char *text = NULL;

	if (said->kind == ERR_NONE) {
		json_set_bool(frame, "end", true);
	} else {
		json_t *error = json_object();

		json_set_str(error, "kind", err_kind_name(said->kind));
		json_set_str(error, "msg", said->msg);
		json_object_set_new(frame, "error", error);
	}
	text = json_dumps(frame, JSON_COMPACT);
	return send_tagged(out, TAG_LAST, text, strlen(text), err);
}

/* Frames alone go to what was stdout: a library may print what it likes. */
static int take_stdout(int *out, struct err *err)
{
	AUTO(fd_close) int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	*out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (*out < 0 || null < 0 || dup2(null, STDOUT_FILENO) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot set stdout aside");
	return 0;
}

static int run_task(const struct boxed_task *task, int out, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(json_free) json_t *request = NULL;

	if (fs_read_fd(&text, STDIN_FILENO, "request", BOXED_MAX_REQUEST, err) <
		    0 ||
	    boxed_read(&request, buf_text(&text), text.len, err) < 0)
		return -1;
	buf_release(&text);
	return task->run(request, out, err);
}

static const struct boxed_task *find_task(const char *name,
					  const struct boxed_task *tasks)
{
	for (; tasks->name; tasks++)
		if (strcmp(tasks->name, name) == 0)
			return tasks;
	return NULL;
}

int boxed_serve(int argc, char **argv, const struct boxed_task *tasks)
{
	const struct boxed_task *task =
		argc == 2 ? find_task(argv[1], tasks) : NULL;
	struct err said = ERR_INIT;
	struct err err = ERR_INIT;
	int out = -1;

	if (!task) {
		fputs("collider boxed: one of its own tasks\n", stderr);
		return EXIT_FAILURE;
	}
	/* A file past its ceiling is an error of write(2), not a crash. */
	signal(SIGXFSZ, SIG_IGN);
	if (take_stdout(&out, &err) < 0)
		return EXIT_FAILURE;
	if (run_task(task, out, &said) == 0)
		said = (struct err)ERR_INIT;
	return send_last(out, &said, &err) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
