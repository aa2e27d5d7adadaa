// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * observe.c - what is left after a collision, as fields of the outcome
 */
#include "rules/collisions/run.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static ssize_t observe_resident(struct actor *a)
{
	struct run *r = a->run;
	struct cachestat stat;

	if (cachestat_read(&stat, r->buffered) == 0)
		run_field(r, "resident", "%llu/%llu/%llu",
			  (unsigned long long)stat.cached,
			  (unsigned long long)stat.dirty,
			  (unsigned long long)stat.writeback);
	else
		run_field(r, "resident", "%zd/-/-",
			  cachestat_cached(r->buffered, r->map));
	return 0;
}

static ssize_t observe_medium(struct actor *a)
{
	struct run *r = a->run;
	char pages[FIELD_MAX_VALUE];

	medium_describe(pages, r->volume, r->buffered, r->buffer);
	run_field(r, "medium", "%s", pages);
	return 0;
}

static ssize_t observe_size(struct actor *a)
{
	char text[FIELD_MAX_VALUE];
	struct stat st;
	int rc = fstat(a->run->buffered, &st);

	describe_result(text, rc < 0 ? rc : (ssize_t)st.st_size, errno);
	run_field(a->run, "size", "%s", text);
	return 0;
}

static ssize_t observe_content(struct run *r, const char *name, int fd)
{
	char text[FIELD_MAX_VALUE];
	ssize_t n = pread(fd, r->buffer, FILE_LEN, 0);

	if (n < 0)
		describe_result(text, n, errno);
	else
		describe_pages(text, r->buffer, (size_t)n);
	run_field(r, name, "%s", text);
	return 0;
}

static ssize_t observe_cache(struct actor *a)
{
	return observe_content(a->run, "cache", a->run->buffered);
}

static ssize_t observe_disk(struct actor *a)
{
	return observe_content(a->run, "disk", a->run->direct);
}

/* The error of a descriptor that could not be had is told in its place. */
static void observe_fsync(struct run *r, const char *name, int fd)
{
	char text[FIELD_MAX_VALUE];
	int rc = fd < 0 ? -1 : fsync(fd);

	describe_result(text, rc, errno);
	run_field(r, name, "%s", text);
}

static ssize_t observe_fsyncs(struct actor *a)
{
	struct run *r = a->run;
	int fd;

	observe_fsync(r, "fsync.buffered", r->buffered);
	observe_fsync(r, "fsync.buffered.again", r->buffered);
	observe_fsync(r, "fsync.direct", r->direct);
	fd = open(r->path, O_RDWR | O_CLOEXEC);
	observe_fsync(r, "fsync.new", fd);
	if (fd >= 0)
		close(fd);
	return 0;
}

void observe_log(struct run *r)
{
	static const char *const names[KLOG_CLASSES] = {
		[KLOG_INVALIDATION] = "log.invalidation",
		[KLOG_COLLISION] = "log.collision",
		[KLOG_WARNING] = "log.warning",
		[KLOG_SHUTDOWN] = "log.shutdown",
		[KLOG_ERROR] = "log.error",
	};

	klog_read(&r->log);
	for (int i = 0; i < KLOG_CLASSES; i++) {
		if (i == KLOG_INVALIDATION &&
		    *r->invalidations >= LOG_TOLD_MAX && r->log.n[i] == 0)
			run_field(r, names[i], "limited");
		else
			run_field(r, names[i], "%u", r->log.n[i]);
	}
	*r->invalidations += r->log.n[KLOG_INVALIDATION];
	if (r->log.splat[0])
		run_field(r, "log.splat", "%s", r->log.splat);
}

void observe_trace(struct run *r)
{
	long n = trace_invalidate_fails();

	if (n < 0)
		run_field(r, "trace.invalidate_fail", "unknown");
	else
		run_field(r, "trace.invalidate_fail", "%ld", n);
}

