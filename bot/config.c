/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/config.h"

#include <pwd.h>
#include <sched.h>

#include "bot/base/buf.h"
#include "bot/base/fs.h"
#include "bot/base/span.h"
#include "bot/git/gitconfig.h"
#include "bot/keys.h"

#define CONFIG_MAX_DESCRIPTION 1024 /* bytes; our own words */

static struct config *new_standard(void)
{
	struct config *c = xcalloc(1, sizeof(*c));

	keys_set_standards(c, KEY_OF_CONFIG);
	return c;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n_trees; i++) {
		keys_release(&c->trees[i], KEY_OF_TREE);
		free(c->trees[i].name);
	}
	free(c->trees);
	for (size_t i = 0; i < c->n_lists; i++) {
		keys_release(&c->lists[i], KEY_OF_LIST);
		free(c->lists[i].name);
	}
	free(c->lists);
	keys_release(c, KEY_OF_CONFIG);
	free(c->file);
	free(c->data);
	free(c->replay);
	free(c);
}

static struct config_tree *find_tree(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_trees; i++)
		if (strcmp(c->trees[i].name, name) == 0)
			return &c->trees[i];
	return NULL;
}

const struct config_tree *config_find_tree(const struct config *c,
					   const char *name)
{
	return find_tree(c, name);
}

static struct config_tree *add_tree(struct config *c, const char *name)
{
	struct config_tree *t;

	c->trees = xreallocarray(c->trees, c->n_trees + 1, sizeof(*c->trees));
	t = &c->trees[c->n_trees++];
	*t = (struct config_tree){ .name = xstrdup(name) };
	keys_set_standards(t, KEY_OF_TREE);
	return t;
}

static struct config_list *find_list(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_lists; i++)
		if (strcmp(c->lists[i].name, name) == 0)
			return &c->lists[i];
	return NULL;
}

const struct config_list *config_find_list(const struct config *c,
					   const char *name)
{
	return find_list(c, name);
}

bool config_list_has_tree(const struct config_list *l, const char *tree)
{
	return l->trees.n == 0 || strings_has(&l->trees, tree);
}

static struct config_list *add_list(struct config *c, const char *name)
{
	struct config_list *l;

	c->lists = xreallocarray(c->lists, c->n_lists + 1, sizeof(*c->lists));
	l = &c->lists[c->n_lists++];
	*l = (struct config_list){ .name = xstrdup(name) };
	keys_set_standards(l, KEY_OF_LIST);
	return l;
}

/* The name of a tree or a list is also that of a file. */
static bool is_file_name(const char *name)
{
	static const struct value_kind word = { .type = VALUE_WORD };
	AUTO(mem_free) char *copy = NULL;

	return strlen(name) <= CONFIG_MAX_NAME && name[0] != '.' &&
	       !strchr(name, '/') && value_set(&copy, &word, name);
}

/* May one more of @what, of which there are @n, be called @name? */
static int check_name(const char *what, const char *name, size_t n, size_t max,
		      struct err *err)
{
	if (!is_file_name(name))
		return err_set(err, ERR_CONFIG,
			       "a %s cannot be called '%s': letters, digits "
			       "and ._- only",
			       what, name);
	if (n == max)
		return err_set(err, ERR_CONFIG, "more than %zu %ss", max, what);
	return 0;
}

static int get_tree(struct config_tree **out, struct config *c,
		    const char *name, struct err *err)
{
	*out = find_tree(c, name);
	if (*out)
		return 0;
	if (check_name("tree", name, c->n_trees, CONFIG_MAX_TREES, err) < 0)
		return -1;
	*out = add_tree(c, name);
	return 0;
}

static int get_list(struct config_list **out, struct config *c,
		    const char *name, struct err *err)
{
	*out = find_list(c, name);
	if (*out)
		return 0;
	if (check_name("list", name, c->n_lists, CONFIG_MAX_LISTS, err) < 0)
		return -1;
	*out = add_list(c, name);
	return 0;
}

/* The struct that @k is a key of, and which of its keys are set. */
static int get_owner(void **out, uint64_t **set, struct config *c,
		     const struct key *k, const char *name, struct err *err)
{
	struct config_tree *t;
	struct config_list *l;

	switch (k->owner) {
	case KEY_OF_CONFIG:
		*out = c;
		*set = &c->set;
		return 0;
	case KEY_OF_TREE:
		if (get_tree(&t, c, name, err) < 0)
			return -1;
		*out = t;
		*set = &t->set;
		return 0;
	case KEY_OF_LIST:
		if (get_list(&l, c, name, err) < 0)
			return -1;
		*out = l;
		*set = &l->set;
	}
	return 0;
}

