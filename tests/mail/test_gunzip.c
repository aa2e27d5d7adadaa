/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <zlib.h>

#include "bot/mail/gunzip.h"
#include "tests/support/support.h"

#define BOMB (64u << 20)

DEFINE_AUTO_VALUE(z_stream, deflateEnd)

/* What `gzip -9` makes of @len times @c, behind what is in @out already. */
static void add_gzip(struct buf *out, char c, size_t len)
{
	AUTO(deflateEnd) z_stream z = { 0 };
	unsigned char step[4096];
	char block[1024];
	int rc = Z_OK;

	memset(block, c, sizeof(block));
	ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8,
				      Z_DEFAULT_STRATEGY),
			 Z_OK);
	while (rc != Z_STREAM_END) {
		if (z.avail_in == 0) {
			z.next_in = (unsigned char *)block;
			z.avail_in =
				(unsigned)(len < sizeof(block) ? len
							       : sizeof(block));
			len -= z.avail_in;
		}
		z.next_out = step;
		z.avail_out = sizeof(step);
		rc = deflate(&z, len ? Z_NO_FLUSH : Z_FINISH);
		buf_add(out, (char *)step, sizeof(step) - z.avail_out);
	}
}

static const struct {
	size_t members[2]; /* what is in each; 0: no such member */
	size_t max;
	const char *says;
} whole[] = {
	{ { 5 }, 5, "" },
	{ { 5 }, 4, "what the gzip holds is larger than 4 bytes" },
	{ { 70000 }, 70000, "" },
	{ { 70000 }, 69999, "what the gzip holds is larger than 69999 bytes" },
	{ { 3, 4 }, 7, "" },
	{ { 3, 4 }, 6, "what the gzip holds is larger than 6 bytes" },
	{ { BOMB },
	  1u << 20,
	  "what the gzip holds is larger than 1048576 bytes" },
};

START_TEST(what_went_in_comes_out_up_to_the_ceiling)
{
	AUTO(buf_release) struct buf gzip = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	const size_t *members = whole[_i].members;
	struct err err = ERR_INIT;
	int rc;

	buf_init(&gzip, BOMB);
	for (size_t i = 0; i < 2 && members[i]; i++)
		add_gzip(&gzip, 'a', members[i]);
	rc = gunzip_run(&text, gzip.data, gzip.len, whole[_i].max, &err);
	ck_assert_str_eq(err.msg, whole[_i].says);
	ck_assert_int_eq(rc, *whole[_i].says ? -1 : 0);
	if (rc == 0)
		ck_assert_uint_eq(text.len, members[0] + members[1]);
	else
		ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

START_TEST(every_cut_is_bad_input)
{
	AUTO(buf_release) struct buf gzip = { 0 };
	struct buf text;

	buf_init(&gzip, BOMB);
	add_gzip(&gzip, 'a', 100);
	for (size_t len = 0; len < gzip.len; len++) {
		struct err err = ERR_INIT;

		ck_assert_int_eq(gunzip_run(&text, gzip.data, len, 1000, &err),
				 -1);
		ck_assert_int_eq(err.kind, ERR_INPUT);
		ck_assert_str_eq(err.msg, "gzip that is cut short");
		ck_assert_ptr_null(text.data);
	}
}
END_TEST

static const struct {
	const char *behind; /* a whole member, or nothing at all */
	bool is_alone;
	const char *says;
} junk[] = {
	{ "junk", false, "no gzip: incorrect header check" },
	{ "<html>", true, "no gzip: incorrect header check" },
	{ "\x78\x9c\x03\0\0\0\0\x01", true, "no gzip: incorrect header check" },
};

START_TEST(what_is_no_gzip_is_bad_input)
{
	AUTO(buf_release) struct buf gzip = { 0 };
	struct err err = ERR_INIT;
	struct buf text;

	buf_init(&gzip, BOMB);
	if (!junk[_i].is_alone)
		add_gzip(&gzip, 'a', 100);
	buf_adds(&gzip, junk[_i].behind);
	ck_assert_int_eq(gunzip_run(&text, gzip.data, gzip.len, 1000, &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_str_eq(err.msg, junk[_i].says);
}
END_TEST

START_TEST(a_byte_that_was_changed_is_noticed)
{
	AUTO(buf_release) struct buf gzip = { 0 };
	struct err err = ERR_INIT;
	struct buf text;

	buf_init(&gzip, BOMB);
	add_gzip(&gzip, 'a', 100);
	gzip.data[gzip.len - 8] ^= 1; /* of the checksum */
	ck_assert_int_eq(gunzip_run(&text, gzip.data, gzip.len, 1000, &err),
			 -1);
	ck_assert_str_eq(err.msg, "no gzip: incorrect data check");
}
END_TEST

TEST_MAIN("gunzip", TABLE(what_went_in_comes_out_up_to_the_ceiling, whole),
	  TEST(every_cut_is_bad_input),
	  TABLE(what_is_no_gzip_is_bad_input, junk),
	  TEST(a_byte_that_was_changed_is_noticed))
