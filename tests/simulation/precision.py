#!/usr/bin/env python3
"""How well `tlsrpt check` finds what is wrong, and how often it cries wolf.

    precision.py [DOMAINS-OF-EACH-SIZE [DAYS [GLITCHES-A-YEAR [SEED]]]]

Two simulated stores get their mail through tlsrpt-ingest, at simulated times, and are checked
every simulated day: months in which known things go wrong, and a year of nothing but glitches.
The reports that one sender sends of one day are put into one message, up to 16 of them, which
makes the same rows as a message for each.
"""
import collections
import os
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from delivery import Delivery, Tap, differences, fast_folder  # noqa: E402
from model import Model  # noqa: E402
from senders import DAY, all_senders, day_text  # noqa: E402
from world import Domain, Problem, World, batches, glitches  # noqa: E402

FIRST = 20454  # 2026-01-01
CHECK_AT = 9 * 3600  # of each day
TAIL = 8  # days that a problem stays in the window after its last report
SIZES = [10, 40, 200, 1000, 8000, 50000]  # sessions a day
FEW = 1000  # from here on one day's failures are enough to tell


def owner_of(name, domains):
    """The domain that a policy domain belongs to: itself, or that of the MX."""
    return next(domain.name for domain in domains
                if name == domain.name or name.endswith("." + domain.name))


class Run:
    """A world, its store, its model, and the alarms of each day."""

    def __init__(self, tap, name, world):
        self.tap, self.world = tap, world
        self.store, self.model = Delivery(tap, name + ".db"), Model()
        self.arrived = []  # of the days that went by
        self.alarms = {}  # day: alarms
        self.differences = []

    def go(self):
        waiting = collections.deque(self.world.deliveries())
        last = self.world.first_day + self.world.days
        for day in range(self.world.first_day + 1, last + 1):
            now = day * DAY + CHECK_AT
            due = []
            while waiting and waiting[0].at <= now:
                due.append(waiting.popleft())
            for batch in batches(due):
                self.store.deliver(batch[0].sender.message([one.report for one in batch]),
                                   batch[0].at)
            for one in due:
                self.model.take(one.text, one.at)
            self.arrived += due
            found, self.alarms[day] = differences(self.store, self.model, day, now)
            self.differences += found

    def same_totals(self):
        """Whether the store and the model hold the same."""
        db = sqlite3.connect(f"file:{self.store.db}?mode=ro", uri=True)
        ours = sorted((domain, day_text(day), who, *sums)
                      for domain, totals in self.model.totals.items()
                      for (day, who), sums in totals.items())
        theirs = sorted(db.execute("SELECT policy_domain, day, organization, sessions,"
                                   " failed_sessions FROM daily_total"))
        seen = sorted((*key, day_text(day), who) for key, days in self.model.seen.items()
                      for day, who in days)
        stored = sorted(db.execute(
            "SELECT policy_domain, policy_type, result_type, coalesce(receiving_mx_hostname, ''),"
            " day, organization FROM incident_days JOIN incidents ON incidents.id = incident"))
        modes = sorted((*key, mode) for key, (_, mode) in self.model.modes.items())
        stored_modes = sorted(db.execute(
            "SELECT policy_domain, policy_type, result_type, coalesce(receiving_mx_hostname, ''),"
            " coalesce(mode, '') FROM incidents"))
        db.close()
        return ours == theirs and seen == stored and modes == stored_modes


# --- what is to be found

KINDS = ["certificate-expired", "mx-changed", "policy-fetch", "tlsa", "partial", "stopped"]
WARM_UP, SPACING, LASTS, BROKEN_FOR = 45, 3, {"policy-fetch": 3, "partial": 8, "stopped": 30}, 5


