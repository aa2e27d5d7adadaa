/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hash.h - SHA-256 names for things that are cached by content
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>

#include "bot/base/err.h"

#define HASH_HEX_LEN 64

struct hash {
	char hex[HASH_HEX_LEN + 1]; /* lower case, NUL-terminated */
};

/* Each part is hashed with its length, so that "ab","c" is not "a","bc". */
struct hasher;
struct hasher *hasher_new(void);
void hasher_add(struct hasher *h, const void *data, size_t len);
void hasher_adds(struct hasher *h, const char *text);
/* The content of a regular file, which is streamed. -1: ERR_SYSTEM. */
int hasher_add_file(struct hasher *h, const char *path, struct err *err)
	MUST_CHECK;
/* The hash of all that was added; @h can take more after it. */
void hasher_get(struct hash *out, const struct hasher *h);
void hasher_free(struct hasher *h);
DEFINE_AUTO(struct hasher *, hasher_free)

#define HASH_SHA1_LEN 20

/* The bare SHA-1 of the bytes, where git's names ask for it. */
void hash_sha1(unsigned char out[HASH_SHA1_LEN], const void *data, size_t len);

#endif
