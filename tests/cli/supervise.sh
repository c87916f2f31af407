#!/bin/sh
# The supervisor: what becomes of a message when the work dies, hangs or is killed.  With the
# binary that has places for faults.
. "$TESTS/cli/lib.sh"

INGEST=$BIN/tests/tlsrpt-ingest-hooks
good=$DATA/mail/good/google-2026-11-14-certificate-expired.eml
other=$DATA/mail/good/microsoft-2026-10-12-success.eml
printf '[ingest]\ndeadline=2s\n' >short.conf
# A sanitizer's report of the fault is not ours to read, but it must not turn it into an exit code.
export ASAN_OPTIONS="handle_segv=0:handle_abort=0:${ASAN_OPTIONS:-}"

# What is in the store: reports, then the quarantine's reasons.
contents() {
	if [ -e "$DB" ]; then
		sql "SELECT (SELECT count(*) FROM reports) || ' ' || coalesce((SELECT group_concat(reason) FROM quarantined), '-')"
	else
		echo "0 -"
	fi
}

tries=1
# fault PLACE:FAULT CODE CONTENTS [OPTION...]: ends so, and after redelivery without the fault the
# report is there once, if it is not in quarantine
fault() {
	fault=$1 wanted=$2 in_store=$3
	shift 3
	fresh_store
	for _ in $(seq "$tries"); do
		TLSRPT_TEST_FAULT=$fault run "$INGEST" -c short.conf --db "$DB" "$@" <"$good"
		[ "$code" -eq 75 ] || break
	done
	is "$code $(contents)" "$wanted $in_store" "$fault $*"
	[ "$(grep -vc '^tlsrpt-ingest: ' err)" -eq 0 ]
	ok $? "$fault $*: every line has the program's name"
	[ "$wanted" -eq 0 ] && [ "$(contents)" != "0 -" ] || matches "$(cat err)" . "$fault $*: and there is one"
	run "$INGEST" -c short.conf --db "$DB" <"$good"
	is "$code $(sql 'SELECT count(*) FROM reports')" "0 1" "$fault $*: redelivered, once"
}

# Dying of the message is the message's fault: it is kept.
fault parsing:segv 0 "0 crashed"
fault parsing:abort 0 "0 crashed"
fault parsing:sleep 0 "0 too-costly"
fault parsing:spin 0 "0 too-costly"
# With --reject, 65 and nothing kept.
fault parsing:segv 65 "0 -" --reject
fault parsing:sleep 65 "0 -" --reject
# Being killed from outside, and anything before and after the parsing, is not.
fault parsing:kill 75 "0 -"
fault parsing:term 75 "0 -"
fault parsing:exit 75 "0 -"
for place in reading storing; do
	for death in segv abort kill term exit; do
		fault $place:$death 75 "0 -"
	done
done
fault storing:sleep 75 "0 -"
fault "storing reports:sleep" 75 "0 -"
# On a busy machine it may not get the processor time that shows it; then the mail system tries again.
tries=6
fault "storing reports:spin" 0 "0 too-costly"
tries=1
# A fault in the supervisor itself; a sanitizer's build reports it instead.
if [ "${TLSRPT_SANITIZED:-0}" = 0 ]; then
	for death in segv abort trap stack cpu; do
		fault supervising:$death 75 "0 -"
		# A mail system that is not read to the end takes that for a delivery.
		{ head -c 1000000 /dev/zero && echo all >fed; } |
			TLSRPT_TEST_FAULT=supervising:$death "$INGEST" -c short.conf --db "$DB" 2>err
		is "$(cat fed)" all "supervising:$death: the input is read to its end"
		rm fed
		TLSRPT_TEST_FAULT=supervising:$death REQUEST_METHOD=POST \
			CONTENT_TYPE=application/tlsrpt+json run "$INGEST" -c short.conf --db "$DB" --cgi <"$good"
		is "$code $(head -n 1 out | tr -d '\r')" "0 Status: 503 Service Unavailable" \
			"supervising:$death: --cgi answers"
	done
	TLSRPT_TEST_FAULT=supervising:segv run "$INGEST" -q -c short.conf --db "$DB" <"$good"
	is "$code $(cat err)" "75 " "supervising:segv: nothing is said with -q"
