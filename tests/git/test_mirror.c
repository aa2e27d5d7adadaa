/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists on a disk, without a box; servers are in tests/server/test_mirror.c. */
#include "bot/git/mirror.h"

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "tests/support/epoch.h"
#include "tests/support/run.h"

struct fixture {
	char *dir;
	struct epoch list; /* a list with three mails */
	char *mirror;
	char *ours; /* the repository of its epoch 0 */
};

static void setup(struct fixture *f)
{
	f->dir = support_tmpdir();
	f->mirror = xasprintf("%s/mirror", f->dir);
	f->ours = xasprintf("%s/git/0.git", f->mirror);
	epoch_init(&f->list, f->dir);
	epoch_add(&f->list, "m", "one", 3);
	epoch_add(&f->list, "m", "two", 3);
	epoch_add(&f->list, "m", "three", 5);
	epoch_write(&f->list);
}

static void fixture_release(struct fixture *f)
{
	struct err err = ERR_INIT;

	ck_ok(fs_remove_tree(f->dir, &err), &err);
	epoch_release(&f->list);
	free(f->dir);
	free(f->mirror);
	free(f->ours);
}
DEFINE_AUTO_VALUE(struct fixture, fixture_release)

/* In the folder of the fixture; it must succeed. */
static void shell(const struct fixture *f, const char *script)
{
	AUTO(mem_free) char *all = xasprintf("cd '%s'\n%s", f->dir, script);
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, all);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
}

static int no_word(void *arg, const char *text, struct err *err)
{
	(void)arg;
	(void)text;
	(void)err;
	return 0;
}

static int fetch_from(struct mirror_fetched *out, const struct fixture *f,
		      const char *url, struct err *err)
{
	AUTO(mirror_free) struct mirror *m = NULL;
	struct err ours = ERR_INIT;

	ck_ok(mirror_open(&m, f->mirror, "tests", no_word, NULL, &ours), &ours);
	return mirror_fetch(out, m, 0, url, err);
}

static int fetch(struct mirror_fetched *out, const struct fixture *f,
		 struct err *err)
{
	return fetch_from(out, f, f->list.path, err);
}

/* One more fetch, which has to bring the mirror to where the list is. */
static void ck_follows(const struct fixture *f, enum mirror_outcome outcome)
{
	AUTO(mem_free)
	char *fsck = xasprintf("git --git-dir='%s' fsck --strict", f->ours);
	char tip[EPOCH_HEX_LEN + 1];
	struct mirror_fetched got;
	struct err err = ERR_INIT;

	ck_ok(fetch(&got, f, &err), &err);
	ck_assert_int_eq(got.outcome, outcome);
	epoch_resolve(tip, &f->list, "master");
	ck_assert_str_eq(got.tip, tip);
	shell(f, fsck);
}

START_TEST(a_new_mirror_is_what_the_list_is)
{
	AUTO(fixture_release) struct fixture f;

	setup(&f);
	ck_follows(&f, MIRROR_NEWER);
	ck_follows(&f, MIRROR_SAME);
	epoch_add(&f.list, "m", "four", 4);
	epoch_write(&f.list);
	ck_follows(&f, MIRROR_NEWER);
}
END_TEST

/* The packs of a list on a disk, loose objects beside them, and not. */
static const char *const stored[] = {
	"git --git-dir=0.git repack -adq",
	"git --git-dir=0.git branch older master~1\n"
	"git --git-dir=0.git rev-list --objects older |\n"
	"git --git-dir=0.git pack-objects -q 0.git/objects/pack/pack\n"
	"git --git-dir=0.git prune-packed",
	/* a pack that is cut short beside one that is whole */
	"git --git-dir=0.git repack -adq\n"
	"cd 0.git/objects/pack\n"
	"head -c 100 pack-*.pack >pack-0.pack",
};

START_TEST(a_list_is_the_same_however_it_is_stored)
{
	AUTO(fixture_release) struct fixture f;

	setup(&f);
	shell(&f, stored[_i]);
	ck_follows(&f, MIRROR_NEWER);
	ck_follows(&f, MIRROR_SAME);
}
END_TEST

