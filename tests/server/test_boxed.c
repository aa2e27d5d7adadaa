/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This program is the box, too: with "boxed NAME" it serves the tasks below,
 * which do what no task of collider's should.
 */
#include "tests/support/support.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/run/boxed.h"
#include "bot/run/privilege.h"

/* ---- the tasks ---- */

static int echo(const json_t *request, int out, struct err *err)
{
	return boxed_send(out, request, err);
}

/* Frames that a stranger may have chosen: empty, like a last one, binary. */
static int send_odd(const json_t *request, int out, struct err *err)
{
	(void)request;
	if (boxed_send_bytes(out, "", 0, err) < 0 ||
	    boxed_send_bytes(out, "{\"end\":true}", 12, err) < 0)
		return -1;
	return boxed_send_bytes(out, "\0\1l", 3, err);
}

static int print(const json_t *request, int out, struct err *err)
{
	(void)request;
	puts("a library prints");
	fflush(stdout);
	fputs("and complains\n", stderr);
	return boxed_send_bytes(out, "fine", 4, err);
}

static int refuse(const json_t *request, int out, struct err *err)
{
	(void)out;
	return err_set(err, ERR_LIMIT, "more than %s\n",
		       json_string_value(json_object_get(request, "than")));
}

static int crash(const json_t *request, int out, struct err *err)
{
	(void)request;
	(void)out;
	(void)err;
	fputs("box.c:7: broken\33[1m\nsecond line\n", stderr);
	abort();
}

static int leave(const json_t *request, int out, struct err *err)
{
	(void)request;
	(void)out;
	(void)err;
	_exit(0);
}

static int cut(const json_t *request, int out, struct err *err)
{
	(void)request;
	(void)err;
	_exit(write(out, "\7\0\0\0fab", 7) != 7);
}

static int lie(const json_t *request, int out, struct err *err)
{
	(void)request;
	(void)err;
	_exit(write(out, "\1\0\0\0?", 5) != 5);
}

static int err_of_no_kind(const json_t *request, int out, struct err *err)
{
	static const char last[] = "\45\0\0\0l{\"error\":"
				   "{\"kind\":\"fatal\",\"msg\":\"x\"}}";

	(void)request;
	(void)err;
	_exit(write(out, last, sizeof(last) - 1) != sizeof(last) - 1);
}

static int go_on(const json_t *request, int out, struct err *err)
{
	static const char both[] = "\15\0\0\0l{\"end\":true}\2\0\0\0fx";

	(void)request;
	(void)err;
	_exit(write(out, both, sizeof(both) - 1) != sizeof(both) - 1);
}

static int send_long(const json_t *request, int out, struct err *err)
{
	char bytes[101] = "";

	(void)request;
	return boxed_send_bytes(out, bytes, sizeof(bytes), err);
}

static int flood(const json_t *request, int out, struct err *err)
{
	char bytes[100] = "";

	(void)request;
	for (;;)
		if (boxed_send_bytes(out, bytes, sizeof(bytes), err) < 0)
			return -1;
}

static int wait_for_ever(const json_t *request, int out, struct err *err)
{
	(void)request;
	(void)out;
	(void)err;
	for (;;)
		pause();
	return 0;
}

static int eat(const json_t *request, int out, struct err *err)
{
	(void)request;
	(void)out;
	(void)err;
	for (;;)
		memset(xmalloc(1 << 20), 1, 1 << 20);
	return 0;
}

/* A file as large as the request wants, in the folder that is bound. */
static int put(const json_t *request, int out, struct err *err)
{
	AUTO(mem_free) char *bytes = xcalloc(1, 1 << 20);
	AUTO(file_close) FILE *f = fopen("/work/here", "w");
	int64_t mib;

	(void)out;
	if (json_get_int(&mib, request, "mib", 0, 100000, err) < 0)
		return -1;
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 1 << 20, 1 << 20 });
	if (!f)
		return err_sys(err, ERR_SYSTEM, "cannot make it");
	for (; mib; mib--)
		if (fs_write_fd(fileno(f), bytes, 1 << 20, "here", err) < 0)
			return -1;
	return 0;
}

/* Many small frames: the parent is to take them as they come. */
static int count(const json_t *request, int out, struct err *err)
{
	char bytes[90] = "";
	int64_t n;

	if (json_get_int(&n, request, "n", 0, 10000000, err) < 0)
		return -1;
	for (; n; n--)
		if (boxed_send_bytes(out, bytes, sizeof(bytes), err) < 0)
			return -1;
	return 0;
}

