/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lab jobs on a toy: a "kernel" of two objects whose Makefile prints what
 * kbuild prints. What a patch may try against the sandbox, the lane and the
 * job is the same as with a real one (tests/lab/test_build.c), only sooner.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "bot/base/fs.h"
#include "bot/base/json.h"
#include "bot/base/mem.h"
#include "bot/command.h"
#include "bot/run/privilege.h"
#include "tests/support/support.h"

static const char makefile[] =
	"linux: built-in.a\n"
	"\t@echo '  LINK    linux'; cp built-in.a linux\n"
	"built-in.a: fs/a.o fs/b.o\n"
	"\t@echo '  AR      built-in.a'; ar rcs $@ $^\n"
	"%.o: %.c\n"
	"\t@echo '  CC      $@'; "
	"gcc -Wall -c -o $@ -MD -MF $(@D)/.$(@F).cmd $<\n"
	"%/: built-in.a\n\t@:\n"
	"-include fs/.a.o.cmd fs/.b.o.cmd\n";

#define A_C "#include \"a.h\"\nint a(void) { int old; return A; }\n"

/* <dir>/lane, <dir>/job, <dir>/secret and what one run left in <dir>/job. */
struct place {
	char *dir;
	json_t *result; /* NULL: none was written */
	int exit_code;
};

static char *below(const struct place *p, const char *name)
{
	return xasprintf("%s/%s", p->dir, name);
}

static void put(const struct place *p, const char *name, const char *text)
{
	AUTO(mem_free) char *path = below(p, name);
	AUTO(mem_free) char *folder = xstrndup(path, strlen(path));
	struct err err = ERR_INIT;

	*strrchr(folder, '/') = '\0';
	ck_ok(fs_mkdirs(folder, 0755, &err), &err);
	ck_ok(fs_write(path, text, strlen(text), &err), &err);
}

static void ck_holds(const struct place *p, const char *name, const char *text)
{
	AUTO(mem_free) char *path = below(p, name);
	AUTO(buf_release) struct buf got = { 0 };
	struct err err = ERR_INIT;

	ck_ok(fs_read(&got, path, 1 << 20, &err), &err);
	ck_assert_str_eq(buf_text(&got), text);
}

static void give_away(const struct place *p)
{
	struct err err = ERR_INIT;
	uid_t uid;
	gid_t gid;

	if (geteuid() != 0)
		return;
	ck_ok(privilege_find(&uid, &gid, "nobody", &err), &err);
	ck_ok(fs_chown_tree(p->dir, uid, gid, &err), &err);
}

static void build_lane(const struct place *p)
{
	AUTO(mem_free)
	char *make = xasprintf(
		"cd %s/lane/src && LC_ALL=C make -s >../build.log 2>&1",
		p->dir);
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", make, (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static void make_place(struct place *p)
{
	*p = (struct place){ .dir = support_tmpdir() };
	put(p, "secret", "SECRET");
	put(p, "lane/src/Makefile", makefile);
	put(p, "lane/src/fs/a.c", A_C);
	put(p, "lane/src/fs/a.h", "#define A 1\n");
	put(p, "lane/src/fs/b.c", "int b(void) { return 2; }\n");
	put(p, "lane/src/fs/off.c", "int off(void) { return 2; }\n");
	put(p, "lane/src/fs/off.h", "\n");
	build_lane(p);
	put(p, "lane/lane.json", "{\"arch\":\"um\"}");
}

static void place_release(struct place *p)
{
	struct err err = ERR_INIT;

	ck_ok(fs_remove_tree(p->dir, &err), &err);
	json_decref(p->result);
	free(p->dir);
}
DEFINE_AUTO_VALUE(struct place, place_release)

#define FILE_OF(path, name)                                            \
	"{\"path\":\"" path "\",\"from\":\"files/" name "\",\"mode\":" \
	"\"100644\"}"
#define STEP(name, files) \
	"{\"name\":\"" name "\",\"files\":[" files "],\"guest\":null}"

static void write_spec(const struct place *p, const char *steps,
		       unsigned build_s)
{
	AUTO(mem_free)
	char *spec = xasprintf("{\"version\":1,\"lane\":\"%s/lane\","
			       "\"program\":\"%s/none\",\"steps\":[%s],"
			       "\"limits\":{\"build_s\":%u,\"guest_s\":5,"
			       "\"memory_mib\":2048,\"guest_mib\":256}}",
			       p->dir, p->dir, steps, build_s);

	put(p, "job/spec.json", spec);
}

static pid_t start_lab(const struct place *p)
{
	AUTO(mem_free) char *job = below(p, "job");
	char name[] = "lab";
	char *argv[] = { name, job, NULL };
	pid_t pid;

	give_away(p);
	pid = fork();
	if (pid == 0) {
		int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);

		dup2(quiet, 2);
		optind = 1;
		_exit(lab_main(2, argv));
	}
	return pid;
}

