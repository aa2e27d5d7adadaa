/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>

#include "bot/base/span.h"
#include "parsers/project.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first line is the subject, the others are the diff. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(subject_free) struct subject *s = NULL;
	struct span text = span_of((const char *)data, size);
	struct span line = text;
	struct err err = ERR_INIT;
	const char *named;
	const char *found;

	(void)span_line(&text, &line);
	if (subject_parse(&s, line.p, span_len(line), &err) < 0)
		return 0;
	named = project_of_subject(s);
	found = project_of_patch(s, text.p, span_len(text));
	/* a name of the subject is beaten by the kernel's paths alone */
	assert(!named || found == named || project_is_kernel(found));
	assert(!found || *found);
	return 0;
}
