/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/machine.h"

#include <fcntl.h>

#include "bot/base/fs.h"
#include "bot/base/span.h"
#include "bot/guest/initramfs.h"
#include "bot/run/kvm.h"
#include "bot/run/overlay.h"
#include "bot/run/sandbox.h"
#include "bot/run/worker.h"

#define VIEW_MIB 16		  /* of an overlay's upper layer */
#define BUILD_MEMORY (1ull << 30) /* of a build, beside its guest */

/* Run @try as the user that builds run as. */
static int try_as_user(const struct checkup *c,
		       int (*try)(void *arg, struct err *err), struct err *err)
{
	struct checkup copy = *c;

	return worker_run(c->config->user, try, &copy, err);
}

/* ---- what the kernel allows ---- */

/* Why an ordinary user gets no namespace, as far as the kernel tells. */
static void mend_namespaces(struct diagnosis *d)
{
	static const struct {
		const char *name, *value, *wanted;
	} switches[] = {
		{ "user/max_user_namespaces", "0", "16384" },
		{ "kernel/unprivileged_userns_clone", "0", "1" },
		{ "kernel/apparmor_restrict_unprivileged_userns", "1", "0" },
	};

	for (size_t i = 0; i < ARRAY_LEN(switches); i++) {
		AUTO(mem_free)
		char *path = xasprintf("/proc/sys/%s", switches[i].name);
		AUTO(buf_release) struct buf is = { 0 };
		struct err none = ERR_INIT;

		if (fs_read(&is, path, 64, &none) < 0 ||
		    !span_is(span_trim(span_cstr(buf_text(&is))),
			     switches[i].value))
			continue;
		diagnosis_mend(d, "sysctl -w %s=%s, and in /etc/sysctl.d",
			       switches[i].name, switches[i].wanted);
		return;
	}
	diagnosis_mend(d, "allow user namespaces to ordinary users; a Docker "
			  "container needs --security-opt seccomp=unconfined "
			  "--security-opt apparmor=unconfined "
			  "--security-opt systempaths=unconfined");
}

static int make_namespaces(void *arg, struct err *err)
{
	struct child_result r;

	(void)arg;
	if (child_run(
		    &r,
		    &(struct child_spec){
			    .argv = (const char *const[]){ "/bin/true", NULL },
			    .contained = true,
			    .timeout_s = CHECKUP_TIMEOUT_S,
			    .max_output = CHECKUP_MAX_OUTPUT },
		    err) < 0)
		return -1;
	return child_is_ok(&r) ? 0
			       : err_set(err, ERR_CONFIG,
					 "a program in it does not run");
}

void machine_check_namespaces(struct diagnosis *d, const struct checkup *c,
			      const struct check *check)
{
	struct err err = ERR_INIT;

	(void)check;
	if (try_as_user(c, make_namespaces, &err) == 0) {
		diagnosis_set(d, DIAGNOSIS_OK, "made by uid %u",
			      (unsigned)c->config->uid);
		return;
	}
	diagnosis_set(d, DIAGNOSIS_BROKEN, "%s", err.msg);
	mend_namespaces(d);
}

/* What a job does to a lane: change a file of it that it does not change. */
static int change_in_view(const char *lower, const char *view, struct err *err)
{
	AUTO(mem_free) char *below = xasprintf("%s/file", lower);
	AUTO(mem_free) char *above = NULL;
	AUTO(buf_release) struct buf still = { 0 };
	AUTO(overlay_release) struct overlay o = { 0 };
	AUTO(fd_close) int fd = -1;

	if (fs_mkdirs(lower, 0755, err) < 0 ||
	    fs_write(below, "lane", 4, err) < 0 ||
	    overlay_mount(&o, lower, view, VIEW_MIB, err) < 0)
		return -1;
	above = xasprintf("%s/file", o.tree);
	fd = open(above, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, ERR_CONFIG,
			       "cannot change a file in an overlay");
	if (fs_write_fd(fd, "job", 3, above, err) < 0 ||
	    fs_read(&still, below, 64, err) < 0)
		return -1;
	if (strcmp(buf_text(&still), "lane") != 0)
		return err_set(err, ERR_CONFIG,
			       "a change in an overlay got through it");
	return 0;
}

static int try_overlay(void *arg, struct err *err)
{
	const struct checkup *c = arg;
	AUTO(mem_free) char *lower = xasprintf("%s/lower", c->work);
	AUTO(mem_free) char *view = xasprintf("%s/view", c->work);

	return change_in_view(lower, view, err);
}

