/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/choice.h"

#include "tests/support/support.h"

/*
 * A finding is a letter of its kind and one of its cause, with a "!" before it
 * when it was told of an older version; what becomes of it is a letter, too.
 */
static const struct {
	const char *findings;
	const char *lengths;
	size_t more;
} lists[] = {
	{ "", "", 0 },
	{ "Ra", "F", 0 },
	{ "Ra Ra Rb Rb", "F - S -", 0 },
	{ "Ra Rb Rc Rd Re Rf", "F S S S M M", 2 },
	/* what is allowed, beneath something that is worse */
	{ "Ra Ca", "F L", 0 },
	{ "Ra Ca Cb Ca", "F L L L", 0 },
	{ "Ba Ca", "F L", 0 },
	{ "Ua Ca", "F L", 0 },
	{ "Ra Rb Rc Rd Re Ca Wa Pa", "F S S S M L M M", 3 },
	/* beneath its like: a sentence each, as long as these are few */
	{ "Ca", "F", 0 },
	{ "Ca Ca", "F -", 0 },
	{ "Ca Ca Cb Cb Cc", "F - S - S", 0 },
	{ "Ca Ca Cb Cb Cc Cd", "F - L L L L", 0 },
	{ "Ca Cb Cc Wa Wb", "F S S S M", 1 },
	/* what is told before, or by nobody */
	{ "Qa Xa", "", 0 },
	{ "!Ra", "", 0 },
	{ "!Ra Rb Xa", "- F -", 0 },
	{ "Ra !Ca Cb Qa", "F - L -", 0 },
	{ "!Ca Cb Cc Cd Ce", "- F L L L", 0 },
};

static void fill(struct review *r, const char *findings)
{
	static const char letters[] = {
		[FINDING_REGRESSION] = 'R', [FINDING_BUILD] = 'B',
		[FINDING_UNCOVERED] = 'U',  [FINDING_CHANGED] = 'C',
		[FINDING_WARNING] = 'W',    [FINDING_QUESTION] = 'Q',
		[FINDING_REPAIRED] = 'P',   [FINDING_FIXED] = 'X',
	};
	AUTO(strings_release) struct strings words = { 0 };

	strings_split(&words, findings);
	for (size_t i = 0; i < words.n; i++) {
		struct finding *f = review_add_finding(r);
		const char *word = words.v[i];
		const char *kind;

		f->is_told = *word == '!';
		word += f->is_told;
		kind = memchr(letters, word[0], sizeof(letters));
		ck_assert_ptr_nonnull(kind);
		f->kind = (enum finding_kind)(kind - letters);
		f->says = xstrdup(word + 1);
	}
}

START_TEST(each_finding_has_the_length_that_is_its_due)
{
	static const char letters[] = {
		[CHOICE_NONE] = '-',  [CHOICE_FIRST] = 'F',
		[CHOICE_SHORT] = 'S', [CHOICE_LISTED] = 'L',
		[CHOICE_MORE] = 'M',
	};
	AUTO(review_release) struct review r = { 0 };
	AUTO(choice_release) struct choice choice = { 0 };
	AUTO(buf_release) struct buf got = { 0 };

	fill(&r, lists[_i].findings);
	choice_run(&choice, &r);
	buf_init(&got, 100);
	for (size_t i = 0; i < choice.n; i++)
		buf_addf(&got, "%s%c", i ? " " : "", letters[choice.v[i]]);
	ck_assert_str_eq(buf_text(&got), lists[_i].lengths);
	ck_assert_uint_eq(choice.more, lists[_i].more);
}
END_TEST

START_TEST(the_first_is_what_the_list_begins_with)
{
	AUTO(review_release) struct review r = { 0 };
	const struct finding *first;

	fill(&r, lists[_i].findings);
	first = choice_find_first(&r);
	if (!*lists[_i].lengths)
		ck_assert_ptr_null(first);
	else
		ck_assert_uint_eq((size_t)(first - r.findings),
				  strcspn(lists[_i].lengths, "F") / 2);
}
END_TEST

TEST_MAIN("choice", TABLE(each_finding_has_the_length_that_is_its_due, lists),
	  TABLE(the_first_is_what_the_list_begins_with, lists))
