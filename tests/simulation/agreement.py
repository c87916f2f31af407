#!/usr/bin/env python3
"""What the programs say of problems on each simulated day, beside the second opinion.

    agreement.py [SEED...] [faults|glitches|hoster|strangers|operator]...

All mail of a day goes through tlsrpt-ingest in bulk, at simulated times.  Each difference is a
defect of the program, or of the opinion.
"""
import collections
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from delivery import Delivery, Tap, fast_folder  # noqa: E402
from opinion import DAY, Line, Model, Reporter, Silence  # noqa: E402
from rules import FIRST, faults  # noqa: E402
from senders import Microsoft, crowd, day_text  # noqa: E402
from traffic import Customer, Fault, Traffic, glitches, noise  # noqa: E402

SETTINGS = "[ingest]\ntrusted-authserv-ids = mail.example.net\n"
CHECK_AT = 9 * 3600  # of each day, when some have reported on the day before
LONG = os.environ.get("TLSRPT_LONG") == "1"


# The others say what nobody vouches for.
SIGNED = {"Google Inc.", "Microsoft Corporation", "Meadow Hosting", "mail.harbour.example",
          "mox.lakeside.example", "Orchard e.V."}


class Run:
    """A world, its store, and its opinion."""

    def __init__(self, tap, name, world, signed=None):
        self.tap, self.world = tap, world
        self.signed = signed  # organisations whose mail is authenticated; None: nobody checks
        self.store = Delivery(tap, name + ".db", SETTINGS if signed else None)
        self.believe = "all" if signed is None else "authenticated"
        self.model = Model(self.believe)
        self.wrong = []
        self.kept = collections.Counter()  # whether a line has the number of the day before
        self.with_mx = set()  # the lines that had one
        self.numbers = {}  # line (its kind and domains) to the number that it was shown under
        self.shown = collections.Counter()  # levels, so that something is compared

    def go(self):
        waiting = collections.deque(self.world.deliveries())
        for day in range(self.world.first_day + 1, self.world.first_day + self.world.days + 1):
            for until in (day * DAY - 1, day * DAY + CHECK_AT):
                due = []
                while waiting and waiting[0].at <= until:
                    due.append(waiting.popleft())
                if due:
                    self.deliver(due, until)
            self.compare(day)
            self.operator(day)

    def deliver(self, due, now):
        self.store.deliver_all([self.header(one.sender) + one.sender.message([one.report])
                                for one in due], now)
        for one in due:
            self.model.take(one.text, one.report.sent_at, self.reporter(one.sender))

    def reporter(self, sender):
        if self.signed is None:
            return Reporter(sender.organization)
        return Reporter(sender.organization, "pass", sender.submitter) \
            if sender.organization in self.signed else Reporter(sender.organization, "none")

    def header(self, sender):
        """By which the mail system vouches for it."""
        return b"Authentication-Results: mail.example.net; dkim=pass header.d=" \
            + sender.submitter.encode() + b"\n" if self.reporter(sender).auth == "pass" else b""

    def operator(self, day):
        """Does nothing here."""

    def end(self):
        """What is to be said of it in the end."""
        return f"{len(self.model.taken)} reports"

    # --- what both say

    def theirs(self, day):
        found = {"failures": {}, "lines": {}, "silences": set(), "stopped": False}
        numbers = {}
        for what, *row in self.store.problems(day, self.believe):
            if what == "failure":
                domain, kind, state, level, _, late, learning, share = row
                found["failures"][domain, kind] = (state, level, late == "1", learning == "1")
                self.shown[level] += 1
            elif what == "problem":
                number, kind, level, _, domains, mx = row
                line = Line(kind, frozenset(domains.split(",")),
                            frozenset(mx.split(",") if mx else []))
                found["lines"][line] = level
                numbers[kind, line.domains] = int(number)
            elif what == "silence":
                _, witness, _, _, domains = row
                found["silences"].add(Silence(witness, frozenset(domains.split(","))))
            elif what == "arrivals":
                found["stopped"] = row[0] == "2"
        self.follow(day, numbers, {(line.kind, line.domains) for line in found["lines"]
                                   if line.mx})
        return found

    def follow(self, day, numbers, with_mx):
        """A problem keeps its number as long as it is shown, unless an older one that came back
        is in the same line now, the number went with another part of the line, or the line had no
        MX and is now shown with the one of several domains."""
        for line, number in numbers.items():
            before = self.numbers.get(line, number)
            if before < number and before not in numbers.values() \
                    and (line in self.with_mx or line not in with_mx):
                self.wrong.append(f"{day_text(day)}: {line} was {before} and is {number}")
            self.kept[before == number] += 1
        self.with_mx = with_mx
        self.numbers = numbers

    def ours(self, day):
        verdicts = self.model.verdicts(day)
        order = ["none", "glitch", "background", "warning", "critical"]
        return {
            "failures": {tuple(failure): (one.state, one.level, one.late,
                                          self.model.is_learning(failure.domain, day))
                         for failure, one in verdicts.items()},
            "lines": {line: max((verdicts[domain, line.kind].level for domain in line.domains),
                                key=order.index)
                      for line in self.model.lines(day, verdicts)},
            "silences": self.model.silences(day),
            "stopped": self.model.nothing_received(day)}

    def check(self, day):
        """What the monitoring check says of it."""
        code, answer = self.store.json("check", day * DAY + CHECK_AT)
        failures = {(row["kind"], frozenset(row["policy_domains"].split("\n"))):
                    row["severity"].lower()
                    for row in answer["problems"] if row["alarm"] == "failure"}
        return code, failures, sum(row["alarm"] == "silent" for row in answer["problems"])

    def compare_check(self, day, ours):
        alarms = {(line.kind, line.domains): level for line, level in ours["lines"].items()
                  if level in ("warning", "critical")}
        wanted = self.model.check(day), alarms, len(ours["silences"])
        found = self.check(day)
        if found != wanted:
            self.wrong.append(f"{day_text(day)}: check says {found}, not {wanted}")

    def compare(self, day):
        ours, theirs = self.ours(day), self.theirs(day)
        self.compare_check(day, ours)
        for what, mine in ours.items():
            if mine == theirs[what]:
                continue
            if isinstance(mine, dict):
                keys = [key for key in {**mine, **theirs[what]}
                        if mine.get(key) != theirs[what].get(key)]
                self.wrong += [f"{day_text(day)}: {what}: {key}: {theirs[what].get(key)},"
                               f" not {mine.get(key)}" for key in keys]
            else:
                self.wrong.append(f"{day_text(day)}: {what}: {theirs[what]}, not {mine}")


