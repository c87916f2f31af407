#!/usr/bin/env python3
"""A delivery to a full quarantine costs the same, however many messages are in it: counted in
instructions, of which there is no noise."""
import os
import re
import glob
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from tap import ENVIRONMENT, Tap  # noqa: E402

FEW, MANY = 600, 600000
SIZE = 800  # that each is said to take
INSERT = """INSERT INTO quarantined_row (received_at, class, auth_domain, stored_size, size, reason,
    detail, sender, subject, digest, content) VALUES (?, ?, ?, ?, 100, 'no-report', '', 'a@b.test',
    's', ?, x'00')"""


class Crowd:
    def __init__(self):
        self.tap = Tap()

    def fill(self, n):
        db = self.tap.path(f"{n}.db")
        subprocess.run(self.tap.command(db), input=b"From: a@b.test\n\nfirst\n", env=ENVIRONMENT,
                       capture_output=True, check=True)
        connection = sqlite3.connect(db)
        with connection:
            connection.execute("DELETE FROM quarantined_row")
            connection.execute("DELETE FROM quarantine_share")
            # Half of it nobody vouches for; the others are of many domains.
            connection.executemany(INSERT, (
                (1700000000 + i, i % 2, "" if i % 2 else f"d{i % 1000}.test", SIZE, i.to_bytes(32, "big"))
                for i in range(n)))
            connection.execute("INSERT INTO quarantine_share SELECT auth_domain, count(*),"
                               " sum(stored_size) FROM quarantined_row GROUP BY 1 UNION ALL"
                               " SELECT '(all)', count(*), sum(stored_size) FROM quarantined_row")
        connection.close()
        with open(self.tap.path("full.conf"), "w") as file:
            file.write(f"[limits]\nquarantine={n * SIZE}\n[ingest]\nlog=stderr\ndeadline=60s\n")
        return db

    def count(self, db, text):
        """The instructions of all processes of one delivery."""
        command = self.tap.command(db)
        out = self.tap.path("count")
        for file in glob.glob(out + ".*"):
            os.unlink(file)
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}.%p", command[0],
             "--config", self.tap.path("full.conf"), "--db", db],
            input=b"From: a@b.test\nSubject: x\n\n" + text + b"\n", env=ENVIRONMENT,
            capture_output=True)
        total = 0
        for file in glob.glob(out + ".*"):
            with open(file) as lines:
                total += sum(int(line.split()[1]) for line in lines if re.match("totals:", line))
        return done.returncode, total

    def main(self):
        counts = {}
        for n in (FEW, MANY):
            db = self.fill(n)
            self.count(db, b"warm")
            code, counts[n] = self.count(db, b"spam")
            left = sqlite3.connect(db).execute(
                "SELECT count(*) FROM quarantined_row WHERE size = 100").fetchone()[0]
            self.tap.ok(code == 0 and 0 < n - left < 10, f"{n} messages: room is made for one more",
                        code, left)
        self.tap.ok(counts[MANY] <= 1.1 * counts[FEW],
                    f"{counts[FEW]} instructions with {FEW}, {counts[MANY]} with {MANY}")
        self.tap.finish()


if __name__ == "__main__":
    Crowd().main()
