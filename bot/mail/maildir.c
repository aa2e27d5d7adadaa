/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/maildir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/base/hash.h"

#define FLAGS "DFPRST" /* of a mail in cur/; in a name they are sorted */
#define N_FLAGS 6u
#define SEEN (1u << 4) /* S, which we give */

static struct hash hash_of(const char *message_id)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();
	struct hash hash;

	hasher_adds(h, message_id);
	hasher_get(&hash, h);
	return hash;
}

/* With the flags whose bits are set. */
static char *name_with(const char *hex, unsigned bits)
{
	char flags[N_FLAGS + 1];
	size_t n = 0;

	for (unsigned i = 0; i < N_FLAGS; i++)
		if (bits & 1u << i)
			flags[n++] = FLAGS[i];
	flags[n] = '\0';
	return xasprintf("cur/%s:2,%s", hex, flags);
}

char *maildir_name(const char *message_id)
{
	struct hash hash = hash_of(message_id);

	return name_with(hash.hex, SEEN);
}

static char *find(const char *dir, const char *hex)
{
	for (unsigned i = 0; i < 1u << N_FLAGS; i++) {
		AUTO(mem_free) char *name = name_with(hex, i ^ SEEN);
		AUTO(mem_free) char *path = xasprintf("%s/%s", dir, name);

		if (fs_exists(path))
			return TAKE(name);
	}
	return NULL;
}

char *maildir_find(const char *dir, const char *message_id)
{
	struct hash hash = hash_of(message_id);

	return find(dir, hash.hex);
}

int maildir_make(const char *dir, struct err *err)
{
	static const char *const parts[] = { "cur", "new", "tmp" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		AUTO(mem_free) char *path = xasprintf("%s/%s", dir, parts[i]);

		if (fs_mkdirs(path, 0755, err) < 0)
			return -1;
	}
	return 0;
}

static inline void dir_close(DIR *d)
{
	if (d)
		closedir(d);
}
DEFINE_AUTO(DIR *, dir_close)

int maildir_begin(struct maildir *box, const char *dir, struct err *err)
{
	AUTO(mem_free) char *tmp = xasprintf("%s/tmp", dir);
	AUTO(dir_close) DIR *d = opendir(tmp);
	struct dirent *e;

	if (!d)
		return err_sys(err, ERR_SYSTEM, "cannot open '%s'", tmp);
	while ((e = readdir(d)))
		if (e->d_name[0] != '.' && unlinkat(dirfd(d), e->d_name, 0) < 0)
			return err_sys(err, ERR_SYSTEM, "cannot remove '%s/%s'",
				       tmp, e->d_name);
	*box = (struct maildir){ .dir = xstrdup(dir) };
	return 0;
}

int maildir_write(struct maildir *box, const char *message_id, bool is_there,
		  const char *bytes, size_t len, struct err *err)
{
	struct hash hash = hash_of(message_id);
	AUTO(mem_free)
	char *path = xasprintf("%s/tmp/%s", box->dir, hash.hex);
	AUTO(mem_free) char *to = NULL;
	AUTO(fd_close) int fd = -1;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		  0644);
	if (fd < 0)
		return err_sys(err, ERR_SYSTEM, "cannot create '%s'", path);
	if (fs_write_fd(fd, bytes, len, path, err) < 0)
		return -1;
	if (is_there)
		to = find(box->dir, hash.hex);
	if (!to)
		to = name_with(hash.hex, SEEN);
	strings_push_take(&box->names, TAKE(to));
	return 0;
}

static int move_in(const struct maildir *box, const char *name, struct err *err)
{
	AUTO(mem_free) char *to = xasprintf("%s/%s", box->dir, name);
	AUTO(mem_free) char *from = NULL;

	from = xasprintf("%s/tmp/%.*s", box->dir, HASH_HEX_LEN, fs_name(name));
	if (rename(from, to) < 0 && errno != ENOENT) /* written twice */
		return err_sys(err, ERR_SYSTEM, "cannot rename '%s'", from);
	return 0;
}

int maildir_end(struct maildir *box, struct err *err)
{
	AUTO(mem_free) char *cur = xasprintf("%s/cur", box->dir);
	AUTO(fd_close) int fd = -1;

	if (box->names.n == 0)
		return 0;
	fd = open(cur, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, ERR_SYSTEM, "cannot open '%s'", cur);
	if (syncfs(fd) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot sync '%s'", cur);
	for (size_t i = 0; i < box->names.n; i++)
		if (move_in(box, box->names.v[i], err) < 0)
			return -1;
	if (fsync(fd) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot sync '%s'", cur);
	strings_release(&box->names);
	box->names = (struct strings){ 0 };
	return 0;
}

void maildir_release(struct maildir *box)
{
	free(box->dir);
	strings_release(&box->names);
	*box = (struct maildir){ 0 };
}

int maildir_remove(const char *dir, const char *message_id, struct err *err)
{
	AUTO(mem_free) char *name = maildir_find(dir, message_id);
	AUTO(mem_free) char *path = NULL;

	if (!name)
		return 0;
	path = xasprintf("%s/%s", dir, name);
	if (unlink(path) < 0 && errno != ENOENT)
		return err_sys(err, ERR_SYSTEM, "cannot remove '%s'", path);
	return 0;
}
