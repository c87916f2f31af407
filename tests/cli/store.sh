#!/bin/sh
# The store's own troubles: each is 75, leaves the store as it was, and costs no report.
. "$TESTS/cli/lib.sh"

good=$DATA/mail/good/google-2026-11-14-certificate-expired.eml
other=$DATA/mail/good/microsoft-2026-10-12-success.eml
newest=$(sed -n 's/.*\.version = \([0-9]*\),.*/\1/p' "$SOURCE/src/store/schema.c")
printf '[ingest]\ndeadline=2s\n' >short.conf

# refused NAME PATTERN: a delivery is 75, with that message
refused() {
	run "$INGEST" -c short.conf --db "$DB" <"$good"
	is "$code" 75 "$1: 75"
	matches "$(cat err)" "^tlsrpt-ingest: not stored, try again: .*$2" "$1: the reason"
}

# accepted NAME REPORTS
accepted() {
	run "$INGEST" -c short.conf --db "$DB" <"$good"
	is "$code $(sql 'SELECT count(*) FROM reports')" "0 $2" "$1: stored"
}

# sums of what is there, to see that it is as it was
sums() {
	for file in "$DB"*; do
		case $file in
		*-shm | *-lock) ;;
		*) cksum <"$file" ;;
		esac
	done
}

# --- how it is made
ingest <"$other"
is "$(sql 'PRAGMA application_id')|$(sql 'PRAGMA auto_vacuum')|$(sql 'PRAGMA journal_mode')|$(sql 'SELECT version FROM version')" \
	"1414288210|2|wal|$newest" "application id, auto_vacuum, journal mode, version"
is "$(sql 'PRAGMA integrity_check')$(sql 'PRAGMA foreign_key_check')" "ok" "sound"
is "$(sql "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite%'")" 0 "every table is strict"

# --- held by others
hold() {
	# Holds the write lock until the file "release" is there.
	rm -f release held
	python3 - "$DB" <<'PY' &
import os, sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
open("held", "w").close()
for _ in range(600):
    if os.path.exists("release"):
        break
    time.sleep(0.05)
db.execute("ROLLBACK")
PY
	holder=$!
	while [ ! -e held ]; do sleep 0.02; done
}
release() {
	: >release
	wait "$holder"
}
hold_turn() {
	rm -f release
	flock "$DB-lock" sh -c 'until [ -e release ]; do sleep 0.02; done' &
	holder=$!
	until ! flock -n "$DB-lock" true; do sleep 0.02; done
}
hold
refused "locked by another program" "database is locked"
release
accepted "after the lock is gone" 2
hold_turn
refused "other writers hold it" "busy"
release

# Writers have their turn in the order in which they came, whoever wakes first; but one that was
# stopped while it waited does not hold up those behind it.
waiting() { # KIND of lock
	awk -v "inode=$(stat -c %i "$DB-lock")" -v "kind=$1" \
		'$2 == "->" && $3 ~ kind { split($7, file, ":"); n += file[3] == inode } END { print n + 0 }' /proc/locks
}
wait_for() { # COUNT [KIND]
	tries=0
	while [ "$(waiting "${2:-LCK|LOCK}")" -lt "$1" ] && [ $tries -lt 200 ]; do
		sleep 0.02
		tries=$((tries + 1))
	done
}
for place in 1 2 3 4 5 6 7 8; do
	sed "s/2026-11-09T00:00:00Z_example.com/number-$place/" "$SOURCE/tests/data/json/good/google.json" >"$place.json"
done
# A delivery has patience with the one before it for a second, after which it waits out of turn; on a
# machine that takes longer to start eight of them nothing can be seen, and it is tried again.
attempt=0
while [ $attempt -lt 10 ]; do
	attempt=$((attempt + 1))
	fresh_store
	ingest <"$other"
	hold_turn
	deliveries=
	begun=$(date +%s%3N)
	for place in 1 2 3 4 5 6 7 8; do
		"$INGEST" -c /dev/null --log stderr -q --db "$DB" <"$place.json" &
		deliveries="$deliveries $!"
		wait_for $place
	done
	# The kernel's list is not of one moment: it may show one twice who is just going from one to the other.
	for _ in 1 2 3 4 5; do
		queue="$(waiting FLOCK) $(waiting OFDLCK)"
		[ "$queue" != "1 7" ] || break
		sleep 0.02
	done
	[ $(($(date +%s%3N) - begun)) -ge 900 ] || break
	release
	for delivery in $deliveries; do
		wait "$delivery"
	done
