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

/* The promises about one scenario, of all that may make it. */
struct promising {
	struct contracts contracts;
	struct strings filesystems;
	const char *id;
};

static void promising_release(struct promising *p)
{
	contracts_release(&p->contracts);
	strings_release(&p->filesystems);
}
DEFINE_AUTO_VALUE(struct promising, promising_release)

/* What several filesystems promise in the same words is told once. */
static bool is_like(const struct promising *p, size_t i, size_t at)
{
	const struct contract *c = &p->contracts.v[i];

	return contract_names_have(&c->scenarios, p->id) &&
	       strcmp(c->says, p->contracts.v[at].says) == 0;
}

static bool is_told(const struct promising *p, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_like(p, i, at))
			return true;
	return !is_like(p, at, at);
}

/* "xfs, ext4: " of those that promise the same; or "all: " */
static void add_promisers(struct buf *out, const struct promising *p, size_t at)
{
	AUTO(strings_release) struct strings names = { 0 };

	for (size_t i = at; i < p->contracts.n; i++) {
		const char *name = p->contracts.v[i].filesystem;

		if (is_like(p, i, at) && !strings_has(&names, name))
			strings_push(&names, name);
	}
	if (names.n > 1 && names.n == p->filesystems.n) {
		buf_adds(out, "all: ");
		return;
	}
	for (size_t i = 0; i < names.n; i++)
		buf_addf(out, "%s%s", i ? ", " : "", names.v[i]);
	buf_adds(out, ": ");
}

/* Of which kernels, and what is known to break it there. */
static void add_limits(struct buf *out, const struct promising *p,
		       const struct contract *c)
{
	const struct contract_exception *e = contract_find_exception(c, p->id);

	for (size_t i = 0; i < c->tree.n; i++)
		buf_addf(out, "%s %s %s '%s'", i ? " and" : "; if",
			 c->tree.v[i].path,
			 c->tree.v[i].is_lacking ? "lacks" : "has",
			 c->tree.v[i].text);
	if (e)
		buf_addf(out, "; broken here: %s", e->why);
}

static void add_promise(struct buf *out, const struct request *want,
			const struct promising *p, size_t at)
{
	static const struct wrap item = { .width = WIDTH,
					  .indent = 2,
					  .hang = 2 };
	static const struct wrap source = { .width = WIDTH,
					    .indent = 6,
					    .hang = 2 };
	const struct contract *c = &p->contracts.v[at];
	AUTO(buf_release) struct buf line = { 0 };

	buf_init(&line, MAX_BYTES);
	add_promisers(&line, p, at);
	buf_adds(&line, c->says);
	add_limits(&line, p, c);
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
	AUTO(promising_release) struct promising p = { .id = e->id };

	find_promising(&p.filesystems, want, e, dir);
	if (promises_read(&p.contracts, dir, &p.filesystems, err) < 0)
		return -1;
	for (size_t i = 0; i < p.contracts.n; i++)
		if (!is_told(&p, i))
			add_promise(out, want, &p, i);
	return 0;
}

static const char promised[] =
	"\nPromised (with --fs LIST, where it is written):\n";

/* A scenario is made in a review, a mix that runs free in a soak. */
static void add_commands(struct buf *out, const struct catalogue_entry *e,
			 bool is_soak)
{
	const char *filesystem = e->filesystems.n ? e->filesystems.v[0] : "FS";

	if (is_soak)
		buf_addf(out,
			 "\nMake it happen: collider soak --mix %s --fs %s\n",
			 e->id, filesystem);
	else
		buf_addf(out,
			 "\nMake it happen: collider review --scenario %s "
			 "MBOX\n"
			 "                collider reproduce %s --fs %s\n",
			 e->id, e->id, filesystem);
}

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
	return add_promises(out, want, e, dir, err);
}

/* All that the guest program knows. */
struct known {
	struct catalogue scenarios, soaks;
};

static void known_release(struct known *k)
{
	catalogue_release(&k->scenarios);
	catalogue_release(&k->soaks);
}
DEFINE_AUTO_VALUE(struct known, known_release)

static void list_known(struct buf *out, const struct request *want,
		       const struct known *k)
{
	AUTO(buf_release) struct buf soaks = { 0 };

	list_all(out, want, &k->scenarios);
	buf_init(&soaks, MAX_BYTES);
	list_all(&soaks, want, &k->soaks);
	if (soaks.len > 0)
		buf_addf(out,
			 "\nRunning free, for a time ('collider soak'):\n%s",
			 buf_text(&soaks));
}

static int explain_known(struct buf *out, const struct request *want,
			 const struct config *config, const char *program,
			 const struct known *k, struct err *err)
{
	const struct catalogue_entry *e = catalogue_find(&k->soaks, want->id);
	bool is_soak = e;

	if (!is_soak)
		e = catalogue_find(&k->scenarios, want->id);
	if (e && explain(out, want, config, program, e, err) < 0)
		return -1;
	if (e) {
		add_commands(out, e, is_soak);
		return 0;
	}
	return err_set(err, ERR_CONFIG,
		       "no scenario '%.40s': 'collider scenarios' lists them",
		       want->id);
}

static int run(const struct request *want, struct err *err)
{
	AUTO(mem_free) char *program = fs_find_beside("collide");
	AUTO(known_release) struct known k = { 0 };
	AUTO(config_free) struct config *config = NULL;
	AUTO(buf_release) struct buf out = { 0 };

	buf_init(&out, MAX_BYTES);
	if (config_load(&config, want->config, err) < 0 ||
	    catalogue_read(&k.scenarios, program, err) < 0 ||
	    catalogue_read_soaks(&k.soaks, program, err) < 0)
		return -1;
	if (!want->id)
		list_known(&out, want, &k);
	else if (explain_known(&out, want, config, program, &k, err) < 0)
		return -1;
	if (buf_check(&out, "the catalogue", err) < 0)
		return -1;
	return command_write(&out, err);
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
	int c, end;

	while ((c = command_option(&end, usage, argc, argv, options)) > 0) {
		take_option(&want, c);
	}
	if (c < 0)
		return end;
	if (optind < argc)
		return command_misused("scenarios",
				       "one is told with --explain");
	if (run(&want, &err) < 0)
		return command_failed("scenarios", &err);
	return EXIT_BETTER_OR_SAME;
}
