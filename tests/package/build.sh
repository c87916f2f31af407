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

# --- cpack's packages, from the same programs
build_folder=$(echo one/tlsrpt-ingest-"$version"/obj-*)
(cd "$build_folder" && cpack -G DEB -B "$WORK/cpack") >log 2>&1
is $? 0 "cpack makes packages"
mkdir "$folder/cpack"
cp cpack/*.deb "$folder/cpack/" || finish

# files PACKAGE: mode, owner and name of each
files() {
	dpkg-deb --contents "$1" | awk '$1 !~ /^d/ { print $1, $2, $6, $7, $8 }' | sort -k 3
}
# relations PACKAGE FIELD: the names of packages; by whose symbols a version is known, debhelper knows better
relations() {
	dpkg-deb -f "$1" "$2" | tr , '\n' | sed 's/ ([^)]*)//g; s/^ *//' | sort
}
# programs FOLDER: those that were compiled, each with what identifies it; they were stripped in two ways, so
# that not all bytes are the same
programs() {
	(cd "$1" && find usr/bin usr/lib -type f 2>/dev/null | sort | while read -r file; do
		id=$(readelf -n "$file" 2>/dev/null | sed -n 's/.*Build ID: //p')
		[ -z "$id" ] || echo "/$file $id"
	done)
}
for name in tlsrpt-ingest tlsrpt-ingest-pgsql; do
	of_debian=$(echo one/"$name"_*.deb)
	of_cpack=$(echo cpack/"$name"_*.deb)
	is "$(files "$of_cpack")" "$(files "$of_debian")" "$name: with the same files"
	rm -rf x y
	dpkg-deb -R "$of_cpack" x
	dpkg-deb -R "$of_debian" y
	is "$(diff -r --brief --exclude=DEBIAN x y | sed 's/^Files x\(.*\) and .*/\1/')" "$(programs y | sed 's/ .*//')" \
		"$name: which hold the same"
	is "$(programs x)" "$(programs y)" "$name: so do the programs"
	is "$(cat x/DEBIAN/conffiles 2>/dev/null)" "$(cat y/DEBIAN/conffiles 2>/dev/null)" \
		"$name: and the same configuration files"
	for field in Depends Recommends Suggests; do
		is "$(relations "$of_cpack" $field)" "$(relations "$of_debian" $field)" "$name: $field: the same packages"
	done
	is "$(dpkg-deb -f "$of_cpack" Description Section Priority Maintainer)" \
		"$(dpkg-deb -f "$of_debian" Description Section Priority Maintainer)" "$name: and the same description"
done
finish
