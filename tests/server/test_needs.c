/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_needs.c - a revision of the store is placed from the archive, with what
 * it needs; this program is the box
 */
#include "bot/needs.h"

#include "bot/base/fs.h"
#include "bot/command.h"
#include "bot/mail/maildir.h"
#include "bot/session.h"
#include "bot/stages/assemble.h"
#include "bot/stages/mailbox.h"
#include "bot/store/mails.h"
#include "bot/store/sendings.h"
#include "tests/support/run.h"

/*
 * A tree with one commit, and three patches over it as mails, each on the one
 * before: a@x, b@x, c@x. $1 of mail is what stands below the patch.
 */
#define MAILS                                                               \
	"export GIT_CONFIG_GLOBAL=/dev/null; set -e; mkdir $dir/repo\n"     \
	"cd $dir/repo; git init -q -b main .\n"                             \
	"save() { git add -A; git -c user.name=Ada -c user.email=a@x "      \
	"commit -qm \"$1\"; }\n"                                            \
	"mail() { sed -i \"s/^$2$/$1/\" t; save \"$1\"\n"                   \
	"git format-patch -1 --stdout \"--add-header=Message-ID: <$1@x>\" " \
	">$dir/$1; echo \"$3\" >>$dir/$1; }\n"                              \
	"seq 1 60 >t; save one; git checkout -q -b side\n"

#define DONE                                               \
	"git checkout -q main; exec >$dir/conf\n"          \
	"echo '[collider]'; echo \"state = $dir/state\"\n" \
	"echo '[tree \"mine\"]'; echo \"path = $dir/repo\"\n"

struct turn {
	struct run run;
	struct config *config;
	struct store *store;
	struct session *session;
	struct maildir archive;
	struct review review;
};

static void turn_release(struct turn *t)
{
	review_release(&t->review);
	maildir_release(&t->archive);
	session_free(t->session);
	store_free(t->store);
	config_free(t->config);
	run_release(&t->run);
}
DEFINE_AUTO_VALUE(struct turn, turn_release)

static void begin(struct turn *t, const char *script)
{
	AUTO(mem_free) char *path = NULL;
	AUTO(mem_free) char *archive = NULL;
	struct err err = ERR_INIT;

	run_shell(&t->run, script);
	ck_assert_msg(t->run.exit_code == 0, RUN_SAID(&t->run));
	path = xasprintf("%s/conf", t->run.dir);
	unsetenv("COLLIDER_STATE");
	ck_ok(config_load(&t->config, path, &err), &err);
	ck_ok(bases_open_store(&t->store, t->config, &err), &err);
	archive = config_state_path(t->config, "archive");
	ck_ok(maildir_make(archive, &err), &err);
	ck_ok(maildir_begin(&t->archive, archive, &err), &err);
}

static struct sent *assemble(struct turn *t, const char *name)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", t->run.dir, name);
	AUTO(mailbox_release) struct mailbox box = { 0 };
	AUTO(assembled_release) struct assembled all = { 0 };
	struct err err = ERR_INIT;
	struct sent *sent;

	ck_ok(mailbox_read(&box, path, &err), &err);
	assemble_all(&all, box.v, box.n);
	ck_assert_uint_eq(all.sent.n, 1);
	sent = TAKE(all.sent.v[0]);
	all.sent.n = 0;
	return sent;
}

static void archive_mail(struct turn *t, const char *name, const char *id)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", t->run.dir, name);
	AUTO(buf_release) struct buf bytes = { 0 };
	struct err err = ERR_INIT;

	ck_ok(fs_read(&bytes, path, 1u << 20, &err), &err);
	ck_ok(maildir_write(&t->archive, id, false, buf_text(&bytes), bytes.len,
			    &err),
	      &err);
}

/* The thread of the mail, in a transaction of the caller's. */
static int64_t put_mail(const struct store_txn *txn, const char *id)
{
	struct mails_put put;
	struct err err = ERR_INIT;

	ck_ok(mails_put(&put, txn,
			&(struct mails_head){ .message_id = id,
					      .list = "l",
					      .blob = id,
					      .arrived = 1,
					      .sender = "a@x",
					      .title = id,
					      .version = 1,
					      .index = 1,
					      .total = 1 },
			&err),
	      &err);
	return put.thread;
}

/* Mail @name becomes a revision that is in the archive. */
static void add(struct turn *t, const char *name)
{
	AUTO(sent_free) struct sent *sent = assemble(t, name);
	AUTO(json_free) json_t *json = sent_to_json(sent);
	AUTO(mem_free) char *facts = json_dumps(json, JSON_COMPACT);
	AUTO(strings_release) struct strings ids = { 0 };
	AUTO(store_end) struct store_txn txn = { 0 };
	struct sendings_put put;
	struct err err = ERR_INIT;
	struct sending sending = { .key = sent->key,
				   .mails = &ids,
				   .change_id = sent->change_id,
				   .author = sent->author,
				   .title = sent->title,
				   .list = "l",
				   .version = sent->version,
				   .total = sent->total,
				   .found = (unsigned)sent->n_patches,
				   .date = sent->date,
				   .arrived = 1,
				   .state = REVISIONS_READY,
				   .facts = facts,
				   .print = sent->key };

	sent_mails(&ids, sent);
	archive_mail(t, name, sent->key);
	ck_ok(store_begin(&txn, t->store, &err), &err);
	ck_ok(sendings_put(&put, &txn, put_mail(&txn, sent->key), &sending, 1,
			   &err),
	      &err);
	ck_assert_uint_eq(put.added, 1);
	ck_ok(store_commit(&txn, &err), &err);
}

