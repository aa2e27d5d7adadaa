/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * value.h - the text of a configuration value, and the field it lands in
 *
 * Pure, but for accounts, which the machine knows. Callers: bot/config.c, and
 * options of subcommands that take the same values.
 */
#ifndef BOT_VALUE_H
#define BOT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/buf.h"
#include "bot/base/mem.h"

#define VALUE_MAX_TEXT 8192 /* bytes of a value: 256 files to watch */

enum value_type {
	VALUE_WORD,	/* char *: letters, digits, "._/+-" */
	VALUE_PATH,	/* char *: absolute, no control characters */
	VALUE_USER,	/* char *: an account, neither root nor in its group */
	VALUE_ADDRESS,	/* char *: "user@host" or "Name <user@host>", ASCII */
	VALUE_COUNT,	/* unsigned: digits */
	VALUE_DURATION, /* unsigned, seconds: "90 s", "30 min", "7 days" */
	VALUE_SIZE,	/* uint64_t, bytes: "512 MiB", "40GiB", "40g" */
	VALUE_WORDS,	/* struct strings: "xfs,ext4", none twice */
	VALUE_WATCH,	/* struct strings: "fs/xfs mm/filemap.c", no pattern */
	VALUE_URL,	/* char *: https://, http://, file:///, or a path */
	VALUE_TEXT,	/* char *: printable ASCII */
	VALUE_BOOL,	/* bool: "true" or "false" */
};

struct value_kind {
	enum value_type type;
	uint64_t min;	     /* of a number */
	uint64_t max;	     /* likewise; of words: how many */
	const char *choices; /* "um,x86_64"; of a word or words; NULL: any */
	bool may_be_all;     /* words: "all" is the empty list */
	bool may_be_number;  /* a word: digits, up to max, are one as well */
};

/* Read @text into @field, which holds a value or zeroes. False: unchanged. */
bool value_set(void *field, const struct value_kind *kind, const char *text);
/* As text that reads the same; nothing for text that is absent. */
void value_print(struct buf *out, const void *field, enum value_type type);
/* What it has to be: "a number from 1 to 100", "some of xfs,ext4". */
void value_describe(struct buf *out, const struct value_kind *kind);
/* Does the field hold zeroes, where that is no value or an empty list? */
bool value_is_absent(const void *field, enum value_type type);
/* The field is zeroed. */
void value_release(void *field, enum value_type type);

#endif
