/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/err_git.h"

#include <git2.h>
#include <stdarg.h>

int err_git(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	const git_error *last = git_error_last();
	char what[ERR_MAX_MSG];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	return err_set(err, kind, "%s: %s", what,
		       last && last->message ? last->message
					     : "libgit2 gives no reason");
}
