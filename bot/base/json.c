/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/json.h"

#include <inttypes.h>
#include <string.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/base/sink.h"

int json_read(json_t **out, const char *path, size_t max, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };
	json_error_t why;
	json_t *value;

	if (fs_read(&text, path, max, err) < 0)
		return -1;
	value = json_loadb(buf_text(&text), text.len, JSON_REJECT_DUPLICATES,
			   &why);
	if (!value)
		return err_set(err, ERR_INPUT, "%s:%d: %s", path, why.line,
			       why.text);
	*out = value;
	return 0;
}

int json_write(const json_t *value, const char *path, struct err *err)
{
	AUTO(mem_free) char *text = json_dumps(value, JSON_INDENT(2));
	AUTO(mem_free) char *line = NULL;

	if (!text)
		return err_set(err, ERR_SYSTEM, "cannot encode '%s'", path);
	line = xasprintf("%s\n", text);
	return fs_write(path, line, strlen(line), err);
}

static int find(json_t **out, const json_t *object, const char *key,
		struct err *err)
{
	*out = json_object_get(object, key);
	if (!*out)
		return err_set(err, ERR_INPUT, "'%s' is missing", key);
	return 0;
}

int json_get_string(const char **out, const json_t *object, const char *key,
		    struct err *err)
{
	json_t *value;

	if (find(&value, object, key, err) < 0)
		return -1;
	if (!json_is_string(value))
		return err_set(err, ERR_INPUT, "'%s' is not a string", key);
	*out = json_string_value(value);
	return 0;
}

int json_get_int(int64_t *out, const json_t *object, const char *key,
		 int64_t min, int64_t max, struct err *err)
{
	json_t *value;

	if (find(&value, object, key, err) < 0)
		return -1;
	if (!json_is_integer(value))
		return err_set(err, ERR_INPUT, "'%s' is not a whole number",
			       key);
	*out = json_integer_value(value);
	if (*out < min || *out > max)
		return err_set(err, ERR_INPUT,
			       "'%s' is not from %" PRId64 " to %" PRId64, key,
			       min, max);
	return 0;
}

int json_get_bool(bool *out, const json_t *object, const char *key,
		  struct err *err)
{
	json_t *value;

	if (find(&value, object, key, err) < 0)
		return -1;
	if (!json_is_boolean(value))
		return err_set(err, ERR_INPUT, "'%s' is not true or false",
			       key);
	*out = json_is_true(value);
	return 0;
}

int json_get_array(json_t **out, const json_t *object, const char *key,
		   size_t max, struct err *err)
{
	json_t *value;

	if (find(&value, object, key, err) < 0)
		return -1;
	if (!json_is_array(value))
		return err_set(err, ERR_INPUT, "'%s' is not a list", key);
	if (json_array_size(value) > max)
		return err_set(err, ERR_LIMIT,
			       "'%s' has more than %zu elements", key, max);
	*out = value;
	return 0;
}

int json_get_strings(struct strings *out, const json_t *object, const char *key,
		     size_t max, struct err *err)
{
	json_t *list;
	json_t *text;
	size_t i;

	if (json_get_array(&list, object, key, max, err) < 0)
		return -1;
	json_array_foreach(list, i, text)
	{
		if (!json_is_string(text))
			return err_set(err, ERR_INPUT,
				       "'%s' has what is not a string", key);
		strings_push(out, json_string_value(text));
	}
	return 0;
}

int json_get_object(json_t **out, const json_t *object, const char *key,
		    struct err *err)
{
	json_t *value;

	if (find(&value, object, key, err) < 0)
		return -1;
	if (!json_is_object(value))
		return err_set(err, ERR_INPUT, "'%s' is not an object", key);
	*out = value;
	return 0;
}

/* Printable ASCII, as most text is, needs no cleaning. */
static bool is_clean(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] < ' ' || text[i] > '~')
			return false;
	}
	return true;
}

static json_t *clean_text(const char *text, size_t len)
{
	AUTO(buf_release) struct buf clean = { 0 };

	if (is_clean(text, len))
		return json_stringn_nocheck(text, len);
	buf_init(&clean, len * 4 + 1);
	sink_text(&clean, text, len);
	return json_stringn(buf_text(&clean), clean.len);
}

void json_set_text(json_t *object, const char *key, const char *text,
		   size_t len)
{
	json_object_set_new(object, key, clean_text(text, len));
}

json_t *json_from_strings(const struct strings *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(array, clean_text(list->v[i],
							strlen(list->v[i])));
	return array;
}

void json_set_str(json_t *object, const char *key, const char *text)
{
	if (text)
		json_set_text(object, key, text, strlen(text));
	else
		json_object_set_new(object, key, json_null());
}

void json_set_exact(json_t *object, const char *key, const char *text)
{
	json_t *value = text ? json_string(text) : NULL;

	if (value)
		json_object_set_new(object, key, value);
	else
		json_set_str(object, key, text);
}

void json_set_int(json_t *object, const char *key, int64_t value)
{
	json_object_set_new(object, key, json_integer(value));
}

void json_set_bool(json_t *object, const char *key, bool value)
{
	json_object_set_new(object, key, json_boolean(value));
}
