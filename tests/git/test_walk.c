/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_walk.c - epochs as a list server leaves them: mail that comes in, is
 * taken back and is purged, and histories that were rewritten
 *
 * The repositories are the real git's.
 */
#include "bot/git/walk.h"

#include "bot/base/fs.h"
#include "tests/support/epoch.h"
#include "tests/support/run.h"

struct place {
	char *dir;
	struct epoch epoch;
	struct walk *walk;
	char seen[WALK_HEX_LEN + 1];
	char tip[WALK_HEX_LEN + 1];
};

static void place_release(struct place *p)
{
	struct err err = ERR_INIT;

	walk_free(p->walk);
	epoch_release(&p->epoch);
	ck_ok(fs_remove_tree(p->dir, &err), &err);
	free(p->dir);
}
DEFINE_AUTO_VALUE(struct place, place_release)

static void add(struct place *p, const char *name, const char *text)
{
	epoch_add(&p->epoch, name, text, strlen(text));
}

/* An epoch of the mails "one", "two" and "three", all of which were seen. */
static void make(struct place *p)
{
	struct err err = ERR_INIT;

	p->dir = support_tmpdir();
	epoch_init(&p->epoch, p->dir);
	add(p, "m", "one");
	add(p, "m", "two");
	add(p, "m", "three");
	epoch_write(&p->epoch);
	epoch_resolve(p->seen, &p->epoch, "master");
	ck_ok(walk_open(&p->walk, p->epoch.path, &err), &err);
}

static void start(struct place *p, const char *seen)
{
	struct err err = ERR_INIT;

	epoch_resolve(p->tip, &p->epoch, "master");
	ck_ok(walk_start(p->walk, seen, p->tip, &err), &err);
}

static const char *const words[] = { "mail", "deleted", "purged",
				     "unreadable" };

/* "mail:one mail:two ", in the order they come in */
static void expect(struct place *p, const char *want)
{
	AUTO(buf_release) struct buf got = { 0 };
	struct walk_mail mail;

	buf_init(&got, 4096);
	while (walk_next(p->walk, &mail)) {
		ck_assert_uint_eq(strlen(mail.commit), WALK_HEX_LEN);
		buf_addf(&got, "%s:", words[mail.what]);
		buf_add(&got, mail.bytes, mail.len);
		buf_addc(&got, ' ');
		ck_assert((mail.what == WALK_UNREADABLE) ==
			  (mail.why.kind != ERR_NONE));
	}
	ck_assert_str_eq(buf_text(&got), want);
}

static void expect_gone(struct place *p, const char *want)
{
	AUTO(strings_release) struct strings gone = { 0 };
	AUTO(buf_release) struct buf got = { 0 };
	struct walk_mail mail;

	buf_init(&got, 4096);
	walk_gone(&gone, p->walk);
	for (size_t i = 0; i < gone.n; i++) {
		walk_read(p->walk, gone.v[i], &mail);
		ck_assert_str_eq(mail.blob, gone.v[i]);
		buf_add(&got, mail.bytes, mail.len);
		buf_addc(&got, ' ');
	}
	ck_assert_str_eq(buf_text(&got), want);
}

START_TEST(a_new_epoch_is_read_oldest_first_whatever_its_dates_say)
{
	AUTO(place_release) struct place p = { 0 };

	make(&p);
	start(&p, "");
	ck_assert(!walk_is_rewritten(p.walk, NULL));
	expect(&p, "mail:one mail:two mail:three ");
	expect(&p, "");
}
END_TEST

START_TEST(what_was_seen_is_not_read_again)
{
	AUTO(place_release) struct place p = { 0 };

	make(&p);
	start(&p, p.seen);
	expect(&p, "");
	add(&p, "m", "four");
	add(&p, "m", "five");
	epoch_write(&p.epoch);
	start(&p, p.seen);
	ck_assert(!walk_is_rewritten(p.walk, NULL));
	expect(&p, "mail:four mail:five ");
	expect_gone(&p, "");
}
END_TEST

START_TEST(a_mail_taken_back_comes_with_its_bytes_and_when)
{
	AUTO(place_release) struct place p = { 0 };
	struct walk_mail mail;

	make(&p);
	add(&p, "d", "two");
	epoch_write(&p.epoch);
	start(&p, p.seen);
	expect(&p, "deleted:two ");
	start(&p, p.seen);
	ck_assert(walk_next(p.walk, &mail));
	ck_assert_int_eq(mail.time, EPOCH_TIME - 3 * 3600);
}
END_TEST

START_TEST(a_mail_of_no_bytes_was_purged)
{
	AUTO(place_release) struct place p = { 0 };

	make(&p);
	add(&p, "m", "");
	epoch_write(&p.epoch);
	start(&p, p.seen);
	expect(&p, "purged: ");
}
END_TEST

