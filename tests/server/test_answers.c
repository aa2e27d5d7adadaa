/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is ordered in answer to a mail of ours, by whom, and what comes of it:
 * the real `collider run`, mails signed with keys made for the test, and a mail
 * server that keeps what it takes. The verdict is that a series does not apply,
 * which needs no kernel.
 */
#include "bot/base/fs.h"
#include "bot/store/answers.h"
#include "bot/store/attempts.h"
#include "bot/store/outbox.h"
#include "bot/store/revisions.h"
#include "tests/support/rude.h"
#include "tests/support/run.h"
#include "tests/support/scene.h"
#include "tests/support/served.h"
#include "tests/support/signer.h"

#define MAX_MAIL 16384
#define ADA "Ada <ada@x.org>"
#define AUTHOR "\tpolicy = author\n\thold = never\n"

static const struct rude_deed polite[] = { { NULL } };
static const char *const domains[] = { "x.org", "m.org", "z.org" };

struct talk {
	struct scene scene;
	struct served served;
	struct rude rude;
	struct signer signer;
	char *letters; /* of the mail server */
	char *keys;    /* a file */
};

static void write_keys(const struct talk *t)
{
	AUTO(buf_release) struct buf keys = { 0 };
	struct err err = ERR_INIT;

	buf_init(&keys, MAX_MAIL);
	for (size_t i = 0; i < ARRAY_LEN(domains); i++)
		signer_add_key(&keys, &t->signer, domains[i]);
	ck_ok(fs_write(t->keys, buf_text(&keys), keys.len, &err), &err);
}

/* @list stands in the list's section, @mail in that of [mail]. */
static void configure(struct talk *t, const char *list, const char *mail)
{
	AUTO(mem_free)
	char *text = xasprintf("%s\twait = 0 s\n"
			       "[list \"a-list\"]\n\taddress = a-list@x\n"
			       "\ttell = does-not-apply\n%s"
			       "[mail]\n\tfrom = collider <bot@y.org>\n"
			       "\tdomain = y.org\n\tdkimKeys = %s\n%s",
			       t->scene.config, list, t->keys, mail);

	served_configure(&t->served, text);
}

/* As configure, with the mail server. */
static void serve(struct talk *t, const char *list, const char *mail)
{
	AUTO(mem_free)
	char *all = xasprintf("\tserver = %s\n%s", t->rude.url, mail);

	configure(t, list, all);
}

static void set_up(struct talk *t, const char *list, const char *mail)
{
	scene_init(&t->scene);
	served_init(&t->served, "");
	signer_init(&t->signer);
	t->letters = support_tmpdir();
	t->keys = xasprintf("%s/keys", t->served.dir);
	rude_start(&t->rude, t->letters, polite);
	write_keys(t);
	serve(t, list, mail);
}

static void talk_release(struct talk *t)
{
	struct err err = ERR_INIT;

	rude_release(&t->rude);
	served_release(&t->served);
	scene_release(&t->scene);
	signer_release(&t->signer);
	ck_ok(fs_remove_tree(t->letters, &err), &err);
	free(t->letters);
	free(t->keys);
}
DEFINE_AUTO_VALUE(struct talk, talk_release)

static void run_once(struct talk *t)
{
	served_start(&t->served, "--once");
	served_end(&t->served, 0, 0);
}

/* Of another file something else is told than was told of v1. */
static const char *file_of(const char *line)
{
	return strcmp(line, "elsewhere") == 0 ? "fs/iomap/buffered-io.c" : NULL;
}

/* A patch of Ada's that does not apply; @answers may be NULL. */
static void post(struct talk *t, const char *id, const char *subject,
		 const char *line, const char *answers)
{
	scene_post(&t->scene, &(struct scene_patch){ .id = id,
						     .subject = subject,
						     .from = ADA,
						     .line = line,
						     .answers = answers,
						     .file = file_of(line) });
	scene_publish(&t->scene);
	run_once(t);
}

/* The report on it is sent. */
static void begin(struct talk *t, const char *list, const char *mail)
{
	set_up(t, list, mail);
	post(t, "1@x.org", "[PATCH] iomap: no such line", "four", NULL);
}

