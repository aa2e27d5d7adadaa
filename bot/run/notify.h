/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * notify.h - what a service tells its manager: sd_notify(3) without its library
 *
 * A datagram to the socket in $NOTIFY_SOCKET. Without one, nothing happens:
 * nobody asked. What cannot be told is not told; the manager has a watchdog.
 * Caller: bot/daemon.c
 */
#ifndef RUN_NOTIFY_H
#define RUN_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=..."; newlines between. */
void notify_send(const char *state);
/* RELOADING=1 with the time that goes with it. */
void notify_reloading(void);
/*
 * How often WATCHDOG=1 must be told, at the latest: $WATCHDOG_USEC in ms, when
 * it is meant for this process. 0: nobody waits for it.
 */
uint64_t notify_watchdog_ms(void);

#endif
