// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * klog.c - what the kernel had to say during a run
 */
#include "rules/collisions/run.h"

#include <errno.h>
#include <fcntl.h>

#define RECORD_MAX 8192 /* of /dev/kmsg: LOG_LINE_MAX and its prefix */
#define RECORDS_MAX 20000

static const struct {
	const char *text; /* anywhere in the line */
	enum klog_class is;
} known[] = {
	/* First: zonefs puts "WARNING: " before it (zonefs_warn). */
	{ "Remounting filesystem", KLOG_SHUTDOWN }, /* ext4, f2fs */
	{ "remounting filesystem", KLOG_SHUTDOWN }, /* ext2, jfs, zonefs */
	{ "Page cache invalidation failure on direct I/O", KLOG_INVALIDATION },
	{ "Direct I/O collision with buffered writes", KLOG_COLLISION },
	{ "WARNING: ", KLOG_WARNING },
	{ "BUG: ", KLOG_WARNING },
	{ "kernel BUG at", KLOG_WARNING },
	{ "Assertion failed", KLOG_WARNING },
	{ "assertion failed", KLOG_WARNING },
	{ "UBSAN: ", KLOG_WARNING },
	{ "Oops: ", KLOG_WARNING },
	{ "blocked for more than", KLOG_WARNING },
	{ "Shutting down filesystem", KLOG_SHUTDOWN },
	{ "Shutdown", KLOG_SHUTDOWN },
	{ "Stopped filesystem", KLOG_SHUTDOWN },    /* f2fs */
	{ "File system withdrawn", KLOG_SHUTDOWN }, /* gfs2 */
	{ "forced readonly", KLOG_SHUTDOWN },
	{ "Aborting journal", KLOG_SHUTDOWN },
	{ "Corruption", KLOG_SHUTDOWN },
	{ "I/O error", KLOG_ERROR },
	{ "IO error", KLOG_ERROR },
	{ "IO failure", KLOG_ERROR },
	{ "writeback error", KLOG_ERROR },
	{ "lost page write", KLOG_ERROR },
	{ "lost async page write", KLOG_ERROR },
	{ "failed to convert unwritten", KLOG_ERROR },
};

enum klog_class klog_classify(const char *line)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strstr(line, known[i].text))
			return known[i].is;
	return KLOG_CLASSES;
}

void klog_start(struct klog *k)
{
	memset(k, 0, sizeof(*k));
	k->fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (k->fd >= 0)
		lseek(k->fd, 0, SEEK_END);
}

/* "4,123,456,-;text\n KEY=value\n": the text. */
static void count_record(struct klog *k, char *record)
{
	char *line = strchr(record, ';');
	enum klog_class class;

	if (!line)
		return;
	line++;
	line[strcspn(line, "\n")] = '\0';
	class = klog_classify(line);
	if (class == KLOG_CLASSES)
		return;
	k->n[class]++;
	if (class == KLOG_WARNING && k->splat[0] == '\0')
		snprintf(k->splat, sizeof(k->splat), "%.*s",
			 (int)sizeof(k->splat) - 1, line);
}

void klog_read(struct klog *k)
{
	char record[RECORD_MAX];

	for (int i = 0; k->fd >= 0 && i < RECORDS_MAX; i++) {
		ssize_t n = read(k->fd, record, sizeof(record) - 1);

		if (n < 0 && errno == EPIPE)
			continue; /* the ring went round: some are lost */
		if (n <= 0)
			return;
		record[n] = '\0';
		count_record(k, record);
	}
}
