# SPDX-License-Identifier: GPL-2.0-or-later
#
# layout.sh - what stands at the top, and in bot/, is what the design names

. tests/support/lint.sh

top='\.ci|\.clang-format|\.clang-tidy|\.cppcheck|\.git|\.gitignore|build'
top="$top|CMakeLists\\.txt|CMakePresets\\.json|LICENSE|README"
top="$top|bot|config|parsers|rules|tests"
bot='base|git|guest|mail|report|run|stages|store'

check() {
	ls -A | grep -vxE "$top" | sed 's/$/: not at the top of the design/'
	find bot parsers -mindepth 1 -type d 2>/dev/null |
	grep -vxE "bot/($bot)" | sed 's/$/: a folder that is no layer/'
	find bot parsers rules -type f ! -name '*.[ch]' \
		! -path 'rules/contracts/*.conf' \
		! -path 'rules/semantic/*.cocci' \
		! -path 'rules/semantic/callers.conf' 2>/dev/null |
	sed 's/$/: no source file/'
}

refuses "a stray file at the top" notes.txt ''
refuses "a stray folder in bot" bot/misc/x.c ''
refuses "a folder within a layer" bot/git/deep/x.c ''
refuses "a stray file beside sources" parsers/x.orig ''
accepts "the design" README '' bot/git/tree.c '' rules/contracts/xfs.conf '' \
	rules/semantic/calls.cocci ''
lint
