/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fill.h - a template becomes the text of a mail
 *
 * Pure. A value is put in as it is, and never looked at for fields. A line goes
 * when one of its fields is empty, and what stands between two empty lines goes
 * when all of its fields are. Two empty lines are never next to each other, and
 * no line of prose is one that a tool would act on (a trailer, an order).
 * Callers: bot/mail/body.c, bot/mail/compose.c
 */
#ifndef MAIL_FILL_H
#define MAIL_FILL_H

#include "bot/base/buf.h"
#include "parsers/template.h"

/*
 * @values are by the number of their field; NULL and "" are empty. Those that
 * stand in a line pass bot/base/sink.h here. Those that are alone on theirs
 * have passed it, and have lines of their own.
 */
void fill_write(struct buf *out, const struct template *t,
		const char *const *values, unsigned width);

#endif
