/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/mbox.h"

#include "bot/base/mem.h"
#include "bot/base/span.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* @form somewhere in @line; a '0' in it stands for any digit. */
static bool has_form(struct span line, const char *form)
{
	size_t len = strlen(form);

	for (const char *p = line.p; p + len <= line.end; p++) {
		size_t i = 0;

		while (i < len &&
		       (form[i] == '0' ? is_digit(p[i]) : p[i] == form[i]))
			i++;
		if (i == len)
			return true;
	}
	return false;
}

/* Prose that begins with "From " seldom has a time in it. */
static bool has_time(struct span line)
{
	return has_form(line, "00:00");
}

/* The full form, "00:00:00 1970", which prose never has. */
static bool has_full_time(struct span line)
{
	return has_form(line, "00:00:00 0000");
}

/* "Name: ..."; or ">From ...", which some delivery agents put first. */
static bool is_header(struct span line)
{
	struct span name;

	if (span_starts(line, ">From "))
		return true;
	if (!span_until(&line, ':', &name) || span_len(name) == 0)
		return false;
	for (const char *p = name.p; p < name.end; p++) {
		if (*p <= ' ' || *p == 0x7f)
			return false;
	}
	return true;
}

/* @line begins a mail, as the header that follows it in @rest confirms. */
static bool is_from_line(struct span line, struct span rest)
{
	struct span next;

	return span_starts(line, "From ") && span_line(&rest, &next) &&
	       is_header(next);
}

/* ">From ", ">>From ", ...: mboxrd put the first '>' there. */
static bool is_quoted_from(struct span line)
{
	if (!span_eat(&line, ">"))
		return false;
	while (span_eat(&line, ">"))
		;
	return span_starts(line, "From ");
}

static bool is_blank(struct span line)
{
	return span_len(span_trim(line)) == 0;
}

/* Copy the mail in @text; only what came out of a mailbox is unquoted. */
static struct mbox_mail dup_mail(struct span text, bool unquote)
{
	struct mbox_mail mail = { .bytes = xmalloc(span_len(text) + 1) };
	struct span line;

	while (span_line(&text, &line)) {
		if (unquote && is_quoted_from(line))
			line.p++;
		/* text.p is past the newline, if the line had one */
		memcpy(mail.bytes + mail.len, line.p,
		       (size_t)(text.p - line.p));
		mail.len += (size_t)(text.p - line.p);
	}
	mail.bytes[mail.len] = '\0';
	return mail;
}

/* A "From " between two mails may follow none but blank lines. */
static int add_mail(struct mbox *m, struct span text, bool unquote,
		    struct err *err)
{
	if (is_blank(text))
		return 0;
	if (m->n == MBOX_MAX_MAILS)
		return err_set(err, ERR_LIMIT, "more than %d mails",
			       MBOX_MAX_MAILS);
	m->v = xreallocarray(m->v, m->n + 1, sizeof(*m->v));
	m->v[m->n++] = dup_mail(text, unquote);
	return 0;
}

/* Only a file that begins as a mailbox is one: a mail may hold a patch file. */
static bool is_mailbox(struct span text)
{
	struct span line;

	while (span_line(&text, &line)) {
		if (!is_blank(line))
			return is_from_line(line, text);
	}
	return false;
}

/* Some mailboxes have no times at all; then any "From ..." has to do. */
static int cut_mailbox(struct mbox *m, struct span rest, struct err *err)
{
	struct span mail = rest;
	struct span line;
	bool after_blank = true;
	bool in_mail = false;
	bool has_times = false;

	for (;;) {
		const char *start = rest.p;

		if (!span_line(&rest, &line))
			break;
		if ((after_blank || has_full_time(line)) &&
		    is_from_line(line, rest) &&
		    (has_time(line) || !has_times)) {
			has_times = has_time(line);
			mail.end = start;
			if (in_mail && add_mail(m, mail, true, err) < 0)
				return -1;
			in_mail = true;
			mail.p = rest.p;
		}
		after_blank = is_blank(line);
	}
	mail.end = rest.end;
	return add_mail(m, mail, true, err);
}

int mbox_parse(struct mbox *out, const char *bytes, size_t len, struct err *err)
{
	AUTO(mbox_release) struct mbox m = { 0 };
	struct span all = span_of(bytes, len);

	*out = (struct mbox){ 0 };
	if (len > MBOX_MAX_SIZE)
		return err_set(err, ERR_LIMIT,
			       "mailbox is larger than %u bytes",
			       MBOX_MAX_SIZE);
	if (is_mailbox(all) ? cut_mailbox(&m, all, err) < 0
			    : add_mail(&m, all, false, err) < 0)
		return -1;
	if (m.n == 0)
		return err_set(err, ERR_INPUT, "no mail: nothing but blanks");
	*out = m;
	m = (struct mbox){ 0 };
	return 0;
}

void mbox_release(struct mbox *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->v[i].bytes);
	free(m->v);
	*m = (struct mbox){ 0 };
}
