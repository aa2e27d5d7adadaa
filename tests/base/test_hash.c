/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/fs.h"
#include "bot/base/hash.h"
#include "bot/base/mem.h"
#include "tests/support/support.h"

static void hash_of(struct hash *out, const char *a, const char *b)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();

	hasher_adds(h, a);
	hasher_adds(h, b);
	hasher_get(out, h);
}

START_TEST(the_border_between_two_parts_counts)
{
	struct hash one, same, other;

	hash_of(&one, "ab", "c");
	hash_of(&same, "ab", "c");
	hash_of(&other, "a", "bc");
	ck_assert_uint_eq(strlen(one.hex), HASH_HEX_LEN);
	ck_assert_str_eq(one.hex, same.hex);
	ck_assert_str_ne(one.hex, other.hex);
}
END_TEST

START_TEST(a_file_counts_by_its_content)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *path = xasprintf("%s/f", dir);
	AUTO(hasher_free) struct hasher *h = hasher_new();
	struct hash before, after;
	struct err err = ERR_INIT;

	hasher_get(&before, h);
	ck_ok(fs_write(path, "x", 1, &err), &err);
	ck_ok(hasher_add_file(h, path, &err), &err);
	hasher_get(&after, h);
	ck_assert_str_ne(before.hex, after.hex);
	ck_ok(fs_remove_tree(dir, &err), &err);
	ck_assert_int_eq(hasher_add_file(h, path, &err), -1);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
}
END_TEST

TEST_MAIN("hash", TEST(the_border_between_two_parts_counts),
	  TEST(a_file_counts_by_its_content))
