# SPDX-License-Identifier: GPL-2.0-or-later
#
# names.sh - file = module = prefix: what x.c and x.h export begins with x_, or
# with the name of a struct that one of them defines

. tests/support/lint.sh

# What poison.h, mem.h and auto.h are for; main; what a library asks for.
allowed='main|LLVMFuzzerTestOneInput|DEFINE_AUTO|DEFINE_AUTO_VALUE|SCENARIO'
base='x[a-z]+|mem_free(_auto)?|(fd|file)_close(_auto)?|clock_ms'

# The guest's program, whose headers show a scenario all that it may use.
umbrella='^rules/collisions/'

check() {
	lint_files '*.[ch]' | grep -v '^tests/' | grep -v "$umbrella" |
	xargs -r ctags --kinds-C=fps --fields=+fS -o - --sort=no 2>/dev/null |
	awk -F '\t' -v allowed="^($allowed)$" -v base="^($base)$" '
	{
		module = $2
		sub("[.][ch]$", "", module)
		is_header = $2 ~ "[.]h$"
	}
	# A module may be named for the struct that it defines.
	$4 == "s" { own[module, $1] = 1 }
	$4 == "s" { next }
	# Not exported: static in a .c file; in a header it is.
	$0 ~ "\tfile:" && !is_header { next }
	$4 == "p" && !is_header { next }
	$1 ~ allowed || ($2 ~ "^bot/base/" && $1 ~ base) { next }
	{ exported[++n] = $1; where[n] = $2; of[n] = module }
	END {
		for (i = 1; i <= n; i++) {
			split("", words)
			prefix = of[i]
			sub(".*/", "", prefix)
			fine = index(exported[i], prefix "_") == 1 ||
			       exported[i] == prefix
			k = split(exported[i], words, "_")
			head = ""
			for (j = 1; j < k && !fine; j++) {
				head = head (j > 1 ? "_" : "") words[j]
				fine = (of[i], head) in own
			}
			if (of[i] == "bot/command")
				fine = fine || exported[i] ~ "_main$"
			if (!fine)
				print where[i] ": " exported[i] \
					" does not begin with " prefix "_"
		}
	}'
}

refuses "a function of another name" bot/run/child.c 'int kid_run(void)
{
	return 0;
}'
refuses "a prototype of another name" bot/run/child.h 'int kid_run(void);'
refuses "a prefix without a border" bot/run/child.c 'int children(void)
{
	return 0;
}'
refuses "an inline function of another name" bot/run/child.h \
	'static inline int kid_run(void)
{
	return 0;
}'
accepts "static helpers, the prefix, and a struct of the header" \
	bot/run/child.c 'static int kid(void)
{
	return 0;
}
int child_run(void)
{
	return kid();
}' bot/base/hash.h 'struct hasher {
	int n;
};
void hasher_add(struct hasher *h);'
lint
