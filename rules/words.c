/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/words.h"

#include <ctype.h>

#include "bot/base/buf.h"
#include "bot/base/span.h"
#include "rules/signature.h"

#define SENTENCE_MAX 2000 /* bytes; two values of OUTCOME_MAX_VALUE fit */

static const struct {
	char letter;
	const char *whose;
} pages[] = {
	{ 'A', "the old data" },
	{ 'D', "the direct write" },
	{ 'M', "the mapped store" },
	{ 'P', "the earlier buffered write" },
	{ 'B', "the buffered write" },
	{ 'z', "zeros" },
	{ 'u', "what was never written" },
	{ 'G', "what the device had before" },
};

static const char *page_name(char letter)
{
	for (size_t i = 0; i < ARRAY_LEN(pages); i++)
		if (pages[i].letter == letter)
			return pages[i].whose;
	return "something else";
}

char *words_pages(const char *signature)
{
	AUTO(strings_release) struct strings parts = { 0 };
	struct span rest = span_cstr(signature);
	uint64_t n;
	char letter;
	struct buf out;

	if (!signature_is_valid(signature))
		return xstrdup(signature);
	for (const char *at = rest.p; signature_eat(&rest, &letter, &n);
	     at = rest.p) {
		if (strchr(signature, letter) != at)
			continue; /* told already */
		n = signature_count(signature, letter);
		strings_push_take(&parts, xasprintf("%llu %sof %s",
						    (unsigned long long)n,
						    parts.n  ? ""
						    : n == 1 ? "page "
							     : "pages ",
						    page_name(letter)));
	}
	buf_init(&out, SENTENCE_MAX);
	for (size_t i = 0; i < parts.n; i++)
		buf_addf(&out, "%s%s",
			 i == 0		    ? ""
			 : i + 1 == parts.n ? " and "
					    : ", ",
			 parts.v[i]);
	return buf_take(&out);
}

static const struct actor {
	const char *prefix;
	const char *name;
	const char *measure; /* how what it asked for is said */
	const char *nothing; /* what a return of 0 means */
} actors[] = {
	{ "dio.", "a direct write", "of", "nothing was written" },
	{ "store.", "a store through a mapping", "of", "nothing was stored" },
	{ "read.", "a buffered read", "of", "nothing was read" },
	{ "write.", "a buffered write", "of", "nothing was written" },
	{ "truncate.", "a truncate", "to", "it was done" },
	{ "dread.", "a direct read", "of", "nothing was read" },
	{ "self.", "a direct write out of a mapping of the same range", "of",
	  "nothing was written" },
	{ "mix.", "buffered and direct writes in turn, with fsync after each,",
	  "of", "nothing was written" },
	{ "none.", "a direct write with RWF_NOWAIT and nothing in its way",
	  "of", "nothing was written" },
	{ "clean.", "a direct write with RWF_NOWAIT over a clean page", "of",
	  "nothing was written" },
	{ "dirty.", "a direct write with RWF_NOWAIT over a dirty page", "of",
	  "nothing was written" },
	{ "again.", "the second direct write", "of", "nothing was written" },
	{ "sendfile.", "a sendfile", "of", "nothing was sent" },
	{ "after.", "a sendfile afterwards", "of", "nothing was sent" },
	{ "punch.", "a punched hole", "of", "it was done" },
	{ "zero.", "a zero range", "of", "it was done" },
	{ "collapse.", "a collapse range", "of", "it was done" },
	{ "allocate.", "a fallocate", "of", "it was done" },
	{ "fsync.", "fsync in between", "of", "it was done" },
	{ "clone.", "a clone", "of", "it was done" },
	{ "msync.", "msync", "of", "it was done" },
	{ "drop.", "dropping caches", "of", "it was done" },
	{ "limited.", "a direct write under a file size limit", "of",
	  "nothing was written" },
	{ "walk.", "a walk of operations, one after another,", "of",
	  "no step was right" },
	{ "", "a call", "of", "nothing was done" },
};

static const struct actor *find_actor(const char *field)
{
	const struct actor *a = actors;

	while (strncmp(field, a->prefix, strlen(a->prefix)) != 0)
		a++;
	return a;
}

/* What the actor of @field asked for, or NULL. */
static const char *find_asked(const struct outcome *o, const char *field)
{
	AUTO(mem_free)
	char *name = xasprintf("%.*s.asked", (int)strcspn(field, "."), field);

	return outcome_find(o, name);
}

/* "a direct write of 65536 bytes" */
static void add_actor(struct buf *out, const struct outcome *o,
		      const char *field)
{
	const char *asked = find_asked(o, field);

	buf_adds(out, find_actor(field)->name);
	if (asked)
		buf_addf(out, " %s %s bytes", find_actor(field)->measure,
			 asked);
}

