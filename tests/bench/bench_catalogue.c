/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_catalogue.c - the whole catalogue on one kernel, again and again: in
 * how many pairs each run saw the very same
 *
 *	bench_catalogue LANE RUNS [FILESYSTEM]...
 *
 * A line for each pair whose runs differ, with what differs, and for each that
 * does not collide; a line a filesystem with its time; the sum last. Exit 1
 * when a pair has runs that differ. Used by tests/bench/catalogue.
 */
#include "bot/base/fs.h"
#include "bot/config.h"
#include "bot/guest/guest.h"
#include "bot/guest/initramfs.h"
#include "bot/run/privilege.h"
#include "bot/stages/catalogue.h"
#include "rules/pair.h"

#define TIMEOUT_S 900

struct sums {
	size_t pairs, same, unprovoked, runs;
	int64_t ms;
};

/* The fields that are told and not the same in @b as in @a. */
static void print_difference(const struct outcome *a, const struct outcome *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const char *other = outcome_find(a, b->v[i].name);

		if (pair_is_told(b->v[i].name) &&
		    (!other || strcmp(other, b->v[i].value) != 0))
			printf(" %s %s/%s", b->v[i].name, other ? other : "-",
			       b->v[i].value);
	}
	for (size_t i = 0; i < a->n; i++)
		if (pair_is_told(a->v[i].name) &&
		    !outcome_find(b, a->v[i].name))
			printf(" %s %s/-", a->v[i].name, a->v[i].value);
	printf("; run %u: %s", b->run, b->how);
}

static void take_pair(struct sums *n, const struct outcomes *all,
		      const char *filesystem, const char *scenario)
{
	AUTO(review_pair_release) struct review_pair p = { 0 };

	pair_fill(&p, filesystem, scenario, all, NULL);
	n->pairs++;
	n->same += p.base.n == 1;
	if (p.base.n > 0 && !p.base.v[0].outcome.provoked) {
		n->unprovoked++;
		printf("%s %s does not collide: %s\n", filesystem, scenario,
		       p.base.v[0].outcome.how);
	}
	for (size_t i = 1; i < p.base.n; i++) {
		printf("%s %s differs, %u of %u:", filesystem, scenario,
		       p.base.v[i].runs, p.base.runs);
		print_difference(&p.base.v[0].outcome, &p.base.v[i].outcome);
		putchar('\n');
	}
}

static int run_filesystem(struct sums *n, const struct catalogue *c,
			  const struct guest_spec *like, const char *filesystem,
			  unsigned runs, struct err *err)
{
	AUTO(guest_plan_release) struct guest_plan plan = { .repeat = runs };
	AUTO(guest_result_release) struct guest_result r = { 0 };
	struct guest_spec spec = *like;

	for (size_t i = 0; i < c->n; i++)
		if (strings_has(&c->v[i].filesystems, filesystem))
			suites_add_pair(&plan.suites, filesystem, c->v[i].id);
	spec.plan = &plan;
	if (guest_run(&r, &spec, err) < 0)
		return -1;
	if (r.end != GUEST_FINISHED)
		return err_set(err, ERR_SYSTEM, "%s: the guest %s: %s",
			       filesystem, guest_end_name(r.end), r.says);
	n->ms += r.ms;
	n->runs += r.outcomes.n;
	printf("%s: %zu runs in %.1f s\n", filesystem, r.outcomes.n,
	       (double)r.ms / 1000);
	for (size_t i = 0; i < plan.suites.v[0].scenarios.n; i++)
		take_pair(n, &r.outcomes, filesystem,
			  plan.suites.v[0].scenarios.v[i]);
	return 0;
}

static int run(struct sums *n, const char *lane, unsigned runs, char **words,
	       struct err *err)
{
	AUTO(config_free) struct config *config = NULL;
	AUTO(catalogue_release) struct catalogue c = { 0 };
	AUTO(mem_free) char *kernel = xasprintf("%s/src/linux", lane);
	AUTO(mem_free) char *initramfs = NULL;
	struct guest_spec spec = { .kernel = kernel,
				   .console = "/dev/null",
				   .timeout_s = TIMEOUT_S };

	if (config_load(&config, NULL, err) < 0 ||
	    catalogue_read(&c, COLLIDER_BUILD "/collide", err) < 0 ||
	    privilege_drop(config->user, err) < 0 ||
	    initramfs_make(&initramfs, "/tmp", COLLIDER_BUILD "/collide",
			   &config->filesystems, err) < 0)
		return -1;
	spec.initramfs = initramfs;
	for (size_t i = 0; i < config->filesystems.n && !*words; i++)
		if (run_filesystem(n, &c, &spec, config->filesystems.v[i], runs,
				   err) < 0)
			return -1;
	for (; *words; words++)
		if (run_filesystem(n, &c, &spec, *words, runs, err) < 0)
			return -1;
	return 0;
}

int main(int argc, char **argv)
{
	struct sums n = { 0 };
	struct err err = ERR_INIT;

	if (argc < 3)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (run(&n, argv[1], (unsigned)strtoul(argv[2], NULL, 10), argv + 3,
		&err) < 0) {
		fprintf(stderr, "bench_catalogue: %s\n", err.msg);
		return 2;
	}
	printf("%zu of %zu pairs: the same in all %s runs; %zu do not collide; "
	       "%zu runs in %.1f s of guests\n",
	       n.same, n.pairs, argv[2], n.unprovoked, n.runs,
	       (double)n.ms / 1000);
	return n.same != n.pairs;
}