/* "tree.debian-6.12.path", spelled as in the table when it is in there. */
static char *full_name(const struct gitconfig_entry *e, const struct key *k)
{
	return xasprintf("%s%s%s.%s", e->section, e->subsection ? "." : "",
			 e->subsection ? e->subsection : "",
			 k ? k->name : e->key);
}

static int refuse_value(const char *name, const struct key *k,
			const char *value, struct err *err)
{
	AUTO(buf_release) struct buf want = { 0 };

	buf_init(&want, CONFIG_MAX_DESCRIPTION);
	value_describe(&want, &k->kind);
	return err_set(err, ERR_CONFIG, "'%s' must be %s, not '%s'", name,
		       buf_text(&want), value ? value : "");
}

static int set_key(struct config *c, const struct gitconfig_entry *e,
		   struct err *err)
{
	const struct key *k = keys_find(e);
	AUTO(mem_free) char *name = full_name(e, k);
	uint64_t *set = NULL;
	void *owner = NULL;

	if (!k)
		return err_set(err, ERR_CONFIG, "unknown key '%s'", name);
	if (get_owner(&owner, &set, c, k, e->subsection, err) < 0)
		return -1;
	if (*set & keys_bit(k))
		return err_set(err, ERR_CONFIG, "'%s' is set twice", name);
	*set |= keys_bit(k);
	if (!e->value || !value_set(keys_field(k, owner), &k->kind, e->value))
		return refuse_value(name, k, e->value, err);
	return 0;
}

static int set_keys(struct config *c, const struct gitconfig *file,
		    struct err *err)
{
	for (size_t i = 0; i < file->n; i++)
		if (set_key(c, &file->v[i], err) < 0)
			return err_wrap(err, "%s:%u", file->name,
					gitconfig_line(file, i));
	c->n_keys = file->n;
	return 0;
}

static bool is_set(const struct config *c, size_t field)
{
	for (size_t i = 0; i < KEYS_N; i++)
		if (keys_all[i].owner == KEY_OF_CONFIG &&
		    keys_all[i].field == field)
			return c->set & keys_bit(&keys_all[i]);
	return false;
}

/* The folder of whoever runs us, when nothing says otherwise. */
static int find_state(char **out, struct err *err)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");

	if (state && state[0] == '/')
		*out = xasprintf("%s/collider", state);
	else if (home && home[0] == '/')
		*out = xasprintf("%s/.local/state/collider", home);
	else
		return err_set(err, ERR_CONFIG,
			       "no home folder: set collider.state");
	return 0;
}

static int finish_state(struct config *c, struct err *err)
{
	static const struct value_kind path = { .type = VALUE_PATH };
	const char *given = getenv("COLLIDER_STATE");
	AUTO(mem_free) char *found = NULL;

	if (given) {
		if (!value_set(&c->state, &path, given))
			return err_set(err, ERR_CONFIG,
				       "COLLIDER_STATE must be an absolute "
				       "path, not '%s'",
				       given);
		return 0;
	}
	if (is_set(c, offsetof(struct config, state)) || geteuid() == 0)
		return 0;
	if (find_state(&found, err) < 0)
		return -1;
	free(c->state);
	c->state = TAKE(found);
	return 0;
}

static int finish_user(struct config *c, struct err *err)
{
	const struct passwd *account;

	c->uid = getuid();
	c->gid = getgid();
	if (geteuid() != 0)
		return 0;
	account = getpwnam(c->user);
	if (!account)
		return err_set(err, ERR_CONFIG,
			       "no account '%s' to build as: set collider.user",
			       c->user);
	c->uid = account->pw_uid;
	c->gid = account->pw_gid;
	return 0;
}

static void finish_jobs(struct config *c)
{
	cpu_set_t ours;
	unsigned n;

	if (sched_getaffinity(0, sizeof(ours), &ours) < 0)
		return;
	n = (unsigned)CPU_COUNT(&ours);
	if (!is_set(c, offsetof(struct config, lane_jobs)))
		c->lane_jobs = n;
	if (!is_set(c, offsetof(struct config, run_jobs)) && n > c->lane_jobs)
		c->run_jobs = n / c->lane_jobs;
}

static char *tree_path_of(const struct config *c, const char *name)
{
	return xasprintf("%s/trees/%s.git", c->state, name);
}

