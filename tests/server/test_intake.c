/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The intake through its box, which is this program with "boxed NAME", of
 * epochs that the real git made.
 */
#include "bot/stages/intake.h"

#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/run/boxed.h"
#include "parsers/mail.h"
#include "tests/support/epoch.h"

static const struct boxed_task tasks[] = {
	{ "intake", intake_box },
	{ NULL, NULL },
};

struct place {
	char *dir;
	struct epoch epoch;
	struct strings watch;
	struct buf got;
	struct intake_spec spec;
	char seen[WALK_HEX_LEN + 1];
	char tip[WALK_HEX_LEN + 1];
};

static void place_init(struct place *p)
{
	*p = (struct place){ .dir = support_tmpdir() };
	ck_assert_int_eq(chmod(p->dir, 0755), 0);
	epoch_init(&p->epoch, p->dir);
	strings_push(&p->watch, "fs/xfs");
	buf_init(&p->got, 1 << 20);
}

static void place_release(struct place *p)
{
	struct err err = ERR_INIT;

	epoch_release(&p->epoch);
	strings_release(&p->watch);
	buf_release(&p->got);
	ck_ok(fs_remove_tree(p->dir, &err), &err);
	free(p->dir);
}
DEFINE_AUTO_VALUE(struct place, place_release)

static void add(struct place *p, const char *name, const char *text)
{
	epoch_add(&p->epoch, name, text, strlen(text));
}

/* What a mail tells, on a line: what is false or 0 is left out. */
static void dump_mail(struct buf *out, const struct intake_head *h)
{
	const struct {
		bool is;
		const char *name;
	} flags[] = {
		{ h->is_patch, "patch" },	 { h->is_reply, "reply" },
		{ h->is_cover, "cover" },	 { h->has_version, "version" },
		{ h->has_position, "position" }, { h->has_diff, "diff" },
		{ h->touches, "touches" },
	};

	buf_addf(out, " '%s' by %s at %lld", h->subject, h->sender,
		 (long long)h->date);
	buf_addf(out, " v%u %u/%u", h->version, h->index, h->total);
	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		if (flags[i].is)
			buf_addf(out, " %s", flags[i].name);
	}
	if (*h->list_id)
		buf_addf(out, " on %s", h->list_id);
	for (size_t i = 0; i < h->ancestors.n; i++)
		buf_addf(out, " <%s", h->ancestors.v[i]);
}

static int take(void *arg, const struct intake_head *h, const char *bytes,
		size_t len, struct err *err)
{
	static const char *const names[] = { "mail",	  "deleted",
					     "purged",	  "unreadable",
					     "rewritten", "gone" };
	struct place *p = arg;

	(void)err;
	buf_addf(&p->got, "%s %s", names[h->what], h->message_id);
	if (h->what == INTAKE_MAIL) {
		ck_assert_uint_gt(len, 0);
		ck_assert_ptr_nonnull(bytes);
		dump_mail(&p->got, h);
	}
	buf_addf(&p->got, "%s\n", h->error);
	return 0;
}

static void run(struct place *p, const char *seen)
{
	struct err err = ERR_INIT;

	epoch_resolve(p->tip, &p->epoch, "master");
	buf_release(&p->got);
	ck_ok(intake_run(&(struct intake_spec){ .mirror = p->epoch.path,
						.seen = seen,
						.tip = p->tip,
						.watch = &p->watch,
						.user = "nobody",
						.take = take,
						.arg = p },
			 &err),
	      &err);
}

#define FROM                                                               \
	"From: A Person <A@Example.NET>\nDate: Tue, 14 Nov 2023 20:00:00 " \
	"+0000\n"
#define DIFF(path)                                                           \
	"---\ndiff --git a/" path " b/" path "\n--- a/" path "\n+++ b/" path \
	"\n@@ -1 +1 @@\n-a\n+b\n"
#define DATED " by a@example.net at 1699992000"

