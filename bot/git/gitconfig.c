/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libgit2 reads git-config only from a file and gives no line numbers. So the
 * text is read once, under a ceiling, and handed over in a memfd: what was
 * looked at is what is parsed. The line of an entry is found by parsing the
 * first n lines only: the entry stands on the line that adds it. That needs no
 * second grammar, and can thus not disagree with the first.
 */
#include "bot/git/gitconfig.h"

#include <errno.h>
#include <git2.h>
#include <sys/mman.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/base/span.h"

/*
 * One look at the text by libgit2, which may go back to the file while at it.
 */
struct look {
	int fd;
	git_config *config;
	git_config_iterator *entries;
};

#define LOOK_INIT         \
	{                 \
		.fd = -1, \
	}

static void look_end(struct look *look)
{
	git_config_iterator_free(look->entries);
	git_config_free(look->config);
	fd_close(look->fd);
}
DEFINE_AUTO_VALUE(struct look, look_end)

/* Of the first @len bytes. *parsed is false when libgit2 refuses them. */
static int look_at(struct look *look, bool *parsed, const char *text,
		   size_t len, struct err *err)
{
	AUTO(mem_free) char *path = NULL;

	if (git_libgit2_init() < 0) /* never shut down: starting is slow */
		return err_set(err, ERR_SYSTEM, "cannot start libgit2");
	look->fd = memfd_create("config", MFD_CLOEXEC);
	if (look->fd < 0)
		return err_sys(err, ERR_SYSTEM, "cannot make a memory file");
	if (fs_write_fd(look->fd, text, len, "a memory file", err) < 0)
		return -1;
	path = xasprintf("/proc/self/fd/%d", look->fd);
	*parsed = git_config_new(&look->config) == 0 &&
		  git_config_add_file_ondisk(look->config, path,
					     GIT_CONFIG_LEVEL_APP, NULL,
					     1) == 0 &&
		  git_config_iterator_new(&look->entries, look->config) == 0;
	return 0;
}

/* The text up to some line: how much of it is good, and what is in it. */
struct part {
	bool parsed;
	size_t n; /* entries */
};

static struct part read_part(const struct gitconfig *c, size_t len)
{
	AUTO(look_end) struct look look = LOOK_INIT;
	struct part part = { .parsed = true };
	struct err ignored = ERR_INIT; /* we are on the way to an error */
	git_config_entry *entry;

	if (look_at(&look, &part.parsed, c->text, len, &ignored) < 0)
		return part;
	while (part.parsed && git_config_next(&entry, look.entries) == 0)
		part.n++;
	return part;
}

static size_t count_lines(const struct gitconfig *c)
{
	struct span rest = span_of(c->text, c->len);
	struct span line;
	size_t n = 0;

	while (span_line(&rest, &line))
		n++;
	return n;
}

/* Where line @n, from 1, ends. */
static size_t line_end(const struct gitconfig *c, size_t n)
{
	struct span rest = span_of(c->text, c->len);
	struct span line;

	while (n-- && span_line(&rest, &line))
		;
	return c->len - span_len(rest);
}

/* The first line with which there are more than @n entries, or an error. */
static unsigned find_line(const struct gitconfig *c, size_t n)
{
	size_t without = 0;
	size_t with = count_lines(c);

	while (with - without > 1) {
		size_t half = without + (with - without) / 2;
		struct part part = read_part(c, line_end(c, half));

		if (!part.parsed || part.n > n)
			with = half;
		else
			without = half;
	}
	return (unsigned)with;
}

/* "failed to parse config file: <why> (in /proc/self/fd/3:7, column 2)" */
static int refuse(const struct gitconfig *c, struct err *err)
{
	const git_error *e = git_error_last();
	AUTO(mem_free) char *text = xstrdup(e ? e->message : "unreadable");
	struct span why = span_cstr(text);
	const char *at = span_find(why, " (in /proc/self/fd/");

	span_eat(&why, "failed to parse config file: ");
	if (at)
		why.end = at;
	return err_set(err, ERR_CONFIG, "%s:%u: %.*s", c->name,
		       find_line(c, GITCONFIG_MAX_ENTRIES), (int)span_len(why),
		       why.p);
}

