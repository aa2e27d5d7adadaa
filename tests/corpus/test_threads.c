/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_threads.c - real threads against what b4 and patchwork assemble from
 * them (peers_threads.tsv of the corpus)
 *
 * A cell lists revisions as "v2:3/4+c": version, found, announced, cover. The
 * newest one is compared, and then all of them; where all peers agree so must
 * we, unless the reason why not stands in the table here.
 */
#include "bot/base/span.h"
#include "bot/stages/assemble.h"
#include "tests/support/corpus.h"

static const struct {
	const char *unit;
	const char *ours;
	const char *why;
} other[] = {
	{ "20200713-rfc-iomap-write-invalidation", "v1:2/2+c",
	  "the cover has no [PATCH 0/2] tag" },
	{ "20200721-iomap-write-invalidation-v2", "v2:3/3+c",
	  "the version stands on a cover without tag" },
	{ "20250625-nosubject", "v1:7/7+c", "the cover has an empty subject" },
	{ "20251128-logprint-cleanups-part1", "v1:25/25+c",
	  "the cover has no [PATCH 0/25] tag" },
	{ "20240902-nosubject", "v4:0/2+c",
	  "the cover's subject stands in its text" },
	{ "patchew/0013-foo-patch", "v1:1/1", "a mail that is no mailbox" },
	{ "patchew/0014-bar-patch", "v1:1/1", "a mail that is no mailbox" },
	{ "patchew/0021-mode-only-patch", "v1:1/1",
	  "a mail that is no mailbox" },
	{ "patchew/0038-octet-stream", "v1:1/15",
	  "the text is declared to be application/octet-stream" },
};

/* "v2:3/4+c" of the newest revision, or "-". */
static char *read_ours(const char *unit)
{
	AUTO(corpus_mails_release) struct corpus_mails mails = { 0 };
	AUTO(revision_free) struct revision *r = NULL;
	struct err err = ERR_INIT;
	unsigned announced = 0;

	corpus_mails_read(&mails, unit);
	if (assemble_run(&r, mails.v, mails.n, &err) < 0) {
		ck_assert_int_eq(err.kind, ERR_INPUT);
		return xstrdup("-");
	}
	/* a patch that was added is beyond what its subject announces */
	for (unsigned k = r->total; k > 0 && announced == 0; k--) {
		if (r->patches[k - 1])
			announced = r->patches[k - 1]->subject->total;
	}
	return xasprintf("v%u:%zu/%u%s", r->version, r->total - r->missing.n,
			 announced ? announced : r->total,
			 r->cover ? "+c" : "");
}

/*
 * What the subject of its last patch announces: one that was added is beyond.
 */
static unsigned announced_by(const struct corpus_mails *mails,
			     const struct sent *s)
{
	const char *id =
		s->n_patches ? s->patches[s->n_patches - 1].message_id : NULL;

	for (size_t i = 0; id && i < mails->n; i++) {
		if (mails->v[i] && mails->v[i]->subject->has_position &&
		    strcmp(mails->v[i]->message_id, id) == 0)
			return mails->v[i]->subject->total;
	}
	return s->total;
}

