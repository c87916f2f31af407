#!/bin/sh
# The filter as a program: what it takes in, what it says, how it exits.
. "$TESTS/cli/lib.sh"

good=$DATA/mail/good/google-2026-11-14-certificate-expired.eml
other=$DATA/mail/good/microsoft-2026-10-12-success.eml
bad=$DATA/mail/bad/corrupt-gzip.eml
bare=$DATA/json/good/google.json

# --- what it says of itself
run "$INGEST" --version
is "$code $(cat out)" "0 tlsrpt-ingest $(sed -n 's/^[[:space:]]*VERSION \([0-9.]*\)$/\1/p' "$SOURCE/CMakeLists.txt")" "--version is that of the build"
run "$INGEST" --help
is "$code" 0 "--help"
for option in db config dry-run passthrough reject init owner log quiet verbose version; do
	matches "$(cat out)" "--$option( |=|$)" "--help has --$option"
done

# --- one message
ingest <"$good"
is "$code$(cat out err)" 0 "a good message: 0 and silence"
is "$(sql 'SELECT count(*) FROM reports')" 1 "is stored"
ingest -v <"$good"
is "$code" 0 "the same again: 0"
matches "$(cat err)" '^tlsrpt-ingest: already stored organization="Google Inc." ' "already stored"
is "$(sql 'SELECT count(*), (SELECT sum(reports) FROM daily_total) FROM reports')" "1|1" "and counts once"

tr -d '\r' <"$good" >lf.eml
sed 's/$/\r/' lf.eml >crlf.eml
{ printf 'From someone@example.com  Mon Nov 23 00:00:00 2026\n' && cat crlf.eml; } >from.eml
{ cat lf.eml && echo; } >blank.eml
for variant in lf crlf from blank; do
	ingest -v <"$variant.eml"
	matches "$code $(cat err)" '^0 tlsrpt-ingest: already stored ' "$variant: the same report"
done

fresh_store
ingest <"$bare"
is "$code$(sql 'SELECT count(*) FROM reports')" 01 "bare JSON"
gzip -c "$bare" >bare.json.gz
ingest -v <bare.json.gz
matches "$code $(cat err)" '^0 .*already stored' "the same gzipped is the same report"
python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin), indent=3, sort_keys=True))' \
	<"$bare" >layout.json
ingest -v <layout.json
matches "$code $(cat err)" '^0 .*already stored' "in another layout too"
ingest - <"$other"
is "$code$(sql 'SELECT count(*) FROM reports')" 02 "- is standard input"

# --- rows that are no incident
fresh_store
ingest <"$DATA/json/odd/rows-zero.json"
ingest <"$DATA/json/odd/rows-beside-zero.json"
is "$(sql 'SELECT count(*) > 1, count(incident), (SELECT count(*) FROM incidents) FROM failures')" "1|0|0" \
	"rows that count nothing, or are beside a total of 0, are kept and are counted under none"
ingest <"$DATA/json/odd/two-mx-one-total.json"
is "$(sql 'SELECT sum(failed_sessions), count(*), (SELECT failed_sessions FROM daily_total WHERE failed_sessions > 0)
	FROM incident_days')" "7|2|7" "two MX over one total have it together"
is "$(sql 'SELECT count(*) FROM failures JOIN incidents ON incidents.id = incident')" 2 "and each row has its incident"

# --- a message at fault
fresh_store
ingest <"$bad"
is "$code" 0 "a bad message: 0"
matches "$(cat err)" '^tlsrpt-ingest: kept in quarantine: corrupt-gzip: ' "and one line"
is "$(wc -l <err)" 1 "only one"
is "$(sql 'SELECT reason, size, sender IS NOT NULL FROM quarantined')" "corrupt-gzip|$(wc -c <"$bad")|1" "in quarantine"
sql "SELECT writefile('kept.gz', content) FROM quarantined_row" >written
gunzip -c kept.gz | cmp - "$bad"
is "$?" 0 "whole, byte for byte"
ingest <"$bad"
is "$code$(sql 'SELECT count(*) FROM quarantined')" 01 "an equal one only once"
ingest -q <"$bad"
is "$code$(cat out err)" 0 "-q: silence"

fresh_store
ingest --reject <"$bad"
is "$code" 65 "--reject: 65"
matches "$(cat err)" '^tlsrpt-ingest: refused: part 2: ' "with the part"
[ ! -e "$DB" ]
ok $? "and nothing is stored"
echo '[ingest]
reject=true' >reject.conf
run "$INGEST" -c reject.conf --db "$DB" <"$bad"
is "$code" 65 "reject=true in the configuration"

