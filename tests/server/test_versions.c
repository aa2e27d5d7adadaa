/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is told of v2 after something was told of v1, and what is taken back:
 * the real `collider run`, `outbox` and `retract`, on verdicts that were given.
 */
#include "bot/base/mem.h"
#include "tests/support/desk.h"
#include "tests/support/run.h"

static const struct rude_deed polite[] = { { NULL } };

#define TELL                                                               \
	"\ttell = regression,changed,fixed,does-not-build,does-not-apply," \
	"could-not-tell\n"
#define AUTHOR TELL "\tpolicy = author\n"

/*
 * A verdict on that version came in, the review @name: what is told is drafted.
 */
static void judge(struct desk *d, unsigned version, const char *name)
{
	AUTO(mem_free) char *key = xasprintf("v%u@x", version);

	desk_judge(d, key, version, name);
	desk_follow(d);
}

static void approve(struct desk *d, int mail)
{
	AUTO(mem_free) char *words = xasprintf("approve %d", mail);
	AUTO(mem_free) char *says = xasprintf("mail %d is approved", mail);

	desk_say(d, words, 0, says);
}

static void let_go(struct desk *d, int mail)
{
	approve(d, mail);
	desk_say(d, "send", 0, "1 sent");
	desk_expect(d, mail, "sent", NULL);
}

/* A desk at which a mail about v1 waits. */
static void draft_v1(struct desk *d, const char *name)
{
	desk_init(d, polite);
	desk_serve(d, AUTHOR, "");
	judge(d, 1, name);
	desk_expect(d, 1, "held", NULL);
}

/* A desk at which v1 was answered. */
static void answer_v1(struct desk *d, const char *name)
{
	draft_v1(d, name);
	let_go(d, 1);
}

static void expect_kind(const struct desk *d, int mail, const char *kind,
			int about)
{
	AUTO(outbox_row_release) struct outbox_row row = { 0 };

	desk_mail(&row, d, mail);
	ck_assert_str_eq(row.kind, kind);
	ck_assert_int_eq(row.about, about);
}

static const struct {
	const char *then, *now;
	const char *kind; /* of the mail about v2; NULL: there is none */
	const char *says; /* in it */
} seconds[] = {
	{ "sample", "sample", NULL, NULL },
	{ "sample", "seed", NULL, NULL }, /* the same, by another patch */
	{ "sample", "same", "delta", "Nothing that was told of v1 is seen" },
	{ "sample", "does-not-compile", "delta", "  new: the build breaks" },
	{ "sample", "changed", "delta", "  new: xfs C08: a direct" },
	{ "does-not-apply", "does-not-apply", NULL, NULL },
	{ "does-not-apply", "sample", "delta", "  new: xfs C01 C08 C09: a d" },
	{ "does-not-apply", "same", "delta", "  fixed: patch 2/2 does not" },
	/* it is our trouble, and no news */
	{ "sample", "unprovoked", NULL, NULL },
};

START_TEST(of_v2_is_told_what_changed_since_v1)
{
	AUTO(desk_release) struct desk d;
	AUTO(buf_release) struct buf said = { 0 };

	answer_v1(&d, seconds[_i].then);
	judge(&d, 2, seconds[_i].now);
	if (!seconds[_i].kind) {
		ck_assert_uint_eq(desk_count(&d), 1);
		return;
	}
	expect_kind(&d, 2, seconds[_i].kind, 1);
	desk_expect(&d, 2, "held", "a person agrees to each mail to a-list");
	desk_command(&said, &d, "outbox", "show 2", 0);
	run_expect_text(&said, "Since v1, answered in <collider.");
	run_expect_text(&said, seconds[_i].says);
	let_go(&d, 2);
}
END_TEST

/* ---- versions in between ---- */

static const struct {
	const char *second; /* the review of v2; NULL: no v2 came in */
	const char *third;
	const char *says;
} thirds[] = {
	{ "sample", "same",
	  "  v2 was tried, and not answered: same, nothing is new since" },
	{ "does-not-apply", "same", "Since v2, answered in <collider." },
	{ NULL, "same", "  v2 did not come in here" },
};

