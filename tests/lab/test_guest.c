// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * On a real kernel: COLLIDER_TEST_KERNEL is a User-Mode Linux program, or
 * COLLIDER_TEST_LANE a lane that holds one.
 */
#include "bot/base/fs.h"
#include "bot/stages/catalogue.h"
#include "rules/pair.h"
#include "tests/support/booted.h"
#include "tests/support/support.h"

#define ALL_FILESYSTEMS "xfs,ext4,btrfs"
#define EVERY_FILESYSTEM                                                   \
	"xfs,xfs1k,xfsreflink,ext4,ext4ind,ext2,btrfs,btrfscow,f2fs,gfs2," \
	"jfs,zonefs,blockdev"
#define ALL_SCENARIOS "C01,C02w,C03u,C06a,C08,C09"
#define BOOTS 20

static char *find_kernel(void)
{
	const char *kernel = getenv("COLLIDER_TEST_KERNEL");

	return kernel ? xstrdup(kernel)
		      : booted_kernel("COLLIDER_TEST_LANE", "linux");
}

static void prepare(struct booted *b, const char *filesystems,
		    const char *scenarios, unsigned repeat)
{
	booted_prepare(b, "uml", find_kernel(), filesystems, scenarios, repeat);
}

/*
 * What 6.12 does, as SEMANTICS has it from 50 runs of another program. A value
 * that moves here is a change of the kernel or a fault of the kit.
 */
