// SPDX-License-Identifier: GPL-2.0-or-later
#include "bot/guest/initramfs.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "tests/support/support.h"

#define PROGRAM COLLIDER_BUILD "/collide"
#define ALL_FILESYSTEMS                                                    \
	"xfs,xfs1k,xfsreflink,ext4,ext4ind,ext2,btrfs,btrfscow,f2fs,gfs2," \
	"jfs,zonefs,blockdev"

struct made {
	char *dir, *path;
	struct strings filesystems;
};

static void made_release(struct made *m)
{
	struct err err = ERR_INIT;

	ck_ok(fs_remove_tree(m->dir, &err), &err);
	free(m->dir);
	free(m->path);
	strings_release(&m->filesystems);
}
DEFINE_AUTO_VALUE(struct made, made_release)

static void make(struct made *m, const char *filesystems)
{
	struct err err = ERR_INIT;

	m->dir = support_tmpdir();
	strings_split(&m->filesystems, filesystems);
	ck_ok(initramfs_make(&m->path, m->dir, PROGRAM, &m->filesystems, &err),
	      &err);
}

#define HEADER "070701"
#define HEADER_LEN 110

/* The entries of a newc archive that have this name. */
static unsigned count(const struct buf *archive, const char *name)
{
	const char *at = archive->data, *end = archive->data + archive->len;
	unsigned n = 0;

	while ((at = memmem(at, (size_t)(end - at), name, strlen(name) + 1)))
		n += memcmp(at++ - HEADER_LEN, HEADER, strlen(HEADER)) == 0;
	return n;
}

START_TEST(it_holds_init_and_mkfs_with_its_loader)
{
	static const char *const names[] = {
		"init",
		"sbin/mkfs.ext4",
		"lib64/ld-linux-x86-64.so.2",
		"lib/x86_64-linux-gnu/libext2fs.so.2",
		"etc/mke2fs.conf",
	};
	AUTO(made_release) struct made m = { 0 };
	AUTO(buf_release) struct buf archive = { 0 };
	struct err err = ERR_INIT;

	make(&m, "ext4");
	ck_ok(fs_read(&archive, m.path, INITRAMFS_MAX_SIZE, &err), &err);
	ck_assert_int_eq(memcmp(archive.data, "070701", 6), 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		ck_assert_msg(memmem(archive.data, archive.len, names[i],
				     strlen(names[i]) + 1),
			      "no %s", names[i]);
	ck_assert_ptr_null(memmem(archive.data, archive.len, "libinih.so", 10));
}
END_TEST

/* Variants share a program; who has none is made by the guest itself. */
static const struct {
	const char *filesystem, *program;
} programs[] = {
	{ "xfs", "mkfs.xfs" },	      { "xfs1k", "mkfs.xfs" },
	{ "xfsreflink", "mkfs.xfs" }, { "ext4", "mkfs.ext4" },
	{ "ext4ind", "mkfs.ext4" },   { "ext2", "mkfs.ext4" },
	{ "btrfs", "mkfs.btrfs" },    { "btrfscow", "mkfs.btrfs" },
	{ "f2fs", "mkfs.f2fs" },      { "gfs2", "mkfs.gfs2" },
	{ "jfs", "mkfs.jfs" },	      { "zonefs", NULL },
	{ "blockdev", NULL },	      { "reiser5", NULL },
};

START_TEST(each_filesystem_names_its_program)
{
	const char *program = initramfs_program(programs[_i].filesystem);

	ck_assert_pstr_eq(program, programs[_i].program);
}
END_TEST

START_TEST(all_filesystems_fit_and_each_program_is_there_once)
{
	AUTO(made_release) struct made m = { 0 };
	AUTO(buf_release) struct buf archive = { 0 };
	struct err err = ERR_INIT;

	make(&m, ALL_FILESYSTEMS);
	ck_ok(fs_read(&archive, m.path, INITRAMFS_MAX_SIZE, &err), &err);
	for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
		const char *name = programs[i].program;
		AUTO(mem_free) char *path = xasprintf("sbin/%s", name);

		ck_assert(!name || count(&archive, path) == 1);
	}
}
END_TEST

