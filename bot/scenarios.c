/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scenarios.c - the catalogue of collisions, and the story of one of them
 *
 * All of it is asked of the guest program and of the contracts, so that this
 * cannot say what they do not.
 */
#include <getopt.h>

#include "bot/base/fs.h"
#include "bot/base/wrap.h"
#include "bot/command.h"
#include "bot/config.h"
#include "bot/stages/catalogue.h"
#include "bot/stages/promises.h"

#define WIDTH 78
#define ID_COLUMNS 6
#define WHO_COLUMNS 10
#define MAX_BYTES (1u << 20) /* an explanation has 10 KiB */

static const char usage[] =
	"usage: collider scenarios [OPTION]...\n"
	"\n"
	"List the collisions that can be made, or tell one as a time line: who "
	"does\n"
	"what, how a run knows that it collided, what each filesystem promises "
	"there.\n"
	"\n"
	"  --explain ID   tell this one\n"
	"  --fs LIST      these filesystems alone, separated by commas; with "
	"the\n"
	"                 sources of what they promise\n"
	"  --config FILE  in place of config/collider.conf\n"
	"  --help         show this\n"
	"\n"
	"Exit code: 0; 64 usage or configuration.\n";

struct request {
	const char *id; /* NULL: list them */
	const char *config;
	struct strings filesystems; /* empty: all */
};

static void request_release(struct request *r)
{
	strings_release(&r->filesystems);
}
DEFINE_AUTO_VALUE(struct request, request_release)

static const struct wrap prose = { .width = WIDTH };
static const struct wrap listed = { .width = WIDTH, .indent = ID_COLUMNS };

/* A first column and wrapped text behind it. */
static void add_row(struct buf *out, unsigned indent, unsigned columns,
		    const char *name, const char *text)
{
	const struct wrap w = { .width = WIDTH, .indent = indent + columns };
	AUTO(buf_release) struct buf lines = { 0 };
	AUTO(buf_release) struct buf clean = { 0 };
	size_t begins;

	buf_init(&lines, MAX_BYTES);
	buf_init(&clean, MAX_BYTES);
	wrap_add(&lines, &w, text);
	wrap_add(&clean, &(struct wrap){ .width = WIDTH }, name);
	begins = strcspn(buf_text(&clean), "\n");
	buf_addf(out, "%*s%-*.*s", (int)indent, "", (int)columns, (int)begins,
		 buf_text(&clean));
	if (begins >= columns) { /* no room beside it */
		buf_addc(out, '\n');
		begins = 0;
	} else {
		begins = w.indent < lines.len ? w.indent : lines.len;
	}
	buf_adds(out, buf_text(&lines) + begins);
}

static bool is_wanted(const struct request *want, const char *filesystem)
{
	return want->filesystems.n == 0 ||
	       strings_has(&want->filesystems, filesystem);
}

/* "on xfs ext4; since Linux 6.5" */
static void add_where(struct buf *out, const struct catalogue_entry *e,
		      const struct wrap *w)
{
	AUTO(buf_release) struct buf line = { 0 };

	buf_init(&line, MAX_BYTES);
	buf_adds(&line, "On");
	for (size_t i = 0; i < e->filesystems.n; i++)
		buf_addf(&line, " %s", e->filesystems.v[i]);
	if (e->filesystems.n == 0)
		buf_adds(&line, " no filesystem that is known here");
	if (*e->since)
		buf_addf(&line, "; since Linux %s", e->since);
	wrap_add(out, w, buf_text(&line));
}

static bool is_on_any(const struct request *want,
		      const struct catalogue_entry *e)
{
	for (size_t i = 0; i < e->filesystems.n; i++)
		if (is_wanted(want, e->filesystems.v[i]))
			return true;
	return want->filesystems.n == 0;
}

static void list_all(struct buf *out, const struct request *want,
		     const struct catalogue *c)
{
	for (size_t i = 0; i < c->n; i++) {
		if (!is_on_any(want, &c->v[i]))
			continue;
		add_row(out, 0, ID_COLUMNS, c->v[i].id, c->v[i].says);
		add_where(out, &c->v[i], &listed);
	}
}

static void add_story(struct buf *out, const struct catalogue_story *story)
{
	for (size_t i = 0; i < story->n; i++)
		add_row(out, 2, WHO_COLUMNS, story->v[i].who, story->v[i].does);
	if (story->n == 0)
		buf_adds(out, "  (its story is not written yet)\n");
}

static bool is_for(const struct contract *c, const char *id)
{
	return contract_is_about(c, c->filesystem, id);
}

/* What several filesystems promise in the same words is told once. */
static bool is_told(const struct contracts *all, size_t at, const char *id)
{
	for (size_t i = 0; i < at; i++)
		if (is_for(&all->v[i], id) &&
		    strcmp(all->v[i].says, all->v[at].says) == 0)
			return true;
	return false;
}

