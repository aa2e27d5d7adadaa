// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gate.c - the device-mapper node that lets writes pass, holds or fails them
 *
 * The table is swapped under the mounted filesystem. dm-delay holds writes for
 * GATE_HOLD_MS of guest time, but its presuspend hook releases all of them, so
 * the swap back to dm-linear is what closes the window, never the timer.
 *
 * dm-delay takes no zoned disk (it lacks DM_TARGET_ZONED_HM). There the node
 * is suspended in place of that, which holds reads as well.
 */
#include "rules/collisions/run.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#define TABLE_MAX 512
/* Below 50 dm-delay spins in a thread, and simulated time stands still. */
#define LATE_MS 60

struct dm_request {
	struct dm_ioctl head;
	struct dm_target_spec target;
	char params[TABLE_MAX];
};

/* NOFLUSH and no freeze: the swap itself must not wait for what is held. */
#define SWAP_FLAGS (DM_SUSPEND_FLAG | DM_SKIP_LOCKFS_FLAG | DM_NOFLUSH_FLAG)

static void prepare(struct dm_request *q, const struct volume *v,
		    uint32_t flags)
{
	memset(q, 0, sizeof(*q));
	q->head.version[0] = DM_VERSION_MAJOR;
	q->head.data_size = sizeof(*q);
	q->head.data_start = sizeof(q->head);
	q->head.flags = flags;
	snprintf(q->head.name, sizeof(q->head.name), "%s", v->gate);
}

static int send(struct dm_request *q, unsigned long command)
{
	int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	int rc, error;

	if (fd < 0)
		return -1;
	rc = ioctl(fd, command, q);
	error = errno;
	close(fd);
	errno = error;
	return rc;
}

static int command(const struct volume *v, unsigned long command,
		   uint32_t flags)
{
	struct dm_request q;

	prepare(&q, v, flags);
	return send(&q, command);
}

static void write_table(struct dm_request *q, const struct volume *v,
			enum gate_state state)
{
	static const char *const types[] = {
		[GATE_PASS] = "linear",
		[GATE_HOLD_WRITES] = "delay",
		[GATE_LATE_WRITES] = "delay",
		[GATE_FAIL_WRITES] = "flakey",
	};

	q->head.target_count = 1;
	q->target.length = v->sectors;
	snprintf(q->target.target_type, sizeof(q->target.target_type), "%s",
		 types[state]);
	switch (state) {
	case GATE_PASS:
		snprintf(q->params, TABLE_MAX, "%s 0", v->disk);
		break;
	case GATE_HOLD_WRITES:
	case GATE_LATE_WRITES:
		snprintf(q->params, TABLE_MAX, "%s 0 0 %s 0 %d", v->disk,
			 v->disk,
			 state == GATE_LATE_WRITES ? LATE_MS : GATE_HOLD_MS);
		break;
	case GATE_FAIL_WRITES: /* up 0 s, down 1 s: always down */
		snprintf(q->params, TABLE_MAX, "%s 0 0 1 1 error_writes",
			 v->disk);
		break;
	}
}

bool gate_set(struct volume *v, enum gate_state state)
{
	bool is_stopped =
		state == GATE_HOLD_WRITES && v->fs->kind == FILESYSTEM_ZONED;
	struct dm_request q;

	prepare(&q, v, 0);
	write_table(&q, v, state);
	if (!is_stopped && send(&q, DM_TABLE_LOAD) < 0)
		return volume_failed(v, errno, "loading a device-mapper table");
	if (command(v, DM_DEV_SUSPEND, SWAP_FLAGS) < 0 ||
	    (!is_stopped && command(v, DM_DEV_SUSPEND, 0) < 0))
		return volume_failed(v, errno, "swapping the gate's table");
	return true;
}

bool gate_make(struct volume *v)
{
	struct dm_request q;

	snprintf(v->gate, sizeof(v->gate), "gate_%s", v->name);
	prepare(&q, v, 0);
	if (send(&q, DM_DEV_CREATE) < 0) {
		v->gate[0] = '\0';
		return volume_failed(v, errno, "making the gate");
	}
	snprintf(v->node, sizeof(v->node), "/dev/dm-%u",
		 minor((dev_t)q.head.dev));
	return gate_set(v, GATE_PASS);
}

bool gate_remove(struct volume *v)
{
	if (v->gate[0] == '\0')
		return true;
	if (command(v, DM_DEV_REMOVE, 0) < 0)
		return volume_failed(v, errno, "removing the gate");
	v->gate[0] = '\0';
	return true;
}

static void move_gate(struct run *r, enum gate_state state)
{
	if (r->is_spoiled)
		return;
	if (gate_set(r->volume, state))
		r->gate = state;
	else
		run_spoil(r, "%s", r->volume->why);
}

void gate_hold_writes(struct run *r)
{
	move_gate(r, r->sweep.is_on ? GATE_LATE_WRITES : GATE_HOLD_WRITES);
	if (r->sweep.is_on)
		sweep_open(r);
}

/*
 * Write back what a page holds: harmless if the gate should pass it. It is the
 * last one; of a zoned disk the last one behind the super block.
 */
static int probe(const struct volume *v, char *page)
{
	int fd = open(v->node, O_RDWR | O_DIRECT | O_CLOEXEC);
	off_t end = v->fs->kind == FILESYSTEM_ZONED ? (off_t)DISK_ZONE_MIB << 20
						    : (off_t)(v->sectors * 512);
	off_t last = end - PAGE;
	int error = 0;

	if (fd < 0)
		return errno;
	if (pread(fd, page, PAGE, last) != PAGE ||
	    pwrite(fd, page, PAGE, last) != PAGE)
		error = errno;
	close(fd);
	return error;
}

void gate_fail_writes(struct run *r)
{
	move_gate(r, GATE_FAIL_WRITES);
	if (!r->is_spoiled && probe(r->volume, r->buffer) != EIO)
		run_spoil(r, "the device does not fail writes");
}

/* Also in a spoiled run: somebody may be held. */
void gate_pass_all(struct run *r)
{
	if (r->gate == GATE_PASS)
		return;
	if (r->gate == GATE_LATE_WRITES)
		sweep_close(r);
	if (gate_set(r->volume, GATE_PASS))
		r->gate = GATE_PASS;
	else
		run_spoil(r, "%s", r->volume->why);
}
