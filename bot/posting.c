/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/posting.h"

#include <strings.h>

#include "bot/base/fs.h"
#include "bot/base/span.h"
#include "bot/bases.h"
#include "bot/mail/maildir.h"
#include "bot/mail/smtp.h"
#include "bot/report/record.h"
#include "bot/store/answers.h"
#include "bot/store/mails.h"
#include "bot/wishes.h"
#include "parsers/maintainers.h"
#include "rules/delta.h"
#include "rules/print.h"

#define BREAKER_LEAST 3 /* reports of a day, before a share means anything */

/* ---- whom: the facts ---- */

char *posting_review_path(const struct config *config, int64_t revision)
{
	AUTO(mem_free)
	char *below = xasprintf("results/%lld.json", (long long)revision);

	return config_state_path(config, below);
}

int posting_review(struct review *out, const struct config *config,
		   int64_t revision, struct err *err)
{
	AUTO(mem_free) char *path = posting_review_path(config, revision);
	AUTO(buf_release) struct buf text = { 0 };

	if (fs_read(&text, path, RECORD_MAX_BYTES, err) < 0 ||
	    record_parse(out, buf_text(&text), text.len, err) < 0) {
		if (err->kind == ERR_SYSTEM)
			err->kind = ERR_RETRY; /* the others are fine */
		return err_wrap(err, "the review of revision %lld",
				(long long)revision);
	}
	return 0;
}

/* What is asked of the policy, and what that borrows. */
struct gathered {
	struct strings lists; /* names */
	struct policy_rules *rules;
	uint32_t *agreed;
	uint32_t *today;
	struct strings never;
	struct strings maintainers;
	struct policy_facts facts;
};

static void gathered_release(struct gathered *g)
{
	strings_release(&g->lists);
	free(g->rules);
	free(g->agreed);
	free(g->today);
	strings_release(&g->never);
	strings_release(&g->maintainers);
}
DEFINE_AUTO_VALUE(struct gathered, gathered_release)

char *posting_address(const char *text)
{
	struct span s = span_cstr(text), name;

	if (!span_until(&s, '<', &name))
		return xstrdup(text);
	if (span_len(s) > 0 && s.end[-1] == '>')
		s.end--;
	return span_dup(s);
}

static bool is_to(const struct mail_persons *list, const char *address)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcasecmp(list->v[i].addr, address) == 0)
			return true;
	return false;
}

/* Some mail of the series was sent to that list, wherever we have it from. */
static bool is_sent_to(const struct review *r, const struct config_list *list)
{
	AUTO(mem_free)
	char *address = list->address ? posting_address(list->address) : NULL;

	for (size_t i = 0; address && i < r->n_mails; i++)
		if (is_to(&r->mails[i].to, address) ||
		    is_to(&r->mails[i].cc, address))
			return true;
	return false;
}

static void push_once(struct strings *list, const char *word)
{
	if (!strings_has(list, word))
		strings_push(list, word);
}

/* Of the configuration, those that have it or that it was sent to. */
static int find_lists(struct strings *out, const struct posting *p,
		      struct err *err)
{
	const struct config *c = p->config;
	AUTO(strings_release) struct strings have = { 0 };

	if (mails_lists(&have, p->store, p->revision->key, err) < 0)
		return -1;
	push_once(&have, p->revision->list);
	for (size_t i = 0; i < c->n_lists; i++)
		if (strings_has(&have, c->lists[i].name) ||
		    is_sent_to(p->review, &c->lists[i]))
			push_once(out, c->lists[i].name);
	return 0;
}

static unsigned read_verdicts(const struct strings *words)
{
	unsigned bits = 0;

	for (int v = 0; v <= VERDICT_DOES_NOT_BUILD; v++) {
		AUTO(mem_free)
		char *name = xstrdup(review_verdict_name((enum verdict)v));

		for (char *at = name; (at = strchr(at, ' '));)
			*at = '-';
		if (strings_has(words, name))
			bits |= 1u << v;
	}
	return bits;
}

static uint32_t read_hold(const char *word)
{
	if (strcmp(word, "always") == 0)
		return POLICY_HOLD_ALWAYS;
	return strcmp(word, "never") == 0 ? 0
					  : (uint32_t)strtoul(word, NULL, 10);
}

static struct policy_rules rules_of(const struct config_list *list)
{
	struct policy_rules rules = {
		.list = list->name,
		.address = list->address,
		.verdicts = read_verdicts(&list->tell),
		.hold = read_hold(list->hold),
		.embargo = list->embargo,
		.daily = list->daily_max,
	};

	if (!policy_find_mode(&rules.mode, list->policy))
		rules.mode = POLICY_MUTE;
	return rules;
}

static int gather_lists(struct gathered *g, const struct posting *p,
			struct err *err)
{
	uint64_t n;

