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
	libjson-c-dev libminizip-dev libsqlite3-dev zlib1g-dev sqlite3"

# install_missing PACKAGE...
install_missing() {
	missing=
	for package in "$@"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
			missing="$missing $package"
	done
	if [ -z "$missing" ]; then
		say "Nothing to install"
		return
	fi
	say "Installing:$missing"
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
