// SPDX-License-Identifier: GPL-2.0-or-later
#include "bot/guest/elf.h"

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <string.h>

#define ELF_MAX_HEADERS 256

struct image {
	const char *bytes;
	size_t len;
	ElfW(Ehdr) head;
};

void elf_links_release(struct elf_links *e)
{
	free(e->loader);
	strings_release(&e->needed);
	*e = (struct elf_links){ 0 };
}

static bool copy_at(void *out, const struct image *f, uint64_t at, size_t len)
{
	if (at > f->len || len > f->len - at)
		return false;
	memcpy(out, f->bytes + at, len);
	return true;
}

/* A C string that ends inside the file, or NULL. */
static const char *string_at(const struct image *f, uint64_t at)
{
	if (at >= f->len || !memchr(f->bytes + at, '\0', f->len - at))
		return NULL;
	return f->bytes + at;
}

static bool read_header(ElfW(Phdr) * out, const struct image *f, unsigned i)
{
	return copy_at(out, f, f->head.e_phoff + i * sizeof(*out),
		       sizeof(*out));
}

static bool find_header(ElfW(Phdr) * out, const struct image *f, uint32_t type)
{
	for (unsigned i = 0; i < f->head.e_phnum; i++)
		if (read_header(out, f, i) && out->p_type == type)
			return true;
	return false;
}

/* Where the byte that will be loaded at @address is in the file. */
static bool find_offset(uint64_t *out, const struct image *f, uint64_t address)
{
	ElfW(Phdr) p;

	for (unsigned i = 0; i < f->head.e_phnum; i++) {
		if (!read_header(&p, f, i) || p.p_type != PT_LOAD ||
		    p.p_offset > f->len || address < p.p_vaddr ||
		    address - p.p_vaddr >= p.p_filesz)
			continue;
		*out = p.p_offset + (address - p.p_vaddr);
		return true;
	}
	return false;
}

static bool find_dynamic(uint64_t *out, const struct image *f,
			 const ElfW(Phdr) * dynamic, int64_t tag)
{
	ElfW(Dyn) d;

	for (uint64_t at = 0; at < dynamic->p_filesz; at += sizeof(d)) {
		if (!copy_at(&d, f, dynamic->p_offset + at, sizeof(d)) ||
		    d.d_tag == DT_NULL)
			return false;
		if (d.d_tag == tag) {
			*out = d.d_un.d_val;
			return true;
		}
	}
	return false;
}

static int read_needed(struct elf_links *out, const struct image *f,
		       const ElfW(Phdr) * dynamic, struct err *err)
{
	uint64_t strtab, names;
	ElfW(Dyn) d;

	if (!find_dynamic(&strtab, f, dynamic, DT_STRTAB) ||
	    !find_offset(&names, f, strtab))
		return err_set(err, ERR_INPUT, "an ELF file without names");
	for (uint64_t at = 0; at < dynamic->p_filesz; at += sizeof(d)) {
		const char *name;

		if (!copy_at(&d, f, dynamic->p_offset + at, sizeof(d)) ||
		    d.d_tag == DT_NULL)
			return 0;
		if (d.d_tag != DT_NEEDED)
			continue;
		name = string_at(f, names + d.d_un.d_val);
		if (!name || !name[0] || strchr(name, '/'))
			return err_set(err, ERR_INPUT,
				       "an ELF file needs a nameless library");
		if (out->needed.n == ELF_MAX_NEEDED)
			return err_set(err, ERR_LIMIT,
				       "an ELF file needs more than %d "
				       "libraries",
				       ELF_MAX_NEEDED);
		strings_push(&out->needed, name);
	}
	return 0;
}

static int read_links(struct elf_links *out, const struct image *f,
		      struct err *err)
{
	ElfW(Phdr) p;

	if (find_header(&p, f, PT_INTERP)) {
		const char *loader = string_at(f, p.p_offset);

		if (!loader || loader[0] != '/')
			return err_set(err, ERR_INPUT,
				       "an ELF file with a bad loader");
		out->loader = xstrdup(loader);
	}
	if (!find_header(&p, f, PT_DYNAMIC))
		return 0;
	return read_needed(out, f, &p, err);
}

static bool is_ours(const struct image *f)
{
	static const unsigned char class =
		sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;

	return memcmp(f->head.e_ident, ELFMAG, SELFMAG) == 0 &&
	       f->head.e_ident[EI_CLASS] == class &&
	       f->head.e_phentsize == sizeof(ElfW(Phdr)) &&
	       f->head.e_phnum <= ELF_MAX_HEADERS;
}

int elf_parse(struct elf_links *out, const char *bytes, size_t len,
	      struct err *err)
{
	struct image f = { .bytes = bytes, .len = len };

	*out = (struct elf_links){ 0 };
	if (len > ELF_MAX_FILE)
		return err_set(err, ERR_LIMIT,
			       "an ELF file of more than %u bytes",
			       ELF_MAX_FILE);
	if (!copy_at(&f.head, &f, 0, sizeof(f.head)) || !is_ours(&f))
		return err_set(err, ERR_INPUT, "no program of this machine");
	if (read_links(out, &f, err) < 0) {
		elf_links_release(out);
		return -1;
	}
	return 0;
}
