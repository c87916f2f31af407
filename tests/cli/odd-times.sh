#!/bin/sh
# Reports whose dates are not plausible count on the day before they came, and keep what was sent.
. "$TESTS/cli/lib.sh"

TLSRPT=$BIN/tlsrpt
today=$(date -u +%F)
yesterday=$(date -u -d yesterday +%F)
tomorrow=$(date -u -d tomorrow +%F)

# report START END: one failure, as a stranger may send it
report() {
	cat <<-END
	{"organization-name": "Harbour Mail", "date-range": {"start-datetime": "$1", "end-datetime": "$2"},
	"contact-info": "tls@harbour.example", "report-id": "c$1", "policies": [{"policy": {
	"policy-type": "sts", "policy-domain": "example.org", "mx-host": ["mx1.example.org"],
	"policy-string": ["version: STSv1", "mode: testing", "mx: mx1.example.org", "max_age: 86400"]},
	"summary": {"total-successful-session-count": 40, "total-failure-session-count": 7},
	"failure-details": [{"result-type": "certificate-host-mismatch", "sending-mta-ip": "192.0.2.7",
	"receiving-ip": "203.0.113.5", "receiving-mx-hostname": "mx1.example.org",
	"failed-session-count": 7}]}]}
	END
}

# counts START END DAY FINDING
counts() {
	fresh_store
	report "$1" "$2" >report.json
	run "$INGEST" -c empty.conf --db "$DB" <report.json
	is "$code $(sql "SELECT day, start_time, end_time, (SELECT max(code) FROM findings
		WHERE code <> 'not-a-day') FROM reports")" "0 $3|$1|$2|$4" "$1 to $2 counts on $3"
	is "$(sql "SELECT (SELECT day FROM daily), (SELECT day FROM daily_total), (SELECT day FROM incident_days),
		first_seen, last_seen, (SELECT last_day FROM policy_seen) FROM incidents")" "$3|$3|$3|$3|$3|$3" \
		"so do its totals"
	run "$TLSRPT" reports -c empty.conf --db "$DB" --format csv
	matches "$(cat out)" "c$1" "it is listed"
	run "$TLSRPT" show -c empty.conf --db "$DB" "c$1"
	is "$code" 0 "and shown"
	run "$TLSRPT" reprocess -c empty.conf --db "$DB"
	is "$code $(sql 'SELECT day FROM reports')" "0 $3" "reading it anew changes nothing"
}

counts 9998-01-01T00:00:00Z 9998-01-01T23:59:59Z "$yesterday" future
counts 2026-10-22T23:59:59Z 2026-10-22T00:00:00Z "$yesterday" range-reversed
counts 2026-07-01T00:00:00Z 2026-09-30T23:59:59Z "$yesterday" range-too-long
counts 2017-12-31T00:00:00Z 2017-12-31T23:59:59Z "$yesterday" too-old
counts "${today}T00:00:00Z" "${today}T23:59:59Z" "$today" ""
# A clock of the sender that is a little ahead.
counts "${tomorrow}T00:00:00Z" "${tomorrow}T00:59:59Z" "$today" ""

# A report from the future changes neither the mode nor the last day of what is there, and is pruned.
fresh_store
report "${yesterday}T00:00:00Z" "${yesterday}T23:59:59Z" | sed 's/mode: testing/mode: enforce/' >real.json
report 9998-01-01T00:00:00Z 9998-01-01T23:59:59Z >forged.json
run "$INGEST" -c empty.conf --db "$DB" <forged.json
run "$INGEST" -c empty.conf --db "$DB" <real.json
is "$(sql 'SELECT mode, last_seen FROM incidents')" "enforce|$yesterday" "the mode is that of the latest genuine report"
run "$TLSRPT" prune -c empty.conf --db "$DB" --keep 1d --now "$(date -u -d 'tomorrow 12:00' +%s)"
is "$code $(sql 'SELECT sum(pruned), count(*) FROM reports')" "0 2|2" "both are pruned when they are old"
finish
