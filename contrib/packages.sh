# Sourced by contrib/run-tests: the Debian packages that the tests need, on the Debian that this is.

codename=$(. /etc/os-release 2>/dev/null && echo "${VERSION_CODENAME-}") || codename=

TEST_PACKAGES="bind9-dnsutils clang clang-tidy cppcheck curl dovecot-core dovecot-lmtpd dovecot-sieve
	dpkg-dev
	fcgiwrap file gcovr jq knot less libfaketime lighttpd locales maildrop mandoc musl-tools mutt
	neomutt nginx-light opendkim opendkim-tools openssl postfix postgresql procmail prometheus python3
	python3-jsonschema strace systemd time unbound util-linux valgrind zsh"

# Debian 12 was the last that had it.
case $codename in
bookworm) TEST_PACKAGES="$TEST_PACKAGES fdm" ;;
esac

# install_for_tests: also what sanitizers need, whose package has the version of clang in its name
install_for_tests() {
	# shellcheck disable=SC2086
	install_missing $BUILD_PACKAGES $TEST_PACKAGES
	command -v apt-get >/dev/null || return 0
	install_missing "libclang-rt-$(clang -dumpversion | cut -d . -f 1)-dev"
}

# permit_skips: what cannot be had on this machine, though nothing is wrong with it
permit_skips() {
	permit cli/corpus "the public samples are not part of the project"
	[ "$codename" = bookworm ] || permit mta/fdm "Debian has no fdm since Debian 13"
}
