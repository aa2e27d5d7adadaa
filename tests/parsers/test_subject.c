/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/span.h"
#include "parsers/subject.h"
#include "tests/support/support.h"

static struct subject *parse(const char *line)
{
	struct subject *s = NULL;
	struct err err = ERR_INIT;

	ck_ok(subject_parse(&s, line, strlen(line), &err), &err);
	return s;
}

static const struct {
	const char *line;
	unsigned version, minor, index, total;
} numbered[] = {
	{ "[PATCH] xfs: fix a leak", 1, 0, 1, 1 },
	{ "[PATCH v3 2/7] btrfs: use folios", 3, 0, 2, 7 },
	{ "[PATCH vfs-next 1/2] fs: not a version", 1, 0, 1, 2 },
	{ "[PATCHv3 2/7] glued", 3, 0, 2, 7 },
	{ "[PATCH-v3 2/7] glued with a dash", 3, 0, 2, 7 },
	{ "[PATCHV3] upper case", 3, 0, 1, 1 },
	{ "[PATCH 1/2 v2] version behind", 2, 0, 1, 2 },
	{ "[PATCH 0/5 V2] a cover's too", 2, 0, 0, 5 },
	{ "[2/3 v4 PATCH] any order", 4, 0, 2, 3 },
	{ "[v4 PATCH 2/3] any order", 4, 0, 2, 3 },
	{ "[PATCH net-next v2][2/3] two brackets", 2, 0, 2, 3 },
	{ "[PATCH] [v2] [2/3] three brackets", 2, 0, 2, 3 },
	{ "[PATCH,v2,2/3] commas", 2, 0, 2, 3 },
	{ "[PATCH v2; 2/3] semicolon", 2, 0, 2, 3 },
	{ "[[PATCH v2] 2/3] nested", 2, 0, 2, 3 },
	{ "[PATCH [RFC] v2 2/3] nested", 2, 0, 2, 3 },
	{ "[PATCH 6.6 029/124] zeros before", 1, 0, 29, 124 },
	{ "[PATCH AUTOSEL 5.10-5.4 01/2] ranges", 1, 0, 1, 2 },
	{ "[PATCH v2.1 3/5] sent again alone", 2, 1, 3, 5 },
	{ "[PATCHSET v13.3 0/5] a cover of djwong's", 13, 3, 0, 5 },
	{ "[RFC 2/3] without the word", 1, 0, 2, 3 },
	{ "[2/3] bare position", 1, 0, 2, 3 },
	{ "[f2fs-dev] [PATCH v2 1/2] list tag first", 2, 0, 1, 2 },
	{ "[PATCH 3/2] one more on top", 1, 0, 3, 2 },
	{ "[PATCH 0/2 + 0/2] two projects", 1, 0, 0, 2 },
	{ "[PATCH 0/0] nothing of nothing", 1, 0, 0, 1 },
	{ "[PATCH v0] there is none before 1", 1, 0, 1, 1 },
	{ "[PATCH] v2: version outside", 2, 0, 1, 1 },
	{ "[PATCH 2/3] v2 xfs: outside, no colon", 2, 0, 2, 3 },
	{ "[PATCH] xfs: fix it (v2)", 2, 0, 1, 1 },
	{ "[PATCH 0/4] xfs: a cover v3", 3, 0, 0, 4 },
	{ "fix inode stats with lots of metafiles v2", 2, 0, 1, 1 },
	{ "[PATCH 2/3] xfs: bulkstat v5", 1, 0, 2, 3 },
	{ "[PATCH] nfs: speak protocol v4", 1, 0, 1, 1 },
	{ "[PATCH v2 1/3] xfs: bulkstat v5", 2, 0, 1, 3 },
	{ "[PATCHSET] fixes for v2026.01.27", 1, 0, 0, 1 },
	{ "[PATCH v1000] beyond any version", 1, 0, 1, 1 },
	{ "[PATCH v10 rebased on v6.4 02/25] the first counts", 10, 0, 2, 25 },
	{ "[PATCH v5.10 v2 1/3] a kernel, then a version", 2, 0, 1, 3 },
	{ "[PATCH v6.12] a kernel of long support", 1, 0, 1, 1 },
	{ "[PATCH v6.1 02/12] a version of djwong's", 6, 1, 2, 12 },
	{ "[PATCH 00/19 v6.1.y] a stable tree", 1, 0, 0, 19 },
	{ "[PATCH 1/n] not a number", 1, 0, 1, 1 },
	{ "[PATCH", 1, 0, 1, 1 },
	{ "", 1, 0, 1, 1 },
};

