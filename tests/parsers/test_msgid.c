/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/msgid.h"
#include "tests/support/support.h"

static const struct {
	const char *text, *id;
} names[] = {
	{ "a@b", "a@b" },
	{ "<a@b>", "a@b" },
	{ "  <a@b>  ", "a@b" },
	{ "<a@b> (\"the series below\")", "a@b" },
	{ "20260801.1-x+y@example.org", "20260801.1-x+y@example.org" },
	{ "https://lore.kernel.org/linux-xfs/a@b/", "a@b" },
	{ "https://lore.kernel.org/linux-xfs/a@b", "a@b" },
	{ "http://localhost:8080/test/a@b/", "a@b" },
	{ "https://lore.kernel.org/linux-xfs/a@b/T/#u", "a@b" },
	{ "https://lore.kernel.org/linux-xfs/a@b/T/#m0123@x", "a@b" },
	{ "https://lore.kernel.org/all/a@b/t.mbox.gz", "a@b" },
	{ "https://lore.kernel.org/r/a@b#r", "a@b" },
	{ "https://lore.kernel.org/r/a@b?x=c@d", "a@b" },
	{ "https://patch.msgid.link/a@b", "a@b" },
	{ "<https://lore.kernel.org/all/a@b/>", "a@b" },
	{ "https://lore.kernel.org/all/a%2Fb@c/", "a/b@c" },
	{ "https://lore.kernel.org/all/a%40b/", "a@b" },
	{ "https://me@example.org/page/", NULL },
	{ "https://me@example.org/page/a@b", "a@b" },
	{ "https://lore.kernel.org/linux-xfs/", NULL },
	{ "https://lore.kernel.org", NULL },
	{ "https://lore.kernel.org/all/a%00@b/", "a%00@b" },
	{ "https://lore.kernel.org/all/a%0a@b/", NULL },
	{ "a%40b", NULL },
	{ "<a@b", NULL },
	{ "<>", NULL },
	{ "a@", NULL },
	{ "@b", NULL },
	{ "a<b@c", NULL },
	{ "\xc3\xa4@b", NULL },
	{ "the patch of a@b", NULL },
	{ "", NULL },
};

START_TEST(a_mail_is_named_by_its_id_or_by_an_address_with_it)
{
	AUTO(mem_free) char *id = NULL;
	bool found = msgid_parse(&id, span_cstr(names[_i].text));

	ck_assert_pstr_eq(id, names[_i].id);
	ck_assert_int_eq(found, names[_i].id != NULL);
}
END_TEST

static const size_t lengths[] = { MSGID_MAX_LEN, MSGID_MAX_LEN + 1 };

START_TEST(an_id_past_the_ceiling_is_none)
{
	AUTO(mem_free) char *text = xcalloc(lengths[_i] + 1, 1);
	AUTO(mem_free) char *id = NULL;

	memset(text, 'a', lengths[_i]);
	text[1] = '@';
	ck_assert_int_eq(msgid_parse(&id, span_cstr(text)),
			 lengths[_i] <= MSGID_MAX_LEN);
}
END_TEST

static void dump(struct buf *out, const char *bytes, size_t len)
{
	struct span text = span_of(bytes, len);
	struct span line;

	while (span_line(&text, &line)) {
		AUTO(mem_free) char *id = NULL;

		(void)msgid_parse(&id, line);
		buf_addf(out, "%s\n", id ? id : "-");
	}
}

START_TEST(golden_names_are_read_as_expected)
{
	support_golden("msgid", ".txt", dump);
}
END_TEST

TEST_MAIN("msgid",
	  TABLE(a_mail_is_named_by_its_id_or_by_an_address_with_it, names),
	  TABLE(an_id_past_the_ceiling_is_none, lengths),
	  TEST(golden_names_are_read_as_expected))