static void finish_lab(struct place *p, pid_t pid)
{
	AUTO(mem_free) char *path = below(p, "job/result.json");
	struct err err = ERR_INIT;
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	p->exit_code = WEXITSTATUS(status);
	if (fs_exists(path))
		ck_ok(json_read(&p->result, path, 1 << 20, &err), &err);
}

static unsigned time_for(const char *outcome)
{
	return strcmp(outcome, "timed-out") == 0 ? SUPPORT_SHORT_S
						 : SUPPORT_AMPLE_S;
}

static void run_lab(struct place *p, const char *steps, unsigned build_s)
{
	write_spec(p, steps, build_s);
	finish_lab(p, start_lab(p));
}

static const json_t *build_of(const struct place *p, size_t step)
{
	const json_t *steps = json_object_get(p->result, "steps");

	return json_object_get(json_array_get(steps, step), "build");
}

static const char *outcome_of(const struct place *p, size_t step)
{
	const char *s = json_string_value(
		json_object_get(build_of(p, step), "outcome"));

	return s ? s : "none";
}

/* The lists of a step as one line: "fs/a.c:1 error, ..." and names. */
static char *told(const struct place *p, size_t step, const char *key)
{
	const json_t *list = json_object_get(build_of(p, step), key);
	AUTO(buf_release) struct buf out = { 0 };

	buf_init(&out, 4000);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *v = json_array_get(list, i);

		if (json_is_string(v))
			buf_addf(&out, "%s;", json_string_value(v));
		else
			buf_addf(&out, "%s:%d %s %s;",
				 json_string_value(json_object_get(v, "file")),
				 (int)json_integer_value(
					 json_object_get(v, "line")),
				 json_string_value(
					 json_object_get(v, "severity")),
				 json_string_value(json_object_get(v, "text")));
	}
	return buf_take(&out);
}

static const char *error_of(const struct place *p)
{
	const json_t *error = json_object_get(p->result, "error");
	const char *s = json_string_value(json_object_get(error, "message"));

	return s ? s : "";
}

/* One file changed in one step, and what is told of it. */
static const struct {
	const char *path, *text, *outcome, *fresh, *built, *unbuilt;
} changes[] = {
	{ "fs/b.c", "int b(void) { return 3; }\n", "ok", "", "fs/b.o;", "" },
	{ "fs/a.c", "\n\n" A_C, "ok", "", "fs/a.o;", "" }, /* an old warning */
	{ "fs/b.c", "int b(void)\n{\n\tint x;\n\treturn 3;\n}\n", "ok",
	  "fs/b.c:3 warning unused variable 'x' [-Wunused-variable];",
	  "fs/b.o;", "" },
	{ "fs/b.c", "int b(void)\n{\n\ty = 1;\n\treturn 3;\n}\n", "broken",
	  "fs/b.c:3 error 'y' undeclared (first use in this function);",
	  "fs/b.o;", "" },
	{ "fs/a.h", "#define A 2\n", "ok", "", "fs/a.o;", "" },
	{ "fs/off.c", "int off(void) { return 3; }\n", "ok", "", "",
	  "fs/off.c;" },
	{ "fs/off.h", "\n\n", "ok", "", "", "fs/off.h;" },
	{ "fs/new/n.c", "int n;\n", "ok", "", "", "fs/new/n.c;" },
	{ "README", "words\n", "ok", "", "", "" },
	{ "Makefile", "all:\n\techo no tab\n\tfalse\n", "broken",
	  "make:0 error [Makefile:3: all] Error 1;", "", "" },
	{ "Makefile", "all:\n\ttrue\n", "ok", "", "", "" },
	{ "Makefile", "all:\n\trm -f linux\n", "broken",
	  "make:0 error the build left no kernel;", "", "" },
	{ "Makefile", "all:\n\tln -sf /bin/sh linux\n", "broken",
	  "make:0 error the build left no kernel;", "", "" },
	{ "Makefile", "all:\n\t@yes\n", "broken",
	  "make:0 error the build printed more than it may;", "", "" },
	{ "Makefile", "all:\n\tsleep 1000\n", "timed-out", "", "", "" },
	{ "Makefile", "all:\n\tsetsid sleep 1000 & exit 1\n", "broken",
	  "make:0 error [Makefile:2: all] Error 1;", "", "" },
};

