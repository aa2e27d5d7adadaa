/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "parsers/maintainers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(strings_release) struct strings files = { 0 };
	AUTO(strings_release) struct strings people = { 0 };
	struct err err = ERR_INIT;

	strings_split(&files, "fs/xfs/xfs_file.c mm/filemap.c README");
	if (maintainers_find(&people, (const char *)data, size, &files, &err) <
	    0) {
		assert(people.n == 0 && err.kind == ERR_LIMIT);
		return 0;
	}
	assert(people.n <= MAINTAINERS_MAX);
	for (size_t i = 0; i < people.n; i++)
		assert(strchr(people.v[i], '@') &&
		       !strpbrk(people.v[i], " <>\r\n"));
	return 0;
}
