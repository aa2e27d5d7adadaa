/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list that is followed from servers that do what public-inbox would not, and
 * from a disk. The real server is in test_mirror.c.
 */
#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "tests/support/epoch.h"
#include "tests/support/fake.h"
#include "tests/support/follower.h"
#include "tests/support/run.h"

#define HEX 40

/* ---- servers that lie ---- */

static const char gzip_head[] = "200 OK\r\nContent-Type: application/gzip\r\n";

/* What the shell prints, as the manifest; what becomes of the poll. */
static const struct {
	const char *script;
	const char *head;
	int news;
	enum err_kind kind;
	const char *says; /* in the error, or else in what is told */
	unsigned leave_s;
} manifests[] = {
	{ "printf '{}' | gzip", gzip_head, 0, ERR_NONE, "", 0 },
	{ "printf '{}'", gzip_head, -1, ERR_INPUT, "the answer is no gzip", 0 },
	{ "printf '{}' | gzip | head -c 9", gzip_head, -1, ERR_INPUT, "", 0 },
	{ "printf '[]' | gzip", gzip_head, -1, ERR_INPUT, "", 0 },
	{ "printf '{\"/linux-xfs/git/../0.git\":{}}' | gzip", gzip_head, -1,
	  ERR_INPUT, "..", 0 },
	{ "head -c 20M /dev/zero | gzip", gzip_head, -1, ERR_LIMIT,
	  "larger than 16777216 bytes", 0 },
	{ "{ printf '{'; seq -f '\"/linux-xfs/git/%.0f.git\":{},' 200000;"
	  " printf '\"/x\":{}}'; } | gzip",
	  gzip_head, -1, ERR_LIMIT, "", 0 },
	{ "printf '{\"/linux-xfs/git/77777.git\":{}}' | gzip", gzip_head, -1,
	  ERR_LIMIT, "is past epoch 999", 0 },
	/* it names what is not there, with clocks of another world */
	{ "printf '{\"/linux-xfs/git/3.git\":{\"modified\":-9}}' | gzip",
	  gzip_head, 0, ERR_NONE, "epoch 3: the server has none", 0 },
	{ "echo '<html>Making sure you are not a bot'",
	  "200 OK\r\nContent-Type: text/html\r\n", -1, ERR_RETRY,
	  "a page for people", 900 },
	{ "echo wait", "503 Busy\r\nRetry-After: 7200\r\n", -1, ERR_RETRY,
	  "the server answered 503", 7200 },
	{ "echo gone", "404 Not Found\r\n", -1, ERR_INPUT,
	  "neither a manifest nor an epoch 0", 0 },
};

START_TEST(a_manifest_that_lies_is_an_error_with_a_reason)
{
	AUTO(follower_release) struct follower f;
	AUTO(run_release) struct run body = { 0 };
	AUTO(mem_free) char *url = NULL;
	struct fake_answer answer = { .path = "/linux-xfs/manifest.js.gz",
				      .head = manifests[_i].head };
	struct err err = ERR_INIT;
	struct fake fake;

	follower_init(&f);
	run_shell(&body, manifests[_i].script);
	answer.body = buf_text(&body.out);
	answer.len = body.out.len;
	fake_start(&fake, f.dir, &answer, 1);
	url = xasprintf("%s/linux-xfs/", fake.url);
	ck_assert_msg(follower_poll(&f, url, &err) == manifests[_i].news, "%s",
		      err.msg);
	ck_assert_msg(err.kind == manifests[_i].kind, "%s", err.msg);
	ck_assert_msg(strstr(err.kind ? err.msg : buf_text(&f.told),
			     manifests[_i].says),
		      "%s\n%s", err.msg, buf_text(&f.told));
	ck_assert_uint_eq(f.leave_s, manifests[_i].leave_s);
	fake_release(&fake);
}
END_TEST

/* ---- a server that speaks git as far as we want it to ---- */

/*
 * One epoch with a mail, no manifest. What git would answer to a clone: its
 * refs, and a pack, of which @sed makes something else.
 */
struct speaker {
	struct epoch list;
	struct run refs, pack;
	char *heads[2], *paths[2];
	struct fake_answer answers[2];
	struct fake fake;
	char *url;
};

