/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/guest/uml.h"

void uml_write_command(struct argv *out, const struct guest_spec *spec,
		       const struct argv *words)
{
	static const char *const own[] = {
		GUEST_KERNEL_AT, "time-travel=inf-cpu", "con0=fd:0,fd:1",
		"con=none",	 "uml_dir=/tmp/",	NULL,
	};

	argv_pushv(out, own);
	argv_push(out, "initrd=" GUEST_INITRAMFS_AT);
	argv_pushf(out, "mem=%uM", guest_memory(spec));
	argv_pushv(out, (const char *const *)words->v);
}
