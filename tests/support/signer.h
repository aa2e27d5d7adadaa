/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signer.h - mails that are DKIM-signed, with a key made for the test
 *
 *	AUTO(signer_release) struct signer s = { 0 };
 *	signer_init(&s);
 *	signer_sign(&mail, &s, &(struct signer_how){ .domain = "x.org" }, text);
 *	signer_add_key(&keys, &s, "x.org");
 */
#ifndef TESTS_SIGNER_H
#define TESTS_SIGNER_H

#include <stdint.h>

#include "tests/support/support.h"

#define SIGNER_SELECTOR "s1"

struct signer {
	char *key;    /* PEM */
	char *record; /* "v=DKIM1; k=rsa; p=..." */
};

/* With a key of 2048 bits, or of so many. */
void signer_init(struct signer *s);
void signer_init_bits(struct signer *s, unsigned bits);
void signer_release(struct signer *s); /* zeroed is fine */
DEFINE_AUTO_VALUE(struct signer, signer_release)

struct signer_how {
	const char *domain; /* d= */
	const char *fields; /* h=, by commas; NULL: all that matter */
	bool leaves_end;    /* l= of the body as it is */
	int64_t at;	    /* t=; 0: now */
	unsigned lives_s;   /* x= is that much later; 0: no x= */
	bool is_sha1;
};

/* @mail with a DKIM-Signature on top; @out is initialised here. */
void signer_sign(struct buf *out, const struct signer *s,
		 const struct signer_how *how, const char *mail);
/* A line of a file of keys. */
void signer_add_key(struct buf *out, const struct signer *s,
		    const char *domain);

#endif
