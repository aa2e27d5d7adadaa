/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/signer.h"

#include <opendkim/dkim.h>
#include <string.h>

#include "bot/base/fs.h"
#include "bot/base/span.h"
#include "tests/support/run.h"

#define MAX_TEXT (4u << 20)
#define NAME "DKIM-Signature: "
#define FIELDS "from,to,subject,date,message-id,in-reply-to,references"

static char *read_file(const char *dir, const char *name)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", dir, name);
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;

	ck_ok(fs_read(&text, path, MAX_TEXT, &err), &err);
	return buf_take(&text);
}

void signer_init(struct signer *s)
{
	signer_init_bits(s, 2048);
}

void signer_init_bits(struct signer *s, unsigned bits)
{
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free)
	char *command = xasprintf("cd '%s' && openssl genrsa -out key %u && "
				  "openssl rsa -in key -pubout -outform DER | "
				  "base64 -w0 >public",
				  dir, bits);
	AUTO(run_release) struct run r = { 0 };
	AUTO(mem_free) char *public = NULL;
	struct err err = ERR_INIT;

	run_shell(&r, command);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	s->key = read_file(dir, "key");
	public = read_file(dir, "public");
	s->record = xasprintf("v=DKIM1; k=rsa; p=%s", public);
	ck_ok(fs_remove_tree(dir, &err), &err);
}

void signer_release(struct signer *s)
{
	free(s->key);
	free(s->record);
	*s = (struct signer){ 0 };
}

void signer_add_key(struct buf *out, const struct signer *s, const char *domain)
{
	buf_addf(out, SIGNER_SELECTOR "._domainkey.%s %s\n", domain, s->record);
}

static void set_options(DKIM_LIB *lib, const struct signer_how *how)
{
	uint64_t at = (uint64_t)how->at, ttl = how->lives_s;
	unsigned bits = 512; /* it would not sign with less than 1024 */

	dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_MINKEYBITS, &bits,
		     sizeof(bits));
	if (at)
		dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_FIXEDTIME, &at,
			     sizeof(at));
	if (ttl)
		dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_SIGNATURETTL, &ttl,
			     sizeof(ttl));
}

static void set_fields(DKIM *dkim, const struct signer_how *how)
{
	AUTO(strings_release) struct strings fields = { 0 };
	AUTO(mem_free) const char **list = NULL;

	strings_split(&fields, how->fields ? how->fields : FIELDS);
	list = xcalloc(fields.n + 1, sizeof(*list));
	for (size_t i = 0; i < fields.n; i++)
		list[i] = fields.v[i];
	ck_assert_int_eq(dkim_signhdrs(dkim, list), DKIM_STAT_OK);
}

/* Lines of a mail with CRLF ends. */
static void feed(DKIM *dkim, const char *mail)
{
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, MAX_TEXT);
	for (const char *p = mail; *p; p++) {
		if (*p == '\n')
			buf_addc(&text, '\r');
		buf_addc(&text, *p);
	}
	ck_assert_int_eq(dkim_chunk(dkim, (u_char *)text.data, text.len),
			 DKIM_STAT_OK);
	ck_assert_int_eq(dkim_chunk(dkim, NULL, 0), DKIM_STAT_OK);
	ck_assert_int_eq(dkim_eom(dkim, NULL), DKIM_STAT_OK);
}

void signer_sign(struct buf *out, const struct signer *s,
		 const struct signer_how *how, const char *mail)
{
	DKIM_LIB *lib = dkim_init(NULL, NULL);
	const char *body = strstr(mail, "\n\n");
	u_char *field = NULL;
	size_t len = 0;
	DKIM_STAT rc;
	DKIM *dkim;

	ck_assert_ptr_nonnull(body);
	set_options(lib, how);
	dkim = dkim_sign(lib, (u_char *)(uintptr_t) "test", NULL,
			 (u_char *)s->key, (u_char *)(uintptr_t)SIGNER_SELECTOR,
			 (u_char *)(uintptr_t)how->domain, DKIM_CANON_RELAXED,
			 DKIM_CANON_RELAXED,
			 how->is_sha1 ? DKIM_SIGN_RSASHA1 : DKIM_SIGN_RSASHA256,
			 how->leaves_end ? (ssize_t)MAX_TEXT : -1, &rc);
	ck_assert_ptr_nonnull(dkim);
	set_fields(dkim, how);
	feed(dkim, mail);
	ck_assert_int_eq(dkim_getsighdr_d(dkim, strlen(NAME), &field, &len),
			 DKIM_STAT_OK);
	buf_init(out, MAX_TEXT);
	buf_adds(out, NAME);
	for (size_t i = 0; i < len; i++)
		if (field[i] != '\r')
			buf_addc(out, (char)field[i]);
	buf_adds(out, "\n");
	buf_adds(out, mail);
	dkim_free(dkim);
	dkim_close(lib);
}
