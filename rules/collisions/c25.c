// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C25 - sendfile, out of the page cache, meets a direct write in flight
 *
 * Pages that sit in a pipe are pages of the cache. The first sendfile leaves
 * old data in the cache; the second one must not find it there.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	struct actor *sender;

	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	sender = collide_and_join(r, actor_direct_write, actor_sendfile);
	actor_call(actor_sendfile(r), "after");
	run_join(r);
	run_provoked(r, "dio in flight, %s", actor_deed(sender));
	observe_file(r);
}

static const struct scenario c25 = {
	.id = "C25",
	.says = "a sendfile of all pages while a direct write of them is "
		"in flight, and another one afterwards",
	.knows = KNOWS_IN_FLIGHT("sendfile"),
	.needs = FILES_READ,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: submits its bios and waits for "
		  "them" },
		{ "sendfile", "filemap_splice_read reads the old data into the page "
		  "cache and lends the pages to a pipe" },
		STORY_GATE_OPENS,
		{ "dio", "the invalidation after the write drops them: "
		  "references of a pipe do not keep a clean page in the "
		  "cache" },
		{ "after", "sendfile again: must be the new data" },
	},
	.run = collide,
};
SCENARIO(c25);
