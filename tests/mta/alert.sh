#!/bin/sh
# tlsrpt alert through a private Postfix: each change is told once, to each recipient and about each
# selection; a crash, a failing sendmail and two at once lose nothing.
# shellcheck source=lib.sh
. "$TESTS/mta/lib.sh"
need_root
need postfix python3 sqlite3
tlsrpt_user

postfix_configure
# Whatever it is, and to whomever.
echo 'local_transport = capture:' >>"$PF/etc/main.cf"
postfix_start
NOON=1763640000 # 2025-11-20T12:00:00Z
NOW=$NOON
# Postfix takes another configuration from root only, so the store is root's here: tlsrpt becomes its owner.
mkdir "$WORK/mine"
DB=$WORK/mine/tlsrpt.db
cat >"$WORK/bin/sendmail" <<CF
#!/bin/sh
exec /usr/sbin/sendmail -C $PF/etc "\$@"
CF
# One that is told what to do by a file: to fail, or to kill whoever started it once the mail is sent.
cat >"$WORK/bin/moody" <<CF
#!/bin/sh
case \$(cat "$WORK/run/mood" 2>/dev/null) in
fail) cat >/dev/null; echo "queue is full" >&2; exit 75 ;;
hang) exec sleep 1000 ;;
slow) sleep 2 ;;
crash) /usr/sbin/sendmail -C $PF/etc "\$@" && kill -KILL \$PPID; exit 0 ;;
esac
exec /usr/sbin/sendmail -C $PF/etc "\$@"
CF
chmod 755 "$WORK/bin/sendmail" "$WORK/bin/moody"

