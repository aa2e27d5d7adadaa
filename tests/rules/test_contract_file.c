/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/contract_file.h"

#include "tests/support/support.h"

static const struct contract_file own = { .name = "xfs.conf",
					  .of = "xfs",
					  .filesystem = "xfs" };

static int parse(struct contracts *out, const char *text, struct err *err)
{
	char *like = NULL;
	int rc = contract_file_parse(out, &like, &own, text, strlen(text), err);

	free(like);
	return rc;
}

#define REST "says = a write is done whole\nsource = fs/x/x_file.c:x_write\n"
#define ENTRY(lines) "[a]\n" lines REST

static const struct {
	const char *text;
	const char *says;
} refused[] = {
	{ "scenarios = C01\n",
	  "xfs.conf:1: before the first section: 'scenarios = C01'" },
	{ "[a]\nexpects = x\n", "xfs.conf:2: unknown key 'expects'" },
	{ "[a]\nexpect = cache\n", "xfs.conf:2: 'is' is missing: ''" },
	{ "[a]\nexpect = cache D16\n", "xfs.conf:2: 'is' is missing: ' D16'" },
	{ "[a]\nexpect = cache is\n", "xfs.conf:2: a value is missing: ' is'" },
	{ "[a]\nexpect = cache is D16 z16\n",
	  "xfs.conf:2: 'or' is missing: 'z16'" },
	{ "[a]\nexpect = cache is akked\n", "xfs.conf:2: no value: 'akked'" },
	{ "[a]\nexpect = Cache is D16\n",
	  "xfs.conf:2: no field: 'Cache is D16'" },
	{ "[a]\nscenarios = c01\n", "xfs.conf:2: no scenario: 'c01'" },
	{ "[a]\nsource = somebody said so\n",
	  "xfs.conf:2: no source: 'somebody said so'" },
	{ "[a]\nsource = commit 60263d5 (\"too short\")\n",
	  "xfs.conf:2: no source: 'commit 60263d5 (\"too short\")'" },
	{ "[a]\nsays =\n", "xfs.conf:2: no value for 'says'" },
	{ "[a]\nsays = x\nsays = y\n", "xfs.conf:3: says is there twice: 'y'" },
	{ "[a\n", "xfs.conf:1: no section: '[a'" },
	{ "[]\n", "xfs.conf:1: no section: '[]'" },
	{ "[\n", "xfs.conf:1: no section: '['" },
	{ "[Big]\n", "xfs.conf:1: no section: '[Big]'" },
	{ "like = xfs\n", "xfs.conf:1: no filesystem to be like: 'xfs'" },
	{ "like =\n", "xfs.conf:1: no filesystem to be like: ''" },
	{ "like = ext2\nlike = ext4\n", "xfs.conf:2: one step, once: 'ext4'" },
	{ "[a]\nlike = ext2\n", "xfs.conf:2: unknown key 'like'" },
	{ "[a]\nscenarios = all C01\n", "xfs.conf:2: 'but' is missing: 'C01'" },
	{ "[a]\nscenarios = all but\n", "xfs.conf:2: no scenario: ''" },
	{ "[a]\nscenarios = C01 but C02 but C03\n",
	  "xfs.conf:2: 'but' is there twice: 'C01 but C02 but C03'" },
	{ "[a]\nscenarios = C*1\n", "xfs.conf:2: no scenario: 'C*1'" },
	{ "[a]\nscenarios = *\n", "xfs.conf:2: no scenario: '*'" },
	{ "[a]\nscenarios = C01\nscenarios = C02\n",
	  "xfs.conf:3: scenarios is there twice: 'C02'" },
	{ "[a]\nfilesystems = Xfs\n", "xfs.conf:2: no filesystem: 'Xfs'" },
	{ "[a]\ntree = direct-io.c has x\n",
	  "xfs.conf:2: no file: 'direct-io.c has x'" },
	{ "[a]\ntree = fs/a.c is x\n",
	  "xfs.conf:2: neither 'has' nor 'lacks' a text: 'fs/a.c is x'" },
	{ "[a]\ntree = fs/a.c has\n",
	  "xfs.conf:2: neither 'has' nor 'lacks' a text: 'fs/a.c has'" },
	{ "[a]\nexcept = C01\n", "xfs.conf:2: no 'scenarios: reason': 'C01'" },
	{ "[a]\nexcept = C01:\n",
	  "xfs.conf:2: no 'scenarios: reason': 'C01:'" },
	{ "[a]\nexcept = C01 on Xfs: x\n", "xfs.conf:2: no filesystem: 'Xfs'" },
	{ "[a]\nsource = fs/a.c:f on Xfs\n",
	  "xfs.conf:2: no filesystem: 'Xfs'" },
	{ "[a]\nsource = fs/a.c:f and so on\n",
	  "xfs.conf:2: no source: 'fs/a.c:f and so on'" },
	{ "[a]\nexpect = size is 1\nsays = x\nsource = fs/a.c:f on ext4\n",
	  "xfs.conf:1: 'xfs/a' has no 'source'" },
	{ "[a]\nexcept = c01: x\n", "xfs.conf:2: no scenario: 'c01'" },
	{ "words\n", "xfs.conf:1: no 'key = value': 'words'" },
	{ ENTRY(""), "xfs.conf:1: 'xfs/a' has no 'expect'" },
	{ "[a]\nexpect = size is 1\nsource = <a@b>\n",
	  "xfs.conf:1: 'xfs/a' has no 'says'" },
	{ "[a]\nexpect = size is 1\nsays = x\n",
	  "xfs.conf:1: 'xfs/a' has no 'source'" },
	{ ENTRY("expect = size is 1\n") "[a]\n",
	  "xfs.conf:5: there twice: 'xfs/a'" },
};

