/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/follower.h"

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "tests/support/run.h"

void follower_init(struct follower *f)
{
	*f = (struct follower){ .dir = support_tmpdir(), .first = "newest" };
	f->mirror = xasprintf("%s/mirrors/list", f->dir);
}

void follower_release(struct follower *f)
{
	struct err err = ERR_INIT;

	ck_ok(fs_remove_tree(f->dir, &err), &err);
	lists_epochs_release(&f->known);
	buf_release(&f->told);
	free(f->mirror);
	free(f->dir);
}
static void note(void *arg, const char *text)
{
	buf_addf(arg, "%s\n", text);
}

const char *follower_tip(const struct follower *f, unsigned n)
{
	for (size_t i = 0; i < f->known.n; i++)
		if (f->known.v[i].n == n)
			return f->known.v[i].tip;
	return "";
}

/* As the store would; *e has what was known before, for its owner to free. */
static void remember(struct follower *f, struct lists_epoch *e)
{
	struct lists_epochs *k = &f->known;
	struct lists_epoch before;
	size_t at = 0;

	while (at < k->n && k->v[at].n != e->n)
		at++;
	if (at == k->n) {
		k->v = xreallocarray(k->v, k->n + 1, sizeof(*k->v));
		k->v[k->n++] = (struct lists_epoch){ 0 };
	}
	before = k->v[at];
	k->v[at] = *e;
	*e = before;
}

int follower_poll(struct follower *f, const char *url, struct err *err)
{
	AUTO(fetch_result_release) struct fetch_result result = { 0 };
	int rc;

	buf_release(&f->told);
	buf_init(&f->told, 1 << 20);
	rc = fetch_run(&result,
		       &(struct fetch_spec){ .dir = f->mirror,
					     .url = url,
					     .agent = "collider-tests",
					     .first = f->first,
					     .known = &f->known,
					     .user = "nobody",
					     .on_progress = note,
					     .arg = &f->told },
		       err);
	f->leave_s = result.leave_s;
	for (size_t i = 0; i < result.epochs.n; i++)
		remember(f, &result.epochs.v[i]);
	return rc < 0 ? -1 : (int)result.epochs.n;
}

void follower_shell(const char *dir, const char *script)
{
	AUTO(mem_free) char *all = xasprintf("cd '%s'\n%s", dir, script);
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, all);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
}
