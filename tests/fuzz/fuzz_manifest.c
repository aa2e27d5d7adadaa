/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <string.h>

#include "parsers/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_epoch(const struct manifest_epoch *e)
{
	size_t len = strlen(e->fingerprint);

	assert(e->n < MANIFEST_MAX_EPOCHS);
	assert(len == 0 || len == MANIFEST_HEX);
	assert(strspn(e->fingerprint, "0123456789abcdef") == len);
	assert(strlen(e->path) <= MANIFEST_MAX_PATH);
	assert(strstr(e->path, "linux-fsdevel/git/"));
	assert(!strstr(e->path, "/../") && strncmp(e->path, "../", 3) != 0);
	assert(!strchr(e->path, '\n'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(manifest_free) struct manifest *m = NULL;
	struct err err = ERR_INIT;

	if (manifest_parse(&m, (const char *)data, size, "linux-fsdevel",
			   &err) < 0) {
		assert(!m);
		assert(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
		return 0;
	}
	for (size_t i = 0; i < m->n; i++) {
		check_epoch(&m->v[i]);
		assert(i == 0 || m->v[i - 1].n < m->v[i].n);
		assert(manifest_find(m, m->v[i].n) == &m->v[i]);
	}
	return 0;
}
