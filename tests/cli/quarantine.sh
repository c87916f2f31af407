#!/bin/sh
# The quarantine is bounded, and drops what is worth least first.
. "$TESTS/cli/lib.sh"

# message DOMAIN KIND N: a message of about 1000 bytes after compression, signed by that domain; KIND
# is none (no report) or damaged (a report part that is no JSON)
message() {
	case $1 in nobody) ;; *) echo "Authentication-Results: mx.test; dkim=pass header.d=$1" ;; esac
	echo "From: sender@$1"
	echo "Subject: $2 $3"
	echo "MIME-Version: 1.0"
	if [ "$2" = damaged ]; then
		echo "Content-Type: application/tlsrpt+json"
	else
		echo "Content-Type: text/plain"
	fi
	echo
	# Does not compress well, and is the same each time.
	awk -v seed="$1$2$3" 'BEGIN {
		for (i = 1; i <= length(seed); i++) s = (s * 31 + index("abcdefghijklmnopqrstuvwxyz.0123456789 ", substr(seed, i, 1))) % 1000003
		srand(s)
		for (i = 0; i < 1300; i++) printf "%c", 33 + int(rand() * 90)
		print ""
	}' | tr -d '-' | fold -w 70
}

config() {
	printf '[ingest]\ntrusted-authserv-ids=mx.test\n[limits]\nquarantine=%s\n' "$1" >small.conf
}
config 1M
keep() {
	message "$@" >message.eml
	run "$INGEST" -c small.conf --db "$DB" <message.eml
}
subjects() {
	sql "SELECT group_concat(subject, ', ') FROM (SELECT subject FROM quarantined ORDER BY id)"
}

keep one.example none 1
is "$code$(subjects)" "0none 1" "kept"
keep one.example none 1
is "$code$(subjects)" "0none 1" "once"
size=$(sql "SELECT stored_size FROM quarantined_row")
[ "$size" -gt 2500 ] && [ "$size" -lt 3700 ]
ok $? "as large as this test wants them: $size"

# A domain that signs holds at most a quarter: two messages; the whole has room for ten.
config $((size * 10))
keep one.example none 2
keep one.example none 3
is "$code $(subjects)" "0 none 2, none 3" "a third one drops the sender's own oldest"
keep one.example damaged 4
is "$code $(subjects)" "0 none 3, damaged 4" "a damaged one is worth more"
keep one.example damaged 5
is "$code $(subjects)" "0 damaged 4, damaged 5" "and again"
keep one.example damaged 6
is "$code $(subjects)" "75 damaged 4, damaged 5" "damaged ones are not dropped: 75"
matches "$(cat err)" 'not stored, try again: the quarantine has no room left for this sender: look at it with tlsrpt quarantine' "and said, with what to do"
keep one.example none 7
is "$code" 75 "nor for one without a report"
keep two.example none 1
is "$code $(subjects)" "0 damaged 4, damaged 5, none 1" "another sender has room"

# After 30 days a damaged one may go.
sqlite3 "$DB" "UPDATE quarantined_row SET received_at = received_at - 31 * 86400 WHERE subject = 'damaged 4'"
keep one.example damaged 8
is "$code $(subjects)" "0 damaged 5, none 1, damaged 8" "a damaged one older than 30 days is dropped"

# What nobody vouches for holds at most half: five messages, whatever they look like.
for i in 1 2 3 4 5 6 7; do keep nobody damaged 1$i; done
is "$code $(subjects)" "0 damaged 5, none 1, damaged 8, damaged 13, damaged 14, damaged 15, damaged 16, damaged 17" "forged damaged ones drop each other"

# The whole.
for domain in three four five; do
	keep $domain.example damaged 1
	keep $domain.example damaged 2
done
is "$code$(subjects | grep -c none)$(sql "SELECT count(*) > 0, max(subject) = 'damaged 17' FROM quarantined WHERE auth_domain IS NULL")" "001|1" \
	"to make room, those without a report go first, then the oldest that nobody vouches for"
keep six.example damaged 1
is "$code$(sql "SELECT count(*) FROM quarantined WHERE auth_domain IS NULL")" 00 "all of it"
keep seven.example damaged 1
keep nine.example damaged 1
is "$code" 75 "full of damaged ones: 75"
matches "$(cat err)" 'the quarantine has no room left: look' "and said"
check() {
	"$BIN/tlsrpt" check --config "$1" --db "$DB" --learning-ok >out 2>&1
	echo "$? $(head -n 1 out)"
}
matches "$(check small.conf)" '^3 TLSRPT UNKNOWN - the quarantine is full' "check says that it is full"
told() {
	"$BIN/tlsrpt" alert --dry-run --config "$1" --db "$DB" --to a@example.net --from b@example.net 2>&1
}
matches "$(told small.conf)" 'CRITICAL the quarantine is full' "alert tells it"
matches "$("$BIN/tlsrpt" status --config small.conf --db "$DB")" 'It is full of authenticated' "status, too, and what to do"
keep nobody none 1
is "$code" 75 "so is spam: nothing is dropped silently"
is "$(sql "SELECT sum(stored_size) <= $size * 10 FROM quarantined_row")" 1 "it stays within its limit"
is "$(sql "SELECT count(*) FROM (SELECT auth_domain, count(*), sum(stored_size) FROM quarantined_row GROUP BY 1
	UNION SELECT '(all)', count(*), sum(stored_size) FROM quarantined_row EXCEPT SELECT * FROM quarantine_share)")" 0 \
	"the sums are those of the rows"

