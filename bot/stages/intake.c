/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/intake.h"

#include <string.h>

#include "bot/base/span.h"
#include "bot/git/ahead.h"
#include "bot/run/boxed.h"
#include "parsers/mail.h"
#include "parsers/touch.h"

#if INTAKE_MAX_MAIL != MAIL_MAX_SIZE || INTAKE_MAX_SUBJECT != SUBJECT_MAX_LEN
#error "what is read is parsed, and what is parsed is told"
#endif

#define INSIDE "/mirror" /* where the box sees it */
#define LAST_REFERENCES (INTAKE_MAX_REFERENCES - 1)
#define UNREAD "a box that read it crashed"
#define TOMORROW 86400 /* seconds that a sender's clock may be ahead */

static const char *const what_names[] = {
	[INTAKE_MAIL] = "mail",		  [INTAKE_DELETED] = "deleted",
	[INTAKE_PURGED] = "purged",	  [INTAKE_UNREADABLE] = "unreadable",
	[INTAKE_REWRITTEN] = "rewritten", [INTAKE_GONE] = "gone",
};

/* ---- in the box ---- */

struct box {
	struct walk *walk;
	struct strings watch;
	bool heads_only;
	int64_t unread;
	int out;
};

static void box_release(struct box *b)
{
	walk_free(b->walk);
	strings_release(&b->watch);
}
DEFINE_AUTO_VALUE(struct box, box_release)

/* At most @max bytes of @text, and no half of a character. */
static size_t cut(const char *text, size_t max)
{
	size_t len = strlen(text);

	if (len <= max)
		return len;
	for (len = max; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80;)
		len--;
	return len;
}

/*
 * Where a line was folded within an id some program left a blank, and a bracket
 * that never closed is no part of it. All ids get the same, so that they meet.
 */
static char *clean_id(const char *id)
{
	char *out = xmalloc(strlen(id) + 1);
	size_t n = 0;

	for (; *id; id++) {
		if ((unsigned char)*id > ' ' && *id != '<' && *id != '>')
			out[n++] = *id;
	}
	out[n] = '\0';
	out[cut(out, INTAKE_MAX_ID)] = '\0';
	return out;
}

static void set_id(json_t *frame, const char *key, const char *id)
{
	AUTO(mem_free) char *clean = clean_id(id);

	json_set_str(frame, key, clean);
}

static void set_message_id(json_t *frame, const struct mail *m,
			   const struct walk_mail *w)
{
	AUTO(mem_free) char *id = clean_id(m->message_id);
	AUTO(mem_free) char *made_up = xasprintf("%s@no-message-id", w->blob);

	json_set_str(frame, "message_id", *id ? id : made_up);
}

/* The first and the last ones: between them nobody looks. */
static void set_references(json_t *frame, const struct mail *m)
{
	const struct strings *all = &m->references;
	AUTO(strings_release) struct strings some = { 0 };

	for (size_t i = 0; i < all->n; i++) {
		if (i == 0 || i + LAST_REFERENCES >= all->n)
			strings_push_take(&some, clean_id(all->v[i]));
	}
	json_object_set_new(frame, "references", json_from_strings(&some));
}

/* "Your message of Monday" is no id. */
static void set_parent(json_t *frame, const struct mail *m)
{
	set_id(frame, "in_reply_to",
	       strchr(m->in_reply_to, '@') ? m->in_reply_to : "");
}

static void set_sender(json_t *frame, const struct mail *m)
{
	AUTO(mem_free)
	char *addr =
		xstrndup(m->from.addr, cut(m->from.addr, INTAKE_MAX_SENDER));

	for (char *p = addr; *p; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	}
	json_set_str(frame, "sender", addr);
}

static int64_t clamp(int64_t time)
{
	return time < 0 || time > INTAKE_MAX_DATE ? 0 : time;
}

static int64_t choose_date(int64_t sent, int64_t received)
{
	sent = clamp(sent);
	received = clamp(received);
	if (received == 0)
		return sent;
	return sent == 0 || sent > received + TOMORROW ? received : sent;
}

