/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/smtp.h"

#include <ctype.h>
#include <curl/curl.h>

#include "bot/base/buf.h"
#include "bot/base/sink.h"
#include "bot/base/span.h"

#define MAX_LINE 998  /* RFC 5322 2.1.1, without its CRLF */
#define MAX_WORDS 400 /* of a server, as we repeat them */

DEFINE_AUTO(CURL *, curl_easy_cleanup)
DEFINE_AUTO(struct curl_slist *, curl_slist_free_all)

/* What was said between the two, as far as it decides what is known. */
struct dialogue {
	const struct buf *bytes;
	size_t at;	  /* so many were read */
	bool has_data;	  /* the server said 354: from here on it has it */
	bool is_over;	  /* we said QUIT: what is said then is no answer */
	char *recipient;  /* that was named last; NULL: something else was */
	struct buf words; /* the last reply, one line */
	struct strings refused;
};

static void dialogue_release(struct dialogue *d)
{
	free(d->recipient);
	buf_release(&d->words);
	strings_release(&d->refused);
}
DEFINE_AUTO_VALUE(struct dialogue, dialogue_release)

const char *smtp_outcome_name(enum smtp_outcome outcome)
{
	static const char *const names[] = {
		[SMTP_SENT] = "sent",	    [SMTP_LATER] = "later",
		[SMTP_REFUSED] = "refused", [SMTP_OPERATOR] = "operator",
		[SMTP_UNKNOWN] = "unknown",
	};

	return names[outcome];
}

void smtp_result_release(struct smtp_result *r)
{
	free(r->says);
	strings_release(&r->refused);
	*r = (struct smtp_result){ 0 };
}

/* "host" of "smtp://host:25/x", "[::1]" with its brackets. */
static struct span find_host(const char *url)
{
	struct span rest = span_cstr(url), host;

	if (!span_eat(&rest, "smtps://"))
		span_eat(&rest, "smtp://");
	if (!span_until(&rest, '/', &host))
		host = rest;
	rest = host;
	if (span_starts(host, "["))
		return span_until(&rest, ']', &host)
			       ? (struct span){ host.p, host.end + 1 }
			       : host;
	return span_until(&rest, ':', &host) ? host : rest;
}

bool smtp_is_here(const char *url)
{
	struct span host = find_host(url);
	uint64_t part;

	if (span_is(host, "localhost") || span_is(host, "[::1]"))
		return true;
	if (!span_eat(&host, "127."))
		return false;
	for (int i = 0; i < 3; i++)
		if (!span_uint(&host, 255, &part) ||
		    span_eat(&host, ".") != (i < 2))
			return false;
	return span_len(host) == 0;
}

/* ---- the mail as it is sent ---- */

/* Lines end in CRLF: libcurl stuffs dots behind those alone. */
static int write_lines(struct buf *out, const struct smtp_mail *mail,
		       struct err *err)
{
	struct span rest = span_of(mail->bytes, mail->len), line;

	if (memchr(mail->bytes, '\0', mail->len))
		return err_set(err, ERR_INPUT, "a mail with a NUL in it");
	while (span_line(&rest, &line)) {
		if (span_len(line) > 0 && line.end[-1] == '\r')
			line.end--;
		if (span_len(line) > MAX_LINE)
			return err_set(err, ERR_INPUT,
				       "a line of %zu bytes (RFC 5322 2.1.1)",
				       span_len(line));
		buf_add(out, line.p, span_len(line));
		buf_adds(out, "\r\n");
	}
	return buf_check(out, "the mail", err);
}

/* It becomes part of a command. */
static int check_address(const char *address, struct err *err)
{
	for (const char *p = address; *p; p++)
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f ||
		    *p == '<' || *p == '>')
			return err_set(err, ERR_INPUT,
				       "an address that cannot be sent to");
	if (!strchr(address, '@'))
		return err_set(err, ERR_INPUT, "an address without @");
	return 0;
}

static int check_envelope(const struct smtp_mail *mail, struct err *err)
{
	if (mail->to->n == 0)
		return err_set(err, ERR_INPUT, "a mail to nobody");
	if (mail->to->n > SMTP_MAX_RECIPIENTS)
		return err_set(err, ERR_LIMIT, "a mail to more than %d",
			       SMTP_MAX_RECIPIENTS);
	if (check_address(mail->from, err) < 0)
		return -1;
	for (size_t i = 0; i < mail->to->n; i++)
		if (check_address(mail->to->v[i], err) < 0)
			return -1;
	return 0;
}

/* ---- listening ---- */

static size_t give_bytes(char *out, size_t size, size_t n, void *arg)
{
	struct dialogue *d = arg;
	size_t len = d->bytes->len - d->at;

	if (len > size * n)
		len = size * n;
	memcpy(out, buf_text(d->bytes) + d->at, len);
	d->at += len;
	return len;
}

static void hear_command(struct dialogue *d, struct span line)
{
	struct span address;

	free(d->recipient);
	d->recipient = NULL;
	d->is_over = span_starts(line, "QUIT");
	if (span_eat(&line, "RCPT TO:<") && span_until(&line, '>', &address))
		d->recipient = span_dup(address);
}

/* "550 5.1.1 no such user": the last line of a reply has a blank there. */
static void hear_reply(struct dialogue *d, struct span line)
{
	if (d->is_over)
		return;
	line = span_trim(line);
	buf_release(&d->words);
	buf_init(&d->words, MAX_WORDS);
	sink_line(&d->words, line.p, span_len(line));
	if (span_starts(line, "354"))
		d->has_data = true;
	if (!d->recipient || (*line.p != '4' && *line.p != '5'))
		return;
	strings_push_take(&d->refused, xasprintf("%s: %s", d->recipient,
						 buf_text(&d->words)));
}

