/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/manifest.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "bot/base/json.h"
#include "bot/base/span.h"

#define MAX_MODIFIED 1e15 /* s; a double has all whole numbers below */

/* Which list of a manifest is wanted. They are borrowed from its keys. */
struct search {
	struct span wanted;
	struct span exact;
	struct span likely; /* one is the end of the other */
	struct span other;  /* as likely */
};

static struct span trim_slashes(struct span s)
{
	while (span_eat(&s, "/"))
		;
	while (s.p < s.end && s.end[-1] == '/')
		s.end--;
	return s;
}

/* Every folder of @path has a name, which is no "." or "..". */
static bool is_path(struct span path)
{
	struct span part;
	bool more;

	for (const char *p = path.p; p < path.end; p++) {
		if (iscntrl((unsigned char)*p))
			return false;
	}
	(void)span_eat(&path, "/");
	do {
		more = span_until(&path, '/', &part);
		if (!more)
			part = path;
		if (span_len(part) == 0 || span_is(part, ".") ||
		    span_is(part, ".."))
			return false;
	} while (more);
	return true;
}

/* "N.git", in the one way to write N. */
static bool is_epoch_name(struct span name, uint64_t *n_out)
{
	bool is_padded =
		span_len(name) > 1 && name.p[0] == '0' && name.p[1] != '.';

	return !is_padded && span_uint(&name, UINT32_MAX, n_out) &&
	       span_is(name, ".git");
}

/* @path is "LIST/git/N.git"; other repositories are none of ours. */
static bool is_epoch(struct span path, struct span *list_out, uint64_t *n_out)
{
	static const char git[] = "/git/";
	const char *slash = memrchr(path.p, '/', span_len(path));
	size_t len = strlen(git);

	if (!slash ||
	    !is_epoch_name((struct span){ slash + 1, path.end }, n_out))
		return false;
	*list_out = (struct span){ path.p, slash + 1 };
	if (span_len(*list_out) <= len ||
	    memcmp(list_out->end - len, git, len) != 0)
		return false;
	list_out->end -= len;
	*list_out = trim_slashes(*list_out);
	return span_len(*list_out) > 0;
}

static bool is_same(struct span a, struct span b)
{
	return span_len(a) == span_len(b) && memcmp(a.p, b.p, span_len(a)) == 0;
}

/* @tail is @all, or what stands behind one of its slashes. */
static bool is_tail(struct span all, struct span tail)
{
	size_t len = span_len(tail);

	if (len >= span_len(all))
		return is_same(all, tail);
	all.end -= len;
	return memcmp(all.end, tail.p, len) == 0 && all.end[-1] == '/';
}

static void look_at(struct search *s, struct span list)
{
	if (is_same(list, s->wanted))
		s->exact = list;
	else if (!is_tail(list, s->wanted) && !is_tail(s->wanted, list))
		return;
	else if (!s->likely.p)
		s->likely = list;
	else if (!is_same(list, s->likely))
		s->other = list;
}

static int check_path(const char *key, struct err *err)
{
	if (strlen(key) > MANIFEST_MAX_PATH)
		return err_set(err, ERR_LIMIT,
			       "a path in the manifest has more than %d bytes",
			       MANIFEST_MAX_PATH);
	if (!is_path(span_cstr(key)))
		return err_set(err, ERR_INPUT,
			       "'%s' in the manifest is no path", key);
	return 0;
}

/* *out has no text when no list is meant. */
static int find_list(struct span *out, json_t *repos, const char *wanted,
		     struct err *err)
{
	struct search s = { .wanted = trim_slashes(span_cstr(wanted)) };
	struct span list;
	const char *key;
	json_t *value;
	uint64_t n;

	json_object_foreach(repos, key, value)
	{
		if (check_path(key, err) < 0)
			return -1;
		if (is_epoch(span_cstr(key), &list, &n))
			look_at(&s, list);
	}
	if (!s.exact.p && s.other.p)
		return err_set(err, ERR_INPUT,
			       "the manifest has '%.*s' and '%.*s'",
			       (int)span_len(s.likely), s.likely.p,
			       (int)span_len(s.other), s.other.p);
	*out = s.exact.p ? s.exact : s.likely;
	return 0;
}

static int read_fingerprint(struct manifest_epoch *e, const json_t *repo,
			    struct err *err)
{
	const json_t *value = json_object_get(repo, "fingerprint");
	const char *hex = json_string_value(value);

