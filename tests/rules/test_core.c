/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/core.h"

#include "bot/base/mem.h"
#include "tests/support/support.h"

static const struct {
	const char *line;
	const char *function; /* NULL: none */
} lines[] = {
	{ "static int f(struct x *y,", "f" },
	{ "xfs_file_write_iter(", "xfs_file_write_iter" },
	{ "out_free_dio:", NULL },
	{ "\tf(x);", NULL },
	{ "", NULL },
	{ "static int (x)", NULL },
};

START_TEST(a_heading_names_its_function)
{
	AUTO(mem_free) char *name = core_read_function(lines[_i].line);

	ck_assert_int_eq(name != NULL, lines[_i].function != NULL);
	if (name)
		ck_assert_str_eq(name, lines[_i].function);
}
END_TEST

START_TEST(direct_io_goes_through_some_files_and_functions)
{
	ck_assert(core_has_function("ext4_dio_write_iter"));
	ck_assert(!core_has_function("ext4_statfs"));
	ck_assert(core_has_shared_file("fs/iomap/direct-io.c"));
	ck_assert(!core_has_shared_file("fs/ext4/file.c"));
	ck_assert(core_has_file("fs/ext4/file.c"));
	ck_assert(core_has_file("mm/filemap.c"));
	ck_assert(!core_has_file("fs/nfs/file.c"));
}
END_TEST

TEST_MAIN("core", TABLE(a_heading_names_its_function, lines),
	  TEST(direct_io_goes_through_some_files_and_functions))
