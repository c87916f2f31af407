#!/usr/bin/env python3
"""What one message adds to the store: at most 32 times its size and 128 KiB, whatever it holds; and
what prune leaves of it.  Each case is delivered to a store that has a report already, and the file is
measured before, after, and when all reports and totals are pruned.  Of the Release binary."""
import base64
import gzip
import json
import os
import resource
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from tap import BIN, ENVIRONMENT, Tap  # noqa: E402
import subprocess  # noqa: E402

TIMES, BESIDES, PAGE = 32, 128 << 10, 4096
READ_ROWS_MAX = 500000
HEAD = (b"From: r@reporter.test\nSubject: x\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/mixed; boundary=bb\n\n")


def policy(domain="a.test", failures=(), **more):
    return {"policy": dict({"policy-type": "sts", "policy-domain": domain}, **more),
            "summary": {"total-successful-session-count": 1,
                        "total-failure-session-count": len(failures)},
            "failure-details": list(failures)}


def failure(mx="mx.test", **more):
    return dict({"result-type": "certificate-expired", "receiving-mx-hostname": mx,
                 "failed-session-count": 1}, **more)


def report(policies, number, **more):
    return dict({"organization-name": "O", "report-id": f"r{number}", "policies": policies,
                 "date-range": {"start-datetime": "2026-11-20T00:00:00Z",
                                "end-datetime": "2026-11-20T23:59:59Z"}}, **more)


def mail(reports):
    return HEAD + b"".join(
        b"--bb\nContent-Type: application/tlsrpt+gzip\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(gzip.compress(json.dumps(one, separators=(",", ":")).encode(), 9, mtime=0))
        for one in reports) + b"--bb--\n"


def name(i, length=250):
    return (f"{i:05}." + ".".join(["x" * 60] * 4))[:length - 5] + ".test"


# The worst that we can think of: what each report is, and how many there are in the message.
CASES = {
    "policy texts": (8, lambda k: [policy(f"d{i}.test", **{"policy-string": ["m" * 4000] * 15 + [f"{i} {k}"]})
                                   for i in range(60)]),
    "one policy text a report": (16, lambda k: [policy(**{"policy-string": ["m" * 4000] * 15 + [str(k)]})]),
    "lists of MX": (8, lambda k: [policy(f"d{i}.test", **{"mx-host": [name(j + 300 * i + k) for j in range(200)]})
                                  for i in range(20)]),
    "empty policies": (16, lambda k: [{}] * 4900),
    "an object of each": (1, lambda k: [{}] * 4900),
    "long domains": (4, lambda k: [policy(name(i + 5000 * k)) for i in range(4900)]),
    "short domains": (4, lambda k: [policy(f"{i}.{k}.t") for i in range(4900)]),
    "policy types": (4, lambda k: [policy(**{"policy-type": f"t{i} {k} " + "x" * 2000}) for i in range(800)]),
    "empty rows": (4, lambda k: [policy(failures=[{}] * 49000)]),
    "equal rows": (4, lambda k: [policy(failures=[failure()] * 30000)]),
    "MX names": (4, lambda k: [policy(failures=[failure(name(i + 9999 * k)) for i in range(9000)])]),
    "MX names up to the incidents": (16, lambda k: [policy(failures=[
        failure(name(i + 200 * k)) for i in range(200)])]),
    "result types": (16, lambda k: [policy(failures=[
        dict(failure(), **{"result-type": f"{i} {k} " + "x" * 4000}) for i in range(200)])]),
    "reasons": (8, lambda k: [policy(failures=[
        failure(**{"failure-reason-code": f"{i} {k} " + "x" * 4000}) for i in range(900)])]),
    "reasons that differ in the kind": (16, lambda k: [policy(failures=[
        failure(f"m{i}", **{"failure-reason-code": f"X509_V_ERR {i} {k} " + "x" * 4000})
        for i in range(150)])]),
    "addresses": (4, lambda k: [policy(failures=[
        failure(**{"sending-mta-ip": f"2001:db8::{i:x}", "receiving-ip": f"2001:db8:{k}::{i:x}"})
        for i in range(20000)])]),
    "helo and information": (8, lambda k: [policy(failures=[
        failure(**{"receiving-mx-helo": "h" * 4000, "additional-information": "i" * 4000})] * 400)]),
    "unknown keys": (16, lambda k: [policy(**{f"{i} " + "k" * 3000: "v" * 4000}) for i in range(100)]),
    "both, spread": (16, lambda k: [policy(f"{i}.{k}.t", [failure(f"m{i}")]) for i in range(1500)]),
    "a domain and a row for each day": (16, lambda k: [policy(f"{i}.t", [failure(f"m{k}")]) for i in range(190)]),
}


