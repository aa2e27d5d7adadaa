/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/http.h"

#include <ctype.h>
#include <curl/curl.h>

#include "bot/base/span.h"

DEFINE_AUTO(CURL *, curl_easy_cleanup)

/* One transfer while it runs. */
struct transfer {
	CURL *curl;
	struct buf *body;
	size_t max;
	bool is_refusal; /* the rest of a body that is no 200 is not read */
};

static long status_of(CURL *curl)
{
	long status = 0;

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

/* curl stops when less than all of it was taken. */
static size_t take_bytes(char *data, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	long status = status_of(t->curl);

	t->is_refusal = status != 0 && status != 200; /* 0: a file */
	t->body->max = t->is_refusal ? HTTP_MAX_REFUSAL : t->max;
	buf_add(t->body, data, size * n);
	return t->body->overflow ? 0 : size * n;
}

static void set_options(CURL *curl, const char *url, const char *agent,
			unsigned timeout_s)
{
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, agent);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,file");
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)HTTP_MAX_REDIRECTS);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)HTTP_CONNECT_S);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)HTTP_STALL_S);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)timeout_s);
}

static enum err_kind kind_of(CURLcode code)
{
	switch (code) {
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return ERR_CONFIG;
	default:
		return ERR_RETRY;
	}
}

/* What a transfer came to; a refusal that we cut short is complete. */
static int end_transfer(struct http_reply *out, const struct transfer *t,
			CURLcode code, const char *url, struct err *err)
{
	if (code == CURLE_FILE_COULDNT_READ_FILE) {
		out->status = 404;
		return 0;
	}
	out->status = (unsigned)status_of(t->curl);
	if (out->status == 0 && code == CURLE_OK)
		out->status = 200;
	if (out->body.overflow && t->is_refusal) {
		out->body.overflow = false;
		return 0;
	}
	if (buf_check(&out->body, url, err) < 0)
		return -1;
	if (code != CURLE_OK)
		return err_set(err, kind_of(code), "cannot get '%s': %s", url,
			       curl_easy_strerror(code));
	return 0;
}

static void read_type(struct http_reply *out, CURL *curl)
{
	const char *type = NULL;
	size_t n = 0;

	curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
	for (; type && n < HTTP_MAX_TYPE - 1; n++) {
		if (!isalnum((unsigned char)type[n]) &&
		    (!type[n] || !strchr("-+./", type[n])))
			break;
		out->type[n] = (char)tolower((unsigned char)type[n]);
	}
}

static void read_retry_after(struct http_reply *out, CURL *curl)
{
	curl_off_t s = 0;

	curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &s);
	if (s > 0)
		out->retry_after_s =
			s < HTTP_MAX_LEAVE_S ? (unsigned)s : HTTP_MAX_LEAVE_S;
}

int http_get(struct http_reply *out, const char *url, const char *agent,
	     size_t max, unsigned timeout_s, struct err *err)
{
	AUTO(http_reply_release) struct http_reply reply = { 0 };
	AUTO(curl_easy_cleanup) CURL *curl = curl_easy_init();
	struct transfer t = { .curl = curl, .body = &reply.body, .max = max };
	CURLcode code;

	*out = (struct http_reply){ 0 };
	if (!curl)
		return err_set(err, ERR_SYSTEM, "libcurl does not start");
	buf_init(&reply.body, max);
	set_options(curl, url, agent, timeout_s);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &t);
	code = curl_easy_perform(curl);
	if (end_transfer(&reply, &t, code, url, err) < 0)
		return -1;
	read_type(&reply, curl);
	read_retry_after(&reply, curl);
	*out = reply;
	reply = (struct http_reply){ 0 };
	return 0;
}

char *http_host(const char *url)
{
	struct span rest = span_cstr(url);
	struct span host = rest;

	if (!span_eat(&rest, "https://") && !span_eat(&rest, "http://"))
		return xstrdup("");
	if (!span_until(&rest, '/', &host))
		host = rest;
	return span_dup(host);
}

void http_reply_release(struct http_reply *r)
{
	buf_release(&r->body);
	*r = (struct http_reply){ 0 };
}

/* A page for people: said to be one, or one that says something else. */
static bool is_page(const struct http_reply *reply)
{
	struct span body = span_of(reply->body.data, reply->body.len);

	body = span_trim(body);
	return strcmp(reply->type, "text/html") == 0 ||
	       strcmp(reply->type, "application/xhtml+xml") == 0 ||
	       span_starts_nocase(body, "<!doctype") ||
	       span_starts_nocase(body, "<html");
}

static bool wants_to_be_left(unsigned status)
{
	return status == 403 || status == 429 || status == 503;
}

static int leave_alone(struct http_verdict *out, const struct http_reply *reply,
		       struct err *err)
{
	out->leave_s = reply->retry_after_s;
	if (out->leave_s < HTTP_MIN_LEAVE_S)
		out->leave_s = HTTP_MIN_LEAVE_S;
	if (wants_to_be_left(reply->status))
		return err_set(err, ERR_RETRY, "the server answered %u",
			       reply->status);
	return err_set(err, ERR_RETRY,
		       "the server answered with a page for people");
}

static const struct {
	const char *name;
	const char *start; /* of one, blanks in front not counted */
} forms[] = {
	[HTTP_GZIP] = { "gzip", "\x1f\x8b" },
	[HTTP_JSON] = { "JSON", "{" },
	[HTTP_MBOX] = { "mailbox", "From " },
};

int http_judge(struct http_verdict *out, const struct http_reply *reply,
	       enum http_form want, struct err *err)
{
	struct span body = span_of(reply->body.data, reply->body.len);

	*out = (struct http_verdict){ 0 };
	if (wants_to_be_left(reply->status))
		return leave_alone(out, reply, err);
	/* public-inbox: 300 is a page of guesses at what was meant */
	if (reply->status == 404 || reply->status == 410 ||
	    reply->status == 300)
		return 0;
	if (reply->status != 200)
		return err_set(err,
			       reply->status >= 500 ? ERR_RETRY : ERR_INPUT,
			       "the server answered %u", reply->status);
	if (is_page(reply))
		return leave_alone(out, reply, err);
	if (!span_starts(want == HTTP_GZIP ? body : span_trim(body),
			 forms[want].start))
		return err_set(err, ERR_INPUT, "the answer is no %s",
			       forms[want].name);
	out->is_found = true;
	return 0;
}
