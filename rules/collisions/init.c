// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * init.c - the guest's /init: the plan, filesystem by filesystem
 *
 * As process 1 it mounts what it needs, has a child run the plan (watch.h) and
 * powers the guest off. Started by hand it only lists its scenarios: `collide --list`, and what
 * runs free: `collide --list-soaks`.
 */
#include "rules/collisions/say.h"
#include "rules/collisions/watch.h"

#include <fcntl.h>
#include <sys/reboot.h>
#include <termios.h>

#define ABANDONED_MAX 3 /* filesystems left hanging; each keeps its memory */
/*
 * Of the guest's time, for a filesystem to be made and one run of it: far more
 * than a gate holds. On gfs2 a store that faults waits for the direct write, and
 * the next thread start for the store; the gate's own end is what frees them.
 */
#define BEAT_LIMIT_S (10 * GATE_HOLD_MS / 1000)

/* The linker's bounds of what SCENARIO() put together, in order of files. */
extern const struct scenario *const __start_scenarios[];
extern const struct scenario *const __stop_scenarios[];

static size_t count_scenarios(void)
{
	/* cppcheck-suppress comparePointers */
	return (size_t)(__stop_scenarios - __start_scenarios);
}

static const struct scenario *find_scenario(const char *id)
{
	for (size_t i = 0; i < count_scenarios(); i++)
		if (strcmp(__start_scenarios[i]->id, id) == 0)
			return __start_scenarios[i];
	return NULL;
}

static void list_filesystems(const struct scenario *s)
{
	const struct filesystem *fs;
	bool any = false;

	for (size_t i = 0; (fs = filesystem_at(i)); i++) {
		if (!filesystem_can(fs, s))
			continue;
		printf("%s%s", any ? "," : "", fs->name);
		any = true;
	}
	putchar('\n');
}

/* What `collider scenarios --explain` prints: who <tab> does, a line a step. */
static int explain_scenario(const char *id)
{
	const struct scenario *s = find_scenario(id);

	if (!s) {
		fprintf(stderr, "no scenario '%s'\n", id);
		return 64;
	}
	for (size_t i = 0; i < STORY_MAX_STEPS && s->story[i].who; i++)
		printf("%s\t%s\n", s->story[i].who, s->story[i].does);
	return 0;
}

static int list_scenarios(bool soaks)
{
	for (size_t i = 0; i < count_scenarios(); i++) {
		const struct scenario *s = __start_scenarios[i];

		if (s->is_soak != soaks)
			continue;
		printf("%s\t%s\t%s\t%s\t", s->id, s->says, s->knows,
		       s->since ? s->since : "");
		list_filesystems(s);
	}
	return 0;
}

/* The state of one filesystem's part of the plan. */
struct suite {
	const struct plan *plan;
	struct volume volume;
	bool is_usable;
	char why[VOLUME_MAX_WHY + 64]; /* not usable: the reason */
	unsigned number;	       /* of the next result */
	unsigned generation;	       /* of the volume */
	unsigned *invalidations;
	const struct watch *watch;
	/* The last that showed no window, when it was to be swept. */
	const struct scenario *unswept;
	char unswept_why[FIELD_MAX_VALUE];
};

static void lose(struct suite *s, const char *why)
{
	s->is_usable = false;
	snprintf(s->why, sizeof(s->why), "%s", why);
}

static void set_up(struct suite *s, const struct filesystem *fs, bool has_cache)
{
	s->is_usable = volume_set_up(&s->volume, fs, s->generation, has_cache);
	if (s->is_usable)
		return;
	lose(s, s->volume.why);
	volume_take_down(&s->volume);
}

static void renew(struct suite *s, bool has_cache)
{
	if (volume_take_down(&s->volume))
		set_up(s, s->volume.fs, has_cache);
	else
		lose(s, s->volume.why);
}

/* What a thread hangs in cannot be taken down: it is left as it stands. */
static void abandon(struct suite *s, const char *id)
{
	char why[sizeof(s->why)];

	if (++s->generation <= ABANDONED_MAX) {
		set_up(s, s->volume.fs, s->volume.has_cache);
		return;
	}
	snprintf(why, sizeof(why), "given up after %s hung too", id);
	lose(s, why);
}

static void end_run(struct suite *s, struct run *r)
{
	const char *id = r->scenario->id;
	bool is_broken =
		(r->is_spoiled && !r->is_missed) || r->log.n[KLOG_SHUTDOWN];

	if (!run_end(r))
		abandon(s, id);
	else if (is_broken) /* the filesystem, maybe */
		renew(s, s->volume.has_cache);
}

/* Why this pair is not run, or NULL. */
static const char *find_obstacle(const struct suite *s,
				 const struct scenario *scenario)
{
	if (!scenario)
		return "no such scenario";
	if (!s->is_usable)
		return s->why;
	if (!filesystem_can(s->volume.fs, scenario))
		return "this filesystem cannot";
	if (scenario->is_soak != (s->plan->soak_ms > 0))
		return scenario->is_soak ? "a soak needs a time to run for"
					 : "it does not run free";
	if (s->plan->sweep_us && s->volume.fs->kind == FILESYSTEM_ZONED)
		return "the gate of a zoned device holds writes, or passes "
		       "them: it cannot be swept";
	return s->unswept == scenario ? s->unswept_why : NULL;
}

