// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * trace.c - how often the invalidation before a direct write failed
 */
#include "rules/collisions/run.h"

#include <fcntl.h>

#define TRACEFS "/sys/kernel/tracing/"
#define EVENT "iomap_dio_invalidate_fail"
#define TRACE_MAX 65536 /* a run leaves a line or two */

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
	put(TRACEFS "events/iomap/" EVENT "/enable", "1");
	put(TRACEFS "trace", "");
}

void trace_stop(void)
{
	put(TRACEFS "events/iomap/" EVENT "/enable", "0");
}

static size_t read_trace(char *out, size_t size)
{
	int fd = open(TRACEFS "trace", O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	while (fd >= 0 && len < size - 1 &&
	       (n = read(fd, out + len, size - 1 - len)) > 0)
		len += (size_t)n;
	if (fd >= 0)
		close(fd);
	out[len] = '\0';
	return len;
}

int trace_invalidate_fails(void)
{
	static const char event[] = EVENT ":";
	char *trace;
	int n = 0;

	if (access(TRACEFS "events/iomap/" EVENT, F_OK) < 0)
		return -1;
	trace = malloc(TRACE_MAX);
	if (!trace)
		abort();
	read_trace(trace, TRACE_MAX);
	for (const char *p = trace; (p = strstr(p, event)); p++)
		n++;
	free(trace);
	return n;
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
	char path[sizeof(TRACEFS) + 32], text[512];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), TRACEFS "per_cpu/cpu%u/stats", cpu);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	*n += read_stat(text, "entries: ") + read_stat(text, "overrun: ");
	return true;
}

long trace_count(void)
{
	long n = 0;

	if (access(TRACEFS "events/iomap/" EVENT, F_OK) < 0)
		return -1;
	for (unsigned cpu = 0; add_processor(&n, cpu); cpu++)
		;
	return n;
}
