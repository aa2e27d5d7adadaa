/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list followed from a real public-inbox on loopback to a real archive. This
 * program is the box, too.
 */
#include "bot/stages/follow.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "bot/mail/maildir.h"
#include "bot/run/boxed.h"
#include "bot/stages/fetch.h"
#include "bot/stages/intake.h"
#include "bot/store/lists.h"
#include "bot/store/mails.h"
#include "bot/store/threads.h"
#include "tests/store/place.h"
#include "tests/support/lore.h"
#include "tests/support/run.h"

#define XFS "linux-xfs"
#define F2FS "linux-f2fs"

/* Passes on what came of a mail, unless it is the one that was the end. */
static int pass_on(void *arg, const char *bytes, size_t len, struct err *err)
{
	if (memmem(bytes, len, "poison@x", 8) &&
	    memmem(bytes, len, "\"what\"", 6))
		abort();
	/* but for the byte that boxed_send puts first */
	return boxed_send_bytes(*(int *)arg, bytes + 1, len - 1, err);
}

/* The task, as if a mail with that id crashed its parser. */
static int crashing_intake_box(const json_t *request, int out, struct err *err)
{
	AUTO(frame_reader_release) struct frame_reader reader = { 0 };
	char block[65536];
	ssize_t n;
	int fds[2];

	if (pipe(fds) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot make a pipe");
	if (fork() == 0) {
		close(fds[0]);
		_exit(intake_box(request, fds[1], err) < 0);
	}
	close(fds[1]);
	frame_reader_init(&reader, 16 << 20, pass_on, &out);
	while ((n = read(fds[0], block, sizeof(block))) > 0)
		if (frame_reader_add(&reader, block, (size_t)n, err) < 0)
			return -1;
	return frame_reader_end(&reader, err);
}

static const struct boxed_task tasks[] = {
	{ "fetch", fetch_box },
	{ "intake", crashing_intake_box },
	{ "index", index_box },
	{ NULL, NULL },
};

struct world {
	struct place p;
	struct lore lore;
	struct strings watch;
	char *mirrors;
	char *archive;
};

static struct world world_new(void)
{
	static const char *const lists[] = { XFS, F2FS, NULL };
	struct world w = { .p = place_new() };
	AUTO(mem_free) char *lore = xasprintf("%s/lore", w.p.dir);
	struct err err = ERR_INIT;

	ck_assert_int_eq(chmod(w.p.dir, 0755), 0);
	ck_ok(fs_mkdirs(lore, 0755, &err), &err);
	w.mirrors = xasprintf("%s/mirrors", w.p.dir);
	w.archive = xasprintf("%s/archive", w.p.dir);
	ck_ok(fs_mkdirs(w.mirrors, 0755, &err), &err);
	strings_push(&w.watch, "fs/xfs");
	lore_start(&w.lore, lore, lists);
	return w;
}

static void world_release(struct world *w)
{
	lore_release(&w->lore);
	place_release(&w->p);
	strings_release(&w->watch);
	free(w->mirrors);
	free(w->archive);
}
DEFINE_AUTO_VALUE(struct world, world_release)

/* ---- mails ---- */

struct letter {
	const char *id;
	const char *answers; /* NULL: nothing */
	const char *subject;
	const char *touches; /* NULL: no diff */
	const char *list;    /* NULL: XFS */
	const char *host;    /* of its List-Id; NULL: vger.kernel.org */
};

static const char *list_of(const struct letter *l)
{
	return l->list ? l->list : XFS;
}

static char *write_letter(const struct letter *l)
{
	AUTO(mem_free) char *answers = NULL;
	AUTO(mem_free) char *diff = NULL;

	if (l->answers)
		answers = xasprintf("In-Reply-To: <%s>\nReferences: <%s>\n",
				    l->answers, l->answers);
	if (l->touches)
		diff = xasprintf("---\ndiff --git a/%s b/%s\n--- a/%s\n"
				 "+++ b/%s\n@@ -1 +1 @@\n-a\n+b\n",
				 l->touches, l->touches, l->touches,
				 l->touches);
	return xasprintf("From: A <a@example.net>\nTo: list@example.net\n"
			 "Date: Wed, 28 Oct 2026 08:00:00 +0000\n"
			 "Message-ID: <%s>\n%sSubject: %s\n"
			 "List-Id: <%s.%s>\n\nHello from %s.\n%s",
			 l->id, answers ? answers : "", l->subject, list_of(l),
			 l->host ? l->host : "vger.kernel.org", l->id,
			 diff ? diff : "");
}

static void feed(struct world *w, const struct letter *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		AUTO(mem_free) char *text = write_letter(&v[i]);

		lore_feed(&w->lore, list_of(&v[i]),
			  &(struct lore_mail){ text, strlen(text) }, 1);
	}
}

