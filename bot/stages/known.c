/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/known.h"

#include "bot/base/json.h"
#include "bot/store/base_outcomes.h"

static struct base_outcomes_key key_of(const struct known *k,
				       const char *filesystem,
				       const char *scenario)
{
	return (struct base_outcomes_key){
		.lane = k->lane,
		.program = k->program,
		.filesystem = filesystem,
		.scenario = scenario,
		.repeat = k->repeat,
	};
}

/* What the store has of one pair; without that it is unknown. */
static int find_pair(struct known *k, const char *filesystem,
		     const char *scenario, struct err *err)
{
	struct base_outcomes_key key = key_of(k, filesystem, scenario);
	AUTO(outcomes_release) struct outcomes runs = { 0 };
	AUTO(json_free) json_t *array = NULL;
	AUTO(mem_free) char *text = NULL;

	if (base_outcomes_find(&text, k->store, &key, err) < 0)
		return -1;
	if (!text) {
		suites_add_pair(&k->unknown, filesystem, scenario);
		return 0;
	}
	array = json_loads(text, 0, NULL);
	if (outcomes_from_json(&runs, array, err) < 0)
		return err_wrap(err, "stored outcomes of %s %s", filesystem,
				scenario);
	outcomes_take_all(&k->outcomes, &runs);
	return 0;
}

int known_find(struct known *k, const struct suites *plan, struct err *err)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct suite *s = &plan->v[i];

		for (size_t n = 0; n < s->scenarios.n; n++)
			if (find_pair(k, s->filesystem, s->scenarios.v[n],
				      err) < 0)
				return -1;
	}
	return 0;
}

/* The runs of one pair, as the store's text. */
static char *pair_to_text(const struct outcomes *all, const char *filesystem,
			  const char *scenario)
{
	struct outcomes some = { 0 };
	AUTO(json_free) json_t *array = NULL;
	char *text;

	some.v = xcalloc(all->n, sizeof(*some.v));
	outcomes_borrow(&some, all, filesystem, scenario);
	array = outcomes_to_json(&some);
	text = json_dumps(array, JSON_COMPACT);
	free(some.v);
	return text;
}

int known_keep(const struct known *k, const struct outcomes *ran,
	       struct err *err)
{
	const struct suites *plan = &k->unknown;
	size_t n = suites_count(plan);
	AUTO(mem_free)
	struct base_outcomes_row *rows = xcalloc(n, sizeof(*rows));
	AUTO(strings_release) struct strings texts = { 0 };
	size_t at = 0;

	for (size_t i = 0; i < plan->n; i++) {
		const struct suite *s = &plan->v[i];

		for (size_t m = 0; m < s->scenarios.n; m++, at++) {
			const char *scenario = s->scenarios.v[m];

			rows[at].key = key_of(k, s->filesystem, scenario);
			strings_push_take(&texts,
					  pair_to_text(ran, s->filesystem,
						       scenario));
			rows[at].json = texts.v[at];
		}
	}
	return base_outcomes_put(k->store, rows, n, err);
}

void known_release(struct known *k)
{
	free(k->program);
	suites_release(&k->unknown);
	outcomes_release(&k->outcomes);
	*k = (struct known){ 0 };
}
