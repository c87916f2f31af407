#!/usr/bin/env python3
"""A story of policies: policies.py INGEST STORE delivers the reports of 60 days to 2026-11-22.

change.example    enforce since long; a third MX was added on 2026-10-10.  Late Sender keeps the old
                  policy for longer than its max_age; Slow Sender within it, as it reported last on
                  the second day.  Mail fails at mx9, which no mx: of the policy matches.
ready.example     in testing from 2026-10-20 on, after mode none; one failure on 2026-10-24.
failing.example   in testing, and on 2026-11-20 the policy could not be fetched.
mixed.example     in testing, but Late Sender still sees mode none.
young.example     in testing since 2026-11-15.
roll.example      the TLSA record 3 1 1 bb... comes next to aa... and takes its place.
abrupt.example    cc... gives way to dd..., and nobody saw both.
"""
import datetime
import json
import subprocess
import sys

INGEST, STORE = sys.argv[1:]
FIRST, LAST = datetime.date(2026, 9, 24), datetime.date(2026, 11, 22)
GOOGLE, MICROSOFT, LATE, SLOW = "Google Inc.", "Microsoft Corporation", "Late Sender", "Slow Sender"


def sts(mode, max_age, *mx, end=""):
    return ["version: STSv1", f"mode: {mode}", *(f"mx: {name}" for name in mx), f"max_age: {max_age}" + end]


def reordered(lines):
    """As Microsoft quotes it, with blanks and keys as others do."""
    return [lines[0].replace("version", "Version"), lines[1] + " ", *reversed(lines[2:])]


def day_of(text):
    return datetime.date.fromisoformat("2026-" + text)


def policy(domain, kind, lines, good, failures=()):
    return {"policy": {"policy-type": kind, "policy-domain": domain, "policy-string": lines},
            "summary": {"total-successful-session-count": good,
                        "total-failure-session-count": sum(f["failed-session-count"] for f in failures)},
            "failure-details": list(failures)}


def failure(result, mx, count):
    return {"result-type": result, "receiving-mx-hostname": mx, "failed-session-count": count}


OLD = sts("enforce", 604800, "mx1.change.example", "mx2.change.example")
NEW = sts("enforce", 604800, "mx1.change.example", "mx2.change.example", "*.mx.change.example")


def change(day, who):
    lines = NEW if day >= day_of("10-10") and who != LATE else OLD
    if who == SLOW and day > day_of("10-11"):
        return []
    if who == SLOW:
        lines = OLD
    failures = [failure("validation-failure", "mx9.change.example", 2)] if day == day_of("11-10") else []
    if day == day_of("11-11"):
        failures = [failure("certificate-expired", "a.mx.change.example", 1),
                    failure("validation-failure", "b.a.mx.change.example", 4)]
    return [policy("change.example", "sts", reordered(lines) if who == MICROSOFT else lines, 20, failures)]


def ready(day, who):
    mode = "testing" if day >= day_of("10-20") else "none"
    failures = [failure("certificate-expired", "mx.ready.example", 3)] \
        if day == day_of("10-24") and who == GOOGLE else []
    return [policy("ready.example", "sts", sts(mode, 86400, "mx.ready.example"), 10, failures)]


def failing(day, who):
    lines, failures = sts("testing", 86400, "mx.failing.example"), []
    if day == day_of("11-20") and who == MICROSOFT:
        lines, failures = [], [failure("sts-policy-fetch-error", "", 1)]
    return [policy("failing.example", "sts", lines, 10, failures)]


def mixed(day, who):
    mode = "none" if who == LATE or day < day_of("10-01") else "testing"
    return [policy("mixed.example", "sts", sts(mode, 31557600, "mx.mixed.example"), 5)]


def young(day, _who):
    if day < day_of("11-15"):
        return [policy("young.example", "no-policy-found", [], 5)]
    return [policy("young.example", "sts", sts("testing", 86400, "mx.young.example"), 5)]


def roll(day, who):
    old, new = "3 1 1 " + "aa" * 32, "3 1 1 " + "bb" * 32
    lines = [old] if day < day_of("10-15") else [new, old] if day < day_of("10-22") else [new]
    return [policy("roll.example", "tlsa", [line.upper() for line in lines] if who == MICROSOFT else lines, 7)]


def abrupt(day, _who):
    return [policy("abrupt.example", "tlsa", ["3 1 1 " + ("cc" if day < day_of("11-01") else "dd") * 32], 7)]


DOMAINS = ((change, (GOOGLE, MICROSOFT, LATE, SLOW)), (ready, (GOOGLE, MICROSOFT)),
           (failing, (GOOGLE, MICROSOFT)), (mixed, (GOOGLE, LATE)), (young, (GOOGLE,)),
           (roll, (GOOGLE, MICROSOFT)), (abrupt, (GOOGLE, MICROSOFT)))


def main():
    day = FIRST
    while day <= LAST:
        for who in (GOOGLE, MICROSOFT, LATE, SLOW):
            policies = [one for make, senders in DOMAINS if who in senders for one in make(day, who)]
            if not policies:
                continue
            value = {"organization-name": who, "contact-info": "tls@sender.example",
                     "report-id": f"{day}-{who[:4]}",
                     "date-range": {"start-datetime": f"{day}T00:00:00Z", "end-datetime": f"{day}T23:59:59Z"},
                     "policies": policies}
            subprocess.run([INGEST, "-q", "-c", "/dev/null", "--log", "stderr", "--db", STORE],
                           input=json.dumps(value).encode(), check=True)
        day += datetime.timedelta(days=1)


if __name__ == "__main__":
    main()
