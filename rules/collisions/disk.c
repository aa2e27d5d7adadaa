// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * disk.c - a null_blk device, in memory, through configfs
 *
 * Only pages that were written take memory. It is removed after use all the
 * same: the guest has little, and a filesystem's log is written each time.
 */
#include "rules/collisions/run.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define DISK_MIB 384 /* mkfs.xfs refuses less than 300 */
#define CACHE_MIB 16 /* all that a run writes */

/* Of what the macro is, as configfs takes it. */
#define STRING(number) STRING_OF(number)
#define STRING_OF(digits) #digits

static bool set(struct volume *v, const char *name, const char *value)
{
	char path[VOLUME_MAX_PATH + 32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", v->disk_config, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return volume_failed(v, errno, "null_blk has no '%s'", name);
	n = write(fd, value, strlen(value));
	close(fd);
	if (n < 0)
		return volume_failed(v, errno, "null_blk: setting '%s'", name);
	return true;
}

/* What is in a small file of the kernel's; "" when there is none. */
static void read_file(char *out, size_t size, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, size - 1);

	if (fd >= 0)
		close(fd);
	out[n > 0 ? n : 0] = '\0';
}

/* 6.12 calls the device as configfs does, older kernels nullb<index>. */
static bool find_node(struct volume *v)
{
	char path[VOLUME_MAX_PATH + 32], index[16];
	struct stat st;

	snprintf(v->disk, sizeof(v->disk), "/dev/nullb_%s", v->name);
	if (stat(v->disk, &st) == 0)
		return true;
	snprintf(path, sizeof(path), "%s/index", v->disk_config);
	read_file(index, sizeof(index), path);
	if (!*index)
		return volume_failed(v, errno, "null_blk has no index");
	index[strcspn(index, "\n")] = '\0';
	snprintf(v->disk, sizeof(v->disk), "/dev/nullb%s", index);
	if (stat(v->disk, &st) < 0)
		return volume_failed(v, errno, "no node '%s'", v->disk);
	return true;
}

struct setting {
	const char *name, *value;
};

static bool set_all(struct volume *v, const struct setting *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!set(v, all[i].name, all[i].value))
			return false;
	return true;
}

/*
 * In this order: a zoned device is made of whole zones and pages. A cache
 * without FUA is one that has to be flushed.
 */
static bool shape(struct volume *v)
{
	static const struct setting plain[] = {
		{ "memory_backed", "1" },
		{ "irqmode", "0" }, /* completes in the submitter */
		{ "size", STRING(DISK_MIB) },
		{ "blocksize", "512" },
	};
	static const struct setting zoned[] = {
		{ "blocksize", STRING(PAGE) },
		{ "zone_size", STRING(DISK_ZONE_MIB) },
		{ "zone_nr_conv", STRING(DISK_ZONES_RANDOM) },
		{ "zoned", "1" },
	};
	static const struct setting cached[] = {
		{ "cache_size", STRING(CACHE_MIB) },
		{ "fua", "0" },
	};

	return set_all(v, plain, sizeof(plain) / sizeof(plain[0])) &&
	       (!v->has_cache ||
		set_all(v, cached, sizeof(cached) / sizeof(cached[0]))) &&
	       (v->fs->kind != FILESYSTEM_ZONED ||
		set_all(v, zoned, sizeof(zoned) / sizeof(zoned[0])));
}

bool disk_make(struct volume *v)
{
	snprintf(v->disk_config, sizeof(v->disk_config),
		 "/sys/kernel/config/nullb/nullb_%s", v->name);
	if (mkdir(v->disk_config, 0755) < 0) {
		v->disk_config[0] = '\0';
		return volume_failed(v, errno, "making a null_blk device");
	}
	v->sectors = DISK_MIB * 2048ULL;
	return shape(v) && set(v, "power", "1") && find_node(v);
}

/* Documentation/block/stat.rst: the 16th number is of flush requests. */
unsigned long disk_flushes(struct run *r)
{
	char path[VOLUME_MAX_PATH + 32], line[512];
	const char *at = line;

	snprintf(path, sizeof(path), "/sys/block/%s/stat",
		 r->volume->disk + strlen("/dev/"));
	read_file(line, sizeof(line), path);
	for (int i = 0; i < 15; i++) {
		at += strspn(at, " ");
		at += strcspn(at, " ");
	}
	if (!*at)
		run_spoil(r, "'%s' does not tell of flushes", path);
	return strtoul(at, NULL, 10);
}

void disk_remove(struct volume *v)
{
	if (v->disk_config[0] == '\0')
		return;
	set(v, "power", "0");
	rmdir(v->disk_config);
	v->disk_config[0] = '\0';
}
