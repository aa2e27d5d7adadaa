/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <stdint.h>

#include "bot/stages/assemble.h"
#include "parsers/mbox.h"

#define MAILS_MAX 100 /* enough for every rule; keeps a run short */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t parse(struct mail **out, const char *bytes, size_t len)
{
	AUTO(mbox_release) struct mbox box = { 0 };
	struct err err = ERR_INIT;
	size_t n = 0;

	if (mbox_parse(&box, bytes, len, &err) < 0)
		return 0;
	for (size_t i = 0; i < box.n && n < MAILS_MAX; i++) {
		err = (struct err)ERR_INIT;
		n += mail_parse(&out[n], box.v[i].bytes, box.v[i].len, &err) ==
		     0;
	}
	return n;
}

/* Each slot is a patch or named as missing, and nothing is there twice. */
static void check(const struct revision *r, struct mail **mails, size_t n)
{
	size_t present = 0;
	size_t moved = r->cover != NULL;

	assert(r->title && r->version >= 1 && r->total >= 1);
	for (unsigned k = 0; k < r->total; k++) {
		if (!r->patches[k])
			continue;
		present++;
		assert(r->patches[k]->diff);
		assert(r->patches[k]->subject->index == k + 1 ||
		       !r->patches[k]->subject->has_position);
	}
	assert(present + r->missing.n == r->total);
	assert(present > 0 || r->cover);
	for (size_t i = 0; i < n; i++)
		moved -= mails[i] == NULL;
	assert(moved + present == 0);
	assert(!r->base_commit || strlen(r->base_commit) == 40);
}

/* A record of ours reads again, and no two have one key. */
static void check_all(const struct assembled *all)
{
	for (size_t i = 0; i < all->sent.n; i++) {
		const struct sent *s = all->sent.v[i];
		AUTO(json_free) json_t *value = sent_to_json(s);
		AUTO(sent_free) struct sent *again = NULL;
		struct err err = ERR_INIT;

		assert(sent_from_json(&again, value, &err) == 0);
		assert(s->n_patches <= s->total);
		for (size_t k = 0; k < i; k++)
			assert(strcmp(all->sent.v[k]->key, s->key) != 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(assembled_release) struct assembled all = { 0 };
	struct mail *mails[MAILS_MAX] = { NULL };
	AUTO(revision_free) struct revision *r = NULL;
	struct err err = ERR_INIT;
	size_t n = parse(mails, (const char *)data, size);

	assemble_all(&all, mails, n);
	check_all(&all);
	if (assemble_run(&r, mails, n, &err) == 0)
		check(r, mails, n);
	else
		assert(!r && err.kind == ERR_INPUT);
	for (size_t i = 0; i < n; i++)
		mail_free(mails[i]);
	return 0;
}
