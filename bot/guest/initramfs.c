// SPDX-License-Identifier: GPL-2.0-or-later
#include "bot/guest/initramfs.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/base/hash.h"
#include "bot/guest/elf.h"

#define FORMAT "1" /* part of the name: a change makes new archives */

#define MKE2FS "mkfs.ext4", "e2fsprogs", "/etc/mke2fs.conf"

/* What makes a filesystem in the guest: rules/collisions/filesystem.c */
static const struct mkfs {
	const char *filesystem;
	const char *program; /* NULL: the guest needs none */
	const char *package;
	const char *also; /* a file that the program reads, or NULL */
} mkfs_programs[] = {
	{ "xfs", "mkfs.xfs", "xfsprogs", NULL },
	{ "xfs1k", "mkfs.xfs", "xfsprogs", NULL },
	{ "xfsreflink", "mkfs.xfs", "xfsprogs", NULL },
	{ "ext4", MKE2FS },
	{ "ext4ind", MKE2FS },
	{ "ext2", MKE2FS },
	{ "btrfs", "mkfs.btrfs", "btrfs-progs", NULL },
	{ "btrfscow", "mkfs.btrfs", "btrfs-progs", NULL },
	{ "f2fs", "mkfs.f2fs", "f2fs-tools", NULL },
	{ "gfs2", "mkfs.gfs2", "gfs2-utils", NULL },
	{ "jfs", "mkfs.jfs", "jfsutils", NULL },
	{ "zonefs", NULL, NULL, NULL },
	{ "blockdev", NULL, NULL, NULL },
};

/* The loader's own order on Debian; nothing here has an rpath. */
static const char *const library_dirs[] = {
	"/lib/x86_64-linux-gnu",
	"/usr/lib/x86_64-linux-gnu",
	"/lib64",
	"/usr/lib64",
	"/lib",
	"/usr/lib",
};

struct item {
	char *from; /* on this machine */
	char *to;   /* in the guest, without the leading '/' */
};

struct contents {
	struct item *v;
	size_t n;
};

static void contents_release(struct contents *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->v[i].from);
		free(c->v[i].to);
	}
	free(c->v);
	*c = (struct contents){ 0 };
}
DEFINE_AUTO_VALUE(struct contents, contents_release)

static const struct mkfs *find_mkfs(const char *filesystem)
{
	for (size_t i = 0; i < ARRAY_LEN(mkfs_programs); i++)
		if (strcmp(mkfs_programs[i].filesystem, filesystem) == 0)
			return &mkfs_programs[i];
	return NULL;
}

const char *initramfs_program(const char *filesystem)
{
	const struct mkfs *m = find_mkfs(filesystem);

	return m ? m->program : NULL;
}

const char *initramfs_missing(const char *filesystem)
{
	const char *program = initramfs_program(filesystem);
	AUTO(mem_free) char *path = program ? fs_find_program(program) : NULL;

	return program && !path ? find_mkfs(filesystem)->package : NULL;
}

/* False: it is there already. */
static bool add_item(struct contents *c, const char *from, const char *to)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->v[i].to, to) == 0)
			return false;
	c->v = xreallocarray(c->v, c->n + 1, sizeof(*c->v));
	c->v[c->n++] = (struct item){ xstrdup(from), xstrdup(to) };
	return true;
}

static char *find_library(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(library_dirs); i++) {
		char *path = xasprintf("%s/%s", library_dirs[i], name);

		if (fs_exists(path))
			return path;
		free(path);
	}
	return NULL;
}

static int read_links(struct elf_links *out, const char *path, struct err *err)
{
	AUTO(buf_release) struct buf bytes = { 0 };

	if (fs_read(&bytes, path, ELF_MAX_FILE, err) < 0)
		return -1;
	if (elf_parse(out, buf_text(&bytes), bytes.len, err) < 0)
		return err_wrap(err, "'%s'", path);
	return 0;
}

static int add_library(struct contents *c, const char *name,
		       const char *needed_by, struct err *err)
{
	AUTO(mem_free) char *path = find_library(name);

	if (!path)
		return err_set(err, ERR_CONFIG,
			       "no library '%s', which '%s' "
			       "needs",
			       name, needed_by);
	add_item(c, path, path + 1);
	return 0;
}

/* The libraries of every item, and those of the libraries, to the last. */
static int add_libraries(struct contents *c, struct err *err)
{
	for (size_t i = 0; i < c->n; i++) {
		AUTO(elf_links_release) struct elf_links links = { 0 };

		if (c->n > INITRAMFS_MAX_FILES)
			return err_set(err, ERR_LIMIT, "more than %d libraries",
				       INITRAMFS_MAX_FILES);
		if (read_links(&links, c->v[i].from, err) < 0)
			return -1;
		if (links.loader)
			add_item(c, links.loader, links.loader + 1);
		for (size_t k = 0; k < links.needed.n; k++)
			if (add_library(c, links.needed.v[k], c->v[i].from,
					err) < 0)
				return -1;
	}
	return 0;
}

static int add_mkfs(struct contents *c, const char *filesystem, struct err *err)
{
	const struct mkfs *m = find_mkfs(filesystem);
	AUTO(mem_free) char *path = NULL;
	AUTO(mem_free) char *to = NULL;

	if (!m)
		return err_set(err, ERR_INPUT, "no filesystem '%s' is known",
			       filesystem);
	if (!m->program)
		return 0;
	path = fs_find_program(m->program);
	if (!path)
		return err_set(err, ERR_CONFIG,
			       "no program '%s': install the "
			       "package %s",
			       m->program, m->package);
	to = xasprintf("sbin/%s", m->program);
	add_item(c, path, to);
	return 0;
}

