#!/bin/sh
# OpenSMTPD's mda with contrib/opensmtpd/smtpd.conf.
if [ -z "${UNPACKED:-}" ]; then
	UNPACKED=1 exec sh "$TESTS/mta/unpack.sh" opensmtpd -- sh "$0"
fi
# shellcheck source=lib.sh
. "$TESTS/mta/lib.sh"
need smtpd smtpctl python3 sqlite3
tlsrpt_user

# The network is this test's own, so that any port is free; /etc and /var/spool are, too.
PORT=2525
LOG=$WORK/log
cat >/etc/smtpd.conf <<CF
listen on 127.0.0.1 port $PORT hostname mx.example.com
$(sed "s|/usr/bin/tlsrpt-ingest|$COMMAND|" "$SOURCE/contrib/opensmtpd/smtpd.conf")

# The table at the end: a stub in place of the program, with and without what the snippet adds.
action "plain" mda "$WORK/bin/stub" virtual { "@" = tlsrpt }
action "snippet" mda "$WORK/bin/stub || exit 75" virtual { "@" = tlsrpt }
action "plain-missing" mda "$WORK/bin/none" virtual { "@" = tlsrpt }
action "snippet-missing" mda "$WORK/bin/none || exit 75" virtual { "@" = tlsrpt }
match from any for rcpt-to "missing@plain.example" action "plain-missing"
match from any for rcpt-to "missing@snippet.example" action "snippet-missing"
match from any for domain "plain.example" action "plain"
match from any for domain "snippet.example" action "snippet"
# All other mail, bounces among it, stays here.
action "capture" mda "cat >\$(mktemp $WORK/run/captured.XXXXXX)" virtual { "@" = tlsrpt }
match from any for any action "capture"
CF
mkdir -m 711 /var/spool/smtpd
# As the package's script would, and as the snippet's useradd.
chgrp opensmtpq /usr/sbin/smtpctl && chmod 2755 /usr/sbin/smtpctl
sed -i "s|^\(tlsrpt:.*:\)[^:]*:\([^:]*\)$|\1$STORE:\2|" /etc/passwd
smtpd -d >>"$LOG" 2>&1 9>&- &
smtpd=$!
at_end "kill $smtpd; wait $smtpd"
wait_for 5 listens $PORT || {
	sed 's/^/# /' "$LOG"
	exit 1
}

# send RECIPIENT[,RECIPIENT] FILE...: by SMTP, all files at once.  The log begins with them.
send() {
	: >"$LOG"
	python3 - $PORT "$@" <<'PY' || exit 1
import concurrent.futures, smtplib, sys
port, recipients, files = int(sys.argv[1]), sys.argv[2].split(","), sys.argv[3:]
def send(name):
    with smtplib.SMTP("127.0.0.1", port) as smtp, open(name, "rb") as f:
        smtp.sendmail("tlsrpt@sender.example", recipients, f.read())
with concurrent.futures.ThreadPoolExecutor(len(files)) as pool:
    list(pool.map(send, files))
PY
}
# deliver NAME: sends ./NAME, and waits until it was tried
deliver() {
	send tls@example.com "$1"
	wait_for 10 logged 'mda delivery .* to=<tls@example.com>'
}
logged() {
	grep -Eq "$1" "$LOG"
}
done_with() {
	[ "$(grep -c ' result=Ok' "$LOG")" -ge "$1" ]
}
queued() {
	smtpctl show queue | wc -l
}
captured() {
	find "$WORK/run" -name 'captured.*' | wc -l
}
# stored_as NAME CONTENTS: the message last sent left the queue, and this is in the store
stored_as() {
	wait_for 10 done_with 1
	is "$(queued) $(contents)" "0 $2" "$1"
	is "$(captured)" 0 "$1: nobody is sent anything"
}
# stays NAME CONTENTS PATTERN: it is in the queue, and the log says why in one line
stays() {
	is "$(queued) $(contents)" "1 $2" "$1: stays in the queue"
	matches "$(grep 'mda delivery' "$LOG")" "result=TempFail stat=Error \\(temporary failure: $3\\)\$" "$1: the log says why"
	is "$(captured)" 0 "$1: nobody is sent anything"
}
# retry: everything in the queue.  By itself OpenSMTPD would wait for 10 seconds and more.
retry() {
	smtpctl schedule all >/dev/null
}

