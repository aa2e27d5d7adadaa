// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * collide.c - collisions that several scenarios have in common
 */
#include "rules/collisions/kit.h"

#include <sys/uio.h>

void collide_in_flush(struct run *r, struct actor *(*begin)(struct run *r),
		      unsigned page)
{
	struct actor *store;

	file_map_in(r);
	file_dirty(r, 0);
	gate_hold_writes(r);
	actor_await_held(begin(r), "folio_wait_writeback");
	observe_size_during(r);
	store = actor_store_at(r, page);
	actor_settle(store);
	gate_pass_all(r);
	run_join(r);
	run_provoked(r, "held in the flush, %s", actor_deed(store));
	observe_file(r);
}

struct actor *collide_and_join(struct run *r,
			       struct actor *(*begin)(struct run *r),
			       struct actor *(*meet)(struct run *r))
{
	struct actor *other;

	gate_hold_writes(r);
	actor_await_in_flight(begin(r));
	observe_size_during(r);
	other = meet ? meet(r) : NULL;
	actor_settle(other);
	gate_pass_all(r);
	run_join(r);
	return other;
}

void collide_in_flight(struct run *r, struct actor *(*begin)(struct run *r),
		       struct actor *(*meet)(struct run *r))
{
	struct actor *other = collide_and_join(r, begin, meet);

	run_provoked(r, "dio in flight, %s", actor_deed(other));
	observe_file(r);
}

void collide_in_dsync(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	collide_in_flight(r, actor_direct_write_dsync, actor_store);
}

void collide_and_write_again(struct run *r, bool asked)
{
	struct actor *store;

	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	store = collide_and_join(r, actor_direct_write, actor_store);
	if (asked)
		observe_fsync_between(r);
	actor_call(actor_direct_write(r), "again");
	run_join(r);
	run_provoked(r, "dio in flight, %s", actor_deed(store));
	observe_file(r);
}

void collide_with_error(struct run *r, struct actor *(*begin)(struct run *r),
			const char *state)
{
	gate_fail_writes(r);
	actor_settle(begin(r));
	gate_pass_all(r);
	run_join(r);
	run_provoked(r, "%s, the device failed a write", state);
	observe_file(r);
}
