/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * template.h - text with named fields, in which an operator words our mails
 *
 * Pure; parts point into the template's own copy of the text. What stands in a
 * field is never read as a template again: it is not here at all, only its
 * number is. The syntax:
 *
 *	# a comment: the line begins with "# ", or is "#" alone
 *	Prose in which {field} stands for a value. Lines without a blank at
 *	their start are one paragraph, broken anew where that is needed.
 *	  A line with blanks at its start stays a line: {field}
 *	{field}		alone on a line: all lines of the value, as they are
 *	--		alone on a line: the signature begins
 *	{{ and }}	are braces
 *
 * Callers: bot/mail/replies.c (reads), bot/mail/fill.c (fills)
 */
#ifndef PARSERS_TEMPLATE_H
#define PARSERS_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "bot/base/span.h"

#define TEMPLATE_MAX_BYTES (16u << 10) /* a mail has one screen */
#define TEMPLATE_MAX_LINE 900	       /* bytes; RFC 5322 2.1.1 has 998 */
#define TEMPLATE_MAX_FIELDS 32	       /* that a kind of template may have */
#define TEMPLATE_LITERAL (-1)

/* What may stand in braces. */
struct template_field {
	const char *name;
	bool is_needed; /* a text without it is refused */
};

struct template_part {
	int field;	  /* its number in the table, or TEMPLATE_LITERAL */
	struct span text; /* of a literal */
};

enum template_line_kind {
	TEMPLATE_BLANK,
	TEMPLATE_PROSE, /* broken anew, with the lines of prose around it */
	TEMPLATE_FIXED, /* one line, as it stands */
	TEMPLATE_BLOCK, /* a field alone: as many lines as its value has */
	TEMPLATE_SIGNATURE,
};

struct template_line {
	enum template_line_kind kind;
	unsigned indent; /* blanks at its start */
	struct template_part *v;
	size_t n;
};

struct template
{
	char *text;
	struct template_line *v;
	size_t n;
};

/*
 * 0: *out is the caller's. -1: ERR_INPUT, ERR_LIMIT; *line_out is the line of
 * @text that is wrong, from 1. @fields are at most TEMPLATE_MAX_FIELDS.
 */
int template_parse(struct template **out, unsigned *line_out,
		   const struct template_field *fields, size_t n_fields,
		   const char *text, size_t len, struct err *err) MUST_CHECK;
void template_free(struct template *t); /* NULL is fine */
DEFINE_AUTO(struct template *, template_free)

#endif
