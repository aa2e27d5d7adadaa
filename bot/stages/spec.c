/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/spec.h"

#include <string.h>

#include "bot/run/beneath.h"
#include "bot/stages/collide.h"

/* Each key of @object is in @known, NULL-terminated. */
static int check_keys(json_t *object, const char *const *known, struct err *err)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return err_set(err, ERR_INPUT, "not an object");
	json_object_foreach(object, key, value)
	{
		const char *const *k = known;

		while (*k && strcmp(*k, key) != 0)
			k++;
		if (!*k)
			return err_set(err, ERR_INPUT, "unknown key '%.40s'",
				       key);
	}
	return 0;
}

static int read_plain_path(const char **out, const json_t *object,
			   const char *key, struct err *err)
{
	if (json_get_string(out, object, key, err) < 0)
		return -1;
	if (!beneath_is_path(*out))
		return err_set(err, ERR_INPUT,
			       "'%s' is no plain relative path: '%.100s'", key,
			       *out);
	return 0;
}

static int read_absolute_path(const char **out, const json_t *object,
			      const char *key, struct err *err)
{
	if (json_get_string(out, object, key, err) < 0)
		return -1;
	if (**out != '/')
		return err_set(err, ERR_INPUT, "'%s' is no absolute path", key);
	return 0;
}

static int read_mode(unsigned *out, const json_t *object, struct err *err)
{
	static const struct {
		const char *text;
		unsigned mode;
	} modes[] = {
		{ "100644", 0100644 },
		{ "100755", 0100755 },
		{ "120000", 0120000 },
	};
	const char *text;

	if (json_get_string(&text, object, "mode", err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		if (strcmp(text, modes[i].text) == 0) {
			*out = modes[i].mode;
			return 0;
		}
	}
	return err_set(err, ERR_INPUT, "'mode' is '%.20s'", text);
}

static int read_file(struct spec_file *out, json_t *object, struct err *err)
{
	static const char *const put_keys[] = { "path", "from", "mode", NULL };
	static const char *const delete_keys[] = { "path", "delete", NULL };
	bool is_deleted = json_object_get(object, "delete") != NULL;

	if (check_keys(object, is_deleted ? delete_keys : put_keys, err) < 0 ||
	    read_plain_path(&out->path, object, "path", err) < 0)
		return -1;
	if (!is_deleted)
		return read_plain_path(&out->from, object, "from", err) < 0
			       ? -1
			       : read_mode(&out->mode, object, err);
	if (json_get_bool(&is_deleted, object, "delete", err) < 0)
		return -1;
	return is_deleted ? 0 : err_set(err, ERR_INPUT, "'delete' is not true");
}

static int read_files(struct spec_step *out, const json_t *step,
		      struct err *err)
{
	json_t *files;

	if (json_get_array(&files, step, "files", SPEC_MAX_FILES, err) < 0)
		return -1;
	out->n = json_array_size(files);
	out->files = xcalloc(out->n, sizeof(*out->files));
	for (size_t i = 0; i < out->n; i++)
		if (read_file(&out->files[i], json_array_get(files, i), err) <
		    0)
			return err_wrap(err, "file %zu", i + 1);
	return 0;
}

static int read_guest(struct spec_step *out, const json_t *step,
		      struct err *err)
{
	AUTO(collide_plan_release) struct collide_plan plan = { 0 };
	static const char *const keys[] = { "suites", "first", "repeat",
					    "sweep",  "soak",  "always",
					    NULL };
	json_t *guest = json_object_get(step, "guest");

	if (!guest)
		return err_set(err, ERR_INPUT, "'guest' is missing");
	if (json_is_null(guest))
		return 0;
	if (check_keys(guest, keys, err) < 0 ||
	    collide_read_plan(&plan, guest, err) < 0)
		return err_wrap(err, "guest");
	out->guest = guest;
	return 0;
}

/* It becomes part of file names. */
static bool is_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	return *name && strlen(name) <= SPEC_MAX_NAME &&
	       name[strspn(name, allowed)] == '\0';
}

