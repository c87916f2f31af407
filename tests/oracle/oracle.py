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
               " message_id auth auth_domain start_at end_at received_at start_time end_time"
               " findings pruned",
    "policies": "id report organization policy_domain policy_type policy_text mx_hosts"
                " successful_sessions failed_sessions start_at end_at",
    "failures": "id policy report organization policy_domain policy_type result_type"
                " sending_mta_ip receiving_mx_hostname receiving_mx_helo receiving_ip"
                " failed_sessions additional_information failure_reason_code start_at end_at",
    "findings": "report path code detail",
    "daily": "day policy_domain policy_type organization auth reports successful_sessions"
             " failed_sessions",
    "daily_total": "day policy_domain organization auth reports sessions failed_sessions",
    "incident_days": "incident day organization auth reports failed_sessions",
    "incidents": "id policy_domain policy_type result_type receiving_mx_hostname mode first_seen"
                 " last_seen days reports organizations failed_sessions note resolved_at",
    "notes": "incident kind author at text",
    "policy_seen": "policy_domain policy_type policy_text organization first_day last_day",
    "quarantined": "id received_at reason detail sender subject size",
}
COLUMNS = {view: columns.split() for view, columns in VIEWS.items()}
REASONS = {"no-report", "unread-report", "not-report", "corrupt-gzip", "truncated-gzip", "not-json", "over-limit",
           "crashed", "too-costly", "unauthenticated", "foreign"}
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
        self.forgotten = []  # (the last report's id then, totals before this day are gone)
        self.renumbered = False  # reports were read anew: ids of incidents tell no order any more

    def forget_totals(self, last, day):
        self.forgotten.append((last, day))