# A report is stored all the same.
run "$INGEST" -c small.conf --db "$DB" <"$DATA/mail/good/google-2026-11-14-certificate-expired.eml"
is "$code$(sql 'SELECT count(*) FROM reports')" 01 "a full quarantine keeps no report out"

# The bound is that of the file: small messages, and those over a page.
fresh_store
config 400K
for bytes in 10 3000 20000; do
	for i in $(seq 40); do
		{ message nobody none "$i-$bytes"; head -c "$bytes" /dev/urandom | base64; } >message.eml
		"$INGEST" -c small.conf --db "$DB" <message.eml >/dev/null 2>&1
	done
	taken=$(sql "SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%quarantine%'" 2>/dev/null || echo 0)
	counted=$(sql "SELECT sum(stored_size) FROM quarantined_row")
	[ "${taken:-0}" -le $((counted + 5 * 4096)) ]
	ok $? "messages of $bytes bytes: $taken bytes of the file are counted as $counted"
done

# What nobody vouches for has a limit per day; half of it is for those who are known.
fresh_store
report() { # report ORGANIZATION AUTH N
	printf 'Authentication-Results: mx.test; dkim=%s header.d=%s\nFrom: r@%s\n' "$2" "$1" "$1"
	printf 'Content-Type: application/tlsrpt+json\n\n{"organization-name":"%s","report-id":"%s",' "$1" "$3"
	printf '"date-range":{"start-datetime":"2026-11-01T00:00:00Z","end-datetime":"2026-11-01T23:59:59Z"},'
	printf '"policies":[{"policy":{"policy-type":"sts","policy-domain":"d.test"},"summary":'
	printf '{"total-successful-session-count":%s,"total-failure-session-count":0}}]}\n' "$3"
}
day() {
	printf '[ingest]\ntrusted-authserv-ids=%s\n[limits]\nunauthenticated-per-day=%s\n' "$1" "$2" >day.conf
}
send() {
	report "$@" >message.eml
	run "$INGEST" -c day.conf --db "$DB" <message.eml
}
prune() {
	"$BIN/tlsrpt" prune --config day.conf --db "$DB" --format json >pruned.json 2>err ||
		echo "exit $?: $(cat err)"
}
stored() {
	sql "SELECT (SELECT count(*) FROM reports), (SELECT count(*) FROM quarantined WHERE reason = 'day-limit')"
}
day mx.test 32K
for i in 1 2 3 4 5 6 7 8; do send new.test none "$i"; done
is "$code $(stored | sed 's/.|/n|/')" "0 n|$((8 - $(sql 'SELECT count(*) FROM reports')))" "what is over waits in quarantine"
waiting=$(sql "SELECT count(*) FROM quarantined WHERE reason = 'day-limit'")
[ "$waiting" -gt 1 ] && [ "$waiting" -lt 8 ]
ok $? "some, not all: $waiting"
matches "$(check day.conf)" "^3 TLSRPT UNKNOWN - unauthenticated-per-day is in force: $waiting unauthenticated messages wait for another day" "check says so"
matches "$(told day.conf)" "unauthenticated-per-day is in force" "alert tells it"
send signed.test pass 20
is "$code $(sql "SELECT count(*) FROM reports WHERE auth = 'pass'")" "0 1" "an authenticated one is stored"
sqlite3 "$DB" "UPDATE sender SET first_day = first_day - 15"
send new.test none 9
is "$code $(sql "SELECT count(*) FROM reports WHERE report_id = '9'")" "0 1" "one of a pair that is known has the other half"
send other.test none 10
is "$code $(sql "SELECT count(*) FROM reports WHERE report_id = '10'")" "0 0" "another one has not"
sqlite3 "$DB" "DELETE FROM quarantined_row WHERE subject = '10'"
prune
is "$(jq '.run[0].waited' pruned.json | sed 's/[0-9]/n/')" n "prune tries again"
sqlite3 "$DB" "UPDATE unauthenticated_day SET day = day - 1"
prune
is "$(stored)" "11|0" "on the next day they are stored"
day '' 0
send third.test none 11
is "$code $(stored)" "0 12|0" "without trusted-authserv-ids there is no such limit"

# No room for any: 75, never dropped silently.
fresh_store
config 0
keep one.example none 1
is "$code" 75 "quarantine=0: 75"
finish
