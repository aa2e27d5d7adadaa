/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "parsers/body.h"
#include "parsers/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const charsets[] = { NULL, "iso-8859-1", "utf-16le" };

static void check_text(const struct buf *b)
{
	assert(!b->overflow);
	assert(charset_is_utf8(buf_text(b), b->len));
	assert(strlen(buf_text(b)) == b->len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (unsigned i = 0; i < 4 * ARRAY_LEN(charsets); i++) {
		AUTO(body_release) struct body b;

		body_init(&b, size * 12 + 100);
		body_add(&b, &(struct body_part){
				     .text = (const char *)data,
				     .len = size,
				     .charset = charsets[i / 4],
				     .is_flowed = i & 1,
				     .is_attachment = i & 2,
			     });
		check_text(&b.from);
		check_text(&b.subject);
		check_text(&b.date);
		check_text(&b.log);
		check_text(&b.notes);
		assert(!b.diff.overflow);
	}
	return 0;
}
