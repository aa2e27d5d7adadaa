/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/answers.h"

#include <string.h>

#include "bot/base/span.h"
#include "bot/mail/dns.h"
#include "bot/run/boxed.h"
#include "bot/stages/letters.h"
#include "parsers/headers.h"
#include "parsers/mail.h"

#define MAX_FRAME (256u << 10)
#define READ_S 120
#define KEYS_S 60

/* ---- in the box ---- */

static bool has_word(const struct headers *h, const char *field,
		     const char *word)
{
	const struct headers_field *f = headers_find(h, field);

	return f && span_starts_nocase(span_trim(f->value), word);
}

static bool is_listed(const struct headers *h)
{
	return headers_find(h, "list-id") || headers_find(h, "x-mailing-list");
}

/* Lists put "bulk" on all that they pass on, so there it says nothing. */
static bool is_bulk(const struct headers *h)
{
	return has_word(h, "precedence", "junk") ||
	       has_word(h, "precedence", "auto_reply") ||
	       (has_word(h, "precedence", "bulk") && !is_listed(h));
}

static bool is_bounce(const struct headers *h, const char *writer)
{
	return has_word(h, "return-path", "<>") ||
	       has_word(h, "content-type", "multipart/report") ||
	       span_starts_nocase(span_cstr(writer), "mailer-daemon@") ||
	       span_starts_nocase(span_cstr(writer), "postmaster@");
}

/* NULL: a person may have written it. */
static const char *find_automatic(const struct headers *h, const struct mail *m,
				  const char *writer)
{
	if (is_bounce(h, writer))
		return "it is a bounce";
	if (m->is_automatic || has_word(h, "auto-submitted", "auto"))
		return "Auto-Submitted: says that a program sent it";
	if (headers_find(h, "x-autoreply") || headers_find(h, "x-autorespond"))
		return "it is an automatic reply";
	return is_bulk(h) ? "Precedence: says that nobody is to answer it"
			  : NULL;
}

