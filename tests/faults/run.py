#!/usr/bin/env python3
"""The allocation trial: a delivery in which one allocation fails, for each allocation that there is;
and some of the other calls that may fail at any time.

An allocation that fails is the machine's fault.  So whatever happens, the filter says 75, or 0 once
the message is where it belongs; it never dies of a signal, and never blames the message.  After each
delivery with a fault the same message comes once more without one, as a mail system would bring it,
and then every value in every table is what it would have been had nothing happened: nothing is
lost, doubled, altered, or in quarantine that does not belong there.

Which allocations fail is for shim.c to see to, a library that is loaded before all others: those of
the process that the mail system starts (the supervisor, from before its main() on), or those of the
processes that it forks to do the work.  The program itself, of the Release build, knows nothing of it.

    run.py [NAME[:FROM[-TO]]...]  the cases of that name, of each every call or those of these
                                  numbers; without names all, and of long ones some calls only.
                                  With TLSRPT_LONG=1 in the environment more cases, and every call
    run.py -t ...                 prints a table of what happened as well

A case is a message, whose allocations fail, and how: a row of CASES.  TAP on standard output.
"""
import base64
import gzip
import json
import os
import select
import shutil
import signal
import sqlite3
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from tap import BIN, ENVIRONMENT, INGEST, SANITIZED, TESTS, Tap, fast_folder, skip  # noqa: E402

SHIM = os.path.join(BIN, "tests", "libfaults.so")
LONG = os.environ.get("TLSRPT_LONG") == "1"
SHARED = struct.Struct("=qqq")  # as in shim.c: parent, child, failed
FILES = "", "-wal", "-shm", "-lock"  # of a store
HANGS_S = 60  # what takes longer has come to a stop
SHOWN = 5  # failures of one kind that are told one by one


def read(name):
    with open(os.path.join(TESTS, "data", name), "rb") as file:
        return file.read()


def mail(report):
    """A mail with a report of those bytes."""
    content = base64.encodebytes(gzip.compress(report, mtime=0)).decode()
    return (f"From: tlsrpt@sender.example\nDate: Sat, 14 Nov 2026 01:02:03 +0000\n"
            f"Message-ID: <faults@sender.example>\n"
            f"Subject: =?iso-8859-2?q?Report_Domain:_example=2Ecom_=E8?= =?utf-8?b?w7w=?=\n"
            f"MIME-Version: 1.0\nContent-Type: application/tlsrpt+gzip\n"
            f"Content-Transfer-Encoding: base64\n\n{content}").encode()


def odd():
    """A report with what libraries are least careful with: keys that stand twice, with values of
    several sizes; numbers that are no integers, or longer than a buffer; strings of many sizes; JSON
    within a string; names that are not ASCII; an extra policy for every size of a hash table."""
    text = json.dumps({
        "organization-name": "Bücher " + "und Papier " * 30,
        "date-range": {"start-datetime": "2026-11-13T00:00:00Z", "end-datetime": "2026-11-13T23:59:59Z"},
        "contact-info": "mailto:" + "x" * 70 + "@sender.example",
        "report-id": "faults " + "1234567890" * 9,
        "policies": [{
            "policy": {"policy-type": "tlsa", "policy-domain": f"sub{i}.example.com",
                       "policy-string": [json.dumps(["3 1 1 " + f"{i:02}" * 32, "2 0 1 " + "ab" * 32])],
                       "mx-host": [f"mx{j}.sub{i}.example.com" for j in range(40 * i)]},
            "summary": {"total-successful-session-count": 100.5, "total-failure-session-count": "3"},
            "failure-details": [{
                "result-type": "certificate-expired", "sending-mta-ip": "192.0.2.1",
                "receiving-mx-hostname": "mx\u00fc.example.com", "failed-session-count": "COUNT",
                "additional-information": "y" * (50 * i), "failure-reason-code": 12.5}]}
            for i in range(3)]}, ensure_ascii=False)
    text = text.replace('"COUNT"', "1." + "0" * 50).replace(
        '"report-id": ', '"report-id": {"an": ["earlier", 1, 2.5, null]}, "report-id": ')
    return mail(text.encode())


MESSAGES = {
    "typical": lambda: read("mail/good/google-2026-11-14-certificate-expired.eml"),
    "several": lambda: read("mail/good/mox-2026-11-16-mixed.eml"),
    "odd": odd,
    "report": lambda: gzip.compress(read("json/good/google.json"), mtime=0),
    "damaged": lambda: read("mail/bad/truncated-gzip.eml"),
}


class Case:
    def __init__(self, name, message, who, mode="once", runs=None, creates=False, options=(), long=False,
                 what="memory", by="mail"):
        self.name, self.message, self.who, self.mode, self.what = name, message, who, mode, what
        self.runs = runs  # so many in the short edition, spread evenly; None for all
        self.creates = creates  # the store, in the delivery with the fault
        self.options, self.long = options, long
        self.by = by  # mail, cgi, or bulk: the message is a file that is named


