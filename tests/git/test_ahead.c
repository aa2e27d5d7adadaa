/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_ahead.c - what comes ahead comes in order, whole, and may be let go
 */
#include "bot/git/ahead.h"

#include "bot/base/fs.h"
#include "tests/support/epoch.h"

struct place {
	char *dir;
	struct epoch epoch;
	struct walk *walk;
};

static void place_release(struct place *p)
{
	struct err err = ERR_INIT;

	walk_free(p->walk);
	epoch_release(&p->epoch);
	ck_ok(fs_remove_tree(p->dir, &err), &err);
	free(p->dir);
}
DEFINE_AUTO_VALUE(struct place, place_release)

/* An epoch of @n mails of @len bytes, the first of which count them. */
static void make(struct place *p, unsigned n, size_t len)
{
	AUTO(mem_free) char *bytes = xmalloc(len + 1);
	char tip[WALK_HEX_LEN + 1];
	struct err err = ERR_INIT;

	p->dir = support_tmpdir();
	epoch_init(&p->epoch, p->dir);
	memset(bytes, 'x', len);
	for (unsigned i = 0; i < n; i++) {
		snprintf(bytes, len, "%u ", i);
		epoch_add(&p->epoch, "m", bytes, len);
	}
	epoch_write(&p->epoch);
	epoch_resolve(tip, &p->epoch, "master");
	ck_ok(walk_open(&p->walk, p->epoch.path, &err), &err);
	ck_ok(walk_start(p->walk, "", tip, &err), &err);
}

static const struct {
	unsigned n;
	size_t len;
} sizes[] = {
	{ 1, 10 },
	{ AHEAD_MAX_MAILS * 2 + 1, 10 }, /* more than it holds */
	{ 40, AHEAD_MAX_BYTES / 10 },	 /* likewise, in bytes */
};

START_TEST(every_mail_comes_in_its_order)
{
	AUTO(place_release) struct place p = { 0 };
	AUTO(ahead_free) struct ahead *a = NULL;
	struct walk_mail mail;
	struct err err = ERR_INIT;
	unsigned n = 0;

	make(&p, sizes[_i].n, sizes[_i].len);
	ck_ok(ahead_start(&a, p.walk, &err), &err);
	for (; ahead_next(a, &mail); n++) {
		ck_assert_int_eq(mail.what, WALK_MAIL);
		ck_assert_uint_eq(mail.len, sizes[_i].len);
		ck_assert_uint_eq(strtoul(mail.bytes, NULL, 10), n);
	}
	ck_assert_uint_eq(n, sizes[_i].n);
	ck_assert(!ahead_next(a, &mail));
}
END_TEST

START_TEST(a_walk_that_nobody_wants_any_more_ends)
{
	AUTO(place_release) struct place p = { 0 };
	AUTO(ahead_free) struct ahead *a = NULL;
	struct walk_mail mail;
	struct err err = ERR_INIT;

	make(&p, sizes[_i].n, sizes[_i].len);
	ck_ok(ahead_start(&a, p.walk, &err), &err);
	ck_assert(ahead_next(a, &mail));
	ahead_free(TAKE(a));
	/* The walk is ours again, and goes on behind what was read ahead. */
	while (walk_next(p.walk, &mail))
		ck_assert_uint_eq(mail.len, sizes[_i].len);
}
END_TEST

TEST_MAIN("ahead", TABLE(every_mail_comes_in_its_order, sizes),
	  TABLE(a_walk_that_nobody_wants_any_more_ends, sizes))
