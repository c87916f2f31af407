#!/usr/bin/env python3
"""No count and no sum leaves 0 to 2^53, whatever the reports say.

Reports of several organizations and days, each with 1,100 policies of 2^53 sessions, of which all
or none failed: added up without a bound they go beyond 2^63.  Every command in every format, the
views, and what the store holds.
"""
import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from tap import BIN, ENVIRONMENT, Tap  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
LARGEST = 1 << 53
DAYS, ORGANIZATIONS, DOMAINS = 4, 2, 1096
TODAY = int(time.time()) // 86400
MODE = {"policy-string": ["version: STSv1", "mode: testing", "max_age: 86400", "mx: *.mx.test"]}


def day_text(day, clock):
    return time.strftime("%Y-%m-%d", time.gmtime(day * 86400)) + clock


def policy(domain, kind, successful, failed, **more):
    failure = {"result-type": "certificate-expired", "receiving-mx-hostname": "a.other.test",
               "failed-session-count": failed}
    return {"policy": dict({"policy-type": kind, "policy-domain": domain}, **more),
            "summary": {"total-successful-session-count": successful,
                        "total-failure-session-count": failed},
            "failure-details": [failure, failure] if failed else []}


def report(organization, day):
    many = [policy(f"d{number}.test", "sts", *((LARGEST, 0) if number % 2 else (0, LARGEST)), **MODE)
            for number in range(DOMAINS)]
    # One domain in which the types are added up, too, and the same type comes twice.
    one = [policy("one.test", kind, LARGEST, LARGEST)
           for kind in ("sts", "tlsa", "no-policy-found", "no-policy-found")]
    return {"organization-name": f"O{organization}", "report-id": f"r{organization}-{day}",
            "date-range": {"start-datetime": day_text(TODAY - day, "T00:00:00Z"),
                           "end-datetime": day_text(TODAY - day, "T23:59:59Z")},
            "policies": many + one}


def numbers(value):
    """All in a document, but for the words in it."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for one in value for number in numbers(one)]
    return [value] if isinstance(value, (int, float)) and not isinstance(value, bool) else []


def numbers_of_csv(text):
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    return [float(cell) for cell in cells if re.fullmatch(r"'?-?\d+(\.\d+)?", cell)]


def numbers_of_text(text):
    """Those that stand alone; a minus between digits parts those of a date."""
    return [float(number) for number in re.findall(r"(?<![\w.-])-?\d+(?![\w.-]|\.\d)", text)]


def run(*arguments, data=None, program=TLSRPT):
    done = subprocess.run([program, *arguments], input=data, capture_output=True,
                          env=dict(ENVIRONMENT, COLUMNS="120"), timeout=300)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Sums:
    def __init__(self):
        self.tap = Tap()
        self.db = self.tap.path("x.db")
        self.store = ["--config", self.tap.path("empty.conf"), "--db", self.db]

    def within(self, name, found, done, codes=(0,)):
        code, out, err = done
        wrong = [number for number in found if not 0 <= number <= LARGEST]
        self.tap.ok(code in codes and not err and found and not wrong,
                    f"{name}: {len(found)} numbers within 0 and 2^53", code, err[:300], wrong[:5],
                    out[:300] if not found else "")
        return found

    def fill(self):
        bad = []
        for day in range(1, DAYS + 1):
            for organization in range(ORGANIZATIONS):
                done = subprocess.run(self.tap.command(self.db, "--reject"),
                                      input=json.dumps(report(organization, day)).encode(),
                                      capture_output=True, env=ENVIRONMENT)
                bad += [done] if done.returncode else []
        self.tap.ok(not bad, f"{DAYS * ORGANIZATIONS} reports are stored", *bad[:2])

    def check_views(self, name):
        connection = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
        largest, wrong = 0, []
        tables = [row[0] for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
            " AND name NOT LIKE 'sqlite%' ORDER BY 1")]
        for table in tables:
            for column in [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]:
                if "sessions" not in column and column != "reports":
                    continue
                low, high = connection.execute(
                    f"SELECT min({column}), max({column}) FROM {table}").fetchone()
                largest = max(largest, high or 0)
                if (low or 0) < 0 or (high or 0) > LARGEST:
                    wrong.append((table, column, low, high))
        connection.close()
        self.tap.ok(not wrong and largest == LARGEST, f"{name}: tables and views within 2^53", wrong,
                    largest)

    def check_command(self, name, *arguments, text_only=False, codes=(0,)):
        arguments = [*arguments, *self.store]
        done = run(*arguments)
        self.within(f"{name}, text", numbers_of_text(done[1]), done, codes)
        if text_only:
            return
        done = run(*arguments, "--format", "csv")
        self.within(f"{name}, csv", numbers_of_csv(done[1]), done, codes)
        done = run(*arguments, "--format", "json")
        found = self.within(f"{name}, json", numbers(json.loads(done[1])), done, codes)
        if name not in ("status", "notes", "prune", "reprocess", "quarantine"):
            self.tap.ok(LARGEST in found, f"{name}, json: 2^53 is there, so that the bound was met")

    def check_all(self):
        since = ["--since", "30d"]
        one = ["--domain", "one.test"]
        self.check_command("trend", "trend", *since)
        self.check_command("trend of an organization", "trend", *since, "--organization", "O1")
        self.check_command("trend of a domain", "trend", *since, *one)
        self.check_command("summary", "summary", *since)
        self.check_command("summary of a domain", "summary", *since, *one)
        self.check_command("failures", "failures", *since)
        self.check_command("failures of an organization", "failures", *since, "--organization", "O1")
        self.check_command("reports", "reports", *since)
        self.check_command("show", "show", "1")
        self.check_command("export", "export", *since)
        self.check_command("policy", "policy", *since)
        self.check_command("check", "check", codes=(0, 1, 2, 3))
        self.check_command("check of shares", "check", "-w", "1", "-c", "5", codes=(0, 1, 2, 3))
        self.check_command("status", "status")
        done = run("export", *since, *self.store, "--format", "prometheus")
        self.within("export, prometheus",
                    [float(line.rsplit(" ", 1)[1]) for line in done[1].splitlines()
                     if not line.startswith("#")], done)
        done = run("digest", "--format", "json", *self.store)
        self.within("digest, json", numbers(json.loads(done[1])), done)
        done = run("digest", "--format", "text", *self.store)
        self.within("digest, text", numbers_of_text(done[1]), done)

    def check_again(self):
        """What subtracts and adds again, and what goes."""
        self.check_command("reprocess", "reprocess", text_only=True)
        self.check_views("after reprocess")
        self.check_command("note", "note", "1", "a note", text_only=True)
        self.check_command("prune", "prune", "--keep", "2d", "--keep-totals", "3d", text_only=True)
        self.check_views("after prune")
        self.check_command("trend after prune", "trend", "--since", "30d")

    def main(self):
        self.fill()
        self.check_views("after the deliveries")
        self.check_all()
        self.check_again()
        self.tap.finish()


if __name__ == "__main__":
    Sums().main()
