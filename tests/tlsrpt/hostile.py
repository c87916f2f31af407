#!/usr/bin/env python3
"""What strangers wrote, in every command and every format.

A store in which every text field holds what breaks a terminal, a spreadsheet, a page, a label or a
line.  Text has no character that acts on what is around it; CSV parses to the same columns, and no
cell is a formula; JSON gives back what the views have; Prometheus' own tool takes the labels.
"""
import base64
import csv
import gzip
import io
import itertools
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import unicodedata

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from message import check_html, check_message  # noqa: E402
from page import Structure  # noqa: E402
from tap import BIN, INGEST, Tap  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
HERE = os.path.dirname(os.path.abspath(__file__))
NOW = 1795435200  # 2026-11-23T12:00:00Z
CLOCK = ["--now", str(NOW)]
SINCE = ["--since", "2026-10-01"]
FORMULAS = "=+-@\t\r"
TEXTS = [("C.UTF-8", []), ("C.UTF-8", ["--ascii"]), ("C", [])]

# The command that lists the reports of a problem; the mail may break it before or after an option.
LISTS = r"reports --failed( --(mx|domain|result-type|since|until)( [a-z0-9][a-z0-9.-]*)?)*"
HOSTILE = {
    "escape sequences": "a\x1b[31mred\x1b]0;title\x07\x1b[2J\x1b]8;;http://x\x1b\\z",
    "C0": "".join(map(chr, range(1, 32))) + "\x7f",
    "C1": "\x9b31m\x85\x90q\x9c\x80",
    "bidi": "x\u202eevil\u202c\u2066y\u2069\u200f\u061c",
    "zero width": "z\u200bw\u200d\ufeffn\u00ad\U000e0041",
    "lines": "one\ntwo\r\nthree\rfour\tfive\u2028six\u2029seven",
    "only lines": "\n\r\n\t",
    "equals": "=cmd|'/C calc'!A0",
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-1-2",
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "tab": "\t=1+1",
    "return": "\r=1+1",
    "line feed": "\n=1+1",
    "apostrophe": "'=1+1",
    "quotes": 'a"b""c,d;e\'f|g',
    "html": "<script>alert(1)</script>&amp;<img src=x onerror=alert(1)>",
    "backslash": "a\\nb\\\\c\\x41\\u0041\\",
    "label": '"} 1\nevil{x="y"} 2\n# HELP x \\',
    "percent": "%s%n%1$s{}$(id)`id`",
    "wide": "\u6f22\u5b57" * 60 + "e\u0301",
    "long": "L" * 4000,
    "long wide": "\u6f22" * 1300,
    "private": "\ue000\U000f0000\ufffe\ufdd0",
    "blanks": "   ",
    "no-break": "\u00a0\u3000",
    # What shows nothing though it is a letter or a sign, and what covers other lines.
    "fillers": "\u3164\uffa0\u115f\u1160\u2800\u034f\ufe0f\U000e0100",
    "pile": "\u0338e" + "\u0301\u0316" * 60,
    "emoji": "\U0001f468\u200d\U0001f469",
    "nul": "a\0b",
    # The same when joined by line feeds, though not the same.
    "joined": None,
}


def header(name, text):
    """As near to verbatim as the line allows."""
    flat = re.sub(r"[\r\n\0]", " ", text)[:900]
    return f"{name}: {flat}\r\n".encode("utf-8")


def encoded(name, text):
    words = base64.b64encode(text.encode()[:600]).decode()
    return f"{name}: =?utf-8?B?{words}?=\r\n".encode()


def report(text, number, organization=None, policy_type=None):
    failure = {"result-type": text, "sending-mta-ip": text, "receiving-mx-hostname": text,
               "receiving-mx-helo": text, "receiving-ip": text, "failed-session-count": 3,
               "additional-information": text, "failure-reason-code": text}
    known = dict(failure, **{"result-type": "certificate-expired", "failed-session-count": 2})
    # mode is shown by itself, and so is what the catalogue knows.
    policies = [
        {"policy": {"policy-type": policy_type or text, "policy-domain": text, "mx-host": [text, text],
                    "policy-string": ["version: STSv1", "mode: " + text, text]},
         "summary": {"total-successful-session-count": 10, "total-failure-session-count": 3},
         "failure-details": [failure]},
        {"policy": {"policy-type": "sts", "policy-domain": text,
                    "policy-string": ["version: STSv1", "mode: enforce", "mx: " + text]},
         "summary": {"total-successful-session-count": 20, "total-failure-session-count": 2},
         "failure-details": [known]}]
    day = f"2026-11-{1 + number % 20:02d}"
    value = {"organization-name": organization or text, "contact-info": text,
             "report-id": text if text.strip() else text + str(number),
             "date-range": {"start-datetime": day + "T00:00:00Z", "end-datetime": day + "T23:59:59Z"},
             "policies": policies, text: text}
    # A key twice, for a finding that names it.
    doubled = "{%s:1,%s" % (json.dumps(text), json.dumps(value)[1:])
    return doubled.encode()


