// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C26 - a direct read into a mapping of the same file
 *
 * What fstests generic/647 does. The target has to be faulted in while the
 * read holds its locks, and one page of what is read is dirty.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	file_dirty(r, 9);
	if (file_dirty_pages(r) == 0)
		run_spoil(r, "the page was not dirty");
	actor_settle(
		actor_direct_read_to_map(r, (off_t)8 * PAGE, (size_t)4 * PAGE));
	run_join(r);
	run_provoked(r, "a page of what was read was dirty");
	observe_file(r);
}

static const struct scenario c26 = {
	.id = "C26",
	.says = "a direct read of pages 8 to 11, one of them dirty, into "
		"the mapping of pages 0 to 3",
	.knows = "page 9 was dirty in the page cache before the read, and "
		 "nothing else was cached",
	.needs = FILES_MAP,
	.story = {
		{ "file", "16 written pages, none cached; page 9 is dirtied by a "
		  "buffered write" },
		{ "dread", "pread of pages 8 to 11 into the mapping of page 0: "
		  "kiocb_write_and_wait flushes page 9" },
		{ "dread", "bio_iov_iter_get_pages faults pages 0 to 3 in, by "
		  "page_mkwrite: under nofault it is tried again outside "
		  "the locks" },
		{ "dread", "bio_check_pages_dirty marks them dirty" },
		{ "file", "page 1 is what page 9 was" },
	},
	.run = collide,
};
SCENARIO(c26);
