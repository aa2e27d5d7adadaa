/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/obey.h"

#include <string.h>

#include "bot/base/fs.h"
#include "bot/base/hash.h"
#include "bot/base/span.h"
#include "bot/bases.h"
#include "bot/posting.h"
#include "bot/report/record.h"
#include "bot/stages/sent.h"
#include "bot/store/answers.h"
#include "bot/store/sendings.h"
#include "bot/wishes.h"

#define LEAST_HEX 8 /* digits of a commit that is named */

void obeyed_release(struct obeyed *o)
{
	free(o->outcome);
	*o = (struct obeyed){ 0 };
}

static int obeyed(struct obeyed *out, char *outcome)
{
	out->is_obeyed = true;
	out->outcome = outcome;
	return 0;
}

/* It cannot be done, and he is told why. */
static int failed(struct obeyed *out, char *outcome)
{
	out->is_told = true;
	out->outcome = outcome;
	return 0;
}

/* He may not, and hears nothing: a stranger makes us write no mails. */
static int refused(struct obeyed *out, const char *outcome)
{
	out->outcome = xstrdup(outcome);
	return 0;
}

/* ---- what is remembered ---- */

static int put_wish(const struct store_txn *txn, const struct obey_case *c,
		    const char *kind, const char *about, const char *words,
		    struct err *err)
{
	const struct answers_wish wish = {
		.series = c->revision->series,
		.kind = (char *)(uintptr_t)kind,
		.about = (char *)(uintptr_t)about,
		.words = (char *)(uintptr_t)words,
		.writer = (char *)(uintptr_t)c->writer,
	};

	return answers_put_wish(txn, &wish, err);
}

static int stop(struct obeyed *out, const struct store_txn *txn,
		const struct obey_case *c, const struct order *order,
		struct err *err)
{
	if (put_wish(txn, c, WISHES_STOP, "", order->words, err) < 0)
		return -1;
	return obeyed(out, xstrdup("no more mails about this series"));
}

/* "unrelated", "known": by the prints of all that the review found. */
static int remember(struct obeyed *out, const struct store_txn *txn,
		    const struct obey_case *c, const struct order *order,
		    struct err *err)
{
	AUTO(strings_release) struct strings prints = { 0 };
	AUTO(review_release) struct review review = { 0 };
	const char *kind = orders_verb_name(order->verb);
	struct err ignored = ERR_INIT; /* then nothing is known of it */

	(void)!posting_review(&review, c->config, c->revision->id, &ignored);
	if (wishes_prints(&prints, c->ours->told, &review, err) < 0)
		return -1;
	if (prints.n == 0)
		return failed(out, xstrdup("nothing was found that could be "
					   "meant"));
	for (size_t i = 0; i < prints.n; i++)
		if (put_wish(txn, c, kind, prints.v[i], order->words, err) < 0)
			return -1;
	return obeyed(out,
		      xasprintf("%zu finding%s left out of what is told "
				"of this series from now on",
				prints.n, prints.n == 1 ? " is" : "s are"));
}

/* ---- once more ---- */

/* Its name is the mail's, so that a second try writes the same file. */
static int keep_results(const struct obey_case *c, struct err *err)
{
	AUTO(mem_free)
	char *path = posting_review_path(c->config, c->revision->id);
	AUTO(hasher_free) struct hasher *h = hasher_new();
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(mem_free) char *aside = NULL;
	struct hash hash;

	if (!fs_exists(path))
		return 0;
	hasher_adds(h, c->message_id);
	hasher_get(&hash, h);
	aside = xasprintf("%s.before-%.10s", path, hash.hex);
	if (fs_exists(aside))
		return 0;
	if (fs_read(&text, path, RECORD_MAX_BYTES, err) < 0)
		return -1;
	return fs_write(aside, buf_text(&text), text.len, err);
}

/* NULL: it can. */
static const char *find_hindrance(const struct revisions_row *row, bool is_old)
{
	if (is_old || row->state == REVISIONS_SUPERSEDED)
		return "a newer version of this series was posted";
	if (row->state == REVISIONS_WAITING ||
	    row->state == REVISIONS_INCOMPLETE)
		return "a part of this series has not come in";
	if (row->state == REVISIONS_ASIDE)
		return "this series was set aside";
	return NULL;
}

/* Its results are written anew; the row goes back to where placing begins. */
static int restart(struct obeyed *out, const struct store_txn *txn,
		   const struct obey_case *c, char *outcome, struct err *err)
{
	AUTO(mem_free) char *says = outcome;
	AUTO(mem_free)
	char *why = xasprintf("%s wants it once more", c->writer);
	const struct revisions_result result = { .reason = why };
	bool moved = true;

	if (keep_results(c, err) < 0)
		return -1;
	if (c->revision->state != REVISIONS_READY &&
	    revisions_move(&moved, txn, c->revision, REVISIONS_READY, &result,
			   err) < 0)
		return -1;
	if (!moved)
		return err_set(err, ERR_RETRY,
			       "revision %lld was written "
			       "meanwhile",
			       (long long)c->revision->id);
	return obeyed(out, TAKE(says));
}

