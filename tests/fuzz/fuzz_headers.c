/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_headers.c - fields are pieces of the text, in order, and so is the body
 */
#include <assert.h>
#include <stdint.h>

#include "parsers/headers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(headers_release) struct headers h = { 0 };
	struct span text = span_of((const char *)data, size);
	const char *at = text.p;

	headers_read(&h, text);
	for (size_t i = 0; i < h.n; i++) {
		const struct headers_field *f = &h.v[i];

		assert(f->name.p >= at && f->name.end > f->name.p);
		assert(f->value.p > f->name.end && f->value.end >= f->value.p);
		assert(f->value.p[-1] == ':');
		at = f->value.end;
	}
	assert(h.body.p >= at && h.body.end == text.end);
	assert(headers_count(&h, "from") == 0 || headers_find(&h, "From"));
	return 0;
}
