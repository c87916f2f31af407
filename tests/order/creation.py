#!/usr/bin/env python3
"""Many processes make one store at once: each succeeds, and the schema is written once.

    creation.py [--rounds N] [--busy N] [--deadline TIME]

First in order: all of them come while there is no store and nobody can make it, so that each but
one finds it made later than it looked.  Then as it falls, in rounds, beside processes that take the
processor.  The deadline here is longer than a mail system has, lest the speed of the machine be
tested; what is measured is --rounds 20 --busy 14 --deadline 8s.
"""
import argparse
import collections
import fcntl
import os
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
import oracle  # noqa: E402
from messages import message  # noqa: E402
from tap import ENVIRONMENT, SANITIZED, Tap, fast_folder  # noqa: E402

AT_ONCE = 32
WAITING = 8
PATIENCE_S = 60


def start(tap, db, number):
    """A delivery that has all of its message but the end."""
    process = subprocess.Popen(tap.command(db), stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=ENVIRONMENT)
    process.stdin.write(message(number))
    process.stdin.flush()
    return process


def end_all(processes):
    """The end of the message, for all at once; what is not exit 0 without a word."""
    for process in processes:
        process.stdin.close()
    answers = collections.Counter()
    for process in processes:
        with process.stderr:
            text = process.stderr.read().decode().strip()
        answers[text, process.wait()] += 1
    del answers["", 0]
    return answers


def query(db, sql):
    connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True, timeout=PATIENCE_S)
    try:
        return connection.execute(sql).fetchone()[0]
    finally:
        connection.close()


def schema_writes(db):
    """SQLite counts each statement that changes the schema."""
    return query(db, "PRAGMA schema_version")


def count_waiting(path):
    """Who waits for a lock on a file, or holds a place in the queue for it."""
    inode = os.stat(path).st_ino
    with open("/proc/locks") as file:
        rows = [line.split() for line in file]
    return sum(row[1] == "->" and int(row[6].rpartition(":")[2]) == inode for row in rows)


def test_in_turn(tap, once):
    """All wait while there is nothing: then one makes it, and the others find it made."""
    db = tap.path("in-turn")
    with open(db + "-lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        processes = [start(tap, db, number) for number in range(WAITING)]
        for process in processes:
            process.stdin.close()
        until = time.monotonic() + PATIENCE_S
        while count_waiting(db + "-lock") < WAITING and time.monotonic() < until:
            time.sleep(0.01)
    problems = end_all(processes)
    tap.ok(not problems, f"{WAITING} that waited to make it succeed", problems)
    writes = schema_writes(db)
    tap.ok(writes == once, "and the schema is written once", f"{writes}, by one alone {once}")
    tap.ok(query(db, "SELECT count(*) FROM reports") == WAITING, "all is stored")


def test_at_once(tap, rounds, busy, once):
    hogs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(busy)]
    problems, writes, stored = collections.Counter(), collections.Counter(), 0
    try:
        for number in range(rounds):
            db = tap.path(f"round-{number}")
            processes = [start(tap, db, number) for number in range(AT_ONCE)]
            problems += end_all(processes)
            writes[schema_writes(db)] += 1
            stored += query(db, "SELECT count(*) FROM reports")
            if number == 0:
                first = db
            else:
                for suffix in "", "-wal", "-shm", "-lock":
                    os.remove(db + suffix)
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
    tap.ok(not problems, f"{rounds} times {AT_ONCE} at once, beside {busy} busy ones: all succeed",
           *problems.items())
    tap.say(f"{sum(problems.values())} of {rounds * AT_ONCE} failed")
    tap.ok(set(writes) == {once}, "the schema is written once", dict(writes), once)
    tap.ok(stored == rounds * AT_ONCE, "all is stored", stored)
    tap.ok(query(first, "PRAGMA auto_vacuum") == 2
           and query(first, "PRAGMA journal_mode") == "wal", "in a file of the right kind")
    differences = oracle.check(first)
    tap.ok(not differences, "the oracle agrees", *differences[:8])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=1 if SANITIZED else 3)
    parser.add_argument("--busy", type=int, default=2)
    parser.add_argument("--deadline", default="60s")
    options = parser.parse_args()
    tap = Tap(fast_folder())
    with open(tap.path("empty.conf"), "w") as file:
        file.write(f"[ingest]\ndeadline={options.deadline}\n")
    alone = tap.path("alone")
    problems = end_all([start(tap, alone, 0)])
    tap.ok(not problems, "one makes it alone", problems)
    once = schema_writes(alone)
    test_in_turn(tap, once)
    test_at_once(tap, options.rounds, options.busy, once)
    tap.finish()


if __name__ == "__main__":
    main()
