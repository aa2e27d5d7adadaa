/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a stranger writes in a mail, or a guest on its console, is text in a
 * reproducer and never code.
 */
#include "rules/reproducer.h"

#include "bot/base/fs.h"
#include "tests/support/program.h"
#include "tests/support/support.h"

static const char *const attacks[] = {
	"*/ int main(void) { return 0; } /*",
	"a \" int injected; \"",
	"a \\\" int injected; \\\"",
	"a\n#error injected\n",
	"a *\n/ int injected;",
	"a \?\?/\n#error injected",
	"/* /* // \\",
	"\\\n*\\\n/\n#error injected",
	"\xe2\x80\xae */ \xff\xfe \x1b[31m",
	"%s%n%d",
};

static void fill_side(struct finding_side *side, const char *text)
{
	side->v = xcalloc(1, sizeof(*side->v));
	side->n = 1;
	side->v[0] = (struct outcome_field){ xstrdup(text), xstrdup(text) };
}

/* All that is foreign is @attack. */
static void fill(struct review *r, const char *attack)
{
	struct finding *f = review_add_finding(r);

	r->subject = xstrdup(attack);
	r->message_id = xstrdup(attack);
	r->version = r->total = 1;
	r->base.commit = xstrdup(attack);
	r->base.tree = xstrdup(attack);
	r->base.how = xstrdup(attack);
	r->environment.kernel = xstrdup(attack);
	f->kind = FINDING_REGRESSION;
	f->filesystem = xstrdup("xfs");
	f->scenario = xstrdup("C01");
	f->patch = 1;
	f->message_id = xstrdup(attack);
	f->says = xstrdup(attack);
	fill_side(&f->base, attack);
	fill_side(&f->patched, attack);
}

START_TEST(a_stranger_writes_no_code)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(buf_release) struct buf assembly = { 0 };
	AUTO(mem_free) char *dir = support_tmpdir();
	struct err err = ERR_INIT;
	const char *head;

	fill(&r, attacks[_i]);
	program_write(&text, &r, r.findings);
	head = strstr(buf_text(&text), "*/\n/*\n");
	ck_assert_ptr_nonnull(head);
	head = strstr(head + 6, "*/");
	ck_assert_msg(strncmp(head, "*/\n#ifndef _GNU_SOURCE", 22) == 0,
		      "%.1000s", buf_text(&text));
	program_compile(&assembly, dir, &text, "-S -O0 -o -");
	ck_assert_ptr_null(strstr(buf_text(&assembly), "injected:"));
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

START_TEST(a_finding_is_told_at_the_head)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf text = { 0 };

	fill(&r, "seed@example.org");
	program_write(&text, &r, r.findings);
	ck_assert_msg(strstr(buf_text(&text),
			     " * Found (regression) in patch 1/1 of "
			     "\"seed@example.org\", v1:\n"
			     " * <seed@example.org>\n") != NULL,
		      "%.1000s", buf_text(&text));
	ck_assert_ptr_nonnull(strstr(buf_text(&text),
				     "\t{ \"seed@example.org\", "
				     "\"seed@example.org\", "
				     "\"seed@example.org\" },\n"));
}
END_TEST

START_TEST(without_a_review_the_promises_are_left)
{
	AUTO(buf_release) struct buf text = { 0 };

	program_write(&text, NULL, NULL);
	ck_assert_ptr_nonnull(
		strstr(buf_text(&text), ".id = \"xfs/full-or-negative\""));
	ck_assert_ptr_null(strstr(buf_text(&text), ".id = \"ext4/"));
	ck_assert_ptr_null(strstr(buf_text(&text), "Found ("));
}
END_TEST

static const struct {
	const char *scenario, *filesystem, *name;
} names[] = {
	{ "C01", "xfs", "c01-xfs.c" },
	{ "C02w", "xfs1k", "c02w-xfs1k.c" },
};

START_TEST(a_reproducer_is_called_by_its_pair)
{
	AUTO(mem_free)
	char *name = reproducer_name(names[_i].scenario, names[_i].filesystem);

	ck_assert_str_eq(name, names[_i].name);
}
END_TEST

TEST_MAIN("reproducer", TABLE(a_stranger_writes_no_code, attacks),
	  TEST(a_finding_is_told_at_the_head),
	  TEST(without_a_review_the_promises_are_left),
	  TABLE(a_reproducer_is_called_by_its_pair, names))
