/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/scene.h"

#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "tests/support/run.h"

#define MAIL_MAX 4096

static void shell_in(const char *dir, const char *command)
{
	AUTO(run_release) struct run r = { 0 };
	AUTO(mem_free) char *whole = xasprintf("cd '%s' && %s", dir, command);

	run_shell(&r, whole);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
}

static void make_tree(const char *dir)
{
	shell_in(dir,
		 "git init -q -b master tree && cd tree && mkdir -p fs/iomap &&"
		 " printf 'one\\ntwo\\nthree\\n' >fs/iomap/direct-io.c &&"
		 " git add fs && git -c user.name=A -c user.email=a@x"
		 " commit -q -m base");
}

#define THE_FILE "fs/iomap/direct-io.c"

void scene_init(struct scene *s)
{
	AUTO(mem_free) char *git = NULL;
	struct err err = ERR_INIT;

	*s = (struct scene){ .dir = support_tmpdir() };
	ck_assert_int_eq(chmod(s->dir, 0755), 0); /* boxes are somebody else */
	make_tree(s->dir);
	s->tree = xasprintf("%s/tree", s->dir);
	git = xasprintf("%s/inbox/git", s->dir);
	ck_ok(fs_mkdirs(git, 0755, &err), &err);
	epoch_init(&s->epoch, git);
	s->config = xasprintf("[tree \"t\"]\n\tpath = %s\n"
			      "[list \"a-list\"]\n\turl = %s/inbox\n"
			      "\twatch = fs/iomap\n"
			      "[follow]\n\tinterval = 1 s\n"
			      "[series]\n\tmaxAge = 0 s\n",
			      s->tree, s->dir);
}

void scene_release(struct scene *s)
{
	struct err err = ERR_INIT;

	if (!s->dir)
		return;
	epoch_release(&s->epoch);
	ck_ok(fs_remove_tree(s->dir, &err), &err);
	free(s->dir);
	free(s->tree);
	free(s->config);
	*s = (struct scene){ 0 };
}

/* One of the three lines is changed; another one in the middle. */
static void write_diff(struct buf *out, const char *file, const char *line)
{
	const char *lines[] = { "one", "two", "three" };
	bool is_there = false;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		is_there |= strcmp(lines[i], line) == 0;
	if (!is_there)
		lines[1] = line;
	buf_addf(out,
		 "diff --git a/%s b/%s\n--- a/%s\n+++ b/%s\n"
		 "@@ -1,3 +1,3 @@\n",
		 file, file, file, file);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (strcmp(lines[i], line) == 0)
			buf_addf(out, "-%s\n+%s more\n", line, line);
		else
			buf_addf(out, " %s\n", lines[i]);
}

void scene_write(struct buf *out, const struct scene_patch *p, int second)
{
	buf_init(out, MAIL_MAX);
	buf_addf(out,
		 "From: %s\nTo: %s\nSubject: %s\n"
		 "Message-ID: <%s>\nDate: Thu, 1 Jan 2026 00:00:%02d +0000\n",
		 p->from ? p->from : "A <a@x>", p->to ? p->to : "a-list@x",
		 p->subject, p->id, second);
	if (p->header)
		buf_addf(out, "%s\n", p->header);
	if (p->answers)
		buf_addf(out, "In-Reply-To: <%s>\nReferences: <%s>\n",
			 p->answers, p->answers);
	buf_addf(out,
		 "\nIt is better.\n\nSigned-off-by: A <a@x>\n---\n"
		 " %s | 2 +-\n"
		 " 1 file changed, 1 insertion(+), 1 deletion(-)\n\n",
		 p->file ? p->file : THE_FILE);
	write_diff(out, p->file ? p->file : THE_FILE, p->line);
	buf_adds(out, "-- \n2.39.5\n");
}

void scene_post(struct scene *s, const struct scene_patch *p)
{
	AUTO(buf_release) struct buf mail = { 0 };

	scene_write(&mail, p, s->epoch.n % 60);
	epoch_add(&s->epoch, "m", buf_text(&mail), mail.len);
}

void scene_publish(struct scene *s)
{
	epoch_write(&s->epoch);
	buf_init(&s->epoch.stream, 64u << 20);
}
