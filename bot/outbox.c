/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outbox.c - mails of ours that wait: a person looks, agrees, drops, changes
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sys/wait.h>
#include <time.h>

#include "bot/base/fs.h"
#include "bot/base/sink.h"
#include "bot/base/span.h"
#include "bot/bases.h"
#include "bot/command.h"
#include "bot/mail/message.h"
#include "bot/person.h"
#include "bot/posting.h"
#include "bot/sender.h"
#include "bot/store/mails.h"
#include "parsers/mail.h"

static const char usage[] =
	"usage: collider outbox [OPTION]... [list]\n"
	"       collider outbox show|approve|edit MAIL\n"
	"       collider outbox reject MAIL --why TEXT\n"
	"       collider outbox send [--dry-run]\n"
	"\n"
	"The mails that collider has written. MAIL is the number of one, or "
	"its\n"
	"Message-ID. Each is a file of the Maildir outbox/ of the state "
	"folder, "
	"too.\n"
	"\n"
	"  list     those that wait; with --all, what became of the others, "
	"too\n"
	"  show     the mail, to whom it would go and what happened to it\n"
	"  approve  it may be sent; also one that failed, or of which nobody\n"
	"           knows whether it was sent\n"
	"  reject   it is not to be sent; --why is kept\n"
	"  edit     change it in $EDITOR; it is checked again\n"
	"  send     send what is approved and due\n"
	"\n"
	"  --all          with list: those that are sent or rejected, too\n"
	"  --why TEXT     the reason\n"
	"  --dry-run      say what would be sent to whom, and send nothing\n"
	"  --config FILE  in place of config/collider.conf\n"
	"  --help         show this\n"
	"\n"
	"Exit code: 0; 2 when there is no such mail, or it cannot be done; 64 "
	"usage\n"
	"or configuration.\n";

struct request {
	const char *verb;
	const char *mail;
	const char *why;
	const char *config_path;
	bool all;
	bool dry_run;
};

struct work {
	const struct request *want;
	struct config *config;
	struct store *store;
	struct outbox_row row; /* of the mail, when one is named */
};

static void work_release(struct work *w)
{
	config_free(w->config);
	store_free(w->store);
	outbox_row_release(&w->row);
}
DEFINE_AUTO_VALUE(struct work, work_release)

/* ---- looking ---- */

static void print_row(const struct outbox_row *row)
{
	printf("%5lld  %-9s %-10s ", (long long)row->id,
	       outbox_state_name(row->state), row->kind);
	command_print_time(row->created);
	printf("  ");
	command_print(row->verdict);
	printf(" to ");
	command_print(*row->recipients ? row->recipients : "nobody");
	putchar('\n');
	if (row->why) {
		printf("       ");
		command_print(row->why);
		putchar('\n');
	}
}

static bool is_over(const struct outbox_row *row)
{
	return row->state == OUTBOX_SENT || row->state == OUTBOX_REJECTED;
}

static int list_mails(struct work *w, struct err *err)
{
	AUTO(outbox_list_release) struct outbox_list list = { 0 };
	size_t n = 0;

	if (outbox_all(&list, w->store, 0, err) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++) {
		if (!w->want->all && is_over(&list.v[i]))
			continue;
		print_row(&list.v[i]);
		n++;
	}
	if (n == 0)
		puts(w->want->all ? "no mail was written yet"
				  : "no mail waits");
	return 0;
}

static int print_history(struct work *w, struct err *err)
{
	AUTO(outbox_events_release) struct outbox_events events = { 0 };

	if (outbox_history(&events, w->store, w->row.id, err) < 0)
		return -1;
	for (size_t i = 0; i < events.n; i++) {
		const struct outbox_event *e = &events.v[i];

		printf("       ");
		command_print_time(e->at);
		printf("  %s -> %s by ", outbox_state_name(e->from),
		       outbox_state_name(e->to));
		command_print(e->who);
		if (e->why) {
			fputs(": ", stdout);
			command_print(e->why);
		}
		putchar('\n');
	}
	return 0;
}

/* That the list has it is the one proof that it went out. */
static int print_seen(struct work *w, struct err *err)
{
	AUTO(mails_row_release) struct mails_row mail = { 0 };
	bool found;

	if (mails_find(&found, &mail, w->store, w->row.message_id, err) < 0)
		return -1;
	if (found)
		printf("       seen on %s\n", mail.list);
	return 0;
}