START_TEST(a_purge_rewrites_and_what_is_gone_is_named)
{
	AUTO(place_release) struct place p = { 0 };
	char base[WALK_HEX_LEN + 1];
	char first[WALK_HEX_LEN + 1];

	make(&p);
	epoch_resolve(first, &p.epoch, "master~2");
	epoch_rewind(&p.epoch, "master~2");
	add(&p, "m", "");
	add(&p, "m", "three");
	add(&p, "m", "four");
	epoch_write(&p.epoch);
	start(&p, p.seen);
	ck_assert(walk_is_rewritten(p.walk, base));
	ck_assert_str_eq(base, first);
	expect(&p, "purged: mail:three mail:four ");
	expect_gone(&p, "two ");
	ck_assert(walk_is_rewritten(p.walk, NULL));
}
END_TEST

START_TEST(a_history_that_was_cut_short_is_a_rewritten_one)
{
	AUTO(place_release) struct place p = { 0 };
	char base[WALK_HEX_LEN + 1];

	make(&p);
	epoch_rewind(&p.epoch, "master~1");
	epoch_write(&p.epoch);
	start(&p, p.seen);
	ck_assert(walk_is_rewritten(p.walk, base));
	ck_assert_str_eq(base, p.tip);
	expect(&p, "");
	expect_gone(&p, "three ");
}
END_TEST

START_TEST(histories_with_nothing_in_common_are_read_from_the_start)
{
	AUTO(place_release) struct place p = { 0 };
	char base[WALK_HEX_LEN + 1];

	make(&p);
	epoch_rewind(&p.epoch, NULL);
	add(&p, "m", "other");
	add(&p, "m", "two");
	epoch_write(&p.epoch);
	start(&p, p.seen);
	ck_assert(walk_is_rewritten(p.walk, base));
	ck_assert_str_eq(base, "");
	expect(&p, "mail:other mail:two ");
	expect_gone(&p, "three one ");
}
END_TEST

START_TEST(an_old_history_that_is_not_here_is_read_from_the_start)
{
	AUTO(place_release) struct place p = { 0 };
	char base[WALK_HEX_LEN + 1];

	make(&p);
	start(&p, "0123456789012345678901234567890123456789");
	ck_assert(walk_is_rewritten(p.walk, base));
	ck_assert_str_eq(base, "");
	expect(&p, "mail:one mail:two mail:three ");
	expect_gone(&p, "");
}
END_TEST

START_TEST(a_rewritten_history_is_forgotten_by_the_next_start)
{
	AUTO(place_release) struct place p = { 0 };

	make(&p);
	epoch_rewind(&p.epoch, "master~2");
	epoch_write(&p.epoch);
	start(&p, p.seen);
	ck_assert(walk_is_rewritten(p.walk, NULL));
	start(&p, p.tip);
	ck_assert(!walk_is_rewritten(p.walk, NULL));
	expect_gone(&p, "");
}
END_TEST

START_TEST(a_commit_that_holds_no_mail_does_not_stop_the_walk)
{
	AUTO(place_release) struct place p = { 0 };
	struct walk_mail mail;

	make(&p);
	add(&p, NULL, "");
	add(&p, "README", "x");
	add(&p, "m/x", "x");
	add(&p, "m", "four");
	epoch_write(&p.epoch);
	start(&p, p.seen);
	ck_assert(walk_next(p.walk, &mail));
	ck_assert_int_eq(mail.what, WALK_UNREADABLE);
	ck_assert_str_eq(mail.why.msg,
			 "the commit has no file 'm' and no file 'd'");
	ck_assert_str_eq(mail.blob, "");
	expect(&p, "unreadable: unreadable: mail:four ");
}
END_TEST

/* @len times 'x' as a mail. */
static void add_large(struct place *p, size_t len)
{
	AUTO(mem_free) char *bytes = xmalloc(len);

	memset(bytes, 'x', len);
	epoch_add(&p->epoch, "m", bytes, len);
}

START_TEST(a_mail_has_a_ceiling)
{
	AUTO(place_release) struct place p = { 0 };
	struct walk_mail mail;

	make(&p);
	add_large(&p, WALK_MAX_MAIL);
	add_large(&p, WALK_MAX_MAIL + 1);
	add(&p, "m", "four");
	epoch_write(&p.epoch);
	start(&p, p.seen);
	ck_assert(walk_next(p.walk, &mail));
	ck_assert_int_eq(mail.what, WALK_MAIL);
	ck_assert_uint_eq(mail.len, WALK_MAX_MAIL);
	ck_assert(walk_next(p.walk, &mail));
	ck_assert_int_eq(mail.what, WALK_UNREADABLE);
	ck_assert_int_eq(mail.why.kind, ERR_LIMIT);
	ck_assert_str_eq(mail.why.msg, "mail is larger than 8388608 bytes");
	ck_assert_uint_eq(mail.len, 0);
	expect(&p, "mail:four ");
}
END_TEST

