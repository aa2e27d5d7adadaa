/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/gitconfig.h"

#include <assert.h>
#include <stdint.h>
#include <strings.h>

#include "bot/base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_entry(const struct gitconfig *c, size_t i)
{
	const struct gitconfig_entry *e = &c->v[i];
	unsigned line = gitconfig_line(c, i);

	assert(strncasecmp(e->section, "include", 7) != 0);
	assert(!strchr(e->section, '.') && !strchr(e->key, '.'));
	assert(line >= 1 && line <= c->len);
	assert(i == 0 || gitconfig_line(c, i - 1) <= line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(gitconfig_free) struct gitconfig *c = NULL;
	struct err err = ERR_INIT;

	if (gitconfig_parse(&c, "f", (const char *)data, size, &err) < 0) {
		assert(!c && err.kind == ERR_CONFIG && err.msg[0]);
		return 0;
	}
	assert(c->n <= GITCONFIG_MAX_ENTRIES);
	for (size_t i = 0; i < c->n; i++)
		check_entry(c, i);
	return 0;
}
