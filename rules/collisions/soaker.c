// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * soaker.c - the threads of a soak: what each does, and what it may come to
 *
 * Where each goes is drawn from the seed, so that it is the same in each run of
 * one seed; when, is the scheduler's.
 */
#include "rules/collisions/soak.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdarg.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define RUN_MAX_PAGES 8 /* of one call */
#define NOWAIT_IN 8	/* one direct write in so many is asked not to wait */
#define DSYNC_IN 8

/* Numerical Recipes' generator; its high bits are the random ones. */
static size_t choose(struct soaker *s, size_t below)
{
	s->random = s->random * 1664525u + 1013904223u;
	return (s->random >> 8) % below;
}

/* What a call may begin and end at. */
static size_t choose_unit(struct soaker *s)
{
	bool is_page = s->soak->run->volume->fs->kind == FILESYSTEM_ZONED;

	return is_page || choose(s, 2) ? PAGE : SECTOR;
}

static void choose_anywhere(struct soaker *s, struct soaker_call *c)
{
	size_t unit = choose_unit(s);
	/* The last page is nobody's but the mirror's. */
	size_t units = (FILE_LEN - (s->kind->is_write ? PAGE : 0)) / unit;
	size_t at = choose(s, units);
	size_t len = 1 + choose(s, RUN_MAX_PAGES);

	if (len > units - at)
		len = units - at;
	c->at = at * unit;
	c->len = len * unit;
}

/* Direct writers have the even pages, all others the odd ones. */
static void choose_apart(struct soaker *s, struct soaker_call *c)
{
	size_t page = choose(s, FILE_PAGES / 2) * 2;

	c->at = (page + (s->kind->is_direct_write ? 0 : 1)) * PAGE;
	c->len = PAGE;
}

static void choose_range(struct soaker *s, struct soaker_call *c)
{
	if (s->soak->mix->is_apart && s->kind->is_write)
		choose_apart(s, c);
	else
		choose_anywhere(s, c);
}

static void fill(struct soaker *s, const struct soaker_call *c)
{
	soakmark_fill(s->data, c->at, c->len, s->letter, ++s->write);
}

static ssize_t write_buffered(struct soaker *s, struct soaker_call *c)
{
	fill(s, c);
	return pwrite(s->soak->run->buffered, s->data, c->len, (off_t)c->at);
}

static ssize_t read_buffered(struct soaker *s, struct soaker_call *c)
{
	return pread(s->soak->run->buffered, s->data, c->len, (off_t)c->at);
}

static ssize_t store(struct soaker *s, struct soaker_call *c)
{
	size_t word = choose(s, SECTOR / sizeof(uint32_t));
	size_t page = c->at / PAGE * PAGE;

	c->at = page + (size_t)SOAK_STORE_SECTOR * SECTOR +
		word * sizeof(uint32_t);
	c->len = sizeof(uint32_t);
	return mapping_store_word(s->soak->run->map + c->at,
				  soakmark_make(s->letter, c->at, ++s->write));
}

static ssize_t load(struct soaker *s, struct soaker_call *c)
{
	return mapping_load(s->soak->run->map + c->at, c->len);
}

/* What is to be there if the call is whole, or may be if it is not. */
static void note(uint32_t *words, const struct soaker *s,
		 const struct soaker_call *c)
{
	for (size_t at = c->at; at < c->at + c->len; at += SECTOR)
		words[at / SECTOR] = soakmark_make(s->letter, at, s->write);
}

static ssize_t write_directly(struct soaker *s, struct soaker_call *c)
{
	struct iovec v = { s->data, c->len };
	ssize_t n;

	if (choose(s, NOWAIT_IN) == 0)
		c->flags = RWF_NOWAIT;
	else if (choose(s, DSYNC_IN) == 0)
		c->flags = RWF_DSYNC;
	fill(s, c);
	note(s->tried, s, c);
	n = pwritev2(s->soak->run->direct, &v, 1, (off_t)c->at, c->flags);
	if (n == (ssize_t)c->len)
		note(s->done, s, c);
	return n;
}

static ssize_t submit_write(struct soaker *s, struct soaker_call *c)
{
	struct actor a = { .fd = s->soak->run->direct,
			   .data = s->data,
			   .len = c->len,
			   .at = (off_t)c->at };

	fill(s, c);
	return async_submit(&a);
}

static ssize_t read_directly(struct soaker *s, struct soaker_call *c)
{
	char why[FIELD_MAX_VALUE];
	ssize_t n = pread(s->soak->run->direct, s->data, c->len, (off_t)c->at);

	if (n > 0 && !soakmark_check(why, s->data, c->at, (size_t)n,
				     SOAKMARK_MOVING, s->soak->has_holes))
		soak_fault(&s->faults, SOAK_CONTENT, "a direct read: %s", why);
	return n;
}