class Adds:
    def __init__(self):
        self.tap = Tap()
        self.db = self.tap.path("x.db")
        self.worst = (0, "")

    def deliver(self, message):
        return subprocess.run(self.tap.command(self.db), input=message, env=ENVIRONMENT,
                              capture_output=True).returncode

    def used(self):
        db = sqlite3.connect(self.db)
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        unused = db.execute("PRAGMA freelist_count").fetchone()[0]
        db.close()
        return (pages - unused) * PAGE

    def what(self):
        db = sqlite3.connect(self.db)
        row = db.execute("SELECT (SELECT count(*) - 1 FROM reports), (SELECT count(*) FROM findings"
                         " WHERE code = 'left-to-raw'), (SELECT group_concat(reason) FROM quarantined)"
                         ).fetchone()
        db.close()
        return "%d reports, %d of them brief, quarantine: %s" % row

    def prune(self):
        now = str(int(time.time()) + 3000 * 86400)
        return subprocess.run([os.path.join(BIN, "tlsrpt"), "prune", "--now", now, "--keep", "1d",
                               "--keep-totals", "1d", "--db", self.db, "--config",
                               self.tap.path("empty.conf")], env=ENVIRONMENT,
                              stdout=subprocess.DEVNULL).returncode

    def remove(self):
        for file in (self.db, self.db + "-wal", self.db + "-shm"):
            if os.path.exists(file):
                os.unlink(file)

    def check(self, title, message):
        self.remove()
        self.deliver(mail([report([policy("first.test", [failure()])], "first")]))
        before = self.used()
        code = self.deliver(message)
        grown, allowed = self.used() - before, TIMES * len(message) + BESIDES
        self.worst = max(self.worst, (grown / allowed, title))
        self.tap.ok(code == 0 and grown <= allowed,
                    f"{title}: {len(message)} bytes add {grown} of {allowed}; {self.what()}", code)
        reports = message.count(b"--bb\n")
        pruned = self.prune()
        left = self.used() - before
        # A tombstone, with the names that it refers to, and a page of it in each of its tables.
        self.tap.ok(pruned == 0 and left <= 2000 * reports + 12 * PAGE, f"{title}: {left} are left by prune",
                    pruned)

    def deliver_signed(self, number, policies, domain):
        """A report with a signature of a domain; that of better.test is the one that should be there."""
        with open(self.tap.path("trust.conf"), "w") as file:
            file.write("[ingest]\ntrusted-authserv-ids=mx.test\ndeadline=60s\n")
        command = [part.replace("empty.conf", "trust.conf") for part in self.tap.command(self.db)]
        message = b"Authentication-Results: mx.test; dkim=pass header.d=%s\n" % domain + mail(
            [report(policies, number, **{"contact-info": "a@better.test"})]).replace(b"reporter.test", domain)
        return subprocess.run(command, input=message, env=ENVIRONMENT, capture_output=True).returncode, len(message)

    def check_reasons(self, rows, wanted):
        """A copy of a better sender takes away the reason that the worse one alone has given; but where the
        other reports of the worse one have more rows than are read (READ_ROWS_MAX in recount.c), it stays."""
        self.remove()
        for number, reason in enumerate(("stays", "goes")):
            self.deliver_signed(number, [policy(failures=[failure(**{"failure-reason-code": reason})])], b"worse.test")
        db = sqlite3.connect(self.db)
        of_first = "SELECT min(report) FROM failure WHERE reason > 1"
        db.execute(f"""
            WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)
            INSERT INTO failure SELECT day, report, policy, number + n, incident, result_type, receiving_mx, sending_mta_ip,
                receiving_ip, reason, failed_sessions, receiving_mx_helo, additional_information
            FROM failure, n WHERE report = ({of_first})""", (rows - 1,))
        db.commit()
        spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        code, _ = self.deliver_signed(1, [policy(failures=[failure(**{"failure-reason-code": "goes"})])], b"better.test")
        spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - spent
        found = [row[0] for row in db.execute("SELECT failure_reason_code FROM incident_reasons"
                                              " WHERE auth_domain = 'worse.test' ORDER BY 1")]
        db.close()
        self.tap.ok(code == 0 and found == wanted, f"reasons beside {rows} rows of other reports: {', '.join(found)}", code, wanted)
        self.tap.ok(spent < 3, f"in {spent:.1f} s of processor time")

    def check_replacement(self):
        """A better sender's copy of a large report takes its place beside more reports of the worse one
        than are read to mend what that one has counted (READ_KEYS_MAX in recount.c)."""
        policies = [policy(f"d{i}.test", [failure(f"mx{i % 190}.test", **{"failure-reason-code": f"r{i % 9}"})])
                    for i in range(4900)]
        self.remove()
        for number in range(12):
            self.deliver_signed(number, policies, b"worse.test")
        before, spent = self.used(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        code, size = self.deliver_signed(11, policies, b"better.test")
        spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - spent
        grown, allowed = self.used() - before, TIMES * size + BESIDES
        db = sqlite3.connect(self.db)
        rows = db.execute("SELECT auth_domain, count(*), max(report_id) FROM reports GROUP BY 1").fetchall()
        sums = db.execute("SELECT auth_domain, sum(reports), sum(sessions) FROM daily_total GROUP BY 1").fetchall()
        db.close()
        self.tap.ok(code == 0 and rows == [("better.test", 1, "r11"), ("worse.test", 11, "r9")],
                    "a better copy takes the place of one among many large ones", code, rows)
        self.tap.ok(sums == [("better.test", 4900, 2 * 4900), ("worse.test", 11 * 4900, 2 * 11 * 4900)],
                    "and what is counted is right", sums)
        self.tap.ok(grown <= allowed, f"{size} bytes in the place of others add {grown} of {allowed}")
        # Storing may take five seconds.
        self.tap.ok(spent < 3, f"in {spent:.1f} s of processor time")

    def main(self):
        for title, (n, make) in CASES.items():
            if len(sys.argv) < 2 or title in sys.argv[1:]:
                self.check(title, mail([report(make(k), k) for k in range(n)]))
        long = [report([policy(f"d{k}.test")], f"{k} " + "i" * 4000, **{
            "organization-name": f"{k} " + "o" * 4000, "contact-info": f"{k} " + "c" * 4000})
            for k in range(16)]
        if len(sys.argv) < 2:
            self.check("long names of reports", mail(long[:2]))
            self.check_replacement()
            self.check_reasons(READ_ROWS_MAX, ["stays"])
            self.check_reasons(READ_ROWS_MAX + 1, ["goes", "stays"])
            self.check("spam", HEAD + b"\n" + b"x" * 100000)
        self.tap.say(f"most: {self.worst[0]:.2f} of what is allowed, {self.worst[1]}")
        self.tap.finish()


if __name__ == "__main__":
    Adds().main()