# alert ARGUMENT...: at that time
alert() {
	run "$BIN/tlsrpt" alert --config "$WORK/empty.conf" --db "$DB" --now "$NOW" \
		--sendmail "$WORK/bin/moody" "$@"
}
# tlsrpt COMMAND ARGUMENT...
tlsrpt() {
	run "$BIN/tlsrpt" "$@" --config "$WORK/empty.conf" --db "$DB" --now "$NOW"
}
# mails: all subjects that came since it was last called, with the recipients
mails() {
	wait_for 15 queue_empty
	for file in $(find "$WORK/run" -name 'captured.*' | sort); do
		python3 - "$file" <<'PY'
import email, email.policy, sys
lines = open(sys.argv[1], "rb").read().split(b"\n", 1)
to = lines[0].decode().split(" ", 1)[1]
message = email.message_from_bytes(lines[1].split(b"\n", 1)[1] if lines[1].startswith(b"From ") else lines[1],
                                   policy=email.policy.default)
print(to + ": " + message["Subject"])
PY
	done | sort
	find "$WORK/run" -name 'captured.*' -exec mv {} "$WORK/last" \;
}
# tells NAME WANTED [ARGUMENT...]: what an alert to root mails
tells() {
	name=$1 wanted=$2
	shift 2
	alert --to root@example.com "$@"
	is "$code$(cat out err)" 0 "$name: works, and prints nothing"
	is "$(mails)" "$wanted" "$name"
}
report_of() {
	python3 - "$@" <<'PY'
import json, sys
name, day, failed, good, result = sys.argv[1:6]
mx, domain = (sys.argv[6:] + ["mx1.example.com", "example.com"])[:2]
domain = sys.argv[7] if len(sys.argv) > 7 else "example.com"
details = [{"result-type": result, "sending-mta-ip": "192.0.2.1", "receiving-mx-hostname": mx,
            "failed-session-count": int(failed)}] if int(failed) else []
print(json.dumps({
    "organization-name": name, "report-id": f"{name}-{day}-{domain}", "contact-info": "a@" + name.lower() + ".example",
    "date-range": {"start-datetime": day + "T00:00:00Z", "end-datetime": day + "T23:59:59Z"},
    "policies": [{"policy": {"policy-type": "sts", "policy-domain": domain,
                             "policy-string": ["version: STSv1", "mode: enforce", "mx: *.example.com", "max_age: 604800"],
                             "mx-host": ["*.example.com"]},
                  "summary": {"total-successful-session-count": int(good), "total-failure-session-count": int(failed)},
                  "failure-details": details}]}))
PY
}
# reports NAME DAY FAILED GOOD RESULT-TYPE [MX [DOMAIN]]: stored as of that day
stored() {
	report_of "$@" >report.json
	"$WORK/bin/real" -q -c "$WORK/empty.conf" --db "$DB" <report.json || ok 1 "a report is stored"
}
# Received when they were sent, not when this test runs.
received() {
	sqlite3 "$DB" "UPDATE report SET received_at = (day + 1) * 86400 + 10000;
		UPDATE daily_total_row SET received_after = 1;
		UPDATE incident_day SET received_after = 1;
		DELETE FROM reporter_day;
		INSERT INTO reporter_day SELECT sender.reporter, report.day + 1, count(*)
			FROM report JOIN sender ON sender.id = report.sender GROUP BY 1, 2" || ok 1 "dates"
}
# month FROM TO: a quiet month, of two who report
month() {
	for day in $(python3 -c 'import datetime, sys
a, b = map(datetime.date.fromisoformat, sys.argv[1:])
while a <= b:
    print(a)
    a += datetime.timedelta(1)' "$1" "$2"); do
		stored Google "$day" 0 100 -
		stored Microsoft "$day" 0 80 -
	done
}

# --- silence while all is well
month 2025-10-10 2025-11-17
received
tells "the first time, and all is well" ""
NOW=$((NOON + 3600))
tells "an hour later" ""

# --- it begins
stored Google 2025-11-18 40 60 certificate-expired
stored Microsoft 2025-11-18 30 50 certificate-expired
received
printf fail >"$WORK/run/mood"
alert --to root@example.com
matches "$code $(cat err)" '^1 tlsrpt: .*/moody: exit status 75: queue is full$' "a failing sendmail: fails, and says why"
is "$(mails)" "" "nothing is mailed"
printf crash >"$WORK/run/mood"
alert --to root@example.com
is "$code" 137 "it is killed between sending and remembering"
first='root@example.com: TLS alert example.com: critical, certificate-expired at mx1.example.com'
is "$(mails)" "$first" "the mail is out"
rm "$WORK/run/mood"
NOW=$((NOW + 3600))
tells "an hour after the crash: rather twice than never" "$first"
NOW=$((NOW + 3600))
tells "and then no more" ""
tells "another recipient" 'bob@example.com root@example.com: TLS alert example.com, as it stands: critical, certificate-expired at mx1.example.com' \
	--to "bob@example.com, Root <root@example.com>"
tells "the same ones in another order" "" --to "root@example.com,bob@example.com"
tells "another selection" "" --domain example.net
tells "a selection that has it" 'root@example.com: TLS alert example.com, as it stands: critical, certificate-expired at mx1.example.com' \
	--domain example.com --domain example.net
tells "the same selection in another order" "" --domain EXAMPLE.NET. --domain example.com
tells "only what is critical" 'root@example.com: TLS alert example.com, as it stands: critical, certificate-expired at mx1.example.com' \
	--only-critical

# --- a dry run
alert --to new@example.com --dry-run
is "$code$(cat err) $(grep ^Subject: out)" \
	'0 Subject: TLS alert example.com, as it stands: critical, certificate-expired at' "a dry run prints the mail"
is "$(mails)" "" "and sends none"
alert --to new@example.com --dry-run -f text
matches "$(cat out)" 'AS IT STANDS' "nor does it remember"
alert --to new@example.com -f text
is "$code $(cat err)" "2 tlsrpt: --format: only with --dry-run, since nothing is printed otherwise" "a format is for that only"

# --- two at once: one tells
printf slow >"$WORK/run/mood"
for i in 1 2 3; do
	"$BIN/tlsrpt" alert --config "$WORK/empty.conf" --db "$DB" --now "$NOW" --to two@example.com \
		--sendmail "$WORK/bin/moody" >"out.$i" 2>&1 &
	eval "pid$i=$!"
done
wait "$pid1" && wait "$pid2" && wait "$pid3"
is "$?$(cat out.1 out.2 out.3)" 0 "three at once: all work"
is "$(mails)" 'two@example.com: TLS alert example.com, as it stands: critical, certificate-expired at mx1.example.com' "and one mails"
rm "$WORK/run/mood"

# --- what else is wrong is told by itself, all of it in one mail
stored Google 2025-11-19 30 60 certificate-expired
stored Microsoft 2025-11-19 20 50 certificate-expired
stored Google 2025-11-18 9 90 sts-policy-fetch-error - example.net
stored Google 2025-11-19 9 90 sts-policy-fetch-error - example.net
stored Google 2025-11-18 9 90 starttls-not-supported mx9.example.org example.org
stored Google 2025-11-19 9 90 starttls-not-supported mx9.example.org example.org
received
NOW=$((NOW + 3600))
tells "two more" 'root@example.com: TLS alert 2 domains: 1 critical, 1 warning'
tells "once" ""

# --- it gets worse: first one sees it and another does not, then both
for day in 18 19; do
	stored Google "2025-11-$day" 20 80 starttls-not-supported mx1.example.edu example.edu
done
stored Microsoft 2025-11-18 0 80 - - example.edu
received
NOW=$((NOW + 3600))
tells "one sees it" 'root@example.com: TLS alert example.edu: warning, starttls-not-supported at mx1.example.edu'
tells "a warning, where only critical ones are asked for" "" --only-critical --domain example.edu
stored Microsoft 2025-11-19 20 60 starttls-not-supported mx1.example.edu example.edu
received
NOW=$((NOW + 3600))
tells "both see it" 'root@example.com: TLS alert example.edu: now critical, starttls-not-supported at mx1.example.edu'
tells "once" ""
tells "the first critical one of that selection" \
	'root@example.com: TLS alert example.edu: critical, starttls-not-supported at mx1.example.edu' \
	--only-critical --domain example.edu

# --- it ends: they report three days without it
month 2025-11-20 2025-11-24
received
NOW=$((NOON + 5 * 86400))
alert --to root@example.com
is "$code$(mails)" '0root@example.com: TLS alert example.com: over, certificate-expired at mx1.example.com' "it is over"
tells "and that is told once" ""

# --- what the operator knows
number=$(sql "SELECT min(id) FROM incidents WHERE result_type = 'starttls-not-supported'")
tlsrpt accept "$number" "the other mail system" --until 2025-12-31
is "$code" 0 "accepted"
tells "accepted: over" 'root@example.com: TLS alert example.org: over, starttls-not-supported at mx9.example.org'

# --- nothing comes at all: that is told, and nothing is told to be over for it
NOW=$((NOON + 9 * 86400))
tells "nothing comes" 'root@example.com: TLS alert: critical, no reports since 2025-11-25'
month 2025-11-25 2025-12-02
received
NOW=$((NOON + 13 * 86400))
tells "they come again" 'root@example.com: TLS alert: 3 over'

# --- one of them falls silent
for day in 03 04 05 06 07 08 09 10 11 12 13 14; do
	stored Google "2025-12-$day" 0 100 -
done
received
NOW=$((NOON + 25 * 86400))
tells "a silence" 'root@example.com: TLS alert example.com: warning, Microsoft no longer reports about example.com'
tells "once" ""
silence=s$("$BIN/tlsrpt" alert --config "$WORK/empty.conf" --db "$DB" --now "$NOW" --to new@example.com --dry-run \
	-f text | sed -n 's/.*accept s\([0-9]*\)$/\1/p')
tlsrpt accept "$silence" "they gave up"
is "$code$(cat err)" 0 "it can be accepted by its number $silence"
tells "so it is over" 'root@example.com: TLS alert: over, Microsoft no longer reports about example.com'
tlsrpt reopen "$silence"
is "$code$(cat err)" 0 "and reopened"
tells "and told again" 'root@example.com: TLS alert example.com: warning, Microsoft no longer reports about example.com'

# --- one certificate of 300 domains is one mail, which fits a screen
ONE=$DB
DB=$WORK/mine/fleet.db
for name in Google Microsoft; do
	for day in 16 17 18 19; do
		for part in 0 1 2; do
			python3 - "$name" "2025-11-$day" "$part" >"$name.$day.$part.json" <<'PY'
import json, sys
name, day, part = sys.argv[1:]
failed = 10 if day >= "2025-11-18" else 0
print(json.dumps({
    "organization-name": name, "report-id": name + day + part, "contact-info": "a@" + name.lower() + ".example",
    "date-range": {"start-datetime": day + "T00:00:00Z", "end-datetime": day + "T23:59:59Z"},
    "policies": [{"policy": {"policy-type": "sts", "policy-domain": f"d{i}.example", "mx-host": ["mx.example.com"],
                             "policy-string": ["version: STSv1", "mode: enforce", "mx: mx.example.com", "max_age: 604800"]},
                  "summary": {"total-successful-session-count": 10, "total-failure-session-count": failed},
                  "failure-details": [{"result-type": "certificate-expired", "receiving-mx-hostname": "mx.example.com",
                                       "failed-session-count": failed}] if failed else []}
                 for i in range(100 * int(part), 100 * int(part) + 100)]}))
PY
		done
	done
done
"$WORK/bin/real" -q -c "$WORK/empty.conf" --db "$DB" Google.*.json Microsoft.*.json || ok 1 "the reports are stored"
received
NOW=$NOON
tells "300 domains" 'root@example.com: TLS alert 300 domains, as it stands: critical, certificate-expired at mx.example.com'
alert --to new@example.com --dry-run -f text
[ "$(wc -l <out)" -le 24 ]
ok $? "on one screen ($(wc -l <out) lines)"
tells "once" ""
tlsrpt accept 1 "known" --only-domain d7.example
is "$code" 0 "one of them is accepted"
tells "the others stand" ""
tlsrpt resolve 1 "renewed"
is "$code$(sql "SELECT count(DISTINCT incident) FROM notes WHERE kind = 'resolve'")" 0300 "all are resolved by one number"
tells "and it is over" 'root@example.com: TLS alert 300 domains: over, certificate-expired at mx.example.com'
DB=$ONE

# --- no mail without an address, a program or a store
run "$BIN/tlsrpt" alert --config "$WORK/empty.conf" --db "$DB"
is "$code $(cat err)" "2 tlsrpt: no recipient: give --to, or to= in the group [alert] of the configuration" "no recipient"
run "$BIN/tlsrpt" alert --config "$WORK/empty.conf" --db "$DB" --to root --sendmail /nonexistent
is "$code $(cat err)" "1 tlsrpt: /nonexistent: there is no such program; give --sendmail" "no sendmail, though there is nothing to tell"
run "$BIN/tlsrpt" alert --config "$WORK/empty.conf" --db "$WORK/missing.db" --to root --sendmail true
matches "$code $(cat err)" '^1 tlsrpt: .*No such file' "no store"

# --- as the timer and cron start it
printf '[alert]\nto=timer@example.com\nfrom=TLS <tlsrpt@mx.example.com>\n' >"$WORK/alert.conf"
cat >"$WORK/bin/tlsrpt" <<CF
#!/bin/sh
exec $BIN/tlsrpt "\$@" --config $WORK/alert.conf --db $DB --now $NOW
CF
chmod 755 "$WORK/bin/tlsrpt"
for command in "$(sed -n '/^[0-9]/s/^.*  tlsrpt  //p' "$SOURCE/contrib/cron/tlsrpt-alert")" \
	"$(sed -n 's/^ExecStart=//p' "$SOURCE/contrib/systemd/tlsrpt-alert.service")"; do
	run env PATH="$WORK/bin:$PATH" sh -c "$command"
	is "$code$(cat out err)" 0 "works: $command"
done
is "$(mails | sed 's/: .*//')" "postmaster@example.com
timer@example.com" "each to its recipient"
clean_up
finish
