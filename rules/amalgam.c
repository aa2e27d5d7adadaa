/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/amalgam.h"

#include "rules/csource.h"

/* A name, and the piece that has it. */
struct known {
	struct span text;
	size_t file, piece;
	bool is_local, is_fixed;
};

/* A static name that is another's, too, and what it becomes. */
struct renaming {
	struct span from;
	size_t file;
	char *to;
};

struct amalgam {
	struct csource *v; /* a file each */
	size_t n;
	bool **is_needed; /* of each file's pieces */
	struct known *known;
	size_t n_known;
	struct renaming *renamings;
	size_t n_renamings;
};

void amalgam_files_release(struct amalgam_files *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->v[i].name);
		free(f->v[i].text);
	}
	free(f->v);
	*f = (struct amalgam_files){ 0 };
}

static void amalgam_release(struct amalgam *a)
{
	for (size_t i = 0; i < a->n; i++) {
		csource_release(&a->v[i]);
		free(a->is_needed[i]);
	}
	for (size_t i = 0; i < a->n_renamings; i++)
		free(a->renamings[i].to);
	free(a->v);
	free(a->is_needed);
	free(a->known);
	free(a->renamings);
}
DEFINE_AUTO_VALUE(struct amalgam, amalgam_release)

/* ---- who has which name ---- */

static int compare(struct span a, struct span b)
{
	size_t len = span_len(a) < span_len(b) ? span_len(a) : span_len(b);
	int order = memcmp(a.p, b.p, len);

	if (order != 0)
		return order;
	return (span_len(a) > span_len(b)) - (span_len(a) < span_len(b));
}

static int by_text(const void *a, const void *b)
{
	const struct known *x = a;
	const struct known *y = b;
	int order = compare(x->text, y->text);

	if (order != 0)
		return order;
	if (x->file != y->file)
		return (x->file > y->file) - (x->file < y->file);
	return (x->piece > y->piece) - (x->piece < y->piece);
}

static void learn(struct amalgam *a, size_t file, size_t piece)
{
	const struct csource_piece *p = &a->v[file].v[piece];

	a->known =
		xreallocarray(a->known, a->n_known + p->n, sizeof(*a->known));
	for (size_t i = 0; i < p->n; i++)
		a->known[a->n_known++] = (struct known){
			.text = p->v[i].text,
			.file = file,
			.piece = piece,
			.is_local = p->v[i].is_local,
			.is_fixed = p->v[i].is_fixed,
		};
}

static void read_files(struct amalgam *a, const struct amalgam_files *files)
{
	a->v = xcalloc(files->n, sizeof(*a->v));
	a->is_needed = xcalloc(files->n, sizeof(*a->is_needed));
	for (a->n = 0; a->n < files->n; a->n++) {
		struct csource *s = &a->v[a->n];

		csource_parse(s, files->v[a->n].name, files->v[a->n].text);
		a->is_needed[a->n] = xcalloc(s->n + 1, sizeof(bool));
		for (size_t i = 0; i < s->n; i++)
			learn(a, a->n, i);
	}
	if (a->n_known > 0)
		qsort(a->known, a->n_known, sizeof(*a->known), by_text);
}

/* The first of those with this name; n_known: nobody has it. */
static size_t find_known(const struct amalgam *a, struct span text)
{
	size_t low = 0, high = a->n_known;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(a->known[middle].text, text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < a->n_known && compare(a->known[low].text, text) == 0)
		return low;
	return a->n_known;
}

static bool is_named(const struct amalgam *a, size_t at, struct span text)
{
	return at < a->n_known && compare(a->known[at].text, text) == 0;
}

/* ---- what is needed ---- */

static void need(struct amalgam *a, size_t file, size_t piece);

/* A file's own names come before everybody's. */
static void need_name(struct amalgam *a, size_t file, struct span text)
{
	size_t first = find_known(a, text);
	bool has_own = false;

	for (size_t i = first; is_named(a, i, text); i++)
		has_own = has_own ||
			  (a->known[i].file == file && a->known[i].is_local);
	for (size_t i = first; is_named(a, i, text); i++) {
		const struct known *k = &a->known[i];

		if (has_own ? k->file == file && k->is_local : !k->is_local)
			need(a, k->file, k->piece);
	}
}

static bool is_own_name(const struct csource_piece *p, struct span text)
{
	for (size_t i = 0; i < p->n; i++)
		if (compare(p->v[i].text, text) == 0)
			return true;
	return false;
}

