/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/posted.h"

#include "bot/base/fs.h"
#include "bot/base/hash.h"
#include "bot/base/span.h"
#include "bot/bases.h"
#include "bot/mail/lore.h"
#include "bot/mail/maildir.h"
#include "bot/store/mails.h"
#include "parsers/loreurl.h"
#include "parsers/mail.h"
#include "parsers/mbox.h"

/* What is between two mails of a mailbox, as public-inbox writes it. */
#define FROM_LINE "From mboxrd@z Thu Jan  1 00:00:00 1970\n"

bool posted_is(const char *name)
{
	return !fs_exists(name) && loreurl_is(name);
}

/* The lists whose pages may be named, and the server that is asked anyway. */
static void known_lists(struct strings *out, const struct config *c)
{
	for (size_t i = 0; i < c->n_lists; i++)
		strings_push(out, c->lists[i].url);
	strings_push(out, c->lore);
}

/* ">From ", ">>From ": what mboxrd takes one '>' off again. */
static bool is_from_line(struct span line)
{
	while (span_eat(&line, ">"))
		;
	return span_starts(line, "From ");
}

static void add_mail(struct buf *out, const struct buf *mail)
{
	struct span rest = span_of(mail->data, mail->len);
	struct span line;

	buf_adds(out, FROM_LINE);
	while (span_line(&rest, &line)) {
		if (is_from_line(line))
			buf_addc(out, '>');
		buf_add(out, line.p, span_len(line));
		buf_addc(out, '\n');
	}
	buf_addc(out, '\n');
}

/* A mail that went since it was listed is not missed. */
static int add_file(struct buf *out, const char *archive,
		    const char *message_id, struct err *err)
{
	AUTO(mem_free) char *name = maildir_find(archive, message_id);
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(mem_free) char *path = NULL;

	if (!name)
		return 0;
	path = xasprintf("%s/%s", archive, name);
	if (fs_read(&mail, path, MAIL_MAX_SIZE, err) < 0)
		return -1;
	add_mail(out, &mail);
	return 0;
}

static int write_mbox(char **path_out, const char *folder,
		      const char *message_id, const struct buf *mbox,
		      struct err *err)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();
	AUTO(mem_free) char *path = NULL;
	struct hash hash;

	hasher_adds(h, message_id);
	hasher_get(&hash, h);
	path = xasprintf("%s/%s.mbox", folder, hash.hex);
	if (buf_check(mbox, "the thread", err) < 0 ||
	    fs_mkdirs(folder, 0755, err) < 0 ||
	    fs_write(path, buf_text(mbox), mbox->len, err) < 0)
		return -1;
	*path_out = TAKE(path);
	return 0;
}

/* Nothing in *path_out: the archive does not have it. */
static int look_in_archive(char **path_out, const struct config *c,
			   struct store *store, const char *message_id,
			   const char *folder, struct err *err)
{
	AUTO(mem_free) char *archive = config_state_path(c, "archive");
	AUTO(mails_list_release) struct mails_list thread = { 0 };
	AUTO(mails_row_release) struct mails_row mail = { 0 };
	AUTO(buf_release) struct buf mbox = { 0 };
	bool found;

	if (mails_find(&found, &mail, store, message_id, err) < 0)
		return -1;
	if (!found || mail.state != MAILS_INDEXED)
		return 0;
	if (mails_of_thread(&thread, store, mail.thread, MBOX_MAX_MAILS, err) <
	    0)
		return -1;
	buf_init(&mbox, LORE_MAX_MBOX);
	for (size_t i = 0; i < thread.n; i++)
		if (add_file(&mbox, archive, thread.v[i].message_id, err) < 0)
			return -1;
	if (mbox.len == 0)
		return 0;
	return write_mbox(path_out, folder, message_id, &mbox, err);
}

static int ask_lore(char **path_out, const struct config *c,
		    struct store *store, const struct loreurl *u,
		    const char *folder, struct err *err)
{
	const char *list = u->list ? u->list : c->lore;
	struct lore_spec spec = {
		.store = store,
		.folder = folder,
		.agent = c->agent,
		.user = c->user,
	};

	if (lore_get(path_out, &spec, list, u->message_id, err) < 0)
		return -1;
	if (!*path_out)
		return err_set(err, ERR_INPUT,
			       "no mail '%s' in the archive, nor at %s",
			       u->message_id, list);
	return 0;
}

int posted_get(struct posted *out, const struct config *c, struct store *store,
	       const char *name, struct err *err)
{
	AUTO(mem_free) char *folder = config_state_path(c, "threads");
	AUTO(strings_release) struct strings known = { 0 };
	AUTO(loreurl_free) struct loreurl *u = NULL;

	*out = (struct posted){ 0 };
	known_lists(&known, c);
	if (loreurl_parse(&u, name, strlen(name), &known, err) < 0)
		return err_wrap(err, "'%s'", name);
	if (look_in_archive(&out->path, c, store, u->message_id, folder, err) <
	    0)
		return -1;
	if (!out->path && ask_lore(&out->path, c, store, u, folder, err) < 0)
		return -1;
	out->message_id = TAKE(u->message_id);
	return 0;
}

int posted_find(struct posted *out, const char *config, const char *name,
		struct err *err)
{
	AUTO(config_free) struct config *c = NULL;
	AUTO(store_free) struct store *store = NULL;

	*out = (struct posted){ 0 };
	if (config_load(&c, config, err) < 0 ||
	    bases_open_store(&store, c, err) < 0)
		return -1;
	return posted_get(out, c, store, name, err);
}

void posted_release(struct posted *p)
{
	free(p->path);
	free(p->message_id);
	*p = (struct posted){ 0 };
}
