// SPDX-License-Identifier: GPL-2.0-or-later
#include "bot/stages/share.h"

static uint64_t cost_of(const struct suite *s, unsigned repeat)
{
	return SHARE_FILESYSTEM_RUNS + (uint64_t)s->scenarios.n * repeat;
}

/* One more guest is one more boot, which has to be won back. */
static size_t count_guests(size_t max, const struct suites *plan,
			   unsigned repeat)
{
	uint64_t all = 0;
	size_t n;

	for (size_t i = 0; i < plan->n; i++)
		all += cost_of(&plan->v[i], repeat);
	n = all / (2 * SHARE_BOOT_RUNS);
	n = n < max ? n : max;
	n = n < plan->n ? n : plan->n;
	return n > 0 ? n : 1;
}

/* The most expensive that has no guest yet, or plan->n. */
static size_t find_largest(const struct suites *plan, const size_t *guest_of,
			   size_t none)
{
	size_t best = plan->n;

	for (size_t i = 0; i < plan->n; i++)
		if (guest_of[i] == none &&
		    (best == plan->n ||
		     plan->v[i].scenarios.n > plan->v[best].scenarios.n))
			best = i;
	return best;
}

/* The largest goes to the guest that has the least to do, and so on. */
static void assign(size_t *guest_of, size_t n, const struct suites *plan,
		   unsigned repeat)
{
	AUTO(mem_free) uint64_t *load = xcalloc(n, sizeof(*load));
	size_t at;

	for (size_t i = 0; i < plan->n; i++)
		guest_of[i] = n;
	while ((at = find_largest(plan, guest_of, n)) < plan->n) {
		size_t idle = 0;

		for (size_t i = 1; i < n; i++)
			if (load[i] < load[idle])
				idle = i;
		guest_of[at] = idle;
		load[idle] += cost_of(&plan->v[at], repeat);
	}
}

size_t share_run(struct suites *out, size_t max, const struct suites *plan,
		 unsigned repeat)
{
	AUTO(mem_free)
	size_t *guest_of = xcalloc(plan->n + 1, sizeof(*guest_of));
	size_t n = count_guests(max, plan, repeat);

	assign(guest_of, n, plan, repeat);
	for (size_t i = 0; i < n; i++)
		out[i] = (struct suites){ 0 };
	for (size_t i = 0; i < plan->n; i++)
		suites_push(&out[guest_of[i]], &plan->v[i]);
	return n;
}
