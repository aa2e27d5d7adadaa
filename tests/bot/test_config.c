/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/config.h"

#include "bot/base/fs.h"
#include "bot/base/buf.h"
#include "bot/keys.h"
#include "tests/support/support.h"

#define TEXT_MAX (64u << 10)

/* Loads @text from a file; that file's name is taken off error messages. */
static int load(struct config **out, const char *text, struct err *err)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *path = xasprintf("%s/c", dir);
	struct err ignored = ERR_INIT;
	int rc;

	ck_ok(fs_write(path, text, strlen(text), err), err);
	rc = config_load(out, path, err);
	if (strncmp(err->msg, path, strlen(path)) == 0)
		memmove(err->msg, err->msg + strlen(path),
			strlen(err->msg + strlen(path)) + 1);
	ck_ok(fs_remove_tree(dir, &ignored), &ignored);
	return rc;
}

static void print(struct buf *out, const struct config *c)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	config_print(f, c);
	ck_assert_int_eq(fclose(f), 0);
	buf_init(out, TEXT_MAX);
	buf_add(out, text, len);
	free(text);
}

/* "#\tkey = v" and "#[section]" without the '#': every option, for real. */
static char *uncomment(const char *text)
{
	char *out = xstrdup(text);
	size_t n = 0;

	for (const char *p = text; *p; p++)
		if (*p != '#' || (p != text && p[-1] != '\n') ||
		    (p[1] != '\t' && p[1] != '['))
			out[n++] = *p;
	out[n] = '\0';
	return out;
}

START_TEST(an_absent_file_means_defaults)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(config_free) struct config *c = NULL;
	struct err err = ERR_INIT;

	setenv("COLLIDER_DATA", dir, 1);
	setenv("COLLIDER_STATE", "/srv/state", 1);
	unsetenv("COLLIDER_CONFIG");
	ck_ok(config_load(&c, NULL, &err), &err);
	ck_assert_ptr_null(c->file);
	ck_assert_uint_eq(c->n_keys, 0);
	ck_assert_str_eq(c->data, dir);
	ck_assert_str_eq(c->state, "/srv/state");
	ck_assert_str_eq(c->trees[0].name, "debian-6.12");
	ck_assert_str_eq(c->trees[0].path, "/srv/state/trees/debian-6.12.git");
	ck_assert_str_eq(c->trees[0].source,
			 "/usr/src/linux-source-6.12.tar.xz");
	ck_assert_str_eq(c->trees[0].branch, "HEAD");
	ck_assert_str_eq(c->guest, "uml");
	ck_assert_uint_eq(c->lane_max_size, 40ull << 30);
	ck_assert_uint_ge(c->lane_jobs, 1);
	ck_assert_uint_eq(c->build_timeout, 1800);
	ck_assert_uint_eq(c->filesystems.n, 13);
	ck_assert_uint_eq(c->scenarios.n, 0);
	ck_assert_uint_eq(c->repeat, 2);
	ck_assert_uint_eq(c->each_patch, 8);
	ck_assert_uint_ne(c->uid, 0);
	ck_assert_uint_eq(c->n_lists, 0);
	ck_assert_uint_eq(c->follow_interval, 120);
	ck_assert_str_eq(c->follow_first, "newest");
	ck_assert_str_eq(c->agent, "collider/" COLLIDER_VERSION);
	ck_assert_str_eq(c->lore, "https://lore.kernel.org/all/");
	ck_assert_uint_eq(c->series_wait, 900);
	ck_assert_uint_eq(c->series_max_age, 7 * 24 * 3600);
	ck_assert_ptr_null(c->series_select);
	ck_assert_uint_eq(c->run_jobs, 1);
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

