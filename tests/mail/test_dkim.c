/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/dkim.h"

#include <time.h>

#include "tests/support/signer.h"

#define HEAD                                     \
	"From: Ada <ada@x.org>\n"                \
	"To: bot@y.org\n"                        \
	"Subject: Re: [PATCH] a\n"               \
	"Date: Thu, 1 Jan 2026 00:00:00 +0000\n" \
	"Message-ID: <a@x.org>\n"                \
	"In-Reply-To: <report@y.org>\n"          \
	"References: <1@x.org>\n <report@y.org>\n"
#define BODY "\n#collider stop\n"
#define MAIL HEAD BODY

static void check(struct dkim_verdict *out, const struct signer *s,
		  const char *domain, const char *mail)
{
	AUTO(dkim_keys_release) struct dkim_keys keys = { 0 };
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, 4096);
	signer_add_key(&text, s, domain);
	dkim_keys_read(&keys, buf_text(&text), text.len);
	dkim_check(out, mail, strlen(mail), &keys);
}

/* How it was signed, and what is said of it; NULL: nothing against it. */
static const struct {
	struct signer_how how;
	const char *mail;
	const char *why;
} signatures[] = {
	{ { .domain = "x.org" }, MAIL, NULL },
	{ { .domain = "X.ORG" }, MAIL, NULL },
	{ { .domain = "org" }, MAIL, "another domain" },
	{ { .domain = "evil.org" }, MAIL, "another domain" },
	{ { .domain = "ax.org" }, MAIL, "another domain" },
	{ { .domain = "mail.x.org" }, MAIL, "another domain" },
	{ { .domain = "x.org", .is_sha1 = true }, MAIL, "broken" },
	{ { .domain = "x.org", .leaves_end = true }, MAIL, "(l=)" },
	{ { .domain = "x.org", .at = 1700000000, .lives_s = 3600 },
	  MAIL,
	  "expired" },
	{ { .domain = "x.org", .fields = "from,subject,date" },
	  MAIL,
	  "what it answers" },
	{ { .domain = "x.org", .fields = "from,in-reply-to" },
	  MAIL,
	  "what it answers" },
	{ { .domain = "x.org", .fields = "from,in-reply-to,references" },
	  MAIL,
	  NULL },
	{ { .domain = "x.org", .fields = "from,message-id" }, MAIL, NULL },
	{ { .domain = "x.org" },
	  "From: \"Ada, A.\" <ada@lab.x.org>\nMessage-ID: <1@x>\n" BODY,
	  NULL },
	{ { .domain = "x.org" },
	  "From: Ada <ada@x.org>\nMessage-ID: <1@x>\nMessage-ID: <2@z>\n" BODY,
	  "verification failed" },
};

START_TEST(a_signature_has_to_be_the_writers_and_whole)
{
	AUTO(signer_release) struct signer s = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(dkim_verdict_release) struct dkim_verdict v = { 0 };
	const char *why = signatures[_i].why;

	signer_init(&s);
	signer_sign(&mail, &s, &signatures[_i].how, signatures[_i].mail);
	check(&v, &s, signatures[_i].how.domain, buf_text(&mail));
	if (why) {
		ck_assert_msg(!v.is_good && v.why && strstr(v.why, why),
			      "it says '%s'", v.why ? v.why : "fine");
		ck_assert_uint_eq(v.seals.n, 0);
	} else {
		ck_assert_msg(v.is_good, "it says '%s'", v.why);
		ck_assert_uint_eq(v.seals.n, 1);
	}
}
END_TEST

/* What becomes of a mail on its way, and whether it is still that mail. */
static const struct {
	const char *from, *to; /* the first is replaced by the second */
	const char *why;
} changes[] = {
	{ "#collider stop", "#collider help", "verification failed" },
	{ "\n#collider stop\n", "\n#collider stop\n#collider rerun\n",
	  "verification failed" },
	{ "Ada <ada@x.org>", "Eve <eve@x.org>", "verification failed" },
	{ "<report@y.org>\nRef", "<other@y.org>\nRef", "verification failed" },
	{ "From: Ada", "From: Eve <eve@x.org>\nFrom: Ada", "more than one" },
	{ "In-Reply-To:", "In-Reply-To: <other@y.org>\nIn-Reply-To:",
	  "more than one" },
	{ "From: Ada <ada@x.org>", "From: ada@x.org, eve@x.org",
	  "not one plain" },
	{ "From: Ada <ada@x.org>", "From: eve@x.org, Ada <ada@x.org>",
	  "verification failed" },
	{ "From: Ada <ada@x.org>", "X-From: Ada <ada@x.org>", "not one plain" },
	/* what lists, and public-inbox, do to a mail */
	{ "From: Ada", "List-Id: <a.x.org>\nPrecedence: bulk\nFrom: Ada",
	  NULL },
	{ "<a@x.org>\n", "<a@x.org>\nMessage-ID: <20260101.b@z>\n", NULL },
	{ "<a@x.org>\n", "<a@x.org>\nMessage-ID: <evil@x.org>\n",
	  "more than one" },
};

