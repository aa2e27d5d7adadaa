/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image.h - the lines of a file, and where a hunk fits among them
 *
 * Pure; borrows the texts of the file and of the patch. Hunks are placed where
 * git apply places them: first where the header says, then at the nearest
 * line, the later one of two; a hunk of line 1 only at the beginning, one
 * without trailing context only at the end; never over lines that an earlier
 * hunk left. On top of that: a hunk that moves stays in its function.
 *
 * Caller: bot/git/change.c
 */
#ifndef GIT_IMAGE_H
#define GIT_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/buf.h"
#include "bot/base/err.h"
#include "bot/base/span.h"
#include "parsers/patch.h"

#define IMAGE_MAX_STEPS 300000000 /* lines compared or moved: about 1 s */

struct image_line {
	struct span text; /* without the newline */
	bool no_newline;  /* the last line, and none follows */
	bool is_patched;  /* stands in a hunk that was placed */
	size_t was;	  /* its place in the file as it came */
};

struct image {
	struct image_line *v;
	size_t n;
	struct span *was; /* the lines of the file as it came */
	size_t n_was;
	bool is_c;	/* of a language whose functions can be told */
	uint64_t steps; /* done so far */
};

struct image_place {
	bool fits;
	size_t at;     /* line from 0, when it fits */
	long moved;    /* lines away from where the header says */
	bool is_twice; /* moved, and fits at another place, too */
	size_t twice_at;
	bool is_elsewhere; /* a place was passed over: in another function */
	size_t elsewhere_at;
	struct span elsewhere; /* the heading there; empty: before any */
};

/* @path says the language. @text has to outlive the image. */
void image_init(struct image *img, const char *path, const char *text,
		size_t len);
void image_release(struct image *img);
DEFINE_AUTO_VALUE(struct image, image_release)

/* Where @h fits, if anywhere. -1: ERR_LIMIT, it took IMAGE_MAX_STEPS. */
int image_place(struct image_place *out, struct image *img,
		const struct patch_hunk *h, struct err *err) MUST_CHECK;
/* Put the new lines of @h, which fits at line @at, there. */
void image_patch(struct image *img, const struct patch_hunk *h, size_t at);
/*
 * Add to @out, on one line, why @h, which was placed in vain, fits nowhere: the
 * first line that differs at the place that comes nearest.
 */
void image_explain(struct buf *out, const struct image *img,
		   const struct patch_hunk *h, const struct image_place *place);
/* The whole text as it is now. */
void image_write(struct buf *out, const struct image *img);
/* Bytes that image_write adds. */
size_t image_size(const struct image *img);

#endif
