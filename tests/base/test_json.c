/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/fs.h"
#include "bot/base/json.h"
#include "bot/base/mem.h"
#include "tests/support/support.h"

static json_t *value_of(const char *text)
{
	json_error_t why;
	json_t *value = json_loads(text, 0, &why);

	ck_assert_msg(value, "%s", why.text);
	return value;
}

START_TEST(a_getter_names_the_key_that_is_missing_or_of_another_type)
{
	AUTO(json_free)
	json_t *v = value_of("{\"a\":1,\"s\":\"x\",\"l\":[1,2]}");
	const char *text;
	json_t *list;
	int64_t n = 0;
	struct err err = ERR_INIT;

	ck_ok(json_get_int(&n, v, "a", 0, 1, &err), &err);
	ck_assert_int_eq(n, 1);
	ck_assert_int_eq(json_get_int(&n, v, "a", 2, 3, &err), -1);
	ck_assert_str_eq(err.msg, "'a' is not from 2 to 3");
	err = (struct err)ERR_INIT;
	ck_assert_int_eq(json_get_string(&text, v, "a", &err), -1);
	ck_assert_str_eq(err.msg, "'a' is not a string");
	err = (struct err)ERR_INIT;
	ck_assert_int_eq(json_get_string(&text, v, "b", &err), -1);
	ck_assert_str_eq(err.msg, "'b' is missing");
	err = (struct err)ERR_INIT;
	ck_ok(json_get_array(&list, v, "l", 2, &err), &err);
	ck_assert_int_eq(json_get_array(&list, v, "l", 1, &err), -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

START_TEST(text_that_is_no_utf8_can_be_written_and_read_back)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *path = xasprintf("%s/j", dir);
	AUTO(json_free) json_t *v = json_object();
	AUTO(json_free) json_t *back = NULL;
	const char *text = NULL;
	struct err err = ERR_INIT;

	json_set_text(v, "t",
		      "a\xff"
		      "b",
		      3);
	ck_ok(json_write(v, path, &err), &err);
	ck_ok(json_read(&back, path, 100, &err), &err);
	ck_ok(json_get_string(&text, back, "t", &err), &err);
	ck_assert_str_eq(text, "a?b");
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

START_TEST(a_file_that_is_no_json_is_an_input_error_with_its_line)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *path = xasprintf("%s/j", dir);
	json_t *v;
	struct err err = ERR_INIT;

	ck_ok(fs_write(path, "{\n\"a\":\n}", 8, &err), &err);
	ck_assert_int_eq(json_read(&v, path, 100, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(err.msg, "/j:3: "));
	err = (struct err)ERR_INIT;
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

TEST_MAIN("json",
	  TEST(a_getter_names_the_key_that_is_missing_or_of_another_type),
	  TEST(text_that_is_no_utf8_can_be_written_and_read_back),
	  TEST(a_file_that_is_no_json_is_an_input_error_with_its_line))
