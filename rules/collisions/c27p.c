// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C27p - C02w with the store outside of what is written directly
 *
 * With small folios nobody is in the way of the invalidation. In a large folio
 * the store makes it fail, and fsync tells of a collision with a page that the
 * write never touched.
 */
#include "rules/collisions/kit.h"

static struct actor *write_four(struct run *r)
{
	return actor_direct_write_at(r, 0, (size_t)4 * PAGE, 0);
}

static struct actor *read_and_store(struct run *r)
{
	actor_settle(actor_buffered_read(r));
	return actor_store_at(r, 12);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	collide_in_flight(r, write_four, read_and_store);
}

static const struct scenario c27p = {
	.id = "C27p",
	.says = "a buffered read of all pages and a mapped store to page "
		"12 while a direct write of pages 0 to 3 is in flight",
	.knows = "the direct writer was seen waiting for its bios, and "
		 "reader and store came back or were seen held before the "
		 "gate opened",
	.needs = FILES_MAP | FILES_READ,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of pages 0 to 3: submits its bios and waits "
		  "for them" },
		{ "read", "pread of all pages: readahead may put them into one "
		  "large folio" },
		{ "store", "dirties page 12, outside of the range" },
		STORY_GATE_OPENS,
		{ "dio", "the invalidation after the write drops pages 0 to 3: "
		  "in a large folio with page 12 it fails, and -EIO is "
		  "set" },
		{ "file", "has both in either case" },
	},
	.run = collide,
};
SCENARIO(c27p);