static const struct {
	const char *mail, *told;
} rows[] = {
	{ FROM
	  "Message-ID: <1@x>\nSubject: [PATCH v2 1/3] xfs: fix it\n"
	  "In-Reply-To: <0@x>\nReferences: <c@x>\n <0@x>\n"
	  "List-Id: <linux-xfs.vger.kernel.org>\n\nlog\n" DIFF("fs/xfs/x.c"),
	  "mail 1@x '[PATCH v2 1/3] xfs: fix it'" DATED
	  " v2 1/3 patch version position diff touches"
	  " on linux-xfs.vger.kernel.org <c@x <0@x\n" },
	{ FROM
	  "Message-ID: <1@x>\nSubject: [PATCH] ext4: x\n\n" DIFF("fs/ext4/x"),
	  "mail 1@x '[PATCH] ext4: x'" DATED " v1 1/1 patch diff\n" },
	{ FROM "Message-ID: <1@x>\nSubject: [PATCH 0/2] x\n\n" DIFF("fs/xfs/x"),
	  "mail 1@x '[PATCH 0/2] x'" DATED
	  " v1 0/2 patch cover position diff\n" },
	{ FROM
	  "Message-ID: <1@x>\nSubject: Re: [PATCH] x\n\n> " DIFF("fs/xfs/x"),
	  "mail 1@x 'Re: [PATCH] x'" DATED
	  " v1 1/1 patch reply diff touches\n" },
	{ FROM "Message-ID: <1@x>\nSubject: talk\n\n"
	       "> diff --git a/fs/xfs/x b/fs/xfs/x\n> --- a/fs/xfs/x\n",
	  "mail 1@x 'talk'" DATED " v1 1/1\n" },
	{ FROM "Message-ID: <1@x>\nSubject: "
	       "=?utf-8?q?=5BPATCH=5D_xfs=3A_caf=C3=A9?=\n"
	       "Content-Transfer-Encoding: base64\n\n"
	       "bG9nCi0tLQpkaWZmIC0tZ2l0IGEvZnMveGZzL3ggYi9mcy94ZnMveAotLS0gYS9"
	       "mcy94ZnMv\n"
	       "eAorKysgYi9mcy94ZnMveAo=\n",
	  "mail 1@x '[PATCH] xfs: café'" DATED " v1 1/1 patch diff touches\n" },
	{ FROM "Message-ID: <1@x>\nMessage-ID: <2@x>\nSubject: two ids\n\n",
	  "mail 1@x 'two ids'" DATED " v1 1/1\n" },
	{ FROM
	  "Message-ID: <1 2\n 3@x>\nSubject: s\nReferences: <4\n\t5@x>\n\n",
	  "mail 123@x 's'" DATED " v1 1/1 <45@x\n" },
	{ FROM "Message-ID: <1@x>\nSubject: s\nReferences: <1@x> <2@x> <2@x>\n"
	       "In-Reply-To: Your message of Monday\n\n",
	  "mail 1@x 's'" DATED " v1 1/1 <2@x\n" },
	{ FROM "Message-ID: <1@x>\nSubject: s\nIn-Reply-To: <3@x>\n"
	       "References: <2@x>\n\n",
	  "mail 1@x 's'" DATED " v1 1/1 <2@x <3@x\n" },
	{ FROM "Message-ID: <\x01\xff@x>\nSubject: a\x7f\x1b[1mb\n\n",
	  "mail ÿ@x 'a? [1mb'" DATED " v1 1/1\n" },
	{ "From: A via list <l@x>\nReply-To: A <A@b>\nMessage-ID: <1@x>\n\n",
	  "mail 1@x '' by a@b at 1700000000 v1 1/1\n" },
	{ "From: a@b\nMessage-ID: <1@x>\nDate: Wed, 1 Jan 2070 00:00:00 "
	  "+0000\n\n",
	  "mail 1@x '' by a@b at 1700000000 v1 1/1\n" },
	{ "From: a@b\nMessage-ID: <1@x>\nDate: Wed, 1 Jan 1930 00:00:00 "
	  "+0000\n\n",
	  "mail 1@x '' by a@b at 1700000000 v1 1/1\n" },
	{ "From: a@b\nMessage-ID: <1@x>\nDate: soon\n\n",
	  "mail 1@x '' by a@b at 1700000000 v1 1/1\n" },
	{ "Subject: s\n\nnobody\n",
	  "mail 42c66084d4083a9a6169220660ade600c99068c9@no-message-id 's' by "
	  " at 1700000000 v1 1/1\n" },
	{ "\x7f"
	  "ELF\x01\x02\x03",
	  "unreadable not a mail: its first line is no header\n" },
	{ "X: no mail\n\n",
	  "unreadable not a mail: no 'From:', 'Subject:', 'Date:' or "
	  "'Message-ID:' header\n" },
};