def months(seed, copies, a_year):
    """Domains in each of which one thing goes wrong, in its own days; at last nothing comes."""
    senders = all_senders()
    domains, script = [], []
    for copy in range(copies):
        for kind in KINDS:
            for size in SIZES:
                number = len(domains)
                domain = Domain(f"{kind}-{size}-{copy}.example", size, dane=kind == "tlsa",
                                modes=[(0, "testing" if number % 5 == 4 else "enforce")])
                domains.append(domain)
                first = FIRST + WARM_UP + SPACING * (number % 11)
                last = first + LASTS.get(kind, 12) - 1
                who = ["Google Inc.", "Microsoft Corporation"][number % 2] \
                    if kind in ("partial", "stopped") else ""
                script.append(Problem(kind, domain.name, first, last, who))
    end = max(problem.last for problem in script) + 10
    for domain in domains:
        script += glitches(seed, domain, senders, FIRST, end - FIRST, a_year)
    script.append(Problem("broken", "", end, end + BROKEN_FOR - 1))
    return World(seed, FIRST, end + BROKEN_FOR - FIRST, domains, script, senders)


def year(seed, copies, days, a_year):
    """Domains of all sizes and policies, with glitches and nothing else."""
    senders = all_senders()
    kinds = [dict(sts=True), dict(sts=True, dane=True), dict(sts=False, dane=True),
             dict(sts=False)]
    domains = [Domain(f"year-{size}-{copy}.example", size, **kinds[(copy + i) % len(kinds)])
               for copy in range(copies) for i, size in enumerate(SIZES)]
    script = [glitch for domain in domains
              for glitch in glitches(seed, domain, senders, FIRST, days, a_year)]
    return World(seed, FIRST, days, domains, script, senders)


def causes(report):
    """What the script has in a report: the problem, the policy domain and the result type."""
    for policy in report.policies:
        for row in policy.failures:
            if row.cause.kind != "glitch":
                yield row.cause, policy.domain, row.result


def check_after(at):
    day = at // DAY
    return day if at % DAY <= CHECK_AT else day + 1


class Judge:
    """The alarms of a run beside its script."""

    def __init__(self, run):
        self.run, self.domains = run, run.world.domains
        self.script = [problem for problem in run.world.script if problem.kind != "glitch"]
        self.names = {}  # problem (by identity) to {(policy domain, result): day of first check}
        self.checks = collections.defaultdict(dict)  # problem to {report day: day of first check}
        for one in run.arrived:
            for cause, domain, result in causes(one.report):
                names = self.names.setdefault(id(cause), {})
                names.setdefault((domain, result), check_after(one.at))
                self.checks[id(cause)].setdefault(one.report.day, check_after(one.at))

    def silent_from(self, problem):
        """The day on which a sender that stopped is overdue; None if he never was regular."""
        came = [one for one in self.run.arrived if one.report.domain == problem.domain
                and one.sender.organization == problem.organization
                and one.report.day < problem.first]
        days = sorted({one.report.day for one in came})
        last = max(one.at for one in came) // DAY
        day = last + 5
        gaps = [b - a for a, b in zip(days, days[1:]) if a >= day - 28]
        day = last + int(max(4, 1.5 * max(gaps, default=0))) + 1
        return day if sum(day - 16 <= one <= day - 4 for one in days) >= 9 else None

    def due(self, problem):
        """The days whose checks come after its first report day, and after the second."""
        if problem.kind == "broken":
            return [problem.first - 1 + 3] * 2
        if problem.kind == "stopped":
            return [self.silent_from(problem)] * 2
        days = [None, *sorted(self.checks[id(problem)].values())]
        return days[1:3] if len(days) > 2 else days[-1:] * 2

    def names_it(self, alarm, problem, day):
        """Whether an alarm is about a problem."""
        if problem.kind == "broken":
            return alarm.kind in ("stopped", "silent") and problem.first < day <= problem.last + 2
        if problem.kind == "stopped":
            return day > problem.first and alarm[1:] == ("silent", problem.domain,
                                                         problem.organization)
        first = self.names.get(id(problem), {}).get((alarm.domain, alarm.what))
        return first is not None and first <= day <= problem.last + TAIL

    def found(self, problem):
        """The first day on which a check named it; None if none did."""
        return next((day for day, alarms in sorted(self.run.alarms.items())
                     if any(self.names_it(alarm, problem, day) for alarm in alarms)), None)

    def false_alarms(self):
        """By domain, the days on which a run of alarms begins that nothing explains."""
        begun, last = {domain.name: [] for domain in self.domains}, {}
        for day, alarms in sorted(self.run.alarms.items()):
            for alarm in alarms:
                if any(self.names_it(alarm, problem, day) for problem in self.script):
                    continue
                owner = owner_of(alarm.domain, self.domains)
                if last.get(owner, 0) < day - 1:
                    begun[owner].append((day, alarm))
                last[owner] = day
        return begun


