/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "parsers/loreurl.h"
#include "tests/support/support.h"

static char *const known_lists[] = {
	(char[]){ "http://127.0.0.1:8080/linux-xfs" },
	(char[]){ "https://inbox.example.org/a/" },
	(char[]){ "https://inbox.example.org/a/b/" },
	(char[]){ "/srv/mirrors/linux-xfs" },
	(char[]){ "file:///srv/mirrors/linux-xfs" },
	(char[]){ "https://" },
};

static const struct strings known = { .v = (char **)known_lists,
				      .n = ARRAY_LEN(known_lists) };

#define ID "20200605.ab+c=1-2@x.org"
#define XFS "https://lore.kernel.org/linux-xfs/"

static const struct {
	const char *text;
	const char *id;
	const char *list; /* NULL: not said */
} named[] = {
	{ "<" ID ">", ID, NULL },
	{ "id:" ID, ID, NULL },
	{ "id:<" ID ">", ID, NULL },
	{ "mid: " ID, ID, NULL },
	{ ID, ID, NULL },
	{ " <" ID ">\n", ID, NULL },
	{ "id:no-at-sign", "no-at-sign", NULL },
	{ "<a/b%2Fc d@e>", "a/b%2Fc d@e", NULL }, /* nothing is escaped here */
	{ "https://lore.kernel.org/r/" ID, ID, NULL },
	{ "https://lore.kernel.org/all/" ID "/", ID, NULL },
	{ "https://lore.kernel.org/" ID, ID, NULL },
	{ "https://lore.kernel.org/" ID "/", ID, NULL },
	{ "http://lore.kernel.org/linux-xfs/" ID "/", ID, XFS },
	{ "https://LORE.kernel.org/linux-xfs/" ID, ID, XFS },
	{ XFS ID "/", ID, XFS },
	{ XFS ID "/T/#u", ID, XFS },
	{ XFS ID "/t/#m0123456789abcdef", ID, XFS },
	{ XFS ID "/#t", ID, XFS },
	{ XFS ID "#related", ID, XFS },
	{ XFS ID "/raw", ID, XFS },
	{ XFS ID "/t.mbox.gz", ID, XFS },
	{ XFS ID "/?q=x", ID, XFS },
	{ XFS "a%2Fb%25c%20d%2B@e/", "a/b%c d+@e", XFS },
	{ XFS "a/b@c/T/", "a/b@c", XFS }, /* it ought to be escaped */
	{ XFS "a/b@c", "a/b@c", XFS },
	{ XFS "no-at-sign/T/", "no-at-sign", XFS },
	{ "https://patch.msgid.link/" ID, ID, NULL },
	{ "https://msgid.link/" ID "/", ID, NULL },
	{ "http://127.0.0.1:8080/linux-xfs/" ID "/T/#u", ID,
	  "http://127.0.0.1:8080/linux-xfs/" },
	{ "https://inbox.example.org/a/" ID, ID,
	  "https://inbox.example.org/a/" },
	{ "https://inbox.example.org/a/b/" ID, ID,
	  "https://inbox.example.org/a/b/" },
	/* the list is asked as it was configured */
	{ "http://inbox.example.org/a/" ID, ID,
	  "https://inbox.example.org/a/" },
};

START_TEST(a_mail_is_named_by_its_id_or_its_page)
{
	AUTO(loreurl_free) struct loreurl *u = NULL;
	const char *text = named[_i].text;
	struct err err = ERR_INIT;

	ck_ok(loreurl_parse(&u, text, strlen(text), &known, &err), &err);
	ck_assert_str_eq(u->message_id, named[_i].id);
	ck_assert_pstr_eq(u->list, named[_i].list);
	ck_assert(loreurl_is(text));
}
END_TEST

static const struct {
	const char *text;
	const char *says;
} refused[] = {
	{ "", "no Message-ID in it" },
	{ "<>", "no Message-ID in it" },
	{ "id:", "no Message-ID in it" },
	{ "a<b@c", "byte 0x3c is in no Message-ID" },
	{ "a\033b@c", "byte 0x1b is in no Message-ID" },
	{ "https://lore.kernel.org", "no Message-ID in it" },
	{ "https://lore.kernel.org/", "no Message-ID in it" },
	{ "https://lore.kernel.org/linux-xfs/", "no Message-ID in it" },
	{ "https://lore.kernel.org/../a@b", "no list has that name" },
	{ "https://lore.kernel.org/a%2f/b@c", "no list has that name" },
	{ XFS "a%2@b", "'%' is not followed by two digits" },
	{ XFS "a@b%", "'%' is not followed by two digits" },
	{ XFS "a%00@b", "byte 0x00 is in no Message-ID" },
	{ XFS "%2e%2E/", "no Message-ID in it" },
	{ XFS "a%0a@b", "byte 0x0a is in no Message-ID" },
	{ "https://lore.kernel.org.evil.org/all/" ID,
	  "'lore.kernel.org.evil.org' is not the host of a list that is "
	  "configured" },
	{ "https://lore.kernel.org@evil.org/all/" ID,
	  "'lore.kernel.org@evil.org' is not the host of a list that is "
	  "configured" },
	{ "http://127.0.0.1:8080/linux-xfs2/" ID,
	  "'127.0.0.1:8080' is not the host of a list that is configured" },
	{ "http://127.0.0.1:80801/linux-xfs/" ID,
	  "'127.0.0.1:80801' is not the host of a list that is configured" },
	{ "https:///" ID, "'' is not the host of a list that is configured" },
};

