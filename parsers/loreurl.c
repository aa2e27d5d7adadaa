/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/loreurl.h"

#include <ctype.h>

#include "bot/base/buf.h"
#include "bot/base/span.h"

#define LORE "lore.kernel.org"

/* Whose pages are those of lore, for a Message-ID alone. */
static const char *const aliases[] = { "msgid.link", "patch.msgid.link" };

static bool is_hex(char c)
{
	return isxdigit((unsigned char)c);
}

static int digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0'
					 : tolower((unsigned char)c) - 'a' + 10;
}

static int unescape(char **out, struct span text, struct err *err)
{
	AUTO(buf_release) struct buf id = { 0 };

	buf_init(&id, LOREURL_MAX_URL);
	for (const char *p = text.p; p < text.end; p++) {
		if (*p != '%') {
			buf_addc(&id, *p);
			continue;
		}
		if (text.end - p < 3 || !is_hex(p[1]) || !is_hex(p[2]))
			return err_set(err, ERR_INPUT,
				       "'%%' is not followed by two digits");
		buf_addc(&id, (char)(digit(p[1]) * 16 + digit(p[2])));
		if (id.data[id.len - 1] == '\0')
			return err_set(err, ERR_INPUT,
				       "byte 0x00 is in no Message-ID");
		p += 2;
	}
	*out = buf_take(&id);
	return 0;
}

/* It may stand in a header, in a message of ours, and in a path. */
static int check_id(const char *id, size_t len, struct err *err)
{
	if (len == 0 || strcmp(id, ".") == 0 || strcmp(id, "..") == 0)
		return err_set(err, ERR_INPUT, "no Message-ID in it");
	if (len > LOREURL_MAX_ID)
		return err_set(err, ERR_LIMIT,
			       "a Message-ID of more than %d bytes",
			       LOREURL_MAX_ID);
	for (size_t i = 0; i < len; i++) {
		if (iscntrl((unsigned char)id[i]) || strchr("<>", id[i]))
			return err_set(err, ERR_INPUT,
				       "byte 0x%02x is in no Message-ID",
				       (unsigned char)id[i]);
	}
	return 0;
}

static bool has(struct span s, char c)
{
	return span_len(s) && memchr(s.p, c, span_len(s));
}

/*
 * The id at the front of what stands behind a list's address. A '/' in it ought
 * to be escaped; where it is not, the '@' tells how far the id goes.
 */
static struct span id_of(struct span rest)
{
	struct span id = rest;
	struct span part;

	if (!has(rest, '@')) {
		(void)span_until(&rest, '/', &id);
		return id;
	}
	while (span_until(&rest, '/', &part)) {
		id.end = part.end;
		if (has(part, '@'))
			return id;
	}
	id.end = rest.end;
	return id;
}

/* Without "?query" and "#fragment". */
static struct span path_of(struct span url)
{
	for (const char *p = url.p; p < url.end; p++) {
		if (*p == '?' || *p == '#')
			url.end = p;
	}
	return url;
}

/* "linux-xfs": what may be a folder of a site, and is none of ours. */
static bool is_list_name(struct span name)
{
	for (const char *p = name.p; p < name.end; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("-._+", *p))
			return false;
	}
	return span_len(name) && *name.p != '.';
}

static bool is_anywhere(struct span list)
{
	return span_is(list, "r") || span_is(list, "all");
}

/* Behind "lore.kernel.org/": LIST/ID, or an id alone. */
static int read_lore(struct loreurl *u, struct span path, struct span *id_out,
		     struct err *err)
{
	struct span rest = path;
	struct span list;

	if (!span_until(&rest, '/', &list) || has(list, '@')) {
		*id_out = id_of(path);
		return 0;
	}
	if (!is_list_name(list))
		return err_set(err, ERR_INPUT, "no list has that name");
	if (!is_anywhere(list))
		u->list = xasprintf("https://" LORE "/%.*s/",
				    (int)span_len(list), list.p);
	*id_out = id_of(rest);
	return 0;
}

static bool is_http(struct span *url)
{
	return span_eat(url, "https://") || span_eat(url, "http://");
}

/* Eat the address of a known list, whose host is the one in @url as well. */
static bool eat_known(struct span *url, const char *known, char **list_out)
{
	struct span rest = span_cstr(known);
	struct span path = *url;
	struct span got;

	if (!is_http(&rest) || span_len(rest) == 0)
		return false;
	while (rest.end > rest.p && rest.end[-1] == '/')
		rest.end--;
	if (!is_http(&path) || span_len(path) <= span_len(rest))
		return false;
	got = (struct span){ path.p, path.p + span_len(rest) };
	if (memcmp(got.p, rest.p, span_len(rest)) != 0 || *got.end != '/')
		return false;
	*list_out = xasprintf("%.*s/", (int)(rest.end - known), known);
	url->p = got.end + 1;
	return true;
}