/* "tree.debian-6.12.path": the name in the middle may have dots of its own. */
static void add_entry(struct gitconfig *c, const git_config_entry *found)
{
	const char *first = strchr(found->name, '.');
	const char *last = strrchr(found->name, '.');
	struct gitconfig_entry *e;

	c->v = xreallocarray(c->v, c->n + 1, sizeof(*c->v));
	e = &c->v[c->n++];
	*e = (struct gitconfig_entry){ 0 };
	e->section =
		first ? xstrndup(found->name, (size_t)(first - found->name))
		      : xstrdup("");
	if (first != last)
		e->subsection = xstrndup(first + 1, (size_t)(last - first - 1));
	e->key = xstrdup(last ? last + 1 : found->name);
	if (found->value)
		e->value = xstrdup(found->value);
}

static int add_entries(struct gitconfig *c, struct err *err)
{
	AUTO(look_end) struct look look = LOOK_INIT;
	git_config_entry *found;
	bool parsed;

	if (look_at(&look, &parsed, c->text, c->len, err) < 0)
		return -1;
	if (!parsed)
		return refuse(c, err);
	while (git_config_next(&found, look.entries) == 0) {
		if (c->n == GITCONFIG_MAX_ENTRIES)
			return err_set(err, ERR_CONFIG,
				       "%s:%u: more than %d settings", c->name,
				       find_line(c, GITCONFIG_MAX_ENTRIES),
				       GITCONFIG_MAX_ENTRIES);
		add_entry(c, found);
	}
	return 0;
}

static bool is_comment(struct span line)
{
	line = span_trim(line);
	return span_starts(line, "#") || span_starts(line, ";");
}

/* Wherever on the line: "[a] [include] path = x" is a section of that name. */
static bool has_include(struct span line)
{
	struct span before;

	while (span_until(&line, '[', &before))
		if (span_starts_nocase(line, "include"))
			return true;
	return false;
}

/* What libgit2 would take and we do not. */
static int check_lines(const char *name, struct span rest, struct err *err)
{
	struct span line;

	for (unsigned n = 1; span_line(&rest, &line); n++) {
		if (memchr(line.p, '\0', span_len(line)))
			return err_set(err, ERR_CONFIG, "%s:%u: a NUL byte",
				       name, n);
		if (!is_comment(line) && has_include(line))
			return err_set(err, ERR_CONFIG,
				       "%s:%u: no includes: one file holds the "
				       "whole configuration",
				       name, n);
	}
	return 0;
}

int gitconfig_parse(struct gitconfig **out, const char *name, const char *text,
		    size_t len, struct err *err)
{
	AUTO(gitconfig_free) struct gitconfig *c = NULL;

	if (len > GITCONFIG_MAX_SIZE)
		return err_set(err, ERR_CONFIG, "%s: larger than %u bytes",
			       name, GITCONFIG_MAX_SIZE);
	if (check_lines(name, span_of(text, len), err) < 0)
		return -1;
	c = xcalloc(1, sizeof(*c));
	c->name = xstrdup(name);
	c->text = xstrndup(text, len);
	c->len = len;
	if (add_entries(c, err) < 0)
		return -1;
	*out = TAKE(c);
	return 0;
}

int gitconfig_read(struct gitconfig **out, const char *path, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };

	if (fs_read(&text, path, GITCONFIG_MAX_SIZE, err) < 0) {
		if (err->kind != ERR_SYSTEM)
			err->kind = ERR_CONFIG; /* the operator's own file */
		return -1;
	}
	return gitconfig_parse(out, path, buf_text(&text), text.len, err);
}

void gitconfig_free(struct gitconfig *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++) {
		free(c->v[i].section);
		free(c->v[i].subsection);
		free(c->v[i].key);
		free(c->v[i].value);
	}
	free(c->v);
	free(c->name);
	free(c->text);
	free(c);
}

unsigned gitconfig_line(const struct gitconfig *c, size_t i)
{
	return find_line(c, i);
}
