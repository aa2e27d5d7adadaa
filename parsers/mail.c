/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GMime takes apart what has parts, and undoes transfer encodings; it reads
 * encoded words, lists of addresses and dates. It is given no more than that,
 * as it makes an object of everything it sees: a mail of one part of text, as
 * most are, goes straight to body.c. Which charset fallback counts and where
 * the log ends and the diff starts is decided in charset.c and body.c.
 */
#include "parsers/mail.h"

#include <gmime/gmime.h>
#include <pthread.h>

#include "bot/base/span.h"
#include "parsers/body.h"
#include "parsers/charset.h"
#include "parsers/headers.h"

/* Latin-1 becomes twice as long in UTF-8; U+FFFD for NUL three times. */
#define TEXT_MAX ((size_t)MAIL_MAX_SIZE * 3)

static void object_free(void *object)
{
	if (object)
		g_object_unref(object);
}
static void object_free_auto(void *owned)
{
	object_free(*(void **)owned);
}

static void glib_free_auto(void *owned)
{
	g_free(*(void **)owned);
}

/* What is being read, and where it goes. */
struct reading {
	struct mail *mail;
	struct headers headers;
	struct body body;
	int n_parts;
	bool is_munged; /* From: is list software's, and nothing tells whose */
	bool only_head; /* mail_parse_head */
};

/* The value of the first field of that name; empty when there is none. */
static struct span find_raw(const struct reading *r, const char *name)
{
	const struct headers_field *field = headers_find(&r->headers, name);

	return field ? field->value : span_of("", 0);
}

/* Runs of blanks become one; none at the ends. In place. */
static void squeeze(char *text)
{
	size_t n = 0;

	for (const char *p = text; *p; p++) {
		if (*p != ' ')
			text[n++] = *p;
		else if (n > 0 && text[n - 1] != ' ')
			text[n++] = ' ';
	}
	if (n > 0 && text[n - 1] == ' ')
		n--;
	text[n] = '\0';
}

/* One line of valid UTF-8 out of a raw value; encoded words stay. */
static char *unfold(struct span raw)
{
	AUTO(charset_free) struct charset *c = charset_new(NULL);
	AUTO(mem_free) char *bytes = xmalloc(span_len(raw) + 1);
	AUTO(buf_release) struct buf line = { 0 };
	size_t n = 0;

	/* A NUL among them: what follows it would be hidden. */
	for (const char *p = raw.p; p < raw.end; p++)
		bytes[n++] = (unsigned char)*p < ' ' ? ' ' : *p;
	buf_init(&line, TEXT_MAX);
	charset_add(&line, c, bytes, n);
	return buf_take(&line);
}

/* The same with its encoded words decoded and its blanks squeezed. */
static char *decode(struct span raw)
{
	AUTO(mem_free) char *line = unfold(raw);
	AUTO(glib_free) char *decoded = NULL;
	char *text;

	if (!strstr(line, "=?")) {
		squeeze(line);
		return TAKE(line);
	}
	decoded = g_mime_utils_header_decode_text(NULL, line);
	text = unfold(span_cstr(decoded));
	squeeze(text);
	return text;
}

/* Eat up to the next "<id>"; false when there is none left. */
static bool next_id(struct span *text, struct span *id)
{
	struct span skipped;

	while (span_until(text, '<', &skipped)) {
		struct span rest = *text;

		if (!span_until(&rest, '>', id))
			return false;
		*text = rest;
		*id = span_trim(*id);
		if (span_len(*id) > 0)
			return true;
	}
	return false;
}

/* The first "<id>"; without any the first word, as some programs write it. */
static char *read_id(const struct reading *r, const char *name)
{
	AUTO(mem_free) char *line = unfold(find_raw(r, name));
	struct span text = span_cstr(line);
	struct span id;

	if (next_id(&text, &id))
		return span_dup(id);
	text = span_cstr(line);
	return span_word(&text, &id) ? span_dup(id) : xstrdup("");
}

