/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/thread.h"

#include "bot/base/mem.h"
#include "bot/base/span.h"

/* A mail under its Message-ID, sorted by that and then by cleanness. */
struct entry {
	const char *id;
	unsigned rank;
	size_t mail;
};

unsigned thread_rank(const char *list_id)
{
	static const char *const clean[] = { ".feeds.kernel.org", ".linux.dev",
					     ".kernel.org" };
	size_t len = strlen(list_id);

	for (unsigned i = 0; i < ARRAY_LEN(clean); i++) {
		size_t n = strlen(clean[i]);

		if (len > n && strcasecmp(list_id + len - n, clean[i]) == 0)
			return i;
	}
	return ARRAY_LEN(clean);
}

static int compare_entries(const void *left, const void *right)
{
	const struct entry *a = left;
	const struct entry *b = right;
	int order = strcmp(a->id, b->id);

	if (order == 0)
		order = a->rank < b->rank ? -1 : a->rank > b->rank;
	if (order == 0)
		order = a->mail < b->mail ? -1 : a->mail > b->mail;
	return order;
}

/* The best copy of mail @id, or THREAD_NONE. */
static size_t find(const struct entry *v, size_t n, const char *id)
{
	size_t low = 0;
	size_t high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(v[mid].id, id) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == n || *id == '\0' || strcmp(v[low].id, id) != 0)
		return THREAD_NONE;
	return v[low].mail;
}

/* In-Reply-To first; without it the nearest reference that is here. */
static size_t find_parent(const struct entry *v, size_t n, const struct mail *m)
{
	size_t parent = find(v, n, m->in_reply_to);

	for (size_t i = m->references.n; parent == THREAD_NONE && i-- > 0;)
		parent = find(v, n, m->references.v[i]);
	return parent;
}

void thread_init(struct thread *t, struct mail *const *mails, size_t n)
{
	AUTO(mem_free) struct entry *v = xcalloc(n + 1, sizeof(*v));
	size_t n_entries = 0;

	*t = (struct thread){
		.mails = mails,
		.n = n,
		.parent = xcalloc(n + 1, sizeof(*t->parent)),
		.is_copy = xcalloc(n + 1, sizeof(*t->is_copy)),
	};
	for (size_t i = 0; i < n; i++) {
		if (mails[i])
			v[n_entries++] =
				(struct entry){ mails[i]->message_id,
						thread_rank(mails[i]->list_id),
						i };
	}
	qsort(v, n_entries, sizeof(*v), compare_entries);
	for (size_t i = 1; i < n_entries; i++)
		t->is_copy[v[i].mail] =
			*v[i].id && strcmp(v[i].id, v[i - 1].id) == 0;
	for (size_t i = 0; i < n; i++) {
		t->parent[i] = mails[i] ? find_parent(v, n_entries, mails[i])
					: THREAD_NONE;
		if (t->parent[i] == i)
			t->parent[i] = THREAD_NONE;
	}
}

void thread_release(struct thread *t)
{
	free(t->parent);
	free(t->is_copy);
	*t = (struct thread){ 0 };
}
