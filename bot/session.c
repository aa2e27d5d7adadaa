/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/session.h"

#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/base/sink.h"
#include "bot/guest/initramfs.h"
#include "bot/mail/compose.h"
#include "bot/needs.h"
#include "bot/report/json.h"
#include "bot/report/record.h"
#include "bot/stages/place.h"
#include "bot/stages/promises.h"
#include "bot/stages/trial.h"
#include "bot/wording.h"
#include "rules/join.h"
#include "rules/question.h"
#include "rules/quote.h"
#include "rules/tell.h"

#define FIRST_MAX_BYTES 32000 /* of a verdict in one line, escaped */

void session_free(struct session *s)
{
	if (!s)
		return;
	free(s->program);
	catalogue_release(&s->catalogue);
	strings_release(&s->scenarios);
	suites_release(&s->plan);
	contracts_release(&s->contracts);
	replies_free(s->replies);
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

/* The scenarios that can be on it; without any it is left out. */
static void plan_filesystem(struct session *s, const char *filesystem)
{
	for (size_t i = 0; i < s->scenarios.n; i++) {
		const char *id = s->scenarios.v[i];

		if (!strings_has(
			    &catalogue_find(&s->catalogue, id)->filesystems,
			    filesystem))
			continue;
		if (!suites_has(&s->plan, filesystem, id))
			suites_add_pair(&s->plan, filesystem, id);
	}
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
	for (size_t i = 0; i < s->config->filesystems.n; i++)
		plan_filesystem(s, s->config->filesystems.v[i]);
	if (s->plan.n > 0)
		return 0;
	return err_set(err, ERR_CONFIG,
		       "none of the scenarios can be on these filesystems: "
		       "--scenario list shows where they can");
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
	    plan(s, err) < 0 || wording_read(&s->replies, config, err) < 0 ||
	    promises_read(&s->contracts, contracts, &config->filesystems, err) <
		    0)
		return -1;
	*out = TAKE(s);
	return 0;
}

/* ---- placing ---- */

/* What a revision is to be placed on. */
struct where {
	const char *tree;		/* one, by name or path; or NULL */
	const struct config_list *list; /* those of it; or NULL: all */
};

static bool is_looked_at(const struct where *where,
			 const struct config_tree *tree)
{
	return !where->list || config_list_has_tree(where->list, tree->name);
}

static int open_trees(struct trees *out, const struct session *s,
		      const struct where *where, struct err *err)
{
	const struct config *c = s->config;

	out->v = xcalloc(c->n_trees, sizeof(struct tree *));
	if (where->tree) {
		if (bases_open_named(&out->v[0], c, where->tree, s->progress,
				     err) < 0)
			return -1;
		out->n = 1;
		return 0;
	}
	for (size_t i = 0; i < c->n_trees; i++) {
		if (!is_looked_at(where, &c->trees[i]))
			continue;
		if (bases_open_tree(&out->v[out->n], c, &c->trees[i],
				    s->progress, err) < 0)
			return -1;
		out->n++;
	}
	return 0;
}

/* Else an import is ahead, which takes minutes. */
static bool is_all_there(const struct session *s, const struct where *where)
{
	const struct config *c = s->config;

	for (size_t i = 0; !where->tree && i < c->n_trees; i++)
		if (is_looked_at(where, &c->trees[i]) &&
		    !fs_is_dir(c->trees[i].path))
			return false;
	return true;
}

static void tell_placed(const struct review *r, FILE *progress)
{
	if (progress && review_is_placed(r))
		fprintf(progress, "applied %zu patch%s on %.12s of %s (%s)\n",
			r->n_patches, r->n_patches == 1 ? "" : "es",
			r->base.commit, r->base.tree, r->base.how);
}

static bool is_in_need(const struct review *r)
{
	return !r->why && !r->base.parent && r->base.n_prerequisites > 0;
}

/* The needs of a mailbox's series are known once it was read. */
static int place_again(struct review *r, struct session *s,
		       struct letters *letters, struct place_spec *spec,
		       struct err *err)
{
	AUTO(needs_release) struct needs needs = { 0 };
	AUTO(store_free) struct store *own = NULL;

	if (!s->store && bases_open_store(&own, s->config, err) < 0)
		return -1;
	if (needs_of_review(&needs, letters, s->config,
			    s->store ? s->store : own, r, err) < 0)
		return -1;
	spec->has_needs = true;
	spec->needs = needs.v;
	spec->n_needs = needs.n;
	review_release(r);
	return place_run(r, spec, err);
}

/* A series that cannot be read, or has holes, needs no import. */
static int place(struct review *out, struct session *s, struct letters *letters,
		 struct place_spec *spec, const struct where *where,
		 struct err *err)
{
	AUTO(trees_release) struct trees trees = { 0 };