void machine_check_overlay(struct diagnosis *d, const struct checkup *c,
			   const struct check *check)
{
	struct err err = ERR_INIT;

	(void)check;
	if (try_as_user(c, try_overlay, &err) == 0) {
		diagnosis_set(d, DIAGNOSIS_OK,
			      "a file changes in it, and not below it");
		return;
	}
	diagnosis_set(d, DIAGNOSIS_BROKEN, "%s", err.msg);
	diagnosis_mend(d,
		       "needs user namespaces, Linux 5.11 or later with "
		       "overlayfs, and a state folder on a local disk that "
		       "uid %u may enter",
		       (unsigned)c->config->uid);
}

/* What it said first or, when it said nothing, how it ended. */
static struct span first_words(struct buf *said, const struct child_result *r)
{
	struct span rest, line;

	if (said->len == 0)
		child_says(said, r);
	rest = line = span_of(buf_text(said), said->len);
	(void)!span_line(&rest, &line);
	return line;
}

/* ---- the sandbox, and what is in it ---- */

/* 0: it exited with 0. ERR_INPUT: it did not, and the message is its own. */
static int run_in_sandbox(const struct profile *profile,
			  const char *const *argv, struct err *err)
{
	AUTO(buf_release) struct buf out = { 0 };
	struct sandbox box = { .profile = profile };
	struct child_result r;
	struct span first;

	buf_init(&out, CHECKUP_MAX_OUTPUT);
	if (sandbox_run(&r, &box,
			&(struct child_spec){ .argv = argv,
					      .timeout_s = CHECKUP_TIMEOUT_S,
					      .max_output = CHECKUP_MAX_OUTPUT,
					      .out = &out },
			err) < 0)
		return -1;
	if (child_is_ok(&r))
		return 0;
	first = first_words(&out, &r);
	return err_set(err, ERR_INPUT, "%.*s", (int)span_len(first), first.p);
}

static int try_sandbox(void *arg, struct err *err)
{
	const struct checkup *c = arg;

	return run_in_sandbox(c->profile,
			      (const char *const[]){ "/usr/bin/true", NULL },
			      err);
}

void machine_check_sandbox(struct diagnosis *d, const struct checkup *c,
			   const struct check *check)
{
	AUTO(mem_free) char *bwrap = fs_find_program(check->name);
	struct err err = ERR_INIT;

	if (!bwrap) {
		diagnosis_set(d, DIAGNOSIS_MISSING, "no program '%s'",
			      check->name);
		diagnosis_install(d, check->of);
	} else if (try_as_user(c, try_sandbox, &err) < 0) {
		diagnosis_set(d, DIAGNOSIS_BROKEN, "%s", err.msg);
		mend_namespaces(d);
	} else {
		diagnosis_set(d, DIAGNOSIS_OK, "ran a program in the sandbox");
	}
}

static int try_compiler(void *arg, struct err *err)
{
	static const char script[] =
		"printf '#include <stdio.h>\nint main(void) { return 0; }\n' |"
		" gcc -x c -o /tmp/program - && /tmp/program";
	const struct checkup *c = arg;

	return run_in_sandbox(
		c->profile,
		(const char *const[]){ "/bin/sh", "-c", script, NULL }, err);
}

void machine_check_compiler(struct diagnosis *d, const struct checkup *c,
			    const struct check *check)
{
	struct err err = ERR_INIT;

	if (try_as_user(c, try_compiler, &err) == 0) {
		diagnosis_set(d, DIAGNOSIS_OK,
			      "a program compiles, links and runs in the "
			      "sandbox");
	} else if (err.kind == ERR_INPUT) {
		diagnosis_set(d, DIAGNOSIS_BROKEN,
			      "cannot compile a program: %s", err.msg);
		diagnosis_install(d, check->of);
	} else {
		diagnosis_set(d, DIAGNOSIS_BROKEN, "not tried: %s", err.msg);
	}
}

/* ---- programs ---- */

int machine_ask(struct buf *out, const char *path, const char *option,
		struct err *err)
{
	AUTO(buf_release) struct buf said = { 0 };
	struct child_result r;
	struct span first;

	buf_init(&said, CHECKUP_MAX_OUTPUT);
	if (child_run(
		    &r,
		    &(struct child_spec){
			    .argv = (const char *const[]){ path, option, NULL },
			    .timeout_s = CHECKUP_TIMEOUT_S,
			    .max_output = CHECKUP_MAX_OUTPUT,
			    .out = &said },
		    err) < 0)
		return -1;
	first = first_words(&said, &r);
	if (!child_is_ok(&r))
		return err_set(err, ERR_CONFIG, "'%s %s' fails: %.*s", path,
			       option, (int)span_len(first), first.p);
	buf_add(out, first.p, span_len(first));
	return 0;
}

