/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * soak.h - a free-running mix: many threads on one file, nobody is held
 *
 * What meets whom is up to the scheduler, so no outcome is the right one: what
 * is looked at are invariants, that hold whoever comes first. A soak goes round
 * by round: a fresh file, all threads at once, then silence, and a look at what
 * is left. soak.c has the rounds, soaker.c what a thread does, soakmark.c what
 * is written.
 *
 * Fields of the outcome: soak.seed, soak.rounds, soak.ms; of each actor
 * "4711; EAGAIN 12", its calls and what errors it met; how often it collided,
 * trace.invalidate_fail and soak.told; of N03 soak.folio, the pages of the
 * largest folio, 0 where it cannot be told; fault.*, "no" or the first one.
 */
#ifndef COLLISIONS_SOAK_H
#define COLLISIONS_SOAK_H

#include "rules/collisions/run.h"

#define SOAK_ROUND_MS 400
#define SOAK_MAX_THREADS 24
#define SOAK_MAX_ERRNOS 6 /* that one thread meets, told apart */
#define SOAK_SECTORS (FILE_LEN / SECTOR)
#define SOAK_STORE_SECTOR 5	 /* of a page: where mapped stores go */
#define SOAK_LETTERS "ABCDEFHMN" /* who writes: A laid it out */

/* soakmark.c */
enum soakmark_care {
	SOAKMARK_MOVING, /* somebody may write it while it is read */
	SOAKMARK_SETTLED,
};
uint32_t soakmark_make(char letter, size_t at, unsigned write);
/* @at, @len: bytes of the file, whole sectors. */
void soakmark_fill(char *data, size_t at, size_t len, char letter,
		   unsigned write);
uint32_t soakmark_read(const char *sector);
/* False: @why (FIELD_MAX_VALUE bytes) says what is wrong with which sector. */
bool soakmark_check(char *why, const char *data, size_t at, size_t len,
		    enum soakmark_care care, bool may_be_zero);

enum soak_fault {
	SOAK_RETURNED, /* a count that no call may return */
	SOAK_ERRNO,    /* an error that it has no reason for */
	SOAK_CONTENT,  /* a sector that is none of those written */
	SOAK_SETTLED,  /* in the end page cache, disk and size disagree */
	SOAK_LOST,     /* an acknowledged direct write is gone, nobody told */
	SOAK_UNTOLD,   /* the log and fsync disagree about a collision */
	SOAK_HUNG,     /* a thread did not come back */
	SOAK_FAULTS,
};

/* The first of each sort, and the round that those to come are of. */
struct soak_faults {
	char first[SOAK_FAULTS][FIELD_MAX_VALUE];
	unsigned round;
};
/* soaker.c: keep it, unless there is one of its sort. */
void soak_fault(struct soak_faults *f, enum soak_fault sort, const char *fmt,
		...) __attribute__((format(printf, 3, 4)));

/* Who takes part, and how. */
struct soak_mix {
	/* Direct and other writers have pages of their own, in turn. */
	bool is_apart;
	/* Every second round makes holes in the file. */
	bool has_holes;
	long rest_ns; /* at most, of all but direct writers, between calls */
};

struct soak;
struct soaker;

/* One call that a thread is to make. */
struct soaker_call {
	size_t at, len;
	int flags; /* RWF_ */
};

struct soaker_kind {
	const char *name;
	char letters[SOAK_MAX_THREADS]; /* one a thread; '-': writes nothing */
	unsigned needs;			/* of enum file_ability */
	bool is_direct_write;
	bool is_write; /* never short */
	bool is_apart; /* takes part where writers have pages of their own */
	bool makes_holes;
	bool wants_no_holes;
	bool may_fail; /* with EIO, when a collision is told */
	ssize_t (*act)(struct soaker *s, struct soaker_call *c);
};

struct soaker {
	const struct soaker_kind *kind;
	struct soak *soak;
	unsigned number; /* of its kind, from 1 on */
	char letter;
	uint32_t random;
	unsigned write; /* how many it made in this round */
	char *data;	/* FILE_LEN bytes, page aligned */
	pthread_t thread;
	_Atomic pid_t tid;
	unsigned long calls;
	unsigned eio; /* of this round */
	struct {
		int error;
		unsigned long n;
	} errors[SOAK_MAX_ERRNOS];
	size_t n_errors;
	/* Of a direct writer with pages of its own: the last two words. */
	uint32_t tried[SOAK_SECTORS], done[SOAK_SECTORS];
	struct soak_faults faults;
};

/* Lives on the heap, and is left there when a thread hangs. */
struct soak {
	struct run *run;
	const struct soak_mix *mix;
	unsigned round;
	bool has_holes; /* this round */
	bool is_late;	/* writes to the disk are, so that much is in flight */
	atomic_bool is_over;
	unsigned folio;	    /* pages of the largest that was seen */
	int witness;	    /* sees each error of the round, at its end */
	int syncer;	    /* of the thread that calls fsync */
	int null;	    /* /dev/null */
	unsigned logged;    /* collisions, up to the last round */
	unsigned long told; /* how often somebody was told of a collision */
	struct soaker v[SOAK_MAX_THREADS];
	size_t n;
	struct soak_faults faults; /* of all of it */
};

/* soaker.c: everybody whom @k's mix has and the filesystem can bear. */
void soaker_add_all(struct soak *k);
/* Start in a new round; false: it did not come back. */
void soaker_begin(struct soaker *s);
bool soaker_join(struct soaker *s, const struct timespec *until);

/* soak.c: all of a run; r->soak_ms and r->soak_seed say how. */
void soak_run(struct run *r, const struct soak_mix *mix);

#endif
