/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/run.h"

static const struct run_answer answers[] = {
	{ "C01 --fs xfs", 0, " * c01-xfs.c - C01 on xfs: ", "" },
	{ "C01 --fs ext4", 0, "\t.filesystem = \"ext4\",\n", "" },
	{ "C01", 64, "", "--fs is needed" },
	{ "--fs xfs", 64, "", "one scenario is needed" },
	{ "C00 --fs xfs", 64, "", "no scenario 'C00'" },
	{ "C01 --fs minix", 64, "", "C01 cannot be made on 'minix'" },
	{ "C01 --fs xfs --review /none/x.json", 2, "", "/none/x.json" },
	{ "C01 --fs xfs -o /none/x.c", 2, "", "/none/x.c" },
	{ "--help", 0, "usage: collider reproduce", "" },
	{ "--nonsense", 64, "", "bad option '--nonsense'" },
};

START_TEST(reproduce_says_what_it_lacks)
{
	run_expect_answer("reproduce", &answers[_i]);
}
END_TEST

#define STRICT "-Wall -Wextra -Werror"

/* On the first filesystem that it can be made on. */
START_TEST(every_scenario_is_a_program_of_its_own)
{
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, "$collider scenarios >$dir/all || exit\n"
		      "sed '/^$/,$d' $dir/all >$dir/list\n" /* no soaks */
		      "ids=$(grep -o '^[CN][0-9][^ ]*' $dir/list)\n"
		      "for id in $ids; do\n"
		      "	fs=$(sed -n \"/^$id /,/^ *On /s/^ *On "
		      "\\([a-z0-9]*\\).*/\\1/p\" $dir/list)\n"
		      "	$collider reproduce $id --fs $fs -o $dir/$id.c &&\n"
		      "	gcc -fsyntax-only " STRICT " $dir/$id.c &&\n"
		      "	test $(wc -l <$dir/$id.c) -le 4000 &&\n"
		      "	echo $id || exit\n"
		      "done");
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	ck_assert_str_eq(buf_text(&r.err), "");
	run_expect_text(&r.out, "C01\n");
	run_expect_text(&r.out, "C09\n");
}
END_TEST

START_TEST(a_reproducer_is_compiled_and_wants_root)
{
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, "cd $dir && $collider reproduce C02w --fs xfs -o p.c &&\n"
		      "gcc -O2 -static -pthread " STRICT " -o p p.c &&\n"
		      "gcc -O2 -pthread " STRICT " -o q p.c &&\n"
		      "chmod 755 . && setpriv --reuid 65534 --clear-groups "
		      "./p");
	ck_assert_msg(r.exit_code == 2, RUN_SAID(&r));
	run_expect_text(&r.out, "not provoked: only root can");
}
END_TEST

TEST_MAIN("reproduce", TABLE(reproduce_says_what_it_lacks, answers),
	  TEST(every_scenario_is_a_program_of_its_own),
	  TEST(a_reproducer_is_compiled_and_wants_root))
