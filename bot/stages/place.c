/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/place.h"

#include <sys/stat.h>

#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/git/base.h"
#include "bot/report/json.h"
#include "bot/report/record.h"
#include "bot/run/boxed.h"
#include "bot/stages/assemble.h"
#include "bot/stages/mailbox.h"
#include "parsers/mbox.h"
#include "rules/quote.h"

/* ---- in the box ---- */

#define PLACE_MAX_TREES 1000

struct trees {
	struct tree **v;
	size_t n;
};

static void trees_release(struct trees *t)
{
	for (size_t i = 0; i < t->n; i++)
		tree_free(t->v[i]);
	free(t->v);
}
DEFINE_AUTO_VALUE(struct trees, trees_release)

/* The patches of a revision as apply wants them, and what they borrow from. */
struct ready {
	struct patch **diffs;
	char **messages;
	struct apply_patch *v;
	size_t n;
};

static void ready_release(struct ready *p)
{
	for (size_t i = 0; i < p->n; i++) {
		patch_free(p->diffs[i]);
		free(p->messages[i]);
	}
	free(p->diffs);
	free(p->messages);
	free(p->v);
}
DEFINE_AUTO_VALUE(struct ready, ready_release)

static void name_author(struct apply_patch *to, const struct mail *mail)
{
	to->author_name = mail->author.name;
	to->author_email = mail->author.addr;
	to->author_time = mail->author_time;
	to->author_tz = mail->author_tz_min;
}

static void end_at(struct review *r, unsigned patch, const char *why,
		   const char *help)
{
	r->conflict.patch = patch;
	r->conflict.why = xstrdup(why);
	review_end(r, VERDICT_DOES_NOT_APPLY, why, help);
}

/* False: a diff cannot be read, and the review is ended. */
static bool read_diffs(struct ready *out, struct review *r,
		       const struct revision *revision)
{
	struct err why = ERR_INIT;

	out->n = revision->total;
	out->diffs = xcalloc(out->n, sizeof(struct patch *));
	out->messages = xcalloc(out->n, sizeof(char *));
	out->v = xcalloc(out->n, sizeof(*out->v));
	for (unsigned i = 0; i < revision->total; i++) {
		const struct mail *mail = revision->patches[i];

		if (patch_parse(&out->diffs[i], mail->diff, mail->diff_len,
				&why) < 0) {
			AUTO(mem_free)
			char *text = xasprintf("the diff of patch %u/%u: %s",
					       i + 1, revision->total, why.msg);

			end_at(r, i + 1, text,
			       "a mail whose diff was not wrapped or cut");
			return false;
		}
		quote_add_hunks(r, i + 1, out->diffs[i]);
		out->messages[i] =
			xasprintf("%s\n\n%s", mail->title, mail->log);
		out->v[i].diff = out->diffs[i];
		out->v[i].message = out->messages[i];
		name_author(&out->v[i], mail);
	}
	return true;
}

