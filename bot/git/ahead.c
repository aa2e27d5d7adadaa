/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/ahead.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

struct ahead {
	struct walk *walk;
	pthread_t thread;
	bool is_running;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t moved;
	struct walk_mail ring[AHEAD_MAX_MAILS]; /* their bytes are owned */
	size_t first, n, n_bytes;
	bool has_ended; /* the walk has no more */
	bool is_over;	/* nobody wants more */

	char *taken; /* the bytes that the reader has */
};

static bool is_full(const struct ahead *a)
{
	return a->n == AHEAD_MAX_MAILS || a->n_bytes >= AHEAD_MAX_BYTES;
}

/* False: nobody wants it. The bytes are consumed either way. */
static bool put(struct ahead *a, const struct walk_mail *mail, char *bytes)
{
	bool wanted;

	pthread_mutex_lock(&a->lock);
	while (is_full(a) && !a->is_over)
		pthread_cond_wait(&a->moved, &a->lock);
	wanted = !a->is_over;
	if (wanted) {
		struct walk_mail *m =
			&a->ring[(a->first + a->n++) % AHEAD_MAX_MAILS];

		*m = *mail;
		m->bytes = bytes;
		a->n_bytes += m->len;
		pthread_cond_signal(&a->moved);
	} else {
		free(bytes);
	}
	pthread_mutex_unlock(&a->lock);
	return wanted;
}

static void *read_on(void *arg)
{
	struct ahead *a = arg;
	struct walk_mail mail;

	while (walk_next(a->walk, &mail)) {
		char *bytes = xmalloc(mail.len + 1);

		memcpy(bytes, mail.bytes, mail.len);
		if (!put(a, &mail, bytes))
			return NULL;
	}
	pthread_mutex_lock(&a->lock);
	a->has_ended = true;
	pthread_cond_signal(&a->moved);
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

int ahead_start(struct ahead **out, struct walk *w, struct err *err)
{
	AUTO(ahead_free) struct ahead *a = xcalloc(1, sizeof(*a));

	a->walk = w;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->moved, NULL);
	errno = pthread_create(&a->thread, NULL, read_on, a);
	if (errno)
		return err_sys(err, ERR_SYSTEM, "cannot start a thread");
	a->is_running = true;
	*out = TAKE(a);
	return 0;
}

bool ahead_next(struct ahead *a, struct walk_mail *out)
{
	bool is_there;

	free(TAKE(a->taken));
	pthread_mutex_lock(&a->lock);
	while (a->n == 0 && !a->has_ended)
		pthread_cond_wait(&a->moved, &a->lock);
	is_there = a->n > 0;
	if (is_there) {
		*out = a->ring[a->first];
		a->taken = (char *)out->bytes;
		a->first = (a->first + 1) % AHEAD_MAX_MAILS;
		a->n--;
		a->n_bytes -= out->len;
		pthread_cond_signal(&a->moved);
	}
	pthread_mutex_unlock(&a->lock);
	return is_there;
}

static void stop(struct ahead *a)
{
	pthread_mutex_lock(&a->lock);
	a->is_over = true;
	pthread_cond_signal(&a->moved);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
}

void ahead_free(struct ahead *a)
{
	if (!a)
		return;
	if (a->is_running)
		stop(a);
	for (size_t i = 0; i < a->n; i++)
		free((char *)a->ring[(a->first + i) % AHEAD_MAX_MAILS].bytes);
	free(a->taken);
	pthread_cond_destroy(&a->moved);
	pthread_mutex_destroy(&a->lock);
	free(a);
}