static int read_references(struct reading *r, struct err *err)
{
	AUTO(mem_free) char *line = unfold(find_raw(r, "References"));
	struct span text = span_cstr(line);
	struct span id;

	while (next_id(&text, &id)) {
		if (r->mail->references.n == MAIL_MAX_REFERENCES)
			return err_set(err, ERR_LIMIT,
				       "more than %d ids in 'References:'",
				       MAIL_MAX_REFERENCES);
		strings_push_take(&r->mail->references, span_dup(id));
	}
	return 0;
}

static void person_release(struct mail_person *p)
{
	free(p->name);
	free(p->addr);
	*p = (struct mail_person){ 0 };
}

static void persons_release(struct mail_persons *list)
{
	for (size_t i = 0; i < list->n; i++)
		person_release(&list->v[i]);
	free(list->v);
	*list = (struct mail_persons){ 0 };
}
DEFINE_AUTO_VALUE(struct mail_persons, persons_release)

/* A name or an address: what GMime made of it is made safe again. */
static char *clean(const char *text)
{
	char *line = unfold(span_cstr(text ? text : ""));

	squeeze(line);
	return line;
}

static int add_person(struct mail_persons *out, InternetAddress *from,
		      struct err *err)
{
	InternetAddressMailbox *box = INTERNET_ADDRESS_MAILBOX(from);

	if (out->n == MAIL_MAX_ADDRESSES)
		return err_set(err, ERR_LIMIT, "more than %d addresses",
			       MAIL_MAX_ADDRESSES);
	out->v = xreallocarray(out->v, out->n + 1, sizeof(*out->v));
	out->v[out->n++] = (struct mail_person){
		.name = clean(internet_address_get_name(from)),
		.addr = clean(internet_address_mailbox_get_addr(box)),
	};
	return 0;
}

/* The mailboxes of an unfolded address list; groups have no address. */
static int read_persons(struct mail_persons *out, const char *line,
			struct err *err)
{
	AUTO(object_free) InternetAddressList *list = NULL;

	list = internet_address_list_parse(NULL, line);
	if (!list)
		return 0;
	for (int i = 0; i < internet_address_list_length(list); i++) {
		InternetAddress *a = internet_address_list_get_address(list, i);

		if (INTERNET_ADDRESS_IS_MAILBOX(a) &&
		    add_person(out, a, err) < 0)
			return -1;
	}
	return 0;
}

static int read_persons_header(struct mail_persons *out,
			       const struct reading *r, const char *name,
			       struct err *err)
{
	AUTO(mem_free) char *line = unfold(find_raw(r, name));

	return read_persons(out, line, err);
}

/* Blanks and one pair of quotes off; "\\x" inside them is x. */
static char *unquote(struct span phrase)
{
	char *out;
	size_t n = 0;

	phrase = span_trim(phrase);
	if (span_len(phrase) < 2 || *phrase.p != '"' || phrase.end[-1] != '"')
		return span_dup(phrase);
	phrase.p++;
	phrase.end--;
	out = xmalloc(span_len(phrase) + 1);
	for (; phrase.p < phrase.end; phrase.p++) {
		if (*phrase.p == '\\' && phrase.p + 1 < phrase.end)
			phrase.p++;
		out[n++] = *phrase.p;
	}
	out[n] = '\0';
	return out;
}

/*
 * "A Person (Company) <a@b>", the usual form, read by hand: to GMime the
 * brackets are a comment, but the kernel's authors mean them as a part of the
 * name. False: it has another form.
 */
static bool read_plain_person(struct mail_person *out, const char *line)
{
	AUTO(mem_free) char *phrase = NULL;
	struct span rest = span_trim(span_cstr(line));
	struct span name;

	if (!span_until(&rest, '<', &name) || span_len(rest) < 2 ||
	    memchr(rest.p, '>', span_len(rest)) != rest.end - 1 ||
	    memchr(rest.p, '<', span_len(rest)) ||
	    span_len(span_trim(name)) == 0)
		return false;
	rest.end--;
	phrase = unquote(name);
	*out = (struct mail_person){ decode(span_cstr(phrase)),
				     span_dup(span_trim(rest)) };
	return true;
}

