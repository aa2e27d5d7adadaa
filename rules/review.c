/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/review.h"

#include "bot/base/buf.h"

/* A new zeroed element at the end of a growing array. */
static void *grow(void *array_out, size_t *n, size_t size)
{
	void **array = array_out;
	char *at;

	*array = xreallocarray(*array, *n + 1, size);
	at = (char *)*array + *n * size;
	memset(at, 0, size);
	(*n)++;
	return at;
}

struct review_attempt *review_add_attempt(struct review *r)
{
	return grow(&r->base.attempts, &r->base.n_attempts,
		    sizeof(*r->base.attempts));
}

struct review_prerequisite *review_add_prerequisite(struct review *r)
{
	return grow(&r->base.prerequisites, &r->base.n_prerequisites,
		    sizeof(*r->base.prerequisites));
}

struct review_pair *review_add_pair(struct review *r)
{
	return grow(&r->pairs, &r->n_pairs, sizeof(*r->pairs));
}

struct finding *review_add_finding(struct review *r)
{
	return grow(&r->findings, &r->n_findings, sizeof(*r->findings));
}

struct review_diagnostic *review_add_diagnostic(struct review_diagnostics *list)
{
	return grow(&list->v, &list->n, sizeof(*list->v));
}

struct review_patch *review_add_patch(struct review *r)
{
	return grow(&r->patches, &r->n_patches, sizeof(*r->patches));
}

struct review_hunk *review_add_hunk(struct review_patch *p)
{
	return grow(&p->hunks, &p->n_hunks, sizeof(*p->hunks));
}

struct review_mail *review_add_mail(struct review *r)
{
	return grow(&r->mails, &r->n_mails, sizeof(*r->mails));
}

void review_add_timing(struct review *r, const char *name, int64_t ms)
{
	struct review_timing *t;

	for (size_t i = 0; i < r->n_timing; i++) {
		if (strcmp(r->timing[i].name, name) == 0) {
			r->timing[i].ms += ms;
			return;
		}
	}
	t = grow(&r->timing, &r->n_timing, sizeof(*r->timing));
	t->name = xstrdup(name);
	t->ms = ms;
}

void review_add_scenario(struct review *r, const char *id, const char *says)
{
	struct review_scenario *s =
		grow(&r->scenarios, &r->n_scenarios, sizeof(*r->scenarios));

	s->id = xstrdup(id);
	s->says = xstrdup(says);
}

static void add_patch(struct review *r, unsigned n, const struct mail *mail)
{
	struct review_patch *p = review_add_patch(r);

	p->n = n;
	p->is_missing = !mail;
	p->message_id = xstrdup(mail ? mail->message_id : "");
	p->subject = xstrdup(mail ? mail->title : "");
}

static void copy_person(struct mail_person *to, const struct mail_person *from)
{
	to->name = xstrdup(from->name);
	to->addr = xstrdup(from->addr);
}

static void copy_persons(struct mail_persons *to,
			 const struct mail_persons *from)
{
	to->v = xcalloc(from->n, sizeof(*to->v));
	for (; to->n < from->n; to->n++)
		copy_person(&to->v[to->n], &from->v[to->n]);
}

/* Of a chain that is too long the middle goes: RFC 5322, 3.6.4. */
static void copy_references(struct strings *to, const struct strings *from)
{
	for (size_t i = 0; i < from->n; i++)
		if (i == 0 || i + REVIEW_MAX_REFERENCES >= from->n)
			strings_push(to, from->v[i]);
}

static void add_mail(struct review *r, unsigned n, const struct mail *from)
{
	struct review_mail *to = review_add_mail(r);

	to->n = n;
	to->message_id = xstrdup(from->message_id);
	to->subject = xstrdup(from->subject_raw);
	to->list_id = xstrdup(from->list_id);
	to->wants_no_answer = from->wants_no_answer;
	to->is_automatic = from->is_automatic;
	to->in_reply_to = xstrdup(from->in_reply_to);
	copy_person(&to->author, &from->author);
	copy_person(&to->from, &from->from);
	copy_persons(&to->to, &from->to);
	copy_persons(&to->cc, &from->cc);
	copy_references(&to->references, &from->references);
}