static void set_subject(json_t *frame, const struct mail *m)
{
	const struct subject *s = m->subject;

	json_set_str(frame, "subject", m->subject_raw);
	json_set_bool(frame, "is_patch", s->is_patch);
	json_set_bool(frame, "is_reply", s->is_reply);
	json_set_bool(frame, "is_cover", s->index == 0);
	json_set_bool(frame, "has_version", s->has_version);
	json_set_bool(frame, "has_position", s->has_position);
	json_set_int(frame, "version", s->version);
	json_set_int(frame, "index", s->index);
	json_set_int(frame, "total", s->total);
}

static void describe(json_t *frame, const struct mail *m,
		     const struct walk_mail *w, const struct strings *watch)
{
	bool is_cover = m->subject->index == 0;
	AUTO(mem_free)
	char *list_id = xstrndup(m->list_id, cut(m->list_id, INTAKE_MAX_ID));

	set_message_id(frame, m, w);
	set_parent(frame, m);
	set_references(frame, m);
	json_set_str(frame, "list_id", list_id);
	set_sender(frame, m);
	json_set_int(frame, "date", choose_date(m->date, w->time));
	set_subject(frame, m);
	json_set_bool(frame, "has_diff", m->diff != NULL);
	json_set_bool(frame, "touches",
		      !is_cover && m->diff &&
			      touch_find(m->diff, m->diff_len, watch));
}

static int send_record(const struct box *b, const json_t *frame,
		       const char *bytes, size_t len, struct err *err)
{
	if (boxed_send(b->out, frame, err) < 0)
		return -1;
	return boxed_send_bytes(b->out, bytes, b->heads_only ? 0 : len, err);
}

static void set_what(json_t *frame, enum intake_what what, const char *commit,
		     const char *blob)
{
	json_set_str(frame, "what", what_names[what]);
	json_set_str(frame, "commit", commit);
	json_set_str(frame, "blob", blob);
}

static int send_unreadable(const struct box *b, const struct walk_mail *w,
			   const char *why, struct err *err)
{
	AUTO(json_free) json_t *frame = json_object();

	set_what(frame, INTAKE_UNREADABLE, w->commit, w->blob);
	json_set_str(frame, "error", why);
	return send_record(b, frame, "", 0, err);
}

static int send_mail(const struct box *b, const struct walk_mail *w,
		     struct err *err)
{
	AUTO(json_free) json_t *frame = json_object();
	AUTO(mail_free) struct mail *m = NULL;
	struct err why = ERR_INIT;

	if (mail_parse_head(&m, w->bytes, w->len, &why) < 0)
		return send_unreadable(b, w, why.msg, err);
	set_what(frame, INTAKE_MAIL, w->commit, w->blob);
	describe(frame, m, w, &b->watch);
	return send_record(b, frame, w->bytes, w->len, err);
}

static int send_deleted(const struct box *b, const struct walk_mail *w,
			struct err *err)
{
	AUTO(json_free) json_t *frame = json_object();
	AUTO(mail_free) struct mail *m = NULL;
	struct err why = ERR_INIT;

	set_what(frame, INTAKE_DELETED, w->commit, w->blob);
	if (mail_parse_head(&m, w->bytes, w->len, &why) == 0)
		set_message_id(frame, m, w);
	else
		json_set_str(frame, "message_id", "");
	return send_record(b, frame, "", 0, err);
}

static int send_walked(const struct box *b, const struct walk_mail *w,
		       struct err *err)
{
	AUTO(json_free) json_t *frame = NULL;

	switch (w->what) {
	case WALK_MAIL:
		return send_mail(b, w, err);
	case WALK_DELETED:
		return send_deleted(b, w, err);
	case WALK_UNREADABLE:
		return send_unreadable(b, w, w->why.msg, err);
	case WALK_PURGED:
		break;
	}
	frame = json_object();
	set_what(frame, INTAKE_PURGED, w->commit, w->blob);
	return send_record(b, frame, "", 0, err);
}

