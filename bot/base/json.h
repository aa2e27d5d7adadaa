/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.h - jansson, with our ownership, our errors and ceilings
 *
 * The one place that includes jansson.h. A record that comes back from a
 * sandbox is read with these and nothing else: each getter checks type and
 * range, and names the key in its error.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"

static inline void json_free_auto(json_t **owned)
{
	json_decref(*owned);
}

/* -1: ERR_INPUT (with line), ERR_LIMIT past @max bytes, ERR_SYSTEM. */
int json_read(json_t **out, const char *path, size_t max, struct err *err)
	MUST_CHECK;
/* Indented, keys in the order they were set, newline at the end. */
int json_write(const json_t *value, const char *path, struct err *err)
	MUST_CHECK;

/* Borrowed from @object. -1: ERR_INPUT "'key' is missing", "... no string". */
int json_get_string(const char **out, const json_t *object, const char *key,
		    struct err *err) MUST_CHECK;
int json_get_int(int64_t *out, const json_t *object, const char *key,
		 int64_t min, int64_t max, struct err *err) MUST_CHECK;
int json_get_bool(bool *out, const json_t *object, const char *key,
		  struct err *err) MUST_CHECK;
/* At most @max elements, else ERR_LIMIT. */
int json_get_array(json_t **out, const json_t *object, const char *key,
		   size_t max, struct err *err) MUST_CHECK;
/* Its strings, added to @out; as json_get_array. */
int json_get_strings(struct strings *out, const json_t *object, const char *key,
		     size_t max, struct err *err) MUST_CHECK;
int json_get_object(json_t **out, const json_t *object, const char *key,
		    struct err *err) MUST_CHECK;

/* Set @key to text that may not be UTF-8: broken bytes become '?'. */
void json_set_text(json_t *object, const char *key, const char *text,
		   size_t len);
/* As json_set_text for a C string; NULL becomes null. */
void json_set_str(json_t *object, const char *key, const char *text);
/*
 * As json_set_str, and what is valid UTF-8 stays as it is: for an id that is
 * compared, in a record that a program reads again.
 */
void json_set_exact(json_t *object, const char *key, const char *text);
/* A list of them, as json_set_str would have each. */
json_t *json_from_strings(const struct strings *list);
void json_set_int(json_t *object, const char *key, int64_t value);
void json_set_bool(json_t *object, const char *key, bool value);

#endif