/* An answer to the mail @to of the outbox. */
struct reply {
	const char *id;	    /* NULL: "r@x.org" */
	const char *from;   /* NULL: Ada */
	const char *header; /* one more line; or NULL */
	const char *text;
	const char *signer; /* NULL: the domain of From:; "": nobody */
	const char *fields; /* as struct signer_how has it */
	bool leaves_end;
	const char *after; /* put behind what was signed */
	int64_t to;	   /* 0: the first one */
	bool is_copied;	   /* and comes once more, as "c@x.org" */
};

static char *id_of(const struct talk *t, int64_t mail)
{
	AUTO(store_free) struct store *store = served_store(&t->served);
	AUTO(outbox_row_release) struct outbox_row row = { 0 };
	struct err err = ERR_INIT;
	bool found;

	ck_ok(outbox_find(&found, &row, store, mail ? mail : 1, &err), &err);
	ck_assert_msg(found, "no mail %d", (int)mail);
	return TAKE(row.message_id);
}

static const char *domain_of(const struct reply *r)
{
	return r->signer ? r->signer : "x.org";
}

static void put(struct talk *t, const struct reply *r)
{
	AUTO(mem_free) char *to = id_of(t, r->to);
	AUTO(mem_free)
	char *text =
		xasprintf("From: %s\nTo: collider <bot@y.org>\n"
			  "Subject: Re: [PATCH] iomap: no such line\n"
			  "Date: Fri, 2 Jan 2026 00:00:00 +0000\n"
			  "Message-ID: <%s>\nIn-Reply-To: <%s>\n"
			  "References: <1@x.org> <%s>\n%s\n%s",
			  r->from ? r->from : ADA, r->id ? r->id : "r@x.org",
			  to, to, r->header ? r->header : "", r->text);
	AUTO(buf_release) struct buf mail = { 0 };

	if (*domain_of(r)) {
		signer_sign(&mail, &t->signer,
			    &(struct signer_how){ .domain = domain_of(r),
						  .fields = r->fields,
						  .leaves_end = r->leaves_end },
			    text);
	} else {
		buf_init(&mail, MAX_MAIL);
		buf_adds(&mail, text);
	}
	if (r->after)
		buf_adds(&mail, r->after);
	epoch_add(&t->scene.epoch, "m", buf_text(&mail), mail.len);
	if (r->is_copied) {
		memcpy(strstr(mail.data, "<r@x.org>"), "<c", 2);
		epoch_add(&t->scene.epoch, "m", mail.data, mail.len);
	}
	scene_publish(&t->scene);
}

static void answer(struct talk *t, const struct reply *r)
{
	put(t, r);
	run_once(t);
}

/* What came of the newest order; NULL: none was kept. */
static void expect_order(const struct talk *t, const char *verb, bool is_obeyed,
			 const char *outcome)
{
	AUTO(store_free) struct store *store = served_store(&t->served);
	AUTO(answers_orders_release) struct answers_orders all = { 0 };
	struct err err = ERR_INIT;

	ck_ok(answers_get_orders(&all, store, 0, 100, &err), &err);
	if (!verb) {
		ck_assert_uint_eq(all.n, 0);
		return;
	}
	ck_assert_uint_ge(all.n, 1);
	ck_assert_str_eq(all.v[0].verb, verb);
	ck_assert_msg(all.v[0].is_obeyed == is_obeyed &&
			      strstr(all.v[0].outcome, outcome),
		      "it says '%s'", all.v[0].outcome);
}

/* Why the newest answer was put away. */
static void expect_put_away(const struct talk *t, const char *why)
{
	AUTO(store_free) struct store *store = served_store(&t->served);
	AUTO(answers_list_release) struct answers_list all = { 0 };
	struct err err = ERR_INIT;

	ck_ok(answers_all(&all, store, 10, &err), &err);
	ck_assert_uint_ge(all.n, 1);
	ck_assert_msg(all.v[0].why && strstr(all.v[0].why, why), "it says '%s'",
		      all.v[0].why ? all.v[0].why : "");
}

/* ---- stop ---- */

