/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>

#include "parsers/trailers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_hex(const char *id, size_t min)
{
	size_t len = strspn(id, "0123456789abcdef");

	assert(len >= min && len <= 40 && id[len] == '\0');
}

static void check_words(const struct strings *list)
{
	for (size_t i = 0; i < list->n; i++)
		assert(!strpbrk(list->v[i], " \t\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(trailers_free) struct trailers *t = NULL;
	struct err err = ERR_INIT;

	if (trailers_parse(&t, (const char *)data, size, &err) < 0) {
		assert(!t && err.kind == ERR_LIMIT);
		return 0;
	}
	if (t->base_commit)
		check_hex(t->base_commit, 40);
	for (size_t i = 0; i < t->prerequisite_patch_ids.n; i++)
		check_hex(t->prerequisite_patch_ids.v[i], 40);
	for (size_t i = 0; i < t->n_fixes; i++)
		check_hex(t->fixes[i].id, TRAILERS_MIN_FIXES);
	check_words(&t->prerequisite_message_ids);
	check_words(&t->prerequisite_change_ids);
	return 0;
}
