#!/bin/sh
# What the questions cost on a large store: read.sh BUILD-FOLDER STORE [RUNS] prints one line a
# question; the store of big-store.py is made where there is none.  The yardstick is the sqlite3
# shell with a query for the same answer over the totals, written for speed.  The two take turns,
# and medians are compared, since the times of a busy machine drift.
set -eu

bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
store=$(realpath "$2")
runs=${3:-15}
work=$(mktemp -d "${TMPDIR:-/tmp}/tlsrpt-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
[ -e "$store" ] || python3 "$here/big-store.py" "$bin/tlsrpt-ingest" "$store"
cd "$work"
until=$(sqlite3 -readonly "$store" "SELECT max(day) FROM daily_total_row")

# Sums over all organizations are in daily_sum, by day and domain, and there for domains (incident
# 0) and for incidents.
trend() {
	cat <<SQL
SELECT date(day * 86400, 'unixepoch'), sum(sessions), sum(failed_sessions), sum(reports)
FROM daily_sum WHERE day BETWEEN $1 AND $until AND incident = 0 GROUP BY day;
SQL
}
# Only who saw it has to be counted by the rows of organizations.
failures() {
	incidents "$1" "(SELECT count(DISTINCT organization) FROM incident_day JOIN reporter ON reporter.id = reporter
     WHERE incident_day.incident = t.incident AND day BETWEEN $1 AND $until)"
}
incidents() {
	cat <<SQL
SELECT incident.id, domain.name, policy_type.name, result_type.name, mx.name, mode, first_day,
    last_day, days, reports, $2, failed_sessions,
    (SELECT text FROM note WHERE note.incident = incident.id AND text <> ''
     ORDER BY at DESC, note.id DESC LIMIT 1),
    (SELECT CASE kind WHEN 'resolve' THEN at END FROM note WHERE note.incident = incident.id
     AND kind IN ('resolve', 'reopen') ORDER BY at DESC, note.id DESC LIMIT 1)
FROM (SELECT incident, count(*) AS days, sum(reports) AS reports,
        sum(failed_sessions) AS failed_sessions
    FROM daily_sum WHERE day BETWEEN $1 AND $until AND incident > 0 GROUP BY incident) AS t
JOIN incident ON incident.id = t.incident
JOIN domain ON domain.id = incident.policy_domain
JOIN policy_type ON policy_type.id = incident.policy_type
JOIN result_type ON result_type.id = incident.result_type
JOIN domain AS mx ON mx.id = incident.receiving_mx
ORDER BY failed_sessions DESC, incident.id;
SQL
}
# The few pairs of a domain and who reported about it by a hash of them rather than by a sort of all
# rows.
summary() {
	cat <<SQL
SELECT domain.name, day, sessions, failed_sessions, reports
FROM daily_sum JOIN domain ON domain.id = policy_domain
WHERE day BETWEEN $1 AND $until AND incident = 0 ORDER BY domain.name, day;
SELECT domain.name, organization.name
FROM (SELECT DISTINCT policy_domain, organization FROM daily_total_row
    JOIN reporter ON reporter.id = reporter
    WHERE day BETWEEN $1 AND $until) AS t
JOIN domain ON domain.id = t.policy_domain JOIN organization ON organization.id = t.organization
ORDER BY domain.name, organization.name;
SQL
	failures "$1"
}
# The incidents of the window with their days, the policies of their domains, shares, and where
# somebody may have fallen silent.
check() {
	incidents "$1" 0
	cat <<SQL
SELECT incident, day FROM daily_sum WHERE day BETWEEN $1 AND $until AND incident > 0;
SELECT domain.name, policy_text.name, first_day, last_day FROM policy_seen_row
JOIN domain ON domain.id = policy_domain JOIN policy_text ON policy_text.id = policy_text
WHERE last_day BETWEEN $1 AND $until;
SELECT policy_domain, sum(sessions), sum(failed_sessions) FROM daily_sum
WHERE day BETWEEN $1 AND $until AND incident = 0 GROUP BY policy_domain;
SELECT DISTINCT policy_domain FROM (SELECT policy_domain FROM daily_total_row
    JOIN reporter ON reporter.id = reporter
    WHERE day BETWEEN $until - 8 AND $until - 4
    GROUP BY policy_domain, organization HAVING max(day + received_after) < $until - 4);
SQL
}

