/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/keys.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "bot/base/buf.h"

#define MIB (1ull << 20)
#define GIB (1ull << 30)
#define TIB (1ull << 40)
#define MINUTE 60
#define HOUR 3600

#define PRINT_MAX (16 * VALUE_MAX_TEXT) /* bytes of one value */
#define PRINT_COLUMNS 70		/* where help is wrapped */

#define GLOBAL(member) .field = offsetof(struct config, member)
#define OF_TREE(member) \
	.of_tree = true, .field = offsetof(struct config_tree, member)

const struct key keys_all[] = {
	{ .section = "collider",
	  .name = "state",
	  .kind = { .type = VALUE_PATH },
	  GLOBAL(state),
	  .standard = "/var/lib/collider",
	  .help = "Where the database, trees, lanes and jobs are. Unless set, "
		  "it is ~/.local/state/collider for anyone but root. The "
		  "environment's COLLIDER_STATE wins." },
	{ .section = "collider",
	  .name = "user",
	  .kind = { .type = VALUE_USER },
	  GLOBAL(user),
	  .standard = "nobody",
	  .help = "Who builds and runs kernels when root has started "
		  "collider. Anybody else does it as themselves." },
	{ .section = "tree",
	  .name = "path",
	  .kind = { .type = VALUE_PATH },
	  OF_TREE(path),
	  .help = "A git repository with kernel source. Unless set, it is "
		  "trees/<name>.git in the state folder." },
	{ .section = "tree",
	  .name = "source",
	  .kind = { .type = VALUE_PATH },
	  OF_TREE(source),
	  .example = KEYS_STANDARD_SOURCE,
	  .help = "A tarball of kernel source that the repository is made "
		  "from when it is not there." },
	{ .section = "tree",
	  .name = "branch",
	  .kind = { .type = VALUE_WORD },
	  OF_TREE(branch),
	  .standard = "HEAD",
	  .help = "Whose tip is tried as the base of a series that names "
		  "none." },
	{ .section = "lane",
	  .name = "arch",
	  .kind = { .type = VALUE_WORD, .choices = "um" },
	  GLOBAL(lane_arch),
	  .standard = "um",
	  .help = "What kernels are built for." },
	{ .section = "lane",
	  .name = "maxSize",
	  .kind = { .type = VALUE_SIZE, .min = GIB, .max = 64 * TIB },
	  GLOBAL(lane_max_size),
	  .standard = "40 GiB",
	  .help = "The disk that all lanes together may take; the least "
		  "recently used are dropped." },
	{ .section = "lane",
	  .name = "jobs",
	  .kind = { .type = VALUE_COUNT, .min = 1, .max = 1024 },
	  GLOBAL(lane_jobs),
	  .standard = "2",
	  .help = "How many compilers run at once. Unless set, one for each "
		  "processor." },
	{ .section = "build",
	  .name = "timeout",
	  .kind = { .type = VALUE_DURATION, .min = 10, .max = 24 * HOUR },
	  GLOBAL(build_timeout),
	  .standard = "30 min",
	  .help = "How long one build may take, of a lane or of a patch." },
	{ .section = "build",
	  .name = "memory",
	  .kind = { .type = VALUE_SIZE, .min = 256 * MIB, .max = TIB },
	  GLOBAL(build_memory),
	  .standard = "4 GiB",
	  .help = "How much memory each process of a build may have." },
	{ .section = "guest",
	  .name = "timeout",
	  .kind = { .type = VALUE_DURATION, .min = 5, .max = HOUR },
	  GLOBAL(guest_timeout),
	  .standard = "1 min",
	  .help = "How long one run of a guest may take, by our clock." },
	{ .section = "guest",
	  .name = "memory",
	  .kind = { .type = VALUE_SIZE, .min = 256 * MIB, .max = 64 * GIB },
	  GLOBAL(guest_memory),
	  .standard = "1 GiB",
	  .help = "How much memory a guest has." },
	{ .section = "review",
	  .name = "filesystems",
	  .kind = { .type = VALUE_WORDS,
		    .max = 16,
		    .choices = "xfs,ext4,btrfs" },
	  GLOBAL(filesystems),
	  .standard = "xfs,ext4,btrfs",
	  .help = "Where I/O is made to collide." },
	{ .section = "review",
	  .name = "scenarios",
	  .kind = { .type = VALUE_WORDS, .max = 64, .may_be_all = true },
	  GLOBAL(scenarios),
	  .standard = "all",
	  .help = "Which collisions are made." },
	{ .section = "review",
	  .name = "repeat",
	  .kind = { .type = VALUE_COUNT, .min = 1, .max = 100 },
	  GLOBAL(repeat),
	  .standard = "3",
	  .help = "How many times each one is made, without the series and "
		  "with it." },
	{ .section = "review",
	  .name = "eachPatch",
	  .kind = { .type = VALUE_COUNT, .min = 0, .max = 500 },
	  GLOBAL(each_patch),
	  .standard = "8",
	  .help = "The guest runs after each patch of a series of up to this "
		  "many; a longer one is bisected." },
	{ .section = "mail",
	  .name = "from",
	  .kind = { .type = VALUE_ADDRESS },
	  GLOBAL(mail_from),
	  .standard = "collider <collider@collider.invalid>",
	  .help = "The author of drafted replies." },
	{ .section = "mail",
	  .name = "domain",
	  .kind = { .type = VALUE_WORD },
	  GLOBAL(mail_domain),
	  .standard = "collider.invalid",
	  .help = "What their Message-IDs have right of the @." },
};

