/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/orders.h"

#include "tests/support/support.h"

static const struct {
	const char *text;
	const char *orders; /* "verb words|verb words" */
} mails[] = {
	{ "#collider rerun\n", "rerun " },
	{ "Thanks!\n\n#collider rerun\n", "rerun " },
	{ "#collider\trerun \r\n", "rerun " },
	{ "#collider base v6.12\n", "base v6.12" },
	{ "#collider unrelated\n", "unrelated " },
	{ "#collider unrelated  the device is broken \n",
	  "unrelated the device is broken" },
	{ "#collider known https://example.org/bug/1\n",
	  "known https://example.org/bug/1" },
	{ "#collider stop\n#collider help\n", "stop |help " },
	{ "#collider reject wrong base", "reject wrong base" },
	{ "#collider approve\n", "approve " },
	{ "#collider test\n\ndiff --git a/x b/x\n#collider stop\n", "test " },
	/* not one's own */
	{ "> #collider rerun\n", "" },
	{ ">#collider rerun\n", "" },
	{ " #collider rerun\n", "" },
	{ "say #collider rerun\n", "" },
	{ "#colliders rerun\n", "" },
	{ "#Collider rerun\n", "" },
	{ "Regards\n-- \n#collider rerun\n", "" },
	{ "-----Original Message-----\n#collider rerun\n", "" },
	{ "---------- Forwarded message ---------\n#collider stop\n", "" },
	{ "A fix:\n\ndiff --git a/x b/x\n#collider rerun\n", "" },
	{ "--- a/x\n+++ b/x\n#collider rerun\n", "" },
	{ "", "" },
	{ "nothing to do with it\n", "" },
};

START_TEST(only_a_writers_own_lines_are_orders)
{
	AUTO(orders_release) struct orders list = { 0 };
	AUTO(buf_release) struct buf found = { 0 };
	const char *text = mails[_i].text;
	struct err err = ERR_INIT;

	buf_init(&found, 1000);
	ck_ok(orders_parse(&list, text, strlen(text), &err), &err);
	for (size_t i = 0; i < list.n; i++)
		buf_addf(&found, "%s%s %s", i ? "|" : "",
			 orders_verb_name(list.v[i].verb), list.v[i].words);
	ck_assert_str_eq(buf_text(&found), mails[_i].orders);
}
END_TEST

static const struct {
	const char *text, *says;
} bad[] = {
	{ "#collider\n", "no order behind '#collider'" },
	{ "#collider re-run\n", "no order 're-run'" },
	{ "#collider Rerun\n", "no order 'Rerun'" },
	{ "#collider rerun now\n", "'rerun' stands alone, without 'now'" },
	{ "#collider base\n", "'base' wants a commit or the name of a tree" },
	{ "#collider base a b\n",
	  "'base' wants a commit or the name of a tree" },
	{ "#collider known\n", "'known' wants the address of a page" },
	{ "#collider known javascript:x\n",
	  "'known' wants the address of a page" },
	{ "#collider known https://a b\n",
	  "'known' wants the address of a page" },
	{ "#collider rerun\n#collider explode\n", "no order 'explode'" },
};

START_TEST(what_is_no_order_is_said_so)
{
	AUTO(orders_release) struct orders list = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(orders_parse(&list, bad[_i].text, strlen(bad[_i].text),
				      &err),
			 -1);
	ck_assert_str_eq(err.msg, bad[_i].says);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_uint_eq(list.n, 0);
}
END_TEST

START_TEST(what_follows_test_is_the_patch)
{
	static const char text[] = "#collider test\nFrom: a\n\ndiff\n";
	AUTO(orders_release) struct orders list = { 0 };
	struct err err = ERR_INIT;

	ck_ok(orders_parse(&list, text, strlen(text), &err), &err);
	ck_assert_str_eq(text + list.patch_at, "From: a\n\ndiff\n");
}
END_TEST

static const struct {
	unsigned n;
	int rc;
} numbers[] = { { ORDERS_MAX, 0 }, { ORDERS_MAX + 1, -1 } };

START_TEST(orders_have_a_ceiling)
{
	AUTO(orders_release) struct orders list = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;

	buf_init(&text, 1000);
	for (unsigned i = 0; i < numbers[_i].n; i++)
		buf_adds(&text, "#collider help\n");
	ck_assert_int_eq(orders_parse(&list, text.data, text.len, &err),
			 numbers[_i].rc);
	if (numbers[_i].rc)
		ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

static const struct {
	size_t len;
	int rc;
} lengths[] = { { ORDERS_MAX_WORDS, 0 }, { ORDERS_MAX_WORDS + 1, -1 } };

START_TEST(words_have_a_ceiling)
{
	AUTO(orders_release) struct orders list = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;

	buf_init(&text, 1000);
	buf_adds(&text, "#collider unrelated ");
	for (size_t i = 0; i < lengths[_i].len; i++)
		buf_addc(&text, 'x');
	ck_assert_int_eq(orders_parse(&list, text.data, text.len, &err),
			 lengths[_i].rc);
	if (lengths[_i].rc)
		ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

TEST_MAIN("orders", TABLE(only_a_writers_own_lines_are_orders, mails),
	  TABLE(what_is_no_order_is_said_so, bad),
	  TEST(what_follows_test_is_the_patch),
	  TABLE(orders_have_a_ceiling, numbers),
	  TABLE(words_have_a_ceiling, lengths))
