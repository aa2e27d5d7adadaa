/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/headers.h"
#include "tests/support/support.h"

/* Each field as "<name>=<value>", then the body, newlines as '/'. */
static const struct {
	const char *text, *read;
} rows[] = {
	{ "A: b\nC:d\n\nbody\n", "<A>=< b/><C>=<d/> body/" },
	{ "A: b\r\nC: d\r\n\r\nbody\r\n", "<A>=< b\r/><C>=< d\r/> body\r/" },
	{ "A: b\n c\n\td\nE: f\n\n", "<A>=< b/ c/\td/><E>=< f/> " },
	{ "A: b\n \nC: d\n\n", "<A>=< b/ /><C>=< d/> " },
	{ "A : b\n\n", "<A>=< b/> " },
	{ "A b: c\nD: e\n\n", "<D>=< e/> " },
	{ "no field\n of ours: x\nA: b\n\n", "<A>=< b/> " },
	{ ": x\nA: b\n\n", "<A>=< b/> " },
	{ "A\x01: x\nB\x7f: x\nC\xc3\xa4: x\n\n", "<C\xc3\xa4>=< x/> " },
	{ "A:\n\n\n\n", "<A>=</> //" },
	{ "A: no end", "<A>=< no end> " },
	{ "A: b\nno colon", "<A>=< b/> " },
	{ "\nbody", " body" },
	{ "", " " },
};

static void add(struct buf *out, struct span text)
{
	for (; text.p < text.end; text.p++)
		buf_addc(out, (char)(*text.p == '\n' ? '/' : *text.p));
}

START_TEST(fields_stand_where_mail_programs_see_them)
{
	AUTO(headers_release) struct headers h = { 0 };
	AUTO(buf_release) struct buf got = { 0 };

	buf_init(&got, 4096);
	headers_read(&h, span_cstr(rows[_i].text));
	for (size_t i = 0; i < h.n; i++) {
		buf_addc(&got, '<');
		add(&got, h.v[i].name);
		buf_adds(&got, ">=<");
		add(&got, h.v[i].value);
		buf_addc(&got, '>');
	}
	buf_addc(&got, ' ');
	add(&got, h.body);
	ck_assert_str_eq(buf_text(&got), rows[_i].read);
}
END_TEST

START_TEST(the_first_of_several_is_found_in_any_case)
{
	AUTO(headers_release) struct headers h = { 0 };

	headers_read(&h, span_cstr("X: 0\nfrom: 1\nFROM: 2\nFrom2: 3\n\n"));
	ck_assert(span_is(headers_find(&h, "From")->value, " 1\n"));
	ck_assert_uint_eq(headers_count(&h, "From"), 2);
	ck_assert_ptr_null(headers_find(&h, "To"));
	ck_assert_uint_eq(headers_count(&h, "To"), 0);
}
END_TEST

TEST_MAIN("headers", TABLE(fields_stand_where_mail_programs_see_them, rows),
	  TEST(the_first_of_several_is_found_in_any_case))
