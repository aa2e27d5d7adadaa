/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_corpus.c - real list patches on Debian's 6.12, against what git apply
 * makes of them
 *
 * Truth: expected_apply_lists.tsv, expected_apply_series.tsv and
 * peers_kpatches.tsv of the corpus, measured with `git apply --check`. Where we
 * refuse what git takes, the reason has to be the one we have: another
 * function.
 *
 * COLLIDER_TEST_TREE is a repository of Debian's linux-source-6.12 (import_run
 * makes one); COLLIDER_CORPUS the corpus, else ../shared/corpus.
 */
#include <glob.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/base/span.h"
#include "bot/git/change.h"
#include "bot/git/tree.h"
#include "parsers/mail.h"
#include "tests/support/support.h"

#define TABLE_MAX (1u << 20)
#define COLUMNS 15

static const char *corpus(void)
{
	const char *dir = getenv("COLLIDER_CORPUS");

	return dir ? dir : "../shared/corpus";
}

/* ---- tables ---- */

struct row {
	char *column[COLUMNS];
};

struct rows {
	struct row *v;
	size_t n;
};

static void read_rows(struct rows *out, const char *name)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", corpus(), name);
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;
	struct span rest, line;

	ck_ok(fs_read(&text, path, TABLE_MAX, &err), &err);
	rest = span_of(buf_text(&text), text.len);
	span_line(&rest, &line); /* the heading */
	while (span_line(&rest, &line)) {
		struct row row = { 0 };
		struct span cell;
		size_t n = 0;

		while (n < COLUMNS - 1 && span_until(&line, '\t', &cell))
			row.column[n++] = span_dup(cell);
		row.column[n] = span_dup(line);
		out->v = xreallocarray(out->v, out->n + 1, sizeof(*out->v));
		out->v[out->n++] = row;
	}
}

static void rows_release(struct rows *r)
{
	for (size_t i = 0; i < r->n; i++)
		for (size_t j = 0; j < COLUMNS; j++)
			free(r->v[i].column[j]);
	free(r->v);
}
DEFINE_AUTO_VALUE(struct rows, rows_release)

/* ---- mails and patches ---- */

/* NULL when the mail has no patch that can be read. */
static struct patch *read_patch(const char *path, struct err *err)
{
	AUTO(buf_release) struct buf bytes = { 0 };
	AUTO(mail_free) struct mail *mail = NULL;
	struct patch *patch = NULL;

	if (fs_read(&bytes, path, MAIL_MAX_SIZE, err) < 0 ||
	    mail_parse(&mail, buf_text(&bytes), bytes.len, err) < 0)
		return NULL;
	if (!mail->diff) {
		err_set(err, ERR_INPUT, "no diff");
		return NULL;
	}
	return patch_parse(&patch, mail->diff, mail->diff_len, err) < 0 ? NULL
									: patch;
}

struct score {
	unsigned same, stricter, wrong, skipped;
};

static void print_score(const char *what, const struct score *s)
{
	printf("%s: %u as git apply, %u stricter (another function), %u wrong, "
	       "%u not checked\n",
	       what, s->same, s->stricter, s->wrong, s->skipped);
}

/* @fits: what we say; @expected: what git says; @why: ours. */
static void judge(struct score *s, const char *what, bool fits, bool expected,
		  const char *why)
{
	if (fits == expected) {
		s->same++;
	} else if (!fits && why && strstr(why, "but belongs in")) {
		s->stricter++;
		printf("stricter: %s: %s\n", what, why);
	} else {
		s->wrong++;
		printf("wrong: %s: git %s, we %s: %s\n", what,
		       expected ? "applies" : "refuses",
		       fits ? "apply" : "refuse", why ? why : "");
	}
}

static struct tree *open_tree(char tip[TREE_HEX_LEN + 1])
{
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *scratch = xasprintf("%s/scratch.git", dir);
	struct tree *t = NULL;
	struct err err = ERR_INIT;

	ck_ok(tree_open(&t, "linux-6.12", getenv("COLLIDER_TEST_TREE"), scratch,
			&err),
	      &err);
	ck_ok(tree_resolve(tip, t, "HEAD", &err), &err);
	ck_assert_str_ne(tip, "");
	return t;
}

