/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On a real kernel with two processors: COLLIDER_TEST_LANE_X86 is a lane for
 * QEMU. Where no folio is large, what is told must be what User-Mode Linux
 * tells; how long somebody was held, or how much is cached, may differ.
 */
#include "rules/pair.h"
#include "tests/support/booted.h"
#include "tests/support/support.h"

#define UML_LANE "COLLIDER_TEST_LANE"
#define FILESYSTEMS "ext4,f2fs"
#define SCENARIOS "C01,C02w"
#define SERIAL_MAX (64u << 10) /* bytes; an emulated port is slow */

static void prepare(struct booted *b, unsigned repeat)
{
	booted_prepare(b, "qemu", booted_kernel(BOOTED_QEMU_LANE, "vmlinux"),
		       FILESYSTEMS, SCENARIOS, repeat);
}

/* What User-Mode Linux tells of the same pair. */
static const struct outcome *find_same(const struct outcomes *list,
				       const struct outcome *o)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].filesystem, o->filesystem) == 0 &&
		    strcmp(list->v[i].scenario, o->scenario) == 0)
			return &list->v[i];
	return NULL;
}

static void assert_told_alike(const struct outcome *o,
			      const struct outcome *uml)
{
	ck_assert_msg(o->provoked, "%s %s: %s", o->filesystem, o->scenario,
		      o->how);
	ck_assert_ptr_nonnull(uml);
	for (size_t i = 0; i < uml->n; i++) {
		const char *value = outcome_find(o, uml->v[i].name);

		if (!pair_is_told(uml->v[i].name))
			continue;
		ck_assert_msg(value && strcmp(value, uml->v[i].value) == 0,
			      "%s %s.%u: %s is %s, in User-Mode Linux %s",
			      o->filesystem, o->scenario, o->run,
			      uml->v[i].name, value ? value : "not there",
			      uml->v[i].value);
	}
}

START_TEST(both_guests_tell_the_same)
{
	AUTO(booted_release) struct booted qemu = { 0 };
	AUTO(booted_release) struct booted uml = { 0 };

	if (!getenv(UML_LANE)) {
		printf("SKIP: no lane to compare with, set " UML_LANE "\n");
		return;
	}
	booted_prepare(&uml, "uml", booted_kernel(UML_LANE, "linux"),
		       FILESYSTEMS, SCENARIOS, 1);
	prepare(&qemu, 2);
	booted_run(&uml);
	booted_run(&qemu);
	booted_assert_finished(&uml);
	booted_assert_finished(&qemu);
	ck_assert_uint_eq(qemu.result.outcomes.n, 2 * uml.result.outcomes.n);
	for (size_t i = 0; i < qemu.result.outcomes.n; i++) {
		const struct outcome *o = &qemu.result.outcomes.v[i];

		assert_told_alike(o, find_same(&uml.result.outcomes, o));
	}
	printf("%zu runs in %lld ms of wall time\n", qemu.result.outcomes.n,
	       (long long)qemu.result.ms);
}
END_TEST

/*
 * On XFS a fault reads a folio of several pages in, and a store dirties all of
 * it: what it held beside the store comes back over the direct write's data
 * (C02w), and a store beside its range is in its way (C27).
 */
static const struct {
	const char *scenario, *field, *value;
} large[] = {
	{ "C02w", "cache", "D4A1M1A2D8" },
	{ "C02w", "disk", "D4A1M1A2D8" },
	{ "C02w", "fsync.buffered", "-EIO" },
	{ "C27", "trace.invalidate_fail", "1" },
	{ "C27", "dio.returned", "16384" },
	{ "C27", "cache", "D4A8M1A3" },
};

START_TEST(a_large_folio_is_in_the_way_as_a_whole)
{
	AUTO(booted_release) struct booted b = { 0 };

	booted_prepare(&b, "qemu", booted_kernel(BOOTED_QEMU_LANE, "vmlinux"),
		       "xfs", "C02w,C27", 2);
	booted_run(&b);
	booted_assert_finished(&b);
	for (size_t i = 0; i < b.result.outcomes.n; i++) {
		const struct outcome *o = &b.result.outcomes.v[i];

		ck_assert_msg(o->provoked, "%s: %s", o->scenario, o->how);
		for (size_t k = 0; k < ARRAY_LEN(large); k++)
			if (strcmp(large[k].scenario, o->scenario) == 0)
				ck_assert_pstr_eq(outcome_find(o,
							       large[k].field),
						  large[k].value);
	}
}
END_TEST

#define MANY 128	     /* PLAN_MAX_SCENARIOS of rules/collisions/plan.h */
#define LINE_MAX_OF_X86 2048 /* COMMAND_LINE_SIZE */

/* None of them is there, so that none takes time. */
START_TEST(a_plan_is_longer_than_a_command_line)
{
	AUTO(booted_release) struct booted b = { 0 };
	size_t len = 0;

	booted_prepare(&b, "qemu", booted_kernel(BOOTED_QEMU_LANE, "vmlinux"),
		       "blockdev", "X0", 1);
	for (unsigned i = 1; i < MANY; i++) {
		AUTO(mem_free) char *name = xasprintf("Unheardof%08u", i);

		suites_add_pair(&b.plan.suites, "blockdev", name);
		len += strlen(name) + 1;
	}
	ck_assert_uint_gt(len, LINE_MAX_OF_X86);
	booted_run(&b);
	booted_assert_finished(&b);
	ck_assert_uint_eq(b.result.outcomes.n, MANY);
	ck_assert_str_eq(b.result.outcomes.v[MANY - 1].how, "no such scenario");
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

	prepare(&b, 1);
	b.max_output = SERIAL_MAX;
	booted_run_stranger(&b, strangers[_i].init);
	ck_assert_str_eq(guest_end_name(b.result.end),
			 guest_end_name(strangers[_i].end));
	ck_assert_msg(strstr(b.result.says, strangers[_i].says), "%s",
		      b.result.says);
	ck_assert_uint_eq(b.result.outcomes.n, 0);
}
END_TEST

int main(void)
{
	const struct test_case cases[] = {
		TEST(both_guests_tell_the_same),
		TEST(a_large_folio_is_in_the_way_as_a_whole),
		TEST(a_plan_is_longer_than_a_command_line),
		TABLE(a_real_kernel_ends_as_its_init_makes_it, strangers),
	};

	return booted_run_qemu("qemu", cases, ARRAY_LEN(cases));
}
