// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Properties: what is finished is complete and under the ceilings, what is
 * broken is not finished, and another nonce trusts nothing.
 */
#include <assert.h>
#include <stdint.h>

#include "bot/base/mem.h"
#include "parsers/ktap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_test(const struct ktap_test *t)
{
	assert(strlen(t->suite) <= KTAP_MAX_NAME);
	assert(strlen(t->name) <= KTAP_MAX_NAME);
	assert(t->n_facts <= KTAP_MAX_FACTS);
	for (size_t i = 0; i < t->n_facts; i++) {
		assert(strlen(t->facts[i].name) <= KTAP_MAX_NAME);
		assert(strlen(t->facts[i].value) <= KTAP_MAX_VALUE);
		assert(ktap_find(t, t->facts[i].name));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(ktap_release) struct ktap ours = { 0 };
	AUTO(ktap_release) struct ktap others = { 0 };

	ktap_parse(&ours, (const char *)data, size, "n0nce");
	assert(ours.n_tests <= KTAP_MAX_TESTS);
	assert(!ours.finished || (ours.began && !ours.broken && !ours.running));
	assert(ours.began || (ours.n_tests == 0 && !ours.broken));
	for (size_t i = 0; i < ours.n_tests; i++)
		check_test(&ours.tests[i]);

	ktap_parse(&others, (const char *)data, size, "a-nonce-nobody-knows");
	assert(!others.began || memmem(data, size, "a-nonce", 7));
	return 0;
}