/* "2/3 and 3/3 are not in the mailbox" */
static void end_incomplete(struct review *r)
{
	AUTO(mem_free) char *why = NULL;
	AUTO(buf_release) struct buf list = { 0 };

	buf_init(&list, 4096);
	for (size_t i = 0; i < r->missing.n && i < 8; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", r->missing.v[i]);
	if (r->missing.n > 8)
		buf_addf(&list, " and %zu more", r->missing.n - 8);
	why = xasprintf("the series is incomplete: %s %s missing",
			buf_text(&list), r->missing.n == 1 ? "is" : "are");
	review_end(r, VERDICT_COULD_NOT_TELL, why,
		   "a mailbox with all its parts; `b4 mbox` fetches a thread");
}

void review_begin(struct review *r, const struct revision *revision)
{
	r->subject = xstrdup(revision->title);
	r->version = revision->version;
	r->total = revision->total;
	if (revision->cover)
		add_mail(r, 0, revision->cover);
	for (unsigned i = 0; i < revision->total; i++) {
		add_patch(r, i + 1, revision->patches[i]);
		if (revision->patches[i])
			add_mail(r, i + 1, revision->patches[i]);
	}
	r->message_id = xstrdup(r->n_mails ? r->mails[0].message_id : "");
	for (size_t i = 0; i < revision->missing.n; i++)
		strings_push(&r->missing, revision->missing.v[i]);
	if (r->missing.n > 0)
		end_incomplete(r);
}

void review_end(struct review *r, enum verdict verdict, const char *why,
		const char *help)
{
	free(r->why);
	free(r->help);
	r->verdict = verdict;
	r->why = xstrdup(why);
	r->help = help ? xstrdup(help) : NULL;
}

bool review_is_placed(const struct review *r)
{
	if (r->why || !r->base.parent || r->n_patches == 0)
		return false;
	for (size_t i = 0; i < r->n_patches; i++)
		if (!r->patches[i].commit)
			return false;
	return true;
}

int review_exit_code(const struct review *r)
{
	switch (r->verdict) {
	case VERDICT_SAME:
	case VERDICT_FIXED:
	case VERDICT_CHANGED:
		return 0;
	case VERDICT_REGRESSION:
	case VERDICT_DOES_NOT_BUILD:
		return 1;
	case VERDICT_DOES_NOT_APPLY:
	case VERDICT_COULD_NOT_TELL:
		return 2;
	}
	return 2;
}

const struct review_mail *review_find_mail(const struct review *r, unsigned n)
{
	for (size_t i = 0; i < r->n_mails; i++)
		if (r->mails[i].n == n)
			return &r->mails[i];
	return NULL;
}

const struct review_attempt *review_find_nearest(const struct review *r)
{
	const struct review_attempt *best = NULL;

	for (size_t i = 0; i < r->base.n_attempts; i++) {
		const struct review_attempt *a = &r->base.attempts[i];

		if (a->applies || a->blobs_total == 0)
			continue;
		if (!best ||
		    (uint64_t)a->blobs_matched * best->blobs_total >
			    (uint64_t)best->blobs_matched * a->blobs_total)
			best = a;
	}
	return best;
}

const char *review_find_scenario(const struct review *r, const char *id)
{
	for (size_t i = 0; i < r->n_scenarios; i++)
		if (strcmp(r->scenarios[i].id, id) == 0)
			return r->scenarios[i].says;
	return NULL;
}

const char *review_verdict_name(enum verdict v)
{
	static const char *const names[] = {
		[VERDICT_COULD_NOT_TELL] = "could not tell",
		[VERDICT_SAME] = "same",
		[VERDICT_FIXED] = "fixed",
		[VERDICT_CHANGED] = "changed",
		[VERDICT_REGRESSION] = "regression",
		[VERDICT_DOES_NOT_APPLY] = "does not apply",
		[VERDICT_DOES_NOT_BUILD] = "does not build",
	};

	return names[v];
}

const char *review_pair_name(enum pair_verdict v)
{
	static const char *const names[] = {
		[PAIR_COULD_NOT_RUN] = "could not run",
		[PAIR_NOT_PROVOKED] = "not provoked",
		[PAIR_SAME] = "same",
		[PAIR_FIXED] = "fixed",
		[PAIR_CHANGED] = "changed",
		[PAIR_UNCOVERED] = "uncovered",
		[PAIR_REGRESSION] = "regression",
	};

	return names[v];
}

const char *review_finding_name(enum finding_kind k)
{
	static const char *const names[] = {
		[FINDING_REGRESSION] = "regression",
		[FINDING_BUILD] = "build",
		[FINDING_UNCOVERED] = "uncovered",
		[FINDING_CHANGED] = "changed",
		[FINDING_WARNING] = "warning",
		[FINDING_QUESTION] = "question",
		[FINDING_REPAIRED] = "repaired",
		[FINDING_FIXED] = "fixed",
	};

	return names[k];
}

const char *review_build_name(enum review_build b)
{
	static const char *const names[] = {
		[REVIEW_BUILD_SKIPPED] = "skipped",
		[REVIEW_BUILD_OK] = "ok",
		[REVIEW_BUILD_BROKEN] = "broken",
		[REVIEW_BUILD_TIMED_OUT] = "timed out",
	};

	return names[b];
}

const char *review_path_name(enum review_path p)
{
	static const char *const names[] = {
		[PATH_UNKNOWN] = "not told",
		[PATH_DIRECT] = "direct",
		[PATH_FELL_BACK] = "fell back to buffered",
		[PATH_SHORT] = "came back short",
		[PATH_FAILED] = "failed",
		[PATH_HUNG] = "hung",
	};

	return names[p];
}

char *review_losers_name(unsigned losers)
{
	static const struct {
		unsigned loser;
		const char *name;
	} who[] = {
		{ LOSES_DIRECT, "the direct writer" },
		{ LOSES_MAPPED, "the mapped writer" },
		{ LOSES_BUFFERED, "the buffered writer" },
		{ LOSES_READER, "the buffered reader" },
	};
	struct buf out;

	buf_init(&out, 200);
	for (size_t i = 0; i < ARRAY_LEN(who); i++)
		if (losers & who[i].loser)
			buf_addf(&out, "%s%s", out.len ? " and " : "",
				 who[i].name);
	if (out.len == 0)
		buf_adds(&out, "nobody");
	return buf_take(&out);
}

void review_diagnostics_release(struct review_diagnostics *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].file);
		free(list->v[i].text);
	}
	free(list->v);
	*list = (struct review_diagnostics){ 0 };
}

