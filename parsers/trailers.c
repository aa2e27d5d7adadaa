/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/trailers.h"

#include <ctype.h>

#include "bot/base/span.h"
#include "parsers/msgid.h"

#define COMMIT_HEX 40

/* Lower-case hex of @min to COMMIT_HEX digits and nothing else, or NULL. */
static char *dup_hex(struct span value, size_t min)
{
	size_t len = span_len(value);
	char *hex;

	if (len < min || len > COMMIT_HEX)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		if (!isxdigit((unsigned char)value.p[i]))
			return NULL;
	}
	hex = span_dup(value);
	for (size_t i = 0; i < len; i++)
		hex[i] = (char)tolower((unsigned char)hex[i]);
	return hex;
}

static void read_base_commit(struct trailers *t, struct span value)
{
	if (!t->base_commit)
		t->base_commit = dup_hex(value, COMMIT_HEX);
}

static void read_patch_id(struct trailers *t, struct span value)
{
	char *id = dup_hex(value, COMMIT_HEX);

	if (id)
		strings_push_take(&t->prerequisite_patch_ids, id);
}

/* One word, which is all that an id of b4's can be; or NULL. */
static char *dup_word(struct span value)
{
	struct span word;

	if (!span_word(&value, &word) || span_len(span_trim(value)) != 0)
		return NULL;
	return span_dup(word);
}

/* b4's own, and "Based-on:", "Depends-on:", which people write by hand. */
static void read_message_id(struct trailers *t, struct span value)
{
	const char *url = span_find(value, "https://");
	char *id;

	if (!msgid_parse(&id, value) &&
	    (!url || !msgid_parse(&id, (struct span){ url, value.end })))
		return;
	strings_push_take(&t->prerequisite_message_ids, id);
}

static void read_prerequisite_change(struct trailers *t, struct span value)
{
	char *id = dup_word(value);

	if (id)
		strings_push_take(&t->prerequisite_change_ids, id);
}

static void read_change_id(struct trailers *t, struct span value)
{
	if (!t->change_id)
		t->change_id = dup_word(value);
}

/* What stands in ("..."), or in (...), behind the id of a Fixes: line. */
static struct span fixes_title(struct span rest)
{
	rest = span_trim(rest);
	if (!span_eat(&rest, "("))
		return rest;
	if (rest.p < rest.end && rest.end[-1] == ')')
		rest.end--;
	if (span_eat(&rest, "\"") && rest.p < rest.end && rest.end[-1] == '"')
		rest.end--;
	return rest;
}

static void read_fixes(struct trailers *t, struct span value)
{
	AUTO(mem_free) char *id = NULL;
	struct trailers_fixes *f;
	struct span word;

	(void)span_eat(&value, "commit ");
	if (!span_word(&value, &word))
		return;
	id = dup_hex(word, TRAILERS_MIN_FIXES);
	if (!id)
		return;
	t->fixes = xreallocarray(t->fixes, t->n_fixes + 1, sizeof(*t->fixes));
	f = &t->fixes[t->n_fixes++];
	*f = (struct trailers_fixes){ .title = span_dup(fixes_title(value)) };
	memcpy(f->id, id, strlen(id));
}

static const struct {
	const char *key;
	void (*read)(struct trailers *t, struct span value);
} known[] = {
	{ "base-commit:", read_base_commit },
	{ "prerequisite-patch-id:", read_patch_id },
	{ "prerequisite-message-id:", read_message_id },
	{ "Based-on:", read_message_id },
	{ "Depends-on:", read_message_id },
	{ "prerequisite-change-id:", read_prerequisite_change },
	{ "change-id:", read_change_id },
	{ "Fixes:", read_fixes },
};

static int read_line(struct trailers *t, struct span line, size_t *n,
		     struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (!span_starts_nocase(line, known[i].key))
			continue;
		line.p += strlen(known[i].key);
		line = span_trim(line);
		if (span_len(line) > TRAILERS_MAX_VALUE)
			return err_set(err, ERR_LIMIT,
				       "'%s' has more than %d bytes",
				       known[i].key, TRAILERS_MAX_VALUE);
		if (++*n > TRAILERS_MAX)
			return err_set(err, ERR_LIMIT, "more than %d trailers",
				       TRAILERS_MAX);
		known[i].read(t, line);
		return 0;
	}
	return 0;
}

int trailers_parse(struct trailers **out, const char *text, size_t len,
		   struct err *err)
{
	AUTO(trailers_free) struct trailers *t = xcalloc(1, sizeof(*t));
	struct span rest = span_of(text, len);
	struct span line;
	size_t n = 0;

	while (span_line(&rest, &line)) {
		if (read_line(t, line, &n, err) < 0)
			return -1;
	}
	*out = TAKE(t);
	return 0;
}

void trailers_free(struct trailers *t)
{
	if (!t)
		return;
	free(t->base_commit);
	free(t->change_id);
	strings_release(&t->prerequisite_patch_ids);
	strings_release(&t->prerequisite_message_ids);
	strings_release(&t->prerequisite_change_ids);
	for (size_t i = 0; i < t->n_fixes; i++)
		free(t->fixes[i].title);
	free(t->fixes);
	free(t);
}
