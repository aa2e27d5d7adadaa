/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/change.h"

#include <stdarg.h>

#include "bot/base/buf.h"
#include "bot/base/sink.h"
#include "bot/git/image.h"
#include "bot/git/libgit.h"

#define WHY_MAX 1000 /* bytes; two quoted lines and a path of common length */
#define LINK_MODE 0120000u
#define FILE_MODE 0100644u
#define SUBMODULE_MODE 0160000u
#define TYPE_BITS 0170000u

/* What one diff makes of its file. */
struct result {
	const struct patch_file *f;
	enum patch_op op; /* f's, but for a plain diff that makes its file */
	char *data;	  /* NULL for a deletion */
	size_t len;
	unsigned mode;
};

/* One run over one patch. */
struct run {
	struct change *out;
	struct view *v;
	const struct patch *p;
	git_repository *repo;
	struct result *done; /* a diff each, in order */
	size_t n;
};

static void run_release(struct run *r)
{
	for (size_t i = 0; i < r->p->n_files; i++)
		free(r->done[i].data);
	free(r->done);
}
DEFINE_AUTO_VALUE(struct run, run_release)

void change_release(struct change *c)
{
	strings_release(&c->notes);
	free(c->file);
	free(c->why);
	*c = (struct change){ 0 };
}

/* ---- answers ---- */

static void refuse_line(struct run *r, const struct patch_file *f,
			unsigned hunk, struct buf *why)
{
	struct change *out = r->out;

	free(out->file);
	free(out->why);
	out->applies = false;
	out->file = xstrdup(patch_file_name(f));
	out->hunk = hunk;
	out->line = hunk ? f->hunks[hunk - 1].line : f->line;
	out->why = buf_take(why);
}

