// SPDX-License-Identifier: GPL-2.0-or-later
#include "bot/stages/collide.h"

#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/run/privilege.h"
#include "tests/support/support.h"

static json_t *load(const char *text)
{
	json_t *value = json_loads(text, 0, NULL);

	ck_assert_msg(value, "no JSON: %s", text);
	return value;
}

START_TEST(a_plan_is_read_from_its_record)
{
	AUTO(json_free)
	json_t *guest = load("{\"suites\":[{\"filesystem\":\"xfs\","
			     "\"scenarios\":[\"C01\"]}, "
			     "{\"filesystem\":\"ext4\",\"scenarios\":[\"C01\","
			     "\"C09\"]}],\"repeat\":3}");
	AUTO(collide_plan_release) struct collide_plan plan = { 0 };
	struct err err = ERR_INIT;

	ck_ok(collide_read_plan(&plan, guest, &err), &err);
	ck_assert_uint_eq(plan.all.suites.n, 2);
	ck_assert_uint_eq(suites_count(&plan.all.suites), 3);
	ck_assert_str_eq(plan.all.suites.v[1].filesystem, "ext4");
	ck_assert_str_eq(plan.all.suites.v[1].scenarios.v[1], "C09");
	ck_assert_uint_eq(plan.all.repeat, 3);
}
END_TEST

START_TEST(a_plan_can_be_swept)
{
	AUTO(json_free)
	json_t *guest = load("{\"suites\":[{\"filesystem\":\"xfs\","
			     "\"scenarios\":[\"C01\"]}],\"repeat\":3,"
			     "\"sweep\":{\"step_us\":5000,\"at\":17}}");
	AUTO(collide_plan_release) struct collide_plan plan = { 0 };
	struct err err = ERR_INIT;

	ck_ok(collide_read_plan(&plan, guest, &err), &err);
	ck_assert_uint_eq(plan.all.sweep_us, 5000);
	ck_assert_uint_eq(plan.all.sweep_at, 17);
}
END_TEST

static const struct {
	const char *record, *says;
} refused[] = {
	{ "{}", "'repeat' is missing" },
	{ "{\"repeat\":1}", "suites are not a list" },
	{ "{\"suites\":[{\"filesystem\":\"xfs\",\"scenarios\":[1]}],\"repeat\":"
	  "1}",
	  "suite 1: 'scenarios' has what is not a string" },
	{ "{\"suites\":[{\"filesystem\":\"xfs\",\"scenarios\":[]}],\"repeat\":"
	  "1}",
	  "suite 1: 'xfs' without scenarios" },
	{ "{\"suites\":[{\"filesystem\":\"xfs\",\"scenarios\":[\"C01\"]}],"
	  "\"first\":[{\"filesystem\":\"xfs\",\"scenarios\":[\"C02\"]}],"
	  "\"repeat\":1}",
	  "'first' has what is not in 'suites'" },
	{ "{\"suites\":[],\"repeat\":0}", "'repeat' is not from 1 to 1000" },
	{ "{\"suites\":[],\"repeat\":1,\"sweep\":{\"step_us\":0,\"at\":0}}",
	  "'step_us' is not from 1 to 1000000" },
	{ "{\"suites\":[],\"repeat\":1,\"sweep\":{\"step_us\":1,\"at\":1001}}",
	  "'at' is not from 0 to 1000" },
};

START_TEST(records_of_another_kind_are_no_plan)
{
	AUTO(json_free) json_t *guest = load(refused[_i].record);
	AUTO(collide_plan_release) struct collide_plan plan = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(collide_read_plan(&plan, guest, &err), -1);
	ck_assert_str_eq(err.msg, refused[_i].says);
	ck_assert_uint_eq(plan.all.suites.n, 0);
}
END_TEST

