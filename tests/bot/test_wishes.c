/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/wishes.h"

#include "rules/print.h"
#include "rules/told.h"
#include "tests/support/support.h"

static struct finding *add(struct review *r, enum finding_kind kind,
			   const char *filesystem)
{
	struct finding *f = review_add_finding(r);

	f->kind = kind;
	f->filesystem = xstrdup(filesystem);
	f->scenario = xstrdup("C01");
	f->says = xstrdup("a direct write came back short");
	f->message_id = xstrdup("");
	return f;
}

static void add_warning(struct finding *f, const char *text)
{
	struct review_diagnostic *d = review_add_diagnostic(&f->diagnostics);

	d->file = xstrdup("fs/iomap/direct-io.c");
	d->text = xstrdup(text);
}

/* A review with these findings, on xfs, ext4, ... in this order. */
static void fill(struct review *r, const enum finding_kind *kinds, size_t n)
{
	static const char *const filesystems[] = { "xfs", "ext4", "btrfs" };

	for (size_t i = 0; i < n && i < ARRAY_LEN(filesystems); i++)
		add(r, kinds[i], filesystems[i]);
}

static void wish(struct answers_wishes *list, const char *kind,
		 const char *about, const char *words)
{
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = (struct answers_wish){
		.series = 1,
		.kind = xstrdup(kind),
		.about = xstrdup(about),
		.words = xstrdup(words),
		.writer = xstrdup("ada@x.org"),
	};
}

static const struct {
	enum verdict verdict;
	enum finding_kind kinds[3];
	size_t n;
	unsigned unwanted; /* bit i: the ith */
	enum verdict left;
	bool is_silent;
	const char *why;
} reviews[] = {
	{ VERDICT_REGRESSION,
	  { FINDING_REGRESSION },
	  1,
	  0,
	  VERDICT_REGRESSION,
	  false,
	  NULL },
	{ VERDICT_REGRESSION,
	  { FINDING_REGRESSION },
	  1,
	  1,
	  VERDICT_SAME,
	  true,
	  "1 finding is left out: ada@x.org said that it is unrelated: why" },
	{ VERDICT_REGRESSION,
	  { FINDING_REGRESSION, FINDING_REGRESSION },
	  2,
	  1,
	  VERDICT_REGRESSION,
	  false,
	  "1 finding is left out: ada@x.org said that it is unrelated: why" },
	{ VERDICT_REGRESSION,
	  { FINDING_REGRESSION, FINDING_CHANGED },
	  2,
	  1,
	  VERDICT_CHANGED,
	  false,
	  "1 finding is left out: ada@x.org said that it is unrelated: why" },
	{ VERDICT_REGRESSION,
	  { FINDING_REGRESSION, FINDING_FIXED },
	  2,
	  1,
	  VERDICT_FIXED,
	  true,
	  "1 finding is left out: ada@x.org said that it is unrelated: why" },
	{ VERDICT_DOES_NOT_BUILD,
	  { FINDING_BUILD, FINDING_REGRESSION, FINDING_CHANGED },
	  3,
	  3,
	  VERDICT_CHANGED,
	  false,
	  "2 findings are left out: ada@x.org said that they are unrelated: "
	  "why" },
};

START_TEST(what_is_unrelated_is_left_out_and_the_verdict_is_of_the_rest)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(answers_wishes_release) struct answers_wishes list = { 0 };
	AUTO(wishes_left_release) struct wishes_left left = { 0 };

	r.verdict = reviews[_i].verdict;
	fill(&r, reviews[_i].kinds, reviews[_i].n);
	for (size_t i = 0; i < r.n_findings; i++) {
		AUTO(mem_free) char *print = print_finding(&r.findings[i]);

		if (reviews[_i].unwanted & (1u << i))
			wish(&list, WISHES_UNRELATED, print, "why");
	}
	wishes_leave_out(&left, &r, &list);
	ck_assert_uint_eq(left.n, list.n);
	ck_assert_uint_eq(r.n_findings, reviews[_i].n - list.n);
	ck_assert_str_eq(review_verdict_name(r.verdict),
			 review_verdict_name(reviews[_i].left));
	ck_assert(left.is_silent == reviews[_i].is_silent);
	if (reviews[_i].why)
		ck_assert_str_eq(left.why, reviews[_i].why);
	else
		ck_assert_ptr_null(left.why);
}
END_TEST

/* Every print of what was told, as a person's one word puts it. */
static void wish_all(struct answers_wishes *list, const struct review *told)
{
	AUTO(strings_release) struct strings prints = { 0 };
	struct err err = ERR_INIT;

	ck_ok(wishes_prints(&prints, "", told, &err), &err);
	for (size_t i = 0; i < prints.n; i++)
		wish(list, WISHES_KNOWN, prints.v[i], "https://x.org/1");
}

START_TEST(of_warnings_a_new_one_is_told)
{
	AUTO(review_release) struct review v1 = { 0 };
	AUTO(review_release) struct review v2 = { 0 };
	AUTO(answers_wishes_release) struct answers_wishes list = { 0 };
	AUTO(wishes_left_release) struct wishes_left left = { 0 };
	struct finding *f = add(&v1, FINDING_WARNING, "");

	v1.verdict = v2.verdict = VERDICT_SAME;
	add_warning(f, "unused variable 'a'");
	add_warning(f, "unused variable 'b'");
	wish_all(&list, &v1);
	ck_assert_uint_eq(list.n, 2);
	wishes_leave_out(&left, &v1, &list);
	ck_assert_uint_eq(left.n, 1);
	wishes_left_release(&left);
	f = add(&v2, FINDING_WARNING, "");
	add_warning(f, "unused variable 'a'");
	add_warning(f, "unused variable 'c'");
	wishes_leave_out(&left, &v2, &list);
	ck_assert_uint_eq(left.n, 0);
	ck_assert_uint_eq(v2.n_findings, 1);
}
END_TEST

