/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uml.h - the command that boots a User-Mode Linux guest
 *
 * The kernel is the program. Caller: bot/guest/guest.c
 */
#ifndef GUEST_UML_H
#define GUEST_UML_H

#include "bot/base/argv.h"
#include "bot/guest/guest.h"

void uml_write_command(struct argv *out, const struct guest_spec *spec,
		       const struct argv *words);

#endif