static void need(struct amalgam *a, size_t file, size_t piece)
{
	const struct csource_piece *p = &a->v[file].v[piece];
	struct csource_reader r = { .rest = p->text };
	struct csource_token t;

	if (a->is_needed[file][piece])
		return;
	a->is_needed[file][piece] = true;
	while (csource_next(&t, &r))
		if (t.kind == CSOURCE_WORD && !t.is_member &&
		    !is_own_name(p, t.text))
			need_name(a, file, t.text);
}

/* What is used by text that is of none of the files. */
static void need_words(struct amalgam *a, const char *text)
{
	struct csource_reader r = { .rest = span_cstr(text) };
	struct csource_token t;

	while (csource_next(&t, &r))
		if (t.kind == CSOURCE_WORD && !t.is_member)
			need_name(a, a->n, t.text);
}

/* The scenario whose definition has .id = "C01". */
static bool is_about(const struct csource *s, struct span listed,
		     const char *quoted_id)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < s->v[i].n; k++)
			if (compare(s->v[i].v[k].text, listed) == 0 &&
			    span_find(s->v[i].text, quoted_id))
				return true;
	return false;
}

/* *at_out: its file. */
static int need_scenario(size_t *at_out, struct amalgam *a, const char *id,
			 struct err *err)
{
	AUTO(mem_free) char *quoted = xasprintf(".id = \"%s\"", id);

	for (size_t f = 0; f < a->n; f++) {
		for (size_t i = 0; i < a->v[f].n; i++) {
			struct span listed = a->v[f].v[i].listed;

			if (span_len(listed) == 0 ||
			    !is_about(&a->v[f], listed, quoted))
				continue;
			need(a, f, i);
			*at_out = f;
			return 0;
		}
	}
	return err_set(err, ERR_CONFIG, "no source of a scenario '%.40s'", id);
}

static int need_main(size_t *at_out, struct amalgam *a, struct err *err)
{
	for (size_t f = 0; f < a->n; f++) {
		if (strcmp(a->v[f].name, AMALGAM_MAIN) != 0)
			continue;
		*at_out = f;
		for (size_t i = 0; i < a->v[f].n; i++)
			if (a->v[f].v[i].n)
				need(a, f, i);
		return 0;
	}
	return err_set(err, ERR_CONFIG, "no '%s' among the files of the kit",
		       AMALGAM_MAIN);
}

/* ---- names that two have ---- */

static bool is_needed_name(const struct amalgam *a, const struct known *k)
{
	return a->is_needed[k->file][k->piece];
}

/* "gate_send" of send in gate.c; nobody else has it. */
static char *new_name(const struct amalgam *a, const struct known *k)
{
	const char *file = a->v[k->file].name;
	char *name = xasprintf("%.*s_%.*s", (int)strcspn(file, "."), file,
			       (int)span_len(k->text), k->text.p);

	while (find_known(a, span_cstr(name)) < a->n_known) {
		char *longer = xasprintf("%s_", name);

		free(name);
		name = longer;
	}
	return name;
}

static void rename_in(struct amalgam *a, const struct known *k)
{
	for (size_t i = 0; i < a->n_renamings; i++)
		if (a->renamings[i].file == k->file &&
		    compare(a->renamings[i].from, k->text) == 0)
			return;
	a->renamings = xreallocarray(a->renamings, a->n_renamings + 1,
				     sizeof(*a->renamings));
	a->renamings[a->n_renamings++] =
		(struct renaming){ k->text, k->file, new_name(a, k) };
}

/* All but the scenario's own, which is to be read as it was written. */
static void settle_names(struct amalgam *a, size_t scenario)
{
	for (size_t i = 0; i < a->n_known; i++) {
		const struct known *k = &a->known[i];
		bool is_shared = false;

		if (!k->is_local || k->is_fixed || !is_needed_name(a, k) ||
		    k->file == scenario)
			continue;
		for (size_t j = find_known(a, k->text); is_named(a, j, k->text);
		     j++)
			is_shared =
				is_shared || (a->known[j].file != k->file &&
					      is_needed_name(a, &a->known[j]));
		if (is_shared)
			rename_in(a, k);
	}
}

/* ---- what is written ---- */

static void add_token(struct buf *out, const struct amalgam *a, size_t file,
		      const struct csource_token *t)
{
	for (size_t i = 0; i < a->n_renamings; i++) {
		const struct renaming *r = &a->renamings[i];

		if (t->kind == CSOURCE_WORD && !t->is_member &&
		    r->file == file && compare(r->from, t->text) == 0) {
			buf_adds(out, r->to);
			return;
		}
	}
	buf_add(out, t->text.p, span_len(t->text));
}