/* The file as a whole cannot be had; the sentence begins with its name. */
static void refuse_file(struct run *r, const struct patch_file *f,
			const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void refuse_file(struct run *r, const struct patch_file *f,
			const char *fmt, ...)
{
	AUTO(buf_release) struct buf why = { 0 };
	AUTO(mem_free) char *text = NULL;
	const char *name = patch_file_name(f);
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		abort();
	va_end(args);
	buf_init(&why, WHY_MAX);
	sink_line(&why, name, strlen(name));
	buf_adds(&why, " ");
	sink_line(&why, text, strlen(text));
	refuse_line(r, f, 0, &why);
}

static void refuse_hunk(struct run *r, const struct patch_file *f,
			unsigned hunk, const struct image *img,
			const struct image_place *place)
{
	const struct patch_hunk *h = &f->hunks[hunk - 1];
	AUTO(buf_release) struct buf why = { 0 };
	const char *name = patch_file_name(f);

	buf_init(&why, WHY_MAX);
	buf_addf(&why, "hunk %u of ", hunk);
	sink_line(&why, name, strlen(name));
	buf_addf(&why, " does not apply at line %u: ", h->old_start);
	image_explain(&why, img, h, place);
	refuse_line(r, f, hunk, &why);
}

static void note(struct run *r, const struct patch_file *f, const char *fmt,
		 ...) __attribute__((format(printf, 3, 4)));

static void note(struct run *r, const struct patch_file *f, const char *fmt,
		 ...)
{
	AUTO(buf_release) struct buf line = { 0 };
	AUTO(mem_free) char *text = NULL;
	const char *name = patch_file_name(f);
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		abort();
	va_end(args);
	buf_init(&line, WHY_MAX);
	sink_line(&line, name, strlen(name));
	buf_adds(&line, ": ");
	buf_adds(&line, text);
	strings_push_take(&r->out->notes, buf_take(&line));
}

static void note_place(struct run *r, const struct patch_file *f, unsigned hunk,
		       const struct image_place *place)
{
	if (!place->moved)
		return;
	r->out->is_moved = true;
	note(r, f, "hunk %u moved by %+ld lines", hunk, place->moved);
	if (place->is_twice)
		note(r, f, "hunk %u fits at line %zu, and at line %zu as well",
		     hunk, place->at + 1, place->twice_at + 1);
	if (place->is_elsewhere)
		note(r, f,
		     "hunk %u fits nearer at line %zu, but in another function",
		     hunk, place->elsewhere_at + 1);
}

/* ---- the files before and after ---- */

enum fate {
	FATE_NONE,    /* no diff has touched the path so far */
	FATE_WILL_GO, /* a later diff deletes it or renames it away */
	FATE_HAS_GONE,
	FATE_HAS_RESULT,
};

static bool takes_away(enum patch_op op)
{
	return op == PATCH_DELETE || op == PATCH_RENAME;
}

static bool is_path(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

static enum fate find_fate(const struct run *r, const char *path,
			   const struct result **result)
{
	for (size_t i = r->n; i-- > 0;) {
		const struct patch_file *f = r->done[i].f;

		if (takes_away(f->op) && is_path(f->old_path, path))
			return FATE_HAS_GONE;
		if (f->op != PATCH_DELETE && is_path(f->new_path, path)) {
			*result = &r->done[i];
			return FATE_HAS_RESULT;
		}
	}
	for (size_t i = r->n; i < r->p->n_files; i++)
		if (takes_away(r->p->files[i].op) &&
		    is_path(r->p->files[i].old_path, path))
			return FATE_WILL_GO;
	return FATE_NONE;
}

/* The text that a diff starts from; borrowed. */
struct source {
	const char *data;
	size_t len;
	unsigned mode; /* 0: no file */
};

static int find_source(struct source *out, struct run *r,
		       const struct patch_file *f, struct err *err)
{
	bool in_order = f->op == PATCH_CHANGE || f->op == PATCH_DELETE;
	const struct result *before = NULL;
	const struct view_file *file;
	enum fate fate = FATE_NONE;

	*out = (struct source){ .data = "" };
	if (in_order)
		fate = find_fate(r, f->old_path, &before);
	if (fate == FATE_HAS_GONE)
		return 0;
	if (fate == FATE_HAS_RESULT) {
		*out = (struct source){ before->data, before->len,
					before->mode };
		return 0;
	}
	if (view_get(&file, r->v, f->old_path, err) < 0)
		return -1;
	if (file->mode)
		*out = (struct source){ file->data, file->len, file->mode };
	return 0;
}

/* True: a file may be made at f->new_path. *err is set when that is unknown. */
static bool may_make(struct run *r, const struct patch_file *f, struct err *err)
{
	const struct result *before;
	const struct view_file *file;

	switch (find_fate(r, f->new_path, &before)) {
	case FATE_HAS_RESULT:
		refuse_file(r, f, "is made twice");
		return false;
	case FATE_HAS_GONE:
	case FATE_WILL_GO:
		return true;
	case FATE_NONE:
		break;
	}
	if (view_get(&file, r->v, f->new_path, err) < 0)
		return false;
	if (file->mode) {
		refuse_file(r, f, "is to be added, but exists already");
		return false;
	}
	return true;
}

/* A file that is written must not lie behind a link or inside a file. */
static bool is_reachable(struct run *r, const struct patch_file *f)
{
	char text[300];

	if (!f->new_path || !view_fault(r->v, f->new_path, text, sizeof(text)))
		return true;
	refuse_file(r, f, "cannot be written: %s", text);
	return false;
}

static bool is_plain_addition(const struct patch_file *f)
{
	return f->is_plain && f->op == PATCH_CHANGE && f->n_hunks == 1 &&
	       f->hunks[0].old_n == 0;
}

/* ---- hunks ---- */

/*
 * All hunks of @f onto @text. *fits is false when one does not fit; then
 * nothing is made, and with @tell it is said which. On true *data_out is the
 * caller's.
 */
static int patch_text(char **data_out, size_t *len_out, bool *fits,
		      struct run *r, const struct patch_file *f,
		      const char *text, size_t len, bool tell, struct err *err)
{
	AUTO(image_release) struct image img = { 0 };
	AUTO(buf_release) struct buf made = { 0 };
	size_t size;

	*fits = false;
	image_init(&img, patch_file_name(f), text, len);
	for (unsigned i = 0; i < f->n_hunks; i++) {
		struct image_place place;

		if (image_place(&place, &img, &f->hunks[i], err) < 0)
			return -1;
		if (!place.fits) {
			if (tell)
				refuse_hunk(r, f, i + 1, &img, &place);
			return 0;
		}
		if (tell)
			note_place(r, f, i + 1, &place);
		image_patch(&img, &f->hunks[i], place.at);
	}
	size = image_size(&img);
	if (size > VIEW_MAX_FILE)
		return err_set(err, ERR_LIMIT, "'%s' is larger than %u bytes",
			       patch_file_name(f), VIEW_MAX_FILE);
	buf_init(&made, size + 1);
	image_write(&made, &img);
	*len_out = made.len;
	*data_out = buf_take(&made);
	*fits = true;
	return 0;
}

/* The blob that the index line of @f names; NULL when it is not here. */
static git_blob *find_old_blob(const struct run *r, const struct patch_file *f)
{
	git_blob *blob = NULL;
	git_oid prefix;
	size_t len = strlen(f->old_id);

	if (!r->repo || len < GIT_OID_MINPREFIXLEN ||
	    git_oid_fromstrn(&prefix, f->old_id, len) < 0 ||
	    git_blob_lookup_prefix(&blob, r->repo, &prefix, len) < 0)
		return NULL;
	return blob;
}

static int merge(char **data_out, size_t *len_out, bool *merged, git_blob *base,
		 const struct source *ours, const char *theirs,
		 size_t theirs_len, struct err *err)
{
	AUTO(git_merge_file_result_free) git_merge_file_result made = { 0 };
	git_merge_file_input in[3];

	for (size_t i = 0; i < ARRAY_LEN(in); i++)
		git_merge_file_input_init(&in[i], GIT_MERGE_FILE_INPUT_VERSION);
	in[0].ptr = git_blob_rawcontent(base);
	in[0].size = (size_t)git_blob_rawsize(base);
	in[1].ptr = ours->data;
	in[1].size = ours->len;
	in[2].ptr = theirs;
	in[2].size = theirs_len;
	if (git_merge_file(&made, &in[0], &in[1], &in[2], NULL) < 0)
		return err_git(err, ERR_SYSTEM, "cannot merge");
	*merged = made.automergeable;
	if (!made.automergeable)
		return 0;
	*data_out = xmalloc(made.len + 1);
	memcpy(*data_out, made.ptr, made.len);
	(*data_out)[made.len] = '\0';
	*len_out = made.len;
	return 0;
}

/* Add, behind the reason that stands already, how the merge went. */
static void add_reason(struct run *r, const char *text)
{
	char *was = r->out->why;

	r->out->why = xasprintf("%s; %s", was, text);
	free(was);
}

/* What was refused is mended. */
static void accept_merged(struct change *out)
{
	free(out->why);
	free(out->file);
	out->why = out->file = NULL;
	out->hunk = out->line = 0;
	out->applies = out->is_merged = true;
}

/*
 * After a hunk did not fit: patch the blob that the author had, and merge what
 * comes out with what is here.
 */
static int merge_text(char **data_out, size_t *len_out, bool *fits,
		      struct run *r, const struct patch_file *f,
		      const struct source *src, struct err *err)
{
	AUTO(git_blob_free) git_blob *base = find_old_blob(r, f);
	AUTO(mem_free) char *theirs = NULL;
	size_t theirs_len = 0;

	if (!base) {
		if (r->repo && *f->old_id)
			add_reason(r, "its index line names a file that this "
				      "tree never had");
		return 0;
	}
	if (patch_text(&theirs, &theirs_len, fits, r, f,
		       git_blob_rawcontent(base),
		       (size_t)git_blob_rawsize(base), false, err) < 0)
		return -1;
	if (!*fits) {
		add_reason(r, "nor does it fit the file of its index line");
		return 0;
	}
	if (merge(data_out, len_out, fits, base, src, theirs, theirs_len, err) <
	    0)
		return -1;
	if (!*fits) {
		add_reason(r, "a three-way merge conflicts");
		return 0;
	}
	note(r, f, "merged three ways: %s", r->out->why);
	accept_merged(r->out);
	return 0;
}

/* ---- one diff ---- */

static bool check_modes(struct run *r, const struct patch_file *f,
			const struct source *src)
{
	if (src->mode == SUBMODULE_MODE || f->new_mode == SUBMODULE_MODE ||
	    f->old_mode == SUBMODULE_MODE) {
		refuse_file(r, f, "is a submodule");
		return false;
	}
	if ((f->old_mode && (f->old_mode ^ src->mode) & TYPE_BITS) ||
	    (f->new_mode && (f->new_mode ^ src->mode) & TYPE_BITS)) {
		refuse_file(r, f, "is %s in the tree, but not in the patch",
			    src->mode == LINK_MODE ? "a symbolic link"
						   : "a file");
		return false;
	}
	return true;
}

/* The hunks, strictly or merged. *fits is the answer. */
static int make_text(struct result *res, bool *fits, struct run *r,
		     const struct source *src, struct err *err)
{
	size_t notes = r->out->notes.n;

	if (patch_text(&res->data, &res->len, fits, r, res->f, src->data,
		       src->len, true, err) < 0)
		return -1;
	if (*fits || (res->op != PATCH_CHANGE && res->op != PATCH_RENAME) ||
	    src->mode == LINK_MODE)
		return 0;
	while (r->out->notes.n > notes) /* of hunks that are not used now */
		free(r->out->notes.v[--r->out->notes.n]);
	return merge_text(&res->data, &res->len, fits, r, res->f, src, err);
}

static int make_new(struct result *res, bool *fits, struct run *r,
		    struct err *err)
{
	const struct source nothing = { .data = "" };
	const struct patch_file *f = res->f;

	*fits = may_make(r, f, err);
	if (!*fits)
		return err->kind ? -1 : 0;
	if (f->new_mode == SUBMODULE_MODE) {
		refuse_file(r, f, "is a submodule");
		*fits = false;
		return 0;
	}
	res->mode = f->new_mode ? f->new_mode : FILE_MODE;
	return make_text(res, fits, r, &nothing, err);
}

static int make_from_old(struct result *res, bool *fits, struct run *r,
			 struct err *err)
{
	const struct patch_file *f = res->f;
	struct source src;

	*fits = false;
	if (find_source(&src, r, f, err) < 0)
		return -1;
	if (!src.mode && is_plain_addition(f)) {
		res->op = PATCH_ADD;
		return make_new(res, fits, r, err);
	}
	if (!src.mode) {
		refuse_file(r, f, "is not in the tree%s%s",
			    f->op == PATCH_CHANGE || f->op == PATCH_DELETE
				    ? ""
				    : ", it would come from ",
			    f->op == PATCH_CHANGE || f->op == PATCH_DELETE
				    ? ""
				    : f->old_path);
		return 0;
	}
	if (!check_modes(r, f, &src))
		return 0;
	if ((f->op == PATCH_RENAME || f->op == PATCH_COPY) &&
	    !may_make(r, f, err))
		return err->kind ? -1 : 0;
	res->mode = f->new_mode ? f->new_mode : src.mode;
	return make_text(res, fits, r, &src, err);
}

static int make_result(struct result *res, bool *fits, struct run *r,
		       struct err *err)
{
	const struct patch_file *f = res->f;
	int rc;

	*fits = false;
	if (f->is_binary) {
		refuse_file(r, f, "is a binary change");
		return 0;
	}
	rc = f->op == PATCH_ADD ? make_new(res, fits, r, err)
				: make_from_old(res, fits, r, err);
	if (rc < 0 || !*fits)
		return rc;
	if (f->op == PATCH_DELETE && res->len) {
		refuse_file(r, f, "is to be deleted, but has other lines, too");
		*fits = false;
	}
	return 0;
}

/* ---- all diffs ---- */

static bool is_same(const struct view_file *file, const struct result *res)
{
	return file->mode == res->mode && file->len == res->len &&
	       memcmp(file->data, res->data, res->len) == 0;
}

/* Old names first: two files may change places. */
static int store_results(struct run *r, struct err *err)
{
	for (size_t i = 0; i < r->n; i++) {
		if (!takes_away(r->done[i].op))
			continue;
		view_remove(r->v, r->done[i].f->old_path);
		r->out->has_effect = true;
	}
	for (size_t i = 0; i < r->n; i++) {
		struct result *res = &r->done[i];
		const struct view_file *before;

		if (res->op == PATCH_DELETE)
			continue;
		if (!is_reachable(r, res->f))
			return 0;
		if (view_get(&before, r->v, res->f->new_path, err) < 0)
			return -1;
		if (is_same(before, res))
			continue;
		r->out->has_effect = true;
		view_put_take(r->v, res->f->new_path, TAKE(res->data), res->len,
			      res->mode);
	}
	return 0;
}

int change_run(struct change *out, struct view *v, const struct patch *p,
	       struct git_repository *repo, struct err *err)
{
	AUTO(change_release) struct change c = { .applies = true };
	AUTO(run_release)
	struct run r = { .out = &c, .v = v, .p = p, .repo = repo };

	r.done = xcalloc(p->n_files, sizeof(*r.done));
	while (r.n < p->n_files) {
		struct result *res = &r.done[r.n];
		bool fits;

		res->f = &p->files[r.n];
		res->op = res->f->op;
		if (make_result(res, &fits, &r, err) < 0)
			return -1;
		if (!fits)
			break;
		r.n++;
	}
	if (r.n == p->n_files && store_results(&r, err) < 0)
		return -1;
	*out = c;
	c = (struct change){ 0 };
	return 0;
}
