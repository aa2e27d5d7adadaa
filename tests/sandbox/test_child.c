/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/support.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/run/child.h"
#include "bot/run/privilege.h"

#define SHELL(script) ((const char *const[]){ "/bin/sh", "-c", script, NULL })
#define OUTPUT_MAX 65536
/* Shell: print the shell's number, as /proc, which is ours, knows it. */
#define OWN_PID "read p rest </proc/self/stat; echo $p"

/* Run a shell script as the tables below want it. */
static void run(struct child_result *r, struct buf *out, const char *script,
		bool contained)
{
	struct err err = ERR_INIT;

	buf_init(out, OUTPUT_MAX);
	ck_ok(child_run(r,
			&(struct child_spec){ .argv = SHELL(script),
					      .contained = contained,
					      .timeout_s = SUPPORT_AMPLE_S,
					      .max_output = OUTPUT_MAX,
					      .out = out },
			&err),
	      &err);
}

static const struct {
	const char *script;
	int exit_code, signal;
	const char *output;
	const char *says;
} endings[] = {
	{ "exit 0", 0, 0, "", "exited with 0" },
	{ "exit 7", 7, 0, "", "exited with 7" },
	{ "kill -9 $$", -1, 9, "", "killed by signal 9" },
	{ "echo out; echo err >&2", 0, 0, "out\nerr\n", "exited with 0" },
	{ "cat", 0, 0, "", "exited with 0" },
	{ "pwd", 0, 0, "/\n", "exited with 0" },
	{ "exec 1>&- 2>&-; sleep 0.2; exit 3", 3, 0, "", "exited with 3" },
	{ "env | grep -v -e ^PWD= -e ^SHLVL= -e ^_= | sort", 0, 0,
	  "HOME=/\nLC_ALL=C\n"
	  "PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin\n",
	  "exited with 0" },
	{ "ls /proc/self/fd | tr '\\n' ' '", 0, 0, "0 1 2 3 ",
	  "exited with 0" },
	{ "ulimit -c", 0, 0, "0\n", "exited with 0" },
};

START_TEST(an_ending_is_an_answer)
{
	AUTO(buf_release) struct buf out = { 0 };
	AUTO(buf_release) struct buf says = { 0 };
	struct child_result r;

	setenv("SECRET", "of the caller", 1);
	ck_assert_int_ge(dup2(1, 77), 0); /* without close-on-exec */
	run(&r, &out, endings[_i].script, false);
	ck_assert_int_eq(r.exit_code, endings[_i].exit_code);
	ck_assert_int_eq(r.signal, endings[_i].signal);
	ck_assert_str_eq(buf_text(&out), endings[_i].output);
	ck_assert(!r.timed_out && !r.flooded);
	ck_assert_int_eq(child_is_ok(&r), endings[_i].exit_code == 0);
	buf_init(&says, 100);
	child_says(&says, &r);
	ck_assert_str_eq(buf_text(&says), endings[_i].says);
}
END_TEST

START_TEST(a_signal_ignored_by_us_is_not_ignored_by_it)
{
	AUTO(buf_release) struct buf out = { 0 };
	struct child_result r;

	signal(SIGPIPE, SIG_IGN);
	run(&r, &out, "grep SigIgn /proc/self/status", false);
	ck_assert_str_eq(buf_text(&out), "SigIgn:\t0000000000000000\n");
}
END_TEST

