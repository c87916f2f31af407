# Sourced by the scripts beside it: says what it does, and installs Debian packages that are missing.
# It never removes a package, and never starts or stops a service.

say() {
	printf '\n== %s\n' "$*"
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

BUILD_PACKAGES="cmake gcc libc6-dev ninja-build pkg-config libglib2.0-dev libgmime-3.0-dev
	libjson-c-dev libminizip-dev libpsl-dev libsqlite3-dev zlib1g-dev sqlite3"

# packages_missing PACKAGE...
packages_missing() {
	for package in "$@"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
	done
}

# build_needs: each of what a build needs and this machine lacks, whatever its packages are called
build_needs() {
	for program in cmake cc ninja pkg-config sqlite3; do
		command -v $program >/dev/null || echo "  the program $program"
	done
	command -v pkg-config >/dev/null || return 0
	sed -n 's/^pkg_check_modules([A-Z_]* REQUIRED \(IMPORTED_TARGET \)\{0,1\}\(.*\))$/\2/p' \
		"$top/CMakeLists.txt" | tr ' ' '\n' | sed 's/>=/ >= /' | while read -r library; do
		pkg-config --exists "$library" || echo "  the library $library, with what is needed to compile"
	done
}

# without_apt PACKAGE...: on a machine that has no packages of Debian's: what they would be, and whether
# it can do without
without_apt() {
	say "This machine has no apt-get, so nothing is installed. By Debian's names, what is needed is:"
	echo "$@" | fold -s -w 78 | sed 's/^/  /; s/ *$//'
	needs=$(build_needs)
	if [ -n "$needs" ]; then
		printf '\nNot found here, and without these nothing can be built:\n%s\n' "$needs"
		exit 69
	fi
	echo
	echo "Compiler, programs and libraries for the build are here: going on."
}

# install_missing PACKAGE...
install_missing() {
	if ! command -v apt-get >/dev/null; then
		without_apt "$@"
		return
	fi
	missing=$(packages_missing "$@" | tr '\n' ' ')
	if [ -z "$missing" ]; then
		say "Nothing to install"
		return
	fi
	say "Installing: $missing"
	as_root apt-get -o DPkg::Lock::Timeout=300 -qq update </dev/null
	# Packages may bring services; none of them is to be started here.
	policy=/usr/sbin/policy-rc.d
	made_policy=
	if [ ! -e $policy ]; then
		made_policy=yes
		printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
		as_root chmod 755 $policy
	fi
	status=0
	# shellcheck disable=SC2086
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
		-o Dpkg::Use-Pty=0 -qq install -y --no-install-recommends --no-remove $missing \
		</dev/null || status=$?
	[ -z "$made_policy" ] || as_root rm -f $policy
	return $status
}
