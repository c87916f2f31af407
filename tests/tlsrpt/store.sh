#!/bin/sh
# Reading without a right to write, while others write, and stores that cannot be read.
. "$TESTS/cli/lib.sh"

TLSRPT=$BIN/tlsrpt
good=$DATA/mail/good/google-2026-11-14-certificate-expired.eml
COMMANDS="summary failures trend reports export status"
SINCE="--since 2026-01-01 --now 1795435200"
chmod 755 "$WORK"

# A store of its own directory, which others may read, and nothing more.
mkdir store
STORE=$WORK/store
DB=$STORE/x.db
for message in "$DATA"/mail/good/*.eml; do
	"$INGEST" -q -c empty.conf --db "$DB" <"$message"
done
allow_reading() {
	chown root:nogroup "$STORE" "$DB"* 2>/dev/null
	chmod 750 "$STORE"
	chmod 640 "$DB"*
	chmod 600 "$DB-lock"
}
options() {
	case $1 in
	status) echo "-c $WORK/empty.conf --db $DB" ;;
	*) echo "-c $WORK/empty.conf --db $DB $SINCE" ;;
	esac
}
# reader COMMAND...: as somebody who is in the store's group and owns nothing
reader() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid nobody --regid nogroup --clear-groups "$@"
	else
		"$@"
	fi
}
state() {
	(cd "$STORE" && cksum ./* && stat -c '%n %a %U %Y' ./* . && ls -a)
}
# all_read NAME: every command works for the reader, and the store is as before
all_read() {
	state >before
	for command in $COMMANDS; do
		run reader "$TLSRPT" $command $(options $command)
		is "$code$(cat err)" 0 "$1: $command"
		[ -s out ]
		ok $? "$1: $command says something"
	done
	run reader "$TLSRPT" show -c empty.conf --db "$DB" 4
	is "$code$(cat err)" 0 "$1: show"
	state >after
	# Readers note in -shm where they read.
	sed '/x\.db-shm/d' before >before2
	sed '/x\.db-shm/d' after >after2
	is "$(cat after2)" "$(cat before2)" "$1: nothing was changed or made"
	is "$(cd "$STORE" && ls)" "$(sed -n '/^\.$/,$p' before | sed '1,2d')" "$1: the same files"
}
allow_reading
is "$(ls "$STORE" | tr '\n' ' ')" "x.db x.db-lock x.db-shm x.db-wal " "as deliveries leave it"
all_read "with -wal and -shm"
run reader "$TLSRPT" status -c empty.conf --db "$DB" -f ndjson
free='s/"free_bytes":[0-9]*//' # the disk is shared with other programs
sed "$free" out >status.with

sqlite3 "$DB" "INSERT INTO note (incident, kind, author, at, text) SELECT 1, 'note', 'me', 1, 'seen'"
is "$(ls "$STORE" | tr '\n' ' ')" "x.db x.db-lock " "after a shell session that wrote"
allow_reading
all_read "without them"
run reader "$TLSRPT" status -c empty.conf --db "$DB" -f ndjson
is "$(sed "$free" out)" "$(cat status.with)" "and says the same"
run "$TLSRPT" failures $(options failures)
is "$code $(ls "$STORE" | tr '\n' ' ')" "0 x.db x.db-lock " "not even root makes files"
matches "$(cat out)" seen "what the shell wrote is read"

# --- a store of which not even the directory may be written, nor the -wal
chmod 640 "$DB"
chown root:root "$DB" 2>/dev/null || chmod 0 "$DB" # of which not even the owner may read
run reader "$TLSRPT" $(options summary)
is "$code$(wc -l <err | tr -d ' ')" 11 "without permission to read: 1, one line"
matches "$(cat err)" '^tlsrpt: .*[Pp]ermission denied' "that says so"
allow_reading

# --- while deliveries go on
python3 - "$DATA/json/good/google.json" <<'END'
import json, sys
report = json.load(open(sys.argv[1]))
for i in range(100):
    report["report-id"] = f"storm-{i}"
    json.dump(report, open(f"storm-{i}.json", "w"))
