/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/answer.h"

#include "bot/base/wrap.h"
#include "bot/mail/fill.h"

#define WIDTH 72

static const struct wrap item = { .width = WIDTH, .indent = 2 };

void answer_add_order(struct buf *orders, const struct replies *words,
		      const char *order, const char *outcome)
{
	AUTO(buf_release) struct buf says = { 0 };
	const char *values[FAILED_FIELDS] = { [FAILED_ORDER] = order };

	buf_init(&says, ANSWER_MAX_BYTES);
	wrap_addf(&says, &item, "%s.", outcome);
	values[FAILED_OUTCOME] = buf_text(&says);
	buf_adds(orders, orders->len > 0 ? "\n" : "");
	fill_write(orders, words->v[REPLY_ORDER], values, WIDTH);
	orders->overflow |= says.overflow;
}

void answer_write(struct buf *out, const struct replies *words,
		  const char *orders)
{
	const char *const values[ANSWER_FIELDS] = { [ANSWER_ORDERS] = orders };

	fill_write(out, words->v[REPLY_ANSWER], values, WIDTH);
}

void answer_write_probe(struct buf *out, const struct replies *words,
			const char *verdict, const char *report)
{
	const char *const values[PROBE_FIELDS] = {
		[PROBE_VERDICT] = verdict,
		[PROBE_REPORT] = report,
	};

	fill_write(out, words->v[REPLY_PROBE], values, WIDTH);
}