START_TEST(stop_holds_for_the_next_version)
{
	AUTO(talk_release) struct talk t = { 0 };

	begin(&t, AUTHOR, "");
	ck_assert_uint_eq(rude_count(&t.rude), 1);
	answer(&t, &(struct reply){ .text = "Thanks.\n\n#collider stop\n" });
	expect_order(&t, "stop", true, "no more mails");
	ck_assert_uint_eq(rude_count(&t.rude), 1);
	post(&t, "2@x.org", "[PATCH v2] iomap: no such line", "elsewhere",
	     "1@x.org");
	ck_assert_uint_eq(rude_count(&t.rude), 1);
}
END_TEST

START_TEST(without_an_order_the_next_version_is_told)
{
	AUTO(talk_release) struct talk t = { 0 };

	begin(&t, AUTHOR, "");
	answer(&t, &(struct reply){ .text = "Thanks, but\n"
					    "> #collider stop\nno.\n" });
	expect_order(&t, NULL, false, "");
	expect_put_away(&t, "it orders nothing");
	post(&t, "2@x.org", "[PATCH v2] iomap: no such line", "elsewhere",
	     "1@x.org");
	ck_assert_uint_eq(rude_count(&t.rude), 2);
}
END_TEST

/* ---- unrelated, known ---- */

static const char *const unrelated[] = {
	"#collider unrelated that is another tree\n",
	"#collider known https://example.org/1\n",
};

/* In the report on a review by hand; lines are broken. */
static const char *const said_of_it[] = {
	"unrelated: that is another tree\n",
	"known, at https://example.org/1\n",
};

START_TEST(what_is_unrelated_is_not_told_of_the_next_version)
{
	AUTO(talk_release) struct talk t = { 0 };

	begin(&t, AUTHOR, "");
	answer(&t, &(struct reply){ .text = unrelated[_i] });
	expect_order(&t, _i ? "known" : "unrelated", true, "1 finding is");
	post(&t, "2@x.org", "[PATCH v2] iomap: no such line", "five",
	     "1@x.org");
	post(&t, "3@x.org", "[PATCH v2 RESEND] iomap: no such line", "six",
	     NULL);
	ck_assert_uint_eq(rude_count(&t.rude), 1);
	/* of another series it is */
	post(&t, "4@x.org", "[PATCH] iomap: another line", "seven", NULL);
	ck_assert_uint_eq(rude_count(&t.rude), 2);
}
END_TEST

/* Who asks at a terminal wants to know what is there, and what is said of it. */
START_TEST(a_review_by_hand_shows_what_was_said_and_hides_nothing)
{
	AUTO(talk_release) struct talk t = { 0 };
	AUTO(run_release) struct run r = { 0 };
	AUTO(mem_free) char *line = NULL;

	begin(&t, AUTHOR, "");
	answer(&t, &(struct reply){ .text = unrelated[_i] });
	line = xasprintf("COLLIDER_STATE='%s' $collider review --config '%s' "
			 "'<1@x.org>'",
			 t.served.state, t.served.conf);
	run_shell(&r, line);
	ck_assert_msg(r.exit_code == 2, RUN_SAID(&r));
	run_expect_text(&r.out, "does not apply");
	run_expect_text(&r.out, "said of it before:\n");
	run_expect_text(&r.out, said_of_it[_i]);
}
END_TEST

/* ---- who may not ---- */

static const struct {
	struct reply reply;
	const char *why; /* it is put away; NULL: refused with the order */
} strangers[] = {
	{ { .signer = "" }, "it is not signed" },
	{ { .signer = "z.org" }, "another domain" },
	{ { .signer = "x.org", .from = "Eve <eve@z.org>" }, "another domain" },
	{ { .leaves_end = true }, "(l=)" },
	{ { .leaves_end = true, .after = "#collider rerun\n" }, "(l=)" },
	{ { .after = "#collider rerun\n" }, "verification failed" },
	{ { .fields = "from,subject" }, "leaves open what it answers" },
	{ { .signer = "z.org", .from = "Eve <eve@z.org>" }, NULL },
	{ { .header = "Auto-Submitted: auto-replied\n" }, "a program" },
	{ { .header = "Precedence: bulk\n" }, "nobody is to answer" },
	{ { .header = "Return-Path: <>\n" }, "a bounce" },
	{ { .header = "Content-Type: multipart/report; boundary=x\n" },
	  "it orders nothing" },
	{ { .from = "MAILER-DAEMON@x.org" }, "a bounce" },
	{ { .from = "robot+1@x.org" }, "a robot" },
	{ { .from = "collider <bot@y.org>", .signer = "" }, "our own" },
};

