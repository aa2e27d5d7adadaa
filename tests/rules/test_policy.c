/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/policy.h"

#include "tests/support/support.h"

#define NOON INT64_C(1790000000)
#define HOUR 3600
#define BIT(verdict) (1u << VERDICT_##verdict)
#define WORSE (BIT(REGRESSION) | BIT(DOES_NOT_BUILD))

static struct strings maintainers = {
	.v = (char *[]){ (char[]){ "mona@example.org" },
			 (char[]){ "miro@example.org" } },
	.n = 2,
};

static struct policy_rules rules_of(enum policy_mode mode, uint32_t hold)
{
	return (struct policy_rules){
		.list = "linux-xfs",
		.address = "linux-xfs@vger.example.org",
		.mode = mode,
		.verdicts = WORSE,
		.hold = hold,
		.daily = 10,
	};
}

static struct policy_facts facts_of(const struct policy_rules *rules, size_t n)
{
	static const uint32_t counts[4] = { 0 };

	return (struct policy_facts){
		.verdict = VERDICT_REGRESSION,
		.rules = rules,
		.n_rules = n,
		.author = "ada@example.org",
		.maintainers = &maintainers,
		.arrived = NOON,
		.agreed = counts,
		.today = counts,
	};
}

static void expect_list(const struct strings *list, const char *words)
{
	AUTO(strings_release) struct strings want = { 0 };

	strings_split(&want, words);
	ck_assert_uint_eq(list->n, want.n);
	for (size_t i = 0; i < want.n; i++)
		ck_assert_str_eq(list->v[i], want.v[i]);
}

static void expect_reason(const struct policy_decision *d, const char *text)
{
	for (size_t i = 0; i < d->reasons.n; i++)
		if (strcmp(d->reasons.v[i], text) == 0)
			return;
	ck_abort_msg("no reason '%s' of %zu; the first is '%s'", text,
		     d->reasons.n, d->reasons.n ? d->reasons.v[0] : "");
}

/* The three tables that every combination below is compared with. */
static const struct {
	enum policy_mode mode;
	const char *to, *cc;
} modes[] = {
	{ POLICY_MUTE, "", "" },
	{ POLICY_AUTHOR, "ada@example.org", "" },
	{ POLICY_AUTHOR_MAINTAINERS, "ada@example.org",
	  "mona@example.org miro@example.org" },
	{ POLICY_LIST, "ada@example.org",
	  "mona@example.org miro@example.org linux-xfs@vger.example.org" },
};

static const struct {
	enum verdict verdict;
	bool is_told;
} verdicts[] = {
	{ VERDICT_COULD_NOT_TELL, false }, { VERDICT_SAME, false },
	{ VERDICT_FIXED, false },	   { VERDICT_CHANGED, false },
	{ VERDICT_REGRESSION, true },	   { VERDICT_DOES_NOT_APPLY, false },
	{ VERDICT_DOES_NOT_BUILD, true },
};

static const struct {
	uint32_t hold, agreed;
	bool is_held;
} holds[] = {
	{ POLICY_HOLD_ALWAYS, 0, true },
	{ POLICY_HOLD_ALWAYS, 1000000, true },
	{ 3, 0, true },
	{ 3, 2, true },
	{ 3, 3, false },
	{ 0, 0, false },
};

static void walk(size_t m, size_t v, size_t h)
{
	AUTO(policy_decision_release) struct policy_decision d = { 0 };
	const struct policy_rules rules =
		rules_of(modes[m].mode, holds[h].hold);
	struct policy_facts facts = facts_of(&rules, 1);
	bool is_told = verdicts[v].is_told && *modes[m].to;

	facts.verdict = verdicts[v].verdict;
	facts.agreed = &holds[h].agreed;
	policy_decide(&d, &facts);
	ck_assert(d.may_be_told == is_told);
	ck_assert(d.is_held == (is_told && holds[h].is_held));
	ck_assert(d.is_muted == (verdicts[v].is_told && !is_told));
	expect_list(&d.to, is_told ? modes[m].to : "");
	expect_list(&d.cc, is_told ? modes[m].cc : "");
	ck_assert_uint_gt(d.reasons.n, 0);
}

START_TEST(every_policy_verdict_and_hold_is_as_the_tables_say)
{
	for (size_t v = 0; v < ARRAY_LEN(verdicts); v++)
		for (size_t h = 0; h < ARRAY_LEN(holds); h++)
			walk((size_t)_i, v, h);
}
END_TEST

/*
 * Who has the report is told that it was wrong, whatever verdict is wanted by
 * now and however young the series is; never without a person.
 */