	if (find_lists(&g->lists, p, err) < 0)
		return -1;
	g->rules = xcalloc(g->lists.n, sizeof(*g->rules));
	g->agreed = xcalloc(g->lists.n, sizeof(*g->agreed));
	g->today = xcalloc(g->lists.n, sizeof(*g->today));
	for (size_t i = 0; i < g->lists.n; i++) {
		const char *name = g->lists.v[i];

		g->rules[i] = rules_of(config_find_list(p->config, name));
		if (outbox_count_agreed(&n, p->store, name, err) < 0)
			return -1;
		g->agreed[i] = (uint32_t)n;
		if (outbox_count_out(&n, p->store, name, p->now - POSTING_DAY,
				     err) < 0)
			return -1;
		g->today[i] = (uint32_t)n;
	}
	return 0;
}

static void list_files(struct strings *out, const struct review *r)
{
	for (size_t i = 0; i < r->n_patches; i++)
		for (size_t k = 0; k < r->patches[i].n_hunks; k++)
			push_once(out, r->patches[i].hunks[k].file);
}

static bool wants_maintainers(const struct gathered *g)
{
	for (size_t i = 0; i < g->lists.n; i++)
		if (g->rules[i].mode < POLICY_AUTHOR_MAINTAINERS)
			return false;
	return g->lists.n > 0;
}

/* By the base's own MAINTAINERS; a base without one names nobody. */
static int read_maintainers(bool *found, struct strings *out,
			    const struct posting *p, const char *name,
			    const char *commit, struct err *err)
{
	AUTO(strings_release) struct strings files = { 0 };
	AUTO(tree_free) struct tree *tree = NULL;
	AUTO(buf_release) struct buf text = { 0 };

	*found = false;
	if (!commit || !name)
		return 0;
	list_files(&files, p->review);
	if (bases_open_named(&tree, p->config, name, NULL, err) < 0 ||
	    tree_read_file(&text, tree, commit, "MAINTAINERS",
			   MAINTAINERS_MAX_SIZE, found, err) < 0)
		return -1;
	if (!*found)
		return 0;
	if (maintainers_find(out, buf_text(&text), text.len, &files, err) < 0)
		return err_wrap(err, "MAINTAINERS of %s", name);
	return 0;
}

int posting_maintainers(struct strings *out, const struct posting *p,
			struct err *err)
{
	const struct review_base *base = &p->review->base;
	const char *tree = base->tree, *commit = base->commit;
	bool found;

	for (size_t i = 0; !commit && i < base->n_attempts; i++) {
		tree = base->attempts[i].tree;
		commit = tree ? base->attempts[i].commit : NULL;
	}
	return read_maintainers(&found, out, p, tree, commit, err);
}

static int gather_maintainers(struct gathered *g, const struct posting *p,
			      struct err *err)
{
	const struct review_base *base = &p->review->base;
	bool found;

	if (!wants_maintainers(g))
		return 0;
	if (read_maintainers(&found, &g->maintainers, p, base->tree,
			     base->commit, err) < 0)
		return -1;
	if (found)
		g->facts.maintainers = &g->maintainers;
	return 0;
}

/* Any mail of it speaks for the whole series. */
static void gather_wishes(struct policy_facts *facts, const struct review *r)
{
	for (size_t i = 0; i < r->n_mails; i++) {
		facts->opted_out |= r->mails[i].wants_no_answer;
		facts->is_automatic |= r->mails[i].is_automatic;
	}
}

/* Whom a reply is addressed to: who wrote the patch, else who sent it. */
const char *posting_author(const struct review *r)
{
	const struct review_mail *m = r->n_mails ? &r->mails[0] : NULL;

	if (!m)
		return "";
	return *m->author.addr ? m->author.addr : m->from.addr;
}

