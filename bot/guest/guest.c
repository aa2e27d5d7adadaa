// SPDX-License-Identifier: GPL-2.0-or-later
#include "bot/guest/guest.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/random.h>

#include "bot/base/argv.h"
#include "bot/base/buf.h"
#include "bot/base/sink.h"
#include "bot/base/span.h"
#include "bot/guest/initramfs.h"
#include "bot/guest/qemu.h"
#include "bot/guest/uml.h"
#include "bot/run/sandbox.h"

#define NONCE_BYTES 16
#define SAYS_MAX 400  /* bytes of "says": two names and a quote */
#define QUOTE_MAX 100 /* bytes of a line that it quotes */

/*
 * COMMAND_LINE_SIZE is 4096 of um, with other words in it. That of x86 is 2048,
 * which is not enough for the whole catalogue.
 */
const struct guest_kind guest_kinds[GUEST_KINDS] = {
	{ .name = "uml",
	  .arch = "um",
	  .says = "User-Mode Linux, time-travel=inf-cpu",
	  .profile = "guest",
	  .max_plan = 3000,
	  .processors = 1,
	  .is_in_tmp = true,
	  .write_command = uml_write_command },
	{ .name = "qemu",
	  .arch = "x86_64",
	  .says = "QEMU, 2 processors",
	  .profile = "qemu",
	  .max_plan = 16384,
	  .is_plan_file = true,
	  .processors = 2,
	  .is_emulated = true,
	  .write_command = qemu_write_command },
};

static const struct guest_kind *kind_of(const struct guest_spec *spec)
{
	return spec->kind ? spec->kind : &guest_kinds[0];
}

const struct guest_kind *guest_kind_find(const char *name)
{
	for (size_t i = 0; i < GUEST_KINDS; i++)
		if (strcmp(guest_kinds[i].name, name) == 0)
			return &guest_kinds[i];
	return NULL;
}

const struct guest_kind *guest_kind_of_arch(const char *arch)
{
	for (size_t i = 0; i < GUEST_KINDS; i++)
		if (strcmp(guest_kinds[i].arch, arch) == 0)
			return &guest_kinds[i];
	return NULL;
}

static const char *const end_names[] = {
	[GUEST_FINISHED] = "finished", [GUEST_PANICKED] = "panicked",
	[GUEST_HUNG] = "hung",	       [GUEST_SILENT] = "silent",
	[GUEST_FLOODED] = "flooded",   [GUEST_DIED] = "died",
};

const char *guest_end_name(enum guest_end end)
{
	return end_names[end];
}

bool guest_end_find(enum guest_end *out, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(end_names); i++) {
		if (strcmp(end_names[i], name) == 0) {
			*out = (enum guest_end)i;
			return true;
		}
	}
	return false;
}

void guest_plan_release(struct guest_plan *p)
{
	suites_release(&p->suites);
	*p = (struct guest_plan){ 0 };
}

void guest_result_release(struct guest_result *r)
{
	free(r->says);
	outcomes_release(&r->outcomes);
	*r = (struct guest_result){ 0 };
}

static bool is_word(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	return s[0] && s[strspn(s, allowed)] == '\0' &&
	       strlen(s) <= OUTCOME_MAX_NAME;
}

/* A word of the plan becomes a word of a command line: nothing else passes. */
static int add_word(struct buf *out, const char *before, const char *word,
		    struct err *err)
{
	if (!is_word(word))
		return err_set(err, ERR_INPUT, "bad word '%s' in a plan", word);
	buf_addf(out, "%s%s", before, word);
	return 0;
}

static bool is_same_list(const struct strings *a, const struct strings *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = strcmp(a->v[i], b->v[i]) == 0;
	return same;
}

static int add_scenarios(struct buf *out, const struct strings *scenarios,
			 struct err *err)
{
	if (scenarios->n == 0)
		return err_set(err, ERR_INPUT, "a plan without scenarios");
	for (size_t i = 0; i < scenarios->n; i++)
		if (add_word(out, i ? "," : ":", scenarios->v[i], err) < 0)
			return -1;
	return 0;
}

/* "xfs,btrfs:C01,C09/ext2:C01"; neighbours with one list have it once. */
static int add_suites(struct buf *out, const struct suites *list,
		      struct err *err)
{
	const struct strings *before = NULL;