CASES = [
    Case("typical-parent", "typical", "parent"),
    Case("typical-child", "typical", "child"),
    Case("damaged-parent", "damaged", "parent", runs=100),
    Case("damaged-child", "damaged", "child", runs=500),
    Case("odd-child", "odd", "child", runs=700),
    Case("creation-parent", "typical", "parent", creates=True, runs=60),
    Case("creation-child", "typical", "child", creates=True, runs=200),
    Case("typical-on", "typical", "all", "on", runs=400),
    Case("cgi-parent", "report", "parent", by="cgi", runs=100),
    Case("cgi-child", "report", "child", by="cgi", runs=300),
    Case("bulk-parent", "typical", "parent", by="bulk", runs=100),
    Case("bulk-child", "typical", "child", by="bulk", runs=300),
    Case("fork", "typical", "parent", what="fork"),
    Case("fork-damaged", "damaged", "parent", what="fork"),
    Case("pipe", "damaged", "parent", what="pipe2"),
    Case("memfd", "typical", "parent", what="memfd_create"),
    Case("write", "typical", "all", what="write", options=["--passthrough"]),
    Case("write-damaged", "damaged", "all", what="write"),
    Case("write-creation", "typical", "all", what="write", creates=True),
    Case("several-child", "several", "child", long=True),
    Case("passthrough-child", "typical", "child", options=["--passthrough"], long=True),
    Case("syslog-child", "typical", "child", options=["--log", "syslog"], long=True),
    Case("syslog-parent", "typical", "parent", options=["--log", "syslog"], long=True),
    Case("damaged-on", "damaged", "all", "on", long=True),
    Case("odd-on", "odd", "all", "on", long=True),
    Case("creation-on", "typical", "all", "on", creates=True, runs=2000, long=True),
]


