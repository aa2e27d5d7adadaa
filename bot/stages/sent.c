/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/sent.h"

#include <ctype.h>
#include <stddef.h>

#include "bot/base/buf.h"

static const char *const kinds[] = { "kernel", "userspace", "pull", "stable",
				     "robot" };
static const char *const needs[] = { "message-id", "change-id", "patch-id" };

const char *sent_kind_name(enum sent_kind kind)
{
	return kinds[kind];
}

void sent_free(struct sent *s)
{
	if (!s)
		return;
	free(s->key);
	free(s->title);
	free(s->first_title);
	free(s->author_name);
	free(s->author);
	free(s->change_id);
	free(s->base_commit);
	free(s->cover);
	for (size_t i = 0; i < s->n_patches; i++)
		free(s->patches[i].message_id);
	free(s->patches);
	for (size_t i = 0; i < s->n_needs; i++)
		free(s->needs[i].value);
	free(s->needs);
	free(s->project);
	free(s->replaces);
	free(s->pair);
	strings_release(&s->notes);
	free(s);
}

void sent_list_add_take(struct sent_list *list, struct sent *s)
{
	list->v = xreallocarray(list->v, list->n + 1, sizeof(struct sent *));
	list->v[list->n++] = s;
}

void sent_list_release(struct sent_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		sent_free(list->v[i]);
	free(list->v);
	*list = (struct sent_list){ 0 };
}

void sent_add_need(struct sent *s, enum sent_need need, const char *value)
{
	if (s->n_needs == SENT_MAX_NEEDS || strlen(value) > SENT_MAX_ID)
		return;
	for (size_t i = 0; i < s->n_needs; i++) {
		if (s->needs[i].need == need &&
		    strcmp(s->needs[i].value, value) == 0)
			return;
	}
	s->needs = xreallocarray(s->needs, s->n_needs + 1, sizeof(*s->needs));
	s->needs[s->n_needs++] =
		(struct sent_prerequisite){ need, xstrdup(value) };
}

char *sent_author(const struct sent *s)
{
	char *out = xstrdup(s->author);

	for (char *p = out; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return out;
}

bool sent_is_whole(const struct sent *s)
{
	return s->n_patches == s->total;
}

/* A range of missing patches, @to included. */
static void add_range(struct buf *out, unsigned from, unsigned to)
{
	if (from > to)
		return;
	buf_addf(out, "%s%u", out->len ? ", " : "", from);
	if (to > from)
		buf_addf(out, "-%u", to);
}

char *sent_missing(const struct sent *s)
{
	struct buf out = { 0 };
	unsigned next = 1;

	buf_init(&out, SENT_MAX_TEXT * 2);
	for (size_t i = 0; i < s->n_patches; i++) {
		add_range(&out, next, s->patches[i].index - 1);
		next = s->patches[i].index + 1;
	}
	add_range(&out, next, s->total);
	return buf_take(&out);
}

void sent_mails(struct strings *out, const struct sent *s)
{
	if (s->cover)
		strings_push(out, s->cover);
	for (size_t i = 0; i < s->n_patches; i++)
		strings_push(out, s->patches[i].message_id);
}

/* ---- to JSON ---- */

static json_t *patches_to_json(const struct sent *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_patches; i++) {
		json_t *patch = json_object();

		json_set_int(patch, "index", s->patches[i].index);
		json_set_exact(patch, "id", s->patches[i].message_id);
		json_array_append_new(list, patch);
	}
	return list;
}

static json_t *needs_to_json(const struct sent *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_needs; i++) {
		json_t *need = json_object();

		json_set_str(need, "kind", needs[s->needs[i].need]);
		json_set_exact(need, "value", s->needs[i].value);
		json_array_append_new(list, need);
	}
	return list;
}

static json_t *author_to_json(const struct sent *s)
{
	json_t *author = json_object();

	json_set_str(author, "name", s->author_name);
	json_set_str(author, "addr", s->author);
	return author;
}

static json_t *set_to_json(const struct sent *s)
{
	json_t *set = json_object();

	json_set_int(set, "index", s->set_index);
	json_set_int(set, "total", s->set_total);
	return set;
}

