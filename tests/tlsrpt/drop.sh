#!/bin/sh
# tlsrpt drop: one report goes with all that it counted, and the store is as if it had never come.
. "$TESTS/cli/lib.sh"
. "$TESTS/cli/state.sh"

TLSRPT=$BIN/tlsrpt
good=$DATA/mail/good

# report ORGANIZATION DAY ID FAILED MX REASON
report() {
	cat <<-END
	{"organization-name": "$1", "date-range": {"start-datetime": "2026-11-$2T00:00:00Z",
	"end-datetime": "2026-11-$2T23:59:59Z"}, "contact-info": "tls@$1.example", "report-id": "$3",
	"policies": [{"policy": {"policy-type": "sts", "policy-domain": "example.org",
	"policy-string": ["version: STSv1", "mode: testing", "mx: mx1.example.org", "max_age: 86400"]},
	"summary": {"total-successful-session-count": 40, "total-failure-session-count": $4},
	"failure-details": [{"result-type": "certificate-host-mismatch", "sending-mta-ip": "192.0.2.7",
	"receiving-mx-hostname": "$5", "failure-reason-code": "$6", "failed-session-count": $4}]}]}
	END
}

# drops NAME [BEFORE]...: what the last file adds to those before it is gone when it is dropped
drops() {
	name=$1
	shift
	fresh_store
	printf 'Subject: no report\n\nHello\n' | ingest
	for file in "$@"; do
		ingest <"$file"
	done
	state >before
	ingest <"$dropped"
	id=$(sql 'SELECT max(id) FROM report')
	sqlite3 "$DB" '.backup copy.db'
	run "$TLSRPT" drop -c empty.conf --db "$DB" "$id"
	is "$code" 0 "$name: it is dropped"
	matches "$(cat out)" "remembered as number $id" "$name: it says so"
	state >after
	grep -v "^[0-9A-F]*|$id\$" after >rest
	same_lines before rest "$name: nothing is left but what recognizes it"
	is "$(sql 'SELECT count(*) FROM report WHERE state = 2')" 1 "$name: it is remembered"
	ingest -v --log stderr <"$dropped"
	state >again
	same_lines after again "$name: delivered again, it does not count"
	matches "$(cat err)" 'already stored' "$name: the log says that it is known"
	run "$TLSRPT" drop -c empty.conf --db "$DB" "$id"
	is "$code" 2 "$name: it cannot be dropped twice"
	matches "$(cat err)" "there is no report \"$id\"" "$name: that is said"
	run "$TLSRPT" drop -c empty.conf --db "$DB" --forget "$id"
	is "$code" 0 "$name: it is forgotten later"
	state >after
	same_lines before after "$name: then nothing is left"

	fresh_store
	cp copy.db "$DB"
	state >there
	run "$TLSRPT" drop -c empty.conf --db "$DB" --forget "$id"
	state >after
	same_lines before after "$name: with --forget nothing is left"
	ingest <"$dropped"
	state >again
	same_lines there again "$name: delivered again, it counts again"
}

report alpha 10 a1 7 mx1.example.org one >a.json
report alpha 10 a2 3 mx1.example.org two >b.json
report alpha 11 a1 5 mx1.example.org one >c.json
report beta 12 b1 4 mx2.example.org three >d.json
report alpha 09 a3 9007199254740992 mx1.example.org one >huge.json
report alpha 09 a4 5 mx1.example.org four >e.json
dropped=a.json
drops "the only report"
drops "beside one of the same day" b.json
drops "beside one of the same report-id" c.json
drops "beside one of another reporter" d.json
drops "among others" d.json c.json b.json
dropped=d.json
drops "the only one of a reporter" a.json b.json
dropped=huge.json
drops "counts at their maximum" e.json
dropped=$good/mox-2026-11-16-mixed.eml
drops "several domains" "$good/google-2026-11-14-certificate-expired.eml" \
	"$good/mox-2026-11-13-tlsa-invalid.eml" "$good/mox-2026-11-17-host-report.eml"

# The finding same-id goes with the report that it speaks of.
fresh_store
for file in a.json c.json; do
	ingest <$file
done
is "$(sql "SELECT report FROM findings WHERE code = 'same-id'")" 2 "two reports have one id"
run "$TLSRPT" drop -c empty.conf --db "$DB" 1
is "$code $(sql "SELECT count(*) FROM findings WHERE code = 'same-id'")" "0 0" "the finding goes with the first"
run "$TLSRPT" reprocess -c empty.conf --db "$DB"
matches "$(cat out)" 'changed: 0' "reading anew finds nothing to change"