	spec->letters = letters;
	spec->user = s->config->user;
	if (!is_all_there(s, where)) {
		if (place_run(out, spec, err) < 0)
			return -1;
		if (out->why)
			return 0;
		review_release(out);
	}
	if (open_trees(&trees, s, where, err) < 0)
		return -1;
	spec->trees = trees.v;
	spec->n_trees = trees.n;
	if (place_run(out, spec, err) < 0)
		return -1;
	if (is_in_need(out) && place_again(out, s, letters, spec, err) < 0)
		return -1;
	tell_placed(out, s->progress);
	return 0;
}

int session_place(struct review *out, struct session *s,
		  const struct session_wish *wish, struct err *err)
{
	struct place_spec spec = {
		.message_id = wish->message_id,
		.base = wish->base,
	};

	return place(out, s, wish->letters, &spec,
		     &(struct where){ .tree = wish->tree }, err);
}

int session_place_revision(struct review *out, struct session *s,
			   const struct revisions_row *revision,
			   const struct session_place_spec *where,
			   struct err *err)
{
	AUTO(letters_release) struct letters letters = { 0 };
	AUTO(strings_release) struct strings ids = { 0 };
	AUTO(needs_release) struct needs needs = { 0 };
	AUTO(sent_free) struct sent *sent = NULL;
	struct place_spec spec = { .has_needs = true, .base = where->base };

	if (sent_parse(&sent, revision->facts, err) < 0)
		return -1;
	sent_mails(&ids, sent);
	if (needs_read_mails(&letters, s->config, &ids, err) < 0 ||
	    needs_of_sent(&needs, &letters, s->config, s->store, sent,
			  revision->list, err) < 0)
		return -1;
	spec.sent = sent;
	spec.needs = needs.v;
	spec.n_needs = needs.n;
	return place(out, s, &letters, &spec,
		     &(struct where){ .tree = where->tree,
				      .list = where->list },
		     err);
}

/* ---- trying ---- */

/* What a review is tried with. */
struct trying {
	const struct guest_kind *kind;
	struct tree *tree;
	struct lane lane;
	int hold; /* keeps it */
	char *initramfs;
};

static void trying_release(struct trying *t)
{
	tree_free(t->tree);
	lane_release(&t->lane);
	fd_close(t->hold);
	free(t->initramfs);
}
DEFINE_AUTO_VALUE(struct trying, trying_release)

static void tell_environment(struct review *r, const struct trying *t)
{
	struct review_environment *e = &r->environment;
	const struct lane *lane = &t->lane;

	if (e->kernel)
		return; /* tried before it is swept */
	e->kernel = xstrdup(lane->release);
	e->arch = xstrdup(lane->arch);
	e->compiler = xstrdup(lane->compiler);
	e->config = xstrdup(lane->config_hash);
	e->guest = xstrdup(t->kind->says);
}

static void name_scenarios(struct review *r, const struct session *s)
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
	    bases_lane(&t->lane, &t->hold, s->config, t->kind, s->store,
		       t->tree, r->base.commit, s->progress, err) < 0)
		return -1;
	if (promises_settle(&s->contracts, t->tree, r->base.parent, err) < 0)
		return -1;
	review_add_timing(r, "lane", clock_ms() - began);
	tell_environment(r, t);
	return 0;
}

static void tell_first(void *arg, const struct review *r)
{
	const struct session *s = arg;
	AUTO(mem_free) char *says = NULL;
	AUTO(buf_release) struct buf line = { 0 };

	if (!s->progress)
		return;
	says = tell_verdict(r);
	buf_init(&line, FIRST_MAX_BYTES);
	sink_line(&line, says, strlen(says));
	fprintf(s->progress, "first verdict after %.1f s: %s\n",
		(double)r->first_ms / 1000, buf_text(&line));
}

static struct trial_spec spec_of(const struct trying *t, struct session *s,
				 const char *jobs)
{
	const struct config *c = s->config;

	return (struct trial_spec){
		.store = s->store,
		.tree = t->tree,
		.lane_key = t->lane.key,
		.lane = t->lane.path,
		.guest = t->kind->name,
		.initramfs = t->initramfs,
		.contracts = &s->contracts,
		.plan = &s->plan,
		.repeat = c->repeat,
		.each_patch = c->each_patch,
		.build_s = c->build_timeout,
		.guest_s = t->kind->is_emulated ? c->guest_qemu_timeout
						: c->guest_timeout,
		.memory_mib = (unsigned)(c->build_memory >> 20),
		.guest_mib = (unsigned)(c->guest_memory >> 20),
		.jobs = jobs,
		.config = s->config_path,
		.uid = c->uid,
		.gid = c->gid,
		.keep = s->keep,
		.on_first = tell_first,
		.arg = s,
	};
}

