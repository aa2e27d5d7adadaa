/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/frame.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include "bot/base/fs.h"

void frame_reader_init(struct frame_reader *r, size_t max, frame_taker *take,
		       void *arg)
{
	assert(max > 0 && max <= FRAME_MAX_LEN);
	*r = (struct frame_reader){ .max = max, .take = take, .arg = arg };
	buf_init(&r->body, max);
}

void frame_reader_release(struct frame_reader *r)
{
	buf_release(&r->body);
}

static size_t lower_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* What of @data belongs to the head; 0 when that is whole. */
static size_t add_head(struct frame_reader *r, const char *data, size_t len)
{
	size_t n = lower_of(len, FRAME_HEAD - r->n_head);

	memcpy(r->head + r->n_head, data, n);
	r->n_head += n;
	r->want = (uint32_t)r->head[0] | (uint32_t)r->head[1] << 8 |
		  (uint32_t)r->head[2] << 16 | (uint32_t)r->head[3] << 24;
	return n;
}

/* A frame that lies whole in one piece is not copied. */
static int add_body(size_t *used, struct frame_reader *r, const char *data,
		    size_t len, struct err *err)
{
	size_t n = lower_of(len, r->want - r->body.len);
	const char *bytes = data;

	*used = n;
	if (n < r->want) {
		buf_add(&r->body, data, n);
		if (r->body.len < r->want)
			return 0;
		bytes = r->body.data;
	}
	r->n_head = 0;
	r->body.len = 0;
	return r->take(r->arg, bytes, r->want, err);
}

int frame_reader_add(struct frame_reader *r, const char *data, size_t len,
		     struct err *err)
{
	while (len) {
		size_t n = add_head(r, data, len);

		data += n;
		len -= n;
		if (r->n_head < FRAME_HEAD)
			return 0;
		if (r->want > r->max)
			return err_set(err, ERR_LIMIT,
				       "a frame of %lu bytes, more than %zu",
				       (unsigned long)r->want, r->max);
		if (add_body(&n, r, data, len, err) < 0)
			return -1;
		data += n;
		len -= n;
	}
	return 0;
}

int frame_reader_end(const struct frame_reader *r, struct err *err)
{
	if (r->n_head == 0)
		return 0;
	if (r->n_head < FRAME_HEAD)
		return err_set(err, ERR_INPUT, "the last frame has no length");
	return err_set(err, ERR_INPUT, "the last frame has %zu of %lu bytes",
		       r->body.len, (unsigned long)r->want);
}

/* How far writev got is up to it; whole frames are up to us. */
static int write_both(int fd, struct iovec part[2], struct err *err)
{
	ssize_t n;

	do
		n = writev(fd, part, 2);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(err, ERR_SYSTEM, "cannot write a frame");
	for (int i = 0; i < 2; i++) {
		size_t done = lower_of((size_t)n, part[i].iov_len);

		n -= (ssize_t)done;
		if (fs_write_fd(fd, (char *)part[i].iov_base + done,
				part[i].iov_len - done, "frame", err) < 0)
			return -1;
	}
	return 0;
}

int frame_write(int fd, const char *bytes, size_t len, struct err *err)
{
	unsigned char head[FRAME_HEAD] = {
		(unsigned char)len,
		(unsigned char)(len >> 8),
		(unsigned char)(len >> 16),
		(unsigned char)(len >> 24),
	};

	if (len > FRAME_MAX_LEN)
		return err_set(err, ERR_LIMIT,
			       "a frame of %zu bytes, more than %u", len,
			       FRAME_MAX_LEN);
	return write_both(fd,
			  (struct iovec[2]){
				  { head, sizeof(head) },
				  { (void *)(uintptr_t)bytes, len },
			  },
			  err);
}
