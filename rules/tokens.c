/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tokens.c - words of the contract that a diff takes away or brings
 *
 * Each rule counts its words over the whole patch, lines removed against lines
 * added. When the two differ, the hunks that make the difference are asked
 * about. A word is a chain of names, "filp->f_mapping->wb_err", so that a
 * member can be told from a local of the same name.
 */
#include "rules/tokens.h"

#include <ctype.h>
#include <fnmatch.h>

#include "bot/base/buf.h"
#include "bot/base/span.h"
#include "rules/core.h"

#define MAX_WORDS 8	  /* of one rule */
#define SENTENCE_MAX 2000 /* bytes */
#define LONGEST_CHAIN 200 /* bytes of a word; a longer one is none of ours */

struct rule {
	const char *id;
	const char *about; /* what may be done otherwise now */
	const char *promise;
	const char *source;
	const char *words[MAX_WORDS]; /* globs; NULL ends them */
};

static const struct rule rules[] = {
	{ "ENOTBLK",
	  "-ENOTBLK",
	  "a direct write that cannot be done is -ENOTBLK inside the kernel, "
	  "and never in userspace",
	  "fs/iomap/direct-io.c:__iomap_dio_rw",
	  { "ENOTBLK" } },
	{ "EBUSY",
	  "-EBUSY",
	  "a page that stays in the cache is -EBUSY where it is found, and "
	  "reaches userspace from zonefs alone",
	  "mm/truncate.c:invalidate_inode_pages2_range",
	  { "EBUSY" } },
	{ "EAGAIN",
	  "-EAGAIN",
	  "with IOCB_NOWAIT what would wait is -EAGAIN, and never done "
	  "through the page cache",
	  "mm/filemap.c:filemap_invalidate_pages",
	  { "EAGAIN" } },
	{ "invalidate",
	  "the invalidation of the page cache",
	  "the page cache of the range is invalidated before and after a "
	  "direct write",
	  "fs/iomap/direct-io.c:iomap_dio_complete",
	  { "kiocb_invalidate_*", "invalidate_*pages*",
	    "filemap_invalidate_pages", "truncate_pagecache*" } },
	{ "flush",
	  "the write-back of dirty pages",
	  "dirty pages of the range are written back before direct I/O, and "
	  "after a fallback",
	  "fs/iomap/direct-io.c:__iomap_dio_rw",
	  { "kiocb_write_and_wait", "filemap_write_and_wait*", "filemap_fdata*",
	    "btrfs_fdatawrite_range", "f2fs_flush_buffered_write" } },
	{ "inode_dio",
	  "the count of direct I/O in flight",
	  "direct I/O in flight is counted, and truncate and its kin wait "
	  "for it",
	  "fs/inode.c:inode_dio_wait",
	  { "inode_dio_begin", "inode_dio_end", "inode_dio_wait*" } },
	{ "wait",
	  "which direct writes are waited for",
	  "a direct write that extends the file or is unaligned is complete "
	  "before its locks are dropped",
	  "fs/ext4/file.c:ext4_dio_write_checks",
	  { "IOMAP_DIO_*", "*wait_for_completion" } },
	{ "lock",
	  "the locks around it",
	  "truncate, hole punching and extending writes exclude direct I/O, "
	  "and the invalidate_lock excludes faults",
	  "fs/inode.c:inode_dio_wait",
	  { "*invalidate_lock*", "XFS_MMAPLOCK*", "XFS_IOLOCK*", "inode_lock*",
	    "inode_trylock*", "inode_unlock*" } },
	{ "errseq",
	  "how an error is recorded for fsync",
	  "a collision after the write is told by fsync once, and leaves "
	  "AS_EIO alone",
	  "mm/filemap.c:dio_warn_stale_pagecache",
	  { "errseq_set", "mapping_set_error", "filemap_set_wb_err", "*wb_err",
	    "AS_EIO" } },
	{ "sync",
	  "generic_write_sync",
	  "an O_DSYNC write is on stable storage when it returns, whichever "
	  "way it went",
	  "fs/iomap/direct-io.c:iomap_dio_complete",
	  { "generic_write_sync" } },
	{ "i_size",
	  "i_size",
	  "i_size grows only after the data is there",
	  "fs/xfs/xfs_file.c:xfs_dio_write_end_io",
	  { "i_size_write", "i_size_read", "*i_size", "*i_disksize",
	    "f2fs_i_size_write" } },
	{ "zeroout",
	  "the zeroing around an unaligned write",
	  "around a direct write into an unwritten or new block there are "
	  "zeros",
	  "fs/iomap/direct-io.c:iomap_dio_bio_iter",
	  { "need_zeroout", "iomap_dio_zero" } },
	{ "cached",
	  "the tests for cached pages",
	  "with IOCB_NOWAIT a cached page in the range is -EAGAIN",
	  "mm/filemap.c:filemap_invalidate_pages",
	  { "filemap_range_*", "*nrpages" } },
	{ "end_io",
	  "the call of ->end_io",
	  "->end_io is called once, before the page cache is invalidated",
	  "fs/iomap/direct-io.c:iomap_dio_complete",
	  { "*->end_io" } },
	{ "unaligned",
	  "which way an unaligned write to XFS takes",
	  "unaligned direct writes exclude each other, and those to shared "
	  "blocks go through the page cache",
	  "fs/xfs/xfs_file.c:xfs_file_dio_write_unaligned",
	  { "xfs_file_dio_write_*aligned", "xfs_is_cow_inode",
	    "xfs_file_buffered_write", "m_blockmask" } },
	{ "ret2",
	  "the result of one page of many",
	  "one page that stays makes the invalidation of all fail",
	  "mm/truncate.c:invalidate_inode_pages2_range",
	  { "ret2" } },
	{ "dio-result",
	  "the count or the error of the whole",
	  "a direct write that failed returns its error, else all bytes",
	  "fs/iomap/direct-io.c:iomap_dio_complete",
	  { "dio->size", "dio->error" } },
};

