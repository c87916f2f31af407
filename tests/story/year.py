#!/usr/bin/env python3
"""A year of an operator, told by all that he is told: alert and check each day, digest on Mondays.

Every mail of alert goes through a sendmail that keeps it.  Each line of it is compared with the
script, with the day on which it came; what the script does not say must not come, nor come twice.
"""
import base64
import collections
import email
import email.policy
import html
import os
import random
import re
import stat
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import year_script as script  # noqa: E402
from year_script import DAYS, FIRST  # noqa: E402
from delivery import ENVIRONMENT, Delivery, Tap, fast_folder  # noqa: E402
from senders import DAY, Failure, Google, Policy, Report  # noqa: E402

NOON = 12 * 3600
ID = "mail.example.net"
SETTINGS = f"[ingest]\ntrusted-authserv-ids = {ID}\n[limits]\nquarantine = 64K\n"
TO, FROM = "anna@example.net", "tlsrpt@example.net"
DAMAGED_BYTES = 13500  # after compression; four of these are what 64 KiB hold


def vouched(domain):
    """By which the mail system says that a message is from a domain."""
    return f"Authentication-Results: {ID}; dkim=pass header.d={domain}\n".encode()


def forged(day, now):
    """A stranger's report: all mail to the shop fails, Google says."""
    lines = ["version: STSv1", "mode: enforce", f"mx: {script.HOSTS[0]}", "max_age: 604800"]
    row = Failure("certificate-expired", 90000, script.HOSTS[0])
    policy = Policy("sts", script.SHOP, lines, [script.HOSTS[0]], 0, 90000, [row])
    return Google().message([Report(FIRST + day - 1, script.SHOP, [policy], now - 60)])