# Who saw what, and where anything failed; no policy of this store is in testing, and each covers its
# MX, so no days are asked for.
policy() {
	cat <<SQL
SELECT domain.name, policy_type.name, policy_text.name, organization.name, first_day, last_day
FROM policy_seen_row JOIN domain ON domain.id = policy_domain
JOIN policy_type ON policy_type.id = policy_type JOIN policy_text ON policy_text.id = policy_text
JOIN reporter ON reporter.id = policy_seen_row.reporter
JOIN organization ON organization.id = reporter.organization
WHERE last_day BETWEEN $1 AND $until
ORDER BY domain.name, policy_type.name;
SELECT DISTINCT domain.name, mx.name FROM incident JOIN domain ON domain.id = incident.policy_domain
JOIN domain AS mx ON mx.id = incident.receiving_mx
WHERE last_day >= $1 AND first_day <= $until ORDER BY domain.name, mx.name;
SQL
}

# What the page shows beside the alarms: the days of each domain, who saw what in the window, who reported when, and
# the policies.
page() {
	cat <<SQL
SELECT domain.name, day, auth, sessions, failed_sessions FROM daily_sum
JOIN domain ON domain.id = policy_domain WHERE day BETWEEN $1 AND $until AND incident = 0;
SELECT incident.id, domain.name, policy_type.name, result_type.name, mx.name, kind.name,
    incident.first_day, incident.last_day FROM incident
JOIN domain ON domain.id = incident.policy_domain JOIN policy_type ON policy_type.id = incident.policy_type
JOIN result_type ON result_type.id = incident.result_type JOIN domain AS mx ON mx.id = incident.receiving_mx
JOIN kind ON kind.id = incident.kind;
SELECT incident, day, reporter, reports, failed_sessions FROM incident_day WHERE day BETWEEN $until - 7 AND $until;
SELECT policy_domain, day, reporter, sessions, failed_sessions FROM daily_total_row
WHERE day BETWEEN $until - 7 AND $until;
SELECT reporter, day, reports FROM reporter_day WHERE day BETWEEN $1 AND $until;
SQL
	policy "$1"
}

cat >measure.py <<'PY'
import statistics, subprocess, sys, time

tlsrpt, store, until, runs = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

def timed(command, query=None):
    with open(query or "/dev/null") as given:
        start = time.perf_counter()
        # check exits with what it found.
        subprocess.run(command, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return (time.perf_counter() - start) * 1000

print(f"{'question':<24} | {'tlsrpt ms':>9} | {'sqlite3 ideal ms':>16} | {'ratio':>5} | target")
for question, days in (("summary", 7), ("summary --since 90d", 90), ("failures --since 7d", 7),
                       ("failures", 28), ("failures --since 90d", 90), ("trend --since 7d", 7),
                       ("trend", 28), ("trend --since 90d", 90), ("check --warning 99", 7),
                       ("policy --since 7d", 7), ("policy", 90), ("page --output -", 90)):
    pair = ([tlsrpt, *question.split(), "--config", "/dev/null", "--db", store,
             "--now", str(until * 86400 + 43200)],), (["sqlite3", "-readonly", store],
                                                      f"{question.split()[0]}-{days}.sql")
    times = [[timed(*one) for one in pair] for _ in range(runs + 1)][1:]  # the first one warms up
    ours, ideal = map(statistics.median, zip(*times))
    target = 5.0 if question.startswith("page") else 2.0
    print(f"{question:<24} | {ours:9.1f} | {ideal:16.1f} | {ours / ideal:5.2f} | {target}", flush=True)
PY
for days in 7 28 90; do
	for question in summary failures trend policy check page; do
		$question $((until - days)) >$question-$days.sql
	done
done
python3 measure.py "$bin/tlsrpt" "$store" "$until" "$runs"