START_TEST(a_change_is_built_and_told)
{
	AUTO(place_release) struct place p;
	AUTO(mem_free) char *fresh = NULL;
	AUTO(mem_free) char *built = NULL;
	AUTO(mem_free) char *unbuilt = NULL;
	AUTO(mem_free) char *step = NULL;

	make_place(&p);
	put(&p, "job/files/1", changes[_i].text);
	step = xasprintf("{\"name\":\"1\",\"files\":[{\"path\":\"%s\",\"from\":"
			 "\"files/1\",\"mode\":\"100644\"}],\"guest\":null}",
			 changes[_i].path);
	run_lab(&p, step, time_for(changes[_i].outcome));
	ck_assert_int_eq(p.exit_code, 0);
	ck_assert_str_eq(error_of(&p), "");
	fresh = told(&p, 0, "new_diagnostics");
	built = told(&p, 0, "built");
	unbuilt = told(&p, 0, "unbuilt");
	ck_assert_str_eq(fresh, changes[_i].fresh);
	ck_assert_str_eq(outcome_of(&p, 0), changes[_i].outcome);
	ck_assert_str_eq(built, changes[_i].built);
	ck_assert_str_eq(unbuilt, changes[_i].unbuilt);
	ck_holds(&p, "lane/src/Makefile", makefile);
}
END_TEST

START_TEST(steps_add_up_and_blame_the_first)
{
	AUTO(place_release) struct place p;
	AUTO(mem_free) char *first = NULL;
	AUTO(mem_free) char *second = NULL;

	make_place(&p);
	put(&p, "job/files/warns", "int b(void) { int x; return 3; }\n");
	put(&p, "job/files/still", "\nint b(void) { int x; return 4; }\n");
	put(&p, "job/files/wrong", "int b(void) { return y; }\n");
	run_lab(&p,
		STEP("1", FILE_OF("fs/b.c", "warns")) "," STEP(
			"2",
			FILE_OF("fs/b.c",
				"still")) "," STEP("3",
						   "") "," STEP("4",
								FILE_OF("fs/"
									"b.c",
									"wron"
									"g")) "," STEP("5",
										       ""),
		SUPPORT_AMPLE_S);
	ck_assert_str_eq(error_of(&p), "");
	first = told(&p, 0, "new_diagnostics");
	second = told(&p, 1, "new_diagnostics");
	ck_assert_str_eq(first, "fs/b.c:1 warning unused variable 'x' "
				"[-Wunused-variable];");
	ck_assert_str_eq(second, "");
	ck_assert_str_eq(outcome_of(&p, 2), "ok");
	ck_assert_str_eq(outcome_of(&p, 3), "broken");
	ck_assert_str_eq(outcome_of(&p, 4), "skipped");
}
END_TEST

START_TEST(a_file_is_deleted_and_a_folder_made)
{
	AUTO(place_release) struct place p;

	make_place(&p);
	put(&p, "job/files/mk",
	    "all:\n\tcat deep/er/file && ! cat fs/off.c "
	    "&& touch linux\n");
	put(&p, "job/files/f", "x\n");
	run_lab(&p,
		STEP("1",
		     FILE_OF("Makefile", "mk") "," FILE_OF(
			     "deep/er/file",
			     "f") ","
				  "{\"path\":\"fs/off.c\",\"delete\":true}"),
		SUPPORT_AMPLE_S);
	ck_assert_str_eq(error_of(&p), "");
	ck_assert_str_eq(outcome_of(&p, 0), "ok");
	ck_holds(&p, "lane/src/fs/off.c", "int off(void) { return 2; }\n");
}
END_TEST

/*
 * Recipes that look for something: what they find is what they print, or a
 * file that they make. $D is the folder with the secret, the lane and the job.
 */