static void release_base(struct review_base *base)
{
	for (size_t i = 0; i < base->n_attempts; i++) {
		free(base->attempts[i].tree);
		free(base->attempts[i].commit);
		free(base->attempts[i].how);
		free(base->attempts[i].why);
	}
	for (size_t i = 0; i < base->n_prerequisites; i++) {
		free(base->prerequisites[i].kind);
		free(base->prerequisites[i].value);
		free(base->prerequisites[i].subject);
		free(base->prerequisites[i].commit);
		free(base->prerequisites[i].why);
	}
	free(base->attempts);
	free(base->prerequisites);
	free(base->parent);
	free(base->tree);
	free(base->commit);
	free(base->how);
}

static void release_person(struct mail_person *p)
{
	free(p->name);
	free(p->addr);
}

static void release_persons(struct mail_persons *list)
{
	for (size_t i = 0; i < list->n; i++)
		release_person(&list->v[i]);
	free(list->v);
}

static void release_mail(struct review_mail *m)
{
	free(m->message_id);
	free(m->subject);
	free(m->list_id);
	free(m->in_reply_to);
	release_person(&m->author);
	release_person(&m->from);
	release_persons(&m->to);
	release_persons(&m->cc);
	strings_release(&m->references);
}

static void release_patch(struct review_patch *p)
{
	for (size_t i = 0; i < p->n_hunks; i++) {
		free(p->hunks[i].file);
		free(p->hunks[i].text);
	}
	free(p->hunks);
	free(p->message_id);
	free(p->subject);
	free(p->commit);
	free(p->how);
	review_diagnostics_release(&p->errors);
	review_diagnostics_release(&p->new_warnings);
}