/* "xfs, ext4: " of all that promise the same; "all: " when nobody does not. */
static void add_promisers(struct buf *out, const struct contracts *all,
			  size_t at, const char *id)
{
	AUTO(strings_release) struct strings asked = { 0 };
	AUTO(strings_release) struct strings names = { 0 };

	for (size_t i = 0; i < all->n; i++) {
		const struct contract *c = &all->v[i];

		if (!strings_has(&asked, c->filesystem))
			strings_push(&asked, c->filesystem);
		if (is_for(c, id) && strcmp(c->says, all->v[at].says) == 0)
			strings_push(&names, c->filesystem);
	}
	if (names.n > 1 && names.n == asked.n)
		buf_adds(out, "all");
	for (size_t i = 0; i < names.n && (names.n == 1 || names.n < asked.n);
	     i++)
		buf_addf(out, "%s%s", i ? ", " : "", names.v[i]);
	buf_adds(out, ": ");
}

static void add_promise(struct buf *out, const struct request *want,
			const struct contracts *all, size_t at, const char *id)
{
	static const struct wrap item = { .width = WIDTH,
					  .indent = 2,
					  .hang = 2 };
	static const struct wrap source = { .width = WIDTH,
					    .indent = 6,
					    .hang = 2 };
	const struct contract *c = &all->v[at];
	AUTO(buf_release) struct buf line = { 0 };

	buf_init(&line, MAX_BYTES);
	add_promisers(&line, all, at, id);
	buf_adds(&line, c->says);
	wrap_add(out, &item, buf_text(&line));
	for (size_t i = 0; want->filesystems.n && i < c->sources.n; i++)
		wrap_add(out, &source, c->sources.v[i]);
}

/* Those of the scenario's filesystems that have written promises. */
static void find_promising(struct strings *out, const struct request *want,
			   const struct catalogue_entry *e, const char *dir)
{
	for (size_t i = 0; i < e->filesystems.n; i++) {
		const char *name = e->filesystems.v[i];
		AUTO(mem_free)
		char *path = xasprintf("%s/%s.conf", dir, name);

		if (is_wanted(want, name) && fs_exists(path))
			strings_push(out, name);
	}
}

static int add_promises(struct buf *out, const struct request *want,
			const struct catalogue_entry *e, const char *dir,
			struct err *err)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(strings_release) struct strings names = { 0 };

	find_promising(&names, want, e, dir);
	if (promises_read(&all, dir, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++)
		if (is_for(&all.v[i], e->id) && !is_told(&all, i, e->id))
			add_promise(out, want, &all, i, e->id);
	return 0;
}

static const char promised[] =
	"\nPromised (with --fs LIST, where it is written):\n";

static int explain(struct buf *out, const struct request *want,
		   const struct config *config, const char *program,
		   const struct catalogue_entry *e, struct err *err)
{
	AUTO(mem_free)
	char *dir = config_data_path(config, "rules/contracts");
	AUTO(catalogue_story_release) struct catalogue_story story = { 0 };

	if (catalogue_explain(&story, program, e->id, err) < 0)
		return -1;
	wrap_addf(out, &prose, "%s: %s.", e->id, e->says);
	buf_addc(out, '\n');
	add_story(out, &story);
	buf_addc(out, '\n');
	wrap_addf(out, &prose, "It collided when %s.", e->knows);
	add_where(out, e, &prose);
	buf_adds(out, want->filesystems.n ? "\nPromised:\n" : promised);
	if (add_promises(out, want, e, dir, err) < 0)
		return -1;
	buf_addf(out, "\nMake it happen: collider review --scenario %s MBOX\n",
		 e->id);
	return 0;
}

static int find_entry(const struct catalogue_entry **out,
		      const struct catalogue *c, const char *id,
		      struct err *err)
{
	*out = catalogue_find(c, id);
	if (*out)
		return 0;
	return err_set(err, ERR_CONFIG,
		       "no scenario '%.40s': 'collider scenarios' lists them",
		       id);
}

static int run(const struct request *want, struct err *err)
{
	AUTO(mem_free) char *program = fs_find_beside("collide");
	AUTO(catalogue_release) struct catalogue c = { 0 };
	AUTO(config_free) struct config *config = NULL;
	AUTO(buf_release) struct buf out = { 0 };
	const struct catalogue_entry *e;

	buf_init(&out, MAX_BYTES);
	if (config_load(&config, want->config, err) < 0 ||
	    catalogue_read(&c, program, err) < 0)
		return -1;
	if (!want->id)
		list_all(&out, want, &c);
	else if (find_entry(&e, &c, want->id, err) < 0 ||
		 explain(&out, want, config, program, e, err) < 0)
		return -1;
	if (buf_check(&out, "the catalogue", err) < 0)
		return -1;
	return fs_write_fd(STDOUT_FILENO, buf_text(&out), out.len, "stdout",
			   err);
}

static void take_option(struct request *want, int option)
{
	switch (option) {
	case 'e':
		want->id = optarg;
		break;
	case 'f':
		strings_split(&want->filesystems, optarg);
		break;
	case 'c':
		want->config = optarg;
		break;
	}
}

int scenarios_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "explain", required_argument, NULL, 'e' },
		{ "fs", required_argument, NULL, 'f' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	AUTO(request_release) struct request want = { 0 };
	struct err err = ERR_INIT;
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return EXIT_BETTER_OR_SAME;
		}
		if (c == '?')
			return command_misused("scenarios",
					       "bad option '%.40s'",
					       argv[optind - 1]);
		take_option(&want, c);
	}
	if (optind < argc)
		return command_misused("scenarios",
				       "one is told with --explain");
	if (run(&want, &err) < 0)
		return command_failed("scenarios", &err);
	return EXIT_BETTER_OR_SAME;
}