/* One patch in one direction, strictly. */
static void check_patch(struct score *s, const struct tree *t, const char *tip,
			const struct patch *p, const char *what, bool expected)
{
	AUTO(view_free) struct view *v = NULL;
	AUTO(change_release) struct change c = { 0 };
	struct err err = ERR_INIT;

	ck_ok(view_new(&v, tree_repository(t), tip, &err), &err);
	ck_ok(change_run(&c, v, p, NULL, &err), &err);
	judge(s, what, c.applies, expected, c.why);
}

START_TEST(each_patch_of_the_lists_applies_when_git_apply_says_so)
{
	AUTO(rows_release) struct rows rows = { 0 };
	struct score forward = { 0 }, back = { 0 };
	char tip[TREE_HEX_LEN + 1];
	AUTO(tree_free) struct tree *t = open_tree(tip);

	read_rows(&rows, "expected_apply_lists.tsv");
	for (size_t i = 0; i < rows.n; i++) {
		char *const *c = rows.v[i].column;
		AUTO(mem_free)
		char *path = xasprintf("%s/lists/%s/%s", corpus(), c[0], c[1]);
		AUTO(patch_free) struct patch *p = NULL;
		AUTO(patch_free) struct patch *undo = NULL;
		struct err err = ERR_INIT;

		ck_assert_ptr_nonnull(c[5]);
		if (!fs_exists(path)) {
			forward.skipped++;
			continue;
		}
		p = read_patch(path, &err);
		if (!p) {
			judge(&forward, path, false, *c[5] == '1', err.msg);
			continue;
		}
		undo = patch_reversed(p);
		check_patch(&forward, t, tip, p, path, *c[5] == '1');
		check_patch(&back, t, tip, undo, path, *c[6] == '1');
	}
	print_score("forward", &forward);
	print_score("reverse", &back);
	ck_assert_uint_eq(forward.wrong + back.wrong, 0);
	ck_assert_uint_gt(forward.same, 0);
}
END_TEST

/* A distribution's patch file, as it is. */
static struct patch *read_file(const char *path, struct err *err)
{
	AUTO(buf_release) struct buf bytes = { 0 };
	struct patch *p = NULL;

	if (fs_read(&bytes, path, PATCH_MAX_BYTES, err) < 0)
		return NULL;
	return patch_parse(&p, buf_text(&bytes), bytes.len, err) < 0 ? NULL : p;
}

START_TEST(each_patch_of_the_distributions_applies_when_git_apply_says_so)
{
	AUTO(rows_release) struct rows rows = { 0 };
	struct score forward = { 0 }, back = { 0 };
	char tip[TREE_HEX_LEN + 1];
	AUTO(tree_free) struct tree *t = open_tree(tip);

	read_rows(&rows, "peers_kpatches.tsv");
	for (size_t i = 0; i < rows.n; i++) {
		char *const *c = rows.v[i].column;
		AUTO(mem_free) char *path = xasprintf("%s/%s", corpus(), c[0]);
		AUTO(patch_free) struct patch *p = NULL;
		AUTO(patch_free) struct patch *undo = NULL;
		struct err err = ERR_INIT;

		if (!fs_exists(path)) {
			forward.skipped++;
			continue;
		}
		p = read_file(path, &err);
		if (!p) {
			judge(&forward, path, false, *c[12] == '1', err.msg);
			continue;
		}
		undo = patch_reversed(p);
		check_patch(&forward, t, tip, p, path, *c[12] == '1');
		check_patch(&back, t, tip, undo, path, *c[13] == '1');
	}
	print_score("distributions, forward", &forward);
	print_score("distributions, reverse", &back);
	ck_assert_uint_eq(forward.wrong + back.wrong, 0);
	ck_assert_uint_gt(forward.same, 0);
}
END_TEST

/* ---- series ---- */

/* The mail of that id in the unit's folder, its path; NULL when none is. */
static char *find_mail(const char *unit, struct span id)
{
	AUTO(mem_free)
	char *pattern = xasprintf("%s/lists/%s/*.eml", corpus(), unit);
	char *path = NULL;
	glob_t found;

	if (glob(pattern, 0, NULL, &found) != 0)
		return NULL;
	for (size_t i = 0; i < found.gl_pathc && !path; i++) {
		AUTO(buf_release) struct buf bytes = { 0 };
		AUTO(mail_free) struct mail *mail = NULL;
		struct err err = ERR_INIT;

		ck_ok(fs_read(&bytes, found.gl_pathv[i], MAIL_MAX_SIZE, &err),
		      &err);
		if (mail_parse(&mail, buf_text(&bytes), bytes.len, &err) < 0)
			continue;
		if (span_is(id, mail->message_id))
			path = xstrdup(found.gl_pathv[i]);
	}
	globfree(&found);
	return path;
}

