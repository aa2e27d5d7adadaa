/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * promises.h - contracts of a text of the test's own
 */
#ifndef TESTS_PROMISES_H
#define TESTS_PROMISES_H

#include "rules/contract.h"

/* One of the text; all are words in quotes. */
#define PROMISE(name, scenarios, expect, says)                    \
	"[" name "]\nscenarios = " scenarios "\nexpect = " expect \
	"\nsays = " says "\nsource = fs/xfs/xfs_file.c:xfs_file_dio_write\n"
#define PROMISES_QUIET PROMISE("quiet", "all", "log.warning is 0", "no warning")

/* What xfs promises in these lines, all of it in force. */
void promises_of_xfs(struct contracts *out, const char *text);

#endif
