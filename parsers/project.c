/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/project.h"

#include "bot/base/span.h"
#include "parsers/diffpath.h"

/* The words that people write, in brackets or before the title's colon. */
static const struct {
	const char *word;
	const char *project;
} words[] = {
	{ "xfsprogs", "xfsprogs" },
	{ "xfsprogs-dev", "xfsprogs" },
	{ "libxfs", "xfsprogs" },
	{ "xfs_db", "xfsprogs" },
	{ "xfs_io", "xfsprogs" },
	{ "xfs_repair", "xfsprogs" },
	{ "xfs_scrub", "xfsprogs" },
	{ "xfs_scrub_all", "xfsprogs" },
	{ "xfs_spaceman", "xfsprogs" },
	{ "xfs_growfs", "xfsprogs" },
	{ "xfs_quota", "xfsprogs" },
	{ "xfs_logprint", "xfsprogs" },
	{ "xfs_mdrestore", "xfsprogs" },
	{ "xfs_metadump", "xfsprogs" },
	{ "xfsdump", "xfsdump" },
	{ "xfsrestore", "xfsdump" },
	{ "xfsdocs", "xfs-documentation" },
	{ "xfs-documentation", "xfs-documentation" },
	{ "fstests", "fstests" },
	{ "xfstests", "fstests" },
	{ "xfstests-dev", "fstests" },
	{ "fsstress", "fstests" },
	{ "fsx", "fstests" },
	{ "xfstests-bld", "xfstests-bld" },
	{ "kvm-xfstests", "xfstests-bld" },
	{ "test-appliance", "xfstests-bld" },
	{ "e2fsprogs", "e2fsprogs" },
	{ "libext2fs", "e2fsprogs" },
	{ "ext2fs", "e2fsprogs" },
	{ "e2fsck", "e2fsprogs" },
	{ "e2scrub", "e2fsprogs" },
	{ "mke2fs", "e2fsprogs" },
	{ "tune2fs", "e2fsprogs" },
	{ "resize2fs", "e2fsprogs" },
	{ "dumpe2fs", "e2fsprogs" },
	{ "fuse2fs", "e2fsprogs" },
	{ "fuse4fs", "e2fsprogs" },
	{ "btrfs-progs", "btrfs-progs" },
	{ "btrfsprogs", "btrfs-progs" },
	{ "f2fs-tools", "f2fs-tools" },
	{ "mkfs.f2fs", "f2fs-tools" },
	{ "fsck.f2fs", "f2fs-tools" },
	{ "dump.f2fs", "f2fs-tools" },
	{ "resize.f2fs", "f2fs-tools" },
	{ "f2fs_io", "f2fs-tools" },
	{ "erofs-utils", "erofs-utils" },
	{ "gfs2-utils", "gfs2-utils" },
	{ "ocfs2-tools", "ocfs2-tools" },
	{ "jfsutils", "jfsutils" },
	{ "bcachefs-tools", "bcachefs-tools" },
	{ "fsverity-utils", "fsverity-utils" },
	{ "man-pages", "man-pages" },
	{ "manpages", "man-pages" },
	{ "blktests", "blktests" },
	{ "ltp", "ltp" },
	{ "util-linux", "util-linux" },
	{ "libfuse", "libfuse" },
	{ "nfs-utils", "nfs-utils" },
	{ "cifs-utils", "cifs-utils" },
	{ "quota-tools", "quota-tools" },
	{ "ndctl", "ndctl" },
	{ "daxctl", "ndctl" },
	{ "nvme-cli", "nvme-cli" },
	{ "qemu", "qemu" },
	{ "systemd", "systemd" },
	{ "mdadm", "mdadm" },
	{ "lvm2", "lvm2" },
	{ "multipath-tools", "multipath-tools" },
	{ "mtd-utils", "mtd-utils" },
	{ "iproute2", "iproute2" },
	{ "liburing", "liburing" },
};

