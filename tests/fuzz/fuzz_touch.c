/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_touch.c - what is below a folder is below the folder around it
 */
#include <assert.h>
#include <stdint.h>

#include "parsers/touch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool touches(const char *text, size_t len, const char *path)
{
	AUTO(strings_release) struct strings watch = { 0 };

	strings_split(&watch, path);
	return touch_find(text, len, &watch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	bool any = touches(text, size, "");
	bool outer = touches(text, size, "fs");
	bool inner = touches(text, size, "fs/xfs");

	assert(any || !outer);
	assert(outer || !inner);
	assert(touches(text, size, "fs/xfs mm") ==
	       (inner || touches(text, size, "mm")));
	assert(!touches(text, size, "/"));
	return 0;
}
