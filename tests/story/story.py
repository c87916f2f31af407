#!/usr/bin/env python3
"""Ninety simulated days, told by what tlsrpt says of them.

Every report is a message of its own and goes through tlsrpt-ingest at the time at which it comes.
What check, failures and the digest say is compared with the script, which says it in advance, and
with the model, which works it out from the reports.
"""
import collections
import email
import email.policy
import os
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from script import (ACTIONS, ALARMS, DAYS, DIGESTS, DOMAINS, FIRST, NOTES, SCRIPT,  # noqa: E402
                    UNKNOWN, WARNING, CRITICAL)
from delivery import Delivery, Tap, differences, fast_folder  # noqa: E402
from model import Model  # noqa: E402
import oracle  # noqa: E402
from senders import DAY  # noqa: E402
from world import World  # noqa: E402

MORNING, NOON = 9 * 3600, 12 * 3600


class Story:
    def __init__(self, tap):
        self.tap, self.store = tap, Delivery(tap)
        self.model, self.memory = Model(), oracle.Memory()
        self.waiting = collections.deque(World(1, FIRST, DAYS, DOMAINS, SCRIPT).deliveries())
        self.wrong = collections.defaultdict(list)  # by what was looked at

    def expect(self, what, day, found, wanted):
        if found != wanted:
            self.wrong[what].append(f"day {day}: {found}, not {wanted}")

    def deliver_until(self, now):
        while self.waiting and self.waiting[0].at <= now:
            one = self.waiting.popleft()
            self.store.deliver(one.sender.message([one.report]), one.at)
            self.model.take(one.text, one.at)

    # --- each morning

    def check(self, day, now):
        found, alarms = differences(self.store, self.model, FIRST + day, now)
        self.wrong["the model"] += found
        wanted = {alarm for first, last, alarm in ALARMS if first <= day <= last}
        self.expect("the alarms of check", day, sorted(alarms), sorted(wanted))
        severities = {alarm.severity for alarm in wanted}
        code, line, errors = self.store.ask("check", now)
        self.expect("the exit code of check", day, code,
                    next((one for one in (CRITICAL, UNKNOWN, WARNING) if one in severities), 0))
        word = ["OK", "WARNING", "CRITICAL", "UNKNOWN"][code]
        self.expect("the line of check", day,
                    (f"TLSRPT {word}" in line, line.count("|") == 1, errors), (True, True, ""))
        self.check_notes(day, now)

    def check_notes(self, day, now):
        for (when, domain, result), note in NOTES.items():
            if when != day:
                continue
            _, answer = self.store.json("check", now)
            shown = [problem["note"] for problem in answer["problems"]
                     if (problem["policy_domains"], problem["result_type"]) == (domain, result)]
            self.expect("notes in check", day, shown, [note])
            for verb in ("failures", "summary"):
                _, text, _ = self.store.ask(verb, now, "--domain", domain)
                self.expect(f"notes in {verb}", day, note in " ".join(text.split()), True)

    # --- on Mondays

    def digest(self, day, now):
        wanted = {"glitches": 0, **{name: set() for name in
                                    ("new", "ongoing", "recurring", "resolved", "silent")},
                  "note": "", **DIGESTS[day]}
        _, answer = self.store.json("digest", now)
        found = {"glitches": answer["digest"][0]["glitches"]}
        for state in ("new", "ongoing", "recurring"):
            found[state] = {(one["policy_domain"], one["result_type"])
                            for one in answer["problems"] if one["state"] == state}
        found["resolved"] = {(one["policy_domain"], one["result_type"])
                             for one in answer["resolved"]}
        found["silent"] = {one["organization"] for one in answer["silent"]}
        for what in found:
            self.expect(f"the digest: {what}", day, found[what], wanted[what])
        self.read_mail(day, now, wanted)

    def read_mail(self, day, now, wanted):
        """The message names what is to be named, in both of its parts, and nothing else."""
        code, text, errors = self.store.ask("digest", now, "--to", "admin@example.com",
                                            "--from", "tlsrpt@example.com")
        mail = email.message_from_string(text, policy=email.policy.default)
        self.expect("the digest as mail", day, (code, errors, mail.defects, str(mail["To"])),
                    (0, "", [], "admin@example.com"))
        named = {name for what in ("new", "ongoing", "recurring", "resolved")
                 for pair in wanted[what] for name in pair} | wanted["silent"]
        results = {alarm.what for _, _, alarm in ALARMS} - {""}
        for kind in ("plain", "html"):
            body = " ".join(mail.get_body((kind,)).get_content().split())
            self.expect(f"names in the {kind} digest", day,
                        sorted(name for name in named if name not in body), [])
            self.expect(f"notes in the {kind} digest", day, wanted["note"] in body, True)
            self.expect(f"what the {kind} digest must not name", day,
                        sorted(name for name in results - named if name in body), [])

    def prune(self, now):
        """How many rows of which kind; the totals are compared as long as there are the reports."""
        self.wrong["the totals"] += oracle.check(self.store.db, self.memory)
        _, answer = self.store.json("prune", now, "--keep", "30d")
        return {row["kind"]: row["rows"] for row in answer["pruned"]}

    # --- the operator

    def act(self, day, now):
        for when, verb, domain, results, text in ACTIONS:
            if when != day:
                continue
            keys = [key for key in self.model.seen
                    if key.domain == domain and key.result in results]
            db = sqlite3.connect(f"file:{self.store.db}?mode=ro", uri=True)
            ids = [str(number) for number, *names in db.execute(
                "SELECT id, policy_domain, result_type FROM incidents")
                if names[0] == domain and names[1] in results]
            db.close()
            self.expect("the incidents acted on", day, len(ids), len(keys))
            code, _, errors = self.store.ask(verb, now, ",".join(ids), *filter(None, [text]),
                                             "--author", "anna")
            self.expect("the exit code of " + verb, day, (code, errors), (0, ""))
            for key in keys:
                self.model.note(key, now, verb, text)

    # --- the whole of it

    def tell(self):
        pruned = collections.Counter()
        for day in range(1, DAYS + 1):
            start = (FIRST + day) * DAY
            self.deliver_until(start + MORNING)
            self.check(day, start + MORNING)
            if day % 7 == 0:
                self.digest(day, start + MORNING)
                pruned.update(self.prune(start + MORNING))
            self.deliver_until(start + NOON)
            self.act(day, start + NOON)
        return pruned

    def in_the_end(self):
        """Reports, those pruned among them, and notes."""
        db = sqlite3.connect(f"file:{self.store.db}?mode=ro", uri=True)
        counts = db.execute("SELECT (SELECT count(*) FROM reports),"
                            " (SELECT count(*) FROM reports WHERE pruned),"
                            " (SELECT count(*) FROM notes),"
                            " (SELECT count(*) FROM quarantined)").fetchone()
        db.close()
        return counts


