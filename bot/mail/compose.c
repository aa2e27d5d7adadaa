/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/compose.h"

#include <gmime/gmime.h>

#include "bot/base/hash.h"
#include "bot/base/sink.h"
#include "bot/base/span.h"
#include "bot/mail/body.h"
#include "bot/mail/fill.h"

#define MAX_SUBJECT 900 /* bytes; a line of a header has at most 998 */
#define MAX_ID 250	/* of a Message-ID that is repeated */
#define LINE_7BIT 900	/* a longer one is sent as quoted-printable */
#define COPY_WIDTH 72
#define ID_HEX 20 /* digits of the hash in our Message-ID */

static void object_free_auto(void *owned)
{
	if (*(void **)owned)
		g_object_unref(*(void **)owned);
}

/* The patch that all of the worst findings are of; 0: several, or unknown. */
static unsigned find_patch(const struct review *r)
{
	const struct finding *worst = NULL;
	unsigned patch = 0;

	if (r->verdict == VERDICT_DOES_NOT_APPLY)
		return r->conflict.patch;
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		if (f->is_told)
			continue;
		if (worst && f->kind != worst->kind)
			break;
		worst = f;
		if (f->patch != f->clean + 1 || (patch && patch != f->patch))
			return 0;
		patch = f->patch;
	}
	return patch;
}

/* The mail that is answered; *patch is 0 when it is the cover. */
static const struct review_mail *find_parent(unsigned *patch,
					     const struct review *r)
{
	const struct review_mail *parent;

	*patch = find_patch(r);
	parent = review_find_mail(r, *patch);
	if (parent)
		return parent;
	*patch = 0;
	return &r->mails[0];
}

/* An id that cannot end a header line, nor the id. */
static bool is_fine_id(const char *id)
{
	if (!*id || strlen(id) > MAX_ID)
		return false;
	for (const char *p = id; *p; p++)
		if (*p <= 0x20 || *p >= 0x7f || strchr("<>()\"\\,;", *p))
			return false;
	return true;
}

static void hash_number(struct hasher *h, unsigned n)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	hasher_adds(h, text);
}

/* As it is shown: a record that was read again has it so. */
static void hash_text(struct hasher *h, const char *text)
{
	AUTO(buf_release) struct buf shown = { 0 };

	buf_init(&shown, 4 * BODY_MAX_BYTES);
	sink_text(&shown, text ? text : "", text ? strlen(text) : 0);
	hasher_adds(h, buf_text(&shown));
}

static void hash_finding(struct hasher *h, const struct finding *f)
{
	hasher_adds(h, review_finding_name(f->kind));
	hash_text(h, f->filesystem);
	hash_text(h, f->scenario);
	hash_text(h, f->contract);
	hash_text(h, f->says);
	hash_number(h, f->patch);
	hash_number(h, f->repaired_by);
}

/* The same report of the same series has the same id. */
static char *make_id(const struct compose_spec *s)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();
	const struct review *r = s->review;
	struct hash hash;

	hasher_adds(h, r->message_id ? r->message_id : "");
	hash_number(h, r->version);
	hasher_adds(h, review_verdict_name(r->verdict));
	hash_text(h, r->why);
	for (size_t i = 0; i < r->n_findings; i++)
		hash_finding(h, &r->findings[i]);
	if (r->delta.since)
		hash_text(h, r->delta.answer);
	hasher_get(&hash, h);
	return xasprintf("collider.%.*s.v%u@%s", ID_HEX, hash.hex, r->version,
			 s->domain);
}

/* "Re: " and the parent's subject, on one harmless line. */
static char *make_subject(const char *subject)
{
	struct span raw = span_cstr(subject);
	struct buf out;

	buf_init(&out, 4 * MAX_SUBJECT);
	if (!span_starts_nocase(span_trim(raw), "re:"))
		buf_adds(&out, "Re: ");
	if (span_len(raw) > MAX_SUBJECT)
		raw.end = raw.p + MAX_SUBJECT;
	sink_line(&out, raw.p, span_len(raw));
	return buf_take(&out);
}

static void push_id(struct strings *list, const char *id)
{
	if (is_fine_id(id) && !strings_has(list, id))
		strings_push(list, id);
}

/* The root, the last few, the parent: RFC 5322 3.6.4, kept short. */
static void list_references(struct strings *out,
			    const struct review_mail *parent)
{
	const struct strings *ids = &parent->references;

	if (ids->n == 0)
		push_id(out, parent->in_reply_to);
	for (size_t i = 0; i < ids->n && i <= REVIEW_MAX_REFERENCES; i++)
		push_id(out, ids->v[i]);
	push_id(out, parent->message_id);
}

