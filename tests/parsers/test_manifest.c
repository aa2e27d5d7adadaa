/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "parsers/manifest.h"
#include "tests/support/support.h"

static int parse(struct manifest **out, const char *text, const char *list,
		 struct err *err)
{
	return manifest_parse(out, text, strlen(text), list, err);
}

static const struct {
	const char *key;
	const char *list; /* the path of its URL */
	bool is_found;
} named[] = {
	{ "/linux-fsdevel/git/0.git", "linux-fsdevel", true },
	{ "/linux-fsdevel/git/0.git", "/linux-fsdevel/", true },
	{ "linux-fsdevel/git/0.git", "linux-fsdevel", true },
	{ "/lists/linux-fsdevel/git/0.git", "linux-fsdevel", true },
	{ "/linux-fsdevel/git/0.git", "/lists/linux-fsdevel", true },
	{ "/a/linux-fsdevel/git/0.git", "/b/linux-fsdevel", false },
	{ "/not-linux-fsdevel/git/0.git", "linux-fsdevel", false },
	{ "/linux-fsdevel/git/0.git", "not-linux-fsdevel", false },
	{ "/linux-fsdevel/x/git/0.git", "linux-fsdevel", false },
	{ "/linux-fsdevel/git/0.git", "", false },
	{ "/git/0.git", "git", false },
	{ "/linux-fsdevel/git/01.git", "linux-fsdevel", false },
	{ "/linux-fsdevel/git/.git", "linux-fsdevel", false },
	{ "/linux-fsdevel/0.git", "linux-fsdevel", false },
};

START_TEST(a_list_is_known_by_the_end_of_its_path)
{
	AUTO(manifest_free) struct manifest *m = NULL;
	struct err err = ERR_INIT;
	char text[200];

	snprintf(text, sizeof(text), "{ \"%s\": {} }", named[_i].key);
	ck_ok(parse(&m, text, named[_i].list, &err), &err);
	ck_assert_uint_eq(m->n, named[_i].is_found ? 1 : 0);
	if (named[_i].is_found)
		ck_assert_str_eq(m->v[0].path, named[_i].key);
}
END_TEST

START_TEST(an_epoch_is_found_by_its_number_alone)
{
	AUTO(manifest_free) struct manifest *m = NULL;
	struct err err = ERR_INIT;

	ck_ok(parse(&m,
		    "{ \"/x/git/10.git\": {}, \"/x/git/2.git\": {},"
		    " \"/x/git/0.git\": {} }",
		    "x", &err),
	      &err);
	ck_assert_uint_eq(m->n, 3);
	ck_assert_str_eq(m->v[2].path, "/x/git/10.git");
	ck_assert_str_eq(manifest_find(m, 2)->path, "/x/git/2.git");
	ck_assert_ptr_null(manifest_find(m, 1));
}
END_TEST

static const char *const refused[] = {
	"/../git/0.git",
	"..",
	"/linux-fsdevel/..",
	"/./git/0.git",
	"//linux/git/0.git",
	"/linux/",
	"",
	"/",
	"/a\\u0007b",
	"/a\\nb/git/0.git",
	"../../etc",
};

START_TEST(a_path_that_is_none_refuses_the_whole_manifest)
{
	struct manifest *m = NULL;
	struct err err = ERR_INIT;
	char text[200];

	snprintf(text, sizeof(text), "{ \"/x/git/0.git\": {}, \"%s\": {} }",
		 refused[_i]);
	ck_assert_int_eq(parse(&m, text, "x", &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(err.msg, "in the manifest is no path"));
	ck_assert_ptr_null(m);
}
END_TEST

static void add_repos(struct buf *text, size_t n)
{
	buf_adds(text, "{ \"/x/git/0.git\": {}");
	for (size_t i = 1; i < n; i++)
		buf_addf(text, ", \"/%zu\": {}", i);
	buf_adds(text, " }");
}

static void add_path(struct buf *text, size_t len)
{
	buf_adds(text, "{ \"/");
	for (size_t i = 1; i < len; i++)
		buf_addc(text, 'x');
	buf_adds(text, "\": {} }");
}

static void add_bytes(struct buf *text, size_t len)
{
	buf_adds(text, "{}");
	while (text->len < len)
		buf_addc(text, ' ');
}

static void add_epoch(struct buf *text, size_t n)
{
	buf_addf(text, "{ \"/x/git/%zu.git\": {} }", n);
}

static const struct {
	void (*fill)(struct buf *text, size_t n);
	size_t most;
	const char *says;
} ceilings[] = {
	{ add_repos, MANIFEST_MAX_REPOS,
	  "the manifest has more than 100000 repositories" },
	{ add_path, MANIFEST_MAX_PATH,
	  "a path in the manifest has more than 512 bytes" },
	{ add_bytes, MANIFEST_MAX_SIZE,
	  "the manifest is larger than 16777216 bytes" },
	{ add_epoch, MANIFEST_MAX_EPOCHS - 1,
	  "'/x/git/1000.git' is past epoch 999" },
};

START_TEST(a_ceiling_holds_at_the_limit_and_one_past_it)
{
	for (size_t past = 0; past < 2; past++) {
		AUTO(manifest_free) struct manifest *m = NULL;
		AUTO(buf_release) struct buf text = { 0 };
		struct err err = ERR_INIT;
		int rc;

		buf_init(&text, (size_t)MANIFEST_MAX_SIZE * 2);
		ceilings[_i].fill(&text, ceilings[_i].most + past);
		rc = manifest_parse(&m, buf_text(&text), text.len, "x", &err);
		ck_assert_str_eq(err.msg, past ? ceilings[_i].says : "");
		ck_assert_int_eq(rc, past ? -1 : 0);
		ck_assert_int_eq(err.kind, past ? ERR_LIMIT : ERR_NONE);
	}
}
END_TEST

static void dump(struct buf *out, const char *bytes, size_t len)
{
	AUTO(manifest_free) struct manifest *m = NULL;
	struct err err = ERR_INIT;

	if (manifest_parse(&m, bytes, len, "linux-fsdevel", &err) < 0) {
		buf_addf(out, "%s: %s\n", err_kind_name(err.kind), err.msg);
		return;
	}
	buf_addf(out, "%zu epochs\n", m->n);
	for (size_t i = 0; i < m->n; i++)
		buf_addf(out, "%u %s modified %" PRId64 " fingerprint '%s'\n",
			 m->v[i].n, m->v[i].path, m->v[i].modified,
			 m->v[i].fingerprint);
}

START_TEST(golden_manifests_are_read_as_expected)
{
	support_golden("manifest", ".js", dump);
}
END_TEST

TEST_MAIN("manifest", TABLE(a_list_is_known_by_the_end_of_its_path, named),
	  TEST(an_epoch_is_found_by_its_number_alone),
	  TABLE(a_path_that_is_none_refuses_the_whole_manifest, refused),
	  TABLE(a_ceiling_holds_at_the_limit_and_one_past_it, ceilings),
	  TEST(golden_manifests_are_read_as_expected))