/* The first mailbox of @line; the text itself is the name when it has none. */
static int read_person(struct mail_person *out, const char *line,
		       struct err *err)
{
	AUTO(persons_release) struct mail_persons list = { 0 };

	person_release(out);
	if (read_plain_person(out, line))
		return 0;
	if (read_persons(&list, line, err) < 0)
		return -1;
	if (list.n == 0) {
		*out = (struct mail_person){ decode(span_cstr(line)),
					     xstrdup("") };
		return 0;
	}
	*out = list.v[0];
	list.v[0] = (struct mail_person){ 0 };
	if (*out->name == '\0') {
		free(out->name);
		out->name = xstrdup(out->addr);
	}
	return 0;
}

/* " via " of "A Person via some-list", which list software wrote; or NULL. */
static char *find_via(const char *name)
{
	return strstr(name, " via ");
}

/* "'A Person' via list" is how Google Groups writes it. */
static void cut_via(char *name, char *via)
{
	*via = '\0';
	if (*name == '\'' && via > name + 1 && via[-1] == '\'') {
		via[-1] = '\0';
		memmove(name, name + 1, strlen(name));
	}
}

static bool is_list_post(const struct reading *r, const char *addr)
{
	AUTO(mem_free) char *posts = unfold(find_raw(r, "List-Post"));

	return *addr && strcasestr(posts, addr);
}

/* Who is behind a From: that list software took for itself (LORE 3). */
static int find_real_sender(struct mail_persons *out, const struct reading *r,
			    struct err *err)
{
	if (read_persons_header(out, r, "X-Original-From", err) < 0)
		return -1;
	return read_persons_header(out, r, "Reply-To", err);
}

static int unmunge(struct reading *r, struct err *err)
{
	AUTO(persons_release) struct mail_persons real = { 0 };
	struct mail_person *from = &r->mail->from;
	char *via = find_via(from->name);

	if (!via && !is_list_post(r, from->addr))
		return 0;
	if (find_real_sender(&real, r, err) < 0)
		return -1;
	if (via)
		cut_via(from->name, via);
	r->is_munged = true;
	for (size_t i = 0; i < real.n; i++) {
		if (strcasecmp(real.v[i].addr, from->addr) == 0 ||
		    is_list_post(r, real.v[i].addr))
			continue;
		free(from->addr);
		from->addr = TAKE(real.v[i].addr);
		r->is_munged = false;
		return 0;
	}
	return 0;
}

static void person_copy(struct mail_person *out, const struct mail_person *from)
{
	person_release(out);
	*out = (struct mail_person){ xstrdup(from->name), xstrdup(from->addr) };
}

/* *time and *tz_min stay as they are when @text is no date. */
static void read_date(int64_t *time, int *tz_min, const char *text)
{
	GDateTime *date = g_mime_utils_header_decode_date(text);

	if (!date)
		return;
	*time = g_date_time_to_unix(date);
	*tz_min = (int)(g_date_time_get_utc_offset(date) / G_TIME_SPAN_MINUTE);
	g_date_time_unref(date);
}

static void read_dates(struct reading *r)
{
	AUTO(mem_free) char *line = unfold(find_raw(r, "Date"));

	read_date(&r->mail->author_time, &r->mail->author_tz_min, line);
	r->mail->date = r->mail->author_time;
}

static char *read_list_id(const struct reading *r)
{
	AUTO(mem_free) char *line = unfold(find_raw(r, "List-Id"));
	struct span text = span_cstr(line);
	struct span id;

	return next_id(&text, &id) ? span_dup(id) : xstrdup("");
}

/* The first word of a header, "auto-replied" of "auto-replied (vacation)". */
static bool has_word(const struct reading *r, const char *name,
		     const char *word)
{
	AUTO(mem_free) char *line = unfold(find_raw(r, name));
	const char *text = line + strspn(line, " \t");
	size_t len = strcspn(text, " \t;(");

	return len == strlen(word) && strncasecmp(text, word, len) == 0;
}

