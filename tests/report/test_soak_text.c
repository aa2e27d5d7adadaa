/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/soak_text.h"

#include "tests/support/reviews.h"
#include "tests/support/soaks.h"
#include "tests/support/support.h"

START_TEST(a_soak_reads_as_it_did)
{
	AUTO(soak_record_release) struct soak_record r = { 0 };
	AUTO(buf_release) struct buf text = { 0 };

	soaks_make(&r);
	buf_init(&text, SOAK_TEXT_MAX_BYTES);
	soak_text_from(&text, &r);
	reviews_expect("report", "soak.text", buf_text(&text), text.len);
}
END_TEST

TEST_MAIN("soak_text", TEST(a_soak_reads_as_it_did))
