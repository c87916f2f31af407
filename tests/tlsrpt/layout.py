#!/usr/bin/env python3
"""The tables at many widths: no line is too wide, and no name is broken that fits into a line.

Over the samples, and over a store whose names are as long, as wide and as odd as strangers can make
them."""
import json
import os
import subprocess
import sys
import unicodedata

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from tap import BIN, ENVIRONMENT, TESTS, Tap  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
WIDTHS = (40, 60, 80, 100, 132, 200)
CLOCK = ["--since", "2026-10-01", "--now", "1795435200"]

ORGANIZATIONS = [
    "Fern", "Google Inc.", "Harbour, Sons, Daughters & Company Limited",
    "The Very Reverend and Most Thoroughly Incorporated Society of Mail Exchangers",
    "\u6f22\u5b57\u90f5\u4fbf" * 8, "\u90f5\u4fbf \u6f22\u5b57 \u6771\u4eac", "Cafe\u0301 Zu\u0308rich",
    "e\u0301\u0323\u0302" * 30, "a" * 90, "W " * 60 + "W", "; , ; ,", "-",
]
DOMAINS = [
    "a.example", "newsletters.customer-care.department.shop.example", ".".join(["department"] * 9) + ".example",
    ".".join(["d" * 63] * 3) + "." + "e" * 50 + ".example", "xn--9ca.example", "mx1.example.com",
]
HOSTS = ["mx1.example.com", ".".join(["mail-exchanger"] * 6) + ".example.net", "a" * 63 + ".example"]
TYPES = ["certificate-host-mismatch", "sts-policy-fetch-error", "validation-failure", "x-" + "type-" * 12 + "of-ours"]


def columns(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def report(number):
    """One of each organization; domains, hosts and types go round."""
    policies = []
    for i in range(1 + number % 3):
        policies.append({
            "policy": {"policy-type": "sts", "policy-domain": DOMAINS[(number + i) % len(DOMAINS)],
                       "policy-string": ["version: STSv1", "mode: testing", "mx: " + HOSTS[number % len(HOSTS)],
                                         "max_age: 86400"],
                       "mx-host": HOSTS[number % len(HOSTS)]},
            "summary": {"total-successful-session-count": 10 ** (number % 13), "total-failure-session-count": number},
            "failure-details": [{"result-type": TYPES[(number + i) % len(TYPES)], "failed-session-count": number,
                                 "receiving-mx-hostname": HOSTS[(number + i) % len(HOSTS)]}]})
    day = f"2026-11-{10 + number % 8:02}"
    return json.dumps({"organization-name": ORGANIZATIONS[number % len(ORGANIZATIONS)],
                       "date-range": {"start-datetime": day + "T00:00:00Z", "end-datetime": day + "T23:59:59Z"},
                       "contact-info": "x@example.net", "report-id": f"layout-{number}",
                       "policies": policies}).encode()


class Layout:
    def __init__(self):
        self.tap = Tap()
        self.samples, self.hostile = self.tap.path("samples.db"), self.tap.path("hostile.db")
        good = os.path.join(TESTS, "data", "mail", "good")
        for name in sorted(os.listdir(good)):
            with open(os.path.join(good, name), "rb") as file:
                subprocess.run(self.tap.command(self.samples), input=file.read(), check=True)
        for number in range(3 * len(ORGANIZATIONS)):
            subprocess.run(self.tap.command(self.hostile), input=report(number), check=True)

    def run(self, db, *arguments, width=80, **environment):
        store = ["--config", self.tap.path("empty.conf"), "--db", db] if db else []
        done = subprocess.run([TLSRPT, *arguments, *store, *(CLOCK if db else [])], capture_output=True, encoding="utf-8",
                              env={**ENVIRONMENT, "LC_ALL": "C.UTF-8", "COLUMNS": str(width), **environment})
        if done.returncode:
            self.tap.ok(False, " ".join(arguments), done.stderr)
        return done.stdout

    def names(self, db, command):
        """The names that the table of a command has, by its JSON: in the summary two who report."""
        def rows(table):
            return json.loads(self.run(db, command, "--format", "json"))[table]
        if command == "explain":
            return {row["name"] for row in rows("explanations")}
        if command == "summary":
            return {row["policy_domain"] for row in rows("domains")} | {
                name for row in rows("domains") for name in row["organizations"].split("; ")[:2]
                if "; " not in name and name not in "; , ; ,".split("; ")}
        if command == "reports":
            return {row["organization"] for row in rows("reports")} | {
                name for row in rows("reports") for name in row["policy_domains"].split(" ")}
        if command == "export":
            return {row[key] for row in rows("daily") for key in ("policy_domain", "organization", "policy_type")}
        if command == "failures":
            return {name.strip() for row in rows("problems") for key in ("policy_domains", "receiving_mx_hostnames")
                    for name in (row[key] or "").split("\n")[:2]} - {""}
        return set()

    def check(self, store, db, command):
        names = self.names(db, command)
        for width in WIDTHS:
            out = self.run(db, command, width=width)
            lines = out.splitlines()
            wide = [line for line in lines if columns(line) > width]
            self.tap.ok(lines and not wide, f"{command}, {store}, {width} columns: no line is wider", *wide[:5])
            broken = [name for name in names if columns(name) < width - 1 and len(name.encode()) <= 255
                      and not any(name in line for line in lines)]
            self.tap.ok(not broken, f"{command}, {store}, {width} columns: names are whole", *broken[:5], out[:3000])
            blanks = [line for line in lines if line != line.rstrip()]
            self.tap.ok(not blanks, f"{command}, {store}, {width} columns: no blanks at the end", *blanks[:5])
            self.tap.ok("\x1f" not in out and "\t" not in out, f"{command}, {store}, {width} columns: blanks are blanks")
            # What is broken, for want of room, is all there nevertheless.
            squeezed = "".join(out.split())
            lost = [name for name in names if len(name.encode()) <= 255 and "".join(name.split()) not in squeezed]
            if command in ("summary", "reports", "export") and width < 60:
                self.tap.ok(not lost, f"{command}, {store}, {width} columns: nothing is lost", *lost[:5])


    def check_show(self):
        """One report in full: names of the report are whole, and its range is a day."""
        for width in WIDTHS:
            for number in range(1, len(ORGANIZATIONS) + 1):
                out = self.run(None, "show", str(number), "--config", self.tap.path("empty.conf"), "--db", self.hostile,
                               width=width)
                wide = [line for line in out.splitlines() if columns(line) > width]
                name = ORGANIZATIONS[number - 1]
                whole = name in out or columns(name) > width
                self.tap.ok(not wide and whole and "T00:00:00Z" not in out, f"show {number}, {width} columns", *wide, out)


def main():
    layout = Layout()
    for command in ("summary", "failures", "trend", "reports", "export", "policy"):
        layout.check("samples", layout.samples, command)
        layout.check("hostile", layout.hostile, command)
    layout.check("no store", None, "explain")
    layout.check_show()
    layout.tap.finish()


if __name__ == "__main__":
    main()