class Operated(Run):
    """An operator resolves on one day what is wrong, and accepts on another one."""

    def __init__(self, *arguments, resolves=(), accepts=()):
        super().__init__(*arguments)
        self.resolves, self.accepts = resolves, accepts
        self.said = collections.Counter()

    def operator(self, day):
        if day not in (*self.resolves, *self.accepts):
            return
        verb = "resolve" if day in self.resolves else "accept"
        now = day * DAY + CHECK_AT
        until = day + 20
        more = ["--until", day_text(until)] if verb == "accept" else []
        for (kind, domains), number in self.numbers.items():
            levels = {self.model.verdict((domain, kind), day).level for domain in domains}
            if not levels & {"warning", "critical"}:
                continue
            code, _, errors = self.store.ask(verb, now, str(number), *more, "--author", "anna")
            if code != 0:
                self.wrong.append(f"{day_text(day)}: {verb} {number}: {code}, {errors}")
            for domain in domains:
                rows, who = self.model.rows((domain, kind), day)
                since = min((one for one, _ in rows), default=day)
                share = self.model.share((domain, kind), since, day, rows, who)[0]
                self.model.note((domain, kind), now, verb, until, share)
            self.said[verb] += 1

    def end(self):
        if not self.said["resolve"] or not self.said["accept"]:
            self.tap.ok(False, f"there was something to resolve and to accept: {self.said}")
        return f"{self.said['resolve']} resolved, {self.said['accept']} accepted"