static void add_returned(struct buf *out, const struct outcome *o,
			 const char *field, const char *value)
{
	const char *asked = find_asked(o, field);

	add_actor(out, o, field);
	if (strcmp(value, "hung") == 0)
		buf_adds(out, " never returns");
	else if (*value == '-')
		buf_addf(out, " fails with %s", value);
	else if (asked && strcmp(asked, value) == 0)
		buf_adds(out, " is told as done: no error was given");
	else if (strcmp(value, "0") == 0)
		buf_addf(out, " returns 0: %s and no error was given",
			 find_actor(field)->nothing);
	else
		buf_addf(out, " comes back short, with %s: no error was given",
			 value);
}

static void add_fsync(struct buf *out, const char *field, const char *value)
{
	static const struct {
		const char *field;
		const char *name;
	} fds[] = {
		{ "fsync.buffered", "of the buffered descriptor" },
		{ "fsync.buffered.again",
		  "of the buffered descriptor, called again," },
		{ "fsync.direct", "of the direct descriptor" },
		{ "fsync.new", "of a descriptor opened afterwards" },
		{ "fsync.between.buffered",
		  "of the buffered descriptor, after the first write," },
		{ "fsync.between.direct",
		  "of the direct descriptor, after the first write," },
	};
	const char *name = "";

	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		if (strcmp(field, fds[i].field) == 0)
			name = fds[i].name;
	if (*value == '-')
		buf_addf(out, "fsync %s fails with %s", name, value);
	else
		buf_addf(out, "fsync %s returns %s: no error is reported", name,
			 value);
}

static void add_content(struct buf *out, const char *where, const char *value,
			const char *wanted)
{
	AUTO(mem_free) char *is = words_pages(value);
	AUTO(mem_free) char *was = wanted ? words_pages(wanted) : NULL;

	if (*value == '-')
		buf_addf(out, "%s fails with %s", where, value);
	else
		buf_addf(out, "%s finds %s", where, is);
	if (was)
		buf_addf(out, ", not %s", was);
}

/* "read.data": what that actor found. */
static void add_data(struct buf *out, const struct outcome *o,
		     const char *field, const char *value, const char *wanted)
{
	AUTO(buf_release) struct buf where = { 0 };

	buf_init(&where, SENTENCE_MAX);
	add_actor(&where, o, field);
	add_content(out, where.data, value, wanted);
}

