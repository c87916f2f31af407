#!/bin/sh
# What tlsrpt policy makes of the story of policies.py, and of a policy file.
. "$TESTS/cli/lib.sh"

tlsrpt=$BIN/tlsrpt
python3 "$TESTS/tlsrpt/policies.py" "$INGEST" "$DB" || exit 1

# policy OPTION...: on 2026-11-23
policy() {
	run "$tlsrpt" policy --config empty.conf --db "$DB" --now 1795435200 "$@"
}

# facts TABLE KEY...: of ./out, the values of these keys, a row in each line
facts() {
	python3 -c 'import json, sys
for row in json.load(open("out"))[sys.argv[1]]:
    print("|".join(str(row[key]).replace("\n", ",") for key in sys.argv[2:]))' "$@"
}

# -- the story

policy -f json
is "$code$(cat err)" 0 "an answer"
is "$(facts policies policy_domain mode current first_seen last_seen organizations | grep ^change)" \
	"change.example|enforce|1|2026-10-10|2026-11-22|2
change.example|enforce|0|2026-09-24|2026-11-22|4" "one policy, however each sender quotes it"
is "$(facts old_policies policy_domain organization newer_since due last_seen)" \
	"change.example|Late Sender|2026-10-10|2026-10-17|2026-11-22" \
	"who keeps an old policy, and not who did within max_age"
is "$(facts uncovered_mx policy_domain receiving_mx_hostname failed_sessions organizations)" \
	"change.example|b.a.mx.change.example|12|3
change.example|mx9.change.example|6|3" "the MX that is not covered, and the one two labels deep"
is "$(facts testing policy_domain verdict since days clean_days last_failure other_policy_seen_by)" \
	"failing.example|failures|2026-09-24|60|2|2026-11-20|None
mixed.example|other-policy|2026-10-01|53|53|None|Late Sender
ready.example|ready|2026-10-20|34|29|2026-10-24|None
young.example|few-days|2026-11-15|8|8|None|None" "what is ready for enforce, and why the others are not"
is "$(facts tlsa_changes policy_domain change new_since old_until organizations)" \
	"abrupt.example|replaced|2026-11-01|2026-10-31|2
roll.example|rollover|2026-10-15|2026-10-21|2" "the rollover, and the change without overlap"
is "$(facts differences policy_domain)$(facts expected mode)$(facts problems key)" "" "nothing is expected"
cp out before

# The counts of the evidence, by the views.
is "$(facts testing policy_domain sessions failed_sessions reporters | grep ready)" \
	"$(sql "SELECT 'ready.example', sum(successful_sessions + failed_sessions), sum(failed_sessions),
	count(DISTINCT organization) FROM daily WHERE policy_domain = 'ready.example'
	AND day >= '2026-10-20'")" "the evidence is that of daily"

# It outlives the reports.
sqlite3 "$DB" "DELETE FROM failure; DELETE FROM policy; DELETE FROM finding; DELETE FROM raw;
UPDATE report SET state = 1"
policy -f json
cmp -s before out
is "$code$?" 00 "the same after the reports were pruned"

# -- what is asked for

policy -f json --domain Change.Example.
is "$(facts policies policy_domain | sort -u)" change.example "one domain"
policy -f json --organization "Late Sender"
is "$(facts policies policy_domain organizations | sort -u)" "change.example|1
mixed.example|1" "one organization"
is "$(facts old_policies policy_domain)" "" "which alone saw nothing newer"
is "$(facts uncovered_mx organizations | sort -u)" 1 "and whose failures are its own"
policy -f json --domain roll.example --since 2026-10-22
is "$(facts policies policy_text first_seen | cut -c1-8,71-)" "3 1 1 bb|2026-10-22" "last seen since a day"
policy -f json --domain change.example --since 2026-11-11 --until 2026-11-12
is "$(facts policies policy_text)$(facts uncovered_mx receiving_mx_hostname)" "" \
	"what was seen later, too, was not last seen in that time"
policy -f json --domain ready.example --until 2026-11-21 --since 2026-09-01
is "$(facts policies mode)" none "nor what is seen now"