/* A direct read flushes, so it has what this thread alone has just written. */
static ssize_t read_back(struct soaker *s, struct soaker_call *c)
{
	ssize_t n;

	c->at = FILE_LEN - PAGE;
	c->len = PAGE;
	fill(s, c);
	n = pwrite(s->soak->run->buffered, s->data, PAGE, (off_t)c->at);
	if (n != PAGE)
		return n;
	n = pread(s->soak->run->direct, s->data, PAGE, (off_t)c->at);
	for (ssize_t i = 0; i < n; i += SECTOR)
		if (soakmark_read(s->data + i) !=
		    soakmark_make(s->letter, c->at + (size_t)i, s->write))
			soak_fault(&s->faults, SOAK_CONTENT,
				   "a direct read of sector %zu has %08x, "
				   "not the buffered write before it",
				   (c->at + (size_t)i) / SECTOR,
				   soakmark_read(s->data + i));
	return n;
}

static ssize_t send_file(struct soaker *s, struct soaker_call *c)
{
	off_t at = (off_t)c->at;

	return sendfile(s->soak->null, s->soak->run->buffered, &at, c->len);
}

static ssize_t flush(struct soaker *s, struct soaker_call *c)
{
	c->len = 0;
	return fsync(s->soak->syncer);
}

static ssize_t cut(struct soaker *s, struct soaker_call *c)
{
	off_t size = (off_t)c->at;

	c->len = 0;
	return ftruncate(s->soak->run->buffered, size);
}

static ssize_t change(struct soaker *s, struct soaker_call *c, int mode)
{
	off_t len = (off_t)c->len;

	c->len = 0;
	return fallocate(s->soak->run->buffered, mode, (off_t)c->at, len);
}

static ssize_t punch(struct soaker *s, struct soaker_call *c)
{
	return change(s, c, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE);
}

static ssize_t zero(struct soaker *s, struct soaker_call *c)
{
	return change(s, c, FALLOC_FL_ZERO_RANGE);
}

static ssize_t allocate(struct soaker *s, struct soaker_call *c)
{
	return change(s, c, 0);
}

static const struct soaker_kind kinds[] = {
	{ .name = "write",
	  .letters = "BC",
	  .is_write = true,
	  .is_apart = true,
	  .act = write_buffered },
	{ .name = "read",
	  .letters = "-",
	  .is_apart = true,
	  .act = read_buffered },
	{ .name = "store",
	  .letters = "MN",
	  .needs = FILES_MAP,
	  .is_write = true,
	  .is_apart = true,
	  .act = store },
	{ .name = "load",
	  .letters = "-",
	  .needs = FILES_MAP,
	  .is_apart = true,
	  .act = load },
	/* Alone where its writes are counted: the flush of a second one could
	   write back what the first is about to find in its way. */
	{ .name = "dio",
	  .letters = "D",
	  .is_direct_write = true,
	  .is_write = true,
	  .is_apart = true,
	  .may_fail = true,
	  .act = write_directly },
	{ .name = "dio2",
	  .letters = "E",
	  .is_direct_write = true,
	  .is_write = true,
	  .may_fail = true,
	  .act = write_directly },
	{ .name = "aio",
	  .letters = "F",
	  .is_direct_write = true,
	  .is_write = true,
	  .may_fail = true,
	  .act = submit_write },
	/* iomap_dio_iter meets blocks that a store has just reserved. */
	{ .name = "dread",
	  .letters = "-",
	  .may_fail = true,
	  .act = read_directly },
	{ .name = "mirror",
	  .letters = "H",
	  .is_write = true,
	  .wants_no_holes = true,
	  .act = read_back },
	{ .name = "sendfile", .letters = "-", .act = send_file },
	{ .name = "fsync", .letters = "-", .may_fail = true, .act = flush },
	{ .name = "truncate",
	  .letters = "-",
	  .needs = FILES_RESIZE,
	  .makes_holes = true,
	  .act = cut },
	{ .name = "punch",
	  .letters = "-",
	  .needs = FILES_PUNCH,
	  .makes_holes = true,
	  .act = punch },
	{ .name = "zero",
	  .letters = "-",
	  .needs = FILES_ZERO,
	  .makes_holes = true,
	  .act = zero },
	{ .name = "allocate",
	  .letters = "-",
	  .needs = FILES_UNWRITTEN,
	  .makes_holes = true,
	  .act = allocate },
};

void soak_fault(struct soak_faults *f, enum soak_fault sort, const char *fmt,
		...)
{
	char *first = f->first[sort];
	size_t len;
	va_list ap;

	if (*first)
		return;
	len = (size_t)snprintf(first, FIELD_MAX_VALUE, "round %u: ", f->round);
	va_start(ap, fmt);
	vsnprintf(first + len, FIELD_MAX_VALUE - len, fmt, ap);
	va_end(ap);
}

