/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/session.h"

#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/guest/initramfs.h"
#include "bot/mail/compose.h"
#include "bot/stages/promises.h"
#include "bot/stages/trial.h"
#include "rules/quote.h"

#define GUEST "User-Mode Linux, time-travel=inf-cpu"

void session_free(struct session *s)
{
	if (!s)
		return;
	free(s->program);
	catalogue_release(&s->catalogue);
	strings_release(&s->scenarios);
	contracts_release(&s->contracts);
	free(s);
}

/* ---- opening ---- */

static int check_scenarios(const struct session *s, struct err *err)
{
	const struct strings *asked = &s->config->scenarios;

	for (size_t i = 0; i < asked->n; i++)
		if (!catalogue_find(&s->catalogue, asked->v[i]))
			return err_set(err, ERR_CONFIG,
				       "no scenario '%s': --scenario list "
				       "shows them",
				       asked->v[i]);
	return 0;
}

static int plan(struct session *s, struct err *err)
{
	const struct strings *asked = &s->config->scenarios;

	if (check_scenarios(s, err) < 0)
		return -1;
	for (size_t i = 0; i < asked->n; i++)
		strings_push(&s->scenarios, asked->v[i]);
	for (size_t i = 0; asked->n == 0 && i < s->catalogue.n; i++)
		strings_push(&s->scenarios, s->catalogue.v[i].id);
	return 0;
}

int session_open(struct session **out, const struct config *config,
		 struct store *st, struct err *err)
{
	AUTO(mem_free)
	char *contracts = config_data_path(config, "rules/contracts");
	AUTO(session_free) struct session *s = xcalloc(1, sizeof(*s));

	s->config = config;
	s->store = st;
	s->program = fs_find_beside("collide");
	if (catalogue_read(&s->catalogue, s->program, err) < 0 ||
	    plan(s, err) < 0 ||
	    promises_read(&s->contracts, contracts, &config->filesystems, err) <
		    0)
		return -1;
	*out = TAKE(s);
	return 0;
}

/* ---- trying ---- */

/* What a review is tried with. */
struct trying {
	struct tree *tree;
	struct lane lane;
	char *initramfs;
};

static void trying_release(struct trying *t)
{
	tree_free(t->tree);
	lane_release(&t->lane);
	free(t->initramfs);
}
DEFINE_AUTO_VALUE(struct trying, trying_release)

static void tell_environment(struct review *r, const struct lane *lane)
{
	struct review_environment *e = &r->environment;

	e->kernel = xstrdup(lane->release);
	e->arch = xstrdup(lane->arch);
	e->compiler = xstrdup(lane->compiler);
	e->config = xstrdup(lane->config_hash);
	e->guest = xstrdup(GUEST);
}

static void tell_scenarios(struct review *r, const struct session *s)
{
	for (size_t i = 0; i < s->scenarios.n; i++) {
		const char *id = s->scenarios.v[i];

		review_add_scenario(r, id,
				    catalogue_find(&s->catalogue, id)->says);
	}
}

static int prepare(struct trying *t, struct review *r, struct session *s,
		   struct err *err)
{
	AUTO(mem_free) char *dir = config_state_path(s->config, "initramfs");
	int64_t began = clock_ms();

	if (bases_open_named(&t->tree, s->config, r->base.tree, s->progress,
			     err) < 0 ||
	    initramfs_make(&t->initramfs, dir, s->program,
			   &s->config->filesystems, err) < 0 ||
	    bases_lane(&t->lane, s->config, s->store, t->tree, r->base.commit,
		       s->progress, err) < 0)
		return -1;
	review_add_timing(r, "lane", clock_ms() - began);
	tell_environment(r, &t->lane);
	return 0;
}

static int try(struct review *r, const struct trying *t, struct session *s,
	       struct err *err)
{
	const struct config *c = s->config;
	AUTO(mem_free) char *jobs = config_state_path(c, "jobs");
	struct trial_spec spec = {
		.store = s->store,
		.tree = t->tree,
		.lane_key = t->lane.key,
		.lane = t->lane.path,
		.initramfs = t->initramfs,
		.contracts = &s->contracts,
		.filesystems = &c->filesystems,
		.scenarios = &s->scenarios,
		.repeat = c->repeat,
		.each_patch = c->each_patch,
		.build_s = c->build_timeout,
		.guest_s = c->guest_timeout,
		.memory_mib = (unsigned)(c->build_memory >> 20),
		.guest_mib = (unsigned)(c->guest_memory >> 20),
		.jobs = jobs,
		.config = s->config_path,
		.uid = c->uid,
		.gid = c->gid,
		.keep = s->keep,
	};

	return trial_run(r, &spec, err);
}

int session_try(struct review *r, struct session *s, struct err *err)
{
	AUTO(trying_release) struct trying t = { 0 };

	if (!review_is_placed(r))
		return 0;
	tell_scenarios(r, s);
	if (prepare(&t, r, s, err) < 0 || try(r, &t, s, err) < 0)
		return -1;
	quote_run(r);
	return 0;
}

/* ---- drafting ---- */

int session_draft(struct buf *out, bool *wanted, const struct review *r,
		  const struct session *s, int64_t now, struct err *err)
{
	struct compose_spec spec = {
		.review = r,
		.from = s->config->mail_from,
		.domain = s->config->mail_domain,
		.now = now,
	};

	*wanted = compose_is_wanted(r);
	if (!*wanted)
		return 0;
	if (compose_run(out, &spec, err) < 0)
		return err_wrap(err, "the reply");
	return 0;
}