START_TEST(the_second_tree_is_there_when_its_source_or_repository_is)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *repository = NULL;
	AUTO(config_free) struct config *without = NULL;
	AUTO(config_free) struct config *with = NULL;
	struct err err = ERR_INIT;
	size_t n = fs_exists("/usr/src/linux-source-6.1.tar.xz") ? 2 : 1;

	setenv("COLLIDER_DATA", dir, 1);
	setenv("COLLIDER_STATE", dir, 1);
	unsetenv("COLLIDER_CONFIG");
	ck_ok(config_load(&without, NULL, &err), &err);
	ck_assert_uint_eq(without->n_trees, n);
	repository = xasprintf("%s/trees/debian-6.1.git", dir);
	ck_ok(fs_mkdirs(repository, 0755, &err), &err);
	ck_ok(config_load(&with, NULL, &err), &err);
	ck_assert_uint_eq(with->n_trees, 2);
	ck_assert_str_eq(with->trees[1].name, "debian-6.1");
	ck_assert_str_eq(with->trees[1].path, repository);
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

START_TEST(a_named_file_must_be_there)
{
	AUTO(config_free) struct config *c = NULL;
	struct err err = ERR_INIT;

	setenv("COLLIDER_CONFIG", "/nonexistent/c", 1);
	ck_assert_int_eq(config_load(&c, NULL, &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.msg, "cannot open '/nonexistent/c': No such file "
				  "or directory");
}
END_TEST

START_TEST(every_type_of_value_lands_in_its_field)
{
	AUTO(config_free) struct config *c = NULL;
	struct err err = ERR_INIT;

	unsetenv("COLLIDER_STATE");
	ck_ok(load(&c,
		   "[collider]\n\tstate = /srv/state\n"
		   "[tree \"vfs\"]\n\tpath = \"/srv/v f;s.git\"\n"
		   "\tbranch = vfs.all\n"
		   "[tree \"v6.1\"]\n\tsource = /usr/src/l.tar.xz\n"
		   "[Lane]\n\tMAXSIZE = 500g\n\tjobs = 1024\n"
		   "[guest]\n\ttimeout = 90s\n\tqemuTimeout = 5 min\n\tmemory "
		   "= 2 GiB\n"
		   "[review]\n\tfilesystems = xfs, ext4\n\tscenarios = C01\n"
		   "[mail]\n\tfrom = A Robot <robot@example.org>\n",
		   &err),
	      &err);
	ck_assert_uint_eq(c->n_keys, 12);
	ck_assert_str_eq(c->state, "/srv/state");
	ck_assert_uint_eq(c->n_trees, 2);
	ck_assert_str_eq(c->trees[0].path, "/srv/v f;s.git");
	ck_assert_ptr_null(c->trees[0].source);
	ck_assert_str_eq(config_find_tree(c, "vfs")->branch, "vfs.all");
	ck_assert_str_eq(config_find_tree(c, "v6.1")->path,
			 "/srv/state/trees/v6.1.git");
	ck_assert_ptr_null(config_find_tree(c, "debian-6.12"));
	ck_assert_uint_eq(c->lane_max_size, 500ull << 30);
	ck_assert_uint_eq(c->lane_jobs, 1024);
	ck_assert_uint_eq(c->guest_timeout, 90);
	ck_assert_uint_eq(c->guest_qemu_timeout, 300);
	ck_assert_uint_eq(c->guest_memory, 2ull << 30);
	ck_assert_uint_eq(c->filesystems.n, 2);
	ck_assert_str_eq(c->filesystems.v[1], "ext4");
	ck_assert_uint_eq(c->scenarios.n, 1);
	ck_assert_str_eq(c->mail_from, "A Robot <robot@example.org>");
}
END_TEST

START_TEST(a_list_has_its_url_its_trees_and_what_it_watches)
{
	AUTO(config_free) struct config *c = NULL;
	struct err err = ERR_INIT;
	const struct config_list *l;

	ck_ok(load(&c,
		   "[list \"linux-xfs\"]\n\turl = http://127.0.0.1:8/x/\n"
		   "[list \"fsdevel\"]\n\turl = file:///srv/fsdevel\n"
		   "\ttrees = vfs\n\twatch = fs/xfs/ mm/filemap.c\n"
		   "\tenabled = false\n"
		   "[tree \"vfs\"]\n\tpath = /v\n[tree \"mm\"]\n\tpath = /m\n"
		   "[follow]\n\tfirst = 18\n\tinterval = 1 s\n"
		   "\tagent = collider/9 (+a@b.c)\n"
		   "[series]\n\twait = 0 s\n\tmaxAge = 2 days\n"
		   "\tselect = subject:iomap\n[run]\n\tjobs = 3\n",
		   &err),
	      &err);
	ck_assert_uint_eq(c->n_lists, 2);
	l = config_find_list(c, "fsdevel");
	ck_assert_str_eq(l->url, "file:///srv/fsdevel");
	ck_assert(!l->enabled);
	ck_assert_uint_eq(l->watch.n, 2);
	ck_assert_str_eq(l->watch.v[0], "fs/xfs");
	ck_assert(config_list_has_tree(l, "vfs"));
	ck_assert(!config_list_has_tree(l, "mm"));
	l = config_find_list(c, "linux-xfs");
	ck_assert(l->enabled);
	ck_assert_uint_eq(l->watch.n, 0);
	ck_assert(config_list_has_tree(l, "mm"));
	ck_assert_ptr_null(config_find_list(c, "xfs"));
	ck_assert_str_eq(c->follow_first, "18");
	ck_assert_uint_eq(c->follow_interval, 1);
	ck_assert_str_eq(c->agent, "collider/9 (+a@b.c)");
	ck_assert_uint_eq(c->series_wait, 0);
	ck_assert_uint_eq(c->series_max_age, 2 * 24 * 3600);
	ck_assert_str_eq(c->series_select, "subject:iomap");
	ck_assert_uint_eq(c->run_jobs, 3);
}
END_TEST

static const struct {
	const char *text;
	const char *says;
} refused[] = {
	{ "# c\n[tree \"debian\"]\n\tpth = /x\n",
	  ":3: unknown key 'tree.debian.pth'" },
	{ "[lane]\n\tjobs = 2\n[lane \"x\"]\n\tjobs = 2\n",
	  ":4: unknown key 'lane.x.jobs'" },
	{ "[tree]\n\tpath = /x\n", ":2: unknown key 'tree.path'" },
	{ "jobs = 2\n", ":1: unknown key '.jobs'" },
	{ "[lane]\n\tjobs = 2\n\n\tJobs = 2\n",
	  ":4: 'lane.jobs' is set twice" },
	{ "[tree \"a\"]\n\tpath = /x\n[tree \"b\"]\n\tpath = /x\n"
	  "[tree \"a\"] path = /x\n",
	  ":5: 'tree.a.path' is set twice" },
	{ "[lane]\n\tjobs\n",
	  ":2: 'lane.jobs' must be a number from 1 to 1024, not ''" },
	{ "[lane]\n\tjobs = 0\n",
	  ":2: 'lane.jobs' must be a number from 1 to 1024, not '0'" },
	{ "[lane]\n\tjobs = 1025\n",
	  ":2: 'lane.jobs' must be a number from 1 to 1024, not '1025'" },
	{ "[lane]\n\tmaxSize = 40\n",
	  ":2: 'lane.maxSize' must be a size (MiB, GiB, TiB) from 1 GiB to "
	  "64 TiB, not '40'" },
	{ "[guest]\n\ttimeout = 1 d\n",
	  ":2: 'guest.timeout' must be a time (s, min, h, d) from 5 s to "
	  "1 h, not '1 d'" },
	{ "[list \"x\"]\n\twatch = fs\n", ": list 'x' has no url" },
	{ "[list \"x\"]\n\turl = gopher://x/y\n",
	  ":2: 'list.x.url' must be https://, http://, file:/// or an absolute "
	  "path, not 'gopher://x/y'" },
	{ "[list \"x\"]\n\turl = /x\n\tenabled = perhaps\n",
	  ":3: 'list.x.enabled' must be true or false, not 'perhaps'" },
	{ "[list \"x\"]\n\turl = /x\n\twatch = fs/../mm\n",
	  ":3: 'list.x.watch' must be paths in the tree, blanks between, or "
	  "all, not 'fs/../mm'" },
	{ "[list \"x\"]\n\turl = /x\n\ttrees = vfs, mm\n"
	  "[tree \"vfs\"]\n\tpath = /y\n",
	  ": list 'x' is tried on 'mm', but there is no [tree \"mm\"]" },
	{ "[list \"../x\"]\n\turl = /x\n",
	  ":2: a list cannot be called '../x': letters, digits and ._- only" },
	{ "[list]\n\turl = /x\n", ":2: unknown key 'list.url'" },
	{ "[follow]\n\tfirst = oldest\n",
	  ":2: 'follow.first' must be one of newest,all, or a number from 0 to "
	  "9999, not 'oldest'" },
	{ "[follow]\n\tfirst = 10000\n",
	  ":2: 'follow.first' must be one of newest,all, or a number from 0 to "
	  "9999, not '10000'" },
	{ "[tree \"../x\"]\n\tpath = /x\n",
	  ":2: a tree cannot be called '../x': letters, digits and ._- only" },
	{ "[tree \".git\"]\n\tpath = /x\n",
	  ":2: a tree cannot be called '.git': letters, digits and ._- only" },
	{ "[tree \"a\"]\n\tpath = x.git\n",
	  ":2: 'tree.a.path' must be an absolute path, not 'x.git'" },
	{ "[review]\n\tfilesystems = xfs,vfat\n",
	  ":2: 'review.filesystems' must be some of xfs,xfs1k,xfsreflink,"
	  "ext4,ext4ind,ext2,btrfs,btrfscow,f2fs,gfs2,jfs,zonefs,blockdev, "
	  "not 'xfs,vfat'" },
	{ "[collider]\n\tuser = root\n",
	  ":2: 'collider.user' must be an unprivileged account of this "
	  "machine, not 'root'" },
	{ "[include]\n\tpath = /etc/passwd\n",
	  ":1: no includes: one file holds the whole configuration" },
	{ "[lane\n", ":1: missing ']' in section header" },
};

START_TEST(what_is_wrong_is_told_with_file_and_line)
{
	AUTO(config_free) struct config *c = NULL;
	struct err err = ERR_INIT;

	ck_assert_int_eq(load(&c, refused[_i].text, &err), -1);
	ck_assert_ptr_null(c);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.msg, refused[_i].says);
}
END_TEST

