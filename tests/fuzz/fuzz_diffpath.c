/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_diffpath.c - a name that is taken stays inside its folder
 */
#include <assert.h>
#include <stdint.h>

#include "bot/base/mem.h"
#include "parsers/diffpath.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No part of an accepted name is "..", "." or ".git". */
static void check_name(const char *name)
{
	struct span rest = span_cstr(name);
	struct span part;

	if (diffpath_fault(name))
		return;
	assert(*name && *name != '/');
	for (bool more = true; more;) {
		more = span_until(&rest, '/', &part);
		if (!more)
			part = rest;
		assert(span_len(part) > 0 && !span_is(part, "..") &&
		       !span_is(part, ".") && !span_is_nocase(part, ".git"));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of((const char *)data, size);
	AUTO(mem_free) char *quoted = NULL;
	AUTO(mem_free) char *both = NULL;
	AUTO(mem_free) char *whole = span_dup(text);
	struct span rest = text;

	check_name(whole);
	both = diffpath_of_header(text);
	if (both) {
		assert(*both && strlen(both) <= size);
		check_name(both);
	}
	if (diffpath_unquote(&quoted, &rest)) {
		assert(rest.p > text.p && rest.end == text.end);
		assert(strlen(quoted) <= size);
		check_name(quoted);
	} else {
		assert(rest.p == text.p && !quoted);
	}
	return 0;
}
