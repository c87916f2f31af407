#!/bin/sh
# Many files at once: what is taken in, what is said, how it ends.
. "$TESTS/cli/lib.sh"

good=$DATA/mail/good/google-2026-11-14-certificate-expired.eml
other=$DATA/mail/good/microsoft-2026-10-12-success.eml
third=$DATA/mail/good/google-2026-11-16-success.eml
bad=$DATA/mail/bad/corrupt-gzip.eml
mixed=$DATA/mail/odd/good-and-corrupt-gzip.eml
bare=$DATA/json/good/google.json
ordinary=$DATA/mail/bad/no-report.eml
HOOKS=$BIN/tests/tlsrpt-ingest-hooks
[ -e "$ordinary" ] || ordinary=$WORK/ordinary.eml
printf 'From: a@b.example\nSubject: lunch\n\nAt one?\n' >"$WORK/ordinary.eml"
ordinary=$WORK/ordinary.eml

# bulk [OPTION]... FILE...: with the log on standard error alone
bulk() {
	ingest --log stderr "$@"
}

summary() {
	tail -n 1 err | sed 's/^tlsrpt-ingest: //; s/; [0-9.]* s$//'
}

stored() {
	sql 'SELECT count(*) FROM reports'
}

# Everything that may change in a folder: names, sizes, modes, times.
state_of() {
	find "$1" -printf '%P %y %s %m %T@ %C@ %A@\n' | sort
}

# --- the forms
bulk "$good"
is "$code $(summary)" "0 1 files, 1 messages: 1 reports stored" "a message"
bulk "$good" "$other"
is "$code $(summary)" "0 2 files, 2 messages: 1 reports stored, 1 already stored" "two, of which one is there"
fresh_store
mkdir reports
cp "$bare" reports/report.json
gzip -c "$DATA/json/good/mox.json" >reports/report.json.gz
cp "$DATA/json/good/tlsrpt-reporter.json" reports/without-suffix
bulk reports/report.json reports/report.json.gz reports/without-suffix
is "$code $(summary)" "0 3 files, 3 messages: 3 reports stored" "JSON, gzip, and a report without a suffix"
bulk reports
is "$code $(summary)" "0 3 files, 3 messages: 0 reports stored, 3 already stored" "the directory of the same"

# --- the same as by deliveries, all samples; a report without a time is of the day before it comes,
# and a file came when it was written: that is to be the same day
left=$((86400 - $(date +%s) % 86400))
[ $left -gt 60 ] || sleep $left
cp -R "$DATA" samples
fresh_store
for file in $(cut -f 1 "$DATA/expect.tsv" | grep '^[a-z]*/'); do
	"$INGEST" -q -c empty.conf --db "$DB" <"$DATA/$file"
done
delivered=$(sql 'SELECT organization, report_id, start_at, end_at FROM reports ORDER BY 1, 2, 3, 4')
fresh_store
cut -f 1 "$DATA/expect.tsv" | grep '^[a-z]*/' | sed "s,^,samples/," >list
bulk --files-from - <list
is "$code" 65 "all samples, some of them bad"
is "$(sql 'SELECT organization, report_id, start_at, end_at FROM reports ORDER BY 1, 2, 3, 4')" \
	"$delivered" "give the reports that deliveries give"
is "$(sql 'SELECT count(*) FROM quarantined')" 0 "nothing goes to quarantine"
is "$(grep -c "^tlsrpt-ingest: samples/[a-z]*/bad/[^ ]*: " err)" \
	"$(summary | sed 's/.*, \([0-9]*\) bad$/\1/' | awk -v odd="$(grep -c "/odd/" err)" '{ print $1 - odd }')" \
	"each damaged one has its line"

