/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/desk.h"

#include <time.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/report/record.h"
#include "tests/support/queue.h"
#include "tests/support/run.h"

#define MOST_OF_A_MAIL (1u << 20)

void desk_configure(struct desk *d, const char *list, const char *mail)
{
	AUTO(mem_free)
	char *text = xasprintf("%s\twait = 0 s\n"
			       "[list \"a-list\"]\n\taddress = a-list@x\n"
			       "%s"
			       "[mail]\n\tfrom = collider <bot@y>\n"
			       "\tdomain = y\n%s",
			       d->scene.config, list, mail);

	served_configure(&d->served, text);
}

void desk_serve(struct desk *d, const char *list, const char *mail)
{
	AUTO(mem_free)
	char *all = xasprintf("\tserver = %s\n%s", d->rude.url, mail);

	desk_configure(d, list, all);
}

void desk_init(struct desk *d, const struct rude_deed *deeds)
{
	scene_init(&d->scene);
	served_init(&d->served, "");
	d->letters = support_tmpdir();
	rude_start(&d->rude, d->letters, deeds);
}

void desk_release(struct desk *d)
{
	struct err err = ERR_INIT;

	rude_release(&d->rude);
	served_release(&d->served);
	scene_release(&d->scene);
	ck_ok(fs_remove_tree(d->letters, &err), &err);
	free(d->letters);
}

void desk_post(struct desk *d, const char *id, const char *subject,
	       const char *from, const char *answers)
{
	scene_post(&d->scene, &(struct scene_patch){ .id = id,
						     .subject = subject,
						     .from = from,
						     .line = id,
						     .answers = answers });
	scene_publish(&d->scene);
}

void desk_follow(struct desk *d)
{
	served_start(&d->served, "--once");
	served_end(&d->served, 0, 0);
}

/* ---- verdicts ---- */

/* Of the version that @row is of, whatever the review was of. */
static void write_review(struct desk *d, const struct revisions_row *row,
			 const char *name)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(mem_free) char *text = NULL;
	AUTO(mem_free)
	char *dir = xasprintf("%s/results", d->served.state);
	AUTO(mem_free)
	char *path = xasprintf("%s/%lld.json", dir, (long long)row->id);
	struct err err = ERR_INIT;

	for (size_t i = 0; i < REVIEWS && !r.subject; i++)
		if (strcmp(reviews[i].name, name) == 0)
			reviews_make(&r, &reviews[i]);
	ck_assert_msg(r.subject != NULL, "no review '%s'", name);
	r.version = row->version;
	free(r.message_id);
	r.message_id = xstrdup(row->key);
	text = record_print(&r);
	ck_ok(fs_mkdirs(dir, 0755, &err), &err);
	ck_ok(fs_write(path, text, strlen(text), &err), &err);
}

int64_t desk_judge(struct desk *d, const char *key, unsigned version,
		   const char *name)
{
	AUTO(store_free) struct store *store = served_store(&d->served);
	const struct queue_entry entry = {
		.key = key,
		.title = "a series",
		.version = version,
		.arrived = time(NULL),
		.state = REVISIONS_JUDGED,
	};
	int64_t id = queue_add(store, &entry);
	AUTO(revisions_row_release)
	struct revisions_row row = queue_get(store, id);

	write_review(d, &row, name);
	return id;
}

void desk_judge_again(struct desk *d, int64_t revision, const char *name)
{
	AUTO(store_free) struct store *store = served_store(&d->served);
	AUTO(revisions_row_release) struct revisions_row row = { 0 };

	for (enum revisions_state to = REVISIONS_READY; to <= REVISIONS_JUDGED;
	     to++)
		queue_move(store, revision, to);
	row = queue_get(store, revision);
	write_review(d, &row, name);
}

/* ---- words ---- */

void desk_command(struct buf *out, struct desk *d, const char *name,
		  const char *words, int exit_code)
{
	AUTO(mem_free)
	char *line = xasprintf("COLLIDER_STATE='%s' $collider %s"
			       " --config '%s' %s 2>&1",
			       d->served.state, name, d->served.conf, words);
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, line);
	ck_assert_msg(r.exit_code == exit_code, RUN_SAID(&r));
	buf_release(out);
	buf_init(out, MOST_OF_A_MAIL);
	buf_adds(out, buf_text(&r.out));
}

void desk_say(struct desk *d, const char *words, int exit_code,
	      const char *part)
{
	AUTO(buf_release) struct buf said = { 0 };

	desk_command(&said, d, "outbox", words, exit_code);
	run_expect_text(&said, part);
}

void desk_shell(const struct desk *d, const char *command)
{
	AUTO(mem_free)
	char *line = xasprintf("cd '%s' && %s", d->served.dir, command);
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, line);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
}

/* ---- what came of it ---- */

void desk_mail(struct outbox_row *out, const struct desk *d, int64_t id)
{
	AUTO(store_free) struct store *store = served_store(&d->served);
	struct err err = ERR_INIT;
	bool found;

	ck_ok(outbox_find(&found, out, store, id, &err), &err);
	ck_assert_msg(found, "no mail %d", (int)id);
}

void desk_expect(const struct desk *d, int64_t id, const char *state,
		 const char *why)
{
	AUTO(outbox_row_release) struct outbox_row row = { 0 };

	desk_mail(&row, d, id);
	ck_assert_str_eq(outbox_state_name(row.state), state);
	if (why)
		ck_assert_msg(row.why && strstr(row.why, why), "it says '%s'",
			      row.why ? row.why : "");
}

size_t desk_count(const struct desk *d)
{
	AUTO(store_free) struct store *store = served_store(&d->served);
	AUTO(outbox_list_release) struct outbox_list all = { 0 };
	struct err err = ERR_INIT;

	ck_ok(outbox_all(&all, store, 0, &err), &err);
	return all.n;
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, part)); at++)
		n++;
	return n;
}

void desk_expect_alone(const struct desk *d, unsigned n, const char *address)
{
	AUTO(mem_free) char *said = rude_said(&d->rude, n);
	AUTO(mem_free) char *line = xasprintf("RCPT TO:<%s>", address);

	ck_assert_msg(strstr(said, line), "no %s in\n%s", line, said);
	ck_assert_uint_eq(count(said, "RCPT"), 1);
}
