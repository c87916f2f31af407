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
finish
