/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/run.h"

#include <sys/wait.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"

#define MAX_OUTPUT (1u << 20)
#define MAX_JSON (8u << 20)

void run_release(struct run *r)
{
	struct err err = ERR_INIT;

	buf_release(&r->out);
	buf_release(&r->err);
	buf_release(&r->mail);
	json_decref(r->json);
	if (r->dir)
		ck_ok(fs_remove_tree(r->dir, &err), &err);
	free(r->dir);
}

static void read_if_there(struct buf *out, const char *dir, const char *name,
			  size_t max)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", dir, name);
	struct err err = ERR_INIT;

	if (fs_exists(path))
		ck_ok(fs_read(out, path, max, &err), &err);
}

void run_shell(struct run *r, const char *command)
{
	AUTO(mem_free) char *script = NULL;
	struct err err = ERR_INIT;
	AUTO(mem_free) char *json = NULL;
	int status;
	pid_t pid;

	*r = (struct run){ .dir = support_tmpdir() };
	json = xasprintf("%s/json", r->dir);
	script =
		xasprintf("dir='%s'\njson=$dir/json\nmail=$dir/mail\n"
			  "collider=" COLLIDER_BUILD "/collider\n"
			  "all=\"$collider review --json $json --mail $mail\"\n"
			  "review=\"$all --fs xfs,ext4,btrfs"
			  " --scenario C01,C02w,C03u,C06a,C08,C09\"\n"
			  "exec >$dir/out 2>$dir/err\n%s",
			  r->dir, command);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", script, (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status), "ended by signal %d",
		      WTERMSIG(status));
	r->exit_code = WEXITSTATUS(status);
	read_if_there(&r->out, r->dir, "out", MAX_OUTPUT);
	read_if_there(&r->err, r->dir, "err", MAX_OUTPUT);
	read_if_there(&r->mail, r->dir, "mail", MAX_OUTPUT);
	if (fs_exists(json))
		ck_ok(json_read(&r->json, json, MAX_JSON, &err), &err);
}

void run_expect(const struct run *r, int exit_code, const char *verdict)
{
	struct err err = ERR_INIT;
	const char *said = NULL;

	ck_assert_msg(r->exit_code == exit_code, RUN_SAID(r));
	ck_assert_msg(r->json, RUN_SAID(r));
	ck_ok(json_get_string(&said, r->json, "verdict", &err), &err);
	ck_assert_str_eq(said, verdict);
}

void run_expect_text(const struct buf *text, const char *part)
{
	ck_assert_msg(strstr(buf_text(text), part),
		      "no '%s' in:\n%." RUN_SAID_MAX "s", part, buf_text(text));
}

void run_expect_answer(const char *command, const struct run_answer *answer)
{
	AUTO(run_release) struct run r = { 0 };
	AUTO(mem_free)
	char *script = xasprintf("$collider %s %s", command, answer->words);

	run_shell(&r, script);
	ck_assert_msg(r.exit_code == answer->exit, RUN_SAID(&r));
	run_expect_text(&r.out, answer->out);
	run_expect_text(&r.err, answer->err);
}