# --- one good part and one damaged
mixed=$DATA/$(awk -F '\t' '$2 ~ /^stored\+/ && $3 == 1 { print $1; exit }' "$DATA/expect.tsv")
fresh_store
ingest <"$mixed"
is "$code$(sql 'SELECT (SELECT count(*) FROM reports), (SELECT count(*) FROM quarantined)')" "01|1" "good and damaged: both kept"
matches "$(cat err)" 'kept in quarantine: .*; of the rest stored ' "and both said"
fresh_store
ingest --reject <"$mixed"
is "$code" 65 "with --reject neither"
[ ! -e "$DB" ]
ok $? "is stored"

# --- --dry-run
ingest -n <"$good"
is "$code" 0 "--dry-run of a good message"
matches "$(cat out)" '^  report-id: 2026-11-14T00:00:00Z_example.com$' "prints it"
[ ! -e "$DB" ]
ok $? "and stores nothing"
ingest -n <"$bad"
is "$code" 65 "--dry-run of a bad one: 65"
"$INGEST" -c empty.conf -n <"$good" >/dev/full 2>err
is "$?" 75 "--dry-run >/dev/full: 75"
env -i "$INGEST" -n -c empty.conf <"$good" >out 2>err
is "$?" 0 "--dry-run needs no store"
ingest -n <"$DATA/json/odd/control-characters.json"
is "$code$(grep -c "$(printf '[\001-\010\013-\037]')" out)" 00 "control characters do not reach the terminal"

# --- --passthrough
for message in "$good" "$bad" "$mixed" from.eml crlf.eml "$bare"; do
	fresh_store
	ingest --passthrough <"$message"
	cmp -s out "$message" && [ "$code" -eq 0 ]
	ok $? "--passthrough $(basename "$message"): byte for byte"
done
fresh_store
"$INGEST" -c empty.conf --db "$DB" --passthrough <"$good" >/dev/full 2>err
is "$?" 75 "--passthrough >/dev/full: 75"
is "$(sql 'SELECT count(*) FROM reports')" 1 "stored nevertheless"
"$INGEST" -c empty.conf --db "$DB" --passthrough <"$good" >&- 2>err
is "$?" 75 "--passthrough with standard output closed: 75"
fresh_store
ingest --passthrough --reject <"$bad"
is "$code$(wc -c <out)" 650 "--passthrough --reject of a bad one: 65 and nothing"

# --- anything else is 75, and the input is read
drained() {
	name=$1
	shift
	fresh_store
	{ cat "$good"; head -c 3000000 /dev/zero; echo read >drained; } | {
		run "$@"
		echo "$code" >code
	}
	is "$(cat code drained 2>/dev/null | tr '\n' ' ')" "75 read " "$name: 75, and the input is read"
	matches "$(cat err)" '^tlsrpt-ingest: not stored, try again: ' "$name: one line"
	rm -f drained
}
drained "an unknown option" "$INGEST" --no-such
drained "--jobs without files" "$INGEST" -c empty.conf --db "$DB" --jobs 2
drained "--owner without --init" "$INGEST" -c empty.conf --db "$DB" --owner nobody
drained "--dry-run with --passthrough" "$INGEST" -c empty.conf -n --passthrough
drained "a bad --log" "$INGEST" -c empty.conf --db "$DB" --log file
drained "no configuration file" "$INGEST" -c /nonexistent.conf --db "$DB"
printf '[ingest]\n# why\nreject=perhaps\n' >bad.conf
drained "a bad configuration" "$INGEST" -c bad.conf --db "$DB"
matches "$(cat err)" 'bad.conf line 3: \[ingest\] reject is not true or false' "names the line"
printf '[store]\npath=x\n' >bad.conf
drained "an unknown key" "$INGEST" -c bad.conf --db "$DB"
matches "$(cat err)" 'bad.conf line 2: \[store\] path ' "names the line"
printf '\n\n[stores]\nuri=x\n' >bad.conf
drained "an unknown group" "$INGEST" -c bad.conf --db "$DB"
matches "$(cat err)" 'bad.conf line 3: unknown group \[stores\]' "names the line"
printf '[ingest]\n\nrequire-auth=true\n' >bad.conf
drained "require-auth with nobody to trust" "$INGEST" -c bad.conf --db "$DB"
matches "$(cat err)" 'bad.conf line 3: \[ingest\] require-auth needs trusted-authserv-ids' "names the line"
drained "no directory" "$INGEST" -c empty.conf --db "$WORK/none/x.db"
drained "another scheme" "$INGEST" -c empty.conf --db postgresql://localhost/x
"$INGEST" -c empty.conf --db "$DB" <&- >out 2>err
is "$?" 75 "standard input closed: 75"
"$INGEST" -c empty.conf --db "$DB" <"$good" 2>&-
is "$?" 0 "standard error closed"
"$INGEST" -c empty.conf --db "$DB" <"$other" >&- 2>&-
is "$?$(sql 'SELECT count(*) FROM reports')" 02 "standard output and error closed"