static_assert(ARRAY_LEN(keys_all) == KEYS_N, "keys.h has the count");

uint64_t keys_bit(const struct key *k)
{
	return 1ull << (k - keys_all);
}

static const void *field_in(const struct key *k, const struct config *c,
			    const struct config_tree *t)
{
	return (k->of_tree ? (const char *)t : (const char *)c) + k->field;
}

void *keys_field(const struct key *k, struct config *c, struct config_tree *t)
{
	return (k->of_tree ? (char *)t : (char *)c) + k->field;
}

void keys_set_standards(struct config *c, struct config_tree *t)
{
	for (size_t i = 0; i < KEYS_N; i++) {
		const struct key *k = &keys_all[i];
		struct value_kind kind = k->kind;
		bool in_range;

		if (k->of_tree != (t != NULL) || !k->standard)
			continue;
		if (kind.type == VALUE_USER) /* perhaps not on this machine */
			kind.type = VALUE_WORD;
		in_range = value_set(keys_field(k, c, t), &kind, k->standard);
		assert(in_range);
	}
}

void keys_release(struct config *c, struct config_tree *t)
{
	for (size_t i = 0; i < KEYS_N; i++)
		if (keys_all[i].of_tree == (t != NULL))
			value_release(keys_field(&keys_all[i], c, t),
				      keys_all[i].kind.type);
}

const struct key *keys_find(const struct gitconfig_entry *e)
{
	for (size_t i = 0; i < KEYS_N; i++)
		if (strcasecmp(keys_all[i].section, e->section) == 0 &&
		    strcasecmp(keys_all[i].name, e->key) == 0 &&
		    keys_all[i].of_tree == (e->subsection != NULL))
			return &keys_all[i];
	return NULL;
}

/* Wrapped, each line behind "\t# ". */
static void print_help(FILE *out, const char *help)
{
	while (*help) {
		size_t len = strlen(help);

		if (len > PRINT_COLUMNS)
			for (len = PRINT_COLUMNS; help[len] != ' ';)
				len--;
		fprintf(out, "\t# %.*s\n", (int)len, help);
		help += len;
		help += strspn(help, " ");
	}
}

/* In quotes when git-config would take some of it for something else. No
 * value is empty. */
static void print_value(FILE *out, const char *text)
{
	bool quoted = strpbrk(text, "#;\"\\") || text[0] == ' ' ||
		      text[strlen(text) - 1] == ' ';

	if (quoted)
		putc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', out);
		putc(*text, out);
	}
	if (quoted)
		putc('"', out);
}

static void print_key(FILE *out, const struct key *k, const void *field,
		      bool set)
{
	AUTO(buf_release) struct buf value = { 0 };
	AUTO(buf_release) struct buf want = { 0 };

	buf_init(&want, PRINT_MAX);
	value_describe(&want, &k->kind);
	buf_init(&value, PRINT_MAX);
	if (k->example && !*(char *const *)field)
		buf_adds(&value, k->example);
	else
		value_print(&value, field, k->kind.type);
	putc('\n', out);
	print_help(out, k->help);
	fprintf(out, "\t# Value: %s\n%s\t%s = ", buf_text(&want),
		set ? "" : "#", k->name);
	print_value(out, buf_text(&value));
	putc('\n', out);
}

static void print_section(FILE *out, const struct config *c,
			  const struct config_tree *t, const char *section)
{
	uint64_t set = t ? t->set : c->set;

	if (t)
		fprintf(out, "\n%s[%s \"%s\"]\n", set ? "" : "#", section,
			t->name);
	else
		fprintf(out, "\n[%s]\n", section);
	for (size_t i = 0; i < KEYS_N; i++)
		if (strcmp(keys_all[i].section, section) == 0)
			print_key(out, &keys_all[i],
				  field_in(&keys_all[i], c, t),
				  set & keys_bit(&keys_all[i]));
}

void keys_print(FILE *out, const struct config *c)
{
	for (size_t i = 0; i < KEYS_N; i++) {
		const struct key *k = &keys_all[i];

		if (i && strcmp(k->section, keys_all[i - 1].section) == 0)
			continue;
		if (!k->of_tree)
			print_section(out, c, NULL, k->section);
		for (size_t t = 0; k->of_tree && t < c->n_trees; t++)
			print_section(out, c, &c->trees[t], k->section);
	}
}
