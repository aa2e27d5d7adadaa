/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The server that other tests rely on, looked at from where they stand. */
#include <string.h>
#include <sys/wait.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/mail/gunzip.h"
#include "bot/mail/http.h"
#include "parsers/manifest.h"
#include "tests/support/lore.h"
#include "tests/support/support.h"

#define LIST "linux-xfs"
#define SAMPLE "tests/fixtures/series/sample.mbox"
#define MAX (1u << 20)

static const char *const lists[] = { LIST, "linux-fsdevel", NULL };

struct fixture {
	char *dir;
	struct lore lore;
};

static void fixture_start(struct fixture *f)
{
	f->dir = support_tmpdir();
	lore_start(&f->lore, f->dir, lists);
}

static void fixture_release(struct fixture *f)
{
	struct err err = ERR_INIT;

	lore_release(&f->lore);
	ck_ok(fs_remove_tree(f->dir, &err), &err);
	free(f->dir);
}
DEFINE_AUTO_VALUE(struct fixture, fixture_release)

static void get(struct http_reply *out, const struct fixture *f,
		const char *path)
{
	AUTO(mem_free) char *url = xasprintf("%s/%s", f->lore.url, path);
	struct err err = ERR_INIT;

	ck_ok(http_get(out, url, "collider-tests", MAX, 20, &err), &err);
}

static struct manifest *get_manifest(const struct fixture *f, const char *path)
{
	AUTO(http_reply_release) struct http_reply reply = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	struct manifest *m = NULL;
	struct err err = ERR_INIT;

	get(&reply, f, path);
	ck_assert_uint_eq(reply.status, 200);
	ck_ok(gunzip_run(&text, reply.body.data, reply.body.len, MAX, &err),
	      &err);
	ck_ok(manifest_parse(&m, buf_text(&text), text.len, LIST, &err), &err);
	return m;
}

/* A mail that is told apart by @n. */
static void feed_one(struct fixture *f, unsigned n)
{
	AUTO(mem_free)
	char *text = xasprintf(
		"From: a@example.org\nSubject: mail %u\n"
		"Message-ID: <%u@example.org>\nList-Id: <" LIST
		".vger.kernel.org>\nDate: Thu, 1 Jan 2026 00:00:%02u +0000\n\n"
		"hello\n",
		n, n, n % 60);

	lore_feed(&f->lore, LIST, &(struct lore_mail){ text, strlen(text) }, 1);
}

static unsigned status_of(const struct fixture *f, const char *path)
{
	AUTO(http_reply_release) struct http_reply reply = { 0 };

	get(&reply, f, path);
	return reply.status;
}

START_TEST(what_is_fed_is_served_at_once)
{
	AUTO(fixture_release) struct fixture f = { 0 };

	fixture_start(&f);
	feed_one(&f, 1);
	ck_assert_uint_eq(status_of(&f, LIST "/1@example.org/raw"), 200);
	ck_assert_uint_eq(status_of(&f, LIST "/2@example.org/raw"), 404);
	feed_one(&f, 2);
	ck_assert_uint_eq(status_of(&f, LIST "/2@example.org/raw"), 200);
	ck_assert_uint_eq(status_of(&f, "linux-fsdevel/2@example.org/raw"),
			  404);
}
END_TEST

START_TEST(both_manifests_change_with_each_mail)
{
	static const char *const paths[] = { "manifest.js.gz",
					     LIST "/manifest.js.gz" };
	AUTO(fixture_release) struct fixture f = { 0 };

	fixture_start(&f);
	feed_one(&f, 1);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		AUTO(manifest_free) struct manifest *old = NULL;
		AUTO(manifest_free) struct manifest *new = NULL;

		old = get_manifest(&f, paths[i]);
		feed_one(&f, 2 + (unsigned)i);
		new = get_manifest(&f, paths[i]);
		ck_assert_uint_eq(old->n, 1);
		ck_assert_uint_eq(new->n, 1);
		ck_assert_str_eq(new->v[0].path, "/" LIST "/git/0.git");
		ck_assert_str_ne(old->v[0].fingerprint, new->v[0].fingerprint);
	}
}
END_TEST