static const struct {
	const char *filesystem, *scenario, *fields;
} expected[] = {
	{ "xfs", "C01",
	  "dio.returned=65536 dio.waited=folio_wait_writeback "
	  "store.returned=4096 store.waited=no fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 "
	  "size.during=65536 size=65536 cache=D16 disk=D16 "
	  "medium=P1A15 resident=16/16/0 trace.invalidate_fail=1 "
	  "log.invalidation=0 log.warning=0" },
	{ "xfs", "C02w",
	  "dio.returned=65536 dio.waited=__iomap_dio_rw "
	  "store.returned=4096 store.waited=no fsync.buffered=-EIO "
	  "fsync.buffered.again=0 fsync.direct=-EIO fsync.new=0 "
	  "size.during=65536 size=65536 cache=D5M1D10 disk=D5M1D10 "
	  "medium=D16 resident=1/1/0 trace.invalidate_fail=0 "
	  "log.invalidation=1 log.warning=0" },
	{ "xfs", "C03u",
	  "dio.returned=65536 dio.waited=__iomap_dio_rw "
	  "read.returned=65536 read.waited=no fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 "
	  "size.during=65536 size=65536 cache=D16 disk=D16 "
	  "medium=D16 resident=0/0/0 trace.invalidate_fail=0 "
	  "log.invalidation=0 log.warning=0" },
	{ "xfs", "C06a",
	  "dio.returned=65536 dio.waited=no truncate.returned=0 "
	  "truncate.waited=inode_dio_wait fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 "
	  "size.during=65536 size=4096 cache=D1 disk=D1 medium=D1z15 "
	  "resident=0/0/0 trace.invalidate_fail=0 log.invalidation=0 "
	  "log.warning=0" },
	{ "xfs", "C08",
	  "dio.returned=65536 dio.waited=no fsync.buffered=-EIO "
	  "fsync.buffered.again=0 fsync.direct=-EIO fsync.new=0 "
	  "size=65536 cache=D16 disk=D16 medium=A16 resident=16/16/0 "
	  "trace.invalidate_fail=1 log.invalidation=0 log.warning=0" },
	{ "xfs", "C09",
	  "dio.returned=65536 dio.waited=folio_wait_writeback "
	  "store.returned=4096 store.waited=no fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 "
	  "size.during=65536 size=65536 cache=D16 disk=D16 "
	  "medium=D16 resident=16/0/0 trace.invalidate_fail=1 "
	  "log.invalidation=0 log.warning=0" },
	{ "ext4", "C01",
	  "dio.returned=65536 dio.waited=folio_wait_writeback "
	  "store.returned=4096 store.waited=no fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 "
	  "size.during=65536 size=65536 cache=D16 disk=D16 "
	  "medium=D16 resident=0/0/0 trace.invalidate_fail=1 "
	  "log.invalidation=0 log.warning=0" },
	{ "ext4", "C02w",
	  "dio.returned=65536 dio.waited=__iomap_dio_rw "
	  "store.returned=4096 store.waited=no fsync.buffered=-EIO "
	  "fsync.buffered.again=0 fsync.direct=-EIO fsync.new=0 "
	  "size.during=65536 size=65536 cache=D5M1D10 disk=D5M1D10 "
	  "medium=D16 resident=1/1/0 trace.invalidate_fail=0 "
	  "log.invalidation=1 log.warning=0" },
	{ "ext4", "C03u",
	  "dio.returned=65536 dio.waited=__iomap_dio_rw "
	  "read.returned=65536 read.waited=no fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 "
	  "size.during=65536 size=65536 cache=D16 disk=D16 "
	  "medium=D16 resident=0/0/0 trace.invalidate_fail=0 "
	  "log.invalidation=0 log.warning=0" },
	{ "ext4", "C06a",
	  "dio.returned=65536 dio.waited=no truncate.returned=0 "
	  "truncate.waited=inode_dio_wait fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 "
	  "size.during=65536 size=4096 cache=D1 disk=D1 medium=D1z15 "
	  "resident=0/0/0 trace.invalidate_fail=0 log.invalidation=0 "
	  "log.warning=0" },
	{ "ext4", "C08",
	  "dio.returned=65536 dio.waited=no fsync.buffered=-EIO "
	  "fsync.buffered.again=0 fsync.direct=-EIO fsync.new=0 "
	  "size=65536 cache=D16 disk=A16 medium=A16 resident=16/0/0 "
	  "trace.invalidate_fail=1 log.invalidation=0 log.warning=0" },
	{ "ext4", "C09",
	  "dio.returned=65536 dio.waited=folio_wait_writeback "
	  "store.returned=4096 store.waited=no fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 "
	  "size.during=65536 size=65536 cache=D16 disk=D16 "
	  "medium=D16 resident=0/0/0 trace.invalidate_fail=1 "
	  "log.invalidation=0 log.warning=0" },
	{ "btrfs", "C01",
	  "dio.returned=65536 dio.waited=folio_wait_writeback "
	  "store.returned=4096 store.waited=no fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 "
	  "size.during=65536 size=65536 cache=D16 disk=D16 "
	  "medium=D16 resident=0/0/0 trace.invalidate_fail=1 "
	  "log.invalidation=0 "
	  "log.warning=0" },
	{ "btrfs", "C02w",
	  "dio.returned=65536 dio.waited=__iomap_dio_rw "
	  "store.returned=4096 "
	  "store.waited=btrfs_start_ordered_extent fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 "
	  "size.during=65536 size=65536 cache=D5M1D10 disk=D5M1D10 "
	  "medium=D16 resident=1/1/0 trace.invalidate_fail=0 "
	  "log.invalidation=0 "
	  "log.warning=0" },
	{ "btrfs", "C03u",
	  "dio.returned=65536 dio.waited=__iomap_dio_rw "
	  "read.returned=65536 "
	  "read.waited=btrfs_start_ordered_extent fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 "
	  "size.during=65536 size=65536 cache=D16 disk=D16 "
	  "medium=D16 resident=16/0/0 trace.invalidate_fail=0 "
	  "log.invalidation=0 log.warning=0" },
	{ "btrfs", "C06a",
	  "dio.returned=65536 dio.waited=no truncate.returned=0 "
	  "truncate.waited=inode_dio_wait fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 "
	  "size.during=65536 size=4096 cache=D1 disk=D1 "
	  "medium=D1z15 resident=0/0/0 trace.invalidate_fail=0 "
	  "log.invalidation=0 "
	  "log.warning=0" },
	{ "btrfs", "C08",
	  "dio.returned=-EIO dio.waited=no fsync.buffered=-EIO "
	  "fsync.buffered.again=0 fsync.direct=-EIO fsync.new=0 "
	  "size=65536 cache=D16 disk=A16 medium=A16 resident=16/0/0 "
	  "trace.invalidate_fail=1 log.invalidation=0 log.warning=0" },
	{ "btrfs", "C09",
	  "dio.returned=65536 dio.waited=folio_wait_writeback "
	  "store.returned=4096 store.waited=no fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 "
	  "size.during=65536 size=65536 cache=D16 disk=D16 "
	  "medium=D16 resident=0/0/0 trace.invalidate_fail=1 "
	  "log.invalidation=0 "
	  "log.warning=0" },
};