START_TEST(a_mail_is_told_as_far_as_it_takes_to_place_it)
{
	AUTO(place_release) struct place p = { 0 };

	place_init(&p);
	add(&p, "m", rows[_i].mail);
	epoch_write(&p.epoch);
	run(&p, "");
	ck_assert_str_eq(buf_text(&p.got), rows[_i].told);
}
END_TEST

#define MAIL(n) "From: a@b\nMessage-ID: <" n "@x>\nSubject: " n "\n\n"
#define TOLD(n, v) "mail " n "@x '" n "' by a@b at " v " v1 1/1\n"

START_TEST(only_what_is_new_is_told)
{
	AUTO(place_release) struct place p = { 0 };

	place_init(&p);
	add(&p, "m", MAIL("1"));
	epoch_write(&p.epoch);
	epoch_resolve(p.seen, &p.epoch, "master");
	run(&p, p.seen);
	ck_assert_str_eq(buf_text(&p.got), "");
	add(&p, "m", MAIL("2"));
	add(&p, "d", MAIL("1"));
	add(&p, "d", "no mail");
	add(&p, "m", "");
	epoch_write(&p.epoch);
	run(&p, p.seen);
	ck_assert_str_eq(buf_text(&p.got),
			 TOLD("2",
			      "1699996400") "deleted 1@x\ndeleted \npurged \n");
}
END_TEST

START_TEST(a_rewritten_history_says_so_first_and_what_is_gone_last)
{
	AUTO(place_release) struct place p = { 0 };

	place_init(&p);
	add(&p, "m", MAIL("1"));
	add(&p, "m", MAIL("2"));
	epoch_write(&p.epoch);
	epoch_resolve(p.seen, &p.epoch, "master");
	epoch_rewind(&p.epoch, "master~1");
	add(&p, "m", "");
	add(&p, "m", MAIL("3"));
	epoch_write(&p.epoch);
	run(&p, p.seen);
	ck_assert_str_eq(buf_text(&p.got),
			 "rewritten \npurged \n" TOLD("3",
						      "1699989200") "gone \n");
}
END_TEST

START_TEST(mails_are_told_by_their_blobs)
{
	AUTO(place_release) struct place p = { 0 };
	AUTO(strings_release) struct strings blobs = { 0 };
	char blob[WALK_HEX_LEN + 1];
	struct err err = ERR_INIT;

	place_init(&p);
	add(&p, "m", MAIL("1"));
	epoch_write(&p.epoch);
	epoch_resolve(blob, &p.epoch, "master:m");
	strings_push(&blobs, blob);
	strings_push(&blobs, "nonsense");
	ck_ok(intake_run(&(struct intake_spec){ .mirror = p.epoch.path,
						.blobs = &blobs,
						.watch = &p.watch,
						.user = "nobody",
						.take = take,
						.arg = &p },
			 &err),
	      &err);
	ck_assert_str_eq(buf_text(&p.got),
			 TOLD("1",
			      "0") "unreadable 'nonsense' is no object id\n");
}
END_TEST

/* @start, then @unit so often that @len bytes are full. */
static void add_much(struct place *p, const char *start, const char *unit,
		     size_t len)
{
	AUTO(buf_release) struct buf bytes = { 0 };

	buf_init(&bytes, len);
	buf_adds(&bytes, start);
	while (!bytes.overflow)
		buf_adds(&bytes, unit);
	epoch_add(&p->epoch, "m", bytes.data, bytes.len);
}

