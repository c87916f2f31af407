# Sourced by contrib/run-tests: the Debian packages that the tests need, on the Debian that this is, and the
# modules from npm.

codename=$(. /etc/os-release 2>/dev/null && echo "${VERSION_CODENAME-}") || codename=

TEST_PACKAGES="autopkgtest bind9-dnsutils build-essential clang clang-tidy cppcheck curl debhelper dovecot-core
	dovecot-imapd dovecot-lmtpd dovecot-sieve dpkg-dev
	faketime fcgiwrap fetchmail file gcovr icinga2-bin isync jq knot less libfaketime libpq-dev lighttpd lintian
	locales maildrop mandoc musl-tools mutt
	nagios-nrpe-plugin nagios-nrpe-server neomutt nginx-light opendkim opendkim-tools openssl postfix
	pgbouncer postgresql procmail prometheus prometheus-alertmanager prometheus-node-exporter python3
	python3-jsonschema strace systemd time unbound util-linux valgrind zsh"

# Debian 12 was the last that had it.
case $codename in
bookworm) TEST_PACKAGES="$TEST_PACKAGES fdm" ;;
esac

# Where npm came otherwise, Debian's would be in its way.
command -v npm >/dev/null || TEST_PACKAGES="$TEST_PACKAGES nodejs npm"
# A browser, and what else looks at the page.
PAGE_PACKAGES="chromium-headless-shell default-jre-headless fonts-dejavu-core w3m"

# install_modules FOLDER: what the tests need from npm, with the sums of tests/package-lock.json and without running
# any of its scripts; taken from the folder named by $share if it is there
install_modules() {
	if [ -n "$share" ] && [ -e "$share/modules" ]; then
		mkdir -p "$1" && cp -R "$share/modules/." "$1"
		return
	fi
	mkdir -p "$1" && cp "$top/tests/package.json" "$top/tests/package-lock.json" "$1" &&
		npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null
}

# install_for_tests: also what sanitizers need, whose package has the version of clang in its name
install_for_tests() {
	# Where this is the other Debian of a run, the one that called has looked at the page.
	[ -n "$share" ] || TEST_PACKAGES="$TEST_PACKAGES $PAGE_PACKAGES"
	# shellcheck disable=SC2086
	install_missing $BUILD_PACKAGES $TEST_PACKAGES
	command -v apt-get >/dev/null || return 0
	install_missing "libclang-rt-$(clang -dumpversion | cut -d . -f 1)-dev"
}

# permit_skips: what cannot be had on this machine, though nothing is wrong with it
permit_skips() {
	permit cli/corpus "the public samples are not part of the project"
	if [ -n "$share" ]; then
		permit page/browser "the page has the same bytes on each Debian, and one of them looks at it with a browser"
		permit page/servers "what is left out is the browser, see page/browser"
	fi
	[ "$codename" = bookworm ] || permit mta/fdm "Debian has no fdm since Debian 13"
}
