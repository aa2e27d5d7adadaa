/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_daemon.c - from a lore to a draft: `collider run` beside a list on
 * loopback that holds real threads, and gets the sample series
 *
 * The real threads are the corpus', which is no part of the project; without
 * it the list holds our own fixtures. tests/run has prepared the base.
 */
#include <dirent.h>
#include <glob.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/base/span.h"
#include "bot/mail/maildir.h"
#include "bot/store/outbox.h"
#include "bot/store/lists.h"
#include "bot/store/revisions.h"
#include "tests/support/corpus.h"
#include "tests/support/lore.h"
#include "tests/support/served.h"

#define LIST "linux-fsdevel"
#define SAMPLE "tests/fixtures/series/sample.mbox"
#define SAMPLE_FAULT "20261026.sample-2@example.org"
#define MAX_ROWS 5000
#define MAX_MBOX (1u << 20)
#define KILLS 50
#define MAX_LIFE_MS 1500

/* A list on loopback, and a daemon that follows it. */
struct scene {
	struct served served;
	struct lore lore;
	char *lore_dir;
	uint64_t n_mails; /* that the list holds */
};

static void scene_release(struct scene *s)
{
	struct err err = ERR_INIT;

	served_release(&s->served);
	lore_release(&s->lore);
	ck_ok(fs_remove_tree(s->lore_dir, &err), &err);
	free(s->lore_dir);
}
DEFINE_AUTO_VALUE(struct scene, scene_release)

/* The lane that was prepared is the daemon's, too. */
static void share_lane(const struct scene *s)
{
	const char *lane = getenv("COLLIDER_TEST_LANE");
	AUTO(mem_free) char *lanes = xasprintf("%s/lanes", s->served.state);
	AUTO(mem_free) char *link = NULL;
	struct err err = ERR_INIT;

	ck_assert_ptr_nonnull(lane);
	link = xasprintf("%s/%s", lanes, fs_name(lane));
	ck_ok(fs_mkdirs(lanes, 0755, &err), &err);
	ck_assert_int_eq(symlink(lane, link), 0);
}

static void configure(struct scene *s)
{
	AUTO(mem_free) char *url = lore_url(&s->lore, LIST);
	AUTO(mem_free)
	char *text = xasprintf("[tree \"debian-6.12\"]\n"
			       "\tpath = %s\n"
			       "[list \"" LIST "\"]\n\turl = %s\n"
			       "[follow]\n\tinterval = 5 s\n\tfirst = all\n",
			       getenv("COLLIDER_TEST_TREE"), url);

	served_init(&s->served, text);
	share_lane(s);
}

/* One feed, for each makes the list's index anew. */
static void feed_files(struct scene *s, const char *pattern)
{
	AUTO(mem_free) char *dir = xasprintf("%s/fed", s->lore_dir);
	struct err err = ERR_INIT;
	glob_t found;

	ck_ok(fs_mkdirs(dir, 0755, &err), &err);
	ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		AUTO(mem_free) char *link = xasprintf("%s/%05zu.eml", dir, i);

		ck_assert_int_eq(symlink(found.gl_pathv[i], link), 0);
	}
	printf("%zu mails\n", lore_feed_dir(&s->lore, LIST, dir));
	globfree(&found);
}

