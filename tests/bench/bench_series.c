/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_series MIRROR TIP DIR [MISSES] - how many series of an archive are
 *	whole
 * bench_series sample DIR N - N threads of what that left in DIR, as mailboxes
 * bench_series one MBOX - the newest series in a mailbox
 *
 * Every mail of the mirror is put into a store and an archive below DIR, as
 * follow would, everything in scope; then the stage "assemble" runs, through
 * its box. Beside it stands a count that knows nothing of threads and covers:
 * patches of one sender, total and version, each sent within 20 minutes of the
 * one before, are a series when all its numbers are there. Of the kernel's of
 * these, one is complete when a whole revision has all of its patches.
 *
 * Out: groups complete, mails, milliseconds to take in, to assemble; the first
 * MISSES of the groups that are not complete go to stderr.
 */
#include <inttypes.h>
#include <strings.h>
#include <sys/stat.h>

#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/base/span.h"
#include "bot/git/walk.h"
#include "bot/stages/mailbox.h"
#include "bot/mail/maildir.h"
#include "bot/run/boxed.h"
#include "bot/stages/sent.h"
#include "bot/stages/series.h"
#include "bot/stages/sort.h"
#include "bot/store/mails.h"
#include "bot/store/revisions.h"
#include "bot/store/threads.h"
#include "parsers/mail.h"
#include "parsers/project.h"

#define BATCH 500
#define SAME_SENDING_S (20 * 60)
#define SEEN_AT INT64_C(2000000000) /* by our clock, every mail */

/* A numbered patch, for the other count. */
struct patch {
	char *sender;
	char *id;
	char *subject;
	unsigned total, version, index;
	bool is_resend, is_kernel;
	int64_t date;
};

struct bench {
	struct store *store;
	char *archive;
	struct patch *patches;
	size_t n_patches;
	size_t n_mails;
	struct strings ids; /* of the batch: to be written and indexed */
};

static int fail(const struct err *err)
{
	fprintf(stderr, "bench_series: %s\n", err->msg);
	return 1;
}

/* ---- take in ---- */

static void add_patch(struct bench *b, const struct mail *m)
{
	const struct subject *s = m->subject;
	struct patch *p;

	if (!mail_is_patch(m) || !s->has_position || s->total < 2 ||
	    s->is_stable || s->is_pull)
		return;
	b->patches = xreallocarray(b->patches, b->n_patches + 1,
				   sizeof(*b->patches));
	p = &b->patches[b->n_patches++];
	*p = (struct patch){
		.sender = xstrdup(m->from.addr),
		.id = xstrdup(m->message_id),
		.subject = xstrdup(m->subject_raw),
		.total = s->total,
		.version = s->version * 1000 + s->version_minor,
		.index = s->index,
		.is_resend = s->is_resend,
		.is_kernel = project_is_kernel(
			project_of_patch(s, m->diff, m->diff_len)),
		.date = m->date,
	};
}

static unsigned flags_of(const struct mail *m)
{
	const struct subject *s = m->subject;
	bool is_cover = s->has_position && s->index == 0;

	return (mail_is_patch(m) ? MAILS_IS_PATCH : 0u) |
	       (s->is_reply ? MAILS_IS_REPLY : 0u) |
	       (is_cover ? MAILS_IS_COVER : 0u) |
	       (s->has_position ? MAILS_HAS_POSITION : 0u) |
	       (s->has_version ? MAILS_HAS_VERSION : 0u) |
	       (m->diff ? MAILS_HAS_DIFF : 0u) | MAILS_TOUCHES;
}

/* The first reference and the last, as a row has them. */
static void cut_references(struct strings *out, const struct mail *m)
{
	size_t n = m->references.n;

	for (size_t i = 0; i < n; i++) {
		if (i == 0 || n - i < MAILS_MAX_REFERENCES - 1)
			strings_push(out, m->references.v[i]);
	}
	if (*m->in_reply_to)
		strings_push(out, m->in_reply_to);
}

