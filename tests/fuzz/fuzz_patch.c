/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_patch.c - what holds for every diff that is read
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "parsers/diffpath.h"
#include "parsers/patch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_path(const char *path, bool is_there)
{
	assert((path != NULL) == is_there);
	assert(!path || !diffpath_fault(path));
}

/* The counts of the header are those of the lines, and lie in the text. */
static void check_hunk(const struct patch *p, const struct patch_hunk *h)
{
	unsigned old_n = 0, new_n = 0;

	for (size_t i = 0; i < h->n_lines; i++) {
		const struct patch_line *l = &h->lines[i];

		old_n += l->origin != '+';
		new_n += l->origin != '-';
		assert(l->text >= p->text + h->at &&
		       l->text + l->len < p->text + h->at + h->len);
		assert(!memchr(l->text, '\n', l->len));
	}
	assert(old_n == h->old_n && new_n == h->new_n);
	assert(h->leading + h->trailing < h->n_lines);
	assert(h->at + h->len <= p->len);
	assert(memcmp(p->text + h->at, "@@ -", 4) == 0);
}

static void check_file(const struct patch *p, const struct patch_file *f)
{
	check_path(f->old_path, f->op != PATCH_ADD);
	check_path(f->new_path, f->op != PATCH_DELETE);
	for (size_t i = 0; i < f->n_hunks; i++)
		check_hunk(p, &f->hunks[i]);
}

static bool same_text(const char *a, const char *b)
{
	return a ? b && strcmp(a, b) == 0 : !b;
}

/* The reverse of the reverse is the patch. */
static void check_reverse(const struct patch *p)
{
	AUTO(patch_free) struct patch *undo = patch_reversed(p);
	AUTO(patch_free) struct patch *redo = patch_reversed(undo);

	assert(redo->n_files == p->n_files);
	for (size_t i = 0; i < p->n_files; i++) {
		const struct patch_file *a = &p->files[i];
		const struct patch_file *b = &redo->files[i];

		assert(a->op == b->op && a->n_hunks == b->n_hunks);
		assert(same_text(a->old_path, b->old_path));
		assert(same_text(a->new_path, b->new_path));
		for (size_t j = 0; j < a->n_hunks; j++)
			assert(a->hunks[j].old_start == b->hunks[j].old_start &&
			       a->hunks[j].new_n == b->hunks[j].new_n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(patch_free) struct patch *p = NULL;
	struct err err = ERR_INIT;

	if (patch_parse(&p, (const char *)data, size, &err) < 0) {
		assert(!p);
		assert(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
		return 0;
	}
	assert(p->n_files > 0 && p->n_files <= PATCH_MAX_FILES);
	for (size_t i = 0; i < p->n_files; i++)
		check_file(p, &p->files[i]);
	check_reverse(p);
	return 0;
}