static void read_wishes(struct reading *r)
{
	struct mail *m = r->mail;

	m->wants_no_answer = has_word(r, "X-Collider", "no");
	m->is_automatic = !has_word(r, "Auto-Submitted", "") &&
			  !has_word(r, "Auto-Submitted", "no");
}

static int read_from(struct reading *r, struct err *err)
{
	AUTO(mem_free) char *line = unfold(find_raw(r, "From"));

	if (read_person(&r->mail->from, line, err) < 0 || unmunge(r, err) < 0)
		return -1;
	person_copy(&r->mail->author, &r->mail->from);
	return 0;
}

static int read_headers(struct reading *r, struct err *err)
{
	struct mail *m = r->mail;

	m->message_id = read_id(r, "Message-ID");
	m->in_reply_to = read_id(r, "In-Reply-To");
	m->list_id = read_list_id(r);
	read_wishes(r);
	m->subject_raw = decode(find_raw(r, "Subject"));
	read_dates(r);
	if (read_references(r, err) < 0 || read_from(r, err) < 0)
		return -1;
	if (!r->only_head && (read_persons_header(&m->to, r, "To", err) < 0 ||
			      read_persons_header(&m->cc, r, "Cc", err) < 0))
		return -1;
	return subject_parse(&m->subject, m->subject_raw,
			     strlen(m->subject_raw), err);
}

static bool has_patch_name(const char *name)
{
	static const char *const ends[] = { ".patch", ".diff", ".mbox",
					    ".eml" };
	size_t len = name ? strlen(name) : 0;

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		size_t n = strlen(ends[i]);

		if (len > n && strcasecmp(name + len - n, ends[i]) == 0)
			return true;
	}
	return false;
}

