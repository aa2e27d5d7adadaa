/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Jobs on a real lane (COLLIDER_TEST_LANE): what kbuild itself makes of a
 * patch. What a hostile one may try is tests/bot/test_lab.c.
 */
#include "bot/stages/build.h"

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/run/privilege.h"
#include "tests/support/support.h"

#define SOURCE "fs/iomap/direct-io.c"

/* A view of the lane, and what the lane's own build printed. */
struct bench {
	char *dir, *log;
	struct overlay view;
	struct profile *profile;
	struct buildlog known;
	struct progress progress;
};

static void bench_release(struct bench *b)
{
	overlay_release(&b->view);
	profile_free(b->profile);
	buildlog_release(&b->known);
	free(b->log);
	free(b->dir);
}
DEFINE_AUTO_VALUE(struct bench, bench_release)

static void prepare(struct bench *b)
{
	AUTO(mem_free) char *src = NULL;
	AUTO(mem_free) char *log = NULL;
	AUTO(buf_release) struct buf text = { 0 };
	const char *lane = getenv("COLLIDER_TEST_LANE");
	struct err err = ERR_INIT;

	*b = (struct bench){ 0 };
	support_drop();
	src = xasprintf("%s/src", lane);
	log = xasprintf("%s/build.log", lane);
	b->dir = support_tmpdir();
	b->log = xasprintf("%s/build.log", b->dir);
	ck_ok(profile_read(&b->profile, "build", &err), &err);
	ck_ok(fs_read(&text, log, BUILD_MAX_LOG, &err), &err);
	buildlog_parse(&b->known, buf_text(&text), text.len, "/linux");
	ck_ok(overlay_mount(&b->view, src, b->dir, 2048, &err), &err);
	progress_start(&b->progress, NULL, "", 0);
}

/* Put @to in place of the first @from of a file of the view. */
static void edit(struct bench *b, const char *path, const char *from,
		 const char *to)
{
	AUTO(mem_free) char *full = xasprintf("%s/%s", b->view.tree, path);
	AUTO(mem_free) char *text = NULL;
	AUTO(buf_release) struct buf was = { 0 };
	struct err err = ERR_INIT;
	char *at;

	ck_ok(fs_read(&was, full, 4 << 20, &err), &err);
	at = strstr(was.data, from);
	ck_assert_msg(at != NULL, "no '%s' in %s", from, path);
	text = xasprintf("%.*s%s%s", (int)(at - was.data), was.data, to,
			 at + strlen(from));
	ck_ok(fs_write(full, text, strlen(text), &err), &err);
}

static void build(struct build_result *r, struct bench *b, const char *path,
		  bool link)
{
	AUTO(strings_release) struct strings changed = { 0 };
	size_t len = strlen(path);
	struct err err = ERR_INIT;

	strings_push(&changed, path);
	ck_ok(build_run(r,
			&(struct build_spec){
				.view = &b->view,
				.profile = b->profile,
				.arch = "um",
				.changed = &changed,
				.only_objects = path[len - 1] == 'c',
				.link = link,
				.jobs = 2,
				.timeout_s = 600,
				.memory_mib = 4096,
				.log = b->log,
				.progress = &b->progress,
			},
			&b->known, &err),
	      &err);
}

/* What an edit of one file comes to. */
static const struct {
	const char *path, *from, *to;
	bool link;
	enum build_outcome outcome;
	const char *fresh; /* text of the only new diagnostic; NULL: none */
	size_t built;	   /* at least */
	size_t unbuilt;
} edits[] = {
	{ SOURCE, "ret = -ENOTBLK;", "ret = 0;", false, BUILD_OK, NULL, 1, 0 },
	{ SOURCE, "ret = -ENOTBLK;", "ret = 0;", true, BUILD_OK, NULL, 1, 0 },
	{ SOURCE, "ret = -ENOTBLK;", "ret = nonsense;", false, BUILD_BROKEN,
	  "'nonsense' undeclared (first use in this function)", 1, 0 },
	{ SOURCE, "ret = -ENOTBLK;", "{ int extra; ret = 0; }", false, BUILD_OK,
	  "unused variable 'extra' [-Wunused-variable]", 1, 0 },
	{ "fs/nfs/file.c", "#include", "\n#include", false, BUILD_OK, NULL, 0,
	  1 },
	{ "fs/iomap/trace.h", "#include", "\n#include", false, BUILD_OK, NULL,
	  2, 0 },
	{ "fs/xfs/Kconfig", "config XFS_FS", "confg XFS_FS", false,
	  BUILD_BROKEN, NULL, 0, 0 },
};

START_TEST(an_edit_is_built_and_told)
{
	AUTO(bench_release) struct bench b;
	AUTO(build_result_release) struct build_result r = { 0 };

	prepare(&b);
	edit(&b, edits[_i].path, edits[_i].from, edits[_i].to);
	build(&r, &b, edits[_i].path, edits[_i].link);
	ck_assert_str_eq(build_outcome_name(r.outcome),
			 build_outcome_name(edits[_i].outcome));
	if (edits[_i].fresh) {
		ck_assert_uint_eq(r.fresh.n, 1);
		ck_assert_str_eq(r.fresh.v[0].text, edits[_i].fresh);
		ck_assert_str_eq(r.fresh.v[0].file, edits[_i].path);
	}
	ck_assert_uint_ge(r.built.n, edits[_i].built);
	ck_assert_uint_eq(r.unbuilt.n, edits[_i].unbuilt);
	printf("%s%s: %s in %lld ms\n", edits[_i].path,
	       edits[_i].link ? ", linked" : "", build_outcome_name(r.outcome),
	       (long long)r.ms);
}
END_TEST

START_TEST(a_symbol_that_nobody_has_breaks_the_link)
{
	AUTO(bench_release) struct bench b;
	AUTO(build_result_release) struct build_result r = { 0 };

	prepare(&b);
	edit(&b, SOURCE, "ret = -ENOTBLK;",
	     "{ extern int nobody_has(void); ret = nobody_has(); }");
	build(&r, &b, SOURCE, true);
	ck_assert_int_eq(r.outcome, BUILD_BROKEN);
	ck_assert_uint_ge(r.fresh.n, 1);
	ck_assert_msg(strstr(r.fresh.v[r.fresh.n - 1].text, "nobody_has") !=
			      NULL,
		      "%s", r.fresh.v[r.fresh.n - 1].text);
}
END_TEST

static int run_all(const struct test_case *cases, size_t n)
{
	const char *lane = getenv("COLLIDER_TEST_LANE");

	if (!lane || !fs_is_dir(lane)) {
		printf("SKIP: no lane, set COLLIDER_TEST_LANE\n");
		return 77;
	}
	return support_run("build", cases, n);
}

int main(void)
{
	const struct test_case cases[] = {
		TABLE(an_edit_is_built_and_told, edits),
		TEST(a_symbol_that_nobody_has_breaks_the_link),
	};

	return run_all(cases, ARRAY_LEN(cases));
}
