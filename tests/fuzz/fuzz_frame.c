// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Properties: no frame is past the ceiling; bytes given one by one make the
 * same frames and the same error as bytes given at once; what was read and is
 * written again is the stream that was read.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "bot/base/frame.h"

#define MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The stream again, from its frames. */
static int write_again(void *arg, const char *bytes, size_t len,
		       struct err *err)
{
	const char head[FRAME_HEAD] = { (char)len, (char)(len >> 8) };

	(void)err;
	assert(len <= MAX);
	buf_add(arg, head, sizeof(head));
	buf_add(arg, bytes, len);
	return 0;
}

static void read_all(struct buf *again, struct err *err, const char *data,
		     size_t size, size_t step)
{
	AUTO(frame_reader_release) struct frame_reader r = { 0 };

	buf_init(again, size + 1);
	frame_reader_init(&r, MAX, write_again, again);
	for (size_t at = 0; at < size; at += step)
		if (frame_reader_add(&r, data + at,
				     size - at < step ? size - at : step,
				     err) < 0)
			return;
	(void)!frame_reader_end(&r, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(buf_release) struct buf once = { 0 };
	AUTO(buf_release) struct buf bytewise = { 0 };
	struct err once_err = ERR_INIT;
	struct err bytewise_err = ERR_INIT;

	read_all(&once, &once_err, (const char *)data, size, size ? size : 1);
	read_all(&bytewise, &bytewise_err, (const char *)data, size, 1);
	assert(once_err.kind == bytewise_err.kind);
	assert(strcmp(once_err.msg, bytewise_err.msg) == 0);
	assert(once.len == bytewise.len && once.len <= size);
	assert(memcmp(buf_text(&once), buf_text(&bytewise), once.len) == 0);
	assert(!once.len || memcmp(once.data, data, once.len) == 0);
	assert(once_err.kind != ERR_NONE || once.len == size);
	assert(once_err.kind == ERR_NONE || once_err.kind == ERR_INPUT ||
	       once_err.kind == ERR_LIMIT);
	return 0;
}
