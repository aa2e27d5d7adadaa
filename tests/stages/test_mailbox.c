/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/stages/mailbox.h"
#include "tests/support/run.h"

#define MAIL                                                      \
	"printf 'From: A <a@example.org>\\nMessage-ID: <%s@x>\\n" \
	"Subject: [PATCH] x\\n\\ntext\\n' "

static const struct {
	const char *script;
	const char *name;
	size_t mails;
} boxes[] = {
	{ "cd $dir && " MAIL "1 >one", "one", 1 },
	{ "cd $dir && for i in 1 2; do"
	  " printf 'From x Thu Jan  1 00:00:00 1970\\n'; " MAIL "$i; echo; done"
	  " >two",
	  "two", 2 },
	{ "cd $dir && mkdir -p m/cur m/new m/tmp && " MAIL "1 >m/cur/1:2,S &&"
	  " " MAIL "2 >m/new/2 && " MAIL "3 >m/tmp/3 && touch m/cur/.hidden",
	  "m", 2 },
};

START_TEST(a_mail_an_mbox_and_a_maildir_are_read)
{
	AUTO(run_release) struct run r = { 0 };
	AUTO(mailbox_release) struct mailbox box = { 0 };
	AUTO(mem_free) char *path = NULL;
	struct err err = ERR_INIT;

	run_shell(&r, boxes[_i].script);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	path = xasprintf("%s/%s", r.dir, boxes[_i].name);
	ck_ok(mailbox_read(&box, path, &err), &err);
	ck_assert_uint_eq(box.n, boxes[_i].mails);
}
END_TEST

static const struct {
	const char *script;
	const char *name;
	const char *says;
} wrong[] = {
	{ "true", "nothing", "No such file" },
	{ "touch $dir/empty", "empty", "is empty" },
	{ "mkdir $dir/folder", "folder", "no Maildir" },
	{ "mkdir -p $dir/m/cur $dir/m/new", "m", "no mail in" },
};

START_TEST(what_is_no_mailbox_is_said_in_one_line)
{
	AUTO(run_release) struct run r = { 0 };
	AUTO(mailbox_release) struct mailbox box = { 0 };
	AUTO(mem_free) char *path = NULL;
	struct err err = ERR_INIT;

	run_shell(&r, wrong[_i].script);
	path = xasprintf("%s/%s", r.dir, wrong[_i].name);
	ck_assert_int_eq(mailbox_read(&box, path, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_msg(strstr(err.msg, wrong[_i].says), "%s", err.msg);
}
END_TEST

TEST_MAIN("mailbox", TABLE(a_mail_an_mbox_and_a_maildir_are_read, boxes),
	  TABLE(what_is_no_mailbox_is_said_in_one_line, wrong))
