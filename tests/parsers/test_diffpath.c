/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_diffpath.c - names in a diff: quoted, doubled, and refused
 */
#include "bot/base/mem.h"
#include "parsers/diffpath.h"
#include "tests/support/support.h"

static const struct {
	const char *path;
	const char *fault; /* NULL: none */
} paths[] = {
	{ "fs/iomap/direct-io.c", NULL },
	{ "Makefile", NULL },
	{ "a b/c\td", NULL },
	{ ".gitignore", NULL },
	{ "x.git/y", NULL },
	{ "..x/...", NULL },
	{ ".gitmodules", NULL },
	{ "", "is empty" },
	{ "/etc/passwd", "is absolute" },
	{ "..", "leaves the tree by '..'" },
	{ "fs/../../x", "leaves the tree by '..'" },
	{ "fs/..", "leaves the tree by '..'" },
	{ "./x", "has a part '.'" },
	{ "fs//x", "has an empty part" },
	{ "fs/", "has an empty part" },
	{ ".git", "is inside '.git'" },
	{ ".git/hooks/post-checkout", "is inside '.git'" },
	{ "sub/.GIT/config", "is inside '.git'" },
	{ ".git. ./config", "is inside '.git'" },
	{ ".git::$INDEX_ALLOCATION/config", "is inside '.git'" },
	{ "GIT~1/config", "is inside '.git'" },
};

START_TEST(a_path_that_leaves_the_tree_is_refused)
{
	const char *fault = diffpath_fault(paths[_i].path);

	if (paths[_i].fault)
		ck_assert_str_eq(fault ? fault : "", paths[_i].fault);
	else
		ck_assert_ptr_null(fault);
}
END_TEST

START_TEST(a_path_is_as_long_as_the_kernel_takes_and_no_longer)
{
	AUTO(mem_free) char *path = xcalloc(1, DIFFPATH_MAX_LEN + 2);

	memset(path, 'x', DIFFPATH_MAX_LEN);
	ck_assert_ptr_null(diffpath_fault(path));
	path[DIFFPATH_MAX_LEN] = 'x';
	ck_assert_str_eq(diffpath_fault(path), "is too long");
}
END_TEST

static const struct {
	const char *text;
	const char *name; /* NULL: not read */
	const char *rest;
} quotes[] = {
	{ "\"a b\" c", "a b", " c" },
	{ "\"\\t\\n\\\"\\\\\"", "\t\n\"\\", "" },
	{ "\"h\\303\\251\"", "h\xc3\xa9", "" },
	{ "\"\"", "", "" },
	{ "bare", NULL, "bare" },
	{ "\"open", NULL, "\"open" },
	{ "\"\\q\"", NULL, "\"\\q\"" },
	{ "\"\\000\"", NULL, "\"\\000\"" },
	{ "\"\\400\"", NULL, "\"\\400\"" },
	{ "\"\\30\"", NULL, "\"\\30\"" },
	{ "\"a\nb\"", NULL, "\"a\nb\"" },
	{ "\"\\", NULL, "\"\\" },
};

START_TEST(a_quoted_name_is_read_whole_or_not_at_all)
{
	struct span s = span_cstr(quotes[_i].text);
	AUTO(mem_free) char *name = NULL;

	ck_assert_int_eq(diffpath_unquote(&name, &s), quotes[_i].name != NULL);
	if (quotes[_i].name)
		ck_assert_str_eq(name, quotes[_i].name);
	ck_assert(span_is(s, quotes[_i].rest));
}
END_TEST

static const struct {
	const char *names;
	const char *name; /* NULL: they stand for no one name */
} headers[] = {
	{ "a/fs/x.c b/fs/x.c", "fs/x.c" },
	{ "a/with space b/with space", "with space" },
	{ "a/x b/x b/x b/x", "x b/x" },
	{ "i/x w/x", "x" },
	{ "old-6.12/fs/x.c new/fs/x.c", "fs/x.c" },
	{ "\"a/h\\303\\251\" \"b/h\\303\\251\"", "h\xc3\xa9" },
	{ "\"a/x\" b/x", "x" },
	{ "a/x \"b/x\"", "x" },
	{ "a/x b/y", NULL },
	{ "x x", NULL },
	{ "/x /x", NULL },
	{ "a/ b/", NULL },
	{ "words in a log", NULL },
	{ "", NULL },
};

START_TEST(a_header_names_one_file_when_both_names_agree)
{
	AUTO(mem_free)
	char *name = diffpath_of_header(span_cstr(headers[_i].names));

	if (headers[_i].name)
		ck_assert_str_eq(name ? name : "", headers[_i].name);
	else
		ck_assert_ptr_null(name);
}
END_TEST

TEST_MAIN("diffpath", TABLE(a_path_that_leaves_the_tree_is_refused, paths),
	  TEST(a_path_is_as_long_as_the_kernel_takes_and_no_longer),
	  TABLE(a_quoted_name_is_read_whole_or_not_at_all, quotes),
	  TABLE(a_header_names_one_file_when_both_names_agree, headers))
