/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wrap.h - prose in lines of a limited width
 */
#ifndef BASE_WRAP_H
#define BASE_WRAP_H

#include <stddef.h>

#include "bot/base/buf.h"

struct wrap {
	unsigned width;	 /* columns of a line at most, its indent included */
	unsigned indent; /* blanks before each line */
	unsigned hang;	 /* further blanks before all but the first */
};

/*
 * Add @text as lines that end in a newline, broken at blanks; newlines in it
 * are blanks, too. It passes sink_line on its way. A word longer than a line
 * has one for itself. Columns are counted as characters.
 */
void wrap_add(struct buf *out, const struct wrap *w, const char *text);
void wrap_addf(struct buf *out, const struct wrap *w, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