printf '[incidents]\nlearning=30d\nwindow=3d\n' >days.conf
run "$tlsrpt" policy --config days.conf --db "$DB" --now 1795435200 -f json
is "$(facts testing policy_domain verdict days_needed | grep ready.ex)" "ready.example|failures|30" \
	"the days of the configuration"
policy --now 1796212800 -f json # 2026-12-02
is "$(facts testing policy_domain verdict | grep ready.ex)" "ready.example|silent" "nobody reports any more"

# -- the expected policy

expected() {
	printf '%s\n' "$@" >mta-sts.txt
}
head='version: STSv1
mode: enforce'
all='mx: mx1.change.example
mx: mx2.change.example
mx: *.mx.change.example'

expected "$head" "$all" 'max_age: 604800'
policy -f json --domain change.example --expect mta-sts.txt
is "$(facts differences policy_domain key expected seen last_seen seen_by)" \
	"change.example|mx|*.mx.change.example|None|2026-11-22|Late Sender,Slow Sender" "who sees something else"
is "$(facts expected mode max_age mx_hosts)" \
	"enforce|604800|*.mx.change.example,mx1.change.example,mx2.change.example" "than what is expected"
cp out wanted
printf 'Max_Age:604800 \r\nmx: *.MX.change.example\r\nMX: mx1.change.example\r\nmode: enforce\r\nmx: mx2.change.example.\r\nversion: STSv1\r\nx-more: 1\r\n' >other.txt
policy -f json --domain change.example --expect other.txt
is "$(facts problems line key)" "1|Max_Age
3|MX
5|mx" "what is odd in the file"
python3 -c 'import json
one, other = json.load(open("wanted")), json.load(open("out"))
del one["problems"], other["problems"]
assert one == other'
is "$?" 0 "the form of the file does not matter"
"$tlsrpt" policy --config empty.conf --db "$DB" --now 1795435200 -f json --domain change.example \
	--expect - <mta-sts.txt >out
cmp -s out wanted
is "$?" 0 "nor whether it comes on standard input"

expected 'version: STSv1' 'mode: testing' "$all" 'mx: mx9.change.example' 'max_age: 86400'
policy -f json --domain change.example --expect mta-sts.txt
is "$(facts differences key expected seen organizations | sort)" \
	"max_age|86400|604800|2
max_age|86400|604800|2
mode|testing|enforce|2
mode|testing|enforce|2
mx|*.mx.change.example|None|2
mx|mx9.change.example|None|2
mx|mx9.change.example|None|2" "what differs"
is "$(facts uncovered_mx receiving_mx_hostname)" b.a.mx.change.example "MX are covered by the expected policy"
policy --domain change.example --expect mta-sts.txt
matches "$(tr -s ' \n' ' ' <out)" 'mode enforce instead of testing; max_age 604800 instead of 86400;' "in words"

expected "$head" 'mx: *.example' 'max_age: 1'
policy --domain roll.example --expect mta-sts.txt
matches "$(cat out)" 'Nobody quoted an MTA-STS policy' "no sender saw any"
expected 'version: STSv1' 'mode: testing' 'mx: mx.ready.example' 'max_age: 86400'
policy --domain ready.example --expect mta-sts.txt
matches "$(cat out)" 'Whoever quoted an MTA-STS policy saw the expected one last' "all saw it"

# A sender that saw a policy, and then none.
"$INGEST" -q -c empty.conf --db "$DB" <<'END'
{"organization-name":"Google Inc.","report-id":"lost","contact-info":"a@sender.example",
"date-range":{"start-datetime":"2026-11-23T00:00:00Z","end-datetime":"2026-11-23T23:59:59Z"},
"policies":[{"policy":{"policy-type":"no-policy-found","policy-domain":"ready.example"},
"summary":{"total-successful-session-count":1,"total-failure-session-count":0}}]}
END
policy -f json --domain ready.example --expect mta-sts.txt
is "$(facts differences key expected seen last_seen seen_by)" \
	"policy|sts|no-policy-found|2026-11-23|Google Inc." "who sees no policy any more"