START_TEST(what_came_in_between_is_said)
{
	AUTO(desk_release) struct desk d;
	AUTO(buf_release) struct buf said = { 0 };
	int64_t newest = 2;

	answer_v1(&d, "sample");
	if (thirds[_i].second)
		judge(&d, 2, thirds[_i].second);
	if (desk_count(&d) == 2) {
		let_go(&d, 2);
		newest = 3;
	}
	judge(&d, 3, thirds[_i].third);
	desk_command(&said, &d, "outbox", newest == 2 ? "show 2" : "show 3", 0);
	run_expect_text(&said, thirds[_i].says);
}
END_TEST

START_TEST(what_was_never_sent_was_never_told)
{
	AUTO(desk_release) struct desk d;

	draft_v1(&d, "sample");
	judge(&d, 2, "sample");
	desk_expect(&d, 1, "rejected", "a newer version was posted meanwhile");
	expect_kind(&d, 2, "report", 0);
}
END_TEST

/* ---- taking back ---- */

static void retract(struct desk *d, const char *words, int exit_code,
		    const char *part)
{
	AUTO(buf_release) struct buf said = { 0 };

	desk_command(&said, d, "retract", words, exit_code);
	run_expect_text(&said, part);
}

START_TEST(what_was_wrong_is_taken_back_once_where_it_was_said)
{
	AUTO(desk_release) struct desk d;
	AUTO(outbox_row_release) struct outbox_row report = { 0 };
	AUTO(mem_free) char *answers = NULL;
	AUTO(mem_free) char *mail = NULL;

	answer_v1(&d, "sample");
	retract(&d, "1 --why 'the tree was broken' --because base", 0,
		"mail 2 corrects mail 1: look at it");
	desk_expect(&d, 2, "held", "a person agrees to each correction");
	desk_say(&d, "send", 0, "0 sent");
	retract(&d, "1 --why 'once more'", 2,
		"mail 1 is withdrawn already, by mail 2, which is held");
	retract(&d, "2 --why x", 2, "is no report but a correction");
	let_go(&d, 2);
	desk_expect_alone(&d, 2, "ada@example.org");
	desk_mail(&report, &d, 1);
	answers = xasprintf("\r\nIn-Reply-To: <%s>\r\n", report.message_id);
	mail = rude_mail(&d.rude, 2);
	ck_assert_msg(strstr(mail, answers), "no %s in\n%s", answers, mail);
	ck_assert_ptr_nonnull(strstr(mail, "\r\nTo: Ada Example <ada@ex"));
	ck_assert_ptr_nonnull(strstr(mail, "Why: the tree was broken\r\n"));
	ck_assert_ptr_nonnull(strstr(mail, "  xfs C01 C08 C09: a direct"));
	ck_assert_ptr_nonnull(strstr(mail, "kernel that the series was"));
	retract(&d, "1 --why 'once more'", 2, "which is sent");
}
END_TEST

START_TEST(who_takes_it_back_may_agree_at_once)
{
	AUTO(desk_release) struct desk d;

	answer_v1(&d, "sample");
	retract(&d, "1 --approve --why 'of no use'", 0, "it is approved");
	desk_follow(&d);
	desk_expect(&d, 2, "sent", NULL);
	desk_say(&d, "show 2", 0, "held -> approved by uid");
}
END_TEST

static const struct {
	const char *words;
	int exit_code;
	const char *part;
} misuses[] = {
	{ "1", 64, "it wants one mail and --why" },
	{ "--why x", 64, "it wants one mail and --why" },
	{ "1 --why x --because me", 64, "--because is base, tool or person" },
	{ "7 --why x", 2, "no mail '7' in the outbox" },
	{ "1 --why x", 0, "mail 1 was not sent, and is rejected" },
};

START_TEST(what_was_not_sent_is_only_rejected)
{
	AUTO(desk_release) struct desk d;

	draft_v1(&d, "sample");
	retract(&d, misuses[_i].words, misuses[_i].exit_code, misuses[_i].part);
	desk_expect(&d, 1, misuses[_i].exit_code ? "held" : "rejected", NULL);
	ck_assert_uint_eq(desk_count(&d), 1);
	if (misuses[_i].exit_code == 0)
		retract(&d, "1 --why y", 2, "mail 1 is rejected already");
}
END_TEST

