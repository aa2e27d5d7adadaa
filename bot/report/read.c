/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/read.h"

#include "parsers/patch.h"

int read_text(char **out, const json_t *o, const char *key, struct err *err)
{
	const char *text;

	if (json_get_string(&text, o, key, err) < 0)
		return -1;
	*out = xstrdup(text);
	return 0;
}

bool read_is_null(const json_t *o, const char *key)
{
	return json_is_null(json_object_get(o, key));
}

int read_maybe(char **out, const json_t *o, const char *key, struct err *err)
{
	return read_is_null(o, key) ? 0 : read_text(out, o, key, err);
}

int read_or_empty(char **out, const json_t *o, const char *key, struct err *err)
{
	if (!read_is_null(o, key))
		return read_text(out, o, key, err);
	*out = xstrdup("");
	return 0;
}

int read_commit(char **out, const json_t *o, const char *key, struct err *err)
{
	const char *text;

	if (read_is_null(o, key))
		return 0;
	if (json_get_string(&text, o, key, err) < 0)
		return -1;
	if (strlen(text) != PATCH_MAX_ID ||
	    strspn(text, "0123456789abcdef") != PATCH_MAX_ID)
		return err_set(err, ERR_INPUT, "'%s' is no commit", key);
	*out = xstrdup(text);
	return 0;
}

int read_number(unsigned *out, const json_t *o, const char *key, size_t max,
		struct err *err)
{
	int64_t n;

	if (json_get_int(&n, o, key, 0, (int64_t)max, err) < 0)
		return -1;
	*out = (unsigned)n;
	return 0;
}

int read_word(unsigned *out, const json_t *o, const char *key,
	      const char *(*name_of)(unsigned), unsigned last, struct err *err)
{
	const char *word;

	if (json_get_string(&word, o, key, err) < 0)
		return -1;
	for (unsigned v = 0; v <= last; v++) {
		if (strcmp(name_of(v), word) == 0) {
			*out = v;
			return 0;
		}
	}
	return err_set(err, ERR_INPUT, "'%s' may not be '%.40s'", key, word);
}

int read_flag(bool *out, const json_t *o, const char *key, struct err *err)
{
	return json_object_get(o, key) ? json_get_bool(out, o, key, err) : 0;
}

int read_fields(struct outcome_field **out, size_t *n, const json_t *o,
		struct err *err)
{
	const char *name;
	json_t *fields;
	json_t *value;

	if (json_get_object(&fields, o, "fields", err) < 0)
		return -1;
	if (json_object_size(fields) > OUTCOME_MAX_FIELDS)
		return err_set(err, ERR_LIMIT, "more than %d fields",
			       OUTCOME_MAX_FIELDS);
	*out = xcalloc(json_object_size(fields), sizeof(**out));
	json_object_foreach(fields, name, value)
	{
		if (!json_is_string(value))
			return err_set(err, ERR_INPUT,
				       "field '%.40s' is not a string", name);
		(*out)[(*n)++] = (struct outcome_field){
			xstrdup(name), xstrdup(json_string_value(value))
		};
	}
	return 0;
}
