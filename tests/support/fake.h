/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake.h - an HTTP server that does what the real one cannot be made to do
 *
 * It refuses, lies, drips and never ends. For everything else there is
 * tests/support/lore.h, which is public-inbox itself.
 */
#ifndef TESTS_FAKE_H
#define TESTS_FAKE_H

#include <stddef.h>
#include <sys/types.h>

enum fake_manner {
	FAKE_ANSWERS,
	FAKE_ECHOES,   /* the body is the request */
	FAKE_DRIPS,    /* a byte of the body each 100 ms, for ever */
	FAKE_FLOODS,   /* the body, again and again */
	FAKE_HANGS_UP, /* in the middle of the body */
};

struct fake_answer {
	const char *path; /* with a '/' at its end: all below it */
	const char *head; /* "200 OK\r\nContent-Type: text/html\r\n" */
	const char *body;
	size_t len; /* 0: of the C string */
	enum fake_manner manner;
};

struct fake {
	char *url; /* "http://127.0.0.1:12345" */
	pid_t pid;
	char *log; /* a line a request, "GET /path agent" */
};

/*
 * Serve @answers, which outlive the server, in a process that ends with this
 * one. What none of them is for is a 404. The log is a file in @dir.
 */
void fake_start(struct fake *f, const char *dir,
		const struct fake_answer *answers, size_t n);
void fake_release(struct fake *f);

/*
 * A listening socket on a free port of loopback, or on *port if that is not 0.
 */
int fake_listen(unsigned *port);

#endif