class Totals:
    """What grows with each report."""

    def __init__(self):
        self.daily = {}  # (day, domain, type, organization, auth) to [reports, ok, failed]
        self.daily_total = {}  # (day, domain, organization, auth) to [reports, sessions, failed]
        self.incidents = {}  # key to {(day, organization, auth): [reports, failed]}
        self.modes = {}  # incident to (start_at, mode)
        self.received = {}  # (incident, day, organization, auth) to when the first one came
        self.policy_seen = {}  # (domain, type, text, organization) to [first, last]
        self.last_received = {}  # (day, domain, organization, auth) to when the last one came
        self.spans = {}  # incident to its [first, last] day ever

    @staticmethod
    def grow(totals, key, *counts):
        row = totals.setdefault(key, [0] * (1 + len(counts)))
        row[0] += 1
        row[1:] = map(add, row[1:], counts)

    def take(self, report, auth, received_at):
        day, who = report.start_at // DAY, (report.organization, auth)
        for (domain, kind), sums in report.types().items():
            self.grow(self.daily, (day, domain, kind, *who), *sums)
        for domain, sums in report.domains().items():
            key = day, domain, *who
            self.grow(self.daily_total, key, *sums)
            self.last_received[key] = max(received_at, self.last_received.get(key, received_at))
        for key, failed, mode in report.incidents():
            self.grow(self.incidents.setdefault(key, {}), (day, *who), failed)
            self.received.setdefault((key, day, *who), received_at)
            first, last = self.spans.get(key, (day, day))
            self.spans[key] = min(first, day), max(last, day)
            if report.start_at >= self.modes.get(key, (report.start_at,))[0]:
                self.modes[key] = report.start_at, mode
        for policy in report.policies:
            key = policy.domain, policy.type, policy.text, report.organization
            first, last = self.policy_seen.get(key, (day, day))
            self.policy_seen[key] = min(first, day), max(last, day)

    def forget(self, before):
        """The totals of days before that one; incidents stay, if only by name."""
        for totals in self.daily, self.daily_total, self.last_received:
            for key in [key for key in totals if key[0] < before]:
                del totals[key]
        for days in self.incidents.values():
            for key in [key for key in days if key[0] < before]:
                del days[key]
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
        self.only_noted = []  # incidents

    def close(self):
        self.db.close()

    def differs(self, text):
        self.differences.append(text)

    def rows(self, query):
        return self.db.execute(query).fetchall()

    def names(self, table):
        return dict(self.rows(f"SELECT id, coalesce(name, '') FROM {table}"))

    # --- from the reports

    def rebuild(self):
        domains, auths = self.names("domain"), self.names("auth")
        seen = {}  # (organization, report-id)
        digests, forgotten = {}, list(self.memory.forgotten)
        for (number, pruned, received_at, report_domain, submitter, from_domain, auth,
             auth_domain, message_id, subject, file_name, media_type, is_report, sent_at,
             is_gzip, content) in self.rows(
                "SELECT r.id, r.pruned, r.received_at, r.report_domain, s.submitter,"
                " s.from_domain, s.auth, s.auth_domain, raw.message_id, raw.subject,"
                " raw.file_name, raw.media_type, raw.is_report, raw.sent_at, raw.is_gzip, raw.content"
                " FROM report r JOIN sender s ON s.id = r.sender"
                " LEFT JOIN raw ON raw.report = r.id ORDER BY r.id"):
            context = Context(
                report_domain=null(domains[report_domain]), submitter=null(domains[submitter]),
                from_domain=null(domains[from_domain]), subject=subject, file_name=file_name,
                media_type=media_type, is_report=bool(is_report), sent_at=sent_at,
                received_at=received_at, is_gzip=bool(is_gzip),
                auth=auths[auth], auth_domain=null(domains[auth_domain]))
            while forgotten and number > forgotten[0][0]:
                self.totals.forget(forgotten.pop(0)[1])
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
            key = report.organization, report.report_id
            if key in seen and not pruned:
                report.add("same-id", "$.report-id", report.report_id, certain=True)
            seen[key] = number
            if digest in digests:
                self.differs(f"reports {digests[digest]} and {number} have the same content")
            digests[digest] = number
            beside = (null(domains[submitter]), null(domains[from_domain]),
                      null(domains[report_domain]), message_id, auths[auth],
                      null(domains[auth_domain]))
            self.want_report(number, report, beside, received_at, pruned)
            self.totals.take(report, auths[auth], received_at)
            self.memory.reports[number] = report, digest
        for _, day in forgotten:
            self.totals.forget(day)
        self.compare("identity", [(digest[:16], number) for digest, number in digests.items()],
                     self.rows("SELECT digest, report FROM identity"))

    @staticmethod
    def rebuild_one(content, context):
        json, trailing = gunzip(content)
        context.gzip_trailing = trailing
        return rebuild(json, context)

    def compare_names(self):
        wanted = [(name_hash(name), organization, number) for number, name, organization in self.rows(
            "SELECT report.id, report_id, organization FROM report JOIN sender ON sender.id = sender")]
        self.compare("report_name", wanted,
                     self.rows("SELECT hash, organization, report FROM report_name"))

    def want_report(self, number, report, beside, received_at, pruned):
        organization = null(report.organization)
        times = report.start_at, report.end_at
        self.wanted["reports"].append((
            number, organization, report.report_id, null(report.contact_info), *beside, *times,
            received_at, *map(time_text, times), 0 if pruned else len(report.findings), pruned))
        if pruned:
            return
        for path, code, detail in report.findings:
            self.wanted["findings"].append((number, path, code, null(detail)))
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
                    failure.failed, null(failure.information), null(failure.reason), *times))

    def want_totals(self):
        totals = self.totals
        for (day, domain, kind, organization, auth), counts in totals.daily.items():
            self.wanted["daily"].append((
                day_text(day), null(domain), null(kind), null(organization), auth, *counts))
        for (day, domain, organization, auth), counts in totals.daily_total.items():
            self.wanted["daily_total"].append((
                day_text(day), null(domain), null(organization), auth, *counts))
        for (*names, organization), days in totals.policy_seen.items():
            self.wanted["policy_seen"].append((
                *map(null, names), null(organization), *map(day_text, days)))

    def want_incidents(self):
        ids = {tuple(key): number for number, *key in self.rows(
            "SELECT id, policy_domain, policy_type, result_type, receiving_mx_hostname"
            " FROM incidents")}
        texts, resolved = self.notes()
        order = []
        for key, days in self.totals.incidents.items():
            names = tuple(map(null, key))
            number = ids.get(names)
            order.append(number)
            for (day, organization, auth), counts in days.items():
                self.wanted["incident_days"].append((
                    number, day_text(day), null(organization), auth, *counts))
            seen = {day for day, _, _ in days}
            self.wanted["incidents"].append((
                number, *names, null(self.totals.modes[key][1]),
                day_text(min(seen)) if seen else None, day_text(max(seen)) if seen else None,
                len(seen), sum(row[0] for row in days.values()),
                len({organization for _, organization, _ in days}),
                min(sum(row[1] for row in days.values()), COUNT_MAX), texts.get(number), resolved.get(number)))
        for number, *key in self.rows(
                "SELECT id, policy_domain, policy_type, result_type, receiving_mx_hostname"
                " FROM incidents WHERE id IN (SELECT incident FROM note)"):
            if number not in order and self.memory.renumbered:
                # Only misread: the operator's notes stay all the same.
                self.wanted["incidents"].append((
                    number, *key, None, None, None, 0, 0, 0, 0, texts.get(number),
                    resolved.get(number)))
                self.only_noted.append(number)
        if None not in order and order != sorted(set(order)) and not self.memory.renumbered:
            self.differs(f"incidents: ids not in the order of first appearance: {order[:20]}")

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
        for view in "reports policies failures findings daily daily_total incident_days" \
                    " policy_seen".split():
            self.compare(view, self.wanted[view], self.actual(view))
        self.compare("notes", self.rows("SELECT incident, kind, author, at, text FROM note"),
                     self.actual("notes"))
        self.compare("incidents", *self.roughly_equal_sums())
        self.compare_hidden()

    def compare_hidden(self):
        """What no view shows, and later versions go by."""
        self.compare_names()
        names = [self.names(table) for table in ("domain", "policy_type", "result_type", "domain")]
        organizations, auths = self.names("organization"), self.names("auth")
        keys, modes = {}, []
        for number, *key, mode_at, first, last in self.rows(
                "SELECT id, policy_domain, policy_type, result_type, receiving_mx, mode_at,"
                " first_day, last_day FROM incident"):
            keys[number] = tuple(of[name] for of, name in zip(names, key))
            modes.append((*keys[number], mode_at, first, last))
        self.compare("incident.mode_at, first_day, last_day", [
            (*key, at, *self.totals.spans[key]) for key, (at, _) in self.totals.modes.items()] + [
            (*keys[number], None, None, None) for number in self.only_noted], modes)
        self.compare("daily_domain.received_after", [
            (*key, at // 86400 - key[0]) for key, at in self.totals.last_received.items()], [
            (day, names[0][domain], organizations[organization], auths[auth], at)
            for day, domain, organization, auth, at in self.rows(
                "SELECT day, policy_domain, organization, auth, received_after FROM daily_domain")])
        self.compare("domain_day", self.sums_of_domains(), [
            (day, names[0][domain], keys.get(incident, incident), auths[auth], *counts)
            for day, domain, incident, auth, *counts in self.rows(
                "SELECT day, policy_domain, incident, auth, reports, sessions, failed_sessions"
                " FROM domain_day")])
        self.compare("incident_day.received_after", [
            (*key, *rest, at // 86400 - rest[0])
            for (key, *rest), at in self.totals.received.items()], [
            (*keys[incident], day, organizations[organization], auths[auth], at)
            for incident, day, organization, auth, at in self.rows(
                "SELECT incident, day, organization, auth, received_after FROM incident_day")])

    def sums_of_domains(self):
        """Of all organizations: sessions of domains (incident 0), failed ones of incidents."""
        sums = {}
        for (day, domain, _, auth), counts in self.totals.daily_total.items():
            row = sums.setdefault((day, domain, 0, auth), [0, 0, 0])
            row[:] = map(add, row, counts)
        for key, days in self.totals.incidents.items():
            for (day, _, auth), (reports, failed) in days.items():
                row = sums.setdefault((day, key[0], key, auth), [0, 0, 0])
                row[:] = map(add, row, (reports, 0, failed))
        return [(*key, *row) for key, row in sums.items()]

    def roughly_equal_sums(self):
        """Sums of an incident over 2^53 are floating point; of the others each unit counts."""
        place = COLUMNS["incidents"].index("failed_sessions")
        actual = {row[0]: row for row in self.actual("incidents")}
        wanted = []
        for row in self.wanted["incidents"]:
            other = actual.get(row[0], row)[place]
            if COUNT_MAX < row[place] and abs(row[place] - other) <= row[place] // 2**48:
                row = *row[:place], other, *row[place + 1:]
            wanted.append(row)
        return wanted, actual.values()

    def check_quarantine(self):
        wanted, digests = [], collections.Counter()
        for number, received_at, reason, detail, sender, subject, stored, digest, content in \
                self.rows("SELECT id, received_at, reason, detail, sender, subject, stored_size,"
                          " digest, content FROM quarantine"):
            message, trailing = gunzip(content)
            wanted.append((number, received_at, reason, null(detail), null(sender), null(subject),
                           len(message)))
            if message.startswith(b"From "):
                message = message.partition(b"\n")[2]
            digests[digest] += 1
            if hashlib.sha256(message).digest() != digest or digests[digest] > 1:
                self.differs(f"quarantined {number}: its digest is wrong")
            if trailing or stored != len(content) or reason not in REASONS:
                self.differs(f"quarantined {number}: stored size {stored}, reason {reason}")
        self.compare("quarantined", wanted, self.actual("quarantined"))

    def check_schema(self):
        """Every view, and every column of it, is one that is compared."""
        views = {name for name, in self.rows("SELECT name FROM sqlite_master WHERE type = 'view'")}
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