static int read_step(struct spec_step *out, json_t *step, struct err *err)
{
	static const char *const keys[] = { "name", "files", "guest", NULL };

	if (check_keys(step, keys, err) < 0 ||
	    json_get_string(&out->name, step, "name", err) < 0)
		return -1;
	if (!is_name(out->name))
		return err_set(err, ERR_INPUT, "'name' is '%.40s'", out->name);
	out->is_base = strcmp(out->name, SPEC_BASE) == 0;
	if (read_files(out, step, err) < 0 || read_guest(out, step, err) < 0)
		return -1;
	if (out->is_base && out->n)
		return err_set(err, ERR_INPUT, "'base' has files");
	return 0;
}

static bool has_name_before(const struct spec *s, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(s->steps[k].name, s->steps[i].name) == 0)
			return true;
	return false;
}

static int read_steps(struct spec *s, struct err *err)
{
	json_t *steps;

	if (json_get_array(&steps, s->record, "steps", SPEC_MAX_STEPS, err) < 0)
		return -1;
	s->n = json_array_size(steps);
	s->steps = xcalloc(s->n, sizeof(*s->steps));
	for (size_t i = 0; i < s->n; i++) {
		if (read_step(&s->steps[i], json_array_get(steps, i), err) < 0)
			return err_wrap(err, "step %zu", i + 1);
		if (has_name_before(s, i))
			return err_set(err, ERR_INPUT,
				       "step %zu: a second '%s'", i + 1,
				       s->steps[i].name);
		if (s->steps[i].is_base && i > 0)
			return err_set(err, ERR_INPUT,
				       "'base' is not the first step");
	}
	return 0;
}

static int read_limit(unsigned *out, const json_t *limits, const char *key,
		      int64_t max, struct err *err)
{
	int64_t value;

	if (json_get_int(&value, limits, key, 1, max, err) < 0)
		return -1;
	*out = (unsigned)value;
	return 0;
}

static int read_limits(struct spec *s, struct err *err)
{
	static const char *const keys[] = { "build_s", "guest_s", "memory_mib",
					    "guest_mib", NULL };
	json_t *limits;

	if (json_get_object(&limits, s->record, "limits", err) < 0)
		return -1;
	if (check_keys(limits, keys, err) < 0 ||
	    read_limit(&s->build_s, limits, "build_s", SPEC_MAX_BUILD_S, err) <
		    0 ||
	    read_limit(&s->guest_s, limits, "guest_s", SPEC_MAX_GUEST_S, err) <
		    0 ||
	    read_limit(&s->memory_mib, limits, "memory_mib",
		       SPEC_MAX_MEMORY_MIB, err) < 0 ||
	    read_limit(&s->guest_mib, limits, "guest_mib", SPEC_MAX_MEMORY_MIB,
		       err) < 0)
		return err_wrap(err, "limits");
	return 0;
}

static int read_record(struct spec *s, struct err *err)
{
	static const char *const keys[] = { "version", "lane",	 "program",
					    "steps",   "limits", NULL };
	int64_t version;

	if (check_keys(s->record, keys, err) < 0 ||
	    json_get_int(&version, s->record, "version", 1, 1, err) < 0 ||
	    read_absolute_path(&s->lane, s->record, "lane", err) < 0 ||
	    read_absolute_path(&s->program, s->record, "program", err) < 0 ||
	    read_limits(s, err) < 0)
		return -1;
	return read_steps(s, err);
}

int spec_read(struct spec **out, const char *path, struct err *err)
{
	AUTO(spec_free) struct spec *s = xcalloc(1, sizeof(*s));

	if (json_read(&s->record, path, SPEC_MAX_SIZE, err) < 0)
		return -1;
	if (read_record(s, err) < 0)
		return err_wrap(err, "'%s'", path);
	*out = TAKE(s);
	return 0;
}

bool spec_is_patch(const struct spec_step *step)
{
	return !step->is_base && strcmp(step->name, SPEC_NEEDS) != 0;
}

void spec_free(struct spec *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		free(s->steps[i].files);
	free(s->steps);
	json_decref(s->record);
	free(s);
}
