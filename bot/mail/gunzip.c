/* SPDX-License-Identifier: GPL-2.0-or-later */
#define ZLIB_CONST /* it only reads what it is given */

#include "bot/mail/gunzip.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

#define GUNZIP_ONLY (16 + MAX_WBITS) /* no bare zlib, no bare deflate */
#define GUNZIP_STEP 65536

DEFINE_AUTO_VALUE(z_stream, inflateEnd)

/* One step of a member; *ended_out: that was its last one. */
static int take_step(struct buf *out, z_stream *z, bool *ended_out,
		     struct err *err)
{
	char step[GUNZIP_STEP];
	int rc;

	z->next_out = (unsigned char *)step;
	z->avail_out = sizeof(step);
	rc = inflate(z, Z_NO_FLUSH);
	if (rc == Z_BUF_ERROR)
		return err_set(err, ERR_INPUT, "gzip that is cut short");
	if (rc != Z_OK && rc != Z_STREAM_END)
		return err_set(err, ERR_INPUT, "no gzip: %s",
			       z->msg ? z->msg : "not said why");
	buf_add(out, step, sizeof(step) - z->avail_out);
	*ended_out = rc == Z_STREAM_END;
	return buf_check(out, "what the gzip holds", err);
}

static int inflate_all(struct buf *out, z_stream *z, struct err *err)
{
	bool ended = false;

	while (!ended || z->avail_in) {
		if (ended && inflateReset(z) != Z_OK)
			return err_set(err, ERR_SYSTEM, "zlib does not start");
		if (take_step(out, z, &ended, err) < 0)
			return -1;
	}
	return 0;
}

int gunzip_run(struct buf *out, const char *bytes, size_t len, size_t max,
	       struct err *err)
{
	AUTO(inflateEnd) z_stream z = { 0 };
	AUTO(buf_release) struct buf text = { 0 };

	*out = (struct buf){ 0 };
	if (len > UINT_MAX)
		return err_set(err, ERR_LIMIT, "gzip of more than %u bytes",
			       UINT_MAX);
	if (inflateInit2(&z, GUNZIP_ONLY) != Z_OK)
		return err_set(err, ERR_SYSTEM, "zlib does not start");
	z.next_in = (const unsigned char *)bytes;
	z.avail_in = (unsigned)len;
	buf_init(&text, max);
	if (inflate_all(&text, &z, err) < 0)
		return -1;
	*out = text;
	text = (struct buf){ 0 };
	return 0;
}
