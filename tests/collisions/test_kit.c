// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The pure parts of the guest program. It is no library, so they are compiled
 * in here once more.
 */
#include "rules/collisions/cachestat.c"
#include "rules/collisions/filesystem.c"
#include "rules/collisions/held.c"
#include "rules/collisions/klog.c"
#include "rules/collisions/mapping.c"
#include "rules/collisions/describe.c"
#include "rules/collisions/plan.c"
#include "rules/collisions/zonefs.c"

#include <sys/mman.h>

#include "bot/base/auto.h"
#include "tests/support/support.h"

static const struct {
	const char *pages; /* one letter a page, '0' for zeros */
	size_t len;
	const char *says;
} contents[] = {
	{ "", 0, "empty" },
	{ "A", PAGE, "A1" },
	{ "AAAA", 4 * PAGE, "A4" },
	{ "DDDDDMDD", 8 * PAGE, "D5M1D2" },
	{ "A00A", 4 * PAGE, "A1z2A1" },
	{ "AB", PAGE + 1, "A1B1" },
	{ "A\x01", 2 * PAGE, "A1?1" },
};

START_TEST(pages_are_told_in_letters)
{
	char data[FILE_LEN], says[FIELD_MAX_VALUE];

	for (size_t i = 0; contents[_i].pages[i]; i++)
		memset(data + i * PAGE,
		       contents[_i].pages[i] == '0' ? 0 : contents[_i].pages[i],
		       PAGE);
	describe_pages(says, data, contents[_i].len);
	ck_assert_str_eq(says, contents[_i].says);
}
END_TEST

START_TEST(a_page_of_two_letters_is_mixed)
{
	char data[2 * PAGE], says[FIELD_MAX_VALUE];

	memset(data, 'A', sizeof(data));
	data[2 * PAGE - 1] = 'B';
	describe_pages(says, data, sizeof(data));
	ck_assert_str_eq(says, "A1?1");
}
END_TEST

START_TEST(a_page_is_told_by_its_sectors)
{
	char data[PAGE] = { 0 }, says[FIELD_MAX_VALUE];

	memset(data + SECTOR, 'D', SECTOR);
	describe_sectors(says, data, sizeof(data));
	ck_assert_str_eq(says, "z1D1z6");
	describe_sectors(says, data, 2 * SECTOR);
	ck_assert_str_eq(says, "z1D1");
}
END_TEST

static const struct {
	const char *stack, *name;
} stacks[] = {
	{ "[<0>] folio_wait_writeback+0x40/0x60\n"
	  "[<0>] __filemap_fdatawait_range+0x80/0xd0\n"
	  "[<0>] __iomap_dio_rw+0x200/0x700\n",
	  "folio_wait_writeback" },
	{ "[<0>] __iomap_dio_rw+0x5e3/0x700\n[<0>] iomap_dio_rw+0x12/0x30\n",
	  "__iomap_dio_rw" },
	{ "[<0>] inode_dio_wait+0x90/0xa0\n[<0>] xfs_setattr_size+0x1/0x2\n",
	  "inode_dio_wait" },
	{ "[<0>] submit_bio_wait+0x5/0x9\n"
	  "[<0>] __blkdev_direct_IO_simple+0x1/0x2\n",
	  "__blkdev_direct_IO" },
	{ "[<0>] some_new_wait+0x1/0x2\n[<0>] vfs_write+0x1/0x2\n",
	  "some_new_wait" },
	{ "[<0>] __switch_to+0x5f/0x80\n[<0>] __schedule+0x1a0/0x3f0\n"
	  "[<0>] io_schedule+0x2d/0x50\n[<0>] jbd2_log_do_checkpoint+0x1/0x2\n",
	  "jbd2_log_do_checkpoint" },
	{ "[<0>] __switch_to+0x5f/0x80\n", "__switch_to" },
	{ "", "" },
};

START_TEST(the_most_telling_frame_names_a_wait)
{
	char name[WAIT_MAX_NAME];

	held_name(name, stacks[_i].stack);
	ck_assert_str_eq(name, stacks[_i].name);
}
END_TEST

