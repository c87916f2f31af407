#!/bin/sh
# The test that Debian would run whenever the package or what it needs changes: contrib/debian/tests, by
# autopkgtest, in a private copy of the machine.
#
# autopkgtest.sh FOLDER: where build.sh has left the packages
if [ -z "${PRIVATE:-}" ]; then
	PRIVATE=1 exec sh "$TESTS/package/private.sh" sh "$0" "$1"
fi
. "$TESTS/cli/lib.sh"
package=$(echo "$1"/tlsrpt-ingest_*.deb)

mkdir tree
cp -r "$SOURCE/contrib/debian" tree/
# The private copy is the container of its own that the test asks for.
autopkgtest --no-built-binaries --ignore-restrictions=isolation-container --output-dir="$WORK/output" \
	"$package" "$WORK/tree" -- null >log 2>&1 </dev/null
is $? 0 "autopkgtest"
sed 's/^/# /' log
matches "$(cat output/summary)" '^deliver +PASS$' "deliver passes"
postfix status 2>/dev/null
[ $? -ne 0 ]
ok $? "and leaves no mail system running"
finish
