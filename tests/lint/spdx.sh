# SPDX-License-Identifier: GPL-2.0-or-later
#
# spdx.sh - every file says its licence within its first five lines

. tests/support/lint.sh

# JSON and prose have no comments; fixtures are data.
check() {
	{
		lint_files '*'
		find . -maxdepth 1 -type f | sed 's|^\./||'
	} | grep -vE '^(LICENSE|README|\.git|CMakePresets\.json)$' |
	while read -r file; do
		head -n 5 "$file" |
		grep -q 'SPDX-License-Identifier: GPL-2\.0-or-later' ||
			echo "$file:1: no SPDX-License-Identifier"
	done
}

refuses "a source without it" bot/x.c 'int x;'
refuses "another licence" bot/x.c '/* SPDX-License-Identifier: MIT */'
refuses "a script without it" config/x.sh 'true'
refuses "a file at the top without it" CMakeLists.txt 'project(x)'
accepts "a source with it, and a fixture" \
	bot/x.c '/* SPDX-License-Identifier: GPL-2.0-or-later */' \
	tests/fixtures/x/y.eml 'From: a@b'
lint
