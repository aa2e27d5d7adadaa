/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "parsers/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { NULL,     "utf-8",	    "iso-8859-1",
				     "koi8-r", "gb18030",   "iso-2022-jp",
				     "big5",   "shift_jis", "utf-16",
				     "utf-7",  "ebcdic-us", "euc-jisx0213" };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		AUTO(charset_free) struct charset *c = charset_new(names[i]);
		AUTO(buf_release) struct buf out = { 0 };

		buf_init(&out, size * 4 + 16);
		charset_add(&out, c, (const char *)data, size);
		assert(!out.overflow);
		assert(charset_is_utf8(buf_text(&out), out.len));
		assert(strlen(buf_text(&out)) == out.len);
	}
	return 0;
}
