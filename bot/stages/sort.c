/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/sort.h"

#include "bot/base/buf.h"
#include "bot/base/fs.h"
#include "bot/mail/maildir.h"
#include "bot/run/boxed.h"

#define INSIDE "/archive" /* where the box sees it */

/* ---- in the box ---- */

/* The mails of one thread. */
struct batch {
	const char *archive;
	struct mail **v;
	size_t n;
	size_t bytes;
	size_t n_missing;
};

static void batch_release(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		mail_free(b->v[i]);
	free(b->v);
}
DEFINE_AUTO_VALUE(struct batch, batch_release)

/* What is gone or cannot be read is counted, and the others are not harmed. */
static void add_mail(struct batch *b, const char *message_id)
{
	AUTO(mem_free) char *name = maildir_find(b->archive, message_id);
	AUTO(mem_free) char *path = NULL;
	AUTO(buf_release) struct buf bytes = { 0 };
	struct err why = ERR_INIT;
	struct mail *mail = NULL;

	b->n_missing++;
	if (!name)
		return;
	path = xasprintf("%s/%s", b->archive, name);
	if (fs_read(&bytes, path, MAIL_MAX_SIZE, &why) < 0)
		return;
	b->bytes += bytes.len;
	if (b->bytes > SORT_MAX_BYTES ||
	    mail_parse(&mail, buf_text(&bytes), bytes.len, &why) < 0)
		return;
	b->v[b->n++] = mail;
	b->n_missing--;
}

static int read_mails(struct batch *b, const json_t *thread, struct err *err)
{
	json_t *list;
	json_t *id;
	size_t i;

	if (json_get_array(&list, thread, "mails", SORT_MAX_MAILS, err) < 0)
		return -1;
	b->v = xcalloc(json_array_size(list) + 1, sizeof(*b->v));
	json_array_foreach(list, i, id)
	{
		if (!json_is_string(id))
			return err_set(err, ERR_INPUT, "a mail is no string");
		add_mail(b, json_string_value(id));
		if (b->bytes > SORT_MAX_BYTES)
			return err_set(err, ERR_LIMIT,
				       "a thread of more than %u bytes",
				       SORT_MAX_BYTES);
	}
	return 0;
}

static json_t *write_sorted(const struct batch *b)
{
	AUTO(assembled_release) struct assembled all = { 0 };
	json_t *answer = json_object();
	json_t *list = json_array();

	assemble_all(&all, b->v, b->n);
	for (size_t i = 0; i < all.sent.n; i++)
		json_array_append_new(list, sent_to_json(all.sent.v[i]));
	json_object_set_new(answer, "revisions", list);
	json_set_int(answer, "left", (int64_t)(all.n_left + all.n_unnamed));
	json_set_int(answer, "missing", (int64_t)b->n_missing);
	return answer;
}

static int sort_one(int out, const char *archive, const json_t *thread,
		    struct err *err)
{
	AUTO(batch_release) struct batch b = { .archive = archive };
	AUTO(json_free) json_t *answer = NULL;
	struct err why = ERR_INIT;
	int64_t id;

	if (json_get_int(&id, thread, "thread", 0, INT64_MAX, err) < 0)
		return -1;
	if (read_mails(&b, thread, &why) < 0) {
		answer = json_object();
		json_set_str(answer, "refused", why.msg);
	} else {
		answer = write_sorted(&b);
	}
	json_set_int(answer, "thread", id);
	return boxed_send(out, answer, err);
}

