/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>

#include "bot/mail/fill.h"
#include "parsers/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct template_field fields[] = {
	{ "patch", false },
	{ "says", true },
	{ "hunk", false },
};

static void check_line(const struct template_line *line)
{
	for (size_t i = 0; i < line->n; i++)
		assert(line->v[i].field < (int)ARRAY_LEN(fields) &&
		       (line->v[i].field >= 0 ||
			span_len(line->v[i].text) > 0));
	assert(line->kind != TEMPLATE_BLOCK || line->n == 1);
	assert(line->kind != TEMPLATE_BLANK || line->n == 0);
}

/* A value with braces and an empty one: neither is read, nothing is doubled. */
static void use(const struct template *t)
{
	const char *const values[] = { "", "{patch}", "> {says}\n" };
	AUTO(buf_release) struct buf out = { 0 };

	buf_init(&out, 4 << 20);
	fill_write(&out, t, values, 72);
	assert(!out.overflow && !strstr(buf_text(&out), "\n\n\n"));
	assert(*buf_text(&out) != '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(template_free) struct template *t = NULL;
	struct err err = ERR_INIT;
	unsigned line;

	if (template_parse(&t, &line, fields, ARRAY_LEN(fields),
			   (const char *)data, size, &err) < 0) {
		assert(!t && (err.kind == ERR_INPUT || err.kind == ERR_LIMIT));
		return 0;
	}
	for (size_t i = 0; i < t->n; i++)
		check_line(&t->v[i]);
	use(t);
	return 0;
}