static void release_side(struct pair_side *side)
{
	for (size_t i = 0; i < side->n; i++)
		outcome_release(&side->v[i].outcome);
	free(side->v);
}

static void release_finding_side(struct finding_side *side)
{
	for (size_t i = 0; i < side->n; i++) {
		free(side->v[i].name);
		free(side->v[i].value);
	}
	free(side->v);
	free(side->path);
	free(side->losers);
}

static void release_finding(struct finding *f)
{
	free(f->guest);
	free(f->filesystem);
	free(f->scenario);
	free(f->message_id);
	free(f->says);
	free(f->contract);
	free(f->promise);
	strings_release(&f->sources);
	strings_release(&f->also);
	release_finding_side(&f->base);
	release_finding_side(&f->patched);
	review_diagnostics_release(&f->diagnostics);
	free(f->quote_file);
	free(f->quote);
	free(f->answer);
}

void review_pair_release(struct review_pair *p)
{
	free(p->guest);
	free(p->filesystem);
	free(p->scenario);
	free(p->why);
	release_side(&p->base);
	release_side(&p->patched);
}

void review_remove_finding(struct review *r, size_t at)
{
	release_finding(&r->findings[at]);
	r->n_findings--;
	memmove(&r->findings[at], &r->findings[at + 1],
		(r->n_findings - at) * sizeof(*r->findings));
}

void review_clear_pairs(struct review *r)
{
	for (size_t i = 0; i < r->n_pairs; i++)
		review_pair_release(&r->pairs[i]);
	free(r->pairs);
	r->pairs = NULL;
	r->n_pairs = 0;
}

void review_clear_findings(struct review *r)
{
	review_clear_pairs(r);
	for (size_t i = r->n_findings; i > 0; i--)
		if (r->findings[i - 1].kind != FINDING_QUESTION)
			review_remove_finding(r, i - 1);
}

static void release_lists(struct review *r)
{
	for (size_t i = 0; i < r->n_patches; i++)
		release_patch(&r->patches[i]);
	for (size_t i = 0; i < r->n_mails; i++)
		release_mail(&r->mails[i]);
	for (size_t i = 0; i < r->n_scenarios; i++) {
		free(r->scenarios[i].id);
		free(r->scenarios[i].says);
	}
	for (size_t i = 0; i < r->n_timing; i++)
		free(r->timing[i].name);
	free(r->patches);
	free(r->mails);
	free(r->scenarios);
	free(r->timing);
}

static void release_delta(struct review_delta *d)
{
	free(d->since);
	free(d->answer);
	strings_release(&d->fixed);
	strings_release(&d->still);
	strings_release(&d->fresh);
	strings_release(&d->untried);
	strings_release(&d->skipped);
}

void review_release(struct review *r)
{
	review_clear_findings(r);
	while (r->n_findings > 0)
		review_remove_finding(r, r->n_findings - 1);
	free(r->findings);
	release_lists(r);
	release_base(&r->base);
	release_delta(&r->delta);
	soak_record_release(&r->soak);
	strings_release(&r->missing);
	strings_release(&r->skipped);
	strings_release(&r->said);
	free(r->why);
	free(r->help);
	free(r->subject);
	free(r->message_id);
	free(r->conflict.file);
	free(r->conflict.why);
	free(r->conflict.quote);
	free(r->environment.kernel);
	free(r->environment.arch);
	free(r->environment.compiler);
	free(r->environment.config);
	free(r->environment.guest);
	memset(r, 0, sizeof(*r));
}