static void actor_field(const struct actor *a, const char *what,
			const char *value)
{
	char name[FIELD_MAX_NAME];

	snprintf(name, sizeof(name), "%s.%s", a->name, what);
	run_field(a->run, name, "%s", value);
}

static ssize_t tell_size(struct actor *a)
{
	struct stat st;

	return fstat(a->fd, &st) < 0 ? -1 : (ssize_t)st.st_size;
}

/* An actor like others, as fstat too may be held: by gfs2's glock. */
void observe_size_during(struct run *r)
{
	char text[FIELD_MAX_VALUE];
	struct actor *a;

	if (r->sweep.is_on)
		return; /* nobody knows whether it is during */
	a = actor_start(r, &(struct actor){ .name = "stat",
					    .act = tell_size,
					    .fd = r->buffered });
	if (!a)
		return;
	if (actor_settle(a) == SETTLED_DONE)
		describe_result(text, a->returned, a->error);
	else
		snprintf(text, sizeof(text), "held in %s", a->waited);
	run_field(r, "size.during", "%s", text);
}

/* What it saw, as far as it came. */
static void observe_data(const struct actor *a)
{
	char text[FIELD_MAX_VALUE];

	if (!a->is_reader || a->returned < 0)
		return;
	describe_pages(text, a->data, (size_t)a->returned);
	actor_field(a, "data", text);
}

static void observe_actor(const struct actor *a)
{
	char text[FIELD_MAX_VALUE];
	bool is_back = a->thread == 0;

	if (a->act == tell_size && is_back)
		return; /* size.during */
	if (a->len) {
		snprintf(text, sizeof(text), "%zu", a->len);
		actor_field(a, "asked", text);
	}
	if (is_back)
		describe_result(text, a->returned, a->error);
	else
		snprintf(text, sizeof(text), "hung");
	actor_field(a, "returned", text);
	actor_field(a, "waited", a->waited);
	if (is_back)
		observe_data(a);
}

static ssize_t fsync_between(struct actor *a)
{
	observe_fsync(a->run, "fsync.between.buffered", a->run->buffered);
	observe_fsync(a->run, "fsync.between.direct", a->run->direct);
	return 0;
}

void observe_fsync_between(struct run *r)
{
	run_aside(r, "fsync in between", fsync_between, 0);
}

static ssize_t read_sectors(struct actor *a)
{
	struct run *r = a->run;
	char text[FIELD_MAX_VALUE];
	ssize_t n = pread(r->direct, r->buffer, PAGE, a->at);

	if (n < 0)
		describe_result(text, n, errno);
	else
		describe_sectors(text, r->buffer, (size_t)n);
	run_field(r, "sectors", "%s", text);
	return 0;
}

void observe_sectors(struct run *r, unsigned page)
{
	run_aside(r, "reading sectors", read_sectors, (off_t)page * PAGE);
}

void observe_flushed(struct run *r, unsigned long before)
{
	run_field(r, "flushed", disk_flushes(r) > before ? "yes" : "no");
}

static ssize_t observe_clone(struct actor *a)
{
	if (a->run->clone < 0)
		return 0;
	return observe_content(a->run, "clone", a->run->clone);
}

/* One thread for all; what it is at is its name, should it never come back. */
static ssize_t observe_steps(struct actor *a)
{
	static const struct {
		const char *name;
		ssize_t (*observe)(struct actor *a);
	} steps[] = {
		{ "reading the medium", observe_medium },
		{ "cachestat", observe_resident },
		{ "fstat", observe_size },
		{ "reading", observe_cache },
		{ "fsync", observe_fsyncs },
		{ "reading directly", observe_disk },
		{ "reading the clone", observe_clone },
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		a->name = steps[i].name;
		steps[i].observe(a);
	}
	return 0;
}

void observe_file(struct run *r)
{
	for (size_t i = 0; i < r->n_actors; i++)
		observe_actor(&r->actors[i]);
	if (!r->is_hung && r->buffered >= 0)
		run_aside(r, "looking", observe_steps, 0);
	observe_trace(r);
	observe_log(r);
}
