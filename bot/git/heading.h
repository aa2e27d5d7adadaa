/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * heading.h - does a hunk stand in the function that its "@@" line names?
 *
 * Pure. git writes the last line before the hunk that begins with a letter,
 * '_' or '$' behind "@@"; with Linux's .gitattributes jump labels are passed
 * over. Either reading counts here.
 *
 * Caller: bot/git/image.c
 */
#ifndef GIT_HEADING_H
#define GIT_HEADING_H

#include <stdbool.h>

#include "bot/base/span.h"

enum heading_answer {
	HEADING_UNTOLD, /* no function is named: nobody can say */
	HEADING_SAME,
	HEADING_OTHER,
};

/* The line can stand behind "@@". */
bool heading_is_one(struct span line);
/* The line is a jump label, which only some of git's rules pass over. */
bool heading_is_label(struct span line);
/*
 * Does @found, a line that heading_is_one, begin the function or definition
 * that @said names? @said may be cut off, as git does after 80 bytes. A changed
 * signature is still the same function.
 */
enum heading_answer heading_compare(struct span said, struct span found);

#endif
