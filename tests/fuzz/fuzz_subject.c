/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>

#include "bot/base/buf.h"
#include "parsers/subject.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read, written in the usual form. */
static void print(struct buf *out, const struct subject *s)
{
	buf_init(out, (size_t)SUBJECT_MAX_LEN * 2);
	buf_adds(out, s->is_reply ? "Re: " : "");
	buf_addf(out, "[%s%sv%u.%u", s->is_rfc ? "RFC " : "",
		 s->is_resend ? "RESEND " : "", s->version, s->version_minor);
	if (s->is_patch)
		buf_adds(out, " PATCH");
	if (s->is_patchset)
		buf_adds(out, " PATCHSET");
	if (s->has_position)
		buf_addf(out, " %u/%u", s->index, s->total);
	if (s->set_index)
		buf_addf(out, " %u/%u", s->set_index, s->set_total);
	buf_addf(out, "] %s", s->title);
}

static void check_again(const struct subject *s)
{
	AUTO(subject_free) struct subject *again = NULL;
	AUTO(buf_release) struct buf line = { 0 };
	struct err err = ERR_INIT;

	print(&line, s);
	if (line.overflow || line.len > SUBJECT_MAX_LEN)
		return;
	if (subject_parse(&again, buf_text(&line), line.len, &err) < 0)
		return; /* tags that became part of the title are too many */
	assert(again->index == s->index && again->total == s->total);
	assert(again->version == s->version);
	assert(again->is_rfc == s->is_rfc && again->is_reply >= s->is_reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(subject_free) struct subject *s = NULL;
	struct err err = ERR_INIT;

	if (subject_parse(&s, (const char *)data, size, &err) < 0) {
		assert(!s && err.kind == ERR_LIMIT);
		return 0;
	}
	assert(strlen(s->title) <= size);
	assert(s->total >= 1 && s->total <= SUBJECT_MAX_TOTAL);
	assert(s->index <= SUBJECT_MAX_TOTAL);
	assert(s->version >= 1 && s->version <= SUBJECT_MAX_VERSION);
	assert(s->set_index == 0 || s->is_patchset);
	if (*s->title != '[')
		check_again(s);
	return 0;
}
