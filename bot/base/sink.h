/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sink.h - the escapers: how their bytes reach a log, a terminal or a mail
 *
 * `printf("%s", mail->subject)` is a review stop. All are total.
 */
#ifndef BASE_SINK_H
#define BASE_SINK_H

#include <stdio.h>

#include "bot/base/buf.h"

#define SINK_LOG_MAX 200 /* bytes of one foreign value in a log line */

/* One value of a log line: ASCII, no quotes, no escapes, "..." when cut. */
void sink_log(FILE *out, const char *text, size_t len);
/*
 * Text for a terminal or a plain-text mail: valid UTF-8 passes, newline and
 * tab pass; controls, bidi overrides and broken UTF-8 become '?'.
 */
void sink_text(struct buf *out, const char *text, size_t len);
/* As sink_text, on one line: newline and tab become a blank. */
void sink_line(struct buf *out, const char *text, size_t len);
/* As sink_line, with blanks behind it until it fills so many columns. */
void sink_column(struct buf *out, const char *text, size_t columns);

#endif