static int send_rewritten(const struct box *b, struct err *err)
{
	AUTO(json_free) json_t *frame = NULL;
	char base[WALK_HEX_LEN + 1];

	if (!walk_is_rewritten(b->walk, base))
		return 0;
	frame = json_object();
	set_what(frame, INTAKE_REWRITTEN, base, "");
	return send_record(b, frame, "", 0, err);
}

static int send_gone(const struct box *b, struct err *err)
{
	AUTO(strings_release) struct strings gone = { 0 };

	walk_gone(&gone, b->walk);
	for (size_t i = 0; i < gone.n; i++) {
		AUTO(json_free) json_t *frame = json_object();

		set_what(frame, INTAKE_GONE, "", gone.v[i]);
		if (send_record(b, frame, "", 0, err) < 0)
			return -1;
	}
	return 0;
}

static int send_new(const struct box *b, struct err *err)
{
	AUTO(ahead_free) struct ahead *a = NULL;
	struct walk_mail w;

	if (ahead_start(&a, b->walk, err) < 0)
		return -1;
	for (int64_t n = 1; ahead_next(a, &w); n++)
		if ((n == b->unread ? send_unreadable(b, &w, UNREAD, err)
				    : send_walked(b, &w, err)) < 0)
			return -1;
	return 0;
}

static int send_range(const struct box *b, const json_t *request,
		      struct err *err)
{
	const char *seen;
	const char *tip;

	if (json_get_string(&seen, request, "seen", err) < 0 ||
	    json_get_string(&tip, request, "tip", err) < 0 ||
	    walk_start(b->walk, seen, tip, err) < 0 ||
	    send_rewritten(b, err) < 0 || send_new(b, err) < 0)
		return -1;
	return send_gone(b, err);
}

static int send_blobs(const struct box *b, const json_t *request,
		      struct err *err)
{
	AUTO(strings_release) struct strings blobs = { 0 };
	struct walk_mail w;

	if (json_get_strings(&blobs, request, "blobs", INTAKE_MAX_BLOBS, err) <
	    0)
		return -1;
	for (size_t i = 0; i < blobs.n; i++) {
		walk_read(b->walk, blobs.v[i], &w);
		if (send_walked(b, &w, err) < 0)
			return -1;
	}
	return 0;
}

int intake_box(const json_t *request, int out, struct err *err)
{
	AUTO(box_release) struct box b = { .out = out };
	const char *mirror;

	if (json_get_string(&mirror, request, "mirror", err) < 0 ||
	    json_get_strings(&b.watch, request, "watch", INTAKE_MAX_WATCH,
			     err) < 0 ||
	    json_get_bool(&b.heads_only, request, "heads_only", err) < 0 ||
	    json_get_int(&b.unread, request, "unread", 0, INT64_MAX, err) < 0 ||
	    walk_open(&b.walk, mirror, err) < 0)
		return -1;
	return json_object_get(request, "blobs") ? send_blobs(&b, request, err)
						 : send_range(&b, request, err);
}

/* ---- a record, decoded ---- */

void intake_head_release(struct intake_head *h)
{
	json_decref(h->frame);
	strings_release(&h->ancestors);
	*h = (struct intake_head){ 0 };
}

static int check_text(const char *text, const char *key, size_t max,
		      struct err *err)
{
	size_t len = strlen(text);

	if (len > max)
		return err_set(err, ERR_LIMIT, "'%s' is larger than %zu bytes",
			       key, max);
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return err_set(err, ERR_INPUT,
				       "'%s' has a control character", key);
	}
	return 0;
}

static int get_text(const char **out, const json_t *frame, const char *key,
		    size_t max, struct err *err)
{
	if (json_get_string(out, frame, key, err) < 0)
		return -1;
	return check_text(*out, key, max, err);
}

