/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_intake.c - how many mails a second come in, and what memory it takes
 *
 *	bench_intake MIRROR TIP [WATCH...]
 *
 * walks, reads and decodes all of an epoch up to the commit TIP, in its real
 * box, which is this program with "boxed NAME". It has to be root, or anybody
 * who may read MIRROR.
 */
#include <sys/resource.h>

#include "bot/base/clock.h"
#include "bot/run/boxed.h"
#include "bot/stages/intake.h"

static const struct boxed_task tasks[] = {
	{ "intake", intake_box },
	{ NULL, NULL },
};

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

/* Of all children that have ended: the box, bwrap, the keeper. */
static void print_usage(const char *what, int who)
{
	struct rusage u;

	getrusage(who, &u);
	printf("%s: %.1f s of processor, %ld MiB at most\n", what,
	       (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
		       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6,
	       u.ru_maxrss / 1024);
}

static int run(const char *mirror, const char *tip, const struct strings *watch)
{
	struct counts c = { 0 };
	struct err err = ERR_INIT;
	int64_t start = clock_ms();
	double s;

	if (intake_run(&(struct intake_spec){ .mirror = mirror,
					      .seen = "",
					      .tip = tip,
					      .watch = watch,
					      .user = "nobody",
					      .take = count,
					      .arg = &c },
		       &err) < 0) {
		fprintf(stderr, "bench_intake: %s\n", err.msg);
		return EXIT_FAILURE;
	}
	s = (double)(clock_ms() - start) / 1000;
	printf("%zu mails, %zu MiB, %zu with a diff, %zu touch what is watched,"
	       " %zu unreadable\n%.2f s, %.0f mails/s\n",
	       c.mails, c.bytes >> 20, c.with_diff, c.touching, c.unreadable, s,
	       (double)c.mails / s);
	print_usage("box", RUSAGE_CHILDREN);
	print_usage("parent", RUSAGE_SELF);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	AUTO(strings_release) struct strings watch = { 0 };

	if (argc > 1 && strcmp(argv[1], "boxed") == 0)
		return boxed_serve(argc - 1, argv + 1, tasks);
	if (argc < 3)
		return 64;
	for (int i = 3; i < argc; i++)
		strings_push(&watch, argv[i]);
	return run(argv[1], argv[2], &watch);
}
