/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This program is the box, too: with "boxed thread" it is the task of that
 * name, as collider is.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "bot/base/fs.h"
#include "bot/mail/lore.h"
#include "bot/mail/maildir.h"
#include "bot/posted.h"
#include "bot/run/boxed.h"
#include "bot/store/hosts.h"
#include "bot/store/mails.h"
#include "bot/store/threads.h"
#include "parsers/mbox.h"
#include "tests/support/fake.h"
#include "tests/support/lore.h"
#include "tests/support/run.h"

#define LIST "linux-xfs"
#define SAMPLE "tests/fixtures/series/sample.mbox"
#define SAMPLE_ID "20261026.sample-2@example.org"
#define AGENT "collider/9 (+someone@example.org)"
#define GZIP_TYPE "Content-Type: application/gzip\r\n"
#define HTML_TYPE "Content-Type: text/html\r\n"

static const char *const lists[] = { LIST, NULL };

/* A state folder of its own, whose lore is at @url. */
struct site {
	char *dir;
	struct config *config;
	struct store *store;
};

static void site_open(struct site *s, const char *url)
{
	AUTO(mem_free) char *file = xasprintf("%s/conf", s->dir);
	AUTO(mem_free) char *db = xasprintf("%s/db", s->dir);
	AUTO(mem_free)
	char *text = xasprintf("[collider]\n\tstate = %s\n"
			       "[follow]\n\tagent = \"" AGENT "\"\n"
			       "[review]\n\tlore = %s\n",
			       s->dir, url);
	struct err err = ERR_INIT;

	unsetenv("COLLIDER_STATE");
	ck_ok(fs_write(file, text, strlen(text), &err), &err);
	ck_ok(config_load(&s->config, file, &err), &err);
	ck_ok(store_open(&s->store, db, &err), &err);
}

static void site_release(struct site *s)
{
	struct err err = ERR_INIT;

	config_free(s->config);
	store_free(s->store);
	ck_ok(fs_remove_tree(s->dir, &err), &err);
	free(s->dir);
}
DEFINE_AUTO_VALUE(struct site, site_release)

static int get(struct posted *out, const struct site *s, const char *name,
	       struct err *err)
{
	return posted_get(out, s->config, s->store, name, err);
}

/* The mails of what was found at @name. */
static size_t count(const struct site *s, const char *name)
{
	AUTO(mbox_release) struct mbox box = { 0 };
	AUTO(buf_release) struct buf bytes = { 0 };
	AUTO(posted_release) struct posted found = { 0 };
	struct err err = ERR_INIT;

	ck_ok(get(&found, s, name, &err), &err);
	ck_ok(fs_read(&bytes, found.path, LORE_MAX_MBOX, &err), &err);
	ck_ok(mbox_parse(&box, buf_text(&bytes), bytes.len, &err), &err);
	return box.n;
}

static void expect_failure(const struct site *s, const char *name,
			   enum err_kind kind, const char *part)
{
	struct err err = ERR_INIT;
	struct posted found;

	ck_assert_int_eq(get(&found, s, name, &err), -1);
	ck_assert_msg(strstr(err.msg, part), "no '%s' in: %s", part, err.msg);
	ck_assert_int_eq(err.kind, kind);
	ck_assert_ptr_null(found.path);
	ck_assert_ptr_null(found.message_id);
}

/* ---- a real server ---- */

struct real {
	struct site site;
	struct lore lore;
};

static void real_start(struct real *r)
{
	AUTO(mem_free) char *url = NULL;

	r->site.dir = support_tmpdir();
	lore_start(&r->lore, r->site.dir, lists);
	url = lore_url(&r->lore, LIST);
	site_open(&r->site, url);
}

static void real_release(struct real *r)
{
	lore_release(&r->lore);
	site_release(&r->site);
}
DEFINE_AUTO_VALUE(struct real, real_release)

START_TEST(any_mail_of_a_thread_brings_all_of_it)
{
	AUTO(real_release) struct real r = { 0 };
	AUTO(mem_free) char *page = NULL;

	real_start(&r);
	lore_feed_mbox(&r.lore, LIST, SAMPLE);
	page = xasprintf("%s/" LIST "/" SAMPLE_ID "/T/#u", r.lore.url);
	ck_assert_uint_eq(count(&r.site, "<20261026.sample-0@example.org>"), 4);
	ck_assert_uint_eq(count(&r.site, "20261026.sample-3@example.org"), 4);
	ck_assert_uint_eq(count(&r.site, page), 4);
}
END_TEST