static void count_error(struct soaker *s, int error)
{
	size_t i = 0;

	while (i < s->n_errors && s->errors[i].error != error)
		i++;
	if (i == SOAK_MAX_ERRNOS)
		return;
	s->errors[i].error = error;
	s->errors[i].n++;
	if (i == s->n_errors)
		s->n_errors++;
}

static bool is_expected(const struct soaker *s, const struct soaker_call *c,
			int error)
{
	switch (error) {
	case EAGAIN:
	case EOPNOTSUPP:
		return c->flags & RWF_NOWAIT;
	case EFAULT: /* SIGBUS: behind the end */
		return s->soak->has_holes && s->kind->needs == FILES_MAP;
	case EBUSY: /* zonefs_file_dio_write, which has no fallback */
		return s->soak->run->volume->fs->kind == FILESYSTEM_ZONED &&
		       s->kind->is_direct_write;
	case EIO: /* of a collision; soak.c asks whether one was told */
		return s->kind->may_fail;
	}
	return false;
}

/* A read may find the end. A write without waiting may end where it would. */
static bool may_be_short(const struct soaker *s, const struct soaker_call *c,
			 ssize_t n)
{
	if (s->kind->is_write)
		return n > 0 && (c->flags & RWF_NOWAIT);
	return s->soak->has_holes;
}

static void judge(struct soaker *s, const struct soaker_call *c, ssize_t n,
		  int error)
{
	if (n < 0) {
		count_error(s, error);
		s->eio += error == EIO;
		if (!is_expected(s, c, error))
			soak_fault(&s->faults, SOAK_ERRNO, "%s at %zu: %s",
				   s->kind->name, c->at, strerror(error));
	} else if ((size_t)n != c->len && c->len > 0 &&
		   ((size_t)n > c->len || !may_be_short(s, c, n))) {
		soak_fault(&s->faults, SOAK_RETURNED,
			   "%s of %zu at %zu returned %zd", s->kind->name,
			   c->len, c->at, n);
	}
}

/* What costs least would leave no processor, and no lock, to the others. */
static void rest(struct soaker *s)
{
	struct timespec t = {
		.tv_nsec = (long)choose(s, (size_t)s->soak->mix->rest_ns),
	};

	if (!s->kind->is_direct_write)
		nanosleep(&t, NULL);
}

static void *soak(void *arg)
{
	struct soaker *s = arg;

	atomic_store(&s->tid, (pid_t)syscall(SYS_gettid));
	while (!atomic_load(&s->soak->is_over)) {
		struct soaker_call c = { 0 };
		ssize_t n;

		choose_range(s, &c);
		errno = 0;
		n = s->kind->act(s, &c);
		judge(s, &c, n, errno);
		s->calls++;
		rest(s);
	}
	return NULL;
}

/* Each round draws anew, so that one can be run again without those before. */
void soaker_begin(struct soaker *s)
{
	if (s->soak->has_holes ? s->kind->wants_no_holes : s->kind->makes_holes)
		return;
	s->random = s->soak->run->soak_seed + s->soak->round * 7919u +
		    (uint32_t)(s - s->soak->v) * 104729u;
	s->faults.round = s->soak->round;
	s->write = 0;
	s->eio = 0;
	memset(s->tried, 0, sizeof(s->tried));
	memset(s->done, 0, sizeof(s->done));
	if (pthread_create(&s->thread, NULL, soak, s))
		abort();
}

bool soaker_join(struct soaker *s, const struct timespec *until)
{
	char where[WAIT_MAX_NAME];

	if (s->thread == 0)
		return true;
	if (pthread_clockjoin_np(s->thread, NULL, CLOCK_MONOTONIC, until) ==
	    0) {
		s->thread = 0;
		return true;
	}
	held_where(where, atomic_load(&s->tid));
	soak_fault(&s->faults, SOAK_HUNG, "%s is held in %s", s->kind->name,
		   where);
	return false;
}

static bool takes_part(const struct soak *k, const struct soaker_kind *kind)
{
	return (!k->mix->is_apart || kind->is_apart) &&
	       (!kind->makes_holes || k->mix->has_holes) &&
	       (kind->needs & ~k->run->volume->fs->can) == 0;
}

void soaker_add_all(struct soak *k)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!takes_part(k, &kinds[i]))
			continue;
		for (const char *l = kinds[i].letters; *l; l++)
			k->v[k->n++] = (struct soaker){
				.kind = &kinds[i],
				.soak = k,
				.letter = *l,
				.data = actor_buffer(FILE_LEN, 0),
			};
	}
}
