/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_place.c - a series onto its base, in a real box; this program is the box
 */
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/command.h"
#include "bot/run/privilege.h"
#include "bot/stages/assemble.h"
#include "bot/stages/mailbox.h"
#include "bot/stages/place.h"
#include "tests/support/run.h"

/*
 * main: one, two. side: one, and then a series of two patches, a and b, as
 * mails in $dir/a and $dir/b with a cover in $dir/cover. b stands on a, and
 * says so in its Depends-on.
 */
#define HISTORY                                                                \
	"export GIT_CONFIG_GLOBAL=/dev/null; set -e; mkdir $dir/repo\n"        \
	"cd $dir/repo; git init -q -b main .\n"                                \
	"save() { git add -A; git -c user.name=Ada -c user.email=a@x commit "  \
	"-qm \"$1\"; }\n"                                                      \
	"seq 1 40 >t; save one; git branch side; echo two >u; save two\n"      \
	"git checkout -q side\n"                                               \
	"sed -i 's/^10$/ten/' t; save 'a: ten'; git format-patch -1 --stdout " \
	"--add-header='Message-ID: <a@x>' >$dir/a\n"                           \
	"sed -i 's/^12$/twelve/' t; save 'b: twelve'\n"                        \
	"git format-patch -1 --stdout --add-header='Message-ID: <b@x>' "       \
	">$dir/b\n"                                                            \
	"git checkout -q main\n"

struct turn {
	struct run run;
	struct tree *trees[1];
	struct letters letters;
	struct review review;
};

static void turn_release(struct turn *t)
{
	review_release(&t->review);
	letters_release(&t->letters);
	tree_free(t->trees[0]);
	run_release(&t->run);
}
DEFINE_AUTO_VALUE(struct turn, turn_release)

/* As bot/bases.c does it. */
static void give_objects(const struct turn *t)
{
	AUTO(mem_free) char *objects = NULL;
	struct err err = ERR_INIT;
	uid_t uid;
	gid_t gid;

	if (geteuid() != 0)
		return;
	objects = xasprintf("%sobjects", tree_scratch(t->trees[0]));
	ck_ok(privilege_find(&uid, &gid, "nobody", &err), &err);
	ck_ok(fs_chown_tree(objects, uid, gid, &err), &err);
}

static void begin(struct turn *t, const char *script)
{
	AUTO(mem_free) char *repo = NULL;
	AUTO(mem_free) char *scratch = NULL;
	struct err err = ERR_INIT;

	run_shell(&t->run, script);
	ck_assert_msg(t->run.exit_code == 0, RUN_SAID(&t->run));
	repo = xasprintf("%s/repo", t->run.dir);
	scratch = xasprintf("%s/scratch.git", t->run.dir);
	ck_ok(tree_open(&t->trees[0], "mine", repo, scratch, &err), &err);
	give_objects(t);
}

static void add(struct turn *t, const char *name)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", t->run.dir, name);
	struct err err = ERR_INIT;

	ck_ok(letters_add_file(&t->letters, path, &err), &err);
}

static int try_place(struct turn *t, struct place_spec spec, struct err *err)
{
	spec.letters = &t->letters;
	spec.trees = t->trees;
	spec.n_trees = 1;
	spec.user = "nobody";
	return place_run(&t->review, &spec, err);
}

static void place(struct turn *t, struct place_spec spec)
{
	struct err err = ERR_INIT;

	ck_ok(try_place(t, spec, &err), &err);
}

static void expect_placed(const struct turn *t)
{
	ck_assert_msg(review_is_placed(&t->review), "%s",
		      t->review.why ? t->review.why : "no reason");
}

/* Line @line of the file t, as the last patch leaves it. */
static void expect_line(const struct turn *t, unsigned line, const char *want)
{
	const struct review *r = &t->review;
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;
	const char *p;
	bool found;

	ck_ok(tree_read_file(&text, t->trees[0],
			     r->patches[r->n_patches - 1].commit, "t", 4096,
			     &found, &err),
	      &err);
	ck_assert(found);
	p = buf_text(&text);
	while (--line)
		p = strchr(p, '\n') + 1;
	ck_assert_msg(strncmp(p, want, strlen(want)) == 0, "%.10s", p);
}

START_TEST(a_mail_is_placed_and_its_hunks_and_mails_come_out)
{
	AUTO(turn_release) struct turn t = { 0 };
	const struct review *r = &t.review;

	begin(&t, HISTORY);
	add(&t, "a");
	place(&t, (struct place_spec){ 0 });
	expect_placed(&t);
	ck_assert_str_eq(r->base.how, "blobs");
	ck_assert_str_eq(r->base.parent, r->base.commit);
	ck_assert_uint_eq(r->patches[0].n_hunks, 1);
	ck_assert_str_eq(r->mails[0].message_id, "a@x");
	expect_line(&t, 10, "ten\n");
}
END_TEST