START_TEST(nobody_else_orders_anything_nor_gets_a_word)
{
	AUTO(talk_release) struct talk t = { 0 };
	struct reply r = strangers[_i].reply;

	begin(&t, AUTHOR, "\trobots = robot@x.org\n");
	r.text = "#collider stop\n";
	answer(&t, &r);
	if (strangers[_i].why) {
		expect_order(&t, NULL, false, "");
		expect_put_away(&t, strangers[_i].why);
	} else {
		expect_order(&t, "stop", false, "only the author");
	}
	post(&t, "2@x.org", "[PATCH v2] iomap: no such line", "elsewhere",
	     "1@x.org");
	ck_assert_uint_eq(rude_count(&t.rude), 2);
}
END_TEST

START_TEST(a_mail_that_comes_again_under_another_id_is_obeyed_once)
{
	AUTO(talk_release) struct talk t = { 0 };
	AUTO(store_free) struct store *store = NULL;
	AUTO(answers_orders_release) struct answers_orders all = { 0 };
	struct err err = ERR_INIT;

	begin(&t, AUTHOR, "");
	answer(&t, &(struct reply){ .text = "#collider rerun\n",
				    .fields = "from,in-reply-to,references",
				    .is_copied = true });
	expect_order(&t, "rerun", true, "once more");
	store = served_store(&t.served);
	ck_ok(answers_get_orders(&all, store, 0, 100, &err), &err);
	ck_assert_uint_eq(all.n, 1);
}
END_TEST

/* ---- once more, and on another base ---- */

/* What @command says, without its last newline; to be freed. */
static char *ask(const char *command, const char *word)
{
	AUTO(mem_free) char *line = xasprintf("%s '%s'", command, word);
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, line);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	return xstrndup(buf_text(&r.out), r.out.len ? r.out.len - 1 : 0);
}

/* How the one try of the series came by its base. */
static void expect_attempt(const struct talk *t, const char *how)
{
	AUTO(store_free) struct store *store = served_store(&t->served);
	AUTO(attempts_release) struct attempts all = { 0 };
	struct err err = ERR_INIT;

	ck_ok(attempts_get(&all, store, 1, &err), &err);
	ck_assert_uint_eq(all.n, 1);
	ck_assert_str_eq(all.v[0].tree, "t");
	ck_assert_str_eq(all.v[0].how, how);
}

START_TEST(a_rerun_keeps_the_old_result_and_tells_the_same_once)
{
	AUTO(talk_release) struct talk t = { 0 };
	AUTO(mem_free) char *results = NULL;
	AUTO(mem_free) char *files = NULL;

	begin(&t, AUTHOR, "");
	answer(&t, &(struct reply){ .text = "#collider rerun\n" });
	expect_order(&t, "rerun", true, "it is tried once more");
	results = xasprintf("%s/results", t.served.state);
	files = ask("ls", results);
	ck_assert_msg(strstr(files, "1.json\n1.json.before-"), "%s", files);
	ck_assert_uint_eq(rude_count(&t.rude), 1);
}
END_TEST

START_TEST(a_series_is_placed_on_the_base_that_is_named_until_a_rerun)
{
	AUTO(talk_release) struct talk t = { 0 };
	AUTO(mem_free) char *commit = NULL;
	AUTO(mem_free) char *order = NULL;

	begin(&t, AUTHOR, "");
	expect_attempt(&t, "tip");
	commit = ask("f() { git -C \"$1\" rev-parse --short=10 HEAD; }; f",
		     t.scene.tree);
	order = xasprintf("#collider base %s\n", commit);
	answer(&t, &(struct reply){ .id = "1r@x.org", .text = order });
	expect_order(&t, "base", true, commit);
	expect_attempt(&t, "--base");
	answer(&t, &(struct reply){ .id = "2r@x.org",
				    .text = "#collider base t\n" });
	expect_order(&t, "base", true, "it is tried on t");
	expect_attempt(&t, "tip");
	answer(&t, &(struct reply){ .id = "3r@x.org", .text = order });
	expect_attempt(&t, "--base");
	answer(&t, &(struct reply){ .id = "4r@x.org",
				    .text = "#collider rerun\n" });
	expect_attempt(&t, "tip");
	ck_assert_uint_eq(rude_count(&t.rude), 1);
}
END_TEST

