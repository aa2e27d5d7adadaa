/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * promises.h - contracts of a text of the test's own
 */
#ifndef TESTS_PROMISES_H
#define TESTS_PROMISES_H

#include "rules/contract.h"

/* What xfs promises in these lines, all of it in force. */
void promises_of_xfs(struct contracts *out, const char *text);

#endif
