/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/promises.h"

#include "bot/base/fs.h"

static int read_one(struct contracts *out, const char *dir,
		    const char *filesystem, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(mem_free) char *path = NULL;

	path = xasprintf("%s/%s.conf", dir, filesystem ? filesystem : "common");
	if (filesystem && (strchr(filesystem, '/') || !fs_exists(path)))
		return err_set(err, ERR_CONFIG, "no contract for '%s' in '%s'",
			       filesystem, dir);
	if (fs_read(&text, path, CONTRACT_MAX_BYTES, err) < 0) {
		err->kind = ERR_CONFIG; /* the file is part of the program */
		return -1;
	}
	return contracts_parse(out, filesystem, path, buf_text(&text), text.len,
			       err);
}

int promises_read(struct contracts *out, const char *dir,
		  const struct strings *filesystems, struct err *err)
{
	AUTO(contracts_release) struct contracts all = { 0 };

	for (size_t i = 0; i < filesystems->n; i++)
		if (read_one(&all, dir, filesystems->v[i], err) < 0)
			return -1;
	if (read_one(&all, dir, NULL, err) < 0)
		return -1;
	*out = all;
	all = (struct contracts){ 0 };
	return 0;
}
