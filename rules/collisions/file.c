// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * file.c - the file that a scenario collides in
 *
 * Each step runs in a thread of its own (run_aside): the kernel under test may
 * hang in any of these calls.
 */
#include "rules/collisions/run.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define FILL_CHUNK ((off_t)128 << 20)
#define SPARE_LEN ((off_t)6 * PAGE) /* less than half of the file */
#define SUFFIX_MAX 16

/* What of the file is written with 'A', and what is only there. */
static const struct {
	size_t from, written, len;
	bool is_allocated; /* the rest has blocks, that were never written */
} layouts[] = {
	[FILE_WRITTEN] = { .written = FILE_LEN, .len = FILE_LEN },
	[FILE_UNWRITTEN] = { .len = FILE_LEN, .is_allocated = true },
	[FILE_HOLE] = { .len = FILE_LEN },
	[FILE_SHORT] = { .written = SHORT_LEN, .len = SHORT_LEN },
	[FILE_TAIL] = { .from = FILE_LEN / 2,
			.written = FILE_LEN / 2,
			.len = FILE_LEN },
	[FILE_SECTOR] = { .written = SECTOR, .len = SECTOR },
	[FILE_EMPTY] = { .len = 0 },
};

/* A short count is a failure here, with the errno of a full disk. */
static ssize_t write_letters(int fd, char *buffer, char letter, size_t len,
			     off_t at)
{
	ssize_t n;

	memset(buffer, letter, len);
	n = pwrite(fd, buffer, len, at);
	if (n >= 0 && (size_t)n != len) {
		errno = ENOSPC;
		return -1;
	}
	return n;
}

static ssize_t fill(int fd, struct run *r, enum file_blocks blocks)
{
	size_t len = layouts[blocks].len;

	if (layouts[blocks].is_allocated && fallocate(fd, 0, 0, (off_t)len) < 0)
		return -1;
	if (len > layouts[blocks].written && ftruncate(fd, (off_t)len) < 0)
		return -1;
	if (layouts[blocks].written > 0 &&
	    write_letters(fd, r->buffer, 'A', layouts[blocks].written,
			  (off_t)layouts[blocks].from) < 0)
		return -1;
	return fsync(fd);
}

static ssize_t open_file(struct actor *a)
{
	struct run *r = a->run;
	void *map;

	r->buffered = open(r->path, O_RDWR | O_CLOEXEC);
	r->direct = open(r->path, O_RDWR | O_DIRECT | O_CLOEXEC);
	if (r->buffered < 0 || r->direct < 0)
		return -1;
	if ((r->volume->fs->can & FILES_MAP) == 0)
		return 0;
	map = mmap(NULL, FILE_LEN, PROT_READ | PROT_WRITE, MAP_SHARED,
		   r->buffered, 0);
	if (map == MAP_FAILED)
		return -1;
	r->map = map;
	return 0;
}

/*
 * What is no file of a directory cannot be made; it is written over, while it
 * is open, as a device forgets its cache with the last descriptor.
 */
static ssize_t create_file(struct actor *a)
{
	bool is_made = a->run->volume->fs->kind == FILESYSTEM_MOUNTED;
	int flags = is_made ? O_CREAT | O_TRUNC : 0;
	ssize_t rc;
	int fd;

	fd = open(a->run->path, O_RDWR | O_CLOEXEC | flags, 0644);
	if (fd < 0)
		return -1;
	rc = fill(fd, a->run, (enum file_blocks)a->at);
	close(fd);
	return rc;
}

static void name_file(struct run *r)
{
	struct volume *v = r->volume;

	switch (v->fs->kind) {
	case FILESYSTEM_MOUNTED:
		snprintf(r->path, sizeof(r->path), "%s/f%u", v->root,
			 v->files++);
		break;
	case FILESYSTEM_ZONED: /* its conventional zones take any write */
		snprintf(r->path, sizeof(r->path), "%s/cnv/0", v->root);
		break;
	case FILESYSTEM_DEVICE:
		snprintf(r->path, sizeof(r->path), "%s", v->node);
		break;
	}
}

void file_lay_out(struct run *r, enum file_blocks blocks)
{
	const struct filesystem *fs = r->volume->fs;

	if (fs->kind != FILESYSTEM_MOUNTED && blocks != FILE_WRITTEN)
		run_spoil(r, "a file of %s cannot be laid out so", fs->name);
	name_file(r);
	r->len = layouts[blocks].len;
	if (fs->kind == FILESYSTEM_MOUNTED)
		run_aside(r, "making", create_file, blocks);
	run_aside(r, "opening", open_file, 0);
	if (fs->kind != FILESYSTEM_MOUNTED)
		run_aside(r, "writing over", create_file, blocks);
	if (fs->is_shared && layouts[blocks].written > 0)
		file_clone(r);
}

/* A file of the same name but for @suffix, or -1. */
static int make_beside(const struct run *r, const char *suffix)
{
	char path[sizeof(r->path) + SUFFIX_MAX];

	snprintf(path, sizeof(path), "%s%s", r->path, suffix);
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
}

