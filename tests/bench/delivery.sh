#!/bin/sh
# What one delivery costs: delivery.sh BUILD-FOLDER prints one line a figure, the target beside it.
# Counts repeat from run to run; the wall time is a ratio of two commands of one run.
set -eu

bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/tlsrpt-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
cd "$work"
mkdir messages none
python3 "$here/typical.py" messages 600 3
python3 "$here/typical.py" none 600 0
db=$work/bench.db
deliver() {
	"$bin/tlsrpt-ingest" -c /dev/null --log stderr -q --db "$db" <"$1"
}
fill() {
	rm -f "$db"*
	for message in "$@"; do
		deliver "$message"
	done
}
line() {
	printf '%-58s %12s   %s\n' "$1" "$2" "$3"
}

line "one delivery" "measured" "target / stretch"

# A store that has seen every sender and most domains already.
fill messages/0000[0-4]*.eml
cp "$db" full.db
valgrind --tool=callgrind --trace-children=yes --callgrind-out-file="$work/cg.%p" --quiet \
	"$bin/tlsrpt-ingest" -c /dev/null --log stderr -q --db "$db" <messages/0000599.eml 2>/dev/null
# The child's count holds what the process did before the fork, and so does the supervisor's; that
# is about what --version does.
valgrind --tool=callgrind --callgrind-out-file="$work/start" --quiet "$bin/tlsrpt-ingest" --version >/dev/null 2>&1
instructions=$(sed -n 's/^totals: //p' cg.* start | sort -n | awk '{ n[NR] = $1 }
	END { printf "%.2f M", (n[3] + n[2] - n[1]) / 1e6 }')
line "instructions, supervisor and child" "$instructions" "9.8 M / 7.0 M"

deliver messages/0000598.eml
strace -f -e trace=fsync,fdatasync -o trace "$bin/tlsrpt-ingest" -c /dev/null --log stderr -q --db "$db" <messages/0000597.eml
line "fsyncs, most of the time" "$(grep -cE '(fsync|fdatasync)\(' trace)" "5 / 2"
total=0
for i in $(seq 500 596); do
	strace -f -e trace=fsync,fdatasync -o trace "$bin/tlsrpt-ingest" -c /dev/null --log stderr -q --db "$db" <messages/0000$i.eml
	total=$((total + $(grep -cE '(fsync|fdatasync)\(' trace)))
done
line "fsyncs, mean of 97 (with the checkpoints)" "$(awk -v t=$total 'BEGIN { printf "%.2f", t / 97 }')" ""

time -q -f %M -o rss "$bin/tlsrpt-ingest" -c /dev/null --log stderr -q --db "$db" <messages/0000596.eml
line "largest RSS of either process" "$(awk '{ printf "%.1f MiB", $1 / 1024 }' rss)" "PSS of both 10 MiB"

# The sqlite3 shell doing the same inserts: the statements that a delivery runs, as text.
cat >inserts.sql <<'SQL'
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
BEGIN IMMEDIATE;
INSERT INTO report (sender, report_id, report_domain, start_at, end_at, received_at) VALUES (1, 'x' || random(), 1, 1785542400, 1785628799, 1785700000);
INSERT INTO identity (digest, report) VALUES (randomblob(32), last_insert_rowid());
INSERT INTO raw (report, message_id, is_report, sent_at, content) VALUES ((SELECT max(id) FROM report), 'x', 1, 0, randomblob(553));
INSERT INTO policy (report, policy_domain, policy_type, policy_text, mx_list, successful_sessions, failed_sessions) VALUES ((SELECT max(id) FROM report), 1, 1, 1, 1, 100, 6);
INSERT INTO failure (policy, result_type, receiving_mx, failed_sessions, sending_mta_ip, receiving_ip) VALUES ((SELECT max(id) FROM policy), 1, 1, 1, '192.0.2.1', '198.51.100.1');
INSERT INTO failure (policy, result_type, receiving_mx, failed_sessions, sending_mta_ip, receiving_ip) VALUES ((SELECT max(id) FROM policy), 1, 1, 2, '192.0.2.2', '198.51.100.2');
INSERT INTO failure (policy, result_type, receiving_mx, failed_sessions, sending_mta_ip, receiving_ip) VALUES ((SELECT max(id) FROM policy), 1, 1, 3, '192.0.2.3', '198.51.100.3');
INSERT INTO daily_type VALUES (20666, 1, 1, 1, 1, 1, 100, 6) ON CONFLICT DO UPDATE SET reports = reports + 1, successful_sessions = successful_sessions + 100, failed_sessions = failed_sessions + 6;
INSERT INTO daily_domain VALUES (20666, 1, 1, 1, 1, 106, 6) ON CONFLICT DO UPDATE SET reports = reports + 1, sessions = sessions + 106, failed_sessions = failed_sessions + 6;
INSERT INTO incident_day VALUES (1, 20666, 1, 1, 1, 1, 0) ON CONFLICT DO UPDATE SET reports = reports + 1, failed_sessions = failed_sessions + 1;
INSERT INTO incident_day VALUES (2, 20666, 1, 1, 1, 2, 0) ON CONFLICT DO UPDATE SET reports = reports + 1, failed_sessions = failed_sessions + 2;
INSERT INTO incident_day VALUES (3, 20666, 1, 1, 1, 3, 0) ON CONFLICT DO UPDATE SET reports = reports + 1, failed_sessions = failed_sessions + 3;
INSERT INTO policy_day VALUES (1, 1, 1, 1, 20666, 20666) ON CONFLICT DO UPDATE SET last_day = max(last_day, 20666);
COMMIT;
SQL
cp full.db shell.db
sqlite3 shell.db "PRAGMA journal_mode = WAL" >/dev/null
# Each run delivers another report: the JSON with another id.
python3 - <<'PY'
import gzip, base64, glob, email, json
m = email.message_from_bytes(open("messages/0000599.eml", "rb").read())
report = json.loads(gzip.decompress(m.get_payload()[1].get_payload(decode=True)))
head, rest = open("messages/0000599.eml").read().split("Content-Transfer-Encoding: base64\n\n")
for i in range(400):
    report["report-id"] = f"run-{i}"
    data = gzip.compress(json.dumps(report, separators=(",", ":")).encode(), 9, mtime=0)
    open(f"run-{i}.eml", "w").write(head + "Content-Transfer-Encoding: base64\n\n"
                                    + base64.encodebytes(data).decode() + "--0000000000b--\n")
PY
cat >ratio.py <<'PY'
import subprocess, sys, time
ingest, db = sys.argv[1:]
ours, shell = [], []
sql = open("inserts.sql").read()
for i in range(400):
    t = time.perf_counter()
    subprocess.run([ingest, "-c", "/dev/null", "--log", "stderr", "-q", "--db", db],
                   stdin=open(f"run-{i}.eml"), check=True)
    ours.append(time.perf_counter() - t)
    t = time.perf_counter()
    subprocess.run(["sqlite3", "shell.db"], stdin=open("inserts.sql"), check=True)
    shell.append(time.perf_counter() - t)
ours.sort(); shell.sort()
m = len(ours) // 2
print(f"{ours[m] / shell[m]:.2f} ({ours[m] * 1000:.1f}/{shell[m] * 1000:.1f} ms)")
PY
line "wall, ratio to the sqlite3 shell (medians of 400)" "$(python3 ratio.py "$bin/tlsrpt-ingest" "$db")" "1.6 / 1.3"

# Bytes a report, without and with raw.
bytes() {
	sqlite3 "$db" "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
	sqlite3 "$db" "DELETE FROM raw; VACUUM"
	stat -c %s "$db"
}
fill $(ls messages/*.eml | head -100)
small=$(bytes)
fill messages/*.eml
with=$(stat -c %s "$db")
large=$(bytes)
line "bytes a report without raw, 3 failures" "$(((large - small) / 500))" "450 / 350"
fill $(ls none/*.eml | head -100)
small=$(bytes)
fill none/*.eml
large=$(bytes)
line "bytes a report without raw, no failure" "$(((large - small) / 500))" "240 / 185"
