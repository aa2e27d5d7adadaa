// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * actor.c - threads that use the file, watched from outside
 */
#include "rules/collisions/run.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/uio.h>

char *actor_buffer(size_t len, char letter)
{
	void *p;

	if (posix_memalign(&p, PAGE, len))
		abort();
	memset(p, letter, len);
	return p;
}

static void *act(void *arg)
{
	struct actor *a = arg;

	atomic_store(&a->tid, (pid_t)syscall(SYS_gettid));
	if (a->due_ns)
		sweep_wait_due(a);
	errno = 0;
	a->returned = a->act(a);
	a->error = errno;
	if (a->due_ns)
		sweep_end(a);
	atomic_store(&a->done, true);
	return NULL;
}

void actor_begin(struct actor *a)
{
	snprintf(a->waited, sizeof(a->waited), "no");
	if (pthread_create(&a->thread, NULL, act, a))
		abort();
}

struct actor *actor_start(struct run *r, const struct actor *like)
{
	struct actor *a = &r->actors[r->n_actors];

	if (r->n_actors == RUN_MAX_ACTORS)
		run_spoil(r, "more than %d actors", RUN_MAX_ACTORS);
	if (r->is_spoiled) {
		free(like->data);
		return NULL;
	}
	r->n_actors++;
	*a = *like;
	a->run = r;
	if (!r->sweep.is_open)
		actor_begin(a);
	return a;
}

static bool wait_done(struct actor *a, int limit_ms)
{
	int poll_ms = a->due_ns ? SWEEP_POLL_MS : POLL_MS;

	for (int ms = 0; ms < limit_ms && !atomic_load(&a->done); ms += poll_ms)
		pause_ms(poll_ms);
	return atomic_load(&a->done);
}

/* A completion that comes at once needs no wait; then it was not in flight. */
static bool reap(struct actor *a, long limit_ms)
{
	struct timespec limit = { limit_ms / 1000, limit_ms % 1000 * 1000000 };
	struct io_event event;

	if (syscall(SYS_io_getevents, a->aio, limit_ms ? 1 : 0, 1, &event,
		    &limit) != 1)
		return false;
	a->reaped = true;
	a->returned = event.res < 0 ? -1 : (ssize_t)event.res;
	a->error = event.res < 0 ? (int)-event.res : 0;
	return true;
}

/* A submitted AIO has come back only when its completion has. */
static bool join_aio(struct actor *a)
{
	if (a->returned != 1 && !a->reaped)
		return true; /* not accepted: the error of io_submit stays */
	if (!a->reaped && !reap(a, RETURN_LIMIT_MS))
		return false;
	syscall(SYS_io_destroy, a->aio);
	return true;
}

bool actor_join(struct actor *a)
{
	if (a->thread) {
		if (!wait_done(a, RETURN_LIMIT_MS)) {
			held_where(a->waited, atomic_load(&a->tid));
			return false;
		}
		pthread_join(a->thread, NULL);
		a->thread = 0;
	}
	if (!a->aio)
		return true;
	if (!join_aio(a))
		return false;
	a->aio = 0;
	return true;
}

enum settled actor_settle(struct actor *a)
{
	int polls = 0;

	if (!a)
		return SETTLED_NEITHER;
	if (a->run->sweep.is_open) {
		sweep_begin_moved(a);
		return SETTLED_NEITHER;
	}
	for (int ms = 0; ms < SETTLE_LIMIT_MS; ms += POLL_MS) {
		pid_t tid = atomic_load(&a->tid);

		if (atomic_load(&a->done))
			return SETTLED_DONE;
		polls = tid && held_in_kernel(tid) ? polls + 1 : 0;
		if (polls == HELD_POLLS) {
			held_where(a->waited, tid);
			return SETTLED_HELD;
		}
		pause_ms(POLL_MS);
	}
	run_spoil(a->run, "%s was neither done nor held", a->name);
	return SETTLED_NEITHER;
}

