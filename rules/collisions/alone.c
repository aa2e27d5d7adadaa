// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * alone.c - one scenario on one filesystem, with nothing around it
 *
 * What takes the place of init.c in a reproducer. It makes the devices, runs
 * the scenario once, tells in plain text what came of it and takes everything
 * down again. As process 1 of a guest it powers the guest off at the end.
 */
#include "rules/collisions/alone.h"
#include "rules/collisions/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum alone_exit {
	ALONE_AS_PROMISED = 0,
	ALONE_SHOWS = 1,
	ALONE_NOT_PROVOKED = 2,
};

#define TAKE_DOWN_LIMIT_MS 5000 /* udev may look at the device meanwhile */

/* The linker's bounds of what SCENARIO() put together. */
extern const struct scenario *const __start_scenarios[];
extern const struct scenario *const __stop_scenarios[];

static const struct scenario *find_scenario(const char *id)
{
	/* cppcheck-suppress comparePointers */
	size_t n = (size_t)(__stop_scenarios - __start_scenarios);

	for (size_t i = 0; i < n; i++)
		if (strcmp(__start_scenarios[i]->id, id) == 0)
			return __start_scenarios[i];
	return NULL;
}

/* ---- what came of it ---- */

static const char *value_of(const struct run *r, const char *field)
{
	for (size_t i = 0; i < r->n_fields; i++)
		if (strcmp(r->fields[i].name, field) == 0)
			return r->fields[i].value;
	return NULL;
}

static const struct alone_seen *find_seen(const char *field)
{
	for (const struct alone_seen *s = alone_case.seen; s->field; s++)
		if (strcmp(s->field, field) == 0)
			return s;
	return NULL;
}

/* "dio.asked" of "dio.returned". */
static const char *asked_of(const struct run *r, const char *field)
{
	char name[FIELD_MAX_NAME];

	snprintf(name, sizeof(name), "%.*s.asked", (int)strcspn(field, "."),
		 field);
	return value_of(r, name);
}

static bool is_as(const struct run *r, const char *field, const char *value,
		  const char *wanted)
{
	if (strcmp(wanted, "error") == 0)
		return strncmp(value, "-E", 2) == 0;
	if (strcmp(wanted, "asked") == 0)
		wanted = asked_of(r, field);
	else if (wanted[0] == '@')
		wanted = value_of(r, wanted + 1);
	return wanted && strcmp(wanted, value) == 0;
}

static bool is_kept(const struct run *r, const struct alone_clause *clause)
{
	const char *value = value_of(r, clause->field);
	bool is_named = false;

	if (!value || strcmp(value, "unknown") == 0)
		return true;
	for (size_t i = 0; clause->values[i]; i++)
		if (is_as(r, clause->field, value, clause->values[i]))
			is_named = true;
	return is_named != clause->is_not;
}

/* The clause that is broken, or NULL. */
static const struct alone_clause *find_broken(const struct run *r,
					      const struct alone_promise *p)
{
	for (const struct alone_clause *c = p->when; c && c->field; c++)
		if (!value_of(r, c->field) || !is_kept(r, c))
			return NULL;
	for (const struct alone_clause *c = p->expect; c->field; c++)
		if (!is_kept(r, c))
			return c;
	return NULL;
}

static unsigned count_pages(const char *content, char letter)
{
	unsigned n = 0;

	for (const char *p = content; *p;) {
		char *end;
		unsigned long pages = strtoul(p + 1, &end, 10);

		if (*p == letter)
			n += (unsigned)pages;
		if (end == p + 1)
			break;
		p = end;
	}
	return n;
}

/* Pages from the first on that are of one of @letters without a gap. */
static unsigned count_ahead(const char *content, const char *letters)
{
	unsigned n = 0;

	for (const char *p = content; *p && strchr(letters, *p);) {
		char *end;
		unsigned long pages = strtoul(p + 1, &end, 10);

		if (end == p + 1)
			break;
		n += (unsigned)pages;
		p = end;
	}
	return n;
}

/* It was told that all it asked for is written. */
static bool is_direct_done(const struct run *r)
{
	const char *asked = value_of(r, "dio.asked");
	const char *returned = value_of(r, "dio.returned");

	return asked && returned && strcmp(asked, returned) == 0;
}

/* What it wrote is there, or what was written by who met it. */
static bool is_direct_there(const struct run *r, const char *content)
{
	const char *asked = value_of(r, "dio.asked");
	const char *size = value_of(r, "size");
	unsigned long len = asked ? strtoul(asked, NULL, 10) : 0;

	if (size && strtoul(size, NULL, 10) < len)
		len = strtoul(size, NULL, 10); /* truncated since */
	return count_pages(content, 'D') >= len / PAGE ||
	       count_ahead(content, "DMB") >= len / PAGE;
}

/* Nothing of his is left, and it was not the direct writer who came last. */
static bool has_lost(const struct run *r, const char *returned, char letter,
		     const char *content)
{
	return value_of(r, returned) && !count_pages(content, letter) &&
	       !count_pages(content, '?') &&
	       !(is_direct_done(r) && is_direct_there(r, content));
}

static void tell_losers(const struct run *r)
{
	const char *cache = value_of(r, "cache");
	const char *disk = value_of(r, "disk");
	const char *content = disk ? disk : cache ? cache : "";
	const struct {
		bool has_lost;
		const char *who;
	} all[] = {
		{ value_of(r, "dio.returned") &&
			  (!is_direct_done(r) || !is_direct_there(r, content)),
		  "the direct writer" },
		{ has_lost(r, "store.returned", 'M', content),
		  "the mapped writer" },
		{ has_lost(r, "write.returned", 'B', content),
		  "the buffered writer" },
		{ cache && disk && strcmp(cache, disk) != 0,
		  "whoever reads through the page cache" },
	};
	const char *before = "  loses: ";

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (!all[i].has_lost)
			continue;
		printf("%s%s", before, all[i].who);
		before = ", ";
	}
	puts(before[0] == ',' ? "" : "  loses: nobody");
}

