/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame.h - counted pieces of bytes in a stream: how a box hands back what it
 * found
 *
 * A frame is its length, four bytes with the lowest first, and that many
 * bytes; it may be empty. The writer is trusted with nothing: a length past the
 * ceiling is refused when it is read, and memory grows only with bytes that
 * came. Callers: run/boxed.c.
 *
 *	AUTO(frame_reader_release) struct frame_reader r = { 0 };
 *
 *	frame_reader_init(&r, max, take_frame, arg);
 *	while (... n = read(fd, block, sizeof(block)) ...)
 *		if (frame_reader_add(&r, block, n, err) < 0)
 *			return -1;
 *	return frame_reader_end(&r, err);
 */
#ifndef BASE_FRAME_H
#define BASE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/buf.h"

#define FRAME_HEAD 4
#define FRAME_MAX_LEN (1u << 30) /* no reader's ceiling is above this */

/*
 * What is done with one frame; @bytes are borrowed for the call and need not
 * end in a NUL. -1 ends the reading with its error.
 */
typedef int frame_taker(void *arg, const char *bytes, size_t len,
			struct err *err);

struct frame_reader {
	size_t max; /* of one frame */
	frame_taker *take;
	void *arg;
	unsigned char head[FRAME_HEAD];
	size_t n_head;	 /* bytes of head that came */
	uint32_t want;	 /* length of the frame, once head is whole */
	struct buf body; /* what came of a frame that is not whole */
};

/* @max is from 1 to FRAME_MAX_LEN. */
void frame_reader_init(struct frame_reader *r, size_t max, frame_taker *take,
		       void *arg);
/*
 * The next bytes of the stream, cut anywhere; @take is called for each frame
 * that they complete. -1: ERR_LIMIT for a frame past the ceiling, or the error
 * of @take; the reader is good for nothing else then but its release.
 */
int frame_reader_add(struct frame_reader *r, const char *data, size_t len,
		     struct err *err) MUST_CHECK;
/* The stream has ended. -1: ERR_INPUT when that was within a frame. */
int frame_reader_end(const struct frame_reader *r, struct err *err) MUST_CHECK;
void frame_reader_release(struct frame_reader *r);
DEFINE_AUTO_VALUE(struct frame_reader, frame_reader_release)

/*
 * One frame to @fd. -1: ERR_LIMIT past FRAME_MAX_LEN, with nothing written,
 * else ERR_SYSTEM.
 */
int frame_write(int fd, const char *bytes, size_t len, struct err *err)
	MUST_CHECK;

#endif
