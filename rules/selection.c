/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/selection.h"

#include <ctype.h>
#include <fnmatch.h>

#include "bot/base/span.h"

#define NAME_MAX_BYTES 80 /* of a function's name; longer ones match no row */

/* Which filesystems run the code of a file. The first row that fits. */
static const struct {
	const char *file, *filesystems;
} files[] = {
	{ "fs/xfs/*", "xfs*" },
	{ "fs/ext4/*", "ext4*" },
	{ "fs/ext2/*", "ext2" },
	{ "fs/btrfs/*", "btrfs*" },
	{ "fs/f2fs/*", "f2fs" },
	{ "fs/gfs2/*", "gfs2" },
	{ "fs/jfs/*", "jfs" },
	{ "fs/zonefs/*", "zonefs" },
	{ "block/fops.c", "blockdev" },
	{ "fs/libfs.c", "jfs,blockdev" },
	{ "fs/direct-io.c", "jfs,ext2" },
	{ "fs/iomap/*", "xfs,xfsreflink,ext4,ext4ind,btrfs,gfs2,zonefs" },
	{ "*", "xfs,ext4,ext2,btrfs,gfs2,jfs,zonefs,blockdev" },
};

/* Which scenarios go through a function. The first row that fits. */
static const struct {
	const char *functions, *scenarios;
} sights[] = {
	{ "__iomap_dio_rw,kiocb_invalidate_pages,filemap_invalidate_pages,"
	  "kiocb_write_and_wait",
	  "C01,C02w,C06a,C07,C08,C09,C16,C17a,C18,C20,N04" },
	{ "invalidate_inode_pages2_range,invalidate_complete_folio2,"
	  "filemap_release_folio",
	  "C01,C02w,C02u,C03w,C09,C10,C16,C21,N01" },
	{ "iomap_dio_complete*,iomap_dio_done,dio_warn_stale_pagecache,"
	  "kiocb_invalidate_post_direct_write,iomap_dio_bio_end_io",
	  "C01,C02w,C02u,C02y,C02d,C03w,C03u,C03a,C10,C17a,C21,N08,N14" },
	{ "*_setattr*,*_fallocate,*_remap_file_range",
	  "C06a,C06q,C06t,C06p,C11,C19,C23,C28" },
	{ "*_page_mkwrite,*_fault", "C01,C02w,C02u,C10,C19,C26,N11" },
	{ "*read*", "C03w,C03u,C07,C18,C25,C26,N06" },
	{ "*sync*", "C02w,C02y,C02d,C05,C09,C21,C24,N07,N09,N14" },
	{ "*end_io*", "C02w,C02u,C03u,C10,C11,C11a,C11b,C20,C23,N06" },
	{ "*write*,*direct*,*dio*",
	  "C01,C04,C07,C08,C09,C11,C11a,C12,C16,C17a,C22,C23,N04,N05,"
	  "N10,N12" },
	{ "*", "C01,C02w,C02y,C03w,C06a,C07,C08,C09,C11,C17a,C18,C22,N12" },
};

/* @name is like one of the patterns of a list with commas. */
static bool is_listed(const char *list, const char *name)
{
	AUTO(strings_release) struct strings patterns = { 0 };

	strings_split(&patterns, list);
	for (size_t i = 0; i < patterns.n; i++)
		if (fnmatch(patterns.v[i], name, 0) == 0)
			return true;
	return false;
}

static const char *find_filesystems(const char *file)
{
	size_t i = 0;

	while (fnmatch(files[i].file, file, 0) != 0)
		i++;
	return files[i].filesystems;
}

static const char *find_scenarios(const char *function)
{
	size_t i = 0;

	while (!is_listed(sights[i].functions, function))
		i++;
	return sights[i].scenarios;
}

static void add_sights(struct suites *out, const struct suites *plan,
		       const char *filesystems, const char *scenarios)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct suite *s = &plan->v[i];

		for (size_t k = 0; k < s->scenarios.n; k++)
			if (is_listed(filesystems, s->filesystem) &&
			    is_listed(scenarios, s->scenarios.v[k]) &&
			    !suites_has(out, s->filesystem, s->scenarios.v[k]))
				suites_add_pair(out, s->filesystem,
						s->scenarios.v[k]);
	}
}

/* The word before the first bracket: "static int f(" names f. */
static bool read_function(char *out, struct span line)
{
	const char *end = span_find(line, "(");
	const char *start = end;

	while (start && start > line.p &&
	       (isalnum((unsigned char)start[-1]) || start[-1] == '_'))
		start--;
	if (!start || start == end || (size_t)(end - start) >= NAME_MAX_BYTES)
		return false;
	memcpy(out, start, (size_t)(end - start));
	out[end - start] = '\0';
	return true;
}

/* Functions that a hunk's lines lie in: its heading's and its own. */
static void find_functions(struct strings *out, const struct review_hunk *h)
{
	struct span rest = span_cstr(h->text ? h->text : "");
	struct span line, range;
	char name[NAME_MAX_BYTES];

	if (span_line(&rest, &line) && span_eat(&line, "@@") &&
	    span_until(&line, '@', &range) && read_function(name, line))
		strings_push(out, name);
	while (span_line(&rest, &line)) {
		if (span_len(line) < 2)
			continue;
		line.p++; /* the mark of the diff */
		if ((isalpha((unsigned char)*line.p) || *line.p == '_') &&
		    read_function(name, line) && !strings_has(out, name))
			strings_push(out, name);
	}
}

static void add_hunk(struct suites *out, const struct suites *plan,
		     const struct review_hunk *h)
{
	const char *filesystems = find_filesystems(h->file);
	AUTO(strings_release) struct strings names = { 0 };

	find_functions(&names, h);
	if (names.n == 0)
		strings_push(&names, "unknown");
	for (size_t i = 0; i < names.n; i++)
		add_sights(out, plan, filesystems, find_scenarios(names.v[i]));
}

/* In the plan's order, so that it is run in that. */
static struct suites sort(const struct suites *chosen,
			  const struct suites *plan)
{
	AUTO(suites_release) struct suites rest = suites_without(plan, chosen);

	return suites_without(plan, &rest);
}

void selection_run(struct suites *out, const struct review *r,
		   const struct suites *plan)
{
	AUTO(suites_release) struct suites chosen = { 0 };

	for (size_t i = 0; i < r->n_patches; i++)
		for (size_t k = 0; k < r->patches[i].n_hunks; k++)
			add_hunk(&chosen, plan, &r->patches[i].hunks[k]);
	*out = sort(&chosen, plan);
}