# --- which store
fresh_store
mkdir home
env -i HOME="$WORK/home" "$INGEST" -c empty.conf <"$good" 2>err
code=$?
if [ -d /var/lib/tlsrpt ]; then
	echo "# /var/lib/tlsrpt is there, so HOME does not matter"
else
	[ -s home/.local/share/tlsrpt/tlsrpt.db ]
	is "$code$?" 00 "in HOME"
	is "$(stat -c %a home/.local/share/tlsrpt)" 700 "for this user alone"
	env -i "$INGEST" -c empty.conf <"$good" 2>err
	is "$? $(cat err)" "75 tlsrpt-ingest: not stored, try again: no store configured: give --db, TLSRPT_DB, or uri= in the group [store] of the configuration" "without HOME: 75"
fi
if [ ! -d /var/lib/tlsrpt ]; then
	mkdir home2
	printf '[store]\nuri=\n' >store.conf
	env -i HOME="$WORK/home2" TLSRPT_DB= "$INGEST" -c store.conf --db '' <"$good"
	[ -s home2/.local/share/tlsrpt/tlsrpt.db ]
	is "$?" 0 "empty names name nothing"
fi
printf '[store]\nuri=%s/conf.db\n' "$WORK" >store.conf
env -i "$INGEST" -c store.conf <"$good"
is "$?$(sqlite3 -readonly conf.db 'SELECT count(*) FROM reports')" 01 "of the configuration"
env -i TLSRPT_DB="$WORK/env.db" "$INGEST" -c store.conf <"$good"
is "$?$(sqlite3 -readonly env.db 'SELECT count(*) FROM reports')" 01 "of TLSRPT_DB"
env -i TLSRPT_DB="$WORK/env.db" "$INGEST" -c store.conf --db relative.db <"$good"
is "$?$(sqlite3 -readonly relative.db 'SELECT count(*) FROM reports')" 01 "of --db, relative to here"
env -i "$INGEST" -c empty.conf --db "sqlite:$WORK/scheme.db" <"$good"
is "$?$(sqlite3 -readonly scheme.db 'SELECT count(*) FROM reports')" 01 "sqlite:"

# --- --init
mkdir lib
run "$INGEST" -c empty.conf --init --db "$WORK/lib/tlsrpt/tlsrpt.db"
matches "$code$(cat out err)" "^0tlsrpt-ingest: made the store $WORK/lib/tlsrpt/tlsrpt.db: " "--init"
is "$(stat -c '%n %a' lib/tlsrpt lib/tlsrpt/* | sort)" "lib/tlsrpt 750
lib/tlsrpt/tlsrpt.db 640
lib/tlsrpt/tlsrpt.db-lock 600
lib/tlsrpt/tlsrpt.db-shm 640
lib/tlsrpt/tlsrpt.db-wal 640" "makes directory and files with their modes"
run "$INGEST" -c empty.conf --init --db "$WORK/lib/tlsrpt/tlsrpt.db"
is "$code" 0 "--init again"
mkdir shared
: >shared/other
run "$INGEST" -c empty.conf --init --db "$WORK/shared/x.db"
is "$code $(ls shared)" "75 other" "--init in a directory that holds other files: 75, untouched"
run "$INGEST" -c empty.conf --init --owner no-such-user --db "$WORK/lib/tlsrpt/tlsrpt.db"
is "$code" 75 "--owner of nobody: 75"
matches "$(cat err)" 'no user named "no-such-user"' "says who"
if [ "$(id -u)" -eq 0 ]; then
	run "$INGEST" -c empty.conf --init --owner nobody:mail --db "$WORK/lib/tlsrpt/tlsrpt.db"
	is "$(stat -c %U:%G lib/tlsrpt lib/tlsrpt/* | sort -u)" nobody:mail "--owner gives it away"
	is "$(stat -c %a lib/tlsrpt)" 2750 "and what he makes is of the group of the readers"
	chmod 755 "$WORK"
	setpriv --reuid nobody --regid mail --clear-groups env -i "$INGEST" --db "$WORK/lib/tlsrpt/tlsrpt.db" -c "$WORK/empty.conf" <"$good" 2>err
	is "$?" 0 "and he can write it"
fi

# --- --log
fresh_store
ingest --log stderr <"$good"
is "$code$(grep -c '^tlsrpt-ingest: \(made the store\|stored\) ' err)" 02 "--log stderr: every line there"
ingest --log stderr -q <"$good"
is "$code$(cat err)" 0 "but with -q"
finish
