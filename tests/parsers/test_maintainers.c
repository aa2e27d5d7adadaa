/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/maintainers.h"

#include "tests/support/support.h"

static const char text[] =
	"	M: *Mail* patches to: FullName <address@domain>\n"
	"\n"
	"ALPHA FILESYSTEM\n"
	"M:	Ada Example <ada@example.org>\n"
	"M:	Bob, of the \"club\" <bob@example.org>\n"
	"R:	Rita Reviewer <rita@example.org>\n"
	"L:	alpha@vger.example.org\n"
	"F:	fs/alpha/\n"
	"F:	Documentation/filesystems/alpha/*\n"
	"X:	fs/alpha/tests/\n"
	"\n"
	"BETA\n"
	"M:	beta@example.org\n"
	"M:	Ada Example <ada@example.org>\n"
	"F:	fs/beta/x.c\n"
	"F:	*/beta/*\n"
	"N:	[^a-z]beta\n"
	"\n"
	"BROKEN\n"
	"M:	no address\n"
	"M:	Eve <eve@example.org>, <more@example.org\n"
	"M:	Mal <a b@example.org>\n"
	"N:	(\n"
	"F:	fs/broken/\n"
	"\n"
	"THE REST\n"
	"M:	Everybody <everybody@example.org>\n"
	"F:	*\n"
	"F:	*/\n";

static const struct {
	const char *files, *people;
} rows[] = {
	{ "fs/alpha/inode.c", "ada@example.org bob@example.org" },
	{ "fs/alpha/sub/inode.c", "ada@example.org bob@example.org" },
	{ "fs/alphabet/inode.c", "" },
	{ "fs/alpha", "" },
	{ "fs/alpha/tests/a.c", "" },
	{ "Documentation/filesystems/alpha/a.rst",
	  "ada@example.org bob@example.org" },
	{ "Documentation/filesystems/alpha/sub/a.rst", "" },
	{ "fs/beta/x.c", "beta@example.org ada@example.org" },
	{ "net/beta/y.c", "beta@example.org ada@example.org" },
	{ "net/a/beta/y.c", "beta@example.org ada@example.org" },
	{ "net/alphabeta.c", "" },
	{ "fs/alpha/a.c fs/beta/x.c",
	  "ada@example.org bob@example.org beta@example.org" },
	{ "fs/broken/x.c", "eve@example.org" },
	{ "README", "" },
	{ "", "" },
};

START_TEST(who_maintains_it_is_found_and_nobody_for_everything)
{
	AUTO(strings_release) struct strings files = { 0 };
	AUTO(strings_release) struct strings people = { 0 };
	AUTO(strings_release) struct strings want = { 0 };
	struct err err = ERR_INIT;

	strings_split(&files, rows[_i].files);
	strings_split(&want, rows[_i].people);
	ck_ok(maintainers_find(&people, text, strlen(text), &files, &err),
	      &err);
	ck_assert_uint_eq(people.n, want.n);
	for (size_t i = 0; i < want.n; i++)
		ck_assert_str_eq(people.v[i], want.v[i]);
}
END_TEST

static const struct {
	unsigned n;
	int rc;
} numbers[] = { { MAINTAINERS_MAX, 0 }, { MAINTAINERS_MAX + 1, -1 } };

START_TEST(people_have_a_ceiling)
{
	AUTO(strings_release) struct strings files = { 0 };
	AUTO(strings_release) struct strings people = { 0 };
	AUTO(buf_release) struct buf many = { 0 };
	struct err err = ERR_INIT;

	buf_init(&many, 100000);
	for (unsigned i = 0; i < numbers[_i].n; i++)
		buf_addf(&many, "M:\tu%u@example.org\n", i);
	buf_adds(&many, "F:\tfs/\n");
	strings_split(&files, "fs/a.c");
	ck_assert_int_eq(maintainers_find(&people, many.data, many.len, &files,
					  &err),
			 numbers[_i].rc);
	if (numbers[_i].rc)
		ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

TEST_MAIN("maintainers",
	  TABLE(who_maintains_it_is_found_and_nobody_for_everything, rows),
	  TABLE(people_have_a_ceiling, numbers))
