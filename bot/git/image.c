/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order in which places are tried, the anchors at both ends and the rule
 * that a hunk never touches what an earlier one left are those of find_pos()
 * and match_fragment() in git's apply.c. Where git goes on to drop context
 * lines (fuzz, off by default), this stops.
 */
#include "bot/git/image.h"

#include "bot/base/sink.h"
#include "bot/git/heading.h"

#define EXPLAIN_AROUND \
	300		 /* lines up and down where a near miss is looked for */
#define EXPLAIN_QUOTE 60 /* bytes of a line that are quoted */
#define MOVE_SHARE 16	 /* lines moved in memory for the price of one step */

static bool is_c_path(const char *path)
{
	static const char *const ends[] = { ".c", ".h", ".cc", ".cpp", ".S" };
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot && i < ARRAY_LEN(ends); i++)
		if (strcmp(dot, ends[i]) == 0)
			return true;
	return false;
}

void image_init(struct image *img, const char *path, const char *text,
		size_t len)
{
	struct span rest = span_of(text, len);
	struct span line;
	size_t n = 0;

	*img = (struct image){ .is_c = is_c_path(path) };
	while (span_line(&rest, &line))
		n++;
	img->v = xcalloc(n, sizeof(*img->v));
	img->was = xcalloc(n, sizeof(*img->was));
	img->n = img->n_was = n;
	rest = span_of(text, len);
	for (size_t i = 0; i < n && span_line(&rest, &line); i++) {
		img->was[i] = line;
		img->v[i] = (struct image_line){ .text = line, .was = i };
	}
	if (n)
		img->v[n - 1].no_newline = text[len - 1] != '\n';
}

void image_release(struct image *img)
{
	free(img->v);
	free(img->was);
	*img = (struct image){ 0 };
}

/* ---- what a hunk looks for ---- */

/* The lines of one side of a hunk, in order. */
struct side {
	const struct patch_line **v;
	size_t n;
};

static void side_release(struct side *s)
{
	free(s->v);
}
DEFINE_AUTO_VALUE(struct side, side_release)

/* All lines but those of origin @other. */
static void take_side(struct side *out, const struct patch_hunk *h, char other)
{
	out->v = xcalloc(h->n_lines, sizeof(*out->v));
	out->n = 0;
	for (size_t i = 0; i < h->n_lines; i++)
		if (h->lines[i].origin != other)
			out->v[out->n++] = &h->lines[i];
}

static bool same_line(const struct image_line *have,
		      const struct patch_line *want)
{
	return !have->is_patched && span_len(have->text) == want->len &&
	       have->no_newline == want->no_newline &&
	       memcmp(have->text.p, want->text, want->len) == 0;
}

/* Where a hunk may be at all, as its header and its context say. */
struct anchors {
	bool at_start;
	bool at_end;
	size_t first; /* the place tried first */
	size_t said;  /* the place of the header */
};

static struct anchors find_anchors(const struct image *img,
				   const struct patch_hunk *h, size_t n_old)
{
	struct anchors a = {
		.at_start = h->old_start <= 1,
		.at_end = h->trailing == 0,
		.said = h->new_start ? h->new_start - 1 : 0,
	};

	a.first = a.said;
	if (a.at_start)
		a.first = 0;
	else if (a.at_end)
		a.first = img->n > n_old ? img->n - n_old : 0;
	if (a.first > img->n)
		a.first = img->n;
	return a;
}

static bool fits_at(struct image *img, const struct side *old, size_t at,
		    const struct anchors *a)
{
	img->steps++;
	if (old->n > img->n - at || (a->at_start && at) ||
	    (a->at_end && old->n != img->n - at))
		return false;
	for (size_t i = 0; i < old->n; i++, img->steps++)
		if (!same_line(&img->v[at + i], old->v[i]))
			return false;
	return true;
}

/* ---- the order of places ---- */

struct search {
	size_t back, forth;
	bool go_forth; /* whose turn it is */
};

