/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * overview_text.h - what `collider status` prints
 *
 * Pure. Lines of 80 columns; their bytes have passed bot/base/sink.h.
 */
#ifndef REPORT_OVERVIEW_TEXT_H
#define REPORT_OVERVIEW_TEXT_H

#include <stdint.h>

#include "bot/base/buf.h"
#include "bot/report/overview.h"

#define OVERVIEW_TEXT_MAX (64u << 20) /* bytes, for the caller's buf_init */

/* @now, in seconds since the epoch, is what ages are counted from. */
void overview_text(struct buf *out, const struct overview *s, int64_t now);

#endif