static char *dup_or_null(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static void tell_attempts(struct review *r, const struct base *base)
{
	for (size_t i = 0; i < base->n; i++) {
		const struct base_attempt *from = &base->attempts[i];
		struct review_attempt *to = review_add_attempt(r);

		to->tree = xstrdup(from->tree);
		to->commit = from->commit[0] ? xstrdup(from->commit) : NULL;
		to->how = xstrdup(from->how);
		to->blobs_matched = from->blobs_matched;
		to->blobs_total = from->blobs_total;
		to->applies = from->applies;
		to->why = dup_or_null(from->why);
	}
}

static void tell_base(struct review *r, const struct base *base)
{
	r->base.tree = xstrdup(base->tree);
	r->base.commit = xstrdup(base->commit);
	r->base.how = xstrdup(base->how);
	r->base.parent = xstrdup(base->commit);
}

/* Nothing fits: what stopped the attempt that comes nearest is quoted. */
static void end_without_base(struct review *r, const struct base *base)
{
	const struct base_attempt *nearest = base_nearest(base);
	AUTO(mem_free) char *help = NULL;

	if (!nearest) {
		review_end(r, VERDICT_DOES_NOT_APPLY,
			   "none of the trees has a commit to try",
			   "--base COMMIT, or a tree that has the base-commit");
		return;
	}
	r->conflict.patch = nearest->patch;
	r->conflict.file = dup_or_null(nearest->file);
	r->conflict.hunk = nearest->hunk;
	r->conflict.why = dup_or_null(nearest->why);
	help = xasprintf(
		"--base COMMIT, or --tree with a tree that has it; the "
		"nearest here is %.12s of %s, where %u of %u files "
		"are as the patches expect them",
		nearest->commit, nearest->tree, nearest->blobs_matched,
		nearest->blobs_total);
	review_end(r, VERDICT_DOES_NOT_APPLY,
		   nearest->why ? nearest->why : "it does not apply", help);
}

static const char *how_name(enum apply_how how)
{
	switch (how) {
	case APPLY_STRICT:
		return "strict";
	case APPLY_OFFSET:
		return "offset";
	case APPLY_THREE_WAY:
		return "three-way";
	}
	return "";
}

static void tell_steps(struct review *r, const struct apply_result *result)
{
	for (size_t i = 0; i < result->n && i < r->n_patches; i++) {
		r->patches[i].commit = xstrdup(result->steps[i].commit);
		r->patches[i].how = xstrdup(how_name(result->steps[i].how));
	}
}

static void end_as_merged(struct review *r, const struct base *base)
{
	AUTO(mem_free)
	char *why = xasprintf("the series is in %s already, at %.12s",
			      base->tree, base->commit);

	review_end(r, VERDICT_COULD_NOT_TELL, why,
		   "--base with a commit from before it");
}

/* What is to be placed, and what is said of its base. */
struct series {
	struct revision *revision;
	struct sent *sent; /* NULL: the revision was found in a mailbox */
	const char *base_commit;
};

static void series_release(struct series *s)
{
	revision_free(s->revision);
	sent_free(s->sent);
}
DEFINE_AUTO_VALUE(struct series, series_release)

static int apply(struct review *r, const struct series *s,
		 const struct trees *trees, const char *base, struct err *err)
{
	AUTO(ready_release) struct ready ready = { 0 };
	AUTO(base_release) struct base found = { 0 };
	AUTO(apply_result_release) struct apply_result result = { 0 };
	struct base_hints hints = { base, s->base_commit };

	if (!read_diffs(&ready, r, s->revision))
		return 0;
	if (base_find(&found, trees->v, trees->n, &hints, ready.v, ready.n,
		      err) < 0)
		return err_wrap(err, "looking for the base");
	tell_attempts(r, &found);
	if (!found.commit[0]) {
		end_without_base(r, &found);
		return 0;
	}
	tell_base(r, &found);
	if (apply_run(&result, trees->v[found.tree_at], found.commit, ready.v,
		      ready.n, err) < 0)
		return err_wrap(err, "applying the series");
	if (result.outcome == APPLY_ALREADY_MERGED) {
		end_as_merged(r, &found);
		return 0;
	}
	if (result.outcome != APPLY_OK)
		return err_set(err, ERR_SYSTEM,
			       "a base that applied does not any more");
	tell_steps(r, &result);
	return 0;
}

static int open_tree(struct tree **out, const json_t *o, struct err *err)
{
	const char *name, *path, *scratch, *branch;

	if (json_get_string(&name, o, "name", err) < 0 ||
	    json_get_string(&path, o, "path", err) < 0 ||
	    json_get_string(&scratch, o, "scratch", err) < 0 ||
	    json_get_string(&branch, o, "branch", err) < 0 ||
	    tree_open(out, name, path, scratch, err) < 0)
		return -1;
	tree_set_branch(*out, branch);
	return 0;
}

static int open_trees(struct trees *out, const json_t *request, struct err *err)
{
	json_t *list;

	if (json_get_array(&list, request, "trees", PLACE_MAX_TREES, err) < 0)
		return -1;
	out->v = xcalloc(json_array_size(list), sizeof(struct tree *));
	for (; out->n < json_array_size(list); out->n++)
		if (open_tree(&out->v[out->n], json_array_get(list, out->n),
			      err) < 0)
			return -1;
	return 0;
}

static void tell_left_out(struct review *r, const struct strings *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		strings_push(&r->skipped, lines->v[i]);
}

/* The newest of what is in the letters, or of the series that is meant. */
static int find_newest(struct revision **out, struct review *r,
		       const struct letters *letters, const char *meant,
		       struct err *err)
{
	AUTO(mailbox_release) struct mailbox box = { 0 };

	if (mailbox_parse(&box, letters, err) < 0 ||
	    assemble_run_of(out, box.v, box.n, meant, err) < 0)
		return -1;
	review_begin(r, *out);
	tell_left_out(r, &box.skipped);
	tell_left_out(r, &(*out)->notes);
	return 0;
}

/* The letter is the mail of that id, or of another since it was assembled. */
static int read_mail(struct mail **out, const struct letters *letters,
		     size_t at, const char *message_id, struct err *err)
{
	AUTO(mail_free) struct mail *mail = NULL;

	if (at >= letters->n)
		return err_set(err, ERR_INPUT, "mail '%s' is missing",
			       message_id);
	if (mail_parse(&mail, letters->v[at].bytes, letters->v[at].len, err) <
	    0)
		return err_wrap(err, "'%s'", message_id);
	if (strcmp(mail->message_id, message_id) != 0)
		return err_set(err, ERR_INPUT, "'%s' is another mail",
			       message_id);
	*out = TAKE(mail);
	return 0;
}

static void list_missing(struct revision *r)
{
	for (unsigned i = 0; i < r->total; i++)
		if (!r->patches[i])
			strings_push_take(&r->missing,
					  xasprintf("%u/%u", i + 1, r->total));
}

static struct revision *new_revision(const struct sent *sent)
{
	struct revision *r = xcalloc(1, sizeof(*r));

	r->title = xstrdup(sent->title);
	r->version = sent->version;
	r->version_minor = sent->version_minor;
	r->total = sent->total;
	r->is_rfc = sent->is_rfc;
	r->is_resend = sent->is_resend;
	r->patches = xcalloc(sent->total, sizeof(struct mail *));
	return r;
}

static int take_patch(struct revision *r, const struct sent_patch *p,
		      const struct letters *letters, size_t at, struct err *err)
{
	AUTO(mail_free) struct mail *mail = NULL;

	if (p->index == 0 || p->index > r->total || r->patches[p->index - 1])
		return err_set(err, ERR_INPUT, "no place for patch %u of %u",
			       p->index, r->total);
	if (read_mail(&mail, letters, at, p->message_id, err) < 0)
		return -1;
	if (!mail->diff)
		return err_set(err, ERR_INPUT, "'%s' has no diff",
			       p->message_id);
	r->patches[p->index - 1] = TAKE(mail);
	return 0;
}

/* What assemble says, out of the mails that it says it is of. */
static int take_sent(struct revision **out, const struct sent *sent,
		     const struct letters *letters, struct err *err)
{
	AUTO(revision_free) struct revision *r = new_revision(sent);
	size_t at = 0;

	if (sent->cover &&
	    read_mail(&r->cover, letters, at++, sent->cover, err) < 0)
		return -1;
	for (size_t i = 0; i < sent->n_patches; i++)
		if (take_patch(r, &sent->patches[i], letters, at++, err) < 0)
			return -1;
	list_missing(r);
	*out = TAKE(r);
	return 0;
}

static int read_series(struct series *s, struct review *r,
		       const json_t *request, struct err *err)
{
	AUTO(letters_release) struct letters letters = { 0 };
	const json_t *sent = json_object_get(request, "sent");
	int64_t began = clock_ms();
	json_t *names;

	if (json_get_array(&names, request, "letters", MBOX_MAX_MAILS, err) <
		    0 ||
	    letters_unpack(&letters, names, BOXED_INPUT, err) < 0)
		return -1;
	if (json_is_null(sent)) {
		const char *meant = json_string_value(
			json_object_get(request, "message_id"));

		if (find_newest(&s->revision, r, &letters, meant, err) < 0)
			return -1;
		s->base_commit = s->revision->base_commit;
	} else {
		if (sent_from_json(&s->sent, sent, err) < 0 ||
		    take_sent(&s->revision, s->sent, &letters, err) < 0)
			return -1;
		review_begin(r, s->revision);
		tell_left_out(r, &s->sent->notes);
		s->base_commit = s->sent->base_commit;
	}
	review_add_timing(r, "read", clock_ms() - began);
	return 0;
}

static int place(struct review *r, const json_t *request, struct err *err)
{
	AUTO(series_release) struct series series = { 0 };
	AUTO(trees_release) struct trees trees = { 0 };
	const char *base = json_string_value(json_object_get(request, "base"));
	int64_t began;

	if (read_series(&series, r, request, err) < 0)
		return -1;
	began = clock_ms();
	if (r->why || json_array_size(json_object_get(request, "trees")) == 0)
		return 0;
	if (open_trees(&trees, request, err) < 0 ||
	    apply(r, &series, &trees, base, err) < 0)
		return -1;
	quote_run(r); /* of what does not apply */
	review_add_timing(r, "apply", clock_ms() - began);
	return 0;
}

int place_box(const json_t *request, int out, struct err *err)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(json_free) json_t *record = NULL;

	if (place(&r, request, err) < 0)
		return -1;
	record = json_from_review(&r);
	return boxed_send(out, record, err);
}

