#!/usr/bin/env python3
"""Rebuilds all that a store says of its reports from the reports themselves, and compares.

    oracle.py STORE

Takes from the tables only what came with a message: the reports' bytes and what stood beside
them.  From these it makes every row of every view, in the order of the reports' ids, and the
identities.  Prints what differs; exit code 1 then.

Of what was pruned the store itself knows nothing any more.  Whoever prunes keeps a Memory, which
learns from each check what the reports said as long as they were there.
"""
import collections
import hashlib
import os
import sqlite3
import sys
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from decode import gunzip, NotJson  # noqa: E402
from rebuild import COUNT_MAX, DAY, Context, day_text, rebuild, time_text  # noqa: E402

VIEWS = {
    "reports": "id organization report_id contact_info submitter from_domain report_domain"
               " message_id auth auth_domain start_at end_at received_at day start_time end_time"
               " findings pruned",
    "policies": "id report organization policy_domain policy_type policy_text mx_hosts"
                " successful_sessions failed_sessions start_at end_at",
    "failures": "id policy report organization policy_domain policy_type result_type"
                " sending_mta_ip receiving_mx_hostname receiving_mx_helo receiving_ip"
                " failed_sessions additional_information failure_reason_code start_at end_at"
                " incident",
    "findings": "report path code detail",
    "daily": "day policy_domain policy_type organization auth auth_domain reports"
             " successful_sessions failed_sessions",
    "daily_total": "day policy_domain organization auth auth_domain reports sessions"
                   " failed_sessions last_received",
    "reporters": "id organization auth auth_domain reports received_days first_received"
                 " last_received",
    "incident_days": "incident day organization auth auth_domain reports failed_sessions",
    "incident_reasons": "incident failure_reason_code organization auth auth_domain first_day"
                        " last_day failed_sessions",
    "incidents": "id problem policy_domain policy_type result_type receiving_mx_hostname kind mode"
                 " first_received first_seen last_seen days reports organizations failed_sessions"
                 " note resolved_at accepted_until",
    "notes": "incident kind author at text until",
    "policy_seen": "policy_domain policy_type policy_text organization auth auth_domain first_day"
                   " last_day",
    "quarantined": "id received_at reason detail sender subject auth_domain size",
}
COLUMNS = {view: columns.split() for view, columns in VIEWS.items()}
REASONS = {"no-report", "unread-report", "not-report", "corrupt-gzip", "truncated-gzip", "not-json", "over-limit",
           "crashed", "too-costly", "day-limit", "unauthenticated", "foreign",
           "ignored"}
CODES_MAX, OTHER = 20, "(other)"  # of an incident and a reporter
DROPPED = 2  # the state of a report
SHOWN = 8  # differences of one kind that are printed


def add(a, b):
    return min(a + b, COUNT_MAX)


def name_hash(name):
    """FNV-1a, folded to 24 bits, and with a sign."""
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 & 0xffffffff
    return (value >> 24 ^ value & 0xffffff) - 0x800000


def null(text):
    return text or None


class Memory:
    """What is known of a store from before."""

    def __init__(self):
        self.reports = {}  # id to (report, digest)
        self.own_domains = ()  # by which reports are judged
        self.counted = {}  # id to how often totals had been forgotten when it came to count, if known
        # (the last report's id then, totals before this day are gone, incidents that stay without days)
        self.forgotten = []
        self.renumbered = False  # reports were read anew: ids of incidents tell no order any more

    def forget_totals(self, last, day, lasting=()):
        self.forgotten.append((last, day, set(lasting)))


