"""Small stores that monitoring has something to say about, each with the answer that is expected."""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "oracle"))
import fleet_store  # noqa: E402
from fleet_store import NOW, ORGANIZATIONS, TODAY  # noqa: E402
from tap import BIN, ENVIRONMENT, INGEST  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
MX = "mx.example.net"
SILENCE = "the number that check shows"


def failing(kind):
    """From three days ago on, by everybody."""
    return lambda _, day: [fleet_store.failure(kind, MX, 5)] if day >= TODAY - 3 else []


def nothing(*_):
    return []


def silent(organization, day):
    """One who reported each day has stopped, the others have not."""
    return None if organization == ORGANIZATIONS[0] and day >= TODAY - 6 else []


def stopped(_, day):
    return None if day >= TODAY - 5 else []


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


def make(tap, name, said, commands):
    """The options that name the store, and its time."""
    folder, db = tap.path(name + ".reports"), tap.path(os.path.join(name, "store.db"))
    os.mkdir(folder)
    subprocess.run([INGEST, "--init", "--quiet", "--config", tap.path("empty.conf"), "--db", db], check=True, env=ENVIRONMENT)
    for day in range(TODAY - fleet_store.DAYS, TODAY):
        for number, organization in enumerate(ORGANIZATIONS):
            failures = said(organization, day)
            if failures is not None:
                with open(os.path.join(folder, f"{day}-{number}.json"), "w") as file:
                    json.dump(fleet_store.report(organization, day, [fleet_store.policy(0, failures)]), file)
    subprocess.run([INGEST, "--quiet", "--config", tap.path("empty.conf"), "--db", db, folder], check=True, env=ENVIRONMENT,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    fleet_store.receive(db)
    store = ["--config", tap.path("empty.conf"), "--db", db, "--now", str(NOW)]
    for command in commands:
        if SILENCE in command:
            number = re.search(r"#(s\d+)", check(store).stdout)[1]
            command = [number if word == SILENCE else word for word in command]
        subprocess.run([TLSRPT, *command, *store], check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    return store


def check(store, *options):
    return subprocess.run([TLSRPT, "check", *store, *options], env=ENVIRONMENT, capture_output=True, encoding="utf-8")