/* Whose wait it is: the first frame that is of no lock. */
static const struct {
	const char *stack, *name;
} callers[] = {
	{ "[<0>] __switch_to+0x5f/0x80\n[<0>] "
	  "rwsem_down_write_slowpath+0x1/0x2\n"
	  "[<0>] down_write+0x1/0x2\n[<0>] ext4_page_mkwrite+0x1/0x2\n"
	  "[<0>] do_page_mkwrite+0x1/0x2\n",
	  "rwsem_down_write of ext4_page_mkwrite" },
	{ "[<0>] folio_wait_bit_common+0x1/0x2\n"
	  "[<0>] folio_wait_writeback+0x1/0x2\n"
	  "[<0>] __filemap_fdatawait_range+0x1/0x2\n",
	  "folio_wait_writeback of __filemap_fdatawait_range" },
	{ "[<0>] some_new_wait+0x1/0x2\n[<0>] f2fs_fault+0x1/0x2",
	  "some_new_wait of f2fs_fault" },
	{ "[<0>] down_read+0x1/0x2\n", "down_read" },
	{ "", "" },
};

START_TEST(who_waits_is_named_beside_the_wait)
{
	char name[HELD_MAX_CALLER];

	held_name_caller(name, callers[_i].stack);
	ck_assert_str_eq(name, callers[_i].name);
}
END_TEST

START_TEST(the_words_of_a_mkfs_end_in_its_array)
{
	const struct filesystem *fs;

	for (size_t i = 0; (fs = filesystem_at(i)); i++)
		ck_assert_msg(!fs->mkfs[ARRAY_LEN(fs->mkfs) - 1], "%s",
			      fs->name);
}
END_TEST

static const struct {
	const char *line;
	enum klog_class is;
} lines[] = {
	{ "Page cache invalidation failure on direct I/O.  Possible data "
	  "corruption due to collision with buffered I/O!",
	  KLOG_INVALIDATION },
	{ "Direct I/O collision with buffered writes! File: f0 Comm: x",
	  KLOG_COLLISION },
	{ "WARNING: CPU: 0 PID: 45 at fs/iomap/direct-io.c:101", KLOG_WARNING },
	{ "BUG: sleeping function called from invalid context", KLOG_WARNING },
	{ "XFS: Assertion failed: ip->i_df, file: fs/xfs/x.c", KLOG_WARNING },
	{ "XFS (dm-0): Metadata I/O Error (0x1) detected at x.  Shutting down "
	  "filesystem.",
	  KLOG_SHUTDOWN },
	{ "EXT4-fs (dm-0): Remounting filesystem read-only", KLOG_SHUTDOWN },
	{ "zonefs (dm-0) WARNING: remounting filesystem read-only",
	  KLOG_SHUTDOWN },
	{ "gfs2: fsid=dm-0.0: File system withdrawn", KLOG_SHUTDOWN },
	{ "Buffer I/O error on dev dm-0, logical block 9, lost async page "
	  "write",
	  KLOG_ERROR },
	{ "EXT4-fs (dm-1): mounted filesystem r/w with ordered data mode",
	  KLOG_CLASSES },
};

START_TEST(log_lines_are_told_apart)
{
	ck_assert_int_eq(klog_classify(lines[_i].line), lines[_i].is);
}
END_TEST

START_TEST(a_record_counts_once_and_its_splat_is_kept)
{
	char record[] = "4,123,456,-;WARNING: CPU: 0 at x\n DEVICE=+dm\n";
	struct klog k = { .fd = -1 };

	count_record(&k, record);
	ck_assert_uint_eq(k.n[KLOG_WARNING], 1);
	ck_assert_str_eq(k.splat, "WARNING: CPU: 0 at x");
}
END_TEST

START_TEST(a_plan_is_read_from_the_command_line)
{
	struct plan p = { .line = "mem=1G quiet collide.nonce=ab "
				  "collide.repeat=3 collide.suites="
				  "xfs,ext4:C01,C02w,C09/ext2:C01 "
				  "collide.sweep=5000 collide.at=17 root=/\n" };

	ck_assert(plan_parse(&p));
	ck_assert_str_eq(p.nonce, "ab");
	ck_assert_uint_eq(p.n, 3);
	ck_assert_str_eq(p.suites[1].filesystem, "ext4");
	ck_assert_uint_eq(p.suites[1].n, 3);
	ck_assert_str_eq(p.suites[1].scenarios[2], "C09");
	ck_assert_uint_eq(p.suites[2].n, 1);
	ck_assert_uint_eq(p.repeat, 3);
	ck_assert_uint_eq(p.sweep_us, 5000);
	ck_assert_uint_eq(p.at, 17);
}
END_TEST

static const char *const no_plans[] = {
	"",
	"collide.nonce=ab collide.suites=xfs:C01",
	"collide.nonce=ab collide.suites=:C01 collide.repeat=1",
	"collide.nonce=ab collide.suites=xfs: collide.repeat=1",
	"collide.nonce=ab collide.suites=xfs collide.repeat=1",
	"collide.suites=xfs:C01 collide.repeat=1",
	"collide.nonce=a collide.suites=x:C collide.repeat=1001",
};