static int show_mail(struct work *w, struct err *err)
{
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(buf_release) struct buf shown = { 0 };

	print_row(&w->row);
	if (print_history(w, err) < 0 || print_seen(w, err) < 0 ||
	    posting_read(&mail, w->config, &w->row, err) < 0)
		return -1;
	buf_init(&shown, 4 * MESSAGE_MAX_BYTES);
	sink_text(&shown, buf_text(&mail), mail.len);
	printf("\n%s", buf_text(&shown));
	return 0;
}

/* ---- deciding ---- */

/* One that is for nobody cannot be agreed to: the policy is mute. */
static int approve_mail(struct work *w, struct err *err)
{
	AUTO(buf_release) struct buf mail = { 0 };

	if (!*w->row.recipients)
		return err_set(err, ERR_INPUT, "mail %lld is for nobody: %s",
			       (long long)w->row.id,
			       w->row.why ? w->row.why : "the policy is mute");
	if (posting_read(&mail, w->config, &w->row, err) < 0)
		return -1;
	if (w->row.state == OUTBOX_FAILED &&
	    person_move_mail(&w->row, w->store, OUTBOX_HELD, w->want->why,
			     err) < 0)
		return -1;
	if (person_move_mail(&w->row, w->store, OUTBOX_APPROVED, w->want->why,
			     err) < 0)
		return -1;
	printf("mail %lld is approved: it is sent by `collider run`, or by "
	       "`collider outbox send`\n",
	       (long long)w->row.id);
	return 0;
}

static int reject_mail(struct work *w, struct err *err)
{
	if (!w->want->why)
		return err_set(err, ERR_CONFIG, "say --why");
	if (person_move_mail(&w->row, w->store, OUTBOX_REJECTED, w->want->why,
			     err) < 0)
		return -1;
	printf("mail %lld is rejected\n", (long long)w->row.id);
	return 0;
}

/* ---- editing ---- */

static int run_editor(const char *path, struct err *err)
{
	const char *editor =
		getenv("VISUAL") ? getenv("VISUAL") : getenv("EDITOR");
	AUTO(mem_free)
	char *command = xasprintf("%s \"$1\"", editor ? editor : "editor");
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return err_sys(err, ERR_SYSTEM, "cannot start the editor");
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", command, "sh", path, NULL);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		return err_set(err, ERR_INPUT,
			       "the editor failed; nothing was changed");
	return 0;
}

static void add_persons(struct strings *out, const struct mail_persons *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (*list->v[i].addr && !strings_has(out, list->v[i].addr))
			strings_push(out, list->v[i].addr);
}

/* What makes it this mail has to stay as it was. */
static int check_edited(char **recipients_out, struct work *w,
			const struct buf *mail, struct err *err)
{
	AUTO(strings_release) struct strings to = { 0 };
	AUTO(mail_free) struct mail *m = NULL;
	struct span rest = span_of(buf_text(mail), mail->len), line;

	while (span_line(&rest, &line))
		if (span_len(line) > 998)
			return err_set(err, ERR_INPUT,
				       "a line of %zu bytes (RFC 5322 2.1.1)",
				       span_len(line));
	if (mail_parse(&m, buf_text(mail), mail->len, err) < 0)
		return err_wrap(err, "the edited mail");
	if (strcmp(m->message_id, w->row.message_id) != 0)
		return err_set(err, ERR_INPUT, "its Message-ID was changed");
	if (!*m->in_reply_to && strcmp(w->row.kind, "copy") != 0)
		return err_set(err, ERR_INPUT, "it answers nothing any more");
	add_persons(&to, &m->to);
	add_persons(&to, &m->cc);
	*recipients_out = outbox_make_recipients(&to, NULL);
	return 0;
}

/* Nobody can agree to it while it is written: the transaction has begun. */
static int store_edited(struct work *w, const struct buf *mail,
			const char *recipients, struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	bool moved;

	if (store_begin(&txn, w->store, err) < 0 ||
	    outbox_set_recipients(&moved, &txn, w->row.id, recipients, err) < 0)
		return -1;
	if (!moved)
		return err_set(err, ERR_RETRY,
			       "somebody else has moved mail %lld meanwhile",
			       (long long)w->row.id);
	if (posting_write(w->config, w->row.message_id, mail, err) < 0)
		return -1;
	return store_commit(&txn, err);
}

