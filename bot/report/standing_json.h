/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * standing_json.h - what `collider status --json` prints
 *
 * Pure. The keys are in collider(1).
 */
#ifndef REPORT_STANDING_JSON_H
#define REPORT_STANDING_JSON_H

#include "bot/base/json.h"
#include "bot/report/standing.h"

/* The caller's. */
json_t *standing_json(const struct standing *s);

#endif
