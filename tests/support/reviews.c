/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/reviews.h"

#include <limits.h>

#include "bot/base/fs.h"
#include "bot/stages/mailbox.h"
#include "bot/stages/assemble.h"
#include "rules/judge.h"
#include "rules/question.h"
#include "rules/quote.h"
#include "tests/support/facts.h"
#include "tests/support/support.h"

#define MAX_STEPS 8
#define COMMIT "3b1f2d4c5a6978877665544332211000ffeeddcc"

/* The kernels of a series: what one pair showed after each patch. */
struct kernels {
	struct judge_step steps[MAX_STEPS];
	struct outcomes outcomes[MAX_STEPS];
	size_t n;
};

/* Something that a kernel shows, and where. */
struct shown {
	const char *pairs; /* "xfs C01 xfs C09" */
	const char *fields;
};

static bool is_named(const char *pairs, const struct facts *f)
{
	AUTO(strings_release) struct strings words = { 0 };

	strings_split(&words, pairs);
	for (size_t w = 0; w + 1 < words.n; w += 2)
		if (strcmp(f->filesystem, words.v[w]) == 0 &&
		    strcmp(f->scenario, words.v[w + 1]) == 0)
			return true;
	return false;
}

/* As the base, but for what is @shown. */
static struct outcomes *add_shown(struct kernels *k, unsigned patch,
				  const struct shown *shown, size_t n)
{
	struct outcomes *out = &k->outcomes[k->n];

	for (size_t i = 0; i < FACTS_CLEAN; i++) {
		const char *instead = NULL;

		for (size_t s = 0; s < n; s++)
			if (is_named(shown[s].pairs, &facts_clean[i]))
				instead = shown[s].fields;
		facts_add_but(out, &facts_clean[i], instead, 3);
	}
	k->steps[k->n++] = (struct judge_step){ .patch = patch,
						.end = END_FINISHED,
						.outcomes = out };
	return out;
}

/* As the base, but for @fields of @pairs. */
static void add_kernel(struct kernels *k, unsigned patch, const char *pairs,
		       const char *fields)
{
	add_shown(k, patch, &(struct shown){ pairs, fields }, 1);
}

static void judge(struct review *r, struct kernels *k)
{
	AUTO(contracts_release) struct contracts contracts = { 0 };
	AUTO(suites_release) struct suites plan = { 0 };

	support_cross(&plan, "xfs,ext4,btrfs", "C01,C02w,C03u,C06a,C08,C09");
	facts_read_contracts(&contracts);
	judge_run(r,
		  &(struct judge_evidence){
			  .plan = &plan, .steps = k->steps, .n_steps = k->n },
		  &contracts);
	quote_run(r);
	for (size_t i = 0; i < k->n; i++)
		outcomes_release(&k->outcomes[i]);
}

static void found_base(struct review *r)
{
	struct review_attempt *a = review_add_attempt(r);

	a->tree = xstrdup("debian-6.12");
	a->commit = xstrdup(COMMIT);
	a->how = xstrdup("blobs");
	a->blobs_matched = a->blobs_total = 1;
	a->applies = true;
	r->base.tree = xstrdup(a->tree);
	r->base.commit = xstrdup(a->commit);
	r->base.how = xstrdup(a->how);
	r->base.parent = xstrdup(a->commit);
}

static void built(struct review *r)
{
	found_base(r);
	for (size_t i = 0; i < r->n_patches; i++) {
		struct review_patch *p = &r->patches[i];

		p->build = REVIEW_BUILD_OK;
		p->build_ms = 4200;
		p->how = xstrdup("strict");
		p->commit = xstrdup(COMMIT);
	}
	r->environment = (struct review_environment){
		.kernel = xstrdup("6.12.117"),
		.arch = xstrdup("um"),
		.compiler = xstrdup("gcc 12.2.0"),
		.config = xstrdup("5a1e0c99"),
		.guest = xstrdup("User-Mode Linux, time-travel=inf-cpu"),
	};
	review_add_scenario(r, "C01",
			    "a mapped store dirties a page while a direct "
			    "write over it waits for the writeback of another");
	review_add_scenario(r, "C08",
			    "a direct write over a dirty page whose writeback "
			    "fails");
	review_add_scenario(r, "C09",
			    "C01 by a direct write with RWF_DSYNC, which must "
			    "be on the medium when it returns even if it fell "
			    "back");
	review_add_timing(r, "apply", 120);
	review_add_timing(r, "build", 12600);
	review_add_timing(r, "guest", 2900);
}

#define SEED                                                           \
	"dio.returned=0 medium=P1A15 resident=16/2/0 cache=P1A4M1A10 " \
	"disk=P1A4M1A10"
#define SEED_PAIRS "xfs C01 xfs C08 xfs C09"

static void seed_from(struct review *r, unsigned culprit, unsigned mender)
{
	struct kernels k = { 0 };

	built(r);
	add_kernel(&k, 0, "", NULL);
	for (unsigned i = 1; i <= r->n_patches; i++) {
		bool is_broken = i >= culprit && (!mender || i < mender);

		add_kernel(&k, i, is_broken ? SEED_PAIRS : "", SEED);
	}
	judge(r, &k);
}

