// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * soak.c - rounds of a soak, and what must hold after each
 */
#include "rules/collisions/soak.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

static const char *const fault_names[SOAK_FAULTS] = {
	[SOAK_RETURNED] = "fault.returned", [SOAK_ERRNO] = "fault.errno",
	[SOAK_CONTENT] = "fault.content",   [SOAK_SETTLED] = "fault.settled",
	[SOAK_LOST] = "fault.lost",	    [SOAK_UNTOLD] = "fault.untold",
	[SOAK_HUNG] = "fault.hung",
};

static const char *plural(unsigned long n)
{
	return n == 1 ? "" : "s";
}

static long passed_ms(const struct timespec *since)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - since->tv_sec) * 1000 +
	       (now.tv_nsec - since->tv_nsec) / 1000000;
}

/* ---- a round ---- */

/* The witness first: it is to see whatever goes wrong from here on. */
static ssize_t open_more(struct actor *a)
{
	struct run *r = a->run;
	struct soak *k = r->soak;

	k->witness = open(r->path, O_RDWR | O_CLOEXEC);
	k->syncer = open(r->path, O_RDWR | O_CLOEXEC);
	if (k->witness < 0 || k->syncer < 0)
		return -1;
	soakmark_fill(r->buffer, 0, FILE_LEN, 'A', 0);
	if (pwrite(k->witness, r->buffer, FILE_LEN, 0) != (ssize_t)FILE_LEN)
		return -1;
	return fsync(k->witness);
}

static ssize_t look_at_folios(struct actor *a)
{
	struct soak *k = a->run->soak;
	unsigned pages;

	mapping_load(a->run->map, FILE_LEN);
	pages = folio_largest(a->run->map);
	if (pages > k->folio)
		k->folio = pages;
	return 0;
}

static void lay_out(struct soak *k)
{
	file_lay_out(k->run, FILE_WRITTEN);
	run_aside(k->run, "writing marks", open_more, 0);
	if (k->mix->is_apart)
		run_aside(k->run, "looking at folios", look_at_folios, 0);
}

static ssize_t close_more(struct actor *a)
{
	close(a->run->soak->witness);
	close(a->run->soak->syncer);
	return 0;
}

static void remove_file(struct soak *k)
{
	struct run *r = k->run;

	run_aside(r, "closing", close_more, 0);
	if (r->is_hung)
		return;
	file_remove(r);
	r->buffered = r->direct = r->clone = -1;
	r->map = NULL;
}

static void run_threads(struct soak *k)
{
	struct timespec until;

	atomic_store(&k->is_over, false);
	for (size_t i = 0; i < k->n; i++)
		soaker_begin(&k->v[i]);
	pause_ms(SOAK_ROUND_MS);
	atomic_store(&k->is_over, true);
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += RETURN_LIMIT_MS / 1000;
	for (size_t i = 0; i < k->n; i++)
		if (!soaker_join(&k->v[i], &until))
			k->run->is_hung = true;
}

/*
 * A disk in memory has written before anybody else can run. When its writes are
 * late by some 60 ms, direct I/O is really in flight, and AIO out of its
 * thread.
 */
static void set_gate(struct soak *k, enum gate_state state)
{
	struct volume *v = k->run->volume;

	if (k->is_late && !gate_set(v, state))
		run_spoil(k->run, "%s", v->why);
}

/* ---- silence ---- */

/* The kernel logs ten in a day; then nothing follows from its silence. */
static bool is_limited(const struct soak *k)
{
	const struct run *r = k->run;

	return *r->invalidations + r->log.n[KLOG_INVALIDATION] >= LOG_TOLD_MAX;
}

static unsigned count_eio(const struct soak *k)
{
	unsigned n = 0;

	for (size_t i = 0; i < k->n; i++)
		n += k->v[i].eio;
	return n;
}

/*
 * dio_warn_stale_pagecache logs, and sets the error of the mapping: either
 * both were seen, or neither was. *told: the witness had an error.
 */
static void check_told(struct soak *k, bool *told)
{
	struct run *r = k->run;
	int rc = fsync(k->witness), error = errno;
	unsigned logged;

	*told = rc < 0 && error == EIO;
	k->told += *told;
	if (rc < 0 && error != EIO)
		soak_fault(&k->faults, SOAK_ERRNO, "fsync: %s",
			   strerror(error));
	if (fsync(k->witness) < 0)
		soak_fault(&k->faults, SOAK_UNTOLD,
			   "a second fsync, of the same descriptor: %s",
			   strerror(errno));
	klog_read(&r->log);
	logged = r->log.n[KLOG_INVALIDATION] - k->logged;
	k->logged = r->log.n[KLOG_INVALIDATION];
	if (logged > 0 && !*told)
		soak_fault(&k->faults, SOAK_UNTOLD,
			   "the log tells of %u collision%s, fsync of none",
			   logged, plural(logged));
	if ((*told || count_eio(k)) && logged == 0 && !is_limited(k) &&
	    r->log.n[KLOG_COLLISION] == 0)
		soak_fault(&k->faults, SOAK_UNTOLD,
			   "EIO, and the log tells of no collision");
}