def message(text, body):
    content = base64.encodebytes(body).replace(b"\n", b"\r\n")
    return (header("From", f'"{text[:50]}" <tls@{text[:80]}>')
            + header("TLS-Report-Domain", text) + header("TLS-Report-Submitter", text)
            + header("Message-ID", f"<{text}@x>") + encoded("Subject", text)
            + header("Authentication-Results", f'mx.test; dkim=pass header.d="{text[:80]}"')
            + b"MIME-Version: 1.0\r\nDate: Mon, 23 Nov 2026 00:00:00 +0000\r\n"
            + b"Content-Type: application/tlsrpt+json\r\n"
            + b"Content-Disposition: attachment; filename*=utf-8''%22%1b%5b31m%0a.json\r\n"
            + b"Content-Transfer-Encoding: base64\r\n\r\n" + content)


def run(*arguments, locale="C.UTF-8", data=None, environment=()):
    done = subprocess.run([TLSRPT, *arguments], input=data, capture_output=True, timeout=60,
                          env={"PATH": os.environ["PATH"], "TZ": "UTC", "LC_ALL": locale,
                               "COLUMNS": "80", **{k: v for k, v in os.environ.items()
                                                   if k.endswith("SAN_OPTIONS")},
                               **dict(environment)})
    return done.returncode, done.stdout, done.stderr