static int try_on(struct review *r, struct session *s,
		  const struct guest_kind *kind, struct err *err)
{
	AUTO(mem_free) char *jobs = config_state_path(s->config, "jobs");
	AUTO(trying_release) struct trying t = { .kind = kind, .hold = -1 };
	struct trial_spec spec;

	if (prepare(&t, r, s, err) < 0)
		return -1;
	spec = spec_of(&t, s, jobs);
	return trial_run(r, &spec, err);
}

/* The same series on the second guest, beside what the first one showed. */
static int try_on_another(struct review *r, struct session *s,
			  const struct guest_kind *kind, const json_t *placed,
			  struct err *err)
{
	AUTO(review_release) struct review other = { 0 };

	if (record_read(&other, placed, err) < 0 ||
	    try_on(&other, s, kind, err) < 0)
		return err_wrap(err, "%s", kind->name);
	join_run(r, &other);
	return 0;
}

static int try_on_all(struct review *r, struct session *s, struct err *err)
{
	AUTO(json_free) json_t *placed = json_from_review(r);

	if (try_on(r, s, &guest_kinds[0], err) < 0)
		return -1;
	for (size_t i = 1; i < GUEST_KINDS; i++)
		if (r->verdict != VERDICT_DOES_NOT_BUILD &&
		    try_on_another(r, s, &guest_kinds[i], placed, err) < 0)
			return -1;
	return 0;
}

int session_try(struct review *r, struct session *s, struct err *err)
{
	const struct guest_kind *one = guest_kind_find(s->config->guest);

	if (!review_is_placed(r))
		return 0;
	name_scenarios(r, s);
	if ((one ? try_on(r, s, one, err) : try_on_all(r, s, err)) < 0)
		return -1;
	quote_run(r);
	questions_settle(r);
	return 0;
}

int session_sweep(struct swept *out, struct review *r, struct session *s,
		  const struct swept_wish *wish, struct err *err)
{
	AUTO(mem_free) char *jobs = config_state_path(s->config, "jobs");
	/* Steps of guest time are the same in each run of this one alone. */
	AUTO(trying_release)
	struct trying t = { .kind = guest_kind_find("uml"), .hold = -1 };
	struct trial_spec spec;

	if (prepare(&t, r, s, err) < 0)
		return -1;
	spec = spec_of(&t, s, jobs);
	return swept_run(out, r, &spec, wish, err);
}

/* Where each of these mixes can be. */
static int plan_soaks(struct suites *out, const struct session *s,
		      const struct strings *mixes, struct err *err)
{
	AUTO(catalogue_release) struct catalogue soaks = { 0 };
	const struct strings *filesystems = &s->config->filesystems;

	if (catalogue_read_soaks(&soaks, s->program, err) < 0)
		return -1;
	for (size_t i = 0; i < mixes->n; i++)
		if (!catalogue_find(&soaks, mixes->v[i]))
			return err_set(err, ERR_CONFIG, "no mix '%.40s'",
				       mixes->v[i]);
	for (size_t f = 0; f < filesystems->n; f++)
		for (size_t i = 0; i < soaks.n; i++)
			if ((mixes->n == 0 ||
			     strings_has(mixes, soaks.v[i].id)) &&
			    strings_has(&soaks.v[i].filesystems,
					filesystems->v[f]))
				suites_add_pair(out, filesystems->v[f],
						soaks.v[i].id);
	if (out->n > 0)
		return 0;
	return err_set(err, ERR_CONFIG, "no mix can be on these filesystems");
}

int session_soak(struct review *r, struct session *s,
		 const struct strings *mixes, const struct soaked_wish *wish,
		 struct err *err)
{
	AUTO(mem_free) char *jobs = config_state_path(s->config, "jobs");
	AUTO(suites_release) struct suites soaks = { 0 };
	/* Two processors that run side by side has this one alone. */
	AUTO(trying_release)
	struct trying t = { .kind = guest_kind_find("qemu"), .hold = -1 };
	struct trial_spec spec;

	if (plan_soaks(&soaks, s, mixes, err) < 0 || prepare(&t, r, s, err) < 0)
		return -1;
	spec = spec_of(&t, s, jobs);
	spec.plan = &soaks;
	return soaked_run(r, &spec, wish, err);
}

/* ---- drafting ---- */

int session_draft(struct buf *out, bool *wanted, const struct review *r,
		  const struct session *s, int64_t now,
		  const struct strings *to, const struct strings *cc,
		  struct err *err)
{
	struct compose_spec spec = {
		.to = to,
		.cc = cc,
		.review = r,
		.replies = s->replies,
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
