/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * contract_text.h - what `collider contracts` prints: promises as a table
 *
 * Pure. 80 columns: scenarios on the left; on the right the promise, what is
 * expected there in words, and where it is made. All text is ours.
 */
#ifndef REPORT_CONTRACT_TEXT_H
#define REPORT_CONTRACT_TEXT_H

#include "bot/base/buf.h"
#include "rules/contract.h"

#define CONTRACT_TEXT_MAX_BYTES (4u << 20) /* for the caller's buf_init */

/*
 * The promises of @filesystems, which are those that @list was read for. What
 * several have in common is told once when there are several. @base names what
 * the conditions were looked at in; NULL: nothing, so each is told.
 */
void contract_text_from_list(struct buf *out, const struct contracts *list,
			     const struct strings *filesystems,
			     const char *base);

#endif
