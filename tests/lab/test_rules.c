/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of rules/semantic/ over a lane's source as if all of it were new:
 * whatever one hits there, it would have to explain. Nothing is to be asked.
 */
#include <fcntl.h>

#include "bot/base/fs.h"
#include "bot/stages/semantic.h"
#include "tests/support/support.h"

static const char *const files[] = {
	"fs/iomap/direct-io.c", "fs/iomap/buffered-io.c",
	"fs/direct-io.c",	"fs/libfs.c",
	"fs/xfs/xfs_file.c",	"fs/xfs/xfs_bmap_util.c",
	"fs/xfs/xfs_iomap.c",	"fs/ext4/file.c",
	"fs/ext4/extents.c",	"fs/ext4/inode.c",
	"fs/btrfs/direct-io.c", "fs/btrfs/file.c",
	"fs/gfs2/file.c",	"fs/f2fs/file.c",
	"fs/zonefs/file.c",	"fs/ext2/file.c",
	"fs/ext2/inode.c",	"fs/jfs/inode.c",
	"mm/filemap.c",		"mm/truncate.c",
	"block/fops.c",
};

static const char *find_lane(void)
{
	const char *lane = getenv("COLLIDER_TEST_LANE");

	if (!lane)
		printf("SKIP: no COLLIDER_TEST_LANE\n");
	return lane;
}

START_TEST(nothing_is_asked_of_a_clean_tree)
{
	AUTO(semantic_result_release) struct semantic_result r = { 0 };
	AUTO(semantic_free) struct semantic *s = NULL;
	AUTO(strings_release) struct strings changed = { 0 };
	AUTO(mem_free) char *spatch = fs_find_program("spatch");
	AUTO(mem_free) char *tree = NULL;
	AUTO(mem_free) char *dir = NULL;
	AUTO(mem_free) char *empty = NULL;
	AUTO(fd_close) int fd = -1;
	struct err err = ERR_INIT;

	if (!find_lane() || !spatch)
		return;
	support_drop();
	dir = support_tmpdir();
	empty = xasprintf("%s/empty", dir);
	tree = xasprintf("%s/src", find_lane());
	ck_ok(fs_mkdirs(empty, 0755, &err), &err);
	fd = open(tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	strings_push(&changed, files[_i]);
	ck_ok(semantic_open(&s, COLLIDER_DATA "/" SEMANTIC_DIR, &err), &err);
	semantic_start(s, &(struct semantic_spec){ .base = empty,
						   .tree = tree,
						   .tree_fd = fd,
						   .changed = &changed,
						   .dir = dir,
						   .name = "1" });
	semantic_finish(s, &r);
	ck_assert_msg(r.untold.n == 0, "%s", r.untold.n ? r.untold.v[0] : "");
	ck_assert_msg(r.questions.n == 0, "%s: %s", files[_i],
		      r.questions.n ? r.questions.v[0].says : "");
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

TEST_MAIN("rules", TABLE(nothing_is_asked_of_a_clean_tree, files))
