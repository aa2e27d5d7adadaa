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