done
is "$queue" "1 7" "of eight deliveries one waits for the lock, the others in the queue"
release
for delivery in $deliveries; do
	wait "$delivery"
	is $? 0 "and get it"
done
is "$(sql "SELECT group_concat(substr(report_id, 8), ' ') FROM (SELECT report_id FROM reports WHERE report_id LIKE 'number-%' ORDER BY id)")" \
	"1 2 3 4 5 6 7 8" "in the order in which they came"

fresh_store
ingest <"$good"
hold_turn
"$BIN/tlsrpt" note -c /dev/null --db "$DB" 1 "seen" >noted 2>&1 &
stopped=$!
wait_for 1
kill -STOP $stopped
"$INGEST" -c /dev/null --log stderr -q --db "$DB" <"$other" &
delivery=$!
wait_for 1 OFDLCK
release
wait $delivery
is $? 0 "a delivery behind a stopped process is stored"
kill -CONT $stopped
wait $stopped
is "$? $(sql 'SELECT text FROM notes')" "0 seen" "which goes on later"

# --- not ours
fresh_store
sqlite3 "$DB" "CREATE TABLE other (a); INSERT INTO other VALUES (1)"
before=$(sums)
refused "a database of another program" "another program"
is "$(sums)" "$before" "is untouched"
fresh_store
sqlite3 "$DB" "PRAGMA application_id = 1"
refused "another application id" "another program"
fresh_store
head -c 8192 /dev/urandom >"$DB"
before=$(sums)
refused "no database at all" "not a database"
is "$(sums)" "$before" "is untouched"
fresh_store
ingest <"$other"
sqlite3 "$DB" "UPDATE version SET version = 99"
before=$(sql "SELECT count(*) FROM report")
refused "a newer schema" "schema version 99, this program knows up to $newest"
is "$(sql "SELECT count(*) FROM report")" "$before" "is untouched"

# --- half made
fresh_store
: >"$DB"
accepted "an empty file" 1
fresh_store
sqlite3 "$DB" "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL" >/dev/null
accepted "a file without tables" 1
is "$(sql 'PRAGMA auto_vacuum')" 2 "with auto_vacuum"

# --- damaged
fresh_store
ingest <"$other"
sqlite3 "$DB" "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
rm -f "$DB-wal" "$DB-shm"
size=$(stat -c %s "$DB")
dd if=/dev/urandom of="$DB" bs=4096 seek=1 count=$((size / 4096 - 1)) conv=notrunc 2>/dev/null
refused "a corrupt store" "(malformed|corrupt)"

# --- no room
fresh_store
ingest <"$other"
(
	ulimit -f 100
	run "$INGEST" -c short.conf --db "$DB" <"$good"
	echo "$code" >code
)
is "$(cat code) $(sql 'SELECT count(*) FROM reports')" "75 1" "a file size limit: 75, as it was"
matches "$(cat err)" "^tlsrpt-ingest: not stored, try again: the store: " "and said"
is "$(sql 'PRAGMA integrity_check')" ok "sound"
accepted "without the limit" 2

