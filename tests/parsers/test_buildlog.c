/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/support.h"

#include "parsers/buildlog.h"

#define ROOT "/linux"

static void parse(struct buildlog *log, const char *text)
{
	buildlog_parse(log, text, strlen(text), ROOT);
}

static void dump(struct buf *out, const char *bytes, size_t len)
{
	AUTO(buildlog_release) struct buildlog log = { 0 };

	buildlog_parse(&log, bytes, len, ROOT);
	for (size_t i = 0; i < log.n; i++) {
		const struct diagnostic *d = &log.v[i];

		buf_addf(out, "%s:%u:%u: %s: %s\n", d->file, d->line, d->column,
			 diagnostic_severity_name(d->severity), d->text);
		if (d->function)
			buf_addf(out, "\tin %s\n", d->function);
		if (d->via)
			buf_addf(out, "\tvia %s\n", d->via);
	}
	for (size_t i = 0; i < log.built.n; i++)
		buf_addf(out, "built %s\n", log.built.v[i]);
	buf_addf(out, "left out %zu\n", log.left_out);
}

START_TEST(logs_read_as_expected)
{
	support_golden("buildlog", ".log", dump);
}
END_TEST

/* One line, and the file and text of its diagnostic; NULL: it has none. */
static const struct {
	const char *line, *file, *text;
	unsigned at;
	enum diagnostic_severity severity;
} lines[] = {
	{ "fs/a.c:3:5: error: x undeclared", "fs/a.c", "x undeclared", 3,
	  DIAGNOSTIC_ERROR },
	{ "./fs/a.c:3: warning: w [-Wx]", "fs/a.c", "w [-Wx]", 3,
	  DIAGNOSTIC_WARNING },
	{ "/linux/fs/a.c:3: fatal error: no b.h", "fs/a.c", "no b.h", 3,
	  DIAGNOSTIC_ERROR },
	{ "/linuxes/a.c:3: error: e", "/linuxes/a.c", "e", 3,
	  DIAGNOSTIC_ERROR },
	{ "fs/xfs/libxfs/../xfs_a.h:9:1: error: e", "fs/xfs/xfs_a.h", "e", 9,
	  DIAGNOSTIC_ERROR },
	{ "../../a.h:9:1: error: e", "../../a.h", "e", 9, DIAGNOSTIC_ERROR },
	{ "\033[01m\033[Kfs/a.c:3:5:\033[m\033[K \033[01;31merror: \033[me",
	  "fs/a.c", "e", 3, DIAGNOSTIC_ERROR },
	{ "arch/x.S:12: Error: no such instruction: `foo'", "arch/x.S",
	  "no such instruction: `foo'", 12, DIAGNOSTIC_ERROR },
	{ "fs/xfs/Kconfig:10: syntax error", "fs/xfs/Kconfig", "syntax error",
	  10, DIAGNOSTIC_ERROR },
	{ "fs/Kconfig:3:warning: ignoring x", "fs/Kconfig", "ignoring x", 3,
	  DIAGNOSTIC_WARNING },
	{ "fs/xfs/Makefile:7: *** missing separator.  Stop.", "fs/xfs/Makefile",
	  "missing separator.  Stop.", 7, DIAGNOSTIC_ERROR },
	{ "make[2]: *** No rule to make target 'fs/x.o'.  Stop.", "make",
	  "No rule to make target 'fs/x.o'.  Stop.", 0, DIAGNOSTIC_ERROR },
	{ "make: *** [Makefile:240: __sub-make] Error 2", "make",
	  "[Makefile:240: __sub-make] Error 2", 0, DIAGNOSTIC_ERROR },
	{ "make[1]: *** [x] Error 1 (ignored)", NULL, NULL, 0, 0 },
	{ "ld: vmlinux.o:(.rodata+0x8): undefined reference to `f'",
	  "vmlinux.o", "undefined reference to `f'", 0, DIAGNOSTIC_ERROR },
	{ "ld: warning: x has a LOAD segment", "ld", "x has a LOAD segment", 0,
	  DIAGNOSTIC_WARNING },
	{ "ERROR: modpost: \"f\" [fs/x.ko] undefined!", "vmlinux",
	  "\"f\" [fs/x.ko] undefined!", 0, DIAGNOSTIC_ERROR },
	{ "cc1: error: bad option", "cc1", "bad option", 0, DIAGNOSTIC_ERROR },
	{ "fs/a.o: warning: objtool: f+0x1: unreachable", "fs/a.o",
	  "objtool: f+0x1: unreachable", 0, DIAGNOSTIC_WARNING },
	{ "collect2: error: ld returned 1 exit status", NULL, NULL, 0, 0 },
	{ "fs/a.c:3:5: note: here", NULL, NULL, 0, 0 },
	{ "   12 | error: not one", NULL, NULL, 0, 0 },
	{ "a file:3:5: error: of a name with a blank", NULL, NULL, 0, 0 },
	{ "fs/a.c:3:5: error: a\001b\xff", "fs/a.c", "a?b?", 3,
	  DIAGNOSTIC_ERROR },
	{ "fs/a.c:99999999999:5: error: e", NULL, NULL, 0, 0 },
	{ "", NULL, NULL, 0, 0 },
};

