/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/overview_json.h"

/* 0 stands for "not". */
static void set_time(json_t *object, const char *key, int64_t at)
{
	if (at)
		json_set_int(object, key, at);
	else
		json_object_set_new(object, key, json_null());
}

static json_t *list_to_json(const struct overview_list *l)
{
	json_t *o = json_object();

	json_set_str(o, "name", l->poll.name);
	json_set_bool(o, "followed", l->is_followed);
	set_time(o, "checked", l->poll.checked);
	json_set_int(o, "failures", l->poll.failures);
	set_time(o, "not_before", l->poll.not_before);
	json_set_str(o, "error", l->poll.error);
	json_set_int(o, "seen", (int64_t)l->count.seen);
	json_set_int(o, "kept", (int64_t)l->count.kept);
	json_set_int(o, "waiting", (int64_t)l->count.waiting);
	json_set_int(o, "rejected", (int64_t)l->count.rejected);
	return o;
}

static json_t *reject_to_json(const struct lists_reject *r)
{
	json_t *o = json_object();

	json_set_str(o, "list", r->list);
	json_set_int(o, "epoch", r->epoch);
	json_set_str(o, "blob", r->blob);
	json_set_str(o, "why", r->why);
	set_time(o, "arrived", r->arrived);
	return o;
}

static json_t *attempt_to_json(const struct attempt *a)
{
	json_t *o = json_object();

	set_time(o, "at", a->at);
	json_set_str(o, "tree", a->tree);
	json_set_str(o, "commit", a->base);
	json_set_str(o, "how", a->how);
	json_set_int(o, "blobs_matched", a->matched);
	json_set_int(o, "blobs_total", a->total);
	json_set_bool(o, "applies", a->applies);
	json_set_str(o, "why", a->why);
	return o;
}

static json_t *mails_to_json(const struct outbox_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++) {
		const struct outbox_row *row = &list->v[i];
		json_t *o = json_object();

		json_set_int(o, "id", row->id);
		json_set_str(o, "kind", row->kind);
		json_set_str(o, "message_id", row->message_id);
		json_set_str(o, "state", outbox_state_name(row->state));
		json_set_str(o, "why", row->why);
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *orders_to_json(const struct answers_orders *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++) {
		const struct answers_order *order = &list->v[i];
		json_t *o = json_object();

		set_time(o, "at", order->at);
		json_set_str(o, "writer", order->writer);
		json_set_str(o, "message_id", order->message_id);
		json_set_str(o, "verb", order->verb);
		json_set_str(o, "words", order->words);
		json_set_bool(o, "obeyed", order->is_obeyed);
		json_set_str(o, "outcome", order->outcome);
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *revision_to_json(const struct overview_revision *r)
{
	const struct revisions_row *row = &r->row;
	json_t *attempts = json_array();
	json_t *o = json_object();

	json_set_int(o, "id", row->id);
	json_set_int(o, "series", row->series);
	json_set_str(o, "message_id", row->key);
	json_set_str(o, "list", row->list);
	json_set_int(o, "version", row->version);
	json_set_int(o, "version_minor", row->version_minor);
	json_set_str(o, "title", row->title);
	json_set_str(o, "author", row->author);
	json_set_int(o, "total", row->total);
	json_set_int(o, "found", row->found);
	set_time(o, "date", row->date);
	set_time(o, "arrived", row->arrived);
	json_set_str(o, "state", revisions_state_name(row->state));
	json_set_str(o, "reason", row->reason);
	set_time(o, "until", row->until);
	json_set_int(o, "tries", row->tries);
	set_time(o, "changed", row->changed);
	json_set_str(o, "verdict", row->verdict);
	json_object_set_new(o, "mails", mails_to_json(&r->mails));
	json_object_set_new(o, "orders", orders_to_json(&r->orders));
	for (size_t i = 0; i < r->attempts.n; i++)
		json_array_append_new(attempts,
				      attempt_to_json(&r->attempts.v[i]));
	json_object_set_new(o, "attempts", attempts);
	return o;
}

json_t *overview_json(const struct overview *s)
{
	json_t *o = json_object();
	json_t *lists = json_array();
	json_t *rejects = json_array();
	json_t *states = json_object();
	json_t *revisions = json_array();

	for (size_t i = 0; i < s->n_lists; i++)
		json_array_append_new(lists, list_to_json(&s->lists[i]));
	for (size_t i = 0; i < s->rejects.n; i++)
		json_array_append_new(rejects,
				      reject_to_json(&s->rejects.v[i]));
	for (int i = 0; i < REVISIONS_STATES; i++)
		json_set_int(states,
			     revisions_state_name((enum revisions_state)i),
			     (int64_t)s->states[i]);
	for (size_t i = 0; i < s->n; i++)
		json_array_append_new(revisions, revision_to_json(&s->v[i]));
	json_object_set_new(o, "lists", lists);
	json_object_set_new(o, "rejects", rejects);
	json_object_set_new(o, "states", states);
	json_object_set_new(o, "revisions", revisions);
	return o;
}