json_t *sent_to_json(const struct sent *s)
{
	json_t *value = json_object();

	json_set_exact(value, "key", s->key);
	json_set_str(value, "title", s->title);
	json_set_str(value, "first_title", s->first_title);
	json_set_int(value, "version", s->version);
	json_set_int(value, "version_minor", s->version_minor);
	json_set_int(value, "total", s->total);
	json_set_bool(value, "is_rfc", s->is_rfc);
	json_set_bool(value, "is_resend", s->is_resend);
	json_set_bool(value, "is_mended", s->is_mended);
	json_object_set_new(value, "author", author_to_json(s));
	json_set_int(value, "date", s->date);
	json_set_exact(value, "change_id", s->change_id);
	json_set_exact(value, "base_commit", s->base_commit);
	json_set_exact(value, "cover", s->cover);
	json_object_set_new(value, "patches", patches_to_json(s));
	json_object_set_new(value, "prerequisites", needs_to_json(s));
	json_object_set_new(value, "set", set_to_json(s));
	json_set_str(value, "kind", kinds[s->kind]);
	json_set_str(value, "project", s->project);
	json_set_exact(value, "replaces", s->replaces);
	json_set_exact(value, "pair", s->pair);
	json_object_set_new(value, "notes", json_from_strings(&s->notes));
	return value;
}

/* ---- from JSON ---- */

static int read_text(char **out, const json_t *object, const char *key,
		     size_t max, struct err *err)
{
	const char *text;

	if (json_get_string(&text, object, key, err) < 0)
		return -1;
	if (strlen(text) > max)
		return err_set(err, ERR_LIMIT, "'%s' has more than %zu bytes",
			       key, max);
	*out = xstrdup(text);
	return 0;
}

/* As read_text; null stays NULL. */
static int read_optional(char **out, const json_t *object, const char *key,
			 size_t max, struct err *err)
{
	if (json_is_null(json_object_get(object, key)))
		return 0;
	return read_text(out, object, key, max, err);
}

static bool is_id(const char *id)
{
	size_t len = strlen(id);

	return len > 0 && len <= SENT_MAX_ID && !strpbrk(id, "\r\n");
}

static int read_id(char **out, const json_t *object, const char *key,
		   struct err *err)
{
	if (read_optional(out, object, key, SENT_MAX_ID, err) < 0)
		return -1;
	if (*out && !is_id(*out))
		return err_set(err, ERR_INPUT, "'%s' is no Message-ID", key);
	return 0;
}

static int read_unsigned(unsigned *out, const json_t *object, const char *key,
			 unsigned max, struct err *err)
{
	int64_t value;

	if (json_get_int(&value, object, key, 0, max, err) < 0)
		return -1;
	*out = (unsigned)value;
	return 0;
}

static int read_word(unsigned *out, const json_t *object, const char *key,
		     const char *const *known, size_t n, struct err *err)
{
	const char *word;

	if (json_get_string(&word, object, key, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(word, known[i]) == 0) {
			*out = (unsigned)i;
			return 0;
		}
	}
	return err_set(err, ERR_INPUT, "'%s' is no word that is known", key);
}

static int read_patches(struct sent *s, const json_t *value, struct err *err)
{
	json_t *list;
	unsigned least = 0;

	if (json_get_array(&list, value, "patches", SUBJECT_MAX_TOTAL, err) < 0)
		return -1;
	s->patches = xcalloc(json_array_size(list) + 1, sizeof(*s->patches));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *patch = json_array_get(list, i);
		struct sent_patch *p = &s->patches[s->n_patches];

		if (read_unsigned(&p->index, patch, "index", s->total, err) <
			    0 ||
		    read_id(&p->message_id, patch, "id", err) < 0)
			return -1;
		s->n_patches++;
		if (p->index <= least || !p->message_id)
			return err_set(err, ERR_INPUT,
				       "patches are out of order");
		least = p->index;
	}
	return 0;
}

static int read_needs(struct sent *s, const json_t *value, struct err *err)
{
	json_t *list;

	if (json_get_array(&list, value, "prerequisites", SENT_MAX_NEEDS, err) <
	    0)
		return -1;
	s->needs = xcalloc(json_array_size(list) + 1, sizeof(*s->needs));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *need = json_array_get(list, i);
		unsigned kind;

		if (read_word(&kind, need, "kind", needs, ARRAY_LEN(needs),
			      err) < 0 ||
		    read_text(&s->needs[i].value, need, "value", SENT_MAX_ID,
			      err) < 0)
			return -1;
		s->needs[s->n_needs++].need = (enum sent_need)kind;
	}
	return 0;
}

