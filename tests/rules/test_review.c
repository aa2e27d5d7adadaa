/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/review.h"

#include "tests/support/support.h"

static const struct {
	const char *name;
	enum verdict verdict;
	int exit_code;
} verdicts[] = {
	{ "could not tell", VERDICT_COULD_NOT_TELL, 2 },
	{ "same", VERDICT_SAME, 0 },
	{ "fixed", VERDICT_FIXED, 0 },
	{ "changed", VERDICT_CHANGED, 0 },
	{ "regression", VERDICT_REGRESSION, 1 },
	{ "does not apply", VERDICT_DOES_NOT_APPLY, 2 },
	{ "does not build", VERDICT_DOES_NOT_BUILD, 1 },
};

START_TEST(a_verdict_has_its_word_and_its_exit_code)
{
	const struct review r = { .verdict = verdicts[_i].verdict };

	ck_assert_str_eq(review_verdict_name(r.verdict), verdicts[_i].name);
	ck_assert_int_eq(review_exit_code(&r), verdicts[_i].exit_code);
}
END_TEST

START_TEST(a_record_that_nobody_judged_is_no_pass)
{
	const struct review r = { 0 };

	ck_assert_int_eq(review_exit_code(&r), 2);
}
END_TEST

START_TEST(what_was_timed_twice_adds_up)
{
	AUTO(review_release) struct review r = { 0 };

	review_add_timing(&r, "build", 5);
	review_add_timing(&r, "guest", 1);
	review_add_timing(&r, "build", 7);
	ck_assert_uint_eq(r.n_timing, 2);
	ck_assert_int_eq(r.timing[0].ms, 12);
}
END_TEST

static void add_attempt(struct review *r, const char *commit, unsigned matched,
			unsigned total, bool applies)
{
	struct review_attempt *a = review_add_attempt(r);

	a->commit = xstrdup(commit);
	a->blobs_matched = matched;
	a->blobs_total = total;
	a->applies = applies;
}

START_TEST(the_nearest_base_has_most_blobs_and_does_not_apply)
{
	AUTO(review_release) struct review r = { 0 };

	ck_assert_ptr_null(review_find_nearest(&r));
	add_attempt(&r, "applies", 4, 4, true);
	add_attempt(&r, "not asked", 0, 0, false);
	ck_assert_ptr_null(review_find_nearest(&r));
	add_attempt(&r, "half", 1, 2, false);
	add_attempt(&r, "most", 3, 4, false);
	add_attempt(&r, "as much", 3, 4, false);
	ck_assert_str_eq(review_find_nearest(&r)->commit, "most");
}
END_TEST

START_TEST(a_revision_with_holes_is_ended_and_names_them)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(strings_release) struct strings missing = { 0 };
	struct mail *patches[10] = { 0 };
	char title[] = "a series";
	struct revision revision = {
		.title = title, .version = 3, .total = 10, .patches = patches
	};

	for (int i = 1; i <= 10; i++)
		strings_push_take(&missing, xasprintf("%d/10", i));
	revision.missing = missing;
	review_begin(&r, &revision);
	ck_assert_int_eq(r.verdict, VERDICT_COULD_NOT_TELL);
	ck_assert_str_eq(r.why,
			 "the series is incomplete: 1/10, 2/10, 3/10, 4/10, "
			 "5/10, 6/10, 7/10, 8/10 and 2 more are missing");
	ck_assert_uint_eq(r.n_patches, 10);
	ck_assert(r.patches[9].is_missing);
	ck_assert_str_eq(r.message_id, "");
}
END_TEST

static char *const none = (char[]){ "" };

/* A mail of nobody with @n references: 0@x, 1@x, ... */
static struct mail *new_mail(size_t n)
{
	struct mail *m = xcalloc(1, sizeof(*m));

	m->message_id = xstrdup("patch@x");
	m->in_reply_to = m->subject_raw = m->title = m->list_id = none;
	m->from = m->author = (struct mail_person){ none, none };
	for (size_t i = 0; i < n; i++)
		strings_push_take(&m->references, xasprintf("%zu@x", i));
	return m;
}

static const struct {
	size_t n, kept;
	const char *second; /* that was kept */
} chains[] = {
	{ 0, 0, NULL },
	{ 2, 2, "1@x" },
	{ 1 + REVIEW_MAX_REFERENCES, 1 + REVIEW_MAX_REFERENCES, "1@x" },
	{ 2 + REVIEW_MAX_REFERENCES, 1 + REVIEW_MAX_REFERENCES, "2@x" },
	{ 40, 1 + REVIEW_MAX_REFERENCES, "30@x" },
};

START_TEST(of_a_long_chain_the_root_and_the_last_are_kept)
{
	AUTO(review_release) struct review r = { 0 };
	struct mail *patches[1] = { new_mail(chains[_i].n) };
	char title[] = "a patch";
	const struct strings *kept;

	review_begin(&r, &(struct revision){
				 .title = title,
				 .version = 1,
				 .total = 1,
				 .patches = patches,
			 });
	ck_assert_uint_eq(r.n_mails, 1);
	ck_assert_uint_eq(r.mails[0].n, 1);
	ck_assert_str_eq(r.message_id, "patch@x");
	kept = &r.mails[0].references;
	ck_assert_uint_eq(kept->n, chains[_i].kept);
	if (chains[_i].second) {
		ck_assert_str_eq(kept->v[0], "0@x");
		ck_assert_str_eq(kept->v[1], chains[_i].second);
	}
	free(patches[0]->message_id);
	strings_release(&patches[0]->references);
	free(patches[0]);
}
END_TEST

TEST_MAIN("review", TABLE(a_verdict_has_its_word_and_its_exit_code, verdicts),
	  TEST(a_record_that_nobody_judged_is_no_pass),
	  TEST(what_was_timed_twice_adds_up),
	  TEST(the_nearest_base_has_most_blobs_and_does_not_apply),
	  TEST(a_revision_with_holes_is_ended_and_names_them),
	  TABLE(of_a_long_chain_the_root_and_the_last_are_kept, chains))
