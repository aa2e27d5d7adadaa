/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/attempt.h"

#include "bot/base/span.h"
#include "bot/command.h"
#include "bot/report/text.h"

void attempt_wish_release(struct attempt_wish *w)
{
	strings_release(&w->filesystems);
	strings_release(&w->scenarios);
}

void attempt_release(struct attempt *a)
{
	review_release(&a->review);
	letters_release(&a->letters);
	session_free(a->session);
	store_free(a->store);
	config_free(a->config);
}

bool attempt_take_option(struct attempt_wish *out, int option, const char *arg)
{
	switch (option) {
	case 't':
		out->tree = arg;
		return true;
	case 'b':
		out->base = arg;
		return true;
	case 'f':
		strings_split(&out->filesystems, arg);
		return true;
	case 'k':
		out->keep = true;
		return true;
	case 'c':
		out->config = arg;
		return true;
	}
	return false;
}

bool attempt_read_number(unsigned *out, const char *text, unsigned min)
{
	struct span rest = span_cstr(text);
	uint64_t n;

	if (!span_uint(&rest, UINT32_MAX, &n) || span_len(rest) > 0 || n < min)
		return false;
	*out = (unsigned)n;
	return true;
}

static int set_up(struct attempt *a, struct err *err)
{
	if (config_load(&a->config, a->want->config, err) < 0)
		return -1;
	config_narrow(a->config, &a->want->filesystems, &a->want->scenarios);
	if (bases_open_store(&a->store, a->config, err) < 0 ||
	    session_open(&a->session, a->config, a->store, err) < 0)
		return -1;
	a->session->config_path = a->want->config;
	a->session->progress = stderr;
	a->session->keep = a->want->keep;
	return 0;
}

/* A review of nothing: its base is what is tried. */
static int place_base(struct attempt *a, const char *subject, struct err *err)
{
	const struct config *c = a->config;
	const char *name = a->want->tree ? a->want->tree : c->trees[0].name;
	AUTO(tree_free) struct tree *tree = NULL;
	char commit[TREE_HEX_LEN + 1];

	if (bases_open_named(&tree, c, name, stderr, err) < 0 ||
	    bases_commit(commit, c, tree, a->want->base, err) < 0)
		return -1;
	a->review.subject = xstrdup(subject);
	a->review.message_id = xstrdup("");
	a->review.base.tree = xstrdup(name);
	a->review.base.commit = xstrdup(commit);
	a->review.base.parent = xstrdup(commit);
	return 0;
}

int attempt_begin(struct attempt *out, const struct attempt_wish *want,
		  const char *subject, struct err *err)
{
	out->want = want;
	if (set_up(out, err) < 0)
		return -1;
	if (!want->mailbox)
		return place_base(out, subject, err);
	if (letters_read(&out->letters, want->mailbox, err) < 0)
		return -1;
	return session_place(&out->review, out->session,
			     &(struct session_wish){
				     .letters = &out->letters,
				     .tree = want->tree,
				     .base = want->base,
			     },
			     err);
}

bool attempt_is_possible(const struct attempt *a)
{
	return !a->want->mailbox || review_is_placed(&a->review);
}

int attempt_tell_why(const struct attempt *a, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, TEXT_MAX_BYTES);
	text_from_review(&text, &a->review, false);
	return command_write(&text, err);
}

int attempt_print(const struct attempt *a, struct buf *text, struct err *err)
{
	for (size_t i = 0; i < a->review.skipped.n; i++)
		buf_addf(text, "%s\n", a->review.skipped.v[i]);
	return buf_check(text, "the text", err) < 0 ? -1
						    : command_write(text, err);
}
