/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.h - one line an event, on stdout
 *
 * Words of ours as they are, theirs as key="..." through sink_log. No time:
 * the journal knows it. Under systemd ($JOURNAL_STREAM) the level stands in
 * front as "<6>", which the journal reads.
 *
 * Calling sequence:
 *	struct log_line l;
 *
 *	log_begin(&l, LOG_IS_INFO, "stage=%s revision=%lld", name, id);
 *	log_text(&l, "title", title, strlen(title));
 *	log_add(&l, "done");
 *	log_end(&l);
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stddef.h>
#include <stdio.h>

/* The numbers are syslog's. */
enum log_level { LOG_IS_ERR = 3, LOG_IS_WARNING = 4, LOG_IS_INFO = 6 };

/* Between log_begin and log_end; it holds memory. */
struct log_line {
	FILE *out;
	char *text;
	size_t len;
};

void log_begin(struct log_line *l, enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* More words of ours, a blank before them. */
void log_add(struct log_line *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Theirs. */
void log_text(struct log_line *l, const char *key, const char *text,
	      size_t len);
/* It is written, in one piece. */
void log_end(struct log_line *l);

#endif
