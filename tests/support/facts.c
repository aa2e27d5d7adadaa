/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/facts.h"

#include "bot/base/span.h"
#include "bot/stages/promises.h"
#include "tests/support/support.h"

#define RUNS 3

const struct facts facts_clean[FACTS_CLEAN] = {
	{ "xfs", "C01",
	  "dio held in its flush, store came back inside the window",
	  "size.during=65536 dio.asked=65536 dio.returned=65536 "
	  "dio.waited=folio_wait_writeback store.asked=4096 "
	  "store.returned=4096 store.waited=no medium=P1A15 "
	  "resident=16/16/0 size=65536 cache=D16 fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 disk=D16 "
	  "trace.invalidate_fail=1 log.invalidation=0 log.collision=0 "
	  "log.warning=0 log.shutdown=0 log.error=0" },
	{ "xfs", "C02w",
	  "dio held in flight, store came back inside the window",
	  "size.during=65536 dio.asked=65536 dio.returned=65536 "
	  "dio.waited=__iomap_dio_rw store.asked=4096 "
	  "store.returned=4096 store.waited=no medium=D16 "
	  "resident=1/1/0 size=65536 cache=D5M1D10 fsync.buffered=-EIO "
	  "fsync.buffered.again=0 fsync.direct=-EIO fsync.new=0 "
	  "disk=D5M1D10 trace.invalidate_fail=0 log.invalidation=1 "
	  "log.collision=0 log.warning=0 log.shutdown=0 log.error=0" },
	{ "xfs", "C03u", "dio held in flight, read came back inside the window",
	  "size.during=65536 dio.asked=65536 dio.returned=65536 "
	  "dio.waited=__iomap_dio_rw read.asked=65536 "
	  "read.returned=65536 read.waited=no medium=D16 resident=0/0/0 "
	  "size=65536 cache=D16 fsync.buffered=0 fsync.buffered.again=0 "
	  "fsync.direct=0 fsync.new=0 disk=D16 trace.invalidate_fail=0 "
	  "log.invalidation=0 log.collision=0 log.warning=0 "
	  "log.shutdown=0 log.error=0" },
	{ "xfs", "C06a",
	  "aio in flight, truncate was held in inode_dio_wait until it closed",
	  "size.during=65536 dio.asked=65536 dio.returned=65536 "
	  "dio.waited=no truncate.asked=4096 truncate.returned=0 "
	  "truncate.waited=inode_dio_wait medium=D1z15 resident=0/0/0 "
	  "size=4096 cache=D1 fsync.buffered=0 fsync.buffered.again=0 "
	  "fsync.direct=0 fsync.new=0 disk=D1 trace.invalidate_fail=0 "
	  "log.invalidation=0 log.collision=0 log.warning=0 "
	  "log.shutdown=0 log.error=0" },
	{ "xfs", "C08", "1 dirty page, the device failed a write",
	  "dio.asked=65536 dio.returned=65536 dio.waited=no medium=A16 "
	  "resident=16/16/0 size=65536 cache=D16 fsync.buffered=-EIO "
	  "fsync.buffered.again=0 fsync.direct=-EIO fsync.new=0 "
	  "disk=D16 trace.invalidate_fail=1 log.invalidation=0 "
	  "log.collision=0 log.warning=0 log.shutdown=0 log.error=0" },
	{ "xfs", "C09",
	  "dio held in its flush, store came back inside the window",
	  "size.during=65536 dio.asked=65536 dio.returned=65536 "
	  "dio.waited=folio_wait_writeback store.asked=4096 "
	  "store.returned=4096 store.waited=no medium=D16 "
	  "resident=16/0/0 size=65536 cache=D16 fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 disk=D16 "
	  "trace.invalidate_fail=1 log.invalidation=0 log.collision=0 "
	  "log.warning=0 log.shutdown=0 log.error=0" },
	{ "ext4", "C01",
	  "dio held in its flush, store came back inside the window",
	  "size.during=65536 dio.asked=65536 dio.returned=65536 "
	  "dio.waited=folio_wait_writeback store.asked=4096 "
	  "store.returned=4096 store.waited=no medium=D16 "
	  "resident=0/0/0 size=65536 cache=D16 fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 disk=D16 "
	  "trace.invalidate_fail=1 log.invalidation=0 log.collision=0 "
	  "log.warning=0 log.shutdown=0 log.error=0" },
	{ "ext4", "C02w",
	  "dio held in flight, store came back inside the window",
	  "size.during=65536 dio.asked=65536 dio.returned=65536 "
	  "dio.waited=__iomap_dio_rw store.asked=4096 "
	  "store.returned=4096 store.waited=no medium=D16 "
	  "resident=1/1/0 size=65536 cache=D5M1D10 fsync.buffered=-EIO "
	  "fsync.buffered.again=0 fsync.direct=-EIO fsync.new=0 "
	  "disk=D5M1D10 trace.invalidate_fail=0 log.invalidation=1 "
	  "log.collision=0 log.warning=0 log.shutdown=0 log.error=0" },
	{ "ext4", "C03u",
	  "dio held in flight, read came back inside the window",
	  "size.during=65536 dio.asked=65536 dio.returned=65536 "
	  "dio.waited=__iomap_dio_rw read.asked=65536 "
	  "read.returned=65536 read.waited=no medium=D16 resident=0/0/0 "
	  "size=65536 cache=D16 fsync.buffered=0 fsync.buffered.again=0 "
	  "fsync.direct=0 fsync.new=0 disk=D16 trace.invalidate_fail=0 "
	  "log.invalidation=0 log.collision=0 log.warning=0 "
	  "log.shutdown=0 log.error=0" },
	{ "ext4", "C06a",
	  "aio in flight, truncate was held in inode_dio_wait until it closed",
	  "size.during=65536 dio.asked=65536 dio.returned=65536 "
	  "dio.waited=no truncate.asked=4096 truncate.returned=0 "
	  "truncate.waited=inode_dio_wait medium=D1z15 resident=0/0/0 "
	  "size=4096 cache=D1 fsync.buffered=0 fsync.buffered.again=0 "
	  "fsync.direct=0 fsync.new=0 disk=D1 trace.invalidate_fail=0 "
	  "log.invalidation=0 log.collision=0 log.warning=0 "
	  "log.shutdown=0 log.error=0" },
	{ "ext4", "C08", "1 dirty page, the device failed a write",
	  "dio.asked=65536 dio.returned=65536 dio.waited=no medium=A16 "
	  "resident=16/0/0 size=65536 cache=D16 fsync.buffered=-EIO "
	  "fsync.buffered.again=0 fsync.direct=-EIO fsync.new=0 "
	  "disk=A16 trace.invalidate_fail=1 log.invalidation=0 "
	  "log.collision=0 log.warning=0 log.shutdown=0 log.error=12" },
	{ "ext4", "C09",
	  "dio held in its flush, store came back inside the window",
	  "size.during=65536 dio.asked=65536 dio.returned=65536 "
	  "dio.waited=folio_wait_writeback store.asked=4096 "
	  "store.returned=4096 store.waited=no medium=D16 "
	  "resident=0/0/0 size=65536 cache=D16 fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 disk=D16 "
	  "trace.invalidate_fail=1 log.invalidation=0 log.collision=0 "
	  "log.warning=0 log.shutdown=0 log.error=0" },
	{ "btrfs", "C01",
	  "dio held in its flush, store came back inside the window",
	  "size.during=65536 dio.asked=65536 dio.returned=65536 "
	  "dio.waited=folio_wait_writeback store.asked=4096 "
	  "store.returned=4096 store.waited=no medium=D16 "
	  "resident=0/0/0 size=65536 cache=D16 fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 disk=D16 "
	  "trace.invalidate_fail=1 log.invalidation=0 log.collision=0 "
	  "log.warning=0 log.shutdown=0 log.error=0" },
	{ "btrfs", "C02w",
	  "dio held in flight, store was held in btrfs_start_ordered_extent "
	  "until it closed",
	  "size.during=65536 dio.asked=65536 dio.returned=65536 "
	  "dio.waited=__iomap_dio_rw store.asked=4096 "
	  "store.returned=4096 store.waited=btrfs_start_ordered_extent "
	  "medium=D16 resident=1/1/0 size=65536 cache=D5M1D10 "
	  "fsync.buffered=0 fsync.buffered.again=0 fsync.direct=0 "
	  "fsync.new=0 disk=D5M1D10 trace.invalidate_fail=0 "
	  "log.invalidation=0 log.collision=0 log.warning=0 "
	  "log.shutdown=0 log.error=0" },
	{ "btrfs", "C03u",
	  "dio held in flight, read was held in btrfs_start_ordered_extent "
	  "until it closed",
	  "size.during=65536 dio.asked=65536 dio.returned=65536 "
	  "dio.waited=__iomap_dio_rw read.asked=65536 "
	  "read.returned=65536 read.waited=btrfs_start_ordered_extent "
	  "medium=D16 resident=16/0/0 size=65536 cache=D16 "
	  "fsync.buffered=0 fsync.buffered.again=0 fsync.direct=0 "
	  "fsync.new=0 disk=D16 trace.invalidate_fail=0 "
	  "log.invalidation=0 log.collision=0 log.warning=0 "
	  "log.shutdown=0 log.error=0" },
	{ "btrfs", "C06a",
	  "aio in flight, truncate was held in inode_dio_wait until it closed",
	  "size.during=65536 dio.asked=65536 dio.returned=65536 "
	  "dio.waited=no truncate.asked=4096 truncate.returned=0 "
	  "truncate.waited=inode_dio_wait medium=D1z15 resident=0/0/0 "
	  "size=4096 cache=D1 fsync.buffered=0 fsync.buffered.again=0 "
	  "fsync.direct=0 fsync.new=0 disk=D1 trace.invalidate_fail=0 "
	  "log.invalidation=0 log.collision=0 log.warning=0 "
	  "log.shutdown=0 log.error=0" },
	{ "btrfs", "C08", "1 dirty page, the device failed a write",
	  "dio.asked=65536 dio.returned=-EIO dio.waited=no medium=A16 "
	  "resident=16/0/0 size=65536 cache=D16 fsync.buffered=-EIO "
	  "fsync.buffered.again=0 fsync.direct=-EIO fsync.new=0 "
	  "disk=A16 trace.invalidate_fail=1 log.invalidation=0 "
	  "log.collision=0 log.warning=0 log.shutdown=0 log.error=0" },
	{ "btrfs", "C09",
	  "dio held in its flush, store came back inside the window",
	  "size.during=65536 dio.asked=65536 dio.returned=65536 "
	  "dio.waited=folio_wait_writeback store.asked=4096 "
	  "store.returned=4096 store.waited=no medium=D16 "
	  "resident=0/0/0 size=65536 cache=D16 fsync.buffered=0 "
	  "fsync.buffered.again=0 fsync.direct=0 fsync.new=0 disk=D16 "
	  "trace.invalidate_fail=1 log.invalidation=0 log.collision=0 "
	  "log.warning=0 log.shutdown=0 log.error=0" },
};