static int may_restart(const char **why, const struct store_txn *txn,
		       const struct obey_case *c, struct err *err)
{
	bool is_old;

	if (revisions_is_old(&is_old, txn->st, c->revision, err) < 0)
		return -1;
	*why = find_hindrance(c->revision, is_old);
	return 0;
}

static int rerun(struct obeyed *out, const struct store_txn *txn,
		 const struct obey_case *c, const struct order *order,
		 struct err *err)
{
	const char *why;

	(void)order;
	if (may_restart(&why, txn, c, err) < 0)
		return -1;
	if (why)
		return failed(out, xstrdup(why));
	if (answers_drop_wish(txn, c->revision->series, WISHES_BASE,
			      c->revision->key, err) < 0)
		return -1;
	return restart(out, txn, c, xstrdup("it is tried once more"), err);
}

/* ---- on another base ---- */

static bool is_hex(const char *word)
{
	size_t n = strspn(word, "0123456789abcdef");

	return word[n] == '\0' && n >= LEAST_HEX && n <= TREE_HEX_LEN;
}

/* Those of the list that are there; none is imported for an order. */
static bool is_offered(const struct obey_case *c,
		       const struct config_tree *tree)
{
	const struct config_list *list =
		config_find_list(c->config, c->revision->list);

	return (!list || config_list_has_tree(list, tree->name)) &&
	       fs_is_dir(tree->path);
}

static bool find_commit(char hex[TREE_HEX_LEN + 1], const struct obey_case *c,
			const struct config_tree *which, const char *word)
{
	AUTO(tree_free) struct tree *tree = NULL;
	struct err ignored = ERR_INIT; /* another tree may have it */

	return bases_open_named(&tree, c->config, which->name, NULL,
				&ignored) == 0 &&
	       tree_resolve(hex, tree, word, &ignored) == 0;
}

/* "TREE", or "TREE COMMIT", as bot/steps.c reads it; NULL: nowhere. */
static char *find_base(const struct obey_case *c, const char *word)
{
	char hex[TREE_HEX_LEN + 1];

	for (size_t i = 0; i < c->config->n_trees; i++) {
		const struct config_tree *t = &c->config->trees[i];

		if (!is_offered(c, t))
			continue;
		if (strcmp(t->name, word) == 0)
			return xstrdup(word);
		if (is_hex(word) && find_commit(hex, c, t, word))
			return xasprintf("%s %s", t->name, hex);
	}
	return NULL;
}

static char *list_trees(const struct obey_case *c)
{
	struct buf out;

	buf_init(&out, CONFIG_MAX_TREES * (CONFIG_MAX_NAME + 2));
	for (size_t i = 0; i < c->config->n_trees; i++)
		if (is_offered(c, &c->config->trees[i]))
			buf_addf(&out, "%s%s", out.len ? ", " : "",
				 c->config->trees[i].name);
	return buf_take(&out);
}

static int rebase(struct obeyed *out, const struct store_txn *txn,
		  const struct obey_case *c, const struct order *order,
		  struct err *err)
{
	AUTO(mem_free) char *base = NULL;
	AUTO(mem_free) char *trees = NULL;
	const char *why;

	if (may_restart(&why, txn, c, err) < 0)
		return -1;
	if (why)
		return failed(out, xstrdup(why));
	base = find_base(c, order->words);
	if (!base) {
		trees = list_trees(c);
		return failed(out,
			      xasprintf("'%.60s' is neither a tree here nor a "
					"commit of one (%d digits at least); "
					"the trees are: %s",
					order->words, LEAST_HEX, trees));
	}
	if (put_wish(txn, c, WISHES_BASE, c->revision->key, base, err) < 0)
		return -1;
	return restart(out, txn, c, xasprintf("it is tried on %s", base), err);
}

/* ---- answers, and probes ---- */

static int help(struct obeyed *out, const struct store_txn *txn,
		const struct obey_case *c, const struct order *order,
		struct err *err)
{
	(void)txn, (void)c, (void)order, (void)err;
	out->is_told = true;
	return obeyed(out, xstrdup("he is told what can be ordered"));
}

/*
 * The series with one patch more, which is in the writer's mail; to be freed.
 */
static int add_patch(char **facts_out, unsigned *total_out,
		     const struct obey_case *c, struct err *err)
{
	AUTO(sent_free) struct sent *sent = NULL;
	AUTO(json_free) json_t *facts = NULL;

	if (sent_parse(&sent, c->revision->facts, err) < 0)
		return -1;
	sent->patches = xreallocarray(sent->patches, sent->n_patches + 1,
				      sizeof(*sent->patches));
	sent->patches[sent->n_patches++] = (struct sent_patch){
		.index = ++sent->total,
		.message_id = xstrdup(c->message_id),
	};
	facts = sent_to_json(sent);
	*total_out = sent->total;
	*facts_out = json_dumps(facts, JSON_COMPACT);
	return *facts_out ? 0 : err_set(err, ERR_SYSTEM, "cannot encode facts");
}