START_TEST(only_what_lists_do_to_a_mail_may_be_done_to_it)
{
	AUTO(signer_release) struct signer s = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(buf_release) struct buf changed = { 0 };
	AUTO(dkim_verdict_release) struct dkim_verdict v = { 0 };
	const char *at;

	signer_init(&s);
	signer_sign(&mail, &s, &(struct signer_how){ .domain = "x.org" }, MAIL);
	at = strstr(buf_text(&mail), changes[_i].from);
	ck_assert_ptr_nonnull(at);
	buf_init(&changed, 16384);
	buf_add(&changed, mail.data, (size_t)(at - mail.data));
	buf_adds(&changed, changes[_i].to);
	buf_adds(&changed, at + strlen(changes[_i].from));
	check(&v, &s, "x.org", buf_text(&changed));
	if (changes[_i].why)
		ck_assert_msg(!v.is_good && strstr(v.why, changes[_i].why),
			      "it says '%s'", v.why ? v.why : "fine");
	else
		ck_assert_msg(v.is_good, "it says '%s'", v.why);
}
END_TEST

START_TEST(names_the_keys_that_it_lacks_of_the_writers_domain_alone)
{
	AUTO(signer_release) struct signer s = { 0 };
	AUTO(buf_release) struct buf one = { 0 };
	AUTO(buf_release) struct buf two = { 0 };
	AUTO(dkim_verdict_release) struct dkim_verdict v = { 0 };

	signer_init(&s);
	signer_sign(&one, &s, &(struct signer_how){ .domain = "x.org" }, MAIL);
	signer_sign(&two, &s, &(struct signer_how){ .domain = "evil.net" },
		    buf_text(&one));
	check(&v, &s, "other.org", buf_text(&two));
	ck_assert(!v.is_good);
	ck_assert_uint_eq(v.wanted.n, 1);
	ck_assert_str_eq(v.wanted.v[0], SIGNER_SELECTOR "._domainkey.x.org");
	dkim_verdict_release(&v);
	check(&v, &s, "x.org", buf_text(&two));
	ck_assert_msg(v.is_good, "it says '%s'", v.why);
	ck_assert_str_eq(v.from, "ada@x.org");
}
END_TEST

START_TEST(a_copy_has_the_seal_of_the_first)
{
	AUTO(signer_release) struct signer s = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(dkim_verdict_release) struct dkim_verdict first = { 0 };
	AUTO(dkim_verdict_release) struct dkim_verdict again = { 0 };
	char *b;

	signer_init(&s);
	signer_sign(
		&mail, &s,
		&(struct signer_how){ .domain = "x.org",
				      .fields = "from,in-reply-to,references" },
		MAIL);
	check(&first, &s, "x.org", buf_text(&mail));
	memcpy(strstr(mail.data, "<a@x.org>"), "<b", 2);
	b = strstr(mail.data, "\tb=");
	ck_assert_ptr_nonnull(b);
	b[0] = ' ';
	check(&again, &s, "x.org", buf_text(&mail));
	ck_assert(first.is_good && again.is_good);
	ck_assert_str_eq(first.seals.v[0], again.seals.v[0]);
}
END_TEST

static const struct {
	unsigned bits;
	bool is_good;
} keys[] = { { 768, false }, { 1024, true }, { 4096, true } };

START_TEST(a_short_key_is_anybodys)
{
	AUTO(signer_release) struct signer s = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(dkim_verdict_release) struct dkim_verdict v = { 0 };

	signer_init_bits(&s, keys[_i].bits);
	signer_sign(&mail, &s, &(struct signer_how){ .domain = "x.org" }, MAIL);
	check(&v, &s, "x.org", buf_text(&mail));
	ck_assert_msg(v.is_good == keys[_i].is_good, "it says '%s'",
		      v.why ? v.why : "fine");
}
END_TEST

START_TEST(a_mail_without_a_signature_is_nobodys)
{
	AUTO(dkim_verdict_release) struct dkim_verdict v = { 0 };
	static const struct dkim_keys none;

	dkim_check(&v, MAIL, strlen(MAIL), &none);
	ck_assert(!v.is_good);
	ck_assert_str_eq(v.why, "it is not signed");
	dkim_verdict_release(&v);
	dkim_check(&v, "", 0, &none);
	ck_assert(!v.is_good);
}
END_TEST

TEST_MAIN("dkim",
	  TABLE(a_signature_has_to_be_the_writers_and_whole, signatures),
	  TABLE(only_what_lists_do_to_a_mail_may_be_done_to_it, changes),
	  TEST(names_the_keys_that_it_lacks_of_the_writers_domain_alone),
	  TEST(a_copy_has_the_seal_of_the_first),
	  TABLE(a_short_key_is_anybodys, keys),
	  TEST(a_mail_without_a_signature_is_nobodys))
