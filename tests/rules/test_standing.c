/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/standing.h"

#include "tests/support/support.h"

#define NOON INT64_C(1590000000)
#define DAY (24 * 60 * 60)
#define WAIT 900

/* A whole series for the kernel that came at noon, but for what a row says. */
static const struct {
	struct standing_facts facts;
	int64_t max_age;
	int64_t now; /* after noon */
	enum standing_state state;
	int64_t until; /* after noon; 0: none */
	const char *reason;
} rows[] = {
	{ { .missing = "" }, 0, 0, STANDING_READY, 0, "" },
	{ { .missing = "" }, 0, 99 * DAY, STANDING_READY, 0, "" },
	{ { .missing = "2" }, 0, 0, STANDING_WAITING, WAIT, "missing: 2" },
	{ { .missing = "2" },
	  0,
	  WAIT - 1,
	  STANDING_WAITING,
	  WAIT,
	  "missing: 2" },
	{ { .missing = "2" }, 0, WAIT, STANDING_INCOMPLETE, 0, "missing: 2" },
	{ { .missing = "", .is_mended = true },
	  0,
	  0,
	  STANDING_WAITING,
	  WAIT,
	  "only a part was sent again; the rest may come" },
	{ { .missing = "", .is_mended = true },
	  0,
	  WAIT,
	  STANDING_READY,
	  0,
	  "" },
	{ { .missing = "3", .is_mended = true },
	  0,
	  WAIT,
	  STANDING_INCOMPLETE,
	  0,
	  "missing: 3" },
	{ { .missing = "", .date = NOON - 7 * DAY },
	  7 * DAY,
	  0,
	  STANDING_READY,
	  0,
	  "" },
	{ { .missing = "", .date = NOON - 7 * DAY - 1 },
	  7 * DAY,
	  0,
	  STANDING_ASIDE,
	  0,
	  "too old: 7 days when it came" },
	{ { .missing = "", .date = NOON - 99 * DAY },
	  0,
	  0,
	  STANDING_READY,
	  0,
	  "" },
	{ { .missing = "", .date = NOON + 99 * DAY },
	  1,
	  0,
	  STANDING_READY,
	  0,
	  "" },
	{ { .missing = "2", .date = NOON - 99 * DAY },
	  DAY,
	  0,
	  STANDING_ASIDE,
	  0,
	  "too old: 99 days when it came" },
	{ { .kind = "pull", .missing = "" },
	  0,
	  0,
	  STANDING_ASIDE,
	  0,
	  "a pull request" },
	{ { .kind = "stable", .missing = "1" },
	  0,
	  0,
	  STANDING_ASIDE,
	  0,
	  "for a stable tree" },
	{ { .kind = "robot", .missing = "" },
	  0,
	  0,
	  STANDING_ASIDE,
	  0,
	  "sent by a robot" },
	{ { .kind = "userspace", .project = "xfsprogs", .missing = "" },
	  0,
	  0,
	  STANDING_ASIDE,
	  0,
	  "userspace: xfsprogs" },
	{ { .kind = "userspace", .project = "other", .missing = "2" },
	  0,
	  0,
	  STANDING_ASIDE,
	  0,
	  "userspace: not the kernel's" },
	{ { .kind = "userspace",
	    .project = "fstests",
	    .pair = "iomap: flag",
	    .missing = "" },
	  0,
	  0,
	  STANDING_ASIDE,
	  0,
	  "userspace: fstests; goes with 'iomap: flag'" },
};

START_TEST(facts_decide_where_a_revision_stands)
{
	struct standing_facts facts = rows[_i].facts;
	const struct standing_rules rules = { WAIT, rows[_i].max_age };
	struct standing s;

	facts.kind = facts.kind ? facts.kind : "kernel";
	facts.is_selected = true;
	facts.arrived = NOON;
	facts.date = facts.date ? facts.date : NOON;
	standing_find(&s, &facts, &rules, NOON + rows[_i].now);
	ck_assert_int_eq(s.state, rows[_i].state);
	ck_assert_str_eq(s.reason, rows[_i].reason);
	ck_assert_int_eq(s.until, rows[_i].until ? NOON + rows[_i].until : 0);
}
END_TEST

START_TEST(what_the_query_does_not_find_is_set_aside)
{
	const struct standing_facts facts = {
		.kind = "kernel", .missing = "2", .date = NOON, .arrived = NOON
	};
	const struct standing_rules rules = { WAIT, 0 };
	struct standing s;

	standing_find(&s, &facts, &rules, NOON);
	ck_assert_int_eq(s.state, STANDING_ASIDE);
	ck_assert_str_eq(s.reason, "not selected");
}
END_TEST

START_TEST(a_mail_without_a_date_is_not_old)
{
	const struct standing_facts facts = { .kind = "kernel",
					      .missing = "",
					      .is_selected = true,
					      .arrived = NOON };
	const struct standing_rules rules = { WAIT, 1 };
	struct standing s;

	standing_find(&s, &facts, &rules, NOON);
	ck_assert_int_eq(s.state, STANDING_READY);
}
END_TEST

TEST_MAIN("standing", TABLE(facts_decide_where_a_revision_stands, rows),
	  TEST(what_the_query_does_not_find_is_set_aside),
	  TEST(a_mail_without_a_date_is_not_old))
