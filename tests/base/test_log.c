/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/log.h"

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "tests/support/support.h"

/* What stdout got while one event was told. */
static void tell(struct buf *out, enum log_level level, const char *their)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *path = xasprintf("%s/out", dir);
	struct err err = ERR_INIT;
	struct log_line l;

	ck_assert_ptr_nonnull(freopen(path, "w", stdout));
	log_begin(&l, level, "stage=%s revision=%d", "try", 7);
	log_text(&l, "title", their, strlen(their));
	log_add(&l, "in %d s", 3);
	log_end(&l);
	ck_ok(fs_read(out, path, 4096, &err), &err);
	ck_ok(fs_remove_tree(dir, &err), &err);
}

static const struct {
	enum log_level level;
	const char *journal;
	const char *their;
	const char *line;
} events[] = {
	{ LOG_IS_INFO, NULL, "xfs: a fix",
	  "stage=try revision=7 title=\"xfs: a fix\" in 3 s\n" },
	{ LOG_IS_INFO, "8:1234", "xfs: a fix",
	  "<6>stage=try revision=7 title=\"xfs: a fix\" in 3 s\n" },
	{ LOG_IS_ERR, "8:1234", "",
	  "<3>stage=try revision=7 title=\"\" in 3 s\n" },
	{ LOG_IS_INFO, NULL, "a\" x=\"b\n<0>forged \033[2J",
	  "stage=try revision=7 title=\"a\\\" x=\\\"b\\x0a<0>forged "
	  "\\x1b[2J\" in 3 s\n" },
};

START_TEST(an_event_is_one_line_that_nobody_can_forge)
{
	AUTO(buf_release) struct buf out = { 0 };

	unsetenv("JOURNAL_STREAM");
	if (events[_i].journal)
		setenv("JOURNAL_STREAM", events[_i].journal, 1);
	tell(&out, events[_i].level, events[_i].their);
	ck_assert_str_eq(buf_text(&out), events[_i].line);
}
END_TEST

TEST_MAIN("log", TABLE(an_event_is_one_line_that_nobody_can_forge, events))
