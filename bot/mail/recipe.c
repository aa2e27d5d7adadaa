/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/recipe.h"

#include "bot/base/mem.h"
#include "rules/tell.h"

#define MAX_BYTES 8000
#define SHORT_ID 12 /* digits of a commit that people quote */

/* It may stand in a command that somebody pastes into a shell. */
static bool is_safe_word(const char *word)
{
	return *word && *word != '-' &&
	       strspn(word, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789.@_+=-") == strlen(word);
}

static bool is_safe(const struct finding *f)
{
	return is_safe_word(f->filesystem) && is_safe_word(f->scenario);
}

/* "collider review --fs xfs --scenario C01 --base 3b1f2d4c5a69 -" */
static void add_review(struct buf *out, const struct review *r,
		       const struct finding *f, unsigned width)
{
	const bool is_piped = is_safe_word(r->message_id);
	AUTO(buf_release) struct buf what = { 0 };
	AUTO(buf_release) struct buf on = { 0 };

	buf_init(&what, MAX_BYTES);
	buf_init(&on, MAX_BYTES);
	if (is_piped)
		buf_addf(out, "  b4 mbox -o- %s |\n  ", r->message_id);
	buf_addf(&what, "  collider review");
	if (f && is_safe(f))
		buf_addf(&what, " --fs %s --scenario %s", f->filesystem,
			 f->scenario);
	if (r->base.commit && is_safe_word(r->base.commit))
		buf_addf(&on, " --base %.*s", SHORT_ID, r->base.commit);
	buf_adds(&on, is_piped ? " -\n" : " MBOX\n");
	buf_add(out, what.data, what.len);
	if (2 + what.len + on.len > width)
		buf_adds(out, " \\\n     ");
	buf_add(out, on.data, on.len);
}

void recipe_command(struct buf *out, const struct review *r,
		    const struct finding *f, unsigned width)
{
	add_review(out, r, f, width);
	if (f && is_safe(f))
		buf_addf(out,
			 "  collider reproduce %s --fs %s   # one C file, for "
			 "gcc -static\n",
			 f->scenario, f->filesystem);
}

/* "gcc 12.2.0" of "gcc (Debian 12.2.0-14) 12.2.0". */
static void add_compiler(struct buf *out, const char *compiler)
{
	const char *open = strstr(compiler, " (");
	const char *close = open ? strstr(open, ") ") : NULL;

	if (close)
		buf_addf(out, ", %.*s%s", (int)(open - compiler), compiler,
			 close + 1);
	else
		buf_addf(out, ", %s", compiler);
}

void recipe_base(struct buf *out, const struct review *r)
{
	const struct review_environment *e = &r->environment;
	AUTO(mem_free) char *base = tell_base(r);

	buf_adds(out, base);
	if (e->kernel)
		buf_addf(out, ", kernel %s", e->kernel);
	if (e->guest)
		buf_addf(out, ", %s", e->guest);
	if (e->compiler)
		add_compiler(out, e->compiler);
}
