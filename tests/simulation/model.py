"""A second opinion on incidents: what the state of each is, and what a check is to say.

Takes the JSON of reports and when each came, and knows nothing of the program.  All windows are
whole UTC days; a day is a number, since 1970-01-01.
"""
import collections
import json
from dataclasses import dataclass

DAY = 86400
WINDOW, BASELINE, LEARNING, SILENT_BEFORE, SILENCE = 7, 28, 14, 14, 4
OK, WARNING, CRITICAL, UNKNOWN = range(4)
FEW_SESSIONS, FEW_SHARE, TIMES_BASELINE = 5, 0.05, 3
DAILY_FROM, DAILY_TO, DAILY_DAYS = 16, 4, 9  # days before today; reports came on most of them
NOTHING_DAYS = 3

Key = collections.namedtuple("Key", "domain kind result mx")


@dataclass
class State:
    state: str
    late: bool
    pattern: bool
    warns: bool  # as a transient


# One problem of a check; kind is failure, unusual, silent, stopped or no-reports.
Alarm = collections.namedtuple("Alarm", "severity kind domain what", defaults=("", ""))


def day_of(text):
    """The day of a time; all senders here write it in UTC."""
    year, month, day = map(int, text[:10].split("-"))
    year, month = (year - 1, month + 12) if month < 3 else (year, month)
    return (365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5
            + day - 1 - 719468)


def mode_of(lines):
    for line in lines or []:
        name, _, value = line.partition(":")
        if name == "mode" and value.strip() in ("enforce", "testing", "none"):
            return value.strip()
    return ""