class Totals:
    """What grows with each report; who says it is (organization, auth, auth_domain)."""

    def __init__(self):
        self.daily = {}  # (day, domain, type, *who) to [reports, ok, failed]
        self.daily_total = {}  # (day, domain, *who) to [reports, sessions, failed]
        self.incidents = {}  # key to {(day, *who): [reports, failed]}
        self.reasons = {}  # (incident key, *who) to {code: [first, last, failed]}
        self.modes = {}  # incident to (start_at, mode)
        self.received = {}  # (incident, day, *who) to when the first one came
        self.policy_seen = {}  # (domain, type, text, *who) to [first, last]
        self.last_received = {}  # (day, domain, *who) to when the last one came
        self.reporters = {}  # who to {day of reception: reports}
        self.spans = {}  # incident to its [first, last] day ever

    @staticmethod
    def grow(totals, key, *counts):
        row = totals.setdefault(key, [0] * (1 + len(counts)))
        row[0] += 1
        row[1:] = map(add, row[1:], counts)

    def take(self, report, auth, auth_domain, received_at):
        day, who = report.day, (report.organization, auth, auth_domain)
        days = self.reporters.setdefault(who, collections.Counter())
        days[received_at // DAY] += 1
        for (domain, kind), sums in report.types().items():
            self.grow(self.daily, (day, domain, kind, *who), *sums)
        for domain, sums in report.domains().items():
            key = day, domain, *who
            self.grow(self.daily_total, key, *sums)
            self.last_received[key] = max(received_at, self.last_received.get(key, received_at))
        for key, failed, mode in report.incidents():
            self.grow(self.incidents.setdefault(key, {}), (day, *who), failed)
            seen = key, day, *who
            self.received[seen] = min(received_at, self.received.get(seen, received_at))
            first, last = self.spans.get(key, (day, day))
            self.spans[key] = min(first, day), max(last, day)
            at = report.counts_at()
            if at >= self.modes.get(key, (at,))[0]:
                self.modes[key] = at, mode
        for key, failure in report.failed_rows():
            if failure.reason and key:
                self.take_reason((key, *who), failure.reason, day, failure.failed)
        for policy in report.policies:
            key = policy.domain, policy.type, policy.text, *who
            first, last = self.policy_seen.get(key, (day, day))
            self.policy_seen[key] = min(first, day), max(last, day)

    def take_reason(self, key, code, day, failed):
        codes = self.reasons.setdefault(key, {})
        if code not in codes and code != OTHER and len(codes.keys() - {OTHER}) >= CODES_MAX:
            code = OTHER
        first, last, sessions = codes.get(code, (day, day, 0))
        codes[code] = min(first, day), max(last, day), add(sessions, failed)

    def forget(self, before, lasting):
        """The totals of days before that one; of incidents without days some stay."""
        for totals in self.daily, self.daily_total, self.last_received:
            for key in [key for key in totals if key[0] < before]:
                del totals[key]
        for days in self.incidents.values():
            for key in [key for key in days if key[0] < before]:
                del days[key]
        for codes in self.reasons.values():
            for code in [code for code in codes if codes[code][1] < before]:
                del codes[code]
        for key in [key for key, days in self.incidents.items() if not days and key not in lasting]:
            del self.incidents[key], self.spans[key], self.modes[key]
        self.received = {key: at for key, at in self.received.items() if key[1] >= before}
        self.policy_seen = {key: days for key, days in self.policy_seen.items()
                            if days[1] >= before}


class Store:
    """A store as it is, and as it should be."""

    def __init__(self, path, memory):
        self.memory = memory
        self.db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.db.execute("BEGIN")
        self.differences = []
        self.wanted = {view: [] for view in VIEWS}
        self.totals = Totals()
        self.left = []  # incidents that no report has any longer

    def close(self):
        self.db.close()

    def differs(self, text):
        self.differences.append(text)

    def rows(self, query):
        return self.db.execute(query).fetchall()

    def names(self, table):
        return dict(self.rows(f"SELECT id, name FROM {table}"))

    # --- from the reports

    def rebuild(self):
        domains, auths = self.names("domain"), self.names("auth")
        seen = {}  # (organization, report-id)
        digests, counting = {}, []
        for (number, pruned, received_at, report_domain, submitter, from_domain, auth,
             auth_domain, message_id, subject, file_name, media_type, is_report, sent_at,
             is_gzip, content) in self.rows(
                "SELECT r.id, r.state, r.received_at, r.report_domain, s.submitter,"
                " s.from_domain, w.auth, w.auth_domain, raw.message_id, raw.subject,"
                " raw.file_name, raw.media_type, raw.is_report, raw.sent_at, raw.is_gzip, raw.content"
                " FROM report r JOIN sender s ON s.id = r.sender JOIN reporter w ON w.id = s.reporter"
                " LEFT JOIN raw ON raw.report = r.id AND raw.day = r.day ORDER BY r.id"):
            context = Context(
                report_domain=null(domains[report_domain]), submitter=null(domains[submitter]),
                from_domain=null(domains[from_domain]), subject=subject, file_name=file_name,
                media_type=media_type, is_report=bool(is_report), sent_at=sent_at,
                received_at=received_at, is_gzip=bool(is_gzip),
                own_domains=self.memory.own_domains, auth=auths[auth], auth_domain=null(domains[auth_domain]))
            if (content is None) != bool(pruned):
                self.differs(f"report {number}: pruned {pruned}, raw content {content}")
                continue
            try:
                report, digest = self.memory.reports[number] if pruned else (
                    self.rebuild_one(content, context))
            except KeyError:
                self.differs(f"report {number} was pruned, and nothing is known of it")
                continue
            except (NotJson, zlib.error) as problem:
                self.differs(f"report {number} cannot be rebuilt: {problem}")
                continue
            if digest in digests:
                self.differs(f"reports {digests[digest]} and {number} have the same content")
            digests[digest] = number
            if pruned == DROPPED:
                continue
            key = report.organization, report.report_id
            if key in seen and not pruned:
                report.add("same-id", "$.report-id", report.report_id, certain=True)
            seen[key] = number
            beside = (null(domains[submitter]), null(domains[from_domain]),
                      null(domains[report_domain]), message_id, auths[auth],
                      null(domains[auth_domain]))
            self.want_report(number, report, beside, received_at, pruned)
            counting.append((self.counted_after(number), number, report, auths[auth],
                             domains[auth_domain], received_at))
            self.memory.reports[number] = report, digest
        self.count(counting)
        self.compare("identity", [(digest[:16], number) for digest, number in digests.items()],
                     self.rows("SELECT digest, report FROM identity"))

    def counted_after(self, number):
        """How often totals had been forgotten when a report came to count."""
        return self.memory.counted.get(
            number, sum(number > last for last, *_ in self.memory.forgotten))

    def count(self, counting):
        """Reports count in the order of their ids, between the times at which totals were forgotten."""
        done = 0
        for after, _, *report in sorted(counting, key=lambda one: one[:2]):
            while done < after:
                self.totals.forget(*self.memory.forgotten[done][1:])
                done += 1
            self.totals.take(*report)
        for _, *what in self.memory.forgotten[done:]:
            self.totals.forget(*what)

    @staticmethod
    def rebuild_one(content, context):
        json, trailing = gunzip(content)
        context.gzip_trailing = trailing
        return rebuild(json, context)

    def compare_names(self):
        wanted = [(name_hash(name), organization, number) for number, name, organization in self.rows(
            "SELECT report.id, report_id, organization FROM report JOIN sender ON sender.id = sender"
            " JOIN reporter ON reporter.id = reporter WHERE state < 2")]
        self.compare("report_name", wanted,
                     self.rows("SELECT hash, organization, report FROM report_name"))

    def want_report(self, number, report, beside, received_at, pruned):
        organization = null(report.organization)
        times = report.start_at, report.end_at
        self.wanted["reports"].append((
            number, organization, report.report_id, null(report.contact_info), *beside, *times,
            received_at, day_text(report.day), *map(time_text, times), 0 if pruned else len(report.findings), pruned))
        if pruned:
            return
        for path, code, detail in report.findings:
            self.wanted["findings"].append((number, path, code, null(detail)))
        incidents = iter(report.failed_rows())
        for policy in report.policies:
            who = number, organization, null(policy.domain), null(policy.type)
            self.wanted["policies"].append((
                None, *who, null(policy.text), null(policy.mx_hosts), policy.successful,
                policy.failed, *times))
            place = len(self.wanted["policies"]) - 1
            for failure in policy.failures:
                self.wanted["failures"].append((
                    None, place, *who, failure.result_type, null(failure.sending_ip),
                    null(failure.mx), null(failure.helo), null(failure.receiving_ip),
                    failure.failed, null(failure.information), null(failure.reason), *times,
                    next(incidents)[0]))

    @staticmethod
    def shown(who):
        organization, auth, auth_domain = who
        return null(organization), auth, null(auth_domain)

    def want_totals(self):
        totals = self.totals
        for (day, domain, kind, *who), counts in totals.daily.items():
            self.wanted["daily"].append((
                day_text(day), null(domain), null(kind), *self.shown(who), *counts))
        for (day, domain, *who), counts in totals.daily_total.items():
            last = totals.last_received[(day, domain, *who)]
            self.wanted["daily_total"].append((
                day_text(day), null(domain), *self.shown(who), *counts, day_text(last // DAY)))
        for (domain, kind, text, *who), days in totals.policy_seen.items():
            self.wanted["policy_seen"].append((
                null(domain), null(kind), null(text), *self.shown(who), *map(day_text, days)))
        ids = {tuple(who): number for number, *who in self.rows(
            "SELECT id, organization, auth, auth_domain FROM reporters")}
        for who, days in totals.reporters.items():
            self.wanted["reporters"].append((
                ids.get(self.shown(who)), *self.shown(who), sum(days.values()), len(days),
                day_text(min(days)), day_text(max(days))))

    def want_incidents(self):
        ids = {tuple(key): number for number, *key in self.rows(
            "SELECT id, policy_domain, policy_type, result_type, receiving_mx_hostname, kind"
            " FROM incidents")}
        texts, resolved = self.notes()
        problems = self.problems()
        order = []
        for key, days in self.totals.incidents.items():
            names = tuple(map(null, key))
            number = ids.get(names)
            order.append(number)
            for (day, *who), counts in days.items():
                self.wanted["incident_days"].append((
                    number, day_text(day), *self.shown(who), *counts))
            seen = {day for day, *_ in days}
            received = [self.totals.received[(key, *row)] // DAY for row in days]
            self.wanted["incidents"].append((
                number, problems.get(number), *names, null(self.totals.modes[key][1]),
                day_text(min(received)) if seen else None,
                day_text(min(seen)) if seen else None, day_text(max(seen)) if seen else None,
                len(seen), sum(row[0] for row in days.values()),
                len({organization for _, organization, *_ in days}),
                min(sum(row[1] for row in days.values()), COUNT_MAX), texts.get(number),
                resolved.get(number), None))
        for (key, *who), codes in self.totals.reasons.items():
            for code, (first, last, failed) in codes.items():
                self.wanted["incident_reasons"].append((
                    ids.get(tuple(map(null, key))), code, *self.shown(who), day_text(first),
                    day_text(last), failed))
        self.wanted["failures"] = [
            (*row[:-1], ids.get(tuple(map(null, row[-1])), "missing") if row[-1] else None)
            for row in self.wanted["failures"]]
        for number, *key in self.rows(
                "SELECT id, policy_domain, policy_type, result_type, receiving_mx_hostname, kind"
                " FROM incidents WHERE days = 0"):
            if number not in order and self.memory.renumbered:
                # Its number is still needed, or was when its last report went: prune collects it.
                self.wanted["incidents"].append((
                    number, problems[number], *key, None, None, None, None, 0, 0, 0, 0,
                    texts.get(number), resolved.get(number), None))
                self.left.append(number)
        if None not in order and order != sorted(set(order)) and not self.memory.renumbered:
            self.differs(f"incidents: ids not in the order of first appearance: {order[:20]}")

    def problems(self):
        """The number of the problem of each incident: the lowest id that an incident of its kind and MX
        had, or of its kind and domain where there is no MX, also if that one is gone."""
        places = {}
        for number, problem, domain, mx, kind in self.rows(
                "SELECT id, problem, policy_domain, receiving_mx_hostname, kind FROM incidents"):
            places.setdefault((kind, mx) if mx else (kind, None, domain), {})[number] = problem
        wanted = {}
        for numbers in places.values():
            # One that is gone cannot be known; but all must agree, and none that is there may be lower.
            told = min(numbers.values())
            first = told if told not in numbers and told < min(numbers) else min(numbers)
            wanted.update(dict.fromkeys(numbers, first))
        return wanted

    def notes(self):
        """The latest text of each incident, and when it was resolved if it still is."""
        texts, resolved = {}, {}
        for incident, kind, at, text in self.rows(
                "SELECT incident, kind, at, text FROM note ORDER BY at, id"):
            texts[incident] = text or texts.get(incident)
            if kind in ("resolve", "reopen"):
                resolved[incident] = at if kind == "resolve" else None
        return texts, resolved

    # --- against the views

    def actual(self, view):
        return self.rows(f"SELECT {', '.join(COLUMNS[view])} FROM {view}")

    def compare(self, name, wanted, actual):
        # Rows are equal only if the types are.
        def counted(rows):
            return collections.Counter(tuple((type(x).__name__, x) for x in row) for row in rows)

        wanted, actual = counted(wanted), counted(actual)
        for label, rows in ("missing", wanted - actual), ("unexpected", actual - wanted):
            for row in list(rows.elements())[:SHOWN]:
                self.differs(f"{name}: {label}: {show(name, [value for _, value in row])}")
            if rows.total() > SHOWN:
                self.differs(f"{name}: {label}: {rows.total() - SHOWN} more")

    def number_rows(self, view, order):
        """Gives the wanted rows the ids of the rows that stand in their places."""
        ids = [row[0] for row in self.rows(f"SELECT id FROM {view} ORDER BY {order}")]
        rows = self.wanted[view]
        ids += [None] * (len(rows) - len(ids))
        self.wanted[view] = [(number, *row[1:]) for number, row in zip(ids, rows)]

    def compare_rows(self):
        self.number_rows("policies", "report, id")
        self.wanted["failures"] = [
            (None, self.wanted["policies"][row[1]][0], *row[2:])
            for row in self.wanted["failures"]]
        self.number_rows("failures", "report, policy, id")
        self.want_totals()
        self.want_incidents()
        for view in "reports policies failures findings daily daily_total reporters" \
                    " incident_days incident_reasons policy_seen".split():
            self.compare(view, self.wanted[view], self.actual(view))
        self.compare("notes", self.rows("SELECT incident, kind, author, at, text, NULL FROM note"),
                     self.actual("notes"))
        self.compare("incidents", self.wanted["incidents"], self.actual("incidents"))
        self.compare_hidden()

    def compare_hidden(self):
        """What no view shows, and later versions go by."""
        self.compare_names()
        names = [self.names(table) for table in ("domain", "policy_type", "result_type", "domain", "kind")]
        organizations, auths = self.names("organization"), self.names("auth")
        who = {number: (organizations[organization], auths[auth], names[0][domain])
               for number, organization, auth, domain in self.rows("SELECT * FROM reporter")}
        keys, modes = {}, []
        for number, *key, mode_at, first, last in self.rows(
                "SELECT id, policy_domain, policy_type, result_type, receiving_mx, kind, mode_at,"
                " first_day, last_day FROM incident"):
            keys[number] = tuple(of[name] for of, name in zip(names, key))
            modes.append((*keys[number], mode_at, first, last))
        self.compare("incident.mode_at, first_day, last_day", [
            (*key, at, *self.totals.spans[key]) for key, (at, _) in self.totals.modes.items()] + [
            (*keys[number], None, None, None) for number in self.left], modes)
        self.compare("daily_sum", self.sums_of_domains(), [
            (day, names[0][domain], keys.get(incident, incident), auths[auth], *counts)
            for day, domain, incident, auth, *counts in self.rows(
                "SELECT day, policy_domain, incident, auth, reports, sessions, failed_sessions"
                " FROM daily_sum")])
        self.compare("incident_day.received_after", [
            (*key, *rest, at // 86400 - rest[0])
            for (key, *rest), at in self.totals.received.items()], [
            (*keys[incident], day, *who[reporter], at) for incident, day, reporter, at in self.rows(
                "SELECT incident, day, reporter, received_after FROM incident_day")])
        for table in "policy", "failure", "finding", "raw":
            self.compare(f"{table}.day", [], self.rows(
                f"SELECT report.id, report.day, t.day FROM {table} t"
                " JOIN report ON report.id = t.report WHERE report.day <> t.day"))

    def sums_of_domains(self):
        """Of all reporters: sessions of domains (incident 0), failed ones of incidents."""
        sums = {}
        for (day, domain, _, auth, _), counts in self.totals.daily_total.items():
            row = sums.setdefault((day, domain, 0, auth), [0, 0, 0])
            row[:] = map(add, row, counts)
        for key, days in self.totals.incidents.items():
            for (day, _, auth, _), (reports, failed) in days.items():
                row = sums.setdefault((day, key[0], key, auth), [0, 0, 0])
                row[:] = map(add, row, (reports, 0, failed))
        return [(*key, *row) for key, row in sums.items()]

    def check_quarantine(self):
        wanted, digests, shares = [], collections.Counter(), {}
        for number, received_at, reason, detail, sender, subject, auth_domain, stored, digest, \
                content in self.rows(
                    "SELECT id, received_at, reason, detail, sender, subject, auth_domain,"
                    " stored_size, digest, content FROM quarantined_row"):
            for share in (auth_domain, "(all)"):
                messages, size = shares.get(share, (0, 0))
                shares[share] = messages + 1, size + stored
            message, trailing = gunzip(content)
            wanted.append((number, received_at, reason, null(detail), null(sender), null(subject),
                           null(auth_domain), len(message)))
            if message.startswith(b"From "):
                message = message.partition(b"\n")[2]
            digests[digest] += 1
            if hashlib.sha256(message).digest() != digest or digests[digest] > 1:
                self.differs(f"quarantined {number}: its digest is wrong")
            if trailing or stored < len(content) or reason not in REASONS:
                self.differs(f"quarantined {number}: stored size {stored}, reason {reason}")
        self.compare("quarantined", wanted, self.actual("quarantined"))
        kept = {share: (messages, size) for share, messages, size in self.rows(
            "SELECT auth_domain, messages, stored_size FROM quarantine_share")}
        if kept != shares:
            self.differs(f"shares of the quarantine: {kept}, wanted {shares}")

    def check_schema(self):
        """Every view, and every column of it, is one that is compared."""
        views = {name for name, in self.rows(
            "SELECT name FROM sqlite_master WHERE type = 'view' AND name NOT LIKE '%_names'")}
        for view in views | set(VIEWS):
            columns = [row[1] for row in self.rows(f"PRAGMA table_info({view})")]
            if columns != COLUMNS.get(view):
                self.differs(f"{view}: its columns are {columns}")


def show(name, values):
    columns = COLUMNS.get(name, range(len(values)))
    return ", ".join(f"{column}={str(value)[:200]!r}" if isinstance(value, str)
                     else f"{column}={value.hex() if isinstance(value, bytes) else value}"
                     for column, value in zip(columns, values))


def check(path, memory=None):
    """The differences between what a store says and what its reports say; a list of texts."""
    store = Store(path, memory or Memory())
    try:
        store.check_schema()
        store.rebuild()
        store.compare_rows()
        store.check_quarantine()
        return store.differences
    finally:
        store.close()


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: oracle.py STORE")
    differences = check(sys.argv[1])
    for text in differences:
        print(text)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
