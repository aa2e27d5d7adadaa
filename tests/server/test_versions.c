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

/* A desk at which v1 was answered with the review @name. */
static void answer_v1(struct desk *d, const char *name)
{
	desk_init(d, polite);
	desk_serve(d, AUTHOR, "");
	desk_judge(d, "v1@x", 1, name);
	desk_follow(d);
	desk_say(d, "approve 1", 0, "mail 1 is approved");
	desk_say(d, "send", 0, "1 sent");
	desk_expect(d, 1, "sent", NULL);
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
	AUTO(outbox_row_release) struct outbox_row row = { 0 };
	AUTO(buf_release) struct buf said = { 0 };

	answer_v1(&d, seconds[_i].then);
	desk_judge(&d, "v2@x", 2, seconds[_i].now);
	desk_follow(&d);
	if (!seconds[_i].kind) {
		ck_assert_uint_eq(desk_count(&d), 1);
		return;
	}
	desk_mail(&row, &d, 2);
	ck_assert_str_eq(row.kind, seconds[_i].kind);
	ck_assert_int_eq(row.about, 1);
	desk_expect(&d, 2, "held", "a person agrees to each mail to a-list");
	desk_command(&said, &d, "outbox", "show 2", 0);
	run_expect_text(&said, "Since v1, answered in <collider.");
	run_expect_text(&said, seconds[_i].says);
	desk_say(&d, "approve 2", 0, "approved");
	desk_say(&d, "send", 0, "1 sent");
}
END_TEST

TEST_MAIN("versions", TABLE(of_v2_is_told_what_changed_since_v1, seconds))
