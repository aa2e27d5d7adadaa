/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/promises.h"

#include "bot/base/fs.h"
#include "bot/stages/catalogue.h"
#include "tests/support/run.h"
#include "tests/support/support.h"

#define DIR COLLIDER_DATA "/rules/contracts"

static int read_them(struct contracts *out, const char *dir,
		     const char *filesystems, struct err *err)
{
	AUTO(strings_release) struct strings list = { 0 };

	strings_split(&list, filesystems);
	return promises_read(out, dir, &list, err);
}

START_TEST(common_promises_come_after_those_of_the_filesystem)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	struct err err = ERR_INIT;

	ck_ok(read_them(&all, DIR, "xfs", &err), &err);
	ck_assert_uint_gt(all.n, 2);
	ck_assert_str_eq(all.v[0].of, "xfs");
	ck_assert_str_eq(all.v[all.n - 1].of, "common");
	for (size_t i = 0; i < all.n; i++)
		ck_assert_str_eq(all.v[i].filesystem, "xfs");
}
END_TEST

static const char *const strangers[] = { "minix", "../contracts/xfs", "xfs,x" };

START_TEST(a_filesystem_without_a_contract_is_refused_by_name)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(read_them(&all, COLLIDER_DATA "/rules/contracts",
				   strangers[_i], &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.msg, "no contract for '"));
	ck_assert_uint_eq(all.n, 0);
}
END_TEST

START_TEST(a_contract_that_cannot_be_read_names_its_file_and_line)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *path = xasprintf("%s/xfs.conf", dir);
	AUTO(mem_free) char *says = xasprintf("%s:2: unknown key 'b'", path);
	struct err err = ERR_INIT;

	ck_ok(fs_write(path, "[a]\nb = c\n", 10, &err), &err);
	ck_assert_int_eq(read_them(&all, dir, "xfs", &err), -1);
	ck_assert_str_eq(err.msg, says);
	err = (struct err)ERR_INIT;
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

static void write_contract(const char *dir, const char *filesystem,
			   const char *text)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s.conf", dir, filesystem);
	struct err err = ERR_INIT;

	ck_ok(fs_write(path, text, strlen(text), &err), &err);
}

#define REST "says = x\nsource = <a@b>\n"

START_TEST(a_variant_has_what_it_is_like_has_and_its_own_before_it)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(mem_free) char *dir = support_tmpdir();
	struct err err = ERR_INIT;

	write_contract(dir, "xfs",
		       "[a]\nexpect = size is 1\n" REST
		       "[b]\nexpect = size is 1\n" REST);
	write_contract(dir, "xfs1k",
		       "like = xfs\n[b]\nexpect = size is 2\n" REST);
	write_contract(dir, "common",
		       "[c]\nfilesystems = xfs\nexpect = size is 3\n" REST);
	ck_ok(read_them(&all, dir, "xfs1k", &err), &err);
	ck_assert_uint_eq(all.n, 3);
	ck_assert_str_eq(all.v[0].id, "xfs1k/b");
	ck_assert_str_eq(all.v[1].id, "xfs1k/a");
	ck_assert_str_eq(all.v[2].id, "xfs1k/c");
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

#define TREE                                                             \
	"cd $dir && git init -q repo && cd repo && mkdir -p fs/iomap &&" \
	" echo 'ret = kiocb_invalidate_pages(iocb);' > fs/iomap/d.c &&"  \
	" git add . && git -c user.name=a -c user.email=a@b commit -qm x"

static const struct {
	const char *conditions;
	bool is_in_force;
} conditions[] = {
	{ "", true },
	{ "tree = fs/iomap/d.c has kiocb_invalidate_pages\n", true },
	{ "tree = fs/iomap/d.c has ret = kiocb\n", true },
	{ "tree = fs/iomap/d.c lacks kiocb_invalidate_pages\n", false },
	{ "tree = fs/iomap/d.c lacks invalidate_inode_pages2\n", true },
	{ "tree = fs/iomap/gone.c has x\n", false },
	{ "tree = fs/iomap/gone.c lacks x\n", true },
	{ "tree = fs/iomap has x\n", false },
	{ "tree = fs/iomap/d.c has ret\ntree = fs/iomap/d.c has iocb\n", true },
	{ "tree = fs/iomap/d.c has ret\ntree = fs/iomap/d.c has x\n", false },
};