/* What happens to a history that ours was taken from. */
static const struct {
	const char *parent; /* of what comes now; NULL: nothing is kept */
	const char *mail;   /* NULL: nothing comes */
} rewrites[] = { { "master~1", "other" },
		 { "master~1", NULL },
		 { NULL, "other" } };

START_TEST(a_rewritten_history_is_followed_and_the_old_one_kept)
{
	AUTO(fixture_release) struct fixture f;
	AUTO(mem_free) char *look = NULL;
	char old[EPOCH_HEX_LEN + 1];

	setup(&f);
	ck_follows(&f, MIRROR_NEWER);
	epoch_resolve(old, &f.list, "master");
	if (rewrites[_i].mail) {
		epoch_rewind(&f.list, rewrites[_i].parent);
		epoch_add(&f.list, "m", rewrites[_i].mail,
			  strlen(rewrites[_i].mail));
		epoch_write(&f.list);
	} else {
		shell(&f, "git --git-dir=0.git update-ref refs/heads/master "
			  "master~1");
	}
	ck_follows(&f, MIRROR_NEWER);
	look = xasprintf("git --git-dir='%s' cat-file -p %s:m | grep three",
			 f.ours, old);
	shell(&f, look);
}
END_TEST

/*
 * What a kill, at whatever moment, may leave; the list has gone on meanwhile.
 */
static const struct {
	const char *left;
	enum mirror_outcome outcome;
} leftovers[] = {
	{ "mkdir mirror/git/0.git.new; echo x >mirror/git/0.git.new/HEAD",
	  MIRROR_SAME },
	{ "rm -r mirror/git/0.git/objects", MIRROR_NEWER },
	{ "rm mirror/git/0.git/HEAD", MIRROR_NEWER },
	{ ": >mirror/git/0.git/refs/heads/master", MIRROR_NEWER },
	{ "rm -r mirror/git/0.git/refs/heads/master", MIRROR_NEWER },
	{ "rm -f mirror/git/0.git/objects/pack/*", MIRROR_NEWER },
	{ "rm -rf mirror/git/0.git; : >mirror/git/0.git", MIRROR_NEWER },
	{ "git --git-dir=mirror/git/0.git update-ref refs/heads/master "
	  "master~1\n"
	  "touch mirror/git/0.git/refs/heads/master.lock",
	  MIRROR_NEWER },
	{ "cd mirror/git/0.git/objects/pack\n"
	  "head -c 50 *.pack >pack_git2_abc123; : >pack-0.idx",
	  MIRROR_SAME },
};

START_TEST(a_killed_fetch_is_made_good)
{
	AUTO(fixture_release) struct fixture f;

	setup(&f);
	ck_follows(&f, MIRROR_NEWER);
	shell(&f, leftovers[_i].left);
	ck_follows(&f, leftovers[_i].outcome);
	shell(&f, "[ \"$(ls mirror/git)\" = 0.git ]\n"
		  "[ -z \"$(find mirror/git -name 'pack_*')\" ]\n"
		  "[ -z \"$(find mirror/git -name pack-0.idx)\" ]");
}
END_TEST

/* Nothing to fetch is an answer, and leaves nothing behind. */
static const struct {
	const char *script, *name;
	enum mirror_outcome outcome;
} nothings[] = {
	{ "true", "none.git", MIRROR_NOWHERE },
	{ "git init -q --bare empty.git", "empty.git", MIRROR_EMPTY },
};

START_TEST(an_epoch_without_a_mail_leaves_nothing_behind)
{
	AUTO(fixture_release) struct fixture f;
	AUTO(mem_free) char *url = NULL;
	struct mirror_fetched got;
	struct err err = ERR_INIT;

	setup(&f);
	shell(&f, nothings[_i].script);
	url = xasprintf("%s/%s", f.dir, nothings[_i].name);
	ck_ok(fetch_from(&got, &f, url, &err), &err);
	ck_assert_int_eq(got.outcome, nothings[_i].outcome);
	ck_assert_str_eq(got.tip, "");
	shell(&f, "[ -z \"$(ls mirror/git)\" ]");
}
END_TEST