/* ---- what is answered ---- */

static void expect_mail(const struct talk *t, unsigned n, const char *part)
{
	AUTO(mem_free) char *mail = rude_mail(&t->rude, n);

	ck_assert_msg(strstr(mail, part), "no '%s' in\n%s", part, mail);
}

START_TEST(an_order_that_fails_is_answered_once_and_help_too)
{
	AUTO(talk_release) struct talk t = { 0 };

	begin(&t, AUTHOR, "");
	answer(&t, &(struct reply){ .id = "1r@x.org",
				    .text = "#collider base nowhere\n" });
	expect_order(&t, "base", false, "the trees are: t");
	ck_assert_uint_eq(rude_count(&t.rude), 2);
	expect_mail(&t, 2, "In-Reply-To: <1r@x.org>\r\n");
	expect_mail(&t, 2, "To: ada@x.org\r\n");
	expect_mail(&t, 2, "Auto-Submitted: auto-replied\r\n");
	expect_mail(&t, 2,
		    "> #collider base nowhere\r\n  'nowhere' is neither");
	answer(&t,
	       &(struct reply){ .id = "2r@x.org", .text = "#collider fly\n" });
	expect_order(&t, "?", false, "no order 'fly'");
	ck_assert_uint_eq(rude_count(&t.rude), 2);
	answer(&t,
	       &(struct reply){ .id = "3r@x.org", .text = "#collider help\n" });
	ck_assert_uint_eq(rude_count(&t.rude), 3);
	expect_mail(&t, 3, "  #collider unrelated [WORDS]");
	/* nor is anybody told in answer to that */
	answer(&t, &(struct reply){ .id = "4r@x.org",
				    .to = 3,
				    .text = "#collider test\n" });
	expect_order(&t, "test", false, "there is no patch below it");
	ck_assert_uint_eq(rude_count(&t.rude), 3);
}
END_TEST

#define PATCH                                \
	"#collider test\n\n"                 \
	"diff --git a/fs/iomap/direct-io.c " \
	"b/fs/iomap/direct-io.c\n"           \
	"--- a/fs/iomap/direct-io.c\n"       \
	"+++ b/fs/iomap/direct-io.c\n"       \
	"@@ -1,3 +1,3 @@\n one\n-two\n+two more\n three\n"

START_TEST(a_patch_is_tried_on_top_and_its_writer_alone_is_told)
{
	AUTO(talk_release) struct talk t = { 0 };

	begin(&t, AUTHOR, "");
	answer(&t, &(struct reply){ .id = "1r@x.org", .text = PATCH });
	expect_order(&t, "test", true, "on top, as revision 2");
	ck_assert_uint_eq(rude_count(&t.rude), 2);
	expect_mail(&t, 2, "To: ada@x.org\r\n");
	expect_mail(&t, 2, "In-Reply-To: <1r@x.org>\r\n");
	expect_mail(&t, 2, "With your patch on top of the series:");
	/* the series itself is as it was, and a later mail changes nothing */
	post(&t, "9@x.org", "[PATCH v2] iomap: no such line", "elsewhere",
	     "1@x.org");
	ck_assert_uint_eq(rude_count(&t.rude), 3);
	expect_mail(&t, 3, "In-Reply-To: <9@x.org>\r\n");
	answer(&t, &(struct reply){ .id = "2r@x.org", .text = PATCH });
	expect_order(&t, "test", false, "a newer version");
}
END_TEST

/* Who is told that his order failed; what waits then. */
static const struct {
	const char *list, *mail;
	unsigned sent; /* mails, the report among them */
	bool is_held;  /* the answer is, for a person */
} policies[] = {
	{ "\tpolicy = author\n\thold = never\n", "", 2, false },
	{ "\tpolicy = list\n\thold = never\n", "", 2, false },
	{ "\tpolicy = author\n\thold = always\n", "", 1, true },
	{ "\tpolicy = mute\n\thold = never\n", "", 1, false },
	{ "\tpolicy = author\n\thold = never\n", "\tnever = ada@x.org\n", 1,
	  false },
	{ "\tpolicy = author\n\thold = never\n", "\tnever = @x.org\n", 1,
	  false },
	{ "\tpolicy = author\n\thold = never\n\tdailyMax = 1\n", "", 1, false },
};

