/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_smtp.c - what is known after each way in which a server can behave
 *
 * The rows are those that were measured with libcurl 7.88.1.
 */
#include "bot/mail/smtp.h"

#include "bot/base/fs.h"
#include "tests/support/fake.h"
#include "tests/support/rude.h"
#include "tests/support/support.h"

#define MAIL "From: a@x\nSubject: hello\n\nOne line.\n.dot\n..\nlast"

static struct strings one = { .v = (char *[]){ (char[]){ "ada@example.org" } },
			      .n = 1 };
static struct strings two = {
	.v = (char *[]){ (char[]){ "gone@example.org" },
			 (char[]){ "ada@example.org" } },
	.n = 2,
};

struct served {
	char *dir;
	struct rude rude;
};

static void served_start(struct served *s, const struct rude_deed *deeds)
{
	s->dir = support_tmpdir();
	rude_start(&s->rude, s->dir, deeds);
}

static void served_release(struct served *s)
{
	struct err err = ERR_INIT;

	rude_release(&s->rude);
	ck_ok(fs_remove_tree(s->dir, &err), &err);
	free(s->dir);
}
DEFINE_AUTO_VALUE(struct served, served_release)

static void send_to(struct smtp_result *out, struct smtp_server *server,
		    const struct strings *to)
{
	const struct smtp_mail mail = { .from = "collider@example.org",
					.to = to,
					.bytes = MAIL,
					.len = strlen(MAIL) };
	struct err err = ERR_INIT;

	server->helo = "bot.example.org";
	if (!server->timeout_s)
		server->timeout_s = SUPPORT_AMPLE_S;
	ck_ok(smtp_send(out, server, &mail, &err), &err);
}

static const struct {
	struct rude_deed deed;
	enum smtp_outcome outcome;
	unsigned taken; /* mails that the server has in full */
	const char *says;
} rows[] = {
	{ { NULL }, SMTP_SENT, 1, "250 2.0.0 taken" },
	{ { "greeting", .manner = RUDE_HANGS_UP }, SMTP_LATER, 0, NULL },
	{ { "greeting", .manner = RUDE_IS_SILENT }, SMTP_LATER, 0, NULL },
	{ { "greeting", .reply = "421 4.3.2 away" }, SMTP_LATER, 0, "421" },
	{ { "greeting", .reply = "554 5.7.1 no" }, SMTP_OPERATOR, 0, "554" },
	{ { "MAIL", .reply = "451 4.3.0 later" }, SMTP_LATER, 0, "451" },
	{ { "MAIL", .reply = "550 5.7.1 not you" }, SMTP_REFUSED, 0, "550" },
	{ { "RCPT", .reply = "450 4.2.1 grey" }, SMTP_LATER, 0, "450" },
	{ { "RCPT", .reply = "550 5.1.1 who" }, SMTP_REFUSED, 0, "550" },
	{ { "DATA", .reply = "451 4.3.0 later" }, SMTP_LATER, 0, "451" },
	{ { "DATA", .reply = "554 5.6.0 no" }, SMTP_REFUSED, 0, "554" },
	{ { "DATA", .manner = RUDE_HANGS_UP }, SMTP_LATER, 0, NULL },
	{ { ".", .reply = "451 4.3.0 later" }, SMTP_LATER, 1, "451" },
	{ { ".", .reply = "554 5.7.1 spam" }, SMTP_REFUSED, 1, "554" },
	{ { ".", .manner = RUDE_HANGS_UP }, SMTP_UNKNOWN, 1, NULL },
	{ { ".", .manner = RUDE_IS_SILENT }, SMTP_UNKNOWN, 1, NULL },
	{ { "QUIT", .manner = RUDE_HANGS_UP }, SMTP_SENT, 1, "250" },
};

static bool is_silent(const struct rude_deed *deed)
{
	return deed->manner == RUDE_IS_SILENT;
}