START_TEST(a_program_that_is_not_there_is_a_config_error)
{
	struct child_spec spec = {
		.argv = (const char *const[]){ "/nowhere/at-all", NULL },
		.timeout_s = SUPPORT_AMPLE_S,
		.max_output = 1,
	};
	struct child_result r;
	struct err err = ERR_INIT;

	ck_assert_int_eq(child_run(&r, &spec, &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.msg,
			 "cannot start '/nowhere/at-all': cannot execute it: "
			 "No such file or directory");
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_told)
{
	struct child_spec spec = { .argv = SHELL("exit 0"),
				   .dir = "/nowhere",
				   .timeout_s = SUPPORT_AMPLE_S,
				   .max_output = 1 };
	struct child_result r;
	struct err err = ERR_INIT;

	ck_assert_int_eq(child_run(&r, &spec, &err), -1);
	ck_assert_str_eq(err.msg, "cannot start '/bin/sh': cannot enter its "
				  "folder: No such file or directory");
}
END_TEST

/* At the ceiling, one past it, and without end. */
static const struct {
	const char *script;
	bool flooded;
	size_t kept;
} floods[] = {
	{ "head -c 1000 /dev/zero", false, 1000 },
	{ "head -c 1001 /dev/zero", true, 1000 },
	{ "cat /dev/zero", true, 1000 },
	{ "head -c 600 /dev/zero; head -c 401 /dev/zero >&2", true, 1000 },
};

START_TEST(output_past_the_ceiling_ends_it)
{
	AUTO(buf_release) struct buf out = { 0 };
	struct child_result r;
	struct err err = ERR_INIT;

	buf_init(&out, OUTPUT_MAX);
	ck_ok(child_run(&r,
			&(struct child_spec){ .argv = SHELL(floods[_i].script),
					      .timeout_s = SUPPORT_AMPLE_S,
					      .max_output = 1000,
					      .out = &out },
			&err),
	      &err);
	ck_assert_int_eq(r.flooded, floods[_i].flooded);
	ck_assert_uint_eq(out.len, floods[_i].kept);
	ck_assert_int_eq(child_is_ok(&r), !floods[_i].flooded);
}
END_TEST

static void count_bytes(void *arg, const char *data, size_t len)
{
	size_t *total = arg;

	(void)data;
	*total += len;
}

START_TEST(output_reaches_file_buffer_and_callback)
{
	AUTO(fd_close) int fd = memfd_create("output", MFD_CLOEXEC);
	AUTO(buf_release) struct buf kept = { 0 };
	struct child_result r;
	struct err err = ERR_INIT;
	char back[16] = "";
	size_t total = 0;

	buf_init(&kept, 100);
	ck_ok(child_run(&r,
			&(struct child_spec){ .argv = SHELL("echo hello"),
					      .timeout_s = SUPPORT_AMPLE_S,
					      .max_output = 100,
					      .out_fd = fd,
					      .out = &kept,
					      .on_output = count_bytes,
					      .arg = &total },
			&err),
	      &err);
	ck_assert_int_eq(pread(fd, back, sizeof(back) - 1, 0), 6);
	ck_assert_str_eq(back, "hello\n");
	ck_assert_uint_eq(total, 6);
	ck_assert_str_eq(buf_text(&kept), "hello\n");
}
END_TEST

START_TEST(stdin_and_three_descriptors_are_given)
{
	AUTO(fd_close) int in = memfd_create("in", MFD_CLOEXEC);
	AUTO(fd_close) int extra = memfd_create("extra", MFD_CLOEXEC);
	AUTO(buf_release) struct buf out = { 0 };
	struct child_result r;
	struct err err = ERR_INIT;
	char back[16] = "";

	ck_assert_int_eq(pwrite(in, "given", 5, 0), 5);
	buf_init(&out, 100);
	ck_ok(child_run(&r,
			&(struct child_spec){
				.argv = SHELL("cat; echo three >&3; "
					      "echo 4 >&4; echo 5 >&5; "
					      "echo 6 >&6"),
				.stdin_fd = in,
				.extra_fds = { extra, extra, extra, extra },
				.timeout_s = SUPPORT_AMPLE_S,
				.max_output = 100,
				.out = &out },
			&err),
	      &err);
	ck_assert_str_eq(buf_text(&out), "given");
	ck_assert_int_eq(pread(extra, back, 15, 0), 12);
	ck_assert_str_eq(back, "three\n4\n5\n6\n");
}
END_TEST

static const struct {
	const char *script, *out, *said;
	size_t said_len;
} apart[] = {
	{ "echo out; echo err >&2", "out\n", "err\n", 4 },
	{ "exit 0", "", "", 0 },
	/* what nobody reads is not waited for; the first of it stays */
	{ "echo first >&2; yes >&2 2>/dev/null || echo refused", "refused\n",
	  "first\n", CHILD_MAX_STDERR },
};

START_TEST(stderr_apart_is_told_after_the_end)
{
	AUTO(buf_release) struct buf out = { 0 };
	AUTO(buf_release) struct buf said = { 0 };
	struct child_result r;
	struct err err = ERR_INIT;

	buf_init(&out, 100);
	buf_init(&said, CHILD_MAX_STDERR);
	ck_ok(child_run(&r,
			&(struct child_spec){ .argv = SHELL(apart[_i].script),
					      .timeout_s = SUPPORT_AMPLE_S,
					      .max_output = 100,
					      .out = &out,
					      .err_out = &said },
			&err),
	      &err);
	ck_assert_str_eq(buf_text(&out), apart[_i].out);
	ck_assert_int_eq(strncmp(buf_text(&said), apart[_i].said,
				 strlen(apart[_i].said)),
			 0);
	ck_assert_uint_le(said.len, apart[_i].said_len);
}
END_TEST

START_TEST(a_full_disk_is_a_system_error_and_ends_it)
{
	AUTO(fd_close) int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct child_result r;
	struct err err = ERR_INIT;

	ck_assert_int_eq(
		child_run(&r,
			  &(struct child_spec){ .argv = SHELL("yes"),
						.timeout_s = SUPPORT_AMPLE_S,
						.max_output = 1 << 20,
						.out_fd = full },
			  &err),
		-1);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	ck_assert_str_eq(err.msg, "cannot write 'output of a child': "
				  "No space left on device");
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

/*
 * All of them leave something behind that would like to live on. A contained
 * child cannot; one that is not is only asked for what shares its group.
 */
static const struct {
	const char *script;
	bool contained;
} hangs[] = {
	{ "sleep 1000", false },
	{ "sleep 1000", true },
	{ "trap '' TERM HUP INT; sleep 1000 & sleep 1000", false },
	{ "setsid sleep 1000 & sleep 1000", true },
	{ "exec 1>&- 2>&-; sleep 1000", true },
};

START_TEST(the_watchdog_ends_a_child_that_hangs)
{
	struct child_result r;
	struct err err = ERR_INIT;

	ck_ok(child_run(&r,
			&(struct child_spec){ .argv = SHELL(hangs[_i].script),
					      .contained = hangs[_i].contained,
					      .timeout_s = 1,
					      .max_output = 100 },
			&err),
	      &err);
	ck_assert(r.timed_out && !child_is_ok(&r));
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

static bool is_alive(pid_t pid)
{
	return kill(pid, 0) == 0;
}

static pid_t wait_for_pid_in(const char *path)
{
	for (int i = 0; i < SUPPORT_AMPLE_S * 100; i++) {
		AUTO(buf_release) struct buf text = { 0 };
		struct err err = ERR_INIT;

		if (fs_read(&text, path, 100, &err) == 0 && text.len > 1 &&
		    text.data[text.len - 1] == '\n')
			return (pid_t)strtol(buf_text(&text), NULL, 10);
		usleep(10000);
	}
	ck_abort_msg("no pid in %s", path);
	return -1;
}

START_TEST(what_a_contained_child_left_is_gone_when_it_returns)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *script = NULL;
	AUTO(mem_free) char *file = xasprintf("%s/pid", dir);
	AUTO(buf_release) struct buf out = { 0 };
	struct child_result r;
	struct err err = ERR_INIT;

	script = xasprintf("setsid sh -c '" OWN_PID " >%s; sleep 1000'"
			   " >/dev/null 2>&1 &"
			   " until test -s %s; do sleep 0.01; done",
			   file, file);
	run(&r, &out, script, true);
	ck_assert_int_eq(r.exit_code, 0);
	ck_assert(!is_alive(wait_for_pid_in(file)));
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

START_TEST(a_contained_child_is_its_own_user_and_process_one)
{
	AUTO(buf_release) struct buf out = { 0 };
	AUTO(mem_free) char *want = xasprintf("1 %u\n", geteuid());
	struct child_result r;

	run(&r, &out, "echo $$ $(id -u)", true);
	ck_assert_str_eq(buf_text(&out), want);
}
END_TEST

/* kill -9 of the one who runs it, as root and as one who has dropped it. */
static const struct {
	bool contained, drop;
} deaths[] = { { false, false }, { true, false }, { true, true } };

START_TEST(it_dies_when_its_parent_is_killed)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *file = xasprintf("%s/pid", dir);
	AUTO(mem_free)
	char *script = xasprintf(OWN_PID " >%s; exec sleep 1000", file);
	struct err err = ERR_INIT;
	pid_t runner, child;

	ck_assert_int_eq(chmod(dir, 0777), 0);
	runner = fork();
	if (runner == 0) {
		AUTO(buf_release) struct buf out = { 0 };
		struct child_result r;

		if (deaths[_i].drop)
			ck_ok(privilege_drop("nobody", &err), &err);
		run(&r, &out, script, deaths[_i].contained);
		_exit(0);
	}
	child = wait_for_pid_in(file);
	usleep(100000);
	ck_assert(is_alive(child));
	kill(runner, SIGKILL);
	waitpid(runner, NULL, 0);
	for (int i = 0; i < SUPPORT_AMPLE_S * 100 && is_alive(child); i++)
		usleep(10000);
	ck_assert(!is_alive(child));
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

static const struct {
	struct child_limits limits;
	const char *script;
	const char *says;
} limited[] = {
	{ { .memory_mib = 64 },
	  "head -c 200000000 /dev/zero | tail -c 199999999 | wc -c",
	  "memory exhausted" },
	{ { .file_mib = 1 },
	  "head -c 2000000 /dev/zero >$HOME/big; echo $?",
	  "153" },
	{ { .open_files = 20 }, "ulimit -n", "20" },
	{ { .processes = 10 },
	  "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 1000 & done",
	  "fork" },
};

START_TEST(limits_hold)
{
	AUTO(mem_free) char *dir = NULL;
	AUTO(mem_free) char *home = NULL;
	AUTO(buf_release) struct buf out = { 0 };
	const char *env[] = { "PATH=/usr/bin:/bin", "LC_ALL=C", NULL, NULL };
	struct child_result r;
	struct err err = ERR_INIT;

	ck_ok(privilege_drop("nobody", &err), &err);
	dir = support_tmpdir();
	home = xasprintf("HOME=%s", dir);
	env[2] = home;
	buf_init(&out, OUTPUT_MAX);
	ck_ok(child_run(&r,
			&(struct child_spec){ .argv = SHELL(limited[_i].script),
					      .env = env,
					      .contained = true,
					      .limits = limited[_i].limits,
					      .timeout_s = SUPPORT_AMPLE_S,
					      .max_output = OUTPUT_MAX,
					      .out = &out },
			&err),
	      &err);
	ck_assert_msg(strstr(buf_text(&out), limited[_i].says) != NULL,
		      "printed: %s", buf_text(&out));
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

START_TEST(root_is_dropped_for_good)
{
	struct err err = ERR_INIT;

	if (geteuid() != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	ck_ok(privilege_drop("nobody", &err), &err);
	ck_assert_uint_ne(getuid(), 0);
	ck_assert_int_eq(setuid(0), -1);
	ck_assert_int_eq(getgroups(0, NULL), 0);
	ck_assert_int_eq(access("/proc/self/uid_map", W_OK), 0);
}
END_TEST

static const struct {
	const char *user, *says;
} no_users[] = {
	{ "no-such-user-here", "no user 'no-such-user-here' on this machine" },
	{ "root", "user 'root' is root; builds need another" },
};

START_TEST(root_and_strangers_are_no_users_for_builds)
{
	struct err err = ERR_INIT;
	uid_t uid;
	gid_t gid;

	ck_assert_int_eq(privilege_find(&uid, &gid, no_users[_i].user, &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.msg, no_users[_i].says);
}
END_TEST

TEST_MAIN("child", TABLE(an_ending_is_an_answer, endings),
	  TEST(a_signal_ignored_by_us_is_not_ignored_by_it),
	  TEST(a_program_that_is_not_there_is_a_config_error),
	  TEST(a_folder_that_is_not_there_is_told),
	  TABLE(output_past_the_ceiling_ends_it, floods),
	  TEST(output_reaches_file_buffer_and_callback),
	  TEST(stdin_and_three_descriptors_are_given),
	  TABLE(stderr_apart_is_told_after_the_end, apart),
	  TEST(a_full_disk_is_a_system_error_and_ends_it),
	  TABLE(the_watchdog_ends_a_child_that_hangs, hangs),
	  TEST(what_a_contained_child_left_is_gone_when_it_returns),
	  TEST(a_contained_child_is_its_own_user_and_process_one),
	  TABLE(it_dies_when_its_parent_is_killed, deaths),
	  TABLE(limits_hold, limited), TEST(root_is_dropped_for_good),
	  TABLE(root_and_strangers_are_no_users_for_builds, no_users))
