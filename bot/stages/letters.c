/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/letters.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "bot/base/frame.h"
#include "bot/base/fs.h"
#include "parsers/mail.h"
#include "parsers/mbox.h"

void letters_release(struct letters *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].name);
		free(list->v[i].bytes);
	}
	free(list->v);
	free(list->from);
	*list = (struct letters){ 0 };
}

/* Moves the bytes. */
static int add(struct letters *list, const char *name, struct buf *bytes,
	       bool is_mbox, struct err *err)
{
	size_t len = bytes->len;

	if (list->n == MBOX_MAX_MAILS || list->bytes + len > MBOX_MAX_SIZE)
		return err_set(err, ERR_LIMIT,
			       "'%s' holds more than %u bytes or %d mails",
			       list->from ? list->from : name, MBOX_MAX_SIZE,
			       MBOX_MAX_MAILS);
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = (struct letter){
		.name = xstrdup(name),
		.bytes = buf_take(bytes),
		.len = len,
		.is_mbox = is_mbox,
	};
	list->bytes += len;
	return 0;
}

int letters_add_file(struct letters *list, const char *path, struct err *err)
{
	AUTO(buf_release) struct buf bytes = { 0 };

	if (fs_read(&bytes, path, MAIL_MAX_SIZE, err) < 0)
		return -1;
	return add(list, path, &bytes, false, err);
}

static inline void dir_close(DIR *dir)
{
	if (dir)
		closedir(dir);
}
DEFINE_AUTO(DIR *, dir_close)

/* One of cur/ and new/; a file name there has no meaning but its flags. */
static int add_folder(struct letters *list, const char *path, struct err *err)
{
	AUTO(dir_close) DIR *dir = opendir(path);
	const struct dirent *entry;

	if (!dir)
		return err_sys(err, ERR_INPUT, "cannot open '%s'", path);
	while ((entry = readdir(dir))) {
		AUTO(mem_free) char *file = NULL;

		if (entry->d_name[0] == '.')
			continue;
		file = xasprintf("%s/%s", path, entry->d_name);
		if (letters_add_file(list, file, err) < 0)
			return -1;
	}
	return 0;
}

static int add_maildir(struct letters *list, const char *path, struct err *err)
{
	static const char *const parts[] = { "cur", "new" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		AUTO(mem_free) char *part = xasprintf("%s/%s", path, parts[i]);

		if (!fs_is_dir(part))
			return err_set(err, ERR_INPUT,
				       "'%s' is a folder, but no Maildir: "
				       "it has no %s/",
				       path, parts[i]);
		if (add_folder(list, part, err) < 0)
			return -1;
	}
	return 0;
}

static int add_mbox(struct letters *list, const char *path, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *name = is_stdin ? "stdin" : path;
	AUTO(buf_release) struct buf bytes = { 0 };

	if (is_stdin &&
	    fs_read_fd(&bytes, STDIN_FILENO, name, MBOX_MAX_SIZE, err) < 0)
		return -1;
	if (!is_stdin && fs_read(&bytes, path, MBOX_MAX_SIZE, err) < 0)
		return -1;
	if (bytes.len == 0)
		return err_set(err, ERR_INPUT, "'%s' is empty", name);
	return add(list, name, &bytes, true, err);
}

int letters_read(struct letters *out, const char *path, struct err *err)
{
	AUTO(letters_release) struct letters list = { .from = xstrdup(path) };

	if ((fs_is_dir(path) ? add_maildir(&list, path, err)
			     : add_mbox(&list, path, err)) < 0)
		return -1;
	*out = list;
	list = (struct letters){ 0 };
	return 0;
}

/* ---- into a box ---- */

json_t *letters_to_json(const struct letters *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++) {
		json_t *o = json_object();

		json_set_str(o, "name", list->v[i].name);
		json_set_bool(o, "is_mbox", list->v[i].is_mbox);
		json_array_append_new(array, o);
	}
	return array;
}

int letters_pack(int *out, const struct letters *list, struct err *err)
{
	AUTO(fd_close) int fd = memfd_create("letters", MFD_CLOEXEC);

	if (fd < 0)
		return err_sys(err, ERR_SYSTEM, "cannot make a memory file");
	for (size_t i = 0; i < list->n; i++)
		if (frame_write(fd, list->v[i].bytes, list->v[i].len, err) < 0)
			return -1;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot rewind a memory file");
	*out = fd;
	fd = -1;
	return 0;
}

/* What is left to be unpacked. */
struct unpacking {
	struct letters *list;
	const json_t *names;
};

static int take_letter(void *arg, const char *bytes, size_t len,
		       struct err *err)
{
	struct unpacking *u = arg;
	const json_t *o = json_array_get(u->names, u->list->n);
	AUTO(buf_release) struct buf copy = { 0 };
	const char *name;
	bool is_mbox;

	if (!o)
		return err_set(err, ERR_INPUT, "a letter without a name");
	if (json_get_string(&name, o, "name", err) < 0 ||
	    json_get_bool(&is_mbox, o, "is_mbox", err) < 0)
		return -1;
	buf_init(&copy, MBOX_MAX_SIZE);
	buf_add(&copy, bytes, len);
	return add(u->list, name, &copy, is_mbox, err);
}

static int read_frames(struct frame_reader *r, const char *path,
		       struct err *err)
{
	AUTO(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	char block[65536];
	ssize_t n;

	if (fd < 0)
		return err_sys(err, ERR_SYSTEM, "cannot open '%s'", path);
	while ((n = read(fd, block, sizeof(block))) > 0)
		if (frame_reader_add(r, block, (size_t)n, err) < 0)
			return -1;
	if (n < 0)
		return err_sys(err, ERR_SYSTEM, "cannot read '%s'", path);
	return frame_reader_end(r, err);
}

int letters_unpack(struct letters *out, const json_t *names, const char *path,
		   struct err *err)
{
	AUTO(letters_release) struct letters list = { 0 };
	AUTO(frame_reader_release) struct frame_reader r = { 0 };
	struct unpacking u = { &list, names };

	frame_reader_init(&r, MBOX_MAX_SIZE, take_letter, &u);
	if (read_frames(&r, path, err) < 0)
		return -1;
	if (list.n != json_array_size(names))
		return err_set(err, ERR_INPUT, "%zu letters of %zu", list.n,
			       json_array_size(names));
	*out = list;
	list = (struct letters){ 0 };
	return 0;
}