static const struct {
	const char *section;
	unsigned n;
	const char *says;
} counts[] = {
	{ "tree", CONFIG_MAX_TREES, NULL },
	{ "tree", CONFIG_MAX_TREES + 1, ":65: more than 64 trees" },
	{ "list", CONFIG_MAX_LISTS, NULL },
	{ "list", CONFIG_MAX_LISTS + 1, ":65: more than 64 lists" },
};

START_TEST(trees_and_lists_have_a_ceiling)
{
	AUTO(config_free) struct config *c = NULL;
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;

	buf_init(&text, TEXT_MAX);
	for (unsigned i = 0; i < counts[_i].n; i++)
		buf_addf(&text, "[%s \"t%u\"] %s = /x\n", counts[_i].section, i,
			 *counts[_i].section == 't' ? "path" : "url");
	ck_assert_int_eq(load(&c, buf_text(&text), &err),
			 counts[_i].says ? -1 : 0);
	if (counts[_i].says)
		ck_assert_str_eq(err.msg, counts[_i].says);
}
END_TEST

START_TEST(a_state_folder_of_the_environment_must_be_absolute)
{
	AUTO(config_free) struct config *c = NULL;
	struct err err = ERR_INIT;

	setenv("COLLIDER_STATE", "relative", 1);
	ck_assert_int_eq(load(&c, "", &err), -1);
	ck_assert_str_eq(err.msg, "COLLIDER_STATE must be an absolute path, "
				  "not 'relative'");
}
END_TEST

