#!/bin/sh
# Postfix local(8) with contrib/postfix/aliases and forward; and procmail and maildrop started by it.
# shellcheck source=lib.sh disable=SC2094
. "$TESTS/mta/lib.sh"
need_root
need postfix python3 sqlite3
tlsrpt_user

postfix_configure
aliases=$PF/etc/tlsrpt-aliases
sed "s|/usr/bin/tlsrpt-ingest|$COMMAND|" "$SOURCE/contrib/postfix/aliases" >"$aliases"
sed "s|/usr/bin/tlsrpt-ingest|$COMMAND|" "$SOURCE/contrib/procmail/procmailrc" >"$WORK/procmailrc"
sed "s|/usr/bin/tlsrpt-ingest|$COMMAND|" "$SOURCE/contrib/maildrop/mailfilter" >"$WORK/mailfilter"
chmod 600 "$WORK/mailfilter"
chown tlsrpt "$WORK/mailfilter"
cat >>"$aliases" <<CF
# To compare with, and agents that this one starts.
plain: "|$COMMAND"
by-procmail: "|/usr/bin/procmail $WORK/procmailrc"
by-maildrop: "|/usr/bin/maildrop $WORK/mailfilter"
CF
postalias -c "$PF/etc" "hash:$aliases" && chown tlsrpt "$aliases.db"
# The home of tlsrpt is elsewhere.
mkdir "$WORK/forward"
sed "s|/usr/bin/tlsrpt-ingest|$COMMAND|" "$SOURCE/contrib/postfix/forward" >"$WORK/forward/tlsrpt"
chown tlsrpt "$WORK/forward/tlsrpt"
sed -i '/^alias_maps/d' "$PF/etc/main.cf"
cat >>"$PF/etc/main.cf" <<CF
alias_maps = hash:$aliases
forward_path = $WORK/forward/\$user
command_time_limit = 2s
CF
postfix_start

total=0
bad=
# The same for the alias, for the .forward file, and for what comes after.
try_all() {
	address=$1@example.com
	report "$1-good" >good
	for again in 1 2; do
		deliver good "$address"
		leaves "$ids"
		is "$(status "$ids") $(queued) $(contents)" "sent 0 $((total + 1)) ${bad:--}" "$1: a report is stored, try $again"
		[ "$1" != tls ] && [ "$1" != tlsrpt ] ||
			is "$(reason "$ids" | sed 's/delivered to command: .*/delivered to command/')" "2.0.0 delivered to command" "$1: the log has no word of the program"
	done
	total=$((total + 1))
	bad_report "$1-bad" >bad
	deliver bad "$address"
	leaves "$ids"
	bad=$bad${bad:+,}not-json
	is "$(status "$ids") $(queued) $(contents)" "sent 0 $total $bad" "$1: a bad message is in quarantine"
	no_bounce "$1: a bad message"

	report "$1-locked" >message
	lock_store
	deliver message "$address"
	stays "$1: store locked" "$total $bad" '^4.3.0 temporary failure. Command output: .*tlsrpt-ingest: not stored, try again: .*locked' deferred
	unlock_store
	total=$((total + 1))
	comes "$1: store locked" "$total $bad"

	report "$1-missing" >message
	program missing
	deliver message "$address"
	stays "$1: no program" "$total $bad" '^4.3.0 temporary failure. Command output: .*(not found|No such file)' deferred
	total=$((total + 1))
	comes "$1: no program" "$total $bad"

	report "$1-segv" >message
	program fault storing:segv
	deliver message "$address"
	stays "$1: the child dies" "$total $bad" '^4.3.0 temporary failure. Command output: .*tlsrpt-ingest: not stored, try again: ' deferred
	total=$((total + 1))
	comes "$1: the child dies" "$total $bad"

	report "$1-killed" >message
	program fault storing:sleep
	send tlsrpt@sender.example "$address" message
	kill_program
	wait_for 15 has_status "$ids"
	stays "$1: the program is killed" "$total $bad" '^4.3.0 temporary failure' deferred
	total=$((total + 1))
	comes "$1: the program is killed" "$total $bad"

	for i in 0 1 2 3 4 5 6 7 8 9; do
		report "$1-many-$i" >"many-$i"
	done
	send tlsrpt@sender.example "$address" many-?
	total=$((total + 10))
	# shellcheck disable=SC2086
	leaves $ids
	is "$(queued) $(contents)" "0 $total $bad" "$1: ten at once"
	no_bounce "$1"
}
try_all tls
try_all tlsrpt
for agent in procmail maildrop; do
	if command -v $agent >/dev/null; then
		try_all by-$agent
	else
		echo "# $agent is not installed"
	fi
done

# --- what becomes of a message: with the snippet, and with the program alone
report table >good
table_head "contrib/postfix/aliases" "without || exit 75"
for number in 0 65 75; do
	program script "exit $number"
	measure $number good tls@example.com plain@example.com
done
program script 'exit 65'
echo "# with contrib/postfix/forward:"
measure 65 good tlsrpt@example.com plain@example.com
program script 'kill -SEGV $$'
measure SEGV good tls@example.com plain@example.com
program missing
measure missing good tls@example.com plain@example.com
# These are not cured.
{ echo "Delivered-To: tls@example.com"; cat good; } >loop
measure loop loop tls@example.com plain@example.com '^bounced 5.4.6, 1 sent back, 0 queued$'
# But the program ends itself long before the limit, 1000 s if not set.
program script 'sleep 30'
measure hang good tls@example.com plain@example.com '^bounced 5.3.0, 1 sent back, 0 queued$'

clean_up
finish