static int put_mail(const struct store_txn *txn, const struct walk_mail *w,
		    const struct mail *m, struct err *err)
{
	AUTO(strings_release) struct strings references = { 0 };
	struct mails_put put;
	bool moved;

	cut_references(&references, m);
	if (mails_put(&put, txn,
		      &(struct mails_head){
			      .message_id = m->message_id,
			      .references = &references,
			      .list = "list",
			      .blob = w->blob,
			      .date = m->date,
			      .arrived = SEEN_AT,
			      .sender = m->from.addr,
			      .title = m->title,
			      .version = m->subject->version,
			      .index = m->subject->index,
			      .total = m->subject->total,
			      .flags = flags_of(m),
		      },
		      err) < 0 ||
	    threads_keep(txn, put.thread, err) < 0)
		return -1;
	if (put.outcome != MAILS_NEW)
		return 0;
	if (mails_move(&moved, txn, put.id, MAILS_WANTED, MAILS_WRITTEN, err) <
		    0 ||
	    mails_move(&moved, txn, put.id, MAILS_WRITTEN, MAILS_INDEXED, err) <
		    0)
		return -1;
	return 0;
}

static int take_mail(struct bench *b, const struct store_txn *txn,
		     struct maildir *box, const struct walk_mail *w,
		     struct err *err)
{
	AUTO(mail_free) struct mail *m = NULL;
	struct err why = ERR_INIT;

	if (w->what != WALK_MAIL ||
	    mail_parse(&m, w->bytes, w->len, &why) < 0 ||
	    *m->message_id == '\0' || strlen(m->message_id) > MAILS_MAX_ID)
		return 0;
	add_patch(b, m);
	b->n_mails++;
	if (put_mail(txn, w, m, err) < 0)
		return -1;
	return maildir_write(box, m->message_id, false, w->bytes, w->len, err);
}

/* *more is false after the last. */
static int take_batch(struct bench *b, struct walk *walk, bool *more,
		      struct err *err)
{
	AUTO(maildir_release) struct maildir box = { 0 };
	AUTO(store_end) struct store_txn txn = { 0 };
	struct walk_mail w;

	*more = true;
	if (maildir_begin(&box, b->archive, err) < 0 ||
	    store_begin(&txn, b->store, err) < 0)
		return -1;
	for (int i = 0; i < BATCH && *more; i++) {
		*more = walk_next(walk, &w);
		if (*more && take_mail(b, &txn, &box, &w, err) < 0)
			return -1;
	}
	if (maildir_end(&box, err) < 0)
		return -1;
	return store_commit(&txn, err);
}

static int take_all(struct bench *b, const char *mirror, const char *tip,
		    struct err *err)
{
	AUTO(walk_free) struct walk *walk = NULL;
	bool more = true;

	if (walk_open(&walk, mirror, err) < 0 ||
	    walk_start(walk, "", tip, err) < 0)
		return -1;
	while (more) {
		if (take_batch(b, walk, &more, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- what was assembled ---- */

/* A patch in a whole revision; a patch may be in several. */
struct member {
	char *id;
	int64_t revision;
};

struct members {
	struct member *v;
	size_t n;
};

static int compare_members(const void *left, const void *right)
{
	const struct member *a = left;
	const struct member *b = right;
	int order = strcmp(a->id, b->id);

	if (order == 0)
		order = a->revision < b->revision ? -1
						  : a->revision > b->revision;
	return order;
}

static int add_members(struct members *out, struct store *st, int64_t revision,
		       struct err *err)
{
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	AUTO(sent_free) struct sent *s = NULL;
	bool found;

	if (revisions_find(&found, &row, st, revision, err) < 0 ||
	    sent_parse(&s, row.facts, err) < 0)
		return -1;
	if (!sent_is_whole(s))
		return 0;
	out->v = xreallocarray(out->v, out->n + s->n_patches + 1,
			       sizeof(*out->v));
	for (size_t i = 0; i < s->n_patches; i++)
		out->v[out->n++] =
			(struct member){ xstrdup(s->patches[i].message_id),
					 revision };
	return 0;
}

static int read_members(struct members *out, struct store *st, struct err *err)
{
	AUTO(revisions_list_release) struct revisions_list all = { 0 };
	const struct revisions_which which = { 0 };

	if (revisions_all(&all, st, &which, SIZE_MAX >> 1, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++) {
		if (add_members(out, st, all.v[i].id, err) < 0)
			return -1;
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), compare_members);
	printf("revisions %zu\n", all.n);
	return 0;
}

static bool is_member(const struct members *m, const char *id, int64_t revision)
{
	struct member key = { (char *)id, revision };

	return m->n &&
	       bsearch(&key, m->v, m->n, sizeof(*m->v), compare_members);
}

/* ---- the other count ---- */

static int compare_patches(const void *left, const void *right)
{
	const struct patch *a = left;
	const struct patch *b = right;
	int order = strcasecmp(a->sender, b->sender);

	if (order == 0)
		order = a->total < b->total ? -1 : a->total > b->total;
	if (order == 0)
		order = a->version < b->version ? -1 : a->version > b->version;
	if (order == 0)
		order = a->is_resend - b->is_resend;
	if (order == 0)
		order = a->date < b->date ? -1 : a->date > b->date;
	return order;
}

static bool is_together(const struct patch *a, const struct patch *b)
{
	return strcasecmp(a->sender, b->sender) == 0 && a->total == b->total &&
	       a->version == b->version && a->is_resend == b->is_resend &&
	       b->date - a->date <= SAME_SENDING_S;
}

/* All numbers are there, each once. */
static bool is_all_there(const struct patch *v, size_t n)
{
	AUTO(mem_free) bool *is_there = xcalloc(v->total + 1, sizeof(bool));

	if (n != v->total)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (v[i].index > v->total || is_there[v[i].index])
			return false;
		is_there[v[i].index] = true;
	}
	return true;
}

static bool is_kernel(const struct patch *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i].is_kernel)
			return true;
	}
	return false;
}

