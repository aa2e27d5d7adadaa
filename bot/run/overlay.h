/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * overlay.h - a private, writable view of a folder that nobody may change
 *
 * The upper layer is a tmpfs of limited size: what a job writes can neither
 * fill the disk nor outlive the job. The process that mounts enters a user
 * and a mount namespace for good; when it ends, however it ends, the view and
 * all that was written into it are gone. Caller: bot/lab.c.
 *
 * Overlayfs in a user namespace cannot copy up a file whose owner or group is
 * not mapped there: @lower belongs wholly to the user and group we run as.
 */
#ifndef RUN_OVERLAY_H
#define RUN_OVERLAY_H

#include <stdint.h>

#include "bot/base/err.h"

struct overlay {
	char *tree; /* the path of the view, seen by this process alone */
	int fd;	    /* of that folder: run/beneath.h changes files in it */
};

/*
 * Mount a view of @lower at @dir/tree; @dir is made if it is not there, and is
 * empty outside. Never as root, and not with threads. -1: ERR_CONFIG when the
 * kernel refuses namespaces or the mount, ERR_SYSTEM else; the process may
 * have entered the namespaces and is not to go on.
 */
int overlay_mount(struct overlay *out, const char *lower, const char *dir,
		  unsigned size_mib, struct err *err) MUST_CHECK;
/* Forgets the view; it is unmounted when the process ends. */
void overlay_release(struct overlay *o);
DEFINE_AUTO_VALUE(struct overlay, overlay_release)

#endif