def size_of(problem):
    return int(problem.domain.split(".")[0].split("-")[-2]) if problem.domain else max(SIZES)


def judge_months(tap, run):
    """Says how soon each kind of problem was found; returns those that were found too late."""
    judge, missed = Judge(run), []
    table = collections.defaultdict(lambda: [0] * 5)
    for problem in judge.script:
        (first, second), found = judge.due(problem), judge.found(problem)
        if first is None:
            column = 0
        elif found is None:
            column = 4
        else:
            column = 1 if found <= first else 2 if found <= second else 3
        table[problem.kind, size_of(problem)][column] += 1
        # A failure or two a day of a small domain are no more than noise, until they go on.
        if column > 2:
            missed.append(f"{problem} on {first}, at the latest on {second}: {found}")
        elif column == 2 and size_of(problem) >= FEW:
            missed.append(f"{problem} on {first}: {found}")
    tap.say("When problems were found, by the sessions a day of their domain: at the check after"
            " the first report day with it, after the second, later, never")
    tap.say(f"{'problem':20} {'a day':>6} {'first':>6} {'second':>6} {'later':>6} {'never':>6}"
            f" {'not to be seen':>15}")
    for (kind, size), row in table.items():
        tap.say(f"{kind:20} {size:6} {row[1]:6} {row[2]:6} {row[3]:6} {row[4]:6} {row[0]:15}")
    begun = judge.false_alarms()
    kinds = collections.Counter(f"{alarm.kind} {alarm.what}" for alarms in begun.values()
                                for _, alarm in alarms)
    years = len(begun) * run.world.days / 365
    tap.say(f"false alarms beside them, in {years:.1f} years of domains: {sum(kinds.values())}")
    for kind, number in kinds.most_common():
        tap.say(f"{number:6} {kind}")
    return missed


def judge_year(tap, run):
    judge = Judge(run)
    begun = judge.false_alarms()
    table = collections.defaultdict(list)
    for domain in run.world.domains:
        table[domain.sessions].append(len(begun[domain.name]))
    tap.say(f"False alarms in {run.world.days} days of glitches; "
            f"glitches: {len(run.world.script)}")
    tap.say(f"{'sessions a day':>14} {'domains':>8} {'alarms a year':>14} {'most':>5}")
    years = run.world.days / 365
    for size, counts in sorted(table.items()):
        tap.say(f"{size:14} {len(counts):8} {sum(counts) / len(counts) / years:14.2f}"
                f" {max(counts):5}")
    total = [count for counts in table.values() for count in counts]
    tap.say(f"{'all':>14} {len(total):8} {sum(total) / len(total) / years:14.2f} {max(total):5}")
    return begun, sum(total) / len(total) / years


def main():
    arguments = [int(argument) for argument in sys.argv[1:]]
    copies, days, a_year, seed = arguments + [1, 365, 12, 1][len(arguments):]
    tap = Tap(fast_folder())
    runs = [Run(tap, "months", months(seed, copies, a_year)),
            Run(tap, "year", year(seed, copies, days, a_year))]
    for run in runs:
        run.go()
        tap.ok(run.same_totals(), "the store has what the model has")
        tap.ok(not run.differences, "check and failures say on each day what the model says",
               *run.differences[:20])
    missed = judge_months(tap, runs[0])
    tap.ok(not missed, "every problem is found within one report day", *missed)
    begun, mean = judge_year(tap, runs[1])
    tap.ok(mean <= 1, "at most one false alarm for a domain and year of glitches",
           *(f"day {day}: {alarm}" for alarms in begun.values() for day, alarm in alarms))
    tap.finish()


if __name__ == "__main__":
    main()