	for (size_t i = 0; i < list->n; i++) {
		const struct suite *s = &list->v[i];
		bool joins = before && is_same_list(before, &s->scenarios);

		if (before && !joins && add_scenarios(out, before, err) < 0)
			return -1;
		if (add_word(out,
			     !before ? ""
			     : joins ? ","
				     : "/",
			     s->filesystem, err) < 0)
			return -1;
		before = &s->scenarios;
	}
	if (!before)
		return err_set(err, ERR_INPUT, "a plan without filesystems");
	return add_scenarios(out, before, err);
}

static int write_plan(struct argv *argv, const struct guest_spec *spec,
		      struct err *err)
{
	AUTO(buf_release) struct buf suites = { 0 };
	const struct guest_plan *p = spec->plan;

	buf_init(&suites, kind_of(spec)->max_plan);
	if (p->repeat < 1 || p->repeat > GUEST_MAX_REPEAT)
		return err_set(err, ERR_INPUT, "a plan of %u repetitions",
			       p->repeat);
	if (p->suites.n == 0)
		return err_set(err, ERR_INPUT, "a plan without filesystems");
	if (suites_count(&p->suites) * p->repeat > OUTCOMES_MAX)
		return err_set(err, ERR_LIMIT, "a plan of more than %d runs",
			       OUTCOMES_MAX);
	if (add_suites(&suites, &p->suites, err) < 0 ||
	    buf_check(&suites, "the plan of a guest", err) < 0)
		return -1;
	argv_pushf(argv, "collide.suites=%s", buf_text(&suites));
	argv_pushf(argv, "collide.repeat=%u", p->repeat);
	if (p->sweep_us)
		argv_pushf(argv, "collide.sweep=%u", p->sweep_us);
	if (p->sweep_at)
		argv_pushf(argv, "collide.at=%u", p->sweep_at);
	if (p->soak_ms) {
		argv_pushf(argv, "collide.soak=%u", p->soak_ms);
		argv_pushf(argv, "collide.seed=%u", p->seed);
	}
	return 0;
}

unsigned guest_memory(const struct guest_spec *spec)
{
	return spec->memory_mib ? spec->memory_mib : GUEST_MEMORY_MIB;
}

/*
 * Only emergencies reach the console, so that nothing but a panic can come
 * between our lines; scenarios read the rest from /dev/kmsg.
 */
static void write_words(struct argv *words, const char *nonce)
{
	static const char *const always[] = { "quiet", "loglevel=1",
					      "null_blk.nr_devices=0", NULL };

	argv_pushv(words, always);
	argv_pushf(words, "collide.nonce=%s", nonce);
}

/*
 * What the guest is booted with: of a kind that has the plan in a file, a copy
 * that is @added, beside the console.
 */
static int hand_over(struct argv *words, const char *added,
		     const struct guest_spec *spec, struct err *err)
{
	AUTO(argv_release) struct argv plan = ARGV_INIT;
	AUTO(buf_release) struct buf text = { 0 };

	if (!kind_of(spec)->is_plan_file)
		return write_plan(words, spec, err);
	if (write_plan(&plan, spec, err) < 0)
		return -1;
	buf_init(&text, 2 * kind_of(spec)->max_plan);
	for (size_t i = 0; i < plan.n; i++)
		buf_addf(&text, "%s\n", plan.v[i]);
	return initramfs_add(added, spec->initramfs, GUEST_PLAN_FILE, &text,
			     err);
}

static int make_nonce(char *out, struct err *err)
{
	unsigned char bytes[NONCE_BYTES];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return err_sys(err, ERR_SYSTEM, "no random bytes");
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

/* The panic's own line, from wherever it stands; empty: there is none. */
static struct span find_panic(const char *text, size_t len)
{
	struct span all = span_of(text, len), line = { text, text };
	const char *at = span_find(all, "Kernel panic - not syncing");

	if (!at)
		return line;
	all.p = at;
	span_line(&all, &line);
	return span_trim(line);
}

static struct span find_last_line(const char *text, size_t len)
{
	struct span rest = span_of(text, len), line, last = { text, text };

	while (span_line(&rest, &line))
		if (span_len(span_trim(line)))
			last = span_trim(line);
	return last;
}

/*
 * Every outcome is one that was asked for, in the order it was asked for; there
 * may be fewer.
 */
static bool is_as_planned(const struct outcomes *list,
			  const struct guest_plan *plan)
{
	size_t at = 0, suite = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct outcome *o = &list->v[i];
		const struct suite *s;

		if (suite == plan->suites.n)
			return false;
		s = &plan->suites.v[suite];
		if (strcmp(o->filesystem, s->filesystem) != 0 ||
		    strcmp(o->scenario, s->scenarios.v[at / plan->repeat]) !=
			    0 ||
		    o->run != at % plan->repeat + 1)
			return false;
		if (++at == s->scenarios.n * plan->repeat) {
			suite++;
			at = 0;
		}
	}
	return true;
}