START_TEST(a_correction_goes_where_the_policy_lets_it_and_is_held)
{
	const bool is_told = modes[_i].mode != POLICY_MUTE;

	for (size_t v = 0; v < ARRAY_LEN(verdicts); v++) {
		AUTO(policy_decision_release) struct policy_decision d = { 0 };
		struct policy_rules rules = rules_of(modes[_i].mode, 0);
		struct policy_facts facts = facts_of(&rules, 1);

		rules.embargo = 2 * HOUR;
		facts.verdict = verdicts[v].verdict;
		facts.is_told = facts.is_correction = true;
		policy_decide(&d, &facts);
		ck_assert(d.may_be_told == is_told);
		ck_assert(d.is_held == is_told);
		ck_assert_int_eq(d.not_before, 0);
		expect_list(&d.to, modes[_i].to);
		expect_list(&d.cc, modes[_i].cc);
	}
}
END_TEST

/* Of two lists the stricter; in either order. */
static const size_t orders[] = { 0, 1 };

START_TEST(the_strictest_of_several_lists_wins)
{
	AUTO(policy_decision_release) struct policy_decision d = { 0 };
	struct policy_rules rules[2];
	struct policy_facts facts;

	for (size_t a = 0; a < ARRAY_LEN(modes); a++) {
		policy_decision_release(&d);
		rules[orders[_i]] = rules_of(modes[a].mode, 0);
		rules[1 - orders[_i]] =
			rules_of(POLICY_AUTHOR, POLICY_HOLD_ALWAYS);
		rules[1 - orders[_i]].list = "linux-ext4";
		rules[1 - orders[_i]].embargo = 2 * HOUR;
		facts = facts_of(rules, 2);
		policy_decide(&d, &facts);
		ck_assert(d.may_be_told == (modes[a].mode != POLICY_MUTE));
		expect_list(&d.cc, "");
		ck_assert(d.is_held == d.may_be_told);
		if (d.may_be_told)
			ck_assert_int_eq(d.not_before, NOON + 2 * HOUR);
	}
}
END_TEST

START_TEST(a_verdict_that_one_list_does_not_want_is_told_nobody)
{
	AUTO(policy_decision_release) struct policy_decision d = { 0 };
	struct policy_rules rules[2] = { rules_of(POLICY_LIST, 0),
					 rules_of(POLICY_LIST, 0) };
	struct policy_facts facts = facts_of(rules, 2);

	rules[1].list = "linux-ext4";
	rules[1].verdicts = BIT(DOES_NOT_BUILD);
	policy_decide(&d, &facts);
	ck_assert(!d.may_be_told);
	expect_reason(&d, "linux-ext4 is not told of the verdict 'regression'");
}
END_TEST

static struct strings never = {
	.v = (char *[]){ (char[]){ "Mona@Example.org" },
			 (char[]){ "@vger.example.org" } },
	.n = 2,
};

START_TEST(who_is_never_to_be_mailed_is_left_out_and_named)
{
	AUTO(policy_decision_release) struct policy_decision d = { 0 };
	const struct policy_rules rules = rules_of(POLICY_LIST, 0);
	struct policy_facts facts = facts_of(&rules, 1);

	facts.never = &never;
	policy_decide(&d, &facts);
	expect_list(&d.to, "ada@example.org");
	expect_list(&d.cc, "miro@example.org");
	expect_reason(&d, "mona@example.org is never to be mailed");
	expect_reason(&d, "linux-xfs@vger.example.org is never to be mailed");
}
END_TEST

static const struct {
	const char *address;
	bool is_never;
} addresses[] = {
	{ "mona@example.org", true },
	{ "mona@example.org.evil", false },
	{ "xmona@example.org", false },
	{ "list@VGER.example.org", true },
	{ "list@sub.vger.example.org", false },
	{ "list@vger.example.orgx", false },
	{ "vger.example.org", false },
};

START_TEST(a_domain_is_never_its_neighbour)
{
	ck_assert(policy_is_never(&never, addresses[_i].address) ==
		  addresses[_i].is_never);
}
END_TEST

/* What nobody is told of, whatever the lists say. */
static const struct {
	bool opted_out, is_automatic, is_told, is_author_never, is_no_list;
	const char *stopped;
	const char *reason;
} refusals[] = {
	{ .opted_out = true,
	  .reason = "a header of it asks not to be answered" },
	{ .is_automatic = true,
	  .reason = "what it would answer was sent by a program" },
	{ .stopped = "mona@example.org",
	  .reason = "mona@example.org wants no more mails about it" },
	{ .is_told = true,
	  .reason = "the same was told of this revision before" },
	{ .is_author_never = true,
	  .reason = "its author mona@example.org is never to be mailed" },
	{ .is_no_list = true,
	  .reason = "no list of the configuration carries it" },
};

START_TEST(what_is_refused_is_told_nobody_and_says_why)
{
	AUTO(policy_decision_release) struct policy_decision d = { 0 };
	const struct policy_rules rules = rules_of(POLICY_LIST, 0);
	struct policy_facts facts =
		facts_of(&rules, refusals[_i].is_no_list ? 0 : 1);

	facts.opted_out = refusals[_i].opted_out;
	facts.is_automatic = refusals[_i].is_automatic;
	facts.is_told = refusals[_i].is_told;
	facts.stopped = refusals[_i].stopped;
	facts.never = &never;
	if (refusals[_i].is_author_never)
		facts.author = "mona@example.org";
	policy_decide(&d, &facts);
	ck_assert(!d.may_be_told);
	ck_assert_uint_eq(d.to.n + d.cc.n, 0);
	expect_reason(&d, refusals[_i].reason);
}
END_TEST