START_TEST(a_mail_whose_object_is_lost_does_not_stop_the_walk)
{
	AUTO(place_release) struct place p = { 0 };
	AUTO(run_release) struct run lose = { 0 };
	AUTO(mem_free) char *command = NULL;
	struct walk_mail mail;

	make(&p);
	add(&p, "m", "four");
	add(&p, "m", "five");
	epoch_write(&p.epoch);
	/* fast-import leaves so few objects loose, as files. */
	command = xasprintf("cd '%s' && b=$(git rev-parse master~1:m) &&"
			    " rm objects/$(echo $b | sed 's|^..|&/|')",
			    p.epoch.path);
	run_shell(&lose, command);
	ck_assert_msg(lose.exit_code == 0, RUN_SAID(&lose));
	start(&p, p.seen);
	ck_assert(walk_next(p.walk, &mail));
	ck_assert_int_eq(mail.what, WALK_UNREADABLE);
	ck_assert_int_eq(mail.why.kind, ERR_INPUT);
	ck_assert_msg(strstr(mail.why.msg, "cannot read the mail: "), "%s",
		      mail.why.msg);
	ck_assert_uint_eq(strlen(mail.blob), WALK_HEX_LEN);
	expect(&p, "mail:five ");
}
END_TEST

START_TEST(a_blob_is_read_by_its_id)
{
	AUTO(place_release) struct place p = { 0 };
	struct walk_mail mail;
	char blob[WALK_HEX_LEN + 1];

	make(&p);
	epoch_resolve(blob, &p.epoch, "master~1:m");
	walk_read(p.walk, blob, &mail);
	ck_assert_int_eq(mail.what, WALK_MAIL);
	ck_assert_str_eq(mail.commit, "");
	ck_assert_uint_eq(mail.len, 3);
	ck_assert_int_eq(memcmp(mail.bytes, "two", 3), 0);
}
END_TEST

static const struct {
	const char *id, *says; /* id NULL: of a commit */
} no_blobs[] = {
	{ "0123", "'0123' is no object id" },
	{ "012345678901234567890123456789012345678g", "is no object id" },
	{ "0123456789012345678901234567890123456789", "cannot read the mail" },
	{ NULL, "it is no blob" },
};

START_TEST(an_id_of_no_blob_is_unreadable)
{
	AUTO(place_release) struct place p = { 0 };
	struct walk_mail mail;

	make(&p);
	walk_read(p.walk, no_blobs[_i].id ? no_blobs[_i].id : p.seen, &mail);
	ck_assert_int_eq(mail.what, WALK_UNREADABLE);
	ck_assert_int_eq(mail.why.kind, ERR_INPUT);
	ck_assert_msg(strstr(mail.why.msg, no_blobs[_i].says), "%s",
		      mail.why.msg);
}
END_TEST

START_TEST(a_tip_that_is_not_there_is_refused)
{
	AUTO(place_release) struct place p = { 0 };
	struct err err = ERR_INIT;
	const char *none = "0123456789012345678901234567890123456789";

	make(&p);
	ck_assert_int_eq(walk_start(p.walk, "", none, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_str_eq(err.msg, "the mirror has no commit "
				  "0123456789012345678901234567890123456789");
	err = (struct err)ERR_INIT;
	ck_assert_int_eq(walk_start(p.walk, "--all", none, &err), -1);
	ck_assert_str_eq(err.msg, "'--all' is no object id");
}
END_TEST

START_TEST(a_folder_that_is_no_repository_is_the_systems_fault)
{
	struct walk *w = NULL;
	struct err err = ERR_INIT;

	ck_assert_int_eq(walk_open(&w, "/nonexistent/0.git", &err), -1);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	ck_assert_ptr_null(w);
}
END_TEST

TEST_MAIN("walk", TEST(a_new_epoch_is_read_oldest_first_whatever_its_dates_say),
	  TEST(what_was_seen_is_not_read_again),
	  TEST(a_mail_taken_back_comes_with_its_bytes_and_when),
	  TEST(a_mail_of_no_bytes_was_purged),
	  TEST(a_purge_rewrites_and_what_is_gone_is_named),
	  TEST(a_history_that_was_cut_short_is_a_rewritten_one),
	  TEST(histories_with_nothing_in_common_are_read_from_the_start),
	  TEST(an_old_history_that_is_not_here_is_read_from_the_start),
	  TEST(a_rewritten_history_is_forgotten_by_the_next_start),
	  TEST(a_commit_that_holds_no_mail_does_not_stop_the_walk),
	  TEST(a_mail_has_a_ceiling),
	  TEST(a_mail_whose_object_is_lost_does_not_stop_the_walk),
	  TEST(a_blob_is_read_by_its_id),
	  TABLE(an_id_of_no_blob_is_unreadable, no_blobs),
	  TEST(a_tip_that_is_not_there_is_refused),
	  TEST(a_folder_that_is_no_repository_is_the_systems_fault))
