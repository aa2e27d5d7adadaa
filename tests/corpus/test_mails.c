/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_mails.c - real mail against what git mailinfo 2.39.5, b4 and patchwork
 * make of it (peers_mails.tsv of the corpus)
 *
 * Where all of them agree that a mail is a patch, or is none, so must we. Of a
 * patch, author, title, date and the lines it changes are mailinfo's, unless
 * the reason why not stands in a table here.
 */
#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/base/span.h"
#include "parsers/mbox.h"
#include "tests/support/corpus.h"

/*
 * Known differences, and why ours is right. Names "via" a list need no line
 * here: mailinfo leaves the list's, we give the author's.
 */
static const struct {
	const char *unit; /* a part of its name */
	const char *file;
	const char *why;
} other_author[] = {
	{ "dead-assignment-to-dirid", "001.eml",
	  "a patch file pasted into the text names its author" },
};

static bool has_other_author(const char *unit, const char *file)
{
	for (size_t i = 0; i < ARRAY_LEN(other_author); i++) {
		if (strstr(unit, other_author[i].unit) &&
		    strcmp(file, other_author[i].file) == 0)
			return true;
	}
	return false;
}

struct count {
	const char *what;
	unsigned agreed, explained, differed;
};

static void tally(struct count *c, bool agrees, bool is_explained,
		  const char *unit, const char *file, const char *ours,
		  const char *theirs)
{
	if (agrees) {
		c->agreed++;
	} else if (is_explained) {
		c->explained++;
	} else {
		c->differed++;
		printf("%s/%s: %s '%s', not '%s'\n", unit, file, c->what, ours,
		       theirs);
	}
}

static void check_count(const struct count *c)
{
	printf("%s: %u agree, %u differ for a reason, %u differ\n", c->what,
	       c->agreed, c->explained, c->differed);
	ck_assert_uint_gt(c->agreed, 0);
	ck_assert_uint_eq(c->differed, 0);
}

/* Changed lines of all hunks, as the table has them: "hunks +added -removed" */
struct lines {
	unsigned hunks, added, removed;
};

static unsigned read_count(struct span *s)
{
	uint64_t n = 1;

	(void)span_uint(s, UINT32_MAX, &n);
	n = 1;
	if (span_eat(s, ","))
		(void)span_uint(s, UINT32_MAX, &n);
	return (unsigned)n;
}

static void count_hunk(struct lines *out, struct span *text, unsigned old,
		       unsigned new)
{
	struct span line;

	out->hunks++;
	while ((old > 0 || new > 0) && span_line(text, &line)) {
		char origin = line.p < line.end ? *line.p : ' ';

		out->added += origin == '+';
		out->removed += origin == '-';
		old -= origin != '+' && origin != '\\' && old > 0;
		new -= origin != '-' && origin != '\\' && new > 0;
	}
}

static struct lines count_lines(const struct mail *m)
{
	struct lines out = { 0 };
	struct span text = span_of(m->diff, m->diff_len);
	struct span line;

	while (span_line(&text, &line)) {
		unsigned old, new;

		if (!span_eat(&line, "@@ -"))
			continue;
		old = read_count(&line);
		if (!span_eat(&line, " +"))
			continue;
		new = read_count(&line);
		if (span_starts(line, " @@"))
			count_hunk(&out, &text, old, new);
	}
	return out;
}

/* "files/added/removed" */
static bool is_numstat(const char *numstat, const struct lines *l)
{
	struct span s = span_cstr(numstat);
	uint64_t files, added, removed;

	return span_uint(&s, UINT32_MAX, &files) && span_eat(&s, "/") &&
	       span_uint(&s, UINT32_MAX, &added) && span_eat(&s, "/") &&
	       span_uint(&s, UINT32_MAX, &removed) && added == l->added &&
	       removed == l->removed;
}

static int64_t read_time(const char *date)
{
	AUTO(mem_free) char *bytes = xasprintf("From: a\nDate: %s\n\n", date);
	AUTO(mail_free) struct mail *m = NULL;
	struct err err = ERR_INIT;

	ck_ok(mail_parse(&m, bytes, strlen(bytes), &err), &err);
	return m->date;
}

struct comparison {
	struct count is_patch, author, title, date, lines;
	unsigned peers_differ;
};

/* git gives a nameless author, or one of 60 bytes and more, the address. */
static bool is_author(const struct mail *m, const char *name, const char *addr)
{
	return strcmp(m->author.addr, addr) == 0 &&
	       (strcmp(m->author.name, name) == 0 || strcmp(name, addr) == 0);
}