static void feed_fixtures(struct scene *s)
{
	AUTO(mem_free) char *path = xasprintf("%s/fixtures", s->lore_dir);
	AUTO(buf_release) struct buf all = { 0 };
	struct err err = ERR_INIT;
	glob_t found;

	buf_init(&all, MAX_MBOX);
	ck_assert_int_eq(
		glob("tests/fixtures/assemble/*.mbox", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		AUTO(buf_release) struct buf one = { 0 };

		ck_ok(fs_read(&one, found.gl_pathv[i], MAX_MBOX, &err), &err);
		buf_add(&all, one.data, one.len);
	}
	globfree(&found);
	ck_ok(fs_write(path, buf_text(&all), all.len, &err), &err);
	lore_feed_mbox(&s->lore, LIST, path);
}

/* All threads of the corpus, or else those of our own fixtures. */
static void feed_threads(struct scene *s)
{
	AUTO(mem_free) char *dir = NULL;
	AUTO(mem_free) char *pattern = NULL;

	if (!corpus_dir()) {
		feed_fixtures(s);
		return;
	}
	dir = realpath(corpus_dir(), NULL);
	pattern = xasprintf("%s/lists/*/*/*.eml", dir);
	feed_files(s, pattern);
}

/* As if it were sent now: each Date: of the file is another. */
static void feed_sample(struct scene *s)
{
	AUTO(mem_free) char *path = xasprintf("%s/sample", s->lore_dir);
	AUTO(buf_release) struct buf old = { 0 };
	AUTO(buf_release) struct buf new = { 0 };
	struct err err = ERR_INIT;
	time_t now = time(NULL);
	struct span rest, line;
	char date[64];
	struct tm tm;

	ck_assert_ptr_nonnull(gmtime_r(&now, &tm));
	strftime(date, sizeof(date), "Date: %a, %d %b %Y %T +0000\n", &tm);
	ck_ok(fs_read(&old, SAMPLE, MAX_MBOX, &err), &err);
	buf_init(&new, MAX_MBOX);
	for (rest = span_of(old.data, old.len); span_line(&rest, &line);) {
		if (span_starts(line, "Date: "))
			buf_adds(&new, date);
		else
			buf_addf(&new, "%.*s\n", (int)span_len(line), line.p);
	}
	ck_ok(fs_write(path, buf_text(&new), new.len, &err), &err);
	lore_feed_mbox(&s->lore, LIST, path);
}

static void set_scene(struct scene *s)
{
	static const char *const lists[] = { LIST, NULL };

	*s = (struct scene){ .lore_dir = support_tmpdir() };
	lore_start(&s->lore, s->lore_dir, lists);
	feed_threads(s);
	configure(s);
}

/* ---- what there is in the end ---- */

static void add_revisions(struct buf *out, struct store *store)
{
	AUTO(revisions_list_release) struct revisions_list all = { 0 };
	const struct revisions_which any = { 0 };
	struct err err = ERR_INIT;

	ck_ok(revisions_all(&all, store, &any, MAX_ROWS, &err), &err);
	ck_assert_uint_lt(all.n, MAX_ROWS);
	for (size_t i = 0; i < all.n; i++) {
		const struct revisions_row *r = &all.v[i];

		buf_addf(out, "revision %s %u %u/%u %s %s %s\n", r->key,
			 r->version, r->found, r->total,
			 revisions_state_name(r->state),
			 r->verdict ? r->verdict : "-",
			 r->reason ? r->reason : "-");
	}
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The files of a folder of the state, by name; how many. */
static size_t add_files(struct buf *out, const struct scene *s,
			const char *folder)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", s->served.state, folder);
	AUTO(strings_release) struct strings names = { 0 };
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			strings_push(&names, entry->d_name);
	if (dir)
		closedir(dir);
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), compare_names);
	for (size_t i = 0; i < names.n; i++)
		buf_addf(out, "%s/%s\n", folder, names.v[i]);
	return names.n;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Two runs see mails in other batches: the order of rows is of no account. */
static char *sort_lines(const struct buf *text)
{
	AUTO(strings_release) struct strings lines = { 0 };
	AUTO(buf_release) struct buf out = { 0 };
	struct span rest = span_of(text->data, text->len);
	struct span line;

	while (span_line(&rest, &line))
		strings_push_take(&lines, span_dup(line));
	if (lines.n)
		qsort(lines.v, lines.n, sizeof(*lines.v), compare_lines);
	buf_init(&out, text->len + 1);
	for (size_t i = 0; i < lines.n; i++)
		buf_addf(&out, "%s\n", lines.v[i]);
	return buf_take(&out);
}

/* Everything that a kill must not change. */
static char *describe(const struct scene *s)
{
	AUTO(store_free) struct store *store = served_store(&s->served);
	AUTO(buf_release) struct buf out = { 0 };
	struct lists_count count;
	struct err err = ERR_INIT;

	buf_init(&out, 4 * MAX_MBOX);
	ck_ok(lists_count(&count, store, LIST, &err), &err);
	buf_addf(&out, "mails %lu kept %lu waiting %lu rejected %lu\n",
		 count.seen, count.kept, count.waiting, count.rejected);
	add_revisions(&out, store);
	add_files(&out, s, "archive/cur");
	add_files(&out, s, "archive/new");
	add_files(&out, s, "archive/tmp");
	add_files(&out, s, "outbox/cur");
	ck_ok(buf_check(&out, "the description", &err), &err);
	return sort_lines(&out);
}

/*
 * Each mail is counted, and nothing is left that something could be done for.
 */