static void feed_one(struct world *w, const struct letter *l)
{
	feed(w, l, 1);
}

/* ---- following ---- */

static int try_follow(struct follow_result *out, const struct world *w,
		      struct store *st, const char *list, bool reindex,
		      struct err *err)
{
	AUTO(mem_free) char *url = lore_url(&w->lore, list);

	return follow_run(out,
			  &(struct follow_spec){
				  .list = list,
				  .url = url,
				  .watch = &w->watch,
				  .agent = "collider/test",
				  .first = "all",
				  .mirrors = w->mirrors,
				  .place = { .archive = w->archive,
					     .user = "nobody",
					     .uid = 65534,
					     .gid = 65534 },
				  .reindex = reindex,
			  },
			  st, err);
}

static struct follow_result follow_list(const struct world *w, const char *list)
{
	struct follow_result r;
	struct err err = ERR_INIT;

	ck_ok(try_follow(&r, w, w->p.store, list, false, &err), &err);
	return r;
}

static struct follow_result follow(const struct world *w)
{
	return follow_list(w, XFS);
}

/* ---- what became of it ---- */

static void expect_state(const struct world *w, const char *id,
			 enum mails_state state)
{
	AUTO(mails_row_release) struct mails_row row = { 0 };
	AUTO(mem_free) char *name = maildir_find(w->archive, id);
	bool found;
	struct err err = ERR_INIT;

	ck_ok(mails_find(&found, &row, w->p.store, id, &err), &err);
	ck_assert_msg(found, "no row of %s", id);
	ck_assert_msg(row.state == state, "%s is %s", id,
		      mails_state_name(row.state));
	ck_assert_msg((name != NULL) == (state == MAILS_INDEXED), "%s: %s", id,
		      name ? name : "no file");
}

/* Message-IDs in the archive that notmuch(1) finds, with blanks between. */
static char *ask(const struct world *w, const char *query)
{
	AUTO(mem_free)
	char *command = xasprintf("NOTMUCH_DATABASE=%s notmuch --config= "
				  "search --output=messages '%s' 2>&1 | "
				  "sed s/^id:// | LC_ALL=C sort | tr '\\n' ' '",
				  w->archive, query);
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, command);
	return buf_take(&r.out);
}

static void expect_found(const struct world *w, const char *query,
			 const char *ids)
{
	AUTO(mem_free) char *said = ask(w, query);

	ck_assert_msg(strcmp(said, ids) == 0, "%s: '%s'", query, said);
}

static const struct letter sample[] = {
	{ "cover@x", NULL, "[PATCH 0/2] xfs: two things", NULL, NULL, NULL },
	{ "one@x", "cover@x", "[PATCH 1/2] mm: one", "mm/x.c", NULL, NULL },
	{ "two@x", "cover@x", "[PATCH 2/2] xfs: two", "fs/xfs/x.c", NULL,
	  NULL },
	{ "answer@x", "two@x", "Re: [PATCH 2/2] xfs: two", NULL, NULL, NULL },
	{ "other@x", NULL, "[PATCH] xfsprogs: no", "fs/xfsprogs.c", NULL,
	  NULL },
	{ "talk@x", "other@x", "Re: [PATCH] xfsprogs: no", NULL, NULL, NULL },
};

#define IN_SCOPE "answer@x cover@x one@x two@x "

START_TEST(a_watched_path_brings_its_whole_thread_in)
{
	AUTO(world_release) struct world w = world_new();
	struct follow_result r;

	feed(&w, sample, ARRAY_LEN(sample));
	r = follow(&w);
	ck_assert_uint_eq(r.taken.mails, 6);
	ck_assert_uint_eq(r.written, 4);
	ck_assert_uint_eq(r.archive.indexed, 4);
	expect_found(&w, "*", IN_SCOPE);
	expect_found(&w, "tag:cover", "cover@x ");
	expect_state(&w, "other@x", MAILS_OUT);
	expect_state(&w, "talk@x", MAILS_OUT);
}
END_TEST

