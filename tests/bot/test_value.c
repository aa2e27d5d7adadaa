/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/value.h"

#include "tests/support/support.h"

/* clang-format off */
#define ONE(t)		{ .type = (t) }
#define COUNT(a, b)	{ .type = VALUE_COUNT, .min = (a), .max = (b) }
#define SIZE(a, b)	{ .type = VALUE_SIZE, .min = (a), .max = (b) }
#define TIME(a, b)	{ .type = VALUE_DURATION, .min = (a), .max = (b) }
#define WATCH(n)	{ .type = VALUE_WATCH, .max = (n), .may_be_all = true }
#define EPOCH		{ .type = VALUE_WORD, .choices = "newest,all", \
			  .max = 9, .may_be_number = true }
#define WORDS(n, of)	{ .type = VALUE_WORDS, .max = (n), .choices = (of) }

/* prints is NULL when the text is refused. */
static const struct {
	struct value_kind kind;
	const char *text;
	const char *prints;
} values[] = {
	{ COUNT(1, 8),		"1",			"1" },
	{ COUNT(1, 8),		"8",			"8" },
	{ COUNT(1, 8),		"9",			NULL },
	{ COUNT(1, 8),		"0",			NULL },
	{ COUNT(0, UINT64_MAX),	"4294967295",		"4294967295" },
	{ COUNT(0, UINT64_MAX),	"4294967296",		NULL },
	{ COUNT(1, 8),		"",			NULL },
	{ COUNT(1, 8),		"-1",			NULL },
	{ COUNT(1, 8),		"0x1",			NULL },
	{ COUNT(1, 8),		"1 s",			NULL },
	{ COUNT(1, 8),		" 1",			NULL },
	{ SIZE(0, UINT64_MAX),	"512m",			"512 MiB" },
	{ SIZE(0, UINT64_MAX),	"512 mib",		"512 MiB" },
	{ SIZE(0, UINT64_MAX),	"1024 MiB",		"1 GiB" },
	{ SIZE(0, UINT64_MAX),	"1536 MiB",		"1536 MiB" },
	{ SIZE(0, UINT64_MAX),	"2TiB",			"2 TiB" },
	{ SIZE(0, UINT64_MAX),	"16777216 TiB",		NULL },
	{ SIZE(0, UINT64_MAX),	"40",			NULL },
	{ SIZE(0, UINT64_MAX),	"40 GB",		NULL },
	{ SIZE(0, UINT64_MAX),	"GiB",			NULL },
	{ SIZE(0, 2 << 20),	"3 MiB",		NULL },
	{ TIME(0, 7200),	"90 s",			"90 s" },
	{ TIME(0, 7200),	"60s",			"1 min" },
	{ TIME(0, 7200),	"2h",			"2 h" },
	{ TIME(0, 7200),	"7201 s",		NULL },
	{ TIME(0, 7200),	"0 s",			"0 s" },
	{ TIME(0, 1 << 20),	"7 days",		"7 d" },
	{ TIME(0, 1 << 20),	"1 day",		"1 d" },
	{ TIME(0, 1 << 20),	"36 h",			"36 h" },
	{ TIME(0, 7200),	"2",			NULL },
	{ TIME(0, 7200),	"1.5 h",		NULL },
	{ ONE(VALUE_WORD),	"vfs/for-next.1_a",	"vfs/for-next.1_a" },
	{ ONE(VALUE_WORD),	"--exec",		NULL },
	{ ONE(VALUE_WORD),	"two words",		NULL },
	{ ONE(VALUE_WORD),	"semi;colon",		NULL },
	{ ONE(VALUE_WORD),	"",			NULL },
	{ ONE(VALUE_PATH),	"/",			"/" },
	{ ONE(VALUE_PATH),	"/a b/\xc3\xa4",	"/a b/\xc3\xa4" },
	{ ONE(VALUE_PATH),	"a",			NULL },
	{ ONE(VALUE_PATH),	"/a\nb",		NULL },
	{ ONE(VALUE_PATH),	"",			NULL },
	{ ONE(VALUE_USER),	"nobody",		"nobody" },
	{ ONE(VALUE_USER),	"root",			NULL },
	{ ONE(VALUE_USER),	"no-such-account",	NULL },
	{ ONE(VALUE_ADDRESS),	"a@b.c",		"a@b.c" },
	{ ONE(VALUE_ADDRESS),	"A B <a@b.c>",		"A B <a@b.c>" },
	{ ONE(VALUE_ADDRESS),	"A B <a@b.c",		NULL },
	{ ONE(VALUE_ADDRESS),	"A B <a@b.c> x",	NULL },
	{ ONE(VALUE_ADDRESS),	"a@b@c",		NULL },
	{ ONE(VALUE_ADDRESS),	"a@b\nBcc: x@y",	NULL },
	{ ONE(VALUE_ADDRESS),	"a@b, c@d",		NULL },
	{ ONE(VALUE_ADDRESS),	"@b",			NULL },
	{ ONE(VALUE_ADDRESS),	"a@",			NULL },
	{ WORDS(2, NULL),	"b, a",			"b,a" },
	{ WORDS(2, NULL),	"a b\tc",		NULL },
	{ WORDS(2, NULL),	"a,a",			NULL },
	{ WORDS(2, NULL),	"",			NULL },
	{ WORDS(2, NULL),	",",			NULL },
	{ WORDS(2, "xfs,ext4"),	"ext4",			"ext4" },
	{ WORDS(2, "xfs,ext4"),	"ext",			NULL },
	{ WORDS(2, NULL),	"all",			"all" },
	{ WATCH(2),		"fs/xfs mm/filemap.c",	"fs/xfs mm/filemap.c" },
	{ WATCH(2),		"fs/xfs/",		"fs/xfs" },
	{ WATCH(2),		"all",			"all" },
	{ WATCH(2),		"a b c",		NULL },
	{ WATCH(2),		"a a/",			NULL },
	{ WATCH(2),		"/fs/xfs",		NULL },
	{ WATCH(2),		"fs//xfs",		NULL },
	{ WATCH(2),		"fs/xfs//",		NULL },
	{ WATCH(2),		"/",			NULL },
	{ WATCH(2),		"..",			NULL },
	{ WATCH(2),		"fs/..",		NULL },
	{ WATCH(2),		"../fs",		NULL },
	{ WATCH(2),		"./fs",			NULL },
	{ WATCH(2),		"fs/.hidden",		"fs/.hidden" },
	{ WATCH(2),		"fs/*.c",		NULL },
	{ WATCH(2),		"",			NULL },
	{ ONE(VALUE_URL),	"https://a.b/c/",	"https://a.b/c/" },
	{ ONE(VALUE_URL),	"http://[::1]:8/c",	"http://[::1]:8/c" },
	{ ONE(VALUE_URL),	"file:///srv/l",	"file:///srv/l" },
	{ ONE(VALUE_URL),	"/srv/l",		"/srv/l" },
	{ ONE(VALUE_URL),	"https://",		NULL },
	{ ONE(VALUE_URL),	"https:///c",		NULL },
	{ ONE(VALUE_URL),	"https://-oProxy=x/",	NULL },
	{ ONE(VALUE_URL),	"https://a.b/?q=x",	NULL },
	{ ONE(VALUE_URL),	"https://a.b/c d",	NULL },
	{ ONE(VALUE_URL),	"file://host/l",	NULL },
	{ ONE(VALUE_URL),	"ssh://a.b/c",		NULL },
	{ ONE(VALUE_URL),	"a.b:c",		NULL },
	{ ONE(VALUE_URL),	"srv/l",		NULL },
	{ ONE(VALUE_URL),	"",			NULL },
	{ ONE(VALUE_TEXT),	"a (+b@c) \"d\"",	"a (+b@c) \"d\"" },
	{ ONE(VALUE_TEXT),	"a\r\nX-Evil: b",	NULL },
	{ ONE(VALUE_TEXT),	"\xc3\xa4",		NULL },
	{ ONE(VALUE_TEXT),	"",			NULL },
	{ ONE(VALUE_BOOL),	"true",			"true" },
	{ ONE(VALUE_BOOL),	"false",		"false" },
	{ ONE(VALUE_BOOL),	"yes",			NULL },
	{ EPOCH,		"newest",		"newest" },
	{ EPOCH,		"0",			"0" },
	{ EPOCH,		"9",			"9" },
	{ EPOCH,		"10",			NULL },
	{ EPOCH,		"9 ",			NULL },
	{ EPOCH,		"-1",			NULL },
	{ EPOCH,		"any",			NULL },
};
/* clang-format on */