/* libgit2 wants to know how long an answer is. */
static void add_answer(struct speaker *s, int i, const char *what,
		       const char *type, const struct buf *body)
{
	s->heads[i] =
		xasprintf("200 OK\r\nContent-Length: %zu\r\nContent-Type: "
			  "application/x-git-upload-pack-%s\r\n",
			  body->len, type);
	s->paths[i] = xasprintf("/l/git/0.git/%s", what);
	s->answers[i] = (struct fake_answer){ .path = s->paths[i],
					      .head = s->heads[i],
					      .body = buf_text(body),
					      .len = body->len };
}

static void speaker_start(struct speaker *s, const char *dir,
			  const char *filter)
{
	AUTO(mem_free) char *refs = NULL;
	AUTO(mem_free) char *pack = NULL;

	*s = (struct speaker){ 0 };
	epoch_init(&s->list, dir);
	epoch_add(&s->list, "m", "one", 3);
	epoch_write(&s->list);
	refs = xasprintf("printf '001e# service=git-upload-pack\\n0000'\n"
			 "id=$(git --git-dir='%s' rev-parse master)\n"
			 "printf '004a%%s refs/heads/master\\0 ofs-delta\\n' "
			 "$id\nprintf 0000",
			 s->list.path);
	pack = xasprintf("{ printf '0008NAK\\n'\n"
			 "git --git-dir='%s' rev-list --objects master |\n"
			 "git --git-dir='%s' pack-objects -q --stdout; } | %s",
			 s->list.path, s->list.path, filter);
	run_shell(&s->refs, refs);
	run_shell(&s->pack, pack);
	add_answer(s, 0, "info/refs?service=git-upload-pack", "advertisement",
		   &s->refs.out);
	add_answer(s, 1, "git-upload-pack", "result", &s->pack.out);
	fake_start(&s->fake, dir, s->answers, 2);
	s->url = xasprintf("%s/l", s->fake.url);
}

static void speaker_release(struct speaker *s)
{
	fake_release(&s->fake);
	run_release(&s->refs);
	run_release(&s->pack);
	epoch_release(&s->list);
	free(s->url);
	for (int i = 0; i < 2; i++) {
		free(s->heads[i]);
		free(s->paths[i]);
	}
}
DEFINE_AUTO_VALUE(struct speaker, speaker_release)

START_TEST(without_a_manifest_epochs_are_asked_for)
{
	AUTO(follower_release) struct follower f;
	AUTO(speaker_release) struct speaker s;
	char theirs[HEX + 1];
	struct err err = ERR_INIT;

	follower_init(&f);
	speaker_start(&s, f.dir, "cat");
	ck_assert_msg(follower_poll(&f, s.url, &err) == 1, "%s", err.msg);
	epoch_resolve(theirs, &s.list, "master");
	ck_assert_str_eq(follower_tip(&f, 0), theirs);
	ck_assert_msg(follower_poll(&f, s.url, &err) == 0, "%s", err.msg);
}
END_TEST

static const struct {
	const char *filter, *says;
} spoilt[] = {
	{ "head -c 8", "incomplete pack header" },  /* no pack at all */
	{ "head -c 15", "incomplete pack header" }, /* cut in its head */
	{ "head -c 60",
	  "missing trailer at the end of the pack" }, /* cut in an object */
	{ "head -c -1",
	  "missing trailer at the end of the pack" }, /* cut in its checksum */
	{ "sed 's/PACK/PICK/'", "wrong pack signature" },
	{ "sed 's/PACK\\x00\\x00\\x00\\x02\\x00\\x00\\x00\\x03/"
	  "PACK\\x00\\x00\\x00\\x02\\xff\\xff\\xff\\xff/'",
	  "Out of memory" }, /* 4G objects */
};

START_TEST(a_pack_that_is_spoilt_leaves_nothing_behind)
{
	AUTO(follower_release) struct follower f;
	AUTO(speaker_release) struct speaker s;
	struct err err = ERR_INIT;

	follower_init(&f);
	speaker_start(&s, f.dir, spoilt[_i].filter);
	ck_assert_int_eq(follower_poll(&f, s.url, &err), -1);
	ck_assert_msg(err.kind == ERR_RETRY || err.kind == ERR_LIMIT, "%s",
		      err.msg);
	ck_assert_msg(strstr(err.msg, spoilt[_i].says), "%s", err.msg);
	ck_assert_uint_eq(f.known.n, 0);
	follower_shell(f.mirror, "[ ! -e git/0.git ]");
}
END_TEST