static bool is_complete(const struct outcomes *list,
			const struct guest_plan *plan)
{
	return list->n == suites_count(&plan->suites) * plan->repeat;
}

/*
 * kernel_power_off() and kernel_halt() say so last. What comes then is the end
 * of the monitor: of some thousand User-Mode Linux guests one aborts in it.
 */
static bool is_down(struct span last_line)
{
	return span_is(last_line, "reboot: Power down") ||
	       span_is(last_line, "reboot: System halted");
}

static enum guest_end judge_end(const struct ktap *k,
				const struct outcomes *list,
				const struct guest_plan *plan, bool panicked,
				struct span last_line,
				const struct child_result *status)
{
	if (status->flooded)
		return GUEST_FLOODED;
	if (k->finished && is_complete(list, plan) && is_down(last_line))
		return GUEST_FINISHED;
	if (panicked && !(k->finished && child_is_ok(status)))
		return GUEST_PANICKED;
	if (!k->began)
		return GUEST_SILENT;
	if (status->timed_out || k->stuck)
		return GUEST_HUNG;
	if (k->finished && is_complete(list, plan) && child_is_ok(status))
		return GUEST_FINISHED;
	return GUEST_DIED;
}

static void add_cut(struct buf *out, struct span text)
{
	if (span_len(text) > QUOTE_MAX)
		text.end = text.p + QUOTE_MAX;
	sink_line(out, text.p, span_len(text));
}

/* What it was at, and the last that was heard of it. */
static char *describe_end(enum guest_end end, const struct ktap *k,
			  struct span words, const struct outcomes *list,
			  const struct child_result *status)
{
	AUTO(buf_release) struct buf says = { 0 };

	buf_init(&says, SAYS_MAX);
	if (end == GUEST_FINISHED) {
		buf_addf(&says, "%zu runs", list->n);
		return buf_take(&says);
	}
	if (k->running)
		buf_addf(&says, "in %s: ", k->running);
	else
		buf_addf(&says, "after %zu runs: ", list->n);
	if (k->broken) {
		buf_adds(&says, "a line out of order: ");
		add_cut(&says, span_cstr(k->broken));
	} else if (end == GUEST_PANICKED) {
		add_cut(&says, words);
	} else if (k->stuck) {
		add_cut(&says, span_cstr(k->stuck));
	} else {
		child_says(&says, status);
		if (span_len(words)) {
			buf_adds(&says, ", last line: ");
			add_cut(&says, words);
		}
	}
	return buf_take(&says);
}

void guest_read_console(struct guest_result *out, const char *text, size_t len,
			const char *nonce, const struct guest_plan *plan,
			const struct child_result *status)
{
	AUTO(ktap_release) struct ktap k = { 0 };
	struct span panic = find_panic(text, len);
	struct span last_line = find_last_line(text, len);
	struct err err = ERR_INIT;

	*out = (struct guest_result){ .ms = status->ms };
	ktap_parse(&k, text, len, nonce);
	out->foreign = k.foreign;
	if (outcomes_from_ktap(&out->outcomes, &k, &err) < 0 ||
	    !is_as_planned(&out->outcomes, plan)) {
		outcomes_release(&out->outcomes);
		out->end = GUEST_DIED;
		out->says = xasprintf("answers that were not asked for%s%s",
				      err.kind ? ": " : "", err.msg);
		return;
	}
	out->end = judge_end(&k, &out->outcomes, plan, span_len(panic) > 0,
			     last_line, status);
	out->says = describe_end(out->end, &k,
				 out->end == GUEST_PANICKED ? panic : last_line,
				 &out->outcomes, status);
}

static int check_memory(const struct guest_spec *spec,
			const struct profile *profile, struct err *err)
{
	if (!kind_of(spec)->is_in_tmp || guest_memory(spec) < profile->tmp_mib)
		return 0;
	return err_set(err, ERR_CONFIG,
		       "a guest of %u MiB, but tmp_mib is %u in its sandbox",
		       guest_memory(spec), profile->tmp_mib);
}

