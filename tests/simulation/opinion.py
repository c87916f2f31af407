"""A second opinion on problems: what the state and the alarm of each failure are, which problems a
check names, and who is silent.

Written from section 5 of the design alone; it takes the JSON of reports, who vouches for each and
when it came, and knows nothing of the program.  A day is a number, since 1970-01-01, in UTC.
"""
import bisect
import collections
import functools
import json
import os
import sys
from dataclasses import dataclass, field

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
import kinds  # noqa: E402

DAY = 86400
WINDOW, BASELINE, LEARNING = 7, 28, 14  # days
SILENT_BEFORE_RECURRING = 14
VETERAN_DAYS = 3  # of reception; whose reports came on fewer is a first-timer
REGULAR_DAYS, OF_DAYS = 9, 13
SILENCE, GAP_FACTOR, GAP_DAYS, SILENCE_ENDS, NOTHING = 4, 2.5, 28, 28, 3
FAILED_AT_LEAST, FAILED_AT_LEAST_MUCH, MUCH = 3, 2, 0.30
BACKGROUND, SMALL = 0.001, 0.005  # shares
NO_MORE_THAN = 3  # times the sessions counted before it may a reporter have in a share
OTHERS, OTHERS_SESSIONS = 2, 20  # who see no failure
UNUSUAL_SESSIONS, UNUSUAL_SHARE, UNUSUAL_FACTOR = 5, 0.05, 3
OVER_AFTER = 3  # days on which each who saw it has reported since
ACCEPTED_FACTOR, ACCEPTED_SESSIONS = 2, 5
OF_POLICIES = {"sts-policy-fetch-error", "sts-policy-invalid", "sts-webpki-invalid"}
STRICT = ["", "none", "testing", "enforce"]

NONE, GLITCH, BACKGROUND_LEVEL, WARNING, CRITICAL, UNKNOWN = (
    "none", "glitch", "background", "warning", "critical", "unknown")

# Who says it.
Reporter = collections.namedtuple("Reporter", "organization auth auth_domain",
                                  defaults=("unchecked", ""))
Incident = collections.namedtuple("Incident", "domain policy_type result mx kind")
Failure = collections.namedtuple("Failure", "domain kind")
Line = collections.namedtuple("Line", "kind domains mx")
Silence = collections.namedtuple("Silence", "witness domains")


def day_of(text):
    """The day of a time; all senders here write it in UTC."""
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    year, month = (year - 1, month + 12) if month < 3 else (year, month)
    return (365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5
            + day - 1 - 719468)


def mode_of(lines):
    for line in lines or []:
        name, _, value = line.partition(":")
        if name == "mode" and value.strip() in STRICT:
            return value.strip()
    return ""


@functools.lru_cache(maxsize=None)
def kind_of(result, reason):
    return kinds.kind_of(result, reason)


def registrable(name):
    """Every suffix here has one label."""
    return ".".join(name.split(".")[-2:])


@dataclass
class Total:
    """What one reporter says of one domain and day."""
    sessions: int = 0
    failed: int = 0
    received: int = 0  # the day of the last one

    @property
    def good(self):
        return self.sessions - self.failed


@dataclass
class History:
    """Of a failure."""
    incidents: dict = field(default_factory=dict)  # to the last day on which it was seen
    seen: dict = field(default_factory=dict)  # day to {reporter: failed sessions}, of believed ones
    days: list = field(default_factory=list)  # of these, in order
    first_came: int = None  # day of reception
    notes: list = field(default_factory=list)  # (at, kind, until, share)


@dataclass
class Verdict:
    state: str
    late: bool
    level: str
    why: str
    share: float = 0