START_TEST(what_is_known_is_what_the_server_did)
{
	const struct rude_deed deeds[] = { rows[_i].deed, { NULL } };
	AUTO(served_release) struct served s;
	AUTO(smtp_result_release) struct smtp_result r = { 0 };

	served_start(&s, deeds);
	send_to(&r,
		&(struct smtp_server){ .url = s.rude.url,
				       .timeout_s = is_silent(&rows[_i].deed)
							    ? SUPPORT_SHORT_S
							    : SUPPORT_AMPLE_S },
		&one);
	ck_assert_str_eq(smtp_outcome_name(r.outcome),
			 smtp_outcome_name(rows[_i].outcome));
	ck_assert_uint_eq(rude_count(&s.rude), rows[_i].taken);
	if (rows[_i].says)
		ck_assert_msg(strncmp(r.says, rows[_i].says,
				      strlen(rows[_i].says)) == 0,
			      "it says '%s'", r.says);
}
END_TEST

START_TEST(nobody_there_is_later)
{
	AUTO(smtp_result_release) struct smtp_result r = { 0 };
	AUTO(mem_free) char *url = NULL;
	unsigned port = 0;

	close(fake_listen(&port));
	url = xasprintf("smtp://127.0.0.1:%u", port);
	send_to(&r, &(struct smtp_server){ .url = url }, &one);
	ck_assert_int_eq(r.outcome, SMTP_LATER);
}
END_TEST

START_TEST(dots_are_stuffed_and_lines_end_in_crlf)
{
	static const struct rude_deed none[] = { { NULL } };
	AUTO(served_release) struct served s;
	AUTO(smtp_result_release) struct smtp_result r = { 0 };
	AUTO(mem_free) char *mail = NULL;

	served_start(&s, none);
	send_to(&r, &(struct smtp_server){ .url = s.rude.url }, &one);
	mail = rude_mail(&s.rude, 1);
	ck_assert_str_eq(mail,
			 "From: a@x\r\nSubject: hello\r\n\r\nOne line.\r\n"
			 "..dot\r\n...\r\nlast\r\n");
}
END_TEST

START_TEST(one_who_is_gone_is_named_and_the_others_have_it)
{
	static const struct rude_deed deeds[] = {
		{ "RCPT", "gone@", .reply = "550 5.1.1 no such user" },
		{ NULL },
	};
	AUTO(served_release) struct served s;
	AUTO(smtp_result_release) struct smtp_result r = { 0 };

	served_start(&s, deeds);
	send_to(&r, &(struct smtp_server){ .url = s.rude.url }, &two);
	ck_assert_int_eq(r.outcome, SMTP_SENT);
	ck_assert_uint_eq(r.refused.n, 1);
	ck_assert_str_eq(r.refused.v[0],
			 "gone@example.org: 550 5.1.1 no such user");
	ck_assert_uint_eq(rude_count(&s.rude), 1);
}
END_TEST

START_TEST(a_refused_password_is_for_the_operator)
{
	static const struct rude_deed deeds[] = {
		{ "AUTH", .reply = "535 5.7.8 wrong" },
		{ NULL },
	};
	AUTO(served_release) struct served s;
	AUTO(smtp_result_release) struct smtp_result r = { 0 };

	served_start(&s, deeds);
	send_to(&r,
		&(struct smtp_server){
			.url = s.rude.url, .user = "bot", .secret = "x" },
		&one);
	ck_assert_int_eq(r.outcome, SMTP_OPERATOR);
	ck_assert_uint_eq(rude_count(&s.rude), 0);
}
END_TEST

START_TEST(without_tls_nothing_is_sent_where_it_must_be)
{
	static const struct rude_deed none[] = { { NULL } };
	AUTO(served_release) struct served s;
	AUTO(smtp_result_release) struct smtp_result r = { 0 };

	served_start(&s, none);
	send_to(&r,
		&(struct smtp_server){ .url = s.rude.url,
				       .must_encrypt = true },
		&one);
	ck_assert_int_eq(r.outcome, SMTP_OPERATOR);
	ck_assert_uint_eq(rude_count(&s.rude), 0);
}
END_TEST

