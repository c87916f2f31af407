#!/usr/bin/env python3
"""A delivery asks PostgreSQL no more often than it has to: round trips, counted between them."""
import gzip
import json
import os
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["TESTS"], "oracle"))
from tap import ENVIRONMENT, SANITIZED, TESTS, Tap, skip  # noqa: E402

from proxy import Proxy  # noqa: E402
from server import Server, find_programs  # noqa: E402

TYPICAL, LARGEST = 4, 10


def large(policies, failures):
    """A report as large as the limits allow, each of whose names is new."""
    of_each = failures // policies
    return json.dumps({
        "organization-name": "Large Relay", "report-id": f"large-{policies}-{failures}",
        "contact-info": "tls@large.example",
        "date-range": {"start-datetime": "2026-11-10T00:00:00Z",
                       "end-datetime": "2026-11-10T23:59:59Z"},
        "policies": [{
            "policy": {"policy-type": "sts", "policy-domain": f"d{i}.example",
                       "policy-string": ["version: STSv1", "mode: enforce", f"mx: mx{i}.example",
                                         "max_age: 86400"]},
            "summary": {"total-successful-session-count": 5,
                        "total-failure-session-count": of_each},
            "failure-details": [{
                "result-type": "certificate-expired", "sending-mta-ip": f"192.0.2.{j % 250}",
                "receiving-mx-hostname": f"mx{i % 100}.example", "failed-session-count": 1,
                "failure-reason-code": f"reason {j}"} for j in range(of_each)],
        } for i in range(policies)],
    }).encode()


class Test:
    def __init__(self):
        self.tap = Tap()
        self.server = Server(self.tap.path("pg"))
        self.proxy = Proxy(self.tap.path("proxy"), self.server.folder)
        made = self.deliver(b"", "--init", uri=self.server.uri())
        self.tap.ok(made.returncode == 0, "the schema is made", made.stderr.decode())

    def deliver(self, message, *options, uri=None):
        self.proxy.reset()
        return subprocess.run(self.tap.command(uri or self.proxy.uri(), *options), input=message,
                              capture_output=True, env=ENVIRONMENT)

    def within(self, limit):
        return self.proxy.trips <= limit

    def check(self, message, limit, name, *options):
        result = self.deliver(message, *options)
        good = result.returncode == 0 and self.within(limit)
        self.tap.ok(good, f"{name}: {self.proxy.trips} round trips of {limit}", result.returncode,
                    result.stderr.decode())


def main():
    if find_programs() is None:
        skip("no PostgreSQL")
    test = Test()
    try:
        folder = os.path.join(TESTS, "data/mail/good")
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as file:
                message = file.read()
            test.check(message, TYPICAL, name)
        test.check(message, TYPICAL, "the same again")
        # With sanitizers the largest takes longer than it may.
        largest = large(200, 2000) if SANITIZED else large(2000, 50000)
        test.check(gzip.compress(largest), LARGEST, "the largest, all names new")
        test.check(largest.replace(b"large-", b"again-"), LARGEST, "the same names again")
        # The count is one: what needs more trips is counted higher than what is allowed.
        test.deliver(b"Subject: spam\n\nno report\n")
        test.tap.ok(not test.within(TYPICAL),
                    f"and a message for the quarantine takes more: {test.proxy.trips}")
    finally:
        test.proxy.close()
        test.server.stop()
    test.tap.finish()


main()
