/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_orders.c - real mail has no order for us in it: nobody who does not
 * mean the bot is ever taken to talk to it
 */
#include "bot/base/fs.h"
#include "parsers/mail.h"
#include "parsers/orders.h"
#include "tests/support/corpus.h"

/* The whole text of a mail that is no patch is its log and notes. */
static bool has_order(const char *text)
{
	AUTO(orders_release) struct orders list = { 0 };
	struct err err = ERR_INIT;

	/* one that cannot be read would be answered, too */
	return orders_parse(&list, text, strlen(text), &err) < 0 || list.n > 0;
}

START_TEST(no_real_mail_gives_an_order)
{
	AUTO(strings_release) struct strings files = { 0 };
	unsigned read = 0;

	corpus_files(&files, "lists");
	for (size_t i = 0; i < files.n; i++) {
		AUTO(buf_release) struct buf bytes = { 0 };
		AUTO(mail_free) struct mail *m = NULL;
		struct err err = ERR_INIT;

		ck_ok(fs_read(&bytes, files.v[i], MAIL_MAX_SIZE, &err), &err);
		if (mail_parse(&m, buf_text(&bytes), bytes.len, &err) < 0)
			continue;
		ck_assert_msg(!has_order(m->log) && !has_order(m->notes), "%s",
			      files.v[i]);
		read++;
	}
	printf("%u mails without an order\n", read);
	ck_assert_uint_gt(read, 1000);
}
END_TEST

CORPUS_MAIN("orders", TEST(no_real_mail_gives_an_order))