is "$(facts testing verdict other_policy_seen_by)" "other-policy|Google Inc." "and it is not ready then"

# refused NAME PATTERN: ./mta-sts.txt is no sound policy
refused() {
	policy --expect mta-sts.txt
	is "$code$(wc -l <err | tr -d ' ')$(cat out)" 21 "$1: exit 2, one line"
	matches "$(cat err)" "^tlsrpt: mta-sts.txt: $2\$" "and says where"
}
expected 'version: STSv1' 'mode: on' 'mx: a.example' 'max_age: 1'
refused "a mode that is none" 'line 2: mode is none of enforce, testing and none'
expected "$head" 'mx: a.example' 'max_age: soon'
refused "a max_age that is no number" 'line 4: max_age is not a number of seconds'
expected "$head" 'mx: *.a.*.example' 'max_age: 1'
refused "an mx that is none" 'line 3: mx is neither a host name nor one after "\*\."'
expected "$head" 'max_age: 1'
refused "no mx" 'mx is missing'
expected "$head" 'mx a.example' 'max_age: 1'
refused "a line that is none" 'line 3: the line is not "key: value"'
: >mta-sts.txt
refused "nothing" 'version is missing'
printf 'version: STSv1\000' >mta-sts.txt
policy --expect mta-sts.txt
is "$code$(cat out)" 2 "a NUL"
printf 'version: STSv1\377' >mta-sts.txt
refused "not UTF-8" 'is not UTF-8 text'
{
	expected "$head" 'mx: a.example' 'max_age: 1'
	cat mta-sts.txt
	head -c 65536 /dev/zero | tr '\0' 'x'
} >large.txt
head -c 65537 large.txt >mta-sts.txt
refused "more than 64 KiB" 'is larger than a policy may be \(64 KiB\)'
head -c 65536 large.txt | sed 's/xx*$/x-y: &/' | head -c 65536 >mta-sts.txt
policy --expect mta-sts.txt
is "$(wc -c <mta-sts.txt | tr -d ' ') $code" "65536 0" "64 KiB are not too much"
rm mta-sts.txt
refused "no such file" 'No such file or directory'
mkdir mta-sts.txt
refused "a directory" 'Is a directory'

# -- what enforce would have cost

# report ORGANIZATION DAY DOMAIN TYPE POLICY-STRING GOOD [FAILURE]...: a failure is RESULT-TYPE:MX:SESSIONS
report() {
	python3 -c 'import json, sys
organization, day, domain, kind, text, good, *failures = sys.argv[1:]
rows = [dict(zip(("result-type", "receiving-mx-hostname", "failed-session-count"), one.split(":"))) for one in failures]
for row in rows:
    row["failed-session-count"] = int(row["failed-session-count"])
print(json.dumps({"organization-name": organization, "report-id": "-".join(sys.argv[1:5]), "contact-info": "a@sender.example",
    "date-range": {"start-datetime": day + "T00:00:00Z", "end-datetime": day + "T23:59:59Z"},
    "policies": [{"policy": {"policy-type": kind, "policy-domain": domain, "policy-string": text.split(";") if text else []},
    "summary": {"total-successful-session-count": int(good),
                "total-failure-session-count": sum(row["failed-session-count"] for row in rows)},
    "failure-details": rows}]}))' "$@" | "$INGEST" -q -c "${CONFIG:-empty.conf}" --db "$DB" || echo "# not stored"
}
TESTING='version: STSv1;mode: testing;mx: mx.cost.example;max_age: 604800'
ENFORCE='version: STSv1;mode: enforce;mx: mx.cost.example;max_age: 604800'
fresh_store
report Google 2026-10-01 cost.example sts "$TESTING" 10 certificate-expired:mx.cost.example:90
report Google 2026-11-01 cost.example sts "$TESTING" 80 certificate-expired:mx.cost.example:15 validation-failure:mx2.cost.example:5
report Mail.ru 2026-11-01 cost.example sts "" 10 sts-policy-fetch-error::4 starttls-not-supported:mx.cost.example:6
report Google 2026-11-02 cost.example sts "$TESTING" 50
report Google 2026-11-22 none.example sts "$(echo "$TESTING" | sed s/cost/none/)" 7 sts-webpki-invalid::1
report Google 2026-11-22 held.example sts "$(echo "$ENFORCE" | sed s/cost/held/)" 7 certificate-expired:mx.held.example:1
policy -f json --since 2026-09-01
is "$(facts cost policy_domain since sessions held_sessions open_sessions)" "cost.example|2026-10-27|170|26|26
none.example|2026-11-22|8|0|0" "what enforce would have held back, in 28 days, of domains in testing"
is "$(facts cost_causes kind resolved held_sessions mx_hosts seen_by)" \
	"certificate-expired|0|15|mx.cost.example|Google