static void assert_field(const struct outcome *o, const char *field)
{
	AUTO(mem_free) char *name = xstrndup(field, strcspn(field, "="));
	const char *value = outcome_find(o, name);

	ck_assert_msg(value && strcmp(value, strchr(field, '=') + 1) == 0,
		      "%s %s.%u: %s, not %s", o->filesystem, o->scenario,
		      o->run, value ? value : "no such field", field);
}

static void assert_fields(const struct outcome *o, const char *fields)
{
	AUTO(strings_release) struct strings all = { 0 };

	ck_assert_msg(o->provoked, "%s %s: %s", o->filesystem, o->scenario,
		      o->how);
	strings_split(&all, fields);
	for (size_t f = 0; f < all.n; f++)
		assert_field(o, all.v[f]);
}

static void assert_expected(const struct outcome *o)
{
	size_t i = 0;

	while (strcmp(expected[i].filesystem, o->filesystem) != 0 ||
	       strcmp(expected[i].scenario, o->scenario) != 0)
		ck_assert_uint_lt(++i, ARRAY_LEN(expected));
	assert_fields(o, expected[i].fields);
}

START_TEST(every_pair_collides_as_the_base_is_known_to)
{
	AUTO(booted_release) struct booted b = { 0 };

	prepare(&b, ALL_FILESYSTEMS, ALL_SCENARIOS, 3);
	booted_run(&b);
	booted_assert_finished(&b);
	ck_assert_uint_eq(b.result.outcomes.n, 3 * ARRAY_LEN(expected));
	for (size_t i = 0; i < b.result.outcomes.n; i++)
		assert_expected(&b.result.outcomes.v[i]);
	printf("%zu runs in %lld ms of wall time\n", b.result.outcomes.n,
	       (long long)b.result.ms);
}
END_TEST

/* XFS can be in all of them but those of a device, which the device is in. */
static void plan_catalogue(struct booted *b, unsigned repeat)
{
	static const char *const names[] = { "xfs", "blockdev" };
	AUTO(catalogue_release) struct catalogue all = { 0 };
	struct err err = ERR_INIT;

	prepare(b, "xfs,blockdev", "C01", repeat);
	ck_ok(catalogue_read(&all, COLLIDER_BUILD "/collide", &err), &err);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		strings_release(&b->plan.suites.v[i].scenarios);
	for (size_t i = 0; i < all.n; i++) {
		size_t on = strings_has(&all.v[i].filesystems, "xfs") ? 0 : 1;

		ck_assert_msg(strings_has(&all.v[i].filesystems, names[on]),
			      "%s is for neither", all.v[i].id);
		strings_push(&b->plan.suites.v[on].scenarios, all.v[i].id);
	}
}