fi
# Memory limits are of the Release build.
if [ "${TLSRPT_SANITIZED:-0}" = 0 ]; then
	fault parsing:memory 0 "0 too-costly"
	# One that gets no memory whenever it tries, though there is some, asks for what nobody has.
	fault parsing:trap 0 "0 too-costly"
	fault storing:memory 75 "0 -"
	# A tighter limit of the system's is not the message's fault.
	fresh_store
	(ulimit -d 60000 && TLSRPT_TEST_FAULT=parsing:memory "$INGEST" -c short.conf --db "$DB" <"$good") 2>err
	is "$? $(contents)" "75 0 -" "out of memory by a limit that is not ours"
	fresh_store
	(ulimit -d 60000 && TLSRPT_TEST_FAULT=parsing:segv "$INGEST" -c short.conf --db "$DB" <"$good") 2>err
	is "$? $(contents)" "75 0 -" "any death under such a limit"
	# A report whose tree does not fit: json-c has no error for it.
	python3 - >big.json <<'PY'
import json
row = {"result-type": "certificate-expired", "sending-mta-ip": "192.0.2.1",
       "receiving-mx-hostname": "mx.example.com", "failed-session-count": 1}
policy = {"policy": {"policy-type": "sts", "policy-domain": "example.com"},
          "summary": {"total-failure-session-count": 1}, "failure-details": [row] * 25}
print(json.dumps({"organization-name": "x", "report-id": "big", "policies": [policy] * 1500}))
PY
	for kilobytes in 20000 30000 40000 50000; do
		fresh_store
		(ulimit -d $kilobytes && "$INGEST" -c short.conf --db "$DB" <big.json) 2>err
		is "$? $(contents)" "75 0 -" "a large report with $kilobytes kB, by a limit that is not ours"
		fresh_store
		printf '[ingest]\ndeadline=20s\n[limits]\nmemory=%sK\n' $kilobytes >memory.conf
		run "$INGEST" -c memory.conf --db "$DB" <big.json
		matches "$code $(contents)" "0 0 (too-costly|crashed)" "the same with memory=${kilobytes}K"
	done
	fresh_store
	run "$INGEST" -c empty.conf --db "$DB" <big.json
	is "$code $(contents)" "0 1 -" "and with the memory that it needs"
fi

# --passthrough of a message that the parser died of
fresh_store
TLSRPT_TEST_FAULT=parsing:segv run "$INGEST" -c short.conf --db "$DB" --passthrough <"$good"
cmp -s out "$good"
is "$code$?" 00 "passed through byte for byte"

# The same twice: one in quarantine.
for again in 1 2; do
	TLSRPT_TEST_FAULT=parsing:segv run "$INGEST" -c short.conf --db "$DB" <"$good"
done
is "$code $(contents)" "0 0 crashed" "kept once"
is "$(sql 'SELECT size FROM quarantined')" "$(wc -c <"$good")" "whole"

# --dry-run
fresh_store
TLSRPT_TEST_FAULT=parsing:segv run "$INGEST" -c short.conf -n <"$good"
is "$code $(contents)" "65 0 -" "--dry-run: 65"

