#!/bin/sh
# note, resolve, reopen and accept: who, when, what; what is refused; and how the state follows.
. "$TESTS/cli/lib.sh"

TLSRPT=$BIN/tlsrpt
for message in "$DATA"/mail/good/google-2026-11-1[45]*.eml "$DATA"/mail/good/mailru*.eml; do
	ingest <"$message"
	[ "$code" -eq 0 ] || ok 1 "$message is stored"
done
NOON=1795176000 # 2026-11-20T12:00:00Z

# tlsrpt COMMAND ARGUMENT...: at noon
at() {
	run "$TLSRPT" "$@" -c empty.conf --db "$DB" --now $NOON
}

# state PROBLEM
state() {
	"$TLSRPT" failures -c empty.conf --db "$DB" --now "${2:-$NOON}" -f ndjson |
		sed -n "s/^{\"problem\":\"$1\",.*\"state\":\"\\([a-z]*\\)\".*/\\1/p"
}

all_notes() {
	sql 'SELECT incident, kind, author, at, text FROM notes ORDER BY at, incident'
}

is "$(sql 'SELECT id, result_type FROM incidents' | head -2)" "1|certificate-expired
2|sts-policy-fetch-error" "two incidents"

# --- what is written
at note 1 "certbot.timer was off"
is "$code$(cat err)" 0 "note"
matches "$(cat out)" 'certbot.timer was off' "is shown"
is "$(all_notes)" "1|note|$(id -un)|$NOON|certbot.timer was off" "incident, kind, author, time and text"
run env SUDO_USER=alice "$TLSRPT" note '#1' " by sudo " -c empty.conf --db "$DB" --now $((NOON + 1))
is "$code $(sql 'SELECT author, text FROM notes ORDER BY at DESC LIMIT 1')" "0 alice|by sudo" "who is behind sudo; blanks at the ends do not matter"
at note 2 "$(printf 'two\nlines \303\244')" --author "Bob B."
is "$code $(sql "SELECT author, text FROM notes WHERE incident = 2")" "0 Bob B.|two
lines ä" "--author, lines, UTF-8"
at note 1
is "$code $(grep -c ' note by ' out)" "0 2" "without a text the notes are shown"
is "$(sql 'SELECT count(*) FROM notes')" 3 "and none is added"
is "$(sql 'SELECT note FROM incidents WHERE id = 1')" "by sudo" "the view has the latest"
matches "$("$TLSRPT" summary -c empty.conf --db "$DB" --now $NOON)" 'Note \([^,]+, 2026-11-20\): by sudo' "so has summary, with its author"

# --- resolved, and again not
is "$(state 1) $(state 2)" "new new" "both are new"
run "$TLSRPT" resolve 1,2 renewed -c empty.conf --db "$DB" --now $((NOON - 2))
is "$code $(state 1) $(state 2)" "0 resolved resolved" "two at once"
is "$("$TLSRPT" check --config empty.conf --db "$DB" --now $NOON | cut -c1-9)" "TLSRPT OK" "no alarm is left"
run "$TLSRPT" reopen 2 -c empty.conf --db "$DB" --now $((NOON - 1))
is "$code $(state 1) $(state 2)" "0 resolved new" "reopen"
run "$TLSRPT" reopen 2 -c empty.conf --db "$DB" --now $((NOON - 1))
is "$code $(sqlite3 "$DB" "SELECT count(*) FROM note WHERE kind = 'reopen'")" "0 1" "once more is the same one"
at reopen 2 "for another reason"
is "$code $(cat err)" "2 tlsrpt: it is neither resolved nor accepted, so there is nothing to reopen" "what is open cannot be opened"
at resolve 2
is "$code $(state 2)" "0 resolved" "without a text"
at reopen 2 "within the same second"
at resolve 2 "after all"
is "$code $(state 2)" "0 resolved" "three decisions in one second: the last one holds"
# It comes back: reports on later days have it.
sqlite3 "$DB" 'INSERT INTO incident_day SELECT incident, day + 7, reporter, reports, failed_sessions,
	received_after FROM incident_day WHERE incident = 1;
	UPDATE incident SET last_day = last_day + 7 WHERE id = 1;
	INSERT INTO daily_total_row SELECT day + 7, policy_domain, reporter, reports, sessions, failed_sessions,
	received_after FROM daily_total_row WHERE policy_domain = (SELECT policy_domain FROM incident WHERE id = 1)'
sqlite3 "$DB" <"$TESTS/tlsrpt/sums.sql"
is "$(state 1 $((NOON + 3 * 86400)))" recurring "resolved, and seen on a later day"
"$TLSRPT" check --config empty.conf --db "$DB" --now $((NOON + 3 * 86400)) >out
matches "$(cat out)" '(CRITICAL|WARNING).*recurring.*note: by sudo' "an alarm, with its note"

# --- accepted: until when, and what its share was then
accepted() {
	sqlite3 "$DB" "SELECT date(until_day + 2440587.5) FROM note WHERE kind = 'accept' ORDER BY id DESC LIMIT 1"
}
at accept 2 known --until 2026-12-24
is "$code $(accepted) $(sql 'SELECT accepted_until FROM incidents WHERE id = 2')" \
	"0 2026-12-24 2026-12-24" "accept, until a day"
