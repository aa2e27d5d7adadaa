# SPDX-License-Identifier: GPL-2.0-or-later
#
# cppcheck.sh - nothing that cppcheck warns of; .cppcheck says what it may not

. tests/support/lint.sh

check() {
	# its own mistakes (macros it cannot follow) are none of ours
	lint_files '*.c' |
	xargs -r cppcheck --quiet -j"$(nproc)" --std=c17 --inline-suppr \
		--enable=warning,style,performance,portability \
		--library=posix -I "$lint_top" -D__GNUC__=12 -D_GNU_SOURCE \
		--suppressions-list="$lint_top/.cppcheck" \
		--template='{file}:{line}: {message} [{id}]' 2>&1
}

refuses "an index past the end" bot/x.c 'int last(void)
{
	int v[2] = { 1, 2 };
	return v[2];
}'
refuses "a null pointer" bot/x.c 'int f(int *p)
{
	if (!p)
		return *p;
	return 0;
}'
accepts "clean code" bot/x.c 'int f(int x);
int f(int x)
{
	return x + 1;
}'
lint
