// SPDX-License-Identifier: GPL-2.0-or-later
#include "rules/outcome.h"

#include <string.h>

#include "bot/base/mem.h"
#include "bot/base/span.h"

#define RUN_MAX 1000 /* repetitions of one scenario */

const char *outcome_find(const struct outcome *o, const char *name)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->v[i].name, name) == 0)
			return o->v[i].value;
	return NULL;
}

void outcome_add(struct outcome *o, const char *name, const char *value)
{
	o->v = xreallocarray(o->v, o->n + 1, sizeof(*o->v));
	o->v[o->n].name = xstrdup(name);
	o->v[o->n].value = xstrdup(value);
	o->n++;
}

void outcome_release(struct outcome *o)
{
	for (size_t i = 0; i < o->n; i++) {
		free(o->v[i].name);
		free(o->v[i].value);
	}
	free(o->v);
	free(o->filesystem);
	free(o->scenario);
	free(o->how);
	*o = (struct outcome){ 0 };
}

const struct outcome *outcomes_find(const struct outcomes *list,
				    const char *filesystem,
				    const char *scenario)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].filesystem, filesystem) == 0 &&
		    strcmp(list->v[i].scenario, scenario) == 0)
			return &list->v[i];
	return NULL;
}

void outcomes_take(struct outcomes *list, struct outcome *o)
{
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = *o;
	*o = (struct outcome){ 0 };
}

void outcomes_take_all(struct outcomes *list, struct outcomes *from)
{
	for (size_t i = 0; i < from->n; i++)
		outcomes_take(list, &from->v[i]);
	from->n = 0;
}

void outcomes_borrow(struct outcomes *list, const struct outcomes *from,
		     const char *filesystem, const char *scenario)
{
	for (size_t i = 0; i < from->n; i++)
		if (strcmp(from->v[i].filesystem, filesystem) == 0 &&
		    strcmp(from->v[i].scenario, scenario) == 0)
			list->v[list->n++] = from->v[i];
}

void outcomes_release(struct outcomes *list)
{
	for (size_t i = 0; i < list->n; i++)
		outcome_release(&list->v[i]);
	free(list->v);
	*list = (struct outcomes){ 0 };
}

static json_t *fields_to_json(const struct outcome *o)
{
	json_t *fields = json_object();

	for (size_t i = 0; i < o->n; i++)
		json_set_str(fields, o->v[i].name, o->v[i].value);
	return fields;
}

static json_t *outcome_to_json(const struct outcome *o)
{
	json_t *object = json_object();

	json_set_str(object, "filesystem", o->filesystem);
	json_set_str(object, "scenario", o->scenario);
	json_set_int(object, "run", o->run);
	json_set_bool(object, "provoked", o->provoked);
	json_set_str(object, "how", o->how);
	json_object_set_new(object, "fields", fields_to_json(o));
	return object;
}

json_t *outcomes_to_json(const struct outcomes *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(array, outcome_to_json(&list->v[i]));
	return array;
}

/* The names of files, tables and mails: one word, nothing to escape. */
static bool is_name(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";

	return s[0] && s[strspn(s, allowed)] == '\0';
}

static bool is_text(const char *s)
{
	while (*s >= ' ' && *s <= '~')
		s++;
	return *s == '\0';
}

static int check(const char *what, const char *s, bool is_clean, size_t max,
		 struct err *err)
{
	if (strlen(s) > max)
		return err_set(err, ERR_LIMIT, "%s of %zu bytes, more than %zu",
			       what, strlen(s), max);
	if (!is_clean)
		return err_set(err, ERR_INPUT, "bad %s '%s'", what, s);
	return 0;
}

static int check_name(const char *what, const char *s, struct err *err)
{
	return check(what, s, is_name(s), OUTCOME_MAX_NAME, err);
}

static int check_value(const char *what, const char *s, struct err *err)
{
	return check(what, s, is_text(s), OUTCOME_MAX_VALUE, err);
}

static int add_checked(struct outcome *o, const char *name, const char *value,
		       struct err *err)
{
	if (o->n == OUTCOME_MAX_FIELDS)
		return err_set(err, ERR_LIMIT, "more than %d fields",
			       OUTCOME_MAX_FIELDS);
	if (check_name("field name", name, err) < 0 ||
	    check_value("value", value, err) < 0)
		return -1;
	if (outcome_find(o, name))
		return err_set(err, ERR_INPUT, "field '%s' twice", name);
	outcome_add(o, name, value);
	return 0;
}