at accept 2 known --until 30d
is "$code $(accepted) $(sql "SELECT count(*) FROM notes WHERE kind = 'accept'")" "0 2026-12-20 1" \
	"the same with another day is the same one, corrected"
at accept 2 "for good"
is "$code $(accepted)" "0 " "for good"
at reopen 2 "no longer"
is "$code $(sql 'SELECT accepted_until FROM incidents WHERE id = 2')" "0 " "and reopened"

# --- a problem of two domains at one MX: all of it, or one domain; and what joins it later
# shared NAME DAY DOMAIN...: a report of failures at one MX, for each domain
shared() {
	python3 - "$@" >shared.json <<'PY'
import json, sys
name, day, *domains = sys.argv[1:]
print(json.dumps({"organization-name": name, "report-id": f"{name}-{day}-{domains}", "contact-info": "a@b.example",
                  "date-range": {"start-datetime": day + "T00:00:00Z", "end-datetime": day + "T23:59:59Z"},
                  "policies": [{"policy": {"policy-type": "sts", "policy-domain": domain,
                                           "policy-string": ["version: STSv1", "mode: enforce", "mx: mx.shared.example",
                                                             "max_age: 604800"]},
                                "summary": {"total-successful-session-count": 50, "total-failure-session-count": 50},
                                "failure-details": [{"result-type": "certificate-expired",
                                                     "receiving-mx-hostname": "mx.shared.example",
                                                     "failed-session-count": 50}]} for domain in domains]}))
PY
	"$INGEST" -q -c empty.conf --db "$DB" shared.json
}
DB=$WORK/shared.db
for name in One Two Three; do
	shared $name 2026-11-18 a.example b.example
	shared $name 2026-11-19 a.example b.example
done
# subjects: what is open, by check
open_domains() {
	"$TLSRPT" check --config empty.conf --db "$DB" --now "${1:-$NOON}" -f json | python3 -c 'import json, sys
print(" ".join(sorted({d for p in json.load(sys.stdin)["problems"] for d in (p["policy_domains"] or "").split("\n")
                       if p["severity"] != "ok" and ".example" in d})))'
}
is "$(open_domains)" "a.example b.example" "a problem of two domains"
at resolve 1 "renewed" --only-domain A.example.
is "$code$(cat err) $(sql 'SELECT policy_domain FROM incidents WHERE resolved_at > 0')" "0 a.example" "--only-domain: one of them"
at reopen 1 --only-domain a.example
is "$code $(open_domains)" "0 a.example b.example" "and back"
at accept 1 "they know" --until 2026-12-24
is "$code $(open_domains)" "0 " "accepted: both"
is "$(sql 'SELECT count(*) FROM notes WHERE kind = '"'accept'"'')" 2 "a note on each incident"
at note 1
is "$(grep -c 'accept by' out)" 1 "which is shown once"
refused "problem 1 is not about c.example" resolve 1 --only-domain c.example
at note 2
is "$code $(grep -c '^#1 ' out)" "0 1" "the number of an incident is that of its problem"
# The share that is stored is that of the failure.
is "$(sqlite3 "$DB" "SELECT DISTINCT round(share, 3) FROM note WHERE kind = 'accept'")" 0.5 "and its share"
is "$(open_domains $((NOON + 86400)))" "" "the next day it still holds"
DB=$WORK/test.db

# --- what is refused, and leaves nothing behind
before=$(all_notes)
# refused WANTED ARGUMENT...
refused() {
	wanted=$1
	shift
	at "$@"
	is "$code $(cat err)" "2 tlsrpt: $wanted" "refused: $*"
}
refused "there is no problem 9; tlsrpt failures lists them by number" note 9 text
refused "there is no problem 9; tlsrpt failures lists them by number" note 9
refused "there is no problem 9; tlsrpt failures lists them by number" resolve 1,9 "the first is there"
refused '"x" is no problem; tlsrpt failures lists them by number' note x text
refused '"" is no problem; tlsrpt failures lists them by number' note 1, text
refused '"0" is no problem; tlsrpt failures lists them by number' note 0 text
refused "which problem? tlsrpt failures lists them by number" note "" text
refused "a note without a text says nothing" note 1 "  "
refused '--until: "soon" is no day to come; try 2027-01-31 or 30d' accept 1 --until soon
refused "--until: 2026-11-20 is not to come" accept 1 --until 2026-11-20
refused "there is no silence s1" note s1 text
refused "the text is not in UTF-8" note 1 "$(printf '\377')"
refused "the text has more than 4096 bytes" note 1 "$(head -c 4097 /dev/zero | tr '\0' x)"
refused "--author: who?" note 1 text --author ""
at note 1 "$(head -c 4096 /dev/zero | tr '\0' x)"
is "$code" 0 "4096 bytes are not too many"
sqlite3 "$DB" "DELETE FROM note WHERE length(text) = 4096"
is "$(all_notes)" "$before" "nothing was written"
run "$TLSRPT" note 1 text -c empty.conf --db missing.db
is "$code $(cat err)" "1 tlsrpt: the store: $WORK/missing.db: No such file or directory" "no store"
[ ! -e missing.db ] && [ ! -e missing.db-lock ]
ok $? "none is made"
finish
