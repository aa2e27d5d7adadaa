/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/contract_text.h"

#include "rules/contract_file.h"
#include "tests/support/support.h"

#define TEXT                                                              \
	"[a]\n"                                                           \
	"scenarios = C01 C02* but C02y\n"                                 \
	"tree = fs/iomap/direct-io.c has kiocb_invalidate_pages\n"        \
	"when = dio.returned is asked\n"                                  \
	"expect = fsync.buffered is 0 or -EIO\n"                          \
	"expect = fsync.direct is 0 or -EIO\n"                            \
	"expect = store.waited is not no\n"                               \
	"expect = store.returned is not hung\n"                           \
	"expect = read.returned is not hung\n"                            \
	"expect = dio.returned is not -EBUSY or -ENOTBLK\n"               \
	"expect = size is @size.during\n"                                 \
	"varies = fsync.buffered fsync.direct\n"                          \
	"except = C02d on xfs: the error is taken\n"                      \
	"says = a store into a page under a direct write waits until the" \
	" write is done\n"                                                \
	"source = fs/btrfs/file.c:btrfs_page_mkwrite\n"                   \
	"source = fstests generic/547\n"                                  \
	"source = commit 5a9d929d6e13 (\"iomap: report collisions\")\n"

static void read_for(struct contracts *out, const char *of,
		     const char *filesystem)
{
	const struct contract_file file = { .name = "x.conf",
					    .of = of,
					    .filesystem = filesystem };
	struct err err = ERR_INIT;

	ck_ok(contract_file_parse(out, NULL, &file, TEXT, strlen(TEXT), &err),
	      &err);
}

static void expect_table(const struct contracts *list, const char *filesystems,
			 const char *base, const char *want)
{
	AUTO(strings_release) struct strings names = { 0 };
	AUTO(buf_release) struct buf out = { 0 };

	strings_split(&names, filesystems);
	buf_init(&out, CONTRACT_TEXT_MAX_BYTES);
	contract_text_from_list(&out, list, &names, base);
	ck_assert_msg(strstr(buf_text(&out), want) != NULL, "%s",
		      buf_text(&out));
}

#define CLAUSES                                                               \
	"               when    direct write returns: all it asked for\n"     \
	"               expect  fsync of the buffered fd, of the direct fd: " \
	"0 or "                                                               \
	"-EIO\n"                                                              \
	"               expect  mapped store: waits\n"                        \
	"               expect  mapped store, buffered read: comes back\n"    \
	"               expect  direct write returns: anything but "          \
	"-EBUSY or -ENOTBLK\n"                                                \
	"               expect  size: as size.during\n"                       \
	"               varies  fsync.buffered, fsync.direct\n"

#define SOURCES                                                               \
	"               source  fs/btrfs/file.c:btrfs_page_mkwrite, fstests " \
	"generic/547,\n"                                                      \
	"                       commit 5a9d929d6e13\n\n"

START_TEST(a_promise_is_told_with_where_and_what_and_why)
{
	AUTO(contracts_release) struct contracts list = { 0 };

	read_for(&list, "xfs", "xfs");
	expect_table(&list, "xfs", NULL,
		     "xfs\n\n"
		     "C01 C02* but   a store into a page under a direct write "
		     "waits until the write is\n"
		     "C02y           done\n"
		     "               where   fs/iomap/direct-io.c has "
		     "'kiocb_invalidate_pages'\n" CLAUSES
		     "               except  C02d: the error is taken\n" SOURCES
		     "Pages are");
}
END_TEST

START_TEST(a_base_tells_only_what_is_not_in_force)
{
	AUTO(contracts_release) struct contracts list = { 0 };

	read_for(&list, "xfs", "xfs");
	expect_table(&list, "xfs", "linux 0123", "on linux 0123\n\nxfs\n\n");
	expect_table(&list, "xfs", "linux 0123",
		     "               where   not here, but where "
		     "fs/iomap/direct-io.c has\n");
	list.v[0].is_in_force = true;
	expect_table(&list, "xfs", "linux 0123",
		     "C02y           done\n" CLAUSES);
}
END_TEST

START_TEST(what_several_promise_is_told_once_and_says_who)
{
	AUTO(contracts_release) struct contracts list = { 0 };

	read_for(&list, "common", "xfs");
	read_for(&list, "common", "ext4");
	expect_table(&list, "xfs,ext4", NULL,
		     "xfs\n\next4\n\nseveral filesystems\n\nC01 C02* but ");
	expect_table(&list, "xfs,ext4", NULL,
		     "C02y           done\n"
		     "               on      all\n");
	expect_table(
		&list, "xfs,ext4", NULL,
		"               except  C02d on xfs: the error is taken\n");
	expect_table(&list, "xfs,ext4,btrfs", NULL,
		     "               on      xfs ext4\n");
}
END_TEST

TEST_MAIN("contract_text", TEST(a_promise_is_told_with_where_and_what_and_why),
	  TEST(a_base_tells_only_what_is_not_in_force),
	  TEST(what_several_promise_is_told_once_and_says_who))
