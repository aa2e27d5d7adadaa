/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_apply.c - how long a series takes, from mbox to commits
 *
 *	bench_apply REPOSITORY BASE MBOX FOLDER RUNS
 *
 * prints milliseconds, a line a run; each run opens the tree anew and begins
 * with an empty scratch repository in FOLDER. Used by tests/bench/apply.
 */
#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/git/apply.h"
#include "bot/stages/mailbox.h"

struct series {
	struct mailbox box;
	struct patch **diffs;
	struct apply_patch *patches;
	size_t n;
};

static void series_release(struct series *s)
{
	for (size_t i = 0; i < s->n; i++)
		patch_free(s->diffs[i]);
	free(s->diffs);
	free(s->patches);
	mailbox_release(&s->box);
}
DEFINE_AUTO_VALUE(struct series, series_release)

static int read_series(struct series *s, const char *mbox, struct err *err)
{
	if (mailbox_read(&s->box, mbox, err) < 0)
		return -1;
	s->diffs = xcalloc(s->box.n, sizeof(*s->diffs));
	s->patches = xcalloc(s->box.n, sizeof(*s->patches));
	for (size_t i = 0; i < s->box.n; i++) {
		const struct mail *m = s->box.v[i];

		if (!m->diff)
			continue;
		if (patch_parse(&s->diffs[s->n], m->diff, m->diff_len, err) < 0)
			return -1;
		s->patches[s->n] = (struct apply_patch){
			.diff = s->diffs[s->n],
			.author_name = m->author.name,
			.author_email = m->author.addr,
			.author_time = m->author_time,
			.author_tz = m->author_tz_min,
			.message = m->log,
		};
		s->n++;
	}
	return 0;
}

static int apply_series(const char *repo, const char *base, const char *mbox,
			const char *scratch, struct err *err)
{
	AUTO(series_release) struct series s = { 0 };
	AUTO(tree_free) struct tree *t = NULL;
	AUTO(apply_result_release) struct apply_result r = { 0 };
	char commit[TREE_HEX_LEN + 1];

	if (read_series(&s, mbox, err) < 0 ||
	    tree_open(&t, "bench", repo, scratch, err) < 0 ||
	    tree_resolve(commit, t, base, err) < 0 ||
	    apply_run(&r, t, commit, s.patches, s.n, err) < 0)
		return -1;
	if (r.outcome != APPLY_OK)
		return err_set(err, ERR_INPUT, "does not apply: %s",
			       r.why ? r.why : "merged already");
	return 0;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int runs;

	if (argc != 6)
		return 64;
	runs = (int)strtol(argv[5], NULL, 10);
	for (int i = 0; i < runs; i++) {
		AUTO(mem_free)
		char *scratch = xasprintf("%s/scratch-%d.git", argv[4], i);
		int64_t start = clock_ms();

		if (apply_series(argv[1], argv[2], argv[3], scratch, &err) <
		    0) {
			fprintf(stderr, "bench_apply: %s\n", err.msg);
			return 1;
		}
		printf("%lld\n", (long long)(clock_ms() - start));
	}
	return 0;
}