/* What is wrong with the list; our old tip stays. */
static const struct {
	const char *script;
	enum err_kind kind;
	const char *says;
} broken[] = {
	{ "git --git-dir=0.git branch -m master main", ERR_INPUT,
	  "has no branch master" },
	/* a mail that is not there, in loose objects and in a pack */
	{ "id=$(git --git-dir=0.git rev-parse master:m)\n"
	  "rm 0.git/objects/$(echo $id | sed 's/^../&\\//')",
	  ERR_RETRY, "cannot fetch" },
	{ "id=$(git --git-dir=0.git rev-parse master:m)\n"
	  "git --git-dir=0.git rev-list --objects master | grep -v $id |\n"
	  "git --git-dir=0.git pack-objects -q 0.git/objects/pack/pack\n"
	  "rm -r 0.git/objects/??; rm -r mirror",
	  ERR_RETRY, "sent a broken history" },
};

START_TEST(what_is_broken_there_moves_nothing_here)
{
	AUTO(fixture_release) struct fixture f;
	AUTO(mirror_free) struct mirror *m = NULL;
	struct mirror_fetched got;
	struct err err = ERR_INIT;
	struct err ours = ERR_INIT;
	char before[MIRROR_HEX_LEN + 1], after[MIRROR_HEX_LEN + 1];

	setup(&f);
	ck_follows(&f, MIRROR_NEWER);
	epoch_add(&f.list, "m", "four", 4);
	epoch_write(&f.list);
	shell(&f, broken[_i].script);
	ck_ok(mirror_open(&m, f.mirror, "tests", no_word, NULL, &ours), &ours);
	mirror_find_tip(before, m, 0);
	ck_assert_int_eq(mirror_fetch(&got, m, 0, f.list.path, &err), -1);
	ck_assert_int_eq(err.kind, broken[_i].kind);
	ck_assert_msg(strstr(err.msg, broken[_i].says), "%s", err.msg);
	mirror_find_tip(after, m, 0);
	ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(two_do_not_fetch_into_one_mirror)
{
	AUTO(fixture_release) struct fixture f;
	AUTO(mirror_free) struct mirror *one = NULL;
	AUTO(mirror_free) struct mirror *other = NULL;
	struct err err = ERR_INIT;
	struct err told = ERR_INIT;

	setup(&f);
	ck_ok(mirror_open(&one, f.mirror, "tests", no_word, NULL, &err), &err);
	ck_assert_int_eq(mirror_open(&other, f.mirror, "tests", no_word, NULL,
				     &told),
			 -1);
	ck_assert_int_eq(told.kind, ERR_RETRY);
	ck_assert_ptr_null(other);
}
END_TEST

static int say_stop(void *arg, const char *text, struct err *err)
{
	(void)arg;
	return err_set(err, ERR_SYSTEM, "nobody reads '%s'", text);
}

START_TEST(who_is_told_may_end_it)
{
	AUTO(fixture_release) struct fixture f;
	AUTO(mirror_free) struct mirror *m = NULL;
	struct mirror_fetched got;
	struct err err = ERR_INIT;
	struct err ours = ERR_INIT;

	setup(&f);
	ck_ok(mirror_open(&m, f.mirror, "tests", say_stop, NULL, &ours), &ours);
	ck_assert_int_eq(mirror_fetch(&got, m, 0, f.list.path, &err), -1);
	ck_assert_str_eq(err.msg, "nobody reads 'epoch 0: connecting'");
}
END_TEST

TEST_MAIN("mirror", TEST(a_new_mirror_is_what_the_list_is),
	  TABLE(a_list_is_the_same_however_it_is_stored, stored),
	  TABLE(a_rewritten_history_is_followed_and_the_old_one_kept, rewrites),
	  TABLE(a_killed_fetch_is_made_good, leftovers),
	  TABLE(an_epoch_without_a_mail_leaves_nothing_behind, nothings),
	  TABLE(what_is_broken_there_moves_nothing_here, broken),
	  TEST(two_do_not_fetch_into_one_mirror), TEST(who_is_told_may_end_it))
