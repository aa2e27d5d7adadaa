/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/compose.h"

#include "bot/base/hash.h"
#include "bot/base/sink.h"
#include "bot/base/span.h"
#include "bot/mail/body.h"
#include "bot/mail/fill.h"
#include "bot/mail/message.h"

#define COPY_WIDTH 72
#define ID_HEX 20 /* digits of the hash in our Message-ID */

/* The patch that all of the worst findings are of; 0: several, or unknown. */
static unsigned find_patch(const struct review *r)
{
	const struct finding *worst = NULL;
	unsigned patch = 0;

	if (r->verdict == VERDICT_DOES_NOT_APPLY)
		return r->conflict.patch;
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		if (f->is_told)
			continue;
		if (worst && f->kind != worst->kind)
			break;
		worst = f;
		if (f->patch != f->clean + 1 || (patch && patch != f->patch))
			return 0;
		patch = f->patch;
	}
	return patch;
}

/* The mail that is answered; *patch is 0 when it is the cover. */
static const struct review_mail *find_parent(unsigned *patch,
					     const struct review *r)
{
	const struct review_mail *parent;

	*patch = find_patch(r);
	parent = review_find_mail(r, *patch);
	if (parent)
		return parent;
	*patch = 0;
	return &r->mails[0];
}

static void hash_number(struct hasher *h, unsigned n)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	hasher_adds(h, text);
}

/* As it is shown: a record that was read again has it so. */
static void hash_text(struct hasher *h, const char *text)
{
	AUTO(buf_release) struct buf shown = { 0 };

	buf_init(&shown, 4 * BODY_MAX_BYTES);
	sink_text(&shown, text ? text : "", text ? strlen(text) : 0);
	hasher_adds(h, buf_text(&shown));
}

static void hash_finding(struct hasher *h, const struct finding *f)
{
	hasher_adds(h, review_finding_name(f->kind));
	hash_text(h, f->filesystem);
	hash_text(h, f->scenario);
	hash_text(h, f->contract);
	hash_text(h, f->says);
	hash_number(h, f->patch);
	hash_number(h, f->repaired_by);
}

/* The same report of the same series has the same id. */
static char *make_id(const struct compose_spec *s)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();
	const struct review *r = s->review;
	struct hash hash;

	hasher_adds(h, r->message_id ? r->message_id : "");
	hash_number(h, r->version);
	hasher_adds(h, review_verdict_name(r->verdict));
	hash_text(h, r->why);
	for (size_t i = 0; i < r->n_findings; i++)
		hash_finding(h, &r->findings[i]);
	if (r->delta.since)
		hash_text(h, r->delta.answer);
	hasher_get(&hash, h);
	return xasprintf("collider.%.*s.v%u@%s", ID_HEX, hash.hex, r->version,
			 s->domain);
}

static const char *find_name(const struct mail_persons *list,
			     const char *address)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].addr, address) == 0 && *list->v[i].name)
			return list->v[i].name;
	return NULL;
}

/* As the mails of the series call whom that address is of; or NULL. */
static const char *name_of(const struct review *r, const char *address)
{
	const char *name = NULL;

	for (size_t i = 0; i < r->n_mails && !name; i++) {
		const struct review_mail *m = &r->mails[i];

		if (strcmp(m->author.addr, address) == 0 && *m->author.name)
			return m->author.name;
		name = find_name(&m->to, address);
		if (!name)
			name = find_name(&m->cc, address);
	}
	return name;
}

/* By the policy; else to the author alone. */
static void address_reply(struct message *m, const struct compose_spec *s,
			  const struct review_mail *parent)
{
	const struct mail_person *author = &parent->author;

	if (!message_is_address(author->addr))
		author = &parent->from;
	if (!s->to)
		message_to(m, author->name, author->addr);
	for (size_t i = 0; s->to && i < s->to->n; i++)
		message_to(m, name_of(s->review, s->to->v[i]), s->to->v[i]);
	for (size_t i = 0; s->cc && i < s->cc->n; i++)
		message_cc(m, name_of(s->review, s->cc->v[i]), s->cc->v[i]);
}

bool compose_is_wanted(const struct review *r)
{
	return body_is_wanted(r);
}

static int write_body(struct buf *out, const struct compose_spec *s,
		      unsigned patch, const char *id, struct err *err)
{
	buf_init(out, BODY_MAX_BYTES);
	body_write(out, &(struct body_spec){ .review = s->review,
					     .replies = s->replies,
					     .patch = patch,
					     .from = s->from,
					     .message_id = id });
	return buf_check(out, "the text of the reply", err);
}

int compose_run(struct buf *out, const struct compose_spec *spec,
		struct err *err)
{
	AUTO(message_free) struct message *m = NULL;
	AUTO(buf_release) struct buf body = { 0 };
	AUTO(mem_free) char *id = NULL;
	AUTO(mem_free) char *subject = NULL;
	const struct review_mail *parent;
	unsigned patch;

