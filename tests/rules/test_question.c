/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/question.h"

#include "tests/support/support.h"

#define HUNK "@@ -9,2 +9,2 @@ f(int a)\n-b\n+c\n"

static void add_patch(struct review *r, const char *file)
{
	struct review_patch *p = review_add_patch(r);
	struct review_hunk *h = review_add_hunk(p);

	p->n = 1;
	p->message_id = xstrdup("1@example.org");
	h->file = xstrdup(file);
	h->start = 9;
	h->length = 2;
	h->text = xstrdup(HUNK);
}

static void ask(struct review *r, const char *rule, const char *file,
		unsigned first, unsigned last)
{
	AUTO(questions_release) struct questions list = { 0 };
	struct question q = { .rule = xstrdup(rule),
			      .says = xstrdup("it is gone"),
			      .promise = xstrdup("it stays"),
			      .file = xstrdup(file),
			      .first = first,
			      .last = last };

	questions_take(&list, &q);
	questions_add(r, 1, &list);
}

/* Lines of the question, and whether the hunk of lines 9 and 10 is in them. */
static const struct {
	const char *file;
	unsigned first, last;
	bool is_quoted;
} places[] = {
	{ "fs/ext4/a.c", 1, UINT32_MAX, true },
	{ "fs/ext4/a.c", 10, 20, true },
	{ "fs/ext4/a.c", 1, 9, true },
	{ "fs/ext4/a.c", 11, 20, false },
	{ "fs/ext4/a.c", 1, 8, false },
	{ "fs/ext4/b.c", 1, UINT32_MAX, false },
};

START_TEST(the_hunk_in_its_lines_is_quoted)
{
	AUTO(review_release) struct review r = { 0 };

	add_patch(&r, "fs/ext4/a.c");
	ask(&r, "semantic/x", places[_i].file, places[_i].first,
	    places[_i].last);
	ck_assert_int_eq(r.findings[0].kind, FINDING_QUESTION);
	ck_assert(!r.findings[0].quote == !places[_i].is_quoted);
}
END_TEST

START_TEST(a_rule_that_knows_the_function_stands_for_one_that_does_not)
{
	AUTO(review_release) struct review r = { 0 };

	add_patch(&r, "fs/ext4/a.c");
	ask(&r, "diff/ENOTBLK", "fs/ext4/a.c", 9, 10);
	ask(&r, "semantic/x", "fs/ext4/a.c", 1, 30);
	questions_settle(&r);
	ck_assert_uint_eq(r.n_findings, 1);
	ck_assert_str_eq(r.findings[0].contract, "semantic/x");
}
END_TEST

static void add_pair(struct review *r, const char *filesystem,
		     enum pair_verdict verdict)
{
	struct review_pair *p = review_add_pair(r);

	p->filesystem = xstrdup(filesystem);
	p->scenario = xstrdup("C01");
	p->verdict = verdict;
}

/* Where the patch is, where a regression was found, and the answer. */
static const struct {
	const char *file;
	const char *found; /* filesystem; NULL: nothing was */
	const char *answer;
} answers[] = {
	{ "fs/ext4/a.c", "ext4", "C01 on ext4 shows it: data is lost" },
	{ "fs/ext4/a.c", "ext4ind", "C01 on ext4ind shows it: data is lost" },
	{ "fs/ext4/a.c", "xfs",
	  "none of the 1 collisions that were run there shows it" },
	{ "mm/filemap.c", "xfs", "C01 on xfs shows it: data is lost" },
	{ "fs/jfs/a.c", NULL, "no collision that was run can tell" },
};

START_TEST(beside_it_stands_what_the_collisions_showed)
{
	AUTO(review_release) struct review r = { 0 };
	struct finding *f;

	add_patch(&r, answers[_i].file);
	ask(&r, "semantic/x", answers[_i].file, 1, 30);
	add_pair(&r, "ext4", PAIR_SAME);
	if (answers[_i].found) {
		f = review_add_finding(&r);
		f->kind = FINDING_REGRESSION;
		f->filesystem = xstrdup(answers[_i].found);
		f->scenario = xstrdup("C01");
		f->patch = 1;
		f->says = xstrdup("data is lost");
	}
	questions_settle(&r);
	questions_settle(&r);
	ck_assert_str_eq(r.findings[0].answer, answers[_i].answer);
}
END_TEST

START_TEST(questions_outlive_a_second_judgement)
{
	AUTO(review_release) struct review r = { 0 };

	add_patch(&r, "fs/ext4/a.c");
	ask(&r, "semantic/x", "fs/ext4/a.c", 1, 30);
	review_add_finding(&r)->kind = FINDING_CHANGED;
	review_clear_findings(&r);
	ck_assert_uint_eq(r.n_findings, 1);
	ck_assert_int_eq(r.findings[0].kind, FINDING_QUESTION);
}
END_TEST

TEST_MAIN("question", TABLE(the_hunk_in_its_lines_is_quoted, places),
	  TEST(a_rule_that_knows_the_function_stands_for_one_that_does_not),
	  TABLE(beside_it_stands_what_the_collisions_showed, answers),
	  TEST(questions_outlive_a_second_judgement))