# A better sender brings it back.
fresh_store
printf '[ingest]\ntrusted-authserv-ids=mx.example.com\n' >trust.conf
ingest <"$good/google-2026-11-16-success.eml"
run "$TLSRPT" drop -c empty.conf --db "$DB" 1
run "$INGEST" -c trust.conf --db "$DB" --log stderr -v <"$good/google-2026-11-16-success.eml"
is "$code $(sql 'SELECT id, auth FROM reports')" "0 1|pass" "one that is authenticated counts, under the number that it had"
state >actual
fresh_store
run "$INGEST" -c trust.conf --db "$DB" <"$good/google-2026-11-16-success.eml"
state >wanted
same_lines wanted actual "as if only that one had come"

# By report-id, in JSON, with a note on the incident.
fresh_store
ingest <d.json
run "$TLSRPT" note -c empty.conf --db "$DB" 1 "a test of ours"
run "$TLSRPT" drop -c empty.conf --db "$DB" --format json b1
is "$code $(jq -c '.dropped[0] | [.id, .organization, .report_id, .policies, .failures, .forgotten]' out)" \
	'0 [1,"beta","b1",1,1,false]' "by its report-id, in JSON"
is "$(sql 'SELECT note, first_seen, failed_sessions FROM incidents')" "a test of ours||0" "an incident with a note stays"
run "$TLSRPT" check -c empty.conf --db "$DB"
is "$(sql 'SELECT count(*) FROM daily_sum')" 0 "nothing counts"

# The number of an incident is never another's: somebody may have been told of it, or may have noted it.
fresh_store
ingest <d.json
ingest <a.json
for id in 2 1; do
	run "$TLSRPT" drop -c empty.conf --db "$DB" --forget $id
done
is "$(sql 'SELECT count(*) FROM incidents WHERE days > 0')" 0 "no report has an incident any longer"
report alpha 10 a9 7 mx9.example.org one >f.json
ingest <f.json
is "$(sql 'SELECT id, receiving_mx_hostname FROM incidents WHERE days > 0')" "3|mx9.example.org" \
	"a new incident gets a number that none had"
ingest <a.json
is "$(sql 'SELECT id FROM incidents WHERE receiving_mx_hostname = '"'mx1.example.org'")" 2 \
	"and one that comes again has its own"

# The number of a problem is that of its first incident, which stays with the others.
fresh_store
ingest <a.json
sed 's/"policy-domain": "example.org"/"policy-domain": "example.net"/' b.json >g.json
ingest <g.json
run "$TLSRPT" drop -c empty.conf --db "$DB" --forget 1
is "$(sql 'SELECT id, problem, days FROM incidents ORDER BY id')" "1|1|0
2|1|1" "the number of the problem stays that of an incident that is there"

# Names that a new report brings are looked for beside the collection of names: reading them again is
# what a report under a number that was there before needs.
is "$(sql 'SELECT rewrites > 0 FROM version')" 1 "prune is told that numbers of reports may come again"

# What was dropped was not received.
fresh_store
ingest <d.json
run "$TLSRPT" drop -c empty.conf --db "$DB" b1
run "$TLSRPT" status -c empty.conf --db "$DB" --format json
is "$(jq -c '.status[0] | [.reports, .last_received]' out)" '[0,null]' "status tells of no reception"

# What would be dropped, for those who may only read.
ingest <a.json
state >before
run "$TLSRPT" drop -c empty.conf --db "$DB" --dry-run a1
is "$code" 0 "what would be dropped is said"
matches "$(cat out)" "report a1 of alpha" "by its name"
state >after
same_lines before after "and nothing is"
run "$TLSRPT" drop -c empty.conf --db "$DB" --forget a1

# What cannot be dropped.
run "$TLSRPT" drop -c empty.conf --db "$DB" b1
is "$code" 2 "an unknown report-id is an error"
matches "$(cat err)" 'there is no report "b1"' "which names it"
run "$TLSRPT" drop -c empty.conf --db "$DB"
is "$code" 2 "so is none"
ingest <a.json
run "$TLSRPT" prune -c empty.conf --db "$DB" --keep 1d --now 1900000000
state >before
for option in "" --forget; do
	# shellcheck disable=SC2086
	run "$TLSRPT" drop -c empty.conf --db "$DB" $option a1
	is "$code" 2 "a pruned one cannot be dropped"
	matches "$(cat err)" 'was pruned' "and it says why"
done
state >after
same_lines before after "and nothing changes"
finish
