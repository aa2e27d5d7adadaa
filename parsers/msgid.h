/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * msgid.h - the Message-ID in what people write when they mean a mail
 *
 * Pure. The bytes are hostile. Nobody is asked for it: what a user wants
 * fetched is loreurl.h's. Caller: parsers/trailers.c
 */
#ifndef PARSERS_MSGID_H
#define PARSERS_MSGID_H

#include <stdbool.h>

#include "bot/base/span.h"

#define MSGID_MAX_LEN 998 /* one line of RFC 5322, as a header may have */

/*
 * "<a@b>", "a@b", or an address of a web archive that has it in its path:
 * https://lore.kernel.org/linux-xfs/a@b/T/#u. What stands behind a blank is
 * passed over. True: *out, without <>, of graphic ASCII, is the caller's.
 * False: there is none.
 */
bool msgid_parse(char **out, struct span text);

#endif
