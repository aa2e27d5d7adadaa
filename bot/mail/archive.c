/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What we know of a mail beyond its bytes is in two properties of its entry:
 * the content that was indexed, so that the same file is not parsed again, and
 * the tags that are ours, so that those of a person are never taken away.
 */
#include "bot/mail/archive.h"

#include <assert.h>
#include <errno.h>
#include <notmuch.h>
#include <string.h>

#include "bot/base/buf.h"
#include "bot/base/fs.h"
#include "bot/mail/maildir.h"

#define CONTENT "collider.content"
#define TAG "collider.tag"
#define SELECT_TRIES \
	5 /* a writer that commits twice meanwhile stops a reader */

struct archive {
	notmuch_database_t *db;
	char *dir;
};

DEFINE_AUTO(notmuch_message_t *, notmuch_message_destroy)
DEFINE_AUTO(notmuch_query_t *, notmuch_query_destroy)

/* Xapian tells a full disk and a damaged file in the same way. */
static bool is_of_the_system(const char *why)
{
	static const int causes[] = { EACCES, EDQUOT, EIO,   EMFILE, ENFILE,
				      ENOMEM, ENOSPC, EPERM, EROFS };

	for (size_t i = 0; i < ARRAY_LEN(causes); i++)
		if (strstr(why, strerror(causes[i])))
			return true;
	return false;
}

/* @why may be NULL; it ends in a newline often. */
static int fail(struct err *err, notmuch_status_t status, const char *why,
		const char *what)
{
	enum err_kind kind = ERR_SYSTEM;

	if (!why)
		why = notmuch_status_to_string(status);
	if (status == NOTMUCH_STATUS_XAPIAN_EXCEPTION && !is_of_the_system(why))
		kind = ERR_INPUT;
	if (status == NOTMUCH_STATUS_UPGRADE_REQUIRED)
		kind = ERR_INPUT; /* killed before its version was in it */
	return err_set(err, kind, "cannot %s: %.*s", what,
		       (int)strcspn(why, "\n"), why);
}

static int fail_db(struct err *err, const struct archive *a,
		   notmuch_status_t status, const char *what)
{
	return fail(err, status, notmuch_database_status_string(a->db), what);
}

static bool is_there(const char *dir)
{
	AUTO(mem_free) char *path = xasprintf("%s/.notmuch/xapian", dir);

	return fs_exists(path);
}

static notmuch_status_t open_index(struct archive *a, enum archive_mode mode,
				   char **why)
{
	if (mode == ARCHIVE_CREATE)
		return notmuch_database_create_with_config(a->dir, "", NULL,
							   &a->db, why);
	return notmuch_database_open_with_config(
		a->dir,
		mode == ARCHIVE_READ ? NOTMUCH_DATABASE_MODE_READ_ONLY
				     : NOTMUCH_DATABASE_MODE_READ_WRITE,
		"", NULL, &a->db, why);
}

int archive_open(struct archive **out, const char *dir, enum archive_mode mode,
		 struct err *err)
{
	AUTO(archive_free) struct archive *a = xcalloc(1, sizeof(*a));
	AUTO(mem_free) char *why = NULL;
	notmuch_status_t status;

	assert(dir[0] == '/');
	a->dir = xstrdup(dir);
	if (mode != ARCHIVE_CREATE && !is_there(dir))
		return err_set(err, ERR_INPUT, "no index in '%s'", dir);
	status = open_index(a, mode, &why);
	if (status == NOTMUCH_STATUS_PATH_ERROR)
		return err_set(err, ERR_INPUT, "no index to be read in '%s'",
			       dir);
	if (status)
		return fail(err, status, why, "open the index");
	*out = TAKE(a);
	return 0;
}

int archive_close(struct archive *a, struct err *err)
{
	notmuch_status_t status = notmuch_database_close(a->db);

	if (status)
		return fail_db(err, a, status, "close the index");
	return 0;
}

void archive_free(struct archive *a)
{
	if (!a)
		return;
	if (a->db)
		notmuch_database_destroy(a->db);
	free(a->dir);
	free(a);
}

/*
 * By the Message-ID as we read it, else by the name that the file had: notmuch
 * may read the header otherwise, a mail reader may have renamed the file.
 */
static int find(notmuch_message_t **out, struct archive *a,
		const char *message_id, struct err *err)
{
	AUTO(mem_free) char *name = NULL;
	AUTO(mem_free) char *path = NULL;
	notmuch_status_t status;

	*out = NULL;
	status = notmuch_database_find_message(a->db, message_id, out);
	if (!status && !*out) {
		name = maildir_name(message_id);
		path = xasprintf("%s/%s", a->dir, name);
		status = notmuch_database_find_message_by_filename(a->db, path,
								   out);
	}
	if (status)
		return fail_db(err, a, status, "look up a mail");
	return 0;
}

