/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flowed.h - the text behind format=flowed (RFC 3676)
 *
 * Pure. A mail program that flows text puts a blank before lines that begin
 * with one, and ends a line in a blank where the paragraph goes on. Some only
 * say that they do: undone, such a patch is broken, and then it is left as it
 * came. Caller: parsers/body.c
 */
#ifndef PARSERS_FLOWED_H
#define PARSERS_FLOWED_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/buf.h"

/*
 * Add the text with LF ends to @out, which has room for @len + 2 bytes.
 * @del_sp: the blank at a soft line break is no part of the text (DelSp=yes).
 */
void flowed_undo(struct buf *out, const char *text, size_t len, bool del_sp);

#endif