END
deliver_all() {
	i=0
	while [ $i -lt 100 ]; do
		"$INGEST" -q --log stderr -c empty.conf --db "$DB" <storm-$i.json || echo "$?" >>undelivered
		# Somebody with a shell, now and then: then -wal and -shm are gone.
		[ $((i % 20)) -eq 10 ] && sqlite3 -cmd '.timeout 5000' "$DB" "UPDATE note SET at = at + 1" 2>>shell
		chmod 640 "$DB" "$DB-wal" "$DB-shm" 2>/dev/null
		chown root:nogroup "$DB" "$DB-wal" "$DB-shm" 2>/dev/null
		i=$((i + 1))
	done
	echo done >delivered
}
"$INGEST" -q -c empty.conf --db "$DB" <"$good"
allow_reading
deliver_all &
writer=$!
reads=0 last=0 fell=0 bad=0
while [ $reads -lt 50 ] || [ ! -e delivered ]; do
	command=status
	[ $((reads % 3)) -eq 0 ] && command=reports
	[ $((reads % 7)) -eq 0 ] && command=summary
	if ! reader "$TLSRPT" $command $(options $command) -f ndjson >read.out 2>read.err || [ -s read.err ] || [ ! -s read.out ]; then
		bad=$((bad + 1))
		cat read.err >>failed.err
	fi
	if [ $command = status ]; then
		count=$(sed -n 's/.*"reports":\([0-9]*\).*/\1/p' read.out)
		[ "${count:-0}" -ge "$last" ] || fell=$((fell + 1))
		last=${count:-0}
	fi
	reads=$((reads + 1))
	[ $reads -gt 5000 ] && break
done
wait $writer
is "$bad$(head -3 failed.err 2>/dev/null)" 0 "$reads reads while 100 deliveries go on: none fails"
is "$fell" 0 "and counts never fall"
is "$(cat undelivered 2>/dev/null)" "" "nor does a delivery"
run reader "$TLSRPT" status -c empty.conf --db "$DB" -f ndjson
is "$(sed -n 's/.*"reports":\([0-9]*\).*/\1/p' out)" "$(sql 'SELECT count(*) FROM reports')" "at the end all are there"

