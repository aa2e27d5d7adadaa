// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * buffered.c - actors that use the page cache
 */
#include "rules/collisions/run.h"

#include <fcntl.h>
#include <sys/sendfile.h>

static ssize_t store(struct actor *a)
{
	return mapping_store(a->run->map + a->at, a->letter, a->len);
}

struct actor *actor_store_at(struct run *r, unsigned page)
{
	return actor_start(r, &(struct actor){ .name = "store",
					       .act = store,
					       .len = PAGE,
					       .at = (off_t)page * PAGE,
					       .letter = 'M' });
}

struct actor *actor_store(struct run *r)
{
	return actor_store_at(r, MET_PAGE);
}

static ssize_t read_buffered(struct actor *a)
{
	return pread(a->fd, a->data, a->len, a->at);
}

struct actor *actor_buffered_read(struct run *r)
{
	return actor_start(r, &(struct actor){
				      .name = "read",
				      .act = read_buffered,
				      .fd = r->buffered,
				      .data = actor_buffer(FILE_LEN, 'x'),
				      .len = FILE_LEN,
				      .is_reader = true,
			      });
}

static ssize_t write_buffered(struct actor *a)
{
	return pwrite(a->fd, a->data, a->len, a->at);
}

struct actor *actor_buffered_write(struct run *r)
{
	return actor_start(r, &(struct actor){
				      .name = "write",
				      .act = write_buffered,
				      .fd = r->buffered,
				      .data = actor_buffer(PAGE, 'B'),
				      .len = PAGE,
				      .at = (off_t)MET_PAGE * PAGE,
			      });
}

/* A pipe has room for 16 pages, which is the whole file. */
static ssize_t send_to_pipe(struct actor *a)
{
	ssize_t n, got = 0, total = 0;
	int pipe_fds[2];
	off_t at = 0;

	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return -1;
	n = sendfile(pipe_fds[1], a->fd, &at, a->len);
	for (; total < n; total += got) {
		got = read(pipe_fds[0], a->data + total, (size_t)(n - total));
		if (got <= 0)
			break;
	}
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	return n;
}

struct actor *actor_sendfile(struct run *r)
{
	return actor_start(r, &(struct actor){
				      .name = "sendfile",
				      .act = send_to_pipe,
				      .fd = r->buffered,
				      .data = actor_buffer(FILE_LEN, 'x'),
				      .len = FILE_LEN,
				      .is_reader = true,
			      });
}
