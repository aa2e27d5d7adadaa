/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_static.c - what reading one patch makes one ask, on one line
 *
 * bench_static NAME PATCH BASE TREE DIR: the patch file, its files before and
 * after, and a folder for logs. As root it becomes nobody. Prints the rules
 * that ask, and the milliseconds of the semantic ones. Caller:
 * tests/bench/static
 */
#include <fcntl.h>

#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/run/privilege.h"
#include "bot/stages/semantic.h"
#include "parsers/patch.h"
#include "rules/tokens.h"

static void print_rules(const char *what, const struct questions *list)
{
	printf(" %s:", what);
	for (size_t i = 0; i < list->n; i++)
		printf("%s%s", i ? "," : "", strchr(list->v[i].rule, '/') + 1);
	if (list->n == 0)
		printf("-");
}

static int read_words(struct strings *files, const char *path, struct err *err)
{
	AUTO(questions_release) struct questions asked = { 0 };
	AUTO(patch_free) struct patch *diff = NULL;
	AUTO(buf_release) struct buf text = { 0 };

	if (fs_read(&text, path, PATCH_MAX_BYTES, err) < 0 ||
	    patch_parse(&diff, buf_text(&text), text.len, err) < 0)
		return -1;
	for (size_t i = 0; i < diff->n_files; i++)
		strings_push(files, patch_file_name(&diff->files[i]));
	tokens_ask(&asked, diff);
	print_rules("diff", &asked);
	return 0;
}

static int read_code(const struct strings *files, char **argv, struct err *err)
{
	AUTO(semantic_result_release) struct semantic_result result = { 0 };
	AUTO(semantic_free) struct semantic *s = NULL;
	AUTO(fd_close)
	int fd = open(argv[4], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int64_t began;

	if (semantic_open(&s, COLLIDER_DATA "/" SEMANTIC_DIR, err) < 0 ||
	    privilege_drop("nobody", err) < 0)
		return -1;
	began = clock_ms();
	semantic_start(s, &(struct semantic_spec){ .base = argv[3],
						   .tree = argv[4],
						   .tree_fd = fd,
						   .changed = files,
						   .dir = argv[5],
						   .name = argv[1] });
	semantic_finish(s, &result);
	print_rules("semantic", &result.questions);
	printf(" %lld ms\n", (long long)(clock_ms() - began));
	for (size_t i = 0; i < result.untold.n; i++)
		printf("  untold: %s\n", result.untold.v[i]);
	return 0;
}

int main(int argc, char **argv)
{
	AUTO(strings_release) struct strings files = { 0 };
	struct err err = ERR_INIT;

	if (argc != 6)
		return 64;
	printf("%-26s", argv[1]);
	if (read_words(&files, argv[2], &err) < 0 ||
	    read_code(&files, argv, &err) < 0) {
		fprintf(stderr, "bench_static: %s\n", err.msg);
		return 1;
	}
	return 0;
}
