/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/run.h"

static const struct {
	const char *file;
	const char *text; /* as printf(1) has it */
	const char *says;
} words[] = {
	{ "of-build.txt", "# mine\\n{says} {tree}\\n",
	  "/of-build.txt:2: there is no field 'tree'" },
	{ "report.txt", "{sentence}\\n",
	  "/report.txt:1: the field 'gone' is missing" },
	{ "moderator.txt", "gr\\374\\337\\n",
	  "/moderator.txt:1: this is not UTF-8" },
	{ "reprot.txt", "{sentence}\\n",
	  "/reprot.txt:1: there is no text of that name" },
};

/* Each one in a folder of the configuration's. */
static void try_words(struct run *r, size_t i, const char *command)
{
	AUTO(mem_free)
	char *line = xasprintf(
		"mkdir $dir/own && printf '%s' >$dir/own/%s &&\n"
		"printf '[collider]\\n\\tstate = %%s/state\\n[mail]\\n"
		"\\treplies = %%s/own\\n' $dir $dir >$dir/conf && %s",
		words[i].text, words[i].file, command);

	run_shell(r, line);
	ck_assert_msg(r->exit_code == 64, RUN_SAID(r));
	run_expect_text(&r->err, words[i].says);
}

START_TEST(words_that_cannot_be_filled_are_told_by_check)
{
	AUTO(run_release) struct run r = { 0 };

	try_words(&r, (size_t)_i, "$collider check $dir/conf");
}
END_TEST

START_TEST(words_that_cannot_be_filled_start_no_daemon)
{
	AUTO(run_release) struct run r = { 0 };

	try_words(&r, (size_t)_i, "$collider run --once --config $dir/conf");
}
END_TEST

TEST_MAIN("wording",
	  TABLE(words_that_cannot_be_filled_are_told_by_check, words),
	  TABLE(words_that_cannot_be_filled_start_no_daemon, words))
