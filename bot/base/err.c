/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/err.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#undef err_set /* macros of err.h, for who cannot see in here */
#undef err_sys
#undef err_wrap

static void make_one_line(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

static void fill(struct err *err, enum err_kind kind, const char *fmt,
		 va_list args) __attribute__((format(printf, 3, 0)));

static void fill(struct err *err, enum err_kind kind, const char *fmt,
		 va_list args)
{
	assert(err->kind == ERR_NONE && kind != ERR_NONE);
	err->kind = kind;
	vsnprintf(err->msg, sizeof(err->msg), fmt, args);
	make_one_line(err->msg);
}

int err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(err, kind, fmt, args);
	va_end(args);
	return -1;
}

int err_sys(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	const char *reason = strerrordesc_np(errno);
	va_list args;
	size_t len;

	va_start(args, fmt);
	fill(err, kind, fmt, args);
	va_end(args);
	len = strlen(err->msg);
	snprintf(err->msg + len, sizeof(err->msg) - len, ": %s",
		 reason ? reason : "unknown error");
	return -1;
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	char below[ERR_MAX_MSG];
	va_list args;
	size_t len;

	assert(err->kind != ERR_NONE);
	memcpy(below, err->msg, sizeof(below));
	va_start(args, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, args);
	va_end(args);
	len = strlen(err->msg);
	snprintf(err->msg + len, sizeof(err->msg) - len, ": %s", below);
	make_one_line(err->msg);
	return -1;
}

const char *err_kind_name(enum err_kind kind)
{
	switch (kind) {
	case ERR_NONE:
		return "none";
	case ERR_INPUT:
		return "input";
	case ERR_LIMIT:
		return "limit";
	case ERR_RETRY:
		return "retry";
	case ERR_CONFIG:
		return "config";
	case ERR_SYSTEM:
		return "system";
	}
	return "unknown";
}