/* What was told of the first round, in place of a job's folder. */
static int keep_first(void *arg, const json_t *guest, struct err *err)
{
	json_t **kept = arg;

	*kept = json_deep_copy(guest);
	return *kept ? 0 : err_set(err, ERR_SYSTEM, "no copy");
}

/* What a step of @guest comes to whose kernel is @script; @first as on_first. */
static void run_script(json_t **told, const char *script, const json_t *guest,
		       json_t **first)
{
	AUTO(mem_free) char *dir = NULL;
	AUTO(mem_free) char *kernel = NULL;
	AUTO(mem_free) char *console = NULL;
	struct err err = ERR_INIT;

	support_drop();
	dir = support_tmpdir();
	kernel = xasprintf("%s/linux", dir);
	console = xasprintf("%s/1.console.log", dir);
	ck_ok(fs_write(kernel, script, strlen(script), &err), &err);
	ck_assert_int_eq(chmod(kernel, 0755), 0);
	ck_ok(collide_run(told, guest,
			  &(struct collide_spec){ .kind = &guest_kinds[0],
						  .kernel = kernel,
						  .initramfs = kernel,
						  .dir = dir,
						  .name = "1",
						  .jobs = 2,
						  .timeout_s = SUPPORT_AMPLE_S,
						  .on_first = first ? keep_first
								    : NULL,
						  .arg = first },
			  &err),
	      &err);
	ck_assert(fs_exists(console));
	ck_ok(fs_remove_tree(dir, &err), &err);
}

static void ck_says(const json_t *told, const char *key, const char *text)
{
	ck_assert_str_eq(json_string_value(json_object_get(told, key)), text);
}

/* The kernel is a script that dies at once: the record says how. */
START_TEST(the_record_of_a_guest_says_how_it_ended)
{
	static const char script[] = "#!/usr/bin/sh\necho hello\nexit 3\n";
	AUTO(json_free)
	json_t *guest = load("{\"suites\":[{\"filesystem\":\"xfs\","
			     "\"scenarios\":[\"C01\"]}],\"repeat\":1}");
	AUTO(json_free) json_t *told = NULL;

	run_script(&told, script, guest, NULL);
	ck_says(told, "end", "silent");
	ck_says(told, "says", "after 0 runs: exited with 3, last line: hello");
	ck_assert(json_is_array(json_object_get(told, "outcomes")));
	ck_assert_uint_eq(json_array_size(json_object_get(told, "outcomes")),
			  0);
}
END_TEST

/* One guest for each filesystem, which end otherwise. */
static const struct {
	const char *first; /* of the plan: it owes the first pair */
	const char *second;
	const char *end, *says, *console;
} shared[] = {
	{ "xfs", "ext4", "silent", "after 0 runs: exited with 3",
	  "1.console.log" },
	{ "ext4", "xfs", "panicked",
	  "after 0 runs: Kernel panic - not syncing: ext4", "1.console.log" },
};

START_TEST(guests_side_by_side_are_told_apart)
{
	static const char script[] =
		"#!/usr/bin/sh\ncase \"$*\" in *suites=xfs:*) exit 3;; esac\n"
		"echo 'Kernel panic - not syncing: ext4'\nexit 1\n";
	AUTO(mem_free)
	char *record = xasprintf(
		"{\"suites\":[{\"filesystem\":\"%s\",\"scenarios\":[\"C01\"]},"
		"{\"filesystem\":\"%s\",\"scenarios\":[\"C01\"]}],\"repeat\":"
		"200}",
		shared[_i].first, shared[_i].second);
	AUTO(json_free) json_t *guest = load(record);
	AUTO(json_free) json_t *told = NULL;
	const json_t *guests;

	run_script(&told, script, guest, NULL);
	ck_says(told, "end", shared[_i].end);
	ck_says(told, "says", shared[_i].says);
	ck_says(told, "console", shared[_i].console);
	guests = json_object_get(told, "guests");
	ck_assert_uint_eq(json_array_size(guests), 2);
	ck_says(json_array_get(guests, 0), "end", shared[_i].end);
}
END_TEST

