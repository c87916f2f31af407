"""A year of mail of many domains, with noise, and with things that go wrong.

A Traffic is a World whose senders are a crowd: two large ones, small ones, one that reports weekly,
two that report only if something failed.  Reports come late now and then, or never, and come twice
where a domain has two rua addresses.
"""
import collections
import random
from dataclasses import dataclass

from senders import DAY, crowd
from world import Delivery, Domain, Problem, World, binomial

LATE, LATE_DAYS = 0.03, 1.5  # of the reports; later than usual, in the mean, after the first day
LOST = 0.01
BACKUP = 0.15  # of the sessions go to the second MX
GLITCH_SESSIONS = 1.25  # in the mean, after the first one


@dataclass
class Fault(Problem):
    """A Problem whose kind is the result type, or one of those for which senders have words.

    which    0: the main MX, 1: the backup MX, None: both
    grows    the share of the sessions that fail rises from `share` to this one within `over` days
    """
    share: float = 1
    which: int = 0
    grows: float = 0
    over: int = 14

    def share_on(self, day):
        if not self.grows:
            return self.share
        return self.share + (self.grows - self.share) * min(1, (day - self.first) / self.over)


@dataclass(eq=False)
class Customer(Domain):
    """A Domain that may have two rua addresses, may be new, and may share the MX of others."""
    rua: int = 1
    from_day: int = 0
    hosts: tuple = ()

    @property
    def mx(self):
        return list(self.hosts) or super().mx


OF_TLSA = {"tlsa", "dnssec-invalid", "dane-required"}
NOT_FAILING = ("late", "twice", "stopped", "broken", "new")


class Traffic(World):
    weekend = 0.45

    def __init__(self, seed, first_day, days, domains, script, senders=None, orderly=False):
        super().__init__(seed, first_day, days, domains, script, senders or crowd())
        self.orderly = orderly  # no report is late or lost
        self.of_all = any(not problem.domain for problem in script)
        self.indexed = collections.defaultdict(list)
        for problem in script:
            for day in range(problem.first, problem.last + 1):
                self.indexed[problem.domain, day].append(problem)

    def problems(self, domain, sender, day, *kinds):
        found = self.indexed.get((domain.name, day), [])
        if self.of_all:
            found = found + self.indexed.get(("", day), [])
        return [problem for problem in found if problem.kind in kinds
                and problem.organization in ("", sender.organization)] if found else []

    # --- one report

    def sessions_of_day(self, domain, sender, day):
        return super().sessions(domain, sender, day)

    def days_of(self, sender, day):
        return range(day, day + sender.period)

    def sessions(self, domain, sender, day):
        return sum(self.sessions_of_day(domain, sender, one) for one in self.days_of(sender, day))

    def failures(self, domain, sender, day, n):
        found = []
        for one in self.days_of(sender, day):
            if (domain.name, one) in self.indexed:
                its = n if sender.period == 1 \
                    else max(1, self.sessions_of_day(domain, sender, one))
                found += self.failures_of_day(domain, sender, one, its)
        left = {"sts": n, "tlsa": n}
        rows = []
        for kind, result, reason, mx, count, cause in found:
            count = min(count, left[kind])
            left[kind] -= count
            if count > 0:
                rows.append((kind, result, reason, mx, count, cause))
        return rows

    def failures_of_day(self, domain, sender, day, n):
        rng = self.rng(domain.name, sender.organization, day, "failures")
        postfix = sender.skips_sts
        looks_at_sts = domain.sts and not (postfix and domain.dane and sender.dane)
        looks_at_tlsa = domain.dane and sender.dane
        usual = "sts" if looks_at_sts or not looks_at_tlsa else "tlsa"
        found = []
        for problem in self.indexed.get((domain.name, day), []):
            if problem.organization not in ("", sender.organization) or problem.kind in NOT_FAILING:
                continue
            words = sender.word(problem.kind)
            if problem.kind == "glitch":
                kind = "tlsa" if problem.result in OF_TLSA else usual
                found.append((kind, problem.result, "", problem.mx, problem.count, problem))
            elif problem.kind in OF_TLSA:
                if looks_at_tlsa:
                    found += self.parts(rng, "tlsa", words, domain, n, day, problem)
            elif problem.kind == "policy-fetch":
                if looks_at_sts and not sender.caches_policy:
                    found.append(("sts", *words, "", n, problem))
            elif problem.kind == "background" or looks_at_sts:
                words = ("starttls-not-supported", "") if problem.kind == "background" else words
                found += self.parts(rng, usual, words, domain, n, day, problem)
        return found

    @staticmethod
    def parts(rng, kind, words, domain, n, day, problem):
        """By MX."""
        at_backup = binomial(rng, n, BACKUP)
        for which, sessions in enumerate((n - at_backup, at_backup)):
            if problem.which in (which, None):
                count = binomial(rng, sessions, problem.share_on(day))
                if count > 0:
                    yield kind, *words, domain.mx[which], count, problem

    # --- all of them

    def deliveries(self):
        arrived = []
        for domain in self.domains:
            for number, sender in enumerate(self.senders_of(domain)):
                first = self.first_day + (number % sender.period)
                for day in range(first, self.first_day + self.days, sender.period):
                    if day < domain.from_day or self.problems(domain, sender, day, "stopped"):
                        continue
                    report = self.report(domain, sender, day)
                    if report is not None:
                        arrived += self.arrivals(domain, sender, report)
        return sorted(arrived, key=lambda one: (one.at, one.sender.organization,
                                                one.report.day, one.report.domain))

    def arrivals(self, domain, sender, report):
        rng = self.rng(domain.name, sender.organization, report.day, "way")
        chance = rng.random()
        if not self.orderly and chance < LOST:
            return []
        if not self.orderly and chance < LOST + LATE:
            report.sent_at += DAY * (1 + int(rng.expovariate(1 / LATE_DAYS)))
        found = super().arrivals(domain, sender, report)
        return found + [Delivery(one.at + 60, sender, report) for one in found] \
            if domain.rua > 1 else found


