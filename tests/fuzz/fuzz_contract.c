/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/contract_file.h"

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
		assert(strncmp(c->id, "xfs1k/", 6) == 0);
		assert(c->is_in_force == (c->tree.n == 0));
		assert(!contract_is_about(c, "ext4", "C01"));
		for (size_t k = 0; k < c->exceptions.n; k++)
			assert(c->exceptions.v[k].why[0]);
		broken = contract_find_broken(c, &o);
		assert(!broken || outcome_find(&o, broken->field));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct contract_file file = { "xfs1k.conf", "xfs", "xfs1k",
						   "xfs" };
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(mem_free) char *like = NULL;
	struct err err = ERR_INIT;

	if (contract_file_parse(&all, &like, &file, (const char *)data, size,
				&err) == 0)
		check(&all);
	else
		assert(all.n == 0 && !like && err.msg[0] &&
		       (err.kind == ERR_CONFIG || err.kind == ERR_LIMIT));
	return 0;
}