static int get_hex(const char **out, const json_t *frame, const char *key,
		   bool may_be_empty, struct err *err)
{
	size_t n;

	if (json_get_string(out, frame, key, err) < 0)
		return -1;
	n = strspn(*out, "0123456789abcdef");
	if ((*out)[n] != '\0' ||
	    (n != WALK_HEX_LEN && !(n == 0 && may_be_empty)))
		return err_set(err, ERR_INPUT, "'%s' is no object id", key);
	return 0;
}

static int get_what(enum intake_what *out, const json_t *frame, struct err *err)
{
	const char *name;

	if (json_get_string(&name, frame, "what", err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(what_names); i++) {
		if (strcmp(name, what_names[i]) == 0) {
			*out = (enum intake_what)i;
			return 0;
		}
	}
	return err_set(err, ERR_INPUT, "'what' is '%.20s'", name);
}

/* Not itself, and each once: the nearest the last. */
static void add_ancestor(struct intake_head *h, const char *id)
{
	if (*id && strcmp(id, h->message_id) != 0 &&
	    !strings_has(&h->ancestors, id))
		strings_push(&h->ancestors, id);
}

static int get_ancestors(struct intake_head *h, struct err *err)
{
	const char *parent;
	json_t *list;
	json_t *id;
	size_t i;

	if (json_get_array(&list, h->frame, "references", INTAKE_MAX_REFERENCES,
			   err) < 0 ||
	    get_text(&parent, h->frame, "in_reply_to", INTAKE_MAX_ID, err) < 0)
		return -1;
	json_array_foreach(list, i, id)
	{
		if (!json_is_string(id))
			return err_set(err, ERR_INPUT,
				       "'references' has what is not a string");
		if (check_text(json_string_value(id), "references",
			       INTAKE_MAX_ID, err) < 0)
			return -1;
		add_ancestor(h, json_string_value(id));
	}
	add_ancestor(h, parent);
	return 0;
}

static int get_id(struct intake_head *h, struct err *err)
{
	if (get_text(&h->message_id, h->frame, "message_id", INTAKE_MAX_ID,
		     err) < 0)
		return -1;
	if (h->what == INTAKE_MAIL && *h->message_id == '\0')
		return err_set(err, ERR_INPUT, "'message_id' is empty");
	return 0;
}

static int get_number(unsigned *out, const json_t *frame, const char *key,
		      unsigned min, unsigned max, struct err *err)
{
	int64_t value;

	if (json_get_int(&value, frame, key, min, max, err) < 0)
		return -1;
	*out = (unsigned)value;
	return 0;
}

static int get_flags(struct intake_head *h, struct err *err)
{
	const struct {
		const char *key;
		bool *out;
	} flags[] = {
		{ "is_patch", &h->is_patch },
		{ "is_reply", &h->is_reply },
		{ "is_cover", &h->is_cover },
		{ "has_version", &h->has_version },
		{ "has_position", &h->has_position },
		{ "has_diff", &h->has_diff },
		{ "touches", &h->touches },
	};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		if (json_get_bool(flags[i].out, h->frame, flags[i].key, err) <
		    0)
			return -1;
	}
	return 0;
}

static int get_mail(struct intake_head *h, struct err *err)
{
	const json_t *f = h->frame;

	if (get_id(h, err) < 0 || get_ancestors(h, err) < 0 ||
	    get_text(&h->list_id, f, "list_id", INTAKE_MAX_ID, err) < 0 ||
	    get_text(&h->sender, f, "sender", INTAKE_MAX_SENDER, err) < 0 ||
	    get_text(&h->subject, f, "subject", INTAKE_MAX_SUBJECT, err) < 0 ||
	    json_get_int(&h->date, f, "date", 0, INTAKE_MAX_DATE, err) < 0 ||
	    get_flags(h, err) < 0)
		return -1;
	if (get_number(&h->version, f, "version", 1, SUBJECT_MAX_VERSION, err) <
		    0 ||
	    get_number(&h->index, f, "index", 0, SUBJECT_MAX_TOTAL, err) < 0 ||
	    get_number(&h->total, f, "total", 1, SUBJECT_MAX_TOTAL, err) < 0)
		return -1;
	return 0;
}

