/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list on a disk, replayed up to where a guest would be needed. */
#include "bot/base/fs.h"
#include "tests/support/run.h"

/*
 * A tree, and a list with series for it: one sent twice, one that lacks a
 * patch, one for another tree, one out of scope, one of another year.
 */
#define MAKE_LIST                                                             \
	"set -e; chmod 755 $dir; cd $dir; mkdir mails list list/git\n"        \
	"export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null\n"    \
	"export GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@x\n"               \
	"export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@x\n"                     \
	"day() { GIT_AUTHOR_DATE=\"$1T12:00:00Z\"\n"                          \
	"	GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE\n"                              \
	"	export GIT_AUTHOR_DATE GIT_COMMITTER_DATE; }\n"                     \
	"day 2025-11-01; git init -qb master tree; cd tree\n"                 \
	"mkdir -p fs/xfs doc; seq 40 >fs/xfs/a.c; seq 9 >doc/a\n"             \
	"git add .; git commit -qm base\n"                                    \
	"edit() { sed -i \"$2 s/.*/$3/\" $1; git commit -qam \"$3\"; }\n"     \
	"post() { git format-patch -q --thread -o ../mails/$1 $2 master\n"    \
	"	git checkout -q master; }\n"                                        \
	"day 2026-02-01; git checkout -qb good; edit fs/xfs/a.c 5 'xfs: a'\n" \
	"edit fs/xfs/a.c 30 'xfs: b'; post 1 -v1\n"                           \
	"git checkout -q good; day 2026-02-02\n"                              \
	"git commit -q --amend --no-edit --reset-author; post 2 -v2\n"        \
	"day 2026-02-03; git checkout -qb hole; edit fs/xfs/a.c 7 'xfs: c'\n" \
	"edit fs/xfs/a.c 9 'xfs: d'; post 3; rm ../mails/3/0002*\n"           \
	"day 2026-02-04; git checkout -qb stale\n"                            \
	"sed -i 's/^/x/' fs/xfs/a.c; git commit -qam 'not posted'\n"          \
	"edit fs/xfs/a.c 9 'xfs: e'; git format-patch -q --thread"            \
	" -o ../mails/4 -1; git checkout -q master\n"                         \
	"day 2026-02-05; git checkout -qb doc; edit doc/a 5 'doc: f'; post "  \
	"5\n"                                                                 \
	"day 2025-12-01; git checkout -qb old\n"                              \
	"edit fs/xfs/a.c 20 'xfs: g'; post 6\n"                               \
	"git init -q --bare -b master ../list/git/0.git\n"                    \
	"cd ../list/git/0.git\n"                                              \
	"for mail in ../../../mails/*/*; do\n"                                \
	"	blob=$(git hash-object -w $mail)\n"                                 \
	"	tree=$(printf \"100644 blob $blob\\tm\\n\" | git mktree)\n"         \
	"	tip=$(git commit-tree $tree ${tip:+-p $tip} -m mail)\n"             \
	"done; git update-ref refs/heads/master $tip; cd $dir\n"              \
	"printf '[tree \"t\"]\\n\\tpath = %s/tree\\n[list \"l\"]\\n"          \
	"\\turl = file://%s/list/\\n\\twatch = fs/xfs\\n\\tenabled = false"   \
	"\\n' $dir $dir >conf\n"                                              \
	"export COLLIDER_STATE=$dir/state COLLIDER_CONFIG=$dir/conf; set +e\n"

static const struct {
	const char *words; /* that are in this order */
} lines[] = {
	{ "series seen 3\n" },	{ "revisions seen 4\n" },
	{ "superseded 1\n" },	{ "set aside 0\n" },
	{ "incomplete 1\n" },	{ "assembled 2 67 %\n" },
	{ "applied 1 50 %\n" }, { "do not apply 1\n" },
	{ "not tried 0\n" },	{ "parked after an error 0\n" },
	{ "reviewed 0 0 %\n" }, { "in a tree already 0\n" },
};

/* @text with one blank where there are several. */
static void squeeze(struct buf *out, const struct buf *text)
{
	buf_init(out, text->len + 1);
	for (const char *p = buf_text(text); *p; p++)
		if (*p != ' ' || p[1] != ' ')
			buf_addc(out, *p);
}

START_TEST(a_replay_ends_with_what_came_of_it)
{
	AUTO(run_release) struct run r = { 0 };
	AUTO(buf_release) struct buf out = { 0 };
	AUTO(mem_free) char *live = NULL;
	AUTO(mem_free) char *outbox = NULL;

	run_shell(&r, MAKE_LIST
		  "$collider replay l --since 2026-01-01 --no-review &&"
		  " $collider status --replay l --all &&"
		  " $collider status --json >$json");
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	squeeze(&out, &r.out);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		run_expect_text(&out, lines[i].words);
	run_expect_text(&out, "missing: 2");
	live = xasprintf("%s/state/archive", r.dir);
	outbox = xasprintf("%s/state/replay/l/outbox", r.dir);
	ck_assert(!fs_exists(live));
	ck_assert(!fs_exists(outbox));
	ck_assert_uint_eq(json_array_size(json_object_get(r.json, "revisions")),
			  0);
}
END_TEST

START_TEST(a_replay_goes_on_where_it_was)
{
	AUTO(run_release) struct run r = { 0 };
	AUTO(buf_release) struct buf out = { 0 };

	run_shell(&r, MAKE_LIST
		  "$collider replay l --since 2026-01-01 --until 2026-02-03"
		  " --no-review >/dev/null &&"
		  " $collider replay l --since 2025-01-01 --no-review"
		  " --continue");
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	squeeze(&out, &r.out);
	run_expect_text(&out, "revisions seen 5\n");
	run_expect_text(&out, "applied 2 67 %\n");
}
END_TEST

TEST_MAIN("replay", TEST(a_replay_ends_with_what_came_of_it),
	  TEST(a_replay_goes_on_where_it_was))
