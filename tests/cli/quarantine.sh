#!/bin/sh
# The quarantine is bounded, and drops what is worth least first.
. "$TESTS/cli/lib.sh"

# message DOMAIN KIND N: a message of about 1000 bytes after compression; KIND is none (no report)
# or damaged (a report part that is no JSON)
message() {
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

printf '[limits]\nquarantine=12K\n' >small.conf
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
[ "$size" -gt 1000 ] && [ "$size" -lt 1500 ]
ok $? "as large as this test wants them: $size"

# A sender domain holds at most a quarter: 3 KiB are two messages.
keep one.example none 2
keep one.example none 3
is "$code $(subjects)" "0 none 2, none 3" "a third one drops the sender's own oldest"
keep one.example damaged 4
is "$code $(subjects)" "0 none 3, damaged 4" "a damaged one is worth more"
keep one.example damaged 5
is "$code $(subjects)" "0 damaged 4, damaged 5" "and again"
keep one.example damaged 6
is "$code $(subjects)" "75 damaged 4, damaged 5" "damaged ones are not dropped: 75"
matches "$(cat err)" 'not stored, try again: the quarantine has no room left for this sender' "and said"
keep one.example none 7
is "$code" 75 "nor for one without a report"
keep two.example none 1
is "$code $(subjects)" "0 damaged 4, damaged 5, none 1" "another sender has room"

# After 30 days a damaged one may go.
sqlite3 "$DB" "UPDATE quarantined_row SET received_at = received_at - 31 * 86400 WHERE subject = 'damaged 4'"
keep one.example damaged 8
is "$code $(subjects)" "0 damaged 5, none 1, damaged 8" "a damaged one older than 30 days is dropped"

# The whole: 12 KiB are nine or ten messages.
for i in 2 3; do keep two.example none $i; done
for domain in three four five six; do
	keep $domain.example damaged 1
	keep $domain.example damaged 2
done
is "$code$(subjects | grep -c none)" 00 "to make room, those without a report go first"
is "$(sql "SELECT sum(stored_size) <= 12 * 1024 FROM quarantined_row")" 1 "it stays within its limit"
keep seven.example none 1
keep eight.example none 1
is "$(sql "SELECT sum(stored_size) <= 12 * 1024 FROM quarantined_row")" 1 "still"
keep nine.example damaged 1
keep nine.example damaged 2
is "$code" 75 "full of damaged ones: 75"
matches "$(cat err)" 'the quarantine has no room left' "and said"

# A report is stored all the same.
run "$INGEST" -c small.conf --db "$DB" <"$DATA/mail/good/google-2026-11-14-certificate-expired.eml"
is "$code$(sql 'SELECT count(*) FROM reports')" 01 "a full quarantine keeps no report out"

# No room for any: 75, never dropped silently.
fresh_store
printf '[limits]\nquarantine=0\n' >small.conf
keep one.example none 1
is "$code" 75 "quarantine=0: 75"
finish
