/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/mail/http.h"
#include "tests/support/fake.h"
#include "tests/support/support.h"

#define AGENT "collider/0 (+someone@example.org)"
#define GZIP "\x1f\x8b\x08"
#define PAGE "<!doctype html><title>Making sure you're not a bot!</title>"
#define GZIP_TYPE "Content-Type: application/gzip\r\n"
#define HTML_TYPE "Content-Type: text/html; charset=UTF-8\r\n"
#define MAX 1000u
#define TIMEOUT_S ((unsigned)SUPPORT_AMPLE_S)

static const struct fake_answer answers[] = {
	{ "/echo", "200 OK\r\n", .body = "", .manner = FAKE_ECHOES },
	{ "/gz", "200 OK\r\n" GZIP_TYPE, GZIP },
	{ "/page", "200 OK\r\n" HTML_TYPE, PAGE },
	{ "/untyped-page", "200 OK\r\n", "\n <HTML>" },
	{ "/mbox", "200 OK\r\nContent-Type: TEXT/Plain;x\r\n", "From a\n" },
	{ "/json", "200 OK\r\n", " {}" },
	{ "/text", "200 OK\r\n", "hello" },
	{ "/empty", "200 OK\r\n", "" },
	{ "/300", "300 Multiple Choices\r\n" HTML_TYPE, PAGE },
	{ "/400", "400 Bad Request\r\n", "" },
	{ "/403", "403 Forbidden\r\n" HTML_TYPE, PAGE },
	{ "/410", "410 Gone\r\n", "" },
	{ "/429", "429 Too Many Requests\r\nRetry-After: 3600\r\n", "" },
	{ "/429-soon", "429 Too Many Requests\r\nRetry-After: 7\r\n", "" },
	{ "/429-never", "429 Too Many\r\nRetry-After: 99999999999\r\n", "" },
	{ "/500", "500 Internal Server Error\r\n", "" },
	{ "/503-flood", "503 Unavailable\r\n", "12345", 0, FAKE_FLOODS },
	{ "/503", "503 Unavailable\r\nRetry-After: soon\r\n", "" },
	{ "/once", "302 Found\r\nLocation: /gz\r\n", "moved" },
	{ "/round", "302 Found\r\nLocation: /round\r\n", "" },
	{ "/to-file", "302 Found\r\nLocation: file:///etc/passwd\r\n", "" },
	{ "/to-ftp", "302 Found\r\nLocation: ftp://127.0.0.1/\r\n", "" },
	{ "/drip", "200 OK\r\n", "x", 0, FAKE_DRIPS },
	{ "/flood", "200 OK\r\n" GZIP_TYPE, GZIP, 0, FAKE_FLOODS },
	{ "/short", "200 OK\r\n", "some", 0, FAKE_HANGS_UP },
};

struct served {
	char *dir;
	struct fake fake;
};

static void served_start(struct served *s)
{
	s->dir = support_tmpdir();
	fake_start(&s->fake, s->dir, answers, ARRAY_LEN(answers));
}

static void served_release(struct served *s)
{
	struct err err = ERR_INIT;

	fake_release(&s->fake);
	ck_ok(fs_remove_tree(s->dir, &err), &err);
	free(s->dir);
}
DEFINE_AUTO_VALUE(struct served, served_release)

static int get(struct http_reply *out, const struct served *s, const char *path,
	       size_t max, unsigned timeout_s, struct err *err)
{
	AUTO(mem_free) char *url = xasprintf("%s%s", s->fake.url, path);

	return http_get(out, url, AGENT, max, timeout_s, err);
}