/* Where only one project has files; a name with '/' at its end is a folder. */
static const struct {
	const char *path;
	const char *project;
} homes[] = {
	{ "arch/", PROJECT_KERNEL },
	{ "block/", PROJECT_KERNEL },
	{ "certs/", PROJECT_KERNEL },
	{ "crypto/", PROJECT_KERNEL },
	{ "drivers/", PROJECT_KERNEL },
	{ "fs/", PROJECT_KERNEL },
	{ "init/", PROJECT_KERNEL },
	{ "io_uring/", PROJECT_KERNEL },
	{ "ipc/", PROJECT_KERNEL },
	{ "kernel/", PROJECT_KERNEL },
	{ "mm/", PROJECT_KERNEL },
	{ "net/", PROJECT_KERNEL },
	{ "rust/", PROJECT_KERNEL },
	{ "security/", PROJECT_KERNEL },
	{ "sound/", PROJECT_KERNEL },
	{ "virt/", PROJECT_KERNEL },
	{ "include/linux/", PROJECT_KERNEL },
	{ "include/uapi/", PROJECT_KERNEL },
	{ "include/trace/", PROJECT_KERNEL },
	{ "tools/testing/", PROJECT_KERNEL },
	{ "tools/perf/", PROJECT_KERNEL },
	{ "Documentation/filesystems/", PROJECT_KERNEL },
	{ "Documentation/admin-guide/", PROJECT_KERNEL },
	{ "copy/", "xfsprogs" },
	{ "db/", "xfsprogs" },
	{ "growfs/", "xfsprogs" },
	{ "healer/", "xfsprogs" },
	{ "io/", "xfsprogs" },
	{ "libfrog/", "xfsprogs" },
	{ "libhandle/", "xfsprogs" },
	{ "libxcmd/", "xfsprogs" },
	{ "libxfs/", "xfsprogs" },
	{ "libxlog/", "xfsprogs" },
	{ "logprint/", "xfsprogs" },
	{ "mdrestore/", "xfsprogs" },
	{ "mkfs/xfs_mkfs.c", "xfsprogs" },
	{ "mkfs/proto.c", "xfsprogs" },
	{ "repair/", "xfsprogs" },
	{ "rtcp/", "xfsprogs" },
	{ "spaceman/", "xfsprogs" },
	{ "man/man8/xfs_", "xfsprogs" },
	{ "man/man8/mkfs.xfs", "xfsprogs" },
	{ "man/man2/ioctl_xfs", "xfsprogs" },
	{ "include/libxfs.h", "xfsprogs" },
	{ "include/xfs", "xfsprogs" },
	{ "common/", "fstests" },
	{ "ltp/", "fstests" },
	{ "tests/btrfs/", "fstests" },
	{ "tests/ceph/", "fstests" },
	{ "tests/ext4/", "fstests" },
	{ "tests/f2fs/", "fstests" },
	{ "tests/generic/", "fstests" },
	{ "tests/nfs/", "fstests" },
	{ "tests/overlay/", "fstests" },
	{ "tests/selftest/", "fstests" },
	{ "tests/shared/", "fstests" },
	{ "tests/tmpfs/", "fstests" },
	{ "tests/xfs/", "fstests" },
	{ "kvm-xfstests/", "xfstests-bld" },
	{ "run-fstests/", "xfstests-bld" },
	{ "test-appliance/", "xfstests-bld" },
	{ "debugfs/", "e2fsprogs" },
	{ "e2fsck/", "e2fsprogs" },
	{ "ext2ed/", "e2fsprogs" },
	{ "fuse4fs/", "e2fsprogs" },
	{ "lib/e2p/", "e2fsprogs" },
	{ "lib/ext2fs/", "e2fsprogs" },
	{ "lib/et/", "e2fsprogs" },
	{ "lib/ss/", "e2fsprogs" },
	{ "lib/support/", "e2fsprogs" },
	{ "misc/", "e2fsprogs" },
	{ "resize/", "e2fsprogs" },
	{ "cmds-", "btrfs-progs" },
	{ "cmds/", "btrfs-progs" },
	{ "kernel-shared/", "btrfs-progs" },
	{ "kernel-lib/", "btrfs-progs" },
	{ "libbtrfs/", "btrfs-progs" },
	{ "libbtrfsutil/", "btrfs-progs" },
	{ "tests/cli-tests/", "btrfs-progs" },
	{ "tests/fsck-tests/", "btrfs-progs" },
	{ "tests/misc-tests/", "btrfs-progs" },
	{ "tests/mkfs-tests/", "btrfs-progs" },
	{ "fsck/fsck.c", "f2fs-tools" },
	{ "include/f2fs_fs.h", "f2fs-tools" },
	{ "lib/libf2fs", "f2fs-tools" },
	{ "mkfs/f2fs_format", "f2fs-tools" },
	{ "tools/f2fs_io/", "f2fs-tools" },
	{ "include/erofs/", "erofs-utils" },
	{ "lib/liberofs", "erofs-utils" },
	{ "gfs2/", "gfs2-utils" },
	{ "man2/", "man-pages" },
	{ "man3/", "man-pages" },
	{ "man5/", "man-pages" },
	{ "man7/", "man-pages" },
	{ "man/man2/", "man-pages" },
	{ "man/man3/", "man-pages" },
	{ "man/man7/", "man-pages" },
	{ "testcases/", "ltp" },
	{ "libblkid/", "util-linux" },
	{ "libmount/", "util-linux" },
	{ "sys-utils/", "util-linux" },
	{ "include/fuse", "libfuse" },
	{ "lib/fuse", "libfuse" },
};