starttls-not-supported|0|6|mx.cost.example|Mail.ru
validation-failure|0|5|mx2.cost.example|Google" "by cause; policies that cannot be had hold nothing back"
is "$(facts cost_senders organization held_sessions)" "Google|20
Mail.ru|6" "by sender"
policy --since 2026-09-01 --domain cost.example
matches "$(tr -s ' \n' ' ' <out)" 'cost.example: enforce would have held back 26 of 170 sessions since 2026-10-27 \(15.3 %\): 15 certificate-expired at mx.cost.example, 6 starttls-not-supported at mx.cost.example, 5 validation-failure at mx2.cost.example; mail of Google 20, Mail.ru 6\.' \
	"in words"
# What is resolved, and was not seen since, does not remain.
certificate=$(sql "SELECT id FROM incidents WHERE policy_domain = 'cost.example' AND kind = 'certificate-expired'")
run "$tlsrpt" resolve "$certificate" --config empty.conf --db "$DB" --now 1793707200 # 2026-11-03
is "$code" 0 "the certificate is resolved"
policy -f json --since 2026-09-01 --domain cost.example
is "$(facts cost held_sessions open_sessions) $(facts cost_causes kind resolved | head -1)" "26|11 certificate-expired|1" \
	"what remains of it"
policy --since 2026-09-01 --domain cost.example
matches "$(tr -s ' \n' ' ' <out)" '15 certificate-expired at mx.cost.example \(resolved\), .* Without what is resolved, 11\.' \
	"also in words"
report Google 2026-11-20 cost.example sts "$TESTING" 80 certificate-expired:mx.cost.example:15
policy -f json --since 2026-09-01 --domain cost.example
is "$(facts cost held_sessions open_sessions)" "41|41" "what came back does"
# Rows that say more than the sum are not believed.
fresh_store
"$INGEST" -q -c empty.conf --db "$DB" <<'END'
{"organization-name":"Google","report-id":"many","contact-info":"a@sender.example",
"date-range":{"start-datetime":"2026-11-20T00:00:00Z","end-datetime":"2026-11-20T23:59:59Z"},
"policies":[{"policy":{"policy-type":"sts","policy-domain":"cost.example","policy-string":["version: STSv1","mode: testing","mx: a.example","max_age: 86400"]},
"summary":{"total-successful-session-count":5,"total-failure-session-count":3},
"failure-details":[{"result-type":"certificate-expired","failed-session-count":900,"receiving-mx-hostname":"a.example"},
{"result-type":"starttls-not-supported","failed-session-count":900,"receiving-mx-hostname":"a.example"}]}]}
END
policy -f json
is "$(facts cost sessions held_sessions)" "8|3" "no more than failed at all"