START_TEST(what_is_not_understood_is_refused_with_file_and_line)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(parse(&all, refused[_i].text, &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.msg, refused[_i].says);
	ck_assert_uint_eq(all.n, 0);
}
END_TEST

START_TEST(a_refused_file_leaves_the_list_as_it_was)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	struct err err = ERR_INIT;

	ck_ok(parse(&all, ENTRY("expect = size is 1\n"), &err), &err);
	ck_assert_int_eq(parse(&all, "[b]\nsays = x\n", &err), -1);
	ck_assert_uint_eq(all.n, 1);
	ck_assert_str_eq(all.v[0].id, "xfs/a");
}
END_TEST

/* @n words after "expect = size is 1", each a further value. */
static int parse_words(struct contracts *out, size_t n, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, 100000);
	buf_adds(&text, "[a]\nsays = x\nsource = <a@b>\nexpect = size is 1");
	for (size_t i = 1; i < n; i++)
		buf_adds(&text, " or 1");
	return parse(out, buf_text(&text), err);
}

START_TEST(a_line_has_a_ceiling)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	struct err err = ERR_INIT;

	ck_ok(parse_words(&all, CONTRACT_FILE_MAX_WORDS, &err), &err);
	contracts_release(&all);
	ck_assert_int_eq(parse_words(&all, CONTRACT_FILE_MAX_WORDS + 1, &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	ck_assert_str_eq(err.msg, "xfs.conf:4: more than 64 words");
}
END_TEST

START_TEST(a_list_has_a_ceiling)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;

	buf_init(&text, CONTRACT_FILE_MAX_BYTES);
	for (int i = 0; i < CONTRACT_FILE_MAX_ENTRIES; i++)
		buf_addf(&text,
			 "[a%d]\nsays = x\nsource = <a@b>\n"
			 "expect = size is 1\n",
			 i);
	ck_ok(parse(&all, buf_text(&text), &err), &err);
	ck_assert_uint_eq(all.n, CONTRACT_FILE_MAX_ENTRIES);
	ck_assert_int_eq(parse(&all, "[b]\n", &err), -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	ck_assert_uint_eq(all.n, CONTRACT_FILE_MAX_ENTRIES);
}
END_TEST

/* What a file says to one that is asked about @filesystem, like @like. */
static void read_for(struct contracts *out, const char *of,
		     const char *filesystem, const char *like, const char *text)
{
	const struct contract_file file = { .name = "x.conf",
					    .of = of,
					    .filesystem = filesystem,
					    .like = like };
	struct err err = ERR_INIT;

	ck_ok(contract_file_parse(out, NULL, &file, text, strlen(text), &err),
	      &err);
}

static const struct {
	const char *filesystems;
	const char *filesystem, *like;
	size_t n;
} about[] = {
	{ "all", "xfs", NULL, 1 },
	{ "xfs ext4", "xfs", NULL, 1 },
	{ "ext4", "xfs", NULL, 0 },
	{ "xfs", "xfs1k", "xfs", 1 },
	{ "xfs", "xfs1k", NULL, 0 },
	{ "all but xfs", "xfs", NULL, 0 },
	{ "all but xfs", "xfs1k", "xfs", 0 },
	{ "all but xfs1k", "xfs", NULL, 1 },
	{ "xfs but xfs1k", "xfs1k", "xfs", 0 },
};

START_TEST(a_section_is_of_its_filesystems_and_of_their_variants)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(mem_free) char *text = NULL;

	text = xasprintf("[a]\nfilesystems = %s\nexpect = size is 1\n" REST,
			 about[_i].filesystems);
	read_for(&all, "common", about[_i].filesystem, about[_i].like, text);
	ck_assert_uint_eq(all.n, about[_i].n);
	if (all.n > 0)
		ck_assert_str_eq(all.v[0].filesystem, about[_i].filesystem);
}
END_TEST

