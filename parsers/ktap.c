// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ktap.c - one line at a time through a small state machine
 *
 * A line either fits the state it meets or it is the end: a console that is
 * out of order once is not worth reading on.
 */
#include "parsers/ktap.h"

#include "bot/base/mem.h"
#include "bot/base/span.h"

enum state {
	WANT_VERSION,
	WANT_PLAN,
	WANT_SUITE, /* its version line, or the final word */
	WANT_SUBTEST,
	WANT_SUBPLAN,
	IN_SUITE,
	FINISHED,
	STUCK,
};

struct reader {
	struct ktap *k;
	enum state state;
	uint64_t suites_planned, suites_done;
	uint64_t tests_planned, tests_done; /* of this suite */
	char *suite;			    /* owned; NULL between suites */
	struct ktap_test next;		    /* its facts, as they come */
	bool is_counted;		    /* "# fields" was right */
};

static void test_release(struct ktap_test *t)
{
	for (size_t i = 0; i < t->n_facts; i++) {
		free(t->facts[i].name);
		free(t->facts[i].value);
	}
	free(t->facts);
	free(t->suite);
	free(t->name);
	*t = (struct ktap_test){ 0 };
}

void ktap_release(struct ktap *k)
{
	for (size_t i = 0; i < k->n_tests; i++)
		test_release(&k->tests[i]);
	free(k->tests);
	free(k->running);
	free(k->stuck);
	free(k->broken);
	*k = (struct ktap){ 0 };
}

static void reader_release(struct reader *r)
{
	test_release(&r->next);
	free(r->suite);
}
DEFINE_AUTO_VALUE(struct reader, reader_release)

const char *ktap_find(const struct ktap_test *t, const char *name)
{
	for (size_t i = 0; i < t->n_facts; i++)
		if (strcmp(t->facts[i].name, name) == 0)
			return t->facts[i].value;
	return NULL;
}

static bool is_name(struct span s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";

	for (const char *p = s.p; p < s.end; p++)
		if (*p == '\0' || !strchr(allowed, *p))
			return false;
	return span_len(s) > 0 && span_len(s) <= KTAP_MAX_NAME;
}

static bool is_text(struct span s)
{
	for (const char *p = s.p; p < s.end; p++)
		if (*p < ' ' || *p > '~')
			return false;
	return span_len(s) <= KTAP_MAX_VALUE;
}

/* "1..12", and nothing after it. */
static bool read_plan(struct span line, uint64_t max, uint64_t *n)
{
	return span_eat(&line, "1..") && span_uint(&line, max, n) &&
	       span_len(line) == 0;
}

static bool read_fact(struct reader *r, struct span name, struct span value)
{
	struct ktap_test *t = &r->next;

	if (t->n_facts == KTAP_MAX_FACTS)
		return false;
	t->facts = xreallocarray(t->facts, t->n_facts + 1, sizeof(*t->facts));
	t->facts[t->n_facts].name = span_dup(name);
	t->facts[t->n_facts].value = span_dup(value);
	t->n_facts++;
	return true;
}

/* "fields: 3" closes the facts of a test, so that none can be lost. */
static bool read_count(struct reader *r, struct span value)
{
	uint64_t n;

	r->is_counted = span_uint(&value, KTAP_MAX_FACTS, &n) &&
			span_len(value) == 0 && n == r->next.n_facts;
	return r->is_counted;
}

static bool read_running(struct reader *r, struct span value)
{
	if (r->k->running || r->next.n_facts || !is_name(value))
		return false;
	r->k->running =
		xasprintf("%s %.*s", r->suite, (int)span_len(value), value.p);
	return true;
}

/* What stands after "# " inside a suite. */
static bool read_diagnostic(struct reader *r, struct span line)
{
	struct span name;

	if (!span_until(&line, ':', &name) || !span_eat(&line, " ") ||
	    !is_name(name) || !is_text(line) || r->is_counted)
		return false;
	if (span_is(name, "running"))
		return read_running(r, line);
	if (span_is(name, "fields"))
		return read_count(r, line);
	return read_fact(r, name, line);
}

/* "ok 3 name" or "not ok 3 name"; what follows the name is left. */
static bool read_result(struct span *line, uint64_t number, bool *ok,
			struct span *name)
{
	uint64_t n;

	*ok = !span_eat(line, "not ");
	return span_eat(line, "ok ") && span_uint(line, number, &n) &&
	       n == number && span_eat(line, " ") && span_word(line, name) &&
	       is_name(*name);
}

static bool read_skip(struct span line, bool *skipped)
{
	*skipped = span_eat(&line, " # SKIP");
	return span_len(line) == 0 || (*skipped && is_text(line));
}