/* What two readers of From: do not agree on is nobody's. */
static char *find_writer(const struct dkim_verdict *v, const struct mail *m)
{
	char *writer = xstrdup(v->from);
	bool is_same = strcasecmp(writer, m->from.addr) == 0;

	if (!is_same || strlen(writer) > ANSWERS_MAX_ADDRESS)
		*writer = '\0';
	for (char *p = writer; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return writer;
}

static json_t *order_to_json(const struct order *order)
{
	json_t *o = json_object();

	json_set_int(o, "verb", order->verb);
	json_set_str(o, "words", order->words);
	return o;
}

static void set_decision(json_t *frame, const char *text)
{
	struct order order;

	if (!orders_find_decision(&order, text, strlen(text)))
		return;
	json_object_set_new(frame, "decision", order_to_json(&order));
	free(order.words);
}

static void set_orders(json_t *frame, const struct mail *m)
{
	AUTO(mem_free) char *text = xasprintf("%s\n%s", m->log, m->notes);
	AUTO(orders_release) struct orders orders = { 0 };
	struct err why = ERR_INIT;
	json_t *list = json_array();

	json_object_set_new(frame, "orders", list);
	if (strlen(text) > ORDERS_MAX_TEXT)
		return; /* nobody writes that by hand */
	if (orders_parse(&orders, text, strlen(text), &why) < 0)
		json_set_str(frame, "error", why.msg);
	for (size_t i = 0; i < orders.n; i++)
		json_array_append_new(list, order_to_json(&orders.v[i]));
	set_decision(frame, text);
}

static void set_signed(json_t *frame, const struct dkim_verdict *v,
		       bool has_writer)
{
	bool is_good = v->is_good && has_writer;

	json_set_bool(frame, "signed", is_good);
	if (!is_good)
		json_set_str(frame, "unsigned_why",
			     v->why ? v->why
				    : "list software has changed its From:");
	json_object_set_new(frame, "wanted", json_from_strings(&v->wanted));
	json_object_set_new(frame, "seals", json_from_strings(&v->seals));
}

static void describe(json_t *frame, const struct letter *l,
		     const struct mail *m, const struct dkim_keys *keys)
{
	AUTO(headers_release) struct headers h = { 0 };
	AUTO(dkim_verdict_release) struct dkim_verdict v = { 0 };
	AUTO(mem_free) char *writer = NULL;
	const char *automatic;
	size_t n = strlen(m->subject_raw);

	headers_read(&h, span_of(l->bytes, l->len));
	dkim_check(&v, l->bytes, l->len, keys);
	writer = find_writer(&v, m);
	automatic = find_automatic(&h, m, writer);
	json_set_str(frame, "writer", writer);
	json_set_text(frame, "subject", m->subject_raw,
		      n < ANSWERS_MAX_SUBJECT ? n : ANSWERS_MAX_SUBJECT);
	if (automatic)
		json_set_str(frame, "automatic", automatic);
	json_set_bool(frame, "patch", m->diff && !mail_is_patch(m));
	set_signed(frame, &v, *writer != '\0');
	set_orders(frame, m);
}

static int read_keys(struct dkim_keys *out, const json_t *request,
		     struct err *err)
{
	const char *name;
	json_t *keys;
	json_t *text;

	if (json_get_object(&keys, request, "keys", err) < 0)
		return -1;
	json_object_foreach(keys, name, text)
	{
		if (json_is_string(text))
			dkim_keys_add(out, name, json_string_value(text));
	}
	return 0;
}

int answers_box(const json_t *request, int out, struct err *err)
{
	AUTO(letters_release) struct letters letters = { 0 };
	AUTO(dkim_keys_release) struct dkim_keys keys = { 0 };
	AUTO(json_free) json_t *frame = json_object();
	AUTO(mail_free) struct mail *m = NULL;
	json_t *names;

	if (read_keys(&keys, request, err) < 0 ||
	    json_get_array(&names, request, "letters", 1, err) < 0 ||
	    letters_unpack(&letters, names, BOXED_INPUT, err) < 0)
		return -1;
	if (letters.n != 1)
		return err_set(err, ERR_INPUT, "there is no mail");
	if (mail_parse(&m, letters.v[0].bytes, letters.v[0].len, err) < 0)
		return -1;
	describe(frame, &letters.v[0], m, &keys);
	return boxed_send(out, frame, err);
}

int answers_keys_box(const json_t *request, int out, struct err *err)
{
	AUTO(strings_release) struct strings names = { 0 };
	AUTO(json_free) json_t *frame = json_object();

	if (json_get_strings(&names, request, "names", DKIM_MAX_SIGNATURES,
			     err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		AUTO(buf_release) struct buf text = { 0 };
		bool found;

		if (dns_find_text(&found, &text, names.v[i], DKIM_MAX_KEY,
				  err) < 0)
			return -1;
		if (found)
			json_set_str(frame, names.v[i], buf_text(&text));
	}
	return boxed_send(out, frame, err);
}

/* ---- outside: a record, decoded ---- */

void answers_mail_release(struct answers_mail *m)
{
	free(m->writer);
	free(m->subject);
	free(m->automatic);
	free(m->unsigned_why);
	strings_release(&m->wanted);
	strings_release(&m->seals);
	orders_release(&m->orders);
	free(m->decision.words);
	free(m->error);
	*m = (struct answers_mail){ 0 };
}

/* One line of at most @max bytes. *out is NULL when it is not there. */
static int take_line(char **out, const json_t *frame, const char *key,
		     size_t max, struct err *err)
{
	const char *text;

	if (!json_object_get(frame, key))
		return 0;
	if (json_get_string(&text, frame, key, err) < 0)
		return -1;
	if (strlen(text) > max)
		return err_set(err, ERR_LIMIT, "'%s' is larger than %zu bytes",
			       key, max);
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return err_set(err, ERR_INPUT,
				       "'%s' has a control character", key);
	*out = xstrdup(text);
	return 0;
}

static int take_order(struct order *out, const json_t *o, struct err *err)
{
	AUTO(mem_free) char *words = NULL;
	int64_t verb;

	if (json_get_int(&verb, o, "verb", 0, ORDER_VERBS - 1, err) < 0 ||
	    take_line(&words, o, "words", ORDERS_MAX_WORDS, err) < 0)
		return -1;
	*out = (struct order){ (enum order_verb)verb,
			       words ? TAKE(words) : xstrdup("") };
	return 0;
}

static int take_orders(struct answers_mail *m, const json_t *frame,
		       struct err *err)
{
	json_t *list;
	json_t *o;
	size_t i;

	if (json_get_array(&list, frame, "orders", ORDERS_MAX, err) < 0)
		return -1;
	m->orders.v = xcalloc(ORDERS_MAX, sizeof(*m->orders.v));
	json_array_foreach(list, i, o)
	{
		if (take_order(&m->orders.v[m->orders.n], o, err) < 0)
			return -1;
		m->orders.n++;
	}
	return 0;
}

static int take_decision(struct answers_mail *m, const json_t *frame,
			 struct err *err)
{
	json_t *o;

	if (!json_object_get(frame, "decision"))
		return 0;
	if (json_get_object(&o, frame, "decision", err) < 0 ||
	    take_order(&m->decision, o, err) < 0)
		return -1;
	m->has_decision = true;
	return 0;
}

static int decode(struct answers_mail *m, const json_t *f, struct err *err)
{
	if (take_line(&m->writer, f, "writer", ANSWERS_MAX_ADDRESS, err) < 0 ||
	    take_line(&m->subject, f, "subject", 6 * ANSWERS_MAX_SUBJECT, err) <
		    0 ||
	    take_line(&m->automatic, f, "automatic", ERR_MAX_MSG, err) < 0 ||
	    take_line(&m->unsigned_why, f, "unsigned_why", ERR_MAX_MSG, err) <
		    0 ||
	    take_line(&m->error, f, "error", ERR_MAX_MSG, err) < 0 ||
	    json_get_bool(&m->is_signed, f, "signed", err) < 0 ||
	    json_get_bool(&m->has_patch, f, "patch", err) < 0 ||
	    json_get_strings(&m->wanted, f, "wanted", DKIM_MAX_SIGNATURES,
			     err) < 0 ||
	    json_get_strings(&m->seals, f, "seals", DKIM_MAX_SIGNATURES, err) <
		    0)
		return -1;
	return take_orders(m, f, err) < 0 ? -1 : take_decision(m, f, err);
}

static int take_mail(void *arg, const char *bytes, size_t len, struct err *err)
{
	AUTO(json_free) json_t *frame = NULL;
	struct answers_mail *m = arg;

	answers_mail_release(m);
	if (boxed_read(&frame, bytes, len, err) < 0 ||
	    decode(m, frame, err) < 0)
		return -1;
	if (!m->writer)
		m->writer = xstrdup("");
	if (!m->subject)
		m->subject = xstrdup("");
	return 0;
}

static int run_box(const char *name, const char *profile, const json_t *request,
		   int input, unsigned timeout_s, const char *user,
		   frame_taker *take, void *arg, struct err *err)
{
	return boxed_run(&(struct boxed_spec){ .name = name,
					       .profile = profile,
					       .request = request,
					       .input_fd = input,
					       .user = user,
					       .timeout_s = timeout_s,
					       .max_frame = MAX_FRAME,
					       .on_frame = take,
					       .arg = arg },
			 err);
}

int answers_read(struct answers_mail *out, const char *path,
		 const struct dkim_keys *keys, const char *user,
		 struct err *err)
{
	AUTO(answers_mail_release) struct answers_mail m = { 0 };
	AUTO(letters_release) struct letters letters = { 0 };
	AUTO(json_free) json_t *request = json_object();
	AUTO(fd_close) int input = -1;
	json_t *known = json_object();

	for (size_t i = 0; i < keys->n; i++)
		json_set_str(known, keys->v[i].name, keys->v[i].text);
	json_object_set_new(request, "keys", known);
	if (letters_add_file(&letters, path, err) < 0)
		return -1;
	json_object_set_new(request, "letters", letters_to_json(&letters));
	if (letters_pack(&input, &letters, err) < 0 ||
	    run_box("answer", "pure", request, input, READ_S, user, take_mail,
		    &m, err) < 0)
		return -1;
	if (!m.writer)
		return err_set(err, ERR_INPUT, "nothing was said of the mail");
	*out = m;
	m = (struct answers_mail){ 0 };
	return 0;
}

/* What was asked for, and no more. */
struct asked {
	const struct strings *names;
	struct dkim_keys *keys;
};

static int take_keys(void *arg, const char *bytes, size_t len, struct err *err)
{
	AUTO(json_free) json_t *frame = NULL;
	const struct asked *a = arg;

	if (boxed_read(&frame, bytes, len, err) < 0)
		return -1;
	for (size_t i = 0; i < a->names->n; i++) {
		AUTO(mem_free) char *text = NULL;

		if (take_line(&text, frame, a->names->v[i], DKIM_MAX_KEY, err) <
		    0)
			return -1;
		if (text)
			dkim_keys_add(a->keys, a->names->v[i], text);
	}
	return 0;
}

int answers_find_keys(struct dkim_keys *keys, const struct strings *names,
		      const char *user, struct err *err)
{
	AUTO(json_free) json_t *request = json_object();
	struct asked asked = { names, keys };

	json_object_set_new(request, "names", json_from_strings(names));
	return run_box("keys", "net", request, 0, KEYS_S, user, take_keys,
		       &asked, err);
}
