# SPDX-License-Identifier: GPL-2.0-or-later
#
# words.sh - nothing is left for later, and no call that poison.h cannot take

. tests/support/lint.sh

check() {
	{
		lint_files '*'
		find . -maxdepth 1 -type f ! -name LICENSE | sed 's|^\./||'
	} | xargs -r grep -nwE 'X''XX|TO''DO|FIX''ME|HA''CK' || :
	lint_files '*.[ch]' |
	xargs -r grep -nE '(^|[^a-z_A-Z])(ctime|alloca) ?\(' || :
	lint_files '*.c' |
	xargs -r grep -nE '^#[ \t]*if 0' || :
}

refuses "a thing put off" bot/x.c "/* TO""DO: later */"
refuses "a thing put off at the top" README "FIX""ME"
refuses "ctime" bot/x.c 'puts(ctime(&now));'
refuses "code that is switched off" bot/x.c '#if 0'
accepts "words that only look like it" bot/x.c \
	'/* todos, hackers */ x = my_ctime(now); buf XX'
lint
