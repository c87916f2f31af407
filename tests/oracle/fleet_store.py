#!/usr/bin/env python3
"""fleet_store.py WHAT DB: a store of 300 domains, through real deliveries in bulk.

WHAT is "fault", where the certificate of the MX that all share expired three days ago, or "glitches", a week
in which nothing but glitches happened, and one failure that is always there and too rare to matter.  Two
reporters have reported daily for three weeks; the last day is 2026-11-22."""
import datetime
import glob
import json
import os
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import ENVIRONMENT, INGEST  # noqa: E402

DOMAINS = 300
AT_ONCE = 100  # policies in a report
DAYS = 21
LAST = datetime.date(2026, 11, 22)
REPORTERS = {"Google Inc.": "google.example", "Microsoft Corporation": "microsoft.example"}
SESSIONS = 100
BUSIEST = 299  # the number of the domain with a hundred times as many
KINDS = ["certificate-expired", "starttls-not-supported", "validation-failure", "certificate-host-mismatch"]
CODES = ["X509_V_ERR_CERT_HAS_EXPIRED", "certificate has expired"]


def fault(number, ago, who):
    """Nine in a hundred fail, with a reason that each reporter has a code of its own for."""
    if ago > 2:
        return []
    return [("certificate-expired", 9, CODES[who])]


def glitches(number, ago, who):
    """One session of a domain, now and then; and at the busiest domain one a day."""
    if number == BUSIEST:
        return [("certificate-not-trusted", 1, None)]
    if (number * 7 + ago * 11) % 280 == who * 3:
        return [(KINDS[number % len(KINDS)], 1, None)]
    return []


def report(what, ago, who, first):
    name, domain = list(REPORTERS.items())[who]
    day = (LAST - datetime.timedelta(days=ago)).isoformat()
    policies = []
    for number in range(first, min(first + AT_ONCE, DOMAINS)):
        failures = what(number, ago, who)
        failed = sum(n for _, n, _ in failures)
        sessions = SESSIONS * (100 if number == BUSIEST and what is glitches else 1)
        policies.append({
            "policy": {"policy-type": "sts", "policy-domain": f"d{number:03}.example", "mx-host": ["mx.example.com"],
                       "policy-string": ["version: STSv1", "mode: enforce", "mx: mx.example.com", "max_age: 604800"]},
            "summary": {"total-successful-session-count": sessions - failed, "total-failure-session-count": failed},
            "failure-details": [
                {"result-type": kind, "sending-mta-ip": "192.0.2.1", "receiving-mx-hostname": "mx.example.com",
                 "failed-session-count": n, **({"failure-reason-code": code} if code else {})}
                for kind, n, code in failures]})
    return {"organization-name": name, "contact-info": "tls@" + domain, "report-id": f"{day}.{first}@{domain}",
            "date-range": {"start-datetime": day + "T00:00:00Z", "end-datetime": day + "T23:59:59Z"},
            "policies": policies}


def make(name, db, config="/dev/null"):
    """Delivers all reports; then each was received on the morning after its day."""
    what = {"fault": fault, "glitches": glitches}[name]
    with tempfile.TemporaryDirectory() as folder:
        for ago in range(DAYS):
            for who in range(len(REPORTERS)):
                for first in range(0, DOMAINS, AT_ONCE):
                    with open(os.path.join(folder, f"{DAYS - ago:02}.{who}.{first}.json"), "w") as file:
                        json.dump(report(what, ago, who, first), file)
        files = sorted(glob.glob(os.path.join(folder, "*.json")))
        # One after the other, since who reported first has the lower number.
        subprocess.run([INGEST, "--quiet", "--log", "stderr", "--jobs", "1", "--config", config, "--db", db, *files],
                       check=True, env=ENVIRONMENT)
    # The one that stays open keeps -wal and -shm where they are.
    connection = sqlite3.connect(db)
    connection.executescript("""
        UPDATE report SET received_at = start_at + 100000;
        UPDATE daily_total_row SET received_after = 1;
        UPDATE incident_day SET received_after = 1;
        DELETE FROM reporter_day;
        INSERT INTO reporter_day SELECT reporter, received_at / 86400, count(*) FROM report
            JOIN sender ON sender.id = sender GROUP BY 1, 2;""")
    connection.close()


if __name__ == "__main__":
    make(sys.argv[1], sys.argv[2])
