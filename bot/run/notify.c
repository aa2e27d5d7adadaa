/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/run/notify.h"

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "bot/base/clock.h"
#include "bot/base/mem.h"
#include "bot/base/span.h"

void notify_send(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	AUTO(fd_close) int fd = -1;
	size_t len;

	if (!path || (path[0] != '/' && path[0] != '@'))
		return;
	len = strlen(path);
	if (len >= sizeof(to.sun_path))
		return;
	memcpy(to.sun_path, path, len);
	if (path[0] == '@') /* a name that is no file's */
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		(void)!sendto(
			fd, state, strlen(state), MSG_NOSIGNAL,
			(struct sockaddr *)&to,
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				    len));
}

void notify_reloading(void)
{
	AUTO(mem_free)
	char *state = xasprintf("RELOADING=1\nMONOTONIC_USEC=%lld",
				(long long)clock_ms() * 1000);

	notify_send(state);
}

static bool read_number(const char *name, uint64_t *out)
{
	const char *text = getenv(name);
	struct span s = span_cstr(text ? text : "");

	return span_uint(&s, UINT64_MAX, out) && span_len(s) == 0;
}

uint64_t notify_watchdog_ms(void)
{
	uint64_t usec, pid;

	if (!read_number("WATCHDOG_USEC", &usec))
		return 0;
	if (getenv("WATCHDOG_PID") &&
	    (!read_number("WATCHDOG_PID", &pid) || pid != (uint64_t)getpid()))
		return 0;
	return usec / 1000;
}
