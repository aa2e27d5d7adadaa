/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/place.h"

#include <sys/stat.h>

#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/report/json.h"
#include "bot/report/record.h"
#include "bot/run/boxed.h"
#include "bot/stages/assemble.h"
#include "bot/stages/fit.h"
#include "bot/stages/mailbox.h"
#include "parsers/mbox.h"
#include "rules/quote.h"
#include "rules/tokens.h"

/* ---- in the box ---- */

#define PLACE_MAX_TREES 1000

struct need {
	struct fit_need need;
	struct mail **mails;
};

/* What is to be placed, and what is said of its base. */
struct series {
	struct revision *revision;
	struct need *needs;
	size_t n_needs;
	struct sent *sent; /* NULL: the revision was found in a mailbox */
	const char *base_commit;
};

static void series_release(struct series *s)
{
	for (size_t i = 0; s->needs && i <= s->n_needs; i++) {
		struct need *need = &s->needs[i];

		for (size_t k = 0; k < need->need.n; k++)
			mail_free(need->mails[k]);
		free(need->mails);
	}
	free(s->needs);
	revision_free(s->revision);
	sent_free(s->sent);
}
DEFINE_AUTO_VALUE(struct series, series_release)

static int open_tree(struct tree **out, const json_t *o, struct err *err)
{
	const char *name, *path, *scratch, *branch;

	if (json_get_string(&name, o, "name", err) < 0 ||
	    json_get_string(&path, o, "path", err) < 0 ||
	    json_get_string(&scratch, o, "scratch", err) < 0 ||
	    json_get_string(&branch, o, "branch", err) < 0)
		return -1;
	/* It was opened outside a moment ago. */
	if (tree_open(out, name, path, scratch, err) < 0)
		return err_wrap(err,
				"collider.user has to be able to read this");
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

static int read_own(struct series *s, struct review *r, const json_t *request,
		    const struct letters *letters, struct err *err)
{
	const json_t *sent = json_object_get(request, "sent");
	const char *meant =
		json_string_value(json_object_get(request, "message_id"));

	if (json_is_null(sent)) {
		if (find_newest(&s->revision, r, letters, meant, err) < 0)
			return -1;
		s->base_commit = s->revision->base_commit;
		return 0;
	}
	if (sent_from_json(&s->sent, sent, err) < 0 ||
	    take_sent(&s->revision, s->sent, letters, err) < 0)
		return -1;
	review_begin(r, s->revision);
	tell_left_out(r, &s->sent->notes);
	s->base_commit = s->sent->base_commit;
	return 0;
}

/* ---- what it needs ---- */

static void add_need(struct review *r, const char *kind,
		     const struct strings *values)
{
	for (size_t i = 0; i < values->n; i++) {
		struct review_prerequisite *p = review_add_prerequisite(r);

		p->kind = xstrdup(kind);
		p->value = xstrdup(values->v[i]);
	}
}

static void add_needs_of(struct review *r, const struct mail *mail)
{
	if (!mail || !mail->trailers)
		return;
	add_need(r, "change-id", &mail->trailers->prerequisite_change_ids);
	add_need(r, "message-id", &mail->trailers->prerequisite_message_ids);
	add_need(r, "patch-id", &mail->trailers->prerequisite_patch_ids);
}

/* For who is to find it; with --base all that is said to be there. */
static void name_needs(struct review *r, const struct revision *revision,
		       const char *base)
{
	add_needs_of(r, revision->cover);
	for (unsigned i = 0; i < revision->total; i++)
		add_needs_of(r, revision->patches[i]);
	for (size_t i = 0; base && i < r->base.n_prerequisites; i++)
		r->base.prerequisites[i].why = xstrdup("--base has it");
}

static int read_need(struct need *out, const json_t *o,
		     const struct letters *letters, size_t *at, struct err *err)
{
	int64_t n;

	if (json_get_string(&out->need.kind, o, "kind", err) < 0 ||
	    json_get_string(&out->need.value, o, "value", err) < 0 ||
	    json_get_int(&n, o, "letters", 0, MBOX_MAX_MAILS, err) < 0)
		return -1;
	out->need.subject = json_string_value(json_object_get(o, "subject"));
	out->need.why = json_string_value(json_object_get(o, "why"));
	out->mails = xcalloc((size_t)n, sizeof(struct mail *));
	out->need.mails = out->mails;
	for (; out->need.n < (size_t)n; out->need.n++, (*at)++) {
		const struct letter *l = &letters->v[*at];

		if (*at >= letters->n)
			return err_set(err, ERR_INPUT, "a letter is missing");
		if (mail_parse(&out->mails[out->need.n], l->bytes, l->len,
			       err) < 0)
			return err_wrap(err, "'%s'", l->name);
	}
	return 0;
}

static int read_needs(struct series *s, const json_t *list,
		      const struct letters *letters, size_t at, struct err *err)
{
	size_t n = json_array_size(list);

	s->needs = xcalloc(n + 1, sizeof(*s->needs)); /* and a failed one */
	for (; s->n_needs < n; s->n_needs++)
		if (read_need(&s->needs[s->n_needs],
			      json_array_get(list, s->n_needs), letters, &at,
			      err) < 0)
			return -1;
	return 0;
}

/* How many of the letters are of the series itself. */
static size_t count_own(const json_t *needs, size_t n)
{
	for (size_t i = 0; i < json_array_size(needs); i++) {
		json_int_t of = json_integer_value(
			json_object_get(json_array_get(needs, i), "letters"));

		n = of > 0 && (size_t)of <= n ? n - (size_t)of : n;
	}
	return n;
}

static int read_series(struct series *s, struct review *r,
		       const json_t *request, struct err *err)
{
	AUTO(letters_release) struct letters letters = { 0 };
	const json_t *needs = json_object_get(request, "needs");
	int64_t began = clock_ms();
	struct letters own;
	json_t *names;

	if (json_get_array(&names, request, "letters", MBOX_MAX_MAILS, err) <
		    0 ||
	    letters_unpack(&letters, names, BOXED_INPUT, err) < 0)
		return -1;
	own = letters;
	own.n = count_own(needs, letters.n);
	if (read_own(s, r, request, &own, err) < 0 ||
	    read_needs(s, needs, &letters, own.n, err) < 0)
		return -1;
	review_add_timing(r, "read", clock_ms() - began);
	return 0;
}

static int fit(struct review *r, const struct series *s,
	       const struct trees *trees, const char *base, struct err *err)
{
	AUTO(mem_free) struct fit_need *needs = NULL;

	needs = xcalloc(s->n_needs, sizeof(*needs));
	for (size_t i = 0; i < s->n_needs; i++)
		needs[i] = s->needs[i].need;
	return fit_run(r,
		       &(struct fit_spec){ .revision = s->revision,
					   .base_commit = s->base_commit,
					   .base = base,
					   .trees = trees->v,
					   .n_trees = trees->n,
					   .needs = needs,
					   .n_needs = s->n_needs },
		       err);
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
	if (json_is_null(json_object_get(request, "needs")))
		name_needs(r, series.revision, base);
	if (r->base.n_prerequisites > 0 && !base)
		return 0;
	if (open_trees(&trees, request, err) < 0 ||
	    fit(r, &series, &trees, base, err) < 0)
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

static json_t *needs_to_json(const struct place_spec *spec)
{
	json_t *list = json_array();

	for (size_t i = 0; i < spec->n_needs; i++) {
		const struct place_need *need = &spec->needs[i];
		json_t *o = json_object();

		json_set_str(o, "kind", need->kind);
		json_set_exact(o, "value", need->value);
		json_set_str(o, "subject", need->subject);
		json_set_str(o, "why", need->why);
		json_set_int(o, "letters", (int64_t)need->n);
		json_array_append_new(list, o);
	}
	return list;
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
	json_object_set_new(o, "needs",
			    spec->has_needs ? needs_to_json(spec)
					    : json_null());
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

/* Reading a diff makes one ask, in words of ours; there is no other finding. */
static bool may_ask(const struct review *r)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (!tokens_may_ask(&r->findings[i]))
			return false;
	return true;
}

/*
 * A box that a mail took over can hand out anything. Here it cannot say more
 * than where the series belongs, and a base is a commit of the tree's own.
 */
static int check_record(const struct review *r, const struct place_spec *spec,
			struct err *err)
{
	const struct tree *t;

	if (!may_ask(r) || r->n_pairs || r->n_scenarios ||
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