def unsafe(output, ascii_only):
    """The characters that may not be there."""
    try:
        text = output.decode("ascii" if ascii_only else "utf-8")
    except UnicodeDecodeError as problem:
        return [str(problem)]
    return sorted({repr(c) for c in text if c != "\n"
                   and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co")})


def rows(db, query, *values):
    connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(query, values)]
    finally:
        connection.close()


def first_table(document):
    return next(value for key, value in document.items() if key not in ("schema", "version"))


class Hostile:
    def __init__(self, tap=None):
        self.tap = tap or Tap()
        # The path of the store is shown, too.
        self.folder = self.tap.path("s t%41?#\x1b[31m\u202e")
        os.mkdir(self.folder)
        self.db = os.path.join(self.folder, "x.db")
        self.config = self.tap.path("trust.conf")
        with open(self.config, "w") as file:
            file.write("[ingest]\ntrusted-authserv-ids=mx.test\n[incidents]\nbelieve=all\n")
        self.messages = {}
        self.json = []
        self.digests = self.noted = 0
        self.store = ["--config", self.config, "--db", self.db]

    def make(self):
        bad = []
        for number, (name, text) in enumerate(HOSTILE.items()):
            bodies = [report(text, number)] if text is not None else [
                report("x", 3, "c", "a\nb"), report("x", 3, "b\nc", "a")]
            for body in bodies:
                raw = message(text or "x", body)
                self.messages[name] = raw
                done = subprocess.run([INGEST, "--quiet", "--log", "stderr", *self.store], input=raw,
                                      capture_output=True)
                if done.returncode:
                    bad.append((name, done))
        stored = self.rows("SELECT count(*) AS n FROM reports")[0]["n"]
        quarantined = self.rows("SELECT reason, detail FROM quarantined")
        self.tap.ok(not bad and stored == len(HOSTILE) + 1, f"{stored} hostile reports are stored",
                    bad, quarantined)
        # A note on each incident, and every second one is resolved; in a store that stays as a
        # delivery leaves it.
        connection = sqlite3.connect(self.db)
        keeper = sqlite3.connect(f"file:{self.uri_path()}?mode=ro", uri=True)
        keeper.execute("SELECT count(*) FROM reports").fetchone()
        texts = [text for text in HOSTILE.values() if text]
        for incident, in connection.execute("SELECT id FROM incident").fetchall():
            for kind, text in (("note", texts[incident % len(texts)]), ("resolve", "")):
                if kind == "note" or incident % 2:
                    connection.execute(
                        "INSERT INTO note (incident, kind, author, at, text) VALUES (?, ?, ?, ?, ?)",
                        (incident, kind, text.replace("\0", ""), NOW - 5,
                         text.replace("\0", "")))
        # Seen again on the last two days, so that it is an alarm.
        for day in (NOW // 86400 - 2, NOW // 86400 - 1):
            connection.execute("INSERT INTO incident_day SELECT incident, ?, reporter,"
                               " reports, failed_sessions, received_after FROM incident_day WHERE true"
                               " ON CONFLICT DO NOTHING", (day,))
            connection.execute("INSERT INTO daily_total_row SELECT ?, policy_domain, reporter, reports,"
                               " sessions, failed_sessions, received_after FROM daily_total_row"
                               " WHERE true ON CONFLICT DO NOTHING", (day,))
            # By reporters that are no first-timers.
            connection.execute("INSERT INTO reporter_day SELECT DISTINCT reporter, ?, 1"
                               " FROM reporter_day WHERE true ON CONFLICT DO NOTHING", (day,))
        connection.execute("UPDATE incident SET last_day = ?", (NOW // 86400 - 1,))
        connection.commit()
        with open(os.path.join(os.path.dirname(__file__), "sums.sql")) as file:
            connection.executescript(file.read())
        connection.close()
        keeper.close()

    def uri_path(self):
        return self.db.replace("%", "%25").replace("?", "%3f").replace("#", "%23")

    def rows(self, query, *values):
        return rows(self.uri_path(), query, *values)

    # --- each format

    def check_text(self, name, arguments, data=None, wanted=0):
        for locale, options in TEXTS:
            code, out, err = run(*arguments, *options, *CLOCK, locale=locale, data=data)
            found = unsafe(out, locale == "C" or options)
            self.tap.ok(code == wanted and not err and out and not found,
                        f"{name}, text {locale} {''.join(options)}: nothing acts", code, err[:200],
                        found[:8])
        return out

    def check_csv(self, name, arguments, table, data=None, wanted=0):
        code, out, err = run(*arguments, "--format", "csv", *CLOCK, data=data)
        try:
            parsed = list(csv.reader(io.StringIO(out.decode(), newline=""), strict=True))
        except (csv.Error, UnicodeDecodeError) as problem:
            self.tap.ok(False, f"{name}, csv: parses", problem)
            return
        self.tap.ok(code == wanted and not err and out.endswith(b"\r\n")
                    and len({len(row) for row in parsed}) == 1 and len(parsed) == len(table) + 1,
                    f"{name}, csv: {len(parsed)} rows of as many columns", code, err[:200],
                    {len(row) for row in parsed}, len(table) + 1)
        formulas = sorted({(key, cell[:20]) for row in parsed for key, cell in zip(parsed[0], row)
                           if cell[:1] and cell[0] in FORMULAS})
        self.tap.ok(not formulas, f"{name}, csv: no cell is a formula", formulas[:5])
        wrong = [(key, row.get(key), cell) for row, cells in zip(table, parsed[1:])
                 for key, cell in zip(parsed[0], cells)
                 if isinstance(row.get(key), str) and cell != row[key]
                 and not (row[key][0] in FORMULAS and cell == "'" + row[key])]
        self.tap.ok(parsed[0] == list(table[0]) and not wrong,
                    f"{name}, csv: says what json says", wrong[:3], parsed[0], list(table[0]))

    def check_json(self, name, arguments, data=None, wanted=0):
        code, out, err = run(*arguments, "--format", "json", *CLOCK, data=data)
        try:
            document = json.loads(out)
        except ValueError as problem:
            self.tap.ok(False, f"{name}, json: parses", problem, code, err)
            return None
        path = self.tap.path(f"{len(self.json)}.json")
        with open(path, "wb") as file:
            file.write(out)
        self.json.append(path)
        self.tap.ok(code == wanted and not err and str(document["schema"]).startswith("tlsrpt/"),
                    f"{name}, json: parses", code, err)
        code, out, err = run(*arguments, "--format", "ndjson", *CLOCK, data=data)
        rows = first_table(document)
        try:
            lines = [json.loads(line) for line in out.decode().split("\n")[:-1]]
        except ValueError as problem:
            lines = problem
        else:
            if name == "status":  # the disk is shared with other programs
                lines = [dict(line, free_bytes=row["free_bytes"]) for line, row in zip(lines, rows)]
        self.tap.ok(code == wanted and not err and lines == rows,
                    f"{name}, ndjson: the same rows, a line each", code, err, lines)
        return document

    def check_command(self, name, arguments, data=None, wanted=0):
        self.check_text(name, arguments, data, wanted)
        document = self.check_json(name, arguments, data, wanted)
        if document is not None:
            self.check_csv(name, arguments, first_table(document), data, wanted)
        return document

    def same(self, name, got, wanted):
        wrong = [(a, b) for a, b in zip(got, wanted) if a != b]
        self.tap.ok(len(got) == len(wanted) and not wrong, f"{name}: what the views have",
                    len(got), len(wanted), *wrong[:2])

    # --- each command

    def check_lists(self):
        summary = self.check_command("summary", ["summary", *self.store, *SINCE])
        wanted = self.rows(
            "SELECT policy_domain, sum(sessions) AS sessions, sum(failed_sessions) AS failed_sessions,"
            " count(DISTINCT coalesce(organization, '')) AS reporters FROM daily_total GROUP BY 1")
        keys = ("policy_domain", "sessions", "failed_sessions", "reporters")
        self.same("summary", sorted(([row[key] for key in keys] for row in summary["domains"]), key=str),
                  sorted(([row[key] for key in keys] for row in wanted), key=str))
        names = {row["policy_domain"]: row["organizations"] for row in summary["domains"]}
        missing = [row for row in self.rows("SELECT DISTINCT policy_domain, organization FROM daily"
                                            " WHERE organization IS NOT NULL")
                   if row["organization"] not in names[row["policy_domain"]]]
        self.tap.ok(not missing, "summary: the reporters by name", missing[:2])

        failures = self.check_command("failures", ["failures", *self.store, *SINCE])
        wanted = {row["id"]: row for row in self.rows("SELECT * FROM incidents")}
        for row in failures["incidents"]:
            stored = wanted[row["id"]]
            resolved = row["resolved_at"] is not None
            if any(row[key] != stored[key] for key in stored if key in row and key not in ("resolved_at", "problem")) \
                    or resolved != (stored["resolved_at"] is not None):
                self.tap.ok(False, "failures: what the views have", row, stored)
                break
        else:
            self.tap.ok(len(failures["incidents"]) == len(wanted),
                        "failures: what the views have", len(failures["incidents"]), len(wanted))

        self.check_command("explain", ["explain"])
        self.check_explain()
        self.check_command("trend", ["trend", *self.store, *SINCE])
        reports = self.check_command("reports", ["reports", *self.store, *SINCE])
        keys = ("id", "organization", "report_id", "auth", "auth_domain", "findings", "start_time",
                "end_time")
        self.same("reports", [[row[key] for key in keys] for row in reports["reports"]],
                  [[row[key] for key in keys]
                   for row in self.rows("SELECT * FROM reports ORDER BY start_at, id")])
        daily = self.check_command("export", ["export", *self.store, *SINCE])
        self.same("export", sorted(map(str, daily["daily"])),
                  sorted(map(str, self.rows("SELECT day, policy_domain, policy_type, organization, auth, reports,"
            " successful_sessions, failed_sessions FROM daily"))))
        self.check_policy()
        status = self.check_command("status", ["status", *self.store])
        self.tap.ok(status["status"][0]["store"] == self.db, "status: the path", status)

    def check_explain(self):
        """Of each problem: nothing that a stranger wrote is in a command that is to be pasted."""
        bad, commands = [], 0
        numbers = [row["id"] for row in self.rows("SELECT id FROM incidents")]
        for number in numbers[:3]:
            self.check_command(f"explain {number}", ["explain", str(number), *self.store])
        for number in numbers:
            code, out, err = run("explain", str(number), *self.store, *CLOCK, "--format", "json")
            if code or err:
                bad.append((number, code, err[:200]))
                continue
            for line in json.loads(out)["problem"][0]["verify"].split("\n"):
                commands += 1
                if not re.fullmatch(r"[A-Za-z0-9 ._/:|<>%+-]+", line):
                    bad.append((number, line))
        self.tap.ok(not bad and commands > 20, f"explain: {commands} commands without a stranger's word",
                    *bad[:3])

    def check_silences(self):
        """Reporters with hostile names who fall silent, and one who does not."""
        folder, db = self.tap.path("silent"), self.tap.path("silent.db")
        os.mkdir(folder)
        names = ["always"] + [HOSTILE[name] for name in ("escape sequences", "C1", "bidi", "lines", "equals",
                                                         "quotes", "html", "percent")]
        for name, number in itertools.product(names, range(1, 22)):
            if name != "always" and number > 12:
                continue
            value = json.loads(report("example.org", number - 1, name))
            for item in value["policies"]:
                item["summary"]["total-failure-session-count"] = 0
                item["failure-details"] = []
            with open(os.path.join(folder, f"{names.index(name)}-{number}.eml"), "w") as file:
                file.write(f"From: tls@example.net\nDate: {number + 1} Nov 2026 06:00:00 +0000\n"
                           f"Content-Type: application/tlsrpt+json\n\n{json.dumps(value)}\n")
        store = ["--config", self.config, "--db", db]
        done = subprocess.run([INGEST, "--quiet", "--log", "stderr", *store, folder], capture_output=True)
        self.tap.ok(done.returncode == 0, "reports of some who fall silent are stored", done)
        checked = run("check", *store, *CLOCK, "--format", "json")[1]
        silences = sorted(set(re.findall(r'"(s[0-9]+)"|\b(s[0-9]+) ', checked.decode())))
        numbers = [one or other for one, other in silences]
        self.tap.ok(len(numbers) == len(names) - 1, f"{len(numbers)} are silent", checked)
        for number in numbers:
            self.check_command(f"explain {number}", ["explain", number, *store])

    def check_notes(self):
        ids = ",".join(str(row["id"]) for row in self.rows("SELECT id FROM incidents"))
        notes = self.check_command("note", ["note", *self.store, ids])
        keys = ("kind", "author", "text")
        self.same("note", sorted({str([row[key] for key in keys]) for row in notes["notes"]}),
                  sorted({str([row[key] or None for key in keys])
                          for row in self.rows("SELECT * FROM notes")}))

    def check_page(self):
        """Every part of a page has strangers' words in it; as a file, and of one domain alone."""
        for name, options in (("page", []), ("page with hosts", ["--with-hosts"])):
            code, out, err = run("page", "--output", "-", *options, *self.store, *CLOCK)
            page = Structure(out.decode())
            self.tap.ok(code == 0 and not err and not page.problems, f"{name}: a sound page", code, err,
                        *page.problems[:8])
            self.tap.ok(page.text.count(HOSTILE["html"]) > 10, f"{name}: markup is shown as text",
                        page.text.count(HOSTILE["html"]))
            commands = re.findall(r"<code>(tlsrpt [^<]*)</code>", out.decode())
            bad = [c for c in commands if not re.fullmatch(
                r"tlsrpt (explain [0-9]+|accept s[0-9]+|trend|policy|page|quarantine)", c)]
            self.tap.ok(len(commands) > 10 and not bad, f"{name}: no hostile command", *bad[:3])
            shell = [line for block in re.findall(r"<pre>(.*?)</pre>", out.decode(), re.S) for line in block.split("\n")]
            bad = [line for line in shell if re.search(r"[`\x00-\x1f]|\\|\$\(", line)]
            self.tap.ok(len(shell) > 10 and not bad, f"{name}: nor in what is to be pasted", *bad[:3])
        for name, domain in HOSTILE.items():
            if domain is None or "\0" in domain or domain.startswith("@"): # "@" names a file
                continue
            code, out, err = run("page", "--output", "-", "--domain", domain, *self.store, *CLOCK)
            page = Structure(out.decode())
            self.tap.ok(code == 0 and not err and not page.problems, f"page about {name}: sound", code, err,
                        *page.problems[:4])
        # The name of a file is a stranger's, too, where a program makes it up.
        folder = os.path.join(self.folder, "\x1b[31m\u202e")
        os.mkdir(folder)
        for name in ("a\"b'<c>&.css", "javascript:x.css", "\u202e\x1b.css", "%2e.css", "-x.css"):
            code, out, err = run("page", "--output", os.path.join(folder, "p"), f"--css={name}", *self.store, *CLOCK)
            with open(os.path.join(folder, "p"), encoding="utf-8") as file:
                page = Structure(file.read())
            self.tap.ok(code == 0 and not err and not page.problems and os.path.exists(os.path.join(folder, name)),
                        f"--css={name!r}: sound", code, err, *page.problems)
        code, out, err = run("page", "--output", os.path.join(folder, "\n\x1b", "x"), *self.store, *CLOCK)
        self.tap.ok(code == 1 and err.count(b"\n") == 1 and not unsafe(err, False), "a path that is hostile: one line", err)

    def check_plugin(self):
        for options in (), ("-w", "1"):
            arguments = ["check", "--config", self.config, "--db", self.db, *options, *CLOCK]
            for locale, more in TEXTS:
                code, out, err = run(*arguments, *more, locale=locale)
                found = unsafe(out, locale == "C" or more)
                self.tap.ok(code == 2 and not err and not found and out.count(b"|") == 1
                            and b"|" in out.split(b"\n")[0] and out.startswith(b"TLSRPT CRITICAL - "),
                            f"check {options}, text {locale}: one bar, in the first line, nothing acts", code,
                            err[:200], found[:8], out)
            for form in ("json", "ndjson", "csv"):
                code, out, err = run(*arguments, "--format", form)
                self.tap.ok(code == 2 and not err, f"check {options}, {form}", code, err[:200])
                if form == "json":
                    path = self.tap.path(f"check{len(self.json)}.json")
                    with open(path, "wb") as file:
                        file.write(out)
                    self.json.append(path)
        domains = {domain for problem in json.loads(open(path).read())["problems"]
                   for domain in (problem["policy_domains"] or "").split("\n")}
        self.tap.ok(len(domains) > 20, f"check: {len(domains)} hostile domains have problems")
    def check_policy(self):
        expected = self.tap.path("mta-sts.txt")
        with open(expected, "w") as file:
            file.write("version: STSv1\nmode: testing\nmx: *.example\nmax_age: 86400\nx: =1+1\n")
        for options in ([], ["--expect", expected]):
            policy = self.check_command("policy" + "".join(options[:1]),
                                        ["policy", *self.store, *SINCE, *options])
            # What the store has is there, each organization with each domain and type.
            # Where several domains sign under one name, it is told with the domain.
            wanted = {(row["policy_domain"], row["policy_type"], name)
                      for row in self.rows("SELECT * FROM policy_seen")
                      for name in [row["organization"] or row["auth_domain"]]}
            got = {(row["policy_domain"], row["policy_type"], row["organization"])
                   for row in policy["seen"]}
            plain = {(domain, kind, name if (domain, kind, name) in wanted or name is None
                      else name[:name.rindex(" (")]) for domain, kind, name in got}
            self.tap.ok(plain == wanted, "policy: who saw what is what the view has",
                        list(plain - wanted)[:2], list(wanted - plain)[:2])

    def check_digest(self):
        """All of it in a mail, whose header it must not leave, and in a page, whose text it stays."""
        for day in ("2026-11-07", "2026-11-14", "2026-11-22"):
            arguments = ["digest", *self.store, "--until", day, "--from", "tlsrpt@mx.example.com"]
            document = self.check_command(f"digest {day}", [*arguments, "--format", "text"])
            code, raw, err = run(*arguments, "--to", "root@example.com", *CLOCK)
            problems, mail, text, html = check_message(raw)
            self.tap.ok(code == 0 and not err and not problems, f"digest {day}: a sound message", code, err,
                        *problems[:8])
            self.tap.ok(raw.count(b"\n\n--=_") == 3 and raw.split(b"\n\n", 1)[0].count(b"\n--") == 0,
                        f"digest {day}: two parts", raw[:2000])
            code, page, err = run(*arguments, "--format", "html", *CLOCK)
            problems, shown = check_html(page.decode())
            self.tap.ok(code == 0 and not err and not problems, f"digest {day}: a sound page", code, err,
                        *problems[:8])
            self.tap.ok(shown.strip() == check_html(html)[1].strip(), f"digest {day}: both say the same")
            # What is markup elsewhere is here as it is written.
            if any(row["policy_domain"] == HOSTILE["html"] for row in document["domains"]):
                self.tap.ok(HOSTILE["html"] in shown and HOSTILE["html"] in text,
                            f"digest {day}: markup is shown as text")
            self.digests += len(document["problems"])
            self.noted += sum(row["note"] is not None for row in document["problems"])
            # No command to be copied has a stranger's word in it.
            commands = re.findall(r"^    (tlsrpt .*)$", text, re.M)
            bad = [c for c in commands
                   if not re.fullmatch(r"tlsrpt (resolve [0-9,]+|explain [a-z-]+|failures|" + LISTS + ")", c)]
            self.tap.ok(not bad, f"digest {day}: no hostile command", *bad[:3])
        self.tap.ok(self.digests > 30 and self.noted > 30,
                    f"digest: {self.digests} problems and {self.noted} notes were looked at")

    def check_alert(self):
        """Likewise, with everybody believed: otherwise nobody is."""
        everybody = self.tap.path("all.conf")
        with open(everybody, "w") as file:
            file.write("[ingest]\ntrusted-authserv-ids=mx.test\n[incidents]\nbelieve=all\n")
        arguments = ["alert", "--dry-run", "--db", self.db, "--config", everybody,
                     "--from", "tlsrpt@mx.example.com", "--to", "root@example.com"]
        document = self.check_command("alert", [*arguments, "--format", "text"])
        self.tap.ok(len(document["changes"]) > 20, f"alert: {len(document['changes'])} hostile problems")
        code, raw, err = run(*arguments, *CLOCK)
        problems, mail, text, html = check_message(raw)
        self.tap.ok(code == 0 and not err and not problems, "alert: a sound message", code, err, *problems[:8])
        code, page, err = run(*arguments, "--format", "html", *CLOCK)
        problems, shown = check_html(page.decode())
        self.tap.ok(code == 0 and not err and not problems, "alert: a sound page", code, err, *problems[:8])
        self.tap.ok(shown.strip() == check_html(html)[1].strip(), "alert: both say the same")
        commands = re.findall(r"^    (tlsrpt .*)$", text, re.M)
        bad = [c for c in commands if not re.fullmatch(r"tlsrpt ((resolve|explain|accept) s?[0-9]+|" + LISTS + ")", c)]
        self.tap.ok(commands and not bad, "alert: no hostile command", *bad[:3])
        # The subject of one alone has its words in it.
        for name, domain in HOSTILE.items():
            if domain is None or "\0" in domain or domain.startswith("@"): # "@" names a file
                continue
            code, raw, err = run(*arguments, "--domain", domain, *CLOCK)
            problems = check_message(raw)[0] if raw else []
            self.tap.ok(code == 0 and not err and not problems, f"alert about {name}: a sound message", code, err,
                        *problems[:4])

    def check_show(self):
        views = (("policies", "policies", "policy_domain policy_type policy_text mx_hosts"
                  " successful_sessions failed_sessions"),
                 ("failures", "failures", "result_type failed_sessions sending_mta_ip"
                  " receiving_mx_hostname receiving_mx_helo receiving_ip additional_information"
                  " failure_reason_code"),
                 ("findings", "findings", "path code detail"))
        for stored in self.rows("SELECT * FROM reports"):
            name = f"show {stored['id']}"
            document = self.check_command(name, ["show", *self.store, str(stored["id"])])
            if document is None:
                continue
            head = document["report"][0]
            keys = [key for key in stored if key in head and key != "pruned"]
            self.same(name, [[head[key] for key in keys]], [[stored[key] for key in keys]])
            for table, view, columns in views:
                wanted = self.rows(f"SELECT * FROM {view} WHERE report = ?", stored["id"])
                keys = columns.split()
                self.same(f"{name}, {table}", [[row[key] for key in keys] for row in document[table]],
                          [[row[key] for key in keys] for row in wanted])
            by_name = run("show", *self.store, "--format", "json", "--", stored["report_id"])
            if not stored["report_id"].isdigit() and stored["report_id"] != "-":
                self.tap.ok(by_name[0] == 0 and json.loads(by_name[1])["report"][0]["report_id"]
                            == stored["report_id"], f"{name} by its report-id", by_name)
        for stored in self.rows("SELECT * FROM reports")[:3]:
            self.check_command(f"drop {stored['id']}",
                               ["drop", *self.store, "--dry-run", str(stored["id"])])

    def check_messages(self):
        for name, raw in self.messages.items():
            self.check_command(f"show - ({name})", ["show", "-", "--config", self.config], raw)

    def check_records(self):
        """What is in a record, in each of its places; every byte of it is shown as one of a zone file."""
        places = ("%s", "v=TLSRPTv1;%s", "v=TLSRPTv1; rua=%s", "v=TLSRPTv1; rua=mailto:%s@example.net",
                  "v=TLSRPTv1; rua=mailto:a@%s", "v=TLSRPTv1; rua=https://x/%s; y=z")
        for name, text in HOSTILE.items():
            for place in places if text is not None else ():
                # An argument ends at a NUL, and one that begins with "-" is an option.
                record = place % text.replace("\0", "\\0")
                shown = "".join(chr(b) if chr(b) not in '"\\' and 32 <= b < 127
                                else "\\" + chr(b) if chr(b) in '"\\' else "\\%03d" % b
                                for b in record.encode())
                if record.startswith("-") or not re.search('[=; \t"]', record):
                    continue
                arguments = ["record", "check", "example.com", record]
                code = run(*arguments)[0]
                document = self.check_command(f"record check {place} ({name})", arguments, wanted=code)
                if document is not None:
                    self.tap.ok(code in (0, 1) and document["records"][0]["text"] == shown
                                and all(0 <= row["column"] <= len(record.encode()) + 1
                                        for row in document["problems"]),
                                f"record check {place} ({name}): the record itself", code,
                                document["records"][0]["text"][:200], shown[:200])
    def check_quarantine(self):
        """The same messages as nobody wants them, in a store of their own; and damaged ones."""
        config, db = self.tap.path("strict.conf"), os.path.join(self.folder, "q.db")
        with open(config, "w") as file:
            file.write("[ingest]\nown-domains=other.example\n")
        store = ["--config", config, "--db", db]
        sent = [message(text or "x", body) for text in HOSTILE.values()
                for body in (report(text or "x", 1), b'{"' + (text or "x").encode() + b'":')]
        for raw in sent:
            subprocess.run([INGEST, "--quiet", "--log", "stderr", *store], input=raw, check=True)
        uri = self.uri_path()[:-len("x.db")] + "q.db"
        kept = rows(uri, "SELECT * FROM quarantined ORDER BY id")
        self.tap.ok(len(kept) == len(set(sent)) > 50, f"{len(kept)} hostile messages in quarantine")
        document = self.check_command("quarantine", ["quarantine", *store])
        keys = ("id", "reason", "detail", "sender", "subject", "size")
        self.same("quarantine", [[row[key] for key in keys] for row in document["quarantined"]],
                  [[row[key] for key in keys] for row in kept])
        shown = [run("quarantine", "show", str(row["id"]), *store)[1] for row in kept]
        self.tap.ok(sorted(shown) == sorted(set(sent)), "quarantine show: byte for byte")
        document = self.check_command("quarantine retry", ["quarantine", "retry", *store])
        self.tap.ok([(row["reason"], row["detail"]) for row in document["fates"]] == [
            (row["reason"], row["detail"]) for row in kept], "quarantine retry: what the view has")
        # As if what came were damaged by now.
        connection = sqlite3.connect(self.db)
        for number, text in enumerate(filter(None, HOSTILE.values()), 1):
            connection.execute("UPDATE raw SET content = ? WHERE report = ?",
                               (gzip.compress(b'{"' + text.encode() + b'":'), number))
        connection.commit()
        connection.close()
        document = self.check_command("reprocess", ["reprocess", *self.store, "--dry-run"])
        self.tap.ok(len(document["unreadable"]) > 20, "reprocess: what is unreadable")
        self.check_command("prune", ["prune", *self.store, "--dry-run"])

    def check_prometheus(self):
        code, out, err = run("export", *self.store, *SINCE, "--format", "prometheus", *CLOCK)
        self.tap.ok(code == 0 and not err and out, "export, prometheus", code, err)
        if shutil.which("promtool"):
            done = subprocess.run(["promtool", "check", "metrics"], input=out, capture_output=True)
            self.tap.ok(done.returncode == 0, "promtool takes it", done)
        else:
            self.tap.ok(False, "promtool is here (Debian: prometheus)")
        label = r'(\w+)="((?:[^"\\\n]|\\["\\n])*)"'
        sample = re.compile(r"(\w+)(?:\{((?:" + label + r",?)*)\})? (\d+)")
        got, bad = {}, []
        for line in out.decode().split("\n")[:-1]:
            if line.startswith("#"):
                continue
            match = sample.fullmatch(line)
            if not match:
                bad.append(line)
                continue
            key = (match[1], *(re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), value)
                               for _, value in re.findall(label, match[2] or "")))
            if key in got:
                bad.append(f"twice: {line}")
            got[key] = int(match[5])
        self.tap.ok(not bad, "every line is a sample, none twice", *bad[:3])
        wanted, metrics = {}, ("reports", "successful_sessions", "failed_sessions")
        for row in self.rows("SELECT policy_domain, policy_type, organization, auth,"
                             " sum(reports) AS reports, sum(successful_sessions) AS successful_sessions,"
                             " sum(failed_sessions) AS failed_sessions FROM daily GROUP BY 1, 2, 3, 4"):
            key = tuple(row[n] or "" for n in ("policy_domain", "policy_type", "organization", "auth"))
            for metric in metrics:
                wanted[("tlsrpt_" + metric, *key)] = row[metric]
        sums = {key: value for key, value in got.items() if key[0] in {"tlsrpt_" + name for name in metrics}}
        self.tap.ok(sums == wanted, "the labels come back as the views have them",
                    len(sums), len(wanted), list(set(wanted.items()) - set(sums.items()))[:2],
                    list(set(sums.items()) - set(wanted.items()))[:2])
        answer = json.loads(run("failures", *self.store, *SINCE, "--format", "json", *CLOCK)[1])
        keys = ("policy_domain", "policy_type", "result_type", "receiving_mx_hostname", "kind")
        wanted = {tuple(row[key] or "" for key in keys): row["failed_sessions"] for row in answer["incidents"]}
        incidents = {key[1:6]: value for key, value in got.items() if key[0] == "tlsrpt_incident_failed_sessions"}
        self.tap.ok(incidents and incidents == wanted, "and those of incidents as failures has them",
                    len(incidents), len(wanted), list(set(wanted.items()) ^ set(incidents.items()))[:2])

    def check_locale(self):
        """A comma for the decimal point would be one column more."""
        name = "de_DE.UTF-8"
        done = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", self.tap.path(name)],
                              capture_output=True) if shutil.which("localedef") else None
        if done is None or not os.path.isdir(self.tap.path(name)):
            self.tap.ok(False, "localedef makes de_DE (Debian: locales)")
            return
        for command in ("summary", "trend"):
            arguments = [command, *self.store, *SINCE, *CLOCK]
            for form in ("csv", "json", "ndjson"):
                plain = run(*arguments, "--format", form)
                german = run(*arguments, "--format", form, locale=name,
                             environment={"LOCPATH": self.tap.folder})
                self.tap.ok(plain == german and plain[0] == 0, f"{command}, {form}: the same under {name}",
                            german[1][:300])

    def check_errors(self):
        """What is wrong is one line, whatever is in it."""
        for name, arguments, data in (
                ("show of no such report", ["show", *self.store, "x\x1b[31m\u202e\ny"], None),
                ("explain of nothing known", ["explain", "x\x1b[31m\u202e\ny"], None),
                ("show - of no report", ["show", "-", "--config", self.config],
                 message("\x1b[31m\u202e", b'{"\x1b[31m":"\\u001b[31m"}')),
                ("show - of what is not JSON", ["show", "-", "--config", self.config],
                 message("\x1b[31m\u202e", b'{"policies":[\x1b[31m\n\xe2\x80\xae')),
                ("an incident that there is not", ["note", *self.store, "7000"], None),
                ("an incident that is none", ["note", *self.store, "x\x1b[31m\u202e\ny"], None),
                ("a domain that is none", ["record", "check", "x\x1b[31m\u202e\ny"], None),
                ("a server that is none", ["record", "check", "example.com", "--server",
                                           "\x1b[31m\u202e\n"], None),
                ("an address that is none", ["record", "generate", "--rua", "\x1b[31m\u202e\n"], None),
                ("a URI that is none", ["record", "generate", "--rua", "https://\x1b[31m\u202e\n"], None),
                ("a message that there is not", ["quarantine", "show", *self.store, "x\x1b[31m\u202e\ny"],
                 None),
                ("no such action", ["quarantine", "x\x1b[31m\u202e\ny", *self.store], None),
                ("a time to keep that is none", ["prune", "--keep", "\x1b[31m\n", *self.store], None),
                ("a report to be read that there is not", ["reprocess", "x\x1b[31m\u202e\ny",
                                                           *self.store], None),
                ("a format that there is not", ["summary", "--format", "\x1b[31m\n"], None),
                ("a command that there is not", ["\x1b[31m\n"], None),
                ("an option that there is not", ["summary", "--\x1b[31m\n"], None),
                ("a day that is none", ["summary", "--since", "\x1b[31m\n"], None),
                ("a store that is not there", ["summary", "--config", self.config, "--db",
                                              "/nonexistent/\x1b[31m\n\u202e"], None)):
            code, out, err = run(*arguments, data=data)
            self.tap.ok(code in (1, 2) and not out and err.startswith(b"tlsrpt: ")
                        and err.count(b"\n") == 1 and not unsafe(err, False),
                        f"{name}: one line, and nothing in it acts", code, out, err)

    def check_schemas(self):
        done = subprocess.run(["/usr/bin/python3", os.path.join(HERE, "schema.py"), *self.json],
                              text=True, capture_output=True)
        self.tap.ok(done.returncode == 0, "all json is as contrib/schema says",
                    done.stdout[-2000:], done.stderr)


def main():
    hostile = Hostile()
    hostile.make()
    hostile.check_lists()
    hostile.check_silences()
    hostile.check_notes()
    hostile.check_digest()
    hostile.check_alert()
    hostile.check_page()
    hostile.check_plugin()
    hostile.check_policy()
    hostile.check_show()
    hostile.check_messages()
    hostile.check_records()
    hostile.check_prometheus()
    hostile.check_locale()
    hostile.check_errors()
    hostile.check_quarantine()
    hostile.check_schemas()
    hostile.tap.finish()


if __name__ == "__main__":
    main()
