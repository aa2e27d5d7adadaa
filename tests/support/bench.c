/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/bench.h"

#include "bot/base/fs.h"
#include "bot/base/mem.h"

void bench_release(struct bench *b)
{
	overlay_release(&b->view);
	profile_free(b->profile);
	buildlog_release(&b->known);
	free(b->log);
	free(b->dir);
}
void bench_prepare(struct bench *b)
{
	AUTO(mem_free) char *src = NULL;
	AUTO(mem_free) char *log = NULL;
	AUTO(buf_release) struct buf text = { 0 };
	const char *lane = getenv("COLLIDER_TEST_LANE");
	struct err err = ERR_INIT;

	*b = (struct bench){ 0 };
	support_drop();
	src = xasprintf("%s/src", lane);
	log = xasprintf("%s/build.log", lane);
	b->dir = support_tmpdir();
	b->log = xasprintf("%s/build.log", b->dir);
	ck_ok(profile_read(&b->profile, "build", &err), &err);
	ck_ok(fs_read(&text, log, BUILD_MAX_LOG, &err), &err);
	buildlog_parse(&b->known, buf_text(&text), text.len, "/linux");
	ck_ok(overlay_mount(&b->view, src, b->dir, 2048, &err), &err);
	progress_start(&b->progress, NULL, "", 0);
}

void bench_edit(struct bench *b, const char *path, const char *from,
		const char *to)
{
	AUTO(mem_free) char *full = xasprintf("%s/%s", b->view.tree, path);
	AUTO(mem_free) char *text = NULL;
	AUTO(buf_release) struct buf was = { 0 };
	struct err err = ERR_INIT;
	char *at;

	ck_ok(fs_read(&was, full, 4 << 20, &err), &err);
	at = strstr(was.data, from);
	ck_assert_msg(at != NULL, "no '%s' in %s", from, path);
	text = xasprintf("%.*s%s%s", (int)(at - was.data), was.data, to,
			 at + strlen(from));
	ck_ok(fs_write(full, text, strlen(text), &err), &err);
}

void bench_build(struct build_result *r, struct bench *b, const char *path,
		 bool link)
{
	AUTO(strings_release) struct strings changed = { 0 };
	size_t len = strlen(path);
	struct err err = ERR_INIT;

	strings_push(&changed, path);
	ck_ok(build_run(r,
			&(struct build_spec){
				.view = &b->view,
				.profile = b->profile,
				.arch = lane_arch_find("um"),
				.changed = &changed,
				.only_objects = path[len - 1] == 'c',
				.link = link,
				.jobs = 2,
				.timeout_s = 600,
				.memory_mib = 4096,
				.log = b->log,
				.progress = &b->progress,
			},
			&b->known, &err),
	      &err);
}

bool bench_is_there(void)
{
	const char *lane = getenv("COLLIDER_TEST_LANE");

	if (lane && fs_is_dir(lane))
		return true;
	printf("SKIP: no lane, set COLLIDER_TEST_LANE\n");
	return false;
}
