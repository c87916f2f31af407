#!/bin/sh
# The Debian package: what is in it, and that it installs and removes cleanly, into a folder of its
# own with a package database of its own.
. "$TESTS/cli/lib.sh"

(cd "$BIN" && cpack -G DEB -B "$WORK/packages") >cpack.log 2>&1
is "$?" 0 "cpack makes a package"
package=$(echo packages/*.deb)
[ -r "$package" ] || { sed 's/^/# /' cpack.log; finish; }
version=$(sed -n 's/^[[:space:]]*VERSION \([0-9.]*\)$/\1/p' "$SOURCE/CMakeLists.txt")
is "$(dpkg-deb -f "$package" Package Version Section)" "Package: tlsrpt-ingest
Version: $version
Section: mail" "its name, version and section"
for library in libglib2.0-0 libgmime-3.0-0 libjson-c5 libpsl5 libsqlite3-0 zlib1g; do
	# On Debian 13 libglib2.0-0t64, which also is libglib2.0-0.
	matches "$(dpkg-deb -f "$package" Depends)" "$library(t64)?([ ,]|$)" "it depends on $library"
done
is "$(dpkg-deb -c "$package" | awk '$1 !~ /^d/ { print $6 }' | sort)" "./usr/bin/tlsrpt
./usr/bin/tlsrpt-ingest
./usr/bin/tlsrpt-mta-sts
./usr/lib/systemd/system/tlsrpt-mta-sts.service
./usr/lib/systemd/system/tlsrpt-mta-sts.timer
./usr/lib/systemd/system/tlsrpt-prune.service
./usr/lib/systemd/system/tlsrpt-prune.timer
./usr/share/bash-completion/completions/tlsrpt
./usr/share/doc/tlsrpt-ingest/copyright
./usr/share/doc/tlsrpt-ingest/examples/tlsrpt-prune.cron
./usr/share/doc/tlsrpt-ingest/examples/tlsrpt.conf
./usr/share/man/man1/tlsrpt-ingest.1
./usr/share/man/man1/tlsrpt.1
./usr/share/man/man5/tlsrpt.conf.5
./usr/share/zsh/vendor-completions/_tlsrpt" "its files"
is "$(dpkg-deb -c "$package" | awk '{ print $2 }' | sort -u)" root/root "are root's"

mkdir -p root/var/lib/dpkg/info root/var/lib/dpkg/updates
: >root/var/lib/dpkg/status
dpkg_here() {
	run dpkg --root="$WORK/root" --force-depends --force-not-root --force-script-chrootless --log=/dev/null "$@"
}
dpkg_here -i "$package"
is "$code" 0 "it installs"
run root/usr/bin/tlsrpt-ingest -n -c root/usr/share/doc/tlsrpt-ingest/examples/tlsrpt.conf \
	<"$DATA/mail/good/google-2026-11-14-certificate-expired.eml"
is "$code" 0 "what it installs runs, with its sample configuration"
dpkg_here -P tlsrpt-ingest
is "$code$(find root/usr -type f 2>/dev/null)" 0 "it is removed without a trace"
finish