START_TEST(what_was_taken_back_was_not_told)
{
	AUTO(desk_release) struct desk d;

	answer_v1(&d, "sample");
	retract(&d, "1 --why 'of no use'", 0, "mail 2");
	judge(&d, 2, "sample");
	expect_kind(&d, 3, "report", 0);
	/* a correction is sent although there is a newer version */
	let_go(&d, 2);
}
END_TEST

START_TEST(what_goes_on_from_a_withdrawn_mail_is_held)
{
	AUTO(desk_release) struct desk d;

	answer_v1(&d, "sample");
	judge(&d, 2, "same");
	approve(&d, 2);
	retract(&d, "1 --why 'of no use'", 0, "mail 3 corrects mail 1");
	desk_say(&d, "send", 0, "0 sent");
	desk_expect(&d, 2, "held", "mail 1, which it refers to, is withdrawn");
}
END_TEST

static const struct {
	const char *again; /* what came of it when it was tried again */
	const char *says;  /* in the correction; NULL: there is none */
} retries[] = {
	{ "sample", NULL },
	{ "unprovoked", NULL },
	{ "same", "  not seen again: xfs C01 C08 C09: a direct write" },
	{ "does-not-compile", "  new: the build breaks" },
};

START_TEST(what_ends_otherwise_when_it_is_tried_again_is_corrected)
{
	AUTO(desk_release) struct desk d;
	AUTO(buf_release) struct buf said = { 0 };

	answer_v1(&d, "sample");
	desk_judge_again(&d, 1, retries[_i].again);
	desk_follow(&d);
	if (!retries[_i].says) {
		ck_assert_uint_eq(desk_count(&d), 1);
		return;
	}
	desk_expect(&d, 2, "held", "a person agrees to each correction");
	expect_kind(&d, 2, "correction", 1);
	desk_command(&said, &d, "outbox", "show 2", 0);
	run_expect_text(&said, "The mail that this one answers does not hold");
	run_expect_text(&said, retries[_i].says);
	let_go(&d, 2);
	/* from now on that is what was told */
	judge(&d, 2, retries[_i].again);
	ck_assert_uint_eq(desk_count(&d), 2);
}
END_TEST

/* ---- one mail's trouble ---- */

START_TEST(a_review_that_cannot_be_read_holds_one_mail)
{
	AUTO(desk_release) struct desk d;

	draft_v1(&d, "sample");
	desk_post(&d, "1@x", "[PATCH] iomap: no such line", NULL, NULL);
	desk_follow(&d);
	approve(&d, 1);
	approve(&d, 2);
	desk_shell(&d, "echo '{' >state/results/1.json");
	desk_say(&d, "send", 0, "1 sent");
	desk_expect(&d, 1, "held", "the review of revision 1: ");
	desk_expect(&d, 2, "sent", NULL);
}
END_TEST

START_TEST(a_mail_is_claimed_before_it_is_read)
{
	AUTO(desk_release) struct desk d;

	draft_v1(&d, "sample");
	approve(&d, 1);
	desk_shell(&d, "rm state/outbox/*/*");
	desk_say(&d, "send", 0, "1 held");
	desk_expect(&d, 1, "held",
		    "the file of mail 1 is gone from the outbox");
	desk_say(&d, "show 1", 2, "approved -> sending by send");
}
END_TEST

static const struct {
	const char *then,
		*now; /* the embargo when it was approved, and later */
	const char *state;
} embargoes[] = {
	{ "2 h", "2 h", "approved" },
	{ "2 h", "0 s", "sent" },
	{ "0 s", "2 h", "approved" },
};

START_TEST(an_embargo_that_is_changed_holds_for_what_waits)
{
	AUTO(desk_release) struct desk d;
	AUTO(mem_free)
	char *then = xasprintf(AUTHOR "\tembargo = %s\n", embargoes[_i].then);
	AUTO(mem_free)
	char *now = xasprintf(AUTHOR "\tembargo = %s\n", embargoes[_i].now);

	desk_init(&d, polite);
	desk_configure(&d, then, ""); /* no server yet */
	judge(&d, 1, "sample");
	approve(&d, 1);
	desk_serve(&d, then, "");
	if (strcmp(embargoes[_i].then, "0 s") != 0) {
		desk_follow(&d);
		desk_expect(&d, 1, "approved", NULL);
	}
	desk_serve(&d, now, "");
	desk_follow(&d);
	desk_expect(&d, 1, embargoes[_i].state, NULL);
}
END_TEST