static int get_head(struct intake_head *h, struct err *err)
{
	const json_t *f = h->frame;
	bool may_lack;

	if (get_what(&h->what, f, err) < 0)
		return -1;
	may_lack = h->what == INTAKE_UNREADABLE || h->what == INTAKE_REWRITTEN;
	if (get_hex(&h->commit, f, "commit", true, err) < 0 ||
	    get_hex(&h->blob, f, "blob", may_lack, err) < 0)
		return -1;
	switch (h->what) {
	case INTAKE_MAIL:
		return get_mail(h, err);
	case INTAKE_DELETED:
		return get_id(h, err);
	case INTAKE_UNREADABLE:
		return get_text(&h->error, f, "error", ERR_MAX_MSG, err);
	case INTAKE_PURGED:
	case INTAKE_REWRITTEN:
	case INTAKE_GONE:
		break;
	}
	return 0;
}

int intake_decode(struct intake_head *out, const char *bytes, size_t len,
		  struct err *err)
{
	struct intake_head h = { .error = "",
				 .message_id = "",
				 .list_id = "",
				 .sender = "",
				 .subject = "" };

	*out = (struct intake_head){ 0 };
	if (len > INTAKE_MAX_HEAD)
		return err_set(err, ERR_LIMIT,
			       "a record is larger than %u bytes",
			       INTAKE_MAX_HEAD);
	if (boxed_read(&h.frame, bytes, len, err) < 0)
		return -1;
	if (get_head(&h, err) < 0) {
		intake_head_release(&h);
		return -1;
	}
	*out = h;
	return 0;
}

/* ---- frames become records ---- */

void intake_reader_release(struct intake_reader *r)
{
	intake_head_release(&r->head);
	r->has_head = false;
}

int intake_take(void *reader, const char *bytes, size_t len, struct err *err)
{
	struct intake_reader *r = reader;

	if (!r->has_head) {
		if (intake_decode(&r->head, bytes, len, err) < 0)
			return -1;
		r->has_head = true;
		return 0;
	}
	if (len > 0 && r->head.what != INTAKE_MAIL)
		return err_set(err, ERR_INPUT, "bytes of what is no mail");
	if (len > INTAKE_MAX_MAIL)
		return err_set(err, ERR_LIMIT, "mail is larger than %u bytes",
			       INTAKE_MAX_MAIL);
	if (r->take(r->arg, &r->head, bytes, len, err) < 0)
		return -1;
	intake_reader_release(r);
	return 0;
}

static json_t *make_request(const struct intake_spec *spec)
{
	json_t *request = json_object();

	json_set_str(request, "mirror", INSIDE);
	json_object_set_new(request, "watch", json_from_strings(spec->watch));
	json_set_bool(request, "heads_only", spec->heads_only);
	json_set_int(request, "unread", spec->unread);
	if (spec->tip) {
		json_set_str(request, "seen", spec->seen);
		json_set_str(request, "tip", spec->tip);
	} else {
		json_object_set_new(request, "blobs",
				    json_from_strings(spec->blobs));
	}
	return request;
}

int intake_run(const struct intake_spec *spec, struct err *err)
{
	const struct sandbox_bind bind = { .from = spec->mirror, .to = INSIDE };
	AUTO(json_free) json_t *request = make_request(spec);
	AUTO(intake_reader_release)
	struct intake_reader reader = { .take = spec->take, .arg = spec->arg };

	if (boxed_run(
		    &(struct boxed_spec){
			    .name = "intake",
			    .profile = "pure",
			    .binds = &bind,
			    .n_binds = 1,
			    .request = request,
			    .user = spec->user,
			    .silence_s = INTAKE_SILENCE_S,
			    .max_frame = INTAKE_MAX_MAIL,
			    .on_frame = intake_take,
			    .arg = &reader,
		    },
		    err) < 0)
		return -1;
	if (reader.has_head)
		return err_set(err, ERR_INPUT, "a record without its bytes");
	return 0;
}
