/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/losers.h"

#include "rules/signature.h"

#define WRITERS "DMB" /* direct, mapped, buffered, at the same time */

/* The direct write of a run; without one, or with none told, all is NULL. */
struct direct {
	const char *asked;
	const char *returned;
	uint64_t pages; /* whole ones that it may have written */
	bool is_done;	/* it was told that it is done, as far as it may be */
};

static uint64_t read_pages(const char *bytes)
{
	struct span text = span_cstr(bytes);
	uint64_t n;

	return span_uint(&text, UINT32_MAX, &n) ? n / SIGNATURE_PAGE_BYTES : 0;
}

/* Under RLIMIT_FSIZE a write is done when it returns less than was asked. */
static struct direct find_direct(const struct outcome *o)
{
	struct direct d = { .asked = outcome_find(o, "dio.asked"),
			    .returned = outcome_find(o, "dio.returned") };

	if (d.asked && d.returned) {
		d.is_done = strcmp(d.asked, d.returned) == 0;
		d.pages = read_pages(d.asked);
		return d;
	}
	d.asked = outcome_find(o, "limited.asked");
	d.returned = outcome_find(o, "limited.returned");
	if (d.asked && d.returned) {
		d.pages = read_pages(d.returned);
		d.is_done = d.pages > 0;
	}
	return d;
}

/* The pages that @d wrote hold its bytes, or those of who met it. */
static bool is_all_written(const struct direct *d, const char *content)
{
	uint64_t all = signature_count(content, 0);
	uint64_t wanted = d->pages < all ? d->pages : all; /* truncated since */

	return signature_count(content, 'D') >= wanted ||
	       signature_count_ahead(content, WRITERS) >= wanted;
}

/* A writer that is done, and of whose bytes nothing is left. */
static bool has_lost(const struct outcome *o, const char *returned, char letter,
		     const struct direct *d, const char *content)
{
	if (!outcome_find(o, returned) || signature_count(content, letter) > 0)
		return false;
	if (signature_count(content, '?') > 0)
		return false; /* a page of several: his bytes may be in it */
	return !d->is_done || !is_all_written(d, content);
}

/* It was told to be safe, and only the disk's cache has it. */
static bool is_unsafe(const struct outcome *o)
{
	const char *flushed = outcome_find(o, "flushed");

	return flushed && strcmp(flushed, "no") == 0;
}

unsigned losers_find(const struct outcome *o)
{
	const char *cache = outcome_find(o, "cache");
	const char *disk = outcome_find(o, "disk");
	const char *content = disk ? disk : cache;
	const struct direct d = find_direct(o);
	unsigned losers = 0;

	if (d.returned && (!d.is_done || is_unsafe(o) ||
			   !is_all_written(&d, content ? content : "")))
		losers |= LOSES_DIRECT;
	if (!content)
		return losers;
	if (has_lost(o, "store.returned", 'M', &d, content))
		losers |= LOSES_MAPPED;
	if (has_lost(o, "write.returned", 'B', &d, content))
		losers |= LOSES_BUFFERED;
	if (cache && disk && strcmp(cache, disk) != 0)
		losers |= LOSES_READER;
	return losers;
}
