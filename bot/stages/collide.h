/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collide.h - the guest of one step of a lab job, record to record
 *
 * Reads the "guest" object of a step in spec.json, boots, and makes the "guest"
 * object of the step in result.json:
 *
 *	{"suites":[...],"repeat":3}			(rules/suites.h)
 *	{"suites":[...],"repeat":64,"sweep":{"step_us":5000,"at":0}}
 *							(guest.h)
 *	{"end":"finished","says":"3 runs","ms":812,"foreign":1,
 *	 "console":"1.console.log","outcomes":[...]}	(rules/outcome.h)
 *
 * Caller: bot/lab.c, which is not root by then.
 */
#ifndef STAGES_COLLIDE_H
#define STAGES_COLLIDE_H

#include "bot/base/json.h"
#include "bot/guest/guest.h"

struct collide_spec {
	const char *kernel;	       /* the UML program of the step */
	const char *initramfs;	       /* "program" of the job */
	const char *dir;	       /* the job's folder */
	const char *console;	       /* file in it, for the guest's output */
	unsigned timeout_s;	       /* of wall time */
	unsigned memory_mib;	       /* of the guest; 0: GUEST_MEMORY_MIB */
	const struct profile *profile; /* NULL: "guest" is read */
};

/* The plan of a record. -1: ERR_INPUT, ERR_LIMIT; *out is empty. */
int collide_read_plan(struct guest_plan *out, const json_t *guest,
		      struct err *err) MUST_CHECK;

/* 0: *out is the caller's. -1: as collide_read_plan and guest_run. */
int collide_run(json_t **out, const json_t *guest,
		const struct collide_spec *spec, struct err *err) MUST_CHECK;

#endif