# --- mbox files, in all dialects
# quoted STYLE FILE: a message as that dialect has it
lf() { tr -d '\r' <"$1"; }
from_line='From bounce@example.com  Mon Nov 23 00:00:00 2026'
printf '\nFrom here on\n>From quoted\n>>From twice\n' >tail
for message in "$good" "$ordinary" "$other" "$bad"; do
	{ lf "$message" && cat tail; } >one
	length=$(awk 'body { n += length($0) + 1 } /^$/ { body = 1 } END { print n }' one)
	{ echo "$from_line" && sed 's/^From />&/' one && echo; } >>mboxo
	{ echo "$from_line" && sed 's/^>*From />&/' one && echo; } >>mboxrd
	sed 's/^From />&/' one >quoted
	{ echo "$from_line" && awk -v n="$(awk 'body { n += length($0) + 1 } /^$/ { body = 1 } END { print n }' quoted)" \
		'/^$/ && !done { print "Content-Length: " n; done = 1 } { print }' quoted && echo; } >>mboxcl
	{ echo "$from_line" && awk -v n="$length" \
		'/^$/ && !done { print "Content-Length: " n; done = 1 } { print }' one && echo; } >>mboxcl2
	{ echo "$from_line" && awk '/^$/ && !done { print "Content-Length: 77"; done = 1 } { print }' quoted && echo; } >>wrong-length
	{ echo "$from_line" && cat quoted; } >>no-empty-line
	{ echo "From " && cat quoted && echo; } >>no-date
done
sed 's/$/\r/' mboxo >crlf
for box in mboxo mboxrd mboxcl mboxcl2 wrong-length no-empty-line no-date crlf; do
	fresh_store
	bulk "$box"
	is "$code $(summary)" "65 1 files, 4 messages: 2 reports stored, 1 without a report, 1 bad" "$box"
	is "$(grep -c "^tlsrpt-ingest: $box: message 4 (at byte [0-9]*): part 2: " err)" 1 "$box: the damaged one is named"
done
at=$(sed -n 's/.*mboxcl2.*at byte \([0-9]*\).*/\1/p; s/.*(at byte \([0-9]*\)).*/\1/p' err | tail -n 1)
is "$(tail -c +$((at + 1)) crlf | head -n 1 | tr -d '\r')" "$from_line" "its byte is where it begins"
python3 - "$good" "$other" "$third" <<'END'
import mailbox, sys
box = mailbox.mbox("python.mbox")
for name in sys.argv[1:]:
    box.add(open(name, "rb").read())
box.close()
END
fresh_store
bulk python.mbox
is "$code $(summary)" "0 1 files, 3 messages: 3 reports stored" "an mbox that Python has written"

