/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/quote.h"

#include "bot/base/buf.h"
#include "tests/support/support.h"

#define FILE_A "--- a/fs/xfs/xfs_file.c\n+++ b/fs/xfs/xfs_file.c\n"
#define FILE_DOC                      \
	"--- a/Documentation/x.rst\n" \
	"+++ b/Documentation/x.rst\n" \
	"@@ -1 +1 @@\n-old\n+new\n"
#define HUNK_OTHER "@@ -1,2 +1,2 @@ xfs_other(int a)\n x\n-b\n+c\n"
#define HUNK_DIO "@@ -9,2 +9,2 @@ xfs_file_write_iter(\n x\n-b\n+c\n"
#define HUNK_TOKEN \
	"@@ -20,2 +20,2 @@ xfs_other(int a)\n x\n-ret != -ENOTBLK\n+1\n"

#define HUNK_INCLUDE "@@ -30,1 +30,2 @@\n x\n+#include <linux/x.h>\n"

static const struct {
	const char *diff;
	const char *file;
	const char *heading; /* of the hunk quoted; NULL: none */
} picks[] = {
	{ FILE_A HUNK_OTHER HUNK_DIO, "fs/xfs/xfs_file.c", "@@ -9,2" },
	{ FILE_A HUNK_DIO HUNK_OTHER, "fs/xfs/xfs_file.c", "@@ -9,2" },
	{ FILE_A HUNK_OTHER HUNK_TOKEN, "fs/xfs/xfs_file.c", "@@ -20,2" },
	{ FILE_A HUNK_OTHER, "fs/xfs/xfs_file.c", "@@ -1,2" },
	{ FILE_DOC FILE_A HUNK_OTHER, "fs/xfs/xfs_file.c", "@@ -1,2" },
	{ FILE_A HUNK_INCLUDE HUNK_OTHER, "fs/xfs/xfs_file.c", "@@ -1,2" },
	{ FILE_DOC, "Documentation/x.rst", "@@ -1" },
	{ "no diff at all\n", NULL, NULL },
};

static void add_hunks(struct review *r, unsigned n, const char *text)
{
	AUTO(patch_free) struct patch *diff = NULL;
	struct err err = ERR_INIT;

	if (patch_parse(&diff, text, strlen(text), &err) == 0)
		quote_add_hunks(r, n, diff);
}

/* In the last of @n patches, of which it is the only one with a diff. */
static void finding_of(struct review *r, unsigned n, const char *diff)
{
	struct finding *f = review_add_finding(r);

	r->patches = xcalloc(n, sizeof(*r->patches));
	r->n_patches = n;
	add_hunks(r, n, diff);
	f->filesystem = xstrdup("xfs");
	f->patch = n;
	f->clean = n - 1;
}

static void one_finding(struct review *r, const char *diff)
{
	finding_of(r, 1, diff);
}

START_TEST(the_hunk_that_the_contract_runs_through_is_quoted)
{
	AUTO(review_release) struct review r = { 0 };
	const struct finding *f;

	one_finding(&r, picks[_i].diff);
	quote_run(&r);
	f = &r.findings[0];
	if (!picks[_i].heading) {
		ck_assert_ptr_null(f->quote);
		return;
	}
	ck_assert_str_eq(f->quote_file, picks[_i].file);
	ck_assert_msg(strncmp(f->quote, picks[_i].heading,
			      strlen(picks[_i].heading)) == 0,
		      "%s", f->quote);
}
END_TEST

START_TEST(the_line_that_the_compiler_names_wins)
{
	AUTO(review_release) struct review r = { 0 };
	struct review_diagnostic *d;

	one_finding(&r, FILE_A HUNK_OTHER HUNK_DIO);
	d = review_add_diagnostic(&r.findings[0].diagnostics);
	d->file = xstrdup("fs/xfs/xfs_file.c");
	d->text = xstrdup("oops");
	d->line = 2;
	quote_run(&r);
	ck_assert_int_eq(strncmp(r.findings[0].quote, "@@ -1,2", 7), 0);
}
END_TEST

START_TEST(a_patch_that_is_not_certain_is_not_quoted)
{
	AUTO(review_release) struct review r = { 0 };

	finding_of(&r, 3, FILE_A HUNK_DIO);
	r.findings[0].clean = 1;
	quote_run(&r);
	ck_assert_ptr_null(r.findings[0].quote);
}
END_TEST

