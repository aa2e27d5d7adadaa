/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/fake.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "bot/base/span.h"
#include "tests/support/support.h"

#define DRIP_US 100000
#define MAX_REQUEST 8192

int fake_listen(unsigned *port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)*port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int yes = 1;

	ck_assert_int_ge(fd, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	ck_assert_msg(bind(fd, (struct sockaddr *)&at, len) == 0,
		      "port %u is taken", *port);
	ck_assert_int_eq(listen(fd, 64), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static void send_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		data += n;
		len -= (size_t)n;
	}
}

/* The request up to its empty line, as one C string. */
static void read_request(int fd, char *out)
{
	size_t len = 0;

	while (len < MAX_REQUEST - 1) {
		ssize_t n = recv(fd, out + len, MAX_REQUEST - 1 - len, 0);

		if (n <= 0)
			break;
		len += (size_t)n;
		out[len] = '\0';
		if (strstr(out, "\r\n\r\n"))
			return;
	}
	out[len] = '\0';
}

static void send_for_ever(int fd, const char *body, size_t len, unsigned us)
{
	while (send(fd, body, len, MSG_NOSIGNAL) > 0) {
		if (us)
			usleep(us);
	}
}

static void answer(int fd, const struct fake_answer *a, const char *request)
{
	bool echoes = a->manner == FAKE_ECHOES;
	const char *body = echoes ? request : a->body;
	size_t len = a->len && !echoes ? a->len : strlen(body);
	AUTO(mem_free)
	char *head = xasprintf("HTTP/1.1 %sConnection: close\r\n\r\n", a->head);
	AUTO(mem_free)
	char *more = xasprintf(
		"HTTP/1.1 %sConnection: close\r\nContent-Length: %zu\r\n\r\n",
		a->head, len + 100);

	send_all(fd, a->manner == FAKE_HANGS_UP ? more : head,
		 strlen(a->manner == FAKE_HANGS_UP ? more : head));
	switch (a->manner) {
	case FAKE_ANSWERS:
	case FAKE_ECHOES:
	case FAKE_HANGS_UP:
		send_all(fd, body, len);
		return;
	case FAKE_DRIPS:
		send_for_ever(fd, body, 1, DRIP_US);
		return;
	case FAKE_FLOODS:
		send_for_ever(fd, body, len, 0);
	}
}

/* An answer is for one path, or for all below one that ends with '/'. */
static bool is_for(const struct fake_answer *a, struct span path)
{
	size_t len = strlen(a->path);

	return span_is(path, a->path) ||
	       (a->path[len - 1] == '/' && span_starts(path, a->path));
}

static const struct fake_answer *find_answer(struct span path,
					     const struct fake_answer *answers,
					     size_t n)
{
	static const struct fake_answer none = { .head = "404 Not Found\r\n",
						 .body = "no such thing\n" };

	for (size_t i = 0; i < n; i++) {
		if (is_for(&answers[i], path))
			return &answers[i];
	}
	return &none;
}

/* What the client calls itself. */
static struct span agent_of(struct span request)
{
	struct span line;

	while (span_line(&request, &line)) {
		if (span_eat(&line, "User-Agent: "))
			return span_trim(line);
	}
	return span_cstr("");
}

static void serve_one(int fd, int log, const struct fake_answer *answers,
		      size_t n)
{
	char request[MAX_REQUEST];
	struct span method, path, rest;

	read_request(fd, request);
	rest = span_cstr(request);
	if (!span_until(&rest, ' ', &method) || !span_until(&rest, ' ', &path))
		return;
	dprintf(log, "%.*s %.*s %.*s\n", (int)span_len(method), method.p,
		(int)span_len(path), path.p, (int)span_len(agent_of(rest)),
		agent_of(rest).p);
	answer(fd, find_answer(path, answers, n), request);
}

/* What is unread, the body of a POST, would make the close a reset. */
static void hang_up(int fd)
{
	struct timeval patience = { .tv_sec = 10 };
	char rest[4096];

	shutdown(fd, SHUT_WR);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	while (recv(fd, rest, sizeof(rest), 0) > 0)
		;
	close(fd);
}

static _Noreturn void serve(int listener, const char *log_path,
			    const struct fake_answer *answers, size_t n)
{
	int log =
		open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		serve_one(fd, log, answers, n);
		hang_up(fd);
	}
}

void fake_start(struct fake *f, const char *dir,
		const struct fake_answer *answers, size_t n)
{
	unsigned port = 0;
	AUTO(fd_close) int listener = fake_listen(&port);

	*f = (struct fake){
		.url = xasprintf("http://127.0.0.1:%u", port),
		.log = xasprintf("%s/requests", dir),
	};
	f->pid = fork();
	ck_assert_int_ge(f->pid, 0);
	if (f->pid == 0)
		serve(listener, f->log, answers, n);
}

void fake_release(struct fake *f)
{
	kill(f->pid, SIGKILL);
	waitpid(f->pid, NULL, 0);
	free(f->url);
	free(f->log);
}