START_TEST(a_second_run_finds_nothing_to_do)
{
	AUTO(world_release) struct world w = world_new();
	struct follow_result r;

	feed(&w, sample, ARRAY_LEN(sample));
	follow(&w);
	r = follow(&w);
	ck_assert_uint_eq(r.taken.walked, 0);
	ck_assert_uint_eq(r.written, 0);
	ck_assert_uint_eq(r.archive.indexed, 0);
}
END_TEST

START_TEST(a_late_patch_pulls_in_what_came_before)
{
	AUTO(world_release) struct world w = world_new();
	struct follow_result r;

	feed(&w, sample, 2);
	r = follow(&w);
	ck_assert_uint_eq(r.written, 0);
	expect_state(&w, "cover@x", MAILS_OUT);
	feed_one(&w, &sample[2]);
	r = follow(&w);
	ck_assert_uint_eq(r.taken.mails, 1);
	ck_assert_uint_eq(r.written, 3);
	expect_found(&w, "*", "cover@x one@x two@x ");
	feed_one(&w, &sample[3]);
	follow(&w);
	expect_found(&w, "*", IN_SCOPE);
}
END_TEST

START_TEST(a_series_without_threading_is_in_scope_as_one)
{
	static const struct letter loose[] = {
		{ "1@x", NULL, "[PATCH 1/3] mm: one", "mm/x.c", NULL, NULL },
		{ "2@x", NULL, "[PATCH 2/3] xfs: two", "fs/xfs/x.c", NULL,
		  NULL },
		{ "3@x", NULL, "[PATCH 3/3] mm: three", "mm/y.c", NULL, NULL },
		{ "4@x", NULL, "[PATCH v2 1/3] mm: other", "mm/y.c", NULL,
		  NULL },
	};
	AUTO(world_release) struct world w = world_new();

	feed(&w, loose, 1 + (size_t)_i);
	follow(&w);
	feed(&w, loose + 1 + _i, 3 - (size_t)_i);
	follow(&w);
	expect_found(&w, "*", "1@x 2@x 3@x ");
}
END_TEST

static const struct {
	const char *first;
	const char *second;
} orders[] = { { XFS, F2FS }, { F2FS, XFS } };

START_TEST(of_a_cross_post_the_cleanest_copy_is_kept)
{
	static const struct letter copies[] = {
		{ "1@x", NULL, "[PATCH] xfs: one", "fs/xfs/x.c", XFS, NULL },
		{ "1@x", NULL, "[f2fs-dev] [PATCH] xfs: one", "fs/xfs/x.c",
		  F2FS, "lists.sourceforge.net" },
	};
	AUTO(world_release) struct world w = world_new();

	feed(&w, copies, ARRAY_LEN(copies));
	follow_list(&w, orders[_i].first);
	follow_list(&w, orders[_i].second);
	expect_found(&w, "*", "1@x ");
	expect_found(&w, "tag:" XFS, "1@x ");
	expect_found(&w, "subject:f2fs", "");
	expect_state(&w, "1@x", MAILS_INDEXED);
}
END_TEST

START_TEST(what_the_list_takes_back_leaves_the_archive)
{
	AUTO(world_release) struct world w = world_new();
	AUTO(mem_free) char *gone = write_letter(&sample[3]);
	AUTO(mem_free) char *unseen = write_letter(&sample[5]);
	struct follow_result r;

	feed(&w, sample, ARRAY_LEN(sample));
	if (_i)
		follow(&w);
	lore_remove(&w.lore, XFS, (struct lore_mail){ gone, strlen(gone) });
	lore_remove(&w.lore, XFS, (struct lore_mail){ unseen, strlen(unseen) });
	r = follow(&w);
	ck_assert_uint_eq(r.taken.removed, 2);
	expect_found(&w, "*", "cover@x one@x two@x ");
	expect_state(&w, "answer@x", MAILS_GONE);
	expect_state(&w, "talk@x", MAILS_GONE);
}
END_TEST

