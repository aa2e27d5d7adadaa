/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * err_git.h - libgit2's reason, copied in the statement that saw it
 */
#ifndef GIT_ERR_GIT_H
#define GIT_ERR_GIT_H

#include "bot/base/err.h"

/* As err_set, with ": " and the text of libgit2's last error. */
int err_git(struct err *err, enum err_kind kind, const char *fmt, ...)
	__attribute__((cold, format(printf, 3, 4)));

#endif
