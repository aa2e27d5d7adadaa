/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/dkim.h"

#include <opendkim/dkim.h>
#include <string.h>
#include <strings.h>

#include "bot/base/buf.h"
#include "bot/base/hash.h"
#include "bot/base/span.h"
#include "parsers/headers.h"
#include "parsers/mail.h"

#define LEAST_BITS 1024

/* Of each of these a mail that is obeyed has at most one. */
static const char *const single[] = { "from", "message-id", "in-reply-to",
				      "references", "date" };

/* ---- keys ---- */

void dkim_keys_add(struct dkim_keys *keys, const char *name, const char *text)
{
	keys->v = xreallocarray(keys->v, keys->n + 1, sizeof(*keys->v));
	keys->v[keys->n++] = (struct dkim_key){ xstrdup(name), xstrdup(text) };
}

void dkim_keys_read(struct dkim_keys *keys, const char *text, size_t len)
{
	struct span rest = span_of(text, len), line, name;

	while (span_line(&rest, &line)) {
		AUTO(mem_free) char *key = NULL;
		AUTO(mem_free) char *value = NULL;

		if (!span_word(&line, &name) || *name.p == '#')
			continue;
		key = span_dup(name);
		value = span_dup(span_trim(line));
		dkim_keys_add(keys, key, value);
	}
}

void dkim_keys_release(struct dkim_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++) {
		free(keys->v[i].name);
		free(keys->v[i].text);
	}
	free(keys->v);
	*keys = (struct dkim_keys){ 0 };
}

static const char *find_key(const struct dkim_keys *keys, const char *name)
{
	for (size_t i = 0; i < keys->n; i++)
		if (strcasecmp(keys->v[i].name, name) == 0)
			return keys->v[i].text;
	return NULL;
}

/* ---- who it is from ---- */

bool dkim_is_aligned(const char *signer, const char *domain)
{
	size_t n = strlen(signer), all = strlen(domain);

	if (n == 0 || n > all || !strchr(signer, '.'))
		return false; /* a top-level domain vouches for nobody */
	if (strcasecmp(domain + (all - n), signer) != 0)
		return false;
	return n == all || domain[all - n - 1] == '.';
}

static bool is_atom(struct span s)
{
	for (const char *p = s.p; p < s.end; p++)
		if (*p <= ' ' || *p >= 0x7f || strchr("<>()\"\\,;:[]", *p))
			return false;
	return span_len(s) > 0;
}

/*
 * The one address of a From: field in one of its two plain forms, "a@b" and
 * "name <a@b>"; "" of anything that two readers might read differently. What
 * list software says of whom it hides (X-Original-From) is not looked at.
 */
static char *read_address(struct span value)
{
	struct span s = span_trim(value), name, local;

	if (span_until(&s, '<', &name)) {
		if (span_len(s) == 0 || s.end[-1] != '>')
			return xstrdup("");
		s.end--;
	}
	name = s;
	if (!is_atom(s) || !span_until(&name, '@', &local) || !is_atom(local) ||
	    !is_atom(name) || memchr(name.p, '@', span_len(name)))
		return xstrdup("");
	return span_dup(s);
}

/* ---- a mail, as the library gets it ---- */

struct check {
	const struct dkim_keys *keys;
	struct dkim_verdict *out;
	const char *domain; /* of the sender */
	struct headers headers;
};

static void check_release(struct check *c)
{
	headers_release(&c->headers);
}
DEFINE_AUTO_VALUE(struct check, check_release)

static void add_crlf(struct buf *out, struct span text)
{
	struct span line;

	while (text.p < text.end) {
		bool ends = memchr(text.p, '\n', span_len(text)) != NULL;

		(void)span_line(&text, &line);
		if (span_len(line) > 0 && line.end[-1] == '\r')
			line.end--;
		buf_add(out, line.p, span_len(line));
		if (ends)
			buf_adds(out, "\r\n");
	}
}

/* public-inbox adds one to a mail whose own id was used before. */
static bool is_added(const struct headers *h, size_t at)
{
	struct span value = span_trim(h->v[at].value);

	return span_is_nocase(h->v[at].name, "message-id") &&
	       headers_count(h, "message-id") == 2 &&
	       headers_find(h, "message-id") != &h->v[at] &&
	       span_len(value) > 3 && memcmp(value.end - 3, "@z>", 3) == 0;
}

