/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/origin.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "bot/base/fs.h"
#include "bot/base/span.h"
#include "bot/git/mirror.h"
#include "bot/mail/gunzip.h"
#include "bot/mail/http.h"

#define ADVERTISED "application/x-git-upload-pack-advertisement"
#define MAX_REFS (1u << 20) /* bytes of git's first answer; one ref has 60 */

void origin_free(struct origin *o)
{
	if (!o)
		return;
	free(o->base);
	free(o->single);
	free(o->v);
	free(o);
}

char *origin_epoch_url(const struct origin *o, unsigned n)
{
	return o->single ? xstrdup(o->single)
			 : xasprintf("%s/git/%u.git", o->base, n);
}

const char *origin_path(const char *url)
{
	if (strncmp(url, "file:///", 8) == 0)
		return url + strlen("file://");
	return url[0] == '/' ? url : NULL;
}

static struct origin_epoch *add_epoch(struct origin *o, unsigned n)
{
	o->v = xreallocarray(o->v, o->n + 1, sizeof(*o->v));
	o->v[o->n] = (struct origin_epoch){ .n = n };
	return &o->v[o->n++];
}

/* ---- on a disk ---- */

static bool read_number(unsigned *out, const char *name)
{
	struct span word = span_cstr(name);
	uint64_t n;

	if (!span_uint(&word, MIRROR_MAX_EPOCH, &n) || !span_is(word, ".git"))
		return false;
	*out = (unsigned)n;
	return true;
}

static int by_number(const void *a, const void *b)
{
	const struct origin_epoch *x = a, *y = b;

	return x->n < y->n ? -1 : x->n > y->n;
}

static int list_folder(struct origin *o, const char *path, struct err *err)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	unsigned n;

	if (!dir)
		return err_sys(err, ERR_CONFIG, "cannot list '%s'", path);
	while ((entry = readdir(dir)) && o->n <= MANIFEST_MAX_EPOCHS)
		if (read_number(&n, entry->d_name))
			add_epoch(o, n);
	closedir(dir);
	if (o->n > MANIFEST_MAX_EPOCHS)
		return err_set(err, ERR_LIMIT, "'%s' has more than %d epochs",
			       path, MANIFEST_MAX_EPOCHS);
	if (o->n)
		qsort(o->v, o->n, sizeof(*o->v), by_number);
	return 0;
}

static bool is_repository(const char *path)
{
	AUTO(mem_free) char *head = xasprintf("%s/HEAD", path);
	AUTO(mem_free) char *objects = xasprintf("%s/objects", path);

	return fs_exists(head) && fs_is_dir(objects);
}

static int find_on_disk(struct origin *o, struct err *err)
{
	AUTO(mem_free) char *git = xasprintf("%s/git", o->base);

	if (fs_is_dir(git))
		return list_folder(o, git, err);
	if (!is_repository(o->base))
		return err_set(err, ERR_CONFIG,
			       "'%s' is neither a public-inbox folder nor a "
			       "bare repository",
			       o->base);
	o->single = xstrdup(o->base);
	add_epoch(o, 0);
	return 0;
}

/* ---- on a server ---- */

/* What a refusal of @reply means; *is_found: it is a @form. */
static int judge(bool *is_found, unsigned *leave_s,
		 const struct http_reply *reply, enum http_form form,
		 const char *url, struct err *err)
{
	struct http_verdict verdict;

	if (http_judge(&verdict, reply, form, err) < 0) {
		*leave_s = verdict.leave_s;
		return err_wrap(err, "'%s'", url);
	}
	*is_found = verdict.is_found;
	return 0;
}

/* "lists/linux-xfs" of https://host/lists/linux-xfs */
static const char *list_of(const char *base)
{
	const char *host = strstr(base, "://") + 3;
	const char *path = strchr(host, '/');

	return path ? path : "";
}

static int take_manifest(struct origin *o, const struct buf *packed,
			 struct err *err)
{
	AUTO(manifest_free) struct manifest *m = NULL;
	AUTO(buf_release) struct buf text = { 0 };

	if (gunzip_run(&text, packed->data, packed->len, MANIFEST_MAX_SIZE,
		       err) < 0 ||
	    manifest_parse(&m, buf_text(&text), text.len, list_of(o->base),
			   err) < 0)
		return -1;
	o->has_manifest = true;
	for (size_t i = 0; i < m->n; i++) {
		struct origin_epoch *e;

		if (m->v[i].n > MIRROR_MAX_EPOCH)
			return err_set(err, ERR_LIMIT, "an epoch %u",
				       m->v[i].n);
		e = add_epoch(o, m->v[i].n);
		memcpy(e->fingerprint, m->v[i].fingerprint,
		       sizeof(e->fingerprint));
		e->modified = m->v[i].modified;
	}
	return 0;
}

