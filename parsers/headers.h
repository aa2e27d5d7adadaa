/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * headers.h - where the header fields of a mail stand, and where they end
 *
 * Pure, and it owns only the list: names and values are pieces of the text. A
 * line that is no field is skipped, with the lines that it is folded over, as
 * every mail program does. Caller: parsers/mail.c, which has a ceiling for the
 * bytes of a header.
 */
#ifndef PARSERS_HEADERS_H
#define PARSERS_HEADERS_H

#include "bot/base/auto.h"
#include "bot/base/span.h"

struct headers_field {
	struct span name;  /* blanks before the ':' are off */
	struct span value; /* behind the ':', with its folds and last newline */
};

struct headers {
	struct headers_field *v;
	size_t n;
	struct span body; /* behind the first empty line; may be empty */
};

/* Total: text that is no mail has no fields. @text has to outlive *out. */
void headers_read(struct headers *out, struct span text);
void headers_release(struct headers *h);
DEFINE_AUTO_VALUE(struct headers, headers_release)

/* The first field of that name, in any case; NULL when there is none. */
const struct headers_field *headers_find(const struct headers *h,
					 const char *name);
/* How many there are of that name. */
size_t headers_count(const struct headers *h, const char *name);

#endif