START_TEST(a_contract_is_in_force_where_the_tree_has_what_it_depends_on)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(run_release) struct run run = { 0 };
	AUTO(tree_free) struct tree *tree = NULL;
	AUTO(mem_free) char *repo = NULL;
	AUTO(mem_free) char *scratch = NULL;
	AUTO(mem_free) char *text = NULL;
	char commit[TREE_HEX_LEN + 1];
	struct err err = ERR_INIT;

	run_shell(&run, TREE);
	ck_assert_msg(run.exit_code == 0, RUN_SAID(&run));
	repo = xasprintf("%s/repo", run.dir);
	scratch = xasprintf("%s/scratch.git", run.dir);
	ck_ok(tree_open(&tree, "t", repo, scratch, &err), &err);
	ck_ok(tree_resolve(commit, tree, "HEAD", &err), &err);
	text = xasprintf("[a]\n%sexpect = size is 1\n" REST,
			 conditions[_i].conditions);
	write_contract(run.dir, "xfs", text);
	write_contract(run.dir, "common", "");
	ck_ok(read_them(&all, run.dir, "xfs", &err), &err);
	for (int times = 0; times < 2; times++) {
		ck_ok(promises_settle(&all, tree, commit, &err), &err);
		ck_assert(all.v[0].is_in_force == conditions[_i].is_in_force);
		all.v[0].is_in_force = !all.v[0].is_in_force;
	}
}
END_TEST

static void read_all(struct contracts *out, struct catalogue *catalogue)
{
	AUTO(strings_release) struct strings filesystems = { 0 };
	struct err err = ERR_INIT;

	ck_ok(promises_list(&filesystems, DIR, &err), &err);
	ck_ok(promises_read(out, DIR, &filesystems, &err), &err);
	ck_ok(catalogue_read(catalogue, COLLIDER_BUILD "/collide", &err), &err);
}

/* Each word names a scenario of the catalogue, or begins some. */
static void assert_known(const struct contract *c, const struct strings *words,
			 const struct catalogue *catalogue)
{
	for (size_t i = 0; i < words->n; i++) {
		struct contract_names one = { { &words->v[i], 1 }, { 0 } };
		size_t n = 0;

		for (size_t k = 0; k < catalogue->n; k++)
			n += contract_names_have(&one, catalogue->v[k].id);
		ck_assert_msg(n > 0, "%s: no scenario '%s'", c->id,
			      words->v[i]);
	}
}

/* And those that run free, which contracts are about, too. */
static void add_soaks(struct catalogue *to)
{
	struct catalogue soaks = { 0 };
	struct err err = ERR_INIT;

	ck_ok(catalogue_read_soaks(&soaks, COLLIDER_BUILD "/collide", &err),
	      &err);
	to->v = xreallocarray(to->v, to->n + soaks.n, sizeof(*to->v));
	for (size_t i = 0; i < soaks.n; i++)
		to->v[to->n++] = soaks.v[i];
	free(soaks.v);
}

START_TEST(every_scenario_that_is_named_is_one_of_the_catalogue)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(catalogue_release) struct catalogue catalogue = { 0 };

	read_all(&all, &catalogue);
	add_soaks(&catalogue);
	for (size_t i = 0; i < all.n; i++) {
		const struct contract *c = &all.v[i];

		assert_known(c, &c->scenarios.only, &catalogue);
		assert_known(c, &c->scenarios.but, &catalogue);
		for (size_t k = 0; k < c->exceptions.n; k++)
			assert_known(c, &c->exceptions.v[k].scenarios.only,
				     &catalogue);
	}
}
END_TEST

static bool is_promised(const struct contracts *all, const char *filesystem,
			const char *scenario)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].scenarios.only.n > 0 &&
		    strcmp(all->v[i].filesystem, filesystem) == 0 &&
		    contract_names_have(&all->v[i].scenarios, scenario))
			return true;
	return false;
}

START_TEST(every_pair_has_a_promise_that_names_its_scenario)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(catalogue_release) struct catalogue catalogue = { 0 };

	read_all(&all, &catalogue);
	for (size_t i = 0; i < catalogue.n; i++) {
		const struct catalogue_entry *e = &catalogue.v[i];

		for (size_t k = 0; k < e->filesystems.n; k++)
			ck_assert_msg(is_promised(&all, e->filesystems.v[k],
						  e->id),
				      "%s %s", e->filesystems.v[k], e->id);
	}
}
END_TEST

TEST_MAIN("promises", TEST(common_promises_come_after_those_of_the_filesystem),
	  TABLE(a_filesystem_without_a_contract_is_refused_by_name, strangers),
	  TEST(a_contract_that_cannot_be_read_names_its_file_and_line),
	  TEST(a_variant_has_what_it_is_like_has_and_its_own_before_it),
	  TABLE(a_contract_is_in_force_where_the_tree_has_what_it_depends_on,
		conditions),
	  TEST(every_scenario_that_is_named_is_one_of_the_catalogue),
	  TEST(every_pair_has_a_promise_that_names_its_scenario))
