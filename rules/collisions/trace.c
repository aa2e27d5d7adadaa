// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * trace.c - how often the invalidation before a direct write failed
 *
 * Counted by the statistics of an instance of our own, in which nothing else is
 * traced: a soak leaves more events than a buffer holds, and what whoever runs
 * a reproducer has traced stays as it is.
 */
#include "rules/collisions/run.h"

#include <fcntl.h>
#include <sys/stat.h>

#define INSTANCE "/sys/kernel/tracing/instances/collide"
#define EVENT INSTANCE "/events/iomap/iomap_dio_invalidate_fail"

static bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	ssize_t n = 1;

	if (fd < 0)
		return false;
	if (text[0])
		n = write(fd, text, strlen(text));
	close(fd);
	return n > 0;
}

void trace_start(void)
{
	mkdir(INSTANCE, 0700); /* or it is there from the run before */
	put(EVENT "/enable", "1");
	put(INSTANCE "/trace", "");
}

void trace_stop(void)
{
	rmdir(INSTANCE);
}

/* "entries: 12": the number behind @name in one processor's statistics. */
static long read_stat(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? strtol(at + strlen(name), NULL, 10) : 0;
}

/* What is in a processor's buffer, and what was pushed out of it. */
static bool add_processor(long *n, unsigned cpu)
{
	char path[sizeof(INSTANCE) + 32], text[512];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), INSTANCE "/per_cpu/cpu%u/stats", cpu);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	*n += read_stat(text, "entries: ") + read_stat(text, "overrun: ");
	return true;
}

long trace_invalidate_fails(void)
{
	long n = 0;

	if (access(EVENT, F_OK) < 0)
		return -1;
	for (unsigned cpu = 0; add_processor(&n, cpu); cpu++)
		;
	return n;
}