struct series {
	struct patch **v;
	size_t n;
};

static void series_release(struct series *s)
{
	for (size_t i = 0; i < s->n; i++)
		patch_free(s->v[i]);
	free(s->v);
}
DEFINE_AUTO_VALUE(struct series, series_release)

/* False: a part of it is not here, or no patch. */
static bool read_series(struct series *out, const char *unit, const char *ids)
{
	struct span rest = span_cstr(ids);
	struct span id;

	while (span_word(&rest, &id)) {
		AUTO(mem_free) char *path = NULL;
		struct patch *p;
		struct err err = ERR_INIT;

		path = find_mail(unit, (struct span){ id.p + 1, id.end - 1 });
		p = path ? read_patch(path, &err) : NULL;
		if (!p)
			return false;
		out->v = xreallocarray(out->v, out->n + 1, sizeof(*out->v));
		out->v[out->n++] = p;
	}
	return out->n > 0;
}

/* The step, from 1, that fails; 0: none. *why is the caller's. */
static size_t run_series(const struct series *s, const struct tree *t,
			 const char *tip, bool back, char **why)
{
	AUTO(view_free) struct view *v = NULL;
	struct err err = ERR_INIT;

	ck_ok(view_new(&v, tree_repository(t), tip, &err), &err);
	for (size_t i = 0; i < s->n; i++) {
		AUTO(change_release) struct change c = { 0 };
		AUTO(patch_free)
		struct patch *undo = patch_reversed(s->v[s->n - 1 - i]);

		ck_ok(change_run(&c, v, back ? undo : s->v[i], NULL, &err),
		      &err);
		if (!c.applies) {
			*why = TAKE(c.why);
			return i + 1;
		}
	}
	return 0;
}

/* @expected: "ok", or "x3": the third one tried fails. */
static void check_series(struct score *score, const struct series *s,
			 const struct tree *t, const char *tip, bool back,
			 const char *unit, const char *expected)
{
	AUTO(mem_free) char *why = NULL;
	AUTO(mem_free) char *ours = NULL;
	size_t failed = run_series(s, t, tip, back, &why);

	ours = failed ? xasprintf("x%zu", failed) : xstrdup("ok");
	if (strcmp(ours, expected) == 0) {
		score->same++;
	} else if (failed && strstr(why, "but belongs in")) {
		score->stricter++;
		printf("stricter: %s: %s\n", unit, why);
	} else {
		score->wrong++;
		printf("wrong: %s: git %s, we %s: %s\n", unit, expected, ours,
		       why ? why : "");
	}
}

START_TEST(each_series_goes_as_far_as_git_apply_takes_it)
{
	AUTO(rows_release) struct rows rows = { 0 };
	struct score forward = { 0 }, back = { 0 };
	char tip[TREE_HEX_LEN + 1];
	AUTO(tree_free) struct tree *t = open_tree(tip);

	read_rows(&rows, "expected_apply_series.tsv");
	for (size_t i = 0; i < rows.n; i++) {
		char *const *c = rows.v[i].column;
		AUTO(series_release) struct series s = { 0 };

		ck_assert_ptr_nonnull(c[12]); /* the row is whole */
		if (!read_series(&s, c[0], c[12])) {
			forward.skipped++;
			continue;
		}
		check_series(&forward, &s, t, tip, false, c[0], c[6]);
		check_series(&back, &s, t, tip, true, c[0], c[7]);
	}
	print_score("series, forward", &forward);
	print_score("series, reverse", &back);
	ck_assert_uint_eq(forward.wrong + back.wrong, 0);
	ck_assert_uint_gt(forward.same, 0);
}
END_TEST

int main(void)
{
	const struct test_case cases[] = {
		TEST(each_patch_of_the_lists_applies_when_git_apply_says_so),
		TEST(each_patch_of_the_distributions_applies_when_git_apply_says_so),
		TEST(each_series_goes_as_far_as_git_apply_takes_it),
	};

	if (!getenv("COLLIDER_TEST_TREE") || !fs_is_dir(corpus())) {
		printf("SKIP: git/corpus: no COLLIDER_TEST_TREE or no "
		       "corpus\n");
		return 77;
	}
	return support_run("corpus", cases, ARRAY_LEN(cases));
}
