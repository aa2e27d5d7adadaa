/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/print.h"

#include "bot/report/record.h"
#include "tests/support/reviews.h"
#include "tests/support/support.h"

/* A finding in few words; what is NULL is not known. */
struct said {
	enum finding_kind kind;
	const char *filesystem, *scenario, *contract, *path, *losers, *says;
	const char *file, *text; /* of its one diagnostic */
	unsigned patch;
};

static char *dup_maybe(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static struct finding *add_said(struct review *r, const struct said *s)
{
	struct finding *f = review_add_finding(r);

	f->kind = s->kind;
	f->filesystem = dup_maybe(s->filesystem);
	f->scenario = dup_maybe(s->scenario);
	f->contract = dup_maybe(s->contract);
	f->patched.path = dup_maybe(s->path);
	f->patched.losers = dup_maybe(s->losers);
	f->says = dup_maybe(s->says);
	f->patch = s->patch;
	if (s->text) {
		struct review_diagnostic *d =
			review_add_diagnostic(&f->diagnostics);

		d->file = xstrdup(s->file);
		d->line = s->patch;
		d->text = xstrdup(s->text);
	}
	return f;
}

#define BAD FINDING_REGRESSION
#define FULL "xfs/full-or-negative"
#define DIRECT "the direct writer"

static const struct {
	bool is_same;
	struct said a, b;
} pairs[] = {
	/* other bytes, other patch */
	{ true,
	  { BAD, "xfs", "C01", FULL, "came back short", DIRECT, "with 4096" },
	  { BAD, "xfs", "C01", FULL, "failed", DIRECT, "with 8192",
	    .patch = 3 } },
	{ false, { BAD, "xfs", "C01", FULL }, { BAD, "ext4", "C01", FULL } },
	{ false, { BAD, "xfs", "C01", FULL }, { BAD, "xfs", "C02", FULL } },
	{ false,
	  { BAD, "xfs", "C01", FULL },
	  { BAD, "xfs", "C01", "xfs/fresh-reads" } },
	{ false,
	  { BAD, "xfs", "C01", FULL, .losers = DIRECT },
	  { BAD, "xfs", "C01", FULL, .losers = "the buffered reader" } },
	{ false,
	  { BAD, "xfs", "C01", FULL },
	  { FINDING_UNCOVERED, "xfs", "C01", FULL } },
	{ false,
	  { FINDING_CHANGED, "xfs", "C01", .path = "direct" },
	  { FINDING_CHANGED, "xfs", "C01", .path = "failed" } },
	/* a guest that ends: addresses, process ids and times are not it */
	{ true,
	  { BAD, .says = "the kernel panicked: BUG at 0x1f, ffff8880a1b2c3d4" },
	  { BAD,
	    .says = "the kernel panicked: BUG at 0x20, ffff888001020304" } },
	{ true,
	  { BAD, .says = "the kernel hung: task dd:17 blocked for 122 s" },
	  { BAD, .says = "the kernel hung: task dd:4711 blocked for 140 s" } },
	{ false,
	  { BAD, .says = "the kernel panicked: BUG in ext4_iomap_end" },
	  { BAD, .says = "the kernel panicked: BUG in xfs_iomap_end" } },
	{ false,
	  { BAD, .says = "the kernel panicked: dead" },
	  { BAD, .says = "the kernel panicked: beef" } },
	/* a build: the line is another one in v2 */
	{ true,
	  { FINDING_BUILD, .file = "fs/a.c", .text = "'x' undeclared",
	    .patch = 1, .says = "the kernel does not build" },
	  { FINDING_BUILD, .file = "fs/a.c", .text = "'x' undeclared",
	    .patch = 2, .says = "the kernel does not build" } },
	{ false,
	  { FINDING_BUILD, .file = "fs/a.c", .text = "'x' undeclared" },
	  { FINDING_BUILD, .file = "fs/b.c", .text = "'x' undeclared" } },
	{ false,
	  { FINDING_BUILD, .file = "fs/a.c", .text = "'x' undeclared" },
	  { FINDING_BUILD, .file = "fs/a.c", .text = "'y' undeclared" } },
	{ false,
	  { FINDING_BUILD, .file = "fs/a.c", .text = "'x' unused" },
	  { FINDING_WARNING, .file = "fs/a.c", .text = "'x' unused" } },
};

START_TEST(the_same_fault_has_the_same_print)
{
	AUTO(review_release) struct review a = { 0 };
	AUTO(review_release) struct review b = { 0 };
	AUTO(mem_free) char *left = NULL;
	AUTO(mem_free) char *right = NULL;

	left = print_finding(add_said(&a, &pairs[_i].a));
	right = print_finding(add_said(&b, &pairs[_i].b));
	ck_assert_uint_eq(strlen(left), PRINT_HEX);
	ck_assert_int_eq(strcmp(left, right) == 0, pairs[_i].is_same);
}
END_TEST

START_TEST(a_warning_is_known_by_each_of_its_lines)
{
	AUTO(review_release) struct review r = { 0 };
	struct finding *f =
		add_said(&r, &(struct said){ FINDING_WARNING, .file = "fs/a.c",
					     .text = "unused variable 'x'" });
	AUTO(mem_free) char *one = print_finding(f);
	AUTO(mem_free) char *line = print_diagnostic(f, 0);
	struct review_diagnostic *d = review_add_diagnostic(&f->diagnostics);
	AUTO(mem_free) char *two = NULL;
	AUTO(mem_free) char *still = NULL;

	d->file = xstrdup("fs/a.c");
	d->text = xstrdup("unused variable 'y'");
	two = print_finding(f);
	still = print_diagnostic(f, 0);
	ck_assert_str_ne(one, two);
	ck_assert_str_eq(line, still);
}
END_TEST

START_TEST(the_order_of_findings_is_no_part_of_a_review)
{
	static const struct said first = { BAD, "xfs", "C01", FULL };
	static const struct said second = { BAD, "ext4", "C01", FULL };
	AUTO(review_release)
	struct review a = { .verdict = VERDICT_REGRESSION };
	AUTO(review_release)
	struct review b = { .verdict = VERDICT_REGRESSION };
	AUTO(mem_free) char *left = NULL;
	AUTO(mem_free) char *right = NULL;
	AUTO(mem_free) char *less = NULL;

	add_said(&a, &first);
	add_said(&a, &second);
	add_said(&b, &second);
	less = print_review(&b);
	add_said(&b, &first);
	left = print_review(&a);
	right = print_review(&b);
	ck_assert_str_eq(left, right);
	ck_assert_str_ne(left, less);
}
END_TEST

START_TEST(a_review_that_was_read_again_has_the_same_prints)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(review_release) struct review again = { 0 };
	AUTO(mem_free) char *text = NULL;
	struct err err = ERR_INIT;

	reviews_make(&r, &reviews[_i]);
	text = record_print(&r);
	ck_ok(record_parse(&again, text, strlen(text), &err), &err);
	ck_assert_uint_eq(r.n_findings, again.n_findings);
	for (size_t i = 0; i < r.n_findings; i++) {
		AUTO(mem_free) char *before = print_finding(&r.findings[i]);
		AUTO(mem_free) char *after = print_finding(&again.findings[i]);

		ck_assert_str_eq(before, after);
	}
}
END_TEST

TEST_MAIN("print", TABLE(the_same_fault_has_the_same_print, pairs),
	  TEST(a_warning_is_known_by_each_of_its_lines),
	  TEST(the_order_of_findings_is_no_part_of_a_review),
	  TABLE(a_review_that_was_read_again_has_the_same_prints, reviews))