/* first, first + 1, first - 1, first + 2, ...; false at both ends. */
static bool next_place(struct search *s, const struct image *img, size_t *at)
{
	if (s->back == 0 && s->forth == img->n)
		return false;
	if (s->forth == img->n)
		s->go_forth = false;
	else if (s->back == 0)
		s->go_forth = true;
	*at = s->go_forth ? ++s->forth : --s->back;
	s->go_forth = !s->go_forth;
	return true;
}

/* ---- functions ---- */

/* The last heading of the file as it came, above its line @before. */
static struct span heading_above(const struct image *img, size_t before,
				 bool pass_labels)
{
	while (before-- > 0) {
		struct span line = img->was[before];

		if (heading_is_one(line) &&
		    !(pass_labels && heading_is_label(line)))
			return line;
	}
	return (struct span){ NULL, NULL };
}

static enum heading_answer compare_above(struct image *img,
					 const struct patch_hunk *h, size_t at,
					 bool pass_labels, struct span *found)
{
	size_t was = img->v[at].was;
	struct span above = heading_above(img, was, pass_labels);
	struct span said = span_cstr(h->func);

	img->steps += was;
	*found = above;
	if (above.p)
		return heading_compare(said, above);
	return heading_compare(said, said) == HEADING_SAME ? HEADING_OTHER
							   : HEADING_UNTOLD;
}

/* At line @at the hunk would be in another function than it says. */
static bool is_elsewhere(struct image *img, const struct patch_hunk *h,
			 size_t at, struct span *found)
{
	struct span labelled;

	if (!img->is_c || !*h->func || at >= img->n)
		return false;
	return compare_above(img, h, at, false, &labelled) == HEADING_OTHER &&
	       compare_above(img, h, at, true, found) == HEADING_OTHER;
}

/* ---- placing ---- */

static int check_steps(const struct image *img, const struct patch_hunk *h,
		       struct err *err)
{
	if (img->steps <= IMAGE_MAX_STEPS)
		return 0;
	return err_set(err, ERR_LIMIT,
		       "the hunk of line %u takes too long to place", h->line);
}

/* It fits at @at, which is not where it says. True: that is its place. */
static bool accept_moved(struct image_place *out, struct image *img,
			 const struct patch_hunk *h, size_t at)
{
	struct span found;

	if (is_elsewhere(img, h, at, &found)) {
		if (!out->fits && !out->is_elsewhere) {
			out->is_elsewhere = true;
			out->elsewhere_at = at;
			out->elsewhere = found;
		}
		return false;
	}
	if (out->fits) {
		out->is_twice = true;
		out->twice_at = at;
		return true;
	}
	out->fits = true;
	out->at = at;
	return false; /* look on: is there a second one? */
}

int image_place(struct image_place *out, struct image *img,
		const struct patch_hunk *h, struct err *err)
{
	AUTO(side_release) struct side old = { 0 };
	struct anchors a;
	struct search s;
	size_t at;

	*out = (struct image_place){ 0 };
	take_side(&old, h, '+');
	a = find_anchors(img, h, old.n);
	s = (struct search){ a.first, a.first, true };
	at = a.first;
	do {
		if (check_steps(img, h, err) < 0)
			return -1;
		if (!fits_at(img, &old, at, &a))
			continue;
		if (at == a.said && !out->fits) {
			out->fits = true;
			out->at = at;
			return 0;
		}
		if (accept_moved(out, img, h, at))
			break;
	} while (next_place(&s, img, &at));
	out->moved = out->fits ? (long)out->at - (long)a.said : 0;
	return 0;
}

