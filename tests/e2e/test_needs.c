/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_needs.c - a series is compared with what it stands on, on a real kernel
 *
 * tests/run has prepared the base. This program is the box and the lab, too.
 */
#include "bot/base/fs.h"
#include "bot/command.h"
#include "bot/session.h"
#include "bot/stages/place.h"
#include "tests/support/run.h"

/* The third patch of four is the one at fault; each becomes a lone one. */
#define SPLIT                                                             \
	"git mailsplit -o$dir tests/fixtures/series/third-of-four.mbox\n" \
	"sed -i 's/^Subject: .PATCH [0-9]\\/4./Subject: [PATCH]/;"        \
	"/^In-Reply-To:/d;/^References:/d' $dir/000?\n"

struct turn {
	struct run run;
	struct config *config;
	struct store *store;
	struct session *session;
	struct tree *tree;
	struct letters letters;
	struct review review;
};

static void turn_release(struct turn *t)
{
	review_release(&t->review);
	letters_release(&t->letters);
	tree_free(t->tree);
	session_free(t->session);
	store_free(t->store);
	config_free(t->config);
	run_release(&t->run);
}
DEFINE_AUTO_VALUE(struct turn, turn_release)

static void only(struct strings *list, const char *word)
{
	strings_release(list);
	strings_push(list, word);
}

static void add(struct turn *t, unsigned patch)
{
	AUTO(mem_free)
	char *path = xasprintf("%s/000%u", t->run.dir, patch + 1);
	struct err err = ERR_INIT;

	ck_ok(letters_add_file(&t->letters, path, &err), &err);
}

/* Review @patch on top of @need. */
static void review(struct turn *t, unsigned patch, unsigned need)
{
	const struct place_need first = { "message-id", "need@x", "a need",
					  NULL, 1 };
	struct err err = ERR_INIT;

	run_shell(&t->run, SPLIT);
	ck_ok(config_load(&t->config, NULL, &err), &err);
	only(&t->config->filesystems, "xfs");
	only(&t->config->scenarios, "C01");
	ck_ok(bases_open_store(&t->store, t->config, &err), &err);
	ck_ok(session_open(&t->session, t->config, t->store, &err), &err);
	ck_ok(bases_open_tree(&t->tree, t->config, &t->config->trees[0], NULL,
			      &err),
	      &err);
	add(t, patch);
	add(t, need);
	ck_ok(place_run(&t->review,
			&(struct place_spec){ .letters = &t->letters,
					      .trees = &t->tree,
					      .n_trees = 1,
					      .user = t->config->user,
					      .has_needs = true,
					      .needs = &first,
					      .n_needs = 1 },
			&err),
	      &err);
	ck_assert_msg(review_is_placed(&t->review), "%s",
		      t->review.why ? t->review.why : "not placed");
	ck_assert_str_ne(t->review.base.parent, t->review.base.commit);
	ck_ok(session_try(&t->review, t->session, &err), &err);
}

START_TEST(a_fault_of_what_it_needs_is_not_the_series)
{
	AUTO(turn_release) struct turn t = { 0 };
	const struct review *r = &t.review;

	review(&t, 4, 3);
	ck_assert_int_eq(r->verdict, VERDICT_SAME);
	ck_assert_uint_eq(r->n_findings, 0);
	/* what it changes is no code, so its kernel is that of what it needs */
	ck_assert(r->is_base_kernel);
}
END_TEST

START_TEST(a_fault_on_top_of_what_it_needs_is)
{
	AUTO(turn_release) struct turn t = { 0 };
	const struct review *r = &t.review;

	review(&t, 3, 1);
	ck_assert_int_eq(r->verdict, VERDICT_REGRESSION);
	ck_assert_uint_eq(r->findings[0].patch, 1);
	ck_assert_int_eq(r->pairs[0].base.path, PATH_FELL_BACK);
	ck_assert_ptr_nonnull(r->findings[0].quote);
}
END_TEST

int main(int argc, char **argv)
{
	const struct test_case cases[] = {
		TEST(a_fault_of_what_it_needs_is_not_the_series),
		TEST(a_fault_on_top_of_what_it_needs_is),
	};

	if (argc > 1 && strcmp(argv[1], "boxed") == 0)
		return boxed_main(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "lab") == 0)
		return lab_main(argc - 1, argv + 1);
	return support_run("needs", cases, ARRAY_LEN(cases));
}
