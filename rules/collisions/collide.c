// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * collide.c - collisions that several scenarios have in common
 */
#include "rules/collisions/kit.h"

void collide_in_flush(struct run *r, int rwf_flags)
{
	struct actor *store;

	file_lay_out(r, FILE_WRITTEN);
	file_map_in(r);
	file_dirty(r, 0);
	gate_hold_writes(r);
	actor_await_held(actor_direct_write(r, rwf_flags),
			 "folio_wait_writeback");
	observe_size_during(r);
	store = actor_store(r, 5);
	actor_settle(store);
	gate_pass_all(r);
	run_join(r);
	run_provoked(r, "dio held in its flush, %s", actor_deed(store));
	observe_file(r);
}

void collide_in_flight(struct run *r, struct actor *(*meet)(struct run *r))
{
	struct actor *other;

	gate_hold_writes(r);
	actor_await_held(actor_direct_write(r, 0), "__iomap_dio_rw");
	observe_size_during(r);
	other = meet(r);
	actor_settle(other);
	gate_pass_all(r);
	run_join(r);
	run_provoked(r, "dio held in flight, %s", actor_deed(other));
	observe_file(r);
}