int sort_box(const json_t *request, int out, struct err *err)
{
	const char *archive;
	json_t *threads;
	json_t *thread;
	size_t i;

	if (json_get_string(&archive, request, "archive", err) < 0 ||
	    json_get_array(&threads, request, "threads", SORT_MAX_THREADS,
			   err) < 0)
		return -1;
	json_array_foreach(threads, i, thread)
	{
		if (sort_one(out, archive, thread, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- in the worker ---- */

static void release(struct sorted *s)
{
	free(s->why);
	sent_list_release(&s->sent);
	*s = (struct sorted){ 0 };
}
DEFINE_AUTO_VALUE(struct sorted, release)

void sorted_list_release(struct sorted_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		release(&list->v[i]);
	free(list->v);
	*list = (struct sorted_list){ 0 };
}

static int read_sent(struct sorted *s, const json_t *value, struct err *err)
{
	json_t *list;
	json_t *one;
	size_t i;

	if (json_get_array(&list, value, "revisions", SORT_MAX_MAILS, err) < 0)
		return -1;
	json_array_foreach(list, i, one)
	{
		struct sent *sent;

		if (sent_from_json(&sent, one, err) < 0)
			return -1;
		sent_list_add_take(&s->sent, sent);
	}
	return 0;
}

static int read_count(size_t *out, const json_t *value, const char *key,
		      struct err *err)
{
	int64_t n;

	if (json_get_int(&n, value, key, 0, SORT_MAX_MAILS, err) < 0)
		return -1;
	*out = (size_t)n;
	return 0;
}

int sorted_from_json(struct sorted *out, const json_t *value, struct err *err)
{
	AUTO(release) struct sorted s = { 0 };
	const char *why;

	if (json_get_int(&s.id, value, "thread", 0, INT64_MAX, err) < 0)
		return -1;
	if (json_object_get(value, "refused")) {
		if (json_get_string(&why, value, "refused", err) < 0)
			return -1;
		s.is_refused = true;
		s.why = xstrndup(why, ERR_MAX_MSG);
	} else if (read_sent(&s, value, err) < 0 ||
		   read_count(&s.n_left, value, "left", err) < 0 ||
		   read_count(&s.n_missing, value, "missing", err) < 0) {
		return -1;
	}
	*out = s;
	s = (struct sorted){ 0 };
	return 0;
}

/* What came of the threads that were asked, in their order. */
struct answers {
	struct sorted_list *list;
	const struct sort_thread *asked;
	size_t n; /* asked */
};

static int take_frame(void *arg, const char *bytes, size_t len, struct err *err)
{
	AUTO(json_free) json_t *frame = NULL;
	AUTO(release) struct sorted s = { 0 };
	struct answers *a = arg;
	struct sorted_list *list = a->list;

	if (boxed_read(&frame, bytes, len, err) < 0 ||
	    sorted_from_json(&s, frame, err) < 0)
		return -1;
	if (list->n == a->n || s.id != a->asked[list->n].id)
		return err_set(err, ERR_INPUT,
			       "a thread that was not asked for");
	list->v[list->n++] = s;
	s = (struct sorted){ 0 };
	return 0;
}

static json_t *make_request(const struct sort_thread *v, size_t n)
{
	json_t *request = json_object();
	json_t *threads = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *thread = json_object();
		json_t *mails = json_array();

		for (size_t k = 0; k < v[i].mails->n; k++)
			json_array_append_new(mails,
					      json_string(v[i].mails->v[k]));
		json_set_int(thread, "thread", v[i].id);
		json_object_set_new(thread, "mails", mails);
		json_array_append_new(threads, thread);
	}
	json_set_str(request, "archive", INSIDE);
	json_object_set_new(request, "threads", threads);
	return request;
}

static int run_box(struct sorted_list *out, const struct sort_place *place,
		   const struct sort_thread *v, size_t n, struct err *err)
{
	AUTO(json_free) json_t *request = make_request(v, n);
	struct sandbox_bind bind = { .from = place->archive, .to = INSIDE };
	struct answers answers = { out, v, n };

	out->v = xcalloc(n + 1, sizeof(*out->v));
	if (boxed_run(
		    &(struct boxed_spec){
			    .name = "assemble",
			    .profile = "pure",
			    .binds = &bind,
			    .n_binds = 1,
			    .request = request,
			    .user = place->user,
			    .timeout_s = SORT_MAX_TIME_S,
			    .max_frame = SORT_MAX_FRAME,
			    .on_frame = take_frame,
			    .arg = &answers,
		    },
		    err) < 0)
		return -1;
	if (out->n < n)
		return err_set(err, ERR_INPUT, "%zu threads of %zu came back",
			       out->n, n);
	return 0;
}

/* Their fault, or perhaps a mail's; the machine's own is told. */
static bool is_of_thread(const struct err *err)
{
	return err->kind == ERR_INPUT || err->kind == ERR_LIMIT ||
	       err->kind == ERR_RETRY;
}

/* Threads one by one, since one of them is more than the box can bear. */
static int run_each(struct sorted_list *out, const struct sort_place *place,
		    const struct sort_thread *v, size_t n, struct err *err)
{
	out->v = xcalloc(n + 1, sizeof(*out->v));
	for (size_t i = 0; i < n; i++) {
		AUTO(sorted_list_release) struct sorted_list one = { 0 };
		struct err why = ERR_INIT;

		if (run_box(&one, place, &v[i], 1, &why) == 0) {
			out->v[out->n++] = one.v[0];
			one.v[0] = (struct sorted){ 0 };
			continue;
		}
		if (!is_of_thread(&why))
			return err_set(err, why.kind, "%s", why.msg);
		out->v[out->n++] = (struct sorted){
			.id = v[i].id,
			.is_refused = true,
			.why = xstrdup(why.msg),
		};
	}
	return 0;
}

int sort_run(struct sorted_list *out, const struct sort_place *place,
	     const struct sort_thread *v, size_t n, struct err *err)
{
	AUTO(sorted_list_release) struct sorted_list list = { 0 };
	struct err why = ERR_INIT;

	if (n > 0 && run_box(&list, place, v, n, &why) < 0) {
		if (!is_of_thread(&why))
			return err_set(err, why.kind, "assembling: %s",
				       why.msg);
		sorted_list_release(&list);
		if (run_each(&list, place, v, n, err) < 0)
			return err_wrap(err, "assembling");
	}
	*out = list;
	list = (struct sorted_list){ 0 };
	return 0;
}
