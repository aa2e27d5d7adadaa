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
	/* without the mark they are none: whoever may is not known here */
	{ "approve\n", "" },
	{ "reject the base is broken\n", "" },
	{ "rerun\n", "" },
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
	{ "#collider approve\n#collider reject\n",
	  "both 'approve' and 'reject'" },
	{ "#collider reject\n#collider help\n#collider approve\n",
	  "both 'approve' and 'reject'" },
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

#define QUOTED "> > approve\n> reject\n"

static const struct {
	const char *text;
	const char *order; /* "verb words"; NULL: it is prose */
} decisions[] = {
	{ "approve", "approve " },
	{ "\n \nApprove \r\n\nThanks.\n", "approve " },
	{ "reject\n", "reject " },
	{ "Reject\tthe base is broken\nand old\n",
	  "reject the base is broken" },
	/* around what is quoted */
	{ "approve\n\nOn Monday collider wrote:\n" QUOTED, "approve " },
	{ QUOTED "\napprove\n", "approve " },
	{ "On Monday collider wrote:\n" QUOTED "approve\n", "approve " },
	{ "On Monday, 2 January 2026,\ncollider wrote:\n\n" QUOTED "approve\n",
	  "approve " },
	{ "approve\nOn Monday collider wrote:\n" QUOTED, "approve " },
	{ "reject it says:\n" QUOTED, "reject it says:" },
	/* somebody else's, or nobody's */
	{ QUOTED, NULL },
	{ "On Monday collider wrote:\n" QUOTED, NULL },
	{ " > approve\n", NULL },
	{ "-- \napprove\n", NULL },
	{ "-----Original Message-----\napprove\n", NULL },
	{ "diff --git a/x b/x\napprove\n", NULL },
	{ "  approve\n", NULL },
	/* prose */
	{ "approve?\n", NULL },
	{ "approve.\n", NULL },
	{ "approve it\n", NULL },
	{ "approved\n", NULL },
	{ "rejected\n", NULL },
	{ "Hello,\napprove\n", NULL },
	{ "I cannot say yet:\napprove\n", NULL },
	{ "This is wrong:\n" QUOTED "No.\napprove\n", NULL },
	{ "One\ntwo\nthree wrote:\n" QUOTED "approve\n", NULL },
	{ "#collider approve\n", NULL },
	{ "rerun\n", NULL },
	{ "stop\n", NULL },
	{ "reject a\033[2Jb\n", NULL },
	{ "", NULL },
};

START_TEST(the_first_line_of_ones_own_may_be_a_decision)
{
	const char *text = decisions[_i].text;
	AUTO(mem_free) char *found = NULL;
	struct order order = { 0 };

	if (orders_find_decision(&order, text, strlen(text)))
		found = xasprintf("%s %s", orders_verb_name(order.verb),
				  order.words);
	free(order.words);
	ck_assert_pstr_eq(found, decisions[_i].order);
}
END_TEST

static const struct {
	const char *text; /* of the others */
	enum order_verb first;
	const char *says; /* NULL: it is put before them */
} firsts[] = {
	{ "", ORDER_APPROVE, NULL },
	{ "#collider help\n", ORDER_REJECT, NULL },
	{ "#collider approve\n", ORDER_APPROVE, NULL },
	{ "#collider reject\n", ORDER_APPROVE, "both 'approve' and 'reject'" },
	{ "#collider approve\n", ORDER_REJECT, "both 'approve' and 'reject'" },
};

START_TEST(a_decision_comes_first_and_is_the_only_one)
{
	AUTO(orders_release) struct orders list = { 0 };
	const char *text = firsts[_i].text, *says = firsts[_i].says;
	struct order first = { firsts[_i].first, xstrdup("x") };
	struct err err = ERR_INIT;
	size_t n;

	ck_ok(orders_parse(&list, text, strlen(text), &err), &err);
	n = list.n;
	ck_assert_int_eq(orders_put_first(&list, &first, &err), says ? -1 : 0);
	if (says) {
		ck_assert_str_eq(err.msg, says);
		ck_assert_uint_eq(list.n, n);
		free(first.words);
		return;
	}
	ck_assert_uint_eq(list.n, n + 1);
	ck_assert_int_eq(list.v[0].verb, firsts[_i].first);
	ck_assert_str_eq(list.v[0].words, "x");
	ck_assert_ptr_null(first.words);
}
END_TEST

TEST_MAIN("orders", TABLE(only_a_writers_own_lines_are_orders, mails),
	  TABLE(what_is_no_order_is_said_so, bad),
	  TABLE(the_first_line_of_ones_own_may_be_a_decision, decisions),
	  TABLE(a_decision_comes_first_and_is_the_only_one, firsts),
	  TEST(what_follows_test_is_the_patch),
	  TABLE(orders_have_a_ceiling, numbers),
	  TABLE(words_have_a_ceiling, lengths))
