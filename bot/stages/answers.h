/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answers.h - what a mail that answers one of ours says, and who vouches for it
 *
 * Two boxes. "answer" reads the mail: its writer, whether a program wrote it,
 * its orders, and, by the keys it is given, whether it is signed; it has no
 * network and tells which keys it lacks. "keys" has a network and looks those
 * up by their names; it sees nothing of the mail. Who may order what is not
 * known here. Callers: bot/answering.c; bot/boxed.c of the tasks
 */
#ifndef STAGES_ANSWERS_H
#define STAGES_ANSWERS_H

#include "bot/base/json.h"
#include "bot/mail/dkim.h"
#include "parsers/orders.h"

#define ANSWERS_MAX_ADDRESS 320	 /* bytes: RFC 3696 */
#define ANSWERS_MAX_SUBJECT 1000 /* bytes; of a longer one the beginning */

/* Strings are owned and never NULL unless said. */
struct answers_mail {
	char *writer;	 /* the address of From:, lower case; "" if none */
	char *subject;	 /* decoded, one line */
	char *automatic; /* why it is taken for a program's; NULL: it is not */
	bool is_signed;	 /* as dkim.h has it */
	char *unsigned_why; /* NULL when it is */
	struct strings wanted;
	struct strings seals;
	struct orders orders;
	bool has_decision; /* orders_find_decision has one */
	struct order decision;
	bool has_patch; /* below its text; one that is sent as such is none */
	char *error;	/* in its orders, to be told its writer; or NULL */
};

/* Read the mail in the file @path. -1: as boxed_run, letters_add_file. */
int answers_read(struct answers_mail *out, const char *path,
		 const struct dkim_keys *keys, const char *user,
		 struct err *err) MUST_CHECK;
void answers_mail_release(struct answers_mail *m);
DEFINE_AUTO_VALUE(struct answers_mail, answers_mail_release)

/*
 * What the DNS has at @names goes to @keys; what it does not have is left out.
 * -1: ERR_RETRY when it did not answer; else as boxed_run.
 */
int answers_find_keys(struct dkim_keys *keys, const struct strings *names,
		      const char *user, struct err *err) MUST_CHECK;

/* The tasks "answer" and "keys". */
int answers_box(const json_t *request, int out, struct err *err) MUST_CHECK;
int answers_keys_box(const json_t *request, int out, struct err *err)
	MUST_CHECK;

#endif
