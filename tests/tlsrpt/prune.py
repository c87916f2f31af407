#!/usr/bin/env python3
"""tlsrpt prune: what goes and what stays, killed at any moment, beside deliveries.

    prune.py [--rounds N] [--reports N]
"""
import argparse
import collections
import glob
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "oracle"), os.path.join(HERE, "..", "order")]
import oracle  # noqa: E402
import messages  # noqa: E402
from generator import START  # noqa: E402
from tap import BIN, ENVIRONMENT, INGEST, SANITIZED, TESTS, Tap, fast_folder  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
FIRST = START // 86400  # the day of the first reports
KINDS = ("reports policies failures findings quarantined daily daily_total incident_days"
         " policy_seen").split()


class Failing(messages.Plain):
    """Sessions that failed, too."""

    def summary(self):
        return {"total-successful-session-count": self.count(),
                "total-failure-session-count": self.count()}


def message(number, seed=0):
    return messages.message(number, seed, Failing)


class Prunes:
    def __init__(self, options):
        self.options = options
        self.tap = Tap(fast_folder())
        self.db = self.tap.path("x.db")

    def deliver(self, data, db=None):
        return subprocess.run(self.tap.command(db or self.db), input=data, env=ENVIRONMENT).returncode

    def command(self, before, keep=90, totals=90, *more):
        """Prunes up to that day; totals is how long these are kept."""
        return [TLSRPT, "prune", "--config", self.tap.path("empty.conf"), "--db", self.db,
                "--now", str((before + keep) * 86400 + 5), "--keep", f"{keep}d",
                "--keep-totals", f"{totals}d", "--format", "json", *more]

    def prune(self, *arguments):
        done = subprocess.run(self.command(*arguments), capture_output=True, env=ENVIRONMENT)
        if done.returncode or done.stderr:
            raise RuntimeError(f"exit {done.returncode}: {done.stderr}")
        answer = json.loads(done.stdout)
        return [row["rows"] for row in answer["pruned"]], answer["run"][0]

    def rows(self, query, db=None):
        connection = sqlite3.connect(f"file:{db or self.db}?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def change(self, statement):
        db = sqlite3.connect(self.db)
        with db:
            db.execute(statement)
        db.close()

    def fresh(self):
        for path in glob.glob(self.db + "*"):
            os.unlink(path)

    def contents(self):
        return {kind: self.rows(f"SELECT * FROM {table}") for kind, table in zip(
            KINDS, ("raw", "policy", "failure", "finding", "quarantined_row", "daily_row",
                    "daily_total_row", "incident_day", "policy_seen_row"))}

    # --- what goes and what stays

    def check_rules(self):
        ok, count = self.tap.ok, 60
        for number in range(count):
            self.deliver(message(number))
        for path in sorted(glob.glob(os.path.join(TESTS, "data", "mail", "bad", "*.eml"))):
            with open(path, "rb") as file:
                self.deliver(file.read())
        self.change("INSERT INTO note (incident, kind, author, at, text)"
                    " SELECT id, 'note', 'me', 1, 'seen' FROM incident")
        before, notes = self.contents(), self.rows("SELECT * FROM note")
        incidents = self.rows("SELECT * FROM incident")
        memory = oracle.Memory()
        oracle.check(self.db, memory)
        files = {path: open(path, "rb").read() for path in glob.glob(self.db + "*")
                 if not path.endswith("-shm")}
        would, _ = self.prune(FIRST + 2, 90, 800, "--dry-run")
        ok(files == {path: open(path, "rb").read() for path in files}
           and sorted(files) == sorted(path for path in glob.glob(self.db + "*")
                                       if not path.endswith("-shm")), "--dry-run only reads")
        did, _ = self.prune(FIRST + 2, 90, 800)
        after = self.contents()
        gone = [len(before[kind]) - len(after[kind]) for kind in KINDS]
        ok(would == did == gone and gone[0] > 0 and gone[4:] == [0] * 5,
           "what went is what --dry-run said", would, did, gone)
        ok(all(set(after[kind]) <= set(before[kind]) for kind in KINDS), "nothing else was touched")
        left = self.rows("SELECT state, min(day), max(day) FROM report"
                         " GROUP BY state ORDER BY 1")
        ok(left == [(0, FIRST + 2, FIRST + 11), (1, FIRST, FIRST + 1)], "whole days", left)
        ok(self.rows("SELECT * FROM note") == notes and self.rows("SELECT * FROM incident") == incidents,
           "incidents and notes stay")
        differences = oracle.check(self.db, memory)
        ok(not differences, "the oracle agrees", *differences[:5])
        ok(self.prune(FIRST + 2, 90, 800)[0] == [0] * 9, "a second time nothing goes")
        self.check_again(memory, count)
        self.check_totals(memory, notes)

    def check_again(self, memory, count):
        """Old mail taken in again, and a report of a pruned day that comes late."""
        ok = self.tap.ok
        before = self.contents()
        ok(all(self.deliver(message(number)) == 0 for number in range(count))
           and self.contents() == before, "pruned reports that come again add nothing")
        for number in range(count, count + 20):
            self.deliver(message(number))
        late = self.rows("SELECT count(*) FROM report WHERE state = 0 AND start_at < %d"
                         % ((FIRST + 2) * 86400))[0][0]
        ok(late > 0 and not oracle.check(self.db, memory), "late reports are stored", late,
           *oracle.check(self.db, memory)[:5])
        did, _ = self.prune(FIRST + 2, 90, 800)
        ok(did[0] == late and not oracle.check(self.db, memory), "and go with the next prune", did)

    def check_totals(self, memory, notes):
        ok = self.tap.ok
        # Those with a note stay, and the last one, whose number is not given again.
        lasting = [tuple(text or "" for text in key) for key in self.rows(
            "SELECT policy_domain, policy_type, result_type, receiving_mx_hostname, kind FROM incidents"
            " WHERE id IN (SELECT incident FROM note) OR id = (SELECT max(id) FROM incidents)")]
        did, _ = self.prune(FIRST + 3, 90, 91)
        memory.forget_totals(self.rows("SELECT max(id) FROM report")[0][0], FIRST + 2, lasting)
        ok(did[0] > 0 and all(did[5:8]), "totals go in their turn", did)
        differences = oracle.check(self.db, memory)
        ok(not differences, "and the oracle agrees", *differences[:5])
        did, _ = self.prune(FIRST + 5000, 90, 90)
        ok(self.rows("SELECT count(*) FROM quarantined_row") == [(0,)] and did[4] > 0,
           "the quarantine has the period of reports", did)
        left = self.contents()
        ok(not any(left.values()), "all is gone", {kind: len(rows) for kind, rows in left.items()})
        ok(self.rows("SELECT * FROM note") == notes, "but the notes")
        ok(self.rows("SELECT count(*) FROM report") == self.rows("SELECT count(*) FROM identity"),
           "and what the reports are known by")
        ok(self.rows("PRAGMA freelist_count") == [(0,)] and self.rows("PRAGMA integrity_check") == [
            ("ok",)] and os.path.getsize(self.db + "-wal") == 0, "space is given back")
        ok(self.deliver(message(0)) == 0 and not any(self.contents().values()), "still known")

    # --- killed

    def kill_prunes(self, rng, stop, counts):
        while not stop.is_set():
            process = subprocess.Popen(self.command(FIRST + 3, 90, 800), stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, env=ENVIRONMENT)
            time.sleep(rng.uniform(0, 0.7 * self.undisturbed))
            process.kill()
            code = process.wait()
            left = self.rows("SELECT count(*) FROM report WHERE state = 0 AND start_at < %d"
                             % ((FIRST + 3) * 86400))[0][0]
            counts["killed" if code == -9 else "finished" if code == 0 else f"exit {code}"] += 1
            if code == -9 and left:
                counts["killed before the end"] += 1

    def check_kills(self):
        ok, base, beside = self.tap.ok, 250, 40
        shadow, template = self.tap.path("shadow"), self.tap.path("template")
        os.mkdir(template)
        for number in range(base + beside):
            self.deliver(message(number, 1), shadow)
            if number == base - 1:
                for path in glob.glob(shadow + "*"):
                    shutil.copy(path, os.path.join(template, os.path.basename(path)))
        known = oracle.Memory()
        problems = oracle.check(shadow, known)
        names = {name: known.reports[number] for number, name in self.rows(
            "SELECT id, report_id FROM report", shadow)}
        counts, rng = collections.Counter(), random.Random(8460)
        self.undisturbed = min(self.time_prune(template) for _ in range(3))
        for number in range(self.options.rounds):
            problems += self.kill_round(template, names, base, beside, rng, counts)
        ok(not problems, "killed at any moment, beside deliveries: the oracle agrees, each report"
           " is there once", *problems[:8])
        ok(counts["killed before the end"] >= self.options.rounds and not any(
            name.startswith("exit") for name in counts), "most were killed before their end")
        self.tap.say(dict(counts))

    def copy(self, template):
        self.fresh()
        for path in os.listdir(template):
            shutil.copy(os.path.join(template, path), path.replace("shadow", self.db))

    def time_prune(self, template):
        self.copy(template)
        started = time.monotonic()
        self.prune(FIRST + 3, 90, 800)
        return time.monotonic() - started

    def kill_round(self, template, names, base, beside, rng, counts):
        self.copy(template)
        stop, codes = threading.Event(), []
        killer = threading.Thread(target=self.kill_prunes, args=(rng, stop, counts))
        killer.start()
        for number in range(base, base + beside):
            codes.append(self.deliver(message(number, 1)))
        stop.set()
        killer.join()
        problems = [f"a delivery ended with {code}" for code in codes if code]
        memory = oracle.Memory()
        memory.reports = {number: names[name] for number, name in self.rows(
            "SELECT id, report_id FROM report")}
        problems += oracle.check(self.db, memory)
        self.prune(FIRST + 3, 90, 800)
        problems += oracle.check(self.db, memory)
        stored = collections.Counter(name for name, in self.rows("SELECT report_id FROM report"))
        if stored != collections.Counter(list(names)):
            problems.append(f"not each report once: {stored}")
        if self.rows("SELECT count(*) FROM report WHERE state = 0 AND start_at < %d"
                     % ((FIRST + 3) * 86400)) != [(0,)]:
            problems.append("something is left")
        return problems + [str(row) for row in self.rows("PRAGMA foreign_key_check")]

    # --- how long others wait

    def check_waits(self):
        """A large store loses most of what is in it, while mail comes in."""
        ok = self.tap.ok
        self.fresh()
        subprocess.run([sys.executable, os.path.join(TESTS, "bench", "big-store.py"), INGEST, self.db,
                        "--reports", str(self.options.reports)], check=True, stdout=subprocess.DEVNULL)
        last = self.rows("SELECT max(start_at) / 86400 FROM report")[0][0]
        alone = self.time_deliveries(100000, lambda: False, 20)
        size = os.path.getsize(self.db)
        process = subprocess.Popen(self.command(last - 1, 30, 30), stdout=subprocess.PIPE,
                                   env=ENVIRONMENT)
        started = time.monotonic()
        times = self.time_deliveries(200000, lambda: process.poll() is None, 0)
        answer = json.loads(process.stdout.read())
        process.stdout.close()
        took = time.monotonic() - started
        rows = {row["kind"]: row["rows"] for row in answer["pruned"]}
        longest = answer["run"][0]["longest_ms"]
        self.tap.say(f"{rows['reports']} reports and {rows['failures']} failure rows pruned in"
                     f" {took:.1f} s; the store was held for {longest} ms at the most")
        self.tap.say(f"{len(times)} deliveries beside it took {max(times):.2f} s at the most,"
                     f" {len(alone)} before it {max(alone):.2f} s")
        ok(rows["reports"] > self.options.reports * 0.9 and all(
            rows[kind] for kind in ("daily", "daily_total", "incident_days")), "most of it went", rows)
        ok(len(times) > 3, "deliveries went on", len(times))
        slow = sum(seconds > 1 + max(alone) for seconds in times)
        ok(slow == 0, "none of them waited longer than a second", slow, sorted(times)[-5:])
        ok(longest < 1000, "the store was never held for a second", longest)
        ok(os.path.getsize(self.db) < size / 2 and self.rows("PRAGMA freelist_count") == [(0,)],
           "the file is smaller", size, os.path.getsize(self.db))

    def time_deliveries(self, first, goes_on, least):
        times = []
        while goes_on() or len(times) < least:
            started = time.monotonic()
            code = self.deliver(message(first + len(times)))
            times.append(time.monotonic() - started)
            if code:
                self.tap.ok(False, "a delivery beside prune", code)
        return times


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3 if SANITIZED else 10)
    parser.add_argument("--reports", type=int, default=5000 if SANITIZED else 40000)
    prunes = Prunes(parser.parse_args())
    prunes.check_rules()
    prunes.check_kills()
    prunes.check_waits()
    prunes.tap.finish()


if __name__ == "__main__":
    main()
