/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * subject.h - what a Subject: line says about a patch
 *
 * Pure: bytes in, struct out. The bytes are hostile. Caller: parsers/mail.c
 */
#ifndef PARSERS_SUBJECT_H
#define PARSERS_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "bot/base/span.h"

#define SUBJECT_MAX_LEN 4000   /* unfolded; one line of it may have 998 */
#define SUBJECT_MAX_TAGS 32    /* words in brackets; the lists have up to 7 */
#define SUBJECT_MAX_TOTAL 2000 /* patches in a series; 5.19.2-rc1 had 1,157 */
#define SUBJECT_MAX_VERSION 999

struct subject {
	bool is_patch;	  /* a PATCH tag was there, or n/m inside brackets */
	bool is_patchset; /* PATCHSET: it announces a series, and has no diff */
	bool is_reply;	  /* "Re:", "AW:", "Fwd:", ... */
	bool is_pull;	  /* "[GIT PULL]": a tree is asked to be merged */
	bool is_stable;	  /* for a stable tree: "6.1.y", "AUTOSEL", a notice */
	bool is_rfc;
	bool is_resend;
	bool has_version;  /* else version is 1 because nobody said other */
	bool has_position; /* n/m was there; else 1 of 1 */
	unsigned version;
	unsigned version_minor; /* 3 of "v13.3"; else 0 */
	unsigned index;		/* 0 is the cover letter; may be beyond total */
	unsigned total;		/* patches announced; 1 or more */
	unsigned
		set_index; /* [PATCHSET n/m]: the order of whole series; or 0 */
	unsigned set_total;
	struct strings prefixes; /* other tags as written: "for-next", "5.10" */
	char *title;		 /* what stands after the tags; never NULL */
};

/*
 * Read one unfolded, decoded line. 0: *out is the caller's to free. -1: *out
 * is untouched, err->kind is ERR_LIMIT. A line without a PATCH tag is no
 * error: is_patch is false. "[PATCH 3/2]" is none either: on these lists it is
 * a patch that was added to a series of two after it was sent.
 */
int subject_parse(struct subject **out, const char *line, size_t len,
		  struct err *err) MUST_CHECK;
/*
 * What versions of one title have in common, within @title: "xfs: fix the
 * stats" of "RFC: xfs: fix the stats, v2". May be empty.
 */
struct span subject_name(const char *title);
/* Two titles with one name, ASCII case ignored; none has the empty one. */
bool subject_same_name(const char *a, const char *b);
void subject_free(struct subject *s); /* NULL is fine */
DEFINE_AUTO(struct subject *, subject_free)

#endif