# --- Maildir, and an mbox, that real programs have made
fresh_store
if command -v maildrop >/dev/null && command -v procmail >/dev/null; then
	maildirmake Maildir
	maildirmake -f Sub Maildir
	echo "to \"$WORK/Maildir\"" >rc && chmod 600 rc
	echo "to \"$WORK/Maildir/.Sub\"" >rc.sub && chmod 600 rc.sub
	maildrop rc <"$good" && maildrop rc.sub <"$other"
	printf 'MAILDIR=%s\nDEFAULT=%s/box\nLOGFILE=%s/procmail.log\n' "$WORK" "$WORK" "$WORK" >procmailrc
	procmail -f - ./procmailrc <"$third" && procmail -f - ./procmailrc <"$ordinary"
	mv Maildir/new/* "Maildir/cur/$(basename Maildir/new/*):2,RS"
	cp "$bad" Maildir/tmp/half
	state_of Maildir >before # which is itself a reason for new times of its directories
	state_of Maildir >before
	sleep 0.01
	bulk Maildir
	is "$code $(summary)" "0 3 files, 2 messages: 2 reports stored, 1 neither mail nor report" "a Maildir with a folder"
	state_of Maildir >after
	cmp -s before after
	ok $? "is unchanged, its times too"
	bulk -v Maildir
	is "$(grep -c 'already stored organization=' err)" 2 "-v has a line for each message"
	bulk box
	is "$code $(summary)" "0 1 files, 2 messages: 1 reports stored, 1 without a report" "an mbox of procmail"
else
	ok 1 "maildrop and procmail are here (Debian: maildrop, procmail)"
fi

# --- what is not a message, not even a file
mkdir -p tree/deep/er tree/cur tree/new tree/tmp
echo 'Read me.' >tree/README
head -c 100000 /dev/urandom >tree/.DS_Store
: >tree/empty
head -c 3000 /dev/zero >tree/dovecot.index
printf '[section]\nkey=value\n' >tree/config.ini
echo '{"name": "something"}' >tree/package.json
gzip -c tree/README >tree/log.1.gz
dd if=/dev/zero of=tree/video bs=1 count=0 seek=40M 2>/dev/null
cp "$good" tree/deep/er/good
cp "$ordinary" tree/cur/ordinary:2,
fresh_store
bulk tree
is "$code $(summary)" "0 10 files, 2 messages: 1 reports stored, 1 without a report, 8 neither mail nor report" "what is no message is counted, and no more"
is "$(wc -l <err)" 2 "without a line for each"
bulk -v tree
is "$(grep -c 'tlsrpt-ingest: tree/.*: \(neither a message\|no TLS report\)' err)" 9 "but with -v"

# A message that says it is a report, and of which none could be read, is named without -v.
mkdir told
cp "$good" "$DATA/mail/bad/plain-text.eml" "$DATA/mail/bad/apart-subject.eml" "$DATA/mail/bad/zip-cut.eml" \
	"$DATA/mail/bad/apart-dmarc-xml.eml" "$DATA/json/odd/series-lines.json" told
fresh_store
bulk told
is "$code $(summary)" "65 6 files, 6 messages: 4 reports stored, 2 without a report, 2 bad" "each message is counted once"
is "$(grep -c 'tlsrpt-ingest: told/\(apart-subject\|zip-cut\).eml: ' err)" 2 "and those that say they are reports are named"

mkfifo tree/fifo
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("tree/socket")'
ln -s .. tree/deep/up
ln -s loop tree/loop
ln -s nothing tree/dangling
: >tree/cur/empty:2,
: >tree/empty.eml
{ cat "$ordinary" && head -c 40000000 /dev/zero | tr '\0' x; } >tree/large
fresh_store
run timeout 60 "$INGEST" -c empty.conf --db "$DB" --log stderr tree
is "$code" 65 "a FIFO, a socket, loops, nothing, empty messages, too large: 65"
for line in "fifo: neither a file" "socket: neither a file" "deep/up: a loop" "loop: a loop" \
	"dangling: a symbolic link to what" "cur/empty:2,: it is empty" "empty.eml: it is empty" \
	"large: the message is over the limit message="; do
	is "$(grep -c "^tlsrpt-ingest: tree/$line" err)" 1 "a line: $line"
done
is "$(summary)" "18 files, 3 messages: 1 reports stored, 1 without a report, 8 neither mail nor report, 8 bad" "the rest is carried on"
printf 'tree/gone\0tree/deep/er/good\0' >list
bulk --files-from - <list
is "$code $(summary)" "75 2 files, 1 messages: 0 reports stored, 1 already stored, 1 to be tried again" "a file that is not there: 75"
if [ "$(id -u)" -ne 0 ]; then
	chmod 0 tree/deep/er/good
	bulk tree/deep/er
	is "$code" 75 "a file that may not be read: 75"
	chmod 644 tree/deep/er/good
else
	mkdir -m 755 closed && cp "$good" closed/good && cp "$other" closed/other && chmod 0 closed/good
	chmod 755 "$WORK" && mkdir -m 777 open
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$INGEST" -c empty.conf \
		--db "$WORK/open/db" --log stderr closed
	sed -i '/^profiling:/d' err # gcov, which may not write either
	is "$code $(summary)" "75 2 files, 1 messages: 1 reports stored, 1 to be tried again" "a file that may not be read: 75"
	matches "$(cat err)" '^tlsrpt-ingest: closed/good: cannot open it: Permission denied$' "and a line"
fi

# --- lists
fresh_store
printf '%s\n%s\n' "$good" reports >list
bulk --files-from - "$other" <list
is "$code $(summary)" "0 5 files, 5 messages: 5 reports stored" "a list by lines, and operands"
mkdir 'odd
name' && cp "$third" 'odd
name/a b'
find 'odd
name' -print0 >list
bulk --files-from - <list
is "$code $(stored)" "0 6" "a list by NUL, with names that have a newline"
bulk --files-from - </dev/null
is "$code $(summary)" "0 0 files, 0 messages: 0 reports stored" "an empty list"

# --- good and damaged in one message; --reject; --dry-run
fresh_store
bulk "$mixed"
is "$code $(summary)" "65 1 files, 1 messages: 1 reports stored, 1 bad" "of good and damaged the good is stored"
fresh_store
bulk --reject "$mixed" "$good"
is "$code $(stored)" "65 1" "with --reject it is not"
fresh_store
bulk -n "$good" "$bad" "$ordinary"
is "$code $(summary)" "65 3 files, 3 messages: 1 reports would be stored, 1 without a report, 1 bad" "--dry-run"
matches "$(cat out)" "^message: $good\$" "names the file"
matches "$(cat out)" '^  report-id: 2026-11-14T00:00:00Z_example.com$' "and prints what is in it"
[ ! -e "$DB" ]
ok $? "and stores nothing"
"$INGEST" -c empty.conf --log stderr -n "$good" >/dev/full 2>err
is "$?" 75 "--dry-run >/dev/full: 75"
bulk -q "$bad"
is "$code$(cat out err)" 65 "-q: silence"

# --- when it was received
fresh_store
touch -d '2020-01-02 00:00:00 UTC' reports/report.json
bulk "$good" reports/report.json
is "$(sql "SELECT datetime(received_at, 'unixepoch') FROM reports ORDER BY 1" | tr '\n' ' ')" \
	"$(printf '%s ' '2020-01-02 00:00:00' "$(date -u -d "$(sed -n 's/^Date: //p' "$good" | tr -d '\r')" '+%F %T')")" \
	"received at the Date, or at the time of the file"

# --- wrong use
for options in "--passthrough $good" "--init $good" "- $good" "-j 0 $good -j -1" \
	"-j 257 $good" "-j 2" "--files-from list"; do
	# shellcheck disable=SC2086
	run "$INGEST" -c empty.conf --db "$DB" --log stderr $options </dev/null
	is "$code" 75 "tlsrpt-ingest $options: 75"
done

run env REQUEST_METHOD=POST "$INGEST" -c empty.conf --db "$DB" --cgi "$good" </dev/null
matches "$(cat out)" '^Status: 503 ' "--cgi does not go with files"

# --- the store fails
mkdir full && run "$INGEST" -c empty.conf --db "$WORK/none/db" --log stderr "$good" "$other"
is "$code $(wc -l <err)" "75 1" "no store: 75, said once"
echo 'not a database, but a long enough text to be taken for one' >foreign
run "$INGEST" -c empty.conf --db "$WORK/foreign" --log stderr tree
is "$code $(wc -l <err)" "75 1" "something else: 75, said once"
fresh_store
bulk "$other"
sqlite3 "$DB" "CREATE TRIGGER failing BEFORE INSERT ON report BEGIN SELECT RAISE(ABORT, 'no more'); END" ||
	ok 1 "a trigger"
bulk "$good" "$other" "$third"
is "$code" 75 "a store that refuses: 75"
matches "$(cat err)" '^tlsrpt-ingest: .*no more' "with its reason"

# --- messages that kill
mkdir many
i=0
for file in "$DATA"/mail/good/*.eml; do
	i=$((i + 1))
	cp "$file" "many/$i.eml"
done
cp "$ordinary" many/poison.eml
fresh_store
bulk many
all=$(stored)
files=$(find many -type f | wc -l)
hooked() {
	fault=$1
	shift
	run timeout 100 env TLSRPT_TEST_FAULT="$fault" "$HOOKS" -c dl.conf --db "$DB" --log stderr "$@"
}
printf '[ingest]\ndeadline=1s\n' >dl.conf
for fault in segv abort spin sleep; do
	fresh_store
	hooked "poison.eml#1:$fault" -j 2 many
	is "$code $(stored)" "65 $all" "a message that ends in $fault: the rest is stored"
	is "$(grep -c '^tlsrpt-ingest: many/poison.eml: ' err)" 1 "$fault: it is named, once"
	is "$(summary)" "$files files, $files messages: $all reports stored$(bulk many >/dev/null; summary | sed -n 's/.*\(, [0-9]* without a report\).*//p'), 1 bad" \
		"$fault: and counted"