/* ---- tags ---- */

static notmuch_status_t drop_tags(notmuch_message_t *m,
				  const struct strings *tags)
{
	AUTO(strings_release) struct strings gone = { 0 };
	notmuch_message_properties_t *p;
	notmuch_status_t status = NOTMUCH_STATUS_SUCCESS;

	for (p = notmuch_message_get_properties(m, TAG, true);
	     notmuch_message_properties_valid(p);
	     notmuch_message_properties_move_to_next(p)) {
		const char *tag = notmuch_message_properties_value(p);

		if (!strings_has(tags, tag))
			strings_push(&gone, tag);
	}
	notmuch_message_properties_destroy(p);
	for (size_t i = 0; i < gone.n && !status; i++) {
		status = notmuch_message_remove_tag(m, gone.v[i]);
		if (!status)
			status = notmuch_message_remove_property(m, TAG,
								 gone.v[i]);
	}
	return status;
}

static bool has_property(notmuch_message_t *m, const char *key,
			 const char *value)
{
	notmuch_message_properties_t *p;
	bool has = false;

	for (p = notmuch_message_get_properties(m, key, true);
	     notmuch_message_properties_valid(p) && !has;
	     notmuch_message_properties_move_to_next(p))
		has = strcmp(notmuch_message_properties_value(p), value) == 0;
	notmuch_message_properties_destroy(p);
	return has;
}

static notmuch_status_t add_tag(notmuch_message_t *m, const char *tag)
{
	notmuch_status_t status;

	assert(*tag && strlen(tag) <= ARCHIVE_MAX_TAG);
	if (has_property(m, TAG, tag))
		return NOTMUCH_STATUS_SUCCESS;
	status = notmuch_message_add_tag(m, tag);
	if (!status)
		status = notmuch_message_add_property(m, TAG, tag);
	return status;
}

/* ---- one mail ---- */

static bool has_file(notmuch_message_t *m, const char *path)
{
	notmuch_filenames_t *f;
	bool has = false;

	for (f = notmuch_message_get_filenames(m);
	     notmuch_filenames_valid(f) && !has;
	     notmuch_filenames_move_to_next(f))
		has = strcmp(notmuch_filenames_get(f), path) == 0;
	notmuch_filenames_destroy(f);
	return has;
}

/* The message object is stale after it. */
static notmuch_status_t renew(notmuch_message_t *m, struct archive *a,
			      const char *path)
{
	AUTO(notmuch_message_destroy) notmuch_message_t *renamed = NULL;
	notmuch_status_t status;

	if (has_file(m, path))
		return notmuch_message_reindex(m, NULL);
	status = notmuch_database_index_file(a->db, path, NULL, &renamed);
	if (status == NOTMUCH_STATUS_DUPLICATE_MESSAGE_ID)
		status = notmuch_message_reindex(renamed, NULL);
	return status;
}

/* *out is NULL when @known can be gone on with. */
static notmuch_status_t index_file(notmuch_message_t **out, struct archive *a,
				   notmuch_message_t *known,
				   const struct archive_mail *mail,
				   const char *path)
{
	notmuch_status_t status;

	if (known && !has_property(known, CONTENT, mail->content)) {
		status = renew(known, a, path);
		return status ? status
			      : notmuch_database_find_message(
					a->db,
					notmuch_message_get_message_id(known),
					out);
	}
	if (known && has_file(known, path))
		return NOTMUCH_STATUS_SUCCESS;
	status = notmuch_database_index_file(a->db, path, NULL, out);
	return status == NOTMUCH_STATUS_DUPLICATE_MESSAGE_ID
		       ? NOTMUCH_STATUS_SUCCESS
		       : status;
}

static notmuch_status_t set_content(notmuch_message_t *m, const char *content)
{
	notmuch_status_t status =
		notmuch_message_remove_all_properties(m, CONTENT);

	if (!status)
		status = notmuch_message_add_property(m, CONTENT, content);
	return status;
}

static notmuch_status_t describe_frozen(notmuch_message_t *m,
					const struct archive_mail *mail)
{
	notmuch_status_t status = NOTMUCH_STATUS_SUCCESS;

	if (!has_property(m, CONTENT, mail->content))
		status = set_content(m, mail->content);
	if (!status)
		status = drop_tags(m, mail->tags);
	for (size_t i = 0; i < mail->tags->n && !status; i++)
		status = add_tag(m, mail->tags->v[i]);
	return status;
}

/* Frozen, for else each tag and property would write the whole entry. */
static notmuch_status_t describe(notmuch_message_t *m,
				 const struct archive_mail *mail)
{
	notmuch_status_t status = notmuch_message_freeze(m);

	if (!status)
		status = describe_frozen(m, mail);
	if (!status)
		status = notmuch_message_thaw(m);
	return status;
}

