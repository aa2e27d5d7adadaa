/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/replies.h"

#include <dirent.h>

#include "bot/base/fs.h"

static const struct template_field of_report[REPORT_FIELDS] = {
	[REPORT_GONE] = { "gone", true },
	[REPORT_CHANGES] = { "changes", true },
	[REPORT_SENTENCE] = { "sentence", true },
	[REPORT_DIAGNOSTICS] = { "diagnostics", true },
	[REPORT_HUNK] = { "hunk", true },
	[REPORT_QUESTION] = { "question", false },
	[REPORT_TABLE] = { "table", false },
	[REPORT_SIDES] = { "sides", true },
	[REPORT_COUNTS] = { "counts", true },
	[REPORT_PROMISE] = { "promise", true },
	[REPORT_FURTHER] = { "further", true },
	[REPORT_MORE] = { "more", true },
	[REPORT_COMMAND] = { "command", true },
	[REPORT_BASE] = { "base", true },
	[REPORT_RUN] = { "run", false },
	[REPORT_SAME] = { "same", false },
	[REPORT_UNDONE] = { "undone", false },
	[REPORT_NEEDS] = { "needs", true },
	[REPORT_REPORTER] = { "reporter", false },
	[REPORT_ID] = { "id", false },
};

static const struct template_field of_conflict[CONFLICT_FIELDS] = {
	[CONFLICT_GONE] = { "gone", false },
	[CONFLICT_CHANGES] = { "changes", true },
	[CONFLICT_PATCH] = { "patch", true },
	[CONFLICT_NUMBER] = { "number", true },
	[CONFLICT_FILE] = { "file", true },
	[CONFLICT_WHY] = { "why", true },
	[CONFLICT_HUNK] = { "hunk", false },
	[CONFLICT_TRIED] = { "tried", true },
	[CONFLICT_NEAREST] = { "nearest", false },
};

static const struct template_field of_incomplete[INCOMPLETE_FIELDS] = {
	[INCOMPLETE_GONE] = { "gone", false },
	[INCOMPLETE_CHANGES] = { "changes", true },
	[INCOMPLETE_MISSING] = { "missing", true },
};

static const struct template_field of_moderator[MODERATOR_FIELDS] = {
	[MODERATOR_REASONS] = { "reasons", true },
	[MODERATOR_ID] = { "id", true },
	[MODERATOR_MAIL] = { "mail", true },
};

static const struct template_field of_correction[CORRECTION_FIELDS] = {
	[CORRECTION_TOLD] = { "told", true },
	[CORRECTION_MORE] = { "more", true },
	[CORRECTION_WHY] = { "why", true },
	[CORRECTION_BECAUSE] = { "because", true },
};

static const struct template_field of_answer[ANSWER_FIELDS] = {
	[ANSWER_ORDERS] = { "orders", true },
};

static const struct template_field of_failed[FAILED_FIELDS] = {
	[FAILED_ORDER] = { "order", false },
	[FAILED_OUTCOME] = { "outcome", true },
};

static const struct template_field of_probe[PROBE_FIELDS] = {
	[PROBE_VERDICT] = { "verdict", true },
	[PROBE_REPORT] = { "report", true },
};

static const struct template_field of_since[SINCE_FIELDS] = {
	[SINCE_AGAIN] = { "again", true },
	[SINCE_SINCE] = { "since", true },
	[SINCE_ANSWER] = { "answer", true },
	[SINCE_LINES] = { "lines", true },
};

static const struct template_field of_saying[SAYING_FIELDS] = {
	[SAYING_PATCH] = { "patch", false },
	[SAYING_SAYS] = { "says", true },
	[SAYING_MENDER] = { "mender", false },
};

static const struct template_field of_listed[LISTED_FIELDS] = {
	[LISTED_WHERE] = { "where", true },
	[LISTED_SAYS] = { "says", false },
};

#define FILE_OF(name, table)                         \
	{                                            \
		name ".txt", table, ARRAY_LEN(table) \
	}

