# SPDX-License-Identifier: GPL-2.0-or-later
#
# lint.sh - what every lint shares; sourced, from the top folder
#
# A lint defines check(), which looks at the tree in the current folder and
# prints one line for each offence, "file:line: what is wrong". A lint that
# cannot fail is a defect: before the real tree it is shown small trees that it
# must refuse or accept.
#
#	refuses "why" FILE 'content'	in a tree of its own, an offence
#	accepts "why" FILE 'content'	none
#	lint				the real tree; ends the script
#
# FILE 'content' may be repeated.

set -eu
lint_top=$PWD
lint_tree=$(mktemp -d)
trap 'rm -rf "$lint_tree"' EXIT

# In $lint_tree/t: nothing but what the words name.
lint_plant() {
	rm -rf "$lint_tree/t"
	while [ $# -gt 0 ]; do
		mkdir -p "$lint_tree/t/$(dirname "$1")"
		printf '%s\n' "$2" >"$lint_tree/t/$1"
		shift 2
	done
}

lint_found() {
	cd "$lint_tree/t"
	check
	cd "$lint_top"
}

refuses() {
	lint_why=$1
	shift
	lint_plant "$@"
	if [ -z "$(lint_found)" ]; then
		echo "$0: does not see $lint_why"
		exit 1
	fi
}

accepts() {
	lint_why=$1
	shift
	lint_plant "$@"
	lint_said=$(lint_found)
	if [ -n "$lint_said" ]; then
		echo "$0: refuses $lint_why: $lint_said"
		exit 1
	fi
}

lint() {
	check >"$lint_tree/said"
	cat "$lint_tree/said"
	[ ! -s "$lint_tree/said" ]
}

# Files of ours below the folders that there are, by name: "*.[ch]".
lint_files() {
	for lint_dir in bot parsers rules tests config .ci; do
		[ -d "$lint_dir" ] || continue
		find "$lint_dir" -path tests/fixtures -prune -o -type f \
			-name "$1" -print
	done | sort
}
