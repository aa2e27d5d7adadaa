/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kvm.h - does a guest really run on /dev/kvm?
 *
 * A device that opens proves nothing: where the host is itself a guest, KVM can
 * be there and hang, or interpret each instruction, which looks the same to who
 * waits for a kernel to boot. So a guest of 14 bytes has to do a kernel's first
 * milliseconds of work in time. Callers: bot/doctor.c, bot/lab.c
 */
#ifndef RUN_KVM_H
#define RUN_KVM_H

#include <stdbool.h>

#include "bot/base/err.h"

#define KVM_DEVICE "/dev/kvm"
#define KVM_WATCHDOG_MS 3000 /* the work takes 10 ms on a machine of 2012 */

enum kvm_state {
	KVM_WORKS,
	KVM_ABSENT,   /* no such device */
	KVM_REFUSED,  /* it may not be opened by us */
	KVM_UNUSABLE, /* not KVM, another version, or no guest can be made */
	KVM_HANGS,    /* the guest's first instruction was never seen */
	KVM_CRAWLS,   /* it began, and did not end in time */
};

/*
 * Open @device (KVM_DEVICE) and run the guest, in a process of its own that is
 * killed after KVM_WATCHDOG_MS. Every state is an answer; -1: ERR_SYSTEM when
 * no process can be made.
 */
int kvm_probe(enum kvm_state *out, const char *device, struct err *err)
	MUST_CHECK;

/*
 * That it hangs or crawls takes KVM_WATCHDOG_MS to find out, each time, so the
 * file open at @memory (-1: there is none) keeps that for as long as the
 * machine is not booted again. Whatever else it answered is found out at once,
 * and may change. Nothing here fails: what cannot be kept is asked again.
 */
bool kvm_is_known_slow(int memory);
void kvm_note(int memory, enum kvm_state state);

#endif