static void add_fields(struct outcome *o, const char *fields)
{
	struct span rest = span_cstr(fields);
	struct span value;
	struct span name;

	while (span_word(&rest, &value)) {
		AUTO(mem_free) char *key = NULL;
		AUTO(mem_free) char *text = NULL;

		ck_assert(span_until(&value, '=', &name));
		key = span_dup(name);
		text = span_dup(value);
		if (!outcome_find(o, key))
			outcome_add(o, key, text);
	}
}

void facts_add_but(struct outcomes *out, const struct facts *f,
		   const char *instead, unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		bool provoked = *f->how != '!';
		struct outcome o = {
			.filesystem = xstrdup(f->filesystem),
			.scenario = xstrdup(f->scenario),
			.run = i + 1,
			.provoked = provoked,
			.how = xstrdup(f->how + !provoked),
		};

		if (instead)
			add_fields(&o, instead);
		add_fields(&o, f->fields);
		outcomes_take(out, &o);
	}
}

void facts_add(struct outcomes *out, const struct facts *f, unsigned times)
{
	facts_add_but(out, f, NULL, times);
}

void facts_add_clean(struct outcomes *out)
{
	facts_add_clean_but(out, "", "", NULL);
}

void facts_add_clean_but(struct outcomes *out, const char *filesystem,
			 const char *scenario, const char *fields)
{
	for (size_t i = 0; i < FACTS_CLEAN; i++) {
		const struct facts *f = &facts_clean[i];
		bool is_it = strcmp(f->filesystem, filesystem) == 0 &&
			     strcmp(f->scenario, scenario) == 0;

		facts_add_but(out, f, is_it ? fields : NULL, RUNS);
	}
}

/* What the conditions of contracts find in Debian's 6.12.117. */
static const struct {
	const char *path, *text;
	bool has;
} sources[] = {
	{ "fs/iomap/direct-io.c", "IOMAP_DIO_WRITE_THROUGH", true },
};

static bool holds(const struct contract_condition *c)
{
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		if (strcmp(sources[i].path, c->path) == 0 &&
		    strcmp(sources[i].text, c->text) == 0)
			return sources[i].has != c->is_lacking;
	ck_abort_msg("facts.c does not know whether %s has '%s'", c->path,
		     c->text);
}

static void settle(struct contract *c)
{
	c->is_in_force = true;
	for (size_t i = 0; i < c->tree.n; i++)
		c->is_in_force = c->is_in_force && holds(&c->tree.v[i]);
}

void facts_read_contracts(struct contracts *out)
{
	AUTO(strings_release) struct strings filesystems = { 0 };
	struct err err = ERR_INIT;

	strings_split(&filesystems, "xfs,ext4,btrfs");
	ck_ok(promises_read(out, COLLIDER_DATA "/rules/contracts", &filesystems,
			    &err),
	      &err);
	for (size_t i = 0; i < out->n; i++)
		settle(&out->v[i]);
}
