// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * held.c - where a thread is held, as /proc tells it
 *
 * /proc/.../wchan names the wrong frame for rwsems under UML, so the stack is
 * read, and the frame that says most is chosen by the table below.
 */
#include "rules/collisions/run.h"

#include <fcntl.h>

/* Most telling first: a stack holds several of them. */
static const char *const waits[] = {
	"inode_dio_wait",
	"inode_dio_finished",
	"folio_wait_writeback",
	"folio_wait_stable",
	"gfs2_glock_wait",
	"btrfs_start_ordered_extent",
	"btrfs_wait_ordered",
	"rwsem_down_write",
	"down_write",
	"rwsem_down_read",
	"down_read",
	"__iomap_dio_rw",
	"__blockdev_direct_IO",
	"__blkdev_direct_IO",
	"folio_wait_bit",
	"wait_extent_bit",
	"jbd2_log_wait_commit",
	"submit_bio_wait",
};

static size_t read_task(char *out, size_t size, pid_t tid, const char *name)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", tid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, out, size - 1);
	close(fd);
	if (n < 0)
		n = 0;
	out[n] = '\0';
	return (size_t)n;
}

bool held_in_kernel(pid_t tid)
{
	char stat[512];
	const char *name_end;

	if (!read_task(stat, sizeof(stat), tid, "stat"))
		return false;
	name_end = strrchr(stat, ')');
	return name_end && strncmp(name_end, ") D", 3) == 0;
}

/* In every stack of a thread that sleeps, and so no place. */
static bool is_scheduler(const char *name, size_t len)
{
	static const char *const names[] = { "__switch_to", "__schedule",
					     "schedule",    "schedule_timeout",
					     "io_schedule", "bit_wait_io",
					     "bit_wait" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == len && !memcmp(name, names[i], len))
			return true;
	return false;
}

/* "[<0>] wait_on_buffer+0x12/0x34": the name alone, of the innermost frame. */
static void name_innermost(char *out, const char *stack)
{
	const char *name = stack;
	const char *next;
	size_t len;

	do {
		next = strstr(name, "] ");
		name = next ? next + 2 : name;
		len = strcspn(name, "+\n");
	} while (next && is_scheduler(name, len));
	snprintf(out, WAIT_MAX_NAME, "%.*s", (int)len, name);
}

void held_name(char *out, const char *stack)
{
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		if (strstr(stack, waits[i])) {
			snprintf(out, WAIT_MAX_NAME, "%s", waits[i]);
			return;
		}
	}
	name_innermost(out, stack);
}

/* A lock's own code, which says nothing of who wants the lock. */
static bool is_lock(const char *name, size_t len)
{
	static const char *const parts[] = { "rwsem", "down_", "mutex",
					     "folio_wait", "wait_on" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (memmem(name, len, parts[i], strlen(parts[i])))
			return true;
	return is_scheduler(name, len);
}

void held_name_caller(char *out, const char *stack)
{
	char wait[WAIT_MAX_NAME];
	const char *at;

	held_name(wait, stack);
	snprintf(out, HELD_MAX_CALLER, "%s", wait);
	at = *wait ? strstr(stack, wait) : NULL;
	while (at && (at = strstr(at, "] "))) {
		size_t len = strcspn(at += 2, "+\n");

		if (is_lock(at, len))
			continue;
		snprintf(out, HELD_MAX_CALLER, "%s of %.*s", wait, (int)len,
			 at);
		return;
	}
}

static void look(char *out, pid_t tid, void (*name)(char *, const char *))
{
	char stack[4096];

	if (read_task(stack, sizeof(stack), tid, "stack"))
		name(out, stack);
	else
		snprintf(out, WAIT_MAX_NAME, "unknown");
}

void held_where(char *out, pid_t tid)
{
	look(out, tid, held_name);
}

void held_where_called(char *out, pid_t tid)
{
	look(out, tid, held_name_caller);
}
