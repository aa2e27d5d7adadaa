/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/run/kvm.h"
#include "bot/run/privilege.h"

static const struct {
	const char *device;
	enum kvm_state state;
} devices[] = {
	{ "/nowhere/kvm", KVM_ABSENT },
	{ "/dev/no-such-device", KVM_ABSENT },
	{ "/dev/null", KVM_UNUSABLE },
	{ "/dev/ptmx", KVM_UNUSABLE },
};

START_TEST(what_is_no_kvm_is_told)
{
	struct err err = ERR_INIT;
	enum kvm_state state;

	ck_ok(kvm_probe(&state, devices[_i].device, &err), &err);
	ck_assert_int_eq(state, devices[_i].state);
}
END_TEST

START_TEST(a_device_of_somebody_else_is_refused)
{
	struct err err = ERR_INIT;
	AUTO(mem_free) char *dir = NULL;
	AUTO(mem_free) char *device = NULL;
	enum kvm_state state;

	ck_ok(privilege_drop("nobody", &err), &err);
	dir = support_tmpdir();
	device = xasprintf("%s/kvm", dir);
	ck_assert_int_eq(close(open(device, O_CREAT | O_WRONLY, 0)), 0);
	ck_ok(kvm_probe(&state, device, &err), &err);
	ck_assert_int_eq(state, KVM_REFUSED);
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

/* Whatever the one of this machine is like. */
START_TEST(the_real_device_is_answered_and_nothing_is_left)
{
	struct err err = ERR_INIT;
	enum kvm_state state;

	ck_ok(kvm_probe(&state, KVM_DEVICE, &err), &err);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	if (fs_exists(KVM_DEVICE))
		ck_assert_int_ne(state, KVM_ABSENT);
}
END_TEST

static const struct {
	enum kvm_state state;
	bool is_kept;
} answers[] = {
	{ KVM_WORKS, false },	 { KVM_ABSENT, false }, { KVM_REFUSED, false },
	{ KVM_UNUSABLE, false }, { KVM_HANGS, true },	{ KVM_CRAWLS, true },
};

START_TEST(only_what_takes_long_to_find_out_is_kept)
{
	AUTO(fd_close) int memory = memfd_create("kvm", MFD_CLOEXEC);

	ck_assert(!kvm_is_known_slow(memory));
	kvm_note(memory, answers[_i].state);
	ck_assert(kvm_is_known_slow(memory) == answers[_i].is_kept);
	kvm_note(-1, answers[_i].state);
	ck_assert(!kvm_is_known_slow(-1));
}
END_TEST

START_TEST(another_boot_is_asked_again)
{
	AUTO(fd_close) int memory = memfd_create("kvm", MFD_CLOEXEC);

	kvm_note(memory, KVM_HANGS);
	ck_assert(kvm_is_known_slow(memory));
	ck_assert_int_eq(pwrite(memory, "another-", 8, 0), 8);
	ck_assert(!kvm_is_known_slow(memory));
}
END_TEST

TEST_MAIN("kvm", TABLE(only_what_takes_long_to_find_out_is_kept, answers),
	  TEST(another_boot_is_asked_again),
	  TABLE(what_is_no_kvm_is_told, devices),
	  TEST(a_device_of_somebody_else_is_refused),
	  TEST(the_real_device_is_answered_and_nothing_is_left))
