/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fs.h - files and folders, with ceilings
 */
#ifndef BASE_FS_H
#define BASE_FS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bot/base/buf.h"
#include "bot/base/err.h"

/*
 * Read a whole regular file. -1: ERR_INPUT when it is not there or no file,
 * ERR_LIMIT past @max, ERR_SYSTEM else. @out must be released or empty.
 */
int fs_read(struct buf *out, const char *path, size_t max, struct err *err)
	MUST_CHECK;
/* As fs_read, from a descriptor up to its end; @name is for messages. */
int fs_read_fd(struct buf *out, int fd, const char *name, size_t max,
	       struct err *err) MUST_CHECK;
/* Write beside @path, fsync, rename over it. -1: ERR_SYSTEM. */
int fs_write(const char *path, const char *data, size_t len, struct err *err)
	MUST_CHECK;
/* Write every byte to @fd, however often write(2) is short. -1: ERR_SYSTEM. */
int fs_write_fd(int fd, const char *data, size_t len, const char *name,
		struct err *err) MUST_CHECK;
/* mkdir -p with @mode for what is made. -1: ERR_SYSTEM. */
int fs_mkdirs(const char *path, mode_t mode, struct err *err) MUST_CHECK;
/* rm -rf, never through a symlink; 0 when it was not there. -1: ERR_SYSTEM. */
int fs_remove_tree(const char *path, struct err *err) MUST_CHECK;
/* chown -Rh. -1: ERR_SYSTEM. */
int fs_chown_tree(const char *path, uid_t uid, gid_t gid, struct err *err)
	MUST_CHECK;
/* Bytes on disk (st_blocks) under @path; 0 when it is not there. */
uint64_t fs_tree_size(const char *path);
/* Bytes an unprivileged user may still write under @path; 0 if unknown. */
uint64_t fs_free_space(const char *path);
/*
 * Wait for the lock of @path, which is a file beside it, "@path.lock". It is
 * held until *out is closed or the process ends, however it does. -1:
 * ERR_SYSTEM.
 */
int fs_lock(int *out, const char *path, struct err *err) MUST_CHECK;
/* As fs_lock, at once: *out is -1 when somebody else holds it. */
int fs_try_lock(int *out, const char *path, struct err *err) MUST_CHECK;
/* As fs_lock, with others who share it; nobody gets it alone meanwhile. */
int fs_share_lock(int *out, const char *path, struct err *err) MUST_CHECK;
bool fs_exists(const char *path);
bool fs_is_dir(const char *path);
/*
 * @path is @dir or lies below it: "/mail" is not below "/mailbox". Text only;
 * neither is looked up.
 */
bool fs_is_below(const char *path, const char *dir);
/* The part of @path after the last '/'; all of it without one. */
const char *fs_name(const char *path);
/* Where a program of this name is in @path, "/usr/bin:/bin"; NULL: nowhere. */
char *fs_find_in(const char *path, const char *name);
/* Where a program of this name is in PATH or /sbin:/usr/sbin; NULL: nowhere. */
char *fs_find_program(const char *name);
/* The path of a file in the folder of our own program, there or not. */
char *fs_find_beside(const char *name);

#endif