	if (!message_is_id(spec->domain))
		return err_set(err, ERR_CONFIG, "mail.domain '%s' is no domain",
			       spec->domain);
	if (spec->review->n_mails == 0)
		return err_set(err, ERR_INPUT, "there is no mail to answer");
	parent = find_parent(&patch, spec->review);
	id = make_id(spec);
	subject = message_answer_subject(parent->subject);
	if (write_body(&body, spec, patch, id, err) < 0 ||
	    message_new(&m, spec->from, err) < 0)
		return -1;
	address_reply(m, spec, parent);
	return message_write(out, m,
			     &(struct message_head){ .subject = subject,
						     .message_id = id,
						     .parent = parent,
						     .automatic =
							     "auto-generated",
						     .is_bulk = true,
						     .now = spec->now },
			     &body, err);
}

/* ---- a moderator's copy ---- */

/* Its headers and text as they are. */
static void add_mail(struct buf *out, const struct buf *mail)
{
	struct span rest = span_of(buf_text(mail), mail->len), line;

	while (span_line(&rest, &line)) {
		sink_text(out, line.p, span_len(line));
		buf_addc(out, '\n');
	}
}

static int write_copy(struct buf *out, const struct compose_copy *s,
		      struct err *err)
{
	AUTO(buf_release) struct buf reasons = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	const char *values[MODERATOR_FIELDS] = { 0 };

	buf_init(out, MESSAGE_MAX_BYTES);
	buf_init(&reasons, MESSAGE_MAX_BYTES);
	buf_init(&mail, MESSAGE_MAX_BYTES);
	for (size_t i = 0; i < s->reasons->n; i++) {
		sink_line(&reasons, s->reasons->v[i], strlen(s->reasons->v[i]));
		buf_addc(&reasons, '\n');
	}
	add_mail(&mail, s->mail);
	values[MODERATOR_REASONS] = buf_text(&reasons);
	values[MODERATOR_ID] = s->message_id;
	values[MODERATOR_MAIL] = buf_text(&mail);
	fill_write(out, s->replies->v[REPLY_MODERATOR], values, COPY_WIDTH);
	out->overflow |= reasons.overflow || mail.overflow;
	return buf_check(out, "the copy for the moderator", err);
}

int compose_copy(struct buf *out, const struct compose_copy *spec,
		 struct err *err)
{
	AUTO(message_free) struct message *m = NULL;
	AUTO(buf_release) struct buf body = { 0 };
	AUTO(mem_free) char *id = xasprintf("copy.%s", spec->message_id);

	if (write_copy(&body, spec, err) < 0 ||
	    message_new(&m, spec->from, err) < 0 ||
	    message_to_operator(m, spec->to, err) < 0)
		return -1;
	return message_write(out, m,
			     &(struct message_head){
				     .subject = "[held] a reply of collider's",
				     .message_id = id,
				     .automatic = "auto-generated",
				     .now = spec->now },
			     &body, err);
}

/* ---- an answer ---- */

int compose_answer(struct buf *out, const struct compose_answer *spec,
		   struct err *err)
{
	AUTO(message_free) struct message *m = NULL;
	AUTO(mem_free) char *subject = message_answer_subject(spec->subject);
	AUTO(buf_release) struct buf body = { 0 };
	char *before = (char *)(uintptr_t)spec->before;
	const struct review_mail parent = {
		.message_id = (char *)(uintptr_t)spec->in_reply_to,
		.in_reply_to = (char[]){ "" },
		.references = { .v = &before, .n = 1 },
	};

	buf_init(&body, MESSAGE_MAX_BYTES);
	buf_adds(&body, spec->text);
	if (buf_check(&body, "the answer", err) < 0 ||
	    message_new(&m, spec->from, err) < 0)
		return -1;
	message_to(m, NULL, spec->to);
	return message_write(
		out, m,
		&(struct message_head){ .subject = subject,
					.message_id = spec->message_id,
					.parent = &parent,
					.automatic = "auto-replied",
					.is_bulk = true,
					.now = spec->now },
		&body, err);
}

/* ---- a correction ---- */

int compose_text(struct buf *out, const struct compose_spec *spec,
		 struct err *err)
{
	AUTO(mem_free) char *id = make_id(spec);

	return write_body(out, spec, 0, id, err);
}

static const char *name_in(const struct mail *m, const char *address)
{
	const char *name = find_name(&m->to, address);

	return name ? name : find_name(&m->cc, address);
}

int compose_correction(struct buf *out, const struct compose_correction *spec,
		       struct err *err)
{
	const struct mail *report = spec->report;
	const struct review_mail parent = {
		.message_id = report->message_id,
		.in_reply_to = report->in_reply_to,
		.references = report->references,
	};
	AUTO(message_free) struct message *m = NULL;
	AUTO(mem_free)
	char *subject = message_answer_subject(report->subject_raw);

	if (!message_is_id(spec->message_id))
		return err_set(err, ERR_CONFIG, "mail.domain is no domain");
	if (message_new(&m, spec->from, err) < 0)
		return -1;
	for (size_t i = 0; i < spec->to->n; i++)
		message_to(m, name_in(report, spec->to->v[i]), spec->to->v[i]);
	for (size_t i = 0; i < spec->cc->n; i++)
		message_cc(m, name_in(report, spec->cc->v[i]), spec->cc->v[i]);
	return message_write(
		out, m,
		&(struct message_head){ .subject = subject,
					.message_id = spec->message_id,
					.parent = &parent,
					.automatic = "auto-generated",
					.is_bulk = true,
					.now = spec->now },
		spec->text, err);
}
