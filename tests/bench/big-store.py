#!/usr/bin/env python3
"""A large store, deterministic: big-store.py INGEST FILE makes the store FILE of 1,000,000 reports
with 3 failure rows each, over 90 days and 200 domains, like what typical.py writes as messages.
The program INGEST makes the empty store; the rows go into its tables directly, with their totals."""

import argparse
import atexit
import gzip
import hashlib
import os
import random
import shutil
import sqlite3
import subprocess
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("ingest")
parser.add_argument("file")
parser.add_argument("--reports", type=int, default=1_000_000)
parser.add_argument("--days", type=int, default=90)
parser.add_argument("--domains", type=int, default=200)
parser.add_argument("--failures", type=int, default=3, help="a report")
parser.add_argument("--incidents", type=int, default=12, help="a domain")
parser.add_argument("--seed", type=int, default=8460)
args = parser.parse_args()
FIRST_DAY = 20666  # 2026-08-01
ORGANIZATIONS, HOSTS, PASS = 55, 8, 4
RESULTS = ["certificate-expired", "starttls-not-supported", "validation-failure",
           "certificate-host-mismatch", "certificate-not-trusted", "sts-policy-fetch-error"]
if not args.failures <= args.incidents <= len(RESULTS) * HOSTS:
    parser.error("--incidents must be from --failures to %d" % (len(RESULTS) * HOSTS))
rng = random.Random(args.seed)

# --init wants a directory of its own; and what is there under the final name is complete.
folder = tempfile.mkdtemp(prefix="big-store.", dir=os.path.dirname(os.path.abspath(args.file)))
atexit.register(shutil.rmtree, folder)
path = os.path.join(folder, "store")
init = [args.ingest, "-c", "/dev/null", "--log", "stderr", "-q", "--init", "--db", path]
subprocess.run(init, check=True)
db = sqlite3.connect(path, isolation_level=None)
# A file that is not finished is thrown away, so a journal would be for nobody.
for pragma in "journal_mode = OFF", "synchronous = OFF", "temp_store = MEMORY", "cache_size = -1000000":
    db.execute("PRAGMA " + pragma)
db.execute("BEGIN")


def fill(table, columns, rows):
    marks = ", ".join("?" * (columns.count(",") + 1))
    db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def name_hash(name):
    """As hash.c."""
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 & 0xffffffff
    return (value >> 24 ^ value & 0xffffff) - 0x800000


def text_digest(text):
    """What a long text is found by."""
    return hashlib.sha256(text.encode()).digest()[:16]


def ids_of(table, names):
    """The ids of names, which are added where the store does not know them."""
    db.executemany(f"INSERT OR IGNORE INTO {table} (name) VALUES (?)", ((name,) for name in names))
    known = dict(db.execute(f"SELECT name, id FROM {table}"))
    return [known[name] for name in names]


def fill_texts(table, texts):
    fill(table, "id, digest, name", ((i, text_digest(text), text) for i, text in enumerate(texts, 2)))


# Row 1 of each table is what is unknown.  Ids of domains: the organizations, the policy domains, their
# hosts.
first_domain = 2 + ORGANIZATIONS
first_host = first_domain + args.domains
first_sending, first_receiving = 2, 258
domains = [f"domain{d}.example.com" for d in range(args.domains)]
hosts = [[f"mx{h}.{domain}" for h in range(HOSTS)] for domain in domains]
organizations = [("Google Inc.", "google.com"), ("Microsoft Corporation", "microsoft.com")] + [
    (f"Sender {i}", f"sender{i}.example") for i in range(ORGANIZATIONS - 2)]
fill("organization", "id, name", enumerate((o[0] for o in organizations), 2))
fill("domain", "id, name", enumerate(
    [*(o[1] for o in organizations), *domains, *(h for own in hosts for h in own)], 2))
fill("address", "id, name", enumerate(
    [*(f"192.0.2.{i}" for i in range(256)), *(f"198.51.100.{i}" for i in range(256))], 2))
# These names a new store knows already.
policy_types = ids_of("policy_type", ["sts", "tlsa"])
result_types, kinds = ids_of("result_type", RESULTS), ids_of("kind", RESULTS)
fill_texts("mx_list", map("\n".join, hosts))
fill_texts("policy_text", (
    "\n".join(["version: STSv1", "mode: enforce", *("mx: " + h for h in own), "max_age: 604800"])
    if d % 5 else f"3 1 1 {hashlib.sha256(own[0].encode()).hexdigest()}"
    for d, own in enumerate(hosts)))
fill_texts("contact", ("tls-reports@" + o[1] for o in organizations))
fill("reporter", "id, organization, auth, auth_domain",
     ((i, 1 + i, PASS, 1 + i) for i in range(1, ORGANIZATIONS + 1)))
fill("sender", "id, reporter, contact, submitter, from_domain, first_day",
     ((i, i, 1 + i, 1 + i, 1 + i, 1) for i in range(1, ORGANIZATIONS + 1)))

