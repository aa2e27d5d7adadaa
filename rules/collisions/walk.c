// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * walk.c - an actor that uses the file in every way, and knows what is in it
 *
 * What fsx of fstests does, in few steps and by a fixed seed. One step follows
 * the other, so each read has one right answer: that of an array in memory to
 * which the same was done.
 */
#include "rules/collisions/run.h"

#include <errno.h>

#define SEED 1591178400u /* 3 June 2020 */
#define STEP_MAX_PAGES 6
#define SECTORS (FILE_LEN / SECTOR)

struct walk {
	struct actor *a;
	uint32_t random;
	unsigned step;
	size_t len;	      /* of the file */
	char model[FILE_LEN]; /* zeros from len on */
};

/* Numerical Recipes' generator; its high bits are the random ones. */
static size_t choose(struct walk *w, size_t below)
{
	w->random = w->random * 1664525u + 1013904223u;
	return (w->random >> 8) % below;
}

/* A letter a sector, so that what is in the wrong place is seen. */
static void write_model(struct walk *w, size_t at, size_t len)
{
	for (size_t i = at; i < at + len; i++)
		w->model[i] = (char)('a' + (w->step + i / SECTOR) % 26);
	if (at + len > w->len)
		w->len = at + len;
}

/* How much of a range is in the file. */
static size_t find_within(const struct walk *w, size_t at, size_t len)
{
	if (at >= w->len)
		return 0;
	return len < w->len - at ? len : w->len - at;
}

/* What went wrong; "" when nothing did. */
static const char *compare(const struct walk *w, ssize_t n, size_t at,
			   size_t len)
{
	size_t within = find_within(w, at, len);

	if (n < 0)
		return strerror(errno);
	if ((size_t)n != within)
		return "not all that is there";
	if (memcmp(w->a->data, w->model + at, within) != 0)
		return "not what was written last";
	return "";
}

static const char *check_write(ssize_t n, size_t len)
{
	if (n < 0)
		return strerror(errno);
	return (size_t)n == len ? "" : "not all that was asked for";
}

static const char *read_from(struct walk *w, int fd, size_t at, size_t len)
{
	memset(w->a->data, 'x', FILE_LEN);
	return compare(w, pread(fd, w->a->data, len, (off_t)at), at, len);
}

static const char *write_to(struct walk *w, int fd, size_t at, size_t len)
{
	write_model(w, at, len);
	memcpy(w->a->data, w->model + at, len);
	return check_write(pwrite(fd, w->a->data, len, (off_t)at), len);
}

static const char *read_buffered(struct walk *w, size_t at, size_t len)
{
	return read_from(w, w->a->run->buffered, at, len);
}

static const char *write_buffered(struct walk *w, size_t at, size_t len)
{
	return write_to(w, w->a->run->buffered, at, len);
}

static const char *read_directly(struct walk *w, size_t at, size_t len)
{
	return read_from(w, w->a->run->direct, at, len);
}

static const char *write_directly(struct walk *w, size_t at, size_t len)
{
	w->a->met += cachestat_in_core(w->a->run->map, (off_t)at, len) > 0;
	return write_to(w, w->a->run->direct, at, len);
}

/* Only where there is a file: elsewhere a store is answered by SIGBUS. */
static const char *store(struct walk *w, size_t at, size_t len)
{
	size_t within = find_within(w, at, len), n;

	write_model(w, at, within);
	for (size_t i = at; i < at + within; i += n) {
		n = SECTOR - i % SECTOR;
		if (n > at + within - i)
			n = at + within - i;
		if (mapping_store(w->a->run->map + i, w->model[i], n) < 0)
			return "SIGBUS";
	}
	return "";
}

static const char *cut(struct walk *w, size_t at, size_t len)
{
	(void)len;
	if (at < w->len)
		memset(w->model + at, 0, w->len - at);
	w->len = at;
	return check_write(ftruncate(w->a->run->buffered, (off_t)at), 0);
}

struct way {
	const char *name;
	const char *(*go)(struct walk *w, size_t at, size_t len);
	size_t unit; /* of its place and length */
};

/* Direct writes are what it is about. */
static const struct way ways[] = {
	{ "read", read_buffered, 1 },
	{ "write", write_buffered, 1 },
	{ "direct read", read_directly, SECTOR },
	{ "direct write", write_directly, SECTOR },
	{ "direct write", write_directly, PAGE },
	{ "store", store, 1 },
	{ "truncate", cut, 1 },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static bool take(struct walk *w, const struct way *way, size_t at, size_t len)
{
	const char *fault = way->go(w, at, len);

	if (*fault)
		snprintf(w->a->deed, sizeof(w->a->deed),
			 "step %u, %s of %zu at %zu: %s", w->step, way->name,
			 len, at, fault);
	return *fault == '\0';
}

static bool take_any(struct walk *w)
{
	const struct way *way = &ways[choose(w, WAYS)];
	size_t units = FILE_LEN / way->unit;
	size_t at = choose(w, units);
	size_t len = 1 + choose(w, (size_t)STEP_MAX_PAGES * PAGE / way->unit);

	if (len > units - at)
		len = units - at;
	return take(w, way, at * way->unit, len * way->unit);
}

/* The last two steps look at all of it. */
static bool go_on(struct walk *w)
{
	static const struct way whole = { "direct read", read_directly, 1 };

	if (w->step == WALK_STEPS - 1)
		return take(w, &ways[0], 0, FILE_LEN);
	if (w->step == WALK_STEPS)
		return take(w, &whole, 0, FILE_LEN);
	return take_any(w);
}

static ssize_t walk(struct actor *a)
{
	struct walk *w = calloc(1, sizeof(*w));
	ssize_t right = 0;

	if (!w)
		abort();
	w->a = a;
	w->random = SEED;
	snprintf(a->deed, sizeof(a->deed), "no");
	for (w->step = 1; w->step <= WALK_STEPS && go_on(w); w->step++)
		right++;
	free(w);
	return right;
}

struct actor *actor_walk(struct run *r)
{
	return actor_start(r, &(struct actor){
				      .name = "walk",
				      .act = walk,
				      .data = actor_buffer(FILE_LEN, 0),
			      });
}

const char *actor_fault(const struct actor *a)
{
	return a && atomic_load(&a->done) ? a->deed : "unknown";
}