START_TEST(a_long_hunk_is_cut_around_its_change)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf diff = { 0 };
	size_t lines = 0;

	buf_init(&diff, 100000);
	buf_adds(&diff, FILE_A "@@ -1,100 +1,100 @@ f(\n");
	for (int i = 0; i < 49; i++)
		buf_addf(&diff, " before%d\n", i);
	buf_adds(&diff, "-out\n+in\n");
	for (int i = 0; i < 50; i++)
		buf_addf(&diff, " after%d\n", i);
	one_finding(&r, buf_text(&diff));
	quote_run(&r);
	for (const char *p = r.findings[0].quote; *p; p++)
		lines += *p == '\n';
	ck_assert_uint_eq(lines, QUOTE_MAX_LINES);
	ck_assert_ptr_nonnull(strstr(r.findings[0].quote, "\n+in\n"));
	ck_assert_ptr_nonnull(strstr(r.findings[0].quote, "[...]\n before45"));
	ck_assert_ptr_null(strstr(r.findings[0].quote, "before44"));
}
END_TEST

START_TEST(a_conflict_is_quoted_by_file_and_number)
{
	AUTO(review_release) struct review r = { 0 };

	one_finding(&r, FILE_DOC FILE_A HUNK_OTHER HUNK_DIO HUNK_TOKEN);
	r.conflict.patch = 1;
	r.conflict.hunk = 2;
	r.conflict.file = xstrdup("fs/xfs/xfs_file.c");
	quote_run(&r);
	ck_assert_ptr_nonnull(r.conflict.quote);
	ck_assert_int_eq(strncmp(r.conflict.quote, "@@ -9,2", 7), 0);
}
END_TEST

/* So long a line that @n of them are all the text that is kept. */
static void add_giant_hunk(struct buf *diff, unsigned line, size_t n,
			   const char *func)
{
	buf_addf(diff, "@@ -%u +%u @@ %s(int a)\n-x\n+", line, line, func);
	for (size_t i = 0; i < QUOTE_MAX_TEXT / n - 100; i++)
		buf_addc(diff, 'y');
	buf_addc(diff, '\n');
}

START_TEST(past_the_ceiling_the_text_of_the_least_is_not_kept)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf diff = { 0 };
	const struct review_hunk *h;

	buf_init(&diff, 3 * QUOTE_MAX_TEXT);
	buf_adds(&diff, FILE_A);
	add_giant_hunk(&diff, 1, 2, "xfs_other");
	add_giant_hunk(&diff, 3, 2, "xfs_other");
	add_giant_hunk(&diff, 5, 2, "xfs_file_write_iter");
	one_finding(&r, buf_text(&diff));
	ck_assert_uint_eq(r.patches[0].n_hunks, 3);
	h = r.patches[0].hunks;
	ck_assert_ptr_nonnull(h[0].text);
	ck_assert_ptr_null(h[1].text);
	ck_assert_ptr_nonnull(h[2].text);
	ck_assert_uint_eq(h[1].start, 3);
}
END_TEST

START_TEST(a_hunk_that_was_not_kept_is_not_replaced_by_another)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf diff = { 0 };

	buf_init(&diff, 3 * QUOTE_MAX_TEXT);
	buf_adds(&diff, FILE_A HUNK_OTHER);
	add_giant_hunk(&diff, 30, 1, "xfs_file_write_iter");
	finding_of(&r, 2, buf_text(&diff));
	quote_run(&r);
	ck_assert_ptr_null(r.findings[0].quote);
	ck_assert_ptr_null(r.patches[1].hunks[1].text);
	ck_assert_ptr_nonnull(r.patches[1].hunks[0].text);
}
END_TEST

TEST_MAIN("quote",
	  TABLE(the_hunk_that_the_contract_runs_through_is_quoted, picks),
	  TEST(the_line_that_the_compiler_names_wins),
	  TEST(a_patch_that_is_not_certain_is_not_quoted),
	  TEST(a_long_hunk_is_cut_around_its_change),
	  TEST(a_conflict_is_quoted_by_file_and_number),
	  TEST(past_the_ceiling_the_text_of_the_least_is_not_kept),
	  TEST(a_hunk_that_was_not_kept_is_not_replaced_by_another))
