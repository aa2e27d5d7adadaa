/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/rude.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "tests/support/fake.h"
#include "tests/support/support.h"

#define MAX_LINE 2000
#define MAX_MAIL (4u << 20)

/* One client; a line is read a byte at a time, which is quick enough here. */
struct client {
	int fd;
	const struct rude_deed *deeds;
	const char *dir;
	unsigned *taken;
	struct buf said; /* its commands so far */
};

static bool read_line(struct client *c, char *out)
{
	size_t len = 0;

	while (len < MAX_LINE - 1) {
		if (recv(c->fd, out + len, 1, 0) != 1)
			return false;
		if (out[len++] == '\n')
			break;
	}
	out[len] = '\0';
	return true;
}

static bool say(struct client *c, const char *text)
{
	AUTO(mem_free) char *line = xasprintf("%s\r\n", text);

	return send(c->fd, line, strlen(line), MSG_NOSIGNAL) > 0;
}

static const struct rude_deed *find_deed(const struct client *c, const char *at,
					 const char *line)
{
	for (const struct rude_deed *d = c->deeds; d->at; d++)
		if (strcasecmp(d->at, at) == 0 &&
		    (!d->whose || strstr(line, d->whose)))
			return d;
	return NULL;
}

/* False: the conversation is over. */
static bool answer(struct client *c, const char *at, const char *line,
		   const char *usual)
{
	const struct rude_deed *d = find_deed(c, at, line);
	char rest[MAX_LINE];

	if (!d)
		return say(c, usual);
	switch (d->manner) {
	case RUDE_REPLIES:
		return say(c, d->reply);
	case RUDE_HANGS_UP:
		return false;
	case RUDE_IS_SILENT:
		while (read_line(c, rest))
			;
		return false;
	}
	return false;
}

static void keep_mail(struct client *c, const struct buf *mail)
{
	AUTO(mem_free) char *path = xasprintf("%s/%u", c->dir, ++*c->taken);
	AUTO(mem_free) char *said = xasprintf("%s.said", path);
	struct err err = ERR_INIT;

	ck_ok(fs_write(said, buf_text(&c->said), c->said.len, &err), &err);
	ck_ok(fs_write(path, mail->data ? mail->data : "", mail->len, &err),
	      &err);
}

/* Up to the dot alone; what is taken is kept, whatever is answered then. */
static bool take_mail(struct client *c)
{
	AUTO(buf_release) struct buf mail = { 0 };
	char line[MAX_LINE];

	buf_init(&mail, MAX_MAIL);
	while (read_line(c, line)) {
		if (strcmp(line, ".\r\n") == 0) {
			keep_mail(c, &mail);
			return answer(c, ".", "", "250 2.0.0 taken");
		}
		buf_adds(&mail, line);
	}
	return false;
}

static bool take_data(struct client *c, const char *line)
{
	const struct rude_deed *d = find_deed(c, "DATA", line);

	if (!answer(c, "DATA", line, "354 go on"))
		return false;
	return d ? true : take_mail(c);
}

/* The password in the command, or in an answer to ours, as libcurl has it. */
static bool take_password(struct client *c, const char *command)
{
	char line[MAX_LINE];

	if (!find_deed(c, "AUTH", command) && !strstr(command, "PLAIN ")) {
		if (!say(c, "334 ") || !read_line(c, line))
			return false;
		buf_adds(&c->said, line);
	}
	return answer(c, "AUTH", command, "235 2.7.0 fine");
}

static bool serve_line(struct client *c, const char *line)
{
	char verb[8] = "";

	snprintf(verb, sizeof(verb), "%.*s", (int)strcspn(line, " \r\n"), line);
	if (strcasecmp(verb, "EHLO") == 0)
		return answer(c, "EHLO", line,
			      "250-rude.example.org\r\n250-SIZE 1000000\r\n"
			      "250 AUTH PLAIN");
	if (strcasecmp(verb, "AUTH") == 0)
		return take_password(c, line);
	if (strcasecmp(verb, "DATA") == 0)
		return take_data(c, line);
	if (strcasecmp(verb, "QUIT") == 0) {
		answer(c, "QUIT", line, "221 2.0.0 bye");
		return false;
	}
	return answer(c, verb, line, "250 2.1.0 fine");
}

static void serve(struct client *c)
{
	char line[MAX_LINE];

	if (!answer(c, "greeting", "", "220 rude.example.org ESMTP"))
		return;
	while (read_line(c, line)) {
		buf_adds(&c->said, line);
		if (!serve_line(c, line))
			return;
	}
}

static _Noreturn void run(int listener, const char *dir,
			  const struct rude_deed *deeds)
{
	unsigned taken = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		struct client c = { .fd = accept(listener, NULL, NULL),
				    .deeds = deeds,
				    .dir = dir,
				    .taken = &taken };

		buf_init(&c.said, MAX_MAIL);
		serve(&c);
		buf_release(&c.said);
		close(c.fd);
	}
}

void rude_start(struct rude *r, const char *dir, const struct rude_deed *deeds)
{
	unsigned port = 0;
	AUTO(fd_close) int listener = fake_listen(&port);

	*r = (struct rude){ .url = xasprintf("smtp://127.0.0.1:%u", port),
			    .dir = xstrdup(dir) };
	r->pid = fork();
	ck_assert_int_ge(r->pid, 0);
	if (r->pid == 0)
		run(listener, dir, deeds);
}

void rude_release(struct rude *r)
{
	kill(r->pid, SIGKILL);
	waitpid(r->pid, NULL, 0);
	free(r->url);
	free(r->dir);
}

/* It serves one after the other: when it greets us, the others are over. */
void rude_wait(const struct rude *r)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	const char *port = strrchr(r->url, ':') + 1;
	AUTO(fd_close) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char greeting;

	at.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	ck_assert_int_eq(connect(fd, (const struct sockaddr *)&at, sizeof(at)),
			 0);
	ck_assert_int_eq(recv(fd, &greeting, 1, 0), 1);
}

unsigned rude_count(const struct rude *r)
{
	unsigned n = 0;

	for (;;) {
		AUTO(mem_free) char *path = xasprintf("%s/%u", r->dir, n + 1);

		if (!fs_exists(path))
			return n;
		n++;
	}
}

static char *read_kept(const struct rude *r, unsigned n, const char *suffix)
{
	AUTO(mem_free) char *path = xasprintf("%s/%u%s", r->dir, n, suffix);
	AUTO(buf_release) struct buf mail = { 0 };
	struct err err = ERR_INIT;

	ck_ok(fs_read(&mail, path, MAX_MAIL, &err), &err);
	return buf_take(&mail);
}

char *rude_mail(const struct rude *r, unsigned n)
{
	return read_kept(r, n, "");
}

char *rude_said(const struct rude *r, unsigned n)
{
	return read_kept(r, n, ".said");
}
