/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/tokens.h"

#include "bot/base/fs.h"
#include "tests/support/support.h"

#define EXT4 "--- a/fs/ext4/file.c\n+++ b/fs/ext4/file.c\n"
#define IOMAP "--- a/fs/iomap/direct-io.c\n+++ b/fs/iomap/direct-io.c\n"
#define BLOCK "--- a/block/blk-mq.c\n+++ b/block/blk-mq.c\n"
#define TRUNCATE "--- a/mm/truncate.c\n+++ b/mm/truncate.c\n"
#define XFS "--- a/fs/xfs/xfs_file.c\n+++ b/fs/xfs/xfs_file.c\n"
#define IN(f) "@@ -9,2 +9,2 @@ static int " f "(int x)\n"
#define HERE "@@ -9,2 +9,2 @@\n"
#define THERE "@@ -99,2 +99,2 @@\n"

static void ask(struct questions *out, const char *text)
{
	AUTO(patch_free) struct patch *diff = NULL;
	struct err err = ERR_INIT;

	ck_ok(patch_parse(&diff, text, strlen(text), &err), &err);
	tokens_ask(out, diff);
}

/* One row a rule: what a hunk does, and which rule asks first. */
static const struct {
	const char *diff;
	const char *rule;
} asked[] = {
	{ EXT4 HERE " a\n-if (r == -ENOTBLK)\n+if (r)\n", "diff/ENOTBLK" },
	{ EXT4 HERE " a\n-r = 1;\n+r = -EBUSY;\n", "diff/EBUSY" },
	{ IOMAP HERE " a\n-if (r != -EAGAIN)\n+if (1)\n", "diff/EAGAIN" },
	{ IOMAP HERE " a\n-kiocb_invalidate_pages(i, n);\n+b();\n",
	  "diff/invalidate" },
	{ IOMAP HERE " a\n-kiocb_write_and_wait(i, n);\n+b();\n",
	  "diff/flush" },
	{ IOMAP HERE " a\n-inode_dio_begin(inode);\n+b();\n",
	  "diff/inode_dio" },
	{ EXT4 HERE " a\n-*flags = IOMAP_DIO_FORCE_WAIT;\n+*flags = 0;\n",
	  "diff/wait" },
	{ XFS HERE " a\n-x(XFS_IOLOCK_EXCL);\n+x(0);\n", "diff/lock" },
	{ "--- a/mm/filemap.c\n+++ b/mm/filemap.c\n" HERE
	  " a\n-errseq_set(&m->wb_err, -EIO);\n+b();\n",
	  "diff/errseq" },
	{ IOMAP HERE " a\n-r = generic_write_sync(i, r);\n+b();\n",
	  "diff/sync" },
	{ XFS HERE " a\n-i_size_write(inode, n);\n+b();\n", "diff/i_size" },
	{ IOMAP HERE " a\n-need_zeroout = true;\n+b = true;\n",
	  "diff/zeroout" },
	{ "--- a/mm/filemap.c\n+++ b/mm/filemap.c\n" HERE
	  " a\n-if (filemap_range_has_page(m, a, b))\n+if (b)\n",
	  "diff/cached" },
	{ IOMAP HERE " a\n-r = dops->end_io(i);\n+b();\n", "diff/end_io" },
	{ XFS HERE
	  " a\n-return xfs_file_dio_write_unaligned(i);\n+return x(i);\n",
	  "diff/unaligned" },
	{ TRUNCATE HERE " a\n-ret = ret2;\n+b();\n", "diff/ret2" },
	{ IOMAP HERE " a\n-r = dio->size;\n+r = b;\n", "diff/dio-result" },
};

START_TEST(a_word_that_is_lost_or_won_makes_one_ask)
{
	AUTO(questions_release) struct questions list = { 0 };

	ask(&list, asked[_i].diff);
	ck_assert_uint_eq(list.n, 1);
	ck_assert_str_eq(list.v[0].rule, asked[_i].rule);
	ck_assert_uint_eq(list.v[0].first, 9);
	ck_assert_uint_eq(list.v[0].last, 10);
}
END_TEST

