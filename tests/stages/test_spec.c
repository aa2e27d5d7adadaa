/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/spec.h"

#include "bot/base/fs.h"
#include "tests/support/support.h"

#define HEAD                                                                   \
	"{\"version\":1,\"lane\":\"/l\",\"program\":\"/p\","                   \
	"\"limits\":{\"build_s\":10,\"guest_s\":5,\"memory_mib\":512,\"guest_" \
	"mib\":256},"                                                          \
	"\"steps\":["
#define STEP(files, guest) \
	"{\"name\":\"1\",\"files\":[" files "],\"guest\":" guest "}"
#define ONE(files) HEAD STEP(files, "null") "]}"
#define GUEST                                                             \
	"{\"suites\":[{\"filesystem\":\"xfs\",\"scenarios\":[\"C01\"]}]," \
	"\"repeat\":3}"

static int read_text(struct spec **out, const char *text, struct err *err)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *path = xasprintf("%s/spec.json", dir);
	struct err lost = ERR_INIT;
	int rc;

	ck_ok(fs_write(path, text, strlen(text), &lost), &lost);
	rc = spec_read(out, path, err);
	ck_ok(fs_remove_tree(dir, &lost), &lost);
	return rc;
}

START_TEST(a_spec_is_read)
{
	AUTO(spec_free) struct spec *s = NULL;
	struct err err = ERR_INIT;

	ck_ok(read_text(&s,
			HEAD "{\"name\":\"base\",\"files\":[],\"guest\":" GUEST
			     "}," STEP("{\"path\":\"fs/a.c\",\"from\":\"files/"
				       "1/fs/a.c\",\"mode\":\"100755\"},"
				       "{\"path\":\"fs/b.c\",\"delete\":true}",
				       "null") "]}",
			&err),
	      &err);
	ck_assert_str_eq(s->lane, "/l");
	ck_assert_str_eq(s->program, "/p");
	ck_assert_uint_eq(s->build_s, 10);
	ck_assert_uint_eq(s->guest_s, 5);
	ck_assert_uint_eq(s->memory_mib, 512);
	ck_assert_uint_eq(s->guest_mib, 256);
	ck_assert_uint_eq(s->n, 2);
	ck_assert(s->steps[0].is_base && s->steps[0].guest);
	ck_assert(!s->steps[1].is_base && !s->steps[1].guest);
	ck_assert_uint_eq(s->steps[1].n, 2);
	ck_assert_str_eq(s->steps[1].files[0].path, "fs/a.c");
	ck_assert_str_eq(s->steps[1].files[0].from, "files/1/fs/a.c");
	ck_assert_uint_eq(s->steps[1].files[0].mode, 0100755);
	ck_assert_ptr_null(s->steps[1].files[1].from);
}
END_TEST

/* What is wrong, and the end of what is said of it. */
static const struct {
	const char *text, *says;
} wrong[] = {
	{ "[]", "not an object" },
	{ "{}", "'version' is missing" },
	{ "{\"version\":2}", "'version' is not from 1 to 1" },
	{ "{\"version\":1,\"extra\":1}", "unknown key 'extra'" },
	{ "{\"version\":1,\"lane\":\"l\"}", "'lane' is no absolute path" },
	{ HEAD "5]}", "step 1: not an object" },
	{ HEAD "{\"name\":\"../x\"}]}", "step 1: 'name' is '../x'" },
	{ HEAD "{\"name\":\"\"}]}", "step 1: 'name' is ''" },
	{ HEAD "{\"name\":\"1234567890123456\"}]}",
	  "step 1: 'name' is '1234567890123456'" },
	{ HEAD "{\"name\":\"1\",\"files\":[]}]}", "'guest' is missing" },
	{ HEAD STEP("", "null") "," STEP("", "null") "]}",
	  "step 2: a second '1'" },
	{ HEAD STEP("", "null") ",{\"name\":\"base\",\"files\":[],"
				"\"guest\":null}]}",
	  "'base' is not the first step" },
	{ HEAD "{\"name\":\"base\",\"files\":[{\"path\":\"a\",\"delete\":true}"
	       "],\"guest\":null}]}",
	  "step 1: 'base' has files" },
	{ ONE("{\"path\":\"../a\",\"delete\":true}"),
	  "file 1: 'path' is no plain relative path: '../a'" },
	{ ONE("{\"path\":\"/etc/passwd\",\"delete\":true}"),
	  "'path' is no plain relative path: '/etc/passwd'" },
	{ ONE("{\"path\":\"a\\u0000b\",\"delete\":true}"),
	  "\\u0000 is not allowed without JSON_ALLOW_NUL" },
	{ ONE("{\"path\":\"a\",\"delete\":false}"), "'delete' is not true" },
	{ ONE("{\"path\":\"a\",\"delete\":true,\"mode\":\"100644\"}"),
	  "unknown key 'mode'" },
	{ ONE("{\"path\":\"a\",\"from\":\"b\"}"), "'mode' is missing" },
	{ ONE("{\"path\":\"a\",\"from\":\"../b\",\"mode\":\"100644\"}"),
	  "'from' is no plain relative path: '../b'" },
	{ ONE("{\"path\":\"a\",\"from\":\"b\",\"mode\":\"104755\"}"),
	  "'mode' is '104755'" },
	{ HEAD STEP("", "{\"suites\":[{\"filesystem\":\"xfs\",\"scenarios\":["
			"\"C01\"]}],"
			"\"repeat\":0}") "]}",
	  "'repeat' is not from 1 to 1000" },
	{ HEAD STEP("", "{\"filesystem\":[]}") "]}",
	  "guest: unknown key 'filesystem'" },
};

START_TEST(a_wrong_spec_is_refused_and_named)
{
	AUTO(spec_free) struct spec *s = NULL;
	const char *says = wrong[_i].says;
	struct err err = ERR_INIT;

	ck_assert_int_eq(read_text(&s, wrong[_i].text, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_msg(strstr(err.msg, says) != NULL, "%s", err.msg);
	ck_assert_ptr_null(s);
}
END_TEST

static const struct {
	size_t steps;
	bool ok;
} ceilings[] = { { SPEC_MAX_STEPS, true }, { SPEC_MAX_STEPS + 1, false } };

START_TEST(a_spec_has_a_most_of_steps)
{
	AUTO(spec_free) struct spec *s = NULL;
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;

	buf_init(&text, SPEC_MAX_SIZE);
	buf_adds(&text, HEAD);
	for (size_t i = 0; i < ceilings[_i].steps; i++)
		buf_addf(&text,
			 "%s{\"name\":\"%zu\",\"files\":[],\"guest\":null}",
			 i ? "," : "", i + 1);
	buf_adds(&text, "]}");
	if (ceilings[_i].ok) {
		ck_ok(read_text(&s, buf_text(&text), &err), &err);
		return;
	}
	ck_assert_int_eq(read_text(&s, buf_text(&text), &err), -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

TEST_MAIN("spec", TEST(a_spec_is_read),
	  TABLE(a_wrong_spec_is_refused_and_named, wrong),
	  TABLE(a_spec_has_a_most_of_steps, ceilings))
