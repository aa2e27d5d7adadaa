// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * async.c - direct writes that are submitted, and completed later
 *
 * The submitting thread waits for the completion itself, in a sleep that a
 * signal could end: not state D. What it submitted is ended when it exits.
 */
#include "rules/collisions/run.h"

#include <errno.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static ssize_t as_result(int64_t res)
{
	if (res >= 0)
		return (ssize_t)res;
	errno = (int)-res;
	return -1;
}

ssize_t async_submit(struct actor *a)
{
	aio_context_t context = 0;
	struct io_event event = { .res = -EIO };
	struct iocb iocb = {
		.aio_lio_opcode = IOCB_CMD_PWRITE,
		.aio_fildes = (uint32_t)a->fd,
		.aio_buf = (uintptr_t)a->data,
		.aio_nbytes = a->len,
		.aio_offset = a->at,
	};
	struct iocb *list = &iocb;

	if (syscall(SYS_io_setup, 1, &context) < 0 ||
	    syscall(SYS_io_submit, context, 1, &list) != 1)
		return -1;
	atomic_store(&a->is_submitted, true);
	if (syscall(SYS_io_getevents, context, 1, 1, &event, NULL) != 1)
		return -1;
	syscall(SYS_io_destroy, context);
	return as_result(event.res);
}

struct actor *actor_direct_aio_at(struct run *r, off_t at, size_t len)
{
	return actor_start(r, &(struct actor){
				      .name = "dio",
				      .act = async_submit,
				      .fd = r->direct,
				      .data = actor_buffer(FILE_LEN, 'D'),
				      .len = len,
				      .at = at,
			      });
}

struct actor *actor_direct_aio(struct run *r)
{
	return actor_direct_aio_at(r, 0, FILE_LEN);
}

/* A ring of one entry, so no index is ever but 0. */
struct ring {
	int fd;
	unsigned *tail;	 /* of submissions: one more when it is filled in */
	unsigned *slots; /* which entry a submission is */
	struct io_uring_sqe *entry;
	struct io_uring_cqe *completion;
};

static char *map_ring(int fd, size_t len, off_t what)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, what);

	return p == MAP_FAILED ? NULL : p;
}

/* It and its mappings are given back when the guest ends, or the program. */
static bool ring_open(struct ring *ring)
{
	struct io_uring_params p = { 0 };
	char *submissions, *completions, *entries;

	ring->fd = (int)syscall(SYS_io_uring_setup, 1, &p);
	if (ring->fd < 0)
		return false;
	submissions = map_ring(ring->fd,
			       p.sq_off.array + p.sq_entries * sizeof(unsigned),
			       IORING_OFF_SQ_RING);
	completions = map_ring(
		ring->fd,
		p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe),
		IORING_OFF_CQ_RING);
	entries = map_ring(ring->fd, sizeof(struct io_uring_sqe),
			   IORING_OFF_SQES);
	if (!submissions || !completions || !entries)
		return false;
	ring->tail = (void *)(submissions + p.sq_off.tail);
	ring->slots = (void *)(submissions + p.sq_off.array);
	ring->entry = (void *)entries;
	ring->completion = (void *)(completions + p.cq_off.cqes);
	return true;
}

static ssize_t submit_ring(struct actor *a)
{
	struct ring ring;

	if (!ring_open(&ring))
		return -1;
	*ring.entry = (struct io_uring_sqe){
		.opcode = IORING_OP_WRITE,
		.fd = a->fd,
		.addr = (uintptr_t)a->data,
		.len = (uint32_t)a->len,
		.off = (uint64_t)a->at,
	};
	ring.slots[0] = 0;
	__atomic_store_n(ring.tail, 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring.fd, 1, 0, 0, NULL, 0) != 1)
		return -1;
	atomic_store(&a->is_submitted, true);
	if (syscall(SYS_io_uring_enter, ring.fd, 0, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) < 0)
		return -1;
	close(ring.fd);
	return as_result(ring.completion->res);
}

struct actor *actor_direct_ring(struct run *r)
{
	return actor_start(r, &(struct actor){
				      .name = "dio",
				      .act = submit_ring,
				      .fd = r->direct,
				      .data = actor_buffer(FILE_LEN, 'D'),
				      .len = FILE_LEN,
			      });
}
