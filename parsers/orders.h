/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * orders.h - what a mail to the bot tells it to do
 *
 * Pure. An order is a line of the writer's own that begins with "#collider ":
 *
 *	#collider rerun			once more, on the newest base
 *	#collider base COMMIT|TREE	on that one
 *	#collider unrelated [WORDS]	what was found has nothing to do with it
 *	#collider known URL		it is known, and there
 *	#collider stop			no more mails about this series
 *	#collider test			with the patch that follows in the mail
 *	#collider help
 *	#collider approve, reject [WORDS]	a moderator's, of a held mail
 *
 * The last two stand without the mark, too, where nothing else can be meant: in
 * the first line of the moderator's own, in answer to his copy.
 * Not the writer's own is what is quoted ('>' first), what stands below "-- ",
 * below a line that begins a forwarded mail, and, after "test", the patch. Who
 * may give which order is not known here. Caller: bot/stages/answers.c
 */
#ifndef PARSERS_ORDERS_H
#define PARSERS_ORDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"

#define ORDERS_MAX 8		   /* in one mail; a person gives one or two */
#define ORDERS_MAX_WORDS 400	   /* bytes behind the verb */
#define ORDERS_MAX_TEXT (4u << 20) /* bytes of a mail's text */

enum order_verb {
	ORDER_RERUN,
	ORDER_BASE,
	ORDER_UNRELATED,
	ORDER_KNOWN,
	ORDER_STOP,
	ORDER_TEST,
	ORDER_HELP,
	ORDER_APPROVE,
	ORDER_REJECT,
};
#define ORDER_VERBS 9

struct order {
	enum order_verb verb;
	char *words; /* what stands behind the verb; "" when nothing does */
};

struct orders {
	struct order *v;
	size_t n;
	size_t patch_at; /* of "test": where the text goes on; or 0 */
};

/*
 * Read the text of a mail. A mail without orders is no error. 0: *out is the
 * caller's. -1: *out is empty; ERR_INPUT for a verb that is none or lacks what
 * it needs, and for both "approve" and "reject": the message can be told its
 * writer; ERR_LIMIT.
 */
int orders_parse(struct orders *out, const char *text, size_t len,
		 struct err *err) MUST_CHECK;
void orders_release(struct orders *list);
DEFINE_AUTO_VALUE(struct orders, orders_release)

/*
 * The first line of the writer's own is "approve" and no more, or "reject
 * [WORDS]": an order if he is the moderator and answers his copy, prose if not.
 * What says above a quotation whose words it has is not his. *out, when true,
 * is the caller's, as an element of struct orders is.
 */
bool orders_find_decision(struct order *out, const char *text, size_t len);
/* Put it before the others; its words are taken. -1: as orders_parse. */
int orders_put_first(struct orders *list, struct order *first, struct err *err)
	MUST_CHECK;

/* "rerun", "base", ... Never NULL. */
const char *orders_verb_name(enum order_verb verb);

#endif
