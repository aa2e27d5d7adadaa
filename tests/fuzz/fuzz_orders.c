/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/orders.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(orders_release) struct orders list = { 0 };
	struct err err = ERR_INIT;
	struct order decision;

	if (orders_find_decision(&decision, (const char *)data, size)) {
		assert(decision.verb == ORDER_APPROVE ||
		       decision.verb == ORDER_REJECT);
		assert(strlen(decision.words) <= ORDERS_MAX_WORDS);
		assert(!strpbrk(decision.words, "\n\r\t\033"));
		free(decision.words);
	}
	if (orders_parse(&list, (const char *)data, size, &err) < 0) {
		assert(list.n == 0);
		assert(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
		return 0;
	}
	assert(list.n <= ORDERS_MAX && list.patch_at <= size);
	for (size_t i = 0; i < list.n; i++) {
		assert(strlen(list.v[i].words) <= ORDERS_MAX_WORDS);
		assert(!strchr(list.v[i].words, '\n'));
	}
	return 0;
}
