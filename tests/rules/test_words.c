/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/words.h"

#include "tests/support/facts.h"
#include "tests/support/support.h"

static const struct {
	const char *signature;
	const char *words;
} signatures[] = {
	{ "D16", "16 pages of the direct write" },
	{ "D1", "1 page of the direct write" },
	{ "D5M1D10", "15 pages of the direct write and 1 of the mapped store" },
	{ "P1A4M1A10", "1 page of the earlier buffered write, 14 of the old "
		       "data and 1 of the mapped store" },
	{ "z16", "16 pages of zeros" },
	{ "?2", "2 pages of something else" },
	{ "-EIO", "-EIO" },
	{ "D", "D" },
	{ "16", "16" },
	{ "", "" },
};

START_TEST(pages_are_counted_by_their_owner)
{
	AUTO(mem_free) char *words = words_pages(signatures[_i].signature);

	ck_assert_str_eq(words, signatures[_i].words);
}
END_TEST

static const struct {
	const char *fields;
	const char *name;
	const char *wanted;
	const char *says;
} fields[] = {
	{ "truncate.asked=4096 truncate.returned=-EIO", "truncate.returned",
	  "0", "a truncate to 4096 bytes fails with -EIO" },
	{ "read.asked=65536 read.returned=0", "read.returned", NULL,
	  "a buffered read of 65536 bytes returns 0: nothing was read and no "
	  "error was given" },
	{ "dio.asked=65536 dio.returned=65536", "dio.returned", "error",
	  "a direct write of 65536 bytes is told as done: no error was given" },
	{ "store.waited=no", "store.waited", NULL,
	  "a store through a mapping does not wait for the direct I/O in "
	  "flight" },
	{ "mismatch=step", "mismatch", "no",
	  "of operations one after another, one goes wrong: step" },
	{ "walk.returned=59", "walk.returned", NULL,
	  "a walk of operations, one after another, comes back short, with 59: "
	  "no error was given" },
	{ "fsync.new=-EIO", "fsync.new", "0",
	  "fsync of a descriptor opened afterwards fails with -EIO" },
	{ "size=65536", "size", "4096",
	  "the file ends up 65536 bytes long, not 4096" },
	{ "cache=-EIO", "cache", NULL,
	  "a buffered read afterwards fails with -EIO" },
	{ "read.asked=65536 read.data=A16", "read.data", "D16",
	  "a buffered read of 65536 bytes finds 16 pages of the old data, not "
	  "16 pages of the direct write" },
	{ "clone=D16", "clone", "A16",
	  "a read of the clone finds 16 pages of the direct write, not 16 "
	  "pages of the old data" },
	{ "sectors=G1D1G6", "sectors", "z1D1z6",
	  "a direct read of the page, by sector, finds G1D1G6, not z1D1z6" },
	{ "punch.asked=65536 punch.returned=0", "punch.returned", NULL,
	  "a punched hole of 65536 bytes returns 0: it was done and no error "
	  "was given" },
	{ "log.shutdown=1", "log.shutdown", "0", "the filesystem shuts down" },
	{ "log.other=1", "log.other", "0", "the kernel logs other" },
	{ "colour=red", "colour", "blue", "colour is red, not blue" },
	{ "colour=red", "shape", NULL, "shape is not told" },
};

START_TEST(a_field_is_said_in_a_sentence)
{
	AUTO(outcomes_release) struct outcomes seen = { 0 };
	AUTO(mem_free) char *says = NULL;

	facts_add(&seen, &(struct facts){ "xfs", "C01", "", fields[_i].fields },
		  1);
	says = words_field(&seen.v[0], fields[_i].name, fields[_i].wanted);
	ck_assert_str_eq(says, fields[_i].says);
}
END_TEST

static const struct {
	const char *says;
	const char *loss; /* NULL: of something else */
} losses[] = {
	{ "a direct write of 512 bytes returns 0: nothing was written",
	  " returns 0: nothing was written" },
	{ "a direct write under a file size limit of 65536 bytes fails with "
	  "-EIO",
	  " fails with -EIO" },
	{ "the second direct write of 4096 bytes never returns",
	  " never returns" },
	{ "a direct write never returns", " never returns" },
	{ "a direct write of some bytes", " of some bytes" },
	{ "a buffered write of 512 bytes returns 0: nothing was written",
	  NULL },
	{ "the kernel warns: a direct write of 512 bytes returns 0", NULL },
	{ "", NULL },
};

START_TEST(what_became_of_a_direct_write_has_no_size)
{
	const char *loss = words_loss(losses[_i].says);

	if (losses[_i].loss)
		ck_assert_str_eq(loss, losses[_i].loss);
	else
		ck_assert_ptr_null(loss);
}
END_TEST

TEST_MAIN("words", TABLE(pages_are_counted_by_their_owner, signatures),
	  TABLE(a_field_is_said_in_a_sentence, fields),
	  TABLE(what_became_of_a_direct_write_has_no_size, losses))