/* ---- outside ---- */

/* What a box for @spec sees; the text is in @paths. */
struct view {
	struct sandbox_bind *v;
	size_t n;
	struct strings paths;
};

static void view_release(struct view *view)
{
	free(view->v);
	strings_release(&view->paths);
}
DEFINE_AUTO_VALUE(struct view, view_release)

/* At the same place: alternates name each other by their paths. */
static void show(struct view *view, bool writable, char *path)
{
	strings_push_take(&view->paths, path);
	view->v = xreallocarray(view->v, view->n + 1, sizeof(*view->v));
	view->v[view->n++] = (struct sandbox_bind){ path, path, writable };
}

/*
 * Of our repository objects alone can be written; what says where the others
 * are cannot, for we read it outside, too.
 */
static int show_tree(struct view *view, const struct tree *t, struct err *err)
{
	AUTO(strings_release) struct strings folders = { 0 };
	const char *scratch = tree_scratch(t);

	if (tree_folders(&folders, t, err) < 0)
		return -1;
	for (size_t i = 0; i < folders.n; i++)
		show(view, false, xstrdup(folders.v[i]));
	show(view, false, xstrdup(scratch));
	show(view, true, xasprintf("%sobjects", scratch));
	show(view, false, xasprintf("%sobjects/info", scratch));
	return 0;
}

