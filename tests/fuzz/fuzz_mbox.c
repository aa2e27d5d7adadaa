/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>

#include "parsers/mbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(mbox_release) struct mbox box = { 0 };
	struct err err = ERR_INIT;
	size_t total = 0;

	if (mbox_parse(&box, (const char *)data, size, &err) < 0) {
		assert(box.n == 0);
		assert(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
		return 0;
	}
	assert(box.n >= 1);
	for (size_t i = 0; i < box.n; i++) {
		assert(box.v[i].len > 0);
		assert(box.v[i].bytes[box.v[i].len] == '\0');
		total += box.v[i].len;
	}
	assert(total <= size); /* nothing is invented */
	return 0;
}
