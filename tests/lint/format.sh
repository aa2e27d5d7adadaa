# SPDX-License-Identifier: GPL-2.0-or-later
#
# format.sh - .clang-format is law

. tests/support/lint.sh

check() {
	lint_files '*.[ch]' |
	xargs -r clang-format "--style=file:$lint_top/.clang-format" \
		--dry-run -Werror 2>&1 | grep ': error: ' || :
}

refuses "blanks in place of tabs" bot/x.c 'int main(void)
{
        return 0;
}'
accepts "what it would write itself" bot/x.c 'int main(void)
{
	return 0;
}'
lint