static DKIM_STAT feed_headers(DKIM *dkim, const struct headers *h)
{
	for (size_t i = 0; i < h->n; i++) {
		AUTO(buf_release) struct buf field = { 0 };
		struct span raw = { h->v[i].name.p, h->v[i].value.end };
		DKIM_STAT rc;

		if (is_added(h, i))
			continue;
		while (raw.p < raw.end &&
		       (raw.end[-1] == '\n' || raw.end[-1] == '\r'))
			raw.end--;
		buf_init(&field, 2 * MAIL_MAX_HEADERS);
		add_crlf(&field, raw);
		if (field.overflow)
			return DKIM_STAT_INVALID;
		rc = dkim_header(dkim, (u_char *)field.data, field.len);
		if (rc != DKIM_STAT_OK)
			return rc;
	}
	return DKIM_STAT_OK;
}

static DKIM_STAT feed(DKIM *dkim, const struct headers *h)
{
	AUTO(buf_release) struct buf body = { 0 };
	DKIM_STAT rc = feed_headers(dkim, h);

	if (rc != DKIM_STAT_OK)
		return rc;
	rc = dkim_eoh(dkim);
	if (rc != DKIM_STAT_OK)
		return rc;
	buf_init(&body, 2 * MAIL_MAX_SIZE);
	add_crlf(&body, h->body);
	if (body.overflow)
		return DKIM_STAT_INVALID;
	if (body.len > 0)
		rc = dkim_body(dkim, (u_char *)body.data, body.len);
	return rc == DKIM_STAT_OK ? dkim_eom(dkim, NULL) : rc;
}

/* ---- the library asks ---- */

static const char *signer_of(DKIM_SIGINFO *sig)
{
	const char *d = (const char *)dkim_sig_getdomain(sig);

	return d ? d : "";
}

