/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/support.h"

#include "bot/base/fs.h"
#include "bot/run/privilege.h"
#include "bot/run/sandbox.h"
#include "tests/support/fake.h"

#define OUTPUT_MAX 65536

static void run_script(struct child_result *r, struct buf *out, const char *dir,
		       const char *profile, const char *script)
{
	AUTO(profile_free) struct profile *p = NULL;
	struct sandbox_bind work = { dir, "/work", true };
	struct sandbox box = { .binds = &work, .n_binds = 1 };
	struct err err = ERR_INIT;

	ck_ok(profile_read(&p, profile, &err), &err);
	box.profile = p;
	buf_init(out, OUTPUT_MAX);
	ck_ok(sandbox_run(
		      r, &box,
		      &(struct child_spec){
			      .argv = (const char *const[]){ "/usr/bin/bash",
							     "-c", script,
							     NULL },
			      .dir = "/work",
			      .timeout_s = SUPPORT_AMPLE_S,
			      .max_output = OUTPUT_MAX,
			      .out = out },
		      &err),
	      &err);
}

static char *dropped_tmpdir(void)
{
	support_drop();
	return support_tmpdir();
}

/* What a hostile program tries, and all that it may see of the answer. */
static const struct {
	const char *script;
	int exit_code;
	const char *output;
} attempts[] = {
	{ "exit 0", 0, "" },
	{ "exit 2", 2, "" },
	{ "kill -9 $$", 137, "" },
	{ "echo hi >here && cat here", 0, "hi\n" },
	/* devices */
	{ "ls /dev | tr '\\n' ' '", 0,
	  "fd null stderr stdin stdout urandom zero " },
	{ "echo x >/dev/null && head -c 3 /dev/zero | wc -c", 0, "3\n" },
	{ "touch /dev/mine 2>/dev/null || echo no", 0, "no\n" },
	/* files */
	{ "ls / | tr '\\n' ' '", 0,
	  "bin dev etc lib lib64 proc sbin tmp usr work " },
	{ "ls -A /etc | tr '\\n' ' '", 0, "alternatives ld.so.cache " },
	{ "ls /home /root /var /run /sys /boot 2>/dev/null | wc -l", 0, "0\n" },
	{ "for d in / /usr /etc /proc; do touch $d/x 2>/dev/null && echo $d;"
	  " done; echo none",
	  0, "none\n" },
	{ "head -c 600M /dev/zero >/tmp/big 2>/dev/null || echo full", 0,
	  "full\n" },
	/* processes */
	{ "set -- /proc/[0-9]*; echo $#", 0, "2\n" },
	{ "kill -9 -1 2>/dev/null; echo only us", 0, "only us\n" },
	/* network: a loopback that is down, and no name service */
	{ "(echo >/dev/tcp/127.0.0.1/22) 2>/dev/null || echo no", 0, "no\n" },
	{ "(echo >/dev/tcp/8.8.8.8/53) 2>/dev/null || echo no", 0, "no\n" },
	{ "wc -l </proc/net/route", 0, "1\n" },
	{ "grep -c : /proc/net/dev", 0, "1\n" },
	/* privilege */
	{ "grep -E 'Cap(Prm|Eff|Bnd)|NoNewPrivs' /proc/self/status |"
	  " tr -d '\\n'",
	  0,
	  "CapPrm:\t0000000000000000CapEff:\t0000000000000000"
	  "CapBnd:\t0000000000000000NoNewPrivs:\t1" },
	{ "unshare -U true 2>/dev/null || echo no", 0, "no\n" },
	{ "mount -t tmpfs none /tmp 2>/dev/null || echo no", 0, "no\n" },
	/* nothing of the caller */
	{ "ls /proc/self/fd | tr '\\n' ' '", 0, "0 1 2 3 " },
	{ "env | grep -c SECRET", 1, "0\n" },
	{ "hostname; id -u | grep -c '^0$'", 1, "lab\n0\n" },
};