# -- what is unwise
fresh_store
report Google 2026-11-22 short.example sts 'version: STSv1;mode: enforce;mx: mx.short.example;max_age: 86399' 5
report Google 2026-11-22 day.example sts 'version: STSv1;mode: enforce;mx: mx.day.example;max_age: 86400' 5
report Google 2026-11-22 testing.example sts 'version: STSv1;mode: testing;mx: mx.testing.example;max_age: 600' 5
report Google 2026-11-22 one.example tlsa '3 1 1 AA' 5
report Google 2026-11-22 two.example tlsa '3 1 1 aa;3 1 1 bb' 5
report Google 2026-11-22 nomx.example sts 'version: STSv1;mode: enforce;max_age: 604800' 5
policy -f json
is "$(facts weak policy_domain weakness max_age seen_by)" "one.example|single-tlsa|None|Google
short.example|short-max-age|86399|Google" "a single TLSA record, and a max_age of under a day in enforce"
is "$(facts invalid policy_domain problems)" "nomx.example|no mx" "no mx"

# -- whose word counts

# A store that believes who is authenticated: from here on nobody is, but for those that are marked.
fresh_store
printf '[ingest]\ntrusted-authserv-ids=mx.example.net\n' >trusted.conf
trusted() {
	run "$tlsrpt" policy --config trusted.conf --db "$DB" --now 1795435200 "$@"
}
for day in 2026-11-18 2026-11-19 2026-11-20; do
	report Google $day example.com sts "$(echo "$ENFORCE" | sed s/cost.//)" 20
done
# Each report was received on the day after its own.
sqlite3 "$DB" "UPDATE reporter SET auth = 4, auth_domain = (SELECT id FROM domain LIMIT 1);
DELETE FROM reporter_day; INSERT INTO reporter_day SELECT 1, day + 1, 1 FROM report"
trusted -f json
is "$(facts policies mode current)$(facts unverified mode)" "enforce|1" "who is authenticated counts"
cp out before.json
for day in 2026-11-19 2026-11-20 2026-11-21 2026-11-22; do
	report Stranger $day example.com sts "$TESTING" 0 certificate-expired:evil.example:900
	report Google $day example.com sts 'version: STSv1;mode: none;max_age: 1' 0 sts-policy-fetch-error::9
	report Stranger $day example.com no-policy-found "" 9
	report Stranger $day example.com tlsa "3 1 1 cc" 0 tlsa-invalid:evil.example:900
	report Stranger $day elsewhere.example sts "$TESTING" 9
done
trusted -f json
is "$(facts unverified policy_domain policy_type mode seen_by)" "elsewhere.example|sts|testing|Stranger
example.com|sts|none|Google
example.com|sts|testing|Stranger
example.com|tlsa|None|Stranger
example.com|no-policy-found|None|Stranger" "what a stranger says is shown as unverified"
python3 -c 'import json
before, after = json.load(open("before.json")), json.load(open("out"))
for document in before, after:
    del document["unverified"]
# A name that several sign is told with who signed it.
def plain(document):
    text = json.dumps(document)
    for name in {row["seen_by"] for row in document["policies"]}:
        text = text.replace(json.dumps(name), "\"Google\"")
    return text
assert plain(before) == plain(after), (before, after)' >differs 2>&1
is "$?$(cat differs)" 0 "and changes nothing else"
trusted
matches "$(tr -s ' \n' ' ' <out)" 'example.com: another policy \(MTA-STS, mode testing\) is told by Stranger alone, last on 2026-11-22: unverified' "in words"
trusted --domain elsewhere.example
matches "$(tr -s ' \n' ' ' <out)" 'elsewhere.example: another policy' "also where nobody else says anything"
rmdir mta-sts.txt
expected 'version: STSv1' 'mode: enforce' 'mx: mx.example' 'max_age: 604800'
trusted --domain example.com --expect mta-sts.txt --check
is "$code$(cat out)" "0MTA-STS OK - example.com: the policy is the one that senders see, mode enforce" "and no alarm"

# One who signs, and has reported on fewer than three days, does not count beside those who have.
sqlite3 "$DB" "UPDATE reporter SET auth = 4 WHERE organization = (SELECT id FROM organization WHERE name = 'Stranger')"
trusted -f json
is "$(facts policies policy_domain mode | sort -u)" "elsewhere.example|testing
example.com|enforce" "a first-timer counts only where nobody else reports"
is "$(facts unverified policy_domain | sort -u)" "example.com" "and is shown as such"
finish
