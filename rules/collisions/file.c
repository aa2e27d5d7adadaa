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
#include <sys/mman.h>

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

static ssize_t fill_written(int fd, struct run *r)
{
	if (write_letters(fd, r->buffer, 'A', FILE_LEN, 0) < 0)
		return -1;
	return fsync(fd);
}

static ssize_t fill_unwritten(int fd)
{
	if (fallocate(fd, 0, 0, FILE_LEN) < 0 &&
	    (errno != EOPNOTSUPP || ftruncate(fd, FILE_LEN) < 0))
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
	map = mmap(NULL, FILE_LEN, PROT_READ | PROT_WRITE, MAP_SHARED,
		   r->buffered, 0);
	if (map == MAP_FAILED)
		return -1;
	r->map = map;
	return 0;
}

static ssize_t create_file(struct actor *a)
{
	struct run *r = a->run;
	ssize_t rc;
	int fd;

	fd = open(r->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -1;
	rc = a->at == FILE_WRITTEN ? fill_written(fd, r) : fill_unwritten(fd);
	close(fd);
	return rc;
}

void file_lay_out(struct run *r, enum file_blocks blocks)
{
	struct volume *v = r->volume;

	snprintf(r->path, sizeof(r->path), "%s/f%u", v->root, v->files++);
	run_aside(r, "laying out", create_file, blocks);
	run_aside(r, "opening", open_file, 0);
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
	return mapping_load(a->run->map, FILE_LEN);
}

void file_map_in(struct run *r)
{
	run_aside(r, "mapping in", map_in, 0);
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

static ssize_t count_dirty(struct actor *a)
{
	struct cachestat stat;

	if (cachestat_read(&stat, a->run->buffered) < 0)
		return -1;
	return (ssize_t)stat.dirty;
}

unsigned file_dirty_pages(struct run *r)
{
	ssize_t n = run_aside(r, "cachestat", count_dirty, 0);

	return n > 0 ? (unsigned)n : 0;
}