static int collect(struct contents *c, const char *program,
		   const struct strings *filesystems, struct err *err)
{
	if (!fs_exists(program))
		return err_set(err, ERR_CONFIG, "no guest program '%s'",
			       program);
	add_item(c, program, "init");
	for (size_t i = 0; i < filesystems->n; i++)
		if (add_mkfs(c, filesystems->v[i], err) < 0)
			return -1;
	if (add_libraries(c, err) < 0)
		return -1;
	for (size_t i = 0; i < filesystems->n; i++) {
		const struct mkfs *m = find_mkfs(filesystems->v[i]);

		if (m->also && fs_exists(m->also))
			add_item(c, m->also, m->also + 1);
	}
	return 0;
}

static int hash_contents(struct hash *out, const struct contents *c,
			 struct err *err)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();

	hasher_adds(h, FORMAT);
	for (size_t i = 0; i < c->n; i++) {
		hasher_adds(h, c->v[i].to);
		if (hasher_add_file(h, c->v[i].from, err) < 0)
			return -1;
	}
	hasher_get(out, h);
	return 0;
}

static void free_writer_auto(struct archive **owned)
{
	archive_write_free(*owned);
}

static void free_entry_auto(struct archive_entry **owned)
{
	archive_entry_free(*owned);
}

static la_ssize_t keep(struct archive *a, void *arg, const void *data,
		       size_t len)
{
	(void)a;
	buf_add(arg, data, len);
	return (la_ssize_t)len;
}

/* Same bytes each time: no owner, no date. */
static int write_entry(struct archive *a, const char *name, mode_t type,
		       const struct buf *bytes, struct err *err)
{
	AUTO(free_entry) struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, type);
	archive_entry_set_perm(e, 0755);
	archive_entry_set_mtime(e, 0, 0);
	archive_entry_set_size(e, bytes ? (la_int64_t)bytes->len : 0);
	if (archive_write_header(a, e) != ARCHIVE_OK ||
	    (bytes && archive_write_data(a, buf_text(bytes), bytes->len) < 0))
		return err_set(err, ERR_SYSTEM, "cannot archive '%s': %s", name,
			       archive_error_string(a));
	return 0;
}

/* The folders of @path that were not written before. */
static int write_folders(struct archive *a, struct strings *known,
			 const char *path, struct err *err)
{
	for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
		AUTO(mem_free) char *dir = xstrndup(path, (size_t)(p - path));

		if (strings_has(known, dir))
			continue;
		if (write_entry(a, dir, S_IFDIR, NULL, err) < 0)
			return -1;
		strings_push(known, dir);
	}
	return 0;
}

static int write_contents(struct archive *a, const struct contents *c,
			  struct err *err)
{
	AUTO(strings_release) struct strings known = { 0 };

	for (size_t i = 0; i < c->n; i++) {
		AUTO(buf_release) struct buf bytes = { 0 };

		if (write_folders(a, &known, c->v[i].to, err) < 0 ||
		    fs_read(&bytes, c->v[i].from, INITRAMFS_MAX_SIZE, err) <
			    0 ||
		    write_entry(a, c->v[i].to, S_IFREG, &bytes, err) < 0)
			return -1;
	}
	return 0;
}

static int begin(struct archive *a, struct buf *out, struct err *err)
{
	if (archive_write_set_format_cpio_newc(a) == ARCHIVE_OK &&
	    archive_write_open(a, out, NULL, keep, NULL) == ARCHIVE_OK)
		return 0;
	return err_set(err, ERR_SYSTEM, "libarchive: %s",
		       archive_error_string(a));
}

static int finish(struct archive *a, const struct buf *out, struct err *err)
{
	if (archive_write_close(a) != ARCHIVE_OK)
		return err_set(err, ERR_SYSTEM, "libarchive: %s",
			       archive_error_string(a));
	return buf_check(out, "the initramfs", err);
}

static int pack(struct buf *out, const struct contents *c, struct err *err)
{
	AUTO(free_writer) struct archive *a = archive_write_new();

	if (begin(a, out, err) < 0 || write_contents(a, c, err) < 0)
		return -1;
	return finish(a, out, err);
}

int initramfs_make(char **path_out, const char *dir, const char *program,
		   const struct strings *filesystems, struct err *err)
{
	AUTO(contents_release) struct contents c = { 0 };
	AUTO(buf_release) struct buf archive = { 0 };
	AUTO(mem_free) char *path = NULL;
	struct hash hash;

	if (collect(&c, program, filesystems, err) < 0 ||
	    hash_contents(&hash, &c, err) < 0)
		return -1;
	path = xasprintf("%s/initramfs-%.32s.cpio", dir, hash.hex);
	if (!fs_exists(path)) {
		buf_init(&archive, INITRAMFS_MAX_SIZE);
		if (pack(&archive, &c, err) < 0 ||
		    fs_write(path, buf_text(&archive), archive.len, err) < 0)
			return -1;
	}
	*path_out = TAKE(path);
	return 0;
}

int initramfs_add(const char *path, const char *initramfs, const char *name,
		  const struct buf *bytes, struct err *err)
{
	AUTO(free_writer) struct archive *a = archive_write_new();
	AUTO(buf_release) struct buf all = { 0 };
	AUTO(buf_release) struct buf added = { 0 };

	buf_init(&added, INITRAMFS_MAX_SIZE);
	if (fs_read(&all, initramfs, INITRAMFS_MAX_SIZE, err) < 0 ||
	    begin(a, &added, err) < 0 ||
	    write_entry(a, name, S_IFREG, bytes, err) < 0 ||
	    finish(a, &added, err) < 0)
		return -1;
	buf_add(&all, buf_text(&added), added.len);
	if (buf_check(&all, "the initramfs", err) < 0)
		return -1;
	return fs_write(path, buf_text(&all), all.len, err);
}