START_TEST(an_answer_goes_by_the_policy_of_its_list)
{
	AUTO(talk_release) struct talk t = { 0 };
	AUTO(store_free) struct store *store = NULL;
	AUTO(outbox_list_release) struct outbox_list held = { 0 };
	struct err err = ERR_INIT;

	begin(&t, AUTHOR, "");
	serve(&t, policies[_i].list, policies[_i].mail);
	answer(&t, &(struct reply){ .text = "#collider base nowhere\n" });
	expect_order(&t, "base", false, "the trees are: t");
	ck_assert_uint_eq(rude_count(&t.rude), policies[_i].sent);
	store = served_store(&t.served);
	ck_ok(outbox_in(&held, store, OUTBOX_HELD, &err), &err);
	ck_assert_uint_eq(held.n, policies[_i].is_held);
	if (held.n)
		ck_assert_str_eq(held.v[0].recipients, "ada@x.org");
}
END_TEST

/* ---- who maintains it ---- */

START_TEST(who_maintains_what_it_touches_may_and_is_not_told)
{
	AUTO(talk_release) struct talk t = { 0 };
	AUTO(mem_free) char *unused = NULL;

	begin(&t, AUTHOR, "");
	unused = ask("f() { cd \"$1\" && printf "
		     "'IOMAP\\nM:\\tMo <mo@m.org>\\nF:\\tfs/iomap/\\n'"
		     " >MAINTAINERS && git add . && git -c user.name=A"
		     " -c user.email=a@x commit -q -m maintainers; }; f",
		     t.scene.tree);
	answer(&t, &(struct reply){ .id = "1r@m.org",
				    .signer = "m.org",
				    .from = "Mo <mo@m.org>",
				    .text = "#collider stop\n" });
	expect_order(&t, "stop", false, "only the author");
	/* its base was the one before; by a rerun it is the new one */
	answer(&t, &(struct reply){ .id = "1r@x.org",
				    .text = "#collider rerun\n" });
	answer(&t, &(struct reply){ .id = "2r@m.org",
				    .signer = "m.org",
				    .from = "Mo <mo@m.org>",
				    .text = "#collider base nowhere\n" });
	expect_order(&t, "base", false, "the trees are: t");
	ck_assert_uint_eq(rude_count(&t.rude), 1);
	answer(&t, &(struct reply){ .id = "3r@m.org",
				    .signer = "m.org",
				    .from = "Mo <mo@m.org>",
				    .text = "#collider stop\n" });
	expect_order(&t, "stop", true, "no more mails");
}
END_TEST

/* ---- the moderator ---- */

#define MODERATED "\tpolicy = author\n"
#define MODERATOR "\tmoderator = Mo <mo@m.org>\n"

static void expect_state(const struct talk *t, int64_t mail, const char *state,
			 const char *who)
{
	AUTO(store_free) struct store *store = served_store(&t->served);
	AUTO(outbox_row_release) struct outbox_row row = { 0 };
	AUTO(outbox_events_release) struct outbox_events all = { 0 };
	struct err err = ERR_INIT;
	bool found;

	ck_ok(outbox_find(&found, &row, store, mail, &err), &err);
	ck_assert_str_eq(outbox_state_name(row.state), state);
	ck_ok(outbox_history(&all, store, mail, &err), &err);
	if (!who)
		return;
	ck_assert_uint_ge(all.n, 1);
	ck_assert_str_eq(all.v[0].who, who);
}

#define OF_MODERATOR .from = "Mo <mo@m.org>", .signer = "m.org"
#define WROTE "On Friday collider wrote:\n> approve\n> #collider approve\n"