START_TEST(the_same_content_has_the_same_name_and_is_made_once)
{
	AUTO(made_release) struct made m = { 0 };
	AUTO(mem_free) char *again = NULL;
	struct stat before, after;
	struct err err = ERR_INIT;

	make(&m, "xfs,btrfs");
	ck_assert_int_eq(stat(m.path, &before), 0);
	ck_ok(initramfs_make(&again, m.dir, PROGRAM, &m.filesystems, &err),
	      &err);
	ck_assert_str_eq(again, m.path);
	ck_assert_int_eq(stat(again, &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
}
END_TEST

START_TEST(other_content_has_another_name)
{
	AUTO(made_release) struct made m = { 0 };
	AUTO(mem_free) char *other = NULL;
	struct err err = ERR_INIT;

	make(&m, "xfs");
	ck_ok(initramfs_make(&other, m.dir, "/bin/true", &m.filesystems, &err),
	      &err);
	ck_assert_str_ne(other, m.path);
}
END_TEST

START_TEST(two_machines_would_make_the_same_bytes)
{
	AUTO(made_release) struct made one = { 0 }, two = { 0 };
	AUTO(buf_release) struct buf a = { 0 }, b = { 0 };
	struct err err = ERR_INIT;

	make(&one, "ext4,xfs,btrfs");
	make(&two, "ext4,xfs,btrfs");
	ck_ok(fs_read(&a, one.path, INITRAMFS_MAX_SIZE, &err), &err);
	ck_ok(fs_read(&b, two.path, INITRAMFS_MAX_SIZE, &err), &err);
	ck_assert_uint_eq(a.len, b.len);
	ck_assert_int_eq(memcmp(a.data, b.data, a.len), 0);
}
END_TEST

static const struct {
	const char *program, *filesystem, *says;
	enum err_kind kind;
} refused[] = {
	{ "/nowhere/collide", "xfs", "no guest program '/nowhere/collide'",
	  ERR_CONFIG },
	{ PROGRAM, "reiser5", "no filesystem 'reiser5' is known", ERR_INPUT },
	{ "/etc/passwd", "xfs", "'/etc/passwd': no program of this machine",
	  ERR_INPUT },
};

START_TEST(what_cannot_be_packed_is_named)
{
	AUTO(strings_release) struct strings filesystems = { 0 };
	AUTO(mem_free) char *path = NULL;
	struct err err = ERR_INIT;

	strings_push(&filesystems, refused[_i].filesystem);
	ck_assert_int_eq(initramfs_make(&path, "/tmp", refused[_i].program,
					&filesystems, &err),
			 -1);
	ck_assert_str_eq(err.msg, refused[_i].says);
	ck_assert_int_eq(err.kind, refused[_i].kind);
	ck_assert_ptr_null(path);
}
END_TEST

START_TEST(only_known_filesystems_can_miss_a_package)
{
	ck_assert_ptr_null(initramfs_missing("reiser5"));
	ck_assert_ptr_null(initramfs_missing("xfs"));
}
END_TEST

#define PLAN "collide.repeat=2\n"

/*
 * Behind all that was there, as the kernel unpacks one archive after another.
 */
START_TEST(a_file_is_added_to_a_copy)
{
	AUTO(made_release) struct made m = { 0 };
	AUTO(buf_release) struct buf before = { 0 }, after = { 0 };
	AUTO(buf_release) struct buf plan = { 0 };
	AUTO(mem_free) char *path = NULL;
	struct err err = ERR_INIT;

	make(&m, "blockdev");
	path = xasprintf("%s/with-plan", m.dir);
	buf_init(&plan, sizeof(PLAN));
	buf_adds(&plan, PLAN);
	ck_ok(initramfs_add(path, m.path, "plan", &plan, &err), &err);
	ck_ok(fs_read(&before, m.path, INITRAMFS_MAX_SIZE, &err), &err);
	ck_ok(fs_read(&after, path, INITRAMFS_MAX_SIZE, &err), &err);
	ck_assert_uint_eq(before.len % 4, 0); /* where a header may be */
	ck_assert_uint_gt(after.len, before.len);
	ck_assert_mem_eq(after.data, before.data, before.len);
	ck_assert_uint_eq(count(&before, "plan"), 0);
	ck_assert_uint_eq(count(&after, "plan"), 1);
	ck_assert_ptr_nonnull(memmem(after.data + before.len,
				     after.len - before.len, PLAN,
				     strlen(PLAN)));
}
END_TEST

TEST_MAIN("initramfs", TEST(a_file_is_added_to_a_copy),
	  TEST(it_holds_init_and_mkfs_with_its_loader),
	  TABLE(each_filesystem_names_its_program, programs),
	  TEST(all_filesystems_fit_and_each_program_is_there_once),
	  TEST(the_same_content_has_the_same_name_and_is_made_once),
	  TEST(other_content_has_another_name),
	  TEST(two_machines_would_make_the_same_bytes),
	  TABLE(what_cannot_be_packed_is_named, refused),
	  TEST(only_known_filesystems_can_miss_a_package))