/* Is there a whole revision that has them all? */
static bool is_complete(const struct members *m, const struct patch *v,
			size_t n)
{
	for (size_t at = 0; at < m->n; at++) {
		size_t i = 0;

		if (strcmp(m->v[at].id, v[0].id) != 0)
			continue;
		while (i < n && is_member(m, v[i].id, m->v[at].revision))
			i++;
		if (i == n)
			return true;
	}
	return false;
}

static void count_groups(struct bench *b, const struct members *m,
			 unsigned misses)
{
	unsigned groups = 0;
	unsigned complete = 0;

	qsort(b->patches, b->n_patches, sizeof(*b->patches), compare_patches);
	for (size_t at = 0, n; at < b->n_patches; at += n) {
		const struct patch *v = &b->patches[at];

		for (n = 1;
		     at + n < b->n_patches && is_together(&v[n - 1], &v[n]);)
			n++;
		if (!is_all_there(v, n) || !is_kernel(v, n))
			continue;
		groups++;
		if (is_complete(m, v, n))
			complete++;
		else if (misses-- > 0)
			fprintf(stderr,
				"not complete: '%s' <%s> and %zu more\n",
				v->subject, v->id, n - 1);
		else
			misses = 0;
	}
	printf("groups %u\ncomplete %u\n", groups, complete);
}

static int run(struct bench *b, char **argv, unsigned misses, struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/collider.db", argv[3]);
	struct series_spec spec = { .wait = 900 };
	struct series_counts counts = { 0 };
	struct members members = { 0 };
	int64_t start = clock_ms();
	int64_t taken;

	b->archive = xasprintf("%s/archive", argv[3]);
	spec.place =
		(struct index_place){ .archive = b->archive, .user = "nobody" };
	if (maildir_make(b->archive, err) < 0 ||
	    store_open(&b->store, path, err) < 0 ||
	    take_all(b, argv[1], argv[2], err) < 0)
		return -1;
	taken = clock_ms();
	if (series_run(&counts, &spec, b->store, SEEN_AT + 3600, err) < 0)
		return -1;
	printf("mails %zu\ntake_ms %" PRId64 "\nassemble_ms %" PRId64
	       "\nthreads %" PRIu64 "\njoined %" PRIu64 "\nrefused %" PRIu64
	       "\n",
	       b->n_mails, taken - start, clock_ms() - taken, counts.threads,
	       counts.joined, counts.refused);
	if (read_members(&members, b->store, err) < 0)
		return -1;
	count_groups(b, &members, misses);
	return 0;
}

/* ---- a sample, for another program ---- */

