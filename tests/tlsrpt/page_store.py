#!/usr/bin/env python3
"""page_store.py WHAT DB: a store for the page, filled through real deliveries in bulk.

WHAT is "story", ninety days of seven domains in which all happens that the page has a place for; "quiet", the
same without a failure; or a number N of domains, each of which fails each day at an MX of its own.  The last
reports are about 2026-11-22; each was received on the morning after its day.
"""
import datetime
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from fleet_store import deliver, receive  # noqa: E402

LAST = datetime.date(2026, 11, 22)
DAYS = 90
AT_ONCE = 100  # policies in a report
NOW = 1795435200  # 2026-11-23T12:00:00Z
REPORTERS = [("Google Inc.", "google.example", 90), ("Microsoft Corporation", "microsoft.example", 60),
             ("Mail.ru", "mailru.example", 12), ("Northwind Post", "northwind.example", 9),
             ("Orchard e.V.", "orchard.example", 7), ("smtp.meadowbrook-hosting.example", "meadowbrook.example", 20),
             ("mox.lakeside.example", "lakeside.example", 3)]
MX = {"example.com": ["mx1.example.com", "mx2.example.com"], "news.example": ["mx1.example.com", "mx2.example.com"],
      "shop.example": ["mail.shop.example"], "verein.example": ["mx1.example.com", "mx2.example.com"],
      "lists.example.com": ["mx1.example.com"], "old.example": ["mx.old.example"],
      "newsletters.customer-care.department.shop.example": ["mail.shop.example"]}
WEIGHT = {"example.com": 4, "news.example": 9, "shop.example": 2, "verein.example": 1, "lists.example.com": 1,
          "old.example": 1, "newsletters.customer-care.department.shop.example": 1}
TLSA = ["3 1 1 " + "0123456789abcdef" * 4, "3 1 1 " + "fedcba9876543210" * 4]


def sts(mode, domain):
    return ["version: STSv1", "mode: " + mode, *("mx: " + host for host in MX[domain]), "max_age: 604800"]


def policy_of(domain, ago):
    """Type and text: one is in testing, one came to enforce, one has DANE and changed its key, one has nothing."""
    if domain == "shop.example":
        return "tlsa", TLSA[:1] if ago > 30 else TLSA if ago > 20 else TLSA[1:]
    if domain == "old.example":
        return "no-policy-found", []
    if domain == "verein.example":
        return "sts", sts("testing", domain)
    return "sts", sts("testing" if domain == "example.com" and ago > 60 else "enforce", domain)


def failure(kind, host, count, code=None, **more):
    row = {"result-type": kind, "sending-mta-ip": "192.0.2.20", "receiving-mx-hostname": host,
           "failed-session-count": count, **more}
    return dict(row, **{"failure-reason-code": code}) if code else row


def story(domain, ago, name, sessions):
    """A certificate that expired, one sender who cannot do TLS, a fetch error that is over, a key without overlap."""
    rows = []
    if domain in ("example.com", "news.example") and ago < 4 and sessions > 3:
        code = {"Google Inc.": "X509_V_ERR_CERT_HAS_EXPIRED", "mox.lakeside.example":
                "tls: failed to verify certificate: x509: certificate has expired or is not yet valid"}.get(name)
        rows.append(failure("certificate-expired", "mx2.example.com", max(1, sessions // 4), code))
    if name == "Northwind Post" and ago < 6 and domain != "shop.example":
        rows += [failure("starttls-not-supported", host, 2, "dial tcp 198.51.100.7:25: i/o timeout")
                 for host in MX[domain][:2]]
    if domain == "verein.example" and 40 < ago < 46:
        rows.append({"result-type": "sts-policy-fetch-error", "failed-session-count": max(1, sessions // 3),
                     "failure-reason-code": "bad https response code: 500"})
    if domain == "shop.example" and 18 < ago < 22:
        rows.append(failure("tlsa-invalid", "mail.shop.example", max(1, sessions // 2)))
    if domain == "lists.example.com" and ago % 29 == 3 and name == "Google Inc.":
        rows.append(failure("validation-failure", "mx1.example.com", 1, "i/o timeout"))
    return rows


def policy(domain, kind, text, sessions, rows):
    failed = min(sessions, sum(row["failed-session-count"] for row in rows))
    return {"policy": {"policy-type": kind, "policy-domain": domain, "policy-string": text,
                       "mx-host": MX.get(domain, [])},
            "summary": {"total-successful-session-count": sessions - failed, "total-failure-session-count": failed},
            "failure-details": rows}


def report(name, signer, day, part, policies, odd=False):
    result = {"organization-name": name, "contact-info": "tls@" + signer, "report-id": f"{day}.{part}@{signer}",
              "date-range": {"start-datetime": f"{day}T00:00:00Z", "end-datetime": f"{day}T23:59:59Z"},
              "policies": policies}
    if odd:
        del result["contact-info"]
        result["date-range"]["end-datetime"] = f"{day}T23:59:59"
    return result


def seven(failures):
    """The reports of seven domains: in the week there is less on Saturday and Sunday; one reporter falls silent."""
    for ago in range(DAYS - 1, -1, -1):
        day = LAST - datetime.timedelta(days=ago)
        for number, (name, signer, weight) in enumerate(REPORTERS):
            if name == "Orchard e.V." and ago < 8 or name == "mox.lakeside.example" and ago > 50:
                continue
            policies = []
            for domain in MX:
                base = weight * WEIGHT[domain]
                sessions = (base * (100 + (ago * 37 + number * 11) % 40)) // (300 if day.weekday() > 4 else 120)
                if sessions == 0:
                    continue
                policies.append(policy(domain, *policy_of(domain, ago), sessions,
                                       failures(domain, ago, name, sessions)))
            if policies:
                yield ago, report(name, signer, day, 0, policies, name == "mox.lakeside.example")


def many(domains, days):
    """Each domain has an MX of its own, at which something fails on each day, as two reporters say."""
    kinds = ["certificate-expired", "starttls-not-supported", "certificate-host-mismatch"]
    for ago in range(days - 1, -1, -1):
        day = LAST - datetime.timedelta(days=ago)
        for number, (name, signer, _) in enumerate(REPORTERS[:2]):
            for first in range(0, domains, AT_ONCE):
                policies = []
                for n in range(first, min(first + AT_ONCE, domains)):
                    rows = [failure(kinds[n % 3], f"mx.d{n:04}.example", 1 + (n * 7 + ago * 11 + number) % 9)]
                    policies.append(policy(f"d{n:04}.example", "sts", ["version: STSv1", "mode: enforce",
                                           f"mx: mx.d{n:04}.example", "max_age: 604800"], 20, rows))
                yield ago, report(name, signer, day, first, policies)


def make(what, db, config="/dev/null", days=DAYS):
    """Delivers all; then each report was received on the morning after its day."""
    reports = seven(story) if what == "story" else seven(lambda *_: []) if what == "quiet" else many(int(what), days)
    deliver((value for _, value in reports), db, config)
    receive(db)
    connection = sqlite3.connect(db)
    if what == "story":
        connection.execute("INSERT INTO note (incident, kind, author, at, text) SELECT min(incident.id), 'note',"
                           " 'anna', 1795380000, 'Renewed on mx2 by hand; certbot.timer was off there.' FROM incident"
                           " JOIN kind ON kind.id = kind WHERE kind.name = 'certificate-expired'")
        connection.commit()
    connection.close()


if __name__ == "__main__":
    make(sys.argv[1], sys.argv[2])
