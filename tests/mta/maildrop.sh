#!/bin/sh
# maildrop with contrib/maildrop/mailfilter, as a mail system starts it: exit code 75 means that the
# mail system keeps the message and tries again.
# shellcheck source=lib.sh disable=SC2094
. "$TESTS/mta/lib.sh"
need maildrop python3 sqlite3
tlsrpt_user

# filter NAME LINE: makes a filter file of that name from standard input, as maildrop wants it
filter() {
	{ printf '%s\n' "DEFAULT=\"$WORK/home/inbox\"" "$2" && cat; } >"$1"
	chmod 600 "$1"
	[ "$(id -u)" -ne 0 ] || chown tlsrpt "$1"
}
contrib() {
	sed "s|/usr/bin/tlsrpt-ingest|$COMMAND|" "$SOURCE/contrib/maildrop/mailfilter"
}
contrib | filter mailfilter ''

# deliver FILE [FILTER]
deliver() {
	rm -f "$WORK/home/inbox"
	{ echo "From tlsrpt@sender.example Sun Nov 15 02:00:00 2026" && cat "$1"; } >"$WORK/input"
	run as_user maildrop "$WORK/${2:-mailfilter}" <"$WORK/input"
}
# fate: the exit code, and what came to the mailbox
fate() {
	if [ -e "$WORK/home/inbox" ]; then
		echo "$code, inbox"
	else
		echo "$code, nothing"
	fi
}
# said: what maildrop and the program wrote
said() {
	cat "$WORK/out" "$WORK/err" | sed 's/^/said: /'
}

# --- good, again, bad
report good >good
for try in 1 2; do
	deliver good
	is "$(fate) $(contents)$(said)" "0, nothing 1 -" "a report is stored, try $try, and nothing said"
done
bad_report bad >bad
deliver bad
is "$(fate) $(contents)" "0, nothing 1 not-json" "a bad message is in quarantine"
matches "$(said)" '^said: tlsrpt-ingest: kept in quarantine: not-json' "and that is said"
is "$(said | wc -l)" 1 "in one line"
sed 's/^To: .*/To: someone@example.com/' good >other
deliver other
is "$(fate) $(contents)" "0, inbox 1 not-json" "mail to somebody else goes to the mailbox"

# --- what cannot be stored now is stored later
# later REPORTS NAME PATTERN FILE: the message was just refused, for this reason, and is taken the
# next time
later() {
	is "$(fate) $(contents)" "75, nothing $(($1 - 1)) not-json" "$2: for the mail system to keep"
	matches "$(said)" "$3" "$2: said why"
	program real
	deliver "$4"
	is "$(fate) $(contents)" "0, nothing $1 not-json" "$2: and is stored with the next try"
}
report locked >locked
lock_store
deliver locked
is "$(said | wc -l)" 1 "store locked: one line"
unlock_store
later 2 "store locked" '^said: tlsrpt-ingest: not stored, try again: .*locked' locked
report missing >missing
program missing
deliver missing
later 3 "no program" 'not found|No such file' missing
report segv >segv
program fault storing:segv
deliver segv
later 4 "the child dies" 'tlsrpt-ingest: not stored, try again' segv
report killed >killed
program fault storing:sleep
kill_program &
deliver killed
wait $!
later 5 "the program is killed" '' killed

# --- ten at once
for i in 0 1 2 3 4 5 6 7 8 9; do
	report "many-$i" >"many-$i"
	as_user maildrop "$WORK/mailfilter" <"many-$i" || echo "failed with $?" &
done >many 2>&1
wait
is "$(cat many) $(contents)" " 15 not-json" "ten at once"

# --- what becomes of a message: the snippet, and a plain "to"
echo "to \"| $COMMAND\"" | filter plain 'SHELL="/bin/sh"'
# measure WHAT WANTED
measure() {
	deliver good
	snippet=$(fate)
	deliver good plain
	printf '# %-8s | %-12s | %s\n' "$1" "$snippet" "$(fate)"
	is "$snippet" "$2" "exit $1"
}
echo "# exit     | contrib      | to"
program script "exit 0"
measure 0 "0, nothing"
for number in 65 75; do
	program script "exit $number"
	measure $number "75, nothing"
done
program script 'kill -SEGV $$'
measure SEGV "75, nothing"
program missing
measure missing "75, nothing"
echo "# hang     | not measured: the limit of 300 s is built in"

clean_up
finish
