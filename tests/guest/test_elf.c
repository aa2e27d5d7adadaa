// SPDX-License-Identifier: GPL-2.0-or-later
#include "bot/guest/elf.h"

#include <elf.h>

#include "bot/base/fs.h"
#include "tests/support/support.h"

static void read_program(struct buf *out, const char *path)
{
	struct err err = ERR_INIT;

	ck_ok(fs_read(out, path, ELF_MAX_FILE, &err), &err);
}

START_TEST(a_program_names_its_loader_and_libraries)
{
	AUTO(elf_links_release) struct elf_links links = { 0 };
	AUTO(buf_release) struct buf bytes = { 0 };
	struct err err = ERR_INIT;

	read_program(&bytes, "/bin/sh");
	ck_ok(elf_parse(&links, bytes.data, bytes.len, &err), &err);
	ck_assert_ptr_nonnull(links.loader);
	ck_assert(links.loader[0] == '/');
	ck_assert(strings_has(&links.needed, "libc.so.6"));
}
END_TEST

START_TEST(a_static_program_needs_nothing)
{
	AUTO(elf_links_release) struct elf_links links = { 0 };
	AUTO(buf_release) struct buf bytes = { 0 };
	struct err err = ERR_INIT;

	read_program(&bytes, COLLIDER_BUILD "/collide");
	ck_ok(elf_parse(&links, bytes.data, bytes.len, &err), &err);
	ck_assert_ptr_null(links.loader);
	ck_assert_uint_eq(links.needed.n, 0);
}
END_TEST

/* Any piece of a program is refused or read, never read past. */
START_TEST(a_cut_program_is_bad_input_at_worst)
{
	AUTO(buf_release) struct buf bytes = { 0 };

	read_program(&bytes, "/bin/sh");
	for (size_t len = 0; len < bytes.len; len += 1 + len / 8) {
		AUTO(elf_links_release) struct elf_links links = { 0 };
		AUTO(mem_free) char *cut = xmalloc(len + 1);
		struct err err = ERR_INIT;

		memcpy(cut, bytes.data, len);
		cut = xreallocarray(cut, len ? len : 1, 1);
		if (elf_parse(&links, cut, len, &err) < 0) {
			ck_assert_int_eq(err.kind, ERR_INPUT);
			ck_assert_ptr_null(links.loader);
		}
	}
}
END_TEST

START_TEST(offsets_beyond_the_file_are_bad_input)
{
	AUTO(elf_links_release) struct elf_links links = { 0 };
	AUTO(buf_release) struct buf bytes = { 0 };
	struct err err = ERR_INIT;
	Elf64_Ehdr *head;

	read_program(&bytes, "/bin/sh");
	head = (void *)bytes.data;
	for (unsigned i = 0; i < head->e_phnum; i++) {
		Elf64_Phdr *p =
			(void *)(bytes.data + head->e_phoff + i * sizeof(*p));

		if (p->p_type == PT_LOAD)
			p->p_offset = UINT64_MAX - 8;
	}
	ck_assert_int_eq(elf_parse(&links, bytes.data, bytes.len, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_str_eq(err.msg, "an ELF file without names");
}
END_TEST

START_TEST(a_script_is_no_program)
{
	AUTO(elf_links_release) struct elf_links links = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(elf_parse(&links, "#!/bin/sh\n", 10, &err), -1);
	ck_assert_str_eq(err.msg, "no program of this machine");
}
END_TEST

TEST_MAIN("elf", TEST(a_program_names_its_loader_and_libraries),
	  TEST(a_static_program_needs_nothing),
	  TEST(a_cut_program_is_bad_input_at_worst),
	  TEST(offsets_beyond_the_file_are_bad_input),
	  TEST(a_script_is_no_program))