START_TEST(half_a_plan_is_none)
{
	struct plan p = { .repeat = 0 };

	snprintf(p.line, sizeof(p.line), "%s", no_plans[_i]);
	ck_assert(!plan_parse(&p));
}
END_TEST

START_TEST(a_store_that_ends_in_sigbus_is_an_answer)
{
	AUTO(fd_close) int fd = memfd_create("kit", MFD_CLOEXEC);
	char *map =
		mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	ck_assert(map != MAP_FAILED && mapping_catch_faults());
	ck_assert_int_eq(ftruncate(fd, PAGE), 0);
	ck_assert_int_eq(mapping_store(map, 'M', PAGE), PAGE);
	ck_assert_int_eq(map[PAGE - 1], 'M');
	for (int again = 0; again < 2; again++) {
		ck_assert_int_eq(mapping_store(map + PAGE, 'M', PAGE), -1);
		ck_assert_int_eq(errno, EFAULT);
	}
	ck_assert_int_eq(mapping_load(map, PAGE), PAGE);
	ck_assert_int_eq(mapping_load(map, 2 * PAGE), -1);
	munmap(map, 2 * PAGE);
}
END_TEST

START_TEST(the_checksum_is_the_kernels)
{
	/* CRC-32 of the catalogue is 0xcbf43926, inverted at the end. */
	ck_assert_uint_eq(checksum("123456789", 9), 0xcbf43926 ^ 0xffffffff);
	ck_assert_uint_eq(checksum("", 0), 0xffffffff);
}
END_TEST

/* As zonefs_read_super checks it. */
START_TEST(the_super_block_of_zonefs_passes_the_kernels_check)
{
	char block[ZONEFS_SUPER_LEN];
	unsigned char *byte = (unsigned char *)block;
	uint32_t crc;

	memset(block, 'x', sizeof(block));
	zonefs_fill_super(block);
	ck_assert_mem_eq(block, "SFOZ", 4); /* 0x5a4f4653, little-endian */
	memcpy(&crc, block + 4, sizeof(crc));
	memset(block + 4, 0, sizeof(crc));
	ck_assert_uint_eq(le32toh(crc), checksum(block, sizeof(block)));
	for (size_t i = 4; i < sizeof(block); i++)
		ck_assert_uint_eq(byte[i], 0);
	/* What zlib says of these bytes, inverted. */
	ck_assert_uint_eq(le32toh(crc), 0x59bfab05);
}
END_TEST

static const char smaps[] =
	"7f0000000000-7f0000010000 rw-s 00000000 fd:00 12   /f0\n"
	"Size:                 64 kB\n"
	"Shared_Clean:          4 kB\n"
	"Shared_Dirty:          8 kB\n"
	"Private_Dirty:         4 kB\n"
	"VmFlags: rd wr sh\n"
	"7f0000010000-7f0000020000 rw-p 00000000 00:00 0\n"
	"Shared_Dirty:         64 kB\n"
	"VmFlags: rd wr\n";

static const struct {
	uintptr_t map;
	unsigned dirty;
} mappings[] = {
	{ 0x7f0000000000, 3 },
	{ 0x7f0000010000, 16 },
	{ 0x7f0000020000, 0 },
	{ 0x7f000000, 0 },
};

START_TEST(dirty_pages_are_those_of_the_mapping_alone)
{
	FILE *file = fmemopen((char *)(uintptr_t)smaps, sizeof(smaps) - 1, "r");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(cachestat_read_smaps(file,
					       (const char *)mappings[_i].map),
			  mappings[_i].dirty);
	fclose(file);
}
END_TEST

TEST_MAIN("kit", TEST(the_checksum_is_the_kernels),
	  TEST(the_super_block_of_zonefs_passes_the_kernels_check),
	  TABLE(pages_are_told_in_letters, contents),
	  TEST(a_page_of_two_letters_is_mixed),
	  TEST(a_page_is_told_by_its_sectors),
	  TABLE(the_most_telling_frame_names_a_wait, stacks),
	  TABLE(who_waits_is_named_beside_the_wait, callers),
	  TEST(the_words_of_a_mkfs_end_in_its_array),
	  TABLE(log_lines_are_told_apart, lines),
	  TEST(a_record_counts_once_and_its_splat_is_kept),
	  TEST(a_plan_is_read_from_the_command_line),
	  TABLE(half_a_plan_is_none, no_plans),
	  TEST(a_store_that_ends_in_sigbus_is_an_answer),
	  TABLE(dirty_pages_are_those_of_the_mapping_alone, mappings))
