/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/amalgam.h"

#include "rules/csource.h"
#include "tests/support/support.h"

/* A kit as small as it can be. */
static char header[] = "/* SPDX-License-Identifier: GPL-2.0-or-later */\n"
		       "/*\n * kit.h - the kit\n */\n"
		       "#ifndef KIT_H\n#define KIT_H\n"
		       "#include <stddef.h>\n\n"
		       "#define KIT_USED 1\n#define KIT_UNUSED 2\n\n"
		       "/* What is used. */\nint kit_used(int set);\n"
		       "int kit_unused(void);\n\n"
		       "struct kit { int set; };\n"
		       "#endif\n";
static char first[] = "/* SPDX-License-Identifier: GPL-2.0-or-later "
		      "*/\n#include \"rules/collisions/kit.h\"\n\n"
		      "#include <errno.h>\n\n"
		      "enum first_word { FIRST_A, FIRST_B };\n\n"
		      "/* Sets it. */\nstatic int set(int x)\n{\n"
		      "\tstruct kit k = { .set = x };\n\n"
		      "\treturn k.set + KIT_USED;\n}\n\n"
		      "int kit_used(int x)\n{\n"
		      "\tif (x)\n\t\treturn FIRST_B;\n"
		      "\treturn set(x); /* \"set\" */\n}\n\n"
		      "int kit_unused(void)\n{\n\treturn 0;\n}\n";
static char second[] = "#include \"rules/collisions/kit.h\"\n"
		       "#include <errno.h>\n#include <fcntl.h>\n\n"
		       "static const struct kit set = { 1 };\n\n"
		       "int second(void)\n{\n\treturn set.set;\n}\n";
static char unneeded[] = "#include <unneeded.h>\n\n"
			 "int unneeded(void)\n{\n\treturn 0;\n}\n";
static char scenario[] =
	"/* SPDX-License-Identifier: GPL-2.0-or-later */\n/*\n * C01 - a "
	"story\n */\n"
	"#include \"rules/collisions/kit.h\"\n\n"
	"static int collide(void)\n{\n\treturn kit_used(1) + second();\n}\n\n"
	"static const struct scenario c01 = {\n\t.id = \"C01\",\n"
	"\t.run = collide,\n};\nSCENARIO(c01);\n\n"
	"static const struct scenario c02 = {\n\t.id = \"C02\",\n};\n"
	"SCENARIO(c02);\n";
static char alone[] = "int main(void)\n{\n\treturn 0;\n}\n";

static struct amalgam_file kit[] = {
	{ (char[]){ "alone.c" }, alone },
	{ (char[]){ "c01.c" }, scenario },
	{ (char[]){ "first.c" }, first },
	{ (char[]){ "kit.h" }, header },
	{ (char[]){ "second.c" }, second },
	{ (char[]){ "unneeded.c" }, unneeded },
};
static const struct amalgam_files files = { kit, ARRAY_LEN(kit) };

static char *make(const char *id)
{
	struct err err = ERR_INIT;
	struct buf out;

	buf_init(&out, 65536);
	ck_ok(amalgam_add(&out, &files, id, "TABLE\n", &err), &err);
	return buf_take(&out);
}

static const struct {
	const char *text;
	bool is_there;
} pieces[] = {
	{ "#include <errno.h>\n#include <fcntl.h>\n#include <stddef.h>\n",
	  true },
	{ "unneeded", false },
	{ "kit_unused", false },
	{ "KIT_UNUSED", false },
	{ "KIT_H", false },
	{ "SPDX", false },
	{ "#include \"", false },
	{ "#define KIT_USED 1\n", true },
	{ "/* What is used. */\nint kit_used(int set);\n", true },
	/* a type, whose member is called as a function of another file */
	{ "struct kit { int set; };\nTABLE\n", true },
	/* two files have a static 'set'; a member and a string are no name */
	{ "/* Sets it. */\nstatic int first_set(int x)\n", true },
	{ "struct kit k = { .set = x };\n", true },
	{ "return k.set + KIT_USED;", true },
	{ "return first_set(x); /* \"set\" */\n", true },
	{ "static const struct kit second_set = { 1 };\n", true },
	{ "return second_set.set;\n", true },
	{ "enum first_word { FIRST_A, FIRST_B };\n", true },
	/* the scenario is as it was written, and no other one */
	{ "/*\n * C01 - a story\n */\n\nstatic int collide(void)\n{\n", true },
	{ "SCENARIO(c01);\n", true },
	{ "c02", false },
	{ "\nint main(void)\n{\n\treturn 0;\n}\n", true },
};

