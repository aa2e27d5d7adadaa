/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>

#include "bot/mail/compose.h"
#include "bot/report/record.h"
#include "bot/report/soak_text.h"
#include "bot/report/text.h"
#include "rules/quote.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is made of a record trusts it. */
static void use(struct review *r)
{
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(buf_release) struct buf soak = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(replies_free) struct replies *replies = NULL;
	struct compose_spec spec = { .review = r,
				     .from = "a <a@b>",
				     .domain = "b" };
	struct err err = ERR_INIT;

	quote_run(r);
	buf_init(&text, TEXT_MAX_BYTES);
	text_from_review(&text, r, false);
	buf_init(&soak, SOAK_TEXT_MAX_BYTES);
	soak_text_from(&soak, &r->soak);
	if (!compose_is_wanted(r))
		return;
	if (replies_read(&replies, "config/replies", NULL, &err) < 0)
		abort();
	spec.replies = replies;
	if (compose_run(&mail, &spec, &err) < 0)
		assert(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(review_release) struct review back = { 0 };
	AUTO(mem_free) char *first = NULL;
	AUTO(mem_free) char *again = NULL;
	struct err err = ERR_INIT;

	if (record_parse(&r, (const char *)data, size, &err) < 0) {
		assert(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
		assert(r.n_patches == 0 && !r.subject);
		return 0;
	}
	assert(r.n_patches == r.total && r.conflict.patch <= r.total);
	first = record_print(&r);
	assert(record_parse(&back, first, strlen(first), &err) == 0);
	again = record_print(&back);
	assert(strcmp(first, again) == 0);
	use(&r);
	return 0;
}
