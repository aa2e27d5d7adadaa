/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * checkup.h - what the checks of `collider doctor` have in common
 *
 * A check is a row of the table in doctor.c and a function of machine.c or
 * stock.c that fills in a diagnosis. It believes nothing that it can try.
 */
#ifndef BOT_CHECKUP_H
#define BOT_CHECKUP_H

#include "bot/base/mem.h"
#include "bot/config.h"
#include "bot/diagnosis.h"
#include "bot/run/profile.h"

#define CHECKUP_TIMEOUT_S 20
#define CHECKUP_MAX_OUTPUT 16384 /* bytes; of gcc with an error, or --version */

struct checkup {
	const struct config *config;
	struct profile *profile; /* of builds */
	char *work;		 /* a folder of whom builds run as */
	struct strings packages; /* found missing */
	unsigned n_bad;
};

/* Is the row one check, or one for each word, which then ends its name? */
enum check_each { CHECK_ONCE, CHECK_EACH_FILESYSTEM, CHECK_EACH_TREE };

struct check {
	const char *name;
	void (*run)(struct diagnosis *d, const struct checkup *c,
		    const struct check *check);
	const char *of; /* a package that mends it; the word of an each */
	enum check_each each;
	bool is_optional;
	bool is_of_qemu; /* optional, too, unless review.guest has QEMU */
};

#endif
