/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/mutt.h"

#include <unistd.h>

#include "bot/base/fs.h"
#include "bot/mail/maildir.h"
#include "parsers/mbox.h"
#include "tests/support/run.h"

#define LOOKS 1200 /* at the screen, 0.1 s apart */
#define LOOK_US 100000
#define LIFE_S 600 /* mutt ends then, whatever becomes of the test */

static const char rc[] = "set folder=/\n"
			 "set sort=threads\n"
			 "set ascii_chars=yes\n"
			 "set charset=utf-8\n"
			 "set markers=no\n"
			 "set mark_old=no\n"
			 "set collapse_unread=no\n"
			 "set index_format=\"%-12.12F %s\"\n"
			 "set hide_thread_subject=no\n";

static void need(const char *program)
{
	AUTO(mem_free) char *path = fs_find_program(program);

	ck_assert_msg(path != NULL, "%s is not installed: apt-get install %s",
		      program, program);
}

static void tmux(struct buf *out, const struct mutt *m, const char *words)
{
	AUTO(mem_free)
	char *command = xasprintf("tmux -u -S %s/tmux -f %s/tmux.conf %s",
				  m->dir, m->dir, words);
	AUTO(run_release) struct run r;

	run_shell(&r, command);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	buf_release(out);
	*out = r.out;
	r.out = (struct buf){ 0 };
}

static void write_file(const char *dir, const char *name, const char *text)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", dir, name);
	struct err err = ERR_INIT;

	ck_ok(fs_write(path, text, strlen(text), &err), &err);
}

static void fill_box(const char *dir, const char *series,
		     const struct buf *reply)
{
	AUTO(mem_free)
	char *path = xasprintf("tests/fixtures/series/%s.mbox", series);
	AUTO(maildir_release) struct maildir box = { 0 };
	AUTO(mbox_release) struct mbox mails = { 0 };
	AUTO(buf_release) struct buf bytes = { 0 };
	struct err err = ERR_INIT;

	ck_ok(fs_read(&bytes, path, MBOX_MAX_SIZE, &err), &err);
	ck_ok(mbox_parse(&mails, buf_text(&bytes), bytes.len, &err), &err);
	ck_ok(maildir_make(dir, &err), &err);
	ck_ok(maildir_begin(&box, dir, &err), &err);
	for (size_t i = 0; i < mails.n; i++) {
		AUTO(mem_free) char *id = xasprintf("%zu@example.org", i);

		ck_ok(maildir_write(&box, id, false, mails.v[i].bytes,
				    mails.v[i].len, &err),
		      &err);
	}
	ck_ok(maildir_write(&box, "reply@example.org", false, reply->data,
			    reply->len, &err),
	      &err);
	ck_ok(maildir_end(&box, &err), &err);
}

void mutt_open(struct mutt *m, const char *series, const struct buf *reply,
	       unsigned columns, unsigned rows)
{
	AUTO(mem_free) char *box = NULL;
	AUTO(mem_free) char *start = NULL;
	AUTO(buf_release) struct buf said = { 0 };

	need("mutt");
	need("tmux");
	*m = (struct mutt){ .dir = support_tmpdir() };
	box = xasprintf("%s/box", m->dir);
	fill_box(box, series, reply);
	write_file(m->dir, "rc", rc);
	write_file(m->dir, "tmux.conf", "set -g status off\n");
	start = xasprintf("new-session -d -x %u -y %u "
			  "\"env HOME=%s LC_ALL=C.UTF-8 timeout %d "
			  "mutt -F %s/rc -f %s\"",
			  columns, rows, m->dir, LIFE_S, m->dir, box);
	tmux(&said, m, start);
}

void mutt_press(const struct mutt *m, const char *keys)
{
	AUTO(mem_free) char *words = xasprintf("send-keys %s", keys);
	AUTO(buf_release) struct buf said = { 0 };

	tmux(&said, m, words);
}

void mutt_see(struct buf *out, const struct mutt *m, const char *text)
{
	for (int i = 0; i < LOOKS; i++) {
		tmux(out, m, "capture-pane -p");
		if (strstr(buf_text(out), text))
			return;
		usleep(LOOK_US);
	}
	ck_abort_msg("no '%s' on the screen:\n%." RUN_SAID_MAX "s", text,
		     buf_text(out));
}

void mutt_open_reply(struct buf *out, const struct mutt *m)
{
	mutt_see(out, m, "Re:");
	mutt_press(m, "/");
	mutt_see(out, m, "Search for");
	mutt_press(m, "'~f collider' Enter Enter");
	mutt_see(out, m, "From: collider");
}

void mutt_release(struct mutt *m)
{
	AUTO(buf_release) struct buf said = { 0 };
	struct err err = ERR_INIT;

	if (!m->dir)
		return;
	tmux(&said, m, "kill-server");
	ck_ok(fs_remove_tree(m->dir, &err), &err);
	free(m->dir);
}
