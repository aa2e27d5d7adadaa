/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/archive.h"

#include <sys/wait.h>

#include "bot/base/fs.h"
#include "bot/mail/maildir.h"
#include "tests/support/run.h"

/* An archive, and what a person is told who asks it with notmuch(1). */
struct place {
	char *dir;
};

static struct place place_new(void)
{
	struct place p = { .dir = support_tmpdir() };
	struct err err = ERR_INIT;

	ck_ok(maildir_make(p.dir, &err), &err);
	return p;
}

static void place_release(struct place *p)
{
	struct err err = ERR_INIT;

	ck_ok(fs_remove_tree(p->dir, &err), &err);
	free(p->dir);
}
DEFINE_AUTO_VALUE(struct place, place_release)

static void ask(struct buf *out, const struct place *p, const char *words)
{
	AUTO(mem_free)
	char *command = xasprintf(
		"NOTMUCH_DATABASE=%s notmuch --config= %s 2>&1", p->dir, words);
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, command);
	buf_init(out, 65536);
	buf_adds(out, buf_text(&r.out));
}

static void expect_answer(const struct place *p, const char *words,
			  const char *answer)
{
	AUTO(buf_release) struct buf said = { 0 };

	ask(&said, p, words);
	ck_assert_msg(strcmp(buf_text(&said), answer) == 0, "%s: '%s'", words,
		      buf_text(&said));
}

static void write_mail(const struct place *p, const char *id, const char *text)
{
	AUTO(maildir_release) struct maildir box = { 0 };
	AUTO(mem_free)
	char *mail = xasprintf("From: A <a@example.net>\nMessage-ID: <%s>\n"
			       "Subject: about %s\n\n%s\n",
			       id, id, text);
	struct err err = ERR_INIT;

	ck_ok(maildir_begin(&box, p->dir, &err), &err);
	ck_ok(maildir_write(&box, id, true, mail, strlen(mail), &err), &err);
	ck_ok(maildir_end(&box, &err), &err);
}

static struct archive *open_archive(const struct place *p,
				    enum archive_mode mode)
{
	struct archive *a = NULL;
	struct err err = ERR_INIT;

	ck_ok(archive_open(&a, p->dir, mode, &err), &err);
	return a;
}

static enum archive_outcome put_in(struct archive *a, const char *id,
				   const char *content, const char *tags)
{
	AUTO(mem_free) char *name = maildir_name(id);
	AUTO(strings_release) struct strings list = { 0 };
	enum archive_outcome outcome;
	struct err err = ERR_INIT;

	strings_split(&list, tags);
	ck_ok(archive_put(&outcome, a,
			  &(struct archive_mail){ .message_id = id,
						  .name = name,
						  .content = content,
						  .tags = &list },
			  &err),
	      &err);
	return outcome;
}

static void put(const struct place *p, enum archive_mode mode, const char *id,
		const char *content, const char *tags)
{
	AUTO(archive_free) struct archive *a = open_archive(p, mode);
	struct err err = ERR_INIT;

	ck_assert_int_eq(put_in(a, id, content, tags), ARCHIVE_DONE);
	ck_ok(archive_close(a, &err), &err);
}

START_TEST(a_person_finds_a_mail_by_word_and_tag)
{
	AUTO(place_release) struct place p = place_new();

	write_mail(&p, "1@x", "invalidation");
	write_mail(&p, "2@x", "truncation");
	put(&p, ARCHIVE_CREATE, "1@x", "b1", "v2 patch");
	put(&p, ARCHIVE_WRITE, "2@x", "b2", "reply");
	expect_answer(&p, "search --output=messages invalidation", "id:1@x\n");
	expect_answer(&p, "search --output=messages tag:v2", "id:1@x\n");
	expect_answer(&p, "search --output=tags '*'", "patch\nreply\nv2\n");
	expect_answer(&p, "count '*'", "2\n");
}
END_TEST