START_TEST(what_names_no_mail_that_may_be_asked_for_is_refused)
{
	const char *text = refused[_i].text;
	struct loreurl *u = NULL;
	struct err err = ERR_INIT;

	ck_assert_int_eq(loreurl_parse(&u, text, strlen(text), &known, &err),
			 -1);
	ck_assert_str_eq(err.msg, refused[_i].says);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_ptr_null(u);
}
END_TEST

static const struct {
	const char *head;
	size_t most;
	const char *says;
} ceilings[] = {
	{ "", LOREURL_MAX_ID, "a Message-ID of more than 998 bytes" },
	{ XFS, LOREURL_MAX_ID, "a Message-ID of more than 998 bytes" },
	{ XFS "a@b/?", LOREURL_MAX_URL - sizeof(XFS "a@b/?") + 1,
	  "an address of more than 4096 bytes" },
};

START_TEST(a_ceiling_holds_at_the_limit_and_one_past_it)
{
	for (size_t past = 0; past < 2; past++) {
		AUTO(loreurl_free) struct loreurl *u = NULL;
		AUTO(buf_release) struct buf text = { 0 };
		struct err err = ERR_INIT;
		int rc;

		buf_init(&text, 10000);
		buf_adds(&text, ceilings[_i].head);
		for (size_t i = 0; i < ceilings[_i].most + past; i++)
			buf_addc(&text, '@');
		rc = loreurl_parse(&u, text.data, text.len, &known, &err);
		ck_assert_str_eq(err.msg, past ? ceilings[_i].says : "");
		ck_assert_int_eq(rc, past ? -1 : 0);
		ck_assert_int_eq(err.kind, past ? ERR_LIMIT : ERR_NONE);
	}
}
END_TEST

static const char *const files[] = { "series.mbox", "-", "Maildir/", "",
				     "httpd.mbox" };

START_TEST(the_name_of_a_file_is_none_of_a_mail)
{
	ck_assert(!loreurl_is(files[_i]));
}
END_TEST

static const struct {
	const char *list;
	const char *id;
	const char *url;
} threads[] = {
	{ "https://h/l/", "a-b.c_d~!$&'()*+,;=:@e",
	  "https://h/l/a-b.c_d~!$&'()*+,;=:@e/t.mbox.gz" },
	{ "https://h/l", "a/b%c d@e\xc3\xa4?#[\"",
	  "https://h/l/a%2Fb%25c%20d@e%C3%A4%3F%23%5B%22/t.mbox.gz" },
};

START_TEST(an_id_is_escaped_as_public_inbox_does)
{
	AUTO(mem_free)
	char *url = loreurl_thread(threads[_i].list, threads[_i].id);

	ck_assert_str_eq(url, threads[_i].url);
}
END_TEST

static void dump(struct buf *out, const char *bytes, size_t len)
{
	AUTO(loreurl_free) struct loreurl *u = NULL;
	AUTO(mem_free) char *url = NULL;
	struct err err = ERR_INIT;

	if (loreurl_parse(&u, bytes, len, &known, &err) < 0) {
		buf_addf(out, "%s: %s\n", err_kind_name(err.kind), err.msg);
		return;
	}
	url = loreurl_thread(u->list ? u->list : "anywhere/", u->message_id);
	buf_addf(out, "%s\n%s\n", u->message_id, url);
}

START_TEST(golden_addresses_are_read_as_expected)
{
	support_golden("loreurl", ".txt", dump);
}
END_TEST

TEST_MAIN("loreurl", TABLE(a_mail_is_named_by_its_id_or_its_page, named),
	  TABLE(what_names_no_mail_that_may_be_asked_for_is_refused, refused),
	  TABLE(a_ceiling_holds_at_the_limit_and_one_past_it, ceilings),
	  TABLE(the_name_of_a_file_is_none_of_a_mail, files),
	  TABLE(an_id_is_escaped_as_public_inbox_does, threads),
	  TEST(golden_addresses_are_read_as_expected))
