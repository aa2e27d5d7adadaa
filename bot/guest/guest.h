/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest.h - boot a kernel, hand it a plan, read what its scenarios saw
 *
 * The kernel is one that a stranger may have changed. It runs in a sandbox,
 * under a watchdog on the wall clock and an output ceiling; how it ends is an
 * answer, not an error. There are two kinds, which get the same program, plan
 * and console:
 *	uml	an ordinary process with one processor, whose time is simulated:
 *		waiting costs nothing, the schedule is the same each run
 *	qemu	two processors that really run side by side, folios of more
 *		than a page; no two runs are the same
 * Callers: bot/stages/collide.c, tests/lab.
 */
#ifndef GUEST_GUEST_H
#define GUEST_GUEST_H

#include <stdint.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "rules/outcome.h"
#include "rules/suites.h"

#define GUEST_MAX_REPEAT 1000
#define GUEST_MAX_STEP_US 1000000 /* of a sweep; with all steps in 32 bits */
#define GUEST_MAX_SOAK_MS 86400000
#define GUEST_MEMORY_MIB 1024	    /* of the guest: three filesystems: 200 */
#define GUEST_MAX_OUTPUT (8u << 20) /* bytes; 54 runs print 60 KiB */
#define GUEST_TIMEOUT_S 120	    /* 54 runs take 3 s */

/* Each pair that often. */
struct guest_plan {
	struct suites suites;
	unsigned repeat;
	unsigned sweep_us; /* > 0: run k is the k-th step, of so many us */
	unsigned sweep_at; /* > 0: each run is this step */
	unsigned soak_ms;  /* > 0: soaks, each runs for so long */
	unsigned seed;	   /* of the first run of a soak */
};

void guest_plan_release(struct guest_plan *p);
DEFINE_AUTO_VALUE(struct guest_plan, guest_plan_release)

enum guest_end {
	GUEST_FINISHED, /* its last line said so, and all of it is there */
	GUEST_PANICKED, /* the kernel said so */
	GUEST_HUNG, /* it had begun, and a watchdog, its own or ours, ended it */
	GUEST_SILENT,  /* not one line of ours, until its end or ours */
	GUEST_FLOODED, /* it was ended at the output ceiling */
	GUEST_DIED,    /* it ended early, or lines of ours were out of order */
};

struct argv;
struct guest_spec;
struct profile;

/* How a kernel is booted: a row of guest.c's table. */
struct guest_kind {
	const char *name;    /* "uml" */
	const char *arch;    /* that its kernels are built for: "um" */
	const char *says;    /* what it is, for a report */
	const char *profile; /* of its sandbox */
	size_t max_plan;     /* bytes of it that are handed over */
	bool is_plan_file;   /* by a file in the initramfs; else by its words */
	unsigned processors; /* that it has */
	bool is_in_tmp;	     /* its memory is a file in the sandbox's /tmp */
	bool is_emulated;    /* its clock is real, and KVM may speed it up */
	/* What boots @spec's kernel with @words on its command line. */
	void (*write_command)(struct argv *out, const struct guest_spec *spec,
			      const struct argv *words);
};

#define GUEST_KINDS 2
extern const struct guest_kind guest_kinds[GUEST_KINDS];

/* NULL: there is none of that name; none that boots such kernels. */
const struct guest_kind *guest_kind_find(const char *name);
const struct guest_kind *guest_kind_of_arch(const char *arch);

/* Where the sandbox shows them. */
#define GUEST_KERNEL_AT "/guest/linux"
#define GUEST_INITRAMFS_AT "/guest/initramfs"
/* Of a kind with is_plan_file: PLAN_FILE of rules/collisions/plan.h */
#define GUEST_PLAN_FILE "plan"

struct guest_spec {
	const struct guest_kind *kind; /* NULL: the first */
	const char *kernel;	       /* outside the sandbox */
	const char *initramfs;	       /* of initramfs_make */
	const struct guest_plan *plan;
	const char *console; /* file to keep its output in */
	unsigned timeout_s;  /* 0: GUEST_TIMEOUT_S */
	unsigned memory_mib; /* 0: GUEST_MEMORY_MIB */
	uint64_t max_output; /* 0: GUEST_MAX_OUTPUT */
	bool has_kvm;	     /* of qemu: /dev/kvm is known to work */
	/* Of the sandbox; NULL: the kind's is read from our data. */
	const struct profile *profile;
};

struct guest_result {
	enum guest_end end;
	char *says; /* one line: the panic, what was running when it ended */
	int64_t ms; /* of wall time */
	size_t foreign; /* lines on the console that were not ours */
	/* In the plan's order; less than all of it unless finished. */
	struct outcomes outcomes;
};

/* Of memory_mib, or what stands for 0. */
unsigned guest_memory(const struct guest_spec *spec);

/* "finished", "panicked", ... Never NULL. */
const char *guest_end_name(enum guest_end end);
/* False: no such word. */
bool guest_end_find(enum guest_end *out, const char *name);

/*
 * Boot and wait. Not for root: call privilege_drop first. 0: *out is the
 * caller's to release. -1: *out is empty; ERR_INPUT or ERR_LIMIT for a plan
 * that cannot be, ERR_CONFIG and ERR_SYSTEM as sandbox_run.
 */
int guest_run(struct guest_result *out, const struct guest_spec *spec,
	      struct err *err) MUST_CHECK;
/* @n of them side by side. -1: all of *out are empty. */
int guest_run_all(struct guest_result *out, const struct guest_spec *specs,
		  size_t n, struct err *err) MUST_CHECK;
void guest_result_release(struct guest_result *r);
DEFINE_AUTO_VALUE(struct guest_result, guest_result_release)

/* What a console says, without having seen it run; @status is how it ended. */
struct child_result;
void guest_read_console(struct guest_result *out, const char *text, size_t len,
			const char *nonce, const struct guest_plan *plan,
			const struct child_result *status);

#endif