START_TEST(what_is_put_again_is_there_once)
{
	AUTO(place_release) struct place p = place_new();

	write_mail(&p, "1@x", "invalidation");
	put(&p, ARCHIVE_CREATE, "1@x", "b1", "patch");
	put(&p, ARCHIVE_WRITE, "1@x", "b1", "patch");
	expect_answer(&p, "count '*'", "1\n");
	expect_answer(&p, "count --output=files '*'", "1\n");
}
END_TEST

START_TEST(only_our_own_tags_are_taken_back)
{
	AUTO(place_release) struct place p = place_new();

	write_mail(&p, "1@x", "invalidation");
	put(&p, ARCHIVE_CREATE, "1@x", "b1", "patch regression");
	expect_answer(&p, "tag +mine -patch '*'", "");
	put(&p, ARCHIVE_WRITE, "1@x", "b1", "patch same");
	expect_answer(&p, "search --output=tags '*'", "mine\nsame\n");
	write_mail(&p, "1@x", "truncation"); /* a cleaner copy */
	put(&p, ARCHIVE_WRITE, "1@x", "b2", "patch same v3");
	expect_answer(&p, "search --output=tags '*'", "mine\nsame\nv3\n");
	expect_answer(&p, "count truncation", "1\n");
	expect_answer(&p, "count invalidation", "0\n");
	expect_answer(&p, "count --output=files '*'", "1\n");
}
END_TEST

START_TEST(a_file_that_a_reader_renamed_is_the_same_mail)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mem_free) char *name = maildir_name("1@x");
	AUTO(mem_free) char *from = xasprintf("%s/%s", p.dir, name);
	AUTO(mem_free) char *to = NULL;
	AUTO(archive_free) struct archive *a = NULL;
	AUTO(strings_release) struct strings tags = { 0 };
	enum archive_outcome outcome;
	struct err err = ERR_INIT;

	write_mail(&p, "1@x", "invalidation");
	put(&p, ARCHIVE_CREATE, "1@x", "b1", "patch");
	to = xasprintf("%.*sFS", (int)strlen(from) - 1, from);
	ck_assert_int_eq(rename(from, to), 0);
	a = open_archive(&p, ARCHIVE_WRITE);
	ck_ok(archive_put(
		      &outcome, a,
		      &(struct archive_mail){ .message_id = "1@x",
					      .name = to + strlen(p.dir) + 1,
					      .content = _i ? "b2" : "b1",
					      .tags = &tags },
		      &err),
	      &err);
	ck_assert_int_eq(outcome, ARCHIVE_DONE);
	ck_ok(archive_close(a, &err), &err);
	expect_answer(&p, "count '*'", "1\n");
	expect_answer(&p, "count invalidation", "1\n");
}
END_TEST

START_TEST(a_removed_mail_is_gone_with_all_its_files)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(archive_free) struct archive *a = NULL;
	struct err err = ERR_INIT;

	write_mail(&p, "1@x", "invalidation");
	write_mail(&p, "2@x", "invalidation");
	put(&p, ARCHIVE_CREATE, "1@x", "b1", "");
	put(&p, ARCHIVE_WRITE, "2@x", "b2", "");
	if (_i) /* the file first */
		ck_ok(maildir_remove(p.dir, "1@x", &err), &err);
	a = open_archive(&p, ARCHIVE_WRITE);
	ck_ok(archive_remove(a, "1@x", &err), &err);
	ck_ok(archive_remove(a, "1@x", &err), &err);
	ck_ok(archive_remove(a, "never@x", &err), &err);
	ck_ok(archive_close(a, &err), &err);
	expect_answer(&p, "search --output=messages '*'", "id:2@x\n");
}
END_TEST

