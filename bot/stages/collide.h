/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collide.h - the guests of one step of a lab job, record to record
 *
 * Reads the "guest" object of a step in spec.json, boots, and makes the "guest"
 * object of the step in result.json:
 *
 *	{"suites":[...],"first":[...],"repeat":2}	(rules/suites.h)
 *	{"suites":[...],"repeat":64,"sweep":{"step_us":5000,"at":0}}
 *							(guest.h)
 *	{"suites":[...],"repeat":1,"soak":{"ms":8000,"seed":42}}
 *	{"end":"finished","says":"3 runs","ms":812,"foreign":1,
 *	 "console":"1.console.log","guests":[{"filesystems":["xfs"],
 *	 "end","says","ms","console"}],"outcomes":[...]}   (rules/outcome.h)
 *
 * A plan is shared by guests that run side by side, by filesystem. What is in
 * "first" has a round of its own before the rest, and is told when that is
 * over. What a guest owes that panicked or hung by its own word is run in
 * another, but for the pair that it broke off in, COLLIDE_MAX_AGAIN times at
 * most. The end, words and console of all are those of the guest that did not
 * come to its end, if there is one. Caller: bot/lab.c, which is not root by then.
 */
#ifndef STAGES_COLLIDE_H
#define STAGES_COLLIDE_H

#include "bot/base/json.h"
#include "bot/guest/guest.h"

/*
 * The "end" of a kernel that was not booted: in memory it is that of another
 * step, which "says" names.
 */
#define COLLIDE_SAME "same"
#define COLLIDE_MAX_AGAIN 4
#define COLLIDE_MAX_GUESTS 8 /* side by side: each has a kernel's memory */

struct collide_spec {
	const struct guest_kind *kind; /* of the guests */
	const char *kernel;	       /* of the step */
	const char *initramfs;	       /* "program" of the job */
	const char *dir;	       /* the job's folder */
	const char *name;    /* "1": the first console is 1.console.log */
	unsigned jobs;	     /* guests side by side; 0: one */
	unsigned timeout_s;  /* of wall time, of each */
	unsigned memory_mib; /* of each; 0: GUEST_MEMORY_MIB */
	bool has_kvm;	     /* as in struct guest_spec */
	const struct profile *profile; /* NULL: the kind's is read */
	/* The first round is over, and another follows. NULL: nobody asks. */
	int (*on_first)(void *arg, const json_t *guest, struct err *err);
	void *arg;
};

/* What a record asks for. */
struct collide_plan {
	struct guest_plan all;
	struct suites first; /* some of its suites; may be empty */
};
void collide_plan_release(struct collide_plan *p);
DEFINE_AUTO_VALUE(struct collide_plan, collide_plan_release)

/* The plan of a record. -1: ERR_INPUT, ERR_LIMIT; *out is empty. */
int collide_read_plan(struct collide_plan *out, const json_t *guest,
		      struct err *err) MUST_CHECK;

/* 0: *out is the caller's. -1: as collide_read_plan and guest_run. */
int collide_run(json_t **out, const json_t *guest,
		const struct collide_spec *spec, struct err *err) MUST_CHECK;

#endif
