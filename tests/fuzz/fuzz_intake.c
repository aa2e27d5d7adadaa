/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_intake.c - a record that is taken is within its bounds
 */
#include <assert.h>
#include <stdint.h>

#include "bot/stages/intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t max)
{
	assert(text && strlen(text) <= max);
	for (; *text; text++)
		assert((unsigned char)*text >= ' ' && *text != 0x7f);
}

static void check_hex(const char *text)
{
	size_t len = strlen(text);

	assert(len == 0 || len == WALK_HEX_LEN);
	assert(strspn(text, "0123456789abcdef") == len);
}

static void check_ancestors(const struct intake_head *h)
{
	assert(h->ancestors.n <= INTAKE_MAX_REFERENCES + 1);
	for (size_t i = 0; i < h->ancestors.n; i++) {
		check_text(h->ancestors.v[i], INTAKE_MAX_ID);
		assert(*h->ancestors.v[i]);
		assert(strcmp(h->ancestors.v[i], h->message_id) != 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(intake_head_release) struct intake_head h = { 0 };
	struct err err = ERR_INIT;

	if (intake_decode(&h, (const char *)data, size, &err) < 0) {
		assert(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
		assert(!h.frame && h.ancestors.n == 0);
		return 0;
	}
	check_hex(h.commit);
	check_hex(h.blob);
	check_text(h.error, ERR_MAX_MSG);
	check_text(h.message_id, INTAKE_MAX_ID);
	check_text(h.list_id, INTAKE_MAX_ID);
	check_text(h.sender, INTAKE_MAX_SENDER);
	check_text(h.subject, INTAKE_MAX_SUBJECT);
	check_ancestors(&h);
	assert(h.what != INTAKE_MAIL || *h.message_id);
	assert(h.date >= 0 && h.date <= INTAKE_MAX_DATE);
	return 0;
}
