// SPDX-License-Identifier: GPL-2.0-or-later
#include "rules/collisions/plan.h"

#define REPEAT_MAX 1000

static unsigned split(const char **words, char *list)
{
	unsigned n = 0;
	char *save = NULL;

	for (char *w = strtok_r(list, ",", &save); w && n < PLAN_MAX_WORDS;
	     w = strtok_r(NULL, ",", &save))
		words[n++] = w;
	return n;
}

static void take_word(struct plan *p, char *name, char *value)
{
	if (strcmp(name, "collide.nonce") == 0)
		p->nonce = value;
	else if (strcmp(name, "collide.fs") == 0)
		p->n_filesystems = split(p->filesystems, value);
	else if (strcmp(name, "collide.scenarios") == 0)
		p->n_scenarios = split(p->scenarios, value);
	else if (strcmp(name, "collide.repeat") == 0)
		p->repeat = (unsigned)strtoul(value, NULL, 10);
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
		take_word(out, w, value);
	}
	return out->nonce && out->n_filesystems && out->n_scenarios &&
	       out->repeat && out->repeat <= REPEAT_MAX;
}
