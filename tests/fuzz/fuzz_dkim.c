/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "bot/mail/dkim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes of a key, whoever asks for it. */
static void add_keys(struct dkim_keys *keys, const struct strings *names,
		     const char *text)
{
	for (size_t i = 0; i < names->n; i++)
		dkim_keys_add(keys, names->v[i], text);
}

/* The first line is the key, the rest the mail. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	const char *end = size ? memchr(bytes, '\n', size) : NULL;
	size_t skip = end ? (size_t)(end - bytes) + 1 : 0;
	AUTO(mem_free) char *text = xstrndup(size ? bytes : "", skip);
	AUTO(dkim_keys_release) struct dkim_keys keys = { 0 };
	AUTO(dkim_verdict_release) struct dkim_verdict before = { 0 };
	AUTO(dkim_verdict_release) struct dkim_verdict after = { 0 };

	text[strcspn(text, "\n")] = '\0';
	dkim_check(&before, bytes + skip, size - skip, &keys);
	assert(!before.is_good && before.why && before.from);
	assert(before.seals.n == 0);
	assert(before.wanted.n <= DKIM_MAX_SIGNATURES);
	add_keys(&keys, &before.wanted, text);
	dkim_check(&after, bytes + skip, size - skip, &keys);
	assert(after.is_good == (after.seals.n > 0));
	assert(after.is_good == !after.why);
	assert(!after.is_good || before.wanted.n > 0);
	return 0;
}
