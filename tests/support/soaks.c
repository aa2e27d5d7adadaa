// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/soaks.h"

#include "tests/support/promises.h"

#define ZERO "round 2: dio of 512 at 0 returned 0"
#define HUNG "round 1: sendfile is held in xfs_file_splice_read"

static const struct seen {
	char letter;
	bool provoked;
	const char *rounds; /* NULL: it did not begin */
	const char *folio;
	const char *returned, *hung, *warnings, *invalidations;
} kinds[] = {
	{ 'c', true, "7", "4", "no", "no", "0", "5" },
	{ '.', false, "7", "4", "no", "no", "0", "0" },
	{ '1', false, "7", "1", "no", "no", "0", "0" },
	{ '0', true, "7", "4", ZERO, "no", "0", "5" },
	{ 'q', false, "7", "4", ZERO, "no", "0", "0" },
	{ 'w', true, "7", "4", "no", "no", "1", "5" },
	{ 'h', true, "1", "4", "no", HUNG, "0", "5" },
	{ 't', true, "7", "4", "no", "no", "0", "unknown" },
	{ '-', false, NULL },
};

static const char promises[] = PROMISE(
	"returns", "N02 N03", "fault.returned is no", "it is done whole")
	PROMISE("comes-back", "N02 N03", "fault.hung is no", "it comes back")
		PROMISES_QUIET;

static struct outcome run_of(char letter, unsigned number,
			     const char *filesystem)
{
	const struct seen *k = kinds;
	struct outcome o = { .filesystem = xstrdup(filesystem),
			     .scenario = xstrdup("N03"),
			     .run = number };
	AUTO(mem_free) char *seed = xasprintf("%u", 6 + number);

	while (k->letter != letter)
		k++;
	o.provoked = k->provoked;
	o.how = xstrdup(k->rounds ? "it ran" : "mount: Invalid argument");
	if (!k->rounds)
		return o;
	outcome_add(&o, "trace.invalidate_fail", k->invalidations);
	outcome_add(&o, "soak.seed", seed);
	outcome_add(&o, "soak.rounds", k->rounds);
	outcome_add(&o, "dio.D.calls", "1118; EAGAIN 110");
	outcome_add(&o, "fault.returned", k->returned);
	outcome_add(&o, "fault.hung", k->hung);
	outcome_add(&o, "soak.told", "1");
	outcome_add(&o, "soak.folio", k->folio);
	outcome_add(&o, "log.warning", k->warnings);
	return o;
}

static struct outcomes runs_of(const char *letters, const char *filesystem)
{
	struct outcomes list = { 0 };

	for (unsigned i = 0; letters && letters[i]; i++) {
		struct outcome o = run_of(letters[i], i + 1, filesystem);

		outcomes_take(&list, &o);
	}
	return list;
}

void soaks_fill(struct soak_pair *out, const char *filesystem,
		const struct soaks_kernel kernels[SOAK_KERNELS],
		bool is_told[SOAK_KERNELS])
{
	AUTO(contracts_release) struct contracts promised = { 0 };
	struct outcomes runs[SOAK_KERNELS] = { 0 };
	struct soak_told told[SOAK_KERNELS] = { 0 };

	promises_of_xfs(&promised, promises);
	for (int k = 0; k < SOAK_KERNELS; k++) {
		runs[k] = runs_of(kernels[k].runs, filesystem);
		told[k].ended = kernels[k].ended;
		if (kernels[k].runs)
			told[k].outcomes = &runs[k];
	}
	soak_fill(out, filesystem, "N03", told, SOAKS_RUNS, is_told, &promised);
	for (int k = 0; k < SOAK_KERNELS; k++)
		outcomes_release(&runs[k]);
}

void soaks_make(struct soak_record *out)
{
	static const struct {
		const char *filesystem;
		struct soaks_kernel kernels[SOAK_KERNELS];
	} pairs[] = {
		{ "xfs", { { "c.c", NULL }, { "00h", NULL } } },
		{ "ext4", { { "ccc", NULL }, { "tcc", NULL } } },
		{ "ext2", { { "---", NULL }, { "---", NULL } } },
		{ "jfs",
		  { { "ccc", NULL }, { "c", "the guest panicked, oops" } } },
	};
	bool is_told[SOAK_KERNELS] = { false };

	*out = (struct soak_record){ .seconds = 60,
				     .seed = 7,
				     .runs = SOAKS_RUNS,
				     .run_ms = 5000,
				     .ms = 130250,
				     .has_patched = true };
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		soaks_fill(soak_record_push(out), pairs[i].filesystem,
			   pairs[i].kernels, is_told);
}
