/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_orders.c - real mail has no order for us in it: nobody who does not
 * mean the bot is ever taken to talk to it, and nobody is answered
 *
 * COLLIDER_ARCHIVE names an epoch of a public-inbox, a bare repository, whose
 * threads are read as well: that of linux-ext4 has 5,955.
 */
#include "bot/base/fs.h"
#include "bot/git/walk.h"
#include "parsers/mail.h"
#include "parsers/orders.h"
#include "tests/support/corpus.h"
#include "tests/support/run.h"

#define MIN_THREADS 2000

/* The whole text of a mail that is no patch is its log and notes. */
static bool has_order(const char *text)
{
	AUTO(orders_release) struct orders list = { 0 };
	struct err err = ERR_INIT;

	/* one that cannot be read would be answered, too */
	return orders_parse(&list, text, strlen(text), &err) < 0 || list.n > 0;
}

static void expect_no_order(const struct mail *m, const char *where)
{
	ck_assert_msg(!has_order(m->log) && !has_order(m->notes), "%s", where);
}

START_TEST(no_real_mail_gives_an_order)
{
	AUTO(strings_release) struct strings files = { 0 };
	unsigned read = 0;

	corpus_files(&files, "lists");
	for (size_t i = 0; i < files.n; i++) {
		AUTO(buf_release) struct buf bytes = { 0 };
		AUTO(mail_free) struct mail *m = NULL;
		struct err err = ERR_INIT;

		ck_ok(fs_read(&bytes, files.v[i], MAIL_MAX_SIZE, &err), &err);
		if (mail_parse(&m, buf_text(&bytes), bytes.len, &err) < 0)
			continue;
		expect_no_order(m, files.v[i]);
		read++;
	}
	printf("%u mails without an order\n", read);
	ck_assert_uint_gt(read, 1000);
}
END_TEST

static int compare(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static size_t count_different(struct strings *list)
{
	size_t n = 0;

	if (list->n > 0)
		qsort(list->v, list->n, sizeof(*list->v), compare);
	for (size_t i = 0; i < list->n; i++)
		n += i == 0 || strcmp(list->v[i - 1], list->v[i]) != 0;
	return n;
}

/* The id that all of the mail's thread have in common. */
static const char *root_of(const struct mail *m)
{
	return m->references.n ? m->references.v[0] : m->in_reply_to;
}

static void read_tip(char tip[WALK_HEX_LEN + 1], const char *archive)
{
	AUTO(mem_free)
	char *command = xasprintf("git --git-dir='%s' rev-parse HEAD", archive);
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, command);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	snprintf(tip, WALK_HEX_LEN + 1, "%s", buf_text(&r.out));
}

START_TEST(no_thread_of_an_archive_gives_an_order)
{
	const char *archive = getenv("COLLIDER_ARCHIVE");
	AUTO(strings_release) struct strings roots = { 0 };
	AUTO(walk_free) struct walk *w = NULL;
	char tip[WALK_HEX_LEN + 1];
	struct err err = ERR_INIT;
	struct walk_mail mail;
	size_t read = 0, threads;

	read_tip(tip, archive);
	ck_ok(walk_open(&w, archive, &err), &err);
	ck_ok(walk_start(w, "", tip, &err), &err);
	while (walk_next(w, &mail)) {
		AUTO(mail_free) struct mail *m = NULL;
		struct err why = ERR_INIT;

		if (mail.what != WALK_MAIL ||
		    mail_parse(&m, mail.bytes, mail.len, &why) < 0)
			continue;
		expect_no_order(m, mail.blob);
		read++;
		if (*root_of(m))
			strings_push(&roots, root_of(m));
	}
	threads = count_different(&roots);
	printf("%zu mails, %zu threads with an answer, no order\n", read,
	       threads);
	ck_assert_uint_ge(threads, MIN_THREADS);
}
END_TEST

int main(void)
{
	const struct test_case cases[] = {
		TEST(no_thread_of_an_archive_gives_an_order),
		TEST(no_real_mail_gives_an_order),
	};
	bool has_archive = getenv("COLLIDER_ARCHIVE") != NULL;
	bool has_corpus = corpus_dir() != NULL;

	if (!has_archive)
		printf("SKIP: COLLIDER_ARCHIVE names no archive\n");
	if (!has_archive && !has_corpus)
		return 77;
	return support_run("orders", cases + !has_archive,
			   (size_t)has_archive + has_corpus);
}
