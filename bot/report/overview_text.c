/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/overview_text.h"

#include <string.h>

#include "bot/base/sink.h"
#include "bot/base/wrap.h"

#define WIDTH 79
#define MARGIN 9      /* where the lines below a row begin */
#define MAX_REJECTS 5 /* told one by one */
#define MAX_ATTEMPTS 20

static const struct wrap below = { .width = WIDTH,
				   .indent = MARGIN,
				   .hang = 2 };

struct period {
	char text[32]; /* "5 min" */
};

static struct period tell_period(int64_t seconds)
{
	static const struct {
		int64_t below, unit; /* seconds */
		const char *name;
	} units[] = {
		{ 100, 1, "s" },
		{ 100 * 60, 60, "min" },
		{ 48 * 3600, 3600, "h" },
		{ INT64_MAX, 86400, "d" },
	};
	struct period p;
	size_t i = 0;

	if (seconds < 0)
		seconds = 0;
	while (seconds >= units[i].below && i + 1 < ARRAY_LEN(units))
		i++;
	snprintf(p.text, sizeof(p.text), "%lld %s",
		 (long long)(seconds / units[i].unit), units[i].name);
	return p;
}

/* As much of one line of their text as fits into so many columns. */
static void add_cut(struct buf *out, const char *text, size_t columns)
{
	AUTO(buf_release) struct buf clean = { 0 };
	size_t n = 0;
	size_t end = 0; /* of what fits beside "..." */
	const char *p;

	buf_init(&clean, strlen(text) * 4 + 1);
	sink_line(&clean, text, strlen(text));
	for (p = buf_text(&clean); *p; p++) {
		if (((unsigned char)*p & 0xc0) == 0x80)
			continue;
		if (++n == columns - 2)
			end = (size_t)(p - buf_text(&clean));
	}
	if (n <= columns)
		buf_adds(out, buf_text(&clean));
	else
		buf_addf(out, "%.*s...", (int)end, buf_text(&clean));
}

static void add_poll(struct buf *out, const struct lists_row *poll, int64_t now)
{
	if (!poll->checked && !poll->failures)
		buf_adds(out, "not checked yet");
	else if (!poll->checked)
		buf_adds(out, "has not answered yet");
	else
		buf_addf(out, "checked %s ago",
			 tell_period(now - poll->checked).text);
}

static void add_failure(struct buf *out, const struct lists_row *poll,
			int64_t now)
{
	const char *why = poll->error ? poll->error : "no reason is known";

	if (!poll->failures)
		return;
	if (poll->not_before > now)
		wrap_addf(out, &below, "failed %u times, next try in %s: %s",
			  poll->failures,
			  tell_period(poll->not_before - now).text, why);
	else
		wrap_addf(out, &below, "failed %u times: %s", poll->failures,
			  why);
}

static void add_counts(struct buf *out, const struct lists_count *c)
{
	unsigned long long mails = c->seen + c->rejected;

	buf_addf(out, "%*s%llu mails, %llu kept", MARGIN, "", mails,
		 (unsigned long long)c->kept);
	if (c->waiting)
		buf_addf(out, " (%llu not in the archive yet)",
			 (unsigned long long)c->waiting);
	if (c->rejected)
		buf_addf(out, ", %llu unreadable",
			 (unsigned long long)c->rejected);
	buf_addc(out, '\n');
}

static void add_list(struct buf *out, const struct overview_list *l,
		     int64_t now)
{
	buf_adds(out, "  ");
	add_cut(out, l->poll.name, 30);
	buf_adds(out, l->is_followed ? ": " : ": no longer followed, ");
	add_poll(out, &l->poll, now);
	buf_addc(out, '\n');
	add_counts(out, &l->count);
	add_failure(out, &l->poll, now);
}

static void add_rejects(struct buf *out, const struct lists_rejects *rejects)
{
	if (!rejects->n)
		return;
	buf_adds(out, "\nmails that could not be read\n");
	for (size_t i = 0; i < rejects->n && i < MAX_REJECTS; i++) {
		const struct lists_reject *r = &rejects->v[i];

		wrap_addf(out, &(struct wrap){ WIDTH, 2, 7 },
			  "%s, epoch %u, blob %s: %s", r->list, r->epoch,
			  r->blob, r->why);
	}
	if (rejects->n > MAX_REJECTS)
		buf_addf(out, "  and %zu older ones\n",
			 rejects->n - MAX_REJECTS);
}

/* What is waited for: missing mails, or better times. */
static void add_until(struct buf *out, const struct revisions_row *row,
		      int64_t now)
{
	struct period left = tell_period(row->until - now);

	if (row->until <= now)
		return;
	if (row->tries)
		wrap_addf(out, &below, "failed %u times, next try in %s",
			  row->tries, left.text);
	else
		wrap_addf(out, &below, "for %s more", left.text);
}

