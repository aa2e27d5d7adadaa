/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_main.c - run a fuzz target once over the files of a folder
 *
 * For compilers without libFuzzer. Each file is also tried cut short at some
 * places and with single bytes changed, so that the pass means something.
 */
#include <dirent.h>
#include <stdint.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"

#define FUZZ_MAX_FILE (8u << 20)
#define FUZZ_STEPS 64 /* cuts and changes tried in each file */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An exact-size copy, so that a sanitizer sees a read past the end. */
static void try_bytes(const char *data, size_t len)
{
	AUTO(mem_free) char *copy = xmalloc(len);

	if (len)
		memcpy(copy, data, len);
	LLVMFuzzerTestOneInput((const uint8_t *)copy, len);
}

static void try_changed(const struct buf *bytes)
{
	static const unsigned char put[] = { 0, '\n', 0xff, '0', '-', '<' };

	for (size_t i = 0; i < FUZZ_STEPS && bytes->len; i++) {
		size_t at = bytes->len * i / FUZZ_STEPS;
		char was = bytes->data[at];

		try_bytes(bytes->data, at);
		bytes->data[at] = (char)put[i % sizeof(put)];
		try_bytes(bytes->data, bytes->len);
		bytes->data[at] = was;
	}
}

int main(int argc, char **argv)
{
	struct dirent *entry;
	size_t files = 0;
	DIR *dir;

	if (argc != 2)
		return 2;
	dir = opendir(argv[1]);
	if (!dir) {
		fprintf(stderr, "no folder '%s'\n", argv[1]);
		return 1;
	}
	while ((entry = readdir(dir))) {
		AUTO(mem_free)
		char *path = xasprintf("%s/%s", argv[1], entry->d_name);
		AUTO(buf_release) struct buf bytes = { 0 };
		struct err err = ERR_INIT;

		if (entry->d_type == DT_DIR)
			continue;
		if (fs_read(&bytes, path, FUZZ_MAX_FILE, &err) < 0) {
			fprintf(stderr, "%s\n", err.msg);
			return 1;
		}
		try_bytes(buf_text(&bytes), bytes.len);
		try_changed(&bytes);
		files++;
	}
	closedir(dir);
	printf("%zu files\n", files);
	return files ? 0 : 1;
}
