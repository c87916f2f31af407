#!/usr/bin/env python3
"""Random sequences of deliveries to fresh stores: afterwards the oracle agrees.

    sequences.py [--seed N] [--count N] [--deliveries M] [--only I]

A sequence is made from the seed and its number alone; --only runs that one, and keeps its folder.
Beside the oracle, which starts from what the store has taken in, a model that knows what was sent
says which reports and messages are to be there.
"""
import argparse
import hashlib
import multiprocessing
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import oracle  # noqa: E402
from generator import Generator, Message, Part, is_report, key_of  # noqa: E402
from tap import ENVIRONMENT, SANITIZED, Tap, fast_folder  # noqa: E402

LABELLED = ["application/tlsrpt+gzip", "application/tlsrpt+gzip", "application/tlsrpt+json",
            "application/tlsrpt", "Application/TLSRPT+JSON"]
GENERAL = ["application/octet-stream", "application/json", "application/gzip",
           "application/x-gzip"]


class Model:
    """What is to be in the store after what was sent."""

    def __init__(self):
        self.reports = {}  # key to what the first message said beside it
        self.quarantine = {}  # digest to (reason, sender, subject, size)

    def store(self, key, beside):
        self.reports.setdefault(key, beside)

    def keep(self, text, reason, sender=None, subject=None):
        bare = text.partition(b"\n")[2] if text.startswith(b"From ") else text
        self.quarantine.setdefault(hashlib.sha256(bare).hexdigest(),
                                   (reason, sender, subject, len(text)))

    def differences(self, db):
        wanted = list(self.reports.values())
        actual = db.execute(
            "SELECT submitter, from_domain, report_domain, raw.message_id, subject, file_name,"
            " media_type, is_report, sent_at FROM reports JOIN raw ON raw.report = reports.id"
            " ORDER BY id").fetchall()
        if actual != wanted:
            yield f"{len(wanted)} distinct reports, {len(actual)} stored"
            yield from (f"sent {a}, stored {b}" for a, b in zip(wanted, actual) if a != b)
        kept = {digest: tuple(rest) for digest, *rest in db.execute(
            "SELECT lower(hex(digest)), quarantined.reason, quarantined.sender,"
            " quarantined.subject, quarantined.size"
            " FROM quarantined JOIN quarantine USING (id)")}
        if kept != self.quarantine:
            yield f"to be in quarantine: {self.quarantine}"
            yield f"in quarantine: {kept}"


