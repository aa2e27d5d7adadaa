/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_intake.c - a record of the box is believed in nothing
 *
 * What the box makes of mails is in tests/server/test_intake.c.
 */
#include "bot/stages/intake.h"

#include "tests/support/support.h"

#define ID "0123456789012345678901234567890123456789"
#define HEAD "\"commit\":\"" ID "\",\"blob\":\"" ID "\""
#define NAMES                                                                 \
	"\"message_id\":\"1@x\",\"in_reply_to\":\"3@x\",\"references\":[\"2@" \
	"x\","                                                                \
	"\"1@x\",\"\",\"2@x\"],\"list_id\":\"l\",\"sender\":\"a@b\","         \
	"\"subject\":\"s\""
#define FLAGS                                                           \
	"\"is_patch\":true,\"is_reply\":false,\"is_cover\":false,"      \
	"\"has_version\":true,\"has_position\":true,\"has_diff\":true," \
	"\"touches\":false"
#define NUMBERS "\"date\":5,\"version\":2,\"index\":3,\"total\":4"
#define MAIL(names, flags, numbers) \
	"{\"what\":\"mail\"," HEAD "," names "," flags "," numbers "}"

START_TEST(a_mail_is_decoded_whole)
{
	static const char text[] = MAIL(NAMES, FLAGS, NUMBERS);
	AUTO(intake_head_release) struct intake_head h = { 0 };
	struct err err = ERR_INIT;

	ck_ok(intake_decode(&h, text, strlen(text), &err), &err);
	ck_assert_int_eq(h.what, INTAKE_MAIL);
	ck_assert_str_eq(h.commit, ID);
	ck_assert_str_eq(h.blob, ID);
	ck_assert_str_eq(h.message_id, "1@x");
	ck_assert_uint_eq(h.ancestors.n, 2);
	ck_assert_str_eq(h.ancestors.v[0], "2@x");
	ck_assert_str_eq(h.ancestors.v[1], "3@x");
	ck_assert_str_eq(h.list_id, "l");
	ck_assert_str_eq(h.sender, "a@b");
	ck_assert_str_eq(h.subject, "s");
	ck_assert_int_eq(h.date, 5);
	ck_assert(h.is_patch && h.has_version && h.has_position && h.has_diff);
	ck_assert(!h.is_reply && !h.is_cover && !h.touches);
	ck_assert_uint_eq(h.version, 2);
	ck_assert_uint_eq(h.index, 3);
	ck_assert_uint_eq(h.total, 4);
	ck_assert_str_eq(h.error, "");
}
END_TEST

static const struct {
	const char *text;
	enum intake_what what;
} others[] = {
	{ "{\"what\":\"deleted\"," HEAD ",\"message_id\":\"\"}",
	  INTAKE_DELETED },
	{ "{\"what\":\"purged\"," HEAD "}", INTAKE_PURGED },
	{ "{\"what\":\"unreadable\",\"commit\":\"\",\"blob\":\"\","
	  "\"error\":\"why\"}",
	  INTAKE_UNREADABLE },
	{ "{\"what\":\"rewritten\",\"commit\":\"\",\"blob\":\"\"}",
	  INTAKE_REWRITTEN },
	{ "{\"what\":\"gone\",\"commit\":\"\",\"blob\":\"" ID "\"}",
	  INTAKE_GONE },
};

START_TEST(what_is_no_mail_has_no_text_but_its_own)
{
	AUTO(intake_head_release) struct intake_head h = { 0 };
	struct err err = ERR_INIT;
	const char *text = others[_i].text;

	ck_ok(intake_decode(&h, text, strlen(text), &err), &err);
	ck_assert_int_eq(h.what, others[_i].what);
	ck_assert_str_eq(h.error, h.what == INTAKE_UNREADABLE ? "why" : "");
	ck_assert_str_eq(h.message_id, "");
	ck_assert_str_eq(h.subject, "");
}
END_TEST

static const struct {
	const char *text, *says;
} refused[] = {
	{ "", "a frame is no JSON: " },
	{ "[]", "a frame is no JSON object" },
	{ "{}", "'what' is missing" },
	{ "{\"what\":1}", "'what' is not a string" },
	{ "{\"what\":\"spam\"}", "'what' is 'spam'" },
	{ "{\"what\":\"purged\",\"commit\":\"" ID "0\",\"blob\":\"" ID "\"}",
	  "'commit' is no object id" },
	{ "{\"what\":\"purged\",\"commit\":\"" ID "\",\"blob\":\"\"}",
	  "'blob' is no object id" },
	{ "{\"what\":\"gone\",\"commit\":\"\",\"blob\":\"../../etc\"}",
	  "'blob' is no object id" },
	{ "{\"what\":\"unreadable\"," HEAD ",\"error\":\"a\\nb\"}",
	  "'error' has a control character" },
	{ "{\"what\":\"deleted\"," HEAD ",\"message_id\":\"a\\u0000b\"}",
	  "a frame is no JSON: " },
	{ MAIL("\"message_id\":\"\"", FLAGS, NUMBERS),
	  "'message_id' is empty" },
	{ MAIL("\"message_id\":\"a\\rb\"", FLAGS, NUMBERS),
	  "'message_id' has a control character" },
	{ MAIL("\"message_id\":\"1\",\"references\":{}", FLAGS, NUMBERS),
	  "'references' is not a list" },
	{ MAIL("\"message_id\":\"1\",\"in_reply_to\":\"\",\"references\":[1]",
	       FLAGS, NUMBERS),
	  "'references' has what is not a string" },
	{ MAIL("\"message_id\":\"1\",\"in_reply_to\":\"\",\"references\":"
	       "[0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1]",
	       FLAGS, NUMBERS),
	  "'references' has more than 21 elements" },
	{ MAIL(NAMES, FLAGS, "\"date\":-1"),
	  "'date' is not from 0 to 4102444800" },
	{ MAIL(NAMES, FLAGS, "\"date\":1e99"), "'date' is not a whole number" },
	{ MAIL(NAMES, FLAGS, "\"date\":1,\"version\":0"),
	  "'version' is not from 1 to 999" },
	{ MAIL(NAMES, FLAGS, "\"date\":1,\"version\":1,\"index\":2001"),
	  "'index' is not from 0 to 2000" },
	{ MAIL(NAMES, FLAGS,
	       "\"date\":1,\"version\":1,\"index\":1,\"total\":0"),
	  "'total' is not from 1 to 2000" },
	{ MAIL(NAMES, "\"is_patch\":1", NUMBERS),
	  "'is_patch' is not true or false" },
	{ MAIL(NAMES, "\"is_patch\":true,\"is_patch\":true", NUMBERS),
	  "a frame is no JSON: " },
};

