// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * zonefs.c - mkfs.zonefs, which Debian 12 does not have
 *
 * zonefs keeps no metadata but one block: the zones are the files. It is laid
 * out as struct zonefs_super of fs/zonefs/zonefs.h, and has no feature.
 */
#include "rules/collisions/run.h"

#include <assert.h>
#include <endian.h>

#define ZONEFS_MAGIC 0x5a4f4653 /* "ZOFS" */

struct super {
	uint32_t magic;
	uint32_t crc; /* of the whole block, with a crc of 0 */
	char label[64];
	uint8_t uuid[16];
	uint64_t features;
	uint32_t uid, gid, perm; /* each with a feature of its own */
	uint8_t reserved[3988];
} __attribute__((packed));

static_assert(sizeof(struct super) == ZONEFS_SUPER_LEN, "as the kernel has it");

/* crc32(~0, ...) of the kernel: zlib's but for the last inversion. */
static uint32_t checksum(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t crc = ~(uint32_t)0;

	for (size_t i = 0; i < len; i++) {
		crc ^= p[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return crc;
}

void zonefs_fill_super(char block[ZONEFS_SUPER_LEN])
{
	struct super super = { .magic = htole32(ZONEFS_MAGIC) };

	super.crc = htole32(checksum(&super, sizeof(super)));
	memcpy(block, &super, sizeof(super));
}
