/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * initramfs.h - what a guest is booted with: collide as /init, and mkfs
 *
 * A newc archive, uncompressed: the guest unpacks it faster than it would
 * inflate it. The mkfs programs are this machine's, with their libraries and
 * loader. Named by the hash of all that is in it, and made only once.
 */
#ifndef GUEST_INITRAMFS_H
#define GUEST_INITRAMFS_H

#include "bot/base/buf.h"
#include "bot/base/err.h"
#include "bot/base/mem.h"

#define INITRAMFS_MAX_FILES 128		/* six programs have 18 */
#define INITRAMFS_MAX_SIZE (128u << 20) /* bytes; six programs: 6 MiB */

/*
 * The program that makes @filesystem in the guest, by name; NULL when none does
 * or no such filesystem is known.
 */
const char *initramfs_program(const char *filesystem);
/*
 * The Debian package to install before @filesystem can be made; NULL when
 * nothing is missing or no such filesystem is known.
 */
const char *initramfs_missing(const char *filesystem);

/*
 * Make, or find again, the archive for these filesystems in the folder @dir.
 * @program is the static collide. 0: *path_out is the caller's to free. -1:
 * ERR_CONFIG when a mkfs program or library is missing (it names the package)
 * or @program is, ERR_INPUT for an unknown filesystem, ERR_SYSTEM.
 */
int initramfs_make(char **path_out, const char *dir, const char *program,
		   const struct strings *filesystems, struct err *err)
	MUST_CHECK;
/*
 * Write a copy of the archive @initramfs to @path, with one more file in it:
 * the kernel unpacks one archive after the other. -1: ERR_SYSTEM, ERR_LIMIT.
 */
int initramfs_add(const char *path, const char *initramfs, const char *name,
		  const struct buf *bytes, struct err *err) MUST_CHECK;

#endif