#define N_RULES ARRAY_LEN(rules)

/* Of each rule: its words in added lines, less those in removed lines. */
struct balance {
	long of[N_RULES];
};

static bool is_word_of(const struct rule *rule, const char *chain)
{
	const char *last = strrchr(chain, '>');

	for (size_t i = 0; i < MAX_WORDS && rule->words[i]; i++)
		if (fnmatch(rule->words[i], chain, 0) == 0 ||
		    (last && fnmatch(rule->words[i], last + 1, 0) == 0))
			return true;
	return false;
}

static void count_word(struct balance *b, struct span word, long by)
{
	char chain[LONGEST_CHAIN];

	if (span_len(word) >= sizeof(chain))
		return;
	memcpy(chain, word.p, span_len(word));
	chain[span_len(word)] = '\0';
	for (size_t i = 0; i < N_RULES; i++)
		if (is_word_of(&rules[i], chain))
			b->of[i] += by;
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* "a->b.c": the names, and what joins them. */
static struct span eat_chain(struct span *s)
{
	const char *from = s->p;

	while (s->p < s->end) {
		if (is_name(*s->p) || *s->p == '.')
			s->p++;
		else if (span_starts(*s, "->"))
			s->p += 2;
		else
			break;
	}
	return span_of(from, (size_t)(s->p - from));
}

static void count_code(struct balance *b, struct span code, long by)
{
	while (code.p < code.end) {
		if (is_name(*code.p))
			count_word(b, eat_chain(&code), by);
		else
			code.p++;
	}
}

/*
 * A line of a diff may be inside a comment that begins above it. Such a line
 * starts with a star and a blank: "*flags = 0" does not.
 */
static bool is_comment(struct span line)
{
	struct span text = span_trim(line);

	return span_is(text, "*") || span_starts(text, "* ") ||
	       span_starts(text, "*\t") || span_starts(text, "*/");
}

/* Counts what stands outside comments; *open: one goes on to the next line. */
static void count_line(struct balance *b, bool *open, struct span line, long by)
{
	if (is_comment(line)) {
		*open = *open && !span_find(line, "*/");
		return;
	}
	while (line.p < line.end) {
		const char *at = span_find(line, *open ? "*/" : "/*");
		const char *slashes = *open ? NULL : span_find(line, "//");
		struct span code = line;

		if (slashes && (!at || slashes < at)) {
			code.end = slashes;
			count_code(b, code, by);
			return;
		}
		code.end = at ? at : line.end;
		if (!*open)
			count_code(b, code, by);
		if (!at)
			return;
		*open = !*open;
		line.p = at + 2;
	}
}

static struct balance count_hunk(const struct patch_hunk *h)
{
	struct balance b = { 0 };
	struct balance unused = { 0 };
	bool old_open = false, new_open = false;

	for (size_t i = 0; i < h->n_lines; i++) {
		const struct patch_line *l = &h->lines[i];
		struct span text = span_of(l->text, l->len);

		if (l->origin != '+')
			count_line(l->origin == '-' ? &b : &unused, &old_open,
				   text, -1);
		if (l->origin != '-')
			count_line(l->origin == '+' ? &b : &unused, &new_open,
				   text, 1);
	}
	return b;
}

/* The function of the first change; NULL: the diff does not say. */
static char *find_function(const struct patch_hunk *h)
{
	char *found = core_read_function(h->func);

	for (size_t i = 0; i < h->n_lines && h->lines[i].origin == ' '; i++) {
		AUTO(mem_free)
		char *line = xstrndup(h->lines[i].text, h->lines[i].len);
		char *name =
			strchr(line, ';') ? NULL : core_read_function(line);

		if (!name)
			continue;
		free(found);
		found = name;
	}
	return found;
}

/* ---- questions ---- */

/* The hunk loses where the patch as a whole loses, or wins where it wins. */
static bool is_asked(long hunk, long all)
{
	return (hunk < 0 && all < 0) || (hunk > 0 && all > 0);
}

#define FIRST "this changes what is done about "
#define FURTHER ", and about "

static char *say(const struct balance *hunk, const struct balance *all,
		 const char *function)
{
	struct buf out;
	size_t told = 0;

	buf_init(&out, SENTENCE_MAX);
	for (size_t i = 0; i < N_RULES; i++)
		if (is_asked(hunk->of[i], all->of[i]))
			buf_addf(&out, "%s%s", told++ ? FURTHER : FIRST,
				 rules[i].about);
	if (function)
		buf_addf(&out, " in %s()", function);
	return buf_take(&out);
}

static const struct rule *find_first(const struct balance *hunk,
				     const struct balance *all)
{
	for (size_t i = 0; i < N_RULES; i++)
		if (is_asked(hunk->of[i], all->of[i]))
			return &rules[i];
	return NULL;
}

static void ask(struct questions *out, const char *path,
		const struct patch_hunk *h, const struct balance *all)
{
	const struct balance b = count_hunk(h);
	const struct rule *first = find_first(&b, all);
	AUTO(mem_free) char *function = find_function(h);
	struct question q;

	if (!first || (function && !core_has_function(function)))
		return;
	q = (struct question){
		.rule = xasprintf("diff/%s", first->id),
		.says = say(&b, all, function),
		.promise = xstrdup(first->promise),
		.file = xstrdup(path),
		.first = h->new_start,
		.last = h->new_start + (h->new_n ? h->new_n - 1 : 0),
	};
	strings_push(&q.sources, first->source);
	questions_take(out, &q);
}

static bool is_read(const struct patch_file *file)
{
	const char *path = patch_file_name(file);

	return fnmatch("*.[ch]", path, 0) == 0 && core_has_file(path);
}

void tokens_ask(struct questions *out, const struct patch *diff)
{
	struct balance all = { 0 };

	for (size_t i = 0; i < diff->n_files; i++) {
		const struct patch_file *file = &diff->files[i];

		for (size_t k = 0; is_read(file) && k < file->n_hunks; k++) {
			struct balance b = count_hunk(&file->hunks[k]);

			for (size_t n = 0; n < N_RULES; n++)
				all.of[n] += b.of[n];
		}
	}
	for (size_t i = 0; i < diff->n_files; i++) {
		const struct patch_file *file = &diff->files[i];

		for (size_t k = 0; is_read(file) && k < file->n_hunks; k++)
			ask(out, patch_file_name(file), &file->hunks[k], &all);
	}
}

/* ---- those that come from elsewhere ---- */

static const struct rule *find_rule(const char *name)
{
	for (size_t i = 0; i < N_RULES; i++) {
		AUTO(mem_free) char *id = xasprintf("diff/%s", rules[i].id);

		if (strcmp(id, name) == 0)
			return &rules[i];
	}
	return NULL;
}

/* Eat what one of the rules, from @from on, is about; false: none is. */
static bool eat_about(struct span *says, size_t *from)
{
	for (size_t i = *from; i < N_RULES; i++) {
		if (span_eat(says, rules[i].about)) {
			*from = i + 1;
			return true;
		}
	}
	return false;
}

/* Nothing, or " in f()". */
static bool is_place(struct span rest)
{
	if (span_len(rest) == 0)
		return true;
	if (!span_eat(&rest, " in "))
		return false;
	while (rest.p < rest.end && is_name(*rest.p))
		rest.p++;
	return span_is(rest, "()");
}

static bool is_sentence(const char *text)
{
	struct span says = span_cstr(text);
	size_t from = 0;

	if (!span_eat(&says, FIRST) || !eat_about(&says, &from))
		return false;
	while (span_eat(&says, FURTHER))
		if (!eat_about(&says, &from))
			return false;
	return is_place(says);
}

bool tokens_may_ask(const struct finding *f)
{
	const struct rule *rule = f->contract ? find_rule(f->contract) : NULL;

	return f->kind == FINDING_QUESTION && rule && f->promise &&
	       strcmp(f->promise, rule->promise) == 0 && f->sources.n == 1 &&
	       strcmp(f->sources.v[0], rule->source) == 0 &&
	       is_sentence(f->says) && f->diagnostics.n == 0 && !f->base.path &&
	       !f->patched.path && !f->answer && !f->filesystem && !f->scenario;
}
