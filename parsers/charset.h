/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * charset.h - bytes of a declared charset become UTF-8, whatever they are
 *
 * Pure. The declaration is hostile and often wrong: a charset that nobody knows
 * ("unknown-8bit", "y") or bytes that it does not have are read as UTF-8 if
 * they are that, else as Latin-1. So every text can be shown, and none stops a
 * review. Callers: parsers/mail.c, parsers/body.c
 */
#ifndef PARSERS_CHARSET_H
#define PARSERS_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/auto.h"
#include "bot/base/buf.h"

#define CHARSET_MAX_NAME 40 /* IANA's longest is 45, and nobody writes it */

struct charset;

/* @name NULL or unknown: UTF-8, else Latin-1. Never NULL. */
struct charset *charset_new(const char *name);
/*
 * Add @text to @out as valid UTF-8. NUL becomes U+FFFD. The fallback is taken
 * for the whole of @text, so a caller gives it a line at a time.
 */
void charset_add(struct buf *out, struct charset *c, const char *text,
		 size_t len);
/* ASCII is not ASCII in it (UTF-16, ...): lines must be looked for after it. */
bool charset_is_wide(const struct charset *c);
void charset_free(struct charset *c); /* NULL is fine */
DEFINE_AUTO(struct charset *, charset_free)

bool charset_is_utf8(const char *text, size_t len);

#endif
