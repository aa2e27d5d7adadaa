// SPDX-License-Identifier: GPL-2.0-or-later
#include "bot/guest/loaded.h"

#include <elf.h>
#include <link.h>
#include <string.h>

#include "bot/base/fs.h"

struct image {
	const char *bytes;
	size_t len;
	ElfW(Ehdr) head;
	ElfW(Shdr) names;
};

static bool copy_at(void *out, const struct image *f, uint64_t at, size_t len)
{
	if (at > f->len || len > f->len - at)
		return false;
	memcpy(out, f->bytes + at, len);
	return true;
}

static bool read_section(ElfW(Shdr) * out, const struct image *f, size_t i)
{
	return copy_at(out, f, f->head.e_shoff + i * sizeof(*out),
		       sizeof(*out));
}

static const char *name_of(const struct image *f, const ElfW(Shdr) * s)
{
	uint64_t at = f->names.sh_offset + s->sh_name;

	if (at >= f->len || !memchr(f->bytes + at, '\0', f->len - at))
		return NULL;
	return f->bytes + at;
}

static bool is_inside(const struct image *f, const ElfW(Shdr) * s)
{
	return s->sh_offset <= f->len && s->sh_size <= f->len - s->sh_offset;
}

static int add_section(struct hasher *h, const struct image *f, size_t i,
		       struct err *err)
{
	uint64_t facts[3];
	const char *name;
	ElfW(Shdr) s;

	if (!read_section(&s, f, i) || !(name = name_of(f, &s)))
		return err_set(err, ERR_INPUT, "section %zu is not in it", i);
	if (!(s.sh_flags & SHF_ALLOC) || s.sh_type == SHT_NOTE)
		return 0;
	facts[0] = s.sh_flags;
	facts[1] = s.sh_addr;
	facts[2] = s.sh_size;
	hasher_adds(h, name);
	hasher_add(h, facts, sizeof(facts));
	if (s.sh_type == SHT_NOBITS)
		return 0;
	if (!is_inside(f, &s))
		return err_set(err, ERR_INPUT, "section %zu is cut off", i);
	hasher_add(h, f->bytes + s.sh_offset, s.sh_size);
	return 0;
}

static int hash_image(struct hash *out, const struct image *f, struct err *err)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();

	for (size_t i = 0; i < f->head.e_shnum; i++)
		if (add_section(h, f, i, err) < 0)
			return -1;
	hasher_get(out, h);
	return 0;
}

int loaded_hash(struct hash *out, const char *path, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };
	struct image f = { 0 };

	if (fs_read(&text, path, LOADED_MAX_FILE, err) < 0)
		return -1;
	f.bytes = buf_text(&text);
	f.len = text.len;
	if (!copy_at(&f.head, &f, 0, sizeof(f.head)) ||
	    memcmp(f.head.e_ident, ELFMAG, SELFMAG) != 0 ||
	    f.head.e_shentsize != sizeof(ElfW(Shdr)) || f.head.e_shnum == 0 ||
	    !read_section(&f.names, &f, f.head.e_shstrndx))
		return err_set(err, ERR_INPUT, "'%s' is no ELF program", path);
	if (hash_image(out, &f, err) < 0)
		return err_wrap(err, "'%s'", path);
	return 0;
}
