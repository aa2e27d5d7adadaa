/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/template.h"

#include "bot/base/buf.h"
#include "tests/support/support.h"

static const struct template_field fields[] = {
	{ "patch", false },
	{ "says", true },
};

static int parse(struct template **out, unsigned *line, const char *text,
		 size_t len, struct err *err)
{
	return template_parse(out, line, fields, ARRAY_LEN(fields), text, len,
			      err);
}

static const struct {
	const char *text;
	enum template_line_kind kind;
	unsigned indent;
	size_t parts;
} lines[] = {
	{ "{says}", TEMPLATE_BLOCK, 0, 1 },
	{ "  {says}  ", TEMPLATE_BLOCK, 2, 1 },
	{ "With {patch}, {says}.", TEMPLATE_PROSE, 0, 5 },
	{ "{says}{patch}", TEMPLATE_PROSE, 0, 2 },
	{ "  Closes: {says}", TEMPLATE_FIXED, 2, 2 },
	{ "{{{says}}}", TEMPLATE_PROSE, 0, 3 },
	{ "#collider {says}", TEMPLATE_PROSE, 0, 2 },
	{ "-- {says}", TEMPLATE_PROSE, 0, 2 },
};

START_TEST(a_line_is_read_by_its_start_and_its_fields)
{
	AUTO(template_free) struct template *t = NULL;
	struct err err = ERR_INIT;
	const char *text = lines[_i].text;
	unsigned line;

	ck_ok(parse(&t, &line, text, strlen(text), &err), &err);
	ck_assert_uint_eq(t->n, 1);
	ck_assert_int_eq(t->v[0].kind, lines[_i].kind);
	ck_assert_uint_eq(t->v[0].indent, lines[_i].indent);
	ck_assert_uint_eq(t->v[0].n, lines[_i].parts);
}
END_TEST

START_TEST(comments_are_not_there_and_a_signature_is_one)
{
	static const char text[] = "# {nobody}\n#\n{says}\n\n-- \n--\n";
	AUTO(template_free) struct template *t = NULL;
	struct err err = ERR_INIT;
	unsigned line;

	ck_ok(parse(&t, &line, text, strlen(text), &err), &err);
	ck_assert_uint_eq(t->n, 4);
	ck_assert_int_eq(t->v[0].kind, TEMPLATE_BLOCK);
	ck_assert_int_eq(t->v[1].kind, TEMPLATE_BLANK);
	ck_assert_int_eq(t->v[2].kind, TEMPLATE_SIGNATURE);
	ck_assert_int_eq(t->v[3].kind, TEMPLATE_SIGNATURE);
}
END_TEST

static const struct {
	const char *text;
	unsigned line;
	const char *says;
} refused[] = {
	{ "{says}\n{nobody}\n", 2, "there is no field 'nobody'" },
	{ "{says}\n{ patch}\n", 2, "there is no field ' patch'" },
	{ "{says}\n{}\n", 2, "there is no field ''" },
	{ "{says\n", 1, "a '{' is not closed" },
	{ "{says}\n\nend}\n", 3, "a '}' is not opened; a brace is '}}'" },
	{ "With {patch}.\n", 1, "the field 'says' is missing" },
	{ "# {says}\n", 1, "the field 'says' is missing" },
	{ "", 0, "the field 'says' is missing" },
	{ "{says}\ngr\xfc\xdf\n", 2, "this is not UTF-8" },
	{ "{says}\r\n", 1, "a control character, 0x0d" },
	{ "{says}\n\033[2J\n", 2, "a control character, 0x1b" },
};

START_TEST(what_cannot_be_filled_is_refused_with_its_line)
{
	AUTO(template_free) struct template *t = NULL;
	struct err err = ERR_INIT;
	unsigned line;

	ck_assert_int_eq(parse(&t, &line, refused[_i].text,
			       strlen(refused[_i].text), &err),
			 -1);
	ck_assert_ptr_null(t);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_str_eq(err.msg, refused[_i].says);
	ck_assert_uint_eq(line, refused[_i].line);
}
END_TEST

START_TEST(a_nul_is_a_control_character)
{
	AUTO(template_free) struct template *t = NULL;
	struct err err = ERR_INIT;
	unsigned line;

	ck_assert_int_eq(parse(&t, &line, "{says}\na\0b", 10, &err), -1);
	ck_assert_str_eq(err.msg, "a control character, 0x00");
	ck_assert_uint_eq(line, 2);
}
END_TEST

static const struct {
	size_t lines, bytes; /* of each line, without its newline */
	bool is_fine;
	const char *says;
} sizes[] = {
	{ 1, TEMPLATE_MAX_LINE, true, "" },
	{ 1, TEMPLATE_MAX_LINE + 1, false, "more than 900 bytes in a line" },
	{ TEMPLATE_MAX_BYTES / 64, 63, true, "" },
	{ TEMPLATE_MAX_BYTES / 64 + 1, 63, false, "more than 16384 bytes" },
};

START_TEST(a_template_has_a_ceiling)
{
	AUTO(template_free) struct template *t = NULL;
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;
	unsigned line;

	buf_init(&text, 4 * TEMPLATE_MAX_BYTES);
	for (size_t i = 0; i < sizes[_i].lines; i++)
		buf_addf(&text, "{says}%0*d\n", (int)sizes[_i].bytes - 6, 0);
	ck_assert(parse(&t, &line, buf_text(&text), text.len, &err) ==
		  (sizes[_i].is_fine ? 0 : -1));
	ck_assert_str_eq(sizes[_i].is_fine ? "" : err.msg, sizes[_i].says);
	ck_assert(sizes[_i].is_fine || err.kind == ERR_LIMIT);
}
END_TEST

TEST_MAIN("template", TABLE(a_line_is_read_by_its_start_and_its_fields, lines),
	  TEST(comments_are_not_there_and_a_signature_is_one),
	  TABLE(what_cannot_be_filled_is_refused_with_its_line, refused),
	  TEST(a_nul_is_a_control_character),
	  TABLE(a_template_has_a_ceiling, sizes))
