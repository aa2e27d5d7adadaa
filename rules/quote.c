/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * quote.c - the hunk to quote for a finding
 *
 * Each hunk of the patch gets points: for being where the compiler points, in a
 * function that direct I/O goes through, in a file that the filesystem of the
 * finding goes through, for changing a word of the contract between the two.
 * The best one is quoted; of equals the first. What a hunk has in itself is
 * counted when it is taken, the rest when the finding is known.
 */
#include "rules/quote.h"

#include <assert.h>
#include <fnmatch.h>

#include "bot/base/buf.h"
#include "bot/base/span.h"
#include "rules/core.h"

#define LINES_BEFORE 4 /* of context kept when a long hunk is cut */

/* Words of the contract (SEMANTICS 7, level 1). */
static const char *const tokens[] = {
	"ENOTBLK",
	"EBUSY",
	"EAGAIN",
	"kiocb_",
	"invalidate_",
	"inode_dio_",
	"IOMAP_DIO_",
	"wait_for_completion",
	"invalidate_lock",
	"errseq_set",
	"mapping_set_error",
	"generic_write_sync",
	"i_size",
	"filemap_",
	"end_io",
	"dirty",
};

enum {
	POINTS_COMPILER = 1000,
	POINTS_FUNCTION = 100,
	POINTS_FILE = 50,
	POINTS_TOKEN = 20,
	POINTS_SOURCE = 10, /* a .c or .h file at all */
	POINTS_CODE = 5,    /* more than comments and #include lines */
};

static bool has_token(const struct patch_line *line)
{
	for (size_t i = 0; i < ARRAY_LEN(tokens); i++)
		if (memmem(line->text, line->len, tokens[i], strlen(tokens[i])))
			return true;
	return false;
}

static bool is_code(const struct patch_line *line)
{
	struct span text = span_trim(span_of(line->text, line->len));

	return line->origin != ' ' && span_len(text) > 0 &&
	       !span_starts(text, "#include") && !span_starts(text, "/*") &&
	       !span_starts(text, "*") && !span_starts(text, "//");
}

static bool has_code(const struct patch_hunk *h)
{
	for (size_t i = 0; i < h->n_lines; i++)
		if (is_code(&h->lines[i]))
			return true;
	return false;
}

/* The first changed line with a word of the contract, else the first. */
static size_t find_change(const struct patch_hunk *h, bool *has_token_out)
{
	size_t first = h->n_lines;

	*has_token_out = false;
	for (size_t i = 0; i < h->n_lines; i++) {
		if (h->lines[i].origin == ' ')
			continue;
		if (has_token(&h->lines[i])) {
			*has_token_out = true;
			return i;
		}
		if (first == h->n_lines)
			first = i;
	}
	return first < h->n_lines ? first : 0;
}

/* What it has whatever the finding is. */
static unsigned count_own_points(const char *path, const struct patch_hunk *h)
{
	AUTO(mem_free) char *name = core_read_function(h->func);
	bool has_word;
	unsigned points = 0;

	find_change(h, &has_word);
	if (name && core_has_function(name))
		points += POINTS_FUNCTION;
	if (fnmatch("*.[ch]", path, 0) == 0)
		points += POINTS_SOURCE;
	if (has_code(h))
		points += POINTS_CODE;
	return points + (has_word ? POINTS_TOKEN : 0);
}

static bool is_pointed_at(const struct finding *f, const struct review_hunk *h)
{
	for (size_t i = 0; i < f->diagnostics.n; i++) {
		const struct review_diagnostic *d = &f->diagnostics.v[i];

		if (strcmp(d->file, h->file) == 0 && d->line >= h->start &&
		    d->line - h->start < h->length)
			return true;
	}
	return false;
}

static unsigned score(const struct finding *f, const struct review_hunk *h)
{
	AUTO(mem_free) char *own = NULL;
	unsigned points = h->points;

	own = xasprintf("fs/%s/*", f->filesystem ? f->filesystem : "*");
	if (is_pointed_at(f, h))
		points += POINTS_COMPILER;
	if (core_has_shared_file(h->file) || fnmatch(own, h->file, 0) == 0)
		points += POINTS_FILE;
	return points;
}

