/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/lore.h"

#include <dirent.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <time.h>

#include "bot/base/fs.h"
#include "bot/base/hash.h"
#include "bot/base/span.h"
#include "bot/mail/gunzip.h"
#include "bot/mail/http.h"
#include "bot/run/boxed.h"
#include "bot/store/hosts.h"
#include "parsers/loreurl.h"

#define MAX_TIME 32 /* bytes of a time as text */

/* ---- in the box ---- */

static int send_head(int out, bool is_found, unsigned leave_s, const char *why,
		     struct err *err)
{
	AUTO(json_free) json_t *head = json_object();

	json_set_bool(head, "found", is_found);
	json_set_int(head, "leave_s", leave_s);
	json_set_str(head, "why", why);
	return boxed_send(out, head, err);
}

static int send_mbox(int out, const struct buf *gzip, struct err *err)
{
	AUTO(buf_release) struct buf mbox = { 0 };

	if (gunzip_run(&mbox, gzip->data, gzip->len, LORE_MAX_MBOX, err) < 0)
		return -1;
	if (!span_starts(span_of(mbox.data, mbox.len), "From "))
		return err_set(err, ERR_INPUT, "the answer is no mailbox");
	if (send_head(out, true, 0, "", err) < 0)
		return -1;
	return boxed_send_bytes(out, mbox.data, mbox.len, err);
}

int lore_box(const json_t *request, int out, struct err *err)
{
	AUTO(http_reply_release) struct http_reply reply = { 0 };
	struct http_verdict verdict;
	struct err why = ERR_INIT;
	const char *url, *agent;

	if (json_get_string(&url, request, "url", err) < 0 ||
	    json_get_string(&agent, request, "agent", err) < 0 ||
	    http_get(&reply, url, agent, LORE_MAX_GZIP, LORE_TIMEOUT_S, err) <
		    0)
		return -1;
	if (http_judge(&verdict, &reply, HTTP_GZIP, &why) == 0)
		return verdict.is_found ? send_mbox(out, &reply.body, err)
					: send_head(out, false, 0, "", err);
	if (verdict.leave_s)
		return send_head(out, false, verdict.leave_s, why.msg, err);
	return err_set(err, why.kind, "%s", why.msg);
}

/* ---- in the parent ---- */

/* What the box has told so far. */
struct answer {
	unsigned frames;
	bool is_found;
	int64_t leave_s;
	char *why;
	struct buf mbox;
};

static void answer_release(struct answer *a)
{
	free(a->why);
	buf_release(&a->mbox);
}
DEFINE_AUTO_VALUE(struct answer, answer_release)

static int take_head(struct answer *a, const char *bytes, size_t len,
		     struct err *err)
{
	AUTO(json_free) json_t *head = NULL;
	const char *why;

	if (boxed_read(&head, bytes, len, err) < 0 ||
	    json_get_bool(&a->is_found, head, "found", err) < 0 ||
	    json_get_int(&a->leave_s, head, "leave_s", 0, HTTP_MAX_LEAVE_S,
			 err) < 0 ||
	    json_get_string(&why, head, "why", err) < 0)
		return -1;
	a->why = xstrdup(why);
	return 0;
}

static int take_frame(void *arg, const char *bytes, size_t len, struct err *err)
{
	struct answer *a = arg;

	a->frames++;
	if (a->frames == 1)
		return take_head(a, bytes, len, err);
	if (a->frames > 2 || !a->is_found || len == 0)
		return err_set(err, ERR_INPUT, "a frame too many");
	buf_init(&a->mbox, LORE_MAX_MBOX);
	buf_add(&a->mbox, bytes, len);
	return 0;
}

static int ask(struct answer *a, const struct lore_spec *spec, const char *url,
	       struct err *err)
{
	AUTO(json_free) json_t *request = json_object();