START_TEST(what_is_no_mail_or_not_there_is_an_answer)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(archive_free) struct archive *a = open_archive(&p, ARCHIVE_CREATE);
	AUTO(maildir_release) struct maildir box = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(put_in(a, "1@x", "b1", ""), ARCHIVE_MISSING);
	ck_ok(maildir_begin(&box, p.dir, &err), &err);
	ck_ok(maildir_write(&box, "2@x", false, "\0\1\2", 3, &err), &err);
	ck_ok(maildir_end(&box, &err), &err);
	ck_assert_int_eq(put_in(a, "2@x", "b2", ""), ARCHIVE_NO_MAIL);
}
END_TEST

/* Two of ours that notmuch takes for one, and what it reads otherwise. */
START_TEST(a_message_id_that_notmuch_reads_otherwise_is_found_by_its_file)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(strings_release) struct strings ids = { 0 };
	AUTO(strings_release) struct strings found = { 0 };
	AUTO(archive_free) struct archive *a = NULL;
	AUTO(maildir_release) struct maildir box = { 0 };
	static const char text[] = "From: a\nMessage-ID: <other@x>\n\nhi\n";
	struct err err = ERR_INIT;

	ck_ok(maildir_begin(&box, p.dir, &err), &err);
	ck_ok(maildir_write(&box, "1@x", false, text, sizeof(text) - 1, &err),
	      &err);
	ck_ok(maildir_end(&box, &err), &err);
	put(&p, ARCHIVE_CREATE, "1@x", "b1", "patch");
	put(&p, ARCHIVE_WRITE, "1@x", "b1", "patch v2");
	a = open_archive(&p, ARCHIVE_READ);
	strings_push(&ids, "1@x");
	ck_ok(archive_select(&found, a, "tag:v2", &ids, &err), &err);
	ck_assert_uint_eq(found.n, 1);
}
END_TEST

static const struct {
	const char *query;
	const char *found; /* of 1@x a"b)@x 3@x */
} queries[] = {
	{ "*", "1@x a\"b)@x 3@x" },
	{ "tag:v2", "1@x a\"b)@x" },
	{ "tag:v2 and truncation", "a\"b)@x" },
	{ "truncation or invalidation", "1@x a\"b)@x" },
	{ "subject:nothing", "" },
	{ "not tag:v2", "3@x" },
};

START_TEST(a_query_picks_from_some_mails)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(strings_release) struct strings ids = { 0 };
	AUTO(strings_release) struct strings found = { 0 };
	AUTO(strings_release) struct strings want = { 0 };
	AUTO(archive_free) struct archive *a = NULL;
	struct err err = ERR_INIT;

	write_mail(&p, "1@x", "invalidation");
	write_mail(&p, "a\"b)@x", "truncation");
	write_mail(&p, "3@x", "nothing");
	write_mail(&p, "4@x", "truncation");
	put(&p, ARCHIVE_CREATE, "1@x", "b1", "v2");
	put(&p, ARCHIVE_WRITE, "a\"b)@x", "b2", "v2");
	put(&p, ARCHIVE_WRITE, "3@x", "b3", "");
	put(&p, ARCHIVE_WRITE, "4@x", "b4", "v2");
	strings_split(&ids, "1@x a\"b)@x 3@x never@x");
	strings_split(&want, queries[_i].found);
	a = open_archive(&p, ARCHIVE_READ);
	ck_ok(archive_select(&found, a, queries[_i].query, &ids, &err), &err);
	ck_assert_uint_eq(found.n, want.n);
	for (size_t i = 0; i < want.n; i++)
		ck_assert_str_eq(found.v[i], want.v[i]);
}
END_TEST

START_TEST(a_query_that_cannot_be_read_is_the_operators)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(strings_release) struct strings ids = { 0 };
	AUTO(strings_release) struct strings found = { 0 };
	AUTO(archive_free) struct archive *a = NULL;
	struct err err = ERR_INIT;

	write_mail(&p, "1@x", "invalidation");
	put(&p, ARCHIVE_CREATE, "1@x", "b1", "v2");
	strings_push(&ids, "1@x");
	a = open_archive(&p, ARCHIVE_READ);
	ck_assert_int_eq(
		archive_select(&found, a, "date:..nonsense", &ids, &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.msg, "notmuch cannot answer the query "
				  "'date:..nonsense'");
}
END_TEST

