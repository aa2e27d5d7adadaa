/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_orders.c - the author of the sample series answers the report on it: a
 * patch of his is tried on top, and what he calls unrelated is not told of v3
 *
 * tests/run has prepared the base. The list is on the disk, the mail server one
 * of ours.
 */
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/base/span.h"
#include "bot/store/outbox.h"
#include "bot/store/revisions.h"
#include "tests/support/epoch.h"
#include "tests/support/rude.h"
#include "tests/support/served.h"
#include "tests/support/signer.h"

#define SAMPLE "tests/fixtures/series/sample.mbox"
#define FROM_LINE "From mboxrd@z"
#define MAX_MBOX (1u << 20)

/* What undoes the fault of the second patch. */
#define CURE                                                             \
	"#collider test\n\n"                                             \
	"diff --git a/fs/iomap/direct-io.c b/fs/iomap/direct-io.c\n"     \
	"--- a/fs/iomap/direct-io.c\n"                                   \
	"+++ b/fs/iomap/direct-io.c\n"                                   \
	"@@ -675,7 +675,7 @@ __iomap_dio_rw(struct kiocb *iocb, struct " \
	"iov_iter *iter,\n"

static const struct rude_deed polite[] = { { NULL } };

struct answered {
	struct served served;
	struct rude rude;
	struct signer signer;
	struct epoch epoch;
	char *dir;
};

static void write_keys(const struct answered *a)
{
	AUTO(mem_free) char *path = xasprintf("%s/keys", a->dir);
	AUTO(buf_release) struct buf keys = { 0 };
	struct err err = ERR_INIT;

	buf_init(&keys, MAX_MBOX);
	signer_add_key(&keys, &a->signer, "example.org");
	ck_ok(fs_write(path, buf_text(&keys), keys.len, &err), &err);
}

static void configure(struct answered *a)
{
	AUTO(mem_free)
	char *text = xasprintf(
		"[tree \"debian-6.12\"]\n\tpath = %s\n"
		"[list \"a-list\"]\n\turl = %s/inbox\n\tpolicy = author\n"
		"\thold = never\n[follow]\n\tinterval = 1 s\n"
		"[series]\n\tmaxAge = 0 s\n\twait = 0 s\n"
		"[review]\n\tfilesystems = xfs\n\tscenarios = C01\n"
		"[mail]\n\tfrom = collider <bot@y.org>\n\tdomain = y.org\n"
		"\tserver = %s\n\tdkimKeys = %s/keys\n",
		getenv("COLLIDER_TEST_TREE"), a->dir, a->rude.url, a->dir);
	const char *lane = getenv("COLLIDER_TEST_LANE");
	AUTO(mem_free) char *lanes = NULL;
	AUTO(mem_free) char *link = NULL;
	struct err err = ERR_INIT;

	ck_assert_ptr_nonnull(lane);
	served_init(&a->served, text);
	lanes = xasprintf("%s/lanes", a->served.state);
	link = xasprintf("%s/%s", lanes, fs_name(lane));
	ck_ok(fs_mkdirs(lanes, 0755, &err), &err);
	ck_assert_int_eq(symlink(lane, link), 0);
}

static void begin(struct answered *a)
{
	AUTO(mem_free) char *git = NULL;
	AUTO(mem_free) char *letters = NULL;
	struct err err = ERR_INIT;

	a->dir = support_tmpdir();
	git = xasprintf("%s/inbox/git", a->dir);
	letters = xasprintf("%s/letters", a->dir);
	ck_assert_int_eq(chmod(a->dir, 0755), 0); /* boxes are somebody else */
	ck_ok(fs_mkdirs(git, 0755, &err), &err);
	ck_ok(fs_mkdirs(letters, 0755, &err), &err);
	epoch_init(&a->epoch, git);
	signer_init(&a->signer);
	write_keys(a);
	rude_start(&a->rude, letters, polite);
	configure(a);
}

static void answered_release(struct answered *a)
{
	struct err err = ERR_INIT;

	rude_release(&a->rude);
	served_release(&a->served);
	signer_release(&a->signer);
	epoch_release(&a->epoch);
	ck_ok(fs_remove_tree(a->dir, &err), &err);
	free(a->dir);
}
DEFINE_AUTO_VALUE(struct answered, answered_release)

static void run_once(struct answered *a)
{
	epoch_write(&a->epoch);
	buf_init(&a->epoch.stream, MAX_MBOX);
	served_start(&a->served, "--once");
	served_end(&a->served, 0, 0);
}

