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

/* False at the end of the connection, or of what may be passed. */
static bool pass(int from, int to, uint64_t *passed, uint64_t max)
{
	char block[512];
	ssize_t n = recv(from, block, sizeof(block), 0);

	if (n <= 0)
		return false;
	if (passed && *passed + (uint64_t)n > max)
		return false;
	if (passed)
		*passed += (uint64_t)n;
	return send(to, block, (size_t)n, MSG_NOSIGNAL) == n;
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

static void relay_one(int client, int server, uint64_t *passed, uint64_t max)
{
	struct pollfd fds[] = { { .fd = client, .events = POLLIN },
				{ .fd = server, .events = POLLIN } };
	bool goes_on = true;

	while (goes_on && poll(fds, 2, -1) > 0) {
		if (fds[1].revents)
			goes_on = pass(server, client, passed, max);
		else if (fds[0].revents)
			goes_on = pass(client, server, NULL, 0);
	}
	close(client);
	close(server);
}

void relay_start(struct relay *r, unsigned to, uint64_t max)
{
	AUTO(fd_close) int listener = -1;

	*r = (struct relay){ 0 };
	listener = fake_listen(&r->port);
	r->passed = mmap(NULL, sizeof(*r->passed), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	r->pid = fork();
	ck_assert_int_ge(r->pid, 0);
	if (r->pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (*r->passed < max)
		relay_one(accept(listener, NULL, NULL), connect_to(to),
			  r->passed, max);
	_exit(0);
}

void relay_release(struct relay *r)
{
	kill(r->pid, SIGKILL);
	waitpid(r->pid, NULL, 0);
	munmap(r->passed, sizeof(*r->passed));
}