def damaged(domain):
    """A message of that domain with a report part that is none."""
    noise = random.Random(domain).randbytes(DAMAGED_BYTES * 3 // 4)
    return vouched(domain) + (f"From: tlsrpt@{domain}\nSubject: Report\nMIME-Version: 1.0\n"
                              "Content-Type: application/tlsrpt+json\n\n").encode() \
        + base64.encodebytes(noise)


class Year:
    def __init__(self, tap):
        self.tap = tap
        self.store = Delivery(tap, "year.db", SETTINGS)
        self.store.db = tap.path("store/year.db")  # --init wants a folder of its own
        self.waiting = collections.deque(script.traffic().deliveries())
        self.told, self.checks, self.digests = [], [], []
        self.numbers = {}  # of problems and silences, by the title under which they were told
        self.wrong = []
        self.mails = tap.path("mails")
        os.mkdir(self.mails)
        self.sendmail = tap.path("sendmail")
        with open(self.sendmail, "w", encoding="ascii") as file:
            file.write(f'#!/bin/sh\n[ "$*" = "-t -i" ] && cat >{self.mails}/$$\n')
        os.chmod(self.sendmail, stat.S_IRWXU)

    def tlsrpt(self, day, now, verb, *arguments):
        """What it prints; nothing may go wrong."""
        code, output, errors = self.store.ask(verb, now, *arguments)
        if (code, errors) != (0, ""):
            self.wrong.append(f"day {day}: {verb}: {code} {errors}")
        return output

    # --- what comes

    def deliver_until(self, day, now):
        due = []
        while self.waiting and self.waiting[0].at <= now:
            one = self.waiting.popleft()
            is_vouched = day not in script.MILTER_BROKEN
            due.append((vouched(one.sender.submitter) if is_vouched else b"")
                       + one.sender.message([one.report]))
        if day in script.FORGED:
            due.append(forged(day, now))
        if due:
            self.store.deliver_all(due, now)
        if day == script.DAMAGED:
            for number in range(4):
                self.deliver_damaged(f"sender-{number}.example", now)

    def deliver_damaged(self, domain, now):
        done = self.store.run(
            self.tap.command(self.store.db, "--config", self.store.config), now, damaged(domain))
        if done.returncode != 0:
            self.wrong.append(f"{domain}: {done.returncode} {done.stderr!r}")

    # --- what he is told

    def read_mails(self):
        for name in sorted(os.listdir(self.mails)):
            path = os.path.join(self.mails, name)
            with open(path, "rb") as file:
                yield email.message_from_binary_file(file, policy=email.policy.default)
            os.unlink(path)

    def alert(self, day, now):
        if self.tlsrpt(day, now, "alert", "--to", TO, "--from", FROM, "--sendmail", self.sendmail):
            self.wrong.append(f"day {day}: alert prints something")
        mails = list(self.read_mails())
        if len(mails) > 1:
            self.wrong.append(f"day {day}: {len(mails)} mails")
        for mail in mails:
            self.read_alert(day, mail)

    def read_alert(self, day, mail):
        """The subject, then each heading with what became of it."""
        if mail.defects or str(mail["To"]) != TO:
            self.wrong.append(f"day {day}: {mail.defects}, to {mail['To']}")
        self.told.append((day, "Subject", str(mail["Subject"])))
        page = mail.get_body(("html",)).get_content()
        plain = " ".join(mail.get_body(("plain",)).get_content().split())
        section = ""
        for tag, text in re.findall(r"<(h[23])[^>]*>(.*?)</h[23]>", page):
            text = html.unescape(text)
            if tag == "h2":
                section = text
                continue
            if text not in plain:
                self.wrong.append(f"day {day}: {text!r} is not in the plain part")
            number, title = re.fullmatch(r"(?:#(s?\d+) )?(.*)", text).groups()
            self.told.append((day, section, title))
            if number and section != "Over":
                self.numbers[title] = number
        notes = re.findall(r"[Nn]ote[^:<]*: ([^<]*)", page)
        self.told += [(day, "Note", html.unescape(note)) for note in notes]

    def check(self, day, now):
        """Days on which check says the same are one entry: first day, last day, exit code, what."""
        code, answer = self.store.json("check", now)
        line = self.store.ask("check", now)[1].splitlines()[0]
        found = (code, [f"{row['severity']} {row['title']}" for row in answer["problems"]])
        word = ["OK", "WARNING", "CRITICAL", "UNKNOWN"][code]
        if not line.startswith(f"TLSRPT {word} - "):
            self.wrong.append(f"day {day}: {line}")
        if self.checks and self.checks[-1][2:] == found:
            self.checks[-1] = (self.checks[-1][0], day, *found)
        else:
            self.checks.append((day, day, *found))

    def digest(self, day, now):
        text = self.tlsrpt(day, now, "digest", "--to", TO, "--from", FROM)
        mail = email.message_from_string(text, policy=email.policy.default)
        self.digests.append((day, str(mail["Subject"])))

    # --- what he does

    def act(self, day, now):
        for when, verb, part, *arguments in script.ACTIONS:
            if when == day:
                number = [one for title, one in self.numbers.items() if part in title][-1]
                self.tlsrpt(day, now, verb, number, *arguments, "--author", "anna")
        if day == script.DAMAGED + 2:
            _, answer = self.store.json("quarantine", now)
            ids = [str(row["id"]) for row in answer["quarantined"]]
            if len(ids) != 4:
                self.wrong.append(f"day {day}: {len(ids)} messages in quarantine")
            self.tlsrpt(day, now, "quarantine", "drop", *ids)

    def tell(self):
        subprocess.run(self.tap.command(self.store.db, "--init"), check=True, env=ENVIRONMENT,
                       timeout=60)
        for day in range(DAYS):
            now = (FIRST + day) * DAY + NOON
            self.deliver_until(day, now)
            self.alert(day, now)
            self.check(day, now)
            if day % 7 == 0 and day > 0:
                self.digest(day, now)
            self.act(day, now)
        # Each hour, as it is meant: there is nothing that he does not know yet.
        for hour in range(1, 12):
            self.alert(DAYS, (FIRST + DAYS - 1) * DAY + NOON + hour * 3600)


def compare(tap, name, found, wanted):
    differences = [f"not expected: {one}" for one in found if one not in wanted]
    differences += [f"missing: {one}" for one in wanted if one not in found]
    tap.ok(found == wanted, name, *differences, f"{len(found)} lines, not {len(wanted)}")


def main():
    tap = Tap(fast_folder())
    year = Year(tap)
    year.tell()
    tap.ok(not year.wrong, "nothing went wrong on the way", *year.wrong)
    compare(tap, "what alert mails, line by line", year.told, script.TOLD)
    twice = [one for one, times in collections.Counter(
        (section, title) for _, section, title in year.told
        if section in ("Began", "Got worse")).items() if times > 1]
    tap.ok(sorted(twice) == sorted(script.RECURRED), "nothing is told twice but what came back",
           twice)
    compare(tap, "what check says, day by day", year.checks, script.CHECKS)
    compare(tap, "the subject of each digest", year.digests, script.DIGESTS)
    if "--print" in sys.argv:
        for what in (year.told, year.checks, year.digests):
            print("[", *(f"    {one!r}," for one in what), "]", sep="\n")
    tap.finish()


if __name__ == "__main__":
    main()
