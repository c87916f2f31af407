"""Simulated months: domains, the mail they get, and what goes wrong as a script has it.

A World makes the reports of each day that the senders would send about it, and when each arrives.
Chance comes from the seed alone, for each domain, sender and day by itself, so that what one
problem does changes nothing else.
"""
import functools
import random
from dataclasses import dataclass, field

from senders import DAY, Failure, Policy, Report, all_senders, number_of

WEEKEND = 0.35  # of a working day's mail


def binomial(rng, n, p):
    if n > 200:
        return min(n, max(0, round(rng.gauss(n * p, (n * p * (1 - p)) ** 0.5))))
    return sum(rng.random() < p for _ in range(n))


def poisson(rng, mean):
    if mean > 50:
        return max(0, round(rng.gauss(mean, mean ** 0.5)))
    left, n = rng.expovariate(1), 0
    while left < mean:
        left += rng.expovariate(1)
        n += 1
    return n


@dataclass(eq=False)
class Domain:
    name: str
    sessions: float  # a working day, from all senders
    sts: bool = True
    dane: bool = False
    modes: list = field(default_factory=lambda: [(0, "enforce")])  # (from this day on, mode)
    senders: tuple = ()  # organisations; none: all

    @property
    def mx(self):
        return [f"mx1.{self.name}", f"mx2.{self.name}"]

    def mode(self, day):
        return [mode for first, mode in self.modes if first <= day][-1]

    def sts_lines(self, day):
        return ["version: STSv1", f"mode: {self.mode(day)}", *(f"mx: {mx}" for mx in self.mx),
                "max_age: 604800"]

    def tlsa_lines(self):
        return [f"3 1 1 {number_of(self.name, which) :064x}" for which in ("now", "next")]


@dataclass
class Problem:
    """One thing that goes wrong, on the days from first to last.

    kind     certificate-expired  one MX of two, for all senders
             mx-changed           an MX that the policy does not name
             policy-fetch         the policy cannot be fetched; who has it still knows it
             tlsa                 the key of one MX is not the one in the TLSA records
             partial              a share of the sessions of one sender
             glitch               `count` sessions of one sender, as `result`
             stopped              one sender sends no reports
             broken               nothing is received, of no domain; it is lost, or held back
             late                 the report of one sender comes `by` days late
             twice                the report of one sender comes twice
    """
    kind: str
    domain: str  # "" for all
    first: int
    last: int
    organization: str = ""
    share: float = 0.2
    count: int = 0
    result: str = ""
    mx: str = ""
    by: int = 24
    held: bool = False

    def on(self, domain, organization, day):
        return (self.first <= day <= self.last and self.domain in ("", domain)
                and self.organization in ("", organization))


@dataclass
class Delivery:
    at: int
    sender: object
    report: Report

    @property
    def text(self):
        return self.sender.json(self.report)