class Trial:
    """A case being tried: its store, and what the store is to have in it in the end."""

    def __init__(self, tap, case):
        self.case, self.tap = case, tap
        self.message, self.shared = tap.path("message"), tap.path("shared")
        self.db, self.template, self.answer = tap.path("db"), tap.path("template"), tap.path("answer")
        self.begun = int(time.time())
        self.counts = {"0": 0, "75": 0, "65": 0, "other": 0, "signal": 0, "hung": 0, "late": 0, "lost": 0,
                       "doubled": 0, "altered": 0, "quarantined": 0}
        self.last = {}  # allocation that was wrong in each way
        with open(self.message, "wb") as file:
            file.write(MESSAGES[case.message]())
        self.remove(self.template)
        if not case.creates:
            self.make_template()
        self.reset()
        self.deliver(0)
        self.allocations = self.read_shared()
        self.wanted = self.contents()
        self.deliver()
        if self.contents() != self.wanted:
            raise RuntimeError(f"{case.name}: a second delivery changes the store")

    def make_template(self):
        """A store that has seen a message before."""
        first = self.tap.path("first")
        with open(first, "wb") as file:
            file.write(read("mail/good/microsoft-2026-10-12-success.eml"))
        if self.run(self.template, first, ENVIRONMENT) != 0:
            raise RuntimeError("the store cannot be made")

    @staticmethod
    def remove(db):
        for suffix in FILES:
            if os.path.exists(db + suffix):
                os.unlink(db + suffix)

    def reset(self):
        self.remove(self.db)
        if not self.case.creates:
            for suffix in FILES:
                shutil.copyfile(self.template + suffix, self.db + suffix)

    def run(self, db, message, environment):
        """How a delivery ends: exit code, or the negative number of a signal."""
        command = [INGEST, "--quiet", "--config", self.tap.path("empty.conf"), "--db", db,
                   "--log", "stderr", *self.case.options]
        if self.case.by == "cgi" and db == self.db:
            command.append("--cgi")
            environment = {**environment, "REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/tlsrpt+gzip"}
        if self.case.by == "bulk" and db == self.db:
            command += ["--jobs", "1", message]
        child = os.posix_spawn(INGEST, command, environment, file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, message, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, self.answer, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)])
        watch = os.pidfd_open(child)
        if not select.select([watch], [], [], HANGS_S)[0]:
            os.kill(child, signal.SIGKILL)
        os.close(watch)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return self.answered() if code == 0 and "--cgi" in command else code

    def answered(self):
        """What the answer to a request by HTTPS would have been as an exit code."""
        with open(self.answer, "rb") as file:
            return {b"Status: 20": 0, b"Status: 40": 65, b"Status: 41": 65, b"Status: 50": 75}.get(
                file.read(10), 1)

    def deliver(self, at=None):
        """A delivery in which that allocation fails: 0 for none, None for without the shim."""
        if at is None:
            return self.run(self.db, self.message, ENVIRONMENT)
        with open(self.shared, "wb") as file:
            file.write(bytes(SHARED.size))
        return self.run(self.db, self.message, {
            **ENVIRONMENT, "LD_PRELOAD": SHIM, "TLSRPT_FAULT_FILE": self.shared,
            "TLSRPT_FAULT_WHAT": self.case.what, "TLSRPT_FAULT_WHO": self.case.who, "TLSRPT_FAULT_AT": str(at),
            "TLSRPT_FAULT_MODE": self.case.mode})

    def read_shared(self):
        """How many allocations there were that could fail."""
        with open(self.shared, "rb") as file:
            parent, child, _ = SHARED.unpack(file.read())
        return {"parent": parent, "child": child, "all": parent + child}[self.case.who]

    def value(self, value):
        """What is the same in each run: the time of reception is not."""
        if isinstance(value, int) and self.begun - 1 <= value <= self.begun + 100_000:
            return "received"
        return value

    def contents(self):
        """Every table, as a list of its rows; and how the file is set up."""
        if not os.path.exists(self.db) or os.path.getsize(self.db) == 0:
            return {}
        db = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True, isolation_level=None)
        try:
            names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1").fetchall()
            tables = {name: [tuple(map(self.value, row)) for row in db.execute(f'SELECT * FROM "{name}"')]
                      for name, in names}
            tables["schema"] = db.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
            for pragma in "application_id", "auto_vacuum", "journal_mode", "integrity_check":
                tables[pragma] = db.execute(f"PRAGMA {pragma}").fetchall()
            return tables
        finally:
            db.close()

    def wrong(self, what, at, detail):
        """Counted once for each allocation."""
        if self.last.get(what) == at:
            return
        self.last[what] = at
        self.counts[what] += 1
        if self.counts[what] <= SHOWN:
            self.tap.say(f"{self.case.name}, call {at}: {what}: {detail}")

    def judge_store(self, at, when):
        found = self.contents()
        if found == self.wanted:
            return
        differing = sorted(table for table in {*found, *self.wanted}
                           if found.get(table) != self.wanted.get(table))
        rows = lambda table: (len(found.get(table, ())), len(self.wanted.get(table, ())))
        kinds = {"quarantined": rows("quarantine")[0] > rows("quarantine")[1],
                 "doubled": rows("report")[0] > rows("report")[1],
                 "lost": rows("report")[0] < rows("report")[1]
                 or rows("quarantine")[0] < rows("quarantine")[1]}
        kind = next((kind for kind, holds in kinds.items() if holds), "altered")
        self.wrong(kind, at, f"{when}, in {', '.join(differing)}")

    def step(self, at):
        self.reset()
        code = self.deliver(at)
        if code in (0, 75):
            self.counts[str(code)] += 1
        else:
            self.wrong("hung" if code == -signal.SIGKILL else "signal" if code < 0 else "65" if code == 65 else "other", at, f"exit code {code}")
        if code == 0:
            self.judge_store(at, "at exit code 0")
        code = self.deliver()
        if code != 0:
            self.wrong("late", at, f"redelivered without a fault it ends in {code}")
        self.judge_store(at, "after redelivery")

    def steps(self, numbers):
        runs = self.case.runs
        if numbers:
            first, _, last = numbers.partition("-")
            return range(int(first), int(last or first) + 1)
        if runs is None or runs >= self.allocations or (LONG and self.case.mode == "once"):
            return range(1, self.allocations + 1)
        return sorted({1 + i * self.allocations // runs for i in range(runs)})

    def all(self, numbers):
        steps = self.steps(numbers)
        begun = time.monotonic()
        for at in steps:
            self.step(at)
        bad = sum(count for kind, count in self.counts.items() if kind not in ("0", "75"))
        self.tap.ok(bad == 0, f"{self.case.name}: {len(steps)} of {self.allocations} calls")
        self.tap.say(" ".join(f"{kind}={count}" for kind, count in self.counts.items() if count)
                     + f" ({time.monotonic() - begun:.0f} s)")
        return len(steps), self.allocations, self.counts


def main(arguments):
    if SANITIZED:
        skip("the sanitizers have allocations of their own")
    tap = Tap(fast_folder())
    names = dict(one.partition(":")[::2] for one in arguments if one != "-t")
    rows = []
    for case in CASES:
        if case.name in names if names else LONG or not case.long:
            rows.append((case, *Trial(tap, case).all(names.get(case.name))))
    if "-t" in arguments:
        kinds = list(rows[0][3]) if rows else []
        tap.say(f"{'case':<20} {'failed':>7} {'of':>7} " + " ".join(f"{kind:>7.11}" for kind in kinds))
        for case, steps, allocations, counts in rows:
            tap.say(f"{case.name:<20} {steps:>7} {allocations:>7} "
                    + " ".join(f"{counts[kind]:>{max(7, len(kind))}}" for kind in kinds))
    tap.finish()


main(sys.argv[1:])
