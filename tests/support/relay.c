/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/relay.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "tests/support/fake.h"
#include "tests/support/support.h"

/* False at the end of the connection. */
static bool pass(int from, int to)
{
	char block[512];
	ssize_t n = recv(from, block, sizeof(block), 0);

	return n > 0 && send(to, block, (size_t)n, MSG_NOSIGNAL) == n;
}

/* As pass, from the server; false also when it has passed enough. */
static bool pass_counted(int from, int to, struct relay_state *s, uint64_t max)
{
	char block[512];
	ssize_t n = recv(from, block, sizeof(block), MSG_PEEK);

	if (n > 0 && s->passed + (uint64_t)n > max) {
		s->is_over = true;
		return false;
	}
	s->passed += n > 0 ? (uint64_t)n : 0;
	return n > 0 && recv(from, block, (size_t)n, 0) == n &&
	       send(to, block, (size_t)n, MSG_NOSIGNAL) == n;
}

static int connect_to(unsigned port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0 ? fd : -1;
}

static void serve_one(int client, int server, struct relay_state *s,
		      uint64_t max)
{
	struct pollfd fds[] = { { .fd = client, .events = POLLIN },
				{ .fd = server, .events = POLLIN } };
	bool goes_on = true;

	while (goes_on && poll(fds, 2, -1) > 0) {
		if (fds[1].revents)
			goes_on = pass_counted(server, client, s, max);
		else if (fds[0].revents)
			goes_on = pass(client, server);
	}
}

static _Noreturn void serve(int listener, unsigned to, struct relay_state *s,
			    uint64_t max, enum relay_end end)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!s->is_over) {
		AUTO(fd_close) int client = accept(listener, NULL, NULL);
		AUTO(fd_close) int server = connect_to(to);

		serve_one(client, server, s, max);
		while (s->is_over && end == RELAY_SILENT)
			pause();
	}
	_exit(0);
}

void relay_start(struct relay *r, unsigned to, uint64_t max, enum relay_end end)
{
	AUTO(fd_close) int listener = -1;

	*r = (struct relay){ 0 };
	listener = fake_listen(&r->port);
	r->state = mmap(NULL, sizeof(*r->state), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(r->state, MAP_FAILED);
	r->pid = fork();
	ck_assert_int_ge(r->pid, 0);
	if (r->pid == 0)
		serve(listener, to, r->state, max, end);
}

void relay_release(struct relay *r)
{
	kill(r->pid, SIGKILL);
	waitpid(r->pid, NULL, 0);
	munmap(r->state, sizeof(*r->state));
}