# --- what cannot be read: one line, 1, and nothing made or changed
# refused NAME PATTERN PATH [COMMAND]
refused() {
	cksum "$3" >sum.before 2>/dev/null
	ls -laR "$(dirname "$3")" >ls.before 2>&1
	for command in summary status export; do
		DB=$3
		run "$TLSRPT" $command $(options $command)
		is "$code$(wc -l <err | tr -d ' ')$(cat out)" 11 "$1: $command: 1 and one line"
		matches "$(cat err)" "^tlsrpt: .*($2)" "$1: $command: that says why"
		case $(cat err) in
		*"not stored"* | *"try again"*) ok 1 "$1: not in the words of a delivery" ;;
		*) ok 0 "$1: not in the words of a delivery" ;;
		esac
	done
	cksum "$3" >sum.after 2>/dev/null
	cmp -s sum.before sum.after
	ok $? "$1: the file is as before"
	case $3 in
	"$WORK"/odd/*)
		ls -laR "$(dirname "$3")" >ls.after 2>&1
		cmp -s ls.before ls.after
		ok $? "$1: nothing beside it"
		;;
	esac
}
cp "$STORE/x.db" copy.db
mkdir odd odd/directory odd/text
refused "a store that is not there" 'No such file' "$WORK/odd/none.db"
refused "a directory that is not there" 'No such file' "$WORK/odd/none/none.db"
refused "a directory" 'directory' "$WORK/odd/directory"
: >odd/empty.db
refused "an empty file" 'empty|nothing' "$WORK/odd/empty.db"
cp "$good" odd/text/x.db
refused "a text" 'not a database' "$WORK/odd/text/x.db"
mkdir odd/foreign
sqlite3 odd/foreign/x.db 'CREATE TABLE t (a); PRAGMA application_id = 7'
refused "another database" 'not|foreign' "$WORK/odd/foreign/x.db"
mkdir odd/plain
sqlite3 odd/plain/x.db 'CREATE TABLE t (a)'
refused "another database without an application_id" 'not|foreign' "$WORK/odd/plain/x.db"
mkdir odd/newer
sqlite3 -readonly "$STORE/x.db" '.backup odd/newer/x.db'
cp odd/newer/x.db whole.db
sqlite3 odd/newer/x.db 'PRAGMA journal_mode=DELETE; UPDATE version SET version = 99' >journal
refused "a newer store" 'newer|version 99' "$WORK/odd/newer/x.db"
case $(cat err) in
*"next delivery"*) ok 1 "a newer store: no delivery brings it up to date" ;;
*) ok 0 "a newer store: no delivery brings it up to date" ;;
esac
mkdir odd/corrupt odd/cut
cp whole.db odd/corrupt/x.db
python3 -c 'import sys
with open("odd/corrupt/x.db", "r+b") as file:
    file.seek(4096)
    file.write(b"\xa5" * 4096 * 12)'
refused "a corrupt store" 'corrupt|malformed|damaged|disk image' "$WORK/odd/corrupt/x.db"
head -c 10000 whole.db >odd/cut/x.db
refused "a store that was cut" 'corrupt|malformed|damaged|disk image' "$WORK/odd/cut/x.db"
DB=postgresql://localhost/x
run "$TLSRPT" summary -c empty.conf --db "$DB"
is "$code$(wc -l <err | tr -d ' ')" 11 "another scheme: 1 and one line"
if [ ! -d /var/lib/tlsrpt ]; then
	env -i "$TLSRPT" summary -c empty.conf >out 2>err
	is "$? $(cat err)" "1 tlsrpt: no store configured: give --db, TLSRPT_DB, or uri= in the group [store] of the configuration" "no store configured"
	mkdir home
	env -i HOME="$WORK/home" "$TLSRPT" summary -c empty.conf >out 2>err
	is "$?$(wc -l <err | tr -d ' ')$(find home | wc -l | tr -d ' ')" 111 "none at home: 1, one line, nothing made"
fi
DB=$STORE/x.db
run "$TLSRPT" summary -c /nonexistent.conf --db "$DB"
is "$code$(wc -l <err | tr -d ' ')" 11 "no configuration file: 1 and one line"
printf '[store]\nnonsense=x\n' >bad.conf
run "$TLSRPT" summary -c bad.conf --db "$DB"
is "$code$(wc -l <err | tr -d ' ')" 11 "a bad configuration: 1 and one line"

# --- locked: held FILE SQL... keeps a connection that did SQL until the file "release" is there
held() {
	rm -f release holding
	python3 - "$@" <<'END' &
import os, sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
for statement in sys.argv[2:]:
    connection.execute(statement).fetchall()
open("holding", "w").close()
while not os.path.exists("release"):
    time.sleep(0.02)
connection.close()
END
	holder=$!
	while [ ! -e holding ] && kill -0 $holder 2>/dev/null; do sleep 0.05; done
}
held "$DB" "BEGIN EXCLUSIVE" "UPDATE note SET at = at + 1"
started=$(date +%s)
run "$TLSRPT" summary $(options summary)
is "$code$(cat err)" 0 "while somebody writes: read"
[ $(($(date +%s) - started)) -le 2 ]
ok $? "and at once"
touch release
wait $holder
mkdir held
cp whole.db held/x.db
DB=$WORK/held/x.db
held "$DB" "PRAGMA locking_mode=EXCLUSIVE" "PRAGMA journal_mode=WAL" "BEGIN IMMEDIATE" "UPDATE note SET at = at + 1"
started=$(date +%s)
run timeout 60 "$TLSRPT" summary $(options summary)
took=$(($(date +%s) - started))
is "$code$(wc -l <err | tr -d ' ')$(cat out)" 11 "held by somebody who lets nobody in: 1 and one line"
matches "$(cat err)" '^tlsrpt: .*(locked|busy)' "that says so"
[ $took -le 15 ]
ok $? "after at most 15 s ($took s)"
touch release
wait $holder
DB=$STORE/x.db

# --- usage: 2
used() {
	run "$TLSRPT" "$@"
	is "$code$(wc -l <err | tr -d ' ')$(cat out)" 21 "usage: tlsrpt $*: 2 and one line"
	matches "$(cat err)" '^tlsrpt: ' "usage: tlsrpt $*: that says who"
}
used nonsense
used --nonsense
used summary --nonsense
used summary operand
used show
used show 1 2
used explain no-such-failure
used help nonsense
used summary --format xml
used summary --format prometheus --db "$DB"
used summary --since "the day before" --db "$DB"
used summary --since 2026-11-10 --until 2026-11-09 --db "$DB"
used summary --since
used show -c empty.conf --db "$DB" 999999
used show -c empty.conf --db "$DB" no-such-report
run "$TLSRPT" show - -c empty.conf <"$DATA/mail/bad/corrupt-gzip.eml"
is "$code$(wc -l <err | tr -d ' ')" 11 "show - of a bad message: 1 and one line"
run "$TLSRPT" show - -c empty.conf </dev/null
is "$code$(wc -l <err | tr -d ' ')" 11 "show - of nothing: 1 and one line"
run "$TLSRPT" show "$DATA/mail/good/google-2026-11-14-certificate-expired.eml" -c empty.conf
is "$code$(cat err)" 0 "show of a file"
cp out shown
run "$TLSRPT" show - -c empty.conf <"$DATA/mail/good/google-2026-11-14-certificate-expired.eml"
is "$(cat out)" "$(cat shown)" "is as of standard input"

# --- output that goes nowhere
for command in $COMMANDS explain show help --help --version; do
	case $command in
	help | --help | --version | explain) set -- "$command" ;;
	show) set -- show -c empty.conf --db "$DB" 4 ;;
	*) set -- $command $(options $command) ;;
	esac
	run "$TLSRPT" "$@"
	is "$code$(cat err)" 0 "$command"
	"$TLSRPT" "$@" >/dev/full 2>err
	is "$?$(wc -l <err | tr -d ' ')" 11 "$command >/dev/full: 1 and one line"
	"$TLSRPT" "$@" >&- 2>err
	is "$?$(wc -l <err | tr -d ' ')" 11 "$command with standard output closed: 1 and one line"
done
"$TLSRPT" summary --help >/dev/full 2>err
is "$?$(wc -l <err | tr -d ' ')" 11 "summary --help >/dev/full: 1 and one line"
for format in text json ndjson csv prometheus; do
	"$TLSRPT" export $(options export) -f $format >/dev/full 2>err
	is "$?$(wc -l <err | tr -d ' ')" 11 "export -f $format >/dev/full: 1 and one line"
	# More than a pipe holds, and its reader gone.
	{ "$TLSRPT" explain -f json 2>err; echo $? >code; } | head -1 >first
	is "$(cat err)" "" "a closed pipe: no words"
done
{ (trap '' PIPE; sleep 0.2; exec "$TLSRPT" reports $(options reports)) 2>err; } | true
is "$(cat err)" "" "a closed pipe, with SIGPIPE ignored: no words"
"$TLSRPT" summary $(options summary) 2>&- >out
is "$?" 0 "standard error closed"
"$TLSRPT" summary $(options summary) <&- >out 2>err
is "$?" 0 "standard input closed"

# --- which store
TLSRPT_DB=$DB "$TLSRPT" status -c empty.conf >out 2>err
is "$?$(cat err)" 0 "of TLSRPT_DB"
printf '[store]\nuri=%s\n' "$DB" >store.conf
"$TLSRPT" status -c store.conf >out 2>err
is "$?$(cat err)" 0 "of the configuration"
TLSRPT_DB=/nonexistent/x.db "$TLSRPT" status -c store.conf --db "sqlite:$DB" >out 2>err
is "$?$(cat err)" 0 "of --db"
(cd "$STORE" && "$TLSRPT" status -c "$WORK/empty.conf" --db x.db >"$WORK/out" 2>"$WORK/err")
is "$?$(cat err)" 0 "relative to here"
"$TLSRPT" -c empty.conf --db "$DB" $SINCE >out 2>err
is "$?$(cat err)" 0 "no command is summary"
"$TLSRPT" summary $(options summary) | cmp -s - out
ok $? "the same"

# --- where the command stands
"$TLSRPT" summary $(options summary) >behind
"$TLSRPT" $(options summary) summary >out 2>err
is "$?$(cat err)" 0 "options stand before the command, too"
cmp -s out behind
ok $? "and give the same"
"$TLSRPT" --db /nonexistent/x.db --ascii summary $(options summary) >out 2>err
is "$?$(cat err)" 0 "an option that is given on both sides"
cmp -s out behind
ok $? "is the last one"
"$TLSRPT" --since=7d --db "$DB" status -c empty.conf >out 2>err
is "$?$(cat err)" "2tlsrpt: unknown option --since; see tlsrpt help status" "an option that the command does not take"
"$TLSRPT" --domain >out 2>err
is "$?$(cat err)" "2tlsrpt: Missing argument for --domain" "an option without its value"

# --- a mistyped command
"$TLSRPT" --db "$DB" sumary >out 2>err
is "$?$(cat err)" '2tlsrpt: no command "sumary"; did you mean "summary"? See tlsrpt help' "a suggestion"
"$TLSRPT" help digset >out 2>err
is "$?$(cat err)" '2tlsrpt: no command "digset"; did you mean "digest"? See tlsrpt help' "of help, too"
"$TLSRPT" banana >out 2>err
is "$?$(cat err)" '2tlsrpt: no command "banana"; see tlsrpt help' "nothing is like it"
"$TLSRPT" help help >out 2>err
is "$?$(cat err)" 0 "help helps with itself"
finish
