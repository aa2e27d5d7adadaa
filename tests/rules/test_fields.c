/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/fields.h"

#include "rules/pair.h"
#include "tests/support/facts.h"
#include "tests/support/support.h"

#define WIDTH 72

static void push(struct finding_side *side, const char *name, const char *value)
{
	side->v = xreallocarray(side->v, side->n + 1, sizeof(*side->v));
	side->v[side->n++] = (struct outcome_field){ .name = xstrdup(name),
						     .value = xstrdup(value) };
}

/* On ext4, in C26; "name base patched" of each field. */
static struct finding *add_finding(struct review *r, const char *fields)
{
	AUTO(strings_release) struct strings words = { 0 };
	struct finding *f = review_add_finding(r);

	strings_split(&words, fields);
	f->filesystem = xstrdup("ext4");
	f->scenario = xstrdup("C26");
	f->base.path = xstrdup("direct");
	f->patched.path = xstrdup("direct");
	f->base.losers = xstrdup("nobody");
	f->patched.losers = xstrdup("nobody");
	for (size_t i = 0; i + 2 < words.n; i += 3) {
		push(&f->base, words.v[i], words.v[i + 1]);
		push(&f->patched, words.v[i], words.v[i + 2]);
	}
	return f;
}

static const struct {
	const char *fields;
	const char *says;
} sides[] = {
	{ "dread.returned 16384 hung", "  ext4 C26        base    patched\n"
				       "  read returns    16384   hung\n"
				       "  loses           nobody  nobody\n" },
	{ "fsync.buffered -EIO 0 fsync.direct -EIO 0",
	  "  ext4 C26         base    patched\n"
	  "  fsync            -EIO    0\n"
	  "  fsync, O_DIRECT  -EIO    0\n"
	  "  loses            nobody  nobody\n" },
	{ "fsync.between.buffered -EIO 0 fsync.between.direct -EIO 0",
	  "  ext4 C26                 base    patched\n"
	  "  fsync between            -EIO    0\n"
	  "  fsync between, O_DIRECT  -EIO    0\n"
	  "  loses                    nobody  nobody\n" },
	{ "cache D16 A16 disk D16 A16", "  ext4 C26        base    patched\n"
					"  pages read      D16     A16\n"
					"  loses           nobody  nobody\n"
					"  (A old data, D direct write)\n" },
	{ "a.name.that.nobody.knows 1 2",
	  "  ext4 C26                  base    patched\n"
	  "  a.name.that.nobody.knows  1       2\n"
	  "  loses                     nobody  nobody\n" },
};

static void expect(const struct finding *f, const struct review *beside,
		   const char *says)
{
	AUTO(buf_release) struct buf out = { 0 };

	buf_init(&out, 8000);
	fields_tell(&out, f, beside, WIDTH);
	ck_assert_str_eq(buf_text(&out), says);
}

START_TEST(each_name_leaves_two_blanks)
{
	AUTO(review_release) struct review r = { 0 };

	expect(add_finding(&r, sides[_i].fields), NULL, sides[_i].says);
}
END_TEST

static void check_named(const char *field)
{
	AUTO(buf_release) struct buf out = { 0 };
	AUTO(review_release) struct review r = { 0 };
	AUTO(mem_free) char *sides_of_it = xasprintf("%s 1 2", field);

	buf_init(&out, 8000);
	fields_tell(&out, add_finding(&r, sides_of_it), NULL, WIDTH);
	ck_assert_msg(!strstr(buf_text(&out), field), "%s", buf_text(&out));
}

START_TEST(what_a_contract_is_about_has_a_name_that_people_use)
{
	AUTO(contracts_release) struct contracts contracts = { 0 };
	size_t named = 0;

	facts_read_contracts(&contracts);
	for (size_t i = 0; i < contracts.n; i++)
		for (size_t k = 0; k < contracts.v[i].expect.n; k++) {
			const char *field = contracts.v[i].expect.v[k].field;

			if (!strchr(field, '.') ||
			    strncmp(field, "fault.", 6) == 0)
				continue; /* of a soak: rules/soak.c */
			check_named(field);
			named++;
		}
	ck_assert_uint_gt(named, 20);
}
END_TEST

/* C26 of ext4 in the table: what one run of each kernel told. */
static void add_pair(struct review *r)
{
	const struct facts base = { "ext4", "C26", "it collided",
				    "dread.returned=16384 fsync.buffered=0 "
				    "cache=D16" };
	const struct facts patched = { "ext4", "C26", "it collided",
				       "dread.returned=hung "
				       "fsync.buffered=-EIO cache=A16" };
	AUTO(outcomes_release) struct outcomes before = { 0 };
	AUTO(outcomes_release) struct outcomes now = { 0 };

	facts_add(&before, &base, 1);
	facts_add(&now, &patched, 1);
	pair_fill(review_add_pair(r), "ext4", "C26", &before, &now);
}

static const struct {
	const char *fields;
	const char *says;
} rests[] = {
	{ "dread.returned 16384 hung", "" },
	{ "dread.returned 16384 hung fsync.buffered 0 -EIO", "" },
	/* of a run that is not the typical one */
	{ "dread.returned 16384 4096", "  ext4 C26        base   patched\n"
				       "  read returns    16384  4096\n" },
	{ "dread.returned 16384 hung cache D16 A16",
	  "  ext4 C26        base  patched\n"
	  "  buffered read   D16   A16\n"
	  "  (pages: A old data, D direct write)\n" },
};

START_TEST(what_the_table_tells_is_not_told_again)
{
	AUTO(review_release) struct review r = { 0 };
	const struct finding *f = add_finding(&r, rests[_i].fields);

	add_pair(&r);
	expect(f, &r, rests[_i].says);
}
END_TEST

START_TEST(of_a_guest_as_a_whole_there_is_nothing_to_compare)
{
	AUTO(review_release) struct review r = { 0 };

	expect(review_add_finding(&r), NULL, "");
}
END_TEST

TEST_MAIN("fields", TABLE(each_name_leaves_two_blanks, sides),
	  TEST(what_a_contract_is_about_has_a_name_that_people_use),
	  TABLE(what_the_table_tells_is_not_told_again, rests),
	  TEST(of_a_guest_as_a_whole_there_is_nothing_to_compare))
