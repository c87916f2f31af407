#!/usr/bin/env python3
"""tlsrpt digest: a sound message whatever the locale and the hour, to nobody but whom it is for."""
import glob
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
import fleet_store  # noqa: E402
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
                     "DELETE FROM reporter_day;"
                     "INSERT INTO reporter_day SELECT reporter, received_at / 86400, count(*) FROM report"
                     " JOIN sender ON sender.id = sender GROUP BY 1, 2;"
                     "INSERT INTO reporter_day SELECT reporter.id, days.day, 1 FROM reporter,"
                     " (SELECT 20600 AS day UNION SELECT 20601 UNION SELECT 20602) AS days;"
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
                ("a week in which all happens", self.week, "TLS reports mx1.example.org +6: 2 critical,"
                 " 1 warning, 1 silence, 1 over"),
                ("a quiet week", self.quiet, "TLS reports example.com +6: nothing broken, 2 over"),
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
            # Both say the same, word by word, down to the table of domains.
            shown = " ".join(check_html(html)[1].casefold().split())
            said = " ".join(text.split("\nDOMAINS\n")[0].casefold().split())
            self.tap.ok(said in shown, f"{name}: the HTML says what the text says", said, shown)

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
        problems = {row["problem"]: (row["section"], row["level"], row["state"]) for row in week["problems"]}
        self.tap.ok(problems == {"4": ("broken", "critical", "ongoing"),
                                 "1": ("broken", "warning", "recurring"),
                                 "6": ("broken", "critical", "new"), "2": ("over", "none", "resolved"),
                                 "3": ("glitch", "glitch", "new"), "s4": ("missing", "warning", None)},
                    "the problems", problems)
        notes = {row["problem"]: row["note"] for row in week["problems"] if row["note"]}
        self.tap.ok(notes.get("1", "").startswith("Das war's noch nicht") and notes.get("2") == "Web server was down",
                    "with their notes", notes)
        self.tap.ok([(row["title"], row["last_seen"]) for row in week["problems"] if row["section"] == "missing"]
                    == [("Mail.ru no longer reports about example.org and 1 more", "2026-11-16")],
                    "who is silent", week["problems"])
        self.tap.ok([(row["kind"], row["section"], row["problems"]) for row in week["kinds"]]
                    == [("mx-not-in-policy", "glitch", 1)], "glitches are counted", week["kinds"])
        self.tap.ok([(row["reason"], row["messages"], row["this_week"]) for row in week["quarantine"]]
                    == [("no-report", 3, 2)], "what waits in quarantine", week["quarantine"])
        later = self.data("--until", "2026-11-29", now=NOW + 30 * 86400)["digest"][0]
        self.tap.ok(later["reception"] == "stopped" and later["sessions"] == 0 and not later["well"], "a week without reports", later)
        stopped = self.data("--until", "2026-11-27", now=NOW + 30 * 86400)["digest"][0]
        self.tap.ok(stopped["reception"] == "stopped", "reports that stop", stopped)
        silent = self.run(*FROM, *TO, "--domain", "other.example")[1]
        self.tap.ok(check_message(silent)[1]["Subject"]
                    == "TLS reports other.example: no reports about this week", "a domain without reports")
        one = self.data("--domain", "Example.COM.")
        named = {row["policy_domain"] for row in one["domains"]} | {
            name for row in one["problems"] for name in row["policy_domains"].split("\n")}
        self.tap.ok(named == {"example.com"}, "--domain", one["domains"], one["problems"])
        none = self.data("--authenticated-only")
        self.tap.ok(none["digest"][0]["reception"] == "never" and none["digest"][0]["unverified_reports"] > 0
                    and {row["section"] for row in none["problems"]} == {"missing", "unverified"},
                    "--authenticated-only: there is none, and the others are said to be unverified", none)
        text = self.run("-f", "text", "--authenticated-only")[1].decode()
        self.tap.ok("No report ever came that is believed: " in text and " none authenticated" in text,
                    "reports came, none authenticated", text)

    def check_fleet(self):
        """A fault that 300 domains share is one problem; and a quiet week is short."""
        for name, before_domains, in_all in (("fault", 40, 60), ("glitches", 40, 60)):
            db = self.tap.path(name + ".db")
            fleet_store.make(name, db, self.config)
            code, out, err = self.run("-f", "text", db=db)
            text = out.decode()
            head, domains = text.split("\nDOMAINS\n")
            self.tap.ok(code == 0 and not err and head.count("\n") < before_domains
                        and text.count("\n") < in_all,
                        f"{name} at 300 domains: {head.count(chr(10))} and {text.count(chr(10))} lines", text, err)
            if name == "fault":
                self.tap.ok("TLS reports d000.example +299: 1 critical\n1 problem holds mail back" in text,
                            "the fault is one problem", text)
                self.tap.ok(all(code in head for code in fleet_store.CODES) and "Google Inc." in head
                            and "tlsrpt explain 1" in head and "3.9 %" in head,
                            "with its reasons, who says so, its share and the command", head)
                self.tap.ok("and 280 more: tlsrpt summary" in domains, "the table is one screen", domains)
            else:
                self.tap.ok("nothing broken" in head and "\nBACKGROUND\n" in head
                            and re.search(r"certificate-host-mismatch: \d+ problems?, \d+ sessions?\n", head)
                            is not None and head.count(" problem") == 3, "one line a kind", head)
                self.tap.ok(" domains without a failure\n" in domains, "and the others are a number", domains)

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
    digest.check_fleet()
    digest.check_same()
    digest.check_only_problems()
    digest.check_addresses()
    digest.check_trouble()
    digest.tap.finish()


if __name__ == "__main__":
    main()