/* A disk as the scenario wants it; why there is none, or NULL. */
static const char *change_disk(struct suite *s, const struct scenario *scenario)
{
	if (s->volume.has_cache == scenario->wants_cache)
		return NULL;
	renew(s, scenario->wants_cache);
	if (s->is_usable)
		return NULL;
	if (scenario->wants_cache) /* before v6.8 null_blk has no "fua" */
		set_up(s, s->volume.fs, false);
	return s->why;
}

/* What one step of a sweep did not have no other step has. */
static void note_unswept(struct suite *s, const struct run *r)
{
	if (!r->sweep.is_on || (r->sweep.first && r->sweep.moved))
		return;
	s->unswept = r->scenario;
	snprintf(s->unswept_why, sizeof(s->unswept_why), "%s", r->how);
}

static void run_once(struct suite *s, const char *id, unsigned n)
{
	const struct scenario *scenario = find_scenario(id);
	const char *obstacle = find_obstacle(s, scenario);
	struct run *r;

	watch_beat(s->watch);
	if (!obstacle)
		obstacle = change_disk(s, scenario);
	if (obstacle) {
		say_no_run(s->plan, s->number++, id, n, obstacle);
		return;
	}
	say_running(s->plan, id, n);
	r = run_new(&s->volume, scenario, n, s->invalidations);
	r->soak_ms = s->plan->soak_ms;
	r->soak_seed = s->plan->seed + n - 1;
	if (s->plan->sweep_us)
		sweep_set_up(r, s->plan->sweep_us *
					((s->plan->at ? s->plan->at : n) - 1));
	scenario->run(r);
	note_unswept(s, r);
	say_run(s->plan, s->number++, r);
	end_run(s, r);
}

static void run_suite(const struct plan *plan, const struct plan_suite *asked,
		      unsigned *invalidations, const struct watch *watch)
{
	const struct filesystem *fs = filesystem_find(asked->filesystem);
	struct suite s = {
		.plan = plan,
		.number = 1,
		.invalidations = invalidations,
		.watch = watch,
	};

	say_suite(plan, asked->filesystem, asked->n * plan->repeat);
	if (fs)
		set_up(&s, fs, false);
	else
		lose(&s, "no such filesystem");
	for (unsigned i = 0; i < asked->n; i++)
		for (unsigned n = 1; n <= plan->repeat; n++)
			run_once(&s, asked->scenarios[i], n);
	if (s.is_usable)
		volume_take_down(&s.volume);
}

static void run_plan(const struct plan *p, const struct watch *watch)
{
	unsigned invalidations = 0, runs = 0;

	say_plan(p);
	for (unsigned i = 0; i < p->n; i++) {
		run_suite(p, &p->suites[i], &invalidations, watch);
		say_suite_end(p, i + 1, p->suites[i].filesystem);
		runs += p->suites[i].n * p->repeat;
	}
	say_finished(p, runs);
}

/* Lines end as we end them. */
static void make_console_raw(void)
{
	struct termios t;

	if (tcgetattr(STDOUT_FILENO, &t) < 0)
		return;
	t.c_oflag &= ~(tcflag_t)OPOST;
	tcsetattr(STDOUT_FILENO, TCSANOW, &t);
}

/* Add what is in a file, if there is one. */
static void read_words(struct plan *p, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = strlen(p->line);
	ssize_t n;

	while (fd >= 0 &&
	       (n = read(fd, p->line + len, sizeof(p->line) - 1 - len)) > 0)
		len += (size_t)n;
	p->line[len] = '\0';
	if (fd >= 0)
		close(fd);
}

/*
 * The child powers the guest off itself: as long as one of its threads hangs it
 * cannot end. False: it has died, which the kernel is to tell.
 */
static bool run_watched(const struct plan *p)
{
	char where[WATCH_MAX_TEXT];
	struct watch watch;

	if (!watch_begin(&watch))
		return false;
	if (watch.child == 0) {
		run_plan(p, &watch);
		reboot(RB_POWER_OFF);
		_exit(1);
	}
	if (!watch_child(where, &watch, BEAT_LIMIT_S + p->soak_ms / 1000))
		return false;
	say_stuck(p, where);
	return true;
}

static int be_init(void)
{
	static struct plan plan;

	pseudo_mount();
	make_console_raw();
	if (!mapping_catch_faults())
		perror("SIGBUS");
	read_words(&plan, "/proc/cmdline");
	read_words(&plan, PLAN_FILE);
	if (!plan_parse(&plan))
		puts("no plan");
	else if (!run_watched(&plan))
		return 1; /* the kernel panics, as init must not end */
	reboot(RB_POWER_OFF);
	return 1;
}

int main(int argc, char **argv)
{
	if (getpid() == 1)
		return be_init();
	if (argc == 2 && strcmp(argv[1], "--list") == 0)
		return list_scenarios(false);
	if (argc == 2 && strcmp(argv[1], "--list-soaks") == 0)
		return list_scenarios(true);
	if (argc == 3 && strcmp(argv[1], "--explain") == 0)
		return explain_scenario(argv[2]);
	fprintf(stderr,
		"usage: %s --list | --list-soaks | --explain SCENARIO\n",
		argv[0]);
	return 64;
}
