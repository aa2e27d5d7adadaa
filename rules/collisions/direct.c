// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * direct.c - actors that do direct I/O in one call
 */
#include "rules/collisions/run.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define TICK_LIMIT 100 /* pauses; a tick is 10 ms at most */

/* Coarse time, which inodes are stamped with, moves once a tick. */
static void await_tick(void)
{
	struct timespec before, now;

	clock_gettime(CLOCK_REALTIME_COARSE, &before);
	for (int i = 0; i < TICK_LIMIT; i++) {
		clock_gettime(CLOCK_REALTIME_COARSE, &now);
		if (now.tv_nsec != before.tv_nsec)
			return;
		pause_ms(POLL_MS);
	}
}

/*
 * file_update_time would have to wait for a transaction, and kiocb_modified
 * refuses that under IOCB_NOWAIT, before the page cache is looked at.
 */
static ssize_t touch(int fd)
{
	await_tick();
	return futimens(fd, NULL);
}

static ssize_t write_directly(struct actor *a)
{
	struct iovec v = { a->data, a->len };

	if ((a->flags & RWF_NOWAIT) && touch(a->fd) < 0)
		return -1;
	return pwritev2(a->fd, &v, 1, a->at, a->flags);
}

struct actor *actor_direct_write_at(struct run *r, off_t at, size_t len,
				    int rwf_flags)
{
	return actor_start(r, &(struct actor){
				      .name = "dio",
				      .act = write_directly,
				      .fd = r->direct,
				      .flags = rwf_flags,
				      .data = actor_buffer(FILE_LEN, 'D'),
				      .len = len,
				      .at = at,
			      });
}

struct actor *actor_direct_write_flags(struct run *r, int rwf_flags)
{
	return actor_direct_write_at(r, 0, FILE_LEN, rwf_flags);
}

struct actor *actor_direct_write_dsync(struct run *r)
{
	return actor_direct_write_flags(r, RWF_DSYNC);
}

struct actor *actor_direct_write(struct run *r)
{
	return actor_direct_write_flags(r, 0);
}

static ssize_t read_directly(struct actor *a)
{
	struct iovec v = { a->data, a->len };

	return preadv2(a->fd, &v, 1, a->at, a->flags);
}

struct actor *actor_direct_read(struct run *r, int rwf_flags)
{
	return actor_start(r, &(struct actor){
				      .name = "dread",
				      .act = read_directly,
				      .fd = r->direct,
				      .flags = rwf_flags,
				      .data = actor_buffer(FILE_LEN, 'x'),
				      .len = FILE_LEN,
				      .is_reader = true,
			      });
}

static ssize_t read_to_map(struct actor *a)
{
	return pread(a->fd, a->run->map, a->len, a->at);
}

struct actor *actor_direct_read_to_map(struct run *r, off_t at, size_t len)
{
	return actor_start(r, &(struct actor){ .name = "dread",
					       .act = read_to_map,
					       .fd = r->direct,
					       .len = len,
					       .at = at });
}

static ssize_t write_from_map(struct actor *a)
{
	return pwrite(a->fd, a->run->map + a->at, a->len, 0);
}

struct actor *actor_direct_write_from_map(struct run *r, off_t from, size_t len)
{
	return actor_start(r, &(struct actor){ .name = "self",
					       .act = write_from_map,
					       .fd = r->direct,
					       .len = len,
					       .at = from });
}

static ssize_t write_half_from_map(struct actor *a)
{
	struct iovec v[] = { { a->data, a->len / 2 },
			     { a->run->map + a->at, a->len / 2 } };

	return pwritev(a->fd, v, 2, 0);
}

struct actor *actor_direct_write_half_from_map(struct run *r, off_t from)
{
	return actor_start(r, &(struct actor){
				      .name = "self",
				      .act = write_half_from_map,
				      .fd = r->direct,
				      .data = actor_buffer(FILE_LEN, 'D'),
				      .len = FILE_LEN / 2,
				      .at = from,
			      });
}

/* The limit is the process's; nobody else writes while it holds. */
static ssize_t write_limited(struct actor *a)
{
	struct rlimit before, limited;
	ssize_t n = -1;
	int error;

	if (getrlimit(RLIMIT_FSIZE, &before) < 0)
		return -1;
	limited = (struct rlimit){ (rlim_t)a->at, before.rlim_max };
	signal(SIGXFSZ, SIG_IGN); /* what is past the limit is told by errno */
	if (setrlimit(RLIMIT_FSIZE, &limited) == 0)
		n = pwrite(a->fd, a->data, a->len, 0);
	error = errno;
	setrlimit(RLIMIT_FSIZE, &before);
	errno = error;
	return n;
}

struct actor *actor_direct_write_limited(struct run *r, size_t limit)
{
	return actor_start(r, &(struct actor){
				      .name = "limited",
				      .act = write_limited,
				      .fd = r->direct,
				      .data = actor_buffer(FILE_LEN, 'D'),
				      .len = FILE_LEN,
				      .at = (off_t)limit,
			      });
}

/* What a round lacks ends it: an error, or a count that is short. */
static ssize_t mix_once(struct actor *a)
{
	ssize_t direct;

	memset(a->data, 'B', FILE_LEN);
	if (pwrite(a->run->buffered, a->data, FILE_LEN, 0) < 0)
		return -1;
	a->met += cachestat_dirty(a->run->buffered, a->run->map) > 0;
	memset(a->data, 'D', FILE_LEN / 2);
	direct = pwrite(a->run->direct, a->data, FILE_LEN / 2, 0);
	if (direct < 0 || fsync(a->run->buffered) < 0 ||
	    fsync(a->run->direct) < 0)
		return -1;
	return direct;
}

static ssize_t mix(struct actor *a)
{
	ssize_t total = 0;

	for (int i = 0; i < MIX_ROUNDS; i++) {
		ssize_t n = mix_once(a);

		if (n < 0)
			return -1;
		total += n;
		if ((size_t)n < FILE_LEN / 2)
			break;
	}
	return total;
}

struct actor *actor_mix(struct run *r)
{
	return actor_start(r, &(struct actor){
				      .name = "mix",
				      .act = mix,
				      .data = actor_buffer(FILE_LEN, 0),
				      .len = MIX_ROUNDS * FILE_LEN / 2,
			      });
}
