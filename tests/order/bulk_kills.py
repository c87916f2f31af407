#!/usr/bin/env python3
"""An import killed at any moment, and run again until it ends: every report is there exactly once.

    bulk_kills.py [--count N] [--rounds N] [--seed N]

The messages are in an mbox, a Maildir and files, some in more than one of them.  SIGKILL goes to
the process that was started, or to one of its workers, or to all; while deliveries of other
messages go on beside it, which must not fail.
"""
import argparse
import collections
import mailbox
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
import oracle  # noqa: E402
from messages import message  # noqa: E402
from tap import ENVIRONMENT, INGEST, SANITIZED, Tap, fast_folder  # noqa: E402

VICTIMS = "all", "supervisor", "worker"


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class Import:
    def __init__(self, tap, count, seed):
        self.tap, self.count, self.seed = tap, count, seed
        self.db = tap.path("db")
        self.box = mailbox.mbox(tap.path("box"))
        self.maildir = mailbox.Maildir(tap.path("maildir"))
        os.mkdir(tap.path("files"))
        for number in range(count):
            self.place(number)
        self.box.close()
        self.sources = [tap.path(name) for name in ("box", "maildir", "files")]

    def place(self, number):
        rng = random.Random(f"{self.seed} place {number}")
        text = message(number, self.seed)
        for place in rng.sample(range(3), rng.choice((1, 1, 1, 2, 3))):
            if place == 0:
                self.box.add(text)
            elif place == 1:
                self.maildir.add(text)
            else:
                with open(self.tap.path(f"files/{number}.eml"), "wb") as file:
                    file.write(text)

    def start(self, jobs):
        return subprocess.Popen(
            [*self.tap.command(self.db), "--jobs", str(jobs), *self.sources],
            stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=ENVIRONMENT)

    def stored(self):
        try:
            db = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
            try:
                return db.execute("SELECT count(*) FROM reports").fetchone()[0]
            finally:
                db.close()
        except sqlite3.OperationalError:
            return 0  # not made yet


class Deliveries(threading.Thread):
    """One after the other, until they are told to stop."""

    def __init__(self, work, first):
        super().__init__()
        self.work, self.next, self.problems, self.ends = work, first, [], threading.Event()

    def run(self):
        while not self.ends.wait(0.01):
            result = subprocess.run(self.work.tap.command(self.work.db), env=ENVIRONMENT,
                                    input=message(self.next, self.work.seed), check=False)
            if result.returncode != 0:
                self.problems.append(f"{self.next}: exit {result.returncode}")
            else:
                self.next += 1


def round_of_kills(work, rng, longest):
    """True if the import came to its end."""
    process = work.start(rng.choice((2, 3)))
    time.sleep(rng.uniform(0, longest))
    workers = children_of(process.pid)
    victim = rng.choice(VICTIMS)
    if victim == "worker":
        # A single one may be the process that only makes the store.
        if len(workers) > 1:
            kill(rng.choice(workers))
        code = process.wait()
        return victim, code, code == 0
    kill(process.pid)
    if victim == "all":
        for worker in workers:
            kill(worker)
    code = process.wait()
    deadline = time.monotonic() + 10
    while any(is_alive(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.001)
    if any(is_alive(worker) for worker in workers):
        return "orphan", code, False
    return victim, code, code == 0


def check(work, count):
    tap = work.tap
    db = sqlite3.connect(f"file:{work.db}?mode=ro", uri=True)
    stored = collections.Counter(int(name) for name, in db.execute("SELECT report_id FROM reports"))
    wrong = [f"{number}: {stored[number]} times" for number in set(stored) | set(range(count))
             if stored[number] != 1 or number >= count]
    tap.ok(not wrong, f"{count} reports are there exactly once", *wrong[:8])
    sound = db.execute("PRAGMA integrity_check").fetchall(), db.execute(
        "PRAGMA foreign_key_check").fetchall()
    tap.ok(sound == ([("ok",)], []), "the store is sound", sound)
    db.close()
    differences = oracle.check(work.db)
    tap.ok(not differences, "the oracle agrees", *differences[:8])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=400 if SANITIZED else 3000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=8460)
    options = parser.parse_args()
    tap = Tap(fast_folder())
    work = Import(tap, options.count, options.seed)
    rng = random.Random(options.seed)
    deliveries = Deliveries(work, options.count)
    deliveries.start()
    ends, wrong, started = collections.Counter(), [], time.monotonic()
    shares = []
    for number in range(options.rounds):
        if number % 4 == 0 and number > 0:
            # From the beginning again, else the last rounds would find nothing to do.
            deliveries.ends.set()
            deliveries.join()
            for suffix in ("", "-wal", "-shm", "-lock"):
                if os.path.exists(work.db + suffix):
                    os.unlink(work.db + suffix)
            again = Deliveries(work, options.count)
            again.problems = deliveries.problems
            deliveries = again
            deliveries.start()
        victim, code, finished = round_of_kills(work, rng, 0.5 if SANITIZED else 0.15)
        ends[victim, "to its end" if finished else code] += 1
        shares.append(work.stored())
        if victim == "orphan" or (victim == "worker" and code != 0):
            wrong.append(f"{victim}: exit {code}")
    deliveries.ends.set()
    deliveries.join()
    tap.ok(not wrong, "a worker that is killed once costs nothing; none outlives its parent", *wrong)
    tap.ok(not deliveries.problems, "no delivery beside it fails", *deliveries.problems[:8])
    code = work.start(2).wait()
    tap.ok(code == 0, "the last import comes to its end", code)
    check(work, deliveries.next)
    tap.say(f"ends: {dict(ends)}; stored after each round: {shares}")
    tap.say(f"{time.monotonic() - started:.0f} s")
    tap.finish()


if __name__ == "__main__":
    main()
