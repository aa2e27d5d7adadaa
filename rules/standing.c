/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/standing.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "bot/base/auto.h"

#define DAY (24 * 60 * 60)

static void say(struct standing *out, enum standing_state state,
		const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void say(struct standing *out, enum standing_state state,
		const char *fmt, ...)
{
	va_list args;

	out->state = state;
	va_start(args, fmt);
	vsnprintf(out->reason, sizeof(out->reason), fmt, args);
	va_end(args);
}

static void say_userspace(struct standing *out, const struct standing_facts *f)
{
	const char *whose = strcmp(f->project, "other") == 0
				    ? "not the kernel's"
				    : f->project;

	if (f->pair)
		say(out, STANDING_ASIDE, "userspace: %s; goes with '%s'", whose,
		    f->pair);
	else
		say(out, STANDING_ASIDE, "userspace: %s", whose);
}

/* What no mail that comes later can change. */
static bool is_aside(struct standing *out, const struct standing_facts *f)
{
	static const struct {
		const char *kind, *reason;
	} others[] = {
		{ "pull", "a pull request" },
		{ "stable", "for a stable tree" },
		{ "robot", "sent by a robot" },
	};

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (strcmp(f->kind, others[i].kind) == 0) {
			say(out, STANDING_ASIDE, "%s", others[i].reason);
			return true;
		}
	}
	if (strcmp(f->kind, "userspace") != 0)
		return false;
	say_userspace(out, f);
	return true;
}

/* A clock of the sender's that is ahead of ours makes nothing old. */
static int64_t age_of(const struct standing_facts *f)
{
	return f->date == 0 || f->date > f->arrived ? 0 : f->arrived - f->date;
}

static void wait_for(struct standing *out, const struct standing_facts *f,
		     int64_t until)
{
	if (*f->missing)
		say(out, STANDING_WAITING, "missing: %s", f->missing);
	else
		say(out, STANDING_WAITING,
		    "only a part was sent again; the rest may come");
	out->until = until;
}

void standing_find(struct standing *out, const struct standing_facts *f,
		   const struct standing_rules *rules, int64_t now)
{
	int64_t until = f->arrived + rules->wait;

	*out = (struct standing){ .state = STANDING_READY };
	if (is_aside(out, f))
		return;
	if (!f->is_selected)
		say(out, STANDING_ASIDE, "not selected");
	else if (rules->max_age > 0 && age_of(f) > rules->max_age)
		say(out, STANDING_ASIDE, "too old: %lld days when it came",
		    (long long)(age_of(f) / DAY));
	else if ((*f->missing || f->is_mended) && now < until)
		wait_for(out, f, until);
	else if (*f->missing)
		say(out, STANDING_INCOMPLETE, "missing: %s", f->missing);
}