/* As somebody who has a clone in his home, or root. */
START_TEST(a_tree_below_a_closed_folder_is_read_too)
{
	AUTO(turn_release) struct turn t = { 0 };

	begin(&t, HISTORY);
	add(&t, "a");
	ck_assert_int_eq(chmod(t.run.dir, 0700), 0);
	place(&t, (struct place_spec){ 0 });
	expect_placed(&t);
}
END_TEST

START_TEST(what_alternates_point_to_is_read_too)
{
	AUTO(turn_release) struct turn t = { 0 };

	begin(&t, HISTORY "cd $dir; mv repo away\n"
			  "git clone -q --shared away middle\n"
			  "git clone -q --shared middle repo\n");
	add(&t, "a");
	place(&t, (struct place_spec){ 0 });
	expect_placed(&t);
}
END_TEST

START_TEST(a_worktree_is_a_tree)
{
	AUTO(turn_release) struct turn t = { 0 };

	begin(&t, HISTORY "cd $dir; mv repo main; git -C main worktree add -q "
			  "../repo -b other\n");
	add(&t, "a");
	place(&t, (struct place_spec){ 0 });
	expect_placed(&t);
}
END_TEST

START_TEST(the_branch_of_the_configuration_is_looked_at)
{
	AUTO(turn_release) struct turn t = { 0 };

	begin(&t, HISTORY);
	add(&t, "b");
	tree_set_branch(t.trees[0], "side");
	place(&t, (struct place_spec){ 0 });
	expect_placed(&t);
	expect_line(&t, 10, "ten\n");
}
END_TEST

START_TEST(a_branch_that_is_not_there_is_told)
{
	AUTO(turn_release) struct turn t = { 0 };

	begin(&t, HISTORY);
	add(&t, "a");
	tree_set_branch(t.trees[0], "nowhere");
	place(&t, (struct place_spec){ 0 });
	ck_assert_int_eq(t.review.verdict, VERDICT_DOES_NOT_APPLY);
	ck_assert_uint_eq(t.review.base.n_attempts, 1);
	ck_assert_str_eq(t.review.base.attempts[0].why, "no branch 'nowhere'");
}
END_TEST

START_TEST(what_it_needs_is_applied_first)
{
	AUTO(turn_release) struct turn t = { 0 };
	const struct place_need need = { "message-id", "a@x", "a: ten", NULL,
					 1 };
	const struct review *r = &t.review;

	begin(&t, HISTORY);
	add(&t, "b");
	add(&t, "a");
	place(&t, (struct place_spec){
			  .has_needs = true, .needs = &need, .n_needs = 1 });
	expect_placed(&t);
	ck_assert_uint_eq(r->n_patches, 1);
	ck_assert_str_ne(r->base.parent, r->base.commit);
	ck_assert_str_eq(r->base.prerequisites[0].commit, r->base.parent);
	expect_line(&t, 10, "ten\n");
	expect_line(&t, 12, "twelve\n");
}
END_TEST

START_TEST(what_the_base_has_is_not_applied_again)
{
	AUTO(turn_release) struct turn t = { 0 };
	const struct place_need need = { "message-id", "a@x", "a: ten", NULL,
					 1 };
	const struct review *r = &t.review;

	begin(&t, HISTORY "git merge -q --no-edit side~1 2>/dev/null || "
			  "git -c user.name=x -c user.email=x merge -q "
			  "--no-edit side~1\n");
	add(&t, "b");
	add(&t, "a");
	place(&t, (struct place_spec){ .has_needs = true,
				       .needs = &need,
				       .n_needs = 1,
				       .base = "main" });
	expect_placed(&t);
	ck_assert_str_eq(r->base.parent, r->base.commit);
	ck_assert_str_eq(r->base.prerequisites[0].why, "the base has it");
	expect_line(&t, 12, "twelve\n");
}
END_TEST

START_TEST(what_is_not_found_is_told_and_there_is_no_base)
{
	AUTO(turn_release) struct turn t = { 0 };
	const struct place_need need = { "change-id", "x:v1", NULL,
					 "is not in the archive", 0 };

	begin(&t, HISTORY);
	add(&t, "a");
	place(&t, (struct place_spec){
			  .has_needs = true, .needs = &need, .n_needs = 1 });
	ck_assert_int_eq(t.review.verdict, VERDICT_COULD_NOT_TELL);
	ck_assert_str_eq(t.review.why, "it needs change-id 'x:v1', which is "
				       "not in the archive");
	ck_assert_ptr_null(t.review.base.commit);
}
END_TEST