/* What was approved is held again: somebody has to agree to what it is now. */
static int edit_mail(struct work *w, struct err *err)
{
	char path[] = "/tmp/collider-mail-XXXXXX";
	AUTO(fd_close) int fd = -1;
	AUTO(buf_release) struct buf before = { 0 };
	AUTO(buf_release) struct buf after = { 0 };
	AUTO(mem_free) char *recipients = NULL;
	int rc;

	if (posting_read(&before, w->config, &w->row, err) < 0)
		return -1;
	if (w->row.state != OUTBOX_HELD &&
	    person_move_mail(&w->row, w->store, OUTBOX_HELD, "it is edited",
			     err) < 0)
		return -1;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, ERR_SYSTEM, "cannot make '%s'", path);
	rc = fs_write_fd(fd, buf_text(&before), before.len, path, err);
	if (rc == 0)
		rc = run_editor(path, err);
	if (rc == 0)
		rc = fs_read(&after, path, MESSAGE_MAX_BYTES, err);
	unlink(path);
	if (rc < 0 || check_edited(&recipients, w, &after, err) < 0 ||
	    store_edited(w, &after, recipients, err) < 0)
		return -1;
	printf("mail %lld is held: approve it when it is right\n",
	       (long long)w->row.id);
	return 0;
}

/* ---- sending ---- */

static int send_mails(struct work *w, struct err *err)
{
	AUTO(mem_free) char *secret = NULL;
	struct sender_counts n;
	int rc;

	if (sender_read_secret(&secret, err) < 0)
		return -1;
	rc = sender_run(&n,
			&(struct sender_spec){ .config = w->config,
					       .store = w->store,
					       .secret = secret,
					       .progress = stdout,
					       .dry_run = w->want->dry_run,
					       .now = time(NULL) },
			err);
	printf("%zu sent, %zu later, %zu failed, %zu unknown, %zu held, %zu "
	       "waiting for another day\n",
	       n.sent, n.later, n.failed, n.unknown, n.held, n.waiting);
	return rc;
}

/* ---- words ---- */

static const struct {
	const char *name;
	bool needs_mail;
	int (*run)(struct work *w, struct err *err);
} verbs[] = {
	{ "list", false, list_mails },	   { "show", true, show_mail },
	{ "approve", true, approve_mail }, { "reject", true, reject_mail },
	{ "edit", true, edit_mail },	   { "send", false, send_mails },
};

static int run(const struct request *r, size_t verb, struct err *err)
{
	AUTO(work_release) struct work w = { .want = r };

	if (config_load(&w.config, r->config_path, err) < 0 ||
	    bases_open_store(&w.store, w.config, err) < 0)
		return -1;
	if (verbs[verb].needs_mail &&
	    person_find_mail(&w.row, w.store, r->mail, err) < 0)
		return -1;
	return verbs[verb].run(&w, err);
}

static void take_option(struct request *r, int option)
{
	switch (option) {
	case 'a':
		r->all = true;
		break;
	case 'w':
		r->why = optarg;
		break;
	case 'n':
		r->dry_run = true;
		break;
	case 'c':
		r->config_path = optarg;
		break;
	}
}

static int take_words(struct request *r, size_t *verb, int argc, char **argv)
{
	r->verb = optind < argc ? argv[optind++] : "list";
	for (*verb = 0; *verb < ARRAY_LEN(verbs); ++*verb)
		if (strcmp(verbs[*verb].name, r->verb) == 0)
			break;
	if (*verb == ARRAY_LEN(verbs))
		return command_misused("outbox", "no word '%.40s'", r->verb);
	if (verbs[*verb].needs_mail && optind < argc)
		r->mail = argv[optind++];
	if (verbs[*verb].needs_mail != (r->mail != NULL) || optind < argc)
		return command_misused(
			"outbox", "'%s' wants %s", r->verb,
			verbs[*verb].needs_mail ? "one mail" : "nothing more");
	return EXIT_BETTER_OR_SAME;
}

int outbox_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, 'a' },
		{ "why", required_argument, NULL, 'w' },
		{ "dry-run", no_argument, NULL, 'n' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct request r = { 0 };
	struct err err = ERR_INIT;
	size_t verb;
	int c, end;

	while ((c = command_option(&end, usage, argc, argv, options)) > 0) {
		take_option(&r, c);
	}
	if (c < 0)
		return end;
	c = take_words(&r, &verb, argc, argv);
	if (c != EXIT_BETTER_OR_SAME)
		return c;
	if (run(&r, verb, &err) < 0)
		return command_failed("outbox", &err);
	return EXIT_BETTER_OR_SAME;
}