START_TEST(a_line_is_a_diagnostic_or_nothing)
{
	AUTO(buildlog_release) struct buildlog log = { 0 };

	parse(&log, lines[_i].line);
	ck_assert_uint_eq(log.n, lines[_i].file ? 1 : 0);
	if (!lines[_i].file)
		return;
	ck_assert_str_eq(log.v[0].file, lines[_i].file);
	ck_assert_str_eq(log.v[0].text, lines[_i].text);
	ck_assert_uint_eq(log.v[0].line, lines[_i].at);
	ck_assert_int_eq(log.v[0].severity, lines[_i].severity);
}
END_TEST

/* How often the lane and the build print it, and how often that is news. */
static const struct {
	const char *lane, *build;
	size_t n_new;
} news[] = {
	{ "", "", 0 },
	{ "", "fs/a.c:1: warning: w\n", 1 },
	{ "fs/a.c:1: warning: w\n", "fs/a.c:77: warning: w\n", 0 },
	{ "fs/a.c:1: warning: w\n",
	  "fs/a.c:1: warning: w\nfs/a.c:2: warning: w\n", 1 },
	{ "fs/b.c:1: warning: w\n", "fs/a.c:1: warning: w\n", 1 },
	{ "fs/a.c:1: warning: w\n", "fs/a.c:1: error: w\n", 1 },
	{ "fs/a.c:1: warning: v\n", "fs/a.c:1: warning: w\n", 1 },
};

START_TEST(one_more_than_the_lane_prints_is_new)
{
	AUTO(buildlog_release) struct buildlog lane = { 0 };
	AUTO(buildlog_release) struct buildlog build = { 0 };
	size_t n_new = 0;

	parse(&lane, news[_i].lane);
	parse(&build, news[_i].build);
	for (size_t i = 0; i < build.n; i++)
		n_new += buildlog_is_new(&build, i, &lane);
	ck_assert_uint_eq(n_new, news[_i].n_new);
}
END_TEST

static const struct {
	size_t printed, kept, left_out;
} ceilings[] = {
	{ BUILDLOG_MAX_DIAGNOSTICS, BUILDLOG_MAX_DIAGNOSTICS, 0 },
	{ BUILDLOG_MAX_DIAGNOSTICS + 1, BUILDLOG_MAX_DIAGNOSTICS, 1 },
};

START_TEST(what_is_past_the_ceiling_is_counted)
{
	AUTO(buildlog_release) struct buildlog log = { 0 };
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, 1 << 20);
	for (size_t i = 0; i < ceilings[_i].printed; i++)
		buf_addf(&text, "fs/a.c:%zu: warning: w\n", i);
	parse(&log, buf_text(&text));
	ck_assert_uint_eq(log.n, ceilings[_i].kept);
	ck_assert_uint_eq(log.left_out, ceilings[_i].left_out);
}
END_TEST

START_TEST(a_line_without_end_is_bounded)
{
	AUTO(buildlog_release) struct buildlog log = { 0 };
	static const char start[] = "fs/a.c:1: error: ";
	size_t len = 64u << 20;
	AUTO(mem_free) char *text = xmalloc(len);

	memset(text, 'x', len);
	memcpy(text, start, strlen(start));
	buildlog_parse(&log, text, len, ROOT);
	ck_assert_uint_eq(log.n, 1);
	ck_assert_uint_eq(strlen(log.v[0].text),
			  BUILDLOG_MAX_LINE - strlen(start));
}
END_TEST

TEST_MAIN("buildlog", TEST(logs_read_as_expected),
	  TABLE(a_line_is_a_diagnostic_or_nothing, lines),
	  TABLE(one_more_than_the_lane_prints_is_new, news),
	  TABLE(what_is_past_the_ceiling_is_counted, ceilings),
	  TEST(a_line_without_end_is_bounded))
