/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * poison.h - calls that nobody may make; included before every source file
 *
 * The standard headers come first: a poisoned name may not even be declared.
 */
#ifndef BASE_POISON_H
#define BASE_POISON_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok
#pragma GCC poison gmtime localtime asctime mktemp tmpnam system popen
#pragma GCC poison atoi atol vfork

#endif