static void fill_sample(struct review *r)
{
	seed_from(r, 2, 0);
}

static void fill_seed(struct review *r)
{
	seed_from(r, 1, 0);
}

static void fill_repaired(struct review *r)
{
	seed_from(r, 1, 3);
}

/* The culprit is between patch 1 and 4. */
static void fill_range(struct review *r)
{
	struct kernels k = { 0 };

	built(r);
	add_kernel(&k, 0, "", NULL);
	add_kernel(&k, 1, "", NULL);
	add_kernel(&k, 4, SEED_PAIRS, SEED);
	judge(r, &k);
}

static void fill_same(struct review *r)
{
	seed_from(r, UINT_MAX, 0);
}

static void fill_changed(struct review *r)
{
	struct kernels k = { 0 };

	built(r);
	add_kernel(&k, 0, "", NULL);
	add_kernel(&k, 1, "xfs C08 ext4 C08",
		   "dio.returned=-EIO cache=A16 disk=A16");
	judge(r, &k);
}

static void fill_fixed(struct review *r)
{
	struct kernels k = { 0 };

	built(r);
	add_kernel(&k, 0, "ext4 C03u", "cache=z16");
	add_kernel(&k, 1, "", NULL);
	judge(r, &k);
}

static void fill_panic(struct review *r)
{
	struct kernels k = { 0 };

	built(r);
	add_kernel(&k, 0, "", NULL);
	add_kernel(&k, 1, "", NULL);
	while (k.outcomes[1].n > 7)
		outcome_release(&k.outcomes[1].v[--k.outcomes[1].n]);
	k.steps[1].end = END_PANICKED;
	k.steps[1].says = "Kernel panic - not syncing: iomap: no page to drop";
	judge(r, &k);
}

/* A guest that hung, and had shown much before. */
static void fill_several(struct review *r)
{
	static const struct shown shown[] = {
		{ SEED_PAIRS, SEED },
		{ "ext4 C01 ext4 C09", "trace.invalidate_fail=0" },
		{ "xfs C02w ext4 C02w", "fsync.direct=0" },
		{ "ext4 C08", "dio.returned=-EIO cache=A16 disk=A16" },
		{ "btrfs C01", "store.returned=hung" },
	};
	struct kernels k = { 0 };
	struct outcomes *o;

	built(r);
	add_kernel(&k, 0, "", NULL);
	o = add_shown(&k, 1, shown, ARRAY_LEN(shown));
	while (o->n > 3 * 12 + 1) /* btrfs C01 was run once */
		outcome_release(&o->v[--o->n]);
	k.steps[1].end = END_HUNG;
	k.steps[1].says = "in btrfs C01.1: timed out after 180 s";
	judge(r, &k);
}

static void fill_unprovoked(struct review *r)
{
	static const struct facts missed = {
		"xfs", "C01",
		"!dio was not held in folio_wait_writeback, it was done",
		"dio.asked=65536 dio.returned=65536"
	};
	struct kernels k = { 0 };

	built(r);
	add_kernel(&k, 0, "", NULL);
	add_kernel(&k, 1, "", NULL);
	for (size_t i = 0; i < 3; i++) /* xfs C01 comes first */
		outcome_release(&k.outcomes[1].v[i]);
	memmove(k.outcomes[1].v, k.outcomes[1].v + 3,
		(k.outcomes[1].n - 3) * sizeof(*k.outcomes[1].v));
	k.outcomes[1].n -= 3;
	facts_add(&k.outcomes[1], &missed, 3);
	judge(r, &k);
}

static void add_diagnostic(struct review_diagnostics *list, unsigned line,
			   const char *text)
{
	struct review_diagnostic *d = review_add_diagnostic(list);

	d->file = xstrdup("fs/iomap/direct-io.c");
	d->line = line;
	d->column = 33;
	d->text = xstrdup(text);
}

static void fill_broken(struct review *r)
{
	struct kernels k = { 0 };

	built(r);
	r->patches[0].build = REVIEW_BUILD_BROKEN;
	add_diagnostic(&r->patches[0].errors, 675,
		       "'struct iomap_dio' has no member named "
		       "'nr_invalidate_failures'");
	judge(r, &k);
}

static void fill_warning(struct review *r)
{
	struct kernels k = { 0 };

	built(r);
	add_diagnostic(&r->patches[0].new_warnings, 560,
		       "'iomap_dio_invalidate_again' defined but not used "
		       "[-Wunused-function]");
	add_kernel(&k, 0, "", NULL);
	add_kernel(&k, 1, "", NULL);
	judge(r, &k);
}