static int fields_from_json(struct outcome *o, json_t *fields, struct err *err)
{
	const char *name;
	json_t *value;

	json_object_foreach(fields, name, value)
	{
		if (!json_is_string(value))
			return err_set(err, ERR_INPUT, "'%s' is not a string",
				       name);
		if (add_checked(o, name, json_string_value(value), err) < 0)
			return -1;
	}
	return 0;
}

static int outcome_from_json(struct outcome *o, const json_t *object,
			     struct err *err)
{
	const char *filesystem, *scenario, *how;
	json_t *fields;
	int64_t run;

	if (json_get_string(&filesystem, object, "filesystem", err) < 0 ||
	    json_get_string(&scenario, object, "scenario", err) < 0 ||
	    json_get_string(&how, object, "how", err) < 0 ||
	    json_get_int(&run, object, "run", 1, RUN_MAX, err) < 0 ||
	    json_get_bool(&o->provoked, object, "provoked", err) < 0 ||
	    json_get_object(&fields, object, "fields", err) < 0 ||
	    check_name("filesystem", filesystem, err) < 0 ||
	    check_name("scenario", scenario, err) < 0 ||
	    check_value("reason", how, err) < 0)
		return -1;
	o->filesystem = xstrdup(filesystem);
	o->scenario = xstrdup(scenario);
	o->how = xstrdup(how);
	o->run = (unsigned)run;
	return fields_from_json(o, fields, err);
}

int outcomes_from_json(struct outcomes *out, const json_t *array,
		       struct err *err)
{
	AUTO(outcomes_release) struct outcomes list = { 0 };

	*out = (struct outcomes){ 0 };
	if (!json_is_array(array))
		return err_set(err, ERR_INPUT, "outcomes are not a list");
	if (json_array_size(array) > OUTCOMES_MAX)
		return err_set(err, ERR_LIMIT, "more than %d outcomes",
			       OUTCOMES_MAX);
	for (size_t i = 0; i < json_array_size(array); i++) {
		AUTO(outcome_release) struct outcome o = { 0 };

		if (outcome_from_json(&o, json_array_get(array, i), err) < 0)
			return err_wrap(err, "outcome %zu", i + 1);
		outcomes_take(&list, &o);
	}
	*out = list;
	list = (struct outcomes){ 0 };
	return 0;
}

/* "C02w.3" */
static bool read_run(struct outcome *o, const char *name)
{
	struct span all = span_cstr(name), scenario;
	uint64_t run;

	if (!span_until(&all, '.', &scenario) ||
	    !span_uint(&all, RUN_MAX, &run) || span_len(all) || run == 0)
		return false;
	o->scenario = span_dup(scenario);
	o->run = (unsigned)run;
	return true;
}

static int outcome_from_test(struct outcome *o, const struct ktap_test *t,
			     struct err *err)
{
	if (!read_run(o, t->name))
		return err_set(err, ERR_INPUT, "'%s' is no run of a scenario",
			       t->name);
	o->filesystem = xstrdup(t->suite);
	o->provoked = t->ok && !t->skipped;
	for (size_t i = 0; i < t->n_facts; i++) {
		const struct ktap_fact *f = &t->facts[i];

		if (strcmp(f->name, "how") == 0 && !o->how)
			o->how = xstrdup(f->value);
		else if (add_checked(o, f->name, f->value, err) < 0)
			return -1;
	}
	if (!o->how)
		return err_set(err, ERR_INPUT, "%s does not say how it went",
			       t->name);
	return 0;
}

int outcomes_from_ktap(struct outcomes *out, const struct ktap *k,
		       struct err *err)
{
	AUTO(outcomes_release) struct outcomes list = { 0 };

	*out = (struct outcomes){ 0 };
	for (size_t i = 0; i < k->n_tests; i++) {
		AUTO(outcome_release) struct outcome o = { 0 };

		if (outcome_from_test(&o, &k->tests[i], err) < 0)
			return -1;
		outcomes_take(&list, &o);
	}
	*out = list;
	list = (struct outcomes){ 0 };
	return 0;
}
