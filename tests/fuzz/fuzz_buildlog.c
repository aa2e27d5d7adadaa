/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>

#include "parsers/buildlog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_clean(const char *text)
{
	for (; text && *text; text++)
		assert((unsigned char)*text >= 0x20 && *text != 0x7f);
}

/* Whatever is printed: clean single lines, nothing new beside itself. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(buildlog_release) struct buildlog log = { 0 };

	buildlog_parse(&log, (const char *)data, size, "/linux");
	assert(log.n <= BUILDLOG_MAX_DIAGNOSTICS);
	assert(log.n <= size / 4 && log.built.n <= size / 6);
	for (size_t i = 0; i < log.n && i < 100; i++) {
		const struct diagnostic *d = &log.v[i];

		check_clean(d->file);
		check_clean(d->text);
		check_clean(d->function);
		check_clean(d->via);
		assert(!buildlog_is_new(&log, i, &log));
	}
	for (size_t i = 0; i < log.built.n; i++)
		check_clean(log.built.v[i]);
	return 0;
}
