/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_patch.c - what a diff says, and what is refused as none
 */
#include "bot/base/mem.h"
#include "bot/base/sink.h"
#include "parsers/patch.h"
#include "tests/support/support.h"

/* ---- golden files ---- */

static const char *op_name(enum patch_op op)
{
	switch (op) {
	case PATCH_CHANGE:
		return "change";
	case PATCH_ADD:
		return "add";
	case PATCH_DELETE:
		return "delete";
	case PATCH_RENAME:
		return "rename";
	case PATCH_COPY:
		return "copy";
	}
	return "";
}

static void dump_hunk(struct buf *out, const struct patch_hunk *h)
{
	buf_addf(out, "  hunk -%u,%u +%u,%u line %u bytes %zu+%zu",
		 h->old_start, h->old_n, h->new_start, h->new_n, h->line, h->at,
		 h->len);
	buf_addf(out, " context %u/%u in '", h->leading, h->trailing);
	sink_line(out, h->func, strlen(h->func));
	buf_adds(out, "'\n");
	for (size_t i = 0; i < h->n_lines; i++) {
		buf_addf(out, "    %c", h->lines[i].origin);
		sink_line(out, h->lines[i].text, h->lines[i].len);
		buf_adds(out, h->lines[i].no_newline ? "<end>\n" : "\n");
	}
}

static void dump_file(struct buf *out, const struct patch_file *f)
{
	buf_addf(out, "%s line %u\n", op_name(f->op), f->line);
	if (f->old_path)
		buf_addf(out, "  old %06o '%s' %s\n", f->old_mode, f->old_path,
			 f->old_id);
	if (f->new_path)
		buf_addf(out, "  new %06o '%s' %s\n", f->new_mode, f->new_path,
			 f->new_id);
	if (f->similarity)
		buf_addf(out, "  similarity %u\n", f->similarity);
	if (f->is_binary)
		buf_adds(out, "  binary\n");
	if (f->is_plain)
		buf_adds(out, "  plain\n");
	for (size_t i = 0; i < f->n_hunks; i++)
		dump_hunk(out, &f->hunks[i]);
}

static void dump(struct buf *out, const char *bytes, size_t len)
{
	AUTO(patch_free) struct patch *p = NULL;
	struct err err = ERR_INIT;

	if (patch_parse(&p, bytes, len, &err) < 0) {
		ck_assert_ptr_null(p);
		buf_addf(out, "%s: %s\n", err_kind_name(err.kind), err.msg);
		return;
	}
	for (size_t i = 0; i < p->n_files; i++)
		dump_file(out, &p->files[i]);
}

START_TEST(reads_each_fixture_as_it_should)
{
	support_golden("patch", ".patch", dump);
}
END_TEST

/* ---- ceilings ---- */

static void add_file(struct buf *b, size_t i)
{
	buf_addf(b, "diff --git a/f%zu b/f%zu\nnew file mode 100644\n", i, i);
}

static void add_hunk(struct buf *b, size_t i)
{
	if (i == 0)
		buf_adds(b, "--- a/f\n+++ b/f\n");
	buf_addf(b, "@@ -%zu +%zu @@\n-a\n+b\n", 2 * i + 1, 2 * i + 1);
}

static const struct {
	const char *what;
	size_t most;
	void (*add)(struct buf *b, size_t i);
	const char *says;
} ceilings[] = {
	{ "files", PATCH_MAX_FILES, add_file,
	  "line 10001: more than 5000 files" },
	{ "hunks", PATCH_MAX_HUNKS, add_hunk,
	  "line 60003: more than 20000 hunks" },
};

