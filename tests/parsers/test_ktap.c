// SPDX-License-Identifier: GPL-2.0-or-later
#include "parsers/ktap.h"

#include "bot/base/mem.h"
#include "bot/base/sink.h"
#include "tests/support/support.h"

#define NONCE "n0nce"
#define HEAD                         \
	"n KTAP version 1\nn 1..1\n" \
	"n   KTAP version 1\nn   # Subtest: xfs\nn   1..1\n"
#define RESULT "n   # fields: 0\nn   ok 1 C01.1\n"
#define TAIL "n ok 1 xfs\nn # finished: 1\n"

static void parse(struct ktap *k, const char *text)
{
	ktap_parse(k, text, strlen(text), "n");
}

static void dump_test(struct buf *out, const struct ktap_test *t)
{
	buf_addf(out, "%s %s %s%s\n", t->suite, t->name,
		 t->ok ? "ok" : "not ok", t->skipped ? ", skipped" : "");
	for (size_t i = 0; i < t->n_facts; i++)
		buf_addf(out, "\t%s = %s\n", t->facts[i].name,
			 t->facts[i].value);
}

static void dump(struct buf *out, const char *bytes, size_t len)
{
	AUTO(ktap_release) struct ktap k = { 0 };

	ktap_parse(&k, bytes, len, NONCE);
	for (size_t i = 0; i < k.n_tests; i++)
		dump_test(out, &k.tests[i]);
	buf_addf(out, "began %d\nfinished %d\nforeign %zu\n", k.began,
		 k.finished, k.foreign);
	if (k.running)
		buf_addf(out, "running %s\n", k.running);
	if (k.stuck)
		buf_addf(out, "stuck %s\n", k.stuck);
	if (k.broken) {
		buf_adds(out, "broken ");
		sink_line(out, k.broken, strlen(k.broken));
		buf_addc(out, '\n');
	}
}

START_TEST(consoles_read_as_expected)
{
	support_golden("ktap", ".console", dump);
}
END_TEST

START_TEST(a_complete_console_is_finished)
{
	AUTO(ktap_release) struct ktap k = { 0 };

	parse(&k, HEAD RESULT TAIL);
	ck_assert(k.finished);
	ck_assert_uint_eq(k.n_tests, 1);
	ck_assert_str_eq(k.tests[0].suite, "xfs");
	ck_assert_str_eq(k.tests[0].name, "C01.1");
}
END_TEST

/* Each is out of order in one place; nothing of it is finished. */
static const struct {
	const char *what, *console;
} unfinished[] = {
	{ "no final word", HEAD RESULT "n ok 1 xfs\n" },
	{ "a final word of another count",
	  HEAD RESULT "n ok 1 xfs\nn # finished: 2\n" },
	{ "a result too few", "n KTAP version 1\nn 1..1\nn   KTAP version 1\n"
			      "n   # Subtest: xfs\nn   1..2\n" RESULT TAIL },
	{ "a result too many",
	  HEAD RESULT "n   # fields: 0\nn   ok 2 C01.2\n" TAIL },
	{ "a result twice", HEAD RESULT RESULT TAIL },
	{ "a suite of another name",
	  HEAD RESULT "n ok 1 ext4\nn # finished: 1\n" },
	{ "a plan within a plan", HEAD "n   1..1\n" RESULT TAIL },
	{ "a fact after the count",
	  HEAD "n   # fields: 0\nn   # a: b\nn   ok 1 C01.1\n" TAIL },
	{ "a result without a count", HEAD "n   ok 1 C01.1\n" TAIL },
	{ "a name with a blank",
	  HEAD "n   # fields: 0\nn   ok 1 C01 1\n" TAIL },
	{ "no version", "n 1..1\n" RESULT TAIL },
	{ "a final word alone", "n # finished: 0\n" },
	{ "more after the end", HEAD RESULT TAIL "n 1..1\n" },
	{ "too many suites", "n KTAP version 1\nn 1..65\n" },
	{ "too many tests", "n KTAP version 1\nn 1..1\nn   KTAP version 1\n"
			    "n   # Subtest: xfs\nn   1..8193\n" },
	{ "it is stuck", HEAD "n # stuck: held\n" },
	{ "it is stuck after the end", HEAD RESULT TAIL "n # stuck: held\n" },
	{ "more after it is stuck", HEAD RESULT "n # stuck: held\n" TAIL },
	{ "a run begun twice",
	  HEAD "n   # running: C01.1\nn   # running: C01.1\n" RESULT TAIL },
};