START_TEST(a_review_reads_the_thread_of_a_message_id)
{
	AUTO(real_release) struct real r = { 0 };
	AUTO(mem_free) char *command = NULL;
	AUTO(run_release) struct run run;

	real_start(&r);
	lore_feed_mbox(&r.lore, LIST, "tests/fixtures/series/incomplete.mbox");
	command = xasprintf("$review --config %s/conf "
			    "'<20261026.incomplete-3@example.org>'",
			    r.site.dir);
	run_shell(&run, command);
	run_expect(&run, 2, "could not tell");
	run_expect_text(&run.out, "2/3");
}
END_TEST

static const struct {
	const char *id;
	const char *title;
} meant[] = {
	{ "<b1@example.org>", "ext4: b" },
	{ "<a1@example.org>", "xfs: a" },
};

START_TEST(a_review_is_of_the_series_that_was_named)
{
	AUTO(real_release) struct real r = { 0 };
	AUTO(mem_free) char *command = NULL;
	AUTO(run_release) struct run run;

	real_start(&r);
	lore_feed_mbox(&r.lore, LIST,
		       "tests/fixtures/assemble/"
		       "two-series-and-their-versions-in-one-thread.mbox");
	command = xasprintf("git init -q --bare $dir/empty.git\n"
			    "$review --config %s/conf --tree $dir/empty.git"
			    " '%s'",
			    r.site.dir, meant[_i].id);
	run_shell(&run, command);
	ck_assert_msg(run.json, RUN_SAID(&run));
	run_expect_text(&run.out, meant[_i].title);
}
END_TEST

START_TEST(a_file_is_read_whatever_its_name_looks_like)
{
	AUTO(run_release) struct run r;

	run_shell(&r, "cd $dir && cp " COLLIDER_DATA
		      "/tests/fixtures/series/incomplete.mbox a@b &&"
		      " export COLLIDER_STATE=$dir/state &&"
		      " $review a@b");
	run_expect(&r, 2, "could not tell");
	run_expect_text(&r.out, "2/3");
}
END_TEST

START_TEST(a_mail_that_nobody_has_names_who_was_asked)
{
	AUTO(real_release) struct real r = { 0 };
	AUTO(mem_free) char *says = NULL;

	real_start(&r);
	says = xasprintf("no mail 'nobody@example.org' in the archive, nor at "
			 "%s/" LIST "/",
			 r.lore.url);
	expect_failure(&r.site, "nobody@example.org", ERR_INPUT, says);
}
END_TEST

static const struct {
	const char *id;
	const char *escaped;
} odd[] = {
	{ "a/b@example.org", "a%2Fb@example.org" },
	{ "a%2Fb@example.org", "a%252Fb@example.org" },
	{ "a+b=c@example.org", "a+b=c@example.org" },
	{ "a b@example.org", "a%20b@example.org" },
	{ "a?b#c&d@example.org", "a%3Fb%23c&d@example.org" },
	{ "[a]\"b\"@example.org", "%5Ba%5D%22b%22@example.org" },
};

START_TEST(an_odd_id_is_found_by_itself_and_by_its_page)
{
	AUTO(real_release) struct real r = { 0 };
	AUTO(mem_free)
	char *mail = xasprintf("From: a@example.org\nSubject: odd\n"
			       "Message-ID: <%s>\nList-Id: <" LIST ".vger."
			       "kernel.org>\n\nodd\n",
			       odd[_i].id);
	AUTO(mem_free) char *page = NULL;

	real_start(&r);
	lore_feed(&r.lore, LIST, &(struct lore_mail){ mail, strlen(mail) }, 1);
	page = xasprintf("%s/" LIST "/%s/", r.lore.url, odd[_i].escaped);
	ck_assert_uint_eq(count(&r.site, odd[_i].id), 1);
	ck_assert_uint_eq(count(&r.site, page), 1);
}
END_TEST

/* As if the answers had come @s seconds earlier. */
static void age_answers(const struct site *s, time_t seconds)
{
	AUTO(posted_release) struct posted found = { 0 };
	const struct timespec then = { .tv_sec = time(NULL) - seconds };
	struct err err = ERR_INIT;

	ck_ok(get(&found, s, SAMPLE_ID, &err), &err);
	ck_assert_int_eq(utimensat(AT_FDCWD, found.path,
				   (struct timespec[]){ then, then }, 0),
			 0);
}