START_TEST(reads_version_and_position)
{
	AUTO(subject_free) struct subject *s = parse(numbered[_i].line);

	ck_assert_uint_eq(s->version, numbered[_i].version);
	ck_assert_uint_eq(s->version_minor, numbered[_i].minor);
	ck_assert_uint_eq(s->index, numbered[_i].index);
	ck_assert_uint_eq(s->total, numbered[_i].total);
}
END_TEST

static const struct {
	const char *line;
	bool is_pull, is_stable;
} others[] = {
	{ "[PATCH] ext4: a", false, false },
	{ "[GIT PULL] ext4 fixes for 5.8", true, false },
	{ "[GIT PULL v2 1/3] xfs: a", true, false },
	{ "[PULL] ext4", true, false },
	{ "[PULL REQUEST] ext4", true, false },
	{ "GIT PULL: ext4", true, false },
	{ "Re: [GIT PULL] ext4", true, false },
	{ "[PATCH] pull the plug", false, false },
	{ "[PATCH AUTOSEL 4.19 001/244] gfs2: a", false, true },
	{ "[PATCH AUTOSEL 6.18-5.10] ext4: a", false, true },
	{ "[PATCH 6.1.y 1/2] ext4: a", false, true },
	{ "[PATCH v5.15.y 1/2] ext4: a", false, true },
	{ "[PATCH 2/2 linux-5.4.y] ext4: a", false, true },
	{ "[PATCH 5.10-stable] ext4: a", false, true },
	{ "[PATCH 5.10/5.15] ext4: a", false, true },
	{ "[PATCH 5.19 1124/1157] ext4: a", false, true },
	{ "[PATCH v5.10] ext4: a", false, true },
	{ "[PATCH v6.1 02/12] xfs: a", false, false },
	{ "[PATCH STABLE 6.1 5.15] ext4: a", false, true },
	{ "[PATCH][for-stable 5.{4, 10} 1/2] ext4: a", false, true },
	{ "[PATCH for 5.2] Btrfs: a", false, false },
	{ "[PATCH for-5.2] Btrfs: a", false, false },
	{ "[PATCH 6.6-rc3] ext4: a", false, false },
	{ "[PATCH RFC v2 for-6.8/block 01/18] block: a", false, false },
	{ "[PATCHSET 6.5 1/3] xfs: a", false, false },
	{ "[PATCHBOMB 1.48] fuse2fs: a", false, false },
	{ "FAILED: patch \"[PATCH] ext4: a\" failed to apply to 6.1-stable "
	  "tree",
	  false, true },
	{ "Patch \"ext4: a\" has been added to the 5.10-stable tree", false,
	  true },
	{ "Patch \"ext4: a\" is what I mean", false, false },
};

START_TEST(what_is_no_new_series_is_told)
{
	AUTO(subject_free) struct subject *s = parse(others[_i].line);

	ck_assert_int_eq(s->is_pull, others[_i].is_pull);
	ck_assert_int_eq(s->is_stable, others[_i].is_stable);
}
END_TEST

static const struct {
	const char *line, *title;
	bool is_patch, is_reply, is_rfc, is_resend;
} flagged[] = {
	{ "[PATCH] xfs: a", "xfs: a", true, false, false, false },
	{ "[RFC PATCH] xfs: a", "xfs: a", true, false, true, false },
	{ "[RFC/PATCH] xfs: a", "xfs: a", true, false, true, false },
	{ "[PATCH RFC] xfs: a", "xfs: a", true, false, true, false },
	{ "[RFC] xfs: a", "xfs: a", false, false, true, false },
	{ "RFC: xfs: a", "RFC: xfs: a", false, false, true, false },
	{ "[PATCH RESEND] xfs: a", "xfs: a", true, false, false, true },
	{ "[RESEND PATCH v2] xfs: a", "xfs: a", true, false, false, true },
	{ "[REPOST PATCH] xfs: a", "xfs: a", true, false, false, true },
	{ "Re: [PATCH] xfs: a", "xfs: a", true, true, false, false },
	{ "RE: [PATCH] xfs: a", "xfs: a", true, true, false, false },
	{ "re:[PATCH] xfs: a", "xfs: a", true, true, false, false },
	{ "Re[2]: [PATCH] xfs: a", "xfs: a", true, true, false, false },
	{ "AW: Re: [PATCH] xfs: a", "xfs: a", true, true, false, false },
	{ "Fwd: [PATCH] xfs: a", "xfs: a", true, true, false, false },
	{ "[f2fs-dev] Re: [PATCH] a", "a", true, true, false, false },
	{ "答复: [PATCH v6] a", "a", true, true, false, false },
	{ "回复：[PATCH v6] a", "a", true, true, false, false },
	{ "Ynt: [PATCH] a", "a", true, true, false, false },
	{ "xfs: [variant A] a", "xfs: [variant A] a", false, false, false,
	  false },
	{ "[PATCH] reiserfs: a", "reiserfs: a", true, false, false, false },
	{ "[PATCH] Revert \"a\"", "Revert \"a\"", true, false, false, false },
	{ "[PATCH]: colon behind", "colon behind", true, false, false, false },
	{ "[RFCOMM] not an RFC", "not an RFC", false, false, false, false },
	{ "[GIT PULL] fixes", "fixes", false, false, false, false },
	{ "[syzbot] a report", "a report", false, false, false, false },
	{ "[PATCH never closed", "[PATCH never closed", false, false, false,
	  false },
	{ "[PATCH]  two\t\tblanks \x01 in it ", "two blanks in it", true, false,
	  false, false },
};

