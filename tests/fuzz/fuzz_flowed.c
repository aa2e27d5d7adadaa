/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>

#include "parsers/flowed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int del_sp = 0; del_sp <= 1; del_sp++) {
		AUTO(buf_release) struct buf out = { 0 };

		buf_init(&out, size + 2);
		flowed_undo(&out, (const char *)data, size, del_sp);
		assert(!out.overflow);
	}
	return 0;
}