/* Text that people write; HTML repeats what the plain part says. */
static bool is_text(GMimeContentType *type)
{
	static const char *const other[] = { "html", "enriched", "calendar",
					     "vcard", "x-vcard" };
	const char *subtype = g_mime_content_type_get_media_subtype(type);

	if (!g_mime_content_type_is_type(type, "text", "*"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(other); i++) {
		if (subtype && strcasecmp(subtype, other[i]) == 0)
			return false;
	}
	return true;
}

/* What may be a patch although the mail program did not call it text. */
static bool is_patch_file(GMimePart *part, GMimeContentType *type)
{
	static const char *const subtypes[] = { "octet-stream", "x-patch",
						"x-diff", "mbox" };

	for (size_t i = 0; i < ARRAY_LEN(subtypes); i++) {
		if (g_mime_content_type_is_type(type, "application",
						subtypes[i]))
			return true;
	}
	return has_patch_name(g_mime_part_get_filename(part));
}

static bool is_attached(GMimePart *part)
{
	const char *how = g_mime_object_get_disposition(GMIME_OBJECT(part));

	return how && strcasecmp(how, "attachment") == 0;
}

static bool has_value(GMimeContentType *type, const char *name,
		      const char *value)
{
	const char *is = g_mime_content_type_get_parameter(type, name);

	return is && strcasecmp(is, value) == 0;
}

/* @in borrows from @type. */
static void set_type(struct body_part *in, GMimeContentType *type)
{
	in->charset = g_mime_content_type_get_parameter(type, "charset");
	in->is_flowed = has_value(type, "format", "flowed");
	in->del_sp = has_value(type, "delsp", "yes");
}

static void read_part(struct reading *r, GMimePart *part)
{
	GMimeContentType *type =
		g_mime_object_get_content_type(GMIME_OBJECT(part));
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	AUTO(object_free) GMimeStream *stream = NULL;
	struct body_part in = {
		.is_attachment = !is_text(type) || is_attached(part),
	};
	GByteArray *bytes;

	if (!content || (!is_text(type) && !is_patch_file(part, type)))
		return;
	set_type(&in, type);
	stream = g_mime_stream_mem_new();
	g_mime_data_wrapper_write_to_stream(content, stream);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	in.text = (const char *)bytes->data;
	in.len = bytes->len;
	body_add(&r->body, &in);
}

static int read_object(struct reading *r, GMimeObject *object, int depth,
		       struct err *err)
{
	GMimeMultipart *parts;

	if (GMIME_IS_PART(object)) {
		if (++r->n_parts > MAIL_MAX_PARTS)
			return err_set(err, ERR_LIMIT, "more than %d parts",
				       MAIL_MAX_PARTS);
		read_part(r, GMIME_PART(object));
		return 0;
	}
	if (!GMIME_IS_MULTIPART(object))
		return 0; /* a mail in a mail is not what its author sends */
	if (depth == MAIL_MAX_DEPTH)
		return err_set(err, ERR_LIMIT,
			       "more than %d parts inside each other",
			       MAIL_MAX_DEPTH);
	parts = GMIME_MULTIPART(object);
	for (int i = 0; i < g_mime_multipart_get_count(parts); i++) {
		if (read_object(r, g_mime_multipart_get_part(parts, i),
				depth + 1, err) < 0)
			return -1;
	}
	return 0;
}

/*
 * What an author put at the top of the text counts more than the header. Some
 * list software even leaves the header's Subject: empty.
 */
static int read_inner_headers(struct reading *r, struct err *err)
{
	AUTO(subject_free) struct subject *inner = NULL;
	AUTO(mem_free) char *subject = NULL;
	struct mail *m = r->mail;

	if (r->body.from.len > 0 &&
	    read_person(&m->author, buf_text(&r->body.from), err) < 0)
		return -1;
	if (r->is_munged)
		person_copy(&m->from, &m->author);
	if (r->body.date.len > 0)
		read_date(&m->author_time, &m->author_tz_min,
			  buf_text(&r->body.date));
	if (r->body.subject.len == 0) {
		m->title = xstrdup(m->subject->title);
		return 0;
	}
	subject = decode(
		span_of(buf_text(&r->body.subject), r->body.subject.len));
	if (subject_parse(&inner, subject, strlen(subject), err) < 0)
		return -1;
	m->title = xstrdup(inner->title);
	if (inner->is_patch && *m->subject->title == '\0') {
		subject_free(m->subject);
		m->subject = TAKE(inner);
	}
	return 0;
}

static int read_trailers(struct mail *m, struct err *err)
{
	AUTO(buf_release) struct buf all = { 0 };

	buf_init(&all, TEXT_MAX * 3);
	buf_adds(&all, m->log);
	buf_adds(&all, m->notes);
	if (m->diff)
		buf_add(&all, m->diff, m->diff_len);
	return trailers_parse(&m->trailers, buf_text(&all), all.len, err);
}

static void add_bytes(GByteArray *out, struct span text)
{
	g_byte_array_append(out, (const guint8 *)text.p, (guint)span_len(text));
}

/* What GMime is to see: the fields of the body, and the body. */
static GByteArray *body_bytes(const struct reading *r)
{
	GByteArray *bytes = g_byte_array_new();

	for (size_t i = 0; i < r->headers.n; i++) {
		const struct headers_field *f = &r->headers.v[i];

		if (!span_starts_nocase(f->name, "Content-"))
			continue;
		add_bytes(bytes, f->name);
		add_bytes(bytes, span_cstr(":"));
		for (const char *p = f->value.p; p < f->value.end; p++)
			add_bytes(bytes, *p ? span_of(p, 1) : span_of(" ", 1));
	}
	add_bytes(bytes, span_cstr("\n"));
	add_bytes(bytes, r->headers.body);
	return bytes;
}

static GMimeMessage *parse_message(const struct reading *r)
{
	AUTO(object_free) GMimeStream *stream = g_mime_stream_mem_new();
	AUTO(object_free) GMimeParser *parser = NULL;

	g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(stream),
					 body_bytes(r));
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), TRUE);
	parser = g_mime_parser_new_with_stream(stream);
	g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
	return g_mime_parser_construct_message(parser, NULL);
}

/*
 * GMime looks for every open boundary at every line that begins with "--", so
 * a deep mail takes it long before read_object could count. Each multipart
 * has a Content-Type:, whose name cannot be folded.
 */
