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

static void check_same(const char *head, const char *whole)
{
	assert(strcmp(head, whole) == 0);
}

/* What both read, both read alike. @m is NULL when the whole was refused. */
static void check_head(const struct mail *m, const char *bytes, size_t size)
{
	AUTO(mail_free) struct mail *head = NULL;
	struct err err = ERR_INIT;

	if (mail_parse_head(&head, bytes, size, &err) < 0) {
		assert(!m && (err.kind == ERR_INPUT || err.kind == ERR_LIMIT));
		return;
	}
	if (!m)
		return;
	check_same(head->message_id, m->message_id);
	check_same(head->in_reply_to, m->in_reply_to);
	check_same(head->subject_raw, m->subject_raw);
	check_same(head->title, m->title);
	check_same(head->list_id, m->list_id);
	check_same(head->from.name, m->from.name);
	check_same(head->from.addr, m->from.addr);
	assert(head->references.n == m->references.n);
	assert(head->date == m->date && head->diff_len == m->diff_len);
	assert(m->diff_len == 0 ||
	       memcmp(head->diff, m->diff, m->diff_len) == 0);
	assert(head->to.n == 0 && head->cc.n == 0 && !head->trailers);
	assert(*head->log == '\0' && *head->notes == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(mail_free) struct mail *m = NULL;
	struct err err = ERR_INIT;

	if (mail_parse(&m, (const char *)data, size, &err) < 0) {
		assert(!m && (err.kind == ERR_INPUT || err.kind == ERR_LIMIT));
		check_head(NULL, (const char *)data, size);
		return 0;
	}
	check_head(m, (const char *)data, size);
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
