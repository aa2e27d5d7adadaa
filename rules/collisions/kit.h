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
 * What cannot be held open, and why, so that it runs free for a time (soak.h):
 * writers of every kind at a time, as fio of fstests generic/095 has them,
 * since what meets whom is up to the scheduler (n02.c); two processors at a
 * time in large folios, which User-Mode Linux does not have (n03.c); the moment
 * in which Btrfs finishes an ordered extent (n01.c), which N02 may come across.
 *
 * A scenario of this shape is swept, too, without a word in its file: who is
 * awaited begins at a fixed moment, who is settled at one that moves through
 * the window and past it, and nobody is held (sweep.c).
 */
#ifndef COLLISIONS_KIT_H
#define COLLISIONS_KIT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PAGE 4096
#define FILE_PAGES 16 /* of the test file */
#define FILE_LEN ((size_t)FILE_PAGES * PAGE)
#define SHORT_LEN ((size_t)5 * PAGE) /* of FILE_SHORT */
#define SECTOR 512		     /* what direct I/O is aligned to */

#define RUN_MAX_ACTORS 6
#define RUN_MAX_FIELDS 48 /* OUTCOME_MAX_FIELDS of rules/outcome.h */
#define FIELD_MAX_NAME 40
#define FIELD_MAX_VALUE 200
#define WAIT_MAX_NAME 48

/* Guest time. Under time-travel=inf-cpu none of it costs wall time. */
#define POLL_MS 1
#define HELD_POLLS 3	      /* polls in state D that mean "held" */
#define SUBMITTED_POLLS 20    /* since io_submit that mean "in flight" */
#define SETTLE_LIMIT_MS 3000  /* for an actor to be done or held */
#define RETURN_LIMIT_MS 30000 /* for an actor to come back, gate open */

struct run;

/*
 * What a scenario asks of the files of a filesystem; filesystem.c has what each
 * can do, and a pair that cannot be is not run.
 */
enum file_ability {
	FILES_MAP = 1,	      /* shared writable mappings */
	FILES_RESIZE = 2,     /* are made, grow and are cut */
	FILES_CLONE = 4,      /* FICLONE */
	FILES_READ = 8,	      /* can be read while the gate holds writes */
	FILES_UNWRITTEN = 16, /* fallocate; then written directly */
	FILES_FILL = 32,      /* a hole is written directly */
	FILES_PUNCH = 64,     /* FALLOC_FL_PUNCH_HOLE */
	FILES_ZERO = 128,     /* FALLOC_FL_ZERO_RANGE */
	FILES_COLLAPSE = 256, /* FALLOC_FL_COLLAPSE_RANGE, of INSERT_RANGE */
	FILES_DEVICE = 512,   /* are a device, that can be mounted */
	FILES_EXTEND = 1024,  /* are written directly behind their end */
};

#define STORY_MAX_STEPS 16

/* A line of the time line that `collider scenarios --explain` prints. */
struct story_step {
	const char *who;  /* "dio", "store", "gate", "file"; NULL ends it */
	const char *does; /* "pwritev2 of 16 pages: waits for page 0" */
};

/* What several stories, and scenarios, say in the same words. */
#define STORY_COLD                                              \
	{                                                       \
		"file", "16 written pages, none of them cached" \
	}
#define STORY_FLUSH                                                      \
	{                                                                \
		"file", "16 pages, cached, mapped and clean; page 0 is " \
			"dirtied by a buffered write"                    \
	}
#define STORY_VOLATILE_DISK                                             \
	{                                                               \
		"disk", "has a cache, which is flushed on demand, and " \
			"no FUA"                                        \
	}
#define STORY_DSYNC_WITHOUT_FUA                                            \
	{                                                                  \
		"dio", "pwritev2 with RWF_DSYNC: bdev_write_cache and no " \
		       "bdev_fua, so the bios are plain writes"            \
	}
#define STORY_GATE_HOLDS                                             \
	{                                                            \
		"gate", "holds every write to the disk from here on" \
	}
#define STORY_GATE_OPENS                              \
	{                                             \
		"gate", "opens: what it held goes on" \
	}
#define KNOWS_IN_FLUSH                                               \
	"the first was seen in folio_wait_writeback, and the store " \
	"came back or was seen held before the gate opened"
#define KNOWS_IN_FLIGHT(other)                                            \
	"the direct write was submitted and not complete, and the " other \
	" came back or was seen held before the gate opened"

struct scenario {
	const char *id;	   /* "C01" */
	const char *says;  /* one sentence: who collides with whom, and where */
	const char *knows; /* how a run knows that it collided */
	const char *since; /* kernel that can show it: "6.5"; NULL: any */
	unsigned needs;	   /* of enum file_ability */
	bool wants_cache;  /* a disk with a volatile cache, without FUA */
	bool is_soak;	   /* runs free, for a time: soak.h */
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
	int flags; /* RWF_... of a write, FALLOC_FL_... */
	char *data;
	size_t len; /* what it asks for; 0: no amount */
	off_t at;
	char letter;	 /* what a store puts down */
	bool is_reader;	 /* what it got is in data */
	struct run *run; /* whose it is */

