/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/span.h"
#include "parsers/project.h"
#include "tests/support/support.h"

static struct subject *parse(struct span line)
{
	struct subject *s = NULL;
	struct err err = ERR_INIT;

	ck_ok(subject_parse(&s, line.p, span_len(line), &err), &err);
	return s;
}

static const struct {
	const char *line, *project;
} subjects[] = {
	{ "[PATCH] xfs: fix a leak", NULL },
	{ "[PATCH 1/2] fs/ext4: fix a leak", NULL },
	{ "[PATCH] libfs: not libxfs", NULL },
	{ "[PATCH] a title without a colon", NULL },
	{ "[PATCH xfsprogs 1/2] a", "xfsprogs" },
	{ "[xfsprogs PATCH] a", "xfsprogs" },
	{ "[PATCH v2 XFSTESTS] a", "fstests" },
	{ "[PATCH][e2fsprogs] a", "e2fsprogs" },
	{ "[PATCH -e2fsprogs] a", "e2fsprogs" },
	{ "[PATCH] xfsprogs: a", "xfsprogs" },
	{ "[PATCH] xfs_repair: a", "xfsprogs" },
	{ "[PATCH] e2fsck: a", "e2fsprogs" },
	{ "[PATCH] mkfs.f2fs: a", "f2fs-tools" },
	{ "[PATCH] erofs-utils: mkfs: a", "erofs-utils" },
	{ "[PATCH 2/3] generic/730: a", "fstests" },
	{ "[PATCH] xfs/xxx: a", "fstests" },
	{ "[PATCH] xfs/538 is no name", NULL },
	{ "[PATCH] xfs/scrub: a", NULL },
	{ "[PATCH] common/rc: a", "fstests" },
	{ "[PATCH man-pages] statx.2: a", "man-pages" },
	{ "[PATCHSET 2/3] fstests: a", "fstests" },
	{ "", NULL },
};

START_TEST(a_subject_names_its_project)
{
	AUTO(subject_free)
	struct subject *s = parse(span_cstr(subjects[_i].line));

	ck_assert_pstr_eq(project_of_subject(s), subjects[_i].project);
}
END_TEST

static const struct {
	const char *line, *diff, *project;
} patches[] = {
	{ "[PATCH] a", "--- a/fs/xfs/x.c\n+++ b/fs/xfs/x.c\n", "linux" },
	{ "[PATCH] a", "--- /dev/null\n+++ b/fs/xfs/x.c\n", "linux" },
	{ "[PATCH] a", "--- a/fs/x.c\t2020-05-20\n+++ b/fs/x.c\n", "linux" },
	{ "[PATCH] a", "--- linux.orig/mm/x.c\n+++ linux/mm/x.c\n", "linux" },
	{ "[PATCH] a", "diff --git a/fs/a b/fs/b\nold mode 1\n", NULL },
	{ "[PATCH] a", "diff --git a/fs/a b/fs/a\nold mode 1\n", "linux" },
	{ "[PATCH] a", "--- a/repair/x.c\n+++ b/repair/x.c\n", "xfsprogs" },
	{ "[PATCH] a", "--- a/libxfs/x.c\n+++ b/libxfs/x.c\n", "xfsprogs" },
	{ "[PATCH] a", "+++ b/tests/generic/730\n", "fstests" },
	{ "[PATCH] a", "+++ b/tests/f_x/image\n", "other" },
	{ "[PATCH] a", "+++ b/lib/ext2fs/x.c\n", "e2fsprogs" },
	{ "[PATCH] a", "+++ b/lib/x.c\n", "linux" },
	{ "[PATCH] a", "+++ b/tools/x.c\n+++ b/repair/x.c\n", "xfsprogs" },
	{ "[PATCH] a", "+++ b/tools/x.c\n+++ b/fs/x.c\n", "linux" },
	{ "[PATCH] a", "+++ b/README.md\n", "linux" },
	{ "[PATCH] a", "+++ b/weather/x.c\n", "other" },
	{ "[PATCH] a", "+++ \"b/repair/\\303\\244.c\"\n", "xfsprogs" },
	{ "[PATCH] a", "", NULL },
	{ "[PATCH] a", "+++ nothing\n", NULL },
	{ "[PATCH f2fs-tools] a", "+++ b/lib/x.c\n", "f2fs-tools" },
	{ "[PATCH] btrfs-progs: a", "+++ b/common/x.c\n", "btrfs-progs" },
	{ "[PATCH] xfs_io: a", "+++ b/fs/xfs/x.c\n", "linux" },
};

START_TEST(paths_of_the_kernel_count_most_then_words_then_paths)
{
	AUTO(subject_free)
	struct subject *s = parse(span_cstr(patches[_i].line));
	const char *diff = patches[_i].diff;

	ck_assert_pstr_eq(project_of_patch(s, diff, strlen(diff)),
			  patches[_i].project);
}
END_TEST

/* The first line is the subject, the others are the diff. */
static void dump(struct buf *out, const char *bytes, size_t len)
{
	AUTO(subject_free) struct subject *s = NULL;
	struct span text = span_of(bytes, len);
	struct span line = text;
	const char *project;

	(void)span_line(&text, &line);
	s = parse(line);
	project = project_of_patch(s, text.p, span_len(text));
	buf_addf(out, "%s\n", project ? project : "-");
}

START_TEST(golden_patches_are_of_the_expected_project)
{
	support_golden("project", ".patch", dump);
}
END_TEST

TEST_MAIN("project", TABLE(a_subject_names_its_project, subjects),
	  TABLE(paths_of_the_kernel_count_most_then_words_then_paths, patches),
	  TEST(golden_patches_are_of_the_expected_project))
