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

/* The kernel is a script that dies at once: the record says how. */
START_TEST(the_record_of_a_guest_says_how_it_ended)
{
	static const char script[] = "#!/usr/bin/sh\necho hello\nexit 3\n";
	AUTO(json_free)
	json_t *guest = load("{\"suites\":[{\"filesystem\":\"xfs\","
			     "\"scenarios\":[\"C01\"]}],\"repeat\":1}");
	AUTO(json_free) json_t *told = NULL;
	AUTO(mem_free) char *dir = NULL;
	AUTO(mem_free) char *kernel = NULL;
	AUTO(mem_free) char *console = NULL;
	struct err err = ERR_INIT;
	const char *text;
	json_t *outcomes;

	support_drop();
	dir = support_tmpdir();
	kernel = xasprintf("%s/linux", dir);
	console = xasprintf("%s/1.console.log", dir);
	ck_ok(fs_write(kernel, script, strlen(script), &err), &err);
	ck_assert_int_eq(chmod(kernel, 0755), 0);
	ck_ok(collide_run(&told, guest,
			  &(struct collide_spec){ .kind = &guest_kinds[0],
						  .kernel = kernel,
						  .initramfs = kernel,
						  .dir = dir,
						  .name = "1",
						  .timeout_s =
							  SUPPORT_AMPLE_S },
			  &err),
	      &err);
	ck_ok(json_get_string(&text, told, "end", &err), &err);
	ck_assert_str_eq(text, "silent");
	ck_ok(json_get_string(&text, told, "says", &err), &err);
	ck_assert_str_eq(text, "after 0 runs: exited with 3, last line: hello");
	ck_ok(json_get_array(&outcomes, told, "outcomes", 1, &err), &err);
	ck_assert_uint_eq(json_array_size(outcomes), 0);
	ck_assert(fs_exists(console));
	ck_ok(fs_remove_tree(dir, &err), &err);
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
	AUTO(mem_free) char *dir = NULL;
	AUTO(mem_free) char *kernel = NULL;
	struct err err = ERR_INIT;
	json_t *guests;
	const char *text;

	support_drop();
	dir = support_tmpdir();
	kernel = xasprintf("%s/linux", dir);
	ck_ok(fs_write(kernel, script, strlen(script), &err), &err);
	ck_assert_int_eq(chmod(kernel, 0755), 0);
	ck_ok(collide_run(&told, guest,
			  &(struct collide_spec){ .kind = &guest_kinds[0],
						  .kernel = kernel,
						  .initramfs = kernel,
						  .dir = dir,
						  .name = "1",
						  .jobs = 2,
						  .timeout_s =
							  SUPPORT_AMPLE_S },
			  &err),
	      &err);
	ck_ok(json_get_string(&text, told, "end", &err), &err);
	ck_assert_str_eq(text, shared[_i].end);
	ck_ok(json_get_string(&text, told, "says", &err), &err);
	ck_assert_str_eq(text, shared[_i].says);
	ck_ok(json_get_string(&text, told, "console", &err), &err);
	ck_assert_str_eq(text, shared[_i].console);
	ck_ok(json_get_array(&guests, told, "guests", 2, &err), &err);
	ck_assert_uint_eq(json_array_size(guests), 2);
	ck_ok(json_get_string(&text, json_array_get(guests, 0), "end", &err),
	      &err);
	ck_assert_str_eq(text, shared[_i].end);
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

/* What was told of the first round, in place of a job's folder. */
static int keep_first(void *arg, const json_t *guest, struct err *err)
{
	json_t **kept = arg;

	*kept = json_deep_copy(guest);
	return *kept ? 0 : err_set(err, ERR_SYSTEM, "no copy");
}

START_TEST(what_is_first_has_a_round_of_its_own)
{
	static const char script[] = "#!/usr/bin/sh\nexit 3\n";
	AUTO(json_free)
	json_t *guest = load(
		"{\"suites\":[{\"filesystem\":\"xfs\",\"scenarios\":[\"C01\","
		"\"C09\"]}],\"first\":[{\"filesystem\":\"xfs\",\"scenarios\":"
		"[\"C09\"]}],\"repeat\":1}");
	AUTO(json_free) json_t *first = NULL;
	AUTO(json_free) json_t *told = NULL;
	AUTO(mem_free) char *dir = NULL;
	AUTO(mem_free) char *kernel = NULL;
	struct err err = ERR_INIT;
	json_t *guests;

	support_drop();
	dir = support_tmpdir();
	kernel = xasprintf("%s/linux", dir);
	ck_ok(fs_write(kernel, script, strlen(script), &err), &err);
	ck_assert_int_eq(chmod(kernel, 0755), 0);
	ck_ok(collide_run(&told, guest,
			  &(struct collide_spec){ .kind = &guest_kinds[0],
						  .kernel = kernel,
						  .initramfs = kernel,
						  .dir = dir,
						  .name = "1",
						  .timeout_s = SUPPORT_AMPLE_S,
						  .on_first = keep_first,
						  .arg = &first },
			  &err),
	      &err);
	ck_ok(json_get_array(&guests, first, "guests", 2, &err), &err);
	ck_assert_uint_eq(json_array_size(guests), 1);
	ck_ok(json_get_array(&guests, told, "guests", 2, &err), &err);
	ck_assert_uint_eq(json_array_size(guests), 2);
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

TEST_MAIN("collide", TABLE(guests_side_by_side_are_told_apart, shared),
	  TEST(what_is_first_has_a_round_of_its_own), TEST(a_plan_can_be_swept),
	  TEST(a_plan_is_read_from_its_record),
	  TABLE(records_of_another_kind_are_no_plan, refused),
	  TEST(the_record_of_a_guest_says_how_it_ended))
