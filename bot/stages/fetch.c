/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Both sides of the box. In it, libgit2 and a server; in front of it, nothing
 * is believed: an epoch has a number in range, once, and a tip that could be
 * one. Whether the tip is in the mirror is for the walk to find out, which is
 * in a box, too.
 */
#include "bot/stages/fetch.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/base/sink.h"
#include "bot/base/span.h"
#include "bot/git/mirror.h"
#include "bot/mail/http.h"
#include "bot/run/boxed.h"
#include "bot/run/privilege.h"
#include "bot/stages/origin.h"

#define MAX_TEXT 200   /* of a progress line */
#define MAX_FRAME 4096 /* an epoch has 250 bytes */

/* ---- in the box ---- */

struct known {
	unsigned n;
	const char *fingerprint, *tip; /* borrowed; "" is none */
	int64_t modified;
};

struct box {
	int out; /* where frames go */
	const char *dir, *url, *agent;
	const char *first; /* "newest" or "all"; NULL: first_n */
	unsigned first_n;
	struct known *known; /* as the request has them */
	size_t n_known;
	struct mirror *mirror;
	struct origin *origin;
};

static void box_release(struct box *b)
{
	free(b->known);
	mirror_free(b->mirror);
	origin_free(b->origin);
}
DEFINE_AUTO_VALUE(struct box, box_release)

static int read_known(struct known *out, const json_t *entry, struct err *err)
{
	int64_t n;

	if (json_get_int(&n, entry, "n", 0, MIRROR_MAX_EPOCH, err) < 0 ||
	    json_get_string(&out->fingerprint, entry, "fingerprint", err) < 0 ||
	    json_get_int(&out->modified, entry, "modified", INT64_MIN,
			 INT64_MAX, err) < 0 ||
	    json_get_string(&out->tip, entry, "tip", err) < 0)
		return -1;
	out->n = (unsigned)n;
	return 0;
}

static int read_first(struct box *b, const json_t *request, struct err *err)
{
	int64_t n;

	if (json_is_string(json_object_get(request, "first")))
		return json_get_string(&b->first, request, "first", err);
	if (json_get_int(&n, request, "first", 0, MIRROR_MAX_EPOCH, err) < 0)
		return -1;
	b->first_n = (unsigned)n;
	return 0;
}

static int read_request(struct box *b, const json_t *request, struct err *err)
{
	json_t *known;

	if (json_get_string(&b->dir, request, "mirror", err) < 0 ||
	    json_get_string(&b->url, request, "url", err) < 0 ||
	    json_get_string(&b->agent, request, "agent", err) < 0 ||
	    read_first(b, request, err) < 0 ||
	    json_get_array(&known, request, "known", FETCH_MAX_EPOCHS, err) < 0)
		return -1;
	b->known = xcalloc(json_array_size(known) + 1, sizeof(*b->known));
	for (; b->n_known < json_array_size(known); b->n_known++)
		if (read_known(&b->known[b->n_known],
			       json_array_get(known, b->n_known), err) < 0)
			return -1;
	return 0;
}

static int tell(void *arg, const char *text, struct err *err)
{
	AUTO(json_free) json_t *frame = json_object();
	const struct box *b = arg;

	json_set_str(frame, "progress", text);
	return boxed_send(b->out, frame, err);
}

static int tell_of(const struct box *b, unsigned n, const char *what,
		   struct err *err)
{
	AUTO(mem_free) char *text = xasprintf("epoch %u: %s", n, what);

	return tell((void *)(uintptr_t)b, text, err);
}

static int send_leave(const struct box *b, unsigned leave_s, struct err *err)
{
	AUTO(json_free) json_t *frame = json_object();

	json_set_int(frame, "leave_s", leave_s);
	return boxed_send(b->out, frame, err);
}

static int send_epoch(const struct box *b, const struct origin_epoch *e,
		      const char *tip, struct err *err)
{
	AUTO(json_free) json_t *frame = json_object();

	json_set_int(frame, "epoch", e->n);
	json_set_str(frame, "fingerprint", e->fingerprint);
	json_set_int(frame, "modified", e->modified);
	json_set_str(frame, "tip", tip);
	return boxed_send(b->out, frame, err);
}

static const struct known *find_known(const struct box *b, unsigned n)
{
	for (size_t i = 0; i < b->n_known; i++)
		if (b->known[i].n == n)
			return &b->known[i];
	return NULL;
}

/*
 * Which epochs are followed: those that are, and all from this one on. Once
 * there is one, "newest" is what comes after it; else the last there is.
 */
static unsigned start_of(const struct box *b)
{
	unsigned start = 0;

	if (!b->first)
		return b->first_n;
	if (strcmp(b->first, "all") == 0)
		return 0;
	for (size_t i = 0; i < b->n_known; i++)
		if (b->known[i].n >= start)
			start = b->known[i].n + 1;
	if (!b->n_known && b->origin && b->origin->n)
		start = b->origin->v[b->origin->n - 1].n;
	return start;
}

