/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/epoch.h"

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "tests/support/run.h"

#define STREAM_MAX (64u << 20)

/* Run a shell command, which has to succeed; what it printed is @out's. */
static void shell(struct buf *out, const char *command)
{
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, command);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	buf_init(out, 4096);
	buf_add(out, buf_text(&r.out), r.out.len);
}

void epoch_init(struct epoch *e, const char *dir)
{
	AUTO(buf_release) struct buf said = { 0 };
	AUTO(mem_free) char *command = NULL;

	*e = (struct epoch){ .path = xasprintf("%s/0.git", dir) };
	buf_init(&e->stream, STREAM_MAX);
	command = xasprintf("git init -q --bare -b master '%s'", e->path);
	shell(&said, command);
}

void epoch_add(struct epoch *e, const char *name, const char *bytes, size_t len)
{
	/*
	 * Mail comes with its sender's clock: dates say nothing of the order.
	 */
	buf_addf(&e->stream,
		 "commit refs/heads/master\ncommitter A <a@b> %d +0000\n"
		 "data 1\nx\n",
		 EPOCH_TIME - e->n++ * 3600);
	if (e->has_master)
		buf_adds(&e->stream, "from refs/heads/master^0\n");
	e->has_master = false; /* within one stream fast-import knows */
	buf_adds(&e->stream, "deleteall\n");
	if (name) {
		buf_addf(&e->stream, "M 100644 inline %s\ndata %zu\n", name,
			 len);
		buf_add(&e->stream, bytes, len);
		buf_addc(&e->stream, '\n');
	}
}

void epoch_rewind(struct epoch *e, const char *parent)
{
	char hex[EPOCH_HEX_LEN + 1];

	buf_adds(&e->stream, "reset refs/heads/master\n");
	if (parent) {
		epoch_resolve(hex, e, parent);
		buf_addf(&e->stream, "from %s\n\n", hex);
	}
	e->has_master = false;
}

void epoch_write(struct epoch *e)
{
	AUTO(buf_release) struct buf said = { 0 };
	AUTO(mem_free) char *file = xasprintf("%s/stream", e->path);
	AUTO(mem_free) char *command = NULL;
	struct err err = ERR_INIT;

	ck_ok(buf_check(&e->stream, "stream", &err), &err);
	ck_ok(fs_write(file, buf_text(&e->stream), e->stream.len, &err), &err);
	command = xasprintf("git -C '%s' fast-import --quiet --force <'%s'",
			    e->path, file);
	shell(&said, command);
	buf_release(&e->stream);
	e->has_master = true;
}

void epoch_resolve(char hex[EPOCH_HEX_LEN + 1], const struct epoch *e,
		   const char *rev)
{
	AUTO(buf_release) struct buf said = { 0 };
	AUTO(mem_free)
	char *command = xasprintf("git -C '%s' rev-parse '%s'", e->path, rev);

	shell(&said, command);
	ck_assert_uint_ge(said.len, EPOCH_HEX_LEN);
	memcpy(hex, said.data, EPOCH_HEX_LEN);
	hex[EPOCH_HEX_LEN] = '\0';
}

void epoch_release(struct epoch *e)
{
	buf_release(&e->stream);
	free(e->path);
}