class Model:
    def __init__(self, window=WINDOW):
        self.window = window
        self.taken = set()
        self.seen = collections.defaultdict(dict)  # Key: {(day, organisation): first reception}
        self.modes = {}  # Key: (start, mode)
        self.policies = {}  # (domain, mode, lines, organization): [first day, last day]
        # domain: {(day, organisation): [sessions, failed]}
        self.totals = collections.defaultdict(dict)
        self.received = {}  # (domain, organisation): last reception
        self.notes = collections.defaultdict(list)  # Key: [(at, kind, text)]
        self.last_reception = None

    # --- what came

    def take(self, text, at):
        """One report; False if it came before."""
        value = json.loads(text)
        identity = json.dumps(value, sort_keys=True)
        if identity in self.taken:
            return False
        self.taken.add(identity)
        start = value["date-range"]["start-datetime"]
        day, who = day_of(start), value["organization-name"]
        self.last_reception = max(at, self.last_reception or at)
        sums = collections.defaultdict(lambda: collections.defaultdict(lambda: [0, 0]))
        for item in value["policies"]:
            policy, summary = item["policy"], item["summary"]
            domain, kind = policy["policy-domain"].lower(), policy["policy-type"]
            ok, failed = (summary["total-successful-session-count"],
                          summary["total-failure-session-count"])
            lines = policy.get("policy-string") or []
            if kind == "sts" and mode_of(lines):
                span = self.policies.setdefault((domain, mode_of(lines), tuple(lines), who), [day, day])
                span[:] = min(span[0], day), max(span[1], day)
            sums[domain][kind][0] += ok + failed
            sums[domain][kind][1] += failed
            for row in item.get("failure-details") or []:
                key = Key(domain, kind, row["result-type"],
                          (row.get("receiving-mx-hostname") or "").lower())
                self.seen[key].setdefault((day, who), at)
                if start >= self.modes.get(key, (start,))[0]:
                    self.modes[key] = start, mode_of(policy.get("policy-string"))
        for domain, kinds in sums.items():
            total = self.totals[domain].setdefault((day, who), [0, 0])
            for i in range(2):
                both = max(kinds["sts"][i], kinds["tlsa"][i])
                total[i] += both + sum(count[i] for kind, count in kinds.items()
                                       if kind not in ("sts", "tlsa"))
            last = self.received.get((domain, who), at)
            self.received[domain, who] = max(at, last)
        return True

    def note(self, key, at, kind, text=""):
        self.notes[key].append((at, kind, text))

    # --- the states

    def resolved_at(self, key, before=None):
        """When it was resolved last, unless it was opened again after that."""
        at = None
        for when, kind, _ in sorted(self.notes[key], key=lambda note: note[0]):
            if before is not None and when >= before:
                break
            if kind in ("resolve", "reopen"):
                at = when if kind == "resolve" else None
        return at

    def reports_of_day(self, domain, day):
        return [sums for (when, _), sums in self.totals[domain].items() if when == day]

    def recurs(self, key, days, today):
        for before, day in zip(days, days[1:]):
            if day < today - self.window:
                continue
            if day - before - 1 >= SILENT_BEFORE:
                return True
            at = self.resolved_at(key, day * DAY)
            if at is not None and before * DAY <= at:
                return True
        return False

    def state(self, key, today):
        """None if it is not known yet."""
        seen = {(day, who): at for (day, who), at in self.seen[key].items() if day <= today}
        if not seen:
            return None
        days = sorted({day for day, _ in seen})
        window = [day for day in days if day >= today - self.window]
        reception = min(seen.values()) // DAY
        late = days[0] < reception - self.window and today - self.window <= reception <= today
        at = self.resolved_at(key)
        if at is not None and not any(day * DAY > at for day in days):
            state = "resolved"
        elif not window:
            state = "quiet"
        elif self.recurs(key, days, today):
            state = "recurring"
        elif days[0] >= today - self.window or reception >= today - self.window:
            state = "new"
        else:
            state = "ongoing"
        pattern = self.is_pattern(key, seen, window)
        warns = not pattern and self.is_much(key, seen, window, today)
        return State(state, late, pattern, warns)

    def is_pattern(self, key, seen, window):
        organizations = {who for day, who in seen if day in window}
        if len(organizations) >= 2 or len(window) >= 2:
            return True
        for day in window:
            reports = self.reports_of_day(key.domain, day)
            if len(reports) == 1 and reports[0][0] > 0 and reports[0][1] >= reports[0][0]:
                return True
        return False

    def baseline(self, domain, today):
        sums = collections.defaultdict(lambda: [0, 0])
        for (day, who), (sessions, failed) in self.totals[domain].items():
            if today - self.window - BASELINE <= day <= today - self.window - 1:
                sums[who][0] += sessions
                sums[who][1] += failed
        good = [one for one in sums.values() if one[0] > one[1]]
        sessions = sum(one[0] for one in good)
        return sum(one[1] for one in good) / sessions if sessions else 0

    def is_much(self, key, seen, window, today):
        for day, who in seen:
            sessions, failed = self.totals[key.domain][day, who]
            if day in window and failed > max(FEW_SESSIONS, FEW_SHARE * sessions) \
                    and failed > TIMES_BASELINE * self.baseline(key.domain, today) * sessions:
                return True
        return False

    def states(self, today):
        states = {key: self.state(key, today) for key in sorted(self.seen)}
        return {key: state for key, state in states.items() if state is not None}

    # --- the check

    def is_learning(self, domain, today):
        days = {day for day, _ in self.totals[domain] if day <= today}
        return len(days) < LEARNING

    @staticmethod
    def is_daily(days, today):
        return sum(today - DAILY_FROM <= day <= today - DAILY_TO for day in set(days)) >= DAILY_DAYS

    def days_of(self, domain, who):
        return [day for day, organization in self.totals[domain] if organization == who]

    def silent(self, today):
        for key, received in sorted(self.received.items()):
            domain, who = key
            its = self.days_of(domain, who)
            if not its or today - received // DAY <= SILENCE:
                continue
            recent = sorted(day for day in its if today - BASELINE <= day <= today)
            gaps = [after - before for before, after in zip(recent, recent[1:])]
            since = today - received // DAY
            if self.is_daily(its, today) and since > max(SILENCE, 1.5 * max(gaps, default=0)):
                yield key

    def nothing_received(self, today):
        days = {day for totals in self.totals.values() for day, _ in totals}
        return (self.is_daily(days, today)
                and today - self.last_reception // DAY >= NOTHING_DAYS)

    def mode(self, key, today):
        """That of the policy reported with it; else that of the domain's newest, if it applies."""
        own = self.modes[key][1]
        if own or key.kind != "sts" or key.result in ("sts-policy-fetch-error", "sts-policy-invalid",
                                                       "sts-webpki-invalid"):
            return own
        newest = max(((last, first, mode) for (domain, mode, *_), (first, last) in self.policies.items()
                      if domain == key.domain and today - 7 <= last <= today), default=None)
        return newest[2] if newest else ""

    def alarms(self, today):
        """What a check is to name: one for each domain and result type, or silent reporter."""
        if not self.taken:
            return {Alarm(UNKNOWN, "no-reports")}
        found = {}
        for key, state in self.states(today).items():
            if state.state not in ("recurring", "new", "ongoing"):
                continue
            if not state.pattern and not state.warns:
                continue
            refused = self.mode(key, today) == "enforce" or key.kind == "tlsa"
            alarm = Alarm(CRITICAL if refused and state.pattern else WARNING,
                          "failure" if state.pattern else "unusual", key.domain, key.result)
            # Patterns and critical ones come first.
            group = key.domain, key.result
            found[group] = max(alarm, found.get(group, alarm),
                               key=lambda one: (one.severity, one.kind == "failure"))
        alarms = set(found.values())
        if self.nothing_received(today):
            alarms.add(Alarm(UNKNOWN, "stopped"))
        else:
            alarms |= {Alarm(WARNING, "silent", *key) for key in self.silent(today)}
        return alarms

    def check(self, today):
        """The exit code."""
        severities = {alarm.severity for alarm in self.alarms(today)}
        return next((severity for severity in (CRITICAL, UNKNOWN, WARNING)
                     if severity in severities), OK)