/* Nothing was pushed since: the server's refs are those of last time. */
static bool is_same(const struct known *k, const struct origin_epoch *e,
		    const char *ours)
{
	return k && e->fingerprint[0] && ours[0] &&
	       strcmp(k->fingerprint, e->fingerprint) == 0 &&
	       strcmp(k->tip, ours) == 0;
}

/* There is something to remember, if only what the manifest says by now. */
static bool is_news(const struct known *k, const struct origin_epoch *e,
		    const char *tip)
{
	return !k || strcmp(k->tip, tip) != 0 ||
	       strcmp(k->fingerprint, e->fingerprint) != 0 ||
	       k->modified != e->modified;
}

/* The error of a refusal is to be tried again; this says when. */
static void pass_refusal_on(const struct box *b, const struct mirror_fetched *f)
{
	struct err ignored = ERR_INIT;

	if (f->is_refused)
		(void)!send_leave(b, HTTP_MIN_LEAVE_S, &ignored);
}

static int fetch_epoch(const struct box *b, const struct origin_epoch *e,
		       struct err *err)
{
	AUTO(mem_free) char *url = origin_epoch_url(b->origin, e->n);
	const struct known *k = find_known(b, e->n);
	struct mirror_fetched f;
	char ours[MIRROR_HEX_LEN + 1];

	mirror_find_tip(ours, b->mirror, e->n);
	if (is_same(k, e, ours))
		return 0;
	if (mirror_fetch(&f, b->mirror, e->n, url, err) < 0) {
		pass_refusal_on(b, &f);
		return -1;
	}
	switch (f.outcome) {
	case MIRROR_NOWHERE:
		return tell_of(b, e->n, "the server has none", err);
	case MIRROR_EMPTY:
		return tell_of(b, e->n, "is without a mail", err);
	case MIRROR_SAME:
	case MIRROR_NEWER:
		break;
	}
	return is_news(k, e, f.tip) ? send_epoch(b, e, f.tip, err) : 0;
}

/* What was there once and is not any more is kept, and told. */
static int tell_of_gone(const struct box *b, struct err *err)
{
	for (size_t i = 0; i < b->n_known; i++) {
		unsigned n = b->known[i].n;
		bool is_there = false;

		for (size_t j = 0; j < b->origin->n; j++)
			is_there |= b->origin->v[j].n == n;
		if (!is_there &&
		    tell_of(b, n, "is gone there, and kept here", err) < 0)
			return -1;
	}
	return 0;
}

static int find_origin(struct box *b, struct err *err)
{
	AUTO(mem_free)
	unsigned *known = xcalloc(b->n_known + 1, sizeof(*known));
	struct err ignored = ERR_INIT;
	unsigned leave_s = 0;

	for (size_t i = 0; i < b->n_known; i++)
		known[i] = b->known[i].n;
	if (origin_find(&b->origin, &leave_s,
			&(struct origin_wish){ .url = b->url,
					       .agent = b->agent,
					       .known = known,
					       .n_known = b->n_known,
					       .first = start_of(b) },
			err) == 0)
		return 0;
	if (leave_s)
		(void)!send_leave(b, leave_s, &ignored);
	return -1;
}

int fetch_box(const json_t *request, int out, struct err *err)
{
	AUTO(box_release) struct box b = { .out = out };
	unsigned start;

	if (read_request(&b, request, err) < 0 ||
	    mirror_open(&b.mirror, b.dir, b.agent, tell, &b, err) < 0 ||
	    find_origin(&b, err) < 0 || tell_of_gone(&b, err) < 0)
		return -1;
	start = start_of(&b);
	for (size_t i = 0; i < b.origin->n; i++) {
		const struct origin_epoch *e = &b.origin->v[i];

		if (e->n < start && !find_known(&b, e->n))
			continue;
		if (fetch_epoch(&b, e, err) < 0)
			return err_wrap(err, "epoch %u", e->n);
	}
	return 0;
}

/* ---- in front of it ---- */

struct parent {
	const struct fetch_spec *spec;
	struct fetch_result *out;
};

void fetch_result_release(struct fetch_result *r)
{
	lists_epochs_release(&r->epochs);
}

static bool is_hex(const char *text)
{
	return strlen(text) == MIRROR_HEX_LEN &&
	       strspn(text, "0123456789abcdef") == MIRROR_HEX_LEN;
}