# --- good, again, bad

report good >good
deliver good
stored_as "a report is stored" "1 -"
matches "$(grep 'mda delivery' "$LOG")" 'result=Ok stat=Delivered$' "the log has no word of the program"
deliver good
stored_as "the same again counts once" "1 -"
bad_report bad >bad
deliver bad
stored_as "a bad message is in quarantine" "1 not-json"
program fault parsing:segv
report segv >segv
deliver segv
stored_as "so is one that the parser dies of" "1 not-json,crashed"
program real

# --- what cannot be stored now is stored later

report locked >locked
lock_store
deliver locked
stays "store locked" "1 not-json,crashed" '"tlsrpt-ingest: not stored, try again: the store[: ].*"'
unlock_store
retry
stored_as "store locked: stored later" "2 not-json,crashed"

program missing
report missing >missing
deliver missing
stays "no program" "2 not-json,crashed" '".*: not found"'
program real
retry
stored_as "no program: stored later" "3 not-json,crashed"

program fault storing:segv
report storing >storing
deliver storing
stays "the child dies" "3 not-json,crashed" '"tlsrpt-ingest: not stored, try again: .*"'
program real
retry
stored_as "the child dies: stored later" "4 not-json,crashed"

program fault storing:sleep
report killed >killed
send tls@example.com killed
kill_program
wait_for 10 logged 'mda delivery'
stays "the program is killed" "4 not-json,crashed" '"Killed"'
program real
retry
stored_as "the program is killed: stored later" "5 not-json,crashed"

# --- ten at once

for i in 0 1 2 3 4 5 6 7 8 9; do
	report "ten-$i" >"ten-$i"
done
send tls@example.com ten-?
wait_for 20 done_with 10
is "$(queued) $(contents)" "0 15 not-json,crashed" "ten at once"
is "$(captured)" 0 "ten at once: nobody is sent anything"

# --- what OpenSMTPD makes of a program's end, without and with "|| exit 75"

cat >"$WORK/bin/stub" <<'STUB'
#!/bin/sh
cat >/dev/null
case $LOCAL in
segv) kill -SEGV $$ ;;
kill) kill -KILL $$ ;;
hang) exec sleep 60 ;;
*) exit "$LOCAL" ;;
esac
STUB
chmod 755 "$WORK/bin/stub"
ends="0 1 64 65 71 73 75 77 78 127 missing segv kill hang"
recipients=
for end in $ends; do
	recipients=$recipients,$end@plain.example,$end@snippet.example
done
send "${recipients#,}" good
# all_tried: all but the two that hang
all_tried() {
	[ "$(grep 'mda delivery' "$LOG" | grep -o ' to=<[^>]*@\(plain\|snippet\).example>' | sort -u | wc -l)" -ge 26 ]
}
wait_for 20 all_tried
# Those go on: there is no time limit.
sleep 5
# fate RECIPIENT
fate() {
	case $(grep "mda delivery .* to=<$1>" "$LOG" | sed 's/.* result=//' | head -n 1) in
	Ok*) echo delivered ;;
	PermFail*) echo bounced ;;
	TempFail*) echo deferred ;;
	*) echo runs ;;
	esac
}
echo "# end plain snippet"
for end in $ends; do
	echo "# $end $(fate "$end@plain.example") $(fate "$end@snippet.example")"
done >table
cat table
is "$(awk '$2 != 0 && $2 != "hang" && $4 != "deferred"' table)" "" "with the snippet nothing bounces"
is "$(awk '$3 == "bounced" { printf "%s ", $2 }' table)" "1 64 65 73 77 78 127 missing segv kill " \
	"without it, these do"

clean_up
finish
