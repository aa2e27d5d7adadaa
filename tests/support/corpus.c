/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/corpus.h"

#include <fts.h>
#include <glob.h>

#include "bot/base/fs.h"
#include "bot/base/span.h"
#include "parsers/mbox.h"

#define FILE_MAX (64u << 20)

const char *corpus_dir(void)
{
	const char *dir = getenv("COLLIDER_CORPUS");

	dir = dir ? dir : "../shared/corpus";
	if (fs_is_dir(dir))
		return dir;
	printf("SKIP: no corpus of real mail at '%s'\n", dir);
	return NULL;
}

static char **split_row(char *line)
{
	char **cells = NULL;
	char *next = line;
	size_t n = 0;

	do {
		cells = xreallocarray(cells, n + 2, sizeof(*cells));
		cells[n++] = strsep(&next, "\t");
	} while (next);
	cells[n] = NULL;
	return cells;
}

void corpus_table_read(struct corpus_table *out, const char *name)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", corpus_dir(), name);
	struct buf text = { 0 };
	struct err err = ERR_INIT;
	char *next;

	ck_ok(fs_read(&text, path, FILE_MAX, &err), &err);
	*out = (struct corpus_table){ .text = buf_take(&text) };
	next = out->text;
	while (next && *next) {
		out->rows = xreallocarray(out->rows, out->n + 1,
					  sizeof(*out->rows));
		out->rows[out->n++] = split_row(strsep(&next, "\n"));
	}
}

const char *corpus_cell(const struct corpus_table *t, size_t row,
			const char *heading)
{
	for (size_t i = 0; t->rows[0][i] && t->rows[row][i]; i++) {
		if (strcmp(t->rows[0][i], heading) == 0)
			return t->rows[row][i];
	}
	ck_abort_msg("row %zu has no '%s'", row, heading);
}

void corpus_table_release(struct corpus_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->rows[i]);
	free(t->rows);
	free(t->text);
}

static void add_mails(struct corpus_mails *out, const char *path)
{
	AUTO(buf_release) struct buf bytes = { 0 };
	AUTO(mbox_release) struct mbox box = { 0 };
	struct err err = ERR_INIT;

	ck_ok(fs_read(&bytes, path, FILE_MAX, &err), &err);
	if (mbox_parse(&box, buf_text(&bytes), bytes.len, &err) < 0)
		return;
	out->v = xreallocarray(out->v, out->n + box.n, sizeof(*out->v));
	for (size_t i = 0; i < box.n; i++) {
		struct mail *m = NULL;
		struct err why = ERR_INIT;

		if (mail_parse(&m, box.v[i].bytes, box.v[i].len, &why) < 0)
			m = NULL;
		out->v[out->n++] = m;
	}
}

void corpus_mails_read(struct corpus_mails *out, const char *unit)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", corpus_dir(), unit);
	AUTO(mem_free) char *pattern = xasprintf("%s/*.eml", path);
	glob_t found = { 0 };

	*out = (struct corpus_mails){ 0 };
	if (!fs_is_dir(path)) {
		add_mails(out, path);
		return;
	}
	ck_assert_msg(glob(pattern, 0, NULL, &found) == 0, "no mails in %s",
		      path);
	for (size_t i = 0; i < found.gl_pathc; i++)
		add_mails(out, found.gl_pathv[i]);
	globfree(&found);
}

void corpus_mails_release(struct corpus_mails *list)
{
	for (size_t i = 0; i < list->n; i++)
		mail_free(list->v[i]);
	free(list->v);
}

void corpus_files(struct strings *out, const char *dir)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", corpus_dir(), dir);
	char *roots[] = { path, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;

	ck_assert_ptr_nonnull(fts);
	while ((entry = fts_read(fts))) {
		if (entry->fts_info == FTS_F)
			strings_push(out, entry->fts_path);
	}
	fts_close(fts);
}