START_TEST(what_it_needs_and_does_not_apply_is_not_the_series_fault)
{
	AUTO(turn_release) struct turn t = { 0 };
	const struct place_need need = { "message-id", "b@x", "b: twelve", NULL,
					 1 };

	begin(&t, HISTORY "sed -i 's/^ 11$/ eleven/;/^index/d' $dir/b\n");
	add(&t, "a");
	add(&t, "b");
	place(&t, (struct place_spec){
			  .has_needs = true, .needs = &need, .n_needs = 1 });
	ck_assert_int_eq(t.review.verdict, VERDICT_COULD_NOT_TELL);
	ck_assert_uint_eq(t.review.conflict.patch, 0);
	ck_assert_ptr_nonnull(
		strstr(t.review.base.attempts[0].why, "prerequisite 1: "));
}
END_TEST

START_TEST(an_order_of_sets_is_left_out_where_all_fits_without)
{
	AUTO(turn_release) struct turn t = { 0 };
	const struct place_need need = { "set", "1/2", "b: twelve", NULL, 1 };

	begin(&t, HISTORY);
	add(&t, "a");
	add(&t, "b");
	place(&t, (struct place_spec){
			  .has_needs = true, .needs = &need, .n_needs = 1 });
	expect_placed(&t);
	ck_assert_str_eq(t.review.base.prerequisites[0].why,
			 "the series fits without it");
}
END_TEST

START_TEST(a_mailbox_whose_series_needs_something_names_it)
{
	AUTO(turn_release) struct turn t = { 0 };
	const struct review *r = &t.review;

	begin(&t, HISTORY "echo 'prerequisite-message-id: <a@x>' >>$dir/b\n");
	add(&t, "b");
	place(&t, (struct place_spec){ 0 });
	ck_assert(!review_is_placed(r));
	ck_assert_ptr_null(r->why);
	ck_assert_uint_eq(r->base.n_prerequisites, 1);
	ck_assert_str_eq(r->base.prerequisites[0].kind, "message-id");
	ck_assert_str_eq(r->base.prerequisites[0].value, "a@x");
}
END_TEST

/* What assemble makes of @name. */
static struct sent *assemble(struct turn *t, const char *name)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", t->run.dir, name);
	AUTO(mailbox_release) struct mailbox box = { 0 };
	AUTO(assembled_release) struct assembled all = { 0 };
	struct err err = ERR_INIT;
	struct sent *sent;

	ck_ok(mailbox_read(&box, path, &err), &err);
	assemble_all(&all, box.v, box.n);
	ck_assert_uint_eq(all.sent.n, 1);
	sent = TAKE(all.sent.v[0]);
	all.sent.n = 0;
	return sent;
}

START_TEST(a_revision_is_made_of_the_mails_that_assemble_names)
{
	AUTO(turn_release) struct turn t = { 0 };
	AUTO(sent_free) struct sent *sent = NULL;

	begin(&t, HISTORY);
	sent = assemble(&t, "a");
	add(&t, "a");
	place(&t, (struct place_spec){ .sent = sent, .has_needs = true });
	expect_placed(&t);
	ck_assert_str_eq(t.review.message_id, "a@x");
}
END_TEST

START_TEST(another_mail_than_assemble_names_is_refused)
{
	AUTO(turn_release) struct turn t = { 0 };
	AUTO(sent_free) struct sent *sent = NULL;
	struct err err = ERR_INIT;

	begin(&t, HISTORY);
	sent = assemble(&t, "a");
	add(&t, "b");
	ck_assert_int_eq(try_place(&t,
				   (struct place_spec){ .sent = sent,
							.has_needs = true },
				   &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_str_eq(err.msg, "'a@x' is another mail");
}
END_TEST

int main(int argc, char **argv)
{
	const struct test_case cases[] = {
		TEST(a_mail_is_placed_and_its_hunks_and_mails_come_out),
		TEST(a_tree_below_a_closed_folder_is_read_too),
		TEST(what_alternates_point_to_is_read_too),
		TEST(a_worktree_is_a_tree),
		TEST(the_branch_of_the_configuration_is_looked_at),
		TEST(a_branch_that_is_not_there_is_told),
		TEST(what_it_needs_is_applied_first),
		TEST(what_the_base_has_is_not_applied_again),
		TEST(what_is_not_found_is_told_and_there_is_no_base),
		TEST(what_it_needs_and_does_not_apply_is_not_the_series_fault),
		TEST(an_order_of_sets_is_left_out_where_all_fits_without),
		TEST(a_mailbox_whose_series_needs_something_names_it),
		TEST(a_revision_is_made_of_the_mails_that_assemble_names),
		TEST(another_mail_than_assemble_names_is_refused),
	};

	if (argc > 1 && strcmp(argv[1], "boxed") == 0)
		return boxed_main(argc - 1, argv + 1);
	return support_run("place", cases, ARRAY_LEN(cases));
}
