/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/run/profile.h"

#include <limits.h>

#include "bot/base/fs.h"
#include "bot/base/span.h"

static const char *const known_devices[] = { "null", "zero", "full", "random",
					     "urandom" };

/* The numbers: all are needed, for a limit left out would be no limit. */
static const struct number {
	const char *key;
	size_t at; /* offset in struct profile */
} numbers[] = {
	{ "tmp_mib", offsetof(struct profile, tmp_mib) },
	{ "memory_mib", offsetof(struct profile, limits.memory_mib) },
	{ "processes", offsetof(struct profile, limits.processes) },
	{ "file_mib", offsetof(struct profile, limits.file_mib) },
	{ "open_files", offsetof(struct profile, limits.open_files) },
	{ "output_mib", offsetof(struct profile, output_mib) },
	{ "time_s", offsetof(struct profile, time_s) },
};

static unsigned *number_at(struct profile *p, const struct number *n)
{
	return (unsigned *)(void *)((char *)p + n->at);
}

static bool is_known_device(struct span name)
{
	for (size_t i = 0; i < ARRAY_LEN(known_devices); i++)
		if (span_is(name, known_devices[i]))
			return true;
	return false;
}

static const char *add_number(struct profile *p, struct span key,
			      struct span value)
{
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		uint64_t read;

		if (!span_is(key, numbers[i].key))
			continue;
		if (*number_at(p, &numbers[i]))
			return "is there twice";
		if (!span_uint(&value, INT_MAX, &read) || span_len(value) ||
		    read == 0)
			return "is not a number from 1";
		*number_at(p, &numbers[i]) = (unsigned)read;
		return NULL;
	}
	return "is not a known key";
}

/* NULL, or what is wrong with the key. */
static const char *add_value(struct profile *p, struct span key,
			     struct span value)
{
	if (span_is(key, "read")) {
		if (!span_starts(value, "/") || span_find(value, "/.."))
			return "is not a plain absolute path";
		strings_push_take(&p->read, span_dup(value));
		return NULL;
	}
	if (span_is(key, "device")) {
		if (!is_known_device(value))
			return "names no harmless device";
		strings_push_take(&p->devices, span_dup(value));
		return NULL;
	}
	if (span_is(key, "env")) {
		if (!span_find(value, "=") || span_starts(value, "="))
			return "is not NAME=TEXT";
		strings_push_take(&p->env, span_dup(value));
		return NULL;
	}
	if (span_is(key, "network")) {
		if (!span_is(value, "yes"))
			return "can only be 'yes'";
		p->network = true;
		return NULL;
	}
	return add_number(p, key, value);
}

static int add_line(struct profile *p, struct span line, const char *name,
		    unsigned number, struct err *err)
{
	struct span before, key;
	const char *wrong;

	if (span_until(&line, '#', &before))
		line = before;
	line = span_trim(line);
	if (span_len(line) == 0)
		return 0;
	if (!span_until(&line, '=', &key))
		return err_set(err, ERR_CONFIG, "%s:%u: no '='", name, number);
	key = span_trim(key);
	wrong = add_value(p, key, span_trim(line));
	if (wrong)
		return err_set(err, ERR_CONFIG, "%s:%u: '%.*s' %s", name,
			       number, (int)span_len(key), key.p, wrong);
	return 0;
}

int profile_parse(struct profile **out, const char *text, size_t len,
		  const char *name, struct err *err)
{
	AUTO(profile_free) struct profile *p = xcalloc(1, sizeof(*p));
	struct span rest = span_of(text, len);
	struct span line;

	for (unsigned n = 1; span_line(&rest, &line); n++)
		if (add_line(p, line, name, n, err) < 0)
			return -1;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (!*number_at(p, &numbers[i]))
			return err_set(err, ERR_CONFIG, "%s: no '%s'", name,
				       numbers[i].key);
	*out = TAKE(p);
	return 0;
}

int profile_read(struct profile **out, const char *name, struct err *err)
{
	const char *data = getenv("COLLIDER_DATA");
	AUTO(mem_free)
	char *path = xasprintf("%s/config/sandbox/%s.conf",
			       data ? data : COLLIDER_DATA, name);
	AUTO(buf_release) struct buf text = { 0 };

	if (fs_read(&text, path, PROFILE_MAX_SIZE, err) < 0) {
		err->kind = ERR_CONFIG;
		return -1;
	}
	return profile_parse(out, buf_text(&text), text.len, path, err);
}

void profile_free(struct profile *p)
{
	if (!p)
		return;
	strings_release(&p->read);
	strings_release(&p->devices);
	strings_release(&p->env);
	free(p);
}