	pthread_t thread;
	_Atomic pid_t tid;
	atomic_bool is_submitted; /* asynchronous I/O: the kernel took it */
	atomic_bool done;	  /* returned and error are there */
	ssize_t returned;	  /* -1: error says why */
	int error;
	unsigned met; /* of mix: rounds that had dirty pages to flush; of walk:
			 direct writes that had cached pages to drop */
	int64_t due_ns;		    /* swept: when it begins; else 0 */
	atomic_bool is_begun;	    /* swept: it has */
	char waited[WAIT_MAX_NAME]; /* where it was seen held; "no" */
	char deed[WAIT_MAX_NAME * 2 + 40];
};

enum settled { SETTLED_DONE, SETTLED_HELD, SETTLED_NEITHER };

/*
 * Each starts its actor at once; NULL in a spoiled run, which all others take.
 * The name before each is the prefix of its fields.
 */

/*
 * dio: a direct write of 'D', of the whole file. With RWF_NOWAIT the times of
 * the inode are made current just before, as XFS and others answer -EAGAIN when
 * they would have to be changed.
 */
struct actor *actor_direct_write(struct run *r);
struct actor *actor_direct_write_flags(struct run *r, int rwf_flags);
struct actor *actor_direct_write_dsync(struct run *r);
struct actor *actor_direct_write_at(struct run *r, off_t at, size_t len,
				    int rwf_flags);
/* dio: by io_submit; its thread waits for the completion. */
struct actor *actor_direct_aio(struct run *r);
struct actor *actor_direct_aio_at(struct run *r, off_t at, size_t len);
/* dio: of the whole file by io_uring; its thread waits for the completion. */
struct actor *actor_direct_ring(struct run *r);
/* dread: a direct read of the whole file. */
struct actor *actor_direct_read(struct run *r, int rwf_flags);
/* dread: a direct read of @len bytes at @at, into the mapping of page 0. */
struct actor *actor_direct_read_to_map(struct run *r, off_t at, size_t len);
/* self: a direct write at 0, out of the mapping of the file at @from. */
struct actor *actor_direct_write_from_map(struct run *r, off_t from,
					  size_t len);
/*
 * self: a direct write at 0 of two vectors: 4 pages of 'D', then 4 pages out of
 * the mapping of the file, from @from on.
 */
struct actor *actor_direct_write_half_from_map(struct run *r, off_t from);
/* limited: a direct write of the whole file under RLIMIT_FSIZE of @limit. */
struct actor *actor_direct_write_limited(struct run *r, size_t limit);
/*
 * mix: MIX_ROUNDS times a buffered write of 'B' of the whole file, a direct one
 * of half of it, and fsync of both descriptors. It returns the bytes of all
 * direct writes and ends with the first error or short count.
 */
#define MIX_ROUNDS 20
struct actor *actor_mix(struct run *r);
/*
 * walk: WALK_STEPS operations of every kind on an empty file, one after
 * another, by a fixed seed. It returns those that were right, and ends with one
 * that was not: actor_fault says which.
 */
#define WALK_STEPS 60
struct actor *actor_walk(struct run *r);
/* "no", "step 17, direct read of 512 at 1024: ...": of a walk that ended. */
const char *actor_fault(const struct actor *a);

/* The page that others meet a direct write in: neither its first nor last. */
#define MET_PAGE 5

/* store: through the mapping, of 'M', into MET_PAGE or another one. */
struct actor *actor_store(struct run *r);
struct actor *actor_store_at(struct run *r, unsigned page);
/* read: a buffered read of the whole file. */
struct actor *actor_buffered_read(struct run *r);
/* write: a buffered write of 'B', of MET_PAGE. */
struct actor *actor_buffered_write(struct run *r);
/* sendfile: of the whole file into a pipe, which is read at once. */
struct actor *actor_sendfile(struct run *r);

/* truncate */
struct actor *actor_truncate(struct run *r, off_t size);
/* punch, zero, collapse, allocate: fallocate(2) with such a mode */
struct actor *actor_punch(struct run *r, off_t at, size_t len);
struct actor *actor_zero(struct run *r, off_t at, size_t len);
struct actor *actor_collapse(struct run *r, off_t at, size_t len);
struct actor *actor_allocate(struct run *r, off_t at, size_t len);
/* fsync: of the buffered descriptor */
struct actor *actor_fsync(struct run *r);
/* msync: of the whole mapping, with MS_SYNC */
struct actor *actor_msync(struct run *r);
/* drop: all that is clean in any page cache, by /proc/sys/vm/drop_caches */
struct actor *actor_drop_caches(struct run *r);
/* clone: FICLONE into the file of file_make_clone */
struct actor *actor_clone(struct run *r);