static int read_notes(struct sent *s, const json_t *value, struct err *err)
{
	json_t *list;

	if (json_get_array(&list, value, "notes", SENT_MAX_NOTES, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *note = json_string_value(json_array_get(list, i));

		if (!note)
			return err_set(err, ERR_INPUT, "a note is no text");
		if (strlen(note) > SENT_MAX_TEXT * 4)
			return err_set(err, ERR_LIMIT, "a note is too long");
		strings_push(&s->notes, note);
	}
	return 0;
}

static int read_author(struct sent *s, const json_t *value, struct err *err)
{
	json_t *author;

	if (json_get_object(&author, value, "author", err) < 0 ||
	    read_text(&s->author_name, author, "name", SENT_MAX_TEXT, err) < 0)
		return -1;
	return read_text(&s->author, author, "addr", SENT_MAX_TEXT, err);
}

static int read_set(struct sent *s, const json_t *value, struct err *err)
{
	json_t *set;

	if (json_get_object(&set, value, "set", err) < 0 ||
	    read_unsigned(&s->set_index, set, "index", SUBJECT_MAX_TOTAL, err) <
		    0)
		return -1;
	return read_unsigned(&s->set_total, set, "total", SUBJECT_MAX_TOTAL,
			     err);
}

static int read_numbers(struct sent *s, const json_t *value, struct err *err)
{
	if (read_unsigned(&s->version, value, "version", SUBJECT_MAX_VERSION,
			  err) < 0 ||
	    read_unsigned(&s->version_minor, value, "version_minor",
			  SUBJECT_MAX_VERSION, err) < 0 ||
	    read_unsigned(&s->total, value, "total", SUBJECT_MAX_TOTAL, err) <
		    0 ||
	    json_get_bool(&s->is_rfc, value, "is_rfc", err) < 0 ||
	    json_get_bool(&s->is_resend, value, "is_resend", err) < 0 ||
	    json_get_bool(&s->is_mended, value, "is_mended", err) < 0)
		return -1;
	return json_get_int(&s->date, value, "date", INT64_MIN, INT64_MAX, err);
}

static bool is_commit(const char *id)
{
	return strlen(id) == 40 && strspn(id, "0123456789abcdef") == 40;
}

static int read_names(struct sent *s, const json_t *value, struct err *err)
{
	unsigned kind;

	if (read_id(&s->key, value, "key", err) < 0 ||
	    read_id(&s->cover, value, "cover", err) < 0 ||
	    read_id(&s->replaces, value, "replaces", err) < 0 ||
	    read_id(&s->pair, value, "pair", err) < 0 ||
	    read_text(&s->title, value, "title", SENT_MAX_TEXT, err) < 0 ||
	    read_optional(&s->first_title, value, "first_title", SENT_MAX_TEXT,
			  err) < 0 ||
	    read_optional(&s->change_id, value, "change_id", SENT_MAX_ID, err) <
		    0 ||
	    read_optional(&s->base_commit, value, "base_commit", 40, err) < 0 ||
	    read_text(&s->project, value, "project", 100, err) < 0 ||
	    read_word(&kind, value, "kind", kinds, ARRAY_LEN(kinds), err) < 0)
		return -1;
	s->kind = (enum sent_kind)kind;
	if (s->base_commit && !is_commit(s->base_commit))
		return err_set(err, ERR_INPUT, "'base_commit' is no commit");
	return 0;
}

int sent_from_json(struct sent **out, const json_t *value, struct err *err)
{
	AUTO(sent_free) struct sent *s = xcalloc(1, sizeof(*s));

	if (read_names(s, value, err) < 0 || read_numbers(s, value, err) < 0 ||
	    read_author(s, value, err) < 0 || read_set(s, value, err) < 0 ||
	    read_patches(s, value, err) < 0 || read_needs(s, value, err) < 0 ||
	    read_notes(s, value, err) < 0)
		return -1;
	if (!s->key)
		return err_set(err, ERR_INPUT, "'key' is missing");
	if (s->total == 0 && s->kind != SENT_PULL)
		return err_set(err, ERR_INPUT, "a series of no patches");
	*out = TAKE(s);
	return 0;
}

int sent_parse(struct sent **out, const char *text, struct err *err)
{
	AUTO(json_free) json_t *value = NULL;
	json_error_t why;

	value = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	if (!value)
		return err_set(err, ERR_INPUT, "a record that is no JSON: %s",
			       why.text);
	return sent_from_json(out, value, err);
}