static int take_epoch(struct parent *p, const json_t *frame, struct err *err)
{
	struct lists_epochs *all = &p->out->epochs;
	const char *fingerprint, *tip;
	int64_t n, modified;

	if (json_get_int(&n, frame, "epoch", 0, MIRROR_MAX_EPOCH, err) < 0 ||
	    json_get_string(&fingerprint, frame, "fingerprint", err) < 0 ||
	    json_get_int(&modified, frame, "modified", INT64_MIN, INT64_MAX,
			 err) < 0 ||
	    json_get_string(&tip, frame, "tip", err) < 0)
		return -1;
	if (!is_hex(tip) || (fingerprint[0] && !is_hex(fingerprint)))
		return err_set(err, ERR_INPUT,
			       "epoch %d has no name of a commit", (int)n);
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].n == (unsigned)n)
			return err_set(err, ERR_INPUT, "epoch %d comes twice",
				       (int)n);
	all->v = xreallocarray(all->v, all->n + 1, sizeof(*all->v));
	all->v[all->n++] = (struct lists_epoch){
		.n = (unsigned)n,
		.fingerprint = fingerprint[0] ? xstrdup(fingerprint) : NULL,
		.modified = modified,
		.tip = xstrdup(tip),
	};
	return 0;
}

static int take_progress(const struct parent *p, const json_t *frame,
			 struct err *err)
{
	AUTO(buf_release) struct buf clean = { 0 };
	const char *text;

	if (json_get_string(&text, frame, "progress", err) < 0)
		return -1;
	if (!p->spec->on_progress)
		return 0;
	buf_init(&clean, MAX_TEXT);
	sink_line(&clean, text, strlen(text));
	p->spec->on_progress(p->spec->arg, buf_text(&clean));
	return 0;
}

static int take_frame(void *arg, const char *bytes, size_t len, struct err *err)
{
	AUTO(json_free) json_t *frame = NULL;
	struct parent *p = arg;
	int64_t leave_s;

	if (boxed_read(&frame, bytes, len, err) < 0)
		return -1;
	if (json_object_get(frame, "progress"))
		return take_progress(p, frame, err);
	if (json_object_get(frame, "epoch"))
		return take_epoch(p, frame, err);
	if (json_get_int(&leave_s, frame, "leave_s", 0, HTTP_MAX_LEAVE_S, err) <
	    0)
		return -1;
	p->out->leave_s = (unsigned)leave_s;
	return 0;
}

static json_t *epoch_to_json(const struct lists_epoch *e)
{
	json_t *o = json_object();

	json_set_int(o, "n", e->n);
	json_set_str(o, "fingerprint", e->fingerprint ? e->fingerprint : "");
	json_set_int(o, "modified", e->modified);
	json_set_str(o, "tip", e->tip ? e->tip : "");
	return o;
}

static json_t *make_request(const struct fetch_spec *spec)
{
	json_t *request = json_object();
	json_t *known = json_array();
	struct span digits = span_cstr(spec->first);
	uint64_t n;

	json_set_str(request, "mirror", spec->dir);
	json_set_str(request, "url", spec->url);
	json_set_str(request, "agent", spec->agent);
	if (span_uint(&digits, MIRROR_MAX_EPOCH, &n))
		json_set_int(request, "first", (int64_t)n);
	else
		json_set_str(request, "first", spec->first);
	for (size_t i = 0; i < spec->known->n; i++)
		json_array_append_new(known, epoch_to_json(&spec->known->v[i]));
	json_object_set_new(request, "known", known);
	return request;
}

/* The folder, which is to be the box's to write. */
static int make_folder(const struct fetch_spec *spec, struct err *err)
{
	uid_t uid;
	gid_t gid;

	if (fs_mkdirs(spec->dir, 0755, err) < 0)
		return -1;
	if (geteuid() != 0)
		return 0;
	if (privilege_find(&uid, &gid, spec->user, err) < 0)
		return -1;
	if (chown(spec->dir, uid, gid) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot give away '%s'",
			       spec->dir);
	return 0;
}

int fetch_run(struct fetch_result *out, const struct fetch_spec *spec,
	      struct err *err)
{
	AUTO(json_free) json_t *request = make_request(spec);
	const char *path = origin_path(spec->url);
	struct parent parent = { .spec = spec, .out = out };
	struct sandbox_bind binds[] = {
		{ .from = path, .to = path },
		{ .from = spec->dir, .to = spec->dir, .writable = true },
	};
	size_t skip = path ? 0 : 1;

	*out = (struct fetch_result){ 0 };
	if (make_folder(spec, err) < 0)
		return -1;
	return boxed_run(&(struct boxed_spec){ .name = "fetch",
					       .profile = "net",
					       .binds = binds + skip,
					       .n_binds = 2 - skip,
					       .request = request,
					       .user = spec->user,
					       .silence_s = FETCH_SILENCE_S,
					       .max_frame = MAX_FRAME,
					       .on_frame = take_frame,
					       .arg = &parent },
			 err);
}
