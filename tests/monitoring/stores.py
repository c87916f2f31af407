"""Small stores that monitoring has something to say about, each with the answer that is expected."""
import json
import os
import re
import sqlite3
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "oracle"), os.path.join(HERE, "..", "tlsrpt")]
import fleet  # noqa: E402
from tap import ENVIRONMENT, INGEST  # noqa: E402

ORGANIZATIONS = ("Google Inc.", "Microsoft Corporation", "Mail.ru")
MX = "mx.example.net"
SILENCE = "the number that check shows"


def failing(kind):
    """From three days ago on, by everybody."""
    return lambda _, day: [dict(fleet.failure(kind, MX), **{"failed-session-count": 5})] if day >= fleet.TODAY - 3 else []


def nothing(*_):
    return []


def silent(organization, day):
    """One who reported each day has stopped, the others have not."""
    return None if organization == ORGANIZATIONS[0] and day >= fleet.TODAY - 6 else []


def stopped(_, day):
    return None if day >= fleet.TODAY - 5 else []


# Its name, what was reported of one domain by an organization on a day (None: no report came), commands, the status of
# check, and the alarms of Prometheus with the number in their words.
STORES = (
    ("well", nothing, (), "OK", {}),
    ("held back", failing("certificate-expired"), (), "CRITICAL", {"TlsrptCritical": 1}),
    ("not held back", failing("sts-policy-fetch-error"), (), "WARNING", {"TlsrptWarning": 1}),
    ("accepted", failing("certificate-expired"), (("accept", "1"),), "OK", {}),
    ("resolved", failing("certificate-expired"), (("resolve", "1"),), "OK", {}),
    ("silent", silent, (), "WARNING", {"TlsrptSilent": 1}),
    ("an accepted silence", silent, (("accept", SILENCE),), "OK", {}),
    ("nothing comes", stopped, (), "UNKNOWN", {"TlsrptNothingComes": None}),
    ("nothing ever came", lambda *_: None, (), "UNKNOWN", {"TlsrptNothingComes": None}),
)


def report(organization, day, failures):
    document = fleet.report(organization, day, lambda *_: failures, 0)
    return dict(document, policies=document["policies"][:1])


def make(tap, name, said, commands):
    """The options that name the store, and its time."""
    folder, db = tap.path(name + ".reports"), tap.path(os.path.join(name, "store.db"))
    os.mkdir(folder)
    subprocess.run([INGEST, "--init", "--quiet", "--config", tap.path("empty.conf"), "--db", db], check=True, env=ENVIRONMENT)
    for day in range(fleet.TODAY - fleet.DAYS, fleet.TODAY):
        for number, organization in enumerate(ORGANIZATIONS):
            failures = said(organization, day)
            if failures is not None:
                with open(os.path.join(folder, f"{day}-{number}.json"), "w") as file:
                    json.dump(report(organization, day, failures), file)
    subprocess.run([INGEST, "--quiet", "--config", tap.path("empty.conf"), "--db", db, folder], check=True, env=ENVIRONMENT,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    received_after(db)
    store = ["--config", tap.path("empty.conf"), "--db", db, "--now", str(fleet.NOW)]
    for command in commands:
        if SILENCE in command:
            number = re.search(r"#(s\d+)", check(store).stdout)[1]
            command = [number if word == SILENCE else word for word in command]
        subprocess.run([fleet.TLSRPT, *command, *store], check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    return store


def check(store, *options):
    return subprocess.run([fleet.TLSRPT, "check", *store, *options], env=ENVIRONMENT, capture_output=True, encoding="utf-8")


def received_after(db):
    """Each report came on the day after its own, whatever the clock says."""
    with sqlite3.connect(db) as connection:
        connection.executescript("""
            UPDATE report SET received_at = start_at + 100000;
            UPDATE daily_total_row SET received_after = 1;
            UPDATE incident_day SET received_after = 1;
            DELETE FROM reporter_day;
            INSERT INTO reporter_day SELECT reporter, received_at / 86400, count(*) FROM report
                JOIN sender ON sender.id = sender GROUP BY 1, 2;""")
    connection.close()
