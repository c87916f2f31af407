#!/usr/bin/env python3
"""A message cut at every byte: whole reports are stored, or it is in quarantine.

    cut.py [--step N]

Each cut goes to a store of its own, so that it can be said what became of it.
"""
import argparse
import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
import oracle  # noqa: E402
from decode import gunzip  # noqa: E402
from tap import ENVIRONMENT, SANITIZED, TESTS, Tap, fast_folder  # noqa: E402

# How many reports each holds.
SAMPLES = {
    "mail/good/google-2026-11-14-certificate-expired.eml": 1,
    "mail/odd/8bit-json.eml": 1,
    "mail/odd/two-reports.eml": 2,
    "json/good/rfc-form.json": 1,
    "json/good/google.json.gz": 1,
}
SLACK = 4  # bytes of a report's encoding that it can do without: padding, a line end


class Stored:
    """What a store holds of a message."""

    def __init__(self, path):
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.reports = {}
        for number, *row in db.execute(
                f"SELECT id, {self.columns('reports', 'id', 'received_at', 'findings')} FROM reports"):
            self.reports[row[1]] = row, *(self.part(db, view, number) for view in (
                "policies", "failures", "findings"))
        self.kept = [gunzip(content)[0] for content, in db.execute(
            "SELECT content FROM quarantined_row")]
        db.close()

    @staticmethod
    def columns(view, *without):
        return ", ".join(name for name in oracle.COLUMNS[view] if name not in without)

    def part(self, db, view, report):
        columns = self.columns(view, "id", "policy", "report")
        return sorted(db.execute(f"SELECT {columns} FROM {view} WHERE report = ?", (report,)),
                      key=repr)


def deliver(tap, text, name):
    """Into a copy of the empty store."""
    db = tap.path(name)
    shutil.copyfile(tap.path("empty"), db)
    done = subprocess.run(tap.command(db), input=text, stderr=subprocess.PIPE, env=ENVIRONMENT)
    return db, done


def run_cut(arguments):
    """The reports that are there after a cut, and what is wrong."""
    tap, text, length, whole = arguments
    db, done = deliver(tap, text[:length], f"cut-{os.getpid()}")
    problems = []
    if done.returncode:
        problems.append(f"exit {done.returncode}: {done.stderr.decode()}")
    stored = Stored(db)
    for name, rows in stored.reports.items():
        if cut_in_boundary(text[:length]):
            # What there is of the boundary looks like bytes after the report.
            rows = *rows[:3], [row for row in rows[3] if row[:2] != ("$", "trailing-bytes")]
        if rows != whole.get(name):
            problems.append(f"report {name}: {rows}")
    if stored.kept not in ([], [text[:length]]):
        problems.append(f"in quarantine: {stored.kept}")
    if not stored.reports and not stored.kept:
        problems.append("it is nowhere")
    problems += oracle.check(db)
    return length, set(stored.reports), bool(stored.kept), problems


def cut_in_boundary(text):
    return text.rpartition(b"\n")[2].startswith(b"-")


def remove_store(path):
    for suffix in "", "-wal", "-shm", "-lock":
        if os.path.exists(path + suffix):
            os.remove(path + suffix)


def make_empty_store(tap):
    """One file: a writing session takes the -wal in."""
    path = tap.path("empty")
    subprocess.run(tap.command(path, "--init"), env=ENVIRONMENT, check=True,
                   stdin=subprocess.DEVNULL)
    db = sqlite3.connect(path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def ends(text, number):
    """Where the data of the reports end: before the last boundaries, or at the end."""
    if not text.startswith((b"{", b"\x1f")):
        at, result = len(text), []
        for _ in range(number):
            at = text.rindex(b"\n--", 0, at)
            result.insert(0, at)
        return result
    return [len(text.rstrip(b"\n"))]


def check_order(results, text, number):
    """Once complete, a report is there after every later cut, and not long before."""
    problems, before = [], set()
    places = ends(text, number)
    for length, reports, kept, _ in results:
        due = sum(length >= place for place in places)
        early = sum(length >= place - SLACK for place in places)
        if not before <= reports:
            problems.append(f"cut at {length}: {before - reports} is not there any more")
        if not due <= len(reports) <= early:
            problems.append(f"cut at {length}: {len(reports)} reports, {due} are complete")
        if len(reports) == number and kept:
            problems.append(f"cut at {length}: all stored, and still in quarantine")
        before = reports
    return problems


def run_sample(tap, pool, name, number, step):
    started = time.monotonic()
    with open(os.path.join(TESTS, "data", name), "rb") as file:
        text = file.read().replace(b"\r\n", b"\n")
    db, _ = deliver(tap, text, "whole")
    whole = Stored(db).reports
    tap.ok(len(whole) == number, f"{name}: {number} in the whole message")
    remove_store(db)
    # The last bytes are where it is decided.
    lengths = sorted(set(range(0, len(text), step)) | set(range(len(text) - 40, len(text) + 1)))
    jobs = [(tap, text, length, whole) for length in lengths]
    results = []
    for result in pool.imap(cut_in_own_store, jobs, 8):
        results.append(result)
    problems = [f"cut at {length}: {problem}" for length, _, _, some in results
                for problem in some]
    problems += check_order(results, text, number)
    stored = sum(len(reports) == number for _, reports, _, _ in results)
    kept = sum(kept for _, _, kept, _ in results)
    tap.ok(not problems, f"{name}: {len(lengths)} cuts", *(problem[:800] for problem in problems[:8]))
    tap.say(f"whole {stored}, in quarantine {kept}, {time.monotonic() - started:.0f} s")


def cut_in_own_store(arguments):
    remove_store(arguments[0].path(f"cut-{os.getpid()}"))
    return run_cut(arguments)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--step", type=int, default=13 if SANITIZED else 1)
    options = parser.parse_args()
    tap = Tap(fast_folder())
    make_empty_store(tap)
    with multiprocessing.Pool(2) as pool:
        for name, number in SAMPLES.items():
            run_sample(tap, pool, name, number, options.step)
    tap.finish()


if __name__ == "__main__":
    main()