class World:
    weekend = WEEKEND

    def __init__(self, seed, first_day, days, domains, script, senders=None):
        self.seed, self.first_day, self.days = seed, first_day, days
        self.domains, self.script = domains, script
        self.senders = senders or all_senders()

    def rng(self, *what):
        return random.Random(f"{self.seed} {' '.join(map(str, what))}")

    def senders_of(self, domain):
        return [sender for sender in self.senders
                if not domain.senders or sender.organization in domain.senders]

    def problems(self, domain, sender, day, *kinds):
        return [problem for problem in self.script if problem.kind in kinds
                and problem.on(domain.name, sender.organization, day)]

    # --- one report

    @functools.lru_cache(maxsize=None)
    def weather(self, domain, day):
        """A day's own, for all senders."""
        return self.rng(domain.name, day).lognormvariate(0, 0.2)

    @functools.lru_cache(maxsize=None)
    def jitter(self, sender, day):
        """Seconds after the time at which it usually sends."""
        return self.rng(sender.organization, day, "sent").randrange(1800)

    def sessions(self, domain, sender, day):
        share = sender.share / sum(other.share for other in self.senders_of(domain))
        weather = self.weather(domain, day)
        weekend = self.weekend if (day + 3) % 7 >= 5 else 1
        return poisson(self.rng(domain.name, sender.organization, day, "sessions"),
                       domain.sessions * share * weather * weekend)

    def failures(self, domain, sender, day, n):
        """What fails of n sessions: policy type, result, reason, MX, how many, what caused it."""
        rng = self.rng(domain.name, sender.organization, day, "failures")
        left = {"sts": n, "tlsa": n}
        found = []

        def fails(problem, kind, count, mx, words):
            count = min(count, left[kind])
            if count > 0:
                left[kind] -= count
                found.append((kind, *words, mx, count, problem))

        postfix = sender.skips_sts
        looks_at_sts = domain.sts and not (postfix and domain.dane)
        looks_at_tlsa = domain.dane and sender.dane
        for problem in self.problems(domain, sender, day, "certificate-expired", "mx-changed",
                                     "policy-fetch", "tlsa", "partial", "glitch"):
            mx = problem.mx or domain.mx[0]
            words = sender.word(problem.kind)
            if problem.kind == "glitch":
                kind = "sts" if looks_at_sts or not looks_at_tlsa else "tlsa"
                if problem.result == "dnssec-invalid":
                    kind = "tlsa"
                fails(problem, kind, problem.count, problem.mx, (problem.result, ""))
            elif problem.kind == "tlsa":
                if looks_at_tlsa:
                    fails(problem, "tlsa", binomial(rng, n, 0.5), mx, words)
            elif not looks_at_sts:
                continue
            elif problem.kind == "policy-fetch":
                if not sender.caches_policy:
                    fails(problem, "sts", n, "", words)
            else:
                share = problem.share if problem.kind == "partial" else 0.5
                fails(problem, "sts", binomial(rng, n, share), mx, words)
        return found

    def rows(self, domain, sender, day, failures, split):
        """Failure rows; a split sender tells its addresses apart."""
        rows = []
        for _, result, reason, mx, count, cause in failures:
            parts = min(count, 3) if split else 1
            for part in range(parts):
                share = count // parts + (part < count % parts)
                host = number_of(mx) % 200 + 1
                rows.append(Failure(result, share, mx, f"198.51.100.{host}" if mx else "",
                                    f"192.0.2.{number_of(sender.organization, part) % 250 + 1}",
                                    reason, cause))
        return rows

    def report(self, domain, sender, day):
        """The report of a sender of a day; None if there is none."""
        n = self.sessions(domain, sender, day)
        if self.problems(domain, sender, day, "glitch"):
            n = max(n, 1)
        failures = self.failures(domain, sender, day, n)
        if n == 0 or (sender.only_failures and not failures):
            return None

        postfix = sender.skips_sts
        split = sender.organization == "Google Inc."
        policies = []
        dane = domain.dane and sender.dane

        def policy(kind, name, lines, mx, sessions, found):
            rows = self.rows(domain, sender, day, found, split)
            failed = sum(row.count for row in rows)
            if any(row.cause.kind == "policy-fetch" for row in rows):
                lines, mx = [], []  # nobody knows them
            policies.append(Policy(kind, name, lines, mx, sessions - failed, failed, rows))

        if domain.sts and not (postfix and dane):
            policy("sts", domain.name, domain.sts_lines(day), domain.mx, n,
                   [row for row in failures if row[0] == "sts"])
        if dane and postfix:  # by MX, which is the policy domain
            failed = [row for row in failures if row[0] == "tlsa"]
            at_first = max(n // 2, sum(row[4] for row in failed if row[3] != domain.mx[1]))
            for mx, sessions in zip(domain.mx, (at_first, n - at_first)):
                found = [row for row in failed if (row[3] == domain.mx[1]) == (mx == domain.mx[1])]
                if sessions:
                    policy("tlsa", mx, domain.tlsa_lines(), [mx],
                           max(sessions, sum(row[4] for row in found)), found)
        elif dane:
            policy("tlsa", domain.name, domain.tlsa_lines(), domain.mx, n,
                   [row for row in failures if row[0] == "tlsa"])
        if not policies:
            policy("no-policy-found", domain.name, [], [], n, failures)
        sent_at = (day + sender.period) * DAY + int(sender.sends_when * 3600) \
            + self.jitter(sender, day)
        return Report(day, domain.name, policies, sent_at)

    # --- all of them

    def deliveries(self):
        """What arrives, in the order of its arrival."""
        arrived = []
        for day in range(self.first_day, self.first_day + self.days):
            for domain in self.domains:
                for sender in self.senders_of(domain):
                    if self.problems(domain, sender, day, "stopped"):
                        continue
                    report = self.report(domain, sender, day)
                    if report is not None:
                        arrived += self.arrivals(domain, sender, report)
        return sorted(arrived, key=lambda one: (one.at, one.sender.organization,
                                                one.report.day, one.report.domain))

    def arrivals(self, domain, sender, report):
        times = [report.sent_at]
        for problem in self.problems(domain, sender, report.day, "late", "twice"):
            if problem.kind == "late":
                times = [at + problem.by * DAY for at in times]
            else:
                times.append(times[0] + 3600)
        # A broken delivery is one of days of arrival, not of reports.
        kept = []
        for at in times:
            broken = [problem for problem in self.script if problem.kind == "broken"
                      and problem.first <= at // DAY <= problem.last]
            if not broken:
                kept.append(at)
            elif broken[0].held:
                kept.append((broken[0].last + 1) * DAY + 3600)
        return [Delivery(at, sender, report) for at in kept]
