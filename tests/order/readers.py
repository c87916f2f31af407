#!/usr/bin/env python3
"""Who may only read can do so at all times: before, during and after deliveries.

    readers.py [--count N]

Readers that own nothing and are in no group poll the views by the sqlite3 module and by the
sqlite3 shell.  No error; what is counted never gets less; in each snapshot the totals agree with
the rows.  Needs root, to become somebody else.

Where nobody else has the store open, SQLite sets up the -shm file anew for a delivery, and shuts
out for a moment those who may not write it.  Mostly they get SQLITE_BUSY, so they have to have a
time-out, which the sqlite3 shell has not by itself; one reader here has none.  Now and then they
get SQLITE_READONLY_RECOVERY or _CANTINIT, for which SQLite does not wait.  Whoever asks again gets through;
how often that was is said.
"""
import argparse
import json
import os
import sqlite3
import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
import oracle  # noqa: E402
from messages import message  # noqa: E402
from tap import ENVIRONMENT, SANITIZED, Tap, fast_folder, skip  # noqa: E402

NOBODY = 65534
WRITERS = 4
TIMEOUT_S = 5
ATTEMPTS = 100  # before what is to be over in a moment is an error
# What a reader is told who may not write the -shm that a delivery sets up anew in this moment.
READONLY_FOR_A_MOMENT = (sqlite3.SQLITE_READONLY_RECOVERY, sqlite3.SQLITE_READONLY_CANTINIT)
# What only grows; in one statement, which sees one snapshot.
QUERY = """SELECT
 (SELECT count(*) FROM reports),
 (SELECT coalesce(sum(reports), 0) FROM daily_total),
 (SELECT coalesce(sum(reports), 0) FROM daily),
 (SELECT coalesce(sum(failed_sessions), 0) FROM daily),
 (SELECT coalesce(sum(failed_sessions), 0) FROM incident_days),
 (SELECT coalesce(sum(failed_sessions), 0) FROM incidents),
 (SELECT count(*) FROM (SELECT DISTINCT report, policy_domain FROM policies)),
 (SELECT count(*) FROM (SELECT DISTINCT report, policy_domain, policy_type FROM policies)),
 (SELECT coalesce(sum(failed_sessions), 0) FROM policies),
 (SELECT coalesce(sum(failed_sessions), 0) FROM failures)"""


class ShellError(Exception):
    pass


def inconsistency(row):
    _, total, daily, daily_failed, day_failed, failed, domains, types, policies, failures = row
    if (total, daily, daily_failed) != (domains, types, policies):
        return f"totals and policies do not agree: {row}"
    if not day_failed == failed == failures:
        return f"incidents and failures do not agree: {row}"
    return None


class Reader:
    """Polls in a process of its own until the folder has a file "stop"."""

    def __init__(self, tap, db, name, poll, may_be_busy=False):
        self.tap, self.db, self.name, self.poll = tap, db, name, poll
        self.may_be_busy = may_be_busy
        self.result = tap.path(f"result-{name}")
        # Made here, since the reader may make nothing.
        self.file = open(self.result, "w")
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self.run()
            finally:
                os._exit(0)
        self.file.close()

    def run(self):
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        rows, polls, again, attempt, problem = [], 0, {}, 0, None
        try:
            while problem is None and not os.path.exists(self.tap.path("stop")):
                polls += 1
                try:
                    row = self.poll(self.db)
                    attempt = 0
                except (sqlite3.OperationalError, ShellError) as error:
                    attempt += 1
                    if attempt == ATTEMPTS or not self.is_momentary(error):
                        raise
                    again[str(error)] = again.get(str(error), 0) + 1
                    time.sleep(0.001)
                    continue
                problem = inconsistency(row)
                if rows and any(a < b for a, b in zip(row, rows[-1])):
                    problem = f"less than before: {rows[-1]}, now {row}"
                if not rows or row != rows[-1]:
                    rows.append(row)
        except Exception:
            problem = f"after {polls} polls: {traceback.format_exc(limit=3)}"
        json.dump({"polls": polls, "again": again, "changes": len(rows), "last": rows[-1:],
                   "problem": problem}, self.file)
        self.file.flush()

    def is_momentary(self, error):
        if isinstance(error, ShellError):
            return "attempt to write a readonly database" in str(error)
        code = error.sqlite_errorcode
        return code in READONLY_FOR_A_MOMENT or (
            self.may_be_busy and code & 0xff == sqlite3.SQLITE_BUSY)

    def finish(self, last):
        os.waitpid(self.pid, 0)
        with open(self.result) as file:
            text = file.read()
        result = json.loads(text) if text else {"problem": "it died", "last": [], "polls": 0}
        seen = [tuple(row) for row in result["last"]]
        self.tap.ok(result["problem"] is None and seen == [last],
                    f"{self.name}: no error, nothing less, sums agree", text)
        self.tap.say(f"{result['polls']} polls, {result.get('changes')} different answers,"
                     f" asked again {result.get('again')}")


def query(db, how="mode=ro", timeout=TIMEOUT_S):
    connection = sqlite3.connect(f"file:{db}?{how}", uri=True, timeout=timeout)
    try:
        return connection.execute(QUERY).fetchone()
    finally:
        connection.close()


