/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/support.h"

#include <string.h>
#include <sys/mman.h>

#include "bot/base/frame.h"
#include "bot/base/fs.h"
#include "bot/base/mem.h"

#define MAX 8

/* What came, each frame in brackets. */
static int note(void *arg, const char *bytes, size_t len, struct err *err)
{
	struct buf *came = arg;

	(void)err;
	buf_addc(came, '[');
	buf_add(came, bytes, len);
	buf_addc(came, ']');
	return 0;
}

static int refuse(void *arg, const char *bytes, size_t len, struct err *err)
{
	(void)arg;
	return err_set(err, ERR_RETRY, "not '%.*s' now", (int)len, bytes);
}

#define BYTES(text) (text), sizeof(text) - 1

static const struct {
	const char *bytes;
	size_t len;
	const char *frames;
	enum err_kind kind;
	const char *says;
} streams[] = {
	{ BYTES(""), "", ERR_NONE, "" },
	{ BYTES("\1\0\0\0a"), "[a]", ERR_NONE, "" },
	{ BYTES("\0\0\0\0"), "[]", ERR_NONE, "" },
	{ BYTES("\0\0\0\0\2\0\0\0ab\0\0\0\0"), "[][ab][]", ERR_NONE, "" },
	{ BYTES("\10\0\0\0abcdefgh"), "[abcdefgh]", ERR_NONE, "" },
	{ BYTES("\11\0\0\0abcdefghi"), "", ERR_LIMIT,
	  "a frame of 9 bytes, more than 8" },
	{ BYTES("\1\0\0\0a\0\0\0\1"), "[a]", ERR_LIMIT,
	  "a frame of 16777216 bytes, more than 8" },
	{ BYTES("\377\377\377\377"), "", ERR_LIMIT,
	  "a frame of 4294967295 bytes, more than 8" },
	{ BYTES("\1\0\0\0a\1\0\0"), "[a]", ERR_INPUT,
	  "the last frame has no length" },
	{ BYTES("\3\0\0\0ab"), "", ERR_INPUT,
	  "the last frame has 2 of 3 bytes" },
	{ BYTES("\3\0\0\0"), "", ERR_INPUT, "the last frame has 0 of 3 bytes" },
};

/* Give the stream in pieces of @step bytes. */
static int read_in_pieces(struct buf *came, int row, size_t step,
			  struct err *err)
{
	AUTO(frame_reader_release) struct frame_reader r = { 0 };

	buf_init(came, 1000);
	frame_reader_init(&r, MAX, note, came);
	for (size_t at = 0; at < streams[row].len; at += step) {
		size_t left = streams[row].len - at;

		if (frame_reader_add(&r, streams[row].bytes + at,
				     left < step ? left : step, err) < 0)
			return -1;
	}
	return frame_reader_end(&r, err);
}

START_TEST(frames_are_the_same_wherever_the_stream_is_cut)
{
	for (size_t step = 1; step <= 20; step++) {
		AUTO(buf_release) struct buf came = { 0 };
		struct err err = ERR_INIT;
		int rc = read_in_pieces(&came, _i, step, &err);

		ck_assert_int_eq(rc, streams[_i].kind == ERR_NONE ? 0 : -1);
		ck_assert_int_eq(err.kind, streams[_i].kind);
		ck_assert_str_eq(err.msg, streams[_i].says);
		ck_assert_str_eq(buf_text(&came), streams[_i].frames);
	}
}
END_TEST

START_TEST(what_the_taker_says_ends_the_reading)
{
	AUTO(frame_reader_release) struct frame_reader r = { 0 };
	struct err err = ERR_INIT;

	frame_reader_init(&r, MAX, refuse, NULL);
	ck_assert_int_eq(
		frame_reader_add(&r, BYTES("\1\0\0\0a\1\0\0\0b"), &err), -1);
	ck_assert_int_eq(err.kind, ERR_RETRY);
	ck_assert_str_eq(err.msg, "not 'a' now");
}
END_TEST

START_TEST(a_length_alone_takes_no_memory)
{
	AUTO(frame_reader_release) struct frame_reader r = { 0 };
	struct err err = ERR_INIT;

	frame_reader_init(&r, FRAME_MAX_LEN, note, NULL);
	ck_ok(frame_reader_add(&r, BYTES("\0\0\0\100ab"), &err), &err);
	ck_assert_uint_lt(r.body.cap, 100);
}
END_TEST

START_TEST(what_is_written_is_read)
{
	AUTO(frame_reader_release) struct frame_reader r = { 0 };
	AUTO(buf_release) struct buf came = { 0 };
	AUTO(buf_release) struct buf bytes = { 0 };
	AUTO(fd_close) int fd = memfd_create("frames", MFD_CLOEXEC);
	struct err err = ERR_INIT;

	ck_ok(frame_write(fd, "one", 3, &err), &err);
	ck_ok(frame_write(fd, "", 0, &err), &err);
	ck_ok(frame_write(fd, "\0two", 4, &err), &err);
	lseek(fd, 0, SEEK_SET);
	ck_ok(fs_read_fd(&bytes, fd, "frames", 100, &err), &err);
	buf_init(&came, 100);
	frame_reader_init(&r, MAX, note, &came);
	ck_ok(frame_reader_add(&r, bytes.data, bytes.len, &err), &err);
	ck_ok(frame_reader_end(&r, &err), &err);
	ck_assert_uint_eq(came.len, 13);
	ck_assert_mem_eq(came.data, "[one][][\0two]", 13);
}
END_TEST

START_TEST(a_frame_that_no_reader_takes_is_not_written)
{
	struct err err = ERR_INIT;

	ck_assert_int_eq(frame_write(-1, "", (size_t)FRAME_MAX_LEN + 1, &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

TEST_MAIN("frame",
	  TABLE(frames_are_the_same_wherever_the_stream_is_cut, streams),
	  TEST(what_the_taker_says_ends_the_reading),
	  TEST(a_length_alone_takes_no_memory), TEST(what_is_written_is_read),
	  TEST(a_frame_that_no_reader_takes_is_not_written))