START_TEST(what_is_first_has_a_round_of_its_own)
{
	AUTO(json_free)
	json_t *guest = load(
		"{\"suites\":[{\"filesystem\":\"xfs\",\"scenarios\":[\"C01\","
		"\"C09\"]}],\"first\":[{\"filesystem\":\"xfs\",\"scenarios\":"
		"[\"C09\"]}],\"repeat\":1}");
	AUTO(json_free) json_t *first = NULL;
	AUTO(json_free) json_t *told = NULL;

	run_script(&told, "#!/usr/bin/sh\nexit 3\n", guest, &first);
	ck_assert_uint_eq(json_array_size(json_object_get(first, "guests")), 1);
	ck_assert_uint_eq(json_array_size(json_object_get(told, "guests")), 2);
}
END_TEST

/* A kernel that breaks off in C09, or in all that it is given. */
static const struct {
	const char *in, *by; /* a pattern of scenarios; what it does there */
	const char *end;
	size_t guests, outcomes; /* of C01, C09, and C11 to C15 */
} broken_off[] = {
	{ "C09", "echo 'Kernel panic - not syncing: x'; exit 1", "panicked", 2,
	  6 },
	{ "C09", "say '# stuck: held'; exit 0", "hung", 2, 6 },
	{ "C09", "exit 1", "died", 1, 1 },
	{ "C15", "say '# stuck: held'; exit 0", "hung", 1, 6 },
	{ "C*", "say '# stuck: held'; exit 0", "hung", 1 + COLLIDE_MAX_AGAIN,
	  0 },
};

START_TEST(what_a_guest_owes_that_broke_off_is_run_in_another)
{
	static const char script[] =
		"#!/usr/bin/bash\n"
		"say() { echo \"$n $1\"; }\n"
		"for w; do case $w in collide.nonce=*) n=${w#*=};;\n"
		"collide.suites=xfs:*) ids=${w#*:};; esac; done\n"
		"IFS=,; set -- $ids; i=0\n"
		"say 'KTAP version 1'; say '1..1'; say '  KTAP version 1'\n"
		"say '  # Subtest: xfs'; say \"  1..$#\"\n"
		"for id; do say \"  # running: $id.1\"\n"
		"case $id in %s) %s;; esac\n"
		"say '  # how: held'; say '  # fields: 1'\n"
		"i=$((i + 1)); say \"  ok $i $id.1\"; done\n"
		"say 'ok 1 xfs'; say \"# finished: $#\"\n";
	AUTO(mem_free)
	char *text = xasprintf(script, broken_off[_i].in, broken_off[_i].by);
	AUTO(json_free)
	json_t *guest = load("{\"suites\":[{\"filesystem\":\"xfs\","
			     "\"scenarios\":[\"C01\",\"C09\",\"C11\",\"C12\","
			     "\"C13\",\"C14\",\"C15\"]}],\"repeat\":1}");
	AUTO(json_free) json_t *told = NULL;

	run_script(&told, text, guest, NULL);
	ck_says(told, "end", broken_off[_i].end);
	ck_assert_uint_eq(json_array_size(json_object_get(told, "guests")),
			  broken_off[_i].guests);
	ck_assert_uint_eq(json_array_size(json_object_get(told, "outcomes")),
			  broken_off[_i].outcomes);
}
END_TEST

TEST_MAIN("collide",
	  TABLE(what_a_guest_owes_that_broke_off_is_run_in_another, broken_off),
	  TABLE(guests_side_by_side_are_told_apart, shared),
	  TEST(what_is_first_has_a_round_of_its_own), TEST(a_plan_can_be_swept),
	  TEST(a_plan_is_read_from_its_record),
	  TABLE(records_of_another_kind_are_no_plan, refused),
	  TEST(the_record_of_a_guest_says_how_it_ended))