/* Call it by another name, of its fields; @a may be NULL and is returned. */
struct actor *actor_call(struct actor *a, const char *name);

/* Wait until @a is done or seen held in the kernel; else the run is spoiled. */
enum settled actor_settle(struct actor *a);
/* As actor_settle; the run is spoiled unless it is held in @function. */
void actor_await_held(struct actor *a, const char *function);
/*
 * Wait until the direct I/O of @a is on its way to the disk: a synchronous call
 * is held waiting for it, an asynchronous one has been submitted and is not
 * complete. Else the run is spoiled.
 */
void actor_await_in_flight(struct actor *a);
/* "store came back inside the window": for run_provoked; lives in @a. */
const char *actor_deed(struct actor *a);

/* The test file, of 'A' where it is written, in one of these states. */

enum file_blocks {
	FILE_WRITTEN,	/* FILE_PAGES, cached and clean */
	FILE_UNWRITTEN, /* FILE_PAGES, allocated but never written */
	FILE_HOLE,	/* FILE_PAGES of nothing */
	FILE_SHORT,	/* SHORT_LEN written: the rest is beyond its end */
	FILE_TAIL,	/* FILE_PAGES: the first half a hole, then written */
	FILE_SECTOR,	/* SECTOR bytes written */
	FILE_EMPTY,
};

void file_lay_out(struct run *r, enum file_blocks blocks);
void file_drop_cache(struct run *r);
/* Read every page through the mapping: cached, mapped and clean. */
void file_map_in(struct run *r);
/* A buffered read of one page; readahead may add others. */
void file_read_in(struct run *r, unsigned page);
/* Make one page dirty in the cache, with 'P', by a buffered write. */
void file_dirty(struct run *r, unsigned page);
/* Make all dirty through the mapping, a letter a page: 'a', 'b', ... */
void file_store_letters(struct run *r);
/* Write 'G' on the disk where the file's unwritten blocks are. */
void file_soil(struct run *r);
/* Make a second, empty file, for actor_clone. */
void file_make_clone(struct run *r);
/* FICLONE: a second file shares the blocks. */
void file_clone(struct run *r);
/* Mount an ext2 that is written into it: a buffer of page 0 is in use then. */
void file_pin(struct run *r);
/* Allocate all that is free but for a few pages, where writes may copy. */
void file_fill_disk(struct run *r);
/* Pages of the file that are dirty, cached; 0 when it cannot be told. */
unsigned file_dirty_pages(struct run *r);
unsigned file_cached_pages(struct run *r);

/* The gate between the filesystem and its disk. */

void gate_hold_writes(struct run *r); /* reads pass */
void gate_fail_writes(struct run *r); /* writes end in EIO */
void gate_pass_all(struct run *r);    /* what was held goes on */

/* What is seen; each becomes fields of the outcome (rules/outcome.h). */

/* size.during: i_size as fstat tells it while the window is open. */
void observe_size_during(struct run *r);
/* fsync.between.buffered, fsync.between.direct: fsync, now. */
void observe_fsync_between(struct run *r);
/* sectors: a page by direct read, a letter for each SECTOR. */
void observe_sectors(struct run *r, unsigned page);
/* Flushes of its cache that the disk was asked for, all in all. */
unsigned long disk_flushes(struct run *r);
/* flushed: "no" when there were no more than @before, else "yes". */
void observe_flushed(struct run *r, unsigned long before);
/*
 * The actors' fields and the file: medium, resident, size, cache, the four
 * fsyncs, disk, the clone if there is one, in this order, so that none disturbs
 * the one before.
 */
void observe_file(struct run *r);

/* Collisions that several scenarios have in common. */

/*
 * A store into @page, while what @begin starts waits for the flush of page 0.
 */
void collide_in_flush(struct run *r, struct actor *(*begin)(struct run *r),
		      unsigned page);
/*
 * What @meet starts, while the bios of @begin's direct write are held. @meet
 * may be NULL: then it is fstat alone that they meet.
 */
void collide_in_flight(struct run *r, struct actor *(*begin)(struct run *r),
		       struct actor *(*meet)(struct run *r));
/*
 * A store into a written page, while a direct write with RWF_DSYNC is in
 * flight.
 */
void collide_in_dsync(struct run *r);
/* As collide_in_flight, before anything is told: whom @meet started. */
struct actor *collide_and_join(struct run *r,
			       struct actor *(*begin)(struct run *r),
			       struct actor *(*meet)(struct run *r));
/*
 * A store meets a direct write in flight; afterwards there is fsync, if @asked,
 * and then a direct write, "again", that meets nobody.
 */
void collide_and_write_again(struct run *r, bool asked);
/* What @begin starts, while the device fails each write. */
void collide_with_error(struct run *r, struct actor *(*begin)(struct run *r),
			const char *state);

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