START_TEST(what_a_scenario_needs_is_in_it_and_nothing_else)
{
	AUTO(mem_free) char *text = make("C01");

	ck_assert_msg((strstr(text, pieces[_i].text) != NULL) ==
			      pieces[_i].is_there,
		      "'%s' in:\n%s", pieces[_i].text, text);
}
END_TEST

START_TEST(the_scenario_stands_before_its_kit)
{
	AUTO(mem_free) char *text = make("C01");

	static const char *const order[] = { "kit.h ----", "TABLE",
					     "c01.c ----", "first.c ----",
					     "alone.c ----" };
	const char *at = text;

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		at = strstr(at, order[i]);
		ck_assert_msg(at != NULL, "no '%s' there", order[i]);
	}
}
END_TEST

START_TEST(another_scenario_of_the_file_needs_less)
{
	AUTO(mem_free) char *text = make("C02");

	ck_assert_ptr_nonnull(strstr(text, "SCENARIO(c02);"));
	ck_assert_ptr_null(strstr(text, "collide"));
	ck_assert_ptr_null(strstr(text, "first.c"));
}
END_TEST

START_TEST(a_scenario_that_nobody_wrote_is_an_error)
{
	AUTO(buf_release) struct buf out = { 0 };
	struct err err = ERR_INIT;

	buf_init(&out, 65536);
	ck_assert_int_eq(amalgam_add(&out, &files, "C0", "", &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.msg, "no source of a scenario 'C0'");
}
END_TEST

static const struct {
	const char *text;
	const char *names; /* all, in order */
} named[] = {
	{ "int f(int a, struct b *c);\n", "f" },
	{ "static int f(int a)\n{\n\treturn g(a);\n}\n", "f" },
	{ "static const char *const list[] = { A, B };\n", "list" },
	{ "static const struct {\n\tint a;\n} known[] = { { 1 } };\n",
	  "known" },
	{ "enum a { B, C = 1, D };\n", "a B C D" },
	{ "enum { B, C };\n", "B C" },
	{ "struct s {\n\tint a;\n};\n", "s" },
	{ "#define A(x) \\\n\t(x)\n", "A" },
	{ "#ifndef A\n#define A 1 /* x\n y */\n#endif\n", "A" },
	{ "extern const struct s *const __begin[];\n", "__begin" },
	{ "static _Thread_local int *volatile escape;\n", "escape" },
	{ "static const struct s s = *(struct s[]){ { 1 } };\n", "s" },
	{ "void f(int a)\n\t__attribute__((format(printf, 1, 2)));\n", "f" },
	{ "static enum a f(enum a b)\n{\n\treturn b;\n}\n", "f" },
	{ "SCENARIO(c01);\n", "" },
};

START_TEST(a_piece_has_these_names)
{
	AUTO(csource_release) struct csource s = { 0 };
	AUTO(buf_release) struct buf names = { 0 };

	csource_parse(&s, "x.c", named[_i].text);
	buf_init(&names, 1000);
	for (size_t i = 0; i < s.n; i++)
		for (size_t k = 0; k < s.v[i].n; k++)
			buf_addf(&names, "%s%.*s", names.len ? " " : "",
				 (int)span_len(s.v[i].v[k].text),
				 s.v[i].v[k].text.p);
	ck_assert_uint_eq(s.n, 1);
	ck_assert_str_eq(buf_text(&names), named[_i].names);
}
END_TEST

TEST_MAIN("amalgam",
	  TABLE(what_a_scenario_needs_is_in_it_and_nothing_else, pieces),
	  TEST(the_scenario_stands_before_its_kit),
	  TEST(another_scenario_of_the_file_needs_less),
	  TEST(a_scenario_that_nobody_wrote_is_an_error),
	  TABLE(a_piece_has_these_names, named))