static const struct {
	struct reply reply;
	const char *state;
	const char *who;
} moderations[] = {
	{ { .to = 2, OF_MODERATOR, .text = "Fine.\n#collider approve\n" },
	  "sent",
	  "mo@m.org" },
	{ { .to = 2,
	    OF_MODERATOR,
	    .text = "#collider reject the base was broken\n" },
	  "rejected",
	  "mo@m.org" },
	{ { .to = 2, OF_MODERATOR, .text = "approve\n\n" WROTE },
	  "sent",
	  "mo@m.org" },
	{ { .to = 2, OF_MODERATOR, .text = WROTE "\nApprove\n-- \nMo\n" },
	  "sent",
	  "mo@m.org" },
	{ { .to = 2, OF_MODERATOR, .text = "reject the base was broken\n" },
	  "rejected",
	  "mo@m.org" },
	{ { .to = 2, OF_MODERATOR, .text = "approve of it? no\n" },
	  "held",
	  NULL },
	{ { .to = 2, OF_MODERATOR, .text = "Hello,\napprove\n" },
	  "held",
	  NULL },
	{ { .to = 2, OF_MODERATOR, .text = "approve\n#collider reject\n" },
	  "held",
	  NULL },
	{ { .to = 2, OF_MODERATOR, .text = WROTE }, "held", NULL },
	{ { .to = 2,
	    OF_MODERATOR,
	    .header = "Auto-Submitted: auto-replied\n",
	    .text = "approve\n" },
	  "held",
	  NULL },
	{ { .to = 2,
	    .from = "Mo <mo@m.org>",
	    .signer = "",
	    .text = "#collider approve\n" },
	  "held",
	  NULL },
	{ { .to = 2,
	    .from = "Mo <mo@m.org>",
	    .signer = "",
	    .text = "approve\n" },
	  "held",
	  NULL },
	{ { .to = 2, .text = "#collider approve\n" }, "held", NULL },
	{ { .to = 2, .text = "approve\n" }, "held", NULL },
	{ { .to = 2,
	    .from = "Mo <mo@m.org>",
	    .signer = "z.org",
	    .text = "#collider approve\n" },
	  "held",
	  NULL },
	{ { .to = 2,
	    .from = "Mo <mo@m.org>",
	    .signer = "z.org",
	    .text = "approve\n" },
	  "held",
	  NULL },
	{ { .to = 2,
	    OF_MODERATOR,
	    .text = ">   #collider approve\n> #collider approve\n" },
	  "held",
	  NULL },
};

START_TEST(the_moderator_decides_by_an_answer_to_his_copy)
{
	AUTO(talk_release) struct talk t = { 0 };

	begin(&t, MODERATED, MODERATOR);
	expect_mail(&t, 1, "To: Mo <mo@m.org>\r\n");
	expect_mail(&t, 1, "\"approve\" and no more, or \"reject WHY\".");
	expect_state(&t, 1, "held", NULL);
	answer(&t, &moderations[_i].reply);
	expect_state(&t, 1, moderations[_i].state, moderations[_i].who);
	ck_assert_uint_eq(rude_count(&t.rude),
			  strcmp(moderations[_i].state, "sent") == 0 ? 2 : 1);
}
END_TEST

/* A word of his is an order in answer to the copy, and nowhere else. */
START_TEST(a_bare_word_in_answer_to_another_mail_is_prose)
{
	AUTO(talk_release) struct talk t = { 0 };

	begin(&t, AUTHOR, MODERATOR);
	serve(&t, MODERATED, MODERATOR);
	post(&t, "2@x.org", "[PATCH v2] iomap: no such line", "elsewhere",
	     "1@x.org");
	expect_state(&t, 2, "held", NULL);
	answer(&t,
	       &(struct reply){ .to = 1, OF_MODERATOR, .text = "approve\n" });
	expect_order(&t, NULL, false, "");
	expect_put_away(&t, "it orders nothing");
	expect_state(&t, 2, "held", NULL);
}
END_TEST

START_TEST(what_waits_is_held_when_it_is_known_meanwhile)
{
	AUTO(talk_release) struct talk t = { 0 };

	begin(&t, AUTHOR, "");
	serve(&t, MODERATED, MODERATOR);
	post(&t, "2@x.org", "[PATCH v2] iomap: no such line", "elsewhere",
	     "1@x.org");
	expect_state(&t, 2, "held", NULL);
	put(&t, &(struct reply){ .id = "1r@x.org",
				 .to = 3,
				 .text = "#collider unrelated\n" });
	answer(&t, &(struct reply){ .id = "1r@m.org",
				    .to = 3,
				    .from = "Mo <mo@m.org>",
				    .signer = "m.org",
				    .text = "#collider approve\n" });
	expect_state(&t, 2, "held", "mo@m.org");
}
END_TEST

