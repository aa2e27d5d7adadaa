/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>

#include "bot/stages/sent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct sent *s)
{
	AUTO(json_free) json_t *value = sent_to_json(s);
	AUTO(sent_free) struct sent *again = NULL;
	AUTO(mem_free) char *missing = sent_missing(s);
	struct err err = ERR_INIT;

	assert(s->key && s->title && s->n_patches <= s->total);
	assert(sent_is_whole(s) == (*missing == '\0'));
	/* a text that is shown may be made longer by the escaper */
	assert(sent_from_json(&again, value, &err) == 0 ||
	       err.kind == ERR_LIMIT);
	assert(!again || again->n_patches == s->n_patches);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(mem_free) char *text = xstrndup((const char *)data, size);
	AUTO(sent_free) struct sent *s = NULL;
	struct err err = ERR_INIT;

	if (sent_parse(&s, text, &err) == 0)
		check(s);
	else
		assert(!s && (err.kind == ERR_INPUT || err.kind == ERR_LIMIT));
	return 0;
}
