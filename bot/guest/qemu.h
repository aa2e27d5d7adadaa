/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * qemu.h - the command that boots a guest of QEMU
 *
 * Two processors, a serial console on stdout, no other device. Its end is its
 * exit status: 0 when it was switched off, as init does. Caller:
 * bot/guest/guest.c
 */
#ifndef GUEST_QEMU_H
#define GUEST_QEMU_H

#include "bot/base/argv.h"
#include "bot/guest/guest.h"

#define QEMU_PROGRAM "qemu-system-x86_64"

void qemu_write_command(struct argv *out, const struct guest_spec *spec,
			const struct argv *words);

#endif