/* All is written back by now, so the page cache has what the disk has. */
static void check_content(struct soak *k, size_t len)
{
	struct run *r = k->run;
	char why[FIELD_MAX_VALUE];
	char *cache = actor_buffer(FILE_LEN, 'c');
	ssize_t n = pread(r->buffered, cache, FILE_LEN, 0);
	ssize_t m = pread(r->direct, r->buffer, FILE_LEN, 0);

	if (n != (ssize_t)len || m != (ssize_t)len)
		soak_fault(&k->faults, SOAK_SETTLED,
			   "of %zu bytes the page cache has %zd and the "
			   "disk %zd",
			   len, n, m);
	else if (!soakmark_check(why, r->buffer, 0, len, SOAKMARK_SETTLED,
				 k->has_holes))
		soak_fault(&k->faults, SOAK_CONTENT, "%s", why);
	for (size_t at = 0; n == m && at + SECTOR <= len; at += SECTOR)
		if (memcmp(cache + at, r->buffer + at, SECTOR) != 0)
			soak_fault(&k->faults, SOAK_SETTLED,
				   "sector %zu is %08x in the page cache and "
				   "%08x on the disk",
				   at / SECTOR, soakmark_read(cache + at),
				   soakmark_read(r->buffer + at));
	free(cache);
}

static bool is_lost(const struct soaker *s, const char *disk, size_t sector)
{
	uint32_t there = soakmark_read(disk + sector * SECTOR);

	return s->done[sector] && there != s->done[sector] &&
	       there != s->tried[sector];
}

/*
 * Nobody else writes to these pages: only a folio that was dirtied elsewhere
 * can have taken the write back, and that is told.
 */
static void check_loss(struct soak *k, bool told)
{
	for (size_t i = 0; k->mix->is_apart && !told && i < k->n; i++)
		for (size_t n = 0; n < SOAK_SECTORS; n++)
			if (is_lost(&k->v[i], k->run->buffer, n))
				soak_fault(&k->faults, SOAK_LOST,
					   "sector %zu has %08x, the last "
					   "direct write of it was %08x",
					   n,
					   soakmark_read(k->run->buffer +
							 n * SECTOR),
					   k->v[i].done[n]);
}

static ssize_t settle(struct actor *a)
{
	struct soak *k = a->run->soak;
	struct stat st;
	bool told;

	check_told(k, &told);
	if (fstat(k->witness, &st) < 0)
		return -1;
	if (a->run->volume->fs->kind == FILESYSTEM_MOUNTED &&
	    (st.st_size > (off_t)FILE_LEN ||
	     (st.st_size < (off_t)FILE_LEN && !k->has_holes)))
		soak_fault(&k->faults, SOAK_SETTLED, "a size of %lld",
			   (long long)st.st_size);
	check_content(k, a->run->volume->fs->kind == FILESYSTEM_MOUNTED &&
					 st.st_size < (off_t)FILE_LEN
				 ? (size_t)st.st_size
				 : FILE_LEN);
	check_loss(k, told);
	return 0;
}

/* The first of each sort, whoever met it. */
static void collect_faults(struct soak *k)
{
	for (size_t i = 0; i < k->n; i++)
		for (int f = 0; f < SOAK_FAULTS; f++)
			if (!k->faults.first[f][0])
				memcpy(k->faults.first[f],
				       k->v[i].faults.first[f],
				       FIELD_MAX_VALUE);
	/* Laying out, looking and closing are calls, too. */
	if (k->run->is_hung)
		soak_fault(&k->faults, SOAK_HUNG, "%s", k->run->how);
}

static unsigned long count_told(const struct soak *k)
{
	unsigned long n = k->told;

	for (size_t i = 0; i < k->n; i++)
		for (size_t e = 0; e < k->v[i].n_errors; e++)
			if (k->v[i].errors[e].error == EIO)
				n += k->v[i].errors[e].n;
	return n;
}

