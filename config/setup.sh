# SPDX-License-Identifier: GPL-2.0-or-later
#
# setup.sh - what quickstart and tests/run share; sourced, from the top folder

# What collider is built from and what a review runs.
packages="build-essential cmake pkg-config git
	libarchive-dev libcurl4-openssl-dev libgit2-dev libgmime-3.0-dev
	libjansson-dev libnotmuch-dev libopendkim-dev libsqlite3-dev libuv1-dev zlib1g-dev
	bubblewrap bc bison coccinelle flex linux-source-6.12 xz-utils
	btrfs-progs e2fsprogs f2fs-tools gfs2-utils jfsutils xfsprogs"

# For reviews in QEMU: objtool, which each x86 kernel is built with, has libelf.
qemu_packages="libelf-dev qemu-system-x86"

# What the tests need on top.
test_packages="check clang clang-format clang-tidy cppcheck libclang-rt-14-dev
	linux-source-6.1 mandoc mutt notmuch public-inbox universal-ctags
	libsasl2-modules openssl postfix sasl2-bin tmux"

step() {
	echo
	echo "== $*"
}

die() {
	echo "$0: $*" >&2
	exit 1
}

is_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "needs root or sudo for: $*"
	fi
}

# install PACKAGE...: those that are not there yet.
install() {
	missing=
	for package; do
		is_installed "$package" || missing="$missing $package"
	done
	if [ -z "$missing" ]; then
		echo "nothing to install"
		return
	fi
	command -v apt-get >/dev/null ||
		die "this is not Debian; install yourself:$missing"
	echo "installing:$missing"
	# the tests configure one of their own; the system's is nobody's business
	echo "postfix postfix/main_mailer_type select No configuration" |
		as_root debconf-set-selections
	as_root apt-get -q update || die "apt-get update failed"
	# shellcheck disable=SC2086 # a list of words
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q install -y --no-install-recommends $missing ||
		die "apt-get install failed"
}

# build DIR [CMAKE OPTION...]: configure when needed, then build.
build() {
	dir=$1
	shift
	mkdir -p "$dir"
	cmake -S . -B "$dir" "$@" >"$dir.configure.log" 2>&1 || {
		cat "$dir.configure.log" >&2
		die "cmake failed"
	}
	rm -f "$dir.configure.log"
	cmake --build "$dir" -j "$(nproc)" || die "the build failed"
}