static const struct {
	const char *below, *path, *of_replay;
} paths[] = {
	{ "lanes", "/s/lanes", "/s/lanes" },
	{ "mirrors/linux-xfs", "/s/mirrors/linux-xfs", "/s/mirrors/linux-xfs" },
	{ "collider.db", "/s/collider.db", "/s/replay/l/collider.db" },
	{ "collider.db2", "/s/collider.db2", "/s/collider.db2" },
	{ "archive", "/s/archive", "/s/replay/l/archive" },
	{ "results/1.json", "/s/results/1.json", "/s/replay/l/results/1.json" },
	{ "outbox", "/s/outbox", "/s/replay/l/outbox" },
};

START_TEST(a_replay_has_a_database_and_an_archive_of_its_own)
{
	struct config c = { .state = (char *)"/s" };
	AUTO(mem_free) char *path = config_state_path(&c, paths[_i].below);
	AUTO(mem_free) char *of_replay = NULL;

	config_use_replay(&c, "l");
	of_replay = config_state_path(&c, paths[_i].below);
	free(c.replay);
	ck_assert_str_eq(path, paths[_i].path);
	ck_assert_str_eq(of_replay, paths[_i].of_replay);
}
END_TEST

START_TEST(what_is_printed_reads_to_the_same)
{
	AUTO(config_free) struct config *c = NULL;
	AUTO(config_free) struct config *again = NULL;
	AUTO(buf_release) struct buf first = { 0 };
	AUTO(buf_release) struct buf second = { 0 };
	struct err err = ERR_INIT;

	ck_ok(load(&c,
		   "[tree \"a\"]\n\tpath = \"/srv/a;\\\"b\\\\ #.git \"\n"
		   "[lane]\n\tmaxSize = 1536 MiB\n"
		   "[build]\n\ttimeout = 90 s\n[review]\n\tscenarios = all\n"
		   "[list \"x\"]\n\turl = /srv/x\n\twatch = fs mm/a\n"
		   "[list \"y\"]\n\turl = /srv/y\n\ttrees = all\n"
		   "[series]\n\tselect = subject:\"a; b\"\n",
		   &err),
	      &err);
	print(&first, c);
	ck_ok(load(&again, buf_text(&first), &err), &err);
	ck_assert_uint_eq(again->n_keys, c->n_keys);
	ck_assert_str_eq(again->trees[0].path, "/srv/a;\"b\\ #.git ");
	print(&second, again);
	ck_assert_str_eq(buf_text(&second), buf_text(&first));
}
END_TEST