/* Nobody is asked about domains that could not vouch for it anyway. */
static DKIM_CBSTAT look_up(DKIM *dkim, DKIM_SIGINFO *sig, u_char *out,
			   size_t size)
{
	const struct check *c = dkim_get_user_context(dkim);
	const char *selector = (const char *)dkim_sig_getselector(sig);
	AUTO(mem_free) char *name = NULL;
	const char *text;

	if (!selector || !dkim_is_aligned(signer_of(sig), c->domain))
		return DKIM_CBSTAT_NOTFOUND;
	name = xasprintf("%s._domainkey.%s", selector, signer_of(sig));
	for (char *p = name; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	if (strlen(name) > DKIM_MAX_NAME)
		return DKIM_CBSTAT_NOTFOUND;
	text = find_key(c->keys, name);
	if (!text && c->out->wanted.n < DKIM_MAX_SIGNATURES &&
	    !strings_has(&c->out->wanted, name))
		strings_push(&c->out->wanted, name);
	if (!text || strlen(text) >= size)
		return DKIM_CBSTAT_NOTFOUND;
	memcpy(out, text, strlen(text) + 1);
	return DKIM_CBSTAT_CONTINUE;
}

/* ---- one signature ---- */

static bool has_tag(DKIM_SIGINFO *sig, const char *tag)
{
	return dkim_sig_gettagvalue(sig, false, (u_char *)(uintptr_t)tag) !=
	       NULL;
}

static bool signs(DKIM_SIGINFO *sig, const char *field)
{
	return dkim_sig_hdrsigned(sig, (u_char *)(uintptr_t)field);
}

static bool signs_if_there(const struct check *c, DKIM_SIGINFO *sig,
			   const char *field)
{
	return headers_count(&c->headers, field) == 0 || signs(sig, field);
}

/* RFC 8301: neither SHA-1 nor a short key of RSA. */
static const char *find_weakness(DKIM_SIGINFO *sig)
{
	dkim_alg_t alg = DKIM_SIGN_UNKNOWN;
	unsigned bits = 0;

	if (dkim_sig_getsignalg(sig, &alg) != DKIM_STAT_OK ||
	    alg == DKIM_SIGN_RSASHA1)
		return "its signature is by an algorithm that is broken";
	if (alg == DKIM_SIGN_RSASHA256 &&
	    (dkim_sig_getkeysize(sig, &bits) != DKIM_STAT_OK ||
	     bits < LEAST_BITS))
		return "its key is too short";
	return NULL;
}

/* NULL: it counts. */
static const char *find_fault(const struct check *c, DKIM_SIGINFO *sig)
{
	bool passed = dkim_sig_getflags(sig) & DKIM_SIGFLAG_PASSED;

	if (!dkim_is_aligned(signer_of(sig), c->domain))
		return "signed by another domain than that of From:";
	if (has_tag(sig, "l"))
		return "its signature leaves a part of the body open (l=)";
	if (!signs(sig, "from"))
		return "its signature leaves From: open";
	if (!signs(sig, "message-id") &&
	    !(signs_if_there(c, sig, "in-reply-to") &&
	      signs_if_there(c, sig, "references")))
		return "its signature leaves open what it answers";
	if (dkim_sig_getflags(sig) & DKIM_SIGFLAG_TESTKEY)
		return "its key is for trials (t=y)";
	if (dkim_sig_geterror(sig) != DKIM_SIGERROR_OK)
		return dkim_sig_geterrorstr(dkim_sig_geterror(sig));
	if (!passed || dkim_sig_getbh(sig) != DKIM_SIGBH_MATCH)
		return "its signature does not fit";
	return find_weakness(sig);
}

/*
 * A hash of b=. The last four characters of base64 have bits that no reader
 * looks at, with which a copy would be another; they are left out.
 */
static char *seal_of(DKIM_SIGINFO *sig)
{
	const u_char *b =
		dkim_sig_gettagvalue(sig, false, (u_char *)(uintptr_t) "b");
	AUTO(hasher_free) struct hasher *h = hasher_new();
	AUTO(buf_release) struct buf text = { 0 };
	struct hash hash;

	buf_init(&text, MAIL_MAX_HEADERS);
	for (; b && *b; b++)
		if ((*b >= 'a' && *b <= 'z') || (*b >= 'A' && *b <= 'Z') ||
		    (*b >= '0' && *b <= '9') || *b == '+' || *b == '/')
			buf_addc(&text, (char)*b);
	hasher_add(h, buf_text(&text), text.len > 4 ? text.len - 4 : 0);
	hasher_get(&hash, h);
	return xstrdup(hash.hex);
}

static void judge(const struct check *c, DKIM *dkim)
{
	struct dkim_verdict *v = c->out;
	DKIM_SIGINFO **sigs = NULL;
	int n = 0;

	if (dkim_getsiglist(dkim, &sigs, &n) != DKIM_STAT_OK)
		n = 0;
	for (int i = 0; i < n && i < DKIM_MAX_SIGNATURES; i++) {
		const char *fault = find_fault(c, sigs[i]);

		if (!fault) {
			strings_push_take(&v->seals, seal_of(sigs[i]));
			v->is_good = true;
		} else if (!v->why) {
			v->why = xstrdup(fault);
		}
	}
	if (n == 0)
		v->why = xstrdup("it is not signed");
	if (v->is_good) {
		free(v->why);
		v->why = NULL;
	}
}

/* ---- a mail ---- */

/* Fields that a reader and a signature might mean different copies of. */
static const char *find_double(const struct headers *h)
{
	for (size_t i = 0; i < ARRAY_LEN(single); i++) {
		size_t n = headers_count(h, single[i]);

		for (size_t k = 0; k < h->n; k++)
			n -= span_is_nocase(h->v[k].name, single[i]) &&
			     is_added(h, k);
		if (n > 1)
			return single[i];
	}
	return NULL;
}

static void verify(struct check *c)
{
	DKIM_LIB *lib = dkim_init(NULL, NULL);
	DKIM_STAT rc = DKIM_STAT_NORESOURCE;
	DKIM *dkim = NULL;

	if (lib && dkim_set_key_lookup(lib, look_up) == DKIM_STAT_OK)
		dkim = dkim_verify(lib, (const u_char *)"answer", NULL, &rc);
	if (dkim) {
		dkim_set_user_context(dkim, c);
		/* what it came to as a whole is less than we ask of each */
		(void)feed(dkim, &c->headers);
		judge(c, dkim);
		dkim_free(dkim);
	} else {
		c->out->why = xstrdup("it cannot be verified");
	}
	if (lib)
		dkim_close(lib);
}

void dkim_check(struct dkim_verdict *out, const char *bytes, size_t len,
		const struct dkim_keys *keys)
{
	AUTO(check_release) struct check c = { .keys = keys, .out = out };
	const struct headers_field *from;
	const char *twice;

	*out = (struct dkim_verdict){ 0 };
	headers_read(&c.headers, span_of(bytes, len));
	from = headers_find(&c.headers, "from");
	twice = find_double(&c.headers);
	out->from = from ? read_address(from->value) : xstrdup("");
	if (twice) {
		out->why = xasprintf("it has more than one %s:", twice);
	} else if (!*out->from) {
		out->why = xstrdup("From: is not one plain address");
	} else {
		c.domain = strchr(out->from, '@') + 1;
		verify(&c);
	}
}

void dkim_verdict_release(struct dkim_verdict *v)
{
	free(v->from);
	free(v->why);
	strings_release(&v->wanted);
	strings_release(&v->seals);
	*v = (struct dkim_verdict){ 0 };
}