static const struct {
	const char *path;
	enum http_form want;
	bool is_found;
	enum err_kind kind;
	unsigned leave_s;
	const char *says;
} judged[] = {
	{ "/gz", HTTP_GZIP, true, ERR_NONE, 0, "" },
	{ "/once", HTTP_GZIP, true, ERR_NONE, 0, "" },
	{ "/json", HTTP_JSON, true, ERR_NONE, 0, "" },
	{ "/mbox", HTTP_MBOX, true, ERR_NONE, 0, "" },
	{ "/nothing", HTTP_GZIP, false, ERR_NONE, 0, "" },
	{ "/300", HTTP_GZIP, false, ERR_NONE, 0, "" },
	{ "/410", HTTP_GZIP, false, ERR_NONE, 0, "" },
	{ "/page", HTTP_GZIP, false, ERR_RETRY, 900,
	  "the server answered with a page for people" },
	{ "/untyped-page", HTTP_MBOX, false, ERR_RETRY, 900,
	  "the server answered with a page for people" },
	{ "/403", HTTP_GZIP, false, ERR_RETRY, 900, "the server answered 403" },
	{ "/429", HTTP_GZIP, false, ERR_RETRY, 3600,
	  "the server answered 429" },
	{ "/429-soon", HTTP_GZIP, false, ERR_RETRY, 900,
	  "the server answered 429" },
	{ "/429-never", HTTP_GZIP, false, ERR_RETRY, 86400,
	  "the server answered 429" },
	{ "/503", HTTP_GZIP, false, ERR_RETRY, 900, "the server answered 503" },
	{ "/503-flood", HTTP_GZIP, false, ERR_RETRY, 900,
	  "the server answered 503" },
	{ "/500", HTTP_GZIP, false, ERR_RETRY, 0, "the server answered 500" },
	{ "/400", HTTP_GZIP, false, ERR_INPUT, 0, "the server answered 400" },
	{ "/text", HTTP_GZIP, false, ERR_INPUT, 0, "the answer is no gzip" },
	{ "/gz", HTTP_JSON, false, ERR_INPUT, 0, "the answer is no JSON" },
	{ "/empty", HTTP_MBOX, false, ERR_INPUT, 0,
	  "the answer is no mailbox" },
};

START_TEST(an_answer_is_found_or_not_or_a_wish_to_be_left_alone)
{
	AUTO(http_reply_release) struct http_reply reply = { 0 };
	AUTO(served_release) struct served s = { 0 };
	struct http_verdict verdict;
	struct err err = ERR_INIT;
	int rc;

	served_start(&s);
	ck_ok(get(&reply, &s, judged[_i].path, MAX, TIMEOUT_S, &err), &err);
	rc = http_judge(&verdict, &reply, judged[_i].want, &err);
	ck_assert_str_eq(err.msg, judged[_i].says);
	ck_assert_int_eq(rc, judged[_i].kind == ERR_NONE ? 0 : -1);
	ck_assert_int_eq(err.kind, judged[_i].kind);
	ck_assert_int_eq(verdict.is_found, judged[_i].is_found);
	ck_assert_uint_eq(verdict.leave_s, judged[_i].leave_s);
}
END_TEST

static const struct {
	const char *path;
	unsigned timeout_s;
	enum err_kind kind;
	const char *says; /* at its end */
} failed[] = {
	{ "/flood", TIMEOUT_S, ERR_LIMIT, "/flood is larger than 1000 bytes" },
	{ "/drip", 1, ERR_RETRY, "/drip': Timeout was reached" },
	{ "/short", TIMEOUT_S, ERR_RETRY, "Transferred a partial file" },
	{ "/round", TIMEOUT_S, ERR_RETRY,
	  "Number of redirects hit maximum amount" },
	{ "/to-file", TIMEOUT_S, ERR_CONFIG, "Unsupported protocol" },
	{ "/to-ftp", TIMEOUT_S, ERR_CONFIG, "Unsupported protocol" },
};

START_TEST(a_transfer_that_goes_wrong_leaves_nothing)
{
	AUTO(http_reply_release) struct http_reply reply = { 0 };
	AUTO(served_release) struct served s = { 0 };
	const char *says = failed[_i].says;
	struct err err = ERR_INIT;

	served_start(&s);
	ck_assert_int_eq(get(&reply, &s, failed[_i].path, MAX,
			     failed[_i].timeout_s, &err),
			 -1);
	ck_assert_msg(strlen(err.msg) >= strlen(says), "%s", err.msg);
	ck_assert_str_eq(err.msg + strlen(err.msg) - strlen(says), says);
	ck_assert_int_eq(err.kind, failed[_i].kind);
	ck_assert_ptr_null(reply.body.data);
}
END_TEST

