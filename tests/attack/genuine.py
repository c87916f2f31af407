"""Forty days of genuine mail: three that report daily, one that fell silent, and faults that are real."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "simulation"))
from senders import DAY, Failure, Google, Microsoft, Policy, Report, Stalwart, TlsrptReporter  # noqa: E402,F401

TODAY = 20780
DAYS = 40
NOW = TODAY * DAY + 13 * 3600
VERIFIER = "mail.example.net"

# Expired on the main MX: half of the sessions fail, all see it.
BROKEN = "broken.example"
# A tenth of the sessions of all fails.
PARTIAL = "partial.example"
# Nothing fails.
SOUND = "sound.example"
# Was repaired, and the operator has resolved it on RESOLVED.
REPAIRED = "repaired.example"
DOMAINS = [BROKEN, PARTIAL, SOUND, REPAIRED]
FAULT_DAYS = range(TODAY - 5, TODAY)
REPAIRED_DAYS = range(TODAY - 7, TODAY - 4)
RESOLVED = TODAY - 3
SILENT_SINCE = TODAY - 8

SENDERS = [Google(), Microsoft(), Stalwart()]
SILENT = TlsrptReporter("Orchard e.V.", "orchard.example")
SESSIONS = {"google.com": 500, "microsoft.com": 350, "mail.harbour.example": 60, "orchard.example": 90}
LISTED = list(SESSIONS)


def lines(domain, mode="enforce"):
    return ["version: STSv1", f"mode: {mode}", f"mx: mx1.{domain}", f"mx: mx2.{domain}",
            "max_age: 604800"]


def failing(domain, day, sessions):
    """How many sessions fail, and how."""
    if domain == BROKEN and day in FAULT_DAYS:
        return sessions // 2, "certificate-expired"
    if domain == PARTIAL and day in FAULT_DAYS:
        return sessions // 10, "starttls-not-supported"
    if domain == REPAIRED and day in REPAIRED_DAYS:
        return sessions // 2, "certificate-host-mismatch"
    return 0, ""


def report_of(sender, domain, day):
    sessions = SESSIONS[sender.submitter]
    failed, result = failing(domain, day, sessions)
    failures = [Failure(result, failed, mx=f"mx1.{domain}")] if failed else []
    policy = Policy("sts", domain, lines(domain), [f"mx1.{domain}", f"mx2.{domain}"],
                    sessions - failed, failed, failures)
    at = (day + 1) * DAY + round(sender.sends_when * 3600) + DOMAINS.index(domain)
    return Report(day, domain, [policy], at)


def vouched(domain):
    """What the mail system writes above mail that a domain has signed."""
    return f"Authentication-Results: {VERIFIER}; dkim=pass header.d={domain}\n".encode()


def genuine_mail():
    """(when it is sent, message), in order."""
    found = []
    for day in range(TODAY - DAYS, TODAY):
        senders = SENDERS + ([SILENT] if day < SILENT_SINCE else [])
        for sender in senders:
            for domain in DOMAINS:
                report = report_of(sender, domain, day)
                found.append((report.sent_at, vouched(sender.submitter) + sender.message([report])))
    return sorted(found, key=lambda one: one[0])


def damaged_mail():
    """A genuine report that lost its end on the way."""
    at = (TODAY - 1) * DAY + 7 * 3600
    message = Google().message([report_of(Google(), SOUND, TODAY - 2)])
    return [(at, vouched("google.com") + message[:len(message) * 3 // 4])]