START_TEST(a_record_that_lies_is_refused)
{
	AUTO(intake_head_release) struct intake_head h = { 0 };
	struct err err = ERR_INIT;
	const char *text = refused[_i].text;

	ck_assert_int_eq(intake_decode(&h, text, strlen(text), &err), -1);
	ck_assert_msg(strstr(err.msg, refused[_i].says), "%s", err.msg);
	ck_assert(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
	ck_assert_ptr_null(h.frame);
}
END_TEST

static const struct {
	const char *key;
	size_t max;
} ceilings[] = {
	{ "message_id", INTAKE_MAX_ID },   { "in_reply_to", INTAKE_MAX_ID },
	{ "list_id", INTAKE_MAX_ID },	   { "sender", INTAKE_MAX_SENDER },
	{ "subject", INTAKE_MAX_SUBJECT },
};

/* A mail with @len bytes as the text of @key. */
static int decode_long(const char *key, size_t len, struct err *err)
{
	static const char whole[] = MAIL(NAMES, FLAGS, NUMBERS);
	AUTO(intake_head_release) struct intake_head h = { 0 };
	AUTO(json_free) json_t *frame = json_loads(whole, 0, NULL);
	AUTO(mem_free) char *text = xcalloc(1, len + 1);
	AUTO(mem_free) char *bytes = NULL;

	memset(text, 'x', len);
	json_set_str(frame, key, text);
	bytes = json_dumps(frame, 0);
	return intake_decode(&h, bytes, strlen(bytes), err);
}

START_TEST(a_text_has_a_ceiling)
{
	struct err err = ERR_INIT;
	AUTO(mem_free)
	char *says = xasprintf("'%s' is larger than %zu bytes",
			       ceilings[_i].key, ceilings[_i].max);

	ck_ok(decode_long(ceilings[_i].key, ceilings[_i].max, &err), &err);
	ck_assert_int_eq(
		decode_long(ceilings[_i].key, ceilings[_i].max + 1, &err), -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	ck_assert_str_eq(err.msg, says);
}
END_TEST

START_TEST(a_record_has_a_ceiling)
{
	struct err err = ERR_INIT;

	ck_assert_int_eq(decode_long("other", INTAKE_MAX_HEAD, &err), -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	ck_assert_str_eq(err.msg, "a record is larger than 262144 bytes");
}
END_TEST

static int take(void *arg, const struct intake_head *head, const char *bytes,
		size_t len, struct err *err)
{
	(void)head;
	(void)err;
	buf_add(arg, bytes, len);
	buf_addc(arg, '.');
	return 0;
}

START_TEST(a_record_and_its_bytes_are_taken_together)
{
	AUTO(buf_release) struct buf got = { 0 };
	AUTO(intake_reader_release)
	struct intake_reader r = { .take = take, .arg = &got };
	static const char mail[] = MAIL(NAMES, FLAGS, NUMBERS);
	const char *purged = others[1].text;
	struct err err = ERR_INIT;

	buf_init(&got, 100);
	ck_ok(intake_take(&r, mail, strlen(mail), &err), &err);
	ck_assert(r.has_head);
	ck_ok(intake_take(&r, "abc", 3, &err), &err);
	ck_assert(!r.has_head);
	ck_ok(intake_take(&r, purged, strlen(purged), &err), &err);
	ck_ok(intake_take(&r, "", 0, &err), &err);
	ck_assert_str_eq(buf_text(&got), "abc..");
	ck_ok(intake_take(&r, purged, strlen(purged), &err), &err);
	ck_assert_int_eq(intake_take(&r, "x", 1, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_str_eq(err.msg, "bytes of what is no mail");
}
END_TEST

TEST_MAIN("intake", TEST(a_mail_is_decoded_whole),
	  TABLE(what_is_no_mail_has_no_text_but_its_own, others),
	  TABLE(a_record_that_lies_is_refused, refused),
	  TABLE(a_text_has_a_ceiling, ceilings), TEST(a_record_has_a_ceiling),
	  TEST(a_record_and_its_bytes_are_taken_together))
