/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/folder.h"

#include <errno.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"

/* The row last, so that a kill on the way leaves something to sweep. */
static int remove_all(struct store *st, const struct jobs_row *row,
		      struct err *err)
{
	AUTO(mem_free) char *lock = xasprintf("%s.lock", row->folder);

	if (fs_remove_tree(row->folder, err) < 0)
		return -1;
	if (unlink(lock) < 0 && errno != ENOENT)
		return err_sys(err, ERR_SYSTEM, "cannot remove '%s'", lock);
	return jobs_remove(st, row->id, err);
}

static int sweep_state(struct store *st, enum jobs_state state, struct err *err)
{
	AUTO(jobs_list_release) struct jobs_list list = { 0 };

	if (jobs_all(&list, st, state, err) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++) {
		AUTO(fd_close) int lock = -1;

		if (fs_try_lock(&lock, list.v[i].folder, err) < 0)
			return -1;
		if (lock >= 0 && remove_all(st, &list.v[i], err) < 0)
			return -1;
	}
	return 0;
}

int folder_sweep(struct store *st, struct err *err)
{
	if (sweep_state(st, JOBS_WAITING, err) < 0)
		return -1;
	return sweep_state(st, JOBS_RUNNING, err);
}

int folder_begin(struct folder *out, struct store *st, const char *folders,
		 const char *subject, const char *message_id, struct err *err)
{
	bool moved;

	if (jobs_add(&out->row, st, folders, subject, message_id, err) < 0 ||
	    fs_try_lock(&out->lock, out->row.folder, err) < 0 ||
	    jobs_move(&moved, st, out->row.id, JOBS_WAITING, JOBS_RUNNING, NULL,
		      err) < 0)
		return -1;
	/* Between row and lock, another's sweep may have been faster. */
	if (!moved || out->lock < 0)
		return err_set(err, ERR_RETRY, "job %lld was swept away",
			       (long long)out->row.id);
	return 0;
}

int folder_end(struct folder *f, struct store *st, bool keep, struct err *err)
{
	bool moved;

	if (keep)
		return jobs_move(&moved, st, f->row.id, JOBS_RUNNING, JOBS_DONE,
				 "kept", err);
	return remove_all(st, &f->row, err);
}

void folder_release(struct folder *f)
{
	jobs_row_release(&f->row);
	fd_close(f->lock);
	*f = (struct folder)FOLDER_INIT;
}
