// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pseudo.c - the filesystems of the kernel's own that a run looks into
 */
#include "rules/collisions/run.h"

#include <sys/mount.h>
#include <sys/stat.h>

void pseudo_mount(void)
{
	static const struct {
		const char *type, *at;
		const char *shows; /* is there once it is mounted */
	} mounts[] = {
		{ "proc", "/proc", "/proc/self" },
		{ "sysfs", "/sys", "/sys/kernel" },
		{ "devtmpfs", "/dev", "/dev/null" },
		{ "configfs", "/sys/kernel/config",
		  "/sys/kernel/config/nullb" },
		{ "tracefs", "/sys/kernel/tracing",
		  "/sys/kernel/tracing/trace" },
	};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		if (access(mounts[i].shows, F_OK) == 0)
			continue;
		mkdir(mounts[i].at, 0755);
		if (mount(mounts[i].type, mounts[i].at, mounts[i].type, 0,
			  NULL) < 0)
			perror(mounts[i].at);
	}
}
