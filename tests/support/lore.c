/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/lore.h"

#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "bot/base/argv.h"
#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "parsers/mbox.h"
#include "tests/support/fake.h"

#define FIRST_SECOND 1700000000u /* of the first commit's clock */
#define MAX_STREAM (1u << 30)
#define MAX_MAIL (64u << 20)

bool lore_is_here(void)
{
	AUTO(mem_free) char *httpd = fs_find_program("public-inbox-httpd");

	if (!httpd)
		puts("SKIP: public-inbox is not installed");
	return httpd != NULL;
}

/* Everything public-inbox reads of a user is in @dir. */
static void enter_home(const char *dir)
{
	AUTO(mem_free) char *home = xasprintf("%s/home", dir);
	AUTO(mem_free) char *config = xasprintf("%s/config", dir);

	setenv("HOME", home, 1);
	setenv("PI_CONFIG", config, 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("GIT_DIR");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* What its programs write is wanted only when one of them fails. */
static void send_output_to_log(const char *dir)
{
	AUTO(mem_free) char *path = xasprintf("%s/log", dir);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);

	dup2(fd, 1);
	dup2(fd, 2);
}

/* Run a program to its end with @in as its input; it has to succeed. */
static void run_with(const struct lore *l, const char *const *words,
		     const struct buf *in)
{
	AUTO(fd_close) int fd = memfd_create("in", MFD_CLOEXEC);
	AUTO(mem_free) char *program = fs_find_program(words[0]);
	struct err err = ERR_INIT;
	int status;
	pid_t pid;

	ck_assert_msg(program, "'%s' is not installed", words[0]);
	if (in)
		ck_ok(fs_write_fd(fd, buf_text(in), in->len, "in", &err), &err);
	lseek(fd, 0, SEEK_SET);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		AUTO(argv_release) struct argv argv = ARGV_INIT;

		argv_pushv(&argv, words);
		enter_home(l->dir);
		send_output_to_log(l->dir);
		dup2(fd, 0);
		execv(program, argv.v);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "%s: ended with %x, see %s/log", words[0],
		      status, l->dir);
}

#define RUN(l, in, ...) \
	run_with((l), (const char *const[]){ __VA_ARGS__, NULL }, (in))

static char *inbox(const struct lore *l, const char *list)
{
	return xasprintf("%s/inbox/%s", l->dir, list);
}

/* A mail without a list id goes where it is told. */
static void make_list(struct lore *l, const char *list)
{
	AUTO(mem_free) char *dir = inbox(l, list);
	AUTO(mem_free) char *url = lore_url(l, list);
	AUTO(mem_free) char *address = xasprintf("%s@vger.kernel.org", list);
	AUTO(mem_free) char *id = xasprintf("listid=%s.vger.kernel.org", list);

	RUN(l, NULL, "public-inbox-init", "-V2", "-L", "basic", "-j1", "-c", id,
	    list, dir, url, address);
}

static void set_config(const struct lore *l, const char *key, const char *value)
{
	AUTO(mem_free) char *config = xasprintf("%s/config", l->dir);

	RUN(l, NULL, "git", "config", "-f", config, key, value);
}

void lore_start(struct lore *l, const char *dir, const char *const *lists)
{
	AUTO(mem_free) char *home = xasprintf("%s/lore/home", dir);
	struct err err = ERR_INIT;

	*l = (struct lore){ .dir = xasprintf("%s/lore", dir) };
	fd_close(fake_listen(&l->port));
	l->url = xasprintf("http://127.0.0.1:%u", l->port);
	ck_ok(fs_mkdirs(home, 0755, &err), &err);
	for (; *lists; lists++)
		make_list(l, *lists);
	/* else the manifest has the lists of this very host name alone */
	set_config(l, "publicinbox.grokmanifest", "all");
	set_config(l, "publicinbox.wwwlisting", "all");
	set_config(l, "publicinboxlearn.spamcheck", "none");
	lore_start_server(l);
}

void lore_release(struct lore *l)
{
	lore_stop_server(l);
	free(l->dir);
	free(l->url);
	*l = (struct lore){ 0 };
}

void lore_stop_server(struct lore *l)
{
	if (!l->httpd)
		return;
	kill(l->httpd, SIGKILL);
	waitpid(l->httpd, NULL, 0);
	l->httpd = 0;
}

/* As systemd would start it: the socket listens before the program runs. */
void lore_start_server(struct lore *l)
{
	AUTO(mem_free) char *program = fs_find_program("public-inbox-httpd");
	AUTO(fd_close) int listener = fake_listen(&l->port);

	l->httpd = fork();
	ck_assert_int_ge(l->httpd, 0);
	if (l->httpd == 0) {
		AUTO(mem_free) char *pid = xasprintf("%d", (int)getpid());

		enter_home(l->dir);
		send_output_to_log(l->dir);
		setenv("LISTEN_PID", pid, 1);
		setenv("LISTEN_FDS", "1", 1);
		dup2(listener, 3);
		fcntl(3, F_SETFD, 0);
		execl(program, program, "-W0", (char *)NULL);
		_exit(127);
	}
}

char *lore_url(const struct lore *l, const char *list)
{
	return xasprintf("%s/%s/", l->url, list);
}

char *lore_epoch(const struct lore *l, const char *list, unsigned n)
{
	return xasprintf("%s/inbox/%s/git/%u.git", l->dir, list, n);
}

unsigned lore_epochs(const struct lore *l, const char *list)
{
	unsigned n = 0;

	for (;; n++) {
		AUTO(mem_free) char *dir = lore_epoch(l, list, n);

		if (!fs_is_dir(dir))
			return n;
	}
}

