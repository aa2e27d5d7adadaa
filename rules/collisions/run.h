/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.h - one run of one scenario, and the volume it runs on: the kit's inside
 */
#ifndef COLLISIONS_RUN_H
#define COLLISIONS_RUN_H

#include "rules/collisions/kit.h"

#define VOLUME_MAX_PATH 96
#define VOLUME_MAX_WHY 240

#define FILESYSTEM_NODE "NODE" /* the device, in the words of mkfs */

enum filesystem_kind {
	FILESYSTEM_MOUNTED, /* files are made in it, one a run */
	FILESYSTEM_ZONED,  /* zonefs: the file is its first conventional zone */
	FILESYSTEM_DEVICE, /* none: the file is the block device itself */
};

/* How a filesystem is made and mounted: filesystem.c */
struct filesystem {
	const char *name; /* "xfs"; a variant has a name of its own: "xfs1k" */
	const char *type; /* for mount(2); of a variant the same */
	const char *options;
	const char *mkfs[16]; /* NULL-terminated; none: no program makes it */
	enum filesystem_kind kind;
	unsigned can;	/* of enum file_ability */
	bool is_shared; /* the laid out file's blocks are a clone's, too */
};

const struct filesystem *filesystem_find(const char *name);
/* The @i-th, or NULL behind the last. */
const struct filesystem *filesystem_at(size_t i);
/* Its files can do what @s asks for. */
bool filesystem_can(const struct filesystem *fs, const struct scenario *s);

/* A filesystem on a gate (device-mapper) on a disk (null_blk). */
struct volume {
	const struct filesystem *fs;
	char name[24];		    /* "xfs0": of the disk, gate and root */
	char disk[VOLUME_MAX_PATH]; /* "/dev/nullb_xfs": the medium */
	char disk_config[VOLUME_MAX_PATH];
	char gate[32];		    /* device-mapper's name of it */
	char node[32];		    /* "/dev/dm-0" */
	char root[VOLUME_MAX_PATH]; /* where it is mounted; "" when not */
	unsigned long long sectors;
	bool has_cache;		  /* the disk, that is lost with power */
	unsigned files;		  /* made so far, for names */
	char why[VOLUME_MAX_WHY]; /* the reason of the last false */
};

/* All: false, and v->why says what the kernel or mkfs would not do. */
bool volume_set_up(struct volume *v, const struct filesystem *fs,
		   unsigned generation, bool has_cache);