/* ---- crashes ---- */

#define MAX_COMMITS 60

/* What three orders come to, however often it crashed. */
static void expect_all_done(const struct talk *t)
{
	AUTO(store_free) struct store *store = served_store(&t->served);
	AUTO(answers_orders_release) struct answers_orders orders = { 0 };
	AUTO(answers_wishes_release) struct answers_wishes wishes = { 0 };
	AUTO(outbox_list_release) struct outbox_list mails = { 0 };
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	struct err err = ERR_INIT;
	bool found;

	ck_ok(answers_get_orders(&orders, store, 0, 100, &err), &err);
	ck_assert_uint_eq(orders.n, 3);
	ck_ok(answers_get_wishes(&wishes, store, 1, &err), &err);
	ck_assert_uint_eq(wishes.n, 1);
	ck_assert_str_eq(wishes.v[0].kind, "unrelated");
	ck_ok(outbox_all(&mails, store, 0, &err), &err);
	ck_assert_uint_eq(mails.n, 2);
	ck_assert_str_eq(mails.v[0].kind, "answer");
	ck_ok(revisions_find(&found, &row, store, 1, &err), &err);
	ck_assert_int_eq(row.state, REVISIONS_DONE);
	ck_assert_ptr_nonnull(strstr(row.reason, "left out: ada@x.org"));
}

/* False: it did not crash. */
static bool crash(const char *at)
{
	AUTO(talk_release) struct talk t = { 0 };
	AUTO(mem_free) char *count = NULL;
	bool has_crashed;

	begin(&t, AUTHOR, "");
	put(&t, &(struct reply){ .text = "#collider base nowhere\n"
					 "#collider rerun\n"
					 "#collider unrelated\n" });
	configure(&t, AUTHOR, "");
	count = xasprintf("%s/count", t.served.dir);
	setenv("COLLIDER_CRASH_AT", at, 1);
	setenv("COLLIDER_CRASH_COUNT", count, 1);
	served_start(&t.served, "--once");
	has_crashed = served_join(&t.served) == STORE_CRASH_EXIT;
	unsetenv("COLLIDER_CRASH_AT");
	unsetenv("COLLIDER_CRASH_COUNT");
	if (has_crashed)
		run_once(&t);
	expect_all_done(&t);
	return has_crashed;
}

static const char *const moments[] = { "", "+" }; /* before, after */

START_TEST(a_crash_at_any_commit_obeys_once)
{
	unsigned n = 0;
	bool has_crashed = true;

	while (has_crashed) {
		AUTO(mem_free)
		char *at = xasprintf("%u%s", ++n, moments[_i]);

		ck_assert_uint_lt(n, MAX_COMMITS);
		has_crashed = crash(at);
	}
	ck_assert_uint_gt(n, 5);
}
END_TEST

TEST_MAIN("answers", TEST(stop_holds_for_the_next_version),
	  TEST(without_an_order_the_next_version_is_told),
	  TABLE(what_is_unrelated_is_not_told_of_the_next_version, unrelated),
	  TABLE(a_review_by_hand_shows_what_was_said_and_hides_nothing,
		unrelated),
	  TABLE(nobody_else_orders_anything_nor_gets_a_word, strangers),
	  TEST(a_mail_that_comes_again_under_another_id_is_obeyed_once),
	  TEST(a_rerun_keeps_the_old_result_and_tells_the_same_once),
	  TEST(a_series_is_placed_on_the_base_that_is_named_until_a_rerun),
	  TEST(an_order_that_fails_is_answered_once_and_help_too),
	  TEST(a_patch_is_tried_on_top_and_its_writer_alone_is_told),
	  TABLE(an_answer_goes_by_the_policy_of_its_list, policies),
	  TEST(who_maintains_what_it_touches_may_and_is_not_told),
	  TABLE(the_moderator_decides_by_an_answer_to_his_copy, moderations),
	  TEST(a_bare_word_in_answer_to_another_mail_is_prose),
	  TEST(what_waits_is_held_when_it_is_known_meanwhile),
	  TABLE(a_crash_at_any_commit_obeys_once, moments))
