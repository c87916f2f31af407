#!/usr/bin/env python3
"""A store in PostgreSQL says what one in SQLite says: after the same deliveries, and after everything
that looks after a store.  77 without PostgreSQL."""
import os
import re
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.environ["TESTS"], "oracle"))
from tap import BIN, ENVIRONMENT, INGEST, TESTS, Tap, skip  # noqa: E402

from server import Server, find_programs  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
NOW = "1795435200"  # 2026-11-23T12:00:00Z

COMMANDS = [
    ["summary"], ["summary", "--domain", "example.com"], ["summary", "--organization", "Google Inc."],
    ["failures"], ["failures", "--domain", "example.com"], ["failures", "--all"], ["trend"],
    ["trend", "--organization", "Google Inc."], ["reports"], ["reports", "--failed"], ["policy"],
    ["policy", "--domain", "example.com"], ["check"], ["status"], ["explain", "1"], ["notes"],
    ["digest"], ["export", "prometheus"], ["export", "csv"], ["export", "json"], ["show", "1"],
    ["show", "12"], ["show", "175"], ["quarantine", "list"], ["quarantine", "show", "1"],
    ["alert", "--to", "a@example.org", "--dry-run"], ["digest", "--to", "a@example.org"],
]


class Engines:
    def __init__(self):
        self.tap = Tap()
        self.server = Server(self.tap.path("pg"))
        self.lite = self.tap.path("lite.db")
        self.uris = {"SQLite": self.lite, "PostgreSQL": self.server.uri()}

    def run(self, program, engine, *arguments, message=None):
        return subprocess.run(
            [program, arguments[0], *arguments[1:], "--config", self.tap.path("empty.conf"), "--db",
             self.uris[engine]], input=message, capture_output=True, env=ENVIRONMENT,
            cwd=self.tap.folder)

    def ingest(self, engine, *arguments, message=None):
        return self.run(INGEST, engine, "--log=stderr", *arguments, message=message)

    def plain(self, result):
        """What a program said, without the name of the store and what its files take."""
        text = result.stdout.decode() + result.stderr.decode()
        for uri in self.uris.values():
            text = text.replace(uri, "STORE")
        text = re.sub(r"(?m)^(Store|Size|Free space|Files?):.*\n", "", text)
        text = re.sub(r'"(free_bytes|bytes)": *-?[0-9.]+', "", text)
        # When something was received, and how long it took, is of that moment.
        today = time.strftime("%Y-%m-%d", time.gmtime())
        text = re.sub(today + "[T ][0-9:]+Z?", "NOW", text)
        text = re.sub(r"; [0-9.]+ s$", "", text)
        return f"{result.returncode}\n{text}"

    def both(self, name, *arguments, program=TLSRPT, message=None):
        """One command on both engines says the same."""
        texts = [self.plain(self.run(program, engine, *arguments, message=message))
                 for engine in self.uris]
        return self.tap.ok(texts[0] == texts[1], name, "SQLite:", texts[0][:3000], "PostgreSQL:",
                           texts[1][:3000])

    def compare_views(self, when):
        lite = sqlite3.connect(f"file:{self.lite}?mode=ro", uri=True)
        views = [row[0] for row in lite.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")]
        for view in sorted(views):
            # When a delivery came is of that delivery.
            columns = [row[1] for row in lite.execute(f"SELECT * FROM pragma_table_info('{view}')")
                       if row[1] not in ("received_at", "at", "resolved_at")]
            here = sorted((list(row) for row in lite.execute(
                f"SELECT {', '.join(columns)} FROM {view}")), key=repr)
            there = self.server.rows(columns, view)
            self.tap.ok(here == there, f"{when}: {view}, {len(here)} rows",
                        f"SQLite only: {[row for row in here if row not in there][:3]}",
                        f"PostgreSQL only: {[row for row in there if row not in here][:3]}")
        lite.close()


def deliver(engines):
    """The samples, one by one and many together, good and bad."""
    tap, data = engines.tap, os.path.join(TESTS, "data")
    made = engines.ingest("PostgreSQL", "--init")
    tap.ok(made.returncode == 0, "the schema is made", made.stderr.decode())
    again = engines.ingest("PostgreSQL", "--init")
    tap.ok(again.returncode == 0, "and made again, it stays as it is", again.stderr.decode())
    mails = sorted(os.path.join(folder, name) for folder, _, names in os.walk(
        os.path.join(data, "mail")) for name in names if name.endswith(".eml"))
    for kind in ("good", "bad"):
        codes = []
        for mail in [path for path in mails if f"/{kind}/" in path]:
            with open(mail, "rb") as file:
                message = file.read()
            results = [engines.ingest(engine, message=message) for engine in engines.uris]
            codes.append((mail, *[result.returncode for result in results],
                          results[1].stderr.decode()))
        tap.ok(all(code[1] == code[2] == 0 for code in codes), f"{kind} mail: the same exit codes",
               *[code for code in codes if code[1:3] != (0, 0)])
    results = [engines.ingest(engine, "--jobs=1", data + "/mail", data + "/json",
                              *filter(None, [os.environ.get("TLSRPT_CORPUS")]))
               for engine in engines.uris]
    lines = [engines.plain(result).splitlines()[-1] for result in results]
    tap.ok(lines[0] == lines[1] and results[0].returncode == results[1].returncode,
           "bulk: the same summary", *lines)


def ask(engines):
    for command in COMMANDS:
        for form in (["text"], ["json"]) if command[0] not in ("export", "check", "quarantine") else (["text"],):
            options = [] if command[0] in ("export", "explain", "status", "notes", "quarantine") or \
                "--to" in command or command[0] == "show" else ["--since", "2026-08-01"]
            if command[0] in ("check", "digest", "alert"):
                options = []
            if command[0] not in ("export", "alert") and "--to" not in command and command[0] != "quarantine":
                options += ["--format", *form] if form != ["text"] else []
            engines.both(" ".join(command + options), *command, "--now", NOW, *options)


def main():
    if find_programs() is None:
        skip("no PostgreSQL")
    engines = Engines()
    try:
        deliver(engines)
        engines.compare_views("after deliveries")
        ask(engines)
        look_after(engines)
    finally:
        engines.server.stop()
    engines.tap.finish()


def look_after(engines):
    """Notes, quarantine, dropping, reading anew, pruning."""
    engines.both("note", "note", "1", "a text")
    engines.both("resolve", "resolve", "1", "done")
    engines.both("accept", "accept", "2", "--until", "2027-01-01", "known")
    engines.both("reopen", "reopen", "1")
    engines.both("notes, again", "notes", "--now", NOW)
    engines.compare_views("after notes")
    engines.both("drop", "drop", "3")
    engines.both("drop --forget", "drop", "--forget", "5")
    engines.both("quarantine drop", "quarantine", "drop", "2")
    engines.both("quarantine retry", "quarantine", "retry")
    engines.compare_views("after dropping")
    engines.both("reprocess", "reprocess")
    engines.compare_views("after reading anew")
    engines.both("prune --dry-run", "prune", "--keep", "30d", "--keep-totals", "45d", "--now", NOW,
                 "--dry-run")
    engines.both("prune", "prune", "--keep", "30d", "--keep-totals", "45d", "--now", NOW)
    engines.compare_views("after pruning")
    ask(engines)


main()
