# SPDX-License-Identifier: GPL-2.0-or-later
#
# manpage.sh - collider(1) is clean, and has every command, option, key of the
# configuration and key of the JSON object; a command without a word of help
# (NULL) is called by collider alone

. tests/support/lint.sh

page=config/collider.1

# need WHERE KIND PATTERN: the page, without its markup, has the words
need() {
	grep -qE -- "(^|[^a-zA-Z_-])$3([^a-zA-Z_-]|$)" "$lint_tree/page" ||
		echo "$page:1: no $2 '$3' ($1)"
}

check() {
	[ -e "$page" ] || return 0
	mandoc -Tlint "$page" 2>/dev/null || : # on stdout
	mandoc -Tascii -O width=900 "$page" 2>/dev/null |
		sed 's/.'"$(printf '\b')"'//g' >"$lint_tree/page"
	[ ! -e bot/main.c ] || sed -n 's/^	{ "\([a-z]*\)", ".*_main }.*/\1/p' bot/main.c |
	while read -r name; do need bot/main.c command "collider $name"; done
	grep -hoE '\{ "[a-z-]+", (no|required|optional)_argument' bot/*.c \
		2>/dev/null | cut -d'"' -f2 | sort -u |
	while read -r name; do need bot/ option "--$name"; done
	awk '/^#?\[/ { gsub(/[]#[]/, ""); section = $1 }
	     /^#?\t[a-zA-Z]+ = / {
		sub(/^#/, "")
		print section "[^ ]*[.]" $1
	     }' config/collider.conf 2>/dev/null |
	while read -r key; do need config/collider.conf key "$key"; done
	grep -hoE 'json_(set_[a-z]+|object_set_new)\(o, "[a-z_]+"' \
		bot/report/*json.c 2>/dev/null | cut -d'"' -f2 | sort -u |
	while read -r key; do need bot/report/json.c 'JSON key' "$key"; done
}

some='.\" SPDX
.Dd November 22, 2026
.Dt COLLIDER 1
.Os
.Sh NAME
.Nm collider
.Nd x
.Sh DESCRIPTION
.Nm
.Cm check
.Fl -print
.Cm lane.jobs
.Cm verdict'
refuses "a page with a mistake" config/collider.1 "$some
.Bogus"
refuses "a command that it lacks" config/collider.1 "$some" \
	bot/main.c '	{ "send", "x", send_main },'
refuses "an option that it lacks" config/collider.1 "$some" \
	bot/x.c '{ "pri", no_argument, NULL, 1 },'
refuses "a key that it lacks" config/collider.1 "$some" \
	config/collider.conf '[lane]
#	arch = um'
refuses "a JSON key that it lacks" config/collider.1 "$some" \
	bot/report/json.c 'json_set_str(o, "base", x);'
refuses "a JSON key of a part that it lacks" config/collider.1 "$some" \
	bot/report/soak_json.c 'json_set_str(o, "base", x);'
accepts "a page with all of it" config/collider.1 "$some" \
	bot/main.c '	{ "check", "x", check_main },
	{ "within", NULL, within_main },' \
	bot/x.c '{ "print", no_argument, NULL, 1 },' \
	config/collider.conf '[lane]
#	jobs = 2' \
	bot/report/json.c 'json_set_str(o, "verdict", x);'
[ -e "$page" ] || {
	echo "$page: is not there"
	exit 1
}
lint
