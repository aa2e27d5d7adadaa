/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/core.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

#include "bot/base/mem.h"

/* Functions that the contract runs through. */
static const char *const functions[] = {
	"__iomap_dio_rw",
	"iomap_dio_*",
	"filemap_invalidate_*",
	"kiocb_*",
	"dio_warn_stale_pagecache",
	"generic_file_direct_write",
	"direct_write_fallback",
	"invalidate_inode_pages2_range",
	"invalidate_complete_folio2",
	"filemap_release_folio",
	"xfs_file_dio_*",
	"xfs_file_buffered_*",
	"xfs_file_write_iter",
	"xfs_dio_write_end_io",
	"xfs_ilock*",
	"xfs_file_write_checks",
	"ext4_dio_*",
	"ext4_buffered_write_iter",
	"btrfs_direct_*",
	"btrfs_dio_iomap_*",
	"lock_extent_direct",
	"gfs2_file_direct_*",
	"f2fs_dio_*",
	"zonefs_file_dio_write",
	"ext2_dio_*",
	"blkdev_direct_write",
	"*_page_mkwrite",
	"*_setattr*",
	"*_fallocate",
};

/* Files that every filesystem's direct I/O goes through. */
static const char *const files[] = {
	"fs/iomap/*",	  "mm/filemap.c", "mm/truncate.c",
	"fs/direct-io.c", "fs/libfs.c",	  "block/fops.c",
};

/* Those of filesystems. */
static const char *const own_files[] = {
	"fs/xfs/*",  "fs/ext4/*", "fs/btrfs/*", "fs/f2fs/*",
	"fs/gfs2/*", "fs/ext2/*", "fs/jfs/*",	"fs/zonefs/*",
};

static bool matches_any(const char *const *globs, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (fnmatch(globs[i], text, 0) == 0)
			return true;
	return false;
}

bool core_has_function(const char *name)
{
	return matches_any(functions, ARRAY_LEN(functions), name);
}

bool core_has_shared_file(const char *path)
{
	return matches_any(files, ARRAY_LEN(files), path);
}

bool core_has_file(const char *path)
{
	return core_has_shared_file(path) ||
	       matches_any(own_files, ARRAY_LEN(own_files), path);
}

char *core_read_function(const char *line)
{
	const char *end = strchr(line, '(');
	const char *p = end;

	if (!end || (!isalpha((unsigned char)*line) && *line != '_'))
		return NULL;
	while (p > line && (isalnum((unsigned char)p[-1]) || p[-1] == '_'))
		p--;
	return p < end ? xstrndup(p, (size_t)(end - p)) : NULL;
}