	if (!value || json_is_null(value))
		return 0;
	if (!hex || strlen(hex) != MANIFEST_HEX ||
	    strspn(hex, "0123456789abcdef") != MANIFEST_HEX)
		return err_set(err, ERR_INPUT,
			       "the fingerprint of '%s' is not %d hex digits",
			       e->path, MANIFEST_HEX);
	memcpy(e->fingerprint, hex, MANIFEST_HEX);
	return 0;
}

/* Older grokmirrors write a fraction of a second, too. */
static int read_modified(struct manifest_epoch *e, const json_t *repo,
			 struct err *err)
{
	const json_t *value = json_object_get(repo, "modified");
	double s = json_number_value(value);

	if (!value || json_is_null(value))
		return 0;
	if (!json_is_number(value) || fabs(s) > MAX_MODIFIED)
		return err_set(err, ERR_INPUT, "'%s' was modified at no time",
			       e->path);
	e->modified = (int64_t)s;
	return 0;
}

static int add_epoch(struct manifest *m, const char *key, uint64_t n,
		     const json_t *repo, struct err *err)
{
	struct manifest_epoch *e;

	if (n >= MANIFEST_MAX_EPOCHS)
		return err_set(err, ERR_LIMIT, "'%s' is past epoch %d", key,
			       MANIFEST_MAX_EPOCHS - 1);
	if (!json_is_object(repo))
		return err_set(err, ERR_INPUT, "'%s' is not an object", key);
	if (manifest_find(m, (unsigned)n))
		return err_set(err, ERR_INPUT, "'%s' is there twice", key);
	m->v = xreallocarray(m->v, m->n + 1, sizeof(*m->v));
	e = &m->v[m->n++];
	*e = (struct manifest_epoch){ .n = (unsigned)n, .path = xstrdup(key) };
	if (read_fingerprint(e, repo, err) < 0)
		return -1;
	return read_modified(e, repo, err);
}

static int add_epochs(struct manifest *m, json_t *repos, struct span wanted,
		      struct err *err)
{
	struct span list;
	const char *key;
	json_t *repo;
	uint64_t n;

	json_object_foreach(repos, key, repo)
	{
		if (is_epoch(span_cstr(key), &list, &n) &&
		    is_same(list, wanted) &&
		    add_epoch(m, key, n, repo, err) < 0)
			return -1;
	}
	return 0;
}

static int compare_epochs(const void *a, const void *b)
{
	const struct manifest_epoch *x = a;
	const struct manifest_epoch *y = b;

	return x->n < y->n ? -1 : x->n > y->n;
}

static int load(json_t **out, const char *text, size_t len, struct err *err)
{
	AUTO(json_free) json_t *repos = NULL;
	json_error_t why;

	if (len > MANIFEST_MAX_SIZE)
		return err_set(err, ERR_LIMIT,
			       "the manifest is larger than %u bytes",
			       MANIFEST_MAX_SIZE);
	repos = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (!repos)
		return err_set(err, ERR_INPUT, "manifest:%d: %s", why.line,
			       why.text);
	if (!json_is_object(repos))
		return err_set(err, ERR_INPUT, "the manifest is not an object");
	if (json_object_size(repos) > MANIFEST_MAX_REPOS)
		return err_set(err, ERR_LIMIT,
			       "the manifest has more than %d repositories",
			       MANIFEST_MAX_REPOS);
	*out = TAKE(repos);
	return 0;
}

int manifest_parse(struct manifest **out, const char *text, size_t len,
		   const char *list, struct err *err)
{
	AUTO(manifest_free) struct manifest *m = xcalloc(1, sizeof(*m));
	AUTO(json_free) json_t *repos = NULL;
	struct span meant = { NULL, NULL };

	if (load(&repos, text, len, err) < 0 ||
	    find_list(&meant, repos, list, err) < 0)
		return -1;
	if (meant.p && add_epochs(m, repos, meant, err) < 0)
		return -1;
	if (m->n)
		qsort(m->v, m->n, sizeof(*m->v), compare_epochs);
	*out = TAKE(m);
	return 0;
}

const struct manifest_epoch *manifest_find(const struct manifest *m, unsigned n)
{
	for (size_t i = 0; i < m->n; i++) {
		if (m->v[i].n == n)
			return &m->v[i];
	}
	return NULL;
}

void manifest_free(struct manifest *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++)
		free(m->v[i].path);
	free(m->v);
	free(m);
}