static bool read_test(struct reader *r, struct span line)
{
	struct ktap *k = r->k;
	struct span name;

	if (r->tests_done == r->tests_planned || !r->is_counted ||
	    k->n_tests == KTAP_MAX_TESTS ||
	    !read_result(&line, r->tests_done + 1, &r->next.ok, &name) ||
	    !read_skip(line, &r->next.skipped))
		return false;
	r->next.suite = xstrdup(r->suite);
	r->next.name = span_dup(name);
	k->tests = xreallocarray(k->tests, k->n_tests + 1, sizeof(*k->tests));
	k->tests[k->n_tests++] = r->next;
	r->next = (struct ktap_test){ 0 };
	r->is_counted = false;
	r->tests_done++;
	free(TAKE(k->running));
	return true;
}

static bool read_suite_result(struct reader *r, struct span line)
{
	struct span name;
	bool ok;

	if (r->tests_done != r->tests_planned || r->next.n_facts ||
	    !read_result(&line, r->suites_done + 1, &ok, &name) ||
	    !span_is(name, r->suite) || span_len(line))
		return false;
	free(TAKE(r->suite));
	r->suites_done++;
	r->state = WANT_SUITE;
	return true;
}

static bool read_final_word(struct reader *r, struct span line)
{
	uint64_t n;

	if (r->suites_done != r->suites_planned ||
	    !span_eat(&line, "# finished: ") ||
	    !span_uint(&line, KTAP_MAX_TESTS, &n) || span_len(line) ||
	    n != r->k->n_tests)
		return false;
	r->state = FINISHED;
	return true;
}

/* The last line, whatever was wanted. */
static bool read_stuck(struct reader *r, struct span line)
{
	if (r->state == FINISHED || r->state == STUCK ||
	    !span_eat(&line, "# stuck: ") || !is_text(line))
		return false;
	r->k->stuck = span_dup(line);
	r->state = STUCK;
	return true;
}

static bool read_subtest(struct reader *r, struct span line)
{
	if (!span_eat(&line, "# Subtest: ") || !is_name(line))
		return false;
	r->suite = span_dup(line);
	r->state = WANT_SUBPLAN;
	return true;
}

/* The state that @state becomes when the line says what is wanted. */
static bool step(struct reader *r, bool fits, enum state next)
{
	if (fits)
		r->state = next;
	return fits;
}

static bool read_indented(struct reader *r, struct span line)
{
	switch (r->state) {
	case WANT_SUITE:
		r->tests_done = 0;
		return step(r,
			    r->suites_done < r->suites_planned &&
				    span_is(line, "KTAP version 1"),
			    WANT_SUBTEST);
	case WANT_SUBTEST:
		return read_subtest(r, line);
	case WANT_SUBPLAN:
		return step(r,
			    read_plan(line, KTAP_MAX_TESTS, &r->tests_planned),
			    IN_SUITE);
	case IN_SUITE:
		if (span_eat(&line, "# "))
			return read_diagnostic(r, line);
		return read_test(r, line);
	case WANT_VERSION:
	case WANT_PLAN:
	case FINISHED:
	case STUCK:
		break;
	}
	return false;
}

/* One line of ours, the nonce eaten. False: it does not fit. */
static bool read_line(struct reader *r, struct span line)
{
	if (span_eat(&line, "  "))
		return read_indented(r, line);
	if (read_stuck(r, line))
		return true;
	switch (r->state) {
	case WANT_VERSION:
		return step(r, span_is(line, "KTAP version 1"), WANT_PLAN);
	case WANT_PLAN:
		return step(
			r, read_plan(line, KTAP_MAX_SUITES, &r->suites_planned),
			WANT_SUITE);
	case WANT_SUITE:
		return read_final_word(r, line);
	case IN_SUITE:
		return read_suite_result(r, line);
	case WANT_SUBTEST:
	case WANT_SUBPLAN:
	case FINISHED:
	case STUCK:
		break;
	}
	return false;
}

static char *dup_cut(struct span s)
{
	if (span_len(s) > KTAP_MAX_VALUE)
		s.end = s.p + KTAP_MAX_VALUE;
	return span_dup(s);
}

static bool eat_nonce(struct span *line, const char *nonce)
{
	return span_eat(line, nonce) && span_eat(line, " ");
}

void ktap_parse(struct ktap *out, const char *text, size_t len,
		const char *nonce)
{
	AUTO(reader_release) struct reader r = { .k = out };
	struct span rest = span_of(text, len), line;

	*out = (struct ktap){ 0 };
	while (!out->broken && span_line(&rest, &line)) {
		struct span ours = line;

		if (span_len(ours) && ours.end[-1] == '\r')
			ours.end--;
		if (!eat_nonce(&ours, nonce)) {
			out->foreign++;
			continue;
		}
		out->began = true;
		if (!read_line(&r, ours))
			out->broken = dup_cut(ours);
	}
	out->finished = r.state == FINISHED && !out->broken;
}