START_TEST(reads_flags_and_title)
{
	AUTO(subject_free) struct subject *s = parse(flagged[_i].line);

	ck_assert_str_eq(s->title, flagged[_i].title);
	ck_assert_int_eq(s->is_patch, flagged[_i].is_patch);
	ck_assert_int_eq(s->is_reply, flagged[_i].is_reply);
	ck_assert_int_eq(s->is_rfc, flagged[_i].is_rfc);
	ck_assert_int_eq(s->is_resend, flagged[_i].is_resend);
}
END_TEST

START_TEST(patchset_position_orders_series_and_not_patches)
{
	AUTO(subject_free)
	struct subject *s = parse("[PATCHSET v2 2/3] fs: repair, part 2");

	ck_assert(s->is_patchset && !s->is_patch && !s->has_position);
	ck_assert_uint_eq(s->set_index, 2);
	ck_assert_uint_eq(s->set_total, 3);
	ck_assert_uint_eq(s->index, 0);
}
END_TEST

START_TEST(patchset_of_position_zero_is_an_ordinary_cover)
{
	AUTO(subject_free)
	struct subject *s = parse("[PATCHSET v2 0/3] xfs: fixes");

	ck_assert(s->has_position);
	ck_assert_uint_eq(s->index, 0);
	ck_assert_uint_eq(s->total, 3);
	ck_assert_uint_eq(s->set_index, 0);
}
END_TEST

START_TEST(other_tags_are_kept_as_prefixes)
{
	AUTO(subject_free)
	struct subject *s = parse("[xfstests PATCH for-6.1 v2 1/2] a");

	ck_assert_uint_eq(s->prefixes.n, 2);
	ck_assert_str_eq(s->prefixes.v[0], "xfstests");
	ck_assert_str_eq(s->prefixes.v[1], "for-6.1");
}
END_TEST

START_TEST(a_patch_beyond_its_series_is_an_addition_to_it)
{
	AUTO(subject_free) struct subject *s = parse("[PATCH 16/13] xfs: a");

	ck_assert(s->is_patch && s->has_position);
	ck_assert_uint_eq(s->index, 16);
	ck_assert_uint_eq(s->total, 13);
}
END_TEST

START_TEST(a_nul_in_the_line_is_a_blank)
{
	AUTO(subject_free) struct subject *s = NULL;
	struct err err = ERR_INIT;

	ck_ok(subject_parse(&s, "[PATCH] a\0b", 11, &err), &err);
	ck_assert_str_eq(s->title, "a b");
}
END_TEST

static const struct {
	const char *unit;
	size_t times;
	const char *says;
} ceilings[] = {
	{ "x", SUBJECT_MAX_LEN, NULL },
	{ "x", SUBJECT_MAX_LEN + 1, "subject is larger than 4000 bytes" },
	{ "[x]", SUBJECT_MAX_TAGS, NULL },
	{ "[x]", SUBJECT_MAX_TAGS + 1, "more than 32 subject tags" },
	{ "[PATCH 1/2000]", 1, NULL },
	{ "[PATCH 1/2001]", 1, "more than 2000 patches in a series" },
	{ "[PATCH 2001/2]", 1, "more than 2000 patches in a series" },
	{ "[PATCH 1/4294967295]", 1, "more than 2000 patches in a series" },
	{ "[PATCH 1/4294967296]", 1, NULL }, /* no position at all */
};

