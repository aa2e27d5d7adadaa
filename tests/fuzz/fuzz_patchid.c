/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_patchid.c - blanks at the end of lines change no name
 */
#include <assert.h>
#include <stdint.h>

#include <string.h>

#include "bot/base/buf.h"
#include "parsers/patchid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char hex[PATCHID_LEN + 1], again[PATCHID_LEN + 1];
	AUTO(buf_release) struct buf spaced = { 0 };
	bool has_name = patchid_parse(hex, (const char *)data, size);

	assert(strspn(hex, "0123456789abcdef") == PATCHID_LEN);
	assert(hex[PATCHID_LEN] == '\0');
	buf_init(&spaced, 2 * size + 1);
	for (size_t i = 0; i < size; i++) {
		/* an empty line, and one in an index line, do mean something */
		if (data[i] == '\n' && i > 0 && data[i - 1] != '\n' &&
		    !memmem(data, size, "index ", 6))
			buf_addc(&spaced, '\t');
		buf_addc(&spaced, (char)data[i]);
	}
	assert(patchid_parse(again, buf_text(&spaced), spaced.len) == has_name);
	assert(!has_name || strcmp(hex, again) == 0);
	return 0;
}
