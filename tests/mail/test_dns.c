/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/dns.h"

#include "tests/support/support.h"

/* Of "k.x": id, an answer; 1 question, n answers, nothing else. */
#define HEAD(n)                               \
	"\x12\x34\x81\x80\0\1\0" n "\0\0\0\0" \
	"\1k\1x\0\0\x10\0\1"
#define TXT(len, data) "\xc0\x0c\0\x10\0\1\0\0\0\x3c\0" len data
#define CNAME "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\4\1y\xc0\x0e"

static const struct {
	const char *bytes;
	size_t len;
	const char *text; /* NULL: none that can be used */
} answers[] = {
#define ANSWER(bytes, text)                    \
	{                                      \
		bytes, sizeof(bytes) - 1, text \
	}
	ANSWER(HEAD("\1") TXT("\4", "\3v=1"), "v=1"),
	ANSWER(HEAD("\1") TXT("\7", "\3v=1\2;p"), "v=1;p"),
	ANSWER(HEAD("\2") CNAME TXT("\4", "\3v=1"), "v=1"),
	ANSWER(HEAD("\0"), NULL),
	/* two records, of which nobody knows which is meant */
	ANSWER(HEAD("\2") TXT("\4", "\3v=1") TXT("\4", "\3v=2"), NULL),
	/* a piece that is longer than its record; a record that is cut */
	ANSWER(HEAD("\1") TXT("\4", "\4v=1"), NULL),
	ANSWER(HEAD("\1") TXT("\x40", "\3v=1"), NULL),
	/* not text; nothing; more than may be */
	ANSWER(HEAD("\1") TXT("\4", "\3v\n1"), NULL),
	ANSWER(HEAD("\1") TXT("\1", "\0"), NULL),
	ANSWER(HEAD("\1") TXT("\7", "\6v=12345"), NULL),
	ANSWER("\x12\x34", NULL),
	ANSWER("", NULL),
};

START_TEST(reads_the_one_text_of_an_answer)
{
	AUTO(buf_release) struct buf out = { 0 };
	bool found =
		dns_read_text(&out, (const unsigned char *)answers[_i].bytes,
			      answers[_i].len, 5);

	ck_assert_int_eq(found, answers[_i].text != NULL);
	if (found)
		ck_assert_str_eq(buf_text(&out), answers[_i].text);
}
END_TEST

TEST_MAIN("dns", TABLE(reads_the_one_text_of_an_answer, answers))