static int check_parts(struct span text, struct err *err)
{
	struct span line;
	int n = 1; /* that of the mail itself */

	while (span_line(&text, &line)) {
		if (span_starts_nocase(line, "Content-Type") &&
		    ++n > MAIL_MAX_PARTS)
			return err_set(err, ERR_LIMIT, "more than %d parts",
				       MAIL_MAX_PARTS);
	}
	return 0;
}

static int read_parts(struct reading *r, struct err *err)
{
	AUTO(object_free) GMimeMessage *message = NULL;
	GMimeObject *object;

	if (check_parts(r->headers.body, err) < 0)
		return -1;
	message = parse_message(r);
	if (!message)
		return err_set(err, ERR_INPUT, "not a mail: GMime says so");
	object = g_mime_message_get_mime_part(message);
	return object ? read_object(r, object, 0, err) : 0;
}

/* The one value of a field; false when there are several. */
static bool find_only(const struct reading *r, const char *name, char **out)
{
	if (headers_count(&r->headers, name) > 1)
		return false;
	*out = unfold(find_raw(r, name));
	return true;
}

static bool is_inline(const char *how)
{
	struct span word = span_trim(span_cstr(how));

	return span_len(word) == 0 || span_is_nocase(word, "inline");
}

/* Undo the transfer encoding of the whole body. */
static void add_encoded(struct reading *r, struct body_part *in,
			GMimeContentEncoding how)
{
	GMimeEncoding state;
	struct span text = r->headers.body;
	AUTO(mem_free) char *bytes = NULL;

	g_mime_encoding_init_decode(&state, how);
	bytes = xmalloc(g_mime_encoding_outlen(&state, span_len(text)) + 1);
	in->text = bytes;
	in->len = g_mime_encoding_step(&state, text.p, span_len(text), bytes);
	body_add(&r->body, in);
}

/* One part of text, by far the most usual; false: GMime has to see it. */
static bool read_plain(struct reading *r)
{
	AUTO(mem_free) char *type_line = NULL;
	AUTO(mem_free) char *how_line = NULL;
	AUTO(mem_free) char *encoding_line = NULL;
	AUTO(object_free) GMimeContentType *type = NULL;
	struct body_part in = { .text = r->headers.body.p,
				.len = span_len(r->headers.body) };
	GMimeContentEncoding encoding;

	if (!find_only(r, "Content-Type", &type_line) ||
	    !find_only(r, "Content-Disposition", &how_line) ||
	    !find_only(r, "Content-Transfer-Encoding", &encoding_line) ||
	    !is_inline(how_line))
		return false;
	encoding =
		g_mime_content_encoding_from_string(g_strstrip(encoding_line));
	if (encoding == GMIME_CONTENT_ENCODING_UUENCODE)
		return false;
	if (*type_line) {
		type = g_mime_content_type_parse(NULL, type_line);
		if (!is_text(type))
			return false;
		set_type(&in, type);
	}
	if (encoding == GMIME_CONTENT_ENCODING_BASE64 ||
	    encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
		add_encoded(r, &in, encoding);
	else
		body_add(&r->body, &in);
	return true;
}

static int read_body(struct reading *r, struct err *err)
{
	struct mail *m = r->mail;

	if (!read_plain(r) && read_parts(r, err) < 0)
		return -1;
	if (buf_check(&r->body.log, "text", err) < 0 ||
	    buf_check(&r->body.notes, "text", err) < 0 ||
	    buf_check(&r->body.diff, "diff", err) < 0)
		return -1;
	if (read_inner_headers(r, err) < 0)
		return -1;
	m->log = buf_take(&r->body.log);
	m->notes = buf_take(&r->body.notes);
	m->has_diffstat = r->body.has_diffstat;
	m->diff_len = r->body.diff.len;
	if (m->diff_len > 0)
		m->diff = buf_take(&r->body.diff);
	return r->only_head ? 0 : read_trailers(m, err);
}

static int read_mail(struct mail *m, struct span text, bool only_head,
		     struct err *err)
{
	struct reading r = { .mail = m, .only_head = only_head };
	int rc;

	headers_read(&r.headers, text);
	body_init(&r.body, TEXT_MAX);
	r.body.only_diff = only_head;
	rc = read_headers(&r, err);
	if (rc == 0)
		rc = read_body(&r, err);
	body_release(&r.body);
	headers_release(&r.headers);
	return rc;
}

/* "Name:", as far as RFC 5322 lets a name look. */
static bool is_header(struct span line)
{
	struct span name;

	if (!span_until(&line, ':', &name) || span_len(name) == 0)
		return false;
	for (const char *p = name.p; p < name.end; p++) {
		if (*p <= ' ' || *p >= 0x7f)
			return false;
	}
	return true;
}

/* Blank lines and a From_ line before the headers are no part of the mail. */
static struct span skip_envelope(struct span text)
{
	struct span rest = text;
	struct span line;

	while (span_line(&rest, &line)) {
		if (span_len(span_trim(line)) > 0 &&
		    !span_starts(line, "From ") && !span_starts(line, ">From "))
			break;
		text = rest;
	}
	return text;
}

static bool is_known(struct span line)
{
	static const char *const known[] = { "From:", "Subject:", "Date:",
					     "Message-ID:" };

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (span_starts_nocase(line, known[i]))
			return true;
	}
	return false;
}

