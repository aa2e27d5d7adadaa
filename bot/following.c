/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/following.h"

#include <inttypes.h>
#include <time.h>

#include "bot/base/fs.h"

static struct index_place place_of(const struct config *c, const char *archive)
{
	return (struct index_place){ .archive = archive,
				     .user = c->user,
				     .uid = c->uid,
				     .gid = c->gid };
}

int following_run(struct follow_result *out, const struct following *f,
		  struct store *st, struct err *err)
{
	const struct config *c = f->config;
	AUTO(mem_free) char *mirrors = config_state_path(c, "mirrors");
	AUTO(mem_free) char *archive = config_state_path(c, "archive");

	if (fs_mkdirs(mirrors, 0755, err) < 0)
		return -1;
	return follow_run(out,
			  &(struct follow_spec){
				  .list = f->list->name,
				  .url = f->list->url,
				  .watch = &f->list->watch,
				  .agent = c->agent,
				  .first = c->follow_first,
				  .mirrors = mirrors,
				  .place = place_of(c, archive),
				  .reindex = f->reindex,
				  .progress = f->progress,
			  },
			  st, err);
}

bool following_is_news(const struct follow_result *r)
{
	return r->taken.mails || r->taken.removed || r->taken.rejected ||
	       r->written || r->archive.indexed || r->archive.removed;
}

/* "3 words", ", " before it unless it is the first; nothing for 0. */
static void tell_count(FILE *out, bool *told, uint64_t n, const char *words)
{
	if (n == 0)
		return;
	fprintf(out, "%s %" PRIu64 " %s", *told ? "," : "", n, words);
	*told = true;
}

void following_tell(FILE *out, const char *list, const struct follow_result *r)
{
	bool told = false;

	fprintf(out, "%s:", list);
	tell_count(out, &told, r->taken.mails, "new mails");
	tell_count(out, &told, r->written, "to the archive");
	tell_count(out, &told, r->archive.indexed, "indexed");
	tell_count(out, &told, r->taken.removed, "taken back");
	tell_count(out, &told, r->taken.rejected, "that could not be read");
	if (r->left_alone_until)
		fprintf(out, "%s its server is left alone for %lld s",
			told ? "," : "",
			(long long)(r->left_alone_until - time(NULL)));
	else if (!following_is_news(r))
		fputs(" nothing new", out);
	putc('\n', out);
}