int archive_put(enum archive_outcome *out, struct archive *a,
		const struct archive_mail *mail, struct err *err)
{
	AUTO(notmuch_message_destroy) notmuch_message_t *known = NULL;
	AUTO(notmuch_message_destroy) notmuch_message_t *fresh = NULL;
	AUTO(mem_free) char *path = xasprintf("%s/%s", a->dir, mail->name);
	notmuch_status_t status;

	*out = ARCHIVE_MISSING;
	if (!fs_exists(path))
		return 0;
	*out = ARCHIVE_NO_MAIL;
	if (find(&known, a, mail->message_id, err) < 0)
		return -1;
	status = index_file(&fresh, a, known, mail, path);
	if (status == NOTMUCH_STATUS_FILE_NOT_EMAIL)
		return 0;
	if (!status)
		status = describe(fresh ? fresh : known, mail);
	if (status)
		return fail_db(err, a, status, "index a mail");
	*out = ARCHIVE_DONE;
	return 0;
}

int archive_remove(struct archive *a, const char *message_id, struct err *err)
{
	AUTO(notmuch_message_destroy) notmuch_message_t *m = NULL;
	AUTO(strings_release) struct strings paths = { 0 };
	notmuch_filenames_t *f;

	if (find(&m, a, message_id, err) < 0)
		return -1;
	if (!m)
		return 0;
	for (f = notmuch_message_get_filenames(m); notmuch_filenames_valid(f);
	     notmuch_filenames_move_to_next(f))
		strings_push(&paths, notmuch_filenames_get(f));
	notmuch_filenames_destroy(f);
	for (size_t i = 0; i < paths.n; i++) {
		notmuch_status_t status =
			notmuch_database_remove_message(a->db, paths.v[i]);

		if (status && status != NOTMUCH_STATUS_DUPLICATE_MESSAGE_ID)
			return fail_db(err, a, status, "remove a mail");
	}
	return 0;
}

/* ---- queries ---- */

static char *narrow(const char *query, notmuch_message_t *m)
{
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, ARCHIVE_MAX_QUERY + 2048); /* an id is no longer */
	if (strcmp(query, "*") != 0)
		buf_addf(&text, "( %s ) and ", query);
	buf_adds(&text, "id:\"");
	for (const char *p = notmuch_message_get_message_id(m); *p; p++) {
		if (*p == '"')
			buf_addc(&text, '"');
		buf_addc(&text, *p);
	}
	buf_addc(&text, '"');
	return buf_take(&text);
}

static notmuch_status_t count(unsigned *out, struct archive *a,
			      const char *query, notmuch_message_t *m)
{
	AUTO(mem_free) char *text = narrow(query, m);
	AUTO(notmuch_query_destroy)
	notmuch_query_t *q = notmuch_query_create(a->db, text);

	return notmuch_query_count_messages(q, out);
}

static int select_some(struct strings *out, struct archive *a,
		       const char *query, const struct strings *ids,
		       struct err *err)
{
	for (size_t i = 0; i < ids->n; i++) {
		AUTO(notmuch_message_destroy) notmuch_message_t *m = NULL;
		notmuch_status_t status = NOTMUCH_STATUS_SUCCESS;
		unsigned n = 0;

		if (find(&m, a, ids->v[i], err) < 0)
			return -1;
		if (m)
			status = count(&n, a, query, m);
		if (status)
			return err_set(err, ERR_CONFIG,
				       "notmuch cannot answer the query '%s'",
				       query);
		if (n)
			strings_push(out, ids->v[i]);
	}
	return 0;
}

/* A reader whose index was written to twice meanwhile has to begin again. */
static int select_again(struct strings *out, struct archive *a,
			const char *query, const struct strings *ids,
			struct err *err)
{
	for (int tries = 1;; tries++) {
		struct err why = ERR_INIT;

		if (select_some(out, a, query, ids, &why) == 0)
			return 0;
		strings_release(out);
		if (tries == SELECT_TRIES ||
		    notmuch_database_reopen(
			    a->db, NOTMUCH_DATABASE_MODE_READ_ONLY) != 0)
			return err_set(err, why.kind, "%s", why.msg);
	}
}

int archive_select(struct strings *out, struct archive *a, const char *query,
		   const struct strings *ids, struct err *err)
{
	AUTO(strings_release) struct strings found = { 0 };

	if (strlen(query) > ARCHIVE_MAX_QUERY)
		return err_set(err, ERR_CONFIG, "a query of more than %d bytes",
			       ARCHIVE_MAX_QUERY);
	if (select_again(&found, a, query, ids, err) < 0)
		return -1;
	*out = found;
	found = (struct strings){ 0 };
	return 0;
}
