#!/bin/sh
# fdm with contrib/fdm/fdm.conf: what is not stored stays in the mailbox, and the next fetch tries
# again.
# shellcheck source=lib.sh disable=SC2094
. "$TESTS/mta/lib.sh"
need fdm python3 sqlite3
tlsrpt_user

MAILDIR=$WORK/home/Maildir
as_user mkdir "$MAILDIR" "$MAILDIR/new" "$MAILDIR/cur" "$MAILDIR/tmp"
# configuration NAME [LINE]: makes a file of standard input, as fdm wants it
configuration() {
	# The user of the tests has no home in the password file.
	{ printf 'set lock-file "%s/home/fdm.lock"\n%s\n' "$WORK" "${2:-}" && cat; } >"$1"
	chmod 600 "$1"
	[ "$(id -u)" -ne 0 ] || chown tlsrpt "$1"
}
contrib() {
	sed "s|/usr/bin/tlsrpt-ingest|$COMMAND|; s|/home/tlsrpt|$WORK/home|" "$SOURCE/contrib/fdm/fdm.conf"
}
contrib | configuration fdm.conf

fetch() {
	run as_user fdm -f "$WORK/${1:-fdm.conf}" fetch </dev/null
}
# deliver FILE...: puts messages into the mailbox, and fetches
deliver() {
	for name in "$@"; do
		cp "$name" "$MAILDIR/new/1794700800.$name.mx"
	done
	fetch
}
# fate: fdm's exit code, and how many messages are left in the mailbox
fate() {
	echo "$code, $(find "$MAILDIR/new" "$MAILDIR/cur" -type f | wc -l) left"
}
# said: what fdm and the program wrote, but for fdm's sum at the end
said() {
	cat "$WORK/out" "$WORK/err" | sed '/ messages processed /d; s/^/said: /'
}

# --- good, again, bad
report good >good
for try in 1 2; do
	deliver good
	is "$(fate) $(contents)$(said)" "0, 0 left 1 -" "a report is stored, try $try, and nothing said"
done
bad_report bad >bad
deliver bad
is "$(fate) $(contents)" "0, 0 left 1 not-json" "a bad message is in quarantine"
is "$(sql 'SELECT size FROM quarantined')" "$(wc -c <bad)" "as it was"
matches "$(said)" 'tlsrpt-ingest: kept in quarantine: not-json' "and that is said"
is "$(said | wc -l)" 1 "in one line"

# --- what cannot be stored now is stored later
# later REPORTS NAME PATTERN: the message was just left, for this reason, and is taken the next time
later() {
	is "$(fate) $(contents)" "0, 1 left $(($1 - 1)) not-json" "$2: stays in the mailbox"
	matches "$(said)" "$3" "$2: said why"
	program real
	fetch
	is "$(fate) $(contents)" "0, 0 left $1 not-json" "$2: and is stored with the next fetch"
}
report locked >locked
lock_store
deliver locked
is "$(said | wc -l)" 1 "store locked: one line"
unlock_store
later 2 "store locked" 'tlsrpt-ingest: not stored, try again: .*locked'
report missing >missing
program missing
deliver missing
later 3 "no program" 'not found|No such file'
report segv >segv
program fault storing:segv
deliver segv
later 4 "the child dies" 'tlsrpt-ingest: not stored, try again'
report killed >killed
program fault storing:sleep
kill_program &
deliver killed
wait $!
later 5 "the program is killed" ''

# --- ten in one fetch
for i in 0 1 2 3 4 5 6 7 8 9; do
	report "many-$i" >"many-$i"
done
deliver many-?
is "$(fate) $(contents)" "0, 0 left 15 not-json" "ten in one fetch"
program script "mkdir $WORK/run/first 2>/dev/null && exit 75; exit 0"
deliver many-?
is "$(fate)" "0, 1 left" "the first of them fails: the others are taken"
rm "$MAILDIR"/*/*

# --- what becomes of a message: the snippet, and an action "pipe"
plain() {
	printf '%s\n' "account \"tlsrpt\" maildir \"$MAILDIR\"" "action \"store\" pipe \"$COMMAND\"" \
		'match all action "store"'
}
plain | configuration plain.conf
# measure WHAT WANTED
measure() {
	deliver good
	snippet=$(fate)
	rm -f "$MAILDIR"/new/* "$MAILDIR"/cur/*
	cp good "$MAILDIR/new/1794700800.good.mx"
	fetch plain.conf
	printf '# %-8s | %-12s | %s\n' "$1" "$snippet" "$(fate)"
	rm -f "$MAILDIR"/new/* "$MAILDIR"/cur/*
	is "$snippet" "$2" "exit $1"
}
echo '# exit     | contrib      | action "pipe"'
program script "exit 0"
measure 0 "0, 0 left"
for number in 65 75; do
	program script "exit $number"
	measure $number "0, 1 left"
done
program script 'kill -SEGV $$'
measure SEGV "0, 1 left"
program missing
measure missing "0, 1 left"
# Its own limit is 900 seconds.
contrib | configuration fdm.conf 'set timeout 1'
plain | configuration plain.conf 'set timeout 1'
program script 'exec sleep 5'
measure hang "0, 1 left"

clean_up
finish
