/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boxed.h - a piece of our own code in a sandbox: what parses hostile bytes
 *
 * `collider boxed NAME` is our own binary inside bwrap. It gets its request,
 * one JSON object, on stdin and hands back frames (base/frame.h): as many as
 * the task likes, then one last, {"end":true} or {"error":{"kind","msg"}}. The
 * parent decodes each frame as it comes, under its own ceilings, and trusts no
 * number in it: a box may be in the hands of the mail that it read.
 *
 * In the parent:
 *	if (boxed_run(&(struct boxed_spec){
 *			      .name = "intake", .profile = "pure",
 *			      .binds = &mirror, .n_binds = 1,
 *			      .request = request, .user = config->user,
 *			      .max_frame = INTAKE_MAX_MAIL,
 *			      .on_frame = take_mail, .arg = &batch },
 *		      err) < 0)
 *
 * In the box:
 *	int intake_box(const json_t *request, int out, struct err *err)
 *	{
 *		... boxed_send(out, head, err) ... boxed_send_bytes(...) ...
 *		return 0;
 *	}
 */
#ifndef RUN_BOXED_H
#define RUN_BOXED_H

#include "bot/base/frame.h"
#include "bot/base/json.h"
#include "bot/run/sandbox.h"

#define BOXED_MAX_REQUEST (64u << 20) /* a request names things by the line */
#define BOXED_INPUT "/input"	      /* and spec.input_fd */
#define BOXED_PROGRAM "/collider"     /* where the box sees our binary */

/* ---- in the parent ---- */

struct boxed_spec {
	const char *name;    /* of the task */
	const char *profile; /* "pure", "net" */
	const struct sandbox_bind *binds;
	size_t n_binds;
	const json_t *request;
	int input_fd;	       /* bytes that JSON has no room for; 0: none */
	const char *user;      /* whom the box runs as when we are root */
	unsigned timeout_s;    /* lowers the profile's; 0: the profile's */
	unsigned silence_s;    /* longest without a frame; 0: timeout_s alone */
	size_t max_frame;      /* of one frame; past it is ERR_LIMIT */
	frame_taker *on_frame; /* each but the last one, while the box runs */
	void *arg;
};

/*
 * Run a task to its end, from a process with one thread. A slow on_frame makes
 * the box wait, so nothing is kept here but the frame at hand. 0: it sent
 * {"end":true} and ended well. -1: it was killed if need be, and the error is
 *	that of on_frame, when that said -1;
 *	that of the box's own last frame, with its kind;
 *	ERR_INPUT	its frames are none: cut, or not one last one;
 *	ERR_LIMIT	a frame or the whole output is past its ceiling;
 *	ERR_RETRY	it crashed, or was out of time: perhaps the machine's
 *			fault, else the item is parked after some tries;
 *	ERR_CONFIG	no bwrap, no such profile, no such user;
 *	ERR_SYSTEM	pipes, processes, memory files.
 */
int boxed_run(const struct boxed_spec *spec, struct err *err) MUST_CHECK;
/*
 * A frame as JSON: an object, no key twice. 0: *out is the caller's. -1:
 * ERR_INPUT.
 */
int boxed_read(json_t **out, const char *bytes, size_t len, struct err *err)
	MUST_CHECK;

/* ---- in the box ---- */

struct boxed_task {
	const char *name;
	/*
	 * Frames go to @out by the functions below. 0 becomes {"end":true},
	 * -1 {"error":...}; neither is the task's to send. stdout is closed to
	 * it; of stderr the first line is told when the task crashes.
	 */
	int (*run)(const json_t *request, int out, struct err *err);
};

/* -1: ERR_SYSTEM when nobody reads, which ends the task. */
int boxed_send(int out, const json_t *frame, struct err *err) MUST_CHECK;
int boxed_send_bytes(int out, const char *bytes, size_t len, struct err *err)
	MUST_CHECK;

/*
 * `boxed NAME`: read the request, run that task, send the last frame. The table
 * ends with a name of NULL. The exit code of the process: 0 when the last frame
 * was sent, whatever it says.
 */
int boxed_serve(int argc, char **argv, const struct boxed_task *tasks);

#endif
