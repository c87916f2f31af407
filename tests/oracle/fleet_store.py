#!/usr/bin/env python3
"""fleet_store.py FLEET DB: a store of 300 domains, through real deliveries in bulk.

FLEET is one of FLEETS.  All domains of a fleet have reported daily for three weeks; the last day is 2026-11-22.
Tests also take the reports, and what they are made of, from here."""
import dataclasses
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import typing

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import ENVIRONMENT, INGEST  # noqa: E402

DOMAINS, DAYS = 300, 21
TODAY = 20780  # 2026-11-23
NOW = TODAY * 86400 + 43200
ORGANIZATIONS = ("Google Inc.", "Microsoft Corporation", "Mail.ru")
STS = ["version: STSv1", "mode: enforce", "mx: mx.example.com", "mx: *.example.net", "max_age: 604800"]
BUSIEST = 299  # the number of the domain that has a hundred times as many sessions in a week of glitches
KINDS = ["certificate-expired", "starttls-not-supported", "validation-failure", "certificate-host-mismatch"]
CODES = ["X509_V_ERR_CERT_HAS_EXPIRED", "certificate has expired"]
HOSTILE = "evil\x1b[2J, and 3 more | x=1;2 <b>\u202e"


def clock(day, text):
    return time.strftime("%Y-%m-%d", time.gmtime(day * 86400)) + text


def signer(organization):
    """The domain of an organization."""
    return organization.split()[0].lower() + ".example"


def failure(kind, mx, sessions=1, **more):
    return dict({"result-type": kind, "receiving-mx-hostname": mx, "failed-session-count": sessions}, **more)


def policy(number, failures, sessions=20):
    failed = sum(row["failed-session-count"] for row in failures)
    return {"policy": {"policy-type": "sts", "policy-domain": f"d{number:03}.example", "policy-string": STS},
            "summary": {"total-successful-session-count": sessions - failed, "total-failure-session-count": failed},
            "failure-details": failures}


def report(organization, day, policies, part=0):
    return {"organization-name": organization, "contact-info": "tls@" + signer(organization),
            "report-id": f"{clock(day, '')}.{part}@{signer(organization)}",
            "date-range": {"start-datetime": clock(day, "T00:00:00Z"), "end-datetime": clock(day, "T23:59:59Z")},
            "policies": policies}


@dataclasses.dataclass(frozen=True)
class Fleet:
    failures: typing.Callable  # of an organization, a day and the number of a domain
    organizations: tuple = ORGANIZATIONS
    sessions: typing.Callable = lambda number: 20  # of a domain, by an organization on a day
    at_once: int = 50  # policies in a report, since one may add only so many new names

    def reports_of(self, organization, day):
        """What an organization reports of a day."""
        for first in range(0, DOMAINS, self.at_once):
            yield report(organization, day, [
                policy(number, self.failures(organization, day, number), self.sessions(number))
                for number in range(first, min(first + self.at_once, DOMAINS))], first)

    def reports(self):
        for day in range(TODAY - DAYS, TODAY):
            for organization in self.organizations:
                yield from self.reports_of(organization, day)


def fault(organization, day, _):
    """Nine in a hundred fail, with a reason that each reporter has a code of its own for."""
    code = CODES[ORGANIZATIONS.index(organization)]
    return [failure("certificate-expired", "mx.example.com", 9,
                    **{"sending-mta-ip": "192.0.2.1", "failure-reason-code": code})] if day >= TODAY - 3 else []


def two_reasons(_, day, __):
    """One in ten fails, with two reasons, one of which nobody knows."""
    return [failure("certificate-expired", "mx.example.net",
                    **{"sending-mta-ip": "192.0.2.20", "failure-reason-code": code})
            for code in (CODES[0], HOSTILE)] if day >= TODAY - 3 else []


def glitches(organization, day, number):
    """One session of a domain, now and then; and at the busiest domain one a day."""
    if number == BUSIEST:
        return [failure("certificate-not-trusted", "mx.example.com")]
    if (number * 7 + (TODAY - 1 - day) * 11) % 280 == ORGANIZATIONS.index(organization) * 3:
        return [failure(KINDS[number % len(KINDS)], "mx.example.com")]
    return []


def glitches_of_two_kinds(organization, day, number):
    """One session of every sixth domain, of one reporter on one day."""
    if number % 6 or organization != ORGANIZATIONS[number % 3] or day != TODAY - 1 - number % 5:
        return []
    return [failure(("starttls-not-supported", "certificate-host-mismatch")[number // 6 % 2], f"mx{number}.example.net")]


# From three days ago on an MX that all domains share has an expired certificate; or in a week nothing but glitches
# happened, in the first of them beside one failure that is always there and too rare to matter.
FLEETS = {
    "fault": Fleet(fault, ORGANIZATIONS[:2], lambda number: 100, 100),
    "glitches": Fleet(glitches, ORGANIZATIONS[:2], lambda number: 10000 if number == BUSIEST else 100, 100),
    "two-reasons": Fleet(two_reasons),
    "two-kinds": Fleet(glitches_of_two_kinds),
}


def deliver(reports, db, config="/dev/null"):
    """All in bulk and one after the other, since who reported first has the lower number."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, value in enumerate(reports):
            files.append(os.path.join(folder, f"{number:06}.json"))
            with open(files[-1], "w") as file:
                json.dump(value, file)
        subprocess.run([INGEST, "--quiet", "--log", "stderr", "--jobs", "1", "--config", config, "--db", db,
                        "--files-from", "-"], input="\n".join(files), text=True, check=True, env=ENVIRONMENT)
    with sqlite3.connect(db) as connection:
        whole, unwanted = connection.execute(
            "SELECT (SELECT count(*) FROM report), (SELECT count(*) FROM quarantined)").fetchone()
    connection.close()
    if unwanted or whole < len(files):
        sys.exit(f"{whole} of {len(files)} reports are stored, {unwanted} messages are in quarantine")


def receive(db):
    """Deliveries have a real clock: now each report was received on the morning after its day."""
    with sqlite3.connect(db) as connection:
        connection.executescript("""
            UPDATE report SET received_at = start_at + 100000;
            UPDATE daily_total_row SET received_after = 1;
            UPDATE incident_day SET received_after = 1;
            DELETE FROM reporter_day;
            INSERT INTO reporter_day SELECT reporter, received_at / 86400, count(*) FROM report
                JOIN sender ON sender.id = sender GROUP BY 1, 2;""")
    connection.close()


def make(name, db, config="/dev/null"):
    deliver(FLEETS[name].reports(), db, config)
    receive(db)


if __name__ == "__main__":
    make(sys.argv[1], sys.argv[2])
