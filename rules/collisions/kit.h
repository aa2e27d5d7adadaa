/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kit.h - what a collision scenario is written with
 *
 * A scenario is one file: a function that lays out a file, opens a window,
 * lets actors collide in it and looks at what is left, and a struct scenario
 * that says what this is. SCENARIO() puts it into the table; nothing else has
 * to know of it.
 *
 * Kit calls do not fail towards the scenario. The first thing that goes wrong
 * is kept in the run, every later call does nothing, and the run is told as
 * "not provoked" with that reason. The controlling thread never touches the
 * file: each system call on it is made in a thread of its own and awaited for
 * a limited guest time, since any of them may hang in the kernel under test.
 *
 * Calling sequence:
 *	file_lay_out, file_...		the file as the scenario needs it
 *	gate_hold_writes		from here on the window is open
 *	actor_..., actor_await_held	somebody is held inside the window
 *	actor_..., actor_settle		the other one collides with it
 *	observe_size_during
 *	gate_pass_all			the window closes
 *	run_join			everybody comes back
 *	run_provoked			it did collide, and how we know
 *	observe_file			what is left
 *
 * A scenario of this shape is swept, too, without a word in its file: who is
 * awaited begins at a fixed moment, who is settled at one that moves through
 * the window and past it, and nobody is held (sweep.c).
 */
#ifndef COLLISIONS_KIT_H
#define COLLISIONS_KIT_H

#include <linux/aio_abi.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PAGE 4096
#define FILE_PAGES 16 /* of the test file */
#define FILE_LEN ((size_t)FILE_PAGES * PAGE)

#define RUN_MAX_ACTORS 6
#define RUN_MAX_FIELDS 48 /* OUTCOME_MAX_FIELDS of rules/outcome.h */
#define FIELD_MAX_NAME 40
#define FIELD_MAX_VALUE 200
#define WAIT_MAX_NAME 48

/* Guest time. Under time-travel=inf-cpu none of it costs wall time. */
#define POLL_MS 1
#define HELD_POLLS 3	      /* polls in state D that mean "held" */
#define SETTLE_LIMIT_MS 3000  /* for an actor to be done or held */
#define RETURN_LIMIT_MS 30000 /* for an actor to come back, gate open */

struct run;

/*
 * What a scenario asks of the files of a filesystem; filesystem.c has what each
 * can do, and a pair that cannot be is not run.
 */
enum file_ability {
	FILES_MAP = 1,	  /* shared writable mappings */
	FILES_RESIZE = 2, /* are made, grow and are cut */
	FILES_CLONE = 4,  /* FICLONE */
	FILES_READ = 8,	  /* can be read while the gate holds writes */
};

#define STORY_MAX_STEPS 16

/* A line of the time line that `collider scenarios --explain` prints. */
struct story_step {
	const char *who;  /* "dio", "store", "gate", "file"; NULL ends it */
	const char *does; /* "pwritev2 of 16 pages: waits for page 0" */
};

struct scenario {
	const char *id;	   /* "C01" */
	const char *says;  /* one sentence: who collides with whom, and where */
	const char *knows; /* how a run knows that it collided */
	const char *since; /* kernel that can show it: "6.5"; NULL: any */
	unsigned needs;	   /* of enum file_ability */
	struct story_step story[STORY_MAX_STEPS];
	void (*run)(struct run *r);
};

/* Put @listed, a static const struct scenario, into the table. */
#define SCENARIO(listed)                                   \
	static const struct scenario *const listed##_entry \
		__attribute__((used, section("scenarios"))) = &(listed)

/* Actors: a thread each, seen from outside by the controlling thread. */

struct actor {
	const char *name;		 /* prefix of its fields: "dio" */
	ssize_t (*act)(struct actor *a); /* in its thread: >= 0, or errno */
	int fd;
	int flags; /* RWF_... of a write */
	char *data;
	size_t len;
	off_t at;
	char letter;	   /* what a store puts down */
	struct run *run;   /* whose it is */
	aio_context_t aio; /* 0: the call itself does the I/O */
	struct iocb iocb;

	pthread_t thread;
	_Atomic pid_t tid;
	atomic_bool done; /* returned and error are there */
	ssize_t returned; /* -1: error says why */
	int error;
	bool reaped;		    /* an AIO's completion was taken */
	int64_t due_ns;		    /* swept: when it begins; else 0 */
	atomic_bool is_begun;	    /* swept: it has */
	char waited[WAIT_MAX_NAME]; /* where it was seen held; "no" */
	char deed[WAIT_MAX_NAME * 2 + 40];
};

enum settled { SETTLED_DONE, SETTLED_HELD, SETTLED_NEITHER };

/* Each starts its actor at once; NULL in a spoiled run, which all others take. */
struct actor *actor_direct_write(struct run *r, int rwf_flags);
/* io_submit of a direct write of the whole file; "dio" too. */
struct actor *actor_direct_aio(struct run *r);
/* A store through the mapping, of 'M', into one page. */
struct actor *actor_store(struct run *r, unsigned page);
/* A buffered read of the whole file. */
struct actor *actor_buffered_read(struct run *r);
struct actor *actor_truncate(struct run *r, off_t size);

/* Wait until @a is done or seen held in the kernel; else the run is spoiled. */
enum settled actor_settle(struct actor *a);
/* As actor_settle; the run is spoiled unless it is held in @function. */
void actor_await_held(struct actor *a, const char *function);
/* Wait until io_submit is back; spoils the run unless the I/O is in flight. */
void actor_await_in_flight(struct actor *a);
/* "store came back inside the window": for run_provoked; lives in @a. */
const char *actor_deed(struct actor *a);

/* The test file: FILE_PAGES pages of 'A', in one of these states. */

enum file_blocks { FILE_WRITTEN, FILE_UNWRITTEN };

void file_lay_out(struct run *r, enum file_blocks blocks);
void file_drop_cache(struct run *r);
/* Read every page through the mapping: cached, mapped and clean. */
void file_map_in(struct run *r);
/* Make one page dirty in the cache, with 'P', by a buffered write. */
void file_dirty(struct run *r, unsigned page);
/* Pages of the file that are dirty in the cache; 0 when unknown. */
unsigned file_dirty_pages(struct run *r);

/* The gate between the filesystem and its disk. */

void gate_hold_writes(struct run *r); /* reads pass */
void gate_fail_writes(struct run *r); /* writes end in EIO */
void gate_pass_all(struct run *r);    /* what was held goes on */

/* What is seen; each becomes fields of the outcome (rules/outcome.h). */

/* size.during: i_size as fstat tells it while the window is open. */
void observe_size_during(struct run *r);
/*
 * The actors' fields and the file: medium, resident, size, cache, the four
 * fsyncs, disk, in this order, so that none disturbs the one before.
 */
void observe_file(struct run *r);

/* Collisions that several scenarios have in common. */

/* A store into page 5 while a direct write waits for the flush of page 0. */
void collide_in_flush(struct run *r, int rwf_flags);
/* What @meet starts, while a direct write's bios are held. */
void collide_in_flight(struct run *r, struct actor *(*meet)(struct run *r));

/* The run. */

/* All actors come back; one that does not is told as "hung". */
void run_join(struct run *r);
/* It collided. @fmt: by what that is known. Not heard in a spoiled run. */
void run_provoked(struct run *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * Something went wrong: it cannot collide any more, or, after run_provoked, be
 * looked at (field "unobserved"). The first reason is kept.
 */
void run_spoil(struct run *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void run_field(struct run *r, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