static void thread(GMimeMessage *m, const struct review_mail *parent)
{
	AUTO(strings_release) struct strings ids = { 0 };
	AUTO(buf_release) struct buf line = { 0 };
	GMimeObject *o = GMIME_OBJECT(m);

	if (!is_fine_id(parent->message_id))
		return; /* nothing that could be answered */
	list_references(&ids, parent);
	buf_init(&line, (REVIEW_MAX_REFERENCES + 2) * (MAX_ID + 4));
	for (size_t i = 0; i < ids.n; i++)
		buf_addf(&line, "%s<%s>", i ? " " : "", ids.v[i]);
	g_mime_object_set_header(o, "References", buf_text(&line), NULL);
	buf_release(&line);
	buf_init(&line, MAX_ID + 4);
	buf_addf(&line, "<%s>", parent->message_id);
	g_mime_object_set_header(o, "In-Reply-To", buf_text(&line), NULL);
}

/* One that a stranger wrote; left out when it is none. @name may be NULL. */
static void address(GMimeMessage *m, GMimeAddressType type, const char *name,
		    const char *addr)
{
	AUTO(buf_release) struct buf shown = { 0 };

	if (!is_fine_id(addr) || !strchr(addr, '@'))
		return;
	buf_init(&shown, 4 * MAX_ID);
	if (name)
		sink_line(&shown, name,
			  strlen(name) > MAX_ID ? MAX_ID : strlen(name));
	g_mime_message_add_mailbox(m, type, shown.len ? buf_text(&shown) : NULL,
				   addr);
}

static void address_author(GMimeMessage *m, const struct review_mail *parent)
{
	const struct mail_person *to = &parent->author;

	if (!is_fine_id(to->addr) || !strchr(to->addr, '@'))
		to = &parent->from;
	address(m, GMIME_ADDRESS_TYPE_TO, to->name, to->addr);
}

static const char *find_name(const struct mail_persons *list,
			     const char *address)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].addr, address) == 0 && *list->v[i].name)
			return list->v[i].name;
	return NULL;
}

/* As the mails of the series call whom that address is of; or NULL. */
static const char *name_of(const struct review *r, const char *address)
{
	const char *name = NULL;

	for (size_t i = 0; i < r->n_mails && !name; i++) {
		const struct review_mail *m = &r->mails[i];

		if (strcmp(m->author.addr, address) == 0 && *m->author.name)
			return m->author.name;
		name = find_name(&m->to, address);
		if (!name)
			name = find_name(&m->cc, address);
	}
	return name;
}

static void address_all(GMimeMessage *m, GMimeAddressType type,
			const struct review *r, const struct strings *list)
{
	for (size_t i = 0; i < list->n; i++)
		address(m, type, name_of(r, list->v[i]), list->v[i]);
}

static int address_sender(GMimeMessage *m, const char *sender, struct err *err)
{
	AUTO(object_free)
	InternetAddressList *list = internet_address_list_parse(NULL, sender);
	InternetAddress *from;

	if (!list || internet_address_list_length(list) != 1)
		return err_set(err, ERR_CONFIG, "mail.from '%s' is no address",
			       sender);
	from = internet_address_list_get_address(list, 0);
	if (!INTERNET_ADDRESS_IS_MAILBOX(from) ||
	    !is_fine_id(INTERNET_ADDRESS_MAILBOX(from)->addr) ||
	    !strchr(INTERNET_ADDRESS_MAILBOX(from)->addr, '@'))
		return err_set(err, ERR_CONFIG, "mail.from '%s' is no address",
			       sender);
	internet_address_list_append(
		g_mime_message_get_addresses(m, GMIME_ADDRESS_TYPE_FROM), list);
	return 0;
}

static bool is_plain(const char *text, size_t len)
{
	struct span rest = span_of(text, len);
	struct span line;

	while (span_line(&rest, &line))
		if (span_len(line) > LINE_7BIT)
			return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] >= 0x80)
			return false;
	return true;
}