static void add_piece(struct buf *out, const struct amalgam *a, size_t file,
		      const struct csource_piece *p)
{
	struct csource_reader r = { .rest = p->text };
	struct csource_token t;

	if (p->is_apart)
		buf_addc(out, '\n');
	if (span_len(p->comment)) {
		buf_add(out, p->comment.p, span_len(p->comment));
		buf_addc(out, '\n');
	}
	while (csource_next(&t, &r))
		add_token(out, a, file, &t);
	if (span_len(p->text))
		buf_addc(out, '\n');
}

static bool is_comment(const struct csource_piece *p)
{
	return span_len(p->text) == 0;
}

/* A comment that stands alone is about what follows, up to the next one. */
static bool is_told(const struct amalgam *a, size_t file, size_t at)
{
	const struct csource *s = &a->v[file];

	for (size_t i = at + 1; i < s->n && !is_comment(&s->v[i]); i++)
		if (a->is_needed[file][i])
			return true;
	return false;
}

static bool is_used(const struct amalgam *a, size_t file)
{
	for (size_t i = 0; i < a->v[file].n; i++)
		if (a->is_needed[file][i])
			return true;
	return false;
}

/* The first comment is the file's own. */
static void add_file(struct buf *out, const struct amalgam *a, size_t file)
{
	const struct csource *s = &a->v[file];

	if (!is_used(a, file))
		return;
	buf_addf(out, "\n/* ---- rules/collisions/%s ---- */\n", s->name);
	for (size_t i = 0; i < s->n; i++)
		if (a->is_needed[file][i] ||
		    (is_comment(&s->v[i]) && (i == 0 || is_told(a, file, i))))
			add_piece(out, a, file, &s->v[i]);
}

static int by_order(const void *a, const void *b)
{
	const struct span *x = a;
	const struct span *y = b;
	bool x_is_linux = span_starts(*x, "<linux/");
	bool y_is_linux = span_starts(*y, "<linux/");

	/* sys/mount.h of some C libraries has to be before linux/fs.h. */
	if (x_is_linux != y_is_linux)
		return x_is_linux - y_is_linux;
	return compare(*x, *y);
}

static void add_includes(struct buf *out, const struct amalgam *a)
{
	AUTO(mem_free) struct span *all = NULL;
	size_t n = 0;

	for (size_t f = 0; f < a->n; f++) {
		if (!is_used(a, f))
			continue;
		all = xreallocarray(all, n + a->v[f].n_includes + 1,
				    sizeof(*all));
		for (size_t i = 0; i < a->v[f].n_includes; i++)
			all[n++] = a->v[f].includes[i];
	}
	if (n)
		qsort(all, n, sizeof(*all), by_order);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || compare(all[i], all[i - 1]) != 0)
			buf_addf(out, "#include %.*s\n", (int)span_len(all[i]),
				 all[i].p);
}

/* The headers that @s includes, with theirs. */
static void add_included(struct buf *out, const struct amalgam *a,
			 const struct csource *s, bool *is_added);

/* Each once. */
static void add_header(struct buf *out, const struct amalgam *a, size_t file,
		       bool *is_added)
{
	const struct csource *s = &a->v[file];

	if (!s->is_header || is_added[file])
		return;
	is_added[file] = true;
	add_included(out, a, s, is_added);
	add_file(out, a, file);
}

static void add_included(struct buf *out, const struct amalgam *a,
			 const struct csource *s, bool *is_added)
{
	for (size_t f = 0; f < a->n; f++)
		for (size_t i = 0; i < s->n_ours; i++)
			if (span_is(s->ours[i], a->v[f].name))
				add_header(out, a, f, is_added);
}

/* What the scenario is written with comes first. */
static void add_headers(struct buf *out, const struct amalgam *a,
			size_t scenario)
{
	AUTO(mem_free) bool *is_added = xcalloc(a->n + 1, sizeof(bool));

	add_included(out, a, &a->v[scenario], is_added);
	for (size_t f = 0; f < a->n; f++)
		add_header(out, a, f, is_added);
}

int amalgam_add(struct buf *out, const struct amalgam_files *files,
		const char *id, const char *table, struct err *err)
{
	AUTO(amalgam_release) struct amalgam a = { 0 };
	size_t scenario, main_file;

	read_files(&a, files);
	if (need_scenario(&scenario, &a, id, err) < 0 ||
	    need_main(&main_file, &a, err) < 0)
		return -1;
	need_words(&a, table);
	settle_names(&a, scenario);
	add_includes(out, &a);
	add_headers(out, &a, scenario);
	buf_adds(out, table);
	add_file(out, &a, scenario);
	for (size_t f = 0; f < a.n; f++)
		if (!a.v[f].is_header && f != scenario && f != main_file)
			add_file(out, &a, f);
	add_file(out, &a, main_file);
	return 0;
}
