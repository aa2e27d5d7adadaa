/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/reproduce.h"

#include <dirent.h>

#include "bot/base/fs.h"

static int is_source(const struct dirent *e)
{
	size_t len = strlen(e->d_name);

	return len > 2 && (strcmp(e->d_name + len - 2, ".c") == 0 ||
			   strcmp(e->d_name + len - 2, ".h") == 0);
}

static int read_one(struct amalgam_files *files, const char *dir,
		    const char *name, struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", dir, name);
	AUTO(buf_release) struct buf text = { 0 };

	if (files->n == AMALGAM_MAX_FILES)
		return err_set(err, ERR_LIMIT, "more than %d files in '%s'",
			       AMALGAM_MAX_FILES, dir);
	if (fs_read(&text, path, AMALGAM_MAX_FILE, err) < 0)
		return -1;
	files->v = xreallocarray(files->v, files->n + 1, sizeof(*files->v));
	files->v[files->n++] =
		(struct amalgam_file){ xstrdup(name), buf_take(&text) };
	return 0;
}

int reproduce_read(struct amalgam_files *out, const char *dir, struct err *err)
{
	AUTO(amalgam_files_release) struct amalgam_files files = { 0 };
	struct dirent **names;
	int n = scandir(dir, &names, is_source, alphasort);
	int rc = 0;

	if (n < 0)
		return err_sys(err, ERR_CONFIG, "cannot list '%s'", dir);
	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = read_one(&files, dir, names[i]->d_name, err);
		free(names[i]);
	}
	free(names);
	if (rc < 0)
		return -1;
	*out = files;
	files = (struct amalgam_files){ 0 };
	return 0;
}

/* An earlier finding, which is worse, is about the same pair. */
static bool is_done(const struct review *r, size_t at)
{
	const struct finding *f = &r->findings[at];

	for (size_t i = 0; i < at; i++) {
		const struct finding *other = &r->findings[i];

		if (other->filesystem && other->scenario &&
		    strcmp(other->filesystem, f->filesystem) == 0 &&
		    strcmp(other->scenario, f->scenario) == 0)
			return true;
	}
	return false;
}

static int write_one(const char *dir, const struct reproducer_spec *spec,
		     struct err *err)
{
	AUTO(mem_free)
	char *name = reproducer_name(spec->scenario, spec->filesystem);
	AUTO(mem_free) char *path = xasprintf("%s/%s", dir, name);
	AUTO(buf_release) struct buf text = { 0 };

	if (reproducer_write(&text, spec, err) < 0)
		return err_wrap(err, "%s", name);
	return fs_write(path, buf_text(&text), text.len, err);
}

int reproduce_findings(const char *dir, const struct review *r,
		       const struct amalgam_files *files,
		       const struct contracts *contracts, struct err *err)
{
	unsigned n = 0;

	if (fs_mkdirs(dir, 0755, err) < 0)
		return -1;
	for (size_t i = 0; i < r->n_findings && n < REPRODUCE_MAX_FILES; i++) {
		const struct finding *f = &r->findings[i];
		const char *says;

		if (!f->filesystem || !f->scenario || is_done(r, i))
			continue;
		says = review_find_scenario(r, f->scenario);
		if (write_one(dir,
			      &(struct reproducer_spec){
				      .files = files,
				      .scenario = f->scenario,
				      .says = says ? says : "",
				      .filesystem = f->filesystem,
				      .contracts = contracts,
				      .review = r,
				      .finding = f,
			      },
			      err) < 0)
			return -1;
		n++;
	}
	return 0;
}