START_TEST(mails_made_to_be_hard_are_told_or_refused)
{
	AUTO(place_release) struct place p = { 0 };

	place_init(&p);
	add_much(&p, MAIL("1"), "x\n", MAIL_MAX_SIZE);
	add_much(&p, MAIL("2"), "x\n", MAIL_MAX_SIZE + 1);
	add_much(&p, "From: a@b\n", "X: y\n", 500000);
	add_much(&p, "From: a@b\nMessage-ID: <4@x>\n", "X:\n", 200000);
	add_much(&p, "From: a@b\nMessage-ID: <", "5", 10000);
	add_much(&p, "From: a@b\nMessage-ID: <6@x>\nSubject: ", "y", 4100);
	add_much(&p, "From: a@b\nReferences: ", "<r@x> ", 14000);
	add_much(&p, MAIL("8"), "\xff\xfe\0x", 100000);
	epoch_write(&p.epoch);
	run(&p, "");
	ck_assert_ptr_nonnull(strstr(buf_text(&p.got), "mail 1@x"));
	ck_assert_ptr_nonnull(
		strstr(buf_text(&p.got),
		       "unreadable mail is larger than 8388608 bytes\n"
		       "unreadable headers are larger than 262144 bytes\n"
		       "mail 4@x"));
	ck_assert_ptr_nonnull(strstr(buf_text(&p.got), "mail 555"));
	ck_assert_ptr_nonnull(
		strstr(buf_text(&p.got),
		       "unreadable subject is larger than 4000 bytes\n"
		       "unreadable more than 2000 ids in 'References:'\n"
		       "mail 8@x"));
}
END_TEST

static int refuse(void *arg, const struct intake_head *h, const char *bytes,
		  size_t len, struct err *err)
{
	(void)arg;
	(void)h;
	(void)bytes;
	(void)len;
	return err_set(err, ERR_SYSTEM, "no more");
}

START_TEST(who_takes_the_records_may_end_the_run)
{
	AUTO(place_release) struct place p = { 0 };
	struct err err = ERR_INIT;

	place_init(&p);
	add(&p, "m", MAIL("1"));
	epoch_write(&p.epoch);
	epoch_resolve(p.tip, &p.epoch, "master");
	ck_assert_int_eq(
		intake_run(&(struct intake_spec){ .mirror = p.epoch.path,
						  .seen = "",
						  .tip = p.tip,
						  .watch = &p.watch,
						  .user = "nobody",
						  .take = refuse },
			   &err),
		-1);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	ck_assert_ptr_nonnull(strstr(err.msg, "no more"));
}
END_TEST

START_TEST(a_tip_that_is_not_there_is_bad_input)
{
	AUTO(place_release) struct place p = { 0 };
	struct err err = ERR_INIT;

	place_init(&p);
	ck_assert_int_eq(
		intake_run(&(struct intake_spec){ .mirror = p.epoch.path,
						  .seen = "",
						  .tip = "012345678901234567890"
							 "1234567890123456789",
						  .watch = &p.watch,
						  .user = "nobody",
						  .take = take,
						  .arg = &p },
			   &err),
		-1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_str_eq(err.msg, "the mirror has no commit "
				  "0123456789012345678901234567890123456789");
}
END_TEST

int main(int argc, char **argv)
{
	const struct test_case cases[] = {
		TABLE(a_mail_is_told_as_far_as_it_takes_to_place_it, rows),
		TEST(only_what_is_new_is_told),
		TEST(a_rewritten_history_says_so_first_and_what_is_gone_last),
		TEST(mails_are_told_by_their_blobs),
		TEST(mails_made_to_be_hard_are_told_or_refused),
		TEST(who_takes_the_records_may_end_the_run),
		TEST(a_tip_that_is_not_there_is_bad_input),
	};

	if (argc > 1 && strcmp(argv[1], "boxed") == 0)
		return boxed_serve(argc - 1, argv + 1, tasks);
	return support_run("intake", cases, ARRAY_LEN(cases));
}