static int hear(CURL *curl, curl_infotype type, char *data, size_t len,
		void *arg)
{
	struct span rest = span_of(data, len), line;

	(void)curl;
	while (span_line(&rest, &line)) {
		if (type == CURLINFO_HEADER_OUT)
			hear_command(arg, line);
		else if (type == CURLINFO_HEADER_IN && span_len(line) > 3 &&
			 isdigit((unsigned char)*line.p))
			hear_reply(arg, line);
	}
	return 0;
}

/* ---- what it came to ---- */

static enum smtp_outcome judge_reply(long code, bool has_data)
{
	if (code >= 400 && code < 500)
		return SMTP_LATER;
	/* a greeting that refuses us is not about this mail */
	return has_data || code >= 550 ? SMTP_REFUSED : SMTP_OPERATOR;
}

/* Measured with libcurl 7.88.1 against each of these. */
static enum smtp_outcome judge(CURLcode code, long reply,
			       const struct dialogue *d)
{
	if (code == CURLE_OK)
		return SMTP_SENT;
	if (reply == 354)
		return SMTP_UNKNOWN;
	switch (code) {
	case CURLE_USE_SSL_FAILED:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return SMTP_OPERATOR;
	case CURLE_LOGIN_DENIED:
		return reply >= 400 && reply < 500 ? SMTP_LATER : SMTP_OPERATOR;
	case CURLE_WEIRD_SERVER_REPLY:
		if (!d->has_data)
			return reply >= 400 && reply < 500 ? SMTP_LATER
							   : SMTP_OPERATOR;
		return judge_reply(reply, true);
	case CURLE_SEND_ERROR:
		return reply >= 500 ? SMTP_REFUSED : SMTP_LATER;
	default:
		/* lost before the data: nothing was taken */
		return d->has_data ? SMTP_UNKNOWN : SMTP_LATER;
	}
}

static void set_server(CURL *curl, const struct smtp_server *s, const char *url)
{
	bool is_clear = smtp_is_here(s->url) && !s->must_encrypt;

	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)SMTP_CONNECT_S);
	curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT,
			 (long)s->timeout_s);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)s->timeout_s);
	/* never TRY, which falls back to clear text without a word */
	curl_easy_setopt(curl, CURLOPT_USE_SSL,
			 (long)(is_clear ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	if (s->ca)
		curl_easy_setopt(curl, CURLOPT_CAINFO, s->ca);
	if (s->user) {
		curl_easy_setopt(curl, CURLOPT_USERNAME, s->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD,
				 s->secret ? s->secret : "");
	}
}

static void set_mail(CURL *curl, struct dialogue *d,
		     const struct smtp_mail *mail, struct curl_slist *to)
{
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail->from);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
	/* one who is gone must not keep it from the others */
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
	curl_easy_setopt(curl, CURLOPT_READDATA, d);
	curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE,
			 (curl_off_t)d->bytes->len);
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, hear);
	curl_easy_setopt(curl, CURLOPT_DEBUGDATA, d);
}

static int list_recipients(struct curl_slist **out, const struct strings *to,
			   struct err *err)
{
	for (size_t i = 0; i < to->n; i++) {
		struct curl_slist *more = curl_slist_append(*out, to->v[i]);

		if (!more)
			return err_set(err, ERR_SYSTEM, "no memory");
		*out = more;
	}
	return 0;
}

/*
 * The server's own words where it has spoken last; else what curl makes of it.
 */
static char *tell(CURLcode code, long reply, const struct dialogue *d)
{
	if (code == CURLE_OK || (reply >= 400 && d->words.len > 0))
		return xstrdup(buf_text(&d->words));
	return xasprintf("%s%s%s", curl_easy_strerror(code),
			 d->words.len ? "; it last said: " : "",
			 d->words.len ? buf_text(&d->words) : "");
}

static void end(struct smtp_result *out, CURL *curl, CURLcode code,
		struct dialogue *d)
{
	long reply = 0;

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
	out->outcome = judge(code, reply, d);
	out->says = tell(code, reply, d);
	out->refused = d->refused;
	d->refused = (struct strings){ 0 };
}

int smtp_send(struct smtp_result *out, const struct smtp_server *server,
	      const struct smtp_mail *mail, struct err *err)
{
	AUTO(curl_slist_free_all) struct curl_slist *to = NULL;
	AUTO(curl_easy_cleanup) CURL *curl = curl_easy_init();
	AUTO(dialogue_release) struct dialogue d = { 0 };
	AUTO(buf_release) struct buf bytes = { 0 };
	AUTO(mem_free) char *url = NULL;
	CURLcode code;

	*out = (struct smtp_result){ 0 };
	buf_init(&bytes, SMTP_MAX_MAIL);
	buf_init(&d.words, MAX_WORDS);
	if (!curl)
		return err_set(err, ERR_SYSTEM, "libcurl does not start");
	if (check_envelope(mail, err) < 0 ||
	    write_lines(&bytes, mail, err) < 0 ||
	    list_recipients(&to, mail->to, err) < 0)
		return -1;
	d.bytes = &bytes;
	url = server->helo ? xasprintf("%s/%s", server->url, server->helo)
			   : xstrdup(server->url);
	set_server(curl, server, url);
	set_mail(curl, &d, mail, to);
	code = curl_easy_perform(curl);
	if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
		return err_set(err, ERR_CONFIG, "'%s' is no mail server: %s",
			       server->url, curl_easy_strerror(code));
	end(out, curl, code, &d);
	return 0;
}
