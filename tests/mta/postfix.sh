#!/bin/sh
# Postfix pipe(8) with contrib/postfix/master.cf, main.cf and transport.
# shellcheck source=lib.sh disable=SC2094
. "$TESTS/mta/lib.sh"
need_root
need postfix python3 sqlite3
tlsrpt_user

postfix_configure
sed "s|/usr/bin/tlsrpt-ingest|$COMMAND|" "$SOURCE/contrib/postfix/master.cf" >>"$PF/etc/master.cf"
sed "s|hash:/etc/postfix|texthash:$PF/etc|" "$SOURCE/contrib/postfix/main.cf" >>"$PF/etc/main.cf"
cp "$SOURCE/contrib/postfix/transport" "$PF/etc/transport"
# To compare with: the same without soft_bounce.  A second address, and a short time limit.
cat >>"$PF/etc/master.cf" <<CF
plain unix - n n - 1 pipe
  flags=RX user=tlsrpt argv=$COMMAND
reject unix - n n - 1 pipe
  -o soft_bounce=yes
  flags=RX user=tlsrpt argv=$COMMAND --reject
CF
cat >>"$PF/etc/transport" <<'CF'
tls-too@example.com tlsrpt:
plain@example.com plain:
reject@example.com reject:
CF
cat >>"$PF/etc/main.cf" <<'CF'
tlsrpt_time_limit = 2s
plain_time_limit = 2s
CF
postfix_start

# --- good, again, bad
report good >good
deliver good
leaves "$ids"
is "$(status "$ids") $(queued) $(contents)" "sent 0 1 -" "a report is stored"
is "$(reason "$ids")" "2.0.0 delivered via tlsrpt service" "the log has no word of the program"
deliver good
leaves "$ids"
is "$(status "$ids") $(contents)" "sent 1 -" "the same again counts once"
bad_report bad >bad
deliver bad
leaves "$ids"
is "$(status "$ids") $(queued) $(contents)" "sent 0 1 not-json" "a bad message is in quarantine"
matches "$(reason "$ids")" '^2.0.0 delivered via tlsrpt service \(tlsrpt-ingest: kept in quarantine: not-json: [^()]*\)$' \
	"and the log says so"
no_bounce "a bad message"
report null >null
deliver null tls@example.com ''
leaves "$ids"
is "$(status "$ids") $(contents)" "sent 2 not-json" "a null sender"
report two >two
deliver two tls@example.com,tls-too@example.com
leaves "$ids"
is "$(status "$ids") $(contents)" "sent sent 3 not-json" "two recipients: stored once"
{ echo "Delivered-To: tls@example.com"; report loop; } >loop
deliver loop
leaves "$ids"
is "$(status "$ids") $(contents)" "sent 4 not-json" "a message that brings a Delivered-To"

# --- what cannot be stored now is stored later
report locked >locked
lock_store
deliver locked
stays "store locked" "4 not-json" '^4.3.0 temporary failure. Command output: tlsrpt-ingest: not stored, try again: .*locked' deferred
unlock_store
comes "store locked" "5 not-json"

report missing >missing
program missing
deliver missing
stays "no program" "5 not-json" '^4.3.0 .*No such file' deferred
comes "no program" "6 not-json"

report segv >segv
program fault storing:segv
deliver segv
stays "the child dies" "6 not-json" '^4.3.0 temporary failure. Command output: tlsrpt-ingest: not stored, try again: ' deferred
comes "the child dies" "7 not-json"

report killed >killed
program fault storing:sleep
send tlsrpt@sender.example tls@example.com killed
kill_program
wait_for 15 has_status "$ids"
stays "the program is killed" "7 not-json" '^4.3.0 ' deferred
comes "the program is killed" "8 not-json"

report hang >hang
program script 'sleep 30'
deliver hang
stays "out of time" "8 not-json" '^4.3.0 Command time limit exceeded' SOFTBOUNCE
comes "out of time" "9 not-json"

# The program's own answer to a parser that hangs comes first.
report crash >crash
program fault parsing:segv
deliver crash
leaves "$ids"
is "$(status "$ids") $(contents)" "sent 9 not-json,crashed" "the parser dies: in quarantine"
program real

# --- exit 65 is not for good, also with a null sender
bad_report rejected >rejected
for sender in tlsrpt@sender.example ''; do
	deliver rejected reject@example.com "$sender"
	stays "--reject, from <$sender>" "9 not-json,crashed" '^4.6.0 data format error. Command output: tlsrpt-ingest: ' SOFTBOUNCE
	postsuper -c "$PF/etc" -d ALL 2>/dev/null
done

# --- ten at once
for i in 0 1 2 3 4 5 6 7 8 9; do
	report "many-$i" >"many-$i"
done
send tlsrpt@sender.example tls@example.com many-?
# shellcheck disable=SC2086
leaves $ids
is "$(queued) $(contents)" "0 19 not-json,crashed" "ten at once"
no_bounce "ten at once"

# --- what becomes of a message: with the snippet, without soft_bounce
table_head "contrib/postfix" "without soft_bounce"
for number in 0 65 75; do
	program script "exit $number"
	measure $number good tls@example.com plain@example.com
done
program script 'kill -SEGV $$'
measure SEGV good tls@example.com plain@example.com
program script 'sleep 30'
measure hang good tls@example.com plain@example.com
program missing
measure missing good tls@example.com plain@example.com

clean_up
finish