static const struct {
	const char *file;
	const struct template_field *fields;
	size_t n;
} kinds[REPLIES] = {
	[REPLY_REPORT] = FILE_OF("report", of_report),
	[REPLY_DOES_NOT_BUILD] = FILE_OF("does-not-build", of_report),
	[REPLY_DOES_NOT_APPLY] = FILE_OF("does-not-apply", of_conflict),
	[REPLY_INCOMPLETE] = FILE_OF("incomplete", of_incomplete),
	[REPLY_MODERATOR] = FILE_OF("moderator", of_moderator),
	[REPLY_CORRECTION] = FILE_OF("correction", of_correction),
	[REPLY_ANSWER] = FILE_OF("answer", of_answer),
	[REPLY_PROBE] = FILE_OF("probe", of_probe),
	[REPLY_SINCE] = FILE_OF("since", of_since),
	[REPLY_REGRESSION] = FILE_OF("of-regression", of_saying),
	[REPLY_UNCOVERED] = FILE_OF("of-uncovered", of_saying),
	[REPLY_CHANGED] = FILE_OF("of-changed", of_saying),
	[REPLY_WARNING] = FILE_OF("of-warning", of_saying),
	[REPLY_BUILD] = FILE_OF("of-build", of_saying),
	[REPLY_REPAIRED] = FILE_OF("of-repaired", of_saying),
	[REPLY_QUESTION] = FILE_OF("of-question", of_saying),
	[REPLY_LISTED] = FILE_OF("of-all-changed", of_listed),
	[REPLY_ORDER] = FILE_OF("of-order", of_failed),
	[REPLY_BECAUSE_BASE] = { "because-base.txt", NULL, 0 },
	[REPLY_BECAUSE_TOOL] = { "because-tool.txt", NULL, 0 },
	[REPLY_BECAUSE_PERSON] = { "because-person.txt", NULL, 0 },
};

static int read_one(struct template **out, enum reply which, const char *path,
		    struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };
	struct err why = ERR_INIT;
	unsigned line;

	if (fs_read(&text, path, TEMPLATE_MAX_BYTES, err) < 0) {
		err->kind = ERR_CONFIG; /* it is part of the configuration */
		return -1;
	}
	if (template_parse(out, &line, kinds[which].fields, kinds[which].n,
			   buf_text(&text), text.len, &why) < 0)
		return err_set(err, ERR_CONFIG, "%s:%u: %s", path, line,
			       why.msg);
	return 0;
}

static bool is_known(const char *file)
{
	for (size_t i = 0; i < REPLIES; i++)
		if (strcmp(file, kinds[i].file) == 0)
			return true;
	return false;
}

static int is_text(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && *entry->d_name != '.' &&
	       strcmp(entry->d_name + len - 4, ".txt") == 0;
}

/* A name that is misspelt would be a text that is never used. */
static int check_names(const char *dir, struct err *err)
{
	struct dirent **found = NULL;
	int n = scandir(dir, &found, is_text, alphasort);
	int rc = 0;

	if (n < 0)
		return err_sys(err, ERR_CONFIG, "cannot read '%s'", dir);
	for (int i = 0; i < n; i++) {
		if (rc == 0 && !is_known(found[i]->d_name))
			rc = err_set(err, ERR_CONFIG,
				     "%s/%s:1: there is no text of that name",
				     dir, found[i]->d_name);
		free(found[i]);
	}
	free(found);
	return rc;
}

int replies_read(struct replies **out, const char *standard, const char *own,
		 struct err *err)
{
	AUTO(replies_free) struct replies *r = xcalloc(1, sizeof(*r));

	if (own && check_names(own, err) < 0)
		return -1;
	for (int i = 0; i < REPLIES; i++) {
		AUTO(mem_free)
		char *path =
			xasprintf("%s/%s", own ? own : standard, kinds[i].file);

		if (own && !fs_exists(path)) {
			free(path);
			path = xasprintf("%s/%s", standard, kinds[i].file);
		}
		if (read_one(&r->v[i], (enum reply)i, path, err) < 0)
			return -1;
	}
	*out = TAKE(r);
	return 0;
}

void replies_free(struct replies *r)
{
	if (!r)
		return;
	for (int i = 0; i < REPLIES; i++)
		template_free(r->v[i]);
	free(r);
}