/* With a From_ line, and those in its text quoted. */
static void write_mbox_mail(FILE *out, const struct buf *bytes)
{
	struct span rest = span_of(buf_text(bytes), bytes->len);
	struct span line;

	fputs("From mboxrd@z Thu Jan  1 00:00:00 1970\n", out);
	while (span_line(&rest, &line)) {
		if (span_starts(line, "From "))
			putc('>', out);
		fwrite(line.p, 1, span_len(line), out);
		putc('\n', out);
	}
	putc('\n', out);
}

static int write_thread(FILE *out, struct store *st, const char *archive,
			int64_t thread, struct err *err)
{
	AUTO(mails_list_release) struct mails_list rows = { 0 };

	if (mails_of_thread(&rows, st, thread, SORT_MAX_MAILS, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.n; i++) {
		AUTO(mem_free)
		char *name = maildir_find(archive, rows.v[i].message_id);
		AUTO(mem_free) char *path = NULL;
		AUTO(buf_release) struct buf bytes = { 0 };

		path = xasprintf("%s/%s", archive, name ? name : "");
		if (fs_read(&bytes, path, MAIL_MAX_SIZE, err) < 0)
			return -1;
		write_mbox_mail(out, &bytes);
	}
	return 0;
}

static bool is_sample(const struct revisions_row *row)
{
	return row->total > 1 && row->found == row->total &&
	       row->state != REVISIONS_ASIDE;
}

/* DIR/sample/N.mbox: threads of @n series, evenly taken from all. */
static int write_sample(const char *dir, size_t n, struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/collider.db", dir);
	AUTO(mem_free) char *archive = xasprintf("%s/archive", dir);
	AUTO(mem_free) char *folder = xasprintf("%s/sample", dir);
	AUTO(store_free) struct store *st = NULL;
	AUTO(revisions_list_release) struct revisions_list all = { 0 };
	const struct revisions_which which = { 0 };
	size_t n_fit = 0;
	size_t step;

	if (fs_mkdirs(folder, 0755, err) < 0 ||
	    store_open(&st, path, err) < 0 ||
	    revisions_all(&all, st, &which, SIZE_MAX >> 1, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++)
		n_fit += is_sample(&all.v[i]);
	step = n_fit / n + 1;
	n_fit = 0;
	for (size_t i = 0; i < all.n; i++) {
		AUTO(mem_free) char *file = NULL;
		AUTO(file_close) FILE *out = NULL;

		if (!is_sample(&all.v[i]) || n_fit++ % step)
			continue;
		file = xasprintf("%s/%zu.mbox", folder, i);
		out = fopen(file, "w");
		if (!out)
			return err_sys(err, ERR_SYSTEM, "cannot write '%s'",
				       file);
		if (write_thread(out, st, archive, all.v[i].thread, err) < 0)
			return -1;
	}
	return 0;
}

/* The Message-IDs of the newest revision in a mailbox. */
static int print_newest(const char *path, struct err *err)
{
	AUTO(mailbox_release) struct mailbox box = { 0 };
	AUTO(revision_free) struct revision *r = NULL;

	if (mailbox_read(&box, path, err) < 0 ||
	    assemble_run(&r, box.v, box.n, err) < 0)
		return -1;
	for (unsigned k = 0; k < r->total; k++) {
		if (r->patches[k])
			printf("%s\n", r->patches[k]->message_id);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct boxed_task tasks[] = {
		{ "assemble", sort_box },
		{ NULL, NULL },
	};
	struct bench b = { 0 };
	struct err err = ERR_INIT;

	if (argc > 1 && strcmp(argv[1], "boxed") == 0)
		return boxed_serve(argc - 1, argv + 1, tasks);
	if (argc == 4 && strcmp(argv[1], "sample") == 0)
		return write_sample(argv[2], strtoul(argv[3], NULL, 10), &err) <
				       0
			       ? fail(&err)
			       : 0;
	if (argc == 3 && strcmp(argv[1], "one") == 0)
		return print_newest(argv[2], &err) < 0 ? fail(&err) : 0;
	if (argc < 4) {
		fprintf(stderr, "usage: bench_series MIRROR TIP DIR [MISSES]\n"
				"       bench_series sample DIR N\n"
				"       bench_series one MBOX\n");
		return 64;
	}
	(void)chmod(argv[3], 0755);
	if (run(&b, argv, argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 5,
		&err) < 0)
		return fail(&err);
	return 0;
}