void actor_await_held(struct actor *a, const char *function)
{
	if (a && a->run->sweep.is_open)
		sweep_begin_fixed(a);
	if (!a || a->run->sweep.is_open)
		return;
	switch (actor_settle(a)) {
	case SETTLED_DONE:
		run_spoil(a->run, "%s was not held in %s, it was done", a->name,
			  function);
		break;
	case SETTLED_NEITHER:
		break; /* said so */
	case SETTLED_HELD:
		if (strcmp(a->waited, function) != 0)
			run_spoil(a->run, "%s was held in %s, not in %s",
				  a->name, a->waited, function);
		break;
	}
}

void actor_await_in_flight(struct actor *a)
{
	if (a && a->run->sweep.is_open)
		sweep_begin_fixed(a);
	if (!a || a->run->sweep.is_open)
		return;
	if (actor_settle(a) != SETTLED_DONE)
		run_spoil(a->run, "io_submit did not return, it was held in %s",
			  a->waited);
	else if (a->returned != 1)
		run_spoil(a->run, "io_submit: %s", strerror(a->error));
	else if (reap(a, 0))
		run_spoil(a->run,
			  "the asynchronous write was complete at once");
}

const char *actor_deed(struct actor *a)
{
	if (!a)
		return "nobody met it";
	if (strcmp(a->waited, "no") == 0)
		snprintf(a->deed, sizeof(a->deed),
			 "%s came back inside the window", a->name);
	else
		snprintf(a->deed, sizeof(a->deed),
			 "%s was held in %s until it closed", a->name,
			 a->waited);
	return a->deed;
}

static ssize_t write_at(struct actor *a)
{
	struct iovec v = { a->data, a->len };

	return pwritev2(a->fd, &v, 1, a->at, a->flags);
}

struct actor *actor_direct_write(struct run *r, int rwf_flags)
{
	return actor_start(r, &(struct actor){
				      .name = "dio",
				      .act = write_at,
				      .fd = r->direct,
				      .flags = rwf_flags,
				      .data = actor_buffer(FILE_LEN, 'D'),
				      .len = FILE_LEN,
			      });
}

static ssize_t submit(struct actor *a)
{
	struct iocb *iocb = &a->iocb;

	a->iocb = (struct iocb){
		.aio_lio_opcode = IOCB_CMD_PWRITE,
		.aio_fildes = (uint32_t)a->fd,
		.aio_buf = (uintptr_t)a->data,
		.aio_nbytes = a->len,
		.aio_offset = a->at,
	};
	return syscall(SYS_io_submit, a->aio, 1, &iocb);
}

struct actor *actor_direct_aio(struct run *r)
{
	aio_context_t context = 0;

	if (!r->is_spoiled && syscall(SYS_io_setup, 1, &context) < 0)
		run_spoil(r, "io_setup: %s", strerror(errno));
	return actor_start(r, &(struct actor){
				      .name = "dio",
				      .act = submit,
				      .fd = r->direct,
				      .data = actor_buffer(FILE_LEN, 'D'),
				      .len = FILE_LEN,
				      .aio = context,
			      });
}

static ssize_t store(struct actor *a)
{
	return mapping_store(a->run->map + a->at, a->letter, a->len);
}

struct actor *actor_store(struct run *r, unsigned page)
{
	return actor_start(r, &(struct actor){ .name = "store",
					       .act = store,
					       .len = PAGE,
					       .at = (off_t)page * PAGE,
					       .letter = 'M' });
}

static ssize_t read_at(struct actor *a)
{
	return pread(a->fd, a->data, a->len, a->at);
}

struct actor *actor_buffered_read(struct run *r)
{
	return actor_start(r, &(struct actor){
				      .name = "read",
				      .act = read_at,
				      .fd = r->buffered,
				      .data = actor_buffer(FILE_LEN, 0),
				      .len = FILE_LEN,
			      });
}

static ssize_t cut(struct actor *a)
{
	return ftruncate(a->fd, a->at);
}

struct actor *actor_truncate(struct run *r, off_t size)
{
	return actor_start(r, &(struct actor){ .name = "truncate",
					       .act = cut,
					       .fd = r->buffered,
					       .at = size,
					       .len = (size_t)size });
}