/* The content of each file that the request names. */
static int tell(const json_t *request, int out, struct err *err)
{
	const json_t *files = json_object_get(request, "files");

	for (size_t i = 0; i < json_array_size(files); i++) {
		const char *file = json_string_value(json_array_get(files, i));
		AUTO(buf_release) struct buf bytes = { 0 };

		if (fs_read(&bytes, file, 90, err) < 0 ||
		    boxed_send_bytes(out, buf_text(&bytes), bytes.len, err) < 0)
			return -1;
	}
	return 0;
}

static const struct boxed_task tasks[] = {
	{ "tell", tell },    { "echo", echo },
	{ "odd", send_odd }, { "print", print },
	{ "fail", refuse },  { "crash", crash },
	{ "leave", leave },  { "cut", cut },
	{ "lie", lie },	     { "nokind", err_of_no_kind },
	{ "goon", go_on },   { "long", send_long },
	{ "flood", flood },  { "wait", wait_for_ever },
	{ "eat", eat },	     { "put", put },
	{ "count", count },  { NULL, NULL },
};

/* ---- what the parent sees ---- */

/* Each frame in brackets. */
static int note(void *arg, const char *bytes, size_t len, struct err *err)
{
	struct buf *came = arg;

	(void)err;
	buf_addc(came, '[');
	buf_add(came, bytes, len);
	buf_addc(came, ']');
	return 0;
}

static int run(const char *name, const char *request, struct buf *came,
	       struct err *err)
{
	AUTO(json_free) json_t *json = json_loads(request, 0, NULL);

	buf_init(came, 65536);
	return boxed_run(&(struct boxed_spec){ .name = name,
					       .profile = "pure",
					       .request = json,
					       .user = "nobody",
					       .timeout_s = SUPPORT_AMPLE_S,
					       .max_frame = 100,
					       .on_frame = note,
					       .arg = came },
			 err);
}

static const struct {
	const char *name, *request;
	const char *frames;
	size_t len;
} answers[] = {
	{ "echo", "{\"a\":[1,\"x\"]}", "[{\"a\":[1,\"x\"]}]", 15 },
	{ "odd", "{}", "[][{\"end\":true}][\0\1l]", 21 },
	{ "print", "{}", "[fine]", 6 },
};

START_TEST(a_task_hands_back_its_frames)
{
	AUTO(buf_release) struct buf came = { 0 };
	struct err err = ERR_INIT;

	ck_ok(run(answers[_i].name, answers[_i].request, &came, &err), &err);
	ck_assert_uint_eq(came.len, answers[_i].len);
	ck_assert_mem_eq(came.data, answers[_i].frames, came.len);
}
END_TEST

static const struct {
	const char *name;
	enum err_kind kind;
	const char *says;
} failures[] = {
	{ "fail", ERR_LIMIT, "more than 3 ??" },
	{ "crash", ERR_RETRY,
	  "box 'crash' killed by signal 6: 'box.c:7: broken?[1m'" },
	{ "eat", ERR_RETRY,
	  "box 'eat' killed by signal 6: 'collider: out of memory'" },
	{ "leave", ERR_INPUT, "box 'leave' ended without a word" },
	{ "cut", ERR_INPUT, "box 'cut': the last frame has 3 of 7 bytes" },
	{ "lie", ERR_INPUT, "box 'lie': a frame of no known sort" },
	{ "nokind", ERR_INPUT,
	  "box 'nokind': no kind of error is called 'fatal'" },
	{ "goon", ERR_INPUT, "box 'goon': a frame after the last one" },
	{ "long", ERR_LIMIT,
	  "box 'long': a frame of 101 bytes, more than 100" },
	{ "none", ERR_RETRY,
	  "box 'none' exited with 1: 'collider boxed: one of its own tasks'" },
};

START_TEST(a_task_that_fails_is_an_error_of_the_right_kind)
{
	AUTO(buf_release) struct buf came = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(run(failures[_i].name, "{\"than\":\"3 \\u0001\"}",
			     &came, &err),
			 -1);
	ck_assert_str_eq(err.msg, failures[_i].says);
	ck_assert_int_eq(err.kind, failures[_i].kind);
}
END_TEST

/* How a task that never ends is ended. */
static const struct {
	const char *name;
	unsigned timeout_s, silence_s;
	enum err_kind kind;
	const char *says;
} endless[] = {
	{ "wait", 1, 0, ERR_RETRY, "box 'wait' timed out after 1 s" },
	{ "wait", 30, 1, ERR_RETRY,
	  "box 'wait' timed out after 1 s, the last of them silent" },
	{ "flood", 1, 30, ERR_RETRY, "box 'flood' timed out after 1 s" },
};