/* The sample as version @version, which is in its ids, too: ".3ample-0@". */
static void post(struct answered *a, char version)
{
	AUTO(buf_release) struct buf mbox = { 0 };
	struct err err = ERR_INIT;
	char *mail, *next, *at;

	ck_ok(fs_read(&mbox, SAMPLE, MAX_MBOX, &err), &err);
	for (at = mbox.data; (at = strstr(at, "[PATCH v2")); at++)
		at[8] = version;
	for (at = mbox.data; (at = strstr(at, ".sample-")); at++)
		at[1] = version;
	for (mail = mbox.data; mail; mail = next) {
		size_t len;

		mail = strchr(mail, '\n') + 1;
		next = strstr(mail, FROM_LINE);
		len = next ? (size_t)(next - mail) : strlen(mail);
		epoch_add(&a->epoch, "m", mail, len);
	}
}

static void get_report(struct outbox_row *out, const struct answered *a)
{
	AUTO(store_free) struct store *store = served_store(&a->served);
	struct err err = ERR_INIT;
	bool found;

	ck_ok(outbox_find(&found, out, store, 1, &err), &err);
	ck_assert_msg(found, "nothing was reported");
	ck_assert_str_eq(out->verdict, "regression");
}

/* Ada answers the report. */
static void answer(struct answered *a, const char *id, const char *text)
{
	AUTO(outbox_row_release) struct outbox_row report = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(mem_free) char *whole = NULL;

	get_report(&report, a);
	whole = xasprintf("From: Ada Example <ada@example.org>\n"
			  "To: collider <bot@y.org>\nSubject: Re: [PATCH v2]\n"
			  "Date: Tue, 27 Oct 2026 00:00:00 +0000\n"
			  "Message-ID: <%s>\nIn-Reply-To: <%s>\n\n%s",
			  id, report.message_id, text);
	signer_sign(&mail, &a->signer,
		    &(struct signer_how){ .domain = "example.org" }, whole);
	epoch_add(&a->epoch, "m", mail.data, mail.len);
	run_once(a);
}

/* The fault's own hunk, the other way round. */
static char *make_cure(void)
{
	AUTO(buf_release) struct buf mbox = { 0 };
	struct err err = ERR_INIT;
	struct span rest, line;
	struct buf out;
	char *at;

	ck_ok(fs_read(&mbox, SAMPLE, MAX_MBOX, &err), &err);
	at = strstr(mbox.data, "@@ -675,7");
	ck_assert_ptr_nonnull(at);
	buf_init(&out, MAX_MBOX);
	buf_adds(&out, CURE);
	rest = span_cstr(at);
	(void)!span_line(&rest, &line);
	while (span_line(&rest, &line) && !span_starts(line, "-- ")) {
		char first = span_starts(line, "-")   ? '+'
			     : span_starts(line, "+") ? '-'
						      : ' ';

		buf_addf(&out, "%c%.*s\n", first, (int)span_len(line) - 1,
			 line.p + 1);
	}
	return buf_take(&out);
}

static void expect_reason(const struct answered *a, const char *key,
			  const char *reason)
{
	AUTO(store_free) struct store *store = served_store(&a->served);
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	struct err err = ERR_INIT;
	bool found;

	ck_ok(revisions_find_key(&found, &row, store, key, &err), &err);
	ck_assert_msg(found, "no revision '%s'", key);
	ck_assert_str_eq(revisions_state_name(row.state), "done");
	ck_assert_msg(row.reason && strstr(row.reason, reason), "it says '%s'",
		      row.reason ? row.reason : "");
}

START_TEST(an_answer_is_tried_on_top_and_remembered)
{
	AUTO(answered_release) struct answered a = { 0 };
	AUTO(mem_free) char *cure = make_cure();
	AUTO(mem_free) char *mail = NULL;

	begin(&a);
	post(&a, '2');
	run_once(&a);
	ck_assert_uint_eq(rude_count(&a.rude), 1);
	answer(&a, "1r@example.org", cure);
	ck_assert_uint_eq(rude_count(&a.rude), 2);
	mail = rude_mail(&a.rude, 2);
	ck_assert_ptr_nonnull(
		strstr(mail, "With your patch on top of the series:"));
	ck_assert_ptr_nonnull(strstr(mail, "Patch 4/4 mends it"));
	answer(&a, "2r@example.org", "#collider unrelated\n");
	post(&a, '3');
	run_once(&a);
	expect_reason(&a, "20261026.3ample-0@example.org",
		      "left out: ada@example.org said that it is unrelated");
	ck_assert_uint_eq(rude_count(&a.rude), 2);
}
END_TEST

int main(void)
{
	const struct test_case cases[] = {
		TEST(an_answer_is_tried_on_top_and_remembered),
	};

	if (!getenv("COLLIDER_TEST_LANE") || !getenv("COLLIDER_TEST_TREE")) {
		printf("SKIP: COLLIDER_TEST_LANE and COLLIDER_TEST_TREE "
		       "name no base\n");
		return 77;
	}
	return support_run("orders", cases, ARRAY_LEN(cases));
}
