# SPDX-License-Identifier: GPL-2.0-or-later
#
# layers.sh - an #include of ours is spelled from the root and points down only;
# a library's header is included by its one folder

. tests/support/lint.sh

check() {
	lint_files '*.[ch]' | xargs -r awk '
	BEGIN {
		all = "bot/base parsers rules bot/store bot/run "
		below["bot/base"] = ""
		below["parsers"] = "bot/base"
		below["rules"] = "bot/base parsers"
		below["rules/collisions"] = ""
		below["bot/store"] = "bot/base"
		below["bot/run"] = "bot/base"
		below["bot/git"] = below["bot/guest"] = all
		below["bot/mail"] = below["bot/report"] = all
		below["bot/stages"] = all \
			"bot/git bot/guest bot/mail bot/report"
		below["bot"] = below["bot/stages"] " bot/stages"

		gmime = " parsers/mail.c parsers/mail/ bot/mail/message.c "
		home["archive.h"] = " bot/git/import.c bot/guest/initramfs.c "
		home["archive_entry.h"] = home["archive.h"]
		home["check.h"] = " tests/ "
		home["curl"] = home["notmuch.h"] = " bot/mail/ "
		home["git2.h"] = home["git2"] = " bot/git/ tests/git/ "
		home["glib.h"] = " bot/base/hash.c" gmime
		home["gmime"] = gmime
		home["jansson.h"] = " bot/base/json.h "
		home["opendkim"] = " bot/mail/dkim.c tests/support/signer.c "
		home["sqlite3.h"] = " bot/store/ tests/store/ "
		home["zlib.h"] = " bot/mail/ tests/mail/ "
		home["uv.h"] = " bot/daemon.c bot/run/ tests/sandbox/ "
	}
	function folder(path) {
		sub("/[^/]*$", "", path)
		return path
	}
	function say(what) {
		print FILENAME ":" FNR ": " what
	}
	# Is path one of the files, or below one of the folders, of list?
	function is_in(path, list,    part, n, i) {
		n = split(list, part, " ")
		for (i = 1; i <= n; i++)
			if (path == part[i] ||
			    (part[i] ~ "/$" && index(path, part[i]) == 1))
				return 1
		return 0
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, quoted, "\"")
		from = folder(FILENAME)
		to = folder(quoted[2])
		if (to !~ "^(bot|parsers|rules|tests)(/|$)")
			say("\"" quoted[2] "\" is not spelled from the root")
		else if (from == to || from ~ "^tests/")
			next
		else if (!(from in below))
			say("no layer is called " from)
		else if (!is_in(to, below[from]))
			say(from " may not include " quoted[2])
	}
	/^[ \t]*#[ \t]*include[ \t]*</ {
		split($0, angle, "[<>]")
		library = angle[2]
		if (!(library in home))
			sub("/.*", "", library)
		if (library in home && !is_in(FILENAME, home[library]))
			say(angle[2] " belongs to" home[library])
	}'
}

refuses "an arrow that points up" bot/base/x.c '#include "bot/store/store.h"'
refuses "an arrow to the side" bot/git/x.c '#include "bot/guest/guest.h"'
refuses "a rule that knows the bot" rules/x.c '# include "bot/run/child.h"'
refuses "a guest that knows the bot" \
	rules/collisions/x.c '#include "bot/base/err.h"'
refuses "a folder without a layer" bot/new/x.c '#include "bot/base/err.h"'
refuses "a path that is not from the root" bot/run/x.c '#include "child.h"'
refuses "sqlite3 outside of bot/store" bot/run/x.h '#include <sqlite3.h>'
refuses "libgit2 by a part" bot/run/x.h '#include <git2/oid.h>'
refuses "jansson past json.h" bot/base/json.c '#include <jansson.h>'
refuses "gmime in another parser" parsers/x.c '#include <gmime/gmime.h>'
accepts "an arrow that points down" bot/git/x.c '#include "rules/review.h"' \
	bot/x.c '#include "bot/stages/build.h"' \
	bot/store/x.c '#include "bot/store/store.h"
#include <sqlite3.h>
#include <string.h>'
lint
