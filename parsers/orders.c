/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/orders.h"

#include <string.h>

#include "bot/base/span.h"

enum words { WORDS_NONE, WORDS_MAY, WORDS_ONE, WORDS_URL };

static const struct {
	const char *name;
	enum words words;
} verbs[ORDER_VERBS] = {
	[ORDER_RERUN] = { "rerun", WORDS_NONE },
	[ORDER_BASE] = { "base", WORDS_ONE },
	[ORDER_UNRELATED] = { "unrelated", WORDS_MAY },
	[ORDER_KNOWN] = { "known", WORDS_URL },
	[ORDER_STOP] = { "stop", WORDS_NONE },
	[ORDER_TEST] = { "test", WORDS_NONE },
	[ORDER_HELP] = { "help", WORDS_NONE },
	[ORDER_APPROVE] = { "approve", WORDS_NONE },
	[ORDER_REJECT] = { "reject", WORDS_MAY },
};

const char *orders_verb_name(enum order_verb verb)
{
	return verbs[verb].name;
}

void orders_release(struct orders *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i].words);
	free(list->v);
	*list = (struct orders){ 0 };
}

/*
 * From here on it is somebody else's, or nobody's. A mail's text comes without
 * the blanks at the ends of its lines, so "--" is a signature's line, too.
 */
static bool is_end(struct span line)
{
	return span_is(line, "-- ") || span_is(line, "--") ||
	       span_starts(line, "-----Original Message-----") ||
	       span_starts(line, "---------- Forwarded message") ||
	       span_starts(line, "________________________________");
}

/* A diff's lines are the patch's, whoever sent it. */
static bool is_diff(struct span line)
{
	return span_starts(line, "diff --git ") || span_starts(line, "--- a/");
}

static bool find_verb(enum order_verb *out, struct span word)
{
	for (int i = 0; i < ORDER_VERBS; i++) {
		if (span_is(word, verbs[i].name)) {
			*out = (enum order_verb)i;
			return true;
		}
	}
	return false;
}

static bool is_one_word(struct span words)
{
	struct span first;

	return span_word(&words, &first) && span_len(span_trim(words)) == 0;
}

/* What is shown of a word that may be anything. */
static int shown(struct span word)
{
	return span_len(word) > 40 ? 40 : (int)span_len(word);
}

static int check_words(enum order_verb verb, struct span words, struct err *err)
{
	const char *name = verbs[verb].name;
	bool is_url =
		span_starts(words, "https://") || span_starts(words, "http://");

	if (span_len(words) > ORDERS_MAX_WORDS)
		return err_set(err, ERR_LIMIT, "more than %d bytes behind '%s'",
			       ORDERS_MAX_WORDS, name);
	switch (verbs[verb].words) {
	case WORDS_MAY:
		return 0;
	case WORDS_NONE:
		if (span_len(words) == 0)
			return 0;
		return err_set(err, ERR_INPUT,
			       "'%s' stands alone, without "
			       "'%.*s'",
			       name, shown(words), words.p);
	case WORDS_ONE:
		if (is_one_word(words))
			return 0;
		return err_set(err, ERR_INPUT,
			       "'%s' wants a commit or the name of a tree",
			       name);
	case WORDS_URL:
		if (is_url && is_one_word(words))
			return 0;
		return err_set(err, ERR_INPUT,
			       "'%s' wants the address of a page", name);
	}
	return 0;
}

static bool is_decision(enum order_verb verb)
{
	return verb == ORDER_APPROVE || verb == ORDER_REJECT;
}

/* He who says both may mean either. */
static int check_fits(const struct orders *list, enum order_verb verb,
		      struct err *err)
{
	if (list->n == ORDERS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d orders",
			       ORDERS_MAX);
	for (size_t i = 0; i < list->n; i++)
		if (is_decision(verb) && is_decision(list->v[i].verb) &&
		    list->v[i].verb != verb)
			return err_set(err, ERR_INPUT,
				       "both 'approve' and 'reject'");
	return 0;
}

