#!/bin/sh
# Exim's pipe transport with contrib/exim/router and transport.
if [ -z "${UNPACKED:-}" ]; then
	UNPACKED=1 exec sh "$TESTS/mta/unpack.sh" exim4-daemon-light -- sh "$0"
fi
# shellcheck source=lib.sh
. "$TESTS/mta/lib.sh"
need exim4 python3 sqlite3
tlsrpt_user

# The network is this test's own, so that any port is free.
PORT=2525
EXIM=$WORK/exim
LOG=$EXIM/mainlog
mkdir -p "$EXIM/spool"
chown -R Debian-exim "$EXIM"

# The snippets, with the test's program and store, and a time limit that can be waited for.
snippet() {
	sed "s|/usr/bin/tlsrpt-ingest|$1|; s|timeout = 1m|timeout = 4s|" "$SOURCE/contrib/exim/transport"
}
cat >/etc/exim4/exim4.conf <<CF
primary_hostname = mx.example.com
qualify_domain = example.com
spool_directory = $EXIM/spool
log_file_path = $EXIM/%slog
pid_file_path = $EXIM/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = $PORT
disable_ipv6
host_lookup =
tls_advertise_hosts =
keep_environment =
never_users =
acl_smtp_rcpt = accept
acl_smtp_data = accept

begin acl
accept:
  accept

begin routers
$(cat "$SOURCE/contrib/exim/router")

# The table at the end: a stub in place of the program, with and without the snippet's options.
plain:
  driver = accept
  domains = plain.example
  transport = \${if eq{\$local_part}{missing}{plain_missing}{plain}}
tabled:
  driver = accept
  domains = snippet.example
  transport = \${if eq{\$local_part}{missing}{snippet_missing}{snippet}}
# All other mail, bounces among it, stays here.
capture:
  driver = accept
  transport = capture

begin transports
$(snippet "$COMMAND")

plain:
  driver = pipe
  command = $WORK/bin/stub
  user = tlsrpt
  timeout = 4s
plain_missing:
  driver = pipe
  command = $WORK/bin/none
  user = tlsrpt
$(snippet "$WORK/bin/stub" | sed 's/^tlsrpt:/snippet:/')
$(snippet "$WORK/bin/none" | sed 's/^tlsrpt:/snippet_missing:/')
capture:
  driver = appendfile
  directory = $WORK/run/captured
  user = Debian-exim

begin retry
* * F,1h,1s
CF
logged() {
	grep -Eq "$1" "$LOG" 2>/dev/null
}
exim4 -bd -q1s || exit 1
at_end 'stop_pid_file "$EXIM/pid"'
# It listens before it says so in the log, which is to begin with the messages.
wait_for 5 listens $PORT && wait_for 5 logged ' daemon started: ' || exit 1

# send RECIPIENT FILE...: by SMTP, all at once.  The log begins with them.
send() {
	: >"$LOG"
	python3 - $PORT "$@" <<'PY' || exit 1
import concurrent.futures, smtplib, sys
port, recipient, files = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
def send(name):
    with smtplib.SMTP("127.0.0.1", port) as smtp, open(name, "rb") as f:
        smtp.sendmail("tlsrpt@sender.example", recipient, f.read())
with concurrent.futures.ThreadPoolExecutor(len(files)) as pool:
    list(pool.map(send, files))
PY
}
# deliver NAME: sends ./NAME, and waits until it was tried
deliver() {
	send tls@example.com "$1"
	wait_for 10 logged "[=*>]{2} tls"
}
done_with() {
	[ "$(grep -c ' Completed$' "$LOG")" -ge "$1" ]
}
queued() {
	exim4 -bpc
}
captured() {
	find "$WORK/run/captured" -type f 2>/dev/null | wc -l
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
	matches "$(cat "$LOG")" "$3" "$1: the log says why"
	is "$(captured)" 0 "$1: nobody is sent anything"
}

# --- good, again, bad

report good >good
deliver good
stored_as "a report is stored" "1 -"
# A queue runner may look while the message is being delivered.
grep -Ev ' queue run: | Spool file .* is locked ' "$LOG" >log
is "$(wc -l <log)" 3 "the log: came, delivered, completed, and no word of the program"
[ "$(wc -l <log)" -eq 3 ] || sed 's/^/# /' log
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