class Sequence:
    def __init__(self, tap, seed, number, deliveries):
        self.rng = random.Random(f"{seed} {number}")
        self.g, self.model = Generator(self.rng), Model()
        self.folder = tap.path(f"sequence-{seed}-{number}")
        self.db = os.path.join(self.folder, "db")
        self.command = tap.command(self.db)
        long = deliveries or self.rng.randint(25, 50)
        self.length = long if deliveries or number % 100 == 99 else self.rng.randint(3, 8)
        self.checks_each = self.rng.random() < 0.1
        self.sent, self.known = [], []

    # --- one delivery

    def report(self):
        """A new report, one with the id of another, or one that was there."""
        draw = self.rng.random()
        if self.known and draw < 0.3:
            return self.rng.choice(self.known)
        if self.known and draw < 0.45:
            return self.g.changed(self.rng.choice(self.known))
        return self.g.report()

    def take_report(self):
        report = self.report()
        self.known.append(report)
        data = self.g.dump(report)
        return report, self.g.gzip(data) if self.g.chance(0.5) else data

    def bare(self):
        if self.g.chance(0.1):
            # Told from a message by its first byte.
            data = b""
            while data[:1] not in (b"{", b"\x1f"):
                data, reason = self.g.damaged(self.damaged_json())
            self.model.keep(data, reason)
            return data
        report, data = self.take_report()
        self.model.store(key_of(report, None), (None,) * 7 + (0, 0))
        return data

    def damaged_json(self):
        return self.g.dump(self.g.report()).strip(b"\xef\xbb\xbf \r\n\t")

    def part(self, message):
        report, data = self.take_report()
        general = is_report(report, False) and self.g.chance(0.2)
        part = Part(self.g, data, self.rng.choice(GENERAL if general else LABELLED),
                    self.g.file_name())
        return part, key_of(report, message.speaks_for()), None

    def damaged_part(self, message):
        data, reason = self.g.damaged(self.damaged_json())
        return Part(self.g, data, self.rng.choice(LABELLED), self.g.file_name()), None, reason

    def message(self):
        message = Message(self.g, len(self.sent))
        makers = [self.damaged_part if self.g.chance(0.07) else self.part
                  for _ in range(self.rng.choice([1, 1, 1, 1, 2, 3]))]
        parts = [make(message) for make in makers] if self.g.chance(0.98) else []
        text = message.text([part for part, _, _ in parts])
        if self.g.chance(0.2):
            text = message.with_from_line(text)
        for part, key, _ in parts:
            if key is not None:
                self.model.store(key, message.beside(part))
        reasons = [reason for _, _, reason in parts if reason] or (
            [] if parts else ["no-report"])
        if reasons:
            self.model.keep(text, reasons[0], message.sender, message.subject)
        return text

    def next(self):
        if self.sent and self.g.chance(0.08):
            return self.rng.choice(self.sent)  # the mail system tries again
        return self.bare() if self.g.chance(0.2) else self.message()

    def deliver(self, text):
        self.sent.append(text)
        with open(os.path.join(self.folder, f"{len(self.sent)}.eml"), "wb") as file:
            file.write(text)
        done = subprocess.run(self.command, input=text, stderr=subprocess.PIPE, env=ENVIRONMENT)
        if done.returncode:
            return [f"delivery {len(self.sent)}: exit {done.returncode}: {done.stderr.decode()}"]
        return []

    def note(self):
        """What the operator says of incidents, for which there is no command yet."""
        db = sqlite3.connect(self.db)
        with db:
            for (incident,) in db.execute("SELECT id FROM incident LIMIT 5").fetchall():
                kind = self.rng.choice(["note", "resolve", "reopen"])
                db.execute("INSERT INTO note (incident, kind, author, at, text)"
                           " VALUES (?, ?, 'me', ?, ?)",
                           (incident, kind, self.rng.randint(1, 3),
                            self.rng.choice(["", "renewed", "again"])))
        db.close()

    # --- all of them

    def compare(self):
        db = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
        try:
            return oracle.check(self.db) + list(self.model.differences(db))
        finally:
            db.close()

    def run(self):
        os.mkdir(self.folder)
        for number in range(self.length):
            problems = self.deliver(self.next())
            if self.g.chance(0.02):
                self.note()
            if not problems and (self.checks_each or number == self.length - 1):
                problems = self.compare()
            if problems:
                return problems
        return []

    def remove(self):
        shutil.rmtree(self.folder)


def run_one(arguments):
    tap, seed, number, deliveries, keeps = arguments
    sequence = Sequence(tap, seed, number, deliveries)
    try:
        problems = sequence.run()
    except Exception:  # a sequence that fails in itself must say which it was
        problems = [traceback.format_exc()]
    if not problems and not keeps:
        sequence.remove()
    return number, sequence.length, len(sequence.model.reports), problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=8460)
    parser.add_argument("--count", type=int, default=200 if SANITIZED else 2000)
    parser.add_argument("--deliveries", type=int, help="of each sequence, instead of a few")
    parser.add_argument("--only", type=int, help="the one sequence to run")
    options = parser.parse_args()

    tap = Tap(fast_folder())
    numbers = range(options.count) if options.only is None else [options.only]
    jobs = [(tap, options.seed, number, options.deliveries, options.only is not None)
            for number in numbers]
    started, deliveries, reports, failed = time.monotonic(), 0, 0, []
    with multiprocessing.Pool(2) as pool:
        for number, length, distinct, problems in pool.imap_unordered(run_one, jobs, 16):
            deliveries, reports = deliveries + length, reports + distinct
            if problems:
                failed.append(number)
                tap.say(f"sequence {number} (--seed {options.seed} --only {number}):")
                for problem in problems[:12]:
                    tap.say(problem[:1500])
                if len(failed) >= 5:
                    pool.terminate()
                    break
    tap.ok(not failed, f"{len(jobs)} sequences agree with the oracle and the model",
           f"failed: {sorted(failed)}")
    tap.say(f"{deliveries} deliveries, {reports} distinct reports,"
            f" {time.monotonic() - started:.0f} s, seed {options.seed}")
    tap.finish(keep=options.only is not None)


if __name__ == "__main__":
    main()
