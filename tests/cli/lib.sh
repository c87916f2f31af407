# Helpers of the shell tests: TAP on standard output, a private folder each, kept on failure.
# Sourced by each test, which ends with "finish".  In the environment: BIN (the programs), TESTS
# (this folder's parent).

set -u
LC_ALL=C TZ=UTC
export LC_ALL TZ
unset TLSRPT_DB XDG_DATA_HOME

n=0
failed=0
# One that has a name, if that is asked for.
if [ -n "${TLSRPT_TEST_FOLDER:-}" ]; then
	WORK=$TLSRPT_TEST_FOLDER
	mkdir "$WORK" || exit 1
else
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/tlsrpt-test.XXXXXX")
fi
DB=$WORK/test.db
INGEST=$BIN/tlsrpt-ingest
DATA=$TESTS/data
left_out=0
cd "$WORK" || exit 1
# Nothing may depend on what the machine has in /etc.
printf '[ingest]\nlog=syslog\n' >"$WORK/empty.conf"

# What became of one test: "ok STATUS NAME".
ok() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failed=$((failed + 1))
	fi
}

# is GOT WANTED NAME
is() {
	if [ "$1" = "$2" ]; then
		ok 0 "$3"
	else
		ok 1 "$3"
		printf '%s\n' "$1" | sed 's/^/#   got: /'
		printf '%s\n' "$2" | sed 's/^/# wanted: /'
	fi
}

# matches TEXT PATTERN NAME: a grep -E pattern
matches() {
	if printf '%s\n' "$1" | grep -Eq -- "$2"; then
		ok 0 "$3"
	else
		ok 1 "$3"
		printf '%s\n' "$1" | sed 's/^/#   got: /'
		printf '%s\n' "$2" | sed 's/^/# no match for: /'
	fi
}

# run COMMAND...: its exit code in $code, its output in ./out and ./err
run() {
	"$@" >"$WORK/out" 2>"$WORK/err"
	code=$?
}

# ingest [OPTION]... <MESSAGE: the filter with the test's own store and no configuration
ingest() {
	run "$INGEST" --config "$WORK/empty.conf" --db "$DB" "$@"
}

# sql QUERY: rows with | between the columns
sql() {
	sqlite3 -readonly "$DB" "$1" 2>&1
}

fresh_store() {
	rm -f "$DB" "$DB-wal" "$DB-shm" "$DB-lock"
}

# skip REASON: the whole test
skip() {
	echo "1..0 # SKIP $1"
	cd / && rm -rf "$WORK"
	exit 77
}

# skip_part NAME REASON: a part of the test, which goes on.  If nothing fails, ctest is told of a skip.
skip_part() {
	n=$((n + 1))
	left_out=$((left_out + 1))
	echo "ok $n - $1 # SKIP $2"
}

finish() {
	echo "1..$n"
	cd / || exit 1
	if [ "$failed" -gt 0 ]; then
		echo "# $failed of $n failed; kept: $WORK"
		exit 1
	fi
	rm -rf "$WORK"
	[ "$left_out" -eq 0 ] || exit 77
	exit 0
}