START_TEST(an_attempt_finds_nothing)
{
	AUTO(mem_free) char *dir = dropped_tmpdir();
	AUTO(buf_release) struct buf out = { 0 };
	struct child_result r;
	struct err err = ERR_INIT;

	setenv("SECRET", "of the caller", 1);
	ck_assert_int_ge(dup2(1, 77), 0);
	run_script(&r, &out, dir, "build", attempts[_i].script);
	ck_assert_str_eq(buf_text(&out), attempts[_i].output);
	ck_assert_int_eq(r.exit_code, attempts[_i].exit_code);
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

/* Who can reach what listens on our loopback. */
static const struct {
	const char *profile, *says;
} networks[] = { { "net", "yes\n" }, { "pure", "no\n" } };

START_TEST(the_network_is_there_for_who_may_have_it)
{
	AUTO(mem_free) char *dir = dropped_tmpdir();
	AUTO(mem_free) char *script = NULL;
	AUTO(buf_release) struct buf out = { 0 };
	AUTO(fd_close) int fd = -1;
	struct child_result r;
	struct err err = ERR_INIT;
	unsigned port = 0;

	fd = fake_listen(&port);
	script = xasprintf("(echo >/dev/tcp/127.0.0.1/%u) 2>/dev/null && "
			   "echo yes || echo no",
			   port);
	run_script(&r, &out, dir, networks[_i].profile, script);
	ck_assert_str_eq(buf_text(&out), networks[_i].says);
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

static const char *const profiles[] = { "build", "guest", "net", "pure",
					"qemu" };

START_TEST(a_fork_bomb_is_bounded_and_ends)
{
	AUTO(profile_free) struct profile *p = NULL;
	struct sandbox box = { 0 };
	struct child_result r;
	struct err err = ERR_INIT;

	support_drop();
	ck_ok(profile_read(&p, profiles[_i], &err), &err);
	box.profile = p;
	ck_ok(sandbox_run(
		      &r, &box,
		      &(struct child_spec){
			      .argv =
				      (const char *const[]){
					      "/usr/bin/bash", "-c",
					      "b() { b | b & }; b; sleep 1000",
					      NULL },
			      .limits.processes = 100,
			      .timeout_s = 2,
		      },
		      &err),
	      &err);
	ck_assert(r.timed_out || r.flooded);
}
END_TEST

START_TEST(a_sandbox_that_cannot_be_made_is_no_answer)
{
	AUTO(profile_free) struct profile *p = NULL;
	struct sandbox_bind gone = { "/nowhere/at/all", "/work", false };
	struct sandbox box = { .binds = &gone, .n_binds = 1 };
	struct child_result r;
	struct err err = ERR_INIT;

	support_drop();
	ck_ok(profile_read(&p, "build", &err), &err);
	box.profile = p;
	ck_assert_int_eq(
		sandbox_run(&r, &box,
			    &(struct child_spec){
				    .argv = (const char *const[]){ "/bin/true",
								   NULL } },
			    &err),
		-1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.msg,
			 "the sandbox could not be set up: Can't find source "
			 "path /nowhere/at/all: No such file or directory");
}
END_TEST

START_TEST(root_starts_no_sandbox)
{
	AUTO(profile_free) struct profile *p = NULL;
	struct sandbox box = { 0 };
	struct child_result r;
	struct err err = ERR_INIT;

	if (geteuid() != 0)
		return;
	ck_ok(profile_read(&p, "build", &err), &err);
	box.profile = p;
	ck_assert_int_eq(
		sandbox_run(&r, &box,
			    &(struct child_spec){
				    .argv = (const char *const[]){ "/bin/true",
								   NULL } },
			    &err),
		-1);
	ck_assert_str_eq(err.msg, "a sandbox is not started as root");
}
END_TEST

TEST_MAIN("sandbox", TABLE(an_attempt_finds_nothing, attempts),
	  TABLE(the_network_is_there_for_who_may_have_it, networks),
	  TABLE(a_fork_bomb_is_bounded_and_ends, profiles),
	  TEST(a_sandbox_that_cannot_be_made_is_no_answer),
	  TEST(root_starts_no_sandbox))
