/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/cocci.h"

#include <assert.h>
#include <stdint.h>

static const char rule[] = "// id: lost\n"
			   "// contract: it stays\n"
			   "// source: commit 60263d5889e6\n"
			   "// files: fs/x/*.c\n"
			   "// asks: it is gone\n";

/* What is made of facts trusts them. */
static void use(const struct cocci_facts *all, const char *text, size_t size)
{
	AUTO(cocci_rules_release) struct cocci_rules rules = { 0 };
	AUTO(cocci_facts_release) struct cocci_facts picked = { 0 };
	AUTO(questions_release) struct questions asked = { 0 };
	AUTO(strings_release) struct strings unparsed = { 0 };
	struct err err = ERR_INIT;

	assert(cocci_add(&rules, "lost.cocci", rule, strlen(rule), &err) == 0);
	cocci_pick(&picked, all, "fs/x/a.c", "fs/x/a.c");
	cocci_ask(&asked, &rules, "fs/x/a.c", &(struct cocci_facts){ 0 },
		  &picked);
	assert(asked.n <= picked.n && asked.n <= QUESTIONS_MAX);
	cocci_find_unparsed(&unparsed, &picked, &(struct cocci_facts){ 0 },
			    text, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(cocci_facts_release) struct cocci_facts all = { 0 };
	AUTO(strings_release) struct strings said = { 0 };
	const char *text = (const char *)data;
	struct err err = ERR_INIT;

	if (cocci_parse(&all, &said, text, size, &err) < 0) {
		assert(err.kind == ERR_LIMIT);
		return 0;
	}
	assert(all.n <= COCCI_MAX_FACTS);
	for (size_t i = 0; i < all.n; i++) {
		assert(all.v[i].file && all.v[i].function);
		assert(!all.v[i].word == (all.v[i].kind == COCCI_FUNCTION));
	}
	use(&all, text, size);
	return 0;
}