static int ignore(void *arg, const char *bytes, size_t len, struct err *err)
{
	(void)arg;
	(void)bytes;
	(void)len;
	(void)err;
	return 0;
}

START_TEST(a_task_without_an_end_is_ended)
{
	AUTO(json_free) json_t *request = json_object();
	struct err err = ERR_INIT;

	ck_assert_int_eq(boxed_run(
				 &(struct boxed_spec){
					 .name = endless[_i].name,
					 .profile = "pure",
					 .request = request,
					 .user = "nobody",
					 .timeout_s = endless[_i].timeout_s,
					 .silence_s = endless[_i].silence_s,
					 .max_frame = 100,
					 .on_frame = ignore },
				 &err),
			 -1);
	ck_assert_str_eq(err.msg, endless[_i].says);
	ck_assert_int_eq(err.kind, endless[_i].kind);
}
END_TEST

/* Takes three frames, and says no to the next. */
static int take_three(void *arg, const char *bytes, size_t len, struct err *err)
{
	unsigned *n = arg;

	(void)bytes;
	(void)len;
	if (*n == 3)
		return err_set(err, ERR_SYSTEM, "the disk is full");
	++*n;
	return 0;
}

START_TEST(a_frame_that_is_refused_ends_the_box)
{
	AUTO(json_free) json_t *request = json_object();
	struct err err = ERR_INIT;
	unsigned n = 0;

	ck_assert_int_eq(
		boxed_run(&(struct boxed_spec){ .name = "flood",
						.profile = "pure",
						.request = request,
						.user = "nobody",
						.timeout_s = SUPPORT_AMPLE_S,
						.max_frame = 100,
						.on_frame = take_three,
						.arg = &n },
			  &err),
		-1);
	ck_assert_str_eq(err.msg, "box 'flood': the disk is full");
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	ck_assert_uint_eq(n, 3);
}
END_TEST

static long peak_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

START_TEST(many_frames_take_no_memory_here)
{
	AUTO(json_free) json_t *request = json_pack("{s:i}", "n", 400000);
	struct err err = ERR_INIT;
	long before = peak_kib();

	ck_ok(boxed_run(&(struct boxed_spec){ .name = "count",
					      .profile = "pure",
					      .request = request,
					      .user = "nobody",
					      .max_frame = 100,
					      .on_frame = ignore },
			&err),
	      &err);
	ck_assert_int_lt(peak_kib() - before, 8 << 10); /* of 38 MB */
}
END_TEST

/* A folder that the box's user may write to. */
static char *make_work(void)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	struct err err = ERR_INIT;
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (uid == 0)
		ck_ok(privilege_find(&uid, &gid, "nobody", &err), &err);
	ck_ok(fs_chown_tree(dir, uid, gid, &err), &err);
	return TAKE(dir);
}

static int put_in(const char *dir, int mib, bool writable, struct err *err)
{
	AUTO(json_free) json_t *request = json_pack("{s:i}", "mib", mib);
	struct sandbox_bind work = { dir, "/work", writable };

	return boxed_run(&(struct boxed_spec){ .name = "put",
					       .profile = "pure",
					       .binds = &work,
					       .n_binds = 1,
					       .request = request,
					       .user = "nobody",
					       .max_frame = 100,
					       .on_frame = ignore },
			 err);
}