START_TEST(a_reader_whose_index_was_written_to_twice_answers)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(strings_release) struct strings ids = { 0 };
	AUTO(strings_release) struct strings found = { 0 };
	AUTO(archive_free) struct archive *a = NULL;
	struct err err = ERR_INIT;

	write_mail(&p, "1@x", "invalidation");
	put(&p, ARCHIVE_CREATE, "1@x", "b1", "v2");
	strings_push(&ids, "1@x");
	a = open_archive(&p, ARCHIVE_READ);
	for (int i = 2; i < 200; i++) {
		AUTO(mem_free) char *id = xasprintf("%d@x", i);

		write_mail(&p, id, "invalidation");
	}
	for (int round = 0; round < 3; round++) {
		AUTO(archive_free)
		struct archive *w = open_archive(&p, ARCHIVE_WRITE);

		for (int i = 2; i < 200; i++) {
			AUTO(mem_free) char *id = xasprintf("%d@x", i);
			AUTO(mem_free) char *tag = xasprintf("r%d", round);

			put_in(w, id, tag, tag);
		}
		ck_ok(archive_close(w, &err), &err);
	}
	ck_ok(archive_select(&found, a, "tag:v2", &ids, &err), &err);
	ck_assert_uint_eq(found.n, 1);
}
END_TEST

START_TEST(an_index_that_is_not_there_is_not_made_unasked)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mem_free) char *want = xasprintf("no index in '%s'", p.dir);
	struct archive *a = NULL;
	struct err err = ERR_INIT;

	ck_assert_int_eq(archive_open(&a, p.dir,
				      _i ? ARCHIVE_READ : ARCHIVE_WRITE, &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_str_eq(err.msg, want);
}
END_TEST

static const char *const parts[] = { "iamglass", "postlist.glass",
				     "termlist.glass" };

START_TEST(a_damaged_index_says_so)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mem_free)
	char *path = xasprintf("%s/.notmuch/xapian/%s", p.dir, parts[_i]);
	AUTO(archive_free) struct archive *a = NULL;
	enum archive_outcome outcome;
	struct err err = ERR_INIT;
	AUTO(strings_release) struct strings tags = { 0 };
	AUTO(mem_free) char *name = maildir_name("1@x");
	struct archive_mail mail = { "1@x", name, "b1", &tags };

	write_mail(&p, "1@x", "invalidation");
	put(&p, ARCHIVE_CREATE, "1@x", "b1", "v2");
	ck_ok(fs_write(path, "junk", 4, &err), &err);
	if (archive_open(&a, p.dir, ARCHIVE_WRITE, &err) == 0)
		ck_assert_int_eq(archive_put(&outcome, a, &mail, &err), -1);
	ck_assert_msg(err.kind == ERR_INPUT, "%s", err.msg);
}
END_TEST

TEST_MAIN("archive", TEST(a_person_finds_a_mail_by_word_and_tag),
	  TEST(what_is_put_again_is_there_once),
	  TEST(only_our_own_tags_are_taken_back),
	  { a_file_that_a_reader_renamed_is_the_same_mail, 2 },
	  { a_removed_mail_is_gone_with_all_its_files, 2 },
	  TEST(what_is_no_mail_or_not_there_is_an_answer),
	  TEST(a_message_id_that_notmuch_reads_otherwise_is_found_by_its_file),
	  TABLE(a_query_picks_from_some_mails, queries),
	  TEST(a_query_that_cannot_be_read_is_the_operators),
	  TEST(a_reader_whose_index_was_written_to_twice_answers),
	  { an_index_that_is_not_there_is_not_made_unasked, 2 },
	  TABLE(a_damaged_index_says_so, parts))