# A signal to the supervisor ends the child, too, and in 75.
wait_for_file() {
	tries=0
	while [ ! -s "$1" ] && [ $tries -lt 200 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
}
printf '[ingest]\ndeadline=60s\n' >long.conf
for signal in TERM HUP INT KILL; do
	fresh_store
	rm -f pids
	TLSRPT_TEST_PID_FILE=$WORK/pids TLSRPT_TEST_FAULT=parsing:sleep \
		env --default-signal=INT "$INGEST" -c long.conf --db "$DB" <"$good" 2>err &
	job=$!
	wait_for_file pids
	read -r parent child <pids
	kill -s $signal "$parent"
	wait $job
	code=$?
	tries=0
	while kill -0 "$child" 2>/dev/null && [ $tries -lt 100 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
	kill -0 "$child" 2>/dev/null
	is "$?" 1 "$signal to the supervisor: the child is gone"
	[ "$signal" = KILL ] || is "$code $(contents)" "75 0 -" "$signal to the supervisor: 75"
done

# Signals that the mail system ignores, and a full set of inherited oddities.
fresh_store
(
	trap '' TERM HUP INT PIPE XFSZ CHLD ALRM USR1
	umask 077
	cd / || exit 1
	exec 7<"$good" 9>"$WORK/leak"
	exec env -i "$INGEST" -c "$WORK/short.conf" --db "$DB" <"$good"
) >out 2>err
is "$? $(contents)" "0 1 -" "signals ignored, umask 077, descriptors leaked, no environment"
is "$(stat -c %a "$DB" "$DB-wal" "$DB-shm" "$DB-lock" | tr '\n' ' ')" "640 640 640 600 " "the modes are ours"
# Signals blocked.
fresh_store
python3 - "$INGEST" "$WORK/short.conf" "$DB" "$good" <<'PY'
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
os.dup2(os.open(sys.argv[4], os.O_RDONLY), 0)
os.execv(sys.argv[1], [sys.argv[1], "-c", sys.argv[2], "--db", sys.argv[3]])
PY
is "$? $(contents)" "0 1 -" "all signals blocked"

# Standard input as a file, a pipe and a socket; a working directory that is gone.
for kind in file pipe socket; do
	fresh_store
	python3 - $kind "$good" "$INGEST" -c "$WORK/short.conf" --db "$DB" <<'PY'
import os, socket, subprocess, sys, tempfile
kind, message, command = sys.argv[1], open(sys.argv[2], "rb").read(), sys.argv[3:]
gone = tempfile.mkdtemp()
os.chdir(gone)
os.rmdir(gone)
if kind == "file":
    sys.exit(subprocess.run(command, stdin=open(sys.argv[2], "rb")).returncode)
if kind == "pipe":
    sys.exit(subprocess.run(command, input=message).returncode)
ours, theirs = socket.socketpair()
child = subprocess.Popen(command, stdin=theirs)
theirs.close()
ours.sendall(message)
ours.shutdown(socket.SHUT_WR)
sys.exit(child.wait())
PY
	is "$? $(contents)" "0 1 -" "standard input is a $kind, and the working directory is gone"
done
if [ "${TLSRPT_SANITIZED:-0}" = 0 ]; then
	# What Dovecot's LMTP service allows.
	fresh_store
	(ulimit -v 262144 && ulimit -d 262144 && "$INGEST" -c short.conf --db "$DB" <"$good")
	is "$? $(contents)" "0 1 -" "within 256 MB of address space"
	# What Postfix's local(8) allows.
	fresh_store
	(ulimit -f 50000 && "$INGEST" -c short.conf --db "$DB" <"$good")
	is "$? $(contents)" "0 1 -" "with a file size limit"
fi
# Lines of any length.
fresh_store
{ printf 'X-Long: %s\n' "$(head -c 30000 /dev/zero | tr '\0' x)" && cat "$good"; } >long.eml
run "$INGEST" -c short.conf --db "$DB" <long.eml
is "$code $(contents)" "0 1 -" "a line of 30000 bytes"

# Input that never ends is given up.
fresh_store
mkfifo never
sleep 60 >never &
holder=$!
TLSRPT_TEST_IDLE_MS=300 timeout 10 "$INGEST" -c short.conf --db "$DB" <never 2>err
is "$? $(contents)" "75 0 -" "an input that never ends"
kill $holder
matches "$(cat err)" 'not stored, try again: cannot read the message: ' "and said"

# Slow input is waited for, and does not use up the budget.
fresh_store
{ head -c 1000 "$good"; sleep 3; tail -c +1001 "$good"; } | {
	run "$INGEST" -c short.conf --db "$DB"
	echo "$code" >code
}
is "$(cat code) $(contents)" "0 1 -" "an input that pauses longer than the deadline"
finish