START_TEST(an_answer_serves_for_ten_minutes)
{
	AUTO(real_release) struct real r = { 0 };

	real_start(&r);
	lore_feed_mbox(&r.lore, LIST, SAMPLE);
	ck_assert_uint_eq(count(&r.site, SAMPLE_ID), 4);
	lore_stop_server(&r.lore);
	age_answers(&r.site, LORE_FRESH_S / 2);
	ck_assert_uint_eq(count(&r.site, SAMPLE_ID), 4);
	age_answers(&r.site, LORE_FRESH_S);
	expect_failure(&r.site, SAMPLE_ID, ERR_RETRY,
		       "Couldn't connect to server");
}
END_TEST

/* ---- the archive ---- */

static void keep_mail(struct site *s, const char *archive,
		      const struct mbox_mail *mail, unsigned n)
{
	AUTO(mem_free)
	char *id = xasprintf("20261026.sample-%u@example.org", n);
	AUTO(mem_free) char *blob = xasprintf("%040u", n);
	AUTO(strings_release) struct strings references = { 0 };
	AUTO(maildir_release) struct maildir box = { 0 };
	AUTO(store_end) struct store_txn txn = { 0 };
	struct mails_head head = { .message_id = id,
				   .references = &references,
				   .list = LIST,
				   .blob = blob,
				   .sender = "a@example.org",
				   .title = "t" };
	struct err err = ERR_INIT;
	struct mails_put put;
	bool moved;

	if (n)
		strings_push(&references, "20261026.sample-0@example.org");
	ck_ok(maildir_begin(&box, archive, &err), &err);
	ck_ok(maildir_write(&box, id, false, mail->bytes, mail->len, &err),
	      &err);
	ck_ok(maildir_end(&box, &err), &err);
	ck_ok(store_begin(&txn, s->store, &err), &err);
	ck_ok(mails_put(&put, &txn, &head, &err), &err);
	ck_ok(threads_keep(&txn, put.thread, &err), &err);
	ck_ok(mails_move(&moved, &txn, put.id, MAILS_WANTED, MAILS_WRITTEN,
			 &err),
	      &err);
	ck_ok(mails_move(&moved, &txn, put.id, MAILS_WRITTEN, MAILS_INDEXED,
			 &err),
	      &err);
	ck_assert(moved);
	ck_ok(store_commit(&txn, &err), &err);
}

/* As follow leaves it. */
static void keep_sample(struct site *s)
{
	AUTO(mem_free) char *archive = config_state_path(s->config, "archive");
	AUTO(mbox_release) struct mbox sample = { 0 };
	AUTO(buf_release) struct buf bytes = { 0 };
	struct err err = ERR_INIT;

	ck_ok(maildir_make(archive, &err), &err);
	ck_ok(fs_read(&bytes, SAMPLE, LORE_MAX_MBOX, &err), &err);
	ck_ok(mbox_parse(&sample, buf_text(&bytes), bytes.len, &err), &err);
	for (unsigned i = 0; i < sample.n; i++)
		keep_mail(s, archive, &sample.v[i], i);
}

START_TEST(what_the_archive_has_is_asked_of_nobody)
{
	AUTO(site_release) struct site s = { .dir = support_tmpdir() };
	AUTO(mbox_release) struct mbox want = { 0 };
	AUTO(mbox_release) struct mbox got = { 0 };
	AUTO(buf_release) struct buf sample = { 0 };
	AUTO(buf_release) struct buf bytes = { 0 };
	AUTO(posted_release) struct posted found = { 0 };
	struct err err = ERR_INIT;

	site_open(&s, "http://127.0.0.1:1/nobody/");
	keep_sample(&s);
	ck_ok(get(&found, &s, "https://lore.kernel.org/r/" SAMPLE_ID, &err),
	      &err);
	ck_ok(fs_read(&sample, SAMPLE, LORE_MAX_MBOX, &err), &err);
	ck_assert_str_eq(found.message_id, SAMPLE_ID);
	ck_ok(fs_read(&bytes, found.path, LORE_MAX_MBOX, &err), &err);
	ck_ok(mbox_parse(&want, sample.data, sample.len, &err), &err);
	ck_ok(mbox_parse(&got, bytes.data, bytes.len, &err), &err);
	ck_assert_uint_eq(got.n, want.n);
	for (size_t i = 0; i < want.n; i++)
		ck_assert_int_eq(strncmp(got.v[i].bytes, want.v[i].bytes,
					 want.v[i].len),
				 0);
}
END_TEST