static void fill_conflict(struct review *r)
{
	struct review_attempt *a = review_add_attempt(r);

	a->tree = xstrdup("debian-6.12");
	a->commit = xstrdup(COMMIT);
	a->how = xstrdup("tip");
	a->blobs_matched = 1;
	a->blobs_total = 2;
	a->why = xstrdup("hunk 1 of fs/iomap/direct-io.c does not apply at "
			 "line 674");
	r->conflict = (struct review_conflict){ .patch = 2,
						.file = xstrdup(
							"fs/iomap/direct-io.c"),
						.hunk = 1,
						.why = xstrdup(a->why) };
	quote_run(r);
	review_end(r, VERDICT_DOES_NOT_APPLY, a->why,
		   "a base-commit: line in the series, or --base COMMIT");
}

static void fill_incomplete(struct review *r)
{
	ck_assert_int_eq(r->verdict, VERDICT_COULD_NOT_TELL);
}

/* Whatever a stranger may put into a word that is shown. */
static void fill_hostile(struct review *r)
{
	struct review_patch *p = &r->patches[1];

	free(p->subject);
	p->subject = xstrdup("x\r\nBcc: all@example.org\r\n\r\n\033[2Jbody "
			     "\xe2\x80\xae gpj \xff\xfe");
	fill_sample(r);
	free(r->findings[0].says);
	r->findings[0].says =
		xstrdup("the kernel warns: \033]0;x\007 \nFrom: y\n.\n");
}

static void ask(struct review *r)
{
	AUTO(questions_release) struct questions list = { 0 };
	struct question q = {
		.rule = xstrdup("semantic/inval-enotblk"),
		.says = xstrdup("a failed invalidation no longer ends as "
				"-ENOTBLK in __iomap_dio_rw()"),
		.promise = xstrdup("a page cache that cannot be invalidated "
				   "makes a direct write -ENOTBLK"),
		.file = xstrdup("fs/iomap/direct-io.c"),
		.last = UINT32_MAX,
	};

	strings_push(&q.sources, "fs/iomap/direct-io.c:__iomap_dio_rw");
	questions_take(&list, &q);
	questions_add(r, 1, &list);
}

/* Beneath what was found of the same hunk. */
static void fill_question(struct review *r)
{
	ask(r);
	fill_seed(r);
	questions_settle(r);
}

/* Beneath what is allowed, and may be meant. */
static void fill_question_of_change(struct review *r)
{
	ask(r);
	fill_changed(r);
	questions_settle(r);
}

static void fill_only_question(struct review *r)
{
	ask(r);
	fill_same(r);
	questions_settle(r);
}

const struct review_case reviews[REVIEWS] = {
	{ "sample", "sample", fill_sample },
	{ "seed", "seed", fill_seed },
	{ "repaired", "repaired", fill_repaired },
	{ "range", "third-of-four", fill_range },
	{ "same", "harmless", fill_same },
	{ "changed", "seed", fill_changed },
	{ "fixed", "seed", fill_fixed },
	{ "panic", "panic", fill_panic },
	{ "several", "seed", fill_several },
	{ "unprovoked", "seed", fill_unprovoked },
	{ "does-not-compile", "does-not-compile", fill_broken },
	{ "warning", "warning", fill_warning },
	{ "does-not-apply", "does-not-apply", fill_conflict },
	{ "incomplete", "incomplete", fill_incomplete },
	{ "hostile", "sample", fill_hostile },
	{ "question", "seed", fill_question },
	{ "question-of-change", "seed", fill_question_of_change },
	{ "question-alone", "harmless", fill_only_question },
};

static void add_hunks(struct review *r, const struct revision *revision)
{
	for (unsigned i = 0; i < revision->total; i++) {
		const struct mail *mail = revision->patches[i];
		AUTO(patch_free) struct patch *diff = NULL;
		struct err err = ERR_INIT;

		if (!mail)
			continue;
		ck_ok(patch_parse(&diff, mail->diff, mail->diff_len, &err),
		      &err);
		quote_add_hunks(r, i + 1, diff);
	}
}

void reviews_read(struct review *out, const char *path)
{
	AUTO(mailbox_release) struct mailbox box = { 0 };
	AUTO(revision_free) struct revision *revision = NULL;
	struct err err = ERR_INIT;

	memset(out, 0, sizeof(*out));
	ck_ok(mailbox_read(&box, path, &err), &err);
	ck_ok(assemble_run(&revision, box.v, box.n, &err), &err);
	review_begin(out, revision);
	add_hunks(out, revision);
}

void reviews_make(struct review *out, const struct review_case *c)
{
	AUTO(mem_free)
	char *path = xasprintf("tests/fixtures/series/%s.mbox", c->series);

	reviews_read(out, path);
	c->fill(out);
}

void reviews_expect(const char *dir, const char *name, const char *text,
		    size_t len)
{
	AUTO(mem_free)
	char *path = xasprintf("tests/fixtures/%s/%s", dir, name);
	AUTO(buf_release) struct buf want = { 0 };
	struct err err = ERR_INIT;

	if (support_is_writing()) {
		ck_ok(fs_write(path, text, len, &err), &err);
		return;
	}
	ck_ok(fs_read(&want, path, 4u << 20, &err), &err);
	ck_assert_msg(strcmp(buf_text(&want), text) == 0,
		      "%s: got\n%s\nwant\n%s", path, text, buf_text(&want));
}
