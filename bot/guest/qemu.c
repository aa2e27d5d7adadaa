/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a guest is QEMU's exit status: init switches the machine off
 * (ACPI), which is 0; a panic is told to the pvpanic device, which is 1, and so
 * is not waited for. A reset, as by a triple fault, must not start it anew: it
 * ends as if it were switched off, and its console is not complete then.
 */
#include "bot/guest/qemu.h"

#include "bot/base/buf.h"

#define WORDS_MAX 2048 /* COMMAND_LINE_SIZE of x86 */

/* Of TCG the processor with least to emulate that Debian's programs run on. */
static void push_processor(struct argv *out, bool has_kvm)
{
	argv_push(out, "-accel");
	argv_push(out, has_kvm ? "kvm" : "tcg,thread=multi");
	argv_push(out, "-cpu");
	argv_push(out, has_kvm ? "host" : "qemu64");
}

static void push_words(struct argv *out, const struct argv *words)
{
	static const char *const own[] = {
		"console=ttyS0",       "panic=-1",
		"no_timer_check",      "tsc=reliable",
		"random.trust_cpu=on", NULL,
	};
	AUTO(buf_release) struct buf line = { 0 };

	buf_init(&line, WORDS_MAX);
	for (size_t i = 0; own[i]; i++)
		buf_addf(&line, "%s%s", i ? " " : "", own[i]);
	for (size_t i = 0; i < words->n; i++)
		buf_addf(&line, " %s", words->v[i]);
	argv_push(out, "-append");
	argv_push(out, buf_text(&line));
}

void qemu_write_command(struct argv *out, const struct guest_spec *spec,
			const struct argv *words)
{
	static const char *const machine[] = {
		"/usr/bin/" QEMU_PROGRAM,
		"-no-user-config",
		"-nodefaults",
		"-no-reboot",
		"-display",
		"none",
		"-machine",
		"pc,usb=off,vmport=off",
		"-smp",
		"2",
		"-chardev",
		"stdio,id=console,signal=off",
		"-serial",
		"chardev:console",
		"-device",
		"pvpanic-pci",
		"-action",
		"panic=exit-failure",
		"-sandbox",
		"on,obsolete=deny,elevateprivileges=deny,spawn=deny,"
		"resourcecontrol=deny",
		"-kernel",
		GUEST_KERNEL_AT,
		"-initrd",
		GUEST_INITRAMFS_AT,
		NULL,
	};

	argv_pushv(out, machine);
	push_processor(out, spec->has_kvm);
	argv_push(out, "-m");
	argv_pushf(out, "%u", guest_memory(spec));
	push_words(out, words);
}