/* ---- a server that is not as it should be ---- */

struct odd_server {
	struct site site;
	struct fake fake;
	struct fake_answer answer;
};

static void odd_server_start(struct odd_server *o, struct fake_answer answer)
{
	AUTO(mem_free) char *url = NULL;

	o->answer = answer;
	o->answer.path = "/l/";
	o->site.dir = support_tmpdir();
	fake_start(&o->fake, o->site.dir, &o->answer, 1);
	url = xasprintf("%s/l/", o->fake.url);
	site_open(&o->site, url);
}

static void odd_server_release(struct odd_server *o)
{
	fake_release(&o->fake);
	site_release(&o->site);
}
DEFINE_AUTO_VALUE(struct odd_server, odd_server_release)

static void expect_requests(const struct odd_server *o, const char *lines)
{
	AUTO(buf_release) struct buf log = { 0 };
	struct err err = ERR_INIT;

	ck_ok(fs_read(&log, o->fake.log, 65536, &err), &err);
	ck_assert_str_eq(buf_text(&log), lines);
}

static const struct {
	struct fake_answer answer;
	const char *says;
	int64_t leave_s;
} refusals[] = {
	{ { .head = "403 Forbidden\r\n" HTML_TYPE, .body = "<html>" },
	  "the server answered 403",
	  900 },
	{ { .head = "429 Too Many Requests\r\nRetry-After: 7200\r\n",
	    .body = "" },
	  "the server answered 429",
	  7200 },
	{ { .head = "503 Busy\r\nRetry-After: 3\r\n",
	    .body = "busy",
	    .manner = FAKE_FLOODS },
	  "the server answered 503",
	  900 },
	{ { .head = "200 OK\r\n" HTML_TYPE,
	    .body = "<!doctype html><title>Making sure" },
	  "the server answered with a page for people",
	  900 },
};

START_TEST(a_host_that_wants_to_be_left_alone_is_across_runs)
{
	AUTO(odd_server_release) struct odd_server o = { 0 };
	AUTO(hosts_row_release) struct hosts_row row = { 0 };
	int64_t began = time(NULL);
	struct err err = ERR_INIT;

	odd_server_start(&o, refusals[_i].answer);
	expect_failure(&o.site, "a@b", ERR_RETRY, refusals[_i].says);
	store_free(TAKE(o.site.store));
	config_free(TAKE(o.site.config));
	site_open(&o.site, "http://127.0.0.1:1/nobody/");
	free(o.site.config->lore);
	o.site.config->lore = xasprintf("%s/l/", o.fake.url);
	expect_failure(&o.site, "c@d", ERR_RETRY, "is to be left alone until ");
	expect_failure(&o.site, "e@f", ERR_RETRY, refusals[_i].says);
	expect_requests(&o, "GET /l/a@b/t.mbox.gz " AGENT "\n");
	ck_ok(hosts_find(&row, o.site.store, o.fake.url + strlen("http://"),
			 &err),
	      &err);
	ck_assert_int_ge(row.not_before, began + refusals[_i].leave_s);
	ck_assert_int_le(row.not_before, time(NULL) + refusals[_i].leave_s);
}
END_TEST

static void forget(struct odd_server *o)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct hosts_row row = { .not_before = time(NULL) };
	struct err err = ERR_INIT;

	ck_ok(store_begin(&txn, o->site.store, &err), &err);
	ck_ok(hosts_put(&txn, o->fake.url + strlen("http://"), &row, &err),
	      &err);
	ck_ok(store_commit(&txn, &err), &err);
}

START_TEST(a_host_is_asked_again_when_its_time_is_over)
{
	AUTO(odd_server_release) struct odd_server o = { 0 };

	odd_server_start(&o, refusals[0].answer);
	expect_failure(&o.site, "a@b", ERR_RETRY, refusals[0].says);
	forget(&o);
	expect_failure(&o.site, "c@d", ERR_RETRY, refusals[0].says);
	expect_requests(&o, "GET /l/a@b/t.mbox.gz " AGENT "\n"
			    "GET /l/c@d/t.mbox.gz " AGENT "\n");
}
END_TEST

