/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * read.h - values of a record, out of its JSON and into owned C
 *
 * Pure. What comes from a sandbox is a stranger's: each of these looks at type
 * and range, and names the key in its error. -1: ERR_INPUT, or ERR_LIMIT past a
 * ceiling. Callers: record.c, soak_json.c
 */
#ifndef REPORT_READ_H
#define REPORT_READ_H

#include "bot/base/err.h"
#include "bot/base/json.h"
#include "rules/outcome.h"

/* There and null; false when it is not there. */
bool read_is_null(const json_t *o, const char *key);
/* 0: *out is the caller's to free. */
int read_text(char **out, const json_t *o, const char *key, struct err *err)
	MUST_CHECK;
/* null: *out stays NULL. */
int read_maybe(char **out, const json_t *o, const char *key, struct err *err)
	MUST_CHECK;
/* What is not known is "", not NULL. */
int read_or_empty(char **out, const json_t *o, const char *key, struct err *err)
	MUST_CHECK;
/* 40 hex digits; as read_maybe. */
int read_commit(char **out, const json_t *o, const char *key, struct err *err)
	MUST_CHECK;
/* From 0 to @max. */
int read_number(unsigned *out, const json_t *o, const char *key, size_t max,
		struct err *err) MUST_CHECK;
/* Said only when it is so: *out stays what it is where it is not said. */
int read_flag(bool *out, const json_t *o, const char *key, struct err *err)
	MUST_CHECK;
/* Which of the names of 0 .. @last stands at @key. */
int read_word(unsigned *out, const json_t *o, const char *key,
	      const char *(*name_of)(unsigned), unsigned last, struct err *err)
	MUST_CHECK;
/* Those of "fields", at most OUTCOME_MAX_FIELDS; on -1 some may be there. */
int read_fields(struct outcome_field **out, size_t *n, const json_t *o,
		struct err *err) MUST_CHECK;

#endif
