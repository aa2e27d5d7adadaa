/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch.h - a process beside the one that collides, which sees when that hangs
 *
 * A thread that hangs in a page fault holds mmap_lock. Then the next thread that
 * is started, or malloc, hangs in the same process, and none of it can tell. So
 * process 1 has a memory of its own, and does nothing but look.
 */
#ifndef COLLISIONS_WATCH_H
#define COLLISIONS_WATCH_H

#include <stdatomic.h>
#include <stdbool.h>

#define WATCH_MAX_TEXT 160

struct watch {
	atomic_uint *beats; /* that both see */
	int child;	    /* that is watched; 0 in itself */
};

/* As fork(); false: there is no second process, and nobody is watched. */
bool watch_begin(struct watch *w);
/* The one that is watched gets on. */
void watch_beat(const struct watch *w);
/*
 * Until the child ends, or has no beat in @limit_s of the guest's time and its
 * first thread sleeps in state D: one that waits for the console, to which UML's
 * clock gives any time, does not. True: the latter, and @out says where a thread
 * is held.
 */
bool watch_child(char out[WATCH_MAX_TEXT], const struct watch *w,
		 unsigned limit_s);

#endif
