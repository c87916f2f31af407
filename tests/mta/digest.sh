#!/bin/sh
# What contrib/cron and contrib/systemd do: tlsrpt digest | sendmail -t, into a private Postfix.  The
# message arrives as it left, and a failure is not mailed.
# shellcheck source=lib.sh
. "$TESTS/mta/lib.sh"
need_root
need postfix python3 sqlite3
tlsrpt_user

postfix_configure
# Whatever it is, and to whomever.
echo 'local_transport = capture:' >>"$PF/etc/main.cf"
postfix_start
NOW=1795435200 # 2026-11-23T12:00:00Z
cat >"$WORK/bin/tlsrpt" <<CF
#!/bin/sh
exec $BIN/tlsrpt "\$@" --config $WORK/empty.conf --db $DB --now $NOW
CF
# Postfix takes another configuration from root only.
cat >"$WORK/bin/sendmail" <<CF
#!/bin/sh
exec /usr/sbin/sendmail -C $PF/etc "\$@"
CF
chmod 755 "$WORK/bin/tlsrpt" "$WORK/bin/sendmail"
PATH=$WORK/bin:$PATH
cron=$(sed -n '/^[0-9]/s/^.*  tlsrpt  //p' "$SOURCE/contrib/cron/tlsrpt-digest")
unit=$(sed -n 's/^ExecStart=//p' "$SOURCE/contrib/systemd/tlsrpt-digest.service")
matches "$cron" "^tlsrpt digest .*sendmail -t\$" "cron: the command"
matches "$unit" "^/bin/sh -c 'tlsrpt digest .*sendmail -t'\$" "systemd: the command"

for message in "$DATA"/mail/good/*.eml; do
	"$INGEST" -q -c "$WORK/empty.conf" --db "$DB" <"$message" || exit 1
done
cat "$TESTS/tlsrpt/week.sql" "$TESTS/tlsrpt/sums.sql" | sqlite3 "$DB" || exit 1

# sends COMMAND: runs it, and waits for one message more; it is in ./received then
sends() {
	before=$(captured)
	run sh -c "$1"
	wait_for 15 more_than "$before" || bail_out "nothing came of $1: $(cat err)"
	wait_for 15 queue_empty
	# shellcheck disable=SC2012
	cp "$(ls -t "$WORK"/run/captured.* | head -n 1)" received
}
more_than() {
	[ "$(captured)" -gt "$1" ]
}
# arrived: what came, without the line of "capture" and what Postfix puts at the top
arrived() {
	sed '1d' received | awk '!past && /^(From |Return-Path:|Received:|[ \t])/ { next } { past = 1; print }'
}

# --- as it left
sends "$cron"
is "$code$(cat err)" 0 "cron: sent"
matches "$(head -n 1 received)" ' postmaster@example.com$' "cron: to whom it is for"
"$WORK/bin/tlsrpt" digest --to postmaster@example.com >left
arrived | cmp - left
ok $? "cron: as it left"

printf '[digest]\nfrom=TLS reports <tlsrpt@mx.example.com>\nto=a@example.com, b@example.com\n' >"$WORK/empty.conf"
sends "$unit"
is "$code$(cat err)" 0 "systemd: sent"
matches "$(head -n 1 received)" ' a@example.com b@example.com$' "systemd: to all of them"
"$WORK/bin/tlsrpt" digest >left
arrived | cmp - left
ok $? "systemd: as it left"

# --- a line that begins with a dot, which on its own would end the message: see unit/compose
sqlite3 "$DB" "DELETE FROM note WHERE incident = 1;
	INSERT INTO note (incident, kind, author, at, text) VALUES
		(1, 'note', 'root', 1795300000, 'above' || char(10) || '.' || char(10) || 'below')"
"$WORK/bin/tlsrpt" digest >left
is "$(grep -c '^\.' left)" 1 "a line of the HTML begins with a dot"
sends "$WORK/bin/tlsrpt digest | $WORK/bin/sendmail -t"
arrived | cmp - left
ok $? "and arrives"

# --- no digest, no mail, and somebody hears of it
before=$(captured)
mv "$DB" "$DB.away"
for command in "$cron" "$unit"; do
	run sh -c "$command"
	[ "$code" -ne 0 ]
	ok $? "no store: fails"
	matches "$(cat err)" '^tlsrpt: ' "and says why"
done
mv "$DB.away" "$DB"
sleep 1
is "$(captured) $(queued)" "$before 0" "nothing is mailed"
clean_up
finish
