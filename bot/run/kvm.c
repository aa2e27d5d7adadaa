/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest runs in real mode, where a processor starts, and needs neither
 * page tables nor an interrupt controller. Its first port write says that it
 * runs at all, its last one that it got through the loop.
 */
#include "bot/run/kvm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "bot/base/clock.h"

#define GUEST_SIZE 0x1000 /* bytes: one page of code, at that address */
#define PORT_BEGUN 0x80
#define PORT_DONE 0x81

#define GRACE_MS 1000 /* for the kernel to take a killed guest apart */

/* What the child writes to its pipe: the last one counts. */
#define WORD_BEGUN 'b'
#define WORD_DONE 'd'
#define WORD_REFUSED 'R'
#define WORD_ABSENT 'A'

/*
 * Some 34 million instructions; a kernel that boots needs a thousand million.
 */
static const char guest_code[] =
	"\xe6\x80"		   /* out %al, $PORT_BEGUN */
	"\x66\xb9\x00\x00\x00\x01" /* mov $0x1000000, %ecx */
	"\x66\x49"		   /* dec %ecx */
	"\x75\xfc"		   /* jnz to the dec */
	"\xe6\x81";		   /* out %al, $PORT_DONE */

/* ---- in the child, which leaves all it makes to its exit ---- */

static void say(int to, char word)
{
	if (write(to, &word, 1) != 1)
		_exit(EXIT_FAILURE);
}

static int open_device(int to, const char *device)
{
	int kvm = open(device, O_RDWR | O_CLOEXEC);

	if (kvm >= 0)
		return kvm;
	if (errno == EACCES || errno == EPERM)
		say(to, WORD_REFUSED);
	if (errno == ENOENT || errno == ENXIO || errno == ENODEV)
		say(to, WORD_ABSENT);
	_exit(EXIT_SUCCESS);
}

static void *map_shared(size_t size, int fd)
{
	int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	return at == MAP_FAILED ? NULL : at;
}

static bool load_guest(int vm)
{
	unsigned char *memory = map_shared(GUEST_SIZE, -1);
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = GUEST_SIZE,
		.memory_size = GUEST_SIZE,
		.userspace_addr = (uintptr_t)memory,
	};

	if (!memory)
		return false;
	memcpy(memory, guest_code, sizeof(guest_code));
	return ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) == 0;
}

static bool set_start(int cpu)
{
	struct kvm_regs regs = { .rip = GUEST_SIZE, .rflags = 2 };
	struct kvm_sregs sregs;

	if (ioctl(cpu, KVM_GET_SREGS, &sregs) < 0)
		return false;
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	return ioctl(cpu, KVM_SET_SREGS, &sregs) == 0 &&
	       ioctl(cpu, KVM_SET_REGS, &regs) == 0;
}

/* The processor of a guest that is ready to run; NULL: none can be made. */
static struct kvm_run *make_guest(int *cpu_out, int kvm)
{
	int vm, size;

	if (ioctl(kvm, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
		return NULL;
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0 || !load_guest(vm))
		return NULL;
	*cpu_out = ioctl(vm, KVM_CREATE_VCPU, 0);
	size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (*cpu_out < 0 || size < (int)sizeof(struct kvm_run) ||
	    !set_start(*cpu_out))
		return NULL;
	return map_shared((size_t)size, *cpu_out);
}

static bool wrote_port(const struct kvm_run *run, unsigned port)
{
	return run->exit_reason == KVM_EXIT_IO &&
	       run->io.direction == KVM_EXIT_IO_OUT && run->io.port == port;
}

static _Noreturn void be_host(int to, const char *device)
{
	int kvm = open_device(to, device);
	struct kvm_run *run;
	int cpu = -1;

	run = make_guest(&cpu, kvm);
	if (!run)
		_exit(EXIT_SUCCESS);
	if (ioctl(cpu, KVM_RUN, 0) < 0 || !wrote_port(run, PORT_BEGUN))
		_exit(EXIT_SUCCESS);
	say(to, WORD_BEGUN);
	if (ioctl(cpu, KVM_RUN, 0) == 0 && wrote_port(run, PORT_DONE))
		say(to, WORD_DONE);
	_exit(EXIT_SUCCESS);
}

/* ---- in the parent ---- */

/* The last word of the child before its end or ours; 0: none. */
static char last_word(int from, bool *timed_out)
{
	int64_t until = clock_ms() + KVM_WATCHDOG_MS;
	struct pollfd fd = { .fd = from, .events = POLLIN };
	char word = 0;

	for (;;) {
		int64_t left = until - clock_ms();
		ssize_t n;

		*timed_out = left <= 0;
		if (*timed_out ||
		    (poll(&fd, 1, (int)left) < 0 && errno != EINTR))
			return word;
		if (!fd.revents)
			continue;
		n = read(from, &word, 1);
		if (n == 0 || (n < 0 && errno != EINTR))
			return word;
	}
}

/* A child that not even SIGKILL ends, deep in KVM, is left behind. */
static void end(pid_t child)
{
	struct pollfd ended = { .fd = (int)syscall(SYS_pidfd_open, child, 0),
				.events = POLLIN };

	kill(child, SIGKILL);
	if (ended.fd < 0 || poll(&ended, 1, GRACE_MS) == 1)
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
	fd_close(ended.fd);
}

static enum kvm_state judge(char word, bool timed_out)
{
	switch (word) {
	case WORD_DONE:
		return KVM_WORKS;
	case WORD_ABSENT:
		return KVM_ABSENT;
	case WORD_REFUSED:
		return KVM_REFUSED;
	case WORD_BEGUN:
		return timed_out ? KVM_CRAWLS : KVM_UNUSABLE;
	}
	return timed_out ? KVM_HANGS : KVM_UNUSABLE;
}

int kvm_probe(enum kvm_state *out, const char *device, struct err *err)
{
	AUTO(fd_close) int from = -1;
	pid_t parent = getpid();
	bool timed_out;
	int ends[2];
	pid_t child;
	char word;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot make a pipe");
	from = ends[0];
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(EXIT_FAILURE);
		be_host(ends[1], device);
	}
	close(ends[1]);
	if (child < 0)
		return err_sys(err, ERR_SYSTEM, "cannot fork");
	word = last_word(from, &timed_out);
	end(child);
	*out = judge(word, timed_out);
	return 0;
}

/* ---- what is kept ---- */

#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_LEN 36

static bool read_boot_id(char id[BOOT_ID_LEN])
{
	AUTO(fd_close) int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && read(fd, id, BOOT_ID_LEN) == BOOT_ID_LEN;
}

bool kvm_is_known_slow(int memory)
{
	char now[BOOT_ID_LEN], then[BOOT_ID_LEN];

	return memory >= 0 && read_boot_id(now) &&
	       pread(memory, then, BOOT_ID_LEN, 0) == BOOT_ID_LEN &&
	       memcmp(now, then, BOOT_ID_LEN) == 0;
}

void kvm_note(int memory, enum kvm_state state)
{
	char now[BOOT_ID_LEN];

	if (memory < 0 || (state != KVM_HANGS && state != KVM_CRAWLS) ||
	    !read_boot_id(now))
		return;
	(void)!pwrite(memory, now, BOOT_ID_LEN, 0);
}