START_TEST(what_is_out_of_order_is_not_finished)
{
	AUTO(ktap_release) struct ktap k = { 0 };

	parse(&k, unfinished[_i].console);
	ck_assert_msg(!k.finished, "%s", unfinished[_i].what);
	ck_assert(k.began);
}
END_TEST

START_TEST(nothing_is_read_behind_a_broken_line)
{
	AUTO(ktap_release) struct ktap k = { 0 };

	parse(&k, "n ?\n" HEAD RESULT TAIL);
	ck_assert_str_eq(k.broken, "?");
	ck_assert_uint_eq(k.n_tests, 0);
}
END_TEST

/* A ceiling: as many bytes as allowed, and one more. */
static bool is_read(const char *fmt, size_t len)
{
	AUTO(ktap_release) struct ktap k = { 0 };
	AUTO(mem_free) char *word = xmalloc(len + 1);
	AUTO(mem_free) char *fact = NULL;
	AUTO(mem_free) char *console = NULL;

	memset(word, 'a', len);
	word[len] = '\0';
	fact = xasprintf("n   # %s: %s\n", fmt[0] == 'n' ? word : "a",
			 fmt[0] == 'v' ? word : "b");
	console = xasprintf("%s%sn   # fields: 1\nn   ok 1 C01.1\n%s", HEAD,
			    fact, TAIL);
	parse(&k, console);
	return k.finished;
}

START_TEST(names_and_values_have_ceilings)
{
	ck_assert(is_read("name", KTAP_MAX_NAME));
	ck_assert(!is_read("name", KTAP_MAX_NAME + 1));
	ck_assert(is_read("value", KTAP_MAX_VALUE));
	ck_assert(!is_read("value", KTAP_MAX_VALUE + 1));
}
END_TEST

static bool are_facts_read(unsigned n)
{
	AUTO(ktap_release) struct ktap k = { 0 };
	AUTO(buf_release) struct buf console = { 0 };

	buf_init(&console, 1 << 20);
	buf_adds(&console, HEAD);
	for (unsigned i = 0; i < n; i++)
		buf_addf(&console, "n   # f%u: x\n", i);
	buf_addf(&console, "n   # fields: %u\nn   ok 1 C01.1\n" TAIL, n);
	parse(&k, buf_text(&console));
	return k.finished;
}

START_TEST(facts_have_a_ceiling)
{
	ck_assert(are_facts_read(KTAP_MAX_FACTS));
	ck_assert(!are_facts_read(KTAP_MAX_FACTS + 1));
}
END_TEST

static bool are_tests_read(unsigned n)
{
	AUTO(ktap_release) struct ktap k = { 0 };
	AUTO(buf_release) struct buf console = { 0 };

	buf_init(&console, 8 << 20);
	buf_adds(&console, "n KTAP version 1\nn 1..2\n");
	for (unsigned suite = 1; suite <= 2; suite++) {
		unsigned tests = suite == 1 ? n - 1 : 1;

		buf_addf(&console,
			 "n   KTAP version 1\nn   # Subtest: s\nn   1..%u\n",
			 tests);
		for (unsigned i = 1; i <= tests; i++)
			buf_addf(&console, "n   # fields: 0\nn   ok %u t\n", i);
		buf_addf(&console, "n ok %u s\n", suite);
	}
	buf_addf(&console, "n # finished: %u\n", n);
	parse(&k, buf_text(&console));
	return k.finished;
}

START_TEST(tests_have_a_ceiling_over_all_suites)
{
	ck_assert(are_tests_read(KTAP_MAX_TESTS));
	ck_assert(!are_tests_read(KTAP_MAX_TESTS + 1));
}
END_TEST

TEST_MAIN("ktap", TEST(consoles_read_as_expected),
	  TEST(a_complete_console_is_finished),
	  TABLE(what_is_out_of_order_is_not_finished, unfinished),
	  TEST(nothing_is_read_behind_a_broken_line),
	  TEST(names_and_values_have_ceilings), TEST(facts_have_a_ceiling),
	  TEST(tests_have_a_ceiling_over_all_suites))
