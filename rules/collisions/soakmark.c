// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * soakmark.c - what a writer of a soak puts into a sector, and what may be
 * there
 *
 * A sector is one word, again and again: whose it is, which sector it is and
 * which of its writer's writes. So what is torn, in another place, or nobody's
 * is seen whoever wrote last. A mapped writer stores words, into one sector of
 * a page alone, as no store of a whole sector is one: that sector may be mixed.
 */
#include "rules/collisions/soak.h"

#define WORDS (SECTOR / sizeof(uint32_t))

uint32_t soakmark_make(char letter, size_t at, unsigned write)
{
	return (uint32_t)(unsigned char)letter | (uint32_t)(at / SECTOR) << 8 |
	       (uint32_t)(write & 0xffff) << 16;
}

static uint32_t read_word(const char *data, size_t i)
{
	uint32_t word;

	memcpy(&word, data + i * sizeof(word), sizeof(word));
	return word;
}

void soakmark_fill(char *data, size_t at, size_t len, char letter,
		   unsigned write)
{
	for (size_t i = 0; i < len; i += sizeof(uint32_t)) {
		uint32_t word = soakmark_make(letter, at + i, write);

		memcpy(data + i, &word, sizeof(word));
	}
}

uint32_t soakmark_read(const char *sector)
{
	return read_word(sector, 0);
}

/* What is wrong with a word, or NULL. */
static const char *judge_word(uint32_t word, size_t at, bool may_be_zero)
{
	if (word == 0)
		return may_be_zero ? NULL : "zeros, where no hole was made";
	if (!strchr(SOAK_LETTERS, (int)(word & 0xff)))
		return "what nobody wrote";
	if (((word >> 8) & 0xff) != at / SECTOR)
		return "what was written to another sector";
	return NULL;
}

static const char *judge_sector(const char *sector, size_t at,
				enum soakmark_care care, bool may_be_zero)
{
	const char *wrong = NULL;
	bool may_be_mixed = care == SOAKMARK_MOVING ||
			    at / SECTOR % (PAGE / SECTOR) == SOAK_STORE_SECTOR;

	for (size_t i = 0; i < WORDS && !wrong; i++) {
		wrong = judge_word(read_word(sector, i), at, may_be_zero);
		if (!wrong && !may_be_mixed &&
		    read_word(sector, i) != read_word(sector, 0))
			wrong = "part of one write and part of another";
	}
	return wrong;
}

bool soakmark_check(char *why, const char *data, size_t at, size_t len,
		    enum soakmark_care care, bool may_be_zero)
{
	for (size_t i = 0; i + SECTOR <= len; i += SECTOR) {
		const char *wrong =
			judge_sector(data + i, at + i, care, may_be_zero);

		if (!wrong)
			continue;
		snprintf(why, FIELD_MAX_VALUE, "sector %zu has %s (%08x)",
			 (at + i) / SECTOR, wrong, read_word(data + i, 0));
		return false;
	}
	return true;
}
