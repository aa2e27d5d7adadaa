// SPDX-License-Identifier: GPL-2.0-or-later
#include "rules/collisions/plan.h"

#include <stdlib.h>
#include <string.h>

#define REPEAT_MAX 1000

/* False: more of them than a suite has. */
static bool add_scenarios(struct plan_suite *first, unsigned n, char *list)
{
	char *save = NULL;

	for (char *w = strtok_r(list, ",", &save); w;
	     w = strtok_r(NULL, ",", &save)) {
		if (first->n == PLAN_MAX_SCENARIOS)
			return false;
		for (unsigned i = 0; i < n; i++)
			first[i].scenarios[first[i].n++] = w;
	}
	return first->n > 0;
}

/* "xfs,btrfs:C01,C09": both have both. */
static bool add_group(struct plan *p, char *group)
{
	struct plan_suite *first = &p->suites[p->n];
	char *scenarios = strchr(group, ':');
	unsigned n = 0;
	char *save = NULL;

	if (!scenarios)
		return false;
	*scenarios++ = '\0';
	for (char *w = strtok_r(group, ",", &save); w;
	     w = strtok_r(NULL, ",", &save)) {
		if (p->n + n == PLAN_MAX_SUITES)
			return false;
		first[n].n = 0;
		first[n++].filesystem = w;
	}
	p->n += n;
	return n > 0 && add_scenarios(first, n, scenarios);
}

static bool add_suites(struct plan *p, char *list)
{
	char *save = NULL;

	p->n = 0;
	for (char *w = strtok_r(list, "/", &save); w;
	     w = strtok_r(NULL, "/", &save))
		if (!add_group(p, w))
			return false;
	return p->n > 0;
}

static bool take_word(struct plan *p, char *name, char *value)
{
	if (strcmp(name, "collide.nonce") == 0)
		p->nonce = value;
	else if (strcmp(name, "collide.suites") == 0)
		return add_suites(p, value);
	else if (strcmp(name, "collide.repeat") == 0)
		p->repeat = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(name, "collide.sweep") == 0)
		p->sweep_us = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(name, "collide.at") == 0)
		p->at = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(name, "collide.soak") == 0)
		p->soak_ms = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(name, "collide.seed") == 0)
		p->seed = (unsigned)strtoul(value, NULL, 10);
	return true;
}

bool plan_parse(struct plan *out)
{
	char *save = NULL;

	for (char *w = strtok_r(out->line, " \n", &save); w;
	     w = strtok_r(NULL, " \n", &save)) {
		char *value = strchr(w, '=');

		if (!value)
			continue;
		*value++ = '\0';
		if (!take_word(out, w, value))
			return false;
	}
	return out->nonce && out->n && out->repeat && out->repeat <= REPEAT_MAX;
}
