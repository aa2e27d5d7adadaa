/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/contract.h"

#include <string.h>

struct contract *contracts_push(struct contracts *list)
{
	struct contract *c;

	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	c = &list->v[list->n++];
	*c = (struct contract){ 0 };
	return c;
}

static void release_clauses(struct contract_clauses *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].field);
		strings_release(&list->v[i].values);
	}
	free(list->v);
}

static void release_conditions(struct contract_conditions *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].path);
		free(list->v[i].text);
	}
	free(list->v);
}

void contract_names_release(struct contract_names *names)
{
	strings_release(&names->only);
	strings_release(&names->but);
}

static void release_exceptions(struct contract_exceptions *list)
{
	for (size_t i = 0; i < list->n; i++) {
		contract_names_release(&list->v[i].scenarios);
		free(list->v[i].why);
	}
	free(list->v);
}

void contracts_truncate(struct contracts *list, size_t n)
{
	while (list->n > n) {
		struct contract *c = &list->v[--list->n];

		free(c->id);
		free(c->filesystem);
		free(c->of);
		free(c->says);
		contract_names_release(&c->scenarios);
		strings_release(&c->varies);
		strings_release(&c->sources);
		release_clauses(&c->expect);
		release_clauses(&c->when);
		release_conditions(&c->tree);
		release_exceptions(&c->exceptions);
	}
}

void contracts_release(struct contracts *list)
{
	contracts_truncate(list, 0);
	free(list->v);
	*list = (struct contracts){ 0 };
}

static bool is_one_of(const struct strings *words, const char *name)
{
	for (size_t i = 0; i < words->n; i++) {
		const char *word = words->v[i];
		size_t len = strlen(word);

		if (word[len - 1] == '*' ? strncmp(word, name, len - 1) == 0
					 : strcmp(word, name) == 0)
			return true;
	}
	return false;
}

bool contract_names_have(const struct contract_names *names, const char *name)
{
	return (names->only.n == 0 || is_one_of(&names->only, name)) &&
	       !is_one_of(&names->but, name);
}

bool contract_is_about(const struct contract *c, const char *filesystem,
		       const char *scenario)
{
	return c->is_in_force && strcmp(c->filesystem, filesystem) == 0 &&
	       contract_names_have(&c->scenarios, scenario);
}

const struct contract_exception *contract_find_exception(
	const struct contract *c, const char *scenario)
{
	for (size_t i = 0; i < c->exceptions.n; i++)
		if (contract_names_have(&c->exceptions.v[i].scenarios,
					scenario))
			return &c->exceptions.v[i];
	return NULL;
}

/* What the actor of @field asked for: "dio.asked" for "dio.returned". */
static const char *find_asked(const struct outcome *o, const char *field)
{
	AUTO(mem_free)
	char *name = xasprintf("%.*s.asked", (int)strcspn(field, "."), field);

	return outcome_find(o, name);
}

static bool is_as(const char *want, const char *field, const char *value,
		  const struct outcome *o)
{
	const char *other;

	if (strcmp(want, "error") == 0)
		return strncmp(value, "-E", 2) == 0;
	if (strcmp(want, "asked") == 0)
		other = find_asked(o, field);
	else if (*want == '@')
		other = outcome_find(o, want + 1);
	else
		other = want;
	return other && strcmp(other, value) == 0;
}

static bool is_kept(const struct contract_clause *clause,
		    const struct outcome *o)
{
	const char *value = outcome_find(o, clause->field);
	bool is_named = false;

	if (!value || strcmp(value, "unknown") == 0)
		return true;
	for (size_t i = 0; i < clause->values.n; i++)
		if (is_as(clause->values.v[i], clause->field, value, o))
			is_named = true;
	return is_named != clause->is_not;
}

const struct contract_clause *contract_find_broken(const struct contract *c,
						   const struct outcome *o)
{
	if (!o->provoked)
		return NULL;
	for (size_t i = 0; i < c->when.n; i++)
		if (!outcome_find(o, c->when.v[i].field) ||
		    !is_kept(&c->when.v[i], o))
			return NULL;
	for (size_t i = 0; i < c->expect.n; i++)
		if (!is_kept(&c->expect.v[i], o))
			return &c->expect.v[i];
	return NULL;
}