/* With EXPECT=write in the environment, the list in the file is made anew. */
START_TEST(the_shipped_file_lists_what_the_table_has)
{
	static const char path[] = "config/collider.conf";
	AUTO(buf_release) struct buf file = { 0 };
	AUTO(buf_release) struct buf list = { 0 };
	struct err err = ERR_INIT;
	char *at;

	ck_ok(fs_read(&file, path, TEXT_MAX, &err), &err);
	print(&list, NULL);
	at = strstr(file.data, "\n[");
	ck_assert_ptr_nonnull(at);
	if (support_is_writing()) {
		AUTO(mem_free)
		char *made = xasprintf("%.*s%s", (int)(at - file.data),
				       file.data, buf_text(&list));

		ck_ok(fs_write(path, made, strlen(made), &err), &err);
		return;
	}
	ck_assert_str_eq(at, buf_text(&list));
}
END_TEST

START_TEST(every_shipped_option_may_be_uncommented)
{
	AUTO(config_free) struct config *c = NULL;
	AUTO(buf_release) struct buf list = { 0 };
	AUTO(mem_free) char *text = NULL;
	struct err err = ERR_INIT;
	size_t n = 0;

	print(&list, NULL);
	text = uncomment(buf_text(&list));
	ck_ok(load(&c, text, &err), &err);
	for (size_t i = 0; i < KEYS_N; i++)
		n += keys_all[i].owner == KEY_OF_TREE ? KEYS_STANDARD_TREES : 1;
	ck_assert_uint_eq(c->n_keys, n);
}
END_TEST

TEST_MAIN("config", TEST(an_absent_file_means_defaults),
	  TEST(the_second_tree_is_there_when_its_source_or_repository_is),
	  TEST(a_named_file_must_be_there),
	  TEST(every_type_of_value_lands_in_its_field),
	  TEST(a_list_has_its_url_its_trees_and_what_it_watches),
	  TABLE(what_is_wrong_is_told_with_file_and_line, refused),
	  TABLE(trees_and_lists_have_a_ceiling, counts),
	  TEST(a_state_folder_of_the_environment_must_be_absolute),
	  TABLE(a_replay_has_a_database_and_an_archive_of_its_own, paths),
	  TEST(what_is_printed_reads_to_the_same),
	  TEST(the_shipped_file_lists_what_the_table_has),
	  TEST(every_shipped_option_may_be_uncommented))
