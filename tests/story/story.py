#!/usr/bin/env python3
"""Ninety simulated days, told by what tlsrpt says of them.

Every report is a message of its own and goes through tlsrpt-ingest at the time at which it comes.
What check, failures, summary and the digest say is compared with the script, which says it in
advance; and all that is known of problems with the second opinion, which works it out from the
reports.
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
from agreement import Run  # noqa: E402
from delivery import Tap, fast_folder  # noqa: E402
import oracle  # noqa: E402
from senders import DAY  # noqa: E402
from world import World  # noqa: E402

MORNING, NOON = 9 * 3600, 12 * 3600


class Story(Run):
    def __init__(self, tap):
        super().__init__(tap, "story", World(1, FIRST, DAYS, DOMAINS, SCRIPT))
        self.memory = oracle.Memory()
        self.waiting = collections.deque(self.world.deliveries())
        self.mistakes = collections.defaultdict(list)  # by what was looked at
        self.checks, self.digests = [], []

    def expect(self, what, day, found, wanted):
        if found != wanted:
            self.mistakes[what].append(f"day {day}: {found}, not {wanted}")

    def deliver_until(self, now):
        while self.waiting and self.waiting[0].at <= now:
            one = self.waiting.popleft()
            self.store.deliver(one.sender.message([one.report]), one.at)
            self.model.take(one.text, one.at, self.reporter(one.sender))

    # --- each morning

    def look(self, day, now):
        """At the check; and at all that it is made of, beside the second opinion."""
        self.compare(FIRST + day)
        code, answer = self.store.json("check", now)
        found = sorted((row["severity"], row["title"]) for row in answer["problems"])
        self.checks.append((day, code, found))
        wanted = sorted((level, title) for first, last, level, title in ALARMS
                        if first <= day <= last)
        self.expect("the alarms of check", day, found, wanted)
        levels = {level for level, _ in wanted}
        self.expect("the exit code of check", day, code,
                    next((["OK", WARNING, CRITICAL, UNKNOWN].index(one)
                          for one in (CRITICAL, UNKNOWN, WARNING) if one in levels), 0))
        _, lines, errors = self.store.ask("check", now)
        line = lines.splitlines()[0]
        word = ["OK", WARNING, CRITICAL, UNKNOWN][code]
        self.expect("the line of check", day,
                    (f"TLSRPT {word}" in line, line.count("|") == 1, errors), (True, True, ""))
        self.look_at_notes(day, now, answer)

    def look_at_notes(self, day, now, answer):
        for (when, domain, kind), note in NOTES.items():
            if when != day:
                continue
            shown = [problem["note"] for problem in answer["problems"]
                     if (problem["policy_domains"], problem["kind"]) == (domain, kind)]
            self.expect("notes in check", day, shown, [note])
            for verb in ("failures", "summary"):
                _, text, _ = self.store.ask(verb, now, "--domain", domain)
                self.expect(f"notes in {verb}", day, note in " ".join(text.split()), True)

    # --- on Mondays

    def digest(self, day, now):
        _, answer = self.store.json("digest", now)
        found = [(row["section"], row["title"]) for row in answer["problems"]]
        self.digests.append((day, found))
        self.expect("the digests", day, found, DIGESTS.get(day))
        self.read_mail(day, now, answer)

    def read_mail(self, day, now, answer):
        """The message names what is to be named, in both of its parts, and says what was noted."""
        code, text, errors = self.store.ask("digest", now, "--to", "admin@example.com",
                                            "--from", "tlsrpt@example.com")
        mail = email.message_from_string(text, policy=email.policy.default)
        self.expect("the digest as mail", day, (code, errors, mail.defects, str(mail["To"])),
                    (0, "", [], "admin@example.com"))
        for kind in ("plain", "html"):
            body = " ".join(mail.get_body((kind,)).get_content().split())
            self.expect(f"names in the {kind} digest", day, [
                row["title"] for row in answer["problems"]
                if row["level"] in ("critical", "warning")
                and (row["title"].split(" (")[0] not in body
                     or row["note"] is not None and row["note"] not in body)], [])

    def prune(self, now):
        """How many rows of which kind; the totals are compared as long as there are the reports."""
        self.mistakes["the totals"] += oracle.check(self.store.db, self.memory)
        _, answer = self.store.json("prune", now, "--keep", "30d")
        return {row["kind"]: row["rows"] for row in answer["pruned"]}

    # --- the operator

    def act(self, day, now):
        for when, verb, domain, kind, text in ACTIONS:
            if when != day:
                continue
            numbers = {number for (one, domains), number in self.numbers.items()
                       if one == kind and domain in domains}
            self.expect("the problems acted on", day, len(numbers), 1)
            code, _, errors = self.store.ask(verb, now, str(*numbers), *filter(None, [text]),
                                             "--author", "anna")
            self.expect("the exit code of " + verb, day, (code, errors), (0, ""))
            for one, domains in self.numbers:
                for each in domains if one == kind and domain in domains else ():
                    self.model.note((each, kind), now, verb)

    # --- the whole of it

    def tell(self):
        pruned = collections.Counter()
        for day in range(1, DAYS + 1):
            start = (FIRST + day) * DAY
            self.deliver_until(start + MORNING)
            self.look(day, start + MORNING)
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
    tap.ok(not story.wrong, "the second opinion is the same on each day", *story.wrong[:20])
    for what in ("the alarms of check", "the exit code of check", "the line of check",
                 "the totals", "notes in check", "notes in failures", "notes in summary",
                 "the problems acted on", "the exit code of note", "the exit code of resolve",
                 "the exit code of reopen", "the digests", "the digest as mail",
                 "names in the plain digest", "names in the html digest"):
        tap.ok(not story.mistakes[what], what, *story.mistakes.pop(what)[:10])
    tap.ok(not story.mistakes, "nothing else is wrong", story.mistakes)
    if "--print" in sys.argv:
        print(*story.checks, *story.digests, sep="\n")

    reports, tombstones, notes, quarantined = story.in_the_end()
    tap.say(f"{reports} reports, {tombstones} of them pruned, {notes} notes")
    tap.ok(reports == len(story.model.taken), "every report counts once, also the pruned ones")
    tap.ok(0 < tombstones < reports and tombstones == pruned["reports"],
           "what is older than 30 days was pruned along the way", pruned)
    tap.ok(notes > 0, "every note outlives that")
    tap.ok(quarantined == 0, "no message was kept in quarantine")
    differences_left = oracle.check(story.store.db, story.memory)
    tap.ok(not differences_left, "the totals are those of all reports", *differences_left[:10])
    tap.finish()


if __name__ == "__main__":
    main()
