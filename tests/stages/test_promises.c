/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/promises.h"

#include "bot/base/fs.h"
#include "tests/support/support.h"

static int read_them(struct contracts *out, const char *dir,
		     const char *filesystems, struct err *err)
{
	AUTO(strings_release) struct strings list = { 0 };

	strings_split(&list, filesystems);
	return promises_read(out, dir, &list, err);
}

START_TEST(common_promises_come_after_those_of_the_filesystem)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	struct err err = ERR_INIT;

	ck_ok(read_them(&all, COLLIDER_DATA "/rules/contracts", "xfs", &err),
	      &err);
	ck_assert_uint_gt(all.n, 2);
	ck_assert_str_eq(all.v[0].filesystem, "xfs");
	ck_assert_ptr_null(all.v[all.n - 1].filesystem);
}
END_TEST

static const char *const strangers[] = { "minix", "../contracts/xfs", "xfs,x" };

START_TEST(a_filesystem_without_a_contract_is_refused_by_name)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(read_them(&all, COLLIDER_DATA "/rules/contracts",
				   strangers[_i], &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.msg, "no contract for '"));
	ck_assert_uint_eq(all.n, 0);
}
END_TEST

START_TEST(a_contract_that_cannot_be_read_names_its_file_and_line)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *path = xasprintf("%s/xfs.conf", dir);
	AUTO(mem_free) char *says = xasprintf("%s:2: unknown key 'b'", path);
	struct err err = ERR_INIT;

	ck_ok(fs_write(path, "[a]\nb = c\n", 10, &err), &err);
	ck_assert_int_eq(read_them(&all, dir, "xfs", &err), -1);
	ck_assert_str_eq(err.msg, says);
	err = (struct err)ERR_INIT;
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

TEST_MAIN("promises", TEST(common_promises_come_after_those_of_the_filesystem),
	  TABLE(a_filesystem_without_a_contract_is_refused_by_name, strangers),
	  TEST(a_contract_that_cannot_be_read_names_its_file_and_line))