START_TEST(the_body_may_be_as_long_as_the_ceiling_and_no_longer)
{
	AUTO(http_reply_release) struct http_reply fits = { 0 };
	AUTO(http_reply_release) struct http_reply large = { 0 };
	AUTO(served_release) struct served s = { 0 };
	struct err err = ERR_INIT;

	served_start(&s);
	ck_ok(get(&fits, &s, "/text", 5, TIMEOUT_S, &err), &err);
	ck_assert_str_eq(buf_text(&fits.body), "hello");
	ck_assert_int_eq(get(&large, &s, "/text", 4, TIMEOUT_S, &err), -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

START_TEST(a_server_is_told_who_asks)
{
	AUTO(http_reply_release) struct http_reply reply = { 0 };
	AUTO(served_release) struct served s = { 0 };
	struct err err = ERR_INIT;

	served_start(&s);
	ck_ok(get(&reply, &s, "/echo", MAX, TIMEOUT_S, &err), &err);
	ck_assert_ptr_nonnull(
		strstr(buf_text(&reply.body), "User-Agent: " AGENT "\r\n"));
}
END_TEST

START_TEST(a_type_is_lower_case_without_parameters)
{
	AUTO(http_reply_release) struct http_reply reply = { 0 };
	AUTO(served_release) struct served s = { 0 };
	struct err err = ERR_INIT;

	served_start(&s);
	ck_ok(get(&reply, &s, "/mbox", MAX, TIMEOUT_S, &err), &err);
	ck_assert_str_eq(reply.type, "text/plain");
}
END_TEST

START_TEST(a_file_is_there_or_is_not)
{
	AUTO(http_reply_release) struct http_reply there = { 0 };
	AUTO(http_reply_release) struct http_reply missing = { 0 };
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *path = xasprintf("%s/a", dir);
	AUTO(mem_free) char *url = xasprintf("file://%s", path);
	AUTO(mem_free) char *none = xasprintf("file://%s/b", dir);
	struct err err = ERR_INIT;

	ck_ok(fs_write(path, "hello", 5, &err), &err);
	ck_ok(http_get(&there, url, AGENT, MAX, TIMEOUT_S, &err), &err);
	ck_assert_uint_eq(there.status, 200);
	ck_assert_str_eq(buf_text(&there.body), "hello");
	ck_ok(http_get(&missing, none, AGENT, MAX, TIMEOUT_S, &err), &err);
	ck_assert_uint_eq(missing.status, 404);
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

static const struct {
	const char *url;
	enum err_kind kind;
} unusable[] = {
	{ "gopher://127.0.0.1/", ERR_CONFIG },
	{ "http://", ERR_CONFIG },
	{ "http://127.0.0.1:1/", ERR_RETRY }, /* nobody listens there */
	{ "", ERR_CONFIG },
};

START_TEST(a_url_that_is_none_is_the_operators_and_a_dead_host_is_not)
{
	AUTO(http_reply_release) struct http_reply reply = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(http_get(&reply, unusable[_i].url, AGENT, MAX,
				  TIMEOUT_S, &err),
			 -1);
	ck_assert_msg(err.kind == unusable[_i].kind, "%s", err.msg);
}
END_TEST

TEST_MAIN("http",
	  TABLE(an_answer_is_found_or_not_or_a_wish_to_be_left_alone, judged),
	  TABLE(a_transfer_that_goes_wrong_leaves_nothing, failed),
	  TEST(the_body_may_be_as_long_as_the_ceiling_and_no_longer),
	  TEST(a_server_is_told_who_asks),
	  TEST(a_type_is_lower_case_without_parameters),
	  TEST(a_file_is_there_or_is_not),
	  TABLE(a_url_that_is_none_is_the_operators_and_a_dead_host_is_not,
		unusable))
