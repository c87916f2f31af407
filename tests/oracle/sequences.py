#!/usr/bin/env python3
"""Random sequences of deliveries to fresh stores, of prunes, retries, reprocessing and notes between
them: afterwards the oracle agrees.

    sequences.py [--seed N] [--count N] [--deliveries M] [--only I]

A sequence is made from the seed and its number alone; --only runs that one, and keeps its folder.
Beside the oracle, which starts from what the store has taken in, a model that knows what was sent
says which reports and messages are to be there.
"""
import argparse
import gzip
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
from generator import START, Generator, Message, Part, is_report, key_of  # noqa: E402
from tap import BIN, ENVIRONMENT, SANITIZED, Tap, fast_folder  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
LABELLED = ["application/tlsrpt+gzip", "application/tlsrpt+gzip", "application/tlsrpt+json",
            "application/tlsrpt", "Application/TLSRPT+JSON"]
UNWANTED = "foreign"  # with the configuration that wants no report of these
GENERAL = ["application/octet-stream", "application/json", "application/gzip",
           "application/x-gzip"]


class Model:
    """What is to be in the store after what was sent."""

    def __init__(self):
        self.reports = {}  # key to what the first message said beside it
        self.quarantine = {}  # digest to (reason, sender, subject, size)
        self.refused = {}  # digest to what a later try gives: reports, and what is wrong still

    def store(self, key, beside):
        self.reports.setdefault(key, beside)

    def keep(self, text, reason, sender=None, subject=None, later=None):
        bare = text.partition(b"\n")[2] if text.startswith(b"From ") else text
        digest = hashlib.sha256(bare).hexdigest()
        if digest not in self.quarantine:
            self.quarantine[digest] = reason, sender, subject, len(text)
            self.refused[digest] = later or ((), reason)

    def retry(self):
        """All that is in quarantine is tried again, in turn, and now nothing is unwanted."""
        for digest, (_, *rest) in list(self.quarantine.items()):
            reports, reason = self.refused[digest]
            for key, beside in reports:
                self.store(key, beside)
            if reason:
                self.quarantine[digest] = reason, *rest
            else:
                del self.quarantine[digest]

    def differences(self, db):
        wanted = list(self.reports.values())
        actual = []
        for number, (gone, *row) in enumerate(db.execute(
                "SELECT pruned, submitter, from_domain, report_domain, raw.message_id, subject,"
                " file_name, media_type, is_report, sent_at"
                " FROM reports LEFT JOIN raw ON raw.report = reports.id ORDER BY id")):
            if gone and number < len(wanted):
                row[3:] = wanted[number][3:]  # what is not kept
            actual.append(tuple(row))
        if actual != wanted:
            yield f"{len(wanted)} distinct reports, {len(actual)} stored"
            yield from (f"sent {a}, stored {b}" for a, b in zip(wanted, actual) if a != b)
        kept = {digest: tuple(rest) for digest, *rest in db.execute(
            "SELECT lower(hex(digest)), quarantined.reason, quarantined.sender,"
            " quarantined.subject, quarantined.size"
            " FROM quarantined JOIN quarantined_row USING (id)")}
        if kept != self.quarantine:
            yield f"to be in quarantine: {self.quarantine}"
            yield f"in quarantine: {kept}"


