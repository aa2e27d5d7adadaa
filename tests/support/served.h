/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * served.h - the real `collider run` in a folder of its own
 *
 *	AUTO(served_release) struct served s = { 0 };
 *	served_init(&s, "[list \"x\"]\n\turl = /srv/x\n");
 *	served_start(&s, NULL);
 *	served_wait(&s, "state=done");
 *	served_end(&s, SIGTERM, 0);
 *
 * Everything fails the test that goes wrong, with what the daemon logged. What
 * is waited for comes or the test's own time limit ends it.
 */
#ifndef TESTS_SERVED_H
#define TESTS_SERVED_H

#include <sys/types.h>

#include "bot/store/store.h"
#include "tests/support/support.h"

struct served {
	char *dir; /* holds state/, conf and log */
	char *state;
	char *conf;
	char *log;
	size_t heard; /* bytes of the log that served_wait has passed */
	pid_t pid;    /* 0: it does not run */
};

/* A state folder, and a configuration of @text; nothing is started. */
void served_init(struct served *s, const char *text);
/* Another configuration, which is not read before a restart. */
void served_configure(struct served *s, const char *text);
/* Ends it, when it runs, and removes the folder. */
void served_release(struct served *s);
DEFINE_AUTO_VALUE(struct served, served_release)

/* With one more word on its command line, or NULL. It logs behind the rest. */
void served_start(struct served *s, const char *word);
/* Until the log has @text behind where the last wait ended. */
void served_wait(struct served *s, const char *text);
/* With all the processes of it that still run; for SIGKILL. */
void served_kill(struct served *s);
/* Send @signal (0: none) and wait for its end, with that exit code. */
void served_end(struct served *s, int signal, int exit_code);
/* As served_end without a signal; any exit code, which it returns. */
int served_join(struct served *s);
/* A worker of it that runs this stage; 0: there is none. */
pid_t served_find_worker(const struct served *s, const char *stage);
/* All that was logged so far. */
void served_read(struct buf *out, const struct served *s);
/* Its database, beside it. The caller frees it. */
struct store *served_store(const struct served *s);

#endif
