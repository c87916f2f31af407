#!/bin/sh
# procmail with contrib/procmail/procmailrc, as a mail system starts it: exit code 75 means that the
# mail system keeps the message and tries again.
# shellcheck source=lib.sh disable=SC2094
. "$TESTS/mta/lib.sh"
need procmail python3 sqlite3
tlsrpt_user

cat >"$WORK/head" <<CF
PATH=/usr/bin:/bin
DEFAULT=$WORK/home/inbox
ORGMAIL=$WORK/home/inbox
CF
{
	cat "$WORK/head"
	sed "s|/usr/bin/tlsrpt-ingest|$COMMAND|" "$SOURCE/contrib/procmail/procmailrc"
} >"$WORK/procmailrc"

# deliver FILE [RCFILE]
deliver() {
	rm -f "$WORK/home/inbox"
	{ echo "From tlsrpt@sender.example Sun Nov 15 02:00:00 2026" && cat "$1"; } >"$WORK/input"
	run as_user procmail "${2:-$WORK/procmailrc}" <"$WORK/input"
	# The user of the tests has no home in the password file.
	sed -i "/^procmail: Couldn't chdir to/d" "$WORK/err"
}
# fate: the exit code, and what came to the mailbox
fate() {
	if [ -e "$WORK/home/inbox" ]; then
		echo "$code, inbox"
	else
		echo "$code, nothing"
	fi
}
# said: what procmail and the program wrote on standard error
said() {
	sed 's/^/said: /' "$WORK/err"
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
is "$(wc -l <err)" 1 "in one line"
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
is "$(grep -c '^tlsrpt-ingest: ' err) $(grep -vc '^tlsrpt-ingest: \|^procmail: ' err)" "1 0" "store locked: one line of the program"
unlock_store
later 2 "store locked" 'tlsrpt-ingest: not stored, try again: .*locked' locked
report missing >missing
program missing
deliver missing
later 3 "no program" 'Program failure' missing
report segv >segv
program fault storing:segv
deliver segv
later 4 "the child dies" 'tlsrpt-ingest: not stored, try again' segv
report killed >killed
program fault storing:sleep
kill_program &
deliver killed
wait $!
later 5 "the program is killed" 'Program failure \(-9\)' killed

# --- ten at once
for i in 0 1 2 3 4 5 6 7 8 9; do
	report "many-$i" >"many-$i"
	as_user procmail "$WORK/procmailrc" <"many-$i" 2>/dev/null || echo "failed with $?" &
done >many
wait
is "$(cat many) $(contents)" " 15 not-json" "ten at once"

# --- what becomes of a message: the snippet, and plain recipes
for flags in "0 w" "0"; do
	printf '%s\n\n:%s\n| %s\n' "$(cat head)" "$flags" "$COMMAND" >"plain-${flags#0}"
done
# measure WHAT WANTED
measure() {
	deliver good
	snippet=$(fate)
	deliver good "$WORK/plain- w"
	plain=$(fate)
	deliver good "$WORK/plain-"
	printf '# %-8s | %-12s | %-12s | %s\n' "$1" "$snippet" "$plain" "$(fate)"
	is "$snippet" "$2" "exit $1"
}
echo "# exit     | contrib      | :0 w         | :0"
for number in 0 65 75; do
	program script "exit $number"
	[ $number -eq 0 ] && measure 0 "0, nothing" || measure $number "75, nothing"
done
program script 'kill -SEGV $$'
measure SEGV "75, nothing"
program missing
measure missing "75, nothing"
for file in head procmailrc "plain- w" plain-; do
	{ echo TIMEOUT=1 && cat "$file"; } >new && mv new "$file"
done
program script 'exec sleep 5'
measure hang "75, nothing"

clean_up
finish
