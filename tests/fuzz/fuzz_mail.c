/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>

#include "parsers/charset.h"
#include "parsers/mail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
	assert(text && charset_is_utf8(text, strlen(text)));
}

static void check_line(const char *text)
{
	check_text(text);
	assert(!strpbrk(text, "\r\n"));
}

static void check_person(const struct mail_person *p)
{
	check_line(p->name);
	check_line(p->addr);
}

/* As git stripspace leaves it: no blanks at ends of lines, one blank line. */
static void check_stripped(const char *text)
{
	check_text(text);
	assert(*text != '\n' && !strstr(text, " \n") &&
	       !strstr(text, "\n\n\n"));
	assert(*text == '\0' || text[strlen(text) - 1] == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(mail_free) struct mail *m = NULL;
	struct err err = ERR_INIT;

	if (mail_parse(&m, (const char *)data, size, &err) < 0) {
		assert(!m && (err.kind == ERR_INPUT || err.kind == ERR_LIMIT));
		return 0;
	}
	check_line(m->message_id);
	check_line(m->in_reply_to);
	check_line(m->subject_raw);
	check_line(m->title);
	check_line(m->list_id);
	check_person(&m->from);
	check_person(&m->author);
	for (size_t i = 0; i < m->references.n; i++)
		check_line(m->references.v[i]);
	for (size_t i = 0; i < m->to.n; i++)
		check_person(&m->to.v[i]);
	for (size_t i = 0; i < m->cc.n; i++)
		check_person(&m->cc.v[i]);
	check_stripped(m->log);
	check_stripped(m->notes);
	assert(!m->diff == (m->diff_len == 0));
	assert(!m->diff || m->diff[m->diff_len - 1] == '\n');
	assert(!mail_is_patch(m) || m->diff);
	return 0;
}
