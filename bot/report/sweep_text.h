/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep_text.h - what `collider sweep` prints: swept windows as plain text
 *
 * Pure. 78 columns, no color; what a guest said has passed bot/base/sink.h.
 */
#ifndef REPORT_SWEEP_TEXT_H
#define REPORT_SWEEP_TEXT_H

#include "bot/base/buf.h"
#include "rules/sweep.h"

#define SWEEP_TEXT_MAX_BYTES (16u << 20) /* for the caller's buf_init */

/* Of a pair: each distinct outcome once, with the steps that saw it. */
void sweep_text_pair(struct buf *out, const struct sweep_pair *p,
		     bool has_patched);
/* Scenario by scenario, why it is not swept; nothing when all are. */
void sweep_text_unswept(struct buf *out, const struct sweep_pair *pairs,
			size_t n);
/* All fields of one run, for a step that was run again. */
void sweep_text_run(struct buf *out, const struct outcome *o);

#endif