START_TEST(a_purged_mail_leaves_the_archive_and_the_rest_stays)
{
	AUTO(world_release) struct world w = world_new();
	AUTO(mem_free) char *gone = write_letter(&sample[1]);
	struct follow_result r;

	feed(&w, sample, ARRAY_LEN(sample));
	follow(&w);
	lore_purge(&w.lore, XFS, (struct lore_mail){ gone, strlen(gone) });
	r = follow(&w);
	ck_assert_uint_eq(r.taken.removed, 1);
	ck_assert_uint_eq(r.taken.mails, 0);
	expect_found(&w, "*", "answer@x cover@x two@x ");
	expect_state(&w, "one@x", MAILS_GONE);
	r = follow(&w);
	ck_assert_uint_eq(r.taken.walked, 0);
}
END_TEST

START_TEST(an_epoch_that_begins_purged_is_taken_in)
{
	AUTO(world_release) struct world w = world_new();
	AUTO(mem_free) char *gone = write_letter(&sample[0]);

	feed(&w, sample, ARRAY_LEN(sample));
	lore_purge(&w.lore, XFS, (struct lore_mail){ gone, strlen(gone) });
	follow(&w);
	expect_found(&w, "*", "answer@x one@x two@x ");
}
END_TEST

START_TEST(a_mail_that_cannot_be_read_stops_nothing)
{
	AUTO(world_release) struct world w = world_new();
	AUTO(lists_rejects_release) struct lists_rejects rejects = { 0 };
	AUTO(mem_free) char *huge = xmalloc(9 << 20);
	struct follow_result r;
	struct err err = ERR_INIT;

	memset(huge, 'x', 9 << 20);
	memcpy(huge, "Message-ID: <huge@x>\n\n", 22);
	feed(&w, sample, 3);
	lore_feed(&w.lore, XFS, &(struct lore_mail){ huge, 9 << 20 }, 1);
	feed(&w, sample + 3, 3);
	r = follow(&w);
	ck_assert_uint_eq(r.taken.rejected, 1);
	ck_assert_uint_eq(r.taken.mails, 6);
	expect_found(&w, "*", IN_SCOPE);
	ck_ok(lists_get_rejects(&rejects, w.p.store, XFS, 10, &err), &err);
	ck_assert_uint_eq(rejects.n, 1);
	ck_assert_str_ne(rejects.v[0].why, "");
}
END_TEST

static const struct letter poison[] = {
	{ "1@x", NULL, "[PATCH] xfs: one", "fs/xfs/x.c", NULL, NULL },
	{ "poison@x", NULL, "[PATCH] mm: two", NULL, NULL, NULL },
	{ "2@x", NULL, "[PATCH] xfs: one", "fs/xfs/x.c", NULL, NULL },
	{ "purged@x", NULL, "[PATCH] mm: one", NULL, NULL, NULL },
};

static void expect_survival(const struct world *w, const char *ids)
{
	struct follow_result r = follow(w);

	ck_assert_uint_eq(r.taken.rejected, 1);
	expect_found(w, "*", ids);
	r = follow(w);
	ck_assert_uint_eq(r.taken.walked, 0);
}

START_TEST(a_mail_that_crashes_the_box_stops_nothing)
{
	AUTO(world_release) struct world w = world_new();

	feed(&w, poison + _i, 3);
	expect_survival(&w, _i ? "2@x " : "1@x 2@x ");
}
END_TEST

START_TEST(nor_does_it_when_history_was_rewritten)
{
	AUTO(world_release) struct world w = world_new();
	AUTO(mem_free) char *gone = write_letter(&poison[3]);

	feed_one(&w, &poison[3]);
	feed_one(&w, &poison[0]);
	follow(&w);
	feed(&w, poison + 1, 2);
	lore_purge(&w.lore, XFS, (struct lore_mail){ gone, strlen(gone) });
	expect_survival(&w, "1@x 2@x ");
}
END_TEST

START_TEST(a_new_epoch_is_gone_on_with)
{
	AUTO(world_release) struct world w = world_new();

	feed(&w, sample, 2);
	follow(&w);
	lore_roll(&w.lore, XFS);
	feed(&w, sample + 2, 4);
	ck_assert_uint_eq(lore_epochs(&w.lore, XFS), 2);
	follow(&w);
	expect_found(&w, "*", IN_SCOPE);
}
END_TEST

