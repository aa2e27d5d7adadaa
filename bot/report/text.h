/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text.h - what `collider review` prints: a review as plain text
 *
 * Pure. The first line is the verdict in one sentence; then what was found,
 * and last what it was found with. 78 columns, no color; their bytes have
 * passed bot/base/sink.h.
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "bot/base/buf.h"
#include "rules/review.h"

#define TEXT_MAX_BYTES (4u << 20) /* for the caller's buf_init */

/* @whole: with the verdict of each pair, however many there are. */
void text_from_review(struct buf *out, const struct review *r, bool whole);

#endif