# The first incidents of a domain last all the time, so that each report has its rows; the others
# come and go.
incidents, active = [], {(d, day): [] for d in range(args.domains) for day in range(args.days)}
for d in range(args.domains):
    for n, (result, host) in enumerate(rng.sample(
            [(r, h) for r in range(len(RESULTS)) for h in range(HOSTS)], args.incidents)):
        lasting = n < args.failures
        start = 0 if lasting else rng.randrange(args.days)
        end = args.days if lasting else min(args.days, start + 1 + rng.randrange(21))
        for day in range(start, end):
            active[d, day].append((len(incidents) + 1, result_types[result], first_host + d * HOSTS + host))
        incidents.append((first_domain + d, policy_types[d % 5 == 0], result_types[result],
                          first_host + d * HOSTS + host, kinds[result], "enforce" if d % 5 else ""))

fill("incident", "policy_domain, policy_type, result_type, receiving_mx, kind, mode", incidents)

# One report of each organization about each domain a day, as far as they go.
reports, identities, policies, failures, names = [], [], [], [], []
on_day = 0
for i in range(args.reports):
    day = i * args.days // args.reports
    on_day = on_day + 1 if i and day == (i - 1) * args.days // args.reports else 0
    d, o = on_day % args.domains, on_day // args.domains % ORGANIZATIONS
    start = (FIRST_DAY + day) * 86400
    own = active[d, day]
    skip = rng.randrange(len(own))
    counts = [1 + rng.randrange(9) for _ in range(args.failures)]
    reports.append((i + 1, FIRST_DAY + day, 1 + o, f"{start}.{on_day}_{domains[d]}", first_domain + d, start,
                    start + 86399, start + 90000 + on_day))
    names.append((name_hash(reports[-1][3]), 2 + o, i + 1))
    identities.append((hashlib.sha256(b"%d" % i).digest()[:16], i + 1))
    policies.append((FIRST_DAY + day, i + 1, 0, first_domain + d, policy_types[d % 5 == 0], 2 + d, 2 + d,
                     rng.randrange(100, 1000), sum(counts)))
    for r, count in enumerate(counts):
        failures.append((FIRST_DAY + day, i + 1, 0, r, *own[(skip + r) % len(own)], count,
                         first_sending + (i + r) % 256, first_receiving + d % 256, 1, "", ""))
    if len(reports) == 50000 or i == args.reports - 1:
        fill("report", "id, day, sender, report_id, report_domain, start_at, end_at, received_at", reports)
        fill("identity", "digest, report", identities)
        fill("raw", "day, report, message_id, is_report, sent_at, is_gzip, content",
             ((r[1], r[0], f"{r[0]}@{organizations[r[2] - 1][1]}", 1, r[7], 1, gzip.compress(b"{}", mtime=0))
              for r in reports))
        fill("policy", "day, report, number, policy_domain, policy_type, policy_text, mx_list,"
             " successful_sessions, failed_sessions", policies)
        fill("failure", "day, report, policy, number, incident, result_type, receiving_mx,"
             " failed_sessions, sending_mta_ip, receiving_ip, reason, receiving_mx_helo,"
             " additional_information", failures)
        for rows in reports, identities, policies, failures:
            rows.clear()

fill("report_name", "hash, organization, report", sorted(names))
# The totals, from the rows: a report has one policy, and names an incident once.  In the order of
# days, in which deliveries come, since it decides how full the pages are.
for statement in """
INSERT INTO daily_row SELECT policy.day, policy_domain, policy_type, reporter, count(*),
    sum(successful_sessions), sum(failed_sessions)
    FROM policy JOIN report ON report.id = policy.report JOIN sender ON sender.id = sender
    GROUP BY 1, 2, 3, 4;
INSERT INTO daily_total_row SELECT day, policy_domain, reporter, reports,
    successful_sessions + failed_sessions, failed_sessions, 1 FROM daily_row;
INSERT INTO incident_day SELECT incident, failure.day, reporter, count(*), sum(failed_sessions),
    min(received_at) / 86400 - failure.day
    FROM failure JOIN report ON report.id = failure.report JOIN sender ON sender.id = sender
    GROUP BY 2, 1, 3;
INSERT INTO reporter_day SELECT reporter, received_at / 86400, count(*)
    FROM report JOIN sender ON sender.id = sender GROUP BY 1, 2;
UPDATE incident SET first_day = t.first, last_day = t.last, mode_at = t.last * 86400
    FROM (SELECT incident AS id, min(day) AS first, max(day) AS last FROM incident_day GROUP BY 1) AS t
    WHERE t.id = incident.id;
DELETE FROM incident WHERE first_day IS NULL;
INSERT INTO daily_sum SELECT day, policy_domain, 0, auth, sum(reports), sum(sessions),
    sum(failed_sessions) FROM daily_total_row JOIN reporter ON reporter.id = reporter GROUP BY 1, 2, 4;
INSERT INTO daily_sum SELECT day, policy_domain, incident, auth, sum(reports), 0,
    sum(failed_sessions) FROM incident_day JOIN incident ON incident.id = incident
    JOIN reporter ON reporter.id = reporter GROUP BY 1, 2, 3, 4;
INSERT INTO policy_seen_row SELECT policy_domain, policy_type, policy_text, reporter,
    min(policy.day), max(policy.day)
    FROM policy JOIN report ON report.id = policy.report JOIN sender ON sender.id = sender
    GROUP BY 1, 2, 3, 4;
COMMIT;
PRAGMA journal_mode = WAL""".split(";"):
    db.execute(statement)
db.close()
subprocess.run(init, check=True)  # makes a WAL, as a store in use has one
for suffix in "-lock", "-shm", "-wal", "":
    os.replace(path + suffix, args.file + suffix)
