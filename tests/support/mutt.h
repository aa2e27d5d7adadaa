/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mutt.h - a reply as who gets it sees it: Debian's mutt in a terminal of tmux
 *
 * The mailbox is a Maildir with the mails of a series and the reply. A test
 * fails where mutt or tmux is not installed (config/setup.sh names both), and
 * when what it waits for is not on the screen in time.
 *
 * Calling sequence:
 *	AUTO(mutt_release) struct mutt m = { 0 };
 *
 *	mutt_open(&m, "sample", &reply, 80, 50);
 *	mutt_see(&screen, &m, "4 kept");
 *	mutt_press(&m, "Enter");
 */
#ifndef TESTS_MUTT_H
#define TESTS_MUTT_H

#include "bot/base/buf.h"
#include "bot/base/mem.h"

struct mutt {
	char *dir; /* mailbox, configuration, socket */
};

/*
 * The series of tests/fixtures/series/<series>.mbox; in the index, by thread.
 */
void mutt_open(struct mutt *m, const char *series, const struct buf *reply,
	       unsigned columns, unsigned rows);
/* From the index, whatever is seen of it, into the reply. */
void mutt_open_reply(struct buf *out, const struct mutt *m);
/* Keys as tmux calls them, separated by blanks. */
void mutt_press(const struct mutt *m, const char *keys);
/*
 * Wait until @text is on the screen; *out is all of it, and what mutt draws
 * last may be missing there.
 */
void mutt_see(struct buf *out, const struct mutt *m, const char *text);
void mutt_release(struct mutt *m); /* zeroed is fine */
DEFINE_AUTO_VALUE(struct mutt, mutt_release)

#endif
