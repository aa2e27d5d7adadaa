/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dkim.h - whether the domain of a mail's sender vouches for it (RFC 6376)
 *
 * Pure: bytes and keys in, a verdict out; libopendkim stays inside dkim.c and
 * asks nobody. Whose keys are missing is told, so that who has a network can
 * look them up and ask again. The bytes are hostile: call it in a box.
 *
 * It is stricter than DMARC. A signature counts when all of this is so:
 *	its d= is the domain of From:, or a domain above that one (who holds
 *	the zone above could sign for this one, too); one below, or one beside
 *	it, is somebody else;
 *	it signs From:, all of the body (no l=), and what ties the mail to
 *	its place: Message-ID, or each of In-Reply-To and References there is;
 *	it is not over (x=), its key is not a trial's (t=y), and neither SHA-1
 *	nor a key of RSA below 1024 bits made it (RFC 8301).
 * And the mail has each of these fields once. public-inbox leaves all bytes as
 * they are but for fields that nobody signs, and a second "Message-ID: <...@z>"
 * behind a mail whose id was used before, which is taken off again here.
 *
 * Calling sequence:
 *	dkim_check(&v, bytes, len, &none);	v.wanted: names of keys
 *	... look them up ...
 *	dkim_check(&v, bytes, len, &keys);	v.is_good
 *
 * Caller: bot/stages/answers.c
 */
#ifndef MAIL_DKIM_H
#define MAIL_DKIM_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/mem.h"

#define DKIM_MAX_SIGNATURES 8 /* of a mail; those above it are not looked at */
#define DKIM_MAX_KEY 4096     /* bytes of a TXT record: RSA of 8192 bits */
#define DKIM_MAX_NAME 255     /* of a name in the DNS */

/* What the DNS says, by "selector._domainkey.domain" in lower case. */
struct dkim_key {
	char *name;
	char *text;
};

struct dkim_keys {
	struct dkim_key *v;
	size_t n;
};

void dkim_keys_add(struct dkim_keys *keys, const char *name, const char *text);
/* Lines "NAME TEXT"; others are skipped. */
void dkim_keys_read(struct dkim_keys *keys, const char *text, size_t len);
void dkim_keys_release(struct dkim_keys *keys);
DEFINE_AUTO_VALUE(struct dkim_keys, dkim_keys_release)

struct dkim_verdict {
	bool is_good;
	char *from; /* the one address of From:; "" if it has not one */
	char *why;  /* it is not good; NULL when it is */
	struct strings wanted; /* names of keys that it was not given */
	/*
	 * Of each good signature. A mail that is sent again with what is not
	 * signed changed still has them.
	 */
	struct strings seals;
};

void dkim_check(struct dkim_verdict *out, const char *bytes, size_t len,
		const struct dkim_keys *keys);
void dkim_verdict_release(struct dkim_verdict *v);
DEFINE_AUTO_VALUE(struct dkim_verdict, dkim_verdict_release)

/* May @signer, a d=, vouch for mails from @domain? ASCII case is ignored. */
bool dkim_is_aligned(const char *signer, const char *domain);

#endif
