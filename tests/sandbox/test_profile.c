/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/support.h"

#include "bot/run/profile.h"

#define NUMBERS                                                      \
	"tmp_mib = 1\nmemory_mib = 2\nprocesses = 3\nfile_mib = 4\n" \
	"open_files = 5\noutput_mib = 6\ntime_s = 7\n"

START_TEST(a_profile_is_read)
{
	static const char text[] = "# comment\n\n  read = /usr # why\n"
				   "device = null\nenv = A=b = c\n"
				   "network = yes\n" NUMBERS;
	AUTO(profile_free) struct profile *p = NULL;
	struct err err = ERR_INIT;

	ck_ok(profile_parse(&p, text, strlen(text), "p", &err), &err);
	ck_assert_uint_eq(p->read.n, 1);
	ck_assert_str_eq(p->read.v[0], "/usr");
	ck_assert_str_eq(p->devices.v[0], "null");
	ck_assert_str_eq(p->env.v[0], "A=b = c");
	ck_assert(p->network);
	ck_assert_uint_eq(p->tmp_mib, 1);
	ck_assert_uint_eq(p->limits.memory_mib, 2);
	ck_assert_uint_eq(p->limits.processes, 3);
	ck_assert_uint_eq(p->limits.file_mib, 4);
	ck_assert_uint_eq(p->limits.open_files, 5);
	ck_assert_uint_eq(p->output_mib, 6);
	ck_assert_uint_eq(p->time_s, 7);
}
END_TEST

static const struct {
	const char *text, *says;
} wrong[] = {
	{ "", "p: no 'tmp_mib'" },
	{ "read\n", "p:1: no '='" },
	{ "\nred = /usr\n", "p:2: 'red' is not a known key" },
	{ "read = usr\n", "p:1: 'read' is not a plain absolute path" },
	{ "read = /usr/../root\n", "p:1: 'read' is not a plain absolute path" },
	{ "device = kvm\n", "p:1: 'device' names no harmless device" },
	{ "device = ../sda\n", "p:1: 'device' names no harmless device" },
	{ "env = =x\n", "p:1: 'env' is not NAME=TEXT" },
	{ "env = x\n", "p:1: 'env' is not NAME=TEXT" },
	{ "network = no\n", "p:1: 'network' can only be 'yes'" },
	{ "time_s = 0\n", "p:1: 'time_s' is not a number from 1" },
	{ "time_s = -1\n", "p:1: 'time_s' is not a number from 1" },
	{ "time_s = 5 m\n", "p:1: 'time_s' is not a number from 1" },
	{ "time_s = 99999999999\n", "p:1: 'time_s' is not a number from 1" },
	{ "time_s = 1\ntime_s = 1\n", "p:2: 'time_s' is there twice" },
};

START_TEST(a_wrong_line_is_named)
{
	AUTO(profile_free) struct profile *p = NULL;
	const char *text = wrong[_i].text;
	struct err err = ERR_INIT;

	ck_assert_int_eq(profile_parse(&p, text, strlen(text), "p", &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.msg, wrong[_i].says);
	ck_assert_ptr_null(p);
}
END_TEST

static const struct {
	const char *name;
	bool network;
} shipped[] = {
	{ "build", false }, { "guest", false }, { "net", true },
	{ "pure", false },  { "qemu", false },
};

START_TEST(a_shipped_profile_is_complete)
{
	AUTO(profile_free) struct profile *p = NULL;
	struct err err = ERR_INIT;

	ck_ok(profile_read(&p, shipped[_i].name, &err), &err);
	ck_assert_int_eq(p->network, shipped[_i].network);
}
END_TEST

START_TEST(a_profile_that_is_not_there_is_a_config_error)
{
	AUTO(profile_free) struct profile *p = NULL;
	struct err err = ERR_INIT;

	ck_assert_int_eq(profile_read(&p, "none", &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
}
END_TEST

TEST_MAIN("profile", TEST(a_profile_is_read),
	  TABLE(a_wrong_line_is_named, wrong),
	  TABLE(a_shipped_profile_is_complete, shipped),
	  TEST(a_profile_that_is_not_there_is_a_config_error))
