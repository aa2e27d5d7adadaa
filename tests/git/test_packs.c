/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/packs.h"

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/git/libgit.h"
#include "tests/support/run.h"

struct fixture {
	char *dir;
	char *path; /* a repository */
};

static void fixture_release(struct fixture *f)
{
	struct err err = ERR_INIT;

	ck_ok(fs_remove_tree(f->dir, &err), &err);
	free(f->dir);
	free(f->path);
}
DEFINE_AUTO_VALUE(struct fixture, fixture_release)

/* In the repository; what it prints is a number. */
static long shell(const struct fixture *f, const char *script)
{
	AUTO(mem_free) char *all = xasprintf("cd '%s' && %s", f->path, script);
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, all);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	return strtol(buf_text(&r.out), NULL, 10);
}

static void setup(struct fixture *f)
{
	git_libgit2_init();
	f->dir = support_tmpdir();
	f->path = xstrdup(f->dir);
	shell(f, "git init -q --bare -b master .");
}

/* So many packs of one object each, which nothing refers to. */
static void add_packs(const struct fixture *f, int from, int n)
{
	AUTO(git_repository_free) git_repository *repo = NULL;

	ck_assert_int_eq(git_repository_open_bare(&repo, f->path), 0);
	for (int i = from; i < from + n; i++) {
		AUTO(git_packbuilder_free) git_packbuilder *pack = NULL;
		git_oid id;

		ck_assert_int_eq(git_packbuilder_new(&pack, repo), 0);
		ck_assert_int_eq(git_blob_create_from_buffer(&id, repo, &i,
							     sizeof(i)),
				 0);
		ck_assert_int_eq(git_packbuilder_insert(pack, &id, NULL), 0);
		ck_assert_int_eq(
			git_packbuilder_write(pack, NULL, 0, NULL, NULL), 0);
	}
	shell(f, "git prune-packed");
}

static long count_packs(const struct fixture *f)
{
	return shell(f, "ls objects/pack/*.pack | wc -l");
}

static long count_objects(const struct fixture *f)
{
	return shell(f, "git cat-file --batch-all-objects --batch-check |"
			" wc -l");
}

static void join(const struct fixture *f)
{
	struct err err = ERR_INIT;

	ck_ok(packs_join(f->path, &err), &err);
	shell(f, "git fsck --strict 2>&1");
}

START_TEST(few_packs_are_left_alone)
{
	AUTO(fixture_release) struct fixture f;

	setup(&f);
	add_packs(&f, 1, PACKS_MAX_SMALL);
	join(&f);
	ck_assert_int_eq(count_packs(&f), PACKS_MAX_SMALL);
}
END_TEST

START_TEST(many_packs_become_one_and_go_the_next_time)
{
	AUTO(fixture_release) struct fixture f;

	setup(&f);
	add_packs(&f, 1, PACKS_MAX_SMALL + 1);
	join(&f);
	ck_assert_int_eq(count_packs(&f), PACKS_MAX_SMALL + 2);
	join(&f); /* those that were joined do not count again */
	ck_assert_int_eq(count_packs(&f), PACKS_MAX_SMALL + 2);
	add_packs(&f, 1000, PACKS_MAX_SMALL);
	join(&f);
	/* the new ones, the first joined one, and one of all of these */
	ck_assert_int_eq(count_packs(&f), PACKS_MAX_SMALL + 2);
	ck_assert_int_eq(count_objects(&f), 2 * PACKS_MAX_SMALL + 1);
}
END_TEST

/*
 * One pack that already has what all others have is not taken for one of them.
 */
START_TEST(a_pack_of_everything_is_kept)
{
	AUTO(fixture_release) struct fixture f;

	setup(&f);
	add_packs(&f, 1, PACKS_MAX_SMALL);
	shell(&f, "git cat-file --batch-all-objects "
		  "--batch-check='%(objectname)' |"
		  " git pack-objects -q objects/pack/pack");
	join(&f);
	add_packs(&f, 1000, PACKS_MAX_SMALL + 1);
	join(&f);
	ck_assert_int_eq(count_objects(&f), 2 * PACKS_MAX_SMALL + 1);
}
END_TEST

START_TEST(a_large_pack_stays_as_it_is)
{
	AUTO(fixture_release) struct fixture f;

	setup(&f);
	shell(&f, "head -c 17M /dev/urandom | git hash-object -w --stdin |"
		  " git pack-objects -q objects/pack/pack >large;"
		  " git prune-packed");
	add_packs(&f, 1, PACKS_MAX_SMALL + 1);
	join(&f);
	ck_assert_int_eq(shell(&f, "grep -c $(cat large) collider-joined || :"),
			 0);
}
END_TEST

/* A list of ours in somebody else's hand removes nothing but packs. */
START_TEST(only_packs_are_removed)
{
	AUTO(fixture_release) struct fixture f;

	setup(&f);
	shell(&f, "touch objects/pack/mine.idx;"
		  " printf '../../../x\\nmine\\n\\n' >collider-joined");
	add_packs(&f, 1, PACKS_MAX_SMALL + 1);
	join(&f);
	ck_assert_int_eq(shell(&f, "ls objects/pack/mine.idx | wc -l"), 1);
}
END_TEST

START_TEST(what_is_no_repository_needs_no_clearing)
{
	struct err err = ERR_INIT;

	ck_ok(packs_clear("/nowhere/at/all", &err), &err);
	ck_ok(packs_clear("/dev/null", &err), &err);
}
END_TEST

TEST_MAIN("packs", TEST(few_packs_are_left_alone),
	  TEST(many_packs_become_one_and_go_the_next_time),
	  TEST(a_pack_of_everything_is_kept), TEST(a_large_pack_stays_as_it_is),
	  TEST(only_packs_are_removed),
	  TEST(what_is_no_repository_needs_no_clearing))
