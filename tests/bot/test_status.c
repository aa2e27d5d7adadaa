/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/fs.h"
#include "bot/base/json.h"
#include "tests/support/run.h"

#define STATUS                                                               \
	"export COLLIDER_STATE=$dir/state COLLIDER_CONFIG=$dir/conf\n"       \
	"printf '[list \"linux-xfs\"]\\nurl = file:///nowhere\\n"            \
	"[list \"linux-nfs\"]\\nurl = file:///nowhere\\nenabled = false\\n'" \
	" >$dir/conf\n"                                                      \
	"$collider base list >/dev/null\n"                                   \
	"$collider status "

static const struct {
	const char *words;
	int exit;
	const char *out; /* a piece of it */
	const char *err;
} words[] = {
	{ "", 0, "linux-xfs: not checked yet", "" },
	{ "--list linux-xfs", 0, "0 mails, 0 kept", "" },
	{ "--list linux-nfs", 2, "", "no list 'linux-nfs' was followed" },
	{ "xfs", 2, "", "no series 'xfs'" },
	{ "--replay linux-xfs", 2, "", "/replay/linux-xfs/collider.db'" },
	{ "--replay ../x", 64, "", "'../x' is no list" },
	{ "--help", 0, "usage: collider status", "" },
	{ "--nonsense", 64, "", "bad option '--nonsense'" },
	{ "a b", 64, "", "one series at a time" },
	{ "--list linux-xfs a", 64, "", "a list or a series" },
	{ "--config /none/conf", 64, "", "/none/conf" },
};

START_TEST(status_says_what_there_is)
{
	AUTO(run_release) struct run r = { 0 };
	AUTO(mem_free) char *script = xasprintf(STATUS "%s", words[_i].words);

	run_shell(&r, script);
	ck_assert_msg(r.exit_code == words[_i].exit, RUN_SAID(&r));
	run_expect_text(&r.out, words[_i].out);
	run_expect_text(&r.err, words[_i].err);
}
END_TEST

START_TEST(status_of_nothing_makes_nothing)
{
	AUTO(run_release) struct run r = { 0 };
	AUTO(mem_free) char *state = NULL;

	run_shell(&r, "COLLIDER_STATE=$dir/state $collider status");
	ck_assert_msg(r.exit_code == 2, RUN_SAID(&r));
	run_expect_text(&r.err, "nothing came in yet");
	state = xasprintf("%s/state", r.dir);
	ck_assert(!fs_exists(state));
}
END_TEST

START_TEST(status_is_one_json_object)
{
	AUTO(run_release) struct run r = { 0 };
	struct err err = ERR_INIT;
	json_t *lists;
	const char *name;

	run_shell(&r, STATUS "--json >$json");
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	ck_ok(json_get_array(&lists, r.json, "lists", 9, &err), &err);
	ck_assert_uint_eq(json_array_size(lists), 1);
	ck_ok(json_get_string(&name, json_array_get(lists, 0), "name", &err),
	      &err);
	ck_assert_str_eq(name, "linux-xfs");
}
END_TEST

TEST_MAIN("status", TABLE(status_says_what_there_is, words),
	  TEST(status_of_nothing_makes_nothing),
	  TEST(status_is_one_json_object))