/* A probe of it; *id is 0 when there is one. */
static int put_probe(int64_t *id, const struct store_txn *txn,
		     const struct obey_case *c, struct err *err)
{
	const struct revisions_row *of = c->revision;
	AUTO(mem_free) char *title = NULL;
	AUTO(mem_free) char *facts = NULL;
	struct sending probe = {
		.key = c->message_id,
		.author = c->writer,
		.list = of->list,
		.version = of->version,
		.version_minor = of->version_minor,
		.date = of->date,
		.arrived = of->arrived, /* an embargo is not begun anew */
		.state = REVISIONS_READY,
		.print = c->message_id,
	};

	if (add_patch(&facts, &probe.total, c, err) < 0)
		return -1;
	title = xasprintf("a patch of %s on top of: %s", c->writer, of->title);
	probe.title = title;
	probe.found = probe.total;
	probe.facts = facts;
	return sendings_put_probe(id, txn, of, &probe, err);
}

/* What was said of the base of the series holds for its probe. */
static int copy_base(const struct store_txn *txn, const struct obey_case *c,
		     int64_t id, struct err *err)
{
	AUTO(answers_wishes_release) struct answers_wishes list = { 0 };
	AUTO(revisions_row_release) struct revisions_row probe = { 0 };
	const struct answers_wish *base;
	struct answers_wish copy;
	bool found;

	if (answers_get_wishes(&list, txn->st, c->revision->series, err) < 0 ||
	    revisions_find(&found, &probe, txn->st, id, err) < 0)
		return -1;
	base = answers_find_wish(&list, WISHES_BASE, c->revision->key);
	if (!base)
		return 0;
	copy = *base;
	copy.series = probe.series;
	copy.about = probe.key;
	return answers_put_wish(txn, &copy, err);
}

static int test(struct obeyed *out, const struct store_txn *txn,
		const struct obey_case *c, const struct order *order,
		struct err *err)
{
	const char *why;
	int64_t id;

	(void)order;
	if (may_restart(&why, txn, c, err) < 0)
		return -1;
	if (!why && !c->has_patch)
		why = "there is no patch below it, or it is one that is tried "
		      "as a series";
	if (why)
		return failed(out, xstrdup(why));
	if (put_probe(&id, txn, c, err) < 0)
		return -1;
	if (!id)
		return failed(out, xstrdup("that mail is tried already"));
	if (copy_base(txn, c, id, err) < 0)
		return -1;
	return obeyed(out, xasprintf("its patch is tried on top, as revision "
				     "%lld",
				     (long long)id));
}

/* ---- the moderator ---- */

static int moderate(struct obeyed *out, const struct store_txn *txn,
		    const struct obey_case *c, const struct order *order,
		    struct err *err)
{
	bool agrees = order->verb == ORDER_APPROVE;
	AUTO(outbox_row_release) struct outbox_row held = { 0 };
	const struct outbox_note note = { .who = c->writer,
					  .why = *order->words ? order->words
							       : NULL };
	struct span id = span_cstr(c->ours->message_id);
	AUTO(mem_free) char *message_id = NULL;
	bool found, moved;

	if (!span_eat(&id, "copy."))
		return refused(out, "it answers no copy");
	message_id = span_dup(id);
	if (outbox_find_message(&found, &held, txn->st, message_id, err) < 0)
		return -1;
	if (!found)
		return refused(out, "the mail is gone");
	if (held.state != OUTBOX_HELD) {
		out->outcome = xasprintf("mail %lld is %s", (long long)held.id,
					 outbox_state_name(held.state));
		return 0;
	}
	if (outbox_move(&moved, txn, held.id, OUTBOX_HELD,
			agrees ? OUTBOX_APPROVED : OUTBOX_REJECTED, &note,
			err) < 0)
		return -1;
	return obeyed(out, xasprintf("mail %lld is %s", (long long)held.id,
				     agrees ? "approved" : "rejected"));
}

/* ---- orders ---- */

typedef int obeyer(struct obeyed *out, const struct store_txn *txn,
		   const struct obey_case *c, const struct order *order,
		   struct err *err);

static const struct {
	obeyer *run;
	bool is_moderation;
} verbs[ORDER_VERBS] = {
	[ORDER_RERUN] = { rerun, false },
	[ORDER_BASE] = { rebase, false },
	[ORDER_UNRELATED] = { remember, false },
	[ORDER_KNOWN] = { remember, false },
	[ORDER_STOP] = { stop, false },
	[ORDER_TEST] = { test, false },
	[ORDER_HELP] = { help, false },
	[ORDER_APPROVE] = { moderate, true },
	[ORDER_REJECT] = { moderate, true },
};

int obey_order(struct obeyed *out, const struct store_txn *txn,
	       const struct obey_case *c, const struct order *order,
	       struct err *err)
{
	*out = (struct obeyed){ 0 };
	if (verbs[order->verb].is_moderation && !c->may_moderate)
		return refused(out, "only the moderator may, in answer to his "
				    "copy");
	if (!verbs[order->verb].is_moderation && !c->may_order)
		return refused(out, "only the author of the series may, and "
				    "who maintains what it touches");
	if (!verbs[order->verb].is_moderation && !c->revision)
		return refused(out, "it is about no series");
	return verbs[order->verb].run(out, txn, c, order, err);
}
