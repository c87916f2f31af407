#!/usr/bin/env python3
"""Three hundred domains: one fault of all of them is one entry, and a quiet week is a page.

Two stores of oracle/fleet_store.py: one in which an MX that all domains share has an expired certificate, one
in which some domains had a failure once; one with more series than are exported to Prometheus; and some of one
domain, or a few.  What summary, failures and check print is short; who reported, why and in which reports is in it.
"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
import fleet_store  # noqa: E402
from fleet_store import CODES, DOMAINS, FLEETS, HOSTILE, NOW, TODAY, failure, policy, report  # noqa: E402
from tap import BIN, ENVIRONMENT, Tap  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
PARTS = DOMAINS // FLEETS["two-reasons"].at_once  # reports of an organization and day
NEWEST = "tlsrpt reports --failed --mx mx.example.net --since 2026-11-20"


class Fleet:
    def __init__(self):
        self.tap = Tap()

    def store(self, db):
        return ["--config", self.tap.path("empty.conf"), "--db", db, "--now", str(NOW)]

    def fleet(self, name):
        db = self.tap.path(f"{name}.db")
        fleet_store.make(name, db, self.tap.path("empty.conf"))
        return self.store(db)

    def few(self, name, reports):
        db = self.tap.path(f"{name}.db")
        fleet_store.deliver(reports, db, self.tap.path("empty.conf"))
        fleet_store.receive(db)
        return self.store(db)

    def run(self, *arguments, width=80):
        done = subprocess.run([TLSRPT, *arguments], capture_output=True, encoding="utf-8",
                              env=dict(ENVIRONMENT, COLUMNS=str(width), LC_ALL="C.UTF-8"))
        return done.stdout

    def short(self, name, text, limit):
        lines = text.splitlines()
        return self.tap.ok(0 < len(lines) < limit, f"{name}: {len(lines)} lines, under {limit}", text[:3000])

    def has(self, name, text, *parts):
        flat = " ".join(text.split())
        self.tap.ok(all(part in flat for part in parts), f"{name}: {len(parts)} facts",
                    *[part for part in parts if part not in flat], text[:2000])

    def check_fault(self):
        store = self.fleet("two-reasons")
        for width in (40, 80, 200):
            text = self.run("summary", *store, width=width)
            before = text.split("\n\n")[0]
            self.short(f"a shared fault, summary at {width} columns, before the domains", before, 40)
            self.tap.ok(all(len(line) <= width for line in text.splitlines()), f"no line is wider than {width}")
        self.has("summary", before, "CRITICAL certificate-expired at mx.example.net: d000.example, d001.example and 298 more",
                 "enforce: senders keep the mail back", NEWEST)
        digest = self.run("digest", "-f", "text", *store)
        self.short("digest, before the domains", digest.split("DOMAINS")[0], 40)
        self.has("digest", digest, "CRITICAL certificate-expired at mx.example.net: ", NEWEST)
        alert = self.run("alert", "--dry-run", "--to", "root@example.com", *store)
        self.has("alert", alert, "CRITICAL certificate-expired at mx.example.net: ", NEWEST)
        check = self.run("check", *store)
        self.short("check", check, 40)
        self.has("check", check, "TLSRPT CRITICAL", "and 298 more", NEWEST)
        self.tap.ok(check.splitlines()[0].count("|") == 1 and all("|" not in line for line in check.splitlines()[1:]),
                    "check: performance data only where they belong", check)
        failures = self.run("failures", *store)
        self.short("failures", failures, 40)
        self.has("failures", failures, "sending hosts 192.0.2.20", "reports ", "X509_V_ERR_CERT_HAS_EXPIRED (",
                 "evil\\u{1b}[2J", "\\u{202e}")
        answer = json.loads(self.run("failures", *store, "-f", "json"))
        self.tap.ok(len(answer["problems"]) == 1 and len(answer["incidents"]) == DOMAINS,
                    "one problem of 300 incidents", len(answer["problems"]), len(answer["incidents"]))
        self.tap.ok({row["failure_reason_code"] for row in answer["reasons"]}
                    == {CODES[0], HOSTILE}, "both reasons", answer["reasons"])
        self.tap.ok(all(row["report_id"].endswith("@" + fleet_store.signer(row["organization"])) for row in answer["reports"])
                    and answer["reports"], "the reports, with the ids of the senders", answer["reports"])

        self.check_reports(store)
        self.check_readme(before)
        self.check_readme(check.splitlines()[0])

    def check_readme(self, text):
        """README.md shows what is printed, without the reason that is hostile, and broken into lines."""
        name = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "README.md")
        with open(name, encoding="utf-8") as readme:
            flat = " ".join(readme.read().split())
        shown = " ".join(" ".join(line for line in text.splitlines() if "evil" not in line).split())
        self.tap.ok(shown in flat, f"README.md shows {shown.split()[0]}", shown)

    def check_reports(self, store):
        for arguments, wanted in ((("--failed",), 9 * PARTS), (("--result-type", "certificate-expired"), 9 * PARTS),
                                  (("--mx", "MX.example.net."), 9 * PARTS), (("--mx", "mx2.example.net"), 0),
                                  (("--result-type", "x", "--failed"), 0), ((), 3 * 7 * PARTS)):
            found = json.loads(self.run("reports", *arguments, *store, "-f", "json"))["reports"]
            self.tap.ok(len(found) == wanted and all(row["failed_sessions"] for row in found if arguments),
                        f"reports {' '.join(arguments)}: {wanted}", len(found))

    def check_quiet(self):
        store = self.fleet("two-kinds")
        text = self.run("summary", *store)
        self.short("a quiet week, summary", text, 60)
        self.tap.ok(sum(line.startswith("glitch ") for line in text.splitlines()) == 2
                    and "#" not in text, "glitches are one line a kind", text)
        self.has("summary", text, "Nothing is to be done: ", "250 domains without a failure")
        check = self.run("check", *store)
        self.tap.ok(check.startswith("TLSRPT OK - 300 domains, ") and len(check.splitlines()) == 1, "check", check)

    def check_metrics(self):
        """More series than are exported: the rest is one, and nothing is lost of the sums."""
        organizations = [f"Reporter{number}" for number in range(8)]
        fleet = fleet_store.Fleet(lambda organization, _, __: [
            failure("starttls-not-supported", f"mx{organization[-1]}.example.net")])
        reports = [one for organization in organizations for one in fleet.reports_of(organization, TODAY - 1)]
        text = self.run("export", "-f", "prometheus", *self.few("metrics", reports))
        total = DOMAINS * len(organizations)
        for metric, labels, wanted in (("tlsrpt_successful_sessions", 4, 19 * total), ("tlsrpt_reports", 4, total),
                                       ("tlsrpt_incident_failed_sessions", 8, total)):
            lines = [line for line in text.splitlines() if line.startswith(metric + "{")]
            self.tap.ok(len(lines) == 2001 and lines[-1].count('="(other)"') == labels
                        and not any("(other)" in line for line in lines[:-1]),
                        f"{metric}: 2000 series, and one of the rest", len(lines), lines[-1:])
            found = sum(int(line.rsplit(" ", 1)[1]) for line in lines)
            self.tap.ok(found == wanted, f"{metric}: the sum is whole", found, wanted)

    def check_two_reasons(self):
        """A report whose two failures have a reason each, which say different things."""
        rows = [failure("validation-failure", mx, **{"failure-reason-code": code})
                for mx, code in (("", "MX_HOSTS_MISMATCH"), ("mail.example.com", "VALIDATION_FAILURE"))]
        store = self.few("reasons", [dict(report("Micro Co", TODAY - 1, [policy(0, rows)]),
                                          **{"report-id": "134100000000000001+example.com"})])
        self.has("two reasons, failures", self.run("failures", *store), "seen by Micro Co",
                 "report 1 (134100000000000001+example.com)",
                 "MX_HOSTS_MISMATCH (1 session): The MX is not in the MTA-STS policy",
                 "VALIDATION_FAILURE (1 session): The check of the MX failed")
        for command in ("failures", "summary"):
            answer = json.loads(self.run(command, *store, "-f", "json"))
            self.tap.ok({row["failure_reason_code"] for row in answer["reasons"] if row["meaning"]}
                        == {"MX_HOSTS_MISMATCH", "VALIDATION_FAILURE"}, f"two reasons, {command} in JSON", answer)
            self.tap.ok([(row["problem"], row["report_id"], row["organization"]) for row in answer["reports"]]
                        == [(str(n), "134100000000000001+example.com", "Micro Co") for n in (1, 2)],
                        f"two reasons, {command} in JSON: the report of each", answer["reports"])

    def check_first_timer(self):
        """Who reports for the first time counts in no share but that of what it alone sees."""
        expired = failure("certificate-expired", "mx.example.net")
        store = self.few("first", [
            *(report("Google Inc.", day, [policy(0, [expired] if day == TODAY - 1 else [])])
              for day in range(TODAY - 4, TODAY)),
            report("New Co", TODAY - 1, [policy(0, [expired, failure("starttls-not-supported", "mx.example.net")])])])
        answer = json.loads(self.run("summary", *store, "-f", "json"))
        figures = {row["kind"]: (row["failed_sessions"], row["sessions"], row["reporters"])
                   for row in answer["problems"]}
        self.tap.ok(figures == {"certificate-expired": (1, 80, "Google Inc.\nNew Co"),
                                "starttls-not-supported": (1, 100, "New Co")}, "first-timers in problems", figures)
        self.tap.ok([(row["failed_sessions"], row["sessions"]) for row in answer["domains"]] == [(1, 80)],
                    "first-timers in domains", answer["domains"])

    def check_silence(self):
        """Who is silent about two domains is so as well if one of them is asked about."""
        of = {"A": (0, 1), "B": (0, 1), "C": (2,)}
        store = self.few("silence", [report(organization, day, [policy(number, []) for number in numbers])
                                     for day in range(TODAY - 20, TODAY) for organization, numbers in of.items()
                                     if day < TODAY - 7 or organization == "C"])

        def silences(*arguments):
            return [(row["problem"], row["policy_domains"])
                    for row in json.loads(self.run("check", *arguments, *store, "-f", "json"))["problems"]]
        everywhere = silences()
        self.tap.ok([domains for _, domains in everywhere] == ["d000.example\nd001.example"] * 2,
                    "two witnesses are silent", everywhere)
        wanted = [(number, "d000.example") for number, _ in everywhere]
        self.tap.ok(silences("--domain", "d000.example") == wanted, "and about one domain, too",
                    silences("--domain", "d000.example"), wanted)
        self.tap.ok(silences("--domain", "d002.example") == [], "and nobody about another one",
                    silences("--domain", "d002.example"))


def main():
    fleet = Fleet()
    fleet.check_silence()
    fleet.check_two_reasons()
    fleet.check_first_timer()
    fleet.check_fault()
    fleet.check_quiet()
    fleet.check_metrics()
    fleet.tap.finish()


if __name__ == "__main__":
    main()