static const struct {
	uint32_t today;
	bool is_over;
} days[] = { { 0, false }, { 9, false }, { 10, true }, { 11, true } };

START_TEST(a_daily_ceiling_stops_what_is_over_it)
{
	AUTO(policy_decision_release) struct policy_decision d = { 0 };
	const struct policy_rules rules = rules_of(POLICY_AUTHOR, 0);
	struct policy_facts facts = facts_of(&rules, 1);

	facts.today = &days[_i].today;
	policy_decide(&d, &facts);
	ck_assert(d.may_be_told);
	ck_assert(d.is_over == days[_i].is_over);
}
END_TEST

/*
 * An answer goes to one whom the same policy lets have a report, or to nobody.
 */
static const struct {
	const char *writer;
	const char *stopped;
	enum policy_mode mode;
	bool is_told;
} writers[] = {
	{ "ada@example.org", NULL, POLICY_MUTE, false },
	{ "ada@example.org", NULL, POLICY_AUTHOR, true },
	{ "Ada@Example.org", NULL, POLICY_AUTHOR, true },
	{ "miro@example.org", NULL, POLICY_AUTHOR, false },
	{ "eve@example.org", NULL, POLICY_AUTHOR, false },
	{ "miro@example.org", NULL, POLICY_AUTHOR_MAINTAINERS, true },
	{ "mona@example.org", NULL, POLICY_AUTHOR_MAINTAINERS, false },
	{ "miro@example.org", NULL, POLICY_LIST, true },
	{ "eve@example.org", NULL, POLICY_LIST, false },
	{ "ada@example.org", "miro@example.org", POLICY_LIST, false },
};

START_TEST(an_answer_goes_to_nobody_whom_a_report_would_not)
{
	AUTO(policy_decision_release) struct policy_decision d = { 0 };
	const struct policy_rules rules =
		rules_of(writers[_i].mode, POLICY_HOLD_ALWAYS);
	struct policy_facts facts = facts_of(&rules, 1);

	facts.verdict = VERDICT_SAME; /* which no report tells */
	facts.is_told = true;	      /* once is enough of those, too */
	facts.never = &never;
	facts.answers = writers[_i].writer;
	facts.stopped = writers[_i].stopped;
	policy_decide(&d, &facts);
	ck_assert(d.may_be_told == writers[_i].is_told);
	expect_list(&d.to, writers[_i].is_told ? writers[_i].writer : "");
	expect_list(&d.cc, "");
	ck_assert(!d.may_be_told || d.is_held);
	ck_assert_uint_gt(d.reasons.n, 0);
}
END_TEST

START_TEST(a_mode_is_read_by_its_name_alone)
{
	enum policy_mode mode;

	for (int m = POLICY_MUTE; m <= POLICY_LIST; m++) {
		ck_assert(policy_find_mode(
			&mode, policy_mode_name((enum policy_mode)m)));
		ck_assert_int_eq((int)mode, m);
	}
	ck_assert(!policy_find_mode(&mode, "lists"));
	ck_assert(!policy_find_mode(&mode, ""));
}
END_TEST

START_TEST(an_author_who_is_a_maintainer_is_addressed_once)
{
	AUTO(policy_decision_release) struct policy_decision d = { 0 };
	const struct policy_rules rules =
		rules_of(POLICY_AUTHOR_MAINTAINERS, 0);
	struct policy_facts facts = facts_of(&rules, 1);

	facts.author = "miro@example.org";
	policy_decide(&d, &facts);
	expect_list(&d.to, "miro@example.org");
	expect_list(&d.cc, "mona@example.org");
}
END_TEST

TEST_MAIN("policy",
	  TABLE(every_policy_verdict_and_hold_is_as_the_tables_say, modes),
	  TABLE(a_correction_goes_where_the_policy_lets_it_and_is_held, modes),
	  TABLE(the_strictest_of_several_lists_wins, orders),
	  TEST(a_verdict_that_one_list_does_not_want_is_told_nobody),
	  TEST(who_is_never_to_be_mailed_is_left_out_and_named),
	  TABLE(a_domain_is_never_its_neighbour, addresses),
	  TABLE(what_is_refused_is_told_nobody_and_says_why, refusals),
	  TABLE(a_daily_ceiling_stops_what_is_over_it, days),
	  TABLE(an_answer_goes_to_nobody_whom_a_report_would_not, writers),
	  TEST(a_mode_is_read_by_its_name_alone),
	  TEST(an_author_who_is_a_maintainer_is_addressed_once))