START_TEST(a_bound_folder_is_as_writable_as_was_asked)
{
	AUTO(mem_free) char *dir = make_work();
	struct err err = ERR_INIT;
	struct err told = ERR_INIT;

	ck_ok(put_in(dir, 1, true, &err), &err);
	ck_assert_int_eq(put_in(dir, 1, false, &told), -1);
	ck_assert_str_eq(told.msg, "cannot make it: Read-only file system");
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

START_TEST(a_file_past_its_ceiling_is_an_error_of_the_task)
{
	AUTO(mem_free) char *dir = make_work();
	struct err told = ERR_INIT;
	struct err err = ERR_INIT;

	ck_assert_int_eq(put_in(dir, 2, true, &told), -1);
	ck_assert_int_eq(told.kind, ERR_SYSTEM);
	ck_assert_str_eq(told.msg, "cannot write 'here': File too large");
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

START_TEST(bytes_that_are_no_text_go_in_as_a_file)
{
	AUTO(json_free)
	json_t *request = json_pack("{s:[s]}", "files", BOXED_INPUT);
	AUTO(fd_close) int input = memfd_create("input", MFD_CLOEXEC);
	AUTO(buf_release) struct buf came = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(pwrite(input, "a\0\xff", 3, 0), 3);
	buf_init(&came, 100);
	ck_ok(boxed_run(&(struct boxed_spec){ .name = "tell",
					      .profile = "pure",
					      .request = request,
					      .input_fd = input,
					      .user = "nobody",
					      .max_frame = 100,
					      .on_frame = note,
					      .arg = &came },
			&err),
	      &err);
	ck_assert_uint_eq(came.len, 5);
	ck_assert_mem_eq(came.data, "[a\0\xff]", 5);
}
END_TEST

/* As a tree below /root: root may enter the folder, the box's user may not. */
START_TEST(what_is_bound_may_lie_below_a_closed_folder)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *open = xasprintf("%s/closed/open", dir);
	AUTO(mem_free) char *file = xasprintf("%s/file", open);
	AUTO(mem_free) char *closed = xasprintf("%s/closed", dir);
	AUTO(json_free)
	json_t *request =
		json_pack("{s:[ss]}", "files", "/folder/file", "/alone");
	struct sandbox_bind binds[] = { { open, "/folder", false },
					{ file, "/alone", false } };
	AUTO(buf_release) struct buf came = { 0 };
	struct err err = ERR_INIT;

	ck_ok(fs_mkdirs(open, 0755, &err), &err);
	ck_ok(fs_write(file, "seen", 4, &err), &err);
	ck_assert_int_eq(chmod(closed, 0700), 0);
	buf_init(&came, 100);
	ck_ok(boxed_run(&(struct boxed_spec){ .name = "tell",
					      .profile = "pure",
					      .binds = binds,
					      .n_binds = 2,
					      .request = request,
					      .user = "nobody",
					      .max_frame = 100,
					      .on_frame = note,
					      .arg = &came },
			&err),
	      &err);
	ck_assert_str_eq(buf_text(&came), "[seen][seen]");
	ck_assert(fs_exists(file)); /* nothing is mounted for us */
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

/* As from a clone below /root: the box's user cannot reach the program. */
START_TEST(a_program_in_a_closed_folder_is_its_own_box)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *copy = xasprintf("%s/program", dir);
	AUTO(buf_release) struct buf program = { 0 };
	struct child_result r;
	struct err err = ERR_INIT;

	ck_ok(fs_read(&program, "/proc/self/exe", 256 << 20, &err), &err);
	ck_ok(fs_write(copy, program.data, program.len, &err), &err);
	ck_assert_int_eq(chmod(copy, 0700), 0);
	ck_assert_int_eq(chmod(dir, 0700), 0);
	ck_ok(child_run(&r,
			&(struct child_spec){
				.argv = (const char *const[]){ copy, "self",
							       NULL },
				.env =
					(const char *const[]){
						"PATH=/usr/bin:/bin",
						"COLLIDER_DATA=" COLLIDER_DATA,
						NULL },
				.timeout_s = SUPPORT_AMPLE_S,
				.max_output = 65536 },
			&err),
	      &err);
	ck_assert_int_eq(r.exit_code, 0);
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

/* A box, from whatever program this is a copy of. */
static int run_self(void)
{
	AUTO(buf_release) struct buf came = { 0 };
	struct err err = ERR_INIT;

	return run("echo", "{}", &came, &err) < 0 ||
	       strcmp(buf_text(&came), "[{}]") != 0;
}

int main(int argc, char **argv)
{
	const struct test_case cases[] = {
		TABLE(a_task_hands_back_its_frames, answers),
		TABLE(a_task_that_fails_is_an_error_of_the_right_kind,
		      failures),
		TABLE(a_task_without_an_end_is_ended, endless),
		TEST(a_frame_that_is_refused_ends_the_box),
		TEST(many_frames_take_no_memory_here),
		TEST(a_bound_folder_is_as_writable_as_was_asked),
		TEST(a_file_past_its_ceiling_is_an_error_of_the_task),
		TEST(bytes_that_are_no_text_go_in_as_a_file),
		TEST(what_is_bound_may_lie_below_a_closed_folder),
		TEST(a_program_in_a_closed_folder_is_its_own_box),
	};

	if (argc > 1 && strcmp(argv[1], "boxed") == 0)
		return boxed_serve(argc - 1, argv + 1, tasks);
	if (argc > 1 && strcmp(argv[1], "self") == 0)
		return run_self();
	return support_run("boxed", cases, ARRAY_LEN(cases));
}