if [ "$(id -u)" -eq 0 ]; then
	mkdir small
	if mount -t tmpfs -o size=300k none small 2>/dev/null; then
		DB=$WORK/small/full.db
		refused "a full disk, while it is made" "."
		umount small
		mount -t tmpfs -o size=900k none small
		ingest <"$other"
		is "$code" 0 "room for one"
		dd if=/dev/zero of=small/filler bs=1k count=2000 2>/dev/null
		refused "a full disk" "."
		is "$(sql 'SELECT count(*) FROM reports')|$(sql 'PRAGMA integrity_check')" "1|ok" "as it was"
		rm small/filler
		accepted "with room again" 2
		DB=$WORK/test.db
		umount small
	else
		skip "no tmpfs can be mounted"
	fi

	# --- no permission, as a user that is not root
	fresh_store
	ingest <"$other"
	cp "$INGEST" ./program
	chmod 755 . program
	chmod 644 "$DB" "$DB-wal" "$DB-shm" "$DB-lock" short.conf
	as_nobody() {
		run setpriv --reuid nobody --regid nogroup --clear-groups "$@"
	}
	as_nobody ./program -c "$WORK/short.conf" --db "$DB" <"$good"
	is "$code" 75 "a store that may only be read: 75"
	chmod 666 "$DB" "$DB-wal" "$DB-shm" "$DB-lock"
	mkdir readonly
	as_nobody ./program -c "$WORK/short.conf" --db "$WORK/readonly/x.db" <"$good"
	is "$code" 75 "a directory that may only be read: 75"

	# --- readers who may only read, before, during and after deliveries
	chmod 644 "$DB" "$DB-wal" "$DB-shm"
	as_nobody sqlite3 -readonly "$DB" "SELECT count(*) FROM reports"
	is "$code$(cat out)" 01 "a reader with read permission alone, while no writer is there"
	run "$INGEST" -c short.conf --db "$DB" <"$good"
	as_nobody sqlite3 -readonly "$DB" "SELECT count(*) FROM reports"
	is "$code$(cat out)" 02 "and after a delivery"
fi

# --- a network file system, by an injected fstatfs
cat >fstatfs.c <<'C'
#define _GNU_SOURCE
#include <sys/vfs.h>
#include <string.h>
int fstatfs(int fd, struct statfs *s) { (void)fd; memset(s, 0, sizeof(*s)); s->f_type = 0x6969; return 0; }
C
if [ "${TLSRPT_SANITIZED:-0}" = 0 ]; then
	cc -shared -fPIC -o fstatfs.so fstatfs.c
	fresh_store
	LD_PRELOAD=$WORK/fstatfs.so run "$INGEST" -c short.conf --db "$DB" <"$good"
	is "$code" 75 "a network file system: 75"
	matches "$(cat err)" "network file system \(NFS\)" "and said"
	[ ! -e "$DB" ]
	ok $? "nothing is made there"
fi

# --- many at once
# How long they may take is no matter here.
printf '[ingest]\ndeadline=60s\n' >patient.conf
# burst N: N deliveries at the same time, of different reports; how many did not exit 0
burst() {
	seq "$1" | while read -r i; do
		sed "s/\"report-id\":\"[^\"]*\"/\"report-id\":\"burst-$i\"/" "$DATA/json/good/google.json" >"burst-$i.json"
	done
	seq "$1" | xargs -P "$1" -I @ sh -c '"$0" -c patient.conf --db "$1" <burst-@.json || echo failed' "$INGEST" "$DB" 2>err | grep -c failed
}
fresh_store
is "$(burst 32)" 0 "32 processes make the store at once: all succeed"
is "$(sql 'SELECT count(*) FROM reports')|$(sql 'PRAGMA integrity_check')" "32|ok" "all are stored"
is "$(sql 'PRAGMA auto_vacuum')$(sql 'PRAGMA journal_mode')" 2wal "made right"
is "$(sql 'SELECT reports FROM daily_total')" 32 "all are counted"
is "$(sql "SELECT count(*) FROM findings WHERE code = 'same-id'")" 0 "none has an id of another"

# --- the WAL stays small
fresh_store
most=0
for i in $(seq 1 60); do
	sed "s/\"report-id\":\"[^\"]*\"/\"report-id\":\"wal-$i\"/" "$DATA/json/good/google.json" |
		"$INGEST" -c empty.conf --db "$DB"
	size=$(stat -c %s "$DB-wal")
	[ "$size" -le $most ] || most=$size
done
[ $most -gt 0 ] && [ $most -le 1000000 ]
ok $? "the WAL stays below 1 MB: $most"

# --- same-id
fresh_store
for i in 1 2; do
	sed "s/\"total-successful-session-count\": *[0-9]*/\"total-successful-session-count\":7$i/" \
		"$DATA/json/good/google.json" >"same-$i.json"
	ingest <"same-$i.json"
done
is "$code $(sql 'SELECT count(*) FROM reports')" "0 2" "another report under the same id counts"
is "$(sql "SELECT path, code FROM findings WHERE report = 2 AND code = 'same-id'")" '$.report-id|same-id' "with a finding"
finish