done
fresh_store
hooked "poison.eml#1:kill" many
is "$code $(stored)" "75 $all" "one at which somebody kills the work twice is to be tried again"
cat mboxo mboxo >box
for number in 1 2 5 8; do
	fresh_store
	hooked "box#$number:segv" box
	is "$(stored) $(grep -c "box: message $number (at byte [0-9]*): the parser crashed" err)" "2 1" \
		"message $number of an mbox kills: it is named, and the rest is stored"
done
fresh_store
hooked "storing:segv" many
is "$code $(grep -c again err)" "75 1" "a death while storing, again and again: 75"
if [ "$TLSRPT_SANITIZED" = 0 ]; then
	fresh_store
	hooked "poison.eml#1:memory" many
	is "$code $(stored) $(grep -c 'many/poison.eml: parsing needs more memory' err)" "65 $all 1" "one that takes all memory"
fi

# --- a transaction is bounded by what is to be written, not by messages alone
mkdir rows
for name in a b c; do
	awk -v name=$name 'BEGIN {
		print "From: tls@org.example\nTLS-Report-Domain: d.example\nTLS-Report-Submitter: org.example"
		print "Content-Type: application/tlsrpt+json\n"
		print "{\"organization-name\":\"Org\",\"report-id\":\"" name "\",\"contact-info\":\"tls@org.example\","
		print "\"date-range\":{\"start-datetime\":\"2026-11-01T00:00:00Z\",\"end-datetime\":\"2026-11-01T23:59:59Z\"},"
		print "\"policies\":[{\"policy\":{\"policy-type\":\"no-policy-found\",\"policy-domain\":\"d.example\"},"
		print "\"summary\":{\"total-successful-session-count\":0,\"total-failure-session-count\":1200},\"failure-details\":["
		for (i = 0; i < 1200; i++)
			print (i ? "," : "") "{\"result-type\":\"validation-failure\",\"failed-session-count\":1}"
		print "]}]}"
	}' >rows/$name.eml
