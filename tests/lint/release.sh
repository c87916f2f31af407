#!/bin/sh
# The binary that is installed has no place where a test could make it fail, and needs no library
# that it does not use.
. "$TESTS/cli/lib.sh"

run grep -c TLSRPT_TEST "$BIN/tests/tlsrpt-ingest-hooks"
is "$code" 0 "the test binary has the hooks"
run grep -c TLSRPT_TEST "$INGEST"
is "$code" 1 "the real one has not"
run ldd -u "$INGEST"
is "$(grep -cE 'lib(gmime|glib|z|json-c|psl|sqlite3)' out)" 0 "no library is linked without need"
finish