START_TEST(the_nearest_file_wins_by_name)
{
	AUTO(contracts_release) struct contracts all = { 0 };

	read_for(&all, "xfs1k", "xfs1k", NULL, ENTRY("expect = size is 1\n"));
	read_for(
		&all, "xfs", "xfs1k", "xfs",
		ENTRY("expect = size is 2\n") "[b]\nexpect = size is 2\n" REST);
	read_for(&all, "common", "xfs1k", "xfs",
		 "[b]\nexpect = size is 3\n" REST
		 "[c]\nexpect = size is 3\n" REST);
	read_for(&all, "ext4", "ext4", NULL, ENTRY("expect = size is 4\n"));
	ck_assert_uint_eq(all.n, 4);
	ck_assert_str_eq(all.v[0].id, "xfs1k/a");
	ck_assert_str_eq(all.v[1].id, "xfs1k/b");
	ck_assert_str_eq(all.v[1].of, "xfs");
	ck_assert_str_eq(all.v[2].id, "xfs1k/c");
	ck_assert_str_eq(all.v[2].of, "common");
	ck_assert_str_eq(all.v[3].id, "ext4/a");
}
END_TEST

START_TEST(a_variant_says_what_it_is_like_and_that_may_not_say_it_again)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	const struct contract_file file = { "xfs1k.conf", "xfs1k", "xfs1k",
					    NULL };
	AUTO(mem_free) char *like = NULL;
	struct err err = ERR_INIT;

	ck_ok(contract_file_parse(&all, &like, &file, "like = xfs\n", 11, &err),
	      &err);
	ck_assert_str_eq(like, "xfs");
	ck_assert_int_eq(contract_file_parse(&all, NULL, &file, "like = xfs\n",
					     11, &err),
			 -1);
	ck_assert_str_eq(err.msg, "xfs1k.conf:1: one step, once: 'xfs'");
}
END_TEST

START_TEST(an_exception_elsewhere_is_none_here)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	static const char text[] =
		ENTRY("expect = size is 1\nexcept = C01 on xfs ext4: x\n"
		      "except = C02 on all but xfs: y\nexcept = C03: z\n");

	read_for(&all, "common", "xfs1k", "xfs", text);
	ck_assert_uint_eq(all.v[0].exceptions.n, 2);
	ck_assert_str_eq(all.v[0].exceptions.v[0].why, "x");
	ck_assert_str_eq(all.v[0].exceptions.v[1].why, "z");
	read_for(&all, "common", "btrfs", NULL, text);
	ck_assert_uint_eq(all.v[1].exceptions.n, 2);
	ck_assert_str_eq(all.v[1].exceptions.v[0].why, "y");
}
END_TEST

START_TEST(a_source_may_be_of_some_filesystems)
{
	AUTO(contracts_release) struct contracts all = { 0 };

	read_for(&all, "common", "xfs1k", "xfs",
		 "[a]\nexpect = size is 1\nsays = x\n"
		 "source = fs/a.c:f on ext4\nsource = fs/b.c:f on xfs ext4\n"
		 "source = commit 0123456789ab (\"x: y on z\")\n");
	ck_assert_uint_eq(all.v[0].sources.n, 2);
	ck_assert_str_eq(all.v[0].sources.v[0], "fs/b.c:f");
	ck_assert_str_eq(all.v[0].sources.v[1],
			 "commit 0123456789ab (\"x: y on z\")");
}
END_TEST

START_TEST(conditions_are_read_to_the_end_of_the_line)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	struct err err = ERR_INIT;

	ck_ok(parse(&all,
		    ENTRY("expect = size is 1\n"
			  "tree = fs/iomap/direct-io.c lacks ret = -ENOTBLK;\n"
			  "tree = fs/a.c has f\n"),
		    &err),
	      &err);
	ck_assert_uint_eq(all.v[0].tree.n, 2);
	ck_assert_str_eq(all.v[0].tree.v[0].text, "ret = -ENOTBLK;");
	ck_assert(all.v[0].tree.v[0].is_lacking);
	ck_assert_str_eq(all.v[0].tree.v[1].path, "fs/a.c");
	ck_assert(!all.v[0].tree.v[1].is_lacking);
}
END_TEST

TEST_MAIN("contract_file",
	  TABLE(what_is_not_understood_is_refused_with_file_and_line, refused),
	  TEST(a_refused_file_leaves_the_list_as_it_was),
	  TEST(a_line_has_a_ceiling), TEST(a_list_has_a_ceiling),
	  TABLE(a_section_is_of_its_filesystems_and_of_their_variants, about),
	  TEST(the_nearest_file_wins_by_name),
	  TEST(a_variant_says_what_it_is_like_and_that_may_not_say_it_again),
	  TEST(an_exception_elsewhere_is_none_here),
	  TEST(a_source_may_be_of_some_filesystems),
	  TEST(conditions_are_read_to_the_end_of_the_line))