/* It was imported, or can be. */
static bool is_at_hand(const struct config *c, const struct keys_tree *tree)
{
	AUTO(mem_free) char *path = tree_path_of(c, tree->name);

	return fs_is_dir(path) || fs_exists(tree->source);
}

/* The first one in any case: who lacks it is told how to get it. */
static void add_standard_trees(struct config *c, bool only_at_hand)
{
	for (size_t i = 0; i < KEYS_STANDARD_TREES; i++)
		if (i == 0 || !only_at_hand || is_at_hand(c, &keys_trees[i]))
			add_tree(c, keys_trees[i].name)->source =
				xstrdup(keys_trees[i].source);
}

static void finish_trees(struct config *c)
{
	for (size_t i = 0; i < c->n_trees; i++)
		if (!c->trees[i].path)
			c->trees[i].path = tree_path_of(c, c->trees[i].name);
}

static int finish_list(const struct config *c, const struct config_list *l,
		       struct err *err)
{
	if (!l->url)
		return err_set(err, ERR_CONFIG, "list '%s' has no url",
			       l->name);
	for (size_t i = 0; i < l->trees.n; i++)
		if (!find_tree(c, l->trees.v[i]))
			return err_set(err, ERR_CONFIG,
				       "list '%s' is tried on '%s', but there "
				       "is no [tree \"%s\"]",
				       l->name, l->trees.v[i], l->trees.v[i]);
	return 0;
}

static int finish_lists(const struct config *c, struct err *err)
{
	for (size_t i = 0; i < c->n_lists; i++)
		if (finish_list(c, &c->lists[i], err) < 0)
			return err_wrap(err, "%s", c->file);
	return 0;
}

/* What depends on the machine, the environment, or another key. */
static int finish(struct config *c, struct err *err)
{
	if (finish_state(c, err) < 0 || finish_user(c, err) < 0)
		return -1;
	finish_jobs(c);
	if (c->n_trees == 0)
		add_standard_trees(c, true);
	finish_trees(c);
	return finish_lists(c, err);
}

/* NULL when nobody named one and the usual one is not there. */
static char *choose_file(const struct config *c, const char *path)
{
	AUTO(mem_free) char *usual = NULL;

	if (!path)
		path = getenv("COLLIDER_CONFIG");
	if (path)
		return xstrdup(path);
	usual = config_data_path(c, "config/collider.conf");
	return fs_exists(usual) ? TAKE(usual) : NULL;
}

int config_load(struct config **out, const char *path, struct err *err)
{
	AUTO(config_free) struct config *c = new_standard();
	AUTO(gitconfig_free) struct gitconfig *file = NULL;
	const char *data = getenv("COLLIDER_DATA");

	c->data = xstrdup(data ? data : COLLIDER_DATA);
	c->file = choose_file(c, path);
	if (c->file && (gitconfig_read(&file, c->file, err) < 0 ||
			set_keys(c, file, err) < 0))
		return -1;
	if (finish(c, err) < 0)
		return -1;
	*out = TAKE(c);
	return 0;
}

static void replace(struct strings *old, const struct strings *new)
{
	if (new->n == 0)
		return;
	strings_release(old);
	for (size_t i = 0; i < new->n; i++)
		strings_push(old, new->v[i]);
}

void config_narrow(struct config *c, const struct strings *filesystems,
		   const struct strings *scenarios)
{
	replace(&c->filesystems, filesystems);
	replace(&c->scenarios, scenarios);
}

void config_use_replay(struct config *c, const char *list)
{
	free(c->replay);
	c->replay = xasprintf("%s/replay/%s", c->state, list);
}

/* A replay has one of its own. */
static bool is_of_replay(const char *below)
{
	static const char *const names[] = { "collider.db", "archive",
					     "results", "outbox" };
	struct span rest = span_cstr(below);
	struct span first = rest;

	(void)span_until(&rest, '/', &first);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (span_is(first, names[i]))
			return true;
	return false;
}

char *config_state_path(const struct config *c, const char *below)
{
	bool is_apart = c->replay && is_of_replay(below);

	return xasprintf("%s/%s", is_apart ? c->replay : c->state, below);
}

char *config_data_path(const struct config *c, const char *below)
{
	return xasprintf("%s/%s", c->data, below);
}

void config_print(FILE *out, const struct config *c)
{
	AUTO(config_free) struct config *standard = NULL;

	if (!c) {
		standard = new_standard();
		add_standard_trees(standard, false);
		finish_trees(standard);
	}
	keys_print(out, c ? c : standard);
}
