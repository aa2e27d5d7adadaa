/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * soak_json.h - what a soak came to, as "soak" of the JSON object, and back
 *
 * Pure. Read as the rest of a record is (record.h): what was read is written as
 * the same bytes.
 */
#ifndef REPORT_SOAK_JSON_H
#define REPORT_SOAK_JSON_H

#include "bot/base/json.h"
#include "rules/soak.h"

#define SOAK_JSON_MAX_BROKEN 1000 /* promises of one mix; there are some 15 */

/* The caller's to decref. */
json_t *soak_json_from(const struct soak_record *r);
/*
 * Into *out, which is empty. -1: ERR_INPUT with the place that is wrong,
 * ERR_LIMIT past a ceiling; *out has a part, for the caller to release.
 */
int soak_json_read(struct soak_record *out, const json_t *o, struct err *err)
	MUST_CHECK;

#endif