def main():
    tap = Tap(fast_folder())
    story = Story(tap)
    pruned = story.tell()
    for what in ("the alarms of check", "the exit code of check", "the line of check", "the model",
                 "the totals",
                 "notes in check", "notes in failures", "notes in summary",
                 "the incidents acted on", "the exit code of note", "the exit code of resolve",
                 "the exit code of reopen", "the digest: new", "the digest: ongoing",
                 "the digest: recurring", "the digest: glitches", "the digest: resolved",
                 "the digest: silent", "the digest as mail", "names in the plain digest",
                 "names in the html digest", "what the plain digest must not name",
                 "what the html digest must not name"):
        tap.ok(not story.wrong[what], what, *story.wrong.pop(what)[:10])
    tap.ok(not story.wrong, "nothing else is wrong", story.wrong)

    reports, tombstones, notes, quarantined = story.in_the_end()
    tap.say(f"{reports} reports, {tombstones} of them pruned, {notes} notes")
    tap.ok(reports == len(story.model.taken), "every report counts once, also the pruned ones")
    tap.ok(0 < tombstones < reports and tombstones == pruned["reports"],
           "what is older than 30 days was pruned along the way", pruned)
    tap.ok(notes == sum(map(len, story.model.notes.values())), "every note outlives that")
    tap.ok(quarantined == 0, "no message was kept in quarantine")
    differences_left = oracle.check(story.store.db, story.memory)
    tap.ok(not differences_left, "the totals are those of all reports", *differences_left[:10])
    tap.finish()


if __name__ == "__main__":
    main()