void image_patch(struct image *img, const struct patch_hunk *h, size_t at)
{
	AUTO(side_release) struct side old = { 0 };
	AUTO(side_release) struct side new = { 0 };
	size_t tail, n, from;

	take_side(&old, h, '+');
	take_side(&new, h, '-');
	tail = img->n - at - old.n;
	n = at + new.n + tail;
	img->steps += img->n / MOVE_SHARE;
	from = at < img->n ? img->v[at].was : img->n_was;
	if (new.n > old.n)
		img->v = xreallocarray(img->v, n, sizeof(*img->v));
	memmove(img->v + at + new.n, img->v + at + old.n,
		tail * sizeof(*img->v));
	for (size_t i = 0; i < new.n; i++)
		img->v[at + i] = (struct image_line){
			.text = span_of(new.v[i]->text, new.v[i]->len),
			.no_newline = new.v[i]->no_newline,
			.is_patched = true,
			.was = from,
		};
	img->n = n;
}

/* ---- explaining ---- */

/* How many lines of @old are found at @at, each in its place. */
static size_t count_hits(const struct image *img, const struct side *old,
			 size_t at)
{
	size_t hits = 0;

	for (size_t i = 0; i < old->n && at + i < img->n; i++)
		hits += same_line(&img->v[at + i], old->v[i]);
	return hits;
}

static size_t nearest_miss(const struct image *img, const struct side *old,
			   size_t said)
{
	struct search s;
	size_t best, hits, at;

	if (said > img->n)
		said = img->n;
	best = at = said;
	hits = count_hits(img, old, said);
	s = (struct search){ said, said, true };
	for (int i = 0; i < 2 * EXPLAIN_AROUND && next_place(&s, img, &at);
	     i++) {
		size_t here = count_hits(img, old, at);

		if (here > hits) {
			hits = here;
			best = at;
		}
	}
	return best;
}

static void quote(struct buf *out, struct span line)
{
	line = span_trim(line);
	buf_addc(out, '\'');
	if (span_len(line) > EXPLAIN_QUOTE) {
		sink_line(out, line.p, EXPLAIN_QUOTE);
		buf_adds(out, "...");
	} else {
		sink_line(out, line.p, span_len(line));
	}
	buf_addc(out, '\'');
}

static void explain_miss(struct buf *out, const struct image *img,
			 const struct side *old, size_t at)
{
	size_t i = 0;

	while (i < old->n && at + i < img->n &&
	       same_line(&img->v[at + i], old->v[i]))
		i++;
	if (i == old->n) {
		buf_adds(out, "it belongs at the file's beginning or end, "
			      "where other lines are");
		return;
	}
	if (at + i >= img->n) {
		buf_addf(out, "the file ends at line %zu, the patch expects ",
			 img->n);
	} else if (img->v[at + i].is_patched) {
		buf_addf(out,
			 "line %zu was changed by an earlier hunk, "
			 "the patch expects ",
			 at + i + 1);
	} else {
		buf_addf(out, "line %zu is ", at + i + 1);
		quote(out, img->v[at + i].text);
		buf_adds(out, ", the patch expects ");
	}
	quote(out, span_of(old->v[i]->text, old->v[i]->len));
}

void image_explain(struct buf *out, const struct image *img,
		   const struct patch_hunk *h, const struct image_place *place)
{
	AUTO(side_release) struct side old = { 0 };

	if (place->is_elsewhere) {
		buf_addf(out, "it fits only at line %zu, ",
			 place->elsewhere_at + 1);
		if (place->elsewhere.p) {
			buf_adds(out, "in ");
			quote(out, place->elsewhere);
		} else {
			buf_adds(out, "before any function");
		}
		buf_adds(out, ", but belongs in ");
		quote(out, span_cstr(h->func));
		return;
	}
	take_side(&old, h, '+');
	explain_miss(out, img, &old,
		     nearest_miss(img, &old,
				  h->new_start ? h->new_start - 1 : 0));
}

/* ---- the text ---- */

size_t image_size(const struct image *img)
{
	size_t size = 0;

	for (size_t i = 0; i < img->n; i++)
		size += span_len(img->v[i].text) + !img->v[i].no_newline;
	return size;
}

void image_write(struct buf *out, const struct image *img)
{
	for (size_t i = 0; i < img->n; i++) {
		buf_add(out, img->v[i].text.p, span_len(img->v[i].text));
		if (!img->v[i].no_newline)
			buf_addc(out, '\n');
	}
}