static const struct {
	const char *was, *is;
	bool is_silent;
} conflicts[] = {
	{ "fs/iomap/direct-io.c", "fs/iomap/direct-io.c", true },
	{ "fs/iomap/direct-io.c", "fs/xfs/xfs_file.c", false },
	{ NULL, NULL, true },
};

START_TEST(a_known_conflict_is_that_of_the_same_file)
{
	AUTO(review_release) struct review v1 = { 0 };
	AUTO(review_release) struct review v2 = { 0 };
	AUTO(answers_wishes_release) struct answers_wishes list = { 0 };
	AUTO(wishes_left_release) struct wishes_left left = { 0 };
	const char *was = conflicts[_i].was, *is = conflicts[_i].is;

	v1.verdict = v2.verdict = VERDICT_DOES_NOT_APPLY;
	v1.conflict.patch = v1.total = 1;
	v2.conflict.patch = v2.total = 2;
	v1.conflict.file = was ? xstrdup(was) : NULL;
	v2.conflict.file = is ? xstrdup(is) : NULL;
	wish_all(&list, &v1);
	wishes_leave_out(&left, &v2, &list);
	ck_assert(left.is_silent == conflicts[_i].is_silent);
	ck_assert_int_eq(v2.verdict, VERDICT_DOES_NOT_APPLY);
	if (left.is_silent)
		ck_assert_str_eq(left.why,
				 "1 finding is left out: ada@x.org said that "
				 "it is known, at https://x.org/1");
}
END_TEST

START_TEST(what_a_mail_told_is_what_is_meant)
{
	AUTO(review_release) struct review then = { 0 };
	AUTO(review_release) struct review now = { 0 };
	AUTO(strings_release) struct strings prints = { 0 };
	AUTO(told_release) struct told told = { 0 };
	AUTO(mem_free) char *text = NULL;
	AUTO(mem_free) char *print = NULL;
	struct err err = ERR_INIT;

	then.verdict = now.verdict = VERDICT_REGRESSION;
	print = print_finding(add(&then, FINDING_REGRESSION, "xfs"));
	add(&now, FINDING_REGRESSION, "ext4");
	told_from_review(&told, &then);
	text = told_print(&told);
	ck_ok(wishes_prints(&prints, text, &now, &err), &err);
	ck_assert_uint_eq(prints.n, 1);
	ck_assert_str_eq(prints.v[0], print);
	ck_assert_int_eq(wishes_prints(&prints, "{", &now, &err), -1);
}
END_TEST

static const struct {
	const char *kind, *words;
	const char *says; /* NULL: nothing */
} recalls[] = {
	{ WISHES_KNOWN, "https://example.org/1",
	  "xfs C01, ext4 C01: a direct write came back short; on 2026-01-02 "
	  "ada@x.org said that it is known, at https://example.org/1" },
	{ WISHES_UNRELATED, "",
	  "xfs C01, ext4 C01: a direct write came back short; on 2026-01-02 "
	  "ada@x.org said that it is unrelated" },
	{ WISHES_UNRELATED, "it is old",
	  "xfs C01, ext4 C01: a direct write came back short; on 2026-01-02 "
	  "ada@x.org said that it is unrelated: it is old" },
	{ WISHES_STOP, "",
	  "on 2026-01-02 ada@x.org wanted no more mails about this series" },
	{ WISHES_BASE, "v6.12", NULL },
};

/* Of two of three, by one order; what is not there any more is not named. */
START_TEST(who_reviews_by_hand_is_shown_what_was_said_and_all_findings)
{
	static const enum finding_kind kinds[] = { FINDING_REGRESSION,
						   FINDING_REGRESSION,
						   FINDING_REGRESSION };
	AUTO(review_release) struct review r = { 0 };
	AUTO(answers_wishes_release) struct answers_wishes list = { 0 };
	bool is_whole = strcmp(recalls[_i].kind, WISHES_STOP) == 0;

	fill(&r, kinds, ARRAY_LEN(kinds));
	r.verdict = VERDICT_REGRESSION;
	for (size_t i = 0; i < 2 && !is_whole; i++) {
		AUTO(mem_free) char *print = print_finding(&r.findings[i]);

		wish(&list, recalls[_i].kind, print, recalls[_i].words);
	}
	wish(&list, recalls[_i].kind, is_whole ? "" : "gone",
	     recalls[_i].words);
	for (size_t i = 0; i < list.n; i++)
		list.v[i].at = 1767312000; /* 2026-01-02 */
	wishes_recall(&r, &list);
	ck_assert_uint_eq(r.said.n, recalls[_i].says != NULL);
	if (r.said.n)
		ck_assert_str_eq(r.said.v[0], recalls[_i].says);
	ck_assert_uint_eq(r.n_findings, 3);
	ck_assert_int_eq(r.verdict, VERDICT_REGRESSION);
}
END_TEST

TEST_MAIN("wishes",
	  TABLE(what_is_unrelated_is_left_out_and_the_verdict_is_of_the_rest,
		reviews),
	  TEST(of_warnings_a_new_one_is_told),
	  TABLE(a_known_conflict_is_that_of_the_same_file, conflicts),
	  TEST(what_a_mail_told_is_what_is_meant),
	  TABLE(who_reviews_by_hand_is_shown_what_was_said_and_all_findings,
		recalls))
