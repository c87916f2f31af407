#!/bin/sh
# contrib/debian as a maintainer of Debian would use it: in the folder debian of an exported tree it makes
# a source package and binary packages, which lintian likes, whose bytes depend neither on the place nor
# on the date, and whose files are those of the package that cpack makes.
#
# build.sh FOLDER: the packages are left there, for the tests of what they do
. "$TESTS/cli/lib.sh"
. "$SOURCE/contrib/export.sh"
folder=$1
rm -rf "$folder"
mkdir -p "$folder"
TMPDIR=$WORK
export TMPDIR

version=$(sed -n '1s/^tlsrpt-ingest (\([^-]*\)-.*/\1/p' "$SOURCE/contrib/debian/changelog")
is "$version" "$(sed -n 's/^[[:space:]]*VERSION \([0-9.]*\)$/\1/p' "$SOURCE/CMakeLists.txt")" \
	"the changelog is about the version of CMakeLists.txt"

# unpack FOLDER: the exported tree, with debian
unpack() {
	mkdir -p "$1/tlsrpt-ingest-$version" && tar -C "$1" -xzf "$WORK/tlsrpt-ingest_$version.orig.tar.gz" &&
		cp "$WORK/tlsrpt-ingest_$version.orig.tar.gz" "$1/" && cp -r "$SOURCE/contrib/debian" "$1/tlsrpt-ingest-$version/"
}
# Without the unit tests, which were run; but with them in the long edition.
DEB_BUILD_OPTIONS=nocheck
[ -z "${TLSRPT_LONG:-}" ] || DEB_BUILD_OPTIONS=
export DEB_BUILD_OPTIONS
# build FOLDER COMMAND...
build() {
	place=$1/tlsrpt-ingest-$version
	shift
	(cd "$place" && exec "$@") >log 2>&1 </dev/null
	code=$?
	[ $code -eq 0 ] || tail -n 30 log | sed 's/^/# /'
}

mkdir "tlsrpt-ingest-$version"
export_tree "$SOURCE" "tlsrpt-ingest-$version"
tar -czf "tlsrpt-ingest_$version.orig.tar.gz" "tlsrpt-ingest-$version"
unpack "$WORK/one"
build "$WORK/one" dpkg-buildpackage --no-sign
is $code 0 "it builds source and binary packages"
[ $code -eq 0 ] || finish
cp one/*.deb "$folder/"

# --- another place, another day and zone, another umask and language.  The times of the source stay as
# they are: those are of the tarball.
unpack "$WORK/another/and/longer/place"
# faketime has names in /dev/shm, by process ids, that another may have left there: a private one.
# shellcheck disable=SC2016
build "$WORK/another/and/longer/place" unshare --mount --map-root-user sh -c '
	mount -t tmpfs tmpfs /dev/shm && umask 002 &&
		exec env NO_FAKE_STAT=1 TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 faketime --exclude-monotonic -f +400d \
			dpkg-buildpackage --no-sign --build=binary'
is $code 0 "it builds there, too"
matches "$(sed -n 's/^Build-Date: //p' another/and/longer/place/*.buildinfo 2>/dev/null)" \
	"$(date -u -d +400days +%Y)|$(date -u -d +401days +%Y)" "on another day"
for package in one/*.deb; do
	name=${package##*/}
	is "$(sha256sum <"another/and/longer/place/$name")" "$(sha256sum <"$package")" "$name has the same bytes"
done

# --- lintian
# It does not like to be run by root; and that of an older Debian does not know the policy of today.
root=
[ "$(id -u)" -ne 0 ] || root=--allow-root
is "$(lintian --pedantic --display-info --tag-display-limit 0 --suppress-tags newer-standards-version $root \
	one/*.changes 2>&1)" "" "lintian is silent"
for overrides in "$SOURCE"/contrib/debian/*lintian-overrides "$SOURCE"/contrib/debian/source/lintian-overrides; do
	is "$(awk '/^[^#]/ && before !~ /^#/ { print FILENAME ": " $0 } { before = $0 }' "$overrides")" "" \
		"each of ${overrides#"$SOURCE/"} has a reason"
done

# --- cpack's package, from the same programs
build_folder=$(echo one/tlsrpt-ingest-"$version"/obj-*)
(cd "$build_folder" && cpack -G DEB -B "$WORK/cpack") >log 2>&1
is $? 0 "cpack makes a package"
mkdir "$folder/cpack"
cp cpack/*.deb "$folder/cpack/" || finish
dpkg_package=$(echo one/tlsrpt-ingest_*.deb)
cpack_package=$(echo cpack/*.deb)

# files PACKAGE: mode, owner and name of each
files() {
	dpkg-deb --contents "$1" | awk '$1 !~ /^d/ { print $1, $2, $6, $7, $8 }' | sort -k 3
}
is "$(files "$cpack_package")" "$(files "$dpkg_package")" "with the same files"
dpkg-deb -R "$cpack_package" x
dpkg-deb -R "$dpkg_package" y
# The programs were stripped in two ways, so that of these not all bytes are the same.
is "$(diff -r --brief --exclude=DEBIAN x y | sed 's/^Files x\(.*\) and .*/\1/')" "/usr/bin/tlsrpt
/usr/bin/tlsrpt-ingest" "which hold the same"
for program in tlsrpt tlsrpt-ingest; do
	build_id=$(readelf -n y/usr/bin/$program | sed -n 's/.*Build ID: //p')
	is "$(readelf -n x/usr/bin/$program | sed -n 's/.*Build ID: //p')" "$build_id" "$program is the same ($build_id)"
done
is "$(cat x/DEBIAN/conffiles)" "$(cat y/DEBIAN/conffiles)" "and the same configuration files"
# relations PACKAGE FIELD: the names of packages; by whose symbols a version is known, debhelper knows better
relations() {
	dpkg-deb -f "$1" "$2" | tr , '\n' | sed 's/ ([^)]*)//g; s/^ *//' | sort
}
for field in Depends Recommends Suggests; do
	is "$(relations "$cpack_package" $field)" "$(relations "$dpkg_package" $field)" "$field: the same packages"
done
is "$(dpkg-deb -f "$cpack_package" Description Section Priority Maintainer)" \
	"$(dpkg-deb -f "$dpkg_package" Description Section Priority Maintainer)" "and the same description"
finish