# --- a hoster

def hoster(seed, days=120):
    """Domains on the same two MX; one of the weekly senders names no MX."""
    weekly = Microsoft()
    weekly.organization = weekly.submitter = "weekly.example"
    weekly.period, weekly.share = 7, 0.05
    senders = [*crowd(), weekly]
    hosts = ("mx1.hoster.example", "mx2.hoster.example")
    domains = [Customer(f"customer-{n}.example", [20, 200, 5000][n % 3], hosts=hosts,
                        dane=n % 4 == 3, rua=1 + (n % 5 == 4)) for n in range(8)]
    script = []
    for number, domain in enumerate(domains):
        script += glitches(seed, domain, senders, FIRST, days, 12)
        for kind, first, lasts, which in [("certificate-expired", 30, 6, 0),
                                          ("certificate-expired", 50, 3, 1),
                                          ("mx-changed", 75, 5, None)]:
            if (number + seed) % 8 < 6:
                script.append(Fault(kind, domain.name, FIRST + first + number % 3,
                                    FIRST + first + lasts, which=which))
    script.append(Fault("broken", "", FIRST + days - 8, FIRST + days - 2))
    return Traffic(seed, FIRST, days, domains, script, senders)


def operated(seed):
    """Faults on MX of each domain alone; a weekly sender names no MX, and tells of them late."""
    weekly = Microsoft()
    weekly.organization = weekly.submitter = "weekly.example"
    weekly.period, weekly.share = 7, 0.10
    senders = [*crowd(), weekly]
    domains = [Customer(f"shop-{n}.example", [60, 600, 6000][n % 3]) for n in range(7)]
    script = []
    for number, domain in enumerate(domains):
        script += glitches(seed, domain, senders, FIRST, 100, 6)
        first = FIRST + 30 + (number + seed) % 7
        script += [Fault("certificate-expired", domain.name, first, RESOLVED - 2, which=None),
                   # Known and left; it gets worse in some.
                   Fault("mx-changed", domain.name, ACCEPTED - 8, FIRST + 95, share=0.02,
                         grows=0.2 if number % 2 else 0, over=60)]
    return Traffic(seed, FIRST, 100, domains, script, senders)


RESOLVED, ACCEPTED = FIRST + 41, FIRST + 62


def runs_of(tap, seed):
    """By name: a function that makes the run."""
    return {
        "faults": lambda name: Run(tap, name, faults(seed, [30, 2000], 1, 12)),
        "glitches": lambda name: Run(tap, name, noise(seed, [3, 30, 2000], 4 if LONG else 2, FIRST,
                                                      395 if LONG else 60, 52)),
        "hoster": lambda name: Run(tap, name, hoster(seed)),
        "strangers": lambda name: Run(tap, name, hoster(seed), SIGNED),
        "operator": lambda name: Operated(tap, name, operated(seed), resolves=[RESOLVED],
                                          accepts=[ACCEPTED]),
    }


def main():
    seeds = [int(word) for word in sys.argv[1:] if word.isdigit()] or ([1, 2, 3] if LONG else [1])
    names = [word for word in sys.argv[1:] if not word.isdigit()]
    tap = Tap(fast_folder())
    for seed in seeds:
        for name, make in runs_of(tap, seed).items():
            if names and name not in names:
                continue
            run = make(f"{name}-{seed}")
            run.go()
            tap.ok(not run.wrong, f"{name}, seed {seed}: the same on each day", *run.wrong[:20],
                   f"{len(run.wrong)} differences")
            tap.say(f"failures compared: {dict(run.shown)}; of {sum(run.kept.values())} lines"
                    f" {run.kept[False]} have not the number of the day before; {run.end()}")
    tap.finish()


if __name__ == "__main__":
    main()
