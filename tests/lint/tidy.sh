# SPDX-License-Identifier: GPL-2.0-or-later
#
# tidy.sh BUILD - nothing that clang-tidy warns of; .clang-tidy says of what
#
# A lint by name, but not one of a second: it analyses every path.

. tests/support/lint.sh

database=${1:-build}

# Planted trees are in no database; they get their own flags.
check() {
	if [ "$PWD" = "$lint_top" ]; then
		set -- -p "$database"
		sources | xargs -r -n 4 -P "$(nproc)" clang-tidy --quiet "$@" \
			2>/dev/null | findings
	else
		find . -name '*.c' -exec clang-tidy --quiet \
			"--config-file=$lint_top/.clang-tidy" {} -- \; \
			2>/dev/null | findings
	fi
}

# Only what is compiled: a fuzz target's main is not, where libFuzzer has one.
sources() {
	sed -n "s|^ *\"file\": \"$lint_top/\\(.*\\)\".*|\\1|p" \
		"$database/compile_commands.json" | sort -u
}

findings() {
	grep -E ': (warning|error): ' | sed "s|^$lint_top/||" | sort -u || :
}

refuses "a null pointer that is followed" bot/x.c 'int f(int *p)
{
	if (!p)
		return *p;
	return 0;
}'
refuses "a value that was never set" bot/x.c 'int f(int x)
{
	int y;
	if (x)
		y = 1;
	return y;
}'
accepts "clean code" bot/x.c 'int f(int x);
int f(int x)
{
	return x + 1;
}'
[ -s "$database/compile_commands.json" ] || {
	echo "$database: no compile_commands.json"
	exit 1
}
lint