	json_set_str(request, "url", url);
	json_set_str(request, "agent", spec->agent);
	if (boxed_run(
		    &(struct boxed_spec){
			    .name = "thread",
			    .profile = "net",
			    .request = request,
			    .user = spec->user,
			    .timeout_s = LORE_TIMEOUT_S + 30,
			    .max_frame = LORE_MAX_MBOX,
			    .on_frame = take_frame,
			    .arg = a,
		    },
		    err) < 0)
		return -1;
	if (a->frames != (a->is_found ? 2 : 1))
		return err_set(err, ERR_INPUT, "a frame too few");
	return 0;
}

/* "host:port" of an address. */
static void print_time(char out[MAX_TIME], int64_t at)
{
	time_t s = (time_t)at;
	struct tm tm;

	gmtime_r(&s, &tm);
	strftime(out, MAX_TIME, "%Y-%m-%d %H:%M UTC", &tm);
}

static int leave_alone(const char *host, const struct hosts_row *row,
		       struct err *err)
{
	char until[MAX_TIME];

	print_time(until, row->not_before);
	return err_set(err, ERR_RETRY, "'%s' is to be left alone until %s: %s",
		       host, until, row->why ? row->why : "it asked for it");
}

static int check_host(const struct lore_spec *spec, const char *host,
		      struct err *err)
{
	AUTO(hosts_row_release) struct hosts_row row = { 0 };

	if (hosts_find(&row, spec->store, host, err) < 0)
		return -1;
	return row.not_before > time(NULL) ? leave_alone(host, &row, err) : 0;
}

static int remember(const struct lore_spec *spec, const char *host,
		    const struct answer *a, struct err *err)
{
	struct hosts_row row = {
		.not_before = time(NULL) + a->leave_s,
		.why = a->why,
	};
	AUTO(store_end) struct store_txn txn = { 0 };

	if (store_begin(&txn, spec->store, err) < 0 ||
	    hosts_put(&txn, host, &row, err) < 0 || store_commit(&txn, err) < 0)
		return -1;
	return leave_alone(host, &row, err);
}

static bool is_younger(const char *path, time_t seconds)
{
	struct stat st;

	return stat(path, &st) == 0 && time(NULL) - st.st_mtime < seconds;
}

static void remove_old(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		AUTO(mem_free)
		char *path = xasprintf("%s/%s", folder, entry->d_name);
		size_t len = strlen(path);

		if (len > 5 && strcmp(path + len - 5, ".mbox") == 0 &&
		    !is_younger(path, LORE_KEEP_S))
			unlink(path);
	}
	closedir(dir);
}

/* Where the thread at @url is kept. */
static char *path_of(const struct lore_spec *spec, const char *url)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();
	struct hash hash;

	hasher_adds(h, url);
	hasher_get(&hash, h);
	return xasprintf("%s/%s.mbox", spec->folder, hash.hex);
}

static int fetch(bool *found_out, const struct lore_spec *spec, const char *url,
		 const char *path, struct err *err)
{
	AUTO(answer_release) struct answer a = { 0 };
	AUTO(mem_free) char *host = http_host(url);

	if (check_host(spec, host, err) < 0)
		return -1;
	if (ask(&a, spec, url, err) < 0)
		return err_wrap(err, "'%s'", host);
	if (a.leave_s)
		return remember(spec, host, &a, err);
	*found_out = a.is_found;
	return a.is_found ? fs_write(path, a.mbox.data, a.mbox.len, err) : 0;
}

int lore_get(char **path_out, const struct lore_spec *spec, const char *list,
	     const char *message_id, struct err *err)
{
	AUTO(mem_free) char *url = loreurl_thread(list, message_id);
	AUTO(mem_free) char *path = path_of(spec, url);
	AUTO(mem_free) char *queue = xasprintf("%s/server", spec->folder);
	AUTO(fd_close) int turn = -1;
	bool found = true;

	*path_out = NULL;
	if (fs_mkdirs(spec->folder, 0755, err) < 0 ||
	    fs_lock(&turn, queue, err) < 0)
		return -1;
	if (!is_younger(path, LORE_FRESH_S)) {
		remove_old(spec->folder);
		if (fetch(&found, spec, url, path, err) < 0)
			return -1;
	}
	if (found)
		*path_out = TAKE(path);
	return 0;
}