class Lasting:
    """One connection for all polls."""

    connection = None

    def __call__(self, db):
        if self.connection is None:
            self.connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True, timeout=TIMEOUT_S)
        return self.connection.execute(QUERY).fetchone()


def query_in_shell(db):
    timeout = f".timeout {TIMEOUT_S * 1000}"
    done = subprocess.run(["sqlite3", "-readonly", "-bail", "-cmd", timeout, db, QUERY], text=True,
                          capture_output=True, env=ENVIRONMENT)
    if done.returncode or done.stderr:
        raise ShellError(f"sqlite3: exit {done.returncode}: {done.stderr}")
    return tuple(map(int, done.stdout.strip().split("|")))


def as_nobody(work):
    """What work returns, or the text of its error, as nobody."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            answer = work()
        except Exception as problem:
            answer = str(problem)
        os.write(write, json.dumps(answer).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as file:
        answer = json.load(file)
    os.waitpid(pid, 0)
    return answer if isinstance(answer, str) else tuple(answer)


class Store:
    def __init__(self, tap):
        self.tap = tap
        self.folder = tap.path("store")
        self.db = os.path.join(self.folder, "db")
        self.number = 0
        os.mkdir(self.folder)

    def deliver(self, number):
        return subprocess.run(self.tap.command(self.db), input=message(number),
                              stderr=subprocess.DEVNULL, env=ENVIRONMENT).returncode

    def allow_reading(self):
        """To everybody, and no more than that."""
        os.chmod(self.tap.folder, 0o755)
        os.chmod(self.folder, 0o755)
        for entry in os.scandir(self.folder):
            os.chmod(entry.path, 0o600 if entry.name.endswith("-lock") else 0o644)

    def files(self):
        return sorted(entry.name for entry in os.scandir(self.folder))


def test_polls(tap, store, first, count, lasting):
    """A connection that lasts holds the -shm file, and so spares the others its making."""
    label = ", beside one that lasts" if lasting else ""
    readers = [Reader(tap, store.db, "a connection each" + label, query),
               Reader(tap, store.db, "the shell" + label, query_in_shell),
               Reader(tap, store.db, "without a time-out" + label,
                      lambda db: query(db, timeout=0), True)]
    if lasting:
        readers.append(Reader(tap, store.db, "a connection that lasts", Lasting()))
    time.sleep(0.2)
    with ThreadPoolExecutor(WRITERS) as pool:
        codes = list(pool.map(store.deliver, range(first, first + count)))
    time.sleep(0.2)
    last = query(store.db)
    with open(tap.path("stop"), "w"):
        pass
    tap.ok(set(codes) == {0} and last[0] == first + count,
           f"{count} deliveries by {WRITERS} writers at a time", codes, last)
    for reader in readers:
        reader.finish(last)
    os.remove(tap.path("stop"))
    differences = oracle.check(store.db)
    tap.ok(not differences, "the oracle agrees", *differences[:8])
    tap.ok(store.files() == ["db", "db-lock", "db-shm", "db-wal"], "-wal and -shm stay",
           store.files())


def test_shell_session(tap, store, count):
    """One that may write removes -wal and -shm; the next delivery brings them back."""
    before = query(store.db)
    subprocess.run(["sqlite3", store.db, "INSERT INTO note (incident, kind, author, at, text)"
                    " SELECT id, 'note', 'me', 1, 'seen' FROM incident LIMIT 1"], check=True)
    tap.ok(store.files() == ["db", "db-lock"], "a session that writes removes them", store.files())
    for name, work in (("module", lambda: query(store.db)),
                       ("shell", lambda: query_in_shell(store.db))):
        answer = as_nobody(work)
        tap.ok(isinstance(answer, str), f"then the {name} of a reader fails", answer)
        tap.say(answer)
    answer = as_nobody(lambda: query(store.db, "immutable=1"))
    tap.ok(answer == before, "and with immutable=1 it does not", answer, before)
    tap.ok(store.deliver(count + 1) == 0, "the next delivery")
    tap.ok(store.files() == ["db", "db-lock", "db-shm", "db-wal"], "brings them back",
           store.files())
    after = query(store.db)
    for name, work in (("module", lambda: query(store.db)),
                       ("shell", lambda: query_in_shell(store.db))):
        answer = as_nobody(work)
        tap.ok(answer == after and after[0] == before[0] + 1 and not inconsistency(after),
               f"then the {name} of a reader sees it", answer, after)
    tap.ok(oracle.check(store.db) == [], "the oracle agrees")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100 if SANITIZED else 300)
    options = parser.parse_args()
    if os.geteuid() != 0:
        skip("only root can become a reader who is somebody else")
    tap = Tap(fast_folder())
    store = Store(tap)
    started = time.monotonic()
    tap.ok(store.deliver(0) == 0, "the first delivery makes the store")
    store.allow_reading()
    tap.ok(as_nobody(lambda: query(store.db)) == query(store.db), "a reader sees it")
    half = options.count // 2
    test_polls(tap, store, 1, half, False)
    test_polls(tap, store, 1 + half, options.count - half, True)
    test_shell_session(tap, store, options.count)
    tap.say(f"{time.monotonic() - started:.0f} s")
    tap.finish()


if __name__ == "__main__":
    main()
