/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/run/notify.h"

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "tests/support/support.h"

/* A manager's socket; @name as in $NOTIFY_SOCKET. */
static int listen_at(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t len = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	memcpy(at.sun_path, name, len);
	if (name[0] == '@')
		at.sun_path[0] = '\0';
	len += offsetof(struct sockaddr_un, sun_path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, (socklen_t)len), 0);
	return fd;
}

static void hear(char *out, size_t size, int fd)
{
	ssize_t n = recv(fd, out, size - 1, MSG_DONTWAIT);

	ck_assert_int_ge(n, 0);
	out[n] = '\0';
}

static const bool has_file[] = { true, false };

START_TEST(a_state_reaches_the_manager)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free)
	char *name = has_file[_i]
			     ? xasprintf("%s/s", dir)
			     : xasprintf("@collider-test-%d", (int)getpid());
	AUTO(fd_close) int manager = listen_at(name);
	struct err err = ERR_INIT;
	char heard[100];

	setenv("NOTIFY_SOCKET", name, 1);
	notify_send("READY=1");
	hear(heard, sizeof(heard), manager);
	ck_assert_str_eq(heard, "READY=1");
	notify_reloading();
	hear(heard, sizeof(heard), manager);
	ck_assert_ptr_nonnull(strstr(heard, "RELOADING=1\nMONOTONIC_USEC="));
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

#define A_34 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* One that is not there, then our own; only that one hears of it. */
static const char *const wrong[] = {
	"", "relative", "/nonexistent/socket",
	("/" A_34 A_34 A_34 A_34), /* longer than an address may be */
};

START_TEST(a_wrong_address_is_nobody)
{
	AUTO(mem_free)
	char *name = xasprintf("@collider-test-%d", (int)getpid());
	AUTO(fd_close) int manager = listen_at(name);
	char heard[100];

	setenv("NOTIFY_SOCKET", wrong[_i], 1);
	notify_send("READY=1");
	ck_assert_int_eq(recv(manager, heard, sizeof(heard), MSG_DONTWAIT), -1);
	setenv("NOTIFY_SOCKET", name, 1);
	notify_send("STOPPING=1");
	hear(heard, sizeof(heard), manager);
	ck_assert_str_eq(heard, "STOPPING=1");
}
END_TEST

static const struct {
	const char *usec, *pid;
	uint64_t ms;
} watchdogs[] = {
	{ NULL, NULL, 0 },	    { "30000000", NULL, 30000 },
	{ "30000000", "1", 0 },	    { "30000000", "ours", 30000 },
	{ "30000000x", "ours", 0 }, { "", "ours", 0 },
	{ "30000000", "x", 0 },
};

START_TEST(the_watchdog_is_ours_or_nobodys)
{
	AUTO(mem_free) char *ours = xasprintf("%d", (int)getpid());
	const char *pid = watchdogs[_i].pid;

	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	if (watchdogs[_i].usec)
		setenv("WATCHDOG_USEC", watchdogs[_i].usec, 1);
	if (pid)
		setenv("WATCHDOG_PID", strcmp(pid, "ours") == 0 ? ours : pid,
		       1);
	ck_assert_uint_eq(notify_watchdog_ms(), watchdogs[_i].ms);
}
END_TEST

TEST_MAIN("notify", TABLE(a_state_reaches_the_manager, has_file),
	  TABLE(a_wrong_address_is_nobody, wrong),
	  TABLE(the_watchdog_is_ours_or_nobodys, watchdogs))