/* What the kernel has at its top, and others too. */
static const char *const shared[] = {
	"Documentation/", "include/", "lib/",	       "samples/",
	"scripts/",	  "tools/",   "usr/",	       "COPYING",
	"CREDITS",	  "Kbuild",   "Kconfig",       "MAINTAINERS",
	"Makefile",	  "README",   ".clang-format", ".gitignore",
	".mailmap",
};

static const char *find_word(struct span word)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (span_is_nocase(word, words[i].word))
			return words[i].project;
	}
	return NULL;
}

static const char *find_home(struct span path)
{
	for (size_t i = 0; i < ARRAY_LEN(homes); i++) {
		if (span_starts(path, homes[i].path))
			return homes[i].project;
	}
	return NULL;
}

static bool is_shared(struct span path)
{
	for (size_t i = 0; i < ARRAY_LEN(shared); i++) {
		if (span_starts(path, shared[i]))
			return true;
	}
	return false;
}

/* "generic/123: ...", as only a test is called. */
static bool is_test_name(struct span name)
{
	static const char *const groups[] = { "btrfs/",	  "cifs/",    "ext4/",
					      "f2fs/",	  "generic/", "nfs/",
					      "overlay/", "shared/",  "xfs/" };
	uint64_t number;

	for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
		if (span_eat(&name, groups[i]))
			return span_is_nocase(name, "xxx") ||
			       (span_uint(&name, 9999, &number) &&
				span_len(name) == 0);
	}
	return false;
}

const char *project_of_subject(const struct subject *s)
{
	struct span title = span_cstr(s->title);
	struct span name;
	const char *project;

	for (size_t i = 0; i < s->prefixes.n; i++) {
		struct span word = span_cstr(s->prefixes.v[i]);

		(void)span_eat(&word, "-");
		project = find_word(word);
		if (project)
			return project;
	}
	if (!span_until(&title, ':', &name))
		return NULL;
	if (is_test_name(name) || span_starts(name, "common/"))
		return "fstests";
	return find_word(name);
}

struct votes {
	bool is_kernel; /* a path that no other project has */
	bool is_shared;
	bool is_other;
	const char *project;
};

static void vote(struct votes *v, struct span path)
{
	const char *home = find_home(path);

	if (!home && is_shared(path))
		v->is_shared = true;
	else if (!home)
		v->is_other = true;
	else if (project_is_kernel(home))
		v->is_kernel = true;
	else if (!v->project)
		v->project = home;
}

/* "a/fs/x.c", up to the tab that `diff -u` writes a date behind. */
static void vote_name(struct votes *v, struct span name)
{
	struct span first;

	(void)span_eat(&name, "\"");
	if (span_until(&name, '/', &first) && !span_starts(name, "dev/null"))
		vote(v, name);
}

static void vote_line(struct votes *v, struct span line)
{
	if (span_eat(&line, "--- ") || span_eat(&line, "+++ ")) {
		vote_name(v, line);
	} else if (span_eat(&line, "diff --git ")) {
		AUTO(mem_free) char *path = diffpath_of_header(line);

		if (path)
			vote(v, span_cstr(path));
	} else if (span_eat(&line, "rename from ") ||
		   span_eat(&line, "rename to ")) {
		vote(v, line);
	}
}

const char *project_of_patch(const struct subject *s, const char *diff,
			     size_t len)
{
	struct span rest = span_of(diff, len);
	struct votes v = { 0 };
	struct span line;
	const char *named;

	while (span_line(&rest, &line))
		vote_line(&v, line);
	if (v.is_kernel)
		return PROJECT_KERNEL;
	named = project_of_subject(s);
	if (named)
		return named;
	if (v.project)
		return v.project;
	if (v.is_shared)
		return PROJECT_KERNEL;
	return v.is_other ? PROJECT_OTHER : NULL;
}

bool project_is_kernel(const char *project)
{
	return !project || strcmp(project, PROJECT_KERNEL) == 0;
}