START_TEST(an_epoch_that_was_rolled_is_in_the_manifest_with_its_first_mail)
{
	AUTO(manifest_free) struct manifest *m = NULL;
	AUTO(fixture_release) struct fixture f = { 0 };

	fixture_start(&f);
	feed_one(&f, 1);
	lore_roll(&f.lore, LIST);
	feed_one(&f, 2);
	m = get_manifest(&f, LIST "/manifest.js.gz");
	ck_assert_uint_eq(m->n, 2);
	ck_assert_uint_eq(lore_epochs(&f.lore, LIST), 2);
	ck_assert_uint_eq(status_of(&f, LIST "/1@example.org/raw"), 200);
	ck_assert_uint_eq(status_of(&f, LIST "/2@example.org/raw"), 200);
	ck_assert_uint_eq(status_of(&f, LIST "/1/info/refs"
					     "?service=git-upload-pack"),
			  200);
}
END_TEST

static struct lore_mail mail_of(const struct buf *text)
{
	return (struct lore_mail){ buf_text(text), text->len };
}

static void read_raw(struct buf *out, const struct fixture *f, unsigned n)
{
	AUTO(mem_free) char *epoch = lore_epoch(&f->lore, LIST, 0);
	AUTO(mem_free)
	char *command =
		xasprintf("git --git-dir=%s cat-file blob master~%u:m >%s/raw",
			  epoch, n, f->dir);
	AUTO(mem_free) char *path = xasprintf("%s/raw", f->dir);
	struct err err = ERR_INIT;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_ok(fs_read(out, path, MAX, &err), &err);
}

static const struct {
	const char *name;
	void (*run)(struct lore *l, const char *list, struct lore_mail mail);
} takes[] = {
	{ "rm", lore_remove },
	{ "purge", lore_purge },
};

START_TEST(a_mail_that_was_taken_away_is_gone_and_the_rest_is_not)
{
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(fixture_release) struct fixture f = { 0 };

	fixture_start(&f);
	feed_one(&f, 1);
	feed_one(&f, 2);
	read_raw(&mail, &f, 1);
	takes[_i].run(&f.lore, LIST, mail_of(&mail));
	ck_assert_uint_eq(status_of(&f, LIST "/1@example.org/raw"), 404);
	ck_assert_uint_eq(status_of(&f, LIST "/2@example.org/raw"), 200);
}
END_TEST

START_TEST(a_mailbox_and_a_folder_can_be_fed)
{
	AUTO(fixture_release) struct fixture f = { 0 };

	fixture_start(&f);
	lore_feed_mbox(&f.lore, LIST, SAMPLE);
	ck_assert_uint_eq(lore_feed_dir(&f.lore, LIST, "tests/fixtures/mail"),
			  f.lore.mails - 4);
}
END_TEST

START_TEST(a_server_that_was_stopped_comes_back_at_its_port)
{
	AUTO(http_reply_release) struct http_reply reply = { 0 };
	AUTO(fixture_release) struct fixture f = { 0 };
	AUTO(mem_free) char *url = NULL;
	struct err err = ERR_INIT;

	fixture_start(&f);
	feed_one(&f, 1);
	url = lore_url(&f.lore, LIST);
	lore_stop_server(&f.lore);
	ck_assert_int_eq(http_get(&reply, url, "x", MAX, 20, &err), -1);
	ck_assert_int_eq(err.kind, ERR_RETRY);
	lore_start_server(&f.lore);
	ck_assert_uint_eq(status_of(&f, LIST "/1@example.org/raw"), 200);
}
END_TEST

LORE_MAIN("lore", TEST(what_is_fed_is_served_at_once),
	  TEST(both_manifests_change_with_each_mail),
	  TEST(an_epoch_that_was_rolled_is_in_the_manifest_with_its_first_mail),
	  TABLE(a_mail_that_was_taken_away_is_gone_and_the_rest_is_not, takes),
	  TEST(a_mailbox_and_a_folder_can_be_fed),
	  TEST(a_server_that_was_stopped_comes_back_at_its_port))