static void assert_same_told(const struct outcome *a, const struct outcome *b)
{
	ck_assert_str_eq(a->scenario, b->scenario);
	ck_assert_uint_eq(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		if (pair_is_told(a->v[i].name))
			ck_assert_msg(strcmp(a->v[i].value, b->v[i].value) == 0,
				      "%s: %s is %s, then %s", a->scenario,
				      a->v[i].name, a->v[i].value,
				      b->v[i].value);
}

START_TEST(every_scenario_collides_twice_alike)
{
	AUTO(booted_release) struct booted b = { 0 };
	const struct outcome *o;

	plan_catalogue(&b, 2);
	booted_run(&b);
	booted_assert_finished(&b);
	o = b.result.outcomes.v;
	for (size_t i = 0; i < b.result.outcomes.n; i++)
		ck_assert_msg(o[i].provoked &&
				      !outcome_find(&o[i], "unobserved"),
			      "%s.%u: %s", o[i].scenario, o[i].run, o[i].how);
	for (size_t i = 0; i < b.result.outcomes.n; i += 2)
		assert_same_told(&o[i], &o[i + 1]);
	printf("%zu runs of the catalogue in %lld ms of wall time\n",
	       b.result.outcomes.n, (long long)b.result.ms);
}
END_TEST

/* What C01 comes to on each: who falls back, who blocks, who refuses. */
static const struct {
	const char *filesystem, *fields;
} each[] = {
	{ "xfs", "dio.returned=65536 store.waited=no cache=D16 medium=P1A15" },
	{ "xfs1k",
	  "dio.returned=65536 store.waited=no cache=D16 medium=P1A15" },
	{ "xfsreflink",
	  "dio.returned=65536 store.waited=no cache=D16 medium=P1A15" },
	{ "ext4", "dio.returned=65536 store.waited=no cache=D16 medium=D16" },
	{ "ext4ind",
	  "dio.returned=65536 store.waited=no cache=D16 medium=D16" },
	{ "ext2", "dio.returned=65536 store.waited=no cache=D16 medium=D16" },
	{ "btrfs", "dio.returned=65536 store.waited=no cache=D16 medium=D16" },
	{ "btrfscow", "dio.returned=65536 store.waited=folio_wait_writeback "
		      "cache=D5M1D10 medium=D16" },
	{ "f2fs", "dio.returned=65536 store.waited=no cache=D16 medium=D16" },
	{ "gfs2",
	  "dio.returned=65536 store.waited=gfs2_glock_wait cache=D5M1D10 "
	  "medium=D16" },
	{ "jfs", "dio.returned=65536 store.waited=no cache=D16 medium=D16" },
	{ "zonefs",
	  "dio.returned=-EBUSY store.waited=no cache=P1A4M1A10 medium=P1A15" },
	{ "blockdev",
	  "dio.returned=65536 store.waited=no cache=D16 medium=D16" },
};

START_TEST(every_filesystem_is_made_and_collides)
{
	AUTO(booted_release) struct booted b = { 0 };

	prepare(&b, EVERY_FILESYSTEM, "C01", 1);
	booted_run(&b);
	booted_assert_finished(&b);
	ck_assert_uint_eq(b.result.outcomes.n, ARRAY_LEN(each));
	for (size_t i = 0; i < ARRAY_LEN(each); i++) {
		const struct outcome *o = &b.result.outcomes.v[i];

		ck_assert_str_eq(o->filesystem, each[i].filesystem);
		assert_fields(o, each[i].fields);
		assert_field(o, "fsync.buffered=0");
		assert_field(o, "fsync.direct=0");
		assert_field(o, "log.warning=0");
	}
}
END_TEST

/* Its error turns zonefs read-only: what comes after has a new one. */
START_TEST(zonefs_is_made_anew_after_it_turned_read_only)
{
	AUTO(booted_release) struct booted b = { 0 };

	prepare(&b, "zonefs", "C08,C01", 2);
	booted_run(&b);
	booted_assert_finished(&b);
	ck_assert_uint_eq(b.result.outcomes.n, 4);
	for (size_t i = 0; i < 2; i++) {
		assert_fields(&b.result.outcomes.v[i],
			      "dio.returned=-EBUSY log.shutdown=1 "
			      "log.warning=0");
		assert_fields(&b.result.outcomes.v[2 + i], each[11].fields);
	}
}
END_TEST

/*
 * 6.1 gives the error of the flush to the writer as it is, 6.12 falls back; and
 * a DSYNC write that collides in flight fails there.
 */
static const struct {
	const char *filesystems, *scenario, *fields;
} older[] = {
	{ "xfs,ext4,btrfs,f2fs,ext2,gfs2,jfs,zonefs", "C08",
	  "dio.returned=-EIO" },
	{ "xfs,ext4,f2fs", "C02d", "dio.returned=-EIO" },
	{ "zonefs", "C01", "dio.returned=-EBUSY cache=P1A4M1A10" },
};

START_TEST(the_older_kernel_differs_where_it_is_known_to)
{
	const char *lane = getenv("COLLIDER_TEST_LANE_61");
	AUTO(booted_release) struct booted b = { 0 };

	if (!lane) {
		printf("SKIP: no second kernel, set COLLIDER_TEST_LANE_61\n");
		return;
	}
	prepare(&b, older[_i].filesystems, older[_i].scenario, 1);
	free(b.kernel);
	b.kernel = xasprintf("%s/src/linux", lane);
	booted_run(&b);
	booted_assert_finished(&b);
	ck_assert_uint_eq(b.result.outcomes.n, b.filesystems.n);
	for (size_t i = 0; i < b.result.outcomes.n; i++)
		assert_fields(&b.result.outcomes.v[i], older[_i].fields);
}
END_TEST

START_TEST(twenty_boots_see_the_same)
{
	AUTO(booted_release) struct booted b = { 0 };
	AUTO(mem_free) char *first = NULL;
	unsigned same = 0;

	prepare(&b, ALL_FILESYSTEMS, ALL_SCENARIOS, 1);
	for (unsigned i = 0; i < BOOTS; i++) {
		AUTO(mem_free) char *outcomes = NULL;

		booted_run(&b);
		booted_assert_finished(&b);
		outcomes = booted_dump(&b);
		if (!first)
			first = xstrdup(outcomes);
		same += strcmp(first, outcomes) == 0;
	}
	printf("same outcomes in %u of %d boots\n", same, BOOTS);
	ck_assert_uint_eq(same, BOOTS);
}
END_TEST

START_TEST(a_scenario_or_filesystem_nobody_knows_is_not_provoked)
{
	AUTO(booted_release) struct booted b = { 0 };
	const struct outcome *o;

	prepare(&b, "ext4", "C00,C01", 1);
	support_cross(&b.plan.suites, "reiser5", "C00,C01");
	booted_run(&b);
	booted_assert_finished(&b);
	ck_assert_uint_eq(b.result.outcomes.n, 4);
	o = b.result.outcomes.v;
	ck_assert(!o[0].provoked && o[1].provoked && !o[2].provoked);
	ck_assert_str_eq(o[0].how, "no such scenario");
	ck_assert_str_eq(o[3].how, "no such filesystem");
}
END_TEST

START_TEST(a_filesystem_without_mkfs_says_so)
{
	AUTO(booted_release) struct booted b = { 0 };

	prepare(&b, "ext4", "C01", 1);
	support_cross(&b.plan.suites, "xfs", "C01");
	booted_run(&b);
	booted_assert_finished(&b);
	ck_assert(!b.result.outcomes.v[1].provoked);
	ck_assert_str_eq(b.result.outcomes.v[1].how,
			 "mkfs of xfs failed: cannot run /sbin/mkfs.xfs: "
			 "No such file or directory");
}
END_TEST

/* Not our init: what it is, and how the guest ends then. */
static const struct {
	const char *init;
	enum guest_end end;
	const char *says;
} strangers[] = {
	{ "/bin/true", GUEST_PANICKED, "Attempted to kill init" },
	{ "/usr/bin/yes", GUEST_FLOODED, "last line: y" },
};

START_TEST(a_real_kernel_ends_as_its_init_makes_it)
{
	AUTO(booted_release) struct booted b = { 0 };

	prepare(&b, "ext4", "C01", 1);
	booted_run_stranger(&b, strangers[_i].init);
	ck_assert_str_eq(guest_end_name(b.result.end),
			 guest_end_name(strangers[_i].end));
	ck_assert_msg(strstr(b.result.says, strangers[_i].says), "%s",
		      b.result.says);
	ck_assert_uint_eq(b.result.outcomes.n, 0);
}
END_TEST

static int run_all(const struct test_case *cases, size_t n)
{
	AUTO(mem_free) char *kernel = find_kernel();

	if (!kernel || !fs_exists(kernel)) {
		printf("SKIP: no kernel, set COLLIDER_TEST_KERNEL or "
		       "COLLIDER_TEST_LANE\n");
		return 77;
	}
	return support_run("guest", cases, n);
}

int main(void)
{
	const struct test_case cases[] = {
		TEST(every_pair_collides_as_the_base_is_known_to),
		TEST(every_scenario_collides_twice_alike),
		TEST(every_filesystem_is_made_and_collides),
		TEST(zonefs_is_made_anew_after_it_turned_read_only),
		TABLE(the_older_kernel_differs_where_it_is_known_to, older),
		TEST(twenty_boots_see_the_same),
		TEST(a_scenario_or_filesystem_nobody_knows_is_not_provoked),
		TEST(a_filesystem_without_mkfs_says_so),
		TABLE(a_real_kernel_ends_as_its_init_makes_it, strangers),
	};

	return run_all(cases, ARRAY_LEN(cases));
}
