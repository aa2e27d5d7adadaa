/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/contract.h"

#include <assert.h>
#include <stdint.h>

/* Every entry that comes out is complete, and can be asked. */
static void check(const struct contracts *all)
{
	AUTO(outcome_release) struct outcome o = { .provoked = true };

	outcome_add(&o, "dio.asked", "65536");
	outcome_add(&o, "dio.returned", "-EIO");
	outcome_add(&o, "cache", "D16");
	outcome_add(&o, "size", "1");
	for (size_t i = 0; i < all->n; i++) {
		const struct contract *c = &all->v[i];
		const struct contract_clause *broken;

		assert(c->expect.n > 0 && c->says && c->sources.n > 0);
		assert(strncmp(c->id, "xfs/", 4) == 0);
		assert(contract_is_about(
			c, "xfs", c->scenarios.n ? c->scenarios.v[0] : "C01"));
		assert(!contract_is_about(c, "ext4", "C01"));
		broken = contract_find_broken(c, &o);
		assert(!broken || outcome_find(&o, broken->field));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	struct err err = ERR_INIT;

	if (contracts_parse(&all, "xfs", "xfs.conf", (const char *)data, size,
			    &err) == 0)
		check(&all);
	else
		assert(all.n == 0 && err.msg[0] &&
		       (err.kind == ERR_CONFIG || err.kind == ERR_LIMIT));
	return 0;
}