# --- what is in it

WAYS = [dict(sts=True), dict(sts=True, dane=True), dict(sts=False, dane=True), dict(sts=False)]


def customers(sizes, copies):
    """Domains of all sizes and policies; each fifth has two rua."""
    return [Customer(f"size-{size}-{copy}.example", size, **WAYS[(copy + i) % len(WAYS)],
                     rua=1 + (copy % 5 == 4))
            for copy in range(copies) for i, size in enumerate(sizes)]


def glitches(seed, domain, senders, first_day, days, a_year):
    """So many times a year some sessions of one sender fail on one day, in one way."""
    rng = random.Random(f"{seed} {domain.name} glitches")
    weights = [sender.share ** 0.5 for sender in senders]
    found, day = [], first_day + rng.expovariate(a_year / 365)
    while day < first_day + days:
        sender = rng.choices(senders, weights)[0]
        ways = [("starttls-not-supported", mx) for mx in domain.mx]
        ways += [("validation-failure", mx) for mx in domain.mx]
        if domain.sts and not sender.caches_policy and not sender.skips_sts:
            ways += [("sts-policy-fetch-error", "")]
        if domain.dane and sender.dane:
            ways += [("dnssec-invalid", mx) for mx in domain.mx]
        result, mx = rng.choice(ways)
        found.append(Problem("glitch", domain.name, int(day), int(day), sender.organization,
                             count=1 + int(rng.expovariate(1 / GLITCH_SESSIONS)),
                             result=result, mx=mx))
        day += rng.expovariate(a_year / 365)
    return found


def noise(seed, sizes, copies, first_day, days, a_year, background=0):
    """Nothing but glitches, and a share of the sessions that fail all the time."""
    senders, domains = crowd(), customers(sizes, copies)
    script = [glitch for domain in domains
              for glitch in glitches(seed, domain, senders, first_day, days, a_year)] \
        if a_year else []
    if background:
        script += [Fault("background", domain.name, first_day, first_day + days,
                         share=background, which=None) for domain in domains]
    return Traffic(seed, first_day, days, domains, script, senders)
