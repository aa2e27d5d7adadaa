/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/progress.h"

#include <inttypes.h>
#include <unistd.h>

#include "bot/base/clock.h"

#define BAR_WIDTH 30
#define REDRAW_MS 100
#define QUIET_MS 10000 /* a step of unknown length says that it lives */

static double seconds(int64_t ms)
{
	return (double)ms / 1000.0;
}

void progress_start(struct progress *p, FILE *out, const char *what,
		    uint64_t total)
{
	*p = (struct progress){
		.out = out,
		.is_terminal = out && isatty(fileno(out)),
		.total = total,
		.started_ms = clock_ms(),
	};
	p->told_ms = p->started_ms;
	snprintf(p->what, sizeof(p->what), "%s", what);
	if (!out)
		return;
	if (p->is_terminal)
		fprintf(out, "\r\033[K%s ...", p->what);
	else if (total)
		fprintf(out, "%s: 0 of %" PRIu64 "\n", p->what, total);
	else
		fprintf(out, "%s ...\n", p->what);
	fflush(out);
}

/* Seconds to go at the rate so far; 0 when that cannot be told yet. */
static double time_left(const struct progress *p, int64_t now)
{
	if (!p->done || p->done >= p->total)
		return 0;
	return seconds(now - p->started_ms) / (double)p->done *
	       (double)(p->total - p->done);
}

static void draw(struct progress *p, int64_t now)
{
	uint64_t full = p->done * BAR_WIDTH / p->total;

	fprintf(p->out, "\r\033[K%s [", p->what);
	for (uint64_t i = 0; i < BAR_WIDTH; i++)
		putc(i < full ? '#' : '.', p->out);
	fprintf(p->out, "] %" PRIu64 "/%" PRIu64 ", %.0f s left", p->done,
		p->total, time_left(p, now));
	fflush(p->out);
	p->told_ms = now;
}

/* Nobody knows how much it is: how long it took, and how much it was. */
static void tell_so_far(struct progress *p, int64_t now)
{
	double took = seconds(now - p->started_ms);

	if (now - p->told_ms < (p->is_terminal ? 1000 : QUIET_MS))
		return;
	fprintf(p->out, p->is_terminal ? "\r\033[K%s ..." : "%s:", p->what);
	if (p->done)
		fprintf(p->out, " %" PRIu64 ", %.0f/s,", p->done,
			(double)p->done / took);
	fprintf(p->out, p->is_terminal ? " %.0f s" : " %.0f s so far\n", took);
	fflush(p->out);
	p->told_ms = now;
}

void progress_update(struct progress *p, uint64_t done)
{
	int64_t now = clock_ms();
	uint64_t percent;

	p->done = p->total && done > p->total ? p->total : done;
	if (!p->out)
		return;
	if (!p->total) {
		tell_so_far(p, now);
		return;
	}
	if (p->is_terminal) {
		if (now - p->told_ms >= REDRAW_MS)
			draw(p, now);
		return;
	}
	percent = p->done * 100 / p->total;
	if (percent / 10 == p->told / 10 || percent == 100)
		return;
	p->told = percent;
	fprintf(p->out, "%s: %" PRIu64 " of %" PRIu64 ", %.0f s left\n",
		p->what, p->done, p->total, time_left(p, now));
	fflush(p->out);
}

void progress_end(struct progress *p, const char *how)
{
	if (!p->out)
		return;
	fprintf(p->out, "%s%s: %s, %.1f s\n", p->is_terminal ? "\r\033[K" : "",
		p->what, how, seconds(clock_ms() - p->started_ms));
	fflush(p->out);
	p->out = NULL;
}
