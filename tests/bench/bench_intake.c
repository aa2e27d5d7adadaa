/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_intake.c - how many mails a second come in, and what memory it takes
 *
 *	bench_intake MIRROR TIP [WATCH...]
 *
 * walks, reads and decodes all of an epoch up to the commit TIP, once: the task
 * in a process of its own, without its sandbox so that its memory can be told,
 * and the decoding here. Used by tests/bench/intake.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include "bot/base/clock.h"
#include "bot/base/frame.h"
#include "bot/stages/intake.h"

struct counts {
	size_t mails, bytes, with_diff, touching, unreadable;
};

static int count(void *arg, const struct intake_head *h, const char *bytes,
		 size_t len, struct err *err)
{
	struct counts *c = arg;

	(void)bytes;
	(void)err;
	c->mails++;
	c->bytes += len;
	c->with_diff += h->has_diff;
	c->touching += h->touches;
	c->unreadable += h->what == INTAKE_UNREADABLE;
	return 0;
}

/* A frame of a box has a byte in front that run/boxed.c takes off. */
static int take_tagged(void *arg, const char *bytes, size_t len,
		       struct err *err)
{
	return len ? intake_take(arg, bytes + 1, len - 1, err)
		   : err_set(err, ERR_INPUT, "a frame without a tag");
}

static int read_all(int fd, struct counts *c, struct err *err)
{
	AUTO(intake_reader_release)
	struct intake_reader reader = { .take = count, .arg = c };
	AUTO(frame_reader_release) struct frame_reader frames = { 0 };
	char block[65536];
	ssize_t n;

	frame_reader_init(&frames, INTAKE_MAX_MAIL + 1, take_tagged, &reader);
	while ((n = read(fd, block, sizeof(block))) > 0) {
		if (frame_reader_add(&frames, block, (size_t)n, err) < 0)
			return -1;
	}
	return frame_reader_end(&frames, err);
}

static int run_task(const json_t *request, int out)
{
	struct err err = ERR_INIT;

	if (intake_box(request, out, &err) == 0)
		return EXIT_SUCCESS;
	fprintf(stderr, "bench_intake: %s\n", err.msg);
	return EXIT_FAILURE;
}

static json_t *make_request(char **argv)
{
	AUTO(strings_release) struct strings watch = { 0 };
	json_t *request = json_object();

	for (char **path = argv + 3; *path; path++)
		strings_push(&watch, *path);
	json_set_str(request, "mirror", argv[1]);
	json_set_bool(request, "heads_only", true);
	json_set_int(request, "unread", 0);
	json_set_str(request, "seen", "");
	json_set_str(request, "tip", argv[2]);
	json_object_set_new(request, "watch", json_from_strings(&watch));
	return request;
}

static double seconds(struct timeval a, struct timeval b)
{
	return (double)(a.tv_sec + b.tv_sec) +
	       (double)(a.tv_usec + b.tv_usec) / 1e6;
}

static void print_usage(const char *who, const struct rusage *u)
{
	printf("%s: %.1f s of processor, %ld MiB at most\n", who,
	       seconds(u->ru_utime, u->ru_stime), u->ru_maxrss / 1024);
}

static int finish(pid_t task, const struct counts *c, int64_t ms)
{
	struct rusage of_task;
	struct rusage of_us;
	int status;

	if (wait4(task, &status, 0, &of_task) != task || status != 0)
		return EXIT_FAILURE;
	getrusage(RUSAGE_SELF, &of_us);
	printf("%zu mails, %zu MiB, %zu with a diff, %zu touch what is watched,"
	       " %zu unreadable\n%.2f s, %.0f mails/s\n",
	       c->mails, c->bytes >> 20, c->with_diff, c->touching,
	       c->unreadable, (double)ms / 1000,
	       (double)c->mails * 1000 / (double)ms);
	print_usage("task", &of_task);
	print_usage("decoding", &of_us);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	AUTO(json_free) json_t *request = NULL;
	struct counts c = { 0 };
	struct err err = ERR_INIT;
	int64_t start = clock_ms();
	int ends[2];
	pid_t task;

	if (argc < 3)
		return 64;
	request = make_request(argv);
	if (pipe(ends) < 0 || (task = fork()) < 0)
		return EXIT_FAILURE;
	if (task == 0) {
		close(ends[0]);
		_exit(run_task(request, ends[1]));
	}
	close(ends[1]);
	if (read_all(ends[0], &c, &err) < 0) {
		fprintf(stderr, "bench_intake: %s\n", err.msg);
		return EXIT_FAILURE;
	}
	return finish(task, &c, clock_ms() - start);
}