static const char *const attempts[] = {
	"bash -c 'echo >/dev/tcp/127.0.0.1/22' && echo FOUND",
	"bash -c 'echo >/dev/tcp/1.1.1.1/53' && echo FOUND",
	"perl -MSocket -e 'socket(S, AF_INET, SOCK_DGRAM, 0) && connect(S, "
	"sockaddr_in(53, inet_aton(\"8.8.8.8\"))) && print \"FOUND\"'",
	"perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0) && connect(S, "
	"sockaddr_un(\"/run/systemd/journal/stdout\")) && print \"FOUND\"'",
	"cat $D/secret | sed s/SECRET/FOUND/",
	"ls /home /root | sed s/.*/FOUND/",
	"cat /etc/passwd /etc/shadow | sed s/.*/FOUND/",
	"ls -d $D/lane $D/job && echo FOUND",
	"touch $D/escaped && echo FOUND",
	"touch /usr/escaped /etc/escaped /escaped && echo FOUND",
	"grep -aq 'view/[t]ree' /proc/[0-9]*/cmdline && echo FOUND",
	"test $$(ls -d /proc/[0-9]* | wc -l) -lt 12 || echo FOUND",
	"env | grep -E 'SSH|SECRET|COLLIDER' && echo FOUND",
	"ls /dev/kvm /dev/tty /dev/vda /dev/shm /dev/mem && echo FOUND",
	"ls -d /linux/../tmp/collider* && echo FOUND",
	"echo changed > Makefile.lane && cp Makefile.lane Makefile && false",
};

START_TEST(an_attempt_finds_nothing)
{
	AUTO(place_release) struct place p;
	AUTO(buf_release) struct buf log = { 0 };
	AUTO(mem_free) char *text = NULL;
	AUTO(mem_free) char *escaped = NULL;
	AUTO(mem_free) char *path = NULL;
	struct err err = ERR_INIT;

	make_place(&p);
	setenv("SECRET_OF_CALLER", "1", 1);
	text = xasprintf("D = %s\nall:\n\t-@%s\n\t@touch linux; "
			 "echo tried\n",
			 p.dir, attempts[_i]);
	put(&p, "job/files/mk", text);
	run_lab(&p, STEP("1", FILE_OF("Makefile", "mk")), SUPPORT_AMPLE_S);
	ck_assert_str_eq(error_of(&p), "");
	path = below(&p, "job/1.build.log");
	escaped = below(&p, "escaped");
	ck_ok(fs_read(&log, path, 1 << 20, &err), &err);
	ck_assert_msg(!strstr(buf_text(&log), "FOUND"), "%s", buf_text(&log));
	ck_assert_msg(strstr(buf_text(&log), "tried") != NULL, "%s",
		      buf_text(&log));
	ck_assert(!fs_exists(escaped) && !fs_exists("/usr/escaped"));
	ck_holds(&p, "lane/src/Makefile", makefile);
	ck_holds(&p, "secret", "SECRET");
}
END_TEST

/* What would eat the machine ends as an outcome. */
static const struct {
	const char *recipe, *outcome;
} greedy[] = {
	{ "b() { b | b & }; b; sleep 1000", "timed-out" },
	{ "for i in 1 2 3; do head -c 1500M /dev/zero >big$$i || exit 1; done",
	  "broken" },
	{ "head -c 3000M /dev/zero >big", "broken" },
	{ "head -c 600M /dev/zero >/tmp/big", "broken" },
	{ "perl -e '$$x = \"a\" x 3000000000'", "broken" },
};

START_TEST(what_eats_the_machine_is_stopped)
{
	AUTO(place_release) struct place p;
	AUTO(mem_free) char *text = NULL;

	make_place(&p);
	text = xasprintf("SHELL = /bin/bash\nall:\n\t@%s\n\ttouch linux\n",
			 greedy[_i].recipe);
	put(&p, "job/files/mk", text);
	run_lab(&p, STEP("1", FILE_OF("Makefile", "mk")),
		time_for(greedy[_i].outcome));
	ck_assert_str_eq(error_of(&p), "");
	ck_assert_str_eq(outcome_of(&p, 0), greedy[_i].outcome);
}
END_TEST

START_TEST(a_symlink_of_a_patch_leads_nowhere)
{
	AUTO(place_release) struct place p;
	AUTO(mem_free) char *escaped = NULL;

	make_place(&p);
	put(&p, "job/files/link", p.dir);
	put(&p, "job/files/x", "escaped\n");
	run_lab(&p,
		"{\"name\":\"1\",\"files\":[{\"path\":\"fs/out\",\"from\":"
		"\"files/link\",\"mode\":\"120000\"}],\"guest\":null}," STEP(
			"2", FILE_OF("fs/out/escaped", "x")),
		SUPPORT_AMPLE_S);
	ck_assert_str_eq(outcome_of(&p, 0), "ok");
	ck_assert_str_eq(error_of(&p),
			 "step '2': 'fs/out/escaped' leads through a symlink");
	escaped = below(&p, "escaped");
	ck_assert(!fs_exists(escaped));
}
END_TEST

