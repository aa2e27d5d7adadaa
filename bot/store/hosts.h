/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hosts.h - servers that want to be left alone, and until when
 *
 * By host and port, whoever asks it for whatever list. Writes are steps of a
 * transaction: see store.h, for errors too.
 */
#ifndef STORE_HOSTS_H
#define STORE_HOSTS_H

#include <stdint.h>

#include "bot/base/err.h"
#include "bot/store/store.h"

struct hosts_row {
	int64_t not_before; /* seconds since the epoch; 0: nothing is known */
	char *why;	    /* what it answered; may be NULL */
};

void hosts_row_release(struct hosts_row *row);
DEFINE_AUTO_VALUE(struct hosts_row, hosts_row_release)

/* *out is zeroed when nothing is known of it; the time may have passed. */
int hosts_find(struct hosts_row *out, struct store *st, const char *host,
	       struct err *err) MUST_CHECK;
/* Add the row, or replace it. */
int hosts_put(const struct store_txn *txn, const char *host,
	      const struct hosts_row *row, struct err *err) MUST_CHECK;

#endif