START_TEST(as_many_as_the_ceiling_are_read_and_one_more_is_not)
{
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(patch_free) struct patch *at = NULL;
	AUTO(patch_free) struct patch *past = NULL;
	struct err err = ERR_INIT;

	buf_init(&text, PATCH_MAX_BYTES);
	for (size_t i = 0; i < ceilings[_i].most; i++)
		ceilings[_i].add(&text, i);
	ck_ok(patch_parse(&at, buf_text(&text), text.len, &err), &err);
	ceilings[_i].add(&text, ceilings[_i].most);
	ck_assert_int_eq(patch_parse(&past, buf_text(&text), text.len, &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	ck_assert_str_eq(err.msg, ceilings[_i].says);
}
END_TEST

/* One hunk of so many lines. */
static int parse_lines(size_t n, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(patch_free) struct patch *p = NULL;

	buf_init(&text, PATCH_MAX_BYTES);
	buf_addf(&text, "--- a/f\n+++ b/f\n@@ -0,0 +1,%zu @@\n", n);
	for (size_t i = 0; i < n; i++)
		buf_adds(&text, "+x\n");
	return patch_parse(&p, buf_text(&text), text.len, err);
}

START_TEST(a_patch_has_at_most_so_many_lines)
{
	struct err err = ERR_INIT;

	ck_ok(parse_lines(PATCH_MAX_LINES, &err), &err);
	ck_assert_int_eq(parse_lines(PATCH_MAX_LINES + 1, &err), -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	ck_assert_str_eq(err.msg, "line 400004: more than 400000 lines");
}
END_TEST

START_TEST(a_patch_has_at_most_so_many_bytes)
{
	static const char head[] = "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+x\n";
	AUTO(mem_free) char *text = xcalloc(1, PATCH_MAX_BYTES + 1);
	AUTO(patch_free) struct patch *at = NULL;
	AUTO(patch_free) struct patch *past = NULL;
	struct err err = ERR_INIT;

	memcpy(text, head, strlen(head));
	ck_ok(patch_parse(&at, text, PATCH_MAX_BYTES, &err), &err);
	ck_assert_int_eq(patch_parse(&past, text, PATCH_MAX_BYTES + 1, &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	ck_assert_str_eq(err.msg, "the diff is larger than 16777216 bytes");
}
END_TEST

/* ---- the reverse ---- */

static struct patch *parse(const char *text)
{
	struct patch *p = NULL;
	struct err err = ERR_INIT;

	ck_ok(patch_parse(&p, text, strlen(text), &err), &err);
	return p;
}

START_TEST(the_reverse_exchanges_old_and_new_and_the_order)
{
	AUTO(patch_free)
	struct patch *p = parse("diff --git a/n b/n\n"
				"new file mode 100755\n"
				"index 0000000..1111111\n"
				"--- /dev/null\n"
				"+++ b/n\n"
				"@@ -0,0 +1 @@\n"
				"+n\n"
				"diff --git a/x b/y\n"
				"similarity index 90%\n"
				"rename from x\n"
				"rename to y\n"
				"@@ -3,2 +4 @@ f(\n"
				"-gone\n"
				" kept\n");
	AUTO(patch_free) struct patch *undo = patch_reversed(p);

	ck_assert_uint_eq(undo->n_files, 2);
	ck_assert_int_eq(undo->files[0].op, PATCH_RENAME);
	ck_assert_str_eq(undo->files[0].old_path, "y");
	ck_assert_str_eq(undo->files[0].new_path, "x");
	ck_assert_uint_eq(undo->files[0].hunks[0].old_start, 4);
	ck_assert_uint_eq(undo->files[0].hunks[0].new_n, 2);
	ck_assert_int_eq(undo->files[0].hunks[0].lines[0].origin, '+');
	ck_assert_str_eq(undo->files[0].hunks[0].func, "f(");
	ck_assert_int_eq(undo->files[1].op, PATCH_DELETE);
	ck_assert_str_eq(undo->files[1].old_path, "n");
	ck_assert_ptr_null(undo->files[1].new_path);
	ck_assert_uint_eq(undo->files[1].old_mode, 0100755);
	ck_assert_str_eq(undo->files[1].old_id, "1111111");
	ck_assert_str_eq(undo->files[1].new_id, "");
}
END_TEST

TEST_MAIN("patch", TEST(reads_each_fixture_as_it_should),
	  TABLE(as_many_as_the_ceiling_are_read_and_one_more_is_not, ceilings),
	  TEST(a_patch_has_at_most_so_many_lines),
	  TEST(a_patch_has_at_most_so_many_bytes),
	  TEST(the_reverse_exchanges_old_and_new_and_the_order))