/* @initramfs: what it is booted with, outside the sandbox. */
static int run_sandbox(struct child_result *status, struct buf *console,
		       const struct guest_spec *spec, const char *initramfs,
		       const struct profile *profile, const struct argv *words,
		       struct err *err)
{
	const struct sandbox_bind binds[] = {
		{ .from = spec->kernel, .to = GUEST_KERNEL_AT },
		{ .from = initramfs, .to = GUEST_INITRAMFS_AT },
	};
	AUTO(argv_release) struct argv argv = ARGV_INIT;
	AUTO(fd_close) int keep = -1;
	uint64_t max = spec->max_output ? spec->max_output : GUEST_MAX_OUTPUT;

	kind_of(spec)->write_command(&argv, spec, words);
	keep = open(spec->console, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		    0644);
	if (keep < 0)
		return err_sys(err, ERR_SYSTEM, "cannot write '%s'",
			       spec->console);
	buf_init(console, max);
	return sandbox_run(
		status,
		&(struct sandbox){ .profile = profile,
				   .binds = binds,
				   .n_binds = ARRAY_LEN(binds),
				   .device = spec->has_kvm ? "kvm" : NULL },
		&(struct child_spec){
			.argv = (const char *const *)argv.v,
			.dir = "/tmp",
			.timeout_s = spec->timeout_s ? spec->timeout_s
						     : GUEST_TIMEOUT_S,
			.max_output = max,
			.out_fd = keep,
			.out = console,
		},
		err);
}

static int boot(struct child_result *status, struct buf *console,
		const struct guest_spec *spec, const char *nonce,
		struct err *err)
{
	AUTO(mem_free) char *added = xasprintf("%s.initramfs", spec->console);
	bool is_added = kind_of(spec)->is_plan_file;
	AUTO(profile_free) struct profile *own = NULL;
	AUTO(argv_release) struct argv words = ARGV_INIT;
	const struct profile *profile = spec->profile;
	int rc;

	if (!profile) {
		if (profile_read(&own, kind_of(spec)->profile, err) < 0)
			return -1;
		profile = own;
	}
	write_words(&words, nonce);
	if (check_memory(spec, profile, err) < 0 ||
	    hand_over(&words, added, spec, err) < 0)
		return -1;
	rc = run_sandbox(status, console, spec,
			 is_added ? added : spec->initramfs, profile, &words,
			 err);
	if (is_added)
		unlink(added);
	return rc;
}

int guest_run(struct guest_result *out, const struct guest_spec *spec,
	      struct err *err)
{
	AUTO(buf_release) struct buf console = { 0 };
	struct child_result status = { 0 };
	char nonce[2 * NONCE_BYTES + 1];

	*out = (struct guest_result){ 0 };
	if (make_nonce(nonce, err) < 0 ||
	    boot(&status, &console, spec, nonce, err) < 0)
		return err_wrap(err, "guest '%s'", spec->kernel);
	guest_read_console(out, buf_text(&console), console.len, nonce,
			   spec->plan, &status);
	return 0;
}

/* A thread that waits for one guest. */
struct waiter {
	pthread_t thread;
	struct guest_result *out;
	const struct guest_spec *spec;
	struct err err;
	int rc;
};

static void *wait_for_guest(void *arg)
{
	struct waiter *w = arg;

	w->rc = guest_run(w->out, w->spec, &w->err);
	return NULL;
}

int guest_run_all(struct guest_result *out, const struct guest_spec *specs,
		  size_t n, struct err *err)
{
	AUTO(mem_free) struct waiter *waiters = xcalloc(n, sizeof(*waiters));
	const struct waiter *failed = NULL;

	for (size_t i = 0; i < n; i++) {
		struct waiter *w = &waiters[i];

		*w = (struct waiter){ .out = &out[i], .spec = &specs[i] };
		if (i + 1 == n ||
		    pthread_create(&w->thread, NULL, wait_for_guest, w) != 0) {
			w->thread = pthread_self();
			wait_for_guest(w);
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (!pthread_equal(waiters[i].thread, pthread_self()))
			pthread_join(waiters[i].thread, NULL);
		if (waiters[i].rc < 0)
			failed = &waiters[i];
	}
	if (!failed)
		return 0;
	for (size_t i = 0; i < n; i++)
		guest_result_release(&out[i]);
	return err_set(err, failed->err.kind, "%s", failed->err.msg);
}