/* A branch's first commit has none before it. */
static bool is_empty(const char *epoch)
{
	AUTO(mem_free) char *loose = xasprintf("%s/refs/heads/master", epoch);
	AUTO(mem_free) char *packed = xasprintf("%s/packed-refs", epoch);

	return !fs_exists(loose) && !fs_exists(packed);
}

/* public-inbox-purge reads no history with an empty log in it. */
static void add_commit(struct buf *stream, struct lore *l, bool is_next,
		       struct lore_mail mail)
{
	buf_addf(stream,
		 "commit refs/heads/master\n"
		 "committer lore <lore@localhost> %u +0000\ndata 5\nmail\n",
		 FIRST_SECOND + l->mails++);
	if (is_next)
		buf_adds(stream, "from refs/heads/master^0\n");
	buf_addf(stream, "M 100644 inline m\ndata %zu\n", mail.len);
	buf_add(stream, mail.bytes, mail.len);
	buf_adds(stream, "\n");
}

static void index_list(const struct lore *l, const char *list)
{
	AUTO(mem_free) char *dir = inbox(l, list);

	RUN(l, NULL, "public-inbox-index", "--no-fsync", dir);
}

void lore_feed(struct lore *l, const char *list, const struct lore_mail *mails,
	       size_t n)
{
	AUTO(buf_release) struct buf stream = { 0 };
	AUTO(mem_free)
	char *epoch = lore_epoch(l, list, lore_epochs(l, list) - 1);
	AUTO(mem_free) char *git_dir = xasprintf("--git-dir=%s", epoch);
	struct err err = ERR_INIT;

	buf_init(&stream, MAX_STREAM);
	for (size_t i = 0; i < n; i++)
		add_commit(&stream, l, i == 0 && !is_empty(epoch), mails[i]);
	ck_ok(buf_check(&stream, "what is fed", &err), &err);
	RUN(l, &stream, "git", git_dir, "fast-import", "--quiet");
	index_list(l, list);
}

void lore_feed_mbox(struct lore *l, const char *list, const char *path)
{
	AUTO(mem_free) struct lore_mail *mails = NULL;
	AUTO(mbox_release) struct mbox box = { 0 };
	AUTO(buf_release) struct buf bytes = { 0 };
	struct err err = ERR_INIT;

	ck_ok(fs_read(&bytes, path, MBOX_MAX_SIZE, &err), &err);
	ck_ok(mbox_parse(&box, buf_text(&bytes), bytes.len, &err), &err);
	mails = xcalloc(box.n, sizeof(*mails));
	for (size_t i = 0; i < box.n; i++)
		mails[i] = (struct lore_mail){ box.v[i].bytes, box.v[i].len };
	lore_feed(l, list, mails, box.n);
}

size_t lore_feed_dir(struct lore *l, const char *list, const char *dir)
{
	AUTO(mem_free) char *pattern = xasprintf("%s/*.eml", dir);
	AUTO(mem_free) struct lore_mail *mails = NULL;
	AUTO(mem_free) struct buf *bytes = NULL;
	struct err err = ERR_INIT;
	size_t n;
	glob_t found;

	ck_assert_msg(glob(pattern, 0, NULL, &found) == 0, "no mails: %s",
		      pattern);
	n = found.gl_pathc;
	mails = xcalloc(n, sizeof(*mails));
	bytes = xcalloc(n, sizeof(*bytes));
	for (size_t i = 0; i < n; i++) {
		ck_ok(fs_read(&bytes[i], found.gl_pathv[i], MAX_MAIL, &err),
		      &err);
		mails[i] =
			(struct lore_mail){ buf_text(&bytes[i]), bytes[i].len };
	}
	lore_feed(l, list, mails, n);
	for (size_t i = 0; i < n; i++)
		buf_release(&bytes[i]);
	globfree(&found);
	return n;
}

static void buf_of(struct buf *out, struct lore_mail mail)
{
	buf_init(out, MAX_MAIL);
	buf_add(out, mail.bytes, mail.len);
}

void lore_deliver(struct lore *l, const char *list, struct lore_mail mail)
{
	AUTO(mem_free)
	char *to = xasprintf("ORIGINAL_RECIPIENT=%s@vger.kernel.org", list);
	AUTO(buf_release) struct buf bytes = { 0 };

	set_config(l, "publicinboxmda.spamcheck", "none");
	buf_of(&bytes, mail);
	RUN(l, &bytes, "env", to, "public-inbox-mda");
}

void lore_remove(struct lore *l, const char *list, struct lore_mail mail)
{
	AUTO(buf_release) struct buf bytes = { 0 };

	buf_of(&bytes, mail);
	RUN(l, &bytes, "public-inbox-learn", "rm");
	index_list(l, list);
}

void lore_purge(struct lore *l, const char *list, struct lore_mail mail)
{
	AUTO(mem_free) char *dir = inbox(l, list);
	AUTO(buf_release) struct buf bytes = { 0 };

	buf_of(&bytes, mail);
	RUN(l, &bytes, "public-inbox-purge", dir);
}

void lore_roll(struct lore *l, const char *list)
{
	AUTO(mem_free) char *epoch = lore_epoch(l, list, lore_epochs(l, list));
	AUTO(mem_free) char *git_dir = xasprintf("--git-dir=%s", epoch);

	RUN(l, NULL, "git", "init", "-q", "--bare", "-b", "master", epoch);
	RUN(l, NULL, "git", git_dir, "config", "include.path",
	    "../../all.git/config");
}
