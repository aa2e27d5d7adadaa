// SPDX-License-Identifier: GPL-2.0-or-later
#include "bot/stages/share.h"

#include "tests/support/support.h"

#define MAX 4

static void release(struct suites *shares)
{
	for (size_t i = 0; i < MAX; i++)
		suites_release(&shares[i]);
}

static const struct {
	const char *filesystems;
	unsigned repeat;
	size_t max, guests;
} plans[] = {
	{ "xfs", 50, 2, 1 },	 /* a filesystem is not cut */
	{ "xfs,ext4", 1, 2, 1 }, /* a second boot takes longer than both */
	{ "xfs,ext4,btrfs,jfs", 20, 1, 1 },
	{ "xfs,ext4,btrfs,jfs", 20, 2, 2 },
	{ "xfs,ext4,btrfs", 100, 4, 3 },
};

START_TEST(more_guests_only_where_that_is_faster)
{
	AUTO(suites_release) struct suites plan = { 0 };
	struct suites shares[MAX] = { 0 };

	support_cross(&plan, plans[_i].filesystems, "C01,C02w,C09");
	ck_assert_uint_eq(share_run(shares, plans[_i].max, &plan,
				    plans[_i].repeat),
			  plans[_i].guests);
	release(shares);
}
END_TEST

START_TEST(each_pair_is_given_to_one_guest_and_the_work_is_even)
{
	AUTO(suites_release) struct suites plan = { 0 };
	struct suites shares[MAX] = { 0 };
	size_t first, second;

	support_cross(&plan, "xfs,ext4", "C01,C02w,C03u,C09,C10,C11");
	support_cross(&plan, "zonefs,jfs,blockdev", "C01,C02w");
	ck_assert_uint_eq(share_run(shares, 2, &plan, 30), 2);
	first = suites_count(&shares[0]);
	second = suites_count(&shares[1]);
	ck_assert_uint_eq(first + second, suites_count(&plan));
	ck_assert_uint_le(first > second ? first - second : second - first, 2);
	for (size_t i = 0; i < plan.n; i++)
		ck_assert_int_ne(!suites_find(&shares[0], plan.v[i].filesystem),
				 !suites_find(&shares[1],
					      plan.v[i].filesystem));
	release(shares);
}
END_TEST

TEST_MAIN("share", TABLE(more_guests_only_where_that_is_faster, plans),
	  TEST(each_pair_is_given_to_one_guest_and_the_work_is_even))
