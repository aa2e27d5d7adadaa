/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/suites.h"

#include <string.h>

struct suite *suites_add(struct suites *list, const char *filesystem)
{
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n] = (struct suite){ .filesystem = xstrdup(filesystem) };
	return &list->v[list->n++];
}

const struct suite *suites_find(const struct suites *list,
				const char *filesystem)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].filesystem, filesystem) == 0)
			return &list->v[i];
	return NULL;
}

bool suites_has(const struct suites *list, const char *filesystem,
		const char *scenario)
{
	const struct suite *s = suites_find(list, filesystem);

	return s && strings_has(&s->scenarios, scenario);
}

size_t suites_count(const struct suites *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += list->v[i].scenarios.n;
	return n;
}

void suites_push(struct suites *list, const struct suite *from)
{
	struct suite *s = suites_add(list, from->filesystem);

	for (size_t i = 0; i < from->scenarios.n; i++)
		strings_push(&s->scenarios, from->scenarios.v[i]);
}

struct suites suites_dup(const struct suites *list)
{
	struct suites copy = { 0 };

	for (size_t i = 0; i < list->n; i++)
		suites_push(&copy, &list->v[i]);
	return copy;
}

void suites_add_pair(struct suites *list, const char *filesystem,
		     const char *scenario)
{
	size_t i = 0;

	while (i < list->n && strcmp(list->v[i].filesystem, filesystem) != 0)
		i++;
	if (i == list->n)
		suites_add(list, filesystem);
	strings_push(&list->v[i].scenarios, scenario);
}

struct suites suites_without(const struct suites *list,
			     const struct suites *other)
{
	struct suites rest = { 0 };

	for (size_t i = 0; i < list->n; i++) {
		const struct suite *s = &list->v[i];

		for (size_t k = 0; k < s->scenarios.n; k++)
			if (!suites_has(other, s->filesystem,
					s->scenarios.v[k]))
				suites_add_pair(&rest, s->filesystem,
						s->scenarios.v[k]);
	}
	return rest;
}

void suites_release(struct suites *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].filesystem);
		strings_release(&list->v[i].scenarios);
	}
	free(list->v);
	*list = (struct suites){ 0 };
}

json_t *suites_to_json(const struct suites *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++) {
		json_t *o = json_object();

		json_set_str(o, "filesystem", list->v[i].filesystem);
		json_object_set_new(o, "scenarios",
				    json_from_strings(&list->v[i].scenarios));
		json_array_append_new(array, o);
	}
	return array;
}

static int read_suite(struct suites *list, const json_t *o, struct err *err)
{
	const char *filesystem;
	struct suite *s;

	if (json_get_string(&filesystem, o, "filesystem", err) < 0)
		return -1;
	if (suites_find(list, filesystem))
		return err_set(err, ERR_INPUT, "filesystem '%.40s' twice",
			       filesystem);
	s = suites_add(list, filesystem);
	if (json_get_strings(&s->scenarios, o, "scenarios",
			     SUITES_MAX_SCENARIOS, err) < 0)
		return -1;
	return s->scenarios.n > 0
		       ? 0
		       : err_set(err, ERR_INPUT, "'%.40s' without scenarios",
				 filesystem);
}

int suites_from_json(struct suites *out, const json_t *array, struct err *err)
{
	AUTO(suites_release) struct suites list = { 0 };

	*out = (struct suites){ 0 };
	if (!json_is_array(array))
		return err_set(err, ERR_INPUT, "suites are not a list");
	if (json_array_size(array) > SUITES_MAX)
		return err_set(err, ERR_LIMIT, "more than %d suites",
			       SUITES_MAX);
	for (size_t i = 0; i < json_array_size(array); i++)
		if (read_suite(&list, json_array_get(array, i), err) < 0)
			return err_wrap(err, "suite %zu", i + 1);
	*out = list;
	list = (struct suites){ 0 };
	return 0;
}
