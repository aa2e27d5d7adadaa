/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * overview_json.h - what `collider status --json` prints
 *
 * Pure. The keys are in collider(1).
 */
#ifndef REPORT_OVERVIEW_JSON_H
#define REPORT_OVERVIEW_JSON_H

#include "bot/base/json.h"
#include "bot/report/overview.h"

/* The caller's. */
json_t *overview_json(const struct overview *s);

#endif
