/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mailbox.h"

#include <dirent.h>

#include "bot/base/buf.h"
#include "bot/base/fs.h"
#include "parsers/mbox.h"

/* One mail's bytes; an error is kept for the list of what was skipped. */
static void add_mail(struct mailbox *box, const char *bytes, size_t len,
		     const char *name)
{
	struct err why = ERR_INIT;
	struct mail *mail;

	if (mail_parse(&mail, bytes, len, &why) < 0) {
		strings_push_take(&box->skipped,
				  xasprintf("%s: %s", name, why.msg));
		return;
	}
	box->v = xreallocarray(box->v, box->n + 1, sizeof(struct mail *));
	box->v[box->n++] = mail;
}

static int add_mbox(struct mailbox *box, const struct buf *bytes,
		    const char *name, struct err *err)
{
	AUTO(mbox_release) struct mbox mbox = { 0 };

	if (bytes->len == 0)
		return err_set(err, ERR_INPUT, "'%s' is empty", name);
	if (mbox_parse(&mbox, bytes->data, bytes->len, err) < 0)
		return err_wrap(err, "'%s'", name);
	for (size_t i = 0; i < mbox.n; i++) {
		AUTO(mem_free)
		char *which = xasprintf("mail %zu of '%s'", i + 1, name);

		add_mail(box, mbox.v[i].bytes, mbox.v[i].len, which);
	}
	return 0;
}

static inline void dir_close(DIR *dir)
{
	if (dir)
		closedir(dir);
}
DEFINE_AUTO(DIR *, dir_close)

/* One of cur/ and new/; a file name there has no meaning but its flags. */
static int add_folder(struct mailbox *box, const char *path, uint64_t *total,
		      struct err *err)
{
	AUTO(dir_close) DIR *dir = opendir(path);
	const struct dirent *entry;

	if (!dir)
		return err_sys(err, ERR_INPUT, "cannot open '%s'", path);
	while ((entry = readdir(dir))) {
		AUTO(mem_free) char *file = NULL;
		AUTO(buf_release) struct buf bytes = { 0 };

		if (entry->d_name[0] == '.')
			continue;
		file = xasprintf("%s/%s", path, entry->d_name);
		if (fs_read(&bytes, file, MAIL_MAX_SIZE, err) < 0)
			return -1;
		*total += bytes.len;
		if (*total > MBOX_MAX_SIZE ||
		    box->n + box->skipped.n == MBOX_MAX_MAILS)
			return err_set(
				err, ERR_LIMIT,
				"'%s' holds more than %u bytes or %d mails",
				path, MBOX_MAX_SIZE, MBOX_MAX_MAILS);
		add_mail(box, buf_text(&bytes), bytes.len, file);
	}
	return 0;
}

static int add_maildir(struct mailbox *box, const char *path, struct err *err)
{
	static const char *const parts[] = { "cur", "new" };
	uint64_t total = 0;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		AUTO(mem_free) char *part = xasprintf("%s/%s", path, parts[i]);

		if (!fs_is_dir(part))
			return err_set(err, ERR_INPUT,
				       "'%s' is a folder, but no Maildir: "
				       "it has no %s/",
				       path, parts[i]);
		if (add_folder(box, part, &total, err) < 0)
			return -1;
	}
	return 0;
}

static int add_all(struct mailbox *box, const char *path, struct err *err)
{
	AUTO(buf_release) struct buf bytes = { 0 };

	if (fs_is_dir(path))
		return add_maildir(box, path, err);
	if (strcmp(path, "-") == 0) {
		if (fs_read_fd(&bytes, STDIN_FILENO, "stdin", MBOX_MAX_SIZE,
			       err) < 0)
			return -1;
		return add_mbox(box, &bytes, "stdin", err);
	}
	if (fs_read(&bytes, path, MBOX_MAX_SIZE, err) < 0)
		return -1;
	return add_mbox(box, &bytes, path, err);
}

int mailbox_read(struct mailbox *out, const char *path, struct err *err)
{
	AUTO(mailbox_release) struct mailbox box = { 0 };

	if (add_all(&box, path, err) < 0)
		return -1;
	if (box.n == 0 && box.skipped.n > 0)
		return err_set(err, ERR_INPUT, "%s", box.skipped.v[0]);
	if (box.n == 0)
		return err_set(err, ERR_INPUT, "no mail in '%s'", path);
	*out = box;
	box = (struct mailbox){ 0 };
	return 0;
}

void mailbox_release(struct mailbox *box)
{
	for (size_t i = 0; i < box->n; i++)
		mail_free(box->v[i]);
	free(box->v);
	strings_release(&box->skipped);
	*box = (struct mailbox){ 0 };
}
