// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C06a - a truncate meets asynchronous direct I/O
 *
 * io_submit has returned, so no lock is held: inode_dio_wait alone keeps the
 * truncate from freeing blocks that the device is still writing to.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	struct actor *cut;

	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	gate_hold_writes(r);
	actor_await_in_flight(actor_direct_aio(r));
	observe_size_during(r);
	cut = actor_truncate(r, PAGE);
	actor_settle(cut);
	gate_pass_all(r);
	run_join(r);
	run_provoked(r, "aio in flight, %s", actor_deed(cut));
	observe_file(r);
}

static const struct scenario c06a = {
	.id = "C06a",
	.says = "a truncate to one page while an asynchronous direct write of "
		"sixteen is in flight",
	.knows = "io_submit had returned without a completion, and the "
		 "truncate came back or was seen held before the gate opened",
	.run = collide,
};
SCENARIO(c06a);