/* As soon as there is one: what goes wrong later does not undo it. */
static void note_collisions(const struct soak *k)
{
	long fails = trace_invalidate_fails();
	unsigned long before = fails > 0 ? (unsigned long)fails : 0;
	unsigned long after = count_told(k);

	if (before > 0 || after > 0)
		run_provoked(k->run,
			     "%lu invalidation%s before a direct write failed, "
			     "EIO told of %lu collision%s after one",
			     before, plural(before), after, plural(after));
}

static void run_round(struct soak *k)
{
	struct run *r = k->run;

	k->faults.round = ++k->round;
	k->has_holes = k->mix->has_holes && k->round % 2 == 0;
	k->is_late = r->volume->fs->kind != FILESYSTEM_ZONED &&
		     (k->round % 4 == 3 || k->round % 4 == 0);
	lay_out(k);
	set_gate(k, GATE_LATE_WRITES);
	if (!r->is_spoiled) {
		run_threads(k);
		set_gate(k, GATE_PASS);
		note_collisions(k);
		if (!r->is_hung)
			run_aside(r, "looking at what is left", settle, 0);
		note_collisions(k);
		if (!r->is_hung)
			remove_file(k);
	}
	collect_faults(k);
}

/* ---- what is told ---- */

static void tell_errors(char *out, size_t size, const struct soaker *s)
{
	size_t len = strlen(out);

	for (size_t i = 0; i < s->n_errors && len < size; i++)
		len += (size_t)snprintf(out + len, size - len, "; %s %lu",
					strerrorname_np(s->errors[i].error),
					s->errors[i].n);
}

static void tell_soaker(struct run *r, const struct soaker *s)
{
	char text[FIELD_MAX_VALUE], name[FIELD_MAX_NAME];

	snprintf(name, sizeof(name), "%s.calls", s->kind->name);
	if (s->letter != '-')
		snprintf(name, sizeof(name), "%s.%c.calls", s->kind->name,
			 s->letter);
	snprintf(text, sizeof(text), "%lu", s->calls);
	tell_errors(text, sizeof(text), s);
	run_field(r, name, "%s", text);
}

static void tell_all(struct soak *k, long ms)
{
	struct run *r = k->run;

	run_field(r, "soak.seed", "%u", r->soak_seed);
	run_field(r, "soak.rounds", "%u", k->round);
	run_field(r, "soak.ms", "%ld", ms);
	for (size_t i = 0; i < k->n; i++)
		tell_soaker(r, &k->v[i]);
	for (int f = 0; f < SOAK_FAULTS; f++)
		run_field(r, fault_names[f], "%s",
			  k->faults.first[f][0] ? k->faults.first[f] : "no");
	run_field(r, "soak.told", "%lu", count_told(k));
	if (k->mix->is_apart)
		run_field(r, "soak.folio", "%u", k->folio);
}

static void tell_miss(struct soak *k)
{
	struct run *r = k->run;

	if (r->provoked)
		return;
	if (k->mix->is_apart && k->folio == 1)
		run_miss(r, "no folio had more than a page, so nobody could "
			    "be in the way of a direct write");
	else
		run_miss(r,
			 "in %u round%s nobody was in the way of a direct "
			 "write",
			 k->round, plural(k->round));
}

/*
 * zonefs_file_fsync takes whatever file_write_and_wait_range returns for a
 * failed write (zonefs_io_error), the EIO of a collision, too; by default, which
 * is errors=remount-ro, zonefs_handle_io_error then makes all of it read-only.
 */
static ssize_t stay_writable(struct actor *a)
{
	return mount(NULL, a->run->volume->root, NULL, MS_REMOUNT | MS_NOATIME,
		     "errors=repair");
}

static void soak_free(struct soak *k)
{
	for (size_t i = 0; i < k->n; i++)
		free(k->v[i].data);
	close(k->null);
	free(k);
}

void soak_run(struct run *r, const struct soak_mix *mix)
{
	struct soak *k = calloc(1, sizeof(*k));
	struct timespec began;
	long ms = 0;

	if (!k)
		abort();
	*k = (struct soak){ .run = r, .mix = mix };
	r->soak = k;
	k->null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	soaker_add_all(k);
	if (r->volume->fs->kind == FILESYSTEM_ZONED)
		run_aside(r, "remounting", stay_writable, 0);
	clock_gettime(CLOCK_MONOTONIC, &began);
	while (!r->is_spoiled && !r->is_hung && ms < (long)r->soak_ms) {
		run_round(k);
		ms = passed_ms(&began);
	}
	tell_miss(k);
	observe_trace(r);
	tell_all(k, ms);
	observe_log(r);
	if (!r->is_hung)
		soak_free(k);
}