static void compare_patch(struct comparison *c, const struct corpus_table *t,
			  size_t row, const struct mail *m)
{
	const char *unit = corpus_cell(t, row, "unit");
	const char *file = corpus_cell(t, row, "file");
	const char *author = corpus_cell(t, row, "mi_author");
	const char *title = corpus_cell(t, row, "mi_subject");
	const char *date = corpus_cell(t, row, "mi_date");
	const char *numstat = corpus_cell(t, row, "mi_numstat");
	struct lines l = count_lines(m);

	tally(&c->author, is_author(m, author, corpus_cell(t, row, "mi_email")),
	      strstr(author, " via ") || has_other_author(unit, file), unit,
	      file, m->author.name, author);
	tally(&c->title, strcmp(m->title, title) == 0, false, unit, file,
	      m->title, title);
	tally(&c->date, m->author_time == read_time(date),
	      has_other_author(unit, file), unit, file, "another", date);
	if (*numstat)
		tally(&c->lines, is_numstat(numstat, &l), false, unit, file,
		      "others", numstat);
}

static void compare(struct comparison *c, const struct corpus_table *t,
		    size_t row, const struct mail *m)
{
	const char *git = corpus_cell(t, row, "is_patch_git");
	const char *pw = corpus_cell(t, row, "is_patch_pw");
	const char *b4 = corpus_cell(t, row, "is_patch_b4");
	const char *ours = mail_is_patch(m) ? "1" : "0";

	if (strcmp(git, pw) == 0 && strcmp(git, b4) == 0)
		tally(&c->is_patch, strcmp(ours, git) == 0, false,
		      corpus_cell(t, row, "unit"), corpus_cell(t, row, "file"),
		      ours, git);
	else
		c->peers_differ++;
	if (mail_is_patch(m) && strcmp(corpus_cell(t, row, "mi_rc"), "0") == 0)
		compare_patch(c, t, row, m);
}

/* "003.eml" is the third of its folder; in a mailbox the id has to do. */
static const struct mail *find_mail(const struct corpus_mails *mails,
				    const char *id)
{
	for (size_t i = 0; i < mails->n; i++) {
		if (mails->v[i] && strcmp(mails->v[i]->message_id, id) == 0)
			return mails->v[i];
	}
	return NULL;
}

static size_t end_of_unit(const struct corpus_table *t, size_t row)
{
	const char *unit = corpus_cell(t, row, "unit");

	while (row < t->n && strcmp(corpus_cell(t, row, "unit"), unit) == 0)
		row++;
	return row;
}

START_TEST(patches_are_read_as_the_peers_read_them)
{
	AUTO(corpus_table_release) struct corpus_table t = { 0 };
	struct comparison c = {
		.is_patch.what = "is it a patch",
		.author.what = "author",
		.title.what = "title",
		.date.what = "date",
		.lines.what = "changed lines",
	};
	unsigned not_found = 0;
	size_t end;

	corpus_table_read(&t, "peers_mails.tsv");
	for (size_t row = 1; row < t.n; row = end) {
		AUTO(corpus_mails_release) struct corpus_mails mails = { 0 };

		end = end_of_unit(&t, row);
		corpus_mails_read(&mails, corpus_cell(&t, row, "unit"));
		for (size_t i = row; i < end; i++) {
			const struct mail *m = find_mail(
				&mails, corpus_cell(&t, i, "message_id"));

			if (m)
				compare(&c, &t, i, m);
			else
				not_found++;
		}
	}
	printf("%zu mails, the peers differ on %u, not found %u\n", t.n - 1,
	       c.peers_differ, not_found);
	ck_assert_uint_eq(not_found, 0);
	check_count(&c.is_patch);
	check_count(&c.author);
	check_count(&c.title);
	check_count(&c.date);
	check_count(&c.lines);
}
END_TEST

/* One file, in whatever form; how many mails it has. */
static size_t read_file(const char *path, unsigned *n_refused)
{
	AUTO(buf_release) struct buf bytes = { 0 };
	AUTO(mbox_release) struct mbox box = { 0 };
	struct err err = ERR_INIT;
	size_t n = 0;

	ck_ok(fs_read(&bytes, path, MBOX_MAX_SIZE, &err), &err);
	if (mbox_parse(&box, buf_text(&bytes), bytes.len, &err) < 0)
		return 0;
	for (size_t i = 0; i < box.n; i++) {
		AUTO(mail_free) struct mail *m = NULL;
		struct err why = ERR_INIT;

		if (mail_parse(&m, box.v[i].bytes, box.v[i].len, &why) == 0) {
			n++;
			continue;
		}
		(*n_refused)++;
		ck_assert(why.kind == ERR_INPUT || why.kind == ERR_LIMIT);
	}
	return n;
}

START_TEST(every_file_of_the_corpus_is_a_mail_or_a_clear_error)
{
	AUTO(strings_release) struct strings files = { 0 };
	int64_t start = clock_ms();
	unsigned n_refused = 0;
	size_t n = 0;

	corpus_files(&files, ".");
	for (size_t i = 0; i < files.n; i++)
		n += read_file(files.v[i], &n_refused);
	printf("%zu files: %zu mails in %lld ms, %u are none\n", files.n, n,
	       (long long)(clock_ms() - start), n_refused);
	ck_assert_uint_gt(n, 1000);
}
END_TEST

CORPUS_MAIN("corpus mails", TEST(patches_are_read_as_the_peers_read_them),
	    TEST(every_file_of_the_corpus_is_a_mail_or_a_clear_error))