/* The same findings of the same revision are, or were, in the outbox. */
static int find_like(bool *out, const struct posting *p, struct err *err)
{
	AUTO(outbox_list_release) struct outbox_list all = { 0 };
	AUTO(mem_free) char *print = print_review(p->review);

	*out = false;
	if (outbox_all(&all, p->store, p->revision->id, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++)
		if (all.v[i].id != p->mail && outbox_is_report(&all.v[i]) &&
		    strcmp(all.v[i].print, print) == 0)
			*out = true;
	return 0;
}

enum verdict posting_verdict(const struct review *r)
{
	if (r->verdict == VERDICT_SAME && r->delta.since &&
	    delta_is_all_fixed(&r->delta))
		return VERDICT_FIXED;
	return r->verdict;
}

/* The verdict that @p is about: its own word, when it is one. */
static enum verdict find_verdict(const struct posting *p)
{
	for (int v = 0; p->verdict && v <= VERDICT_DOES_NOT_BUILD; v++)
		if (strcmp(review_verdict_name((enum verdict)v), p->verdict) ==
		    0)
			return (enum verdict)v;
	return posting_verdict(p->review);
}

int posting_decide(struct policy_decision *out, const struct posting *p,
		   struct err *err)
{
	AUTO(answers_wishes_release) struct answers_wishes wishes = { 0 };
	AUTO(gathered_release) struct gathered g = { 0 };
	AUTO(mem_free) char *ours = posting_address(p->config->mail_from);

	if (gather_lists(&g, p, err) < 0 ||
	    gather_maintainers(&g, p, err) < 0 ||
	    answers_get_wishes(&wishes, p->store, p->revision->series, err) < 0)
		return -1;
	if (p->config->mail_never)
		strings_split(&g.never, p->config->mail_never);
	g.facts.verdict = find_verdict(p);
	g.facts.is_correction = p->is_correction;
	g.facts.rules = g.rules;
	g.facts.n_rules = g.lists.n;
	g.facts.author = posting_author(p->review);
	g.facts.never = &g.never;
	g.facts.stopped = wishes_stopper(&wishes);
	g.facts.answers = p->answers;
	gather_wishes(&g.facts, p->review);
	g.facts.is_automatic |= strcasecmp(g.facts.author, ours) == 0;
	g.facts.arrived = p->revision->arrived;
	g.facts.agreed = g.agreed;
	g.facts.today = g.today;
	if (find_like(&g.facts.is_told, p, err) < 0)
		return -1;
	policy_decide(out, &g.facts);
	return 0;
}

int posting_lists(char **out, const struct posting *p, struct err *err)
{
	AUTO(strings_release) struct strings lists = { 0 };
	AUTO(buf_release) struct buf text = { 0 };

	if (find_lists(&lists, p, err) < 0)
		return -1;
	buf_init(&text, CONFIG_MAX_LISTS * (CONFIG_MAX_NAME + 1));
	for (size_t i = 0; i < lists.n; i++)
		buf_addf(&text, "%s%s", i ? "," : "", lists.v[i]);
	*out = buf_take(&text);
	return 0;
}

int posting_add_answer(const struct store_txn *txn, const struct posting *p,
		       const struct policy_decision *d, const char *message_id,
		       struct err *err)
{
	const char *why = d->is_held ? d->reasons.v[d->reasons.n - 1] : NULL;
	AUTO(mem_free) char *lists = NULL;
	struct outbox_row row = {
		.message_id = (char *)(uintptr_t)message_id,
		.revision = p->revision->id,
		.kind = (char[]){ "answer" },
		.verdict = (char[]){ "" },
		.print = (char[]){ "" },
		.state = d->is_held ? OUTBOX_HELD : OUTBOX_APPROVED,
		.not_before = d->not_before,
		.recipients = (char *)(uintptr_t)p->answers,
		.why = (char *)(uintptr_t)why,
	};
	int64_t unused;

	if (posting_lists(&lists, p, err) < 0)
		return -1;
	row.lists = lists;
	return outbox_add(&unused, txn, &row, err);
}

int posting_is_broken(bool *out, char **why_out, const struct config *config,
		      struct store *st, int64_t now, struct err *err)
{
	struct outbox_share share;

	if (outbox_share(&share, st, now - POSTING_DAY, err) < 0)
		return -1;
	*out = share.all >= BREAKER_LEAST &&
	       share.most * 100 > share.all * config->mail_breaker;
	*why_out = *out ? xasprintf("%llu of %llu reports of a day have the "
				    "same findings: the base is broken, or we "
				    "are",
				    (unsigned long long)share.most,
				    (unsigned long long)share.all)
			: NULL;
	free(share.print);
	return 0;
}

/* ---- the Maildir ---- */

char *posting_dir(const struct config *config)
{
	return config_state_path(config, "outbox");
}

int posting_write(const struct config *config, const char *message_id,
		  const struct buf *mail, struct err *err)
{
	AUTO(mem_free) char *dir = posting_dir(config);
	AUTO(mem_free) char *tmp = xasprintf("%s/tmp", dir);
	AUTO(mem_free) char *there = NULL;
	AUTO(maildir_release) struct maildir box = { 0 };
	AUTO(fd_close) int lock = -1;

	if (maildir_make(dir, err) < 0 || fs_lock(&lock, tmp, err) < 0)
		return -1;
	there = maildir_find(dir, message_id);
	if (maildir_begin(&box, dir, err) < 0 ||
	    maildir_write(&box, message_id, there != NULL, buf_text(mail),
			  mail->len, err) < 0)
		return -1;
	return maildir_end(&box, err);
}

int posting_read(struct buf *out, const struct config *config,
		 const struct outbox_row *row, struct err *err)
{
	AUTO(mem_free) char *dir = posting_dir(config);
	AUTO(mem_free) char *name = maildir_find(dir, row->message_id);
	AUTO(mem_free) char *path = NULL;

	if (!name)
		return err_set(err, ERR_INPUT,
			       "the file of mail %lld is gone from the outbox",
			       (long long)row->id);
	path = xasprintf("%s/%s", dir, name);
	return fs_read(out, path, SMTP_MAX_MAIL, err);
}