static json_t *tree_to_json(const struct tree *t)
{
	json_t *o = json_object();

	json_set_str(o, "name", tree_name(t));
	json_set_exact(o, "path", tree_path(t));
	json_set_exact(o, "scratch", tree_scratch(t));
	json_set_exact(o, "branch", tree_branch(t));
	return o;
}

static json_t *make_request(const struct place_spec *spec)
{
	json_t *o = json_object();
	json_t *trees = json_array();

	for (size_t i = 0; i < spec->n_trees; i++)
		json_array_append_new(trees, tree_to_json(spec->trees[i]));
	json_object_set_new(o, "letters", letters_to_json(spec->letters));
	json_object_set_new(o, "trees", trees);
	json_object_set_new(
		o, "sent", spec->sent ? sent_to_json(spec->sent) : json_null());
	json_set_exact(o, "base", spec->base);
	json_set_exact(o, "message_id", spec->message_id);
	return o;
}

static const struct tree *find_tree(const struct place_spec *spec,
				    const char *name)
{
	for (size_t i = 0; i < spec->n_trees; i++)
		if (strcmp(tree_name(spec->trees[i]), name) == 0)
			return spec->trees[i];
	return NULL;
}

/*
 * A box that a mail took over can hand out anything. Here it cannot say more
 * than where the series belongs, and a base is a commit of the tree's own.
 */
static int check_record(const struct review *r, const struct place_spec *spec,
			struct err *err)
{
	const struct tree *t;

	if (r->n_findings || r->n_pairs || r->n_scenarios ||
	    r->environment.kernel ||
	    (r->verdict != VERDICT_COULD_NOT_TELL &&
	     r->verdict != VERDICT_DOES_NOT_APPLY))
		return err_set(err, ERR_INPUT,
			       "the box 'place' says what it cannot know");
	if (!r->base.commit)
		return 0;
	t = find_tree(spec, r->base.tree);
	if (!t || !tree_has(t, r->base.commit))
		return err_set(err, ERR_INPUT,
			       "the box 'place' names a base that is not in "
			       "the tree");
	return 0;
}

/* What the box hands out. */
struct taking {
	struct review *out;
	bool is_taken;
};

static int take_record(void *arg, const char *bytes, size_t len,
		       struct err *err)
{
	struct taking *t = arg;

	if (t->is_taken)
		return err_set(err, ERR_INPUT, "a second record");
	t->is_taken = true;
	return record_parse(t->out, bytes, len, err);
}

static int run_box(struct review *out, const struct place_spec *spec,
		   const struct view *view, int letters, struct err *err)
{
	AUTO(json_free) json_t *request = make_request(spec);
	struct taking taking = { .out = out };

	if (boxed_run(&(struct boxed_spec){ .name = "place",
					    .profile = PLACE_PROFILE,
					    .binds = view->v,
					    .n_binds = view->n,
					    .request = request,
					    .input_fd = letters,
					    .user = spec->user,
					    .max_frame = RECORD_MAX_BYTES,
					    .on_frame = take_record,
					    .arg = &taking },
		      err) < 0)
		return -1;
	if (!taking.is_taken)
		return err_set(err, ERR_INPUT, "no record");
	return 0;
}

int place_run(struct review *out, const struct place_spec *spec,
	      struct err *err)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(view_release) struct view view = { 0 };
	AUTO(fd_close) int letters = -1;

	for (size_t i = 0; i < spec->n_trees; i++)
		if (show_tree(&view, spec->trees[i], err) < 0)
			return -1;
	if (letters_pack(&letters, spec->letters, err) < 0 ||
	    run_box(&r, spec, &view, letters, err) < 0 ||
	    check_record(&r, spec, err) < 0)
		return -1;
	*out = r;
	memset(&r, 0, sizeof(r));
	return 0;
}