static void place(struct turn *t, const char *key)
{
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	struct err err = ERR_INIT;
	bool found;

	ck_ok(maildir_end(&t->archive, &err), &err);
	ck_ok(session_open(&t->session, t->config, t->store, &err), &err);
	ck_ok(revisions_find_key(&found, &row, t->store, key, &err), &err);
	ck_assert(found);
	ck_ok(session_place_revision(&t->review, t->session, &row,
				     &(struct session_place_spec){ 0 }, &err),
	      &err);
}

/* It stands on the subjects of @needs, in this order; "" for none. */
static void expect_needs(const struct turn *t, const char *needs)
{
	const struct review *r = &t->review;
	AUTO(buf_release) struct buf got = { 0 };

	ck_assert_msg(review_is_placed(r), "%s",
		      r->why ? r->why : "not placed");
	buf_init(&got, 1000);
	for (size_t i = 0; i < r->base.n_prerequisites; i++) {
		const struct review_prerequisite *p = &r->base.prerequisites[i];

		ck_assert_ptr_nonnull(p->commit);
		buf_addf(&got, "%s%s %s", i ? ", " : "", p->kind, p->subject);
	}
	ck_assert_str_eq(buf_text(&got), needs);
}

START_TEST(a_patch_that_needs_nothing_stands_on_the_base)
{
	AUTO(turn_release) struct turn t = { 0 };

	begin(&t, MAILS "mail a 10 ''\n" DONE);
	add(&t, "a");
	place(&t, "a@x");
	expect_needs(&t, "");
	ck_assert_str_eq(t.review.base.tree, "mine");
}
END_TEST

/* c needs b, which needs a. */
static const struct {
	const char *b, *c; /* what stands below them; %s: of the one before */
	const char *needs;
} chains[] = {
	{ "prerequisite-message-id: <a@x>", "prerequisite-message-id: <b@x>",
	  "message-id a, message-id b" },
	{ "change-id: 20260101-b-1234\nprerequisite-message-id: <a@x>",
	  "prerequisite-change-id: 20260101-b-1234:v1",
	  "message-id a, change-id b" },
	{ "", "prerequisite-patch-id: $(id a)\nprerequisite-patch-id: $(id b)",
	  "patch-id 1/1 of a, patch-id 1/1 of b" },
};

START_TEST(what_it_needs_is_found_with_what_that_needs)
{
	AUTO(turn_release) struct turn t = { 0 };
	AUTO(mem_free)
	char *script = xasprintf(
		MAILS
		"id() { git patch-id --stable <$dir/$1 | cut -d' ' -f1; "
		"}\nmail a 10 ''\nmail b 12 \"%s\"\nmail c 14 \"%s\"\n" DONE,
		chains[_i].b, chains[_i].c);

	begin(&t, script);
	add(&t, "a");
	add(&t, "b");
	add(&t, "c");
	place(&t, "c@x");
	expect_needs(&t, chains[_i].needs);
}
END_TEST

static const char *const unknown[] = {
	"prerequisite-message-id: <nobody@x>",
	"prerequisite-change-id: 20260101-no-such:v1",
	"prerequisite-patch-id: 0123456789012345678901234567890123456789",
};

START_TEST(what_is_nowhere_leaves_no_verdict)
{
	AUTO(turn_release) struct turn t = { 0 };
	AUTO(mem_free)
	char *script = xasprintf(MAILS "mail a 10 '%s'\n" DONE, unknown[_i]);

	begin(&t, script);
	add(&t, "a");
	place(&t, "a@x");
	ck_assert(!review_is_placed(&t.review));
	ck_assert_int_eq(t.review.verdict, VERDICT_COULD_NOT_TELL);
	ck_assert_ptr_nonnull(
		strstr(t.review.why, "which is not in the archive"));
}
END_TEST

START_TEST(a_series_that_needs_itself_stands_on_the_base)
{
	AUTO(turn_release) struct turn t = { 0 };

	begin(&t, MAILS "mail a 10 'prerequisite-message-id: <a@x>'\n" DONE);
	add(&t, "a");
	place(&t, "a@x");
	expect_needs(&t, "");
}
END_TEST

START_TEST(a_mail_that_the_archive_lost_is_asked_for_later)
{
	AUTO(turn_release) struct turn t = { 0 };
	AUTO(letters_release) struct letters letters = { 0 };
	AUTO(strings_release) struct strings ids = { 0 };
	struct err err = ERR_INIT;

	begin(&t, MAILS "mail a 10 ''\n" DONE);
	strings_push(&ids, "a@x");
	ck_assert_int_eq(needs_read_mails(&letters, t.config, &ids, &err), -1);
	ck_assert_int_eq(err.kind, ERR_RETRY);
	ck_assert_str_eq(err.msg, "mail 'a@x' is not in the archive");
}
END_TEST

int main(int argc, char **argv)
{
	const struct test_case cases[] = {
		TEST(a_patch_that_needs_nothing_stands_on_the_base),
		TABLE(what_it_needs_is_found_with_what_that_needs, chains),
		TABLE(what_is_nowhere_leaves_no_verdict, unknown),
		TEST(a_series_that_needs_itself_stands_on_the_base),
		TEST(a_mail_that_the_archive_lost_is_asked_for_later),
	};

	if (argc > 1 && strcmp(argv[1], "boxed") == 0)
		return boxed_main(argc - 1, argv + 1);
	return support_run("needs", cases, ARRAY_LEN(cases));
}