static void expect_all_is_accounted_for(const struct scene *s)
{
	AUTO(store_free) struct store *store = served_store(&s->served);
	uint64_t states[REVISIONS_STATES];
	struct lists_count count;
	struct err err = ERR_INIT;

	ck_ok(lists_count(&count, store, LIST, &err), &err);
	ck_assert_uint_gt(count.kept, 0);
	ck_assert_uint_eq(count.waiting, 0);
	ck_ok(revisions_count(states, store, &err), &err);
	for (size_t i = 0; i < REVISIONS_STATES; i++)
		printf("%-12s %lu\n",
		       revisions_state_name((enum revisions_state)i),
		       states[i]);
	ck_assert_uint_eq(states[REVISIONS_READY], 0);
	ck_assert_uint_eq(states[REVISIONS_PLACED], 0);
	ck_assert_uint_eq(states[REVISIONS_JUDGED], 0);
	ck_assert_uint_eq(states[REVISIONS_PARKED], 0);
	ck_assert_uint_gt(states[REVISIONS_ASIDE], 0);
}

static void expect_the_report(const struct scene *s)
{
	AUTO(store_free) struct store *store = served_store(&s->served);
	AUTO(outbox_list_release) struct outbox_list mails = { 0 };
	AUTO(buf_release) struct buf files = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(mem_free) char *dir = NULL;
	AUTO(mem_free) char *name = NULL;
	AUTO(mem_free) char *path = NULL;
	struct err err = ERR_INIT;

	ck_ok(outbox_all(&mails, store, 0, &err), &err);
	ck_assert_uint_eq(mails.n, 1);
	ck_assert_int_eq(mails.v[0].state, OUTBOX_HELD);
	buf_init(&files, MAX_MBOX);
	ck_assert_uint_eq(add_files(&files, s, "outbox/cur"), 1);
	dir = xasprintf("%s/outbox", s->served.state);
	name = maildir_find(dir, mails.v[0].message_id);
	ck_assert_ptr_nonnull(name);
	path = xasprintf("%s/%s", dir, name);
	ck_ok(fs_read(&mail, path, MAX_MBOX, &err), &err);
	ck_assert_ptr_nonnull(
		strstr(buf_text(&mail), "In-Reply-To: <" SAMPLE_FAULT ">"));
	ck_assert_ptr_nonnull(strstr(buf_text(&mail), "xfs"));
}

START_TEST(the_sample_among_real_threads_is_the_one_report)
{
	AUTO(scene_release) struct scene s = { 0 };
	AUTO(buf_release) struct buf log = { 0 };
	int64_t began;

	set_scene(&s);
	served_start(&s.served, NULL);
	served_wait(&s.served, "stage=assemble");
	feed_sample(&s);
	began = clock_ms();
	served_wait(&s.served, "state=done verdict=\"regression\"");
	printf("%lld ms from the arrival to the draft\n",
	       (long long)(clock_ms() - began));
	served_end(&s.served, SIGTERM, 0);
	/* it is there: nothing is done again */
	served_start(&s.served, "--once");
	served_end(&s.served, 0, 0);
	served_wait(&s.served, "runs lists=1");
	served_read(&log, &s.served);
	ck_assert_ptr_null(
		strstr(buf_text(&log) + s.served.heard, "stage=try"));
	expect_the_report(&s);
	expect_all_is_accounted_for(&s);
}
END_TEST

/* A daemon that lives for a moment; the same moments in each run of this. */
static void live_a_moment(struct scene *s)
{
	const int ms = (int)(random() % MAX_LIFE_MS);
	const struct timespec life = { ms / 1000, ms % 1000 * 1000000L };

	served_start(&s->served, NULL);
	nanosleep(&life, NULL);
	served_kill(&s->served);
}

START_TEST(killed_at_random_it_ends_the_same)
{
	AUTO(scene_release) struct scene calm = { 0 };
	AUTO(scene_release) struct scene wild = { 0 };
	AUTO(mem_free) char *expected = NULL;
	AUTO(mem_free) char *is = NULL;

	set_scene(&calm);
	feed_sample(&calm);
	served_start(&calm.served, "--once");
	served_end(&calm.served, 0, 0);
	expect_the_report(&calm);
	expected = describe(&calm);
	set_scene(&wild);
	feed_sample(&wild);
	srandom(20200528);
	for (int i = 0; i < KILLS; i++)
		live_a_moment(&wild);
	served_start(&wild.served, "--once");
	served_end(&wild.served, 0, 0);
	expect_the_report(&wild);
	is = describe(&wild);
	ck_assert_str_eq(is, expected);
}
END_TEST

int main(void)
{
	const struct test_case cases[] = {
		TEST(the_sample_among_real_threads_is_the_one_report),
		TEST(killed_at_random_it_ends_the_same),
	};

	if (!lore_is_here())
		return 77;
	if (!getenv("COLLIDER_TEST_LANE") || !getenv("COLLIDER_TEST_TREE")) {
		puts("SKIP: no base; sh tests/run prepares one");
		return 77;
	}
	return support_run("e2e/daemon", cases, ARRAY_LEN(cases));
}