class Model:
    def __init__(self, believe="all", listed=(), window=WINDOW):
        self.believe, self.listed, self.window = believe, listed, window
        self.taken = set()
        self.totals = collections.defaultdict(lambda: collections.defaultdict(dict))
        self.failures = collections.defaultdict(History)
        self.of_domain = collections.defaultdict(set)  # its failures
        self.modes = collections.defaultdict(dict)  # domain to {day: {reporter: modes}}
        self.received_days = collections.defaultdict(set)  # of a witness
        self.last_received = {}  # (domain, witness) to day
        # (domain, witness) to {day: whether nothing failed}
        self.reported_days = collections.defaultdict(dict)
        self.witnesses = collections.defaultdict(set)  # of a domain
        self.last_reception = None  # of a believed one, a day
        self.last_report_days = set()  # of believed ones
        self.numbers = {}  # of reporters, as they came

    # --- what came

    def take(self, text, at, reporter=None):
        """One report in JSON; False if it came before."""
        value = json.loads(text)
        identity = json.dumps(value, sort_keys=True)
        if identity in self.taken:
            return False
        self.taken.add(identity)
        self.take_value(value, at, reporter or Reporter(value["organization-name"]))
        return True

    def take_value(self, value, at, reporter):
        """One that did not come before."""
        day, came = day_of(value["date-range"]["start-datetime"]), at // DAY
        self.numbers.setdefault(reporter, len(self.numbers))
        self.received_days[self.witness(reporter)].add(came)
        sums = {}  # domain: {policy type: [sessions, failed]}
        for item in value["policies"]:
            policy, summary = item["policy"], item["summary"]
            domain, policy_type = policy["policy-domain"].lower(), policy["policy-type"]
            failed = summary["total-failure-session-count"]
            one = sums.setdefault(domain, {}).setdefault(policy_type, [0, 0])
            one[0] += summary["total-successful-session-count"] + failed
            one[1] += failed
            mode = mode_of(policy.get("policy-string")) if policy_type == "sts" else ""
            if mode:
                self.modes[domain].setdefault(day, {}).setdefault(reporter, set()).add(mode)
            self.take_rows(item, domain, policy_type, day, came, reporter)
        for domain, types in sums.items():
            self.take_sums(domain, types, day, came, reporter)
        if self.is_believed(reporter):
            self.last_reception = max(came, self.last_reception or came)
            self.last_report_days.add(day)

    def take_rows(self, item, domain, policy_type, day, came, reporter):
        rows = [(row["result-type"], row.get("failure-reason-code") or "",
                 (row.get("receiving-mx-hostname") or "").lower(), row["failed-session-count"])
                for row in item.get("failure-details") or []]
        missing = item["summary"]["total-failure-session-count"] - sum(row[3] for row in rows)
        if missing > 0:
            rows.append(("unspecified", "", "", missing))
        for result, reason, mx, count in rows if self.is_believed(reporter) else ():
            kind = kind_of(result, reason)
            incident = Incident(domain, policy_type, result, mx, kind)
            history = self.failures[domain, kind]
            self.of_domain[domain].add(kind)
            history.incidents[incident] = max(day, history.incidents.get(incident, day))
            if day not in history.seen:
                bisect.insort(history.days, day)
            its = history.seen.setdefault(day, {})
            its[reporter] = its.get(reporter, 0) + count
            history.first_came = min(came, came if history.first_came is None
                                     else history.first_came)

    def take_sums(self, domain, types, day, came, reporter):
        """Sessions under sts and again under tlsa are the same ones."""
        nothing = [0, 0]
        sts, tlsa = types.get("sts", nothing), types.get("tlsa", nothing)
        others = [one for name, one in types.items() if name not in ("sts", "tlsa")]
        total = self.totals[domain][day].setdefault(reporter, Total())
        failed = max(sts[1], tlsa[1]) + sum(one[1] for one in others)
        total.sessions += max(sts[0], tlsa[0]) + sum(one[0] for one in others)
        total.failed += failed
        total.received = max(total.received, came)
        if self.is_believed(reporter):
            key = domain, self.witness(reporter)
            self.witnesses[domain].add(key[1])
            days = self.reported_days[key]
            days[day] = days.get(day, True) and failed == 0
            self.last_received[key] = max(came, self.last_received.get(key, came))

    def note(self, failure, at, kind, until=None, share=0):
        self.failures[failure].notes.append((at, kind, until, share))

    # --- whose word counts

    def is_believed(self, reporter):
        if self.believe == "all":
            return True
        return reporter.auth == "pass" and (self.believe == "authenticated"
                                            or reporter.auth_domain in self.listed)

    @staticmethod
    def witness(reporter):
        return registrable(reporter.auth_domain) if reporter.auth == "pass" \
            else reporter.organization

    def is_veteran(self, reporter):
        return len(self.received_days[self.witness(reporter)]) >= VETERAN_DAYS

    # --- the state of a failure

    def state(self, failure, today):
        history = self.failures[failure]
        days, first_came = history.days, history.first_came
        if not days:
            return None, False
        late = first_came >= today - self.window and days[0] < first_came - self.window
        resolved = self.resolved(history)
        if resolved is not None and days[-1] <= resolved:
            return "resolved", late
        if self.is_accepted(failure, today):
            return "accepted", late
        if days[-1] < today - self.window:
            return "quiet", late
        in_window = bisect.bisect_left(days, today - self.window)
        for before, day in zip(days[max(0, in_window - 1):], days[max(1, in_window):]):
            if day >= today - self.window and (
                    day - before - 1 >= SILENT_BEFORE_RECURRING
                    or self.was_resolved(history, before, day)):
                return "recurring", late
        if days[0] >= today - self.window or first_came >= today - self.window:
            return "new", late
        return "ongoing", late

    @staticmethod
    def resolved(history, before=None):
        """The day on which it was resolved last, unless it was opened again after that."""
        day = None
        for at, kind, _, _ in sorted(history.notes, key=lambda note: note[0]):
            if before is not None and at >= before * DAY:
                break
            if kind in ("resolve", "reopen"):
                day = at // DAY if kind == "resolve" else None
        return day

    @staticmethod
    def came_back_after(history):
        """The day of the resolution after which it was seen again, if nothing was decided after that."""
        notes = sorted((note for note in history.notes if note[1] != "note"), key=lambda note: note[0])
        if not notes or notes[-1][1] != "resolve" or history.days[-1] <= notes[-1][0] // DAY:
            return None
        return notes[-1][0] // DAY

    def first_day(self, failure, today):
        """From which on its rows count: W, or the day after the resolution after which it came back."""
        resolved = self.came_back_after(self.failures[failure])
        first = today - self.window
        return first if resolved is None else max(first, resolved + 1)

    def was_resolved(self, history, before, day):
        """Between two days on which it was seen, one after the other."""
        resolved = self.resolved(history, day)
        return resolved is not None and before <= resolved

    def is_accepted(self, failure, today):
        accepted = [note for note in self.failures[failure].notes if note[1] == "accept"]
        if not accepted:
            return False
        _, _, until, share = max(accepted, key=lambda note: note[0])
        if until is not None and today >= until:
            return False
        rows, who = self.rows(failure, today)
        since = min((day for day, _ in rows), default=today)
        _, sessions, failed = self.share(failure, since, today, rows, who)
        return not (failed > ACCEPTED_FACTOR * share * sessions
                    and failed - ACCEPTED_FACTOR * share * sessions > ACCEPTED_SESSIONS)

    # --- its alarm

    def rows(self, failure, today):
        """Its failed sessions by day and reporter in W, and whose reports count beside it.

        Who is new counts only where nobody else sees it; the second value tells who counts.
        """
        domain = failure[0]
        rows = {}
        for day in range(self.first_day(failure, today), today + 1):
            for reporter, count in self.failures[failure].seen.get(day, {}).items():
                rows[day, reporter] = min(count, self.totals[domain][day][reporter].failed)
        veterans = {key: count for key, count in rows.items() if self.is_veteran(key[1])}
        if veterans:
            return veterans, lambda reporter: self.is_believed(reporter) \
                and self.is_veteran(reporter)
        saw = {reporter for _, reporter in rows}
        return rows, lambda reporter: self.is_believed(reporter) and (
            self.is_veteran(reporter) or reporter in saw)

    def reported(self, domain, first, last, who):
        """What those who count reported, by day."""
        days = self.totals[domain]
        for day in range(first, last + 1):
            for reporter, total in days.get(day, {}).items():
                if who(reporter):
                    yield day, reporter, total

    def share(self, failure, first, last, rows, who):
        """The robust one of a span of days, and what it is made of."""
        sums = collections.defaultdict(lambda: [0, 0])  # by witness, whatever names it has
        for _, reporter, total in self.reported(failure[0], first, last, who):
            sums[self.witness(reporter)][0] += total.sessions
        for (day, reporter), count in rows.items():
            if first <= day <= last:
                sums[self.witness(reporter)][1] += count
        numbers = {}
        for reporter, number in self.numbers.items():
            numbers.setdefault(self.witness(reporter), number)
        counted = failed = 0
        for _, (sessions, its) in sorted(sums.items(),
                                         key=lambda one: (one[1][0], numbers[one[0]])):
            if sessions == 0:
                continue
            taken = min(sessions, NO_MORE_THAN * counted) if counted else sessions
            failed += its * taken / sessions
            counted += taken
        return failed / counted if counted else 0, counted, failed

    def raw_share(self, failure, since, today, rows):
        saw = {reporter for _, reporter in rows}
        sessions = sum(total.sessions for _, _, total in self.reported(
            failure[0], since, today, lambda reporter: reporter in saw))
        return sum(rows.values()) / sessions if sessions else 0

    def is_pattern(self, failure, today, rows, who):
        since = min(day for day, _ in rows)
        raw = self.raw_share(failure, since, today, rows)
        if sum(rows.values()) < (FAILED_AT_LEAST_MUCH if raw >= MUCH else FAILED_AT_LEAST):
            return False
        days = {day for day, _ in rows}
        return (len(days) >= 3 or self.two_witnesses(rows)
                or self.two_days_of_one(failure[0], today, rows)
                or any(self.nothing_went_well(failure[0], day, len(rows), who) for day in days))

    def two_witnesses(self, rows):
        seen = [(day, self.witness(reporter)) for day, reporter in rows
                if self.is_veteran(reporter)]
        return any(abs(one[0] - other[0]) <= 1 and one[1] != other[1]
                   for one in seen for other in seen)

    def two_days_of_one(self, domain, today, rows):
        """Of those on which it reported, one after the other."""
        for who in {reporter for _, reporter in rows}:
            days = [day for day, _, _ in self.reported(domain, today - self.window, today,
                                                       lambda one, who=who: one == who)]
            if any((day, who) in rows and (after, who) in rows
                   for day, after in zip(days, days[1:])):
                return True
        return False

    def nothing_went_well(self, domain, day, rows, who):
        totals = [total for _, _, total in self.reported(domain, day, day, who)
                  if total.sessions > 0]
        return (all(total.good <= 0 for total in totals)
                and sum(total.failed for total in totals)
                >= (FAILED_AT_LEAST_MUCH if rows > 1 else FAILED_AT_LEAST))

    def only_one_sees_it(self, domain, rows, who):
        """And others see that it goes well."""
        saw = {self.witness(reporter) for _, reporter in rows}
        if len(saw) > 1:
            return False
        good = collections.Counter()
        for day in {day for day, _ in rows}:
            for _, reporter, total in self.reported(domain, day, day, who):
                if self.witness(reporter) not in saw and total.good > 0:
                    good[self.witness(reporter)] += total.good
        return len(good) >= OTHERS or sum(good.values()) >= OTHERS_SESSIONS

    def baseline(self, domain, reporter, today):
        last = today - self.window - 1
        totals = [total for _, _, total in self.reported(domain, last - BASELINE + 1, last,
                                                         lambda one: one == reporter)]
        sessions, failed = sum(one.sessions for one in totals), sum(one.failed for one in totals)
        return failed / sessions if sessions > failed else 0

    def is_unusual(self, domain, today, rows):
        for day, reporter in rows:
            total = self.totals[domain][day][reporter]
            usual = max(UNUSUAL_SHARE, UNUSUAL_FACTOR * self.baseline(domain, reporter, today))
            if total.failed > UNUSUAL_SESSIONS and total.failed > usual * total.sessions:
                return True
        return False

    def is_over(self, domain, today, rows):
        """Each who saw it has reported on some days since."""
        last = {}
        for day, reporter in rows:
            last[reporter] = max(day, last.get(reporter, day))
        return all(sum(1 for _ in self.reported(domain, day + 1, today,
                                                lambda one, who=reporter: one == who))
                   >= OVER_AFTER for reporter, day in last.items())

    def mode(self, domain, today):
        """The strictest of those that reporters saw last."""
        newest = {}
        for day in range(today - self.window, today + 1):
            for reporter, modes in self.modes[domain].get(day, {}).items():
                if self.is_believed(reporter) and self.is_veteran(reporter):
                    newest[reporter] = max(modes, key=STRICT.index)
        return max(newest.values(), key=STRICT.index, default="")

    def level(self, failure, today):
        """What it is, by its rows in W alone, and why."""
        domain, _ = failure
        rows, who = self.rows(failure, today)
        rows = {key: count for key, count in rows.items() if count > 0}
        if not rows:
            return NONE, "nothing failed"
        level, why = self.level_until_over(failure, today, rows, who)
        if level in (WARNING, CRITICAL) and self.is_over(domain, today, rows):
            return NONE, "over"
        return level, why

    def level_until_over(self, failure, today, rows, who):
        domain, kind = failure
        if not self.is_pattern(failure, today, rows, who):
            return (WARNING, "unusual") if self.is_unusual(domain, today, rows) \
                else (GLITCH, "no pattern")
        if self.share(failure, today - self.window, today, rows, who)[0] < BACKGROUND:
            return BACKGROUND_LEVEL, "small share"
        if kind in OF_POLICIES:
            return WARNING, "of a policy"
        if self.only_one_sees_it(domain, rows, who):
            return WARNING, "one alone sees it"
        since = min(day for day, _ in rows)
        if self.share(failure, since, today, rows, who)[0] < SMALL:
            return WARNING, "small share"
        if not any(self.is_veteran(reporter) for _, reporter in rows):
            return WARNING, "new reporters alone see it"
        types = {incident.policy_type for incident, last in self.failures[failure].incidents.items()
                 if last >= self.first_day(failure, today)}
        if "tlsa" in types or "sts" in types and self.mode(domain, today) == "enforce":
            return CRITICAL, "mail is held back"
        return WARNING, "mail is delivered"

    def verdict(self, failure, today):
        state, late = self.state(failure, today)
        if state in (None, "resolved", "accepted", "quiet"):
            return Verdict(state, late, NONE, state)
        return Verdict(state, late, *self.level(failure, today))

    def verdicts(self, today, domains=None):
        """Of all failures seen in W."""
        found = {}
        for domain in domains or list(self.of_domain):
            for kind in self.of_domain.get(domain, ()):
                if self.failures[domain, kind].days[-1] >= today - self.window:
                    found[Failure(domain, kind)] = self.verdict((domain, kind), today)
        return found

    def is_learning(self, domain, today):
        days = {day for day, totals in self.totals[domain].items() if day <= today
                and any(self.is_believed(reporter) for reporter in totals)}
        return len(days) < LEARNING

    # --- problems

    def lines(self, today, verdicts):
        """Problems as one line each: those of one kind that have the same domains."""
        problems = collections.defaultdict(set)  # (kind, MX) or (kind, None, domain) to domains
        for failure in verdicts:
            for incident, last in self.failures[failure].incidents.items():
                if last >= today - self.window:
                    key = (incident.kind, incident.mx) if incident.mx \
                        else (incident.kind, "", incident.domain)
                    problems[key].add(incident.domain)
        lines = collections.defaultdict(set)  # (kind, domains) to MX
        for (kind, mx, *_), domains in problems.items():
            if mx:
                lines[kind, frozenset(domains)].add(mx)
        for (kind, mx, *domain), domains in problems.items():
            if mx:
                continue
            home = [one for one in lines if one[0] == kind and domain[0] in one[1]]
            if not home:
                lines[kind, frozenset(domains)] |= set()
        return {Line(kind, domains, frozenset(mx)) for (kind, domains), mx in lines.items()}

    def alarms(self, today):
        """The level of each line that a check names."""
        verdicts = self.verdicts(today)
        order = [NONE, GLITCH, BACKGROUND_LEVEL, WARNING, CRITICAL]
        found = {}
        for line in self.lines(today, verdicts):
            level = max((verdicts[Failure(domain, line.kind)].level for domain in line.domains),
                        key=order.index)
            if level in (WARNING, CRITICAL):
                found[line] = level
        return found

    # --- silence

    def reception(self, domain, witness, today):
        """How many days ago one that reports regularly did so last, after how many it is silent,
        and how many days the last report would have been underway that came yesterday; None if it
        never was regular, or not for long, or is forgotten."""
        since = today - self.last_received[domain, witness]
        days = {day: good for day, good in self.reported_days[domain, witness].items()
                if today - 2 * GAP_DAYS <= day + 1}
        last = max(days, default=0)
        if not days or len(self.received_days[witness]) < VETERAN_DAYS:
            return None
        if not self.is_regular(days, last) or not any(days.values()):
            return None
        recent = [day for day in range(last - GAP_DAYS, last + 1) if day in days]
        gap = max((after - before for before, after in zip(recent, recent[1:])), default=0)
        return since, max(SILENCE, GAP_FACTOR * gap), today - last - 1

    @staticmethod
    def is_regular(days, last):
        return sum(last - day in days for day in range(OF_DAYS)) >= REGULAR_DAYS

    def nothing_received(self, today):
        return (self.last_reception is not None and today - self.last_reception >= NOTHING
                and self.is_regular(self.last_report_days, max(self.last_report_days)))

    def silences(self, today):
        """Of witnesses, and of domains about which nobody reports any more (without a witness)."""
        if self.nothing_received(today):
            return set()
        pairs, given_up = [], set()
        for domain in self.overdue_domains(today):
            regular = {witness: self.reception(domain, witness, today)
                       for witness in self.witnesses[domain]}
            regular = {witness: one for witness, one in regular.items() if one is not None}
            pairs += [(domain, witness) for witness, (since, after, _) in regular.items()
                      if after < since <= SILENCE_ENDS]
            # A late report is about days on which others reported, too.
            if len(regular) > 1 and all(since > SILENCE or age > SILENCE
                                        for since, _, age in regular.values()):
                given_up.add(domain)
        told, n_domains = collections.defaultdict(set), collections.Counter(
            witness for _, witness in pairs)
        for domain, witness in pairs:
            # Who tells nothing of several domains is silent itself.
            tells_nothing = n_domains[witness] > 1 \
                and today - max(self.received_days[witness]) > SILENCE
            told[(domain, "") if domain in given_up and not tells_nothing
                 else ("", witness)].add(domain)
        return {Silence(witness, frozenset(domains)) for (_, witness), domains in told.items()}

    def overdue_domains(self, today):
        """Somebody who reported on them has not for a while.

        A domain was given up when all who used to report on it regularly are overdue, though not all
        may be silent yet, and somebody may still send the report of a week that has gone by.
        """
        return {domain for (domain, _), received in self.last_received.items()
                if SILENCE < today - received <= SILENCE_ENDS}

    # --- the check

    def check(self, today):
        """The exit code."""
        if self.last_reception is None or self.nothing_received(today):
            unknown = True
        else:
            unknown = False
        levels = set(self.alarms(today).values())
        if CRITICAL in levels:
            return 2
        if unknown:
            return 3
        return 1 if WARNING in levels or self.silences(today) else 0