/* Before a byte is read: is it a mail, and of a size that we take? */
static int check_headers(struct span text, struct err *err)
{
	struct span rest = text;
	struct span line;
	bool is_mail = false;

	if (span_line(&rest, &line) && !is_header(line))
		return err_set(err, ERR_INPUT,
			       "not a mail: its first line is no header");
	for (rest = text; span_line(&rest, &line);) {
		if (span_len(span_trim(line)) == 0)
			break;
		if ((size_t)(rest.p - text.p) > MAIL_MAX_HEADERS)
			return err_set(err, ERR_LIMIT,
				       "headers are larger than %u bytes",
				       MAIL_MAX_HEADERS);
		is_mail = is_mail || is_known(line);
	}
	if (!is_mail)
		return err_set(err, ERR_INPUT,
			       "not a mail: no 'From:', 'Subject:', 'Date:' or "
			       "'Message-ID:' header");
	return 0;
}

static pthread_once_t gmime_once = PTHREAD_ONCE_INIT;

static int parse(struct mail **out, const char *bytes, size_t len,
		 bool only_head, struct err *err)
{
	AUTO(mail_free) struct mail *m = NULL;
	struct span text = skip_envelope(span_of(bytes, len));

	if (len > MAIL_MAX_SIZE)
		return err_set(err, ERR_LIMIT, "mail is larger than %u bytes",
			       MAIL_MAX_SIZE);
	if (check_headers(text, err) < 0)
		return -1;
	pthread_once(&gmime_once, g_mime_init);
	m = xcalloc(1, sizeof(*m));
	if (read_mail(m, text, only_head, err) < 0)
		return -1;
	*out = TAKE(m);
	return 0;
}

int mail_parse(struct mail **out, const char *bytes, size_t len,
	       struct err *err)
{
	return parse(out, bytes, len, false, err);
}

int mail_parse_head(struct mail **out, const char *bytes, size_t len,
		    struct err *err)
{
	return parse(out, bytes, len, true, err);
}

bool mail_is_patch(const struct mail *m)
{
	return m->diff && m->subject->index != 0 && !m->subject->is_reply;
}

void mail_free(struct mail *m)
{
	if (!m)
		return;
	free(m->message_id);
	free(m->in_reply_to);
	strings_release(&m->references);
	free(m->subject_raw);
	subject_free(m->subject);
	free(m->title);
	person_release(&m->from);
	person_release(&m->author);
	free(m->list_id);
	persons_release(&m->to);
	persons_release(&m->cc);
	free(m->log);
	free(m->notes);
	free(m->diff);
	trailers_free(m->trailers);
	free(m);
}
