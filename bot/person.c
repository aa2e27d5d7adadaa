/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/person.h"

#include <unistd.h>

#include "bot/base/span.h"

char *person_name(void)
{
	const char *sudo = getenv("SUDO_USER");

	return sudo ? xasprintf("%s (uid %u)", sudo, (unsigned)getuid())
		    : xasprintf("uid %u", (unsigned)getuid());
}

int person_find_mail(struct outbox_row *out, struct store *st, const char *word,
		     struct err *err)
{
	struct span s = span_cstr(word);
	uint64_t id;
	bool found;

	if (span_uint(&s, INT64_MAX, &id) && span_len(s) == 0) {
		if (outbox_find(&found, out, st, (int64_t)id, err) < 0)
			return -1;
	} else if (outbox_find_message(&found, out, st, word, err) < 0) {
		return -1;
	}
	if (!found)
		return err_set(err, ERR_INPUT, "no mail '%.100s' in the outbox",
			       word);
	return 0;
}

int person_move_mail(struct outbox_row *row, struct store *st,
		     enum outbox_state to, const char *why, struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(mem_free) char *who = person_name();
	/* when it may leave is decided anew when it is due: at once */
	const struct outbox_note note = { .who = who, .why = why };
	bool moved;

	if (!outbox_may_move(row->state, to))
		return err_set(err, ERR_INPUT, "mail %lld is %s",
			       (long long)row->id,
			       outbox_state_name(row->state));
	if (store_begin(&txn, st, err) < 0 ||
	    outbox_move(&moved, &txn, row->id, row->state, to, &note, err) < 0)
		return -1;
	if (!moved)
		return err_set(err, ERR_RETRY,
			       "somebody else has moved mail %lld meanwhile",
			       (long long)row->id);
	row->state = to;
	return store_commit(&txn, err);
}