/* The @@ line, then as much of the hunk around its change as is shown. */
static char *cut(const struct patch *p, const struct patch_hunk *h)
{
	const char *heading = p->text + h->at;
	const char *end = memchr(heading, '\n', p->len - h->at);
	size_t len = end ? (size_t)(end - heading) : p->len - h->at;
	bool unused;
	size_t change = find_change(h, &unused);
	size_t from = 0;
	size_t to = h->n_lines;
	struct buf out;

	if (h->n_lines > QUOTE_MAX_LINES - 1) {
		if (change > LINES_BEFORE)
			from = change - LINES_BEFORE;
		to = from + QUOTE_MAX_LINES - 3;
		if (to > h->n_lines)
			to = h->n_lines;
	}
	buf_init(&out, PATCH_MAX_BYTES);
	buf_add(&out, heading, len);
	buf_addc(&out, '\n');
	if (from > 0)
		buf_adds(&out, "[...]\n");
	for (size_t i = from; i < to; i++) {
		buf_addc(&out, h->lines[i].origin);
		buf_add(&out, h->lines[i].text, h->lines[i].len);
		buf_addc(&out, '\n');
	}
	if (to < h->n_lines)
		buf_adds(&out, "[...]\n");
	return buf_take(&out);
}

/* ---- taking ---- */

/* A hunk that is kept, and where it stands in the diff. */
struct taken {
	struct review_hunk *hunk;
	const struct patch_hunk *from;
};

/* Those that matter most first; of equals the first. */
static int compare_taken(const void *left, const void *right)
{
	const struct taken *a = left;
	const struct taken *b = right;

	if (a->hunk->points != b->hunk->points)
		return a->hunk->points > b->hunk->points ? -1 : 1;
	return a->hunk < b->hunk ? -1 : a->hunk > b->hunk;
}

static void add_places(struct review_patch *to, const struct patch_file *file)
{
	const char *path = patch_file_name(file);

	for (size_t i = 0; i < file->n_hunks; i++) {
		const struct patch_hunk *from = &file->hunks[i];
		struct review_hunk *h = review_add_hunk(to);

		h->file = xstrdup(path);
		h->n = (unsigned)i + 1;
		h->start = from->new_start;
		h->length = from->new_n;
		h->points = count_own_points(path, from);
	}
}

static void add_texts(struct review_patch *to, const struct patch *diff,
		      size_t room)
{
	AUTO(mem_free) struct taken *v = NULL;
	size_t n = 0;

	v = xcalloc(to->n_hunks, sizeof(*v));
	for (size_t i = 0; i < diff->n_files; i++)
		for (size_t k = 0; k < diff->files[i].n_hunks; k++, n++)
			v[n] = (struct taken){ &to->hunks[n],
					       &diff->files[i].hunks[k] };
	qsort(v, n, sizeof(*v), compare_taken);
	for (size_t i = 0; i < n; i++) {
		AUTO(mem_free) char *text = cut(diff, v[i].from);
		size_t len = strlen(text);

		if (len > room)
			continue;
		room -= len;
		v[i].hunk->text = TAKE(text);
	}
}

void quote_add_hunks(struct review *r, unsigned n, const struct patch *diff)
{
	struct review_patch *to = &r->patches[n - 1];

	assert(n > 0 && n <= r->n_patches && to->n_hunks == 0);
	for (size_t i = 0; i < diff->n_files; i++)
		add_places(to, &diff->files[i]);
	add_texts(to, diff, QUOTE_MAX_TEXT / r->n_patches);
}

/* ---- choosing ---- */

static void quote_patch(struct finding *f, const struct review_patch *p)
{
	const struct review_hunk *best = NULL;
	unsigned most = 0;

	for (size_t i = 0; i < p->n_hunks; i++) {
		unsigned points = score(f, &p->hunks[i]);

		if (best && points <= most)
			continue;
		best = &p->hunks[i];
		most = points;
	}
	if (!best || !best->text)
		return;
	f->quote_file = xstrdup(best->file);
	f->quote = xstrdup(best->text);
}

static const struct review_patch *find_patch(const struct review *r, unsigned n)
{
	return n > 0 && n <= r->n_patches ? &r->patches[n - 1] : NULL;
}

static void quote_conflict(struct review_conflict *c, const struct review *r)
{
	const struct review_patch *p = find_patch(r, c->patch);

	for (size_t i = 0; p && c->file && !c->quote && i < p->n_hunks; i++) {
		const struct review_hunk *h = &p->hunks[i];

		if (h->n == c->hunk && h->text && strcmp(h->file, c->file) == 0)
			c->quote = xstrdup(h->text);
	}
}

void quote_run(struct review *r)
{
	for (size_t i = 0; i < r->n_findings; i++) {
		struct finding *f = &r->findings[i];
		const struct review_patch *p = find_patch(r, f->patch);

		if (p && !f->quote && f->patch == f->clean + 1)
			quote_patch(f, p);
	}
	quote_conflict(&r->conflict, r);
}
