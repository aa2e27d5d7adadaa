/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/diagnosis.h"

#include <stdarg.h>

#include "bot/base/mem.h"
#include "bot/base/sink.h"

#define NAME_WIDTH 16
#define HEALTH_WIDTH 8

static const char *const health_names[] = {
	[DIAGNOSIS_OK] = "ok",	       [DIAGNOSIS_SLOW] = "slow",
	[DIAGNOSIS_LOW] = "low",       [DIAGNOSIS_MISSING] = "missing",
	[DIAGNOSIS_BROKEN] = "broken",
};

void diagnosis_init(struct diagnosis *d)
{
	*d = (struct diagnosis){ .health = DIAGNOSIS_OK };
	buf_init(&d->says, DIAGNOSIS_MAX_TEXT);
	buf_init(&d->mend, DIAGNOSIS_MAX_TEXT);
}

void diagnosis_release(struct diagnosis *d)
{
	buf_release(&d->says);
	buf_release(&d->mend);
	free(d->package);
	d->package = NULL;
}

static void add_line(struct buf *out, const char *fmt, va_list args)
	__attribute__((format(printf, 2, 0)));

static void add_line(struct buf *out, const char *fmt, va_list args)
{
	char text[DIAGNOSIS_MAX_TEXT];

	vsnprintf(text, sizeof(text), fmt, args);
	sink_line(out, text, strlen(text));
}

void diagnosis_set(struct diagnosis *d, enum diagnosis_health health,
		   const char *fmt, ...)
{
	va_list args;

	d->health = health;
	va_start(args, fmt);
	add_line(&d->says, fmt, args);
	va_end(args);
}

void diagnosis_mend(struct diagnosis *d, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_line(&d->mend, fmt, args);
	va_end(args);
}

void diagnosis_install(struct diagnosis *d, const char *package)
{
	free(d->package);
	d->package = package ? xstrdup(package) : NULL;
}

bool diagnosis_is_usable(const struct diagnosis *d)
{
	return d->health != DIAGNOSIS_MISSING && d->health != DIAGNOSIS_BROKEN;
}

void diagnosis_print(FILE *out, const char *name, const struct diagnosis *d)
{
	fprintf(out, "%-*s  %-*s  %s\n", NAME_WIDTH, name, HEALTH_WIDTH,
		health_names[d->health], buf_text(&d->says));
	if (d->health == DIAGNOSIS_OK || (!d->package && !d->mend.len))
		return;
	fprintf(out, "%*s", NAME_WIDTH + HEALTH_WIDTH + 4, "");
	fprintf(out, "to mend: %s%s%s%s\n",
		d->package ? "apt-get install " : "",
		d->package ? d->package : "",
		d->package && d->mend.len ? "; " : "", buf_text(&d->mend));
}