/* ---- what is asked for ---- */

START_TEST(nothing_new_is_one_question)
{
	AUTO(follower_release) struct follower f;
	AUTO(run_release) struct run body = { 0 };
	AUTO(buf_release) struct buf asked = { 0 };
	AUTO(mem_free) char *script = NULL;
	AUTO(mem_free) char *url = NULL;
	AUTO(epoch_release) struct epoch list = { 0 };
	struct fake_answer answer = { .path = "/l/manifest.js.gz",
				      .head = gzip_head };
	struct err err = ERR_INIT;
	struct fake fake;

	follower_init(&f);
	epoch_init(&list, f.dir);
	epoch_add(&list, "m", "one", 3);
	epoch_write(&list);
	ck_assert_msg(follower_poll(&f, list.path, &err) == 1, "%s", err.msg);
	f.known.v[0].fingerprint =
		xstrdup("0123456789abcdef0123456789abcdef01234567");
	script = xasprintf("printf '{\"/l/git/0.git\":{\"modified\":1,"
			   "\"fingerprint\":\"%s\"}}' | gzip",
			   f.known.v[0].fingerprint);
	run_shell(&body, script);
	answer.body = buf_text(&body.out);
	answer.len = body.out.len;
	fake_start(&fake, f.dir, &answer, 1);
	url = xasprintf("%s/l/", fake.url);
	ck_assert_msg(follower_poll(&f, url, &err) == 0, "%s", err.msg);
	ck_ok(fs_read(&asked, fake.log, 10000, &err), &err);
	ck_assert_str_eq(buf_text(&asked),
			 "GET /l/manifest.js.gz collider-tests\n");
	fake_release(&fake);
}
END_TEST

/* ---- lists on a disk ---- */

/* How a folder may be written, and whether that is one repository of it. */
static const struct {
	const char *before, *behind; /* what is around the folder of the test */
	int epochs;		     /* -1: it is refused */
	const char *says;
} folders[] = {
	{ "", "/list", 2, "" },
	{ "", "/list/", 2, "" },
	{ "file://", "/list", 2, "" },
	{ "", "/list/git/1.git", 1, "" },
	{ "", "/list/git", -1, "is neither a public-inbox folder nor a bare" },
	{ "ssh://x", "/list", -1, "is neither http, https, file nor a path" },
};

START_TEST(a_list_on_a_disk_needs_no_server)
{
	AUTO(follower_release) struct follower f;
	AUTO(mem_free) char *url = NULL;
	struct err err = ERR_INIT;

	follower_init(&f);
	f.first = "all";
	follower_shell(
		f.dir,
		"mkdir -p list/git; cd list/git\n"
		"for n in 0 1; do git init -q --bare -b master $n.git\n"
		"printf 'commit refs/heads/master\\ncommitter a <a@b> 1 +0000"
		"\\ndata 1\\n%d\\nM 100644 inline m\\ndata 1\\nx\\n' $n |\n"
		"git --git-dir=$n.git fast-import --quiet; done\n"
		"mkdir all.git 2.git.new");
	url = xasprintf("%s%s%s", folders[_i].before, f.dir,
			folders[_i].behind);
	ck_assert_msg(follower_poll(&f, url, &err) == folders[_i].epochs, "%s",
		      err.msg);
	if (folders[_i].epochs < 0) {
		ck_assert_int_eq(err.kind, ERR_CONFIG);
		ck_assert_msg(strstr(err.msg, folders[_i].says), "%s", err.msg);
		return;
	}
	ck_assert_msg(follower_poll(&f, url, &err) == 0, "%s", err.msg);
}
END_TEST

FOLLOWER_MAIN(true, "fetch",
	      TABLE(a_manifest_that_lies_is_an_error_with_a_reason, manifests),
	      TEST(without_a_manifest_epochs_are_asked_for),
	      TABLE(a_pack_that_is_spoilt_leaves_nothing_behind, spoilt),
	      TEST(nothing_new_is_one_question),
	      TABLE(a_list_on_a_disk_needs_no_server, folders))