static int add_order(struct orders *list, struct span line, struct err *err)
{
	enum order_verb verb;
	struct span word;

	line = span_trim(line);
	if (!span_word(&line, &word))
		return err_set(err, ERR_INPUT, "no order behind '#collider'");
	if (!find_verb(&verb, word))
		return err_set(err, ERR_INPUT, "no order '%.*s'", shown(word),
			       word.p);
	line = span_trim(line);
	if (check_words(verb, line, err) < 0 || check_fits(list, verb, err) < 0)
		return -1;
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = (struct order){ verb, span_dup(line) };
	return 0;
}

/* The word alone, or with more behind a blank: "#colliders" is none. */
static bool eat_mark(struct span *line)
{
	struct span rest = *line;

	if (!span_eat(&rest, "#collider"))
		return false;
	if (span_len(rest) > 0 && !strchr(" \t\r", *rest.p))
		return false;
	*line = rest;
	return true;
}

int orders_parse(struct orders *out, const char *text, size_t len,
		 struct err *err)
{
	AUTO(orders_release) struct orders list = { 0 };
	struct span rest = span_of(text, len), line;

	*out = (struct orders){ 0 };
	if (len > ORDERS_MAX_TEXT)
		return err_set(err, ERR_LIMIT, "a text of more than %u bytes",
			       ORDERS_MAX_TEXT);
	while (span_line(&rest, &line) && !is_end(line) && !is_diff(line)) {
		if (!eat_mark(&line))
			continue;
		if (add_order(&list, line, err) < 0)
			return -1;
		if (list.v[list.n - 1].verb != ORDER_TEST)
			continue;
		list.patch_at = (size_t)(rest.p - text);
		break;
	}
	*out = list;
	list = (struct orders){ 0 };
	return 0;
}

/* ---- without the mark ---- */

static bool is_quoted(struct span line)
{
	return span_starts(span_trim(line), ">");
}

/* What is quoted begins in @rest, perhaps below empty lines. */
static bool is_above_quotation(struct span rest)
{
	struct span line;

	while (span_line(&rest, &line))
		if (span_len(span_trim(line)) > 0)
			return is_quoted(line);
	return false;
}

static bool ends_in_colon(struct span line)
{
	line = span_trim(line);
	return span_len(line) > 0 && line.end[-1] == ':';
}

/* "On Monday collider wrote:", which a mailer breaks into two lines at most. */
static bool eat_attribution(struct span *rest, struct span line)
{
	struct span ahead = *rest;

	if (!ends_in_colon(line) && !span_line(&ahead, &line))
		return false;
	if (!ends_in_colon(line) || !is_above_quotation(ahead))
		return false;
	*rest = ahead;
	return true;
}

static bool has_control(struct span text)
{
	for (const char *p = text.p; p < text.end; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return true;
	return false;
}

/* A telephone begins what is written with a capital letter. */
static bool read_decision(struct order *out, struct span line)
{
	struct err unused = ERR_INIT; /* then it is prose */
	struct span word;
	enum order_verb verb;

	if (strchr(" \t", *line.p) || !span_word(&line, &word))
		return false;
	if (span_is_nocase(word, verbs[ORDER_APPROVE].name))
		verb = ORDER_APPROVE;
	else if (span_is_nocase(word, verbs[ORDER_REJECT].name))
		verb = ORDER_REJECT;
	else
		return false;
	line = span_trim(line);
	if (has_control(line) || check_words(verb, line, &unused) < 0)
		return false;
	*out = (struct order){ verb, span_dup(line) };
	return true;
}

bool orders_find_decision(struct order *out, const char *text, size_t len)
{
	struct span rest = span_of(text, len), line;

	while (span_line(&rest, &line) && !is_end(line) && !is_diff(line)) {
		if (span_len(span_trim(line)) == 0 || is_quoted(line))
			continue;
		if (read_decision(out, line))
			return true;
		if (!eat_attribution(&rest, line))
			return false;
	}
	return false;
}

int orders_put_first(struct orders *list, struct order *first, struct err *err)
{
	if (check_fits(list, first->verb, err) < 0)
		return -1;
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	memmove(list->v + 1, list->v, list->n * sizeof(*list->v));
	list->v[0] = *first;
	*first = (struct order){ 0 };
	list->n++;
	return 0;
}