static void tell_program(struct diagnosis *d, const char *name,
			 const char *path, const char *option,
			 const char *package)
{
	AUTO(buf_release) struct buf version = { 0 };
	struct err err = ERR_INIT;

	buf_init(&version, CHECKUP_MAX_OUTPUT);
	if (!path) {
		diagnosis_set(d, DIAGNOSIS_MISSING, "no program '%s'", name);
		diagnosis_install(d, package);
	} else if (machine_ask(&version, path, option, &err) < 0) {
		diagnosis_set(d, DIAGNOSIS_BROKEN, "%s", err.msg);
		diagnosis_mend(d, "apt-get install --reinstall its package");
	} else {
		diagnosis_set(d, DIAGNOSIS_OK, "%s (%s)", path,
			      buf_text(&version));
	}
}

void machine_check_build_program(struct diagnosis *d, const struct checkup *c,
				 const struct check *check)
{
	const struct strings *env = &c->profile->env;
	AUTO(mem_free) char *path = NULL;

	for (size_t i = 0; i < env->n && !path; i++)
		if (strncmp(env->v[i], "PATH=", 5) == 0)
			path = fs_find_in(env->v[i] + 5, check->name);
	tell_program(d, check->name, path, "--version", check->of);
}

void machine_check_program(struct diagnosis *d, const struct checkup *c,
			   const struct check *check)
{
	AUTO(mem_free) char *path = fs_find_program(check->name);

	(void)c;
	tell_program(d, check->name, path, "--version", check->of);
}

void machine_check_mkfs(struct diagnosis *d, const struct checkup *c,
			const struct check *check)
{
	AUTO(mem_free) char *path = fs_find_program(check->name);

	(void)c;
	tell_program(d, check->name, path, "-V", initramfs_missing(check->of));
}

void machine_check_file(struct diagnosis *d, const struct checkup *c,
			const struct check *check)
{
	(void)c;
	if (fs_exists(check->name)) {
		diagnosis_set(d, DIAGNOSIS_OK, "is there");
		return;
	}
	diagnosis_set(d, DIAGNOSIS_MISSING, "is not there");
	diagnosis_install(d, check->of);
}

/* ---- the machine ---- */

/* What can be had without pushing anything out; 0: not known. */
static uint64_t available_memory(void)
{
	AUTO(buf_release) struct buf text = { 0 };
	struct err none = ERR_INIT;
	struct span rest, line, word;
	uint64_t kib;

	if (fs_read(&text, "/proc/meminfo", CHECKUP_MAX_OUTPUT, &none) < 0)
		return 0;
	rest = span_of(buf_text(&text), text.len);
	while (span_line(&rest, &line))
		if (span_eat(&line, "MemAvailable:") &&
		    span_word(&line, &word) &&
		    span_uint(&word, UINT64_MAX / 1024, &kib))
			return kib * 1024;
	return 0;
}

void machine_check_memory(struct diagnosis *d, const struct checkup *c,
			  const struct check *check)
{
	uint64_t have = available_memory();
	uint64_t want = c->config->guest_memory + BUILD_MEMORY;
	const double gib = 1u << 30;

	(void)check;
	if (have >= want) {
		diagnosis_set(d, DIAGNOSIS_OK, "%.1f GiB are available",
			      (double)have / gib);
		return;
	}
	diagnosis_set(d, DIAGNOSIS_LOW,
		      "%.1f GiB are available; a build and its guest may take "
		      "%.1f",
		      (double)have / gib, (double)want / gib);
	diagnosis_mend(d, "end other programs, or lower guest.memory and "
			  "lane.jobs");
}

void machine_check_kvm(struct diagnosis *d, const struct checkup *c,
		       const struct check *check)
{
	static const struct {
		enum diagnosis_health health;
		const char *says, *mend;
	} states[] = {
		[KVM_WORKS] = { DIAGNOSIS_OK, "a guest runs on it", "" },
		[KVM_ABSENT] = { DIAGNOSIS_MISSING, "there is none",
				 "modprobe kvm_intel or kvm_amd" },
		[KVM_REFUSED] = { DIAGNOSIS_BROKEN,
				  "there, but it may not be opened",
				  "adduser YOU kvm, and log in again" },
		[KVM_UNUSABLE] = { DIAGNOSIS_BROKEN,
				   "there, but no guest can be made on it",
				   "nested virtualization, if this is a "
				   "guest" },
		[KVM_HANGS] = { DIAGNOSIS_BROKEN,
				"there, but a guest does not run on it: it "
				"hangs at its first instruction",
				"nested virtualization, if this is a guest" },
		[KVM_CRAWLS] = { DIAGNOSIS_SLOW,
				 "there, but a guest does not run on it: its "
				 "instructions are emulated one by one",
				 "nested virtualization, if this is a guest" },
	};
	struct err err = ERR_INIT;
	enum kvm_state state;

	(void)c;
	if (kvm_probe(&state, check->name, &err) < 0) {
		diagnosis_set(d, DIAGNOSIS_BROKEN, "%s", err.msg);
		return;
	}
	diagnosis_set(d, states[state].health, "%s (not needed)",
		      states[state].says);
	diagnosis_mend(d, "%s", states[state].mend);
}