/* The longest one that fits, so that a list below another is found. */
static bool find_known(struct span *url, const struct strings *known,
		       char **list_out)
{
	AUTO(mem_free) char *best = NULL;
	struct span rest = *url;

	for (size_t i = 0; i < known->n; i++) {
		AUTO(mem_free) char *list = NULL;
		struct span behind = *url;

		if (!eat_known(&behind, known->v[i], &list) ||
		    (best && behind.p <= rest.p))
			continue;
		rest = behind;
		free(best);
		best = TAKE(list);
	}
	*url = rest;
	*list_out = TAKE(best);
	return *list_out != NULL;
}

static bool is_alias(struct span host)
{
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++) {
		if (span_is_nocase(host, aliases[i]))
			return true;
	}
	return false;
}

/* *id_out: still escaped. */
static int read_url(struct loreurl *u, struct span url,
		    const struct strings *known, struct span *id_out,
		    struct err *err)
{
	struct span rest = path_of(url);
	struct span host;

	if (find_known(&rest, known, &u->list)) {
		*id_out = id_of(rest);
		return 0;
	}
	(void)is_http(&rest);
	if (!span_until(&rest, '/', &host))
		return err_set(err, ERR_INPUT, "no Message-ID in it");
	if (span_is_nocase(host, LORE))
		return read_lore(u, rest, id_out, err);
	if (!is_alias(host))
		return err_set(err, ERR_INPUT,
			       "'%.*s' is not the host of a list that is "
			       "configured",
			       (int)span_len(host), host.p);
	*id_out = id_of(rest);
	return 0;
}

/* "<a@b>", "id:a@b", "a@b": nothing is escaped. */
static struct span bare_id(struct span text)
{
	if (span_eat(&text, "id:") || span_eat(&text, "mid:"))
		text = span_trim(text);
	if (span_eat(&text, "<") && text.p < text.end && text.end[-1] == '>')
		text.end--;
	return text;
}

static int read_all(struct loreurl *u, struct span text,
		    const struct strings *known, struct err *err)
{
	struct span probe = text;
	struct span id;

	if (!is_http(&probe)) {
		u->message_id = span_dup(bare_id(text));
		return check_id(u->message_id, span_len(bare_id(text)), err);
	}
	if (read_url(u, text, known, &id, err) < 0 ||
	    unescape(&u->message_id, id, err) < 0)
		return -1;
	return check_id(u->message_id, strlen(u->message_id), err);
}

int loreurl_parse(struct loreurl **out, const char *text, size_t len,
		  const struct strings *known, struct err *err)
{
	AUTO(loreurl_free) struct loreurl *u = xcalloc(1, sizeof(*u));
	struct span all = span_trim(span_of(text, len));

	if (len > LOREURL_MAX_URL)
		return err_set(err, ERR_LIMIT,
			       "an address of more than %d "
			       "bytes",
			       LOREURL_MAX_URL);
	if (memchr(text, '\0', len))
		return err_set(err, ERR_INPUT, "a NUL is in no address");
	if (read_all(u, all, known, err) < 0)
		return -1;
	*out = TAKE(u);
	return 0;
}

void loreurl_free(struct loreurl *u)
{
	if (!u)
		return;
	free(u->message_id);
	free(u->list);
	free(u);
}

bool loreurl_is(const char *text)
{
	struct span s = span_trim(span_cstr(text));

	return is_http(&s) || span_starts(s, "<") || span_starts(s, "id:") ||
	       span_starts(s, "mid:") || has(s, '@');
}

/* What may stand in a path as it is: RFC 3986 pchar. */
static bool is_plain(char c)
{
	return isalnum((unsigned char)c) || strchr("-._~!$&'()*+,;=:@", c);
}

char *loreurl_thread(const char *list, const char *message_id)
{
	AUTO(buf_release) struct buf url = { 0 };

	buf_init(&url, strlen(list) + 3 * strlen(message_id) + 32);
	buf_adds(&url, list);
	if (url.len && url.data[url.len - 1] != '/')
		buf_addc(&url, '/');
	for (const char *p = message_id; *p; p++) {
		if (is_plain(*p))
			buf_addc(&url, *p);
		else
			buf_addf(&url, "%%%02X", (unsigned char)*p);
	}
	buf_adds(&url, "/t.mbox.gz");
	return buf_take(&url);
}