/* ---- crashes ---- */

#define MAX_COMMITS 60

/* `collider @words` dies at commit @n; false: it has no such commit. */
static bool crash(struct desk *d, unsigned n, const char *moment,
		  const char *words)
{
	AUTO(mem_free) char *at = xasprintf("%u%s", n, moment);
	AUTO(mem_free)
	char *line = xasprintf("COLLIDER_STATE='%s' COLLIDER_CRASH_COUNT='%s/n'"
			       " $collider %s --config '%s'",
			       d->served.state, d->served.dir, words,
			       d->served.conf);
	AUTO(run_release) struct run r = { 0 };

	desk_shell(d, "rm -f n");
	setenv("COLLIDER_CRASH_AT", at, 1);
	run_shell(&r, line);
	unsetenv("COLLIDER_CRASH_AT");
	ck_assert_msg(r.exit_code == 0 || r.exit_code == STORE_CRASH_EXIT,
		      RUN_SAID(&r));
	return r.exit_code == STORE_CRASH_EXIT;
}

/* What is done at the desk, and how it ends whatever happened. */
static const struct {
	const char *second; /* the review of v2; NULL: v1 again, as "same" */
	const char *words;
	const char *kind; /* of mail 2 */
} deeds[] = {
	{ "same", "run --once", "delta" },
	{ NULL, "run --once", "correction" },
	{ "sample", "retract 1 --approve --why 'of no use'", "correction" },
};

static void prepare(struct desk *d, int deed)
{
	answer_v1(d, "sample");
	if (!deeds[deed].second)
		desk_judge_again(d, 1, "same");
	else
		desk_judge(d, "v2@x", 2, deeds[deed].second);
	desk_shell(d, "cp -a state before");
}

#define BEFORE ""
#define AFTER "+"

/* Each deed dies before a commit, and after it. */
static const struct {
	int deed;
	const char *moment;
} torture[] = {
	{ 0, BEFORE }, { 0, AFTER },  { 1, BEFORE },
	{ 1, AFTER },  { 2, BEFORE }, { 2, AFTER },
};

START_TEST(a_crash_at_any_commit_leaves_one_mail)
{
	const int deed = torture[_i].deed;
	AUTO(desk_release) struct desk d;
	bool has_crashed = true;
	unsigned n = 0;

	prepare(&d, deed);
	while (has_crashed) {
		AUTO(mem_free)
		char *again = xasprintf("COLLIDER_STATE='%s' $collider %s"
					" --config '%s' >said 2>&1 || true",
					d.served.state, deeds[deed].words,
					d.served.conf);

		ck_assert_uint_lt(++n, MAX_COMMITS);
		desk_shell(&d, "rm -rf state && cp -a before state");
		has_crashed =
			crash(&d, n, torture[_i].moment, deeds[deed].words);
		desk_shell(&d, again);
		ck_assert_uint_eq(desk_count(&d), 2);
		expect_kind(&d, 2, deeds[deed].kind, 1);
		desk_shell(&d, "test $(find state/outbox/new state/outbox/cur"
			       " -type f | wc -l) = 2");
	}
	ck_assert_uint_gt(n, 1); /* else it was never in it */
}
END_TEST

TEST_MAIN("versions", TABLE(of_v2_is_told_what_changed_since_v1, seconds),
	  TABLE(what_came_in_between_is_said, thirds),
	  TEST(what_was_never_sent_was_never_told),
	  TEST(what_was_wrong_is_taken_back_once_where_it_was_said),
	  TEST(who_takes_it_back_may_agree_at_once),
	  TABLE(what_was_not_sent_is_only_rejected, misuses),
	  TEST(what_was_taken_back_was_not_told),
	  TEST(what_goes_on_from_a_withdrawn_mail_is_held),
	  TABLE(what_ends_otherwise_when_it_is_tried_again_is_corrected,
		retries),
	  TEST(a_review_that_cannot_be_read_holds_one_mail),
	  TEST(a_mail_is_claimed_before_it_is_read),
	  TABLE(an_embargo_that_is_changed_holds_for_what_waits, embargoes),
	  TABLE(a_crash_at_any_commit_leaves_one_mail, torture))