START_TEST(a_file_of_the_job_may_not_be_a_link)
{
	AUTO(place_release) struct place p;
	AUTO(mem_free) char *secret = NULL;
	AUTO(mem_free) char *link = NULL;

	make_place(&p);
	put(&p, "job/files/x", "");
	secret = below(&p, "secret");
	link = below(&p, "job/files/link");
	ck_assert_int_eq(symlink(secret, link), 0);
	run_lab(&p, STEP("1", FILE_OF("fs/b.c", "link")), SUPPORT_AMPLE_S);
	ck_assert_str_eq(error_of(&p),
			 "step '1': 'files/link' leads through a symlink");
}
END_TEST

START_TEST(what_cannot_be_run_is_told_in_the_result)
{
	AUTO(place_release) struct place p;
	AUTO(mem_free) char *lane = NULL;

	make_place(&p);
	lane = below(&p, "lane/lane.json");
	ck_assert_int_eq(unlink(lane), 0);
	run_lab(&p, STEP("1", ""), SUPPORT_AMPLE_S);
	ck_assert_int_eq(p.exit_code, 0);
	ck_assert_ptr_nonnull(strstr(error_of(&p), "no lane: cannot open"));
	json_decref(TAKE(p.result));
	put(&p, "job/spec.json", "{");
	finish_lab(&p, start_lab(&p));
	ck_assert_int_eq(p.exit_code, 0);
	ck_assert_ptr_nonnull(strstr(error_of(&p), "spec.json"));
}
END_TEST

START_TEST(a_folder_that_is_not_there_has_no_result)
{
	AUTO(place_release) struct place p;

	make_place(&p);
	finish_lab(&p, start_lab(&p));
	ck_assert_int_eq(p.exit_code, EXIT_NO_VERDICT);
	ck_assert_ptr_null(p.result);
}
END_TEST

/* Without times, which differ. */
static void drop_times(json_t *result)
{
	json_t *steps = json_object_get(result, "steps");

	for (size_t i = 0; i < json_array_size(steps); i++)
		json_object_del(json_object_get(json_array_get(steps, i),
						"build"),
				"ms");
}

START_TEST(a_job_killed_at_any_time_can_be_run_again)
{
	static const char steps[] = STEP("1", FILE_OF("fs/b.c", "b")) "," STEP(
		"2", FILE_OF("fs/b.c", "c"));
	AUTO(place_release) struct place p;
	AUTO(json_free) json_t *first = NULL;
	AUTO(mem_free) char *one = NULL;
	AUTO(mem_free) char *other = NULL;

	make_place(&p);
	put(&p, "job/files/b", "int b(void) { int x; return 3; }\n");
	put(&p, "job/files/c", "int b(void) { int y; return 3; }\n");
	run_lab(&p, steps, SUPPORT_AMPLE_S);
	first = TAKE(p.result);
	drop_times(first);
	for (unsigned ms = 0; ms < 400; ms += 40) {
		pid_t pid = start_lab(&p);

		usleep(ms * 1000);
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	}
	finish_lab(&p, start_lab(&p));
	drop_times(p.result);
	one = json_dumps(first, JSON_SORT_KEYS);
	other = json_dumps(p.result, JSON_SORT_KEYS);
	ck_assert_str_eq(one, other);
}
END_TEST

TEST_MAIN("lab", TABLE(a_change_is_built_and_told, changes),
	  TEST(steps_add_up_and_blame_the_first),
	  TEST(a_file_is_deleted_and_a_folder_made),
	  TABLE(an_attempt_finds_nothing, attempts),
	  TABLE(what_eats_the_machine_is_stopped, greedy),
	  TEST(a_symlink_of_a_patch_leads_nowhere),
	  TEST(a_file_of_the_job_may_not_be_a_link),
	  TEST(what_cannot_be_run_is_told_in_the_result),
	  TEST(a_folder_that_is_not_there_has_no_result),
	  TEST(a_job_killed_at_any_time_can_be_run_again))
