// SPDX-License-Identifier: GPL-2.0-or-later
#include "rules/collisions/say.h"

#include <stdarg.h>

#define LINE_MAX_LEN 512

/* One write a line, so that the kernel's own lines fall between ours. */
static void say(const struct plan *p, const char *indent, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void say(const struct plan *p, const char *indent, const char *fmt, ...)
{
	char line[LINE_MAX_LEN];
	va_list ap;
	size_t len;
	ssize_t n;

	len = (size_t)snprintf(line, sizeof(line), "%s %s", p->nonce, indent);
	va_start(ap, fmt);
	vsnprintf(line + len, sizeof(line) - len - 1, fmt, ap);
	va_end(ap);
	len = strlen(line);
	for (size_t i = 0; i < len; i++)
		if (line[i] < ' ' || line[i] > '~')
			line[i] = '?';
	line[len++] = '\n';
	for (size_t at = 0; at < len; at += (size_t)n) {
		n = write(STDOUT_FILENO, line + at, len - at);
		if (n <= 0)
			return; /* nobody is left to tell */
	}
}

void say_plan(const struct plan *p)
{
	say(p, "", "KTAP version 1");
	say(p, "", "1..%u", p->n);
}

void say_suite(const struct plan *p, const char *filesystem, unsigned runs)
{
	say(p, "  ", "KTAP version 1");
	say(p, "  ", "# Subtest: %s", filesystem);
	say(p, "  ", "1..%u", runs);
}

void say_running(const struct plan *p, const char *scenario, unsigned run)
{
	say(p, "  ", "# running: %s.%u", scenario, run);
}

static void say_result(const struct plan *p, unsigned number,
		       const char *scenario, unsigned run, size_t fields,
		       bool provoked, const char *how)
{
	say(p, "  ", "# how: %s", how);
	say(p, "  ", "# fields: %zu", fields + 1);
	say(p, "  ", "ok %u %s.%u%s", number, scenario, run,
	    provoked ? "" : " # SKIP not provoked");
}

void say_run(const struct plan *p, unsigned number, const struct run *r)
{
	for (size_t i = 0; i < r->n_fields; i++)
		say(p, "  ", "# %s: %s", r->fields[i].name, r->fields[i].value);
	say_result(p, number, r->scenario->id, r->number, r->n_fields,
		   r->provoked, r->how);
}

void say_no_run(const struct plan *p, unsigned number, const char *scenario,
		unsigned run, const char *why)
{
	say_result(p, number, scenario, run, 0, false, why);
}

void say_suite_end(const struct plan *p, unsigned number,
		   const char *filesystem)
{
	say(p, "", "ok %u %s", number, filesystem);
}

void say_stuck(const struct plan *p, const char *where)
{
	say(p, "", "# stuck: %s", where);
}

void say_finished(const struct plan *p, unsigned runs)
{
	say(p, "", "# finished: %u", runs);
}
