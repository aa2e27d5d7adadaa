/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * soak_text.h - what `collider soak` prints: free-running mixes as plain text
 *
 * Pure. 78 columns, no color; what a guest said has passed bot/base/sink.h.
 */
#ifndef REPORT_SOAK_TEXT_H
#define REPORT_SOAK_TEXT_H

#include "bot/base/buf.h"
#include "rules/soak.h"

#define SOAK_TEXT_MAX_BYTES (4u << 20) /* for the caller's buf_init */

/* Of each mix on each filesystem: what it came to, and what each thread did. */
void soak_text_from(struct buf *out, const struct soak_record *r);

#endif