/* What makes nobody ask. */
static const char *const silent[] = {
	/* moved, within a hunk and to another */
	EXT4 HERE " a\n-if (r == -ENOTBLK)\n+if (-ENOTBLK == r)\n",
	EXT4 HERE " a\n-x = -ENOTBLK;\n+b();\n" THERE
		  " a\n-b();\n+x = -ENOTBLK;\n",
	/* comments, also those that begin above the hunk */
	EXT4 HERE " a\n-/* -ENOTBLK */\n+/* nothing */\n",
	EXT4 HERE " a\n- * Returns -ENOTBLK In case\n+ * Returns 0 in case\n",
	EXT4 HERE " /* so\n-   -ENOTBLK */\n+   0 */\n",
	EXT4 HERE " a\n-b(); // -ENOTBLK\n+b();\n",
	/* a file, and a function, that direct I/O does not go through */
	BLOCK HERE " a\n-if (r == -EBUSY)\n+if (r)\n",
	EXT4 IN("ext4_statfs") " a\n-if (r == -EBUSY)\n+if (r)\n",
	/* a longer word */
	EXT4 HERE " a\n-ENOTBLK_MAX\n+b\n",
};

START_TEST(what_was_moved_or_is_no_code_is_silent)
{
	AUTO(questions_release) struct questions list = { 0 };

	ask(&list, silent[_i]);
	ck_assert_msg(list.n == 0, "%s", list.n ? list.v[0].says : "");
}
END_TEST

START_TEST(a_star_is_no_comment_when_it_is_a_pointer)
{
	AUTO(questions_release) struct questions list = { 0 };

	ask(&list, EXT4 IN("ext4_dio_write_checks") " a\n-*flags = "
						    "IOMAP_DIO_FORCE_WAIT;\n+*"
						    "flags = 0;\n");
	ck_assert_uint_eq(list.n, 1);
	ck_assert_str_eq(list.v[0].says,
			 "this changes what is done about which direct writes "
			 "are waited for in ext4_dio_write_checks()");
}
END_TEST

START_TEST(the_function_may_begin_within_the_hunk)
{
	AUTO(questions_release) struct questions list = { 0 };

	ask(&list, EXT4 "@@ -9,4 +9,4 @@ static int ext4_statfs(int x)\n }\n"
			" static int ext4_dio_write_iter(int x)\n {\n"
			"-\tr = -ENOTBLK;\n+\tr = 0;\n");
	ck_assert_uint_eq(list.n, 1);
	ck_assert_ptr_nonnull(strstr(list.v[0].says, "ext4_dio_write_iter()"));
}
END_TEST

static const struct {
	const char *rule;
	const char *says;
	bool may;
} boxed[] = {
	{ "diff/ENOTBLK", "this changes what is done about -ENOTBLK in f()",
	  true },
	{ "diff/ENOTBLK",
	  "this changes what is done about -ENOTBLK, and about -EAGAIN", true },
	{ "diff/ENOTBLK", "this changes what is done about -EAGAIN in f(), x",
	  false },
	{ "diff/ENOTBLK", "send money", false },
	{ "diff/money", "this changes what is done about -ENOTBLK", false },
};

START_TEST(a_box_asks_in_our_words_or_not_at_all)
{
	struct finding f = {
		.kind = FINDING_QUESTION,
		.contract = (char *)(uintptr_t)boxed[_i].rule,
		.says = (char *)(uintptr_t)boxed[_i].says,
	};
	AUTO(questions_release) struct questions list = { 0 };

	ask(&list, asked[0].diff);
	f.promise = list.v[0].promise;
	f.sources = list.v[0].sources;
	ck_assert(tokens_may_ask(&f) == boxed[_i].may);
	f.kind = FINDING_REGRESSION;
	ck_assert(!tokens_may_ask(&f));
}
END_TEST

TEST_MAIN("tokens", TABLE(a_word_that_is_lost_or_won_makes_one_ask, asked),
	  TABLE(what_was_moved_or_is_no_code_is_silent, silent),
	  TEST(a_star_is_no_comment_when_it_is_a_pointer),
	  TEST(the_function_may_begin_within_the_hunk),
	  TABLE(a_box_asks_in_our_words_or_not_at_all, boxed))