bool volume_take_down(struct volume *v);
/* Keep a reason; errno is added unless 0. Always false. */
bool volume_failed(struct volume *v, int error, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * disk.c. A zoned disk has zones of this size, and DISK_ZONES_RANDOM of them,
 * the first ones, can be written anywhere.
 */
#define DISK_ZONE_MIB 64
#define DISK_ZONES_RANDOM 3
bool disk_make(struct volume *v);
void disk_remove(struct volume *v);

/* gate.c */
#define GATE_HOLD_MS 600000 /* then it opens by itself */
enum gate_state {
	GATE_PASS,
	GATE_HOLD_WRITES,
	GATE_LATE_WRITES, /* of a swept run: nothing is held for long */
	GATE_FAIL_WRITES,
};
bool gate_make(struct volume *v);
bool gate_set(struct volume *v, enum gate_state state);
bool gate_remove(struct volume *v);

/* zonefs.c: what mkfs.zonefs would write to the first block, @block */
#define ZONEFS_SUPER_LEN 4096
void zonefs_fill_super(char block[ZONEFS_SUPER_LEN]);

/* mapping.c: -1 and EFAULT in place of a SIGBUS, once that is caught */
bool mapping_catch_faults(void);
ssize_t mapping_store(char *at, char letter, size_t len);
ssize_t mapping_store_word(char *at, uint32_t word);
ssize_t mapping_load(const char *at, size_t len); /* a byte of each page */

/* pause.c: of guest time */
void pause_ms(long ms);

/* klog.c: kernel log lines since klog_start, by what they tell */
enum klog_class {
	KLOG_INVALIDATION, /* "Page cache invalidation failure on direct I/O" */
	KLOG_COLLISION,	   /* "Direct I/O collision with buffered writes!" */
	KLOG_WARNING,	   /* WARNING, BUG, assertions: never right */
	KLOG_SHUTDOWN,	   /* the filesystem gave up or went read-only */
	KLOG_ERROR,	   /* it told of an I/O error */
	KLOG_CLASSES,
};
struct klog {
	int fd;
	unsigned n[KLOG_CLASSES];
	char splat[FIELD_MAX_VALUE]; /* the first line of KLOG_WARNING */
};
void klog_start(struct klog *k);
void klog_read(struct klog *k);
enum klog_class klog_classify(const char *line);

/* pseudo.c: /proc, /sys, /dev and what else is looked at, where missing */
void pseudo_mount(void);

/* trace.c */
void trace_start(void);
void trace_stop(void);
long trace_invalidate_fails(void); /* -1: no such tracepoint */

/* observe.c: what the kernel logged, as fields */
#define LOG_TOLD_MAX 10 /* of dio_warn_stale_pagecache, in a boot and day */
void observe_log(struct run *r);
/* The same of the tracepoint. */
void observe_trace(struct run *r);

/* async.c: a->len bytes of a->data at a->at, by io_submit; it is awaited. */
ssize_t async_submit(struct actor *a);

/* describe.c; @out holds FIELD_MAX_VALUE bytes */
void describe_pages(char *out, const char *data, size_t len); /* "D5M1D10" */
void describe_sectors(char *out, const char *data, size_t len);
/* "-EIO"; 0 and more as a number */
void describe_result(char *out, ssize_t returned, int error);

/* cachestat.c: pages of the whole file */
struct cachestat {
	uint64_t cached, dirty, writeback, evicted, recently_evicted;
};
int cachestat_read(struct cachestat *out, int fd); /* -1: ENOSYS before v6.5 */
/* On any kernel; -1: it cannot be told. @map may be NULL. */
ssize_t cachestat_cached(int fd, const char *map);
ssize_t cachestat_dirty(int fd, const char *map);
/* Dirty pages of the mapping that begins at @map, as /proc/self/smaps says. */
unsigned cachestat_read_smaps(FILE *smaps, const char *map);
/* Of the pages that hold @len bytes at @at. */
ssize_t cachestat_in_core(const char *map, off_t at, size_t len);

/*
 * folio.c: pages of the largest folio that the FILE_PAGES at @map are in, as
 * far as they are in the page table; 0: it cannot be told
 */
unsigned folio_largest(const char *map);

/* held.c: where a thread sleeps in state D; false when it does not */
bool held_in_kernel(pid_t tid);
void held_where(char *out, pid_t tid); /* WAIT_MAX_NAME bytes */
void held_name(char *out, const char *stack);
/* The same and whose wait it is: "rwsem_down_write of ext4_page_mkwrite" */
#define HELD_MAX_CALLER (2 * WAIT_MAX_NAME)
void held_where_called(char *out, pid_t tid);
void held_name_caller(char *out, const char *stack);

/*
 * medium.c: what is on the disk below, as describe_pages tells it; "unknown"
 * where the filesystem does not tell where that is
 */
void medium_describe(char *out, const struct volume *v, int fd, char *buffer);
/* Write 'G' there into the file's unwritten blocks: how many bytes, or -1. */
ssize_t medium_soil(const struct volume *v, int fd, char *buffer);

/* file.c */
void file_remove(struct run *r);

/* pin.c: undo file_pin */
void pin_remove(struct run *r);

struct field {
	char name[FIELD_MAX_NAME];
	char value[FIELD_MAX_VALUE];
};

/* Of a run whose window is swept: sweep.c */
struct sweep {
	bool is_on;
	unsigned at_us;	 /* when the moved actor begins, from the zero on */
	bool is_open;	 /* from here on actors begin when they are due */
	int64_t zero_ns; /* CLOCK_MONOTONIC */
	struct actor *first, *moved;
	char met[WAIT_MAX_NAME]; /* where the first was when the other began */
	bool is_met;		 /* their calls overlapped */
};

/* Lives on the heap, and is left there when one of its actors hangs. */
struct run {
	struct volume *volume;
	const struct scenario *scenario;
	unsigned number;
	char path[VOLUME_MAX_PATH + 16];
	int direct;   /* O_DIRECT descriptor */
	int buffered; /* -1 when there is no file */
	int clone;    /* of a second file; -1: there is none */
	int filler;   /* that takes all space; -1: there is none */
	char pin[40]; /* where the file itself is mounted; "": it is not */
	size_t len;   /* as it was laid out */
	char *map;    /* FILE_LEN bytes; NULL where files cannot be mapped */
	char *buffer; /* FILE_LEN bytes, page aligned: the observer's */
	struct actor actors[RUN_MAX_ACTORS];
	size_t n_actors;
	enum gate_state gate;
	struct sweep sweep;
	struct klog log;
	struct field fields[RUN_MAX_FIELDS];
	size_t n_fields;
	bool provoked;
	bool is_spoiled;
	bool is_missed;	  /* spoiled, as it did not come to the window */
	bool is_hung;	  /* a thread of it never came back */
	unsigned soak_ms; /* of a soak: how long, and where it begins */
	uint32_t soak_seed;
	struct soak *soak;	 /* soak.h */
	unsigned *invalidations; /* lines about them in this boot */
	char how[FIELD_MAX_VALUE];
};

/* @invalidations outlives the run: the kernel tells of ten in a boot. */
struct run *run_new(struct volume *v, const struct scenario *s, unsigned number,
		    unsigned *invalidations);
/* Open the gate, join, remove the file. False: somebody hangs; @r is left. */
bool run_end(struct run *r);

/*
 * Let @fn do something with the file in a thread of its own, and wait for it:
 * what it returned. -1: the run is spoiled, by this ("<what>: EIO", or that it
 * never came back) or from before. @at is for @fn to use.
 */
ssize_t run_aside(struct run *r, const char *what,
		  ssize_t (*fn)(struct actor *a), off_t at);
/*
 * As run_spoil, for what did not collide though nothing went wrong: the
 * filesystem is good for another run.
 */
void run_miss(struct run *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Start a thread; NULL in a spoiled run. Consumes like->data. */
struct actor *actor_start(struct run *r, const struct actor *like);
/* sweep.c: the values of sweep.met when the calls did not overlap */
#define SWEEP_BEFORE "not begun"
#define SWEEP_AFTER "returned"
/* Before the scenario: its moved actor begins at @at_us. */
void sweep_set_up(struct run *r, unsigned at_us);
/* The window is open; set the zero of the run. */
void sweep_open(struct run *r);
/* Begin an actor of the open window: @a is awaited there, or moved. */
void sweep_begin_fixed(struct actor *a);
void sweep_begin_moved(struct actor *a);
/* All come back by themselves; then the window is closed. */
void sweep_close(struct run *r);
/* In its thread: before its call, and after it. */
void sweep_wait_due(struct actor *a);
void sweep_end(struct actor *a);
/* In place of run_provoked: whether they met. */
void sweep_tell(struct run *r);

/* Run a->act in a new thread. */
void actor_begin(struct actor *a);
/* False: it did not come back in RETURN_LIMIT_MS. */
bool actor_join(struct actor *a);
/* What an actor read or is to write: @len bytes of @letter, page aligned. */
char *actor_buffer(size_t len, char letter);

#endif
