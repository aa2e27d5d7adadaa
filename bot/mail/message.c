/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/message.h"

#include <gmime/gmime.h>

#include "bot/base/sink.h"
#include "bot/base/span.h"

#define MAX_SUBJECT 900 /* bytes; a line of a header has at most 998 */
#define MAX_ID 250	/* of a Message-ID that is repeated */
#define LINE_7BIT 900	/* a longer one is sent as quoted-printable */

struct message {
	GMimeMessage *mime;
};

static void object_free_auto(void *owned)
{
	if (*(void **)owned)
		g_object_unref(*(void **)owned);
}

/* ---- who ---- */

bool message_is_id(const char *id)
{
	if (!*id || strlen(id) > MAX_ID)
		return false;
	for (const char *p = id; *p; p++)
		if (*p <= 0x20 || *p >= 0x7f || strchr("<>()\"\\,;", *p))
			return false;
	return true;
}

bool message_is_address(const char *address)
{
	return message_is_id(address) && strchr(address, '@');
}

static void address(struct message *m, GMimeAddressType type, const char *name,
		    const char *addr)
{
	AUTO(buf_release) struct buf shown = { 0 };

	if (!message_is_address(addr))
		return;
	buf_init(&shown, 4 * MAX_ID);
	if (name)
		sink_line(&shown, name,
			  strlen(name) > MAX_ID ? MAX_ID : strlen(name));
	g_mime_message_add_mailbox(m->mime, type,
				   shown.len ? buf_text(&shown) : NULL, addr);
}

void message_to(struct message *m, const char *name, const char *addr)
{
	address(m, GMIME_ADDRESS_TYPE_TO, name, addr);
}

void message_cc(struct message *m, const char *name, const char *addr)
{
	address(m, GMIME_ADDRESS_TYPE_CC, name, addr);
}

int message_to_operator(struct message *m, const char *text, struct err *err)
{
	AUTO(object_free)
	InternetAddressList *to = internet_address_list_parse(NULL, text);

	if (!to)
		return err_set(err, ERR_CONFIG, "'%s' is no address", text);
	internet_address_list_append(
		g_mime_message_get_addresses(m->mime, GMIME_ADDRESS_TYPE_TO),
		to);
	return 0;
}

static int address_sender(GMimeMessage *m, const char *sender, struct err *err)
{
	AUTO(object_free)
	InternetAddressList *list = internet_address_list_parse(NULL, sender);
	InternetAddress *from = NULL;

	if (list && internet_address_list_length(list) == 1)
		from = internet_address_list_get_address(list, 0);
	if (!from || !INTERNET_ADDRESS_IS_MAILBOX(from) ||
	    !message_is_address(INTERNET_ADDRESS_MAILBOX(from)->addr))
		return err_set(err, ERR_CONFIG, "mail.from '%s' is no address",
			       sender);
	internet_address_list_append(
		g_mime_message_get_addresses(m, GMIME_ADDRESS_TYPE_FROM), list);
	return 0;
}

int message_new(struct message **out, const char *from, struct err *err)
{
	AUTO(message_free) struct message *m = xcalloc(1, sizeof(*m));

	g_mime_init();
	m->mime = g_mime_message_new(TRUE);
	if (address_sender(m->mime, from, err) < 0)
		return -1;
	*out = TAKE(m);
	return 0;
}

void message_free(struct message *m)
{
	if (!m)
		return;
	g_object_unref(m->mime);
	free(m);
}

/* ---- in which thread ---- */

char *message_answer_subject(const char *subject)
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
	if (message_is_id(id) && !strings_has(list, id))
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

static void thread(GMimeObject *o, const struct review_mail *parent)
{
	AUTO(strings_release) struct strings ids = { 0 };
	AUTO(buf_release) struct buf line = { 0 };

	if (!message_is_id(parent->message_id))
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

/* ---- what ---- */

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
	buf_init(out, MESSAGE_MAX_BYTES);
	buf_add(out, (const char *)bytes->data, bytes->len);
	return buf_check(out, "the reply", err);
}

static void set_date(GMimeMessage *m, int64_t now)
{
	GDateTime *date = g_date_time_new_from_unix_utc(now);

	g_mime_message_set_date(m, date);
	g_date_time_unref(date);
}

int message_write(struct buf *out, struct message *m,
		  const struct message_head *head, const struct buf *text,
		  struct err *err)
{
	GMimeObject *o = GMIME_OBJECT(m->mime);

	g_mime_message_set_subject(m->mime, head->subject, "utf-8");
	set_date(m->mime, head->now);
	g_mime_message_set_message_id(m->mime, head->message_id);
	if (head->parent)
		thread(o, head->parent);
	g_mime_object_set_header(o, "Auto-Submitted", head->automatic, NULL);
	if (head->is_bulk)
		g_mime_object_set_header(o, "Precedence", "bulk", NULL);
	set_body(m->mime, text);
	return print(out, m->mime, err);
}
