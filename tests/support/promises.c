// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/promises.h"

#include "rules/contract_file.h"
#include "tests/support/support.h"

void promises_of_xfs(struct contracts *out, const char *text)
{
	const struct contract_file file = { .name = "xfs.conf",
					    .of = "xfs",
					    .filesystem = "xfs" };
	struct err err = ERR_INIT;

	*out = (struct contracts){ 0 };
	ck_ok(contract_file_parse(out, NULL, &file, text, strlen(text), &err),
	      &err);
	for (size_t i = 0; i < out->n; i++)
		out->v[i].is_in_force = true;
}
