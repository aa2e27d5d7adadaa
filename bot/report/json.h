/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.h - a review, or a soak, as the one object of --json
 *
 * Pure. Keys come in the order that collider(1) lists them in. What is not
 * known is null or an empty list, never left out.
 */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "bot/base/json.h"
#include "rules/review.h"

/* The caller's to decref. */
json_t *json_from_review(const struct review *r);
/* What was soaked alone, and what came of it, without a verdict. */
json_t *json_from_soaked(const struct review *r);
json_t *json_from_fields(const struct outcome_field *v, size_t n);

#endif
