/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/log.h"

#include <stdarg.h>
#include <stdlib.h>

#include "bot/base/sink.h"

void log_begin(struct log_line *l, enum log_level level, const char *fmt, ...)
{
	va_list args;

	*l = (struct log_line){ 0 };
	l->out = open_memstream(&l->text, &l->len);
	if (!l->out)
		abort(); /* out of memory */
	if (getenv("JOURNAL_STREAM"))
		fprintf(l->out, "<%d>", (int)level);
	va_start(args, fmt);
	vfprintf(l->out, fmt, args);
	va_end(args);
}

void log_add(struct log_line *l, const char *fmt, ...)
{
	va_list args;

	putc(' ', l->out);
	va_start(args, fmt);
	vfprintf(l->out, fmt, args);
	va_end(args);
}

void log_text(struct log_line *l, const char *key, const char *text, size_t len)
{
	fprintf(l->out, " %s=\"", key);
	sink_log(l->out, text, len);
	putc('"', l->out);
}

void log_end(struct log_line *l)
{
	putc('\n', l->out);
	fclose(l->out);
	fwrite(l->text, 1, l->len, stdout);
	fflush(stdout);
	free(l->text);
	*l = (struct log_line){ 0 };
}