static const struct {
	const char *url;
	bool is_here;
} hosts[] = {
	{ "smtp://127.0.0.1:25", true },
	{ "smtp://127.1.2.3", true },
	{ "smtps://[::1]:465", true },
	{ "smtp://localhost/x", true },
	{ "smtp://127.0.0.1.example.org", false },
	{ "smtp://127.example.org", false },
	{ "smtp://localhost.example.org", false },
	{ "smtp://example.org:25", false },
	{ "smtp://[::2]", false },
	{ "smtp://1127.0.0.1", false },
};

START_TEST(only_this_machine_is_here)
{
	ck_assert(smtp_is_here(hosts[_i].url) == hosts[_i].is_here);
}
END_TEST

static const struct {
	const char *from, *to, *bytes;
	const char *says;
} bad[] = {
	{ "a@x", NULL, "x\n", "a mail to nobody" },
	{ "a@x", "b@x\r\nDATA", "x\n", "an address that cannot be sent to" },
	{ "a@x", "b@x>,<c@x", "x\n", "an address that cannot be sent to" },
	{ "a b@x", "b@x", "x\n", "an address that cannot be sent to" },
	{ "a@x", "bx", "x\n", "an address without @" },
};

START_TEST(a_mail_that_cannot_be_sent_is_refused_before)
{
	char *to = (char *)(uintptr_t)bad[_i].to;
	const struct strings list = { .v = &to, .n = to ? 1 : 0 };
	const struct smtp_mail mail = { .from = bad[_i].from,
					.to = &list,
					.bytes = bad[_i].bytes,
					.len = strlen(bad[_i].bytes) };
	struct smtp_result r;
	struct err err = ERR_INIT;

	ck_assert_int_eq(
		smtp_send(&r,
			  &(struct smtp_server){ .url = "smtp://127.0.0.1:1",
						 .timeout_s = 1 },
			  &mail, &err),
		-1);
	ck_assert_str_eq(err.msg, bad[_i].says);
	ck_assert_int_eq(err.kind, ERR_INPUT);
}
END_TEST

static const struct {
	size_t len;
	int rc;
} lengths[] = { { 998, 0 }, { 999, -1 } };

START_TEST(a_line_has_a_ceiling)
{
	static const struct rude_deed none[] = { { NULL } };
	AUTO(served_release) struct served s;
	AUTO(smtp_result_release) struct smtp_result r = { 0 };
	char line[1000];
	const struct smtp_mail mail = {
		.from = "a@x", .to = &one, .bytes = line, .len = lengths[_i].len
	};
	struct err err = ERR_INIT;

	memset(line, 'x', sizeof(line));
	served_start(&s, none);
	ck_assert_int_eq(
		smtp_send(&r,
			  &(struct smtp_server){ .url = s.rude.url,
						 .timeout_s = SUPPORT_AMPLE_S },
			  &mail, &err),
		lengths[_i].rc);
	if (lengths[_i].rc)
		ck_assert_str_eq(err.msg,
				 "a line of 999 bytes (RFC 5322 2.1.1)");
}
END_TEST

TEST_MAIN("smtp", TABLE(what_is_known_is_what_the_server_did, rows),
	  TEST(nobody_there_is_later),
	  TEST(dots_are_stuffed_and_lines_end_in_crlf),
	  TEST(one_who_is_gone_is_named_and_the_others_have_it),
	  TEST(a_refused_password_is_for_the_operator),
	  TEST(without_tls_nothing_is_sent_where_it_must_be),
	  TABLE(only_this_machine_is_here, hosts),
	  TABLE(a_mail_that_cannot_be_sent_is_refused_before, bad),
	  TABLE(a_line_has_a_ceiling, lengths))