static const struct {
	struct fake_answer answer;
	enum err_kind kind;
	const char *says;
} broken[] = {
	{ { .head = "200 OK\r\n" GZIP_TYPE,
	    .body = "\x1f\x8b\x08",
	    .manner = FAKE_FLOODS },
	  ERR_LIMIT,
	  "is larger than 16777216 bytes" },
	{ { .head = "200 OK\r\n" GZIP_TYPE,
	    .body = "\x1f\x8b\x08",
	    .manner = FAKE_HANGS_UP },
	  ERR_RETRY,
	  "Transferred a partial file" },
	{ { .head = "200 OK\r\n" GZIP_TYPE, .body = "\x1f\x8b\x08" },
	  ERR_INPUT,
	  "gzip that is cut short" },
	{ { .head = "200 OK\r\n", .body = "hello" },
	  ERR_INPUT,
	  "the answer is no gzip" },
	{ { .head = "500 Oops\r\n", .body = "" },
	  ERR_RETRY,
	  "the server answered 500" },
	{ { .head = "400 Bad\r\n", .body = "" },
	  ERR_INPUT,
	  "the server answered 400" },
};

START_TEST(a_broken_answer_is_an_error_and_no_mailbox)
{
	AUTO(odd_server_release) struct odd_server o = { 0 };

	odd_server_start(&o, broken[_i].answer);
	expect_failure(&o.site, "a@b", broken[_i].kind, broken[_i].says);
}
END_TEST

static const struct {
	const char *command; /* what makes the bytes that are served */
	enum err_kind kind;
	const char *says;
} packed[] = {
	{ "head -c 100000000 /dev/zero | gzip", ERR_LIMIT,
	  "what the gzip holds is larger than 33554432 bytes" },
	{ "echo hello | gzip", ERR_INPUT, "the answer is no mailbox" },
};

START_TEST(a_gzip_is_unpacked_up_to_a_ceiling_and_has_to_hold_a_mailbox)
{
	AUTO(odd_server_release) struct odd_server o = { 0 };
	AUTO(run_release) struct run r;

	run_shell(&r, packed[_i].command);
	odd_server_start(&o,
			 (struct fake_answer){ .head = "200 OK\r\n" GZIP_TYPE,
					       .body = r.out.data,
					       .len = r.out.len });
	expect_failure(&o.site, "a@b", packed[_i].kind, packed[_i].says);
}
END_TEST

START_TEST(a_name_that_is_none_asks_nobody)
{
	AUTO(site_release) struct site s = { .dir = support_tmpdir() };

	site_open(&s, "http://127.0.0.1:1/nobody/");
	expect_failure(&s, "https://example.org/x/a@b", ERR_INPUT,
		       "'example.org' is not the host of a list that is "
		       "configured");
	ck_assert(posted_is("https://example.org/x/a@b"));
	ck_assert(!posted_is("tests/fixtures/series/sample.mbox"));
	ck_assert(!posted_is("-"));
}
END_TEST

int main(int argc, char **argv)
{
	static const struct boxed_task tasks[] = { { "thread", lore_box },
						   { NULL, NULL } };
	const struct test_case cases[] = {
		TEST(any_mail_of_a_thread_brings_all_of_it),
		TEST(a_review_reads_the_thread_of_a_message_id),
		TABLE(a_review_is_of_the_series_that_was_named, meant),
		TEST(a_file_is_read_whatever_its_name_looks_like),
		TEST(a_mail_that_nobody_has_names_who_was_asked),
		TABLE(an_odd_id_is_found_by_itself_and_by_its_page, odd),
		TEST(an_answer_serves_for_ten_minutes),
		TEST(what_the_archive_has_is_asked_of_nobody),
		TABLE(a_host_that_wants_to_be_left_alone_is_across_runs,
		      refusals),
		TEST(a_host_is_asked_again_when_its_time_is_over),
		TABLE(a_broken_answer_is_an_error_and_no_mailbox, broken),
		TABLE(a_gzip_is_unpacked_up_to_a_ceiling_and_has_to_hold_a_mailbox,
		      packed),
		TEST(a_name_that_is_none_asks_nobody),
	};

	if (argc > 1 && strcmp(argv[1], "boxed") == 0)
		return boxed_serve(argc - 1, argv + 1, tasks);
	if (!lore_is_here())
		return 77;
	return support_run("posted", cases, ARRAY_LEN(cases));
}