START_TEST(a_ceiling_holds_at_the_limit_and_one_past_it)
{
	AUTO(subject_free) struct subject *s = NULL;
	AUTO(buf_release) struct buf line = { 0 };
	struct err err = ERR_INIT;
	int rc;

	buf_init(&line, SUBJECT_MAX_LEN * 2);
	for (size_t i = 0; i < ceilings[_i].times; i++)
		buf_adds(&line, ceilings[_i].unit);
	rc = subject_parse(&s, buf_text(&line), line.len, &err);
	ck_assert_int_eq(rc, ceilings[_i].says ? -1 : 0);
	if (ceilings[_i].says) {
		ck_assert_int_eq(err.kind, ERR_LIMIT);
		ck_assert_str_eq(err.msg, ceilings[_i].says);
	}
}
END_TEST

static void dump_line(struct buf *out, struct span line)
{
	AUTO(subject_free) struct subject *s = NULL;
	struct err err = ERR_INIT;

	buf_add(out, line.p, span_len(line));
	if (subject_parse(&s, line.p, span_len(line), &err) < 0) {
		buf_addf(out, "\n\t%s: %s\n", err_kind_name(err.kind), err.msg);
		return;
	}
	buf_addf(out, "\n\tv%u.%u %u/%u%s set %u/%u%s%s%s%s%s\n", s->version,
		 s->version_minor, s->index, s->total,
		 s->has_position ? "" : " (not said)", s->set_index,
		 s->set_total, s->is_patch ? " patch" : "",
		 s->is_patchset ? " patchset" : "", s->is_reply ? " reply" : "",
		 s->is_rfc ? " rfc" : "", s->is_resend ? " resend" : "");
	for (size_t i = 0; i < s->prefixes.n; i++)
		buf_addf(out, "\tprefix '%s'\n", s->prefixes.v[i]);
	buf_addf(out, "\ttitle '%s'\n", s->title);
}

static void dump(struct buf *out, const char *bytes, size_t len)
{
	struct span rest = span_of(bytes, len);
	struct span line;

	while (span_line(&rest, &line))
		dump_line(out, line);
}

START_TEST(golden_subjects_read_as_expected)
{
	support_golden("subject", ".txt", dump);
}
END_TEST

static const struct {
	const char *title, *name;
} names[] = {
	{ "xfs: fix the stats", "xfs: fix the stats" },
	{ "xfs: fix the stats v2", "xfs: fix the stats" },
	{ "xfs: fix the stats, v2.1", "xfs: fix the stats" },
	{ "xfs: fix the stats (v2)", "xfs: fix the stats" },
	{ "v2: xfs: fix the stats", "xfs: fix the stats" },
	{ "RFC: xfs: fix the stats v3", "xfs: fix the stats" },
	{ "  xfs: fix the stats -  ", "xfs: fix the stats" },
	{ "xfs: vfs", "xfs: vfs" },
	{ "v2", "" },
	{ "", "" },
};

START_TEST(a_title_has_a_name_that_its_versions_share)
{
	struct span name = subject_name(names[_i].title);
	AUTO(mem_free) char *text = span_dup(name);

	ck_assert_str_eq(text, names[_i].name);
}
END_TEST

START_TEST(titles_without_a_name_are_never_the_same)
{
	ck_assert(subject_same_name("xfs: a v2", "RFC: XFS: a"));
	ck_assert(!subject_same_name("xfs: a", "xfs: ab"));
	ck_assert(!subject_same_name("v2", "v3"));
	ck_assert(!subject_same_name("", ""));
}
END_TEST

TEST_MAIN("subject", TABLE(reads_version_and_position, numbered),
	  TABLE(reads_flags_and_title, flagged),
	  TABLE(what_is_no_new_series_is_told, others),
	  TABLE(a_title_has_a_name_that_its_versions_share, names),
	  TEST(titles_without_a_name_are_never_the_same),
	  TEST(patchset_position_orders_series_and_not_patches),
	  TEST(patchset_of_position_zero_is_an_ordinary_cover),
	  TEST(other_tags_are_kept_as_prefixes),
	  TEST(a_patch_beyond_its_series_is_an_addition_to_it),
	  TEST(a_nul_in_the_line_is_a_blank),
	  TABLE(a_ceiling_holds_at_the_limit_and_one_past_it, ceilings),
	  TEST(golden_subjects_read_as_expected))
