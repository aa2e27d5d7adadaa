// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a soak takes for right in a file. The guest program is no library, so it
 * is compiled in here once more.
 */
#include "rules/collisions/soakmark.c"

#include "tests/support/support.h"

#define AT ((size_t)2 * PAGE) /* where the range begins that is looked at */
#define LEN ((size_t)2 * PAGE)
#define TORN ((size_t)3 * SECTOR)
#define STORED ((size_t)SOAK_STORE_SECTOR * SECTOR)

static void put(char *data, size_t at, uint32_t word)
{
	memcpy(data + at, &word, sizeof(word));
}

static void leave(char *data)
{
	(void)data;
}

static void cut_a_hole(char *data)
{
	memset(data + TORN, 0, SECTOR);
}

static void tear(char *data)
{
	soakmark_fill(data + TORN + SECTOR / 2, AT + TORN, SECTOR / 2, 'E', 1);
}

static void tear_by_the_same_writer(char *data)
{
	soakmark_fill(data + TORN + SECTOR / 2, AT + TORN, SECTOR / 2, 'D', 8);
}

static void zero_half(char *data)
{
	memset(data + TORN, 0, SECTOR / 2);
}

static void misplace(char *data)
{
	memmove(data + TORN, data + TORN + SECTOR, SECTOR);
}

static void spoil(char *data)
{
	data[TORN + 77] = 'x';
}

static void store_a_word(char *data)
{
	put(data, STORED + 8, soakmark_make('M', AT + STORED, 3));
}

static void store_elsewhere(char *data)
{
	put(data, TORN + 8, soakmark_make('M', AT + TORN, 3));
}

static void store_for_another_sector(char *data)
{
	put(data, STORED + 8, soakmark_make('M', AT + TORN, 3));
}

#define MOVING SOAKMARK_MOVING
#define SETTLED SOAKMARK_SETTLED

static const struct {
	void (*change)(char *data);
	enum soakmark_care care;
	bool may_be_zero;
	const char *says; /* NULL: it is right */
} contents[] = {
	{ leave, SETTLED, false, NULL },
	{ cut_a_hole, SETTLED, true, NULL },
	{ cut_a_hole, SETTLED, false,
	  "sector 19 has zeros, where no hole was made (00000000)" },
	{ tear, SETTLED, false,
	  "sector 19 has part of one write and part of another (00071344)" },
	{ tear, MOVING, false, NULL },
	{ tear_by_the_same_writer, SETTLED, false,
	  "sector 19 has part of one write and part of another (00071344)" },
	{ zero_half, SETTLED, true,
	  "sector 19 has part of one write and part of another (00000000)" },
	{ misplace, SETTLED, false,
	  "sector 19 has what was written to another sector (00071444)" },
	{ misplace, MOVING, false,
	  "sector 19 has what was written to another sector (00071444)" },
	{ spoil, MOVING, true,
	  "sector 19 has what was written to another "
	  "sector (00071344)" },
	{ store_a_word, SETTLED, false, NULL },
	{ store_elsewhere, SETTLED, false,
	  "sector 19 has part of one write and part of another (00071344)" },
	{ store_for_another_sector, SETTLED, false,
	  "sector 21 has what was written to another sector (00071544)" },
};

START_TEST(known_bad_content_is_found)
{
	char data[LEN], why[FIELD_MAX_VALUE] = "";
	bool is_right;

	soakmark_fill(data, AT, LEN, 'D', 7);
	contents[_i].change(data);
	is_right = soakmark_check(why, data, AT, LEN, contents[_i].care,
				  contents[_i].may_be_zero);
	if (contents[_i].says)
		ck_assert_str_eq(why, contents[_i].says);
	ck_assert(is_right == !contents[_i].says);
}
END_TEST

START_TEST(what_nobody_wrote_is_found)
{
	char data[SECTOR], why[FIELD_MAX_VALUE];

	memset(data, 'G', sizeof(data)); /* what lay on the disk before */
	ck_assert(!soakmark_check(why, data, 0, SECTOR, SOAKMARK_MOVING, true));
	ck_assert_str_eq(why, "sector 0 has what nobody wrote (47474747)");
}
END_TEST

TEST_MAIN("soakmark", TABLE(known_bad_content_is_found, contents),
	  TEST(what_nobody_wrote_is_found))