static int ask_manifest(struct origin *o, unsigned *leave_s, const char *agent,
			struct err *err)
{
	AUTO(mem_free) char *url = xasprintf("%s/manifest.js.gz", o->base);
	AUTO(http_reply_release) struct http_reply reply = { 0 };
	bool is_found = false;

	if (http_get(&reply, url, agent, MANIFEST_MAX_SIZE, ORIGIN_TIMEOUT_S,
		     err) < 0 ||
	    judge(&is_found, leave_s, &reply, HTTP_GZIP, url, err) < 0)
		return -1;
	if (is_found && take_manifest(o, &reply.body, err) < 0)
		return err_wrap(err, "'%s'", url);
	return 0;
}

/* What git itself asks first; its answer is told by the status alone. */
static int probe(bool *is_there, unsigned *leave_s, const struct origin *o,
		 unsigned n, const char *agent, struct err *err)
{
	AUTO(mem_free) char *epoch = origin_epoch_url(o, n);
	AUTO(mem_free)
	char *url = xasprintf("%s/info/refs?service=git-upload-pack", epoch);
	AUTO(http_reply_release) struct http_reply reply = { 0 };

	if (http_get(&reply, url, agent, MAX_REFS, ORIGIN_TIMEOUT_S, err) < 0)
		return -1;
	*is_there = reply.status == 200 && strcmp(reply.type, ADVERTISED) == 0;
	if (*is_there)
		return 0;
	if (reply.status == 200 && strcmp(reply.type, "text/html") != 0)
		return err_set(err, ERR_INPUT, "'%s' is not served by git",
			       epoch);
	return judge(is_there, leave_s, &reply, HTTP_GZIP, url, err);
}

/* What is known is there, until its fetch says otherwise; then what follows. */
static int look_for_epochs(struct origin *o, unsigned *leave_s,
			   const struct origin_wish *wish, struct err *err)
{
	unsigned next = wish->first;
	bool is_there = true;

	for (size_t i = 0; i < wish->n_known; i++) {
		add_epoch(o, wish->known[i]);
		next = wish->known[i] + 1;
	}
	for (unsigned i = 0; i < ORIGIN_MAX_PROBES; i++, next++) {
		if (probe(&is_there, leave_s, o, next, wish->agent, err) < 0)
			return -1;
		if (!is_there)
			break;
		add_epoch(o, next);
	}
	if (is_there)
		return err_set(err, ERR_LIMIT,
			       "'%s' has no manifest and %d epochs or more",
			       o->base, ORIGIN_MAX_PROBES);
	if (!o->n)
		return err_set(err, ERR_INPUT,
			       "'%s' has neither a manifest nor an epoch %u",
			       o->base, wish->first);
	return 0;
}

static int find_on_server(struct origin *o, unsigned *leave_s,
			  const struct origin_wish *wish, struct err *err)
{
	if (ask_manifest(o, leave_s, wish->agent, err) < 0)
		return -1;
	return o->has_manifest ? 0 : look_for_epochs(o, leave_s, wish, err);
}

static char *without_slashes(const char *url)
{
	size_t len = strlen(url);

	while (len > 1 && url[len - 1] == '/')
		len--;
	return xstrndup(url, len);
}

static bool is_server(const char *url)
{
	struct span rest = span_cstr(url);

	return (span_eat(&rest, "https://") || span_eat(&rest, "http://")) &&
	       span_len(rest) && !span_starts(rest, "/");
}

int origin_find(struct origin **out, unsigned *leave_s,
		const struct origin_wish *wish, struct err *err)
{
	AUTO(origin_free) struct origin *o = xcalloc(1, sizeof(*o));
	const char *path = origin_path(wish->url);

	*leave_s = 0;
	o->base = without_slashes(path ? path : wish->url);
	if (!path && !is_server(o->base))
		return err_set(err, ERR_CONFIG,
			       "'%s' is neither http, https, file nor a path",
			       wish->url);
	if ((path ? find_on_disk(o, err)
		  : find_on_server(o, leave_s, wish, err)) < 0)
		return -1;
	*out = TAKE(o);
	return 0;
}
