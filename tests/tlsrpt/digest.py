#!/usr/bin/env python3
"""tlsrpt digest: a sound message whatever the locale and the hour, to nobody but whom it is for."""
import glob
import json
import os
import socket
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from message import check_html, check_message  # noqa: E402
from tap import BIN, ENVIRONMENT, TESTS, Tap  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
NOW = 1795435200  # 2026-11-23T12:00:00Z
MIDNIGHT = NOW - 12 * 3600
FROM = ["--from", "tlsrpt@mx.example.com"]
TO = ["--to", "postmaster@example.com"]


class Digest:
    def __init__(self):
        self.tap = Tap()
        self.config = self.tap.path("empty.conf")
        self.quiet, self.week, self.new = (self.tap.path(name) for name in
                                           ("quiet.db", "week.db", "new.db"))
        for db in (self.quiet, self.week):
            for path in sorted(glob.glob(os.path.join(TESTS, "data", "mail", "good", "*.eml"))):
                with open(path, "rb") as file:
                    subprocess.run(self.tap.command(db), stdin=file, check=True, env=ENVIRONMENT)
            self.sql(db, "UPDATE report SET received_at = start_at + 100000;"
                     "UPDATE daily_total_row SET received_after = 1;"
                     "UPDATE incident_day SET received_after = 1;"
                     "INSERT INTO note (incident, kind, author, at, text) VALUES"
                     " (1, 'note', 'root', 1795000000, 'Renewed by hand.'),"
                     " (2, 'note', 'root', 1795000000, 'Web server was down'),"
                     " (2, 'resolve', 'root', 1795000001, '')")
        for name in "week.sql", "sums.sql":
            with open(os.path.join(TESTS, "tlsrpt", name)) as file:
                self.sql(self.week, file.read())
        with open(os.path.join(TESTS, "data", "mail", "bad", "corrupt-gzip.eml"), "rb") as file:
            subprocess.run(self.tap.command(self.new), stdin=file, check=True, env=ENVIRONMENT)

    @staticmethod
    def sql(db, script):
        # The one that stays open keeps -wal and -shm where they are.
        keeper = sqlite3.connect(db)
        keeper.execute("SELECT 1 FROM version").fetchone()
        connection = sqlite3.connect(db)
        connection.executescript(script)
        connection.close()
        keeper.close()

    def run(self, *arguments, db=None, config=None, now=NOW, environment=()):
        done = subprocess.run([TLSRPT, "digest", "--db", db or self.week, "--config",
                               config or self.config, "--now", str(now), *arguments],
                              capture_output=True, timeout=60,
                              env={**ENVIRONMENT, **dict(environment)})
        return done.returncode, done.stdout, done.stderr.decode()

    def data(self, *arguments, **options):
        code, out, err = self.run("-f", "json", *arguments, **options)
        return json.loads(out) if code == 0 else {"error": err}

    def check_sound(self):
        for name, db, subject in (
                ("a week in which all happens", self.week, "TLS reports example.com +6: 1 new failure,"
                 " 1 back again, 1 still open, 1 reporter silent"),
                ("a quiet week", self.quiet, "TLS reports example.com +6: all well"),
                ("a store without reports", self.new, "TLS reports: no report ever came")):
            code, out, err = self.run(*FROM, *TO, db=db)
            problems, message, text, html = check_message(out)
            self.tap.ok(code == 0 and not err and not problems, f"{name}: sound", code, err, problems)
            self.tap.ok(message["Subject"] == subject, f"{name}: {subject}", message["Subject"])
            self.tap.ok(message["From"] == FROM[1] and message["To"] == TO[1], f"{name}: addresses",
                        message["From"], message["To"])
            self.tap.ok(message["Date"].datetime.timestamp() == NOW, f"{name}: the date", message["Date"])
            page = self.run(*FROM, *TO, "-f", "html", db=db)
            self.tap.ok(page == (0, html.encode(), ""), f"{name}: -f html is that part")
            plain = self.run(*FROM, *TO, "-f", "text", db=db,
                             environment={"LC_ALL": "C.UTF-8", "COLUMNS": "72"})
            self.tap.ok(plain == (0, text.encode(), ""), f"{name}: -f text is that part", plain)
            # Both say the same: every line of the text that is one of a name or a command.
            shown = " ".join(check_html(html)[1].split())
            missing = [line for line in text.split("\n") if line.startswith(("    tlsrpt ", "    #"))
                       and " ".join(line.split()) not in shown]
            self.tap.ok(not missing, f"{name}: the HTML has what the text has", missing)

    def check_week(self):
        head = self.data()["digest"][0]
        self.tap.ok((head["first_day"], head["last_day"]) == ("2026-11-16", "2026-11-22"),
                    "the seven days that ended yesterday", head)
        same = [self.data(now=now) for now in (MIDNIGHT, MIDNIGHT + 86399)]
        for one in same:
            one["digest"][0].pop("time")
        self.tap.ok(same[0] == same[1], "the same at any hour")
        before = self.data("--until", "2026-11-15")["digest"][0]
        self.tap.ok((before["first_day"], before["last_day"]) == ("2026-11-09", "2026-11-15"),
                    "--until: the week that ended then", before)
        for until in ("today", "2026-11-23", "2030-01-01", "someday", ""):
            code, out, err = self.run(*TO, "--until", until)
            self.tap.ok(code == 2 and not out and err.startswith("tlsrpt: --until: "),
                        f"--until {until}: refused", code, out, err)
        # The story of week.sql, one by one.
        week = self.data()
        states = {row["incidents"]: (row["state"], row["alarm"]) for row in week["problems"]}
        self.tap.ok(states == {"6,7": ("new", "pattern"), "1": ("recurring", "pattern"),
                               "4": ("ongoing", "pattern"), "3": ("new", "glitch")},
                    "the problems", states)
        kinds = [row["kind"] for row in week["notes"] if row["incident"] == 1]
        self.tap.ok(kinds == ["note", "resolve", "note"], "with their notes", week["notes"])
        self.tap.ok([row["incident"] for row in week["resolved"]] == [2, 5], "what was resolved",
                    week["resolved"])
        self.tap.ok([(row["organization"], row["since"]) for row in week["silent"]]
                    == [("Mail.ru", "2026-11-16")], "who is silent", week["silent"])
        self.tap.ok(week["digest"][0]["quarantined"] == 2, "the quarantine of the week", week["digest"])
        found = {until: [row["organization"] for row in
                         self.data("--until", until, now=NOW + 30 * 86400)["silent"]]
                 for until in ("2026-11-19", "2026-11-20", "2026-11-23")}
        self.tap.ok(list(map(bool, found.values())) == [False, True, True],
                    "a reporter is missed after five days", found)
        later = self.data("--until", "2026-11-29", now=NOW + 30 * 86400)["digest"][0]
        self.tap.ok(later["reception"] == "none" and not later["well"], "a week without reports", later)
        stopped = self.data("--until", "2026-11-27", now=NOW + 30 * 86400)["digest"][0]
        self.tap.ok(stopped["reception"] == "stopped", "reports that stop", stopped)
        silent = self.run(*FROM, *TO, "--domain", "other.example")[1]
        self.tap.ok(check_message(silent)[1]["Subject"]
                    == "TLS reports other.example: no report ever came", "a domain without reports")
        # What it looks back for has nothing to do with the baseline.
        short = self.tap.path("short.conf")
        with open(short, "w") as file:
            file.write("[incidents]\nbaseline=1d\n")
        short = self.data(config=short)
        self.tap.ok(short["silent"] == week["silent"] and [row["failed_share_before"] for row in
                                                          short["domains"]]
                    == [row["failed_share_before"] for row in week["domains"]],
                    "a short baseline hides nothing", short["silent"], short["domains"])
        one = self.data("--domain", "Example.COM.")
        self.tap.ok({row["policy_domain"] for row in one["domains"] + one["problems"]}
                    == {"example.com"}, "--domain", one["domains"])
        none = self.data("--authenticated-only")
        self.tap.ok(none["digest"][0]["reception"] == "never" and not none["problems"],
                    "--authenticated-only: there is none", none)

    def check_same(self):
        first = self.run(*FROM, *TO)
        for name, arguments, environment in (
                ("again", [], {}), ("in UTF-8", [], {"LC_ALL": "C.UTF-8"}),
                ("on a narrow terminal", [], {"COLUMNS": "20"}), ("with --ascii", ["--ascii"], {}),
                ("-f message", ["-f", "message"], {}), ("elsewhere", [], {"TZ": "Asia/Tokyo"})):
            self.tap.ok(self.run(*FROM, *TO, *arguments, environment=environment) == first,
                        f"the same message {name}")
        ids = {check_message(self.run(*arguments, db=db, now=now)[1])[1]["Message-Id"]
               for arguments, db, now in (([*FROM, *TO], self.week, NOW),
                                          ([*FROM, *TO], self.week, NOW + 1),
                                          ([*FROM, *TO], self.quiet, NOW),
                                          ([*FROM, "--to", "root"], self.week, NOW),
                                          (["--from", "a@mx.example.com", *TO], self.week, NOW))}
        self.tap.ok(len(ids) == 5 and all(name.endswith("@mx.example.com>") for name in ids),
                    "another message has another Message-ID", ids)

    def check_only_problems(self):
        for form in ("message", "html", "text", "json", "csv", "ndjson"):
            options = [*FROM, *TO, "-f", form]
            self.tap.ok(self.run(*options, "--only-problems", db=self.quiet) == (0, b"", ""),
                        f"--only-problems, {form}: nothing if all is well")
            full = self.run(*options)
            self.tap.ok(full[1] and self.run(*options, "--only-problems") == full,
                        f"--only-problems, {form}: all of it else")
        self.tap.ok(self.run(*TO, "--only-problems", db=self.new)[1] != b"",
                    "--only-problems: no report ever is one")

    def check_addresses(self):
        def config(text):
            path = self.tap.path("some.conf")
            with open(path, "w") as file:
                file.write(text)
            return path

        code, out, err = self.run(*FROM)
        self.tap.ok(code == 2 and not out and err.count("\n") == 1 and "--to" in err, "to whom?", err)
        code, out, err = self.run(*FROM, config=config("[digest]\nto=\n"))
        self.tap.ok(code == 2 and not out and "--to" in err, "nor does an empty to= say it", err)
        for form in ("text", "html", "json"):
            self.tap.ok(self.run("-f", form)[0] == 0, f"-f {form} is for nobody")
        both = "[digest]\nfrom=a@a.example\nto=b@b.example, Chef <c@c.example>\n"
        message = check_message(self.run(config=config(both))[1])[1]
        self.tap.ok((message["From"], message["To"]) == ("a@a.example", "b@b.example, Chef <c@c.example>"),
                    "those of the configuration", message.items())
        message = check_message(self.run(*FROM, *TO, config=config(both))[1])[1]
        self.tap.ok((message["From"], message["To"]) == (FROM[1], TO[1]), "options win", message.items())
        message = check_message(self.run(*TO)[1])[1]
        self.tap.ok(message["From"] == "tlsrpt@" + socket.gethostname(), "tlsrpt at this host",
                    message["From"])
        for address in ("root", "a@b.example,c@d.example", "Jörg Müller <j@x.example>",
                        '"A, B" <a@b.example>', "a@[192.0.2.1]", "-oQ/tmp@b.example", "a@bücher.example",
                        ", ".join(f"someone{i}@example{i}.example" for i in range(50))):
            code, out, err = self.run(*FROM, "--to", address)
            problems, message = check_message(out)[:2] if code == 0 else ([err], None)
            # Python asks for a domain, mail systems complete it.
            problems = [p for p in problems if "local part with no domain" not in p]
            self.tap.ok(not problems, f"--to {address[:40]}: sound", code, problems)
            if message is not None and address.startswith("Jörg"):
                self.tap.ok(message["To"] == address, "a name outside ASCII", message["To"])
        for address in ("a@b.example\nBcc: x@y.example", "a@b.example\r\nBcc: x@y.example",
                        "a@b.example\n\nBody", "a@b.example\n", "\na@b.example", "a@b.example\x1b",
                        "a@b.example\x7f", "a@b.example\u0085Bcc: x", "a b c", "a@", "@b", "a@b..c", "",
                        " ", "a@b.example c@d.example", "a@b.example;c@d.example", "<a@b.example",
                        "undisclosed:;", "all: a@b.example;", "jörg@b.example", "a@b.example, jörg@x",
                        '"x\n" <a@b.example>', "=?utf-8?q?=0ABcc:?= <a@b.example>\n"):
            for option in ("--to", "--from"):
                if option == "--from" and not address:
                    continue  # is none, so the default
                code, out, err = self.run(*FROM, *TO, option, address)
                self.tap.ok(code == 2 and not out and err.startswith("tlsrpt: ")
                            and err.count("\n") == 1, f"{option} {address!r}: refused", code, out, err)
        code, out, err = self.run(*TO, "--from", "a@b.example, c@d.example")
        self.tap.ok(code == 2 and not out, "one sender", code, err)
        # An encoded word may hold a line feed.
        for word in ("=?utf-8?q?x=0ABcc:_y?=", "=?utf-8?b?eAp5?="):
            code, out, err = self.run(*FROM, "--to", word + " <a@b.example>")
            self.tap.ok(code == 2 and not out, f"--to {word}: refused", code, out[:300])

    def check_trouble(self):
        done = subprocess.run(f"exec {TLSRPT} digest --db {self.week} --config {self.config}"
                              " --to root >/dev/full", shell=True, capture_output=True, env=ENVIRONMENT)
        self.tap.ok(done.returncode == 1 and done.stderr.startswith(b"tlsrpt: cannot write"),
                    "a full disk", done)
        code, out, err = self.run(*TO, db=self.tap.path("none.db"))
        self.tap.ok(code == 1 and not out and err.count("\n") == 1, "no store", code, out, err)
        code, out, err = self.run(*TO, "-f", "prometheus")
        self.tap.ok(code == 2 and not out, "a format of another command", code, out, err)


def main():
    digest = Digest()
    digest.check_sound()
    digest.check_week()
    digest.check_same()
    digest.check_only_problems()
    digest.check_addresses()
    digest.check_trouble()
    digest.tap.finish()


if __name__ == "__main__":
    main()