union field {
	char *text;
	unsigned small;
	uint64_t large;
	bool truth;
	struct strings words;
};

START_TEST(a_value_is_read_and_printed_or_refused)
{
	const struct value_kind *kind = &values[_i].kind;
	AUTO(buf_release) struct buf out = { 0 };
	union field field = { .words = { 0 } };

	ck_assert_int_eq(value_set(&field, kind, values[_i].text),
			 values[_i].prints != NULL);
	if (!values[_i].prints)
		return;
	buf_init(&out, VALUE_MAX_TEXT);
	value_print(&out, &field, kind->type);
	ck_assert_str_eq(buf_text(&out), values[_i].prints);
	value_release(&field, kind->type);
}
END_TEST

START_TEST(a_refused_value_leaves_the_old_one)
{
	static const struct value_kind kind = WORDS(1, "xfs,ext4");
	AUTO(strings_release) struct strings words = { 0 };

	ck_assert(value_set(&words, &kind, "xfs"));
	ck_assert(!value_set(&words, &kind, "ext3"));
	ck_assert(!value_set(&words, &kind, "xfs,ext4"));
	ck_assert_uint_eq(words.n, 1);
	ck_assert_str_eq(words.v[0], "xfs");
	ck_assert(value_set(&words, &kind, "ext4"));
	ck_assert_str_eq(words.v[0], "ext4");
}
END_TEST

START_TEST(all_is_the_empty_list_where_it_may_be)
{
	static const struct value_kind kind = { .type = VALUE_WORDS,
						.max = 4,
						.may_be_all = true };
	AUTO(strings_release) struct strings words = { 0 };

	ck_assert(value_set(&words, &kind, "a,b"));
	ck_assert(value_set(&words, &kind, "all"));
	ck_assert_uint_eq(words.n, 0);
}
END_TEST

static const struct {
	size_t len;
	bool ok;
} lengths[] = {
	{ VALUE_MAX_TEXT, true },
	{ VALUE_MAX_TEXT + 1, false },
};

START_TEST(text_has_a_ceiling)
{
	static const struct value_kind kind = ONE(VALUE_WORD);
	AUTO(mem_free) char *text = xcalloc(lengths[_i].len + 1, 1);
	AUTO(mem_free) char *field = NULL;

	memset(text, 'a', lengths[_i].len);
	ck_assert_int_eq(value_set(&field, &kind, text), lengths[_i].ok);
}
END_TEST

TEST_MAIN("value", TABLE(a_value_is_read_and_printed_or_refused, values),
	  TEST(a_refused_value_leaves_the_old_one),
	  TEST(all_is_the_empty_list_where_it_may_be),
	  TABLE(text_has_a_ceiling, lengths))
