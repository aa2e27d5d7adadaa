/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/gitconfig.h"

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "tests/support/support.h"

static void dump(struct buf *out, const char *text, size_t len)
{
	AUTO(gitconfig_free) struct gitconfig *c = NULL;
	struct err err = ERR_INIT;

	if (gitconfig_parse(&c, "FILE", text, len, &err) < 0) {
		buf_addf(out, "%s: %s\n", err_kind_name(err.kind), err.msg);
		return;
	}
	for (size_t i = 0; i < c->n; i++) {
		const struct gitconfig_entry *e = &c->v[i];

		buf_addf(out, "%u: [%s]", gitconfig_line(c, i), e->section);
		if (e->subsection)
			buf_addf(out, " \"%s\"", e->subsection);
		buf_addf(out, " %s", e->key);
		if (e->value)
			buf_addf(out, " = <%s>", e->value);
		buf_addc(out, '\n');
	}
}

START_TEST(fixtures_read_as_expected)
{
	support_golden("gitconfig", ".conf", dump);
}
END_TEST

static const struct {
	const char *text;
	const char *says;
} refused[] = {
	{ "[include]\n\tpath = /etc/passwd\n",
	  "f:1: no includes: one file holds the whole configuration" },
	{ "\n[INCLUDE] path = /etc/passwd\n",
	  "f:2: no includes: one file holds the whole configuration" },
	{ "[includeIf \"gitdir:/\"]\n\tpath = /etc/passwd\n",
	  "f:1: no includes: one file holds the whole configuration" },
	{ "[a] [include] path = /etc/passwd\n",
	  "f:1: no includes: one file holds the whole configuration" },
	{ "[a]\nb = \"\n[include]\npath = /etc/passwd\n",
	  "f:3: no includes: one file holds the whole configuration" },
	{ "# odd\\\n[include]\npath = /etc/passwd\n",
	  "f:2: no includes: one file holds the whole configuration" },
	{ "[lane]\n\tarch = um\n[lane\n",
	  "f:3: missing ']' in section header" },
	{ "[lane]\n\tar_ch = um\n", "f:2: invalid configuration key" },
	{ "[lane]\n\tarch = \"u\\m\"\n", "f:2: invalid escape at m\"" },
};

START_TEST(what_is_refused_is_refused_with_its_line)
{
	AUTO(gitconfig_free) struct gitconfig *c = NULL;
	struct err err = ERR_INIT;
	const char *text = refused[_i].text;

	ck_assert_int_eq(gitconfig_parse(&c, "f", text, strlen(text), &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_msg(strncmp(err.msg, refused[_i].says,
			      strlen(refused[_i].says)) == 0,
		      "%s", err.msg);
	ck_assert_ptr_null(c);
}
END_TEST

START_TEST(a_nul_byte_is_refused_with_its_line)
{
	static const char text[] = "[lane]\n\tarch = u\0m\n";
	AUTO(gitconfig_free) struct gitconfig *c = NULL;
	struct err err = ERR_INIT;

	ck_assert_int_eq(gitconfig_parse(&c, "f", text, sizeof(text) - 1, &err),
			 -1);
	ck_assert_str_eq(err.msg, "f:2: a NUL byte");
}
END_TEST

START_TEST(an_included_file_is_never_opened)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *bait = xasprintf("%s/bait", dir);
	AUTO(mem_free) char *text = NULL;
	AUTO(gitconfig_free) struct gitconfig *c = NULL;
	struct err err = ERR_INIT;

	/* libgit2 would fail on its content; we must not get that far. */
	ck_ok(fs_write(bait, "[broken\n", 8, &err), &err);
	text = xasprintf("[a] # [b\n[include]\npath = %s\n", bait);
	ck_assert_int_eq(gitconfig_parse(&c, "f", text, strlen(text), &err),
			 -1);
	ck_assert_ptr_nonnull(strstr(err.msg, "no includes"));
	err = (struct err)ERR_INIT;
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

static const struct {
	size_t bytes;
	int rc;
} sizes[] = {
	{ GITCONFIG_MAX_SIZE, 0 },
	{ GITCONFIG_MAX_SIZE + 1, -1 },
};

START_TEST(size_has_a_ceiling)
{
	AUTO(mem_free) char *text = xmalloc(sizes[_i].bytes);
	AUTO(gitconfig_free) struct gitconfig *c = NULL;
	struct err err = ERR_INIT;

	memset(text, '\n', sizes[_i].bytes);
	ck_assert_int_eq(gitconfig_parse(&c, "f", text, sizes[_i].bytes, &err),
			 sizes[_i].rc);
	if (sizes[_i].rc < 0)
		ck_assert_str_eq(err.msg, "f: larger than 262144 bytes");
}
END_TEST

static const struct {
	size_t n;
	int rc;
} counts[] = {
	{ GITCONFIG_MAX_ENTRIES, 0 },
	{ GITCONFIG_MAX_ENTRIES + 1, -1 },
};

START_TEST(entries_have_a_ceiling)
{
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(gitconfig_free) struct gitconfig *c = NULL;
	struct err err = ERR_INIT;

	buf_init(&text, GITCONFIG_MAX_SIZE);
	buf_adds(&text, "[a]\n");
	for (size_t i = 0; i < counts[_i].n; i++)
		buf_adds(&text, "b = c\n");
	ck_assert_int_eq(gitconfig_parse(&c, "f", text.data, text.len, &err),
			 counts[_i].rc);
	if (counts[_i].rc < 0)
		ck_assert_str_eq(err.msg, "f:4098: more than 4096 settings");
	else
		ck_assert_uint_eq(gitconfig_line(c, counts[_i].n - 1),
				  counts[_i].n + 1);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_a_matter_of_configuration)
{
	AUTO(gitconfig_free) struct gitconfig *c = NULL;
	struct err err = ERR_INIT;

	ck_assert_int_eq(gitconfig_read(&c, "/nonexistent/f", &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.msg, "cannot open '/nonexistent/f': No such file "
				  "or directory");
}
END_TEST

TEST_MAIN("gitconfig", TEST(fixtures_read_as_expected),
	  TABLE(what_is_refused_is_refused_with_its_line, refused),
	  TEST(a_nul_byte_is_refused_with_its_line),
	  TEST(an_included_file_is_never_opened),
	  TABLE(size_has_a_ceiling, sizes),
	  TABLE(entries_have_a_ceiling, counts),
	  TEST(a_file_that_is_not_there_is_a_matter_of_configuration))
