"""The stores whose pages are looked at: of the samples, of seven domains in ninety days, and a hostile one."""
import datetime
import glob
import json
import os
import random
import sqlite3
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(TESTS, "oracle"), os.path.join(TESTS, "tlsrpt")]
import hostile  # noqa: E402
from tap import BIN, INGEST  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
NOW = 1795435200  # 2026-11-23T12:00:00Z
TODAY = datetime.date(2026, 11, 23)

DOMAINS = {
    # sessions a day, policy
    "example.com": (2600, "enforce"), "news.example": (5200, "enforce"), "shop.example": (480, "enforce"),
    "mx1.shop.example": (36, "tlsa"), "mx2.shop.example": (35, "tlsa"), "verein.example": (38, "testing"),
    "old.example": (9, "no-policy-found")}
REPORTERS = {
    # share of the sessions, signing domain
    "Google Inc.": (40, "google.com"), "Microsoft Corporation": (25, "microsoft.com"), "Mail.ru": (6, "corp.mail.ru"),
    "Meadow Hosting": (9, "meadow.example"), "Orchard e.V.": (8, "orchard.example"),
    "mail.harbour.example": (7, "mail.harbour.example"), "mox.lakeside.example": (5, "lakeside.example")}
FAULTS = [
    # domain, how many days ago it began and was over, share, reporters (all if none), row
    ("example.com", 6, 0, 0.38, (), {"result-type": "certificate-expired", "receiving-mx-hostname": "mx1.example.com",
                                     "failure-reason-code": "X509_V_ERR_CERT_HAS_EXPIRED"}),
    ("verein.example", 5, 0, 0.9, (), {"result-type": "sts-policy-fetch-error",
                                       "failure-reason-code": "HTTP status 404"}),
    ("news.example", 34, 24, 0.3, (), {"result-type": "certificate-host-mismatch",
                                       "receiving-mx-hostname": "mx2.news.example"}),
    ("shop.example", 58, 49, 0.2, ("Microsoft Corporation",), {
        "result-type": "starttls-not-supported", "receiving-mx-hostname": "mx1.shop.example"}),
    ("mx1.shop.example", 60, 51, 1, (), {"result-type": "tlsa-invalid", "receiving-mx-hostname": "mx1.shop.example"}),
    ("shop.example", 3, 0, 0.02, ("Orchard e.V.",), {
        "result-type": "validation-failure", "receiving-mx-hostname": "mx1.shop.example"})]
SILENT = ("Mail.ru", 12)


def ingest(tap, db, *sources, data=None):
    subprocess.run(tap.command(db, *sources), input=data, check=True, timeout=300)


# The clock of deliveries is a real one; and nobody reports for the first time, so that all count.
SETTLE = """
UPDATE report SET received_at = start_at + 100000;
UPDATE daily_total_row SET received_after = 1;
UPDATE incident_day SET received_after = 1;
DELETE FROM reporter_day;
INSERT INTO reporter_day SELECT reporter, received_at / 86400, count(*) FROM report
    JOIN sender ON sender.id = sender GROUP BY 1, 2;
INSERT INTO reporter_day SELECT reporter.id, days.day, 1 FROM reporter,
    (SELECT 20600 AS day UNION SELECT 20601 UNION SELECT 20602) AS days WHERE true ON CONFLICT DO NOTHING;
"""


def settle(db, statements=""):
    connection = sqlite3.connect(db)
    connection.executescript(SETTLE + statements)
    connection.close()


def sample(tap):
    db = tap.path("sample.db")
    for path in sorted(glob.glob(os.path.join(TESTS, "data", "mail", "good", "*.eml"))):
        with open(path, "rb") as file:
            ingest(tap, db, data=file.read())
    settle(db, """
INSERT INTO note (incident, kind, author, at, text) VALUES
    (1, 'note', 'root', 1795000000, 'Renewed by hand; certbot.timer was off on mx2. It happened in 2025, too: see the ticket.'),
    (2, 'note', 'root', 1795000000, 'Web server was down'), (2, 'resolve', 'root', 1795000001, '');
""")
    return db


def policy(domain, kind, day):
    if kind == "tlsa":
        return {"policy-type": "tlsa", "policy-domain": domain, "policy-string": ["3 1 1 " + "ab" * 32]}
    if kind == "no-policy-found":
        return {"policy-type": kind, "policy-domain": domain}
    if domain == "news.example" and (TODAY - day).days > 56:
        kind = "testing"
    hosts = [f"mx1.{domain}", f"mx2.{domain}"]
    return {"policy-type": "sts", "policy-domain": domain, "mx-host": hosts, "policy-string": [
        "version: STSv1", "mode: " + kind, *("mx: " + host for host in hosts), "max_age: 604800"]}


def seven_report(rng, day, domain, organization):
    """A report, or None if there is nothing to tell."""
    (sessions, kind), (share, signer) = DOMAINS[domain], REPORTERS[organization]
    ago = (TODAY - day).days
    sessions = round(sessions * share / 100 * (0.45 if day.weekday() > 4 else 1) * rng.uniform(0.8, 1.2))
    if not sessions or organization == SILENT[0] and ago < SILENT[1]:
        return None
    rows = []
    for name, first, last, failing, who, row in FAULTS:
        failed = round(sessions * failing * rng.uniform(0.8, 1))
        if name == domain and last <= ago <= first and failed and (not who or organization in who):
            rows.append({"sending-mta-ip": "192.0.2.1", "failed-session-count": failed, **row})
    failed = sum(row["failed-session-count"] for row in rows)
    return {"organization-name": organization, "contact-info": "tls-reports@" + signer,
            "report-id": f"{day}.{domain}@{signer}",
            "date-range": {"start-datetime": f"{day}T00:00:00Z", "end-datetime": f"{day}T23:59:59Z"},
            "policies": [{"policy": policy(domain, kind, day),
                          "summary": {"total-successful-session-count": sessions - failed,
                                      "total-failure-session-count": failed}, "failure-details": rows}]}


def seven(tap):
    db, folder, rng = tap.path("seven.db"), tap.path("seven"), random.Random(8460)
    os.mkdir(folder)
    for ago in range(89, 0, -1):
        day = TODAY - datetime.timedelta(ago)
        for domain in DOMAINS:
            for organization in REPORTERS:
                report = seven_report(rng, day, domain, organization)
                if report:
                    with open(os.path.join(folder, f"{ago}-{domain}-{organization}.json"), "w") as file:
                        json.dump(report, file)
    # One after the other, so that what is in the store has the same number each time.
    ingest(tap, db, "--jobs", "1", folder)
    settle(db, """
INSERT INTO note (incident, kind, author, at, text)
    SELECT incident.id, 'note', 'root', 1795300000, 'certbot.timer was off on mx1; renewal is due on Monday.'
    FROM incident JOIN result_type ON result_type.id = incident.result_type
    WHERE result_type.name = 'certificate-expired' LIMIT 1;
""")
    return db


def hostile_store(tap):
    store = hostile.Hostile(tap)
    store.make()
    return store.db


def page(tap, db, path, *options):
    """Writes the page of a store."""
    subprocess.run([TLSRPT, "page", "--config", tap.path("empty.conf"), "--db", db, "--now", str(NOW),
                    "--output", path, *options], check=True, timeout=60)
    return path