done
cp "$ordinary" rows/poison.eml
fresh_store
TLSRPT_TEST_PID_FILE=$WORK/pids TLSRPT_TEST_FAULT="poison.eml#1:sleep" \
	"$HOOKS" -c empty.conf --db "$DB" --log stderr -j 1 \
	rows/a.eml rows/b.eml rows/c.eml rows/poison.eml 2>err &
pid=$!
tries=0
while [ ! -e pids ] && [ $tries -lt 200 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
is "$(stored)" 2 "two messages of 1200 failures are a transaction"
kill -TERM $pid
wait $pid

# --- a signal
fresh_store
TLSRPT_TEST_FAULT="poison.eml#1:sleep" "$HOOKS" -c empty.conf --db "$DB" --log stderr -j 1 many 2>err &
pid=$!
sleep 1
kill -TERM $pid
wait $pid
is "$?" 75 "TERM: 75"
matches "$(cat err)" 'interrupted by a signal' "says why"
pgrep -P $pid >children
is "$(cat children)" "" "and leaves no process"
bulk many
is "$code $(stored)" "0 $all" "and it can be run again"

# --- the bar
if command -v script >/dev/null; then
	fresh_store
	script -qec "$INGEST -c $WORK/empty.conf --db $DB --log stderr many" /dev/null >typescript </dev/null
	matches "$(tail -n 1 typescript | tr -d '\r')" "tlsrpt-ingest: $files files, .* stored" "a terminal gets the summary at last"
fi
finish
