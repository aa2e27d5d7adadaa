/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/callers.h"

#include "tests/support/support.h"

#define TABLE_TEXT                          \
	"# who calls\n"                     \
	"fs/x.c\tx_write\tiomap_dio_rw\n\n" \
	"fs/x.c x_read iomap_dio_rw # too\n"

static void read_table(struct callers *out)
{
	struct err err = ERR_INIT;

	ck_ok(callers_parse(out, "t", TABLE_TEXT, strlen(TABLE_TEXT), &err),
	      &err);
}

START_TEST(the_table_has_a_caller_a_line)
{
	AUTO(callers_release) struct callers list = { 0 };

	read_table(&list);
	ck_assert_uint_eq(list.n, 2);
	ck_assert(callers_has(&list, "fs/x.c", "x_read", "iomap_dio_rw"));
	ck_assert(!callers_has(&list, "fs/y.c", "x_read", "iomap_dio_rw"));
}
END_TEST

static const char *const bad[] = { "a b\n", "a b c d\n", "a\n" };

START_TEST(a_line_that_is_no_caller_is_refused)
{
	AUTO(callers_release) struct callers list = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(
		callers_parse(&list, "t", bad[_i], strlen(bad[_i]), &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.msg, "t:1: not file, function and callee");
}
END_TEST

#define W "function fs/x.c x_write 10\nfunction fs/x.c x_help 30\n"
#define WRITE_CALLS "call fs/x.c x_write 12 iomap_dio_rw\n"
#define READ_CALLS "call fs/x.c x_read 5 iomap_dio_rw\n"

static const struct {
	const char *before;
	const char *after;
	const char *says; /* NULL: nothing */
} calls[] = {
	{ W WRITE_CALLS, W WRITE_CALLS, NULL },
	{ W WRITE_CALLS, W, "x_write() no longer calls iomap_dio_rw" },
	{ W, W WRITE_CALLS, NULL }, /* the table has it */
	{ W, W "call fs/x.c x_help 31 iomap_dio_rw\n",
	  "iomap_dio_rw is called in x_help(), which did not call it" },
	{ W WRITE_CALLS, W "call fs/x.c x_help 31 iomap_dio_rw\n",
	  "the call of iomap_dio_rw moves from x_write() to x_help()" },
	{ W "call fs/x.c x_help 31 iomap_dio_rw\n", W, NULL },
	{ W WRITE_CALLS, W WRITE_CALLS READ_CALLS, NULL },
};

static void parse(struct cocci_facts *out, const char *text)
{
	AUTO(strings_release) struct strings said = { 0 };
	struct err err = ERR_INIT;

	ck_ok(cocci_parse(out, &said, text, strlen(text), &err), &err);
}

START_TEST(a_caller_that_comes_or_goes_is_asked_about)
{
	AUTO(callers_release) struct callers list = { 0 };
	AUTO(cocci_facts_release) struct cocci_facts before = { 0 };
	AUTO(cocci_facts_release) struct cocci_facts after = { 0 };
	AUTO(questions_release) struct questions out = { 0 };

	read_table(&list);
	parse(&before, calls[_i].before);
	parse(&after, calls[_i].after);
	callers_ask(&out, &list, "fs/x.c", &before, &after);
	ck_assert_uint_eq(out.n, calls[_i].says != NULL);
	if (calls[_i].says)
		ck_assert_str_eq(out.v[0].says, calls[_i].says);
}
END_TEST

TEST_MAIN("callers", TEST(the_table_has_a_caller_a_line),
	  TABLE(a_line_that_is_no_caller_is_refused, bad),
	  TABLE(a_caller_that_comes_or_goes_is_asked_about, calls))
