/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/hash.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "bot/base/mem.h"

struct hasher {
	GChecksum *sum;
};

struct hasher *hasher_new(void)
{
	struct hasher *h = xcalloc(1, sizeof(*h));

	h->sum = g_checksum_new(G_CHECKSUM_SHA256);
	return h;
}

static void add_bytes(struct hasher *h, const void *data, size_t len)
{
	g_checksum_update(h->sum, data, (gssize)len);
}

static void add_length(struct hasher *h, uint64_t len)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%" PRIu64 ":", len);

	add_bytes(h, text, (size_t)n);
}

void hasher_add(struct hasher *h, const void *data, size_t len)
{
	add_length(h, len);
	add_bytes(h, data, len);
}

void hasher_adds(struct hasher *h, const char *text)
{
	hasher_add(h, text, strlen(text));
}

int hasher_add_file(struct hasher *h, const char *path, struct err *err)
{
	AUTO(file_close) FILE *f = fopen(path, "rbe");
	static const size_t block_size = 65536;
	AUTO(mem_free) char *block = xmalloc(block_size);
	uint64_t total = 0;
	size_t n;

	if (!f)
		return err_sys(err, ERR_SYSTEM, "cannot open '%s'", path);
	while ((n = fread(block, 1, block_size, f)) > 0) {
		add_bytes(h, block, n);
		total += n;
	}
	if (ferror(f))
		return err_sys(err, ERR_SYSTEM, "cannot read '%s'", path);
	add_length(h, total);
	return 0;
}

void hasher_get(struct hash *out, const struct hasher *h)
{
	GChecksum *copy = g_checksum_copy(h->sum);

	snprintf(out->hex, sizeof(out->hex), "%s", g_checksum_get_string(copy));
	g_checksum_free(copy);
}

void hasher_free(struct hasher *h)
{
	if (!h)
		return;
	g_checksum_free(h->sum);
	free(h);
}

void hash_sha1(unsigned char out[HASH_SHA1_LEN], const void *data, size_t len)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA1);
	gsize n = HASH_SHA1_LEN;

	g_checksum_update(sum, data, (gssize)len);
	g_checksum_get_digest(sum, out, &n);
	g_checksum_free(sum);
}
