/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/mailbox.h"

#include "parsers/mbox.h"

/* One mail's bytes; an error is kept for the list of what was skipped. */
static void add_mail(struct mailbox *box, const char *bytes, size_t len,
		     const char *name)
{
	struct err why = ERR_INIT;
	struct mail *mail;

	if (mail_parse(&mail, bytes, len, &why) < 0) {
		strings_push_take(&box->skipped,
				  xasprintf("%s: %s", name, why.msg));
		return;
	}
	box->v = xreallocarray(box->v, box->n + 1, sizeof(struct mail *));
	box->v[box->n++] = mail;
}

static int add_mbox(struct mailbox *box, const struct letter *l,
		    struct err *err)
{
	AUTO(mbox_release) struct mbox mbox = { 0 };

	if (mbox_parse(&mbox, l->bytes, l->len, err) < 0)
		return err_wrap(err, "'%s'", l->name);
	for (size_t i = 0; i < mbox.n; i++) {
		AUTO(mem_free)
		char *which = xasprintf("mail %zu of '%s'", i + 1, l->name);

		add_mail(box, mbox.v[i].bytes, mbox.v[i].len, which);
	}
	return 0;
}

/* A mail on its own that cannot be read is left out as one of many is. */
static int add_letter(struct mailbox *box, const struct letter *l,
		      struct err *err)
{
	if (l->is_mbox)
		return add_mbox(box, l, err);
	add_mail(box, l->bytes, l->len, l->name);
	return 0;
}

int mailbox_parse(struct mailbox *out, const struct letters *letters,
		  struct err *err)
{
	AUTO(mailbox_release) struct mailbox box = { 0 };

	for (size_t i = 0; i < letters->n; i++)
		if (add_letter(&box, &letters->v[i], err) < 0)
			return -1;
	if (box.n == 0 && box.skipped.n > 0)
		return err_set(err, ERR_INPUT, "%s", box.skipped.v[0]);
	if (box.n == 0)
		return err_set(err, ERR_INPUT, "no mail in '%s'",
			       letters->from ? letters->from : "the mailbox");
	*out = box;
	box = (struct mailbox){ 0 };
	return 0;
}

int mailbox_read(struct mailbox *out, const char *path, struct err *err)
{
	AUTO(letters_release) struct letters letters = { 0 };

	if (letters_read(&letters, path, err) < 0)
		return -1;
	return mailbox_parse(out, &letters, err);
}

void mailbox_release(struct mailbox *box)
{
	for (size_t i = 0; i < box->n; i++)
		mail_free(box->v[i]);
	free(box->v);
	strings_release(&box->skipped);
	*box = (struct mailbox){ 0 };
}