static void add_mails(struct buf *out, const struct outbox_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct outbox_row *row = &list->v[i];

		wrap_addf(out, &below, "%s %lld: %s%s%s", row->kind,
			  (long long)row->id, outbox_state_name(row->state),
			  row->why ? ": " : "", row->why ? row->why : "");
	}
}

static void add_ends(struct buf *out, const struct overview_revision *r,
		     int64_t now)
{
	if (r->row.reason)
		wrap_add(out, &below, r->row.reason);
	add_until(out, &r->row, now);
	if (r->row.verdict)
		wrap_addf(out, &below, "verdict: %s", r->row.verdict);
	add_mails(out, &r->mails);
}

static void add_version(struct buf *out, const struct revisions_row *row)
{
	char text[32];

	if (row->version_minor)
		snprintf(text, sizeof(text), "v%u.%u", row->version,
			 row->version_minor);
	else
		snprintf(text, sizeof(text), "v%u", row->version);
	buf_addf(out, "%-5s", text);
}

/* "    12  v2     3/3   5 min  xfs: fix a leak" */
static void add_row(struct buf *out, const struct overview_revision *r,
		    int64_t now)
{
	const struct revisions_row *row = &r->row;
	char parts[32];

	snprintf(parts, sizeof(parts), "%u/%u", row->found, row->total);
	buf_addf(out, "%7lld  ", (long long)row->id);
	add_version(out, row);
	buf_addf(out, " %7s %7s  ", parts,
		 tell_period(now - row->arrived).text);
	add_cut(out, row->title, WIDTH - 32);
	buf_addc(out, '\n');
	add_ends(out, r, now);
}

/* Rows of one state, from @i on; where the next state begins. */
static size_t add_state(struct buf *out, const struct overview *s, size_t i,
			int64_t now)
{
	enum revisions_state state = s->v[i].row.state;
	uint64_t shown = 0;

	buf_addf(out, "\n%s: %llu\n", revisions_state_name(state),
		 (unsigned long long)s->states[state]);
	for (; i < s->n && s->v[i].row.state == state; i++, shown++)
		add_row(out, &s->v[i], now);
	return i;
}

static void add_attempt(struct buf *out, const struct attempt *a)
{
	const char *tree = a->tree ? a->tree : "no tree";

	if (a->applies)
		wrap_addf(out, &below, "base %.12s of %s (%s): applies",
			  a->base ? a->base : "", tree, a->how);
	else
		wrap_addf(out, &below,
			  "base %.12s of %s (%s), %u of %u files as expected: "
			  "%s",
			  a->base ? a->base : "unknown", tree, a->how,
			  a->matched, a->total,
			  a->why ? a->why : "does not apply");
}

static void add_order(struct buf *out, const struct answers_order *o)
{
	wrap_addf(out, &below, "%s said '%s%s%s' of the series: %s%s",
		  o->writer, o->verb, *o->words ? " " : "", o->words,
		  o->is_obeyed ? "" : "refused: ", o->outcome);
}

static void add_details(struct buf *out, const struct overview_revision *r,
			int64_t now)
{
	const struct revisions_row *row = &r->row;

	buf_addf(out, "%7lld  ", (long long)row->id);
	add_version(out, row);
	buf_adds(out, " ");
	add_cut(out, row->title, WIDTH - 15);
	buf_addc(out, '\n');
	wrap_addf(out, &below, "<%s>", row->key);
	wrap_addf(out, &below, "of %s on %s, %s ago; %u of %u patches",
		  row->author, row->list, tell_period(now - row->arrived).text,
		  row->found, row->total);
	wrap_addf(out, &below, "%s for %s%s%s",
		  revisions_state_name(row->state),
		  tell_period(now - row->changed).text, row->reason ? ": " : "",
		  row->reason ? row->reason : "");
	add_until(out, row, now);
	for (size_t i = 0; i < r->attempts.n && i < MAX_ATTEMPTS; i++)
		add_attempt(out, &r->attempts.v[i]);
	if (row->verdict)
		wrap_addf(out, &below, "verdict: %s", row->verdict);
	add_mails(out, &r->mails);
	for (size_t i = 0; i < r->orders.n; i++)
		add_order(out, &r->orders.v[i]);
}

void overview_text(struct buf *out, const struct overview *s, int64_t now)
{
	if (s->is_detailed) {
		for (size_t i = 0; i < s->n; i++)
			add_details(out, &s->v[i], now);
		return;
	}
	buf_adds(out, s->n_lists ? "lists\n" : "no list is followed\n");
	for (size_t i = 0; i < s->n_lists; i++)
		add_list(out, &s->lists[i], now);
	add_rejects(out, &s->rejects);
	for (size_t i = 0; i < s->n;)
		i = add_state(out, s, i, now);
	if (!s->n)
		buf_adds(out, "\nno series\n");
}