START_TEST(a_server_that_is_down_is_asked_later)
{
	AUTO(world_release) struct world w = world_new();
	AUTO(lists_row_release) struct lists_row row = { 0 };
	struct follow_result r;
	int64_t now = time(NULL);
	bool found;
	struct err err = ERR_INIT;

	feed(&w, sample, ARRAY_LEN(sample));
	lore_stop_server(&w.lore);
	ck_assert_int_eq(try_follow(&r, &w, w.p.store, XFS, false, &err), -1);
	ck_assert_int_eq(err.kind, ERR_RETRY);
	err = (struct err)ERR_INIT;
	ck_ok(lists_find(&found, &row, w.p.store, XFS, &err), &err);
	ck_assert(found);
	ck_assert_uint_eq(row.failures, 1);
	ck_assert_ptr_nonnull(row.error);
	ck_assert_int_ge(row.not_before, now + FOLLOW_FIRST_WAIT_S);
	lore_start_server(&w.lore);
	r = follow(&w); /* too soon */
	ck_assert_int_eq(r.left_alone_until, row.not_before);
	ck_assert_uint_eq(r.taken.mails, 0);
}
END_TEST

START_TEST(what_was_fetched_is_taken_in_while_the_server_is_down)
{
	AUTO(world_release) struct world w = world_new();
	AUTO(mem_free) char *path = NULL;
	struct follow_result r;
	struct err err = ERR_INIT;

	feed(&w, sample, ARRAY_LEN(sample));
	follow(&w);
	path = xasprintf("%s/.notmuch", w.archive);
	ck_ok(fs_remove_tree(path, &err), &err);
	lore_stop_server(&w.lore);
	ck_assert_int_eq(try_follow(&r, &w, w.p.store, XFS, false, &err), -1);
	ck_assert_uint_eq(r.archive.indexed, 4);
	expect_found(&w, "*", IN_SCOPE);
}
END_TEST

START_TEST(files_that_are_lost_come_from_the_mirror_again)
{
	AUTO(world_release) struct world w = world_new();
	struct follow_result r;
	struct err err = ERR_INIT;

	feed(&w, sample, ARRAY_LEN(sample));
	follow(&w);
	ck_ok(fs_remove_tree(w.archive, &err), &err);
	ck_ok(try_follow(&r, &w, w.p.store, XFS, true, &err), &err);
	ck_assert_uint_eq(r.archive.missing, 4);
	ck_assert_uint_eq(r.written, 4);
	expect_found(&w, "*", IN_SCOPE);
	expect_state(&w, "cover@x", MAILS_INDEXED);
}
END_TEST

/* ---- killed anywhere, run again ---- */

/* All that a run leaves behind, but times and numbers of rows. */
static void dump(struct buf *out, const struct world *w)
{
	AUTO(lists_epochs_release) struct lists_epochs epochs = { 0 };
	AUTO(mem_free) char *all = ask(w, "*");
	AUTO(mem_free) char *patches = ask(w, "tag:patch");
	struct err err = ERR_INIT;

	buf_init(out, 65536);
	for (size_t i = 0; i < ARRAY_LEN(sample); i++) {
		AUTO(mails_row_release) struct mails_row m = { 0 };
		AUTO(threads_row_release) struct threads_row t = { 0 };
		bool found;

		ck_ok(mails_find(&found, &m, w->p.store, sample[i].id, &err),
		      &err);
		ck_assert_msg(found, "%s", sample[i].id);
		ck_ok(threads_find(&found, &t, w->p.store, m.thread, &err),
		      &err);
		buf_addf(out, "%s %s %s %u %s %d\n", m.message_id,
			 mails_state_name(m.state), m.blob, m.flags, t.root,
			 t.kept);
	}
	ck_ok(lists_get_epochs(&epochs, w->p.store, XFS, &err), &err);
	for (size_t i = 0; i < epochs.n; i++)
		buf_addf(out, "%u %d\n", epochs.v[i].n,
			 strcmp(epochs.v[i].tip, epochs.v[i].seen) == 0);
	buf_addf(out, "%s\n%s\n", all, patches);
}

