/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/range.h"

bool range_find(struct range *out, const enum shown *shown,
		const struct judge_evidence *ev)
{
	size_t i = ev->n_steps;

	*out = (struct range){ 0 };
	while (i > 0 && shown[i - 1] != SHOWN_FAULT) {
		if (shown[i - 1] == SHOWN_CLEAN)
			out->mended = ev->steps[i - 1].patch;
		i--;
	}
	if (i == 0)
		return false;
	for (; i > 0 && shown[i - 1] != SHOWN_CLEAN; i--)
		if (shown[i - 1] == SHOWN_FAULT)
			out->first = ev->steps[i - 1].patch;
	out->clean = i > 0 ? ev->steps[i - 1].patch : 0;
	return true;
}

bool range_is_pinned(const struct range *at)
{
	return at->first == at->clean + 1;
}

static bool was_run(const struct judge_evidence *ev, unsigned patch)
{
	for (size_t i = 0; i < ev->n_steps; i++)
		if (ev->steps[i].patch == patch)
			return true;
	return false;
}

unsigned range_next(const struct range *at, const struct judge_evidence *ev)
{
	unsigned middle = at->clean + (at->first - at->clean) / 2;

	if (range_is_pinned(at))
		return 0;
	for (unsigned off = 0; off < at->first; off++) {
		if (middle + off < at->first && !was_run(ev, middle + off))
			return middle + off;
		if (middle > at->clean + off && !was_run(ev, middle - off))
			return middle - off;
	}
	return 0;
}
