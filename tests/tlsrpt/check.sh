#!/bin/sh
# check: what the mode of the policy makes of a failure, with senders that report no policy, too.  They
# are taken in as files, so that each counts as received when the mail was sent: the day after its own.
. "$TESTS/cli/lib.sh"

# report ORGANIZATION DAY RESULT-TYPE POLICY-STRING: two of 100 sessions failed
report() {
	cat >"$1-$2-$3.eml" <<END
From: tls@$1.example
Date: $(date -u -d "$2 1 day" '+%a, %d %b %Y 06:00:00 +0000')
Content-Type: application/tlsrpt+json

{"organization-name":"$1","date-range":{"start-datetime":"$2T00:00:00Z","end-datetime":"$2T23:59:59Z"},
"contact-info":"tls@$1.example","report-id":"$1-$2-$3","policies":[{"policy":{"policy-type":"sts",
"policy-string":[$4],"policy-domain":"example.com"},
"summary":{"total-successful-session-count":98,"total-failure-session-count":2},
"failure-details":[{"result-type":"$3","receiving-mx-hostname":"mx.example.com","failed-session-count":2}]}]}
END
	"$INGEST" -q -c empty.conf --db "$DB" "$1-$2-$3.eml" || echo "# not stored"
}

# known ORGANIZATION: it has reported before, on enough days to be no first-timer
known() {
	for day in 1 2 3; do
		report "$1" 2026-10-0$day starttls-not-supported "$2"
	done
}

# check_says WANTED NAME: the status at noon of 2026-11-20
check_says() {
	run "$BIN/tlsrpt" check --config empty.conf --db "$DB" --now 1795176000
	is "$(sed -n '1s/^TLSRPT \([A-Z]*\) .*/\1/p' out)" "$1" "$2"
}

ENFORCE='"version: STSv1","mode: enforce","mx: mx.example.com","max_age: 604800"'
TESTING='"version: STSv1","mode: testing","mx: mx.example.com","max_age: 604800"'
for organization in google mailru yahoo; do
	known "$organization" ""
done
report google 2026-11-18 certificate-expired "$ENFORCE"
check_says OK "one organization, one day: perhaps a glitch"
report google 2026-11-19 certificate-expired "$ENFORCE"
check_says CRITICAL "two days, in enforce mode"
report mailru 2026-11-19 certificate-expired ""
is "$(sql 'SELECT mode FROM incidents')" "" "the last report says no policy"
check_says CRITICAL "which makes it no less critical"
report mailru 2026-11-19 sts-policy-fetch-error ""
report google 2026-11-19 sts-policy-fetch-error ""
run "$BIN/tlsrpt" check --config empty.conf --db "$DB" --now 1795176000 -f json
is "$(jq -r '.problems[] | .severity + " " + .kind' out)" "CRITICAL certificate-expired
WARNING sts-policy-fetch-error" "where there is no policy to be had, none is enforced"
report yahoo 2026-11-20 certificate-expired "$TESTING"
check_says CRITICAL "one has seen testing mode: another may still have the policy before in its cache"
report google 2026-11-20 certificate-expired "$TESTING"
check_says WARNING "all have seen that, as their newest policy"
report mailru 2026-11-20 certificate-expired ""
check_says WARNING "who reports no policy changes no mode"

fresh_store
known mailru ""
report mailru 2026-11-18 certificate-expired ""
report mailru 2026-11-19 certificate-expired ""
check_says WARNING "nobody has reported a policy"
finish
