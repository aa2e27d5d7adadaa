/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "parsers/loreurl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct strings known = {
	.v = (char *[]){ (char[]){ "https://inbox.example.org/a/" } },
	.n = 1,
};

/* The address of what was named names it again. */
static void check_round_trip(const struct loreurl *u)
{
	const char *list = u->list ? u->list : "https://lore.kernel.org/all/";
	AUTO(mem_free) char *url = loreurl_thread(list, u->message_id);
	AUTO(loreurl_free) struct loreurl *again = NULL;
	struct err err = ERR_INIT;

	assert(loreurl_parse(&again, url, strlen(url), &known, &err) == 0);
	assert(strcmp(again->message_id, u->message_id) == 0);
	assert(!u->list == !again->list);
	assert(!u->list || strcmp(again->list, u->list) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(loreurl_free) struct loreurl *u = NULL;
	struct err err = ERR_INIT;

	if (loreurl_parse(&u, (const char *)data, size, &known, &err) < 0) {
		assert(!u);
		assert(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
		return 0;
	}
	assert(*u->message_id && strlen(u->message_id) <= LOREURL_MAX_ID);
	assert(!strpbrk(u->message_id, "<>\n"));
	if (u->list)
		assert(strncmp(u->list, "https://", 8) == 0 &&
		       u->list[strlen(u->list) - 1] == '/');
	check_round_trip(u);
	return 0;
}
