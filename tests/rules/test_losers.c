/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/losers.h"

#include "tests/support/facts.h"
#include "tests/support/support.h"

#define STORED "store.returned=4096 "

static const struct {
	const char *fields;
	const char *losers;
} runs[] = {
	/* Those that met: the last one wins, and the other one lost nothing. */
	{ "dio.asked=65536 dio.returned=65536 " STORED "cache=D16 disk=D16",
	  "nobody" },
	{ "dio.asked=65536 dio.returned=65536 " STORED
	  "cache=D5M1D10 disk=D5M1D10",
	  "nobody" },
	{ "dio.asked=65536 dio.returned=65536 write.returned=4096 disk=D16",
	  "nobody" },
	{ "dio.asked=65536 dio.returned=65536 write.returned=65536 disk=B16",
	  "nobody" },
	/* What is in the place of a write is nobody's who was there. */
	{ "dio.asked=65536 dio.returned=65536 " STORED
	  "cache=D5P1M1D9 disk=D5P1M1D9",
	  "the direct writer" },
	{ "dio.asked=65536 dio.returned=65536 cache=A16 disk=A16",
	  "the direct writer" },
	/* A store beside the write does not stand for a page of it. */
	{ "dio.asked=16384 dio.returned=16384 " STORED
	  "cache=P1D3M1A11 disk=P1D3M1A11",
	  "the direct writer" },
	{ "dio.asked=16384 dio.returned=16384 " STORED
	  "cache=D4M1A11 disk=D4M1A11",
	  "nobody" },
	{ "dio.asked=65536 dio.returned=65536 " STORED "cache=A16 disk=A16",
	  "the direct writer and the mapped writer" },
	/* Who is told so has not written. */
	{ "dio.asked=65536 dio.returned=0 " STORED
	  "cache=P1A4M1A10 disk=P1A4M1A10",
	  "the direct writer" },
	{ "dio.asked=65536 dio.returned=-EIO " STORED "cache=A16 disk=A16",
	  "the direct writer and the mapped writer" },
	{ "dio.asked=65536 dio.returned=-EIO " STORED "cache=D16 disk=D16",
	  "the direct writer and the mapped writer" },
	/* Without a direct writer there is none who overwrites. */
	{ STORED "cache=z16 disk=z16", "the mapped writer" },
	{ "write.returned=4096 cache=A16 disk=A16", "the buffered writer" },
	/* A page of several has bytes of each. */
	{ "dio.asked=512 dio.returned=512 " STORED "cache=?1 disk=?1",
	  "nobody" },
	/* RLIMIT_FSIZE leaves ten of sixteen pages. */
	{ "limited.asked=65536 limited.returned=40960 " STORED
	  "cache=D10A6 disk=D10A6",
	  "nobody" },
	{ "limited.asked=65536 limited.returned=40960 " STORED
	  "cache=D9A7 disk=D9A7",
	  "the direct writer and the mapped writer" },
	{ "limited.asked=65536 limited.returned=0 " STORED
	  "cache=P1A4M1A10 disk=P1A4M1A10",
	  "the direct writer" },
	/* Truncated since, or elsewhere in the file. */
	{ "dio.asked=65536 dio.returned=65536 cache=D1 disk=D1", "nobody" },
	{ "dio.asked=32768 dio.returned=32768 cache=A5D8 disk=A5D8", "nobody" },
	/* The page cache shows what is not in the file. */
	{ "dio.asked=65536 dio.returned=65536 cache=z16 disk=D16",
	  "the buffered reader" },
	{ "dio.asked=65536 dio.returned=65536", "nobody" },
	{ "dio.asked=65536 dio.returned=65536 cache=D16 disk=D16 flushed=yes",
	  "nobody" },
	{ "dio.asked=65536 dio.returned=65536 cache=D16 disk=D16 flushed=no",
	  "the direct writer" },
	{ "dio.asked=65536 dio.returned=65536 cache=D disk=D", "nobody" },
	{ "size=4096", "nobody" },
};

START_TEST(who_loses_is_told_from_what_is_left)
{
	AUTO(outcomes_release) struct outcomes list = { 0 };
	AUTO(mem_free) char *who = NULL;

	facts_add(&list, &(struct facts){ "xfs", "C01", "", runs[_i].fields },
		  1);
	who = review_losers_name(losers_find(&list.v[0]));
	ck_assert_str_eq(who, runs[_i].losers);
}
END_TEST

TEST_MAIN("losers", TABLE(who_loses_is_told_from_what_is_left, runs))
