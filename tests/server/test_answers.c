/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is ordered in answer to a mail of ours, by whom, and what comes of it:
 * the real `collider run`, mails signed with keys made for the test, and a mail
 * server that keeps what it takes. The verdict is that a series does not apply,
 * which needs no kernel.
 */
#include "bot/base/fs.h"
#include "bot/store/answers.h"
#include "bot/store/outbox.h"
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
};

static void write_keys(const struct talk *t, const char *path)
{
	AUTO(buf_release) struct buf keys = { 0 };
	struct err err = ERR_INIT;

	buf_init(&keys, MAX_MAIL);
	for (size_t i = 0; i < ARRAY_LEN(domains); i++)
		signer_add_key(&keys, &t->signer, domains[i]);
	ck_ok(fs_write(path, buf_text(&keys), keys.len, &err), &err);
}

/* @list stands in the list's section, @mail in that of [mail]. */
static void set_up(struct talk *t, const char *list, const char *mail)
{
	AUTO(mem_free) char *keys = NULL;
	AUTO(mem_free) char *text = NULL;

	scene_init(&t->scene);
	served_init(&t->served, "");
	signer_init(&t->signer);
	t->letters = support_tmpdir();
	rude_start(&t->rude, t->letters, polite);
	keys = xasprintf("%s/keys", t->served.dir);
	write_keys(t, keys);
	text = xasprintf("%s\twait = 0 s\n"
			 "[list \"a-list\"]\n\taddress = a-list@x\n"
			 "\ttell = does-not-apply\n%s"
			 "[mail]\n\tfrom = collider <bot@y.org>\n"
			 "\tdomain = y.org\n\tserver = %s\n"
			 "\tdkimKeys = %s\n%s",
			 t->scene.config, list, t->rude.url, keys, mail);
	served_configure(&t->served, text);
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
}
DEFINE_AUTO_VALUE(struct talk, talk_release)

static void run_once(struct talk *t)
{
	served_start(&t->served, "--once");
	served_end(&t->served, 0, 0);
}

/* A patch of Ada's that does not apply; @answers may be NULL. */
static void post(struct talk *t, const char *id, const char *subject,
		 const char *line, const char *answers)
{
	scene_post(&t->scene, &(struct scene_patch){ .id = id,
						     .subject = subject,
						     .from = ADA,
						     .line = line,
						     .answers = answers });
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
	post(&t, "2@x.org", "[PATCH v2] iomap: no such line", "five",
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
	post(&t, "2@x.org", "[PATCH v2] iomap: no such line", "five",
	     "1@x.org");
	ck_assert_uint_eq(rude_count(&t.rude), 2);
}
END_TEST

/* ---- unrelated, known ---- */

static const char *const unrelated[] = {
	"#collider unrelated that is another tree\n",
	"#collider known https://example.org/1\n",
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
	post(&t, "2@x.org", "[PATCH v2] iomap: no such line", "five",
	     "1@x.org");
	ck_assert_uint_eq(rude_count(&t.rude), 2);
}
END_TEST

TEST_MAIN("answers", TEST(stop_holds_for_the_next_version),
	  TEST(without_an_order_the_next_version_is_told),
	  TABLE(what_is_unrelated_is_not_told_of_the_next_version, unrelated),
	  TABLE(nobody_else_orders_anything_nor_gets_a_word, strangers))
