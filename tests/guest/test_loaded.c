// SPDX-License-Identifier: GPL-2.0-or-later
#include "bot/guest/loaded.h"

#include "bot/base/fs.h"
#include "bot/run/child.h"
#include "tests/support/support.h"

/* A program of this source, hashed; @flags go to the compiler. */
static void build(struct hash *out, const char *dir, const char *source,
		  const char *flags)
{
	AUTO(mem_free) char *c = xasprintf("%s/a.c", dir);
	AUTO(mem_free) char *program = xasprintf("%s/a", dir);
	const char *const argv[] = { "/usr/bin/cc", "-O1", flags, "-o",
				     program,	    c,	   NULL };
	struct child_result result;
	struct err err = ERR_INIT;

	ck_ok(fs_write(c, source, strlen(source), &err), &err);
	ck_ok(child_run(&result,
			&(struct child_spec){ .argv = argv,
					      .timeout_s = SUPPORT_AMPLE_S,
					      .max_output = 1 << 16 },
			&err),
	      &err);
	ck_assert(child_is_ok(&result));
	ck_ok(loaded_hash(out, program, &err), &err);
}

static const struct {
	const char *source, *flags;
	bool is_equal;
} others[] = {
	{ "int main(void) { return 3; } /* 3 */", "-Wl,--build-id", true },
	{ "int main(void) { return 3; }",
	  "-Wl,--build-id=0x0123456789012345678901234567890123456789", true },
	{ "int main(void) { return 4; }", "-Wl,--build-id", false },
	{ "int x = 1; int main(void) { return 3; }", "-Wl,--build-id", false },
};

START_TEST(only_what_is_loaded_counts)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	struct err err = ERR_INIT;
	struct hash base, other;

	build(&base, dir, "int main(void) { return 3; }", "-Wl,--build-id");
	build(&other, dir, others[_i].source, others[_i].flags);
	ck_assert_int_eq(strcmp(base.hex, other.hex) == 0, others[_i].is_equal);
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

START_TEST(what_is_no_program_is_refused)
{
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *cut = xasprintf("%s/cut", dir);
	struct err err = ERR_INIT;
	struct hash hash;

	ck_assert_int_eq(loaded_hash(&hash, "/etc/passwd", &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	err = (struct err)ERR_INIT;
	ck_ok(fs_read(&text, "/bin/true", 1 << 20, &err), &err);
	ck_ok(fs_write(cut, buf_text(&text), text.len / 2, &err), &err);
	ck_assert_int_eq(loaded_hash(&hash, cut, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	err = (struct err)ERR_INIT;
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

TEST_MAIN("loaded", TABLE(only_what_is_loaded_counts, others),
	  TEST(what_is_no_program_is_refused))
