/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/signature.h"

#include "tests/support/support.h"

static const struct {
	const char *text;
	bool is_valid;
	unsigned all, of_d, ahead; /* pages; ahead: of D or M */
} signatures[] = {
	{ "D16", true, 16, 16, 16 },
	{ "D5M1D10", true, 16, 15, 16 },
	{ "D5A1M1", true, 7, 5, 5 },
	{ "A5D8", true, 13, 8, 0 },
	{ "?2", true, 2, 0, 0 },
	{ "", false, 0, 0, 0 },
	{ "D", false, 0, 0, 0 },
	{ "16", false, 0, 0, 0 },
	{ "D5 M1", false, 0, 0, 0 },
	{ "-EIO", false, 0, 0, 0 },
	{ "D99999999999999999999", false, 0, 0, 0 },
};

START_TEST(pages_are_counted)
{
	const char *text = signatures[_i].text;

	ck_assert(signature_is_valid(text) == signatures[_i].is_valid);
	ck_assert_uint_eq(signature_count(text, 0), signatures[_i].all);
	ck_assert_uint_eq(signature_count(text, 'D'), signatures[_i].of_d);
	ck_assert_uint_eq(signature_count_ahead(text, "DM"),
			  signatures[_i].ahead);
}
END_TEST

TEST_MAIN("signature", TABLE(pages_are_counted, signatures))