class Sequence:
    def __init__(self, tap, seed, number, deliveries):
        self.rng = random.Random(f"{seed} {number}")
        self.g, self.model, self.tap = Generator(self.rng), Model(), tap
        self.folder = tap.path(f"sequence-{seed}-{number}")
        self.db = os.path.join(self.folder, "db")
        self.command = tap.command(self.db)
        long = deliveries or self.rng.randint(25, 50)
        self.length = long if deliveries or number % 100 == 99 else self.rng.randint(3, 8)
        self.checks_each = self.rng.random() < 0.1
        self.sent, self.known = [], []
        self.repeatable = []  # of what was sent, what is stored
        self.memory = oracle.Memory()
        self.strict = False  # deliveries go by a configuration that wants no report

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
        self.bring([(key_of(report, None), (None,) * 7 + (0, 0))], None, data)
        return data

    def bring(self, reports, reason, text, sender=None, subject=None, first=None):
        """Reports, and what is wrong with the message; first is what comes first of both."""
        if self.strict and reports:
            self.model.keep(text, first or UNWANTED, sender, subject, (reports, reason))
            return
        for key, beside in reports:
            self.model.store(key, beside)
        if reason:
            self.model.keep(text, reason, sender, subject, (reports, reason))

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
        reports = [(key, message.beside(part)) for part, key, _ in parts if key is not None]
        without = "unread-report" if message.claims(text) else "no-report"
        reasons = [reason for _, _, reason in parts if reason] or ([] if parts else [without])
        first = parts[0][2] if parts else None
        self.bring(reports, reasons[0] if reasons else None, text, message.sender,
                   message.subject, first)
        return text

    def next(self):
        if self.repeatable and not self.strict and self.g.chance(0.08):
            return self.rng.choice(self.repeatable)  # the mail system tries again
        return self.bare() if self.g.chance(0.2) else self.message()

    def deliver(self, text):
        self.sent.append(text)
        self.repeatable += [] if self.strict else [text]
        command = [self.tap.path("strict.conf") if part == self.tap.path("empty.conf") else part
                   for part in self.command] if self.strict else self.command
        with open(os.path.join(self.folder, f"{len(self.sent)}.eml"), "wb") as file:
            file.write(text)
        done = subprocess.run(command, input=text, stderr=subprocess.PIPE, env=ENVIRONMENT)
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

    # --- what the operator does

    def tlsrpt(self, *arguments):
        done = subprocess.run(
            [TLSRPT, *arguments, "--config", self.tap.path("empty.conf"), "--db", self.db],
            stdin=subprocess.DEVNULL, capture_output=True, env=ENVIRONMENT)
        if done.returncode or done.stderr:
            return [f"tlsrpt {arguments}: exit {done.returncode}: {done.stderr.decode()}"]
        return []

    def query(self, text):
        db = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
        try:
            return db.execute(text).fetchall()
        finally:
            db.close()

    def prune(self):
        """Up to some day; what the reports said is looked at before."""
        problems = self.compare()
        before = START // 86400 + self.rng.choice([-1, 1, 2, 3, 11, 12, 14, 5000])
        totals = before - self.rng.choice([0, 0, 1, 2, 11, 800])
        now, keep = (before + 90) * 86400 + self.rng.randint(0, 86399), 90
        last, = self.query("SELECT coalesce(max(id), 0) FROM report")[0]
        old = [digest for digest, in self.query(
            "SELECT lower(hex(digest)) FROM quarantined_row WHERE received_at < %d" % (before * 86400))]
        problems += self.tlsrpt("prune", "--now", str(now), "--keep", f"{keep}d", "--keep-totals",
                                f"{keep + before - totals}d")
        self.memory.forget_totals(last, totals)
        for digest in old:
            del self.model.quarantine[digest]
            self.repeatable.clear()  # of which some would be kept once more
        left = self.query("SELECT count(*) FROM report WHERE state = 0 AND day < %d" % before)
        return problems + [f"not pruned: {left}"] * (left != [(0,)])

    def reprocess(self):
        """Changes nothing, since the program is the one that has stored it."""
        tables = [name for name, in self.query(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        before = [self.query(f"SELECT * FROM {name}") for name in tables]
        problems = self.tlsrpt("reprocess")
        for name, rows in zip(tables, before):
            if self.query(f"SELECT * FROM {name}") != rows:
                problems.append(f"reprocess: {name} was other: {rows[:5]}")
        return problems

    def other_report(self, media_type):
        """One that was never sent, as a part of that type."""
        while True:
            report = self.g.report()
            if (media_type not in GENERAL or is_report(report, False)) and not any(
                    report == one for one in self.known):
                self.known.append(report)
                return report

    def call_otherwise(self, db):
        """As if the catalog had known another kind of cause for some incidents of failure rows."""
        db.execute("INSERT INTO kind (name) VALUES ('a former kind') ON CONFLICT DO NOTHING")
        for number, in db.execute(
                "SELECT id FROM incidents WHERE receiving_mx_hostname IS NOT '(many)' AND id IN"
                " (SELECT incident FROM failures)").fetchall():
            if self.g.chance(0.3):
                db.execute("UPDATE OR IGNORE incident SET kind = (SELECT id FROM kind WHERE name ="
                           " 'a former kind') WHERE id = ?", (number,))

    def misread(self):
        """As if an older version had read something else in some reports: reprocess mends it."""
        if self.memory.forgotten:
            return []  # of days that are not whole not all can be known
        self.memory.renumbered = True
        self.repeatable.clear()
        keys = list(self.model.reports)
        db, changed, old = sqlite3.connect(self.db), [], []
        for number, media_type, submitter, from_domain in db.execute(
                "SELECT report, media_type, submitter, from_domain FROM raw"
                " JOIN reports ON reports.id = raw.report").fetchall():
            if self.g.chance(0.5):
                continue
            report = self.other_report(media_type)
            if self.g.chance(0.3):
                report = self.g.changed(report)
            db.execute("UPDATE raw SET content = ? WHERE report = ?",
                       (gzip.compress(self.g.dump(report)), number))
            old += db.execute("SELECT digest FROM identity WHERE report = ?", (number,)).fetchall()
            keys[number - 1] = key_of(report, submitter or from_domain)
            changed.append(number)
        self.call_otherwise(db)
        db.commit()
        problems = self.tlsrpt("reprocess")
        db.executemany("DELETE FROM identity WHERE digest = ?", old)
        db.commit()
        db.close()
        self.model.reports = dict(zip(keys, self.model.reports.values()))
        return problems + self.compare() + self.reprocess()

    def retry(self):
        self.model.retry()
        return self.tlsrpt("quarantine", "retry")

    def look_after(self):
        """Now and then."""
        problems = []
        if self.g.chance(0.02):
            self.note()
        for chance, action in ((0.06, self.prune), (0.04, self.reprocess), (0.06, self.retry),
                               (0.06, self.misread)):
            if not problems and self.g.chance(chance):
                problems = action()
        return problems

    # --- all of them

    def compare(self):
        db = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
        try:
            return oracle.check(self.db, self.memory) + list(self.model.differences(db))
        finally:
            db.close()

    def run(self):
        os.mkdir(self.folder)
        for number in range(self.length):
            self.strict = self.g.chance(0.05)
            problems = self.deliver(self.next()) or self.look_after()
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
    with open(tap.path("strict.conf"), "w") as file:
        file.write("[ingest]\nown-domains=other.example\n")
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
