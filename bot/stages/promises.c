/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/promises.h"

#include <dirent.h>
#include <string.h>

#include "bot/base/fs.h"
#include "rules/contract_file.h"

#define COMMON "common"

/* ---- listing ---- */

static int is_contract(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 5 && strcmp(entry->d_name + len - 5, ".conf") == 0 &&
	       strcmp(entry->d_name, COMMON ".conf") != 0;
}

int promises_list(struct strings *out, const char *dir, struct err *err)
{
	struct dirent **found = NULL;
	int n = scandir(dir, &found, is_contract, alphasort);

	if (n < 0)
		return err_sys(err, ERR_CONFIG, "cannot read '%s'", dir);
	for (int i = 0; i < n; i++) {
		strings_push_take(out, xstrndup(found[i]->d_name,
						strlen(found[i]->d_name) - 5));
		free(found[i]);
	}
	free(found);
	return 0;
}

/* ---- reading ---- */

static int read_file(struct contracts *out, char **like_out, const char *dir,
		     const struct contract_file *about, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(mem_free) char *path = xasprintf("%s/%s.conf", dir, about->of);
	struct contract_file file = *about;

	if (strchr(about->of, '/') || !fs_exists(path))
		return err_set(err, ERR_CONFIG, "no contract for '%s' in '%s'",
			       about->of, dir);
	file.name = path;
	if (fs_read(&text, path, CONTRACT_FILE_MAX_BYTES, err) < 0) {
		err->kind = ERR_CONFIG; /* the file is part of the program */
		return -1;
	}
	return contract_file_parse(out, like_out, &file, buf_text(&text),
				   text.len, err);
}

static int read_one(struct contracts *out, const char *dir,
		    const char *filesystem, struct err *err)
{
	struct contract_file file = { .of = filesystem,
				      .filesystem = filesystem };
	AUTO(mem_free) char *like = NULL;

	if (read_file(out, &like, dir, &file, err) < 0)
		return -1;
	file.like = like;
	file.of = like;
	if (like && read_file(out, NULL, dir, &file, err) < 0)
		return -1;
	file.of = COMMON;
	return read_file(out, NULL, dir, &file, err);
}

int promises_read(struct contracts *out, const char *dir,
		  const struct strings *filesystems, struct err *err)
{
	AUTO(contracts_release) struct contracts all = { 0 };

	for (size_t i = 0; i < filesystems->n; i++)
		if (read_one(&all, dir, filesystems->v[i], err) < 0)
			return -1;
	*out = all;
	all = (struct contracts){ 0 };
	return 0;
}

/* ---- settling ---- */

/* The files that conditions are about, each read once. */
struct sources {
	const struct tree *tree;
	const char *commit;
	struct strings paths;
	struct strings texts; /* of each; "" of one that is not there */
};

static void sources_release(struct sources *s)
{
	strings_release(&s->paths);
	strings_release(&s->texts);
}
DEFINE_AUTO_VALUE(struct sources, sources_release)

static int get_text(const char **out, struct sources *s, const char *path,
		    struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };
	bool found;

	for (size_t i = 0; i < s->paths.n; i++) {
		if (strcmp(s->paths.v[i], path) == 0) {
			*out = s->texts.v[i];
			return 0;
		}
	}
	if (tree_read_file(&text, s->tree, s->commit, path, TREE_MAX_FILE,
			   &found, err) < 0)
		return -1;
	strings_push(&s->paths, path);
	strings_push(&s->texts, found ? buf_text(&text) : "");
	*out = s->texts.v[s->texts.n - 1];
	return 0;
}

static int settle(struct contract *c, struct sources *s, struct err *err)
{
	bool holds = true;

	for (size_t i = 0; holds && i < c->tree.n; i++) {
		const struct contract_condition *at = &c->tree.v[i];
		const char *text;

		if (get_text(&text, s, at->path, err) < 0)
			return -1;
		holds = !strstr(text, at->text) == at->is_lacking;
	}
	c->is_in_force = holds;
	return 0;
}

int promises_settle(struct contracts *list, const struct tree *tree,
		    const char *commit, struct err *err)
{
	AUTO(sources_release)
	struct sources s = { .tree = tree, .commit = commit };

	for (size_t i = 0; i < list->n; i++)
		if (settle(&list->v[i], &s, err) < 0)
			return err_wrap(err, "what '%s' depends on",
					list->v[i].id);
	return 0;
}
