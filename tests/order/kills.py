#!/usr/bin/env python3
"""Deliveries killed at any moment, and delivered again: every report is there exactly once.

    kills.py [--count N] [--seed N]

Several deliveries at a time go to one store.  Each is killed by SIGKILL after a random time: the
process that was started, its child, or both.  An exit code of 0 counts; after any other the same
message is delivered again, as a mail system does.
"""
import argparse
import collections
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
import oracle  # noqa: E402
from messages import message  # noqa: E402
from tap import BIN, ENVIRONMENT, INGEST, SANITIZED, Tap, fast_folder  # noqa: E402

AT_ONCE = 4
LONGEST_S = 0.4 if SANITIZED else 0.012
HOOKS = os.path.join(BIN, "tests", "tlsrpt-ingest-hooks")
VICTIMS = "parent", "child", "both"


def child_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            children = file.read().split()
        return int(children[0]) if children else None
    except OSError:
        return None


def phase_of(child, db):
    """What the child is doing, as far as its open files tell."""
    try:
        for entry in os.scandir(f"/proc/{child}/fd"):
            if os.readlink(entry.path).startswith(db):
                return "storing"
    except OSError:
        return "ending"
    return "reading or parsing"


def kill(process, child, victim):
    if victim != "child":
        process.kill()
    if victim != "parent" and child:
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            pass


def wait_for_end(pid):
    """A child whose parent was killed dies with it, a moment later; who buries it may take time."""
    try:
        while pid:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] in "ZX":
                    return
            time.sleep(0.0005)
    except OSError:
        pass


class Kills:
    def __init__(self, tap, seed):
        self.tap, self.seed, self.db = tap, seed, tap.path("db")
        self.phases = collections.Counter()
        self.exits = collections.Counter()
        self.committed = collections.Counter()  # by exit code
        self.again, self.problems, self.lock = [], [], threading.Lock()

    def start(self, program=INGEST, environment=ENVIRONMENT):
        return subprocess.Popen(self.tap.command(self.db, program=program), stdin=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, env=environment)

    @staticmethod
    def feed(process, text):
        try:
            process.stdin.write(text)
            process.stdin.close()
        except BrokenPipeError:
            pass

    def is_stored(self, number):
        try:
            db = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
            try:
                return db.execute("SELECT count(*) FROM reports WHERE report_id = ?",
                                  (str(number),)).fetchone()[0]
            finally:
                db.close()
        except sqlite3.OperationalError:
            return 0  # not made yet

    def deliver(self, number):
        """A delivery that nobody disturbs."""
        process = self.start()
        self.feed(process, message(number, self.seed))
        return process.wait()

    def judge(self, number, phase, code):
        stored = self.is_stored(number)
        with self.lock:
            self.phases[phase] += 1
            self.exits[code] += 1
            self.committed[code] += stored
            if code == 0 and not stored:
                self.problems.append(f"{number}: exit 0, and not stored")
            if code not in (0, 75, -signal.SIGKILL):
                self.problems.append(f"{number}: exit {code} ({phase})")
            if code != 0:
                self.again.append(number)

    def random_kill(self, number):
        rng = random.Random(f"{self.seed} kill {number}")
        process = self.start()
        feeder = threading.Thread(target=self.feed, args=(process, message(number, self.seed)))
        started = time.monotonic()
        feeder.start()
        time.sleep(max(0, started + rng.uniform(0, LONGEST_S) - time.monotonic()))
        child, finished = child_of(process.pid), process.poll() is not None
        phase = "finished" if finished else phase_of(child, self.db) if child else "starting"
        kill(process, child, rng.choice(VICTIMS))
        feeder.join()
        code = process.wait()
        wait_for_end(child)
        self.judge(number, phase, code)
        if code != 0 and rng.random() < 0.5:
            # At once, while others are being killed.
            with self.lock:
                self.again.remove(number)
            if self.deliver(number) != 0:
                with self.lock:
                    self.again.append(number)

    def certain_kill(self, number, place, victim):
        """Killed where it is known to be."""
        pids = self.tap.path(f"pids-{number}")
        process = self.start(HOOKS, dict(
            ENVIRONMENT, TLSRPT_TEST_FAULT=f"{place}:sleep", TLSRPT_TEST_PID_FILE=pids))
        self.feed(process, message(number, self.seed))
        while not os.path.exists(pids):
            time.sleep(0.001)
        child = child_of(process.pid)
        kill(process, child, victim)
        code = process.wait()
        wait_for_end(child)
        self.judge(number, f"certainly {place}", code)

    def redeliver(self, number):
        for _ in range(20):
            code = self.deliver(number)
            if code == 0:
                return
        with self.lock:
            self.problems.append(f"{number}: exit {code} in every attempt")


def in_threads(work, jobs):
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda arguments: work(*arguments), jobs))


def check(kills, count):
    tap = kills.tap
    db = sqlite3.connect(f"file:{kills.db}?mode=ro", uri=True)
    stored = collections.Counter(int(name) for name, in db.execute("SELECT report_id FROM reports"))
    wrong = [f"{number}: {stored[number]} times" for number in set(stored) | set(range(count))
             if stored[number] != 1 or number >= count]
    tap.ok(not wrong, f"{count} reports are there exactly once", *wrong[:8])
    kept = db.execute("SELECT reason, detail FROM quarantined").fetchall()
    tap.ok(not kept, "nothing is in quarantine: it was not the messages' doing", kept)
    sound = db.execute("PRAGMA integrity_check").fetchall(), db.execute(
        "PRAGMA foreign_key_check").fetchall()
    tap.ok(sound == ([("ok",)], []), "the store is sound", sound)
    db.close()
    differences = oracle.check(kills.db)
    tap.ok(not differences, "the oracle agrees", *differences[:8])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200 if SANITIZED else 1000)
    parser.add_argument("--seed", type=int, default=8460)
    options = parser.parse_args()
    tap = Tap(fast_folder())
    kills = Kills(tap, options.seed)
    started = time.monotonic()
    in_threads(kills.random_kill, [(number,) for number in range(options.count)])
    certain = [(place, victim) for place in ("reading", "parsing", "storing")
               for victim in VICTIMS for _ in range(2)]
    in_threads(kills.certain_kill, [(options.count + i, *job) for i, job in enumerate(certain)])
    count = options.count + len(certain)
    again = len(kills.again)
    in_threads(kills.redeliver, [(number,) for number in kills.again])
    tap.ok(not kills.problems, "0, 75 or killed; 0 only what is stored; a later attempt stores",
           *kills.problems[:8])
    check(kills, count)
    tap.say(f"killed while: {dict(kills.phases)}")
    for code, number in sorted(kills.exits.items()):
        tap.say(f"exit {code}: {number}, of which {kills.committed[code]} were committed")
    tap.say(f"{again} delivered again at the end; {time.monotonic() - started:.0f} s")
    tap.finish()


if __name__ == "__main__":
    main()