static ssize_t make_clone(struct actor *a)
{
	struct run *r = a->run;

	r->clone = make_beside(r, ".clone");
	return r->clone < 0 ? -1 : 0;
}

static ssize_t share_blocks(struct actor *a)
{
	if (ioctl(a->run->clone, FICLONE, a->run->buffered) < 0)
		return -1;
	return fsync(a->run->clone);
}

void file_make_clone(struct run *r)
{
	if (r->clone < 0)
		run_aside(r, "making a second file", make_clone, 0);
}

void file_clone(struct run *r)
{
	file_make_clone(r);
	run_aside(r, "cloning", share_blocks, 0);
}

/* In chunks, smaller ones when no more of them fit. */
static ssize_t allocate_all(int fd, off_t at)
{
	for (off_t chunk = FILL_CHUNK; chunk >= PAGE; chunk /= 2)
		while (fallocate(fd, 0, at, chunk) == 0)
			at += chunk;
	return errno == ENOSPC ? 0 : -1;
}

/*
 * The spare pages are an extent of their own, as Btrfs frees extents whole;
 * they are free once that is committed.
 */
static ssize_t fill_disk(struct actor *a)
{
	struct run *r = a->run;
	off_t spare = r->volume->fs->can & FILES_CLONE ? SPARE_LEN : 0;

	r->filler = make_beside(r, ".filler");
	if (r->filler < 0)
		return -1;
	if (spare && fallocate(r->filler, 0, 0, spare) < 0)
		return -1;
	if (allocate_all(r->filler, spare) < 0)
		return -1;
	if (spare &&
	    fallocate(r->filler, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
		      spare) < 0)
		return -1;
	sync(); /* syncfs would tell of what earlier runs lost */
	return 0;
}

void file_fill_disk(struct run *r)
{
	run_aside(r, "filling the disk", fill_disk, 0);
}

static ssize_t drop_cache(struct actor *a)
{
	errno = posix_fadvise(a->run->buffered, 0, FILE_LEN,
			      POSIX_FADV_DONTNEED);
	return errno ? -1 : 0;
}

void file_drop_cache(struct run *r)
{
	run_aside(r, "dropping the cache", drop_cache, 0);
}

static ssize_t map_in(struct actor *a)
{
	return mapping_load(a->run->map, a->run->len);
}

void file_map_in(struct run *r)
{
	run_aside(r, "mapping in", map_in, 0);
}

static ssize_t read_page(struct actor *a)
{
	return pread(a->run->buffered, a->run->buffer, PAGE, a->at);
}

void file_read_in(struct run *r, unsigned page)
{
	run_aside(r, "reading a page in", read_page, (off_t)page * PAGE);
}

static ssize_t dirty_page(struct actor *a)
{
	struct run *r = a->run;

	return write_letters(r->buffered, r->buffer, 'P', PAGE, a->at);
}

void file_dirty(struct run *r, unsigned page)
{
	run_aside(r, "dirtying", dirty_page, (off_t)page * PAGE);
}

static ssize_t store_letters(struct actor *a)
{
	for (size_t at = 0; at < a->run->len; at += PAGE)
		if (mapping_store(a->run->map + at, (char)('a' + at / PAGE),
				  PAGE) < 0)
			return -1;
	return 0;
}

void file_store_letters(struct run *r)
{
	run_aside(r, "storing letters", store_letters, 0);
}

static ssize_t soil(struct actor *a)
{
	struct run *r = a->run;

	return medium_soil(r->volume, r->buffered, r->buffer);
}

void file_soil(struct run *r)
{
	if (run_aside(r, "writing below the file", soil, 0) == 0)
		run_spoil(r, "no unwritten blocks to write below");
}

static ssize_t count_dirty(struct actor *a)
{
	return cachestat_dirty(a->run->buffered, a->run->map);
}

unsigned file_dirty_pages(struct run *r)
{
	ssize_t n = run_aside(r, "counting dirty pages", count_dirty, 0);

	return n > 0 ? (unsigned)n : 0;
}

static ssize_t count_cached(struct actor *a)
{
	return cachestat_cached(a->run->buffered, a->run->map);
}

unsigned file_cached_pages(struct run *r)
{
	ssize_t n = run_aside(r, "counting cached pages", count_cached, 0);

	return n > 0 ? (unsigned)n : 0;
}

/* A file that was made with the test file. */
static void remove_beside(const struct run *r, int fd, const char *suffix)
{
	char path[sizeof(r->path) + SUFFIX_MAX];

	if (fd < 0)
		return;
	close(fd);
	snprintf(path, sizeof(path), "%s%s", r->path, suffix);
	unlink(path);
}

static ssize_t close_file(struct actor *a)
{
	struct run *r = a->run;

	pin_remove(r);
	if (r->map)
		munmap(r->map, FILE_LEN);
	close(r->direct);
	close(r->buffered);
	if (r->volume->fs->kind != FILESYSTEM_MOUNTED)
		return 0;
	remove_beside(r, r->clone, ".clone");
	remove_beside(r, r->filler, ".filler");
	return unlink(r->path);
}

void file_remove(struct run *r)
{
	run_aside(r, "closing", close_file, 0);
}
