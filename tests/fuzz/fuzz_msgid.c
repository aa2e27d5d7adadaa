/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>

#include "parsers/msgid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *id)
{
	AUTO(mem_free) char *quoted = xasprintf("<%s>", id);
	AUTO(mem_free) char *again = NULL;

	assert(strchr(id, '@') && strlen(id) <= MSGID_MAX_LEN);
	/* "<https://x/y>" with an '@' somewhere is an address, not an id */
	if (strncmp(id, "http", 4) == 0)
		return;
	assert(msgid_parse(&again, span_cstr(quoted)));
	assert(strcmp(again, id) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of((const char *)data, size);
	struct span line;

	while (span_line(&text, &line)) {
		AUTO(mem_free) char *id = NULL;

		if (msgid_parse(&id, line))
			check(id);
		else
			assert(!id);
	}
	return 0;
}
