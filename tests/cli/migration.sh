#!/bin/sh
# Stores of development, from before the first release, and stores that only look like ours are refused
# by those who write and those who read, with a clear error, and are left as they are.  How a store of
# one version is brought to the next is a unit test (test_sql.c), since there is only one version.
. "$TESTS/cli/lib.sh"

known="$DATA/mail/good/google-2026-11-14-certificate-expired.eml"
clear='made by a version of this program from before its first release'

# refused NAME REASON: a delivery, --init, a question
refused() {
	before=$(sha256sum <"$DB")
	ingest <"$known"
	is "$code" 75 "$1: a delivery: 75"
	matches "$(cat err)" "not stored, try again: .*$2" "$1: with the reason"
	rm -rf own
	mkdir own
	cp "$DB" own/test.db
	run "$BIN/tlsrpt-ingest" -c /dev/null --log stderr --init --db "$WORK/own/test.db"
	matches "$code $(cat err)" "^75 .*$2" "$1: --init"
	run "$BIN/tlsrpt" summary -c /dev/null --db "$DB"
	matches "$code $(cat err)" "^[13] .*$2" "$1: a question"
	is "$(sha256sum <"$DB")" "$before" "$1: is untouched"
}

for version in 1 4; do
	fresh_store
	gunzip -c "$DATA/stores/version-$version.db.gz" >"$DB"
	refused "development's version $version" "$clear"
done

fresh_store
ingest <"$known"
sqlite3 "$DB" "UPDATE version SET digest = replace(digest, substr(digest, 1, 8), '01234567')" \
	"PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
refused "another version 1" "has other tables than schema version 1"

# In the middle there is no room any more.
fresh_store
run sh -c 'ulimit -f 60; exec "$0" "$@"' "$BIN/tlsrpt-ingest" -c /dev/null --log stderr --db "$DB" <"$known"
is "$code $(sql 'SELECT count(*) FROM sqlite_schema')" "75 0" "not made in full: it has no schema at all"
ingest <"$known"
is "$code $(sql 'SELECT version FROM version')" "0 1" "with room it has"
finish