static int compare_words(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The words of a cell in an order of their own, for the caller to free. */
static char *sort_words(const char *cell)
{
	AUTO(strings_release) struct strings words = { 0 };
	struct buf out = { 0 };

	strings_split(&words, cell);
	if (words.n > 0)
		qsort(words.v, words.n, sizeof(*words.v), compare_words);
	buf_init(&out, 1 << 16);
	for (size_t i = 0; i < words.n; i++)
		buf_addf(&out, "%s%s", i ? " " : "", words.v[i]);
	return buf_take(&out);
}

/* "v1:3/4+c v2:4/4+c", all revisions that have patches, sorted; or "-". */
static char *read_all_ours(const char *unit)
{
	AUTO(corpus_mails_release) struct corpus_mails mails = { 0 };
	AUTO(assembled_release) struct assembled all = { 0 };
	AUTO(buf_release) struct buf cell = { 0 };

	corpus_mails_read(&mails, unit);
	assemble_all(&all, mails.v, mails.n);
	buf_init(&cell, 1 << 16);
	for (size_t i = 0; i < all.sent.n; i++) {
		const struct sent *s = all.sent.v[i];

		if (s->total > 0)
			buf_addf(&cell, "v%u:%zu/%u%s ", s->version,
				 s->n_patches, announced_by(&mails, s),
				 s->cover ? "+c" : "");
	}
	if (cell.len == 0)
		buf_adds(&cell, "-");
	return sort_words(buf_text(&cell));
}

static uint64_t version_of(struct span revision)
{
	uint64_t version = 0;

	(void)span_eat(&revision, "v");
	(void)span_uint(&revision, UINT32_MAX, &version);
	return version;
}

/* The revision of the highest version; the first of several. */
static char *find_newest(const char *cell)
{
	struct span rest = span_cstr(cell);
	struct span newest = rest;
	struct span word;
	bool found = false;

	while (span_word(&rest, &word)) {
		if (!found || version_of(word) > version_of(newest))
			newest = word;
		found = true;
	}
	return span_dup(newest);
}

static bool is_newest(const struct corpus_table *t, size_t row,
		      const char *peer, const char *ours)
{
	AUTO(mem_free) char *theirs = find_newest(corpus_cell(t, row, peer));

	return strcmp(ours, theirs) == 0;
}

static bool has_reason(const char *unit, const char *ours)
{
	for (size_t i = 0; i < ARRAY_LEN(other); i++) {
		if (strstr(unit, other[i].unit) &&
		    strcmp(ours, other[i].ours) == 0)
			return true;
	}
	return false;
}

static bool do_peers_agree(const struct corpus_table *t, size_t row)
{
	const char *b4 = corpus_cell(t, row, "b4_0.14");

	return strcmp(b4, corpus_cell(t, row, "b4_0.12")) == 0 &&
	       strcmp(b4, corpus_cell(t, row, "patchwork_3.1.3")) == 0;
}

struct counts {
	unsigned agreed, explained, differed, with_one, with_none;
};

static bool is_all(const struct corpus_table *t, size_t row, const char *peer,
		   const char *ours)
{
	AUTO(mem_free) char *theirs = sort_words(corpus_cell(t, row, peer));

	return strcmp(ours, theirs) == 0;
}

/* How much of a thread is compared. */
struct depth {
	const char *name;
	char *(*read_ours)(const char *unit);
	bool (*is_same)(const struct corpus_table *t, size_t row,
			const char *peer, const char *ours);
};

static void compare(struct counts *c, const struct depth *of,
		    const struct corpus_table *t, size_t row)
{
	const char *unit = corpus_cell(t, row, "unit");
	AUTO(mem_free) char *ours = of->read_ours(unit);
	bool with_b4 = of->is_same(t, row, "b4_0.14", ours);

	if (!do_peers_agree(t, row)) {
		bool with_any = with_b4 ||
				of->is_same(t, row, "b4_0.12", ours) ||
				of->is_same(t, row, "patchwork_3.1.3", ours);

		c->with_one += with_any;
		c->with_none += !with_any;
	} else if (with_b4) {
		c->agreed++;
	} else if (has_reason(unit, ours)) {
		c->explained++;
	} else {
		c->differed++;
		printf("%s: %s, not %s\n", unit, ours,
		       corpus_cell(t, row, "b4_0.14"));
	}
}

static const struct depth depths[] = {
	{ "the newest revision", read_ours, is_newest },
	{ "all revisions", read_all_ours, is_all },
};

START_TEST(threads_become_the_revisions_that_the_peers_agree_on)
{
	AUTO(corpus_table_release) struct corpus_table t = { 0 };
	struct counts c = { 0 };

	corpus_table_read(&t, "peers_threads.tsv");
	for (size_t row = 1; row < t.n; row++)
		compare(&c, &depths[_i], &t, row);
	printf("%zu threads, %s: where the peers agree, %u agree, %u differ "
	       "for a reason, %u differ; where they differ, %u as one of them, "
	       "%u as none\n",
	       t.n - 1, depths[_i].name, c.agreed, c.explained, c.differed,
	       c.with_one, c.with_none);
	ck_assert_uint_gt(c.agreed, 0);
	ck_assert_uint_eq(c.differed, 0);
}
END_TEST

CORPUS_MAIN("corpus threads",
	    TABLE(threads_become_the_revisions_that_the_peers_agree_on, depths))