/* Everything that collider made, but not lore. */
static void forget_all(struct world *w)
{
	struct err err = ERR_INIT;
	AUTO(mem_free)
	char *command = xasprintf("rm -f %s %s-wal %s-shm", w->p.path,
				  w->p.path, w->p.path);
	AUTO(run_release) struct run r = { 0 };

	store_free(w->p.store);
	w->p.store = NULL;
	run_shell(&r, command);
	ck_ok(fs_remove_tree(w->mirrors, &err), &err);
	ck_ok(fs_remove_tree(w->archive, &err), &err);
	ck_ok(fs_mkdirs(w->mirrors, 0755, &err), &err);
}

/* A run in a process of its own; its exit code. */
static int follow_apart(const struct world *w, const char *crash_at)
{
	struct err err = ERR_INIT;
	struct follow_result r;
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		AUTO(store_free) struct store *st = NULL;

		if (crash_at)
			setenv("COLLIDER_CRASH_AT", crash_at, 1);
		_exit(store_open(&st, w->p.path, &err) < 0 ||
		      try_follow(&r, w, st, XFS, false, &err) < 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void follow_twice(struct world *w, const char *crash_at, bool *crashed)
{
	int code = follow_apart(w, crash_at);

	*crashed = code == STORE_CRASH_EXIT;
	if (*crashed)
		code = follow_apart(w, NULL);
	ck_assert_int_eq(code, 0);
}

static void expect_dump(struct world *w, const struct buf *want,
			const char *crash_at)
{
	AUTO(buf_release) struct buf got = { 0 };
	struct err err = ERR_INIT;

	ck_ok(store_open(&w->p.store, w->p.path, &err), &err);
	dump(&got, w);
	ck_assert_msg(strcmp(buf_text(&got), buf_text(want)) == 0,
		      "crash at %s:\n%s\nnot\n%s", crash_at, buf_text(&got),
		      buf_text(want));
}

START_TEST(killed_at_any_commit_a_second_run_ends_the_same)
{
	AUTO(world_release) struct world w = world_new();
	AUTO(mem_free) char *gone = write_letter(&sample[3]);
	AUTO(buf_release) struct buf want = { 0 };
	bool crashed = true;

	feed(&w, sample, ARRAY_LEN(sample));
	lore_remove(&w.lore, XFS, (struct lore_mail){ gone, strlen(gone) });
	follow(&w);
	dump(&want, &w);
	for (int n = 1; crashed; n++) {
		AUTO(mem_free) char *at = xasprintf("%d%s", n, _i ? "+" : "");

		ck_assert_int_lt(n, 50);
		forget_all(&w);
		follow_twice(&w, at, &crashed);
		expect_dump(&w, &want, at);
	}
}
END_TEST

int main(int argc, char **argv)
{
	const struct test_case cases[] = {
		TEST(a_watched_path_brings_its_whole_thread_in),
		TEST(a_second_run_finds_nothing_to_do),
		TEST(a_late_patch_pulls_in_what_came_before),
		{ a_series_without_threading_is_in_scope_as_one, 3 },
		TABLE(of_a_cross_post_the_cleanest_copy_is_kept, orders),
		{ what_the_list_takes_back_leaves_the_archive, 2 },
		TEST(a_purged_mail_leaves_the_archive_and_the_rest_stays),
		TEST(an_epoch_that_begins_purged_is_taken_in),
		TEST(a_mail_that_cannot_be_read_stops_nothing),
		{ a_mail_that_crashes_the_box_stops_nothing, 2 },
		TEST(nor_does_it_when_history_was_rewritten),
		TEST(a_new_epoch_is_gone_on_with),
		TEST(a_server_that_is_down_is_asked_later),
		TEST(what_was_fetched_is_taken_in_while_the_server_is_down),
		TEST(files_that_are_lost_come_from_the_mirror_again),
		{ killed_at_any_commit_a_second_run_ends_the_same, 2 },
	};

	if (argc > 1 && strcmp(argv[1], "boxed") == 0)
		return boxed_serve(argc - 1, argv + 1, tasks);
	if (!lore_is_here())
		return 77;
	return support_run("follow", cases, ARRAY_LEN(cases));
}
