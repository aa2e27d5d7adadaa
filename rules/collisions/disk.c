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

/* 6.12 calls the device as configfs does, older kernels nullb<index>. */
static bool find_node(struct volume *v)
{
	char path[VOLUME_MAX_PATH + 32], index[16] = "";
	struct stat st;
	ssize_t n;
	int fd;

	snprintf(v->disk, sizeof(v->disk), "/dev/nullb_%s", v->name);
	if (stat(v->disk, &st) == 0)
		return true;
	snprintf(path, sizeof(path), "%s/index", v->disk_config);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return volume_failed(v, errno, "null_blk has no index");
	n = read(fd, index, sizeof(index) - 1);
	close(fd);
	index[n > 0 ? n : 0] = '\0';
	index[strcspn(index, "\n")] = '\0';
	snprintf(v->disk, sizeof(v->disk), "/dev/nullb%s", index);
	if (stat(v->disk, &st) < 0)
		return volume_failed(v, errno, "no node '%s'", v->disk);
	return true;
}

bool disk_make(struct volume *v)
{
	static const struct {
		const char *name, *value;
	} settings[] = {
		{ "memory_backed", "1" },
		{ "blocksize", "512" },
		{ "irqmode", "0" }, /* completes in the submitter */
	};
	char size[16];

	snprintf(v->disk_config, sizeof(v->disk_config),
		 "/sys/kernel/config/nullb/nullb_%s", v->name);
	if (mkdir(v->disk_config, 0755) < 0) {
		v->disk_config[0] = '\0';
		return volume_failed(v, errno, "making a null_blk device");
	}
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (!set(v, settings[i].name, settings[i].value))
			return false;
	v->sectors = DISK_MIB * 2048ULL;
	snprintf(size, sizeof(size), "%d", DISK_MIB);
	return set(v, "size", size) && set(v, "power", "1") && find_node(v);
}

void disk_remove(struct volume *v)
{
	if (v->disk_config[0] == '\0')
		return;
	set(v, "power", "0");
	rmdir(v->disk_config);
	v->disk_config[0] = '\0';
}