# --- what cannot be stored now is stored later, with the next run of the queue

report locked >locked
lock_store
deliver locked
stays "store locked" "1 not-json,crashed" \
	'<tls@example.com>: tlsrpt transport output: tlsrpt-ingest: not stored, try again: the store[: ]'
unlock_store
stored_as "store locked: stored later" "2 not-json,crashed"

program missing
report missing >missing
deliver missing
stays "no program" "2 not-json,crashed" '== tls@example.com .* returned 127 .*command does not exist'
program real
stored_as "no program: stored later" "3 not-json,crashed"

program fault storing:segv
report storing >storing
deliver storing
stays "the child dies" "3 not-json,crashed" 'output: tlsrpt-ingest: not stored, try again: '
program real
stored_as "the child dies: stored later" "4 not-json,crashed"

program fault storing:sleep
report killed >killed
send tls@example.com killed
kill_program
wait_for 10 logged ' Frozen$'
stays "the program is killed" "4 not-json,crashed" '== tls@example.com .* terminated by signal 9'
program real
exim4 -qff
stored_as "the program is killed: stored later" "5 not-json,crashed"

# --- ten at once

for i in 0 1 2 3 4 5 6 7 8 9; do
	report "ten-$i" >"ten-$i"
done
send tls@example.com ten-?
wait_for 20 done_with 10
is "$(queued) $(contents)" "0 15 not-json,crashed" "ten at once"
is "$(captured)" 0 "ten at once: nobody is sent anything"

# --- what Exim makes of a program's end, without and with the options of the snippet

cat >"$WORK/bin/stub" <<'STUB'
#!/bin/sh
cat >/dev/null
case $LOCAL_PART in
segv) kill -SEGV $$ ;;
kill) kill -KILL $$ ;;
hang) exec sleep 60 ;;
*) exit "$LOCAL_PART" ;;
esac
STUB
chmod 755 "$WORK/bin/stub"
ends="0 1 64 65 71 73 75 77 78 127 missing segv kill hang"
recipients=
for end in $ends; do
	recipients="$recipients $end@plain.example $end@snippet.example"
done
: >"$LOG"
# One message to each, since one that bounces would unfreeze the others.
for recipient in $recipients; do
	exim4 -i -f tlsrpt@sender.example "$recipient" <good
done
wait_for 20 logged 'hang@snippet.example .* timed out' && wait_for 5 logged 'hang@plain.example .* timed out'
# fate DOMAIN END
fate() {
	line=$(grep -E "[=*>]{2} ($2|$2@$1|$2 <$2@$1>) .*T=[a-z]*" "$LOG" | grep -E "$2@$1" | head -n 1)
	case $line in
	*" => "*) echo delivered ;;
	*" ** "*) echo bounced ;;
	*" == "*)
		id=${line#* * }
		grep -q " ${id%% *} Frozen\$" "$LOG" && echo frozen || echo deferred
		;;
	*) echo unknown ;;
	esac
}
echo "# end plain snippet"
for end in $ends; do
	echo "# $end $(fate plain.example "$end") $(fate snippet.example "$end")"
done >table
cat table
is "$(awk '$2 != 0 && $4 != (($2 == "segv" || $2 == "kill") ? "frozen" : "deferred")' table)" "" \
	"with the snippet nothing bounces"
is "$(awk '$3 == "bounced" { printf "%s ", $2 }' table)" "1 64 65 71 77 78 127 missing segv kill hang " \
	"without it, these do"

# --- the names of the files in Debian's split configuration: before the routers that take all

cp "$SOURCE/contrib/exim/router" /etc/exim4/conf.d/router/150_tlsrpt
cp "$SOURCE/contrib/exim/transport" /etc/exim4/conf.d/transport/30_tlsrpt
cat >/etc/exim4/update-exim4.conf.conf <<'CF'
dc_eximconfig_configtype='internet'
dc_other_hostnames='example.com'
dc_use_split_config='true'
CF
echo mx.example.com >/etc/mailname
run update-exim4.conf -o "$WORK/debian.conf"
is "$code $(cat err)" "0 " "Debian's configuration takes the snippets"
matches "$(exim4 -C "$WORK/debian.conf" -bt tls@example.com)" 'router = tlsrpt, transport = tlsrpt$' \
	"and finds them for the address"

clean_up
finish
