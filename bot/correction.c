/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/correction.h"

#include "bot/base/hash.h"
#include "bot/base/span.h"
#include "bot/mail/compose.h"
#include "bot/posting.h"
#include "rules/policy.h"
#include "rules/print.h"

#define ID_HEX 20 /* digits of the hash in a Message-ID */

static int read_report(struct mail **out, const struct correction *c,
		       struct err *err)
{
	AUTO(buf_release) struct buf bytes = { 0 };

	if (posting_read(&bytes, c->config, c->report, err) < 0)
		return -1;
	if (mail_parse(out, buf_text(&bytes), bytes.len, err) < 0)
		return err_wrap(err, "the file of mail %lld",
				(long long)c->report->id);
	return 0;
}

/* ---- whom ---- */

/* Of @list those that it went to, and may be mailed today. */
static void keep_recipients(struct strings *out, struct strings *all,
			    const struct correction *c,
			    const struct mail_persons *list)
{
	AUTO(strings_release) struct strings never = { 0 };
	AUTO(strings_release) struct strings had = { 0 };

	outbox_read_recipients(&had, c->report);
	if (c->config->mail_never)
		strings_split(&never, c->config->mail_never);
	for (size_t i = 0; i < list->n; i++) {
		const char *address = list->v[i].addr;

		if (strings_has(all, address) ||
		    !strings_has_nocase(&had, address) ||
		    policy_is_never(&never, address))
			continue;
		strings_push(out, address);
		strings_push(all, address);
	}
}

/* ---- what ---- */

static char *make_id(const struct correction *c, const char *text)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();
	struct hash hash;

	hasher_adds(h, c->report->message_id);
	hasher_adds(h, text);
	hasher_get(&hash, h);
	return xasprintf("collider.correction.%.*s@%s", ID_HEX, hash.hex,
			 c->config->mail_domain);
}

/* In a person's words; or what is seen now, beside what was said. */
static int write_text(struct buf *out, const struct correction *c,
		      struct err *err)
{
	AUTO(told_release) struct told told = { 0 };

	if (c->review)
		return compose_text(out,
				    &(struct compose_spec){
					    .replies = c->replies,
					    .review = c->review,
					    .from = c->config->mail_from,
					    .domain = c->config->mail_domain,
					    .now = c->now },
				    err);
	if (told_parse(&told, c->report->told, err) < 0)
		return -1;
	buf_init(out, BODY_MAX_BYTES);
	amends_write(out, &(struct amends){ .replies = c->replies,
					    .told = &told,
					    .why = c->why,
					    .because = c->because });
	return buf_check(out, "the text of the correction", err);
}

static void describe(struct outbox_row *row, const struct correction *c)
{
	AUTO(told_release) struct told told = { 0 };

	row->revision = c->report->revision;
	row->about = c->report->id;
	row->kind = xstrdup("correction");
	row->lists = xstrdup(c->report->lists);
	row->print = xstrdup("");
	row->state = OUTBOX_HELD;
	row->why = xstrdup("a person agrees to each correction");
	if (!c->review) {
		row->verdict = xstrdup(c->report->verdict);
		row->told = xstrdup("");
		return;
	}
	told_from_review(&told, c->review);
	row->told = told_print(&told);
	row->verdict = xstrdup(review_verdict_name(c->review->verdict));
}

int correction_make(struct outbox_row *row, struct buf *mail,
		    const struct correction *c, struct err *err)
{
	AUTO(mail_free) struct mail *report = NULL;
	AUTO(strings_release) struct strings to = { 0 };
	AUTO(strings_release) struct strings cc = { 0 };
	AUTO(strings_release) struct strings all = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	struct compose_correction spec = { .to = &to,
					   .cc = &cc,
					   .text = &text };

	if (read_report(&report, c, err) < 0 || write_text(&text, c, err) < 0)
		return -1;
	keep_recipients(&to, &all, c, &report->to);
	keep_recipients(&cc, &all, c, &report->cc);
	if (all.n == 0)
		return err_set(err, ERR_INPUT,
			       "of those that mail %lld went to nobody may be "
			       "mailed",
			       (long long)c->report->id);
	*row = (struct outbox_row){ .message_id = make_id(c, buf_text(&text)) };
	row->recipients = outbox_make_recipients(&all, NULL);
	describe(row, c);
	spec.report = report;
	spec.message_id = row->message_id;
	spec.from = c->config->mail_from;
	spec.now = c->now;
	return compose_correction(mail, &spec, err);
}
