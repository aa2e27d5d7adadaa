/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elf.h - which libraries a program of this machine is linked to
 *
 * Reads the headers only, as running ldd would run the program's loader.
 * Every offset is checked against the file. Caller: bot/guest/initramfs.c
 */
#ifndef GUEST_ELF_H
#define GUEST_ELF_H

#include "bot/base/err.h"
#include "bot/base/mem.h"

#define ELF_MAX_FILE (64u << 20) /* bytes; mkfs programs have 0.5 MiB */
#define ELF_MAX_NEEDED 64	 /* libraries of one program */

struct elf_links {
	char *loader;	       /* PT_INTERP: an absolute path; NULL: static */
	struct strings needed; /* DT_NEEDED: names without a folder */
};

/*
 * 0: *out is the caller's to release. -1: *out is empty, and it is no ELF file
 * of this machine's kind or damaged (ERR_INPUT), or larger (ERR_LIMIT).
 */
int elf_parse(struct elf_links *out, const char *bytes, size_t len,
	      struct err *err) MUST_CHECK;
void elf_links_release(struct elf_links *e);
DEFINE_AUTO_VALUE(struct elf_links, elf_links_release)

#endif