static void add_log(struct buf *out, const struct outcome *o, const char *field)
{
	static const struct {
		const char *field;
		const char *says;
	} logs[] = {
		{ "log.warning", "the kernel warns" },
		{ "log.shutdown", "the filesystem shuts down" },
		{ "log.invalidation",
		  "the kernel logs a page cache invalidation failure" },
		{ "log.collision", "the kernel logs a collision of direct I/O "
				   "with delayed allocation" },
	};
	const char *splat = outcome_find(o, "log.splat");

	for (size_t i = 0; i < ARRAY_LEN(logs); i++)
		if (strcmp(field, logs[i].field) == 0)
			buf_adds(out, logs[i].says);
	if (out->len == 0)
		buf_addf(out, "the kernel logs %s", field + strlen("log."));
	if (splat && strcmp(field, "log.warning") == 0)
		buf_addf(out, ": %s", splat);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static void add_other(struct buf *out, const char *name, const char *value,
		      const char *wanted)
{
	if (strcmp(name, "size") == 0)
		buf_addf(out, "the file ends up %s bytes long", value);
	else if (strcmp(name, "size.during") == 0)
		buf_addf(out,
			 "while the write is in flight, fstat tells a "
			 "size of %s",
			 value);
	else if (strcmp(name, "sectors") == 0)
		buf_addf(out, "a direct read of the page, by sector, finds %s",
			 value);
	else if (strcmp(name, "flushed") == 0)
		buf_addf(out, "the disk is %s to flush its cache",
			 strcmp(value, "no") == 0 ? "not told" : "told");
	else
		buf_addf(out, "%s is %s", name, value);
	if (wanted)
		buf_addf(out, ", not %s", wanted);
}

char *words_field(const struct outcome *o, const char *name, const char *wanted)
{
	const char *value = outcome_find(o, name);
	struct buf out;

	buf_init(&out, SENTENCE_MAX);
	if (!value)
		buf_addf(&out, "%s is not told", name);
	else if (ends_with(name, ".returned"))
		add_returned(&out, o, name, value);
	else if (ends_with(name, ".waited") && strcmp(value, "no") == 0)
		buf_addf(&out, "%s does not wait for the direct I/O in flight",
			 find_actor(name)->name);
	else if (strncmp(name, "fsync.", 6) == 0)
		add_fsync(&out, name, value);
	else if (strcmp(name, "cache") == 0)
		add_content(&out, "a buffered read afterwards", value, wanted);
	else if (strcmp(name, "disk") == 0)
		add_content(&out, "a direct read afterwards", value, wanted);
	else if (strcmp(name, "medium") == 0)
		add_content(&out, "when the write returns, the device", value,
			    wanted);
	else if (strcmp(name, "clone") == 0)
		add_content(&out, "a read of the clone", value, wanted);
	else if (ends_with(name, ".data"))
		add_data(&out, o, name, value, wanted);
	else if (strncmp(name, "log.", 4) == 0)
		add_log(&out, o, name);
	else if (strcmp(name, "mismatch") == 0)
		buf_addf(&out,
			 "of operations one after another, one goes wrong: %s",
			 value);
	else
		add_other(&out, name, value, wanted);
	return buf_take(&out);
}

char *words_broken(const struct contract_clause *clause,
		   const struct outcome *o)
{
	const char *wanted = clause->is_not ? NULL : clause->values.v[0];

	return words_field(o, clause->field, wanted);
}

/* The page cache took the write, and nothing of the mapped store is left. */
static bool has_fallen_back(const struct outcome *o)
{
	const char *trace = outcome_find(o, "trace.invalidate_fail");
	const char *log = outcome_find(o, "log.invalidation");
	const char *cache = outcome_find(o, "cache");

	if (!trace || strcmp(trace, "0") == 0)
		return false;
	if (log && strcmp(log, "0") != 0 && strcmp(log, "limited") != 0)
		return false; /* it went on to the device, and collided there */
	return !cache || signature_count(cache, 'M') == 0;
}

enum review_path words_path(const struct outcome *o)
{
	const char *asked = outcome_find(o, "dio.asked");
	const char *returned = outcome_find(o, "dio.returned");
	const char *trace = outcome_find(o, "trace.invalidate_fail");

	if (!asked || !returned)
		return PATH_UNKNOWN;
	if (strcmp(returned, "hung") == 0)
		return PATH_HUNG;
	if (*returned == '-')
		return PATH_FAILED;
	if (strcmp(returned, asked) != 0)
		return PATH_SHORT;
	if (!trace || !isdigit((unsigned char)*trace))
		return PATH_UNKNOWN;
	return has_fallen_back(o) ? PATH_FELL_BACK : PATH_DIRECT;
}

static void add_path(struct buf *out, const struct outcome *o, bool is_past)
{
	const char *returned = outcome_find(o, "dio.returned");

	switch (words_path(o)) {
	case PATH_UNKNOWN:
		buf_adds(out, is_past ? "was done" : "is done");
		break;
	case PATH_DIRECT:
		buf_adds(out, is_past ? "went to the device directly"
				      : "goes to the device directly");
		break;
	case PATH_FELL_BACK:
		buf_adds(out, is_past ? "fell back to buffered I/O"
				      : "falls back to buffered I/O");
		break;
	case PATH_SHORT:
		buf_addf(out, "%s %s", is_past ? "returned" : "returns",
			 returned);
		break;
	case PATH_FAILED:
		buf_addf(out, "%s with %s", is_past ? "failed" : "fails",
			 returned);
		break;
	case PATH_HUNG:
		buf_adds(out, is_past ? "hung" : "hangs");
		break;
	}
}

char *words_path_changed(const struct outcome *base,
			 const struct outcome *patched)
{
	struct buf out;

	buf_init(&out, SENTENCE_MAX);
	add_actor(&out, patched, "dio.returned");
	buf_addc(&out, ' ');
	add_path(&out, patched, false);
	buf_adds(&out, ", where it ");
	add_path(&out, base, true);
	return buf_take(&out);
}

char *words_losers_changed(unsigned base, unsigned patched)
{
	AUTO(mem_free) char *before = review_losers_name(base);
	AUTO(mem_free) char *now = review_losers_name(patched);

	return xasprintf("%s loses data, where it was %s", now, before);
}

/* The longest name of a direct writer that @says begins with, or 0. */
static size_t measure_actor(const char *says)
{
	size_t longest = 0;

	for (size_t i = 0; i < ARRAY_LEN(actors); i++) {
		size_t len = strlen(actors[i].name);

		if (strstr(actors[i].name, "direct write") && len > longest &&
		    strncmp(says, actors[i].name, len) == 0)
			longest = len;
	}
	return longest;
}

const char *words_loss(const char *says)
{
	struct span rest = span_cstr(says);
	uint64_t bytes;

	rest.p += measure_actor(says);
	if (rest.p == says)
		return NULL;
	says = rest.p;
	if (span_eat(&rest, " of ") && span_uint(&rest, UINT64_MAX, &bytes) &&
	    span_eat(&rest, " bytes"))
		return rest.p;
	return says;
}

char *words_any_size(const char *loss)
{
	return xasprintf("%s%s", find_actor("dio.")->name, loss);
}