static void set_body(GMimeMessage *m, const struct buf *body)
{
	AUTO(object_free)
	GMimeTextPart *part = g_mime_text_part_new_with_subtype("plain");
	bool plain = is_plain(body->data, body->len);

	g_mime_text_part_set_charset(part, plain ? "us-ascii" : "utf-8");
	g_mime_text_part_set_text(part, body->data);
	g_mime_part_set_content_encoding(
		GMIME_PART(part),
		plain ? GMIME_CONTENT_ENCODING_7BIT
		      : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	g_mime_message_set_mime_part(m, GMIME_OBJECT(part));
}

static int print(struct buf *out, GMimeMessage *m, struct err *err)
{
	AUTO(object_free) GMimeStream *stream = g_mime_stream_mem_new();
	const GByteArray *bytes;

	if (g_mime_object_write_to_stream(GMIME_OBJECT(m), NULL, stream) < 0)
		return err_set(err, ERR_SYSTEM, "GMime did not write the mail");
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	buf_init(out, COMPOSE_MAX_BYTES);
	buf_add(out, (const char *)bytes->data, bytes->len);
	return buf_check(out, "the reply", err);
}

static void set_date(GMimeMessage *m, int64_t now)
{
	GDateTime *date = g_date_time_new_from_unix_utc(now);

	g_mime_message_set_date(m, date);
	g_date_time_unref(date);
}

bool compose_is_wanted(const struct review *r)
{
	return body_is_wanted(r);
}

static int write_body(struct buf *out, const struct compose_spec *s,
		      unsigned patch, const char *id, struct err *err)
{
	buf_init(out, BODY_MAX_BYTES);
	body_write(out, &(struct body_spec){ .review = s->review,
					     .replies = s->replies,
					     .patch = patch,
					     .from = s->from,
					     .message_id = id });
	return buf_check(out, "the text of the reply", err);
}

int compose_run(struct buf *out, const struct compose_spec *spec,
		struct err *err)
{
	AUTO(object_free) GMimeMessage *m = NULL;
	AUTO(buf_release) struct buf body = { 0 };
	AUTO(mem_free) char *id = NULL;
	AUTO(mem_free) char *subject = NULL;
	const struct review_mail *parent;
	unsigned patch;

	if (!is_fine_id(spec->domain))
		return err_set(err, ERR_CONFIG, "mail.domain '%s' is no domain",
			       spec->domain);
	if (spec->review->n_mails == 0)
		return err_set(err, ERR_INPUT, "there is no mail to answer");
	g_mime_init();
	parent = find_parent(&patch, spec->review);
	id = make_id(spec);
	subject = make_subject(parent->subject);
	if (write_body(&body, spec, patch, id, err) < 0)
		return -1;
	m = g_mime_message_new(TRUE);
	if (address_sender(m, spec->from, err) < 0)
		return -1;
	if (spec->to)
		address_all(m, GMIME_ADDRESS_TYPE_TO, spec->review, spec->to);
	else
		address_author(m, parent);
	if (spec->cc)
		address_all(m, GMIME_ADDRESS_TYPE_CC, spec->review, spec->cc);
	g_mime_message_set_subject(m, subject, "utf-8");
	set_date(m, spec->now);
	g_mime_message_set_message_id(m, id);
	thread(m, parent);
	g_mime_object_set_header(GMIME_OBJECT(m), "Auto-Submitted",
				 "auto-generated", NULL);
	g_mime_object_set_header(GMIME_OBJECT(m), "Precedence", "bulk", NULL);
	set_body(m, &body);
	return print(out, m, err);
}

/* ---- a moderator's copy ---- */

/* Its headers and text as they are. */
static void add_mail(struct buf *out, const struct buf *mail)
{
	struct span rest = span_of(buf_text(mail), mail->len), line;

	while (span_line(&rest, &line)) {
		sink_text(out, line.p, span_len(line));
		buf_addc(out, '\n');
	}
}

static int write_copy(struct buf *out, const struct compose_copy *s,
		      struct err *err)
{
	AUTO(buf_release) struct buf reasons = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	const char *values[MODERATOR_FIELDS] = { 0 };

	buf_init(out, COMPOSE_MAX_BYTES);
	buf_init(&reasons, COMPOSE_MAX_BYTES);
	buf_init(&mail, COMPOSE_MAX_BYTES);
	for (size_t i = 0; i < s->reasons->n; i++) {
		sink_line(&reasons, s->reasons->v[i], strlen(s->reasons->v[i]));
		buf_addc(&reasons, '\n');
	}
	add_mail(&mail, s->mail);
	values[MODERATOR_REASONS] = buf_text(&reasons);
	values[MODERATOR_ID] = s->message_id;
	values[MODERATOR_MAIL] = buf_text(&mail);
	fill_write(out, s->replies->v[REPLY_MODERATOR], values, COPY_WIDTH);
	out->overflow |= reasons.overflow || mail.overflow;
	return buf_check(out, "the copy for the moderator", err);
}

int compose_copy(struct buf *out, const struct compose_copy *spec,
		 struct err *err)
{
	AUTO(object_free) GMimeMessage *m = NULL;
	AUTO(object_free) InternetAddressList *to = NULL;
	AUTO(buf_release) struct buf body = { 0 };
	AUTO(mem_free) char *id = xasprintf("copy.%s", spec->message_id);

	g_mime_init();
	if (write_copy(&body, spec, err) < 0)
		return -1;
	m = g_mime_message_new(TRUE);
	to = internet_address_list_parse(NULL, spec->to);
	if (!to)
		return err_set(err, ERR_CONFIG, "'%s' is no address", spec->to);
	if (address_sender(m, spec->from, err) < 0)
		return -1;
	internet_address_list_append(
		g_mime_message_get_addresses(m, GMIME_ADDRESS_TYPE_TO), to);
	g_mime_message_set_subject(m, "[held] a reply of collider's", "utf-8");
	set_date(m, spec->now);
	g_mime_message_set_message_id(m, id);
	g_mime_object_set_header(GMIME_OBJECT(m), "Auto-Submitted",
				 "auto-generated", NULL);
	set_body(m, &body);
	return print(out, m, err);
}

/* ---- an answer ---- */

int compose_answer(struct buf *out, const struct compose_answer *spec,
		   struct err *err)
{
	AUTO(object_free) GMimeMessage *m = NULL;
	AUTO(mem_free) char *subject = make_subject(spec->subject);
	AUTO(strings_release) struct strings references = { 0 };
	AUTO(buf_release) struct buf body = { 0 };

	g_mime_init();
	buf_init(&body, COMPOSE_MAX_BYTES);
	buf_adds(&body, spec->text);
	m = g_mime_message_new(TRUE);
	if (buf_check(&body, "the answer", err) < 0 ||
	    address_sender(m, spec->from, err) < 0)
		return -1;
	address(m, GMIME_ADDRESS_TYPE_TO, NULL, spec->to);
	g_mime_message_set_subject(m, subject, "utf-8");
	set_date(m, spec->now);
	g_mime_message_set_message_id(m, spec->message_id);
	push_id(&references, spec->before);
	thread(m, &(struct review_mail){
			  .message_id = (char *)(uintptr_t)spec->in_reply_to,
			  .in_reply_to = (char[]){ "" },
			  .references = references });
	g_mime_object_set_header(GMIME_OBJECT(m), "Auto-Submitted",
				 "auto-replied", NULL);
	g_mime_object_set_header(GMIME_OBJECT(m), "Precedence", "bulk", NULL);
	set_body(m, &body);
	return print(out, m, err);
}

/* ---- a correction ---- */

int compose_text(struct buf *out, const struct compose_spec *spec,
		 struct err *err)
{
	AUTO(mem_free) char *id = make_id(spec);

	return write_body(out, spec, 0, id, err);
}

static const char *name_in(const struct mail *m, const char *address)
{
	const char *name = find_name(&m->to, address);

	return name ? name : find_name(&m->cc, address);
}

int compose_correction(struct buf *out, const struct compose_correction *spec,
		       struct err *err)
{
	const struct mail *report = spec->report;
	const struct review_mail parent = {
		.message_id = report->message_id,
		.subject = report->subject_raw,
		.in_reply_to = report->in_reply_to,
		.references = report->references,
	};
	AUTO(object_free) GMimeMessage *m = NULL;
	AUTO(mem_free) char *subject = NULL;

	if (!is_fine_id(spec->message_id))
		return err_set(err, ERR_CONFIG, "mail.domain is no domain");
	g_mime_init();
	subject = make_subject(report->subject_raw);
	m = g_mime_message_new(TRUE);
	if (address_sender(m, spec->from, err) < 0)
		return -1;
	for (size_t i = 0; i < spec->to->n; i++)
		address(m, GMIME_ADDRESS_TYPE_TO,
			name_in(report, spec->to->v[i]), spec->to->v[i]);
	for (size_t i = 0; i < spec->cc->n; i++)
		address(m, GMIME_ADDRESS_TYPE_CC,
			name_in(report, spec->cc->v[i]), spec->cc->v[i]);
	g_mime_message_set_subject(m, subject, "utf-8");
	set_date(m, spec->now);
	g_mime_message_set_message_id(m, spec->message_id);
	thread(m, &parent);
	g_mime_object_set_header(GMIME_OBJECT(m), "Auto-Submitted",
				 "auto-generated", NULL);
	g_mime_object_set_header(GMIME_OBJECT(m), "Precedence", "bulk", NULL);
	set_body(m, spec->text);
	return print(out, m, err);
}