static void tell_fields(const struct run *r)
{
	bool has_finding = alone_case.seen->field != NULL;

	if (has_finding)
		printf("  %-22s %-18s %-18s %s\n", "", "this kernel",
		       "without the fault", "with it");
	for (size_t i = 0; i < r->n_fields; i++) {
		const struct alone_seen *s = find_seen(r->fields[i].name);

		if (s)
			printf("  %-22s %-18s %-18s %s\n", r->fields[i].name,
			       r->fields[i].value, s->without, s->with);
		else
			printf("  %-22s %s\n", r->fields[i].name,
			       r->fields[i].value);
	}
	puts("  (pages by letter: A as laid out, P dirtied before, M mapped "
	     "store, B buffered\n"
	     "  write, D direct write, z zeros, u unwritten, ? mixed)");
}

static bool tell_broken(const struct run *r)
{
	bool is_any = false;

	for (const struct alone_promise *p = alone_case.promises; p->id; p++) {
		const struct alone_clause *c = find_broken(r, p);

		if (!c)
			continue;
		is_any = true;
		printf("broken: %s: %s (%s is %s)\n", p->id, p->says, c->field,
		       value_of(r, c->field));
	}
	return is_any;
}

static bool is_as_with_fault(const struct run *r)
{
	for (const struct alone_seen *s = alone_case.seen; s->field; s++) {
		const char *value = value_of(r, s->field);

		if (value && strcmp(value, s->with) == 0 &&
		    strcmp(s->without, s->with) != 0)
			return true;
	}
	return false;
}

static int tell(const struct run *r)
{
	bool is_broken, shows;

	if (!r->provoked) {
		printf("not provoked: %s\n", r->how);
		return ALONE_NOT_PROVOKED;
	}
	printf("collided: %s\n\n", r->how);
	tell_fields(r);
	putchar('\n');
	tell_losers(r);
	is_broken = tell_broken(r);
	shows = is_as_with_fault(r);
	if (!is_broken && !shows) {
		puts("as promised");
		return ALONE_AS_PROMISED;
	}
	puts(shows ? "the finding shows" : "a promise is broken");
	return ALONE_SHOWS;
}

/* ---- the machine ---- */

/* A module may be built in, or modprobe not there: then nothing is lost. */
static void load_module(const char *name, const char *option)
{
	pid_t pid = fork();

	if (pid == 0) {
		execlp("modprobe", "modprobe", "-q", name, option,
		       (char *)NULL);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void load_modules(void)
{
	static const char *const names[] = { "configfs", "dm-mod", "dm-delay",
					     "dm-flakey" };

	load_module("null_blk", "nr_devices=0");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		load_module(names[i], NULL);
}

/* What is asked to stop is heard at the end, so that all is taken down. */
static void put_signals_off(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigprocmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static bool was_interrupted(const sigset_t *set)
{
	static const struct timespec at_once;

	return sigtimedwait(set, NULL, &at_once) > 0;
}

static void take_down(struct volume *v)
{
	for (int ms = 0; !volume_take_down(v); ms += 100) {
		if (ms >= TAKE_DOWN_LIMIT_MS) {
			printf("left behind: %s\n", v->why);
			return;
		}
		pause_ms(100);
	}
}

static int run_scenario(struct volume *v, const struct scenario *s)
{
	unsigned invalidations = 0;
	struct run *r = run_new(v, s, 1, &invalidations);
	int code;

	s->run(r);
	code = tell(r);
	trace_stop();
	if (run_end(r)) {
		take_down(v);
		return code;
	}
	puts("left behind: a thread hangs in the kernel, and with it all of "
	     "this; reboot");
	return code;
}

static int run_case(void)
{
	const struct scenario *s = find_scenario(alone_case.scenario);
	const struct filesystem *fs = filesystem_find(alone_case.filesystem);
	struct volume v;

	if (!s || !fs || !mapping_catch_faults()) {
		puts("not provoked: this program is not whole");
		return ALONE_NOT_PROVOKED;
	}
	printf("%s on %s: %s\n", s->id, fs->name, s->says);
	if (volume_set_up(&v, fs, (unsigned)getpid(), s->wants_cache))
		return run_scenario(&v, s);
	printf("not provoked: %s\n", v.why);
	take_down(&v);
	return ALONE_NOT_PROVOKED;
}

static int run_in_folder(void)
{
	char folder[] = "/tmp/collide.XXXXXX";
	int code;

	mkdir("/tmp", 01777);
	if (!mkdtemp(folder) || chdir(folder) < 0) {
		perror(folder);
		return ALONE_NOT_PROVOKED;
	}
	code = run_case();
	if (chdir("/") < 0 || rmdir(folder) < 0)
		printf("left behind: %s: %s\n", folder, strerror(errno));
	return code;
}

int main(void)
{
	struct utsname kernel;
	sigset_t signals;
	int code;

	if (geteuid() != 0) {
		puts("not provoked: only root can make the devices");
		return ALONE_NOT_PROVOKED;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	put_signals_off(&signals);
	load_modules();
	pseudo_mount();
	if (uname(&kernel) == 0)
		printf("Linux %s %s\n", kernel.release, kernel.machine);
	code = run_in_folder();
	if (was_interrupted(&signals))
		code = ALONE_NOT_PROVOKED;
	if (getpid() != 1)
		return code;
	printf("exit code: %d\n", code);
	reboot(RB_POWER_OFF);
	return code; /* the kernel panics, as init must not end */
}
