#!/usr/bin/env python3
"""Random sequences of deliveries to fresh stores, of prunes, retries, reprocessing and notes between
them: afterwards the oracle agrees.

    sequences.py [--seed N] [--first I] [--count N] [--deliveries M] [--only I]

A sequence is made from the seed and its number alone; --only runs that one, and keeps its folder.
Beside the oracle, which starts from what the store has taken in, a model that knows what was sent
says which reports and messages are to be there.
"""
import argparse
import gzip
import hashlib
import multiprocessing
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import oracle  # noqa: E402
from generator import START, Generator, Message, Part, is_report, key_of  # noqa: E402
from rebuild import Context, rebuild  # noqa: E402
from tap import BIN, ENVIRONMENT, SANITIZED, Tap, fast_folder  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
LABELLED = ["application/tlsrpt+gzip", "application/tlsrpt+gzip", "application/tlsrpt+json",
            "application/tlsrpt", "Application/TLSRPT+JSON"]
UNWANTED = "foreign"  # with the configuration that wants no report of these
WHOLE, PRUNED, DROPPED = range(3)  # states of a report
GENERAL = ["application/octet-stream", "application/json", "application/gzip",
           "application/x-gzip"]


class Sender:
    """Who has sent something: what the message says beside it, and what vouches for it."""

    RANKS = ["fail", "none", "unchecked", "https", "pass"]

    def __init__(self, beside, auth, domain):
        self.beside, self.auth, self.domain = beside, auth, domain

    def rank(self, contact, reporters):
        rank = self.RANKS.index(self.auth)
        if self.auth != "pass":
            return rank
        if any(f".{self.domain}".endswith(f".{name}") for name in reporters):
            return rank + 2
        name = contact.rpartition("@")[2].lower()
        longer, shorter = sorted((name, self.domain), key=len, reverse=True)
        return rank + ("@" in contact and "." in shorter and f".{longer}".endswith(f".{shorter}"))


class Entry:
    """A report that is stored, or was."""

    def __init__(self, number, sender, contact):
        self.number, self.sender, self.contact, self.state = number, sender, contact, WHOLE


class Item:
    """A report on its way, as the independent reader reads it."""

    def __init__(self, key, report, beside, vouchers):
        self.key, self.report, self.beside, self.vouchers = key, report, beside, vouchers

    def sender(self, trusting):
        return Sender(self.beside, *self.vouchers[trusting])

    def unwanted(self, setup, trusting):
        """The reason why the operator does not want it, or None."""
        auth, domain = self.vouchers[trusting]
        name = ".".join(domain.split(".")[-2:]) if auth == "pass" else (
            self.report.organization.lower())
        if name in setup.ignored:
            return "ignored"
        return None if not setup.own or self.report.policies else "foreign"


class Setup:
    """What the configuration of a sequence says."""

    def __init__(self, rng):
        self.own = rng.choice([(), (), (), ("example.org",), ("xn--bcher-kva.example", "example.net")])
        self.ignored = rng.choice([(), (), ("alpha.example",), ("beta inc.",), ("gämma", "beta.example")])
        self.reporters = rng.choice([(), ("beta.example",)])

    def text(self, trusting):
        return (("[ingest]\ntrusted-authserv-ids=mx.test\n" if trusting else "[ingest]\n")
                + f"own-domains={' '.join(self.own)}\n[incidents]\n"
                  f"ignore-reporters={'; '.join(self.ignored)}\nreporters={' '.join(self.reporters)}\n")


class Model:
    """What is to be in the store after what was sent."""

    def __init__(self, setup):
        self.setup = setup
        self.reports = {}  # key to Entry
        self.quarantine = {}  # digest to (reason, sender, subject, size)
        self.refused = {}  # digest to what is in the message: each an Item, or a reason
        self.came = []  # numbers of the reports that came to count since somebody asked

    def find_worse(self, item, trusting):
        """The entry whose place a report would take."""
        entry = self.reports.get(item.key)
        if entry is None or entry.state == PRUNED:
            return None
        rank = item.sender(trusting).rank(item.report.contact_info, self.setup.reporters)
        worse = entry.sender.rank(entry.contact, self.setup.reporters) < rank
        return entry if worse else None

    def store(self, item, trusting):
        sender, contact = item.sender(trusting), item.report.contact_info
        worse = self.find_worse(item, trusting)
        if item.key not in self.reports:
            number = max((entry.number for entry in self.reports.values()), default=0) + 1
            self.reports[item.key] = Entry(number, sender, contact)
        elif worse:
            worse.sender, worse.contact, worse.state = sender, contact, WHOLE
        else:
            return
        self.came.append(self.reports[item.key].number)

    def take(self, things, trusting, strict=False):
        """Stores the reports of a message; returns the first reason why it goes to quarantine."""
        reasons = []
        for thing in things:
            reason = thing if isinstance(thing, str) else (
                UNWANTED if strict else thing.unwanted(self.setup, trusting))
            if reason:
                reasons.append(reason)
            else:
                self.store(thing, trusting)
        return reasons[0] if reasons else None

    def keep(self, text, reason, sender, subject, things):
        bare = text.partition(b"\n")[2] if text.startswith(b"From ") else text
        digest = hashlib.sha256(bare).hexdigest()
        if digest not in self.quarantine:
            self.quarantine[digest] = reason, sender, subject, len(text)
            self.refused[digest] = things

    def retry(self):
        """All that is in quarantine is tried again, in turn, and now nobody is trusted."""
        for digest, (_, *rest) in list(self.quarantine.items()):
            reason = self.take(self.refused[digest], False)
            if reason:
                self.quarantine[digest] = reason, *rest
            else:
                del self.quarantine[digest]

    def differences(self, db):
        entries = sorted(self.reports.values(), key=lambda entry: entry.number)
        wanted = [(entry.number, *entry.sender.beside, entry.sender.auth, entry.sender.domain)
                  for entry in entries if entry.state != DROPPED]
        actual = []
        for place, (gone, *row) in enumerate(db.execute(
                "SELECT pruned, id, submitter, from_domain, report_domain, raw.message_id, subject,"
                " file_name, media_type, is_report, sent_at, auth, auth_domain"
                " FROM reports LEFT JOIN raw ON raw.report = reports.id ORDER BY id")):
            if gone and place < len(wanted):
                row[4:10] = wanted[place][4:10]  # what is not kept
            actual.append(tuple(row))
        if actual != wanted:
            yield f"{len(wanted)} distinct reports, {len(actual)} stored"
            yield from (f"sent {a}, stored {b}" for a, b in zip(wanted, actual) if a != b)
        dropped = {number for number, in db.execute("SELECT id FROM report WHERE state = 2")}
        if dropped != {entry.number for entry in entries if entry.state == DROPPED}:
            yield f"dropped: {dropped}"
        kept = {digest: tuple(rest) for digest, *rest in db.execute(
            "SELECT lower(hex(digest)), quarantined.reason, quarantined.sender,"
            " quarantined.subject, quarantined.size"
            " FROM quarantined JOIN quarantined_row USING (id)")}
        if kept != self.quarantine:
            yield f"to be in quarantine: {self.quarantine}"
            yield f"in quarantine: {kept}"


class Delivery:
    """A message, and what is in it: each thing an Item or the reason why it is none."""

    def __init__(self, text, things, sender=None, subject=None):
        self.text, self.things, self.sender, self.subject = text, things, sender, subject
        self.trusting = self.strict = False


class Sequence:
    def __init__(self, tap, seed, number, deliveries):
        self.rng = random.Random(f"{seed} {number}")
        self.setup = Setup(self.rng)
        self.g, self.model, self.tap = Generator(self.rng), Model(self.setup), tap
        self.folder = tap.path(f"sequence-{seed}-{number}")
        self.db = os.path.join(self.folder, "db")
        self.command = tap.command(self.db)
        long = deliveries or self.rng.randint(25, 50)
        self.length = long if deliveries or number % 100 == 99 else self.rng.randint(3, 8)
        self.checks_each = self.rng.random() < 0.1
        self.sent, self.known = [], []
        self.repeatable = []  # deliveries that may come again
        self.memory = oracle.Memory()
        self.memory.own_domains = self.setup.own

    # --- one delivery

    def report(self):
        """A new report, one with the id of another, or one that was there."""
        draw = self.rng.random()
        if self.known and draw < 0.3:
            return self.rng.choice(self.known)
        if self.known and draw < 0.45:
            return self.g.changed(self.rng.choice(self.known))
        return self.g.report()

    def take_report(self):
        report = self.report()
        self.known.append(report)
        data = self.g.dump(report)
        return report, data, self.g.gzip(data) if self.g.chance(0.5) else data

    def item(self, report, data, beside, speaks_for, vouchers):
        submitter, from_domain, report_domain, _, subject, file_name, *_, sent_at = beside
        context = Context(submitter=submitter, from_domain=from_domain, report_domain=report_domain,
                          subject=subject, file_name=file_name, sent_at=sent_at,
                          received_at=int(time.time()), own_domains=self.setup.own)
        return Item(key_of(report, speaks_for), rebuild(data, context)[0], beside, vouchers)

    def bare(self):
        if self.g.chance(0.1):
            # Told from a message by its first byte.
            data = b""
            while data[:1] not in (b"{", b"\x1f"):
                data, reason = self.g.damaged(self.damaged_json())
            return Delivery(data, [reason])
        report, data, content = self.take_report()
        vouchers = {True: ("none", None), False: ("unchecked", None)}
        return Delivery(content, [self.item(report, data, (None,) * 7 + (0, 0), None, vouchers)])

    def damaged_json(self):
        return self.g.dump(self.g.report()).strip(b"\xef\xbb\xbf \r\n\t")

    def part(self):
        report, data, content = self.take_report()
        general = is_report(report, False) and self.g.chance(0.2)
        return Part(self.g, content, self.rng.choice(GENERAL if general else LABELLED),
                    self.g.file_name()), (report, data)

    def damaged_part(self):
        data, reason = self.g.damaged(self.damaged_json())
        return Part(self.g, data, self.rng.choice(LABELLED), self.g.file_name()), reason

    def message(self):
        message = Message(self.g, len(self.sent))
        makers = [self.damaged_part if self.g.chance(0.07) else self.part
                  for _ in range(self.rng.choice([1, 1, 1, 1, 2, 3]))]
        parts = [make() for make in makers] if self.g.chance(0.98) else []
        text = message.text([part for part, _ in parts])
        if self.g.chance(0.2):
            text = message.with_from_line(text)
        vouchers = {trusting: message.voucher(trusting) for trusting in (True, False)}
        things = [content if isinstance(content, str) else self.item(
            *content, message.beside(part), message.speaks_for(), vouchers)
            for part, content in parts]
        if not parts:
            things = ["unread-report" if message.claims(text) else "no-report"]
        return Delivery(text, things, message.sender, message.subject)

    def next(self):
        if self.repeatable and self.g.chance(0.12):
            return self.rng.choice(self.repeatable)  # the mail system tries again
        delivery = self.bare() if self.g.chance(0.2) else self.message()
        delivery.trusting, delivery.strict = self.g.chance(0.6), self.g.chance(0.05)
        return delivery

    def is_exact(self, entry, day=None):
        """Whether all that a report has counted can be taken back: not beside what was pruned.  The day
        is that on which what takes its place counts."""
        beside, = self.query(
            "SELECT count(*) FROM report p, report r, sender ps, sender rs, reporter pw, reporter rw"
            f" WHERE r.id = {entry.number} AND p.state = 1 AND ps.id = p.sender AND rs.id = r.sender"
            " AND pw.id = ps.reporter AND rw.id = rs.reporter"
            " AND (p.day = r.day OR pw.organization = rw.organization)")[0]
        # Nor where what is left of an incident may have been stated by one that was pruned.
        beside_left, = self.query(
            "SELECT count(*) FROM report p, incident_day d WHERE p.state = 1 AND p.day = d.day"
            " AND d.incident IN (SELECT own.incident FROM incident_day own, report r, sender rs"
            f" WHERE r.id = {entry.number} AND rs.id = r.sender AND own.day = r.day"
            " AND own.reporter = rs.reporter)")[0]
        beside_new, = self.query("SELECT count(*) FROM report WHERE state = 1 AND day ="
                                 f" {-1 if day is None else day}")[0]
        cut, = self.query(
            "SELECT count(*) FROM incident WHERE first_day < (SELECT coalesce(min(day), 99999999)"
            " FROM incident_day WHERE incident = incident.id)")[0]
        return beside == beside_left == beside_new == cut == 0

    def may_take(self, things, trusting):
        """Whether the outcome can be told; of a message some reports may take others' places."""
        items = [thing for thing in things if isinstance(thing, Item)]
        return all(worse is None or self.is_exact(worse, item.report.day) for worse, item in (
            (self.model.find_worse(item, trusting), item) for item in items))

    def note_came(self):
        """Reports that came to count, or whose place others took, since this was last asked."""
        for number in self.model.came:
            self.memory.counted[number] = len(self.memory.forgotten)
        self.memory.renumbered |= len(set(self.model.came)) < len(self.model.came) or any(
            number < max(self.model.came) for number in self.model.came)
        self.model.came.clear()

    def deliver(self, delivery):
        if not self.may_take(delivery.things, delivery.trusting):
            return []
        before = {entry.number for entry in self.model.reports.values()}
        reason = self.model.take(delivery.things, delivery.trusting, delivery.strict)
        if reason:
            self.model.keep(delivery.text, reason, delivery.sender, delivery.subject,
                            delivery.things)
        self.memory.renumbered |= any(number in before for number in self.model.came)
        self.note_came()
        self.sent.append(delivery.text)
        self.repeatable.append(delivery)
        name = self.tap.path("strict.conf") if delivery.strict else self.conf(delivery.trusting)
        command = [name if part == self.tap.path("empty.conf") else part for part in self.command]
        with open(os.path.join(self.folder, f"{len(self.sent)}.eml"), "wb") as file:
            file.write(delivery.text)
        done = subprocess.run(
            command, input=delivery.text, stderr=subprocess.PIPE, env=ENVIRONMENT)
        if done.returncode:
            return [f"delivery {len(self.sent)}: exit {done.returncode}: {done.stderr.decode()}"]
        return []

    def conf(self, trusting):
        return os.path.join(self.folder, "trusting.conf" if trusting else "plain.conf")

    def note(self):
        """What the operator says of incidents, for which there is no command yet."""
        db = sqlite3.connect(self.db)
        with db:
            for (incident,) in db.execute("SELECT id FROM incident LIMIT 5").fetchall():
                kind = self.rng.choice(["note", "resolve", "reopen"])
                db.execute("INSERT INTO note (incident, kind, author, at, text)"
                           " VALUES (?, ?, 'me', ?, ?)",
                           (incident, kind, self.rng.randint(1, 3),
                            self.rng.choice(["", "renewed", "again"])))
        db.close()

    # --- what the operator does

    def tlsrpt(self, *arguments):
        done = subprocess.run(
            [TLSRPT, *arguments, "--config", self.conf(False), "--db", self.db],
            stdin=subprocess.DEVNULL, capture_output=True, env=ENVIRONMENT)
        if done.returncode or done.stderr:
            return [f"tlsrpt {arguments}: exit {done.returncode}: {done.stderr.decode()}"]
        return []

    def query(self, text):
        db = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
        try:
            return db.execute(text).fetchall()
        finally:
            db.close()

    def prune(self):
        """Up to some day; what the reports said is looked at before."""
        problems = self.compare()
        before = START // 86400 + self.rng.choice([-1, 1, 2, 3, 11, 12, 14, 5000])
        totals = before - self.rng.choice([0, 0, 1, 2, 11, 800])
        now, keep = (before + 90) * 86400 + self.rng.randint(0, 86399), 90
        last, = self.query("SELECT coalesce(max(id), 0) FROM report")[0]
        lasting = [tuple(text or "" for text in key) for key in self.query(
            "SELECT policy_domain, policy_type, result_type, receiving_mx_hostname, kind FROM incidents"
            # The last one stays, so that its number is not given to another, and the first of a problem
            # that has another one.
            " WHERE id IN (SELECT incident FROM note) OR id = (SELECT max(id) FROM incidents)"
            " OR id IN (SELECT problem FROM incidents WHERE problem <> id)")]
        old = [digest for digest, in self.query(
            "SELECT lower(hex(digest)) FROM quarantined_row WHERE received_at < %d" % (before * 86400))]
        problems += self.tlsrpt("prune", "--now", str(now), "--keep", f"{keep}d", "--keep-totals",
                                f"{keep + before - totals}d")
        self.memory.forget_totals(last, totals, lasting)
        for digest in old:
            del self.model.quarantine[digest]
        pruned = {number for number, in self.query("SELECT id FROM report WHERE state = 1")}
        for entry in self.model.reports.values():
            entry.state = PRUNED if entry.number in pruned else entry.state
        left = self.query("SELECT count(*) FROM report WHERE state = 0 AND day < %d" % before)
        return problems + [f"not pruned: {left}"] * (left != [(0,)])

    def reprocess(self):
        """Changes nothing, since the program is the one that has stored it."""
        tables = [name for name, in self.query(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        tables.remove("version")  # which counts what other commands go by
        before = [self.query(f"SELECT * FROM {name}") for name in tables]
        problems = self.tlsrpt("reprocess")
        for name, rows in zip(tables, before):
            if self.query(f"SELECT * FROM {name}") != rows:
                problems.append(f"reprocess: {name} was other: {rows[:5]}")
        return problems

    def other_report(self, media_type):
        """One that was never sent, as a part of that type."""
        while True:
            report = self.g.report()
            if (media_type not in GENERAL or is_report(report, False)) and not any(
                    report == one for one in self.known):
                self.known.append(report)
                return report

    def call_otherwise(self, db):
        """As if the catalog had known another kind of cause for some incidents of failure rows."""
        db.execute("INSERT INTO kind (name) VALUES ('a former kind') ON CONFLICT DO NOTHING")
        for number, in db.execute(
                "SELECT id FROM incidents WHERE receiving_mx_hostname IS NOT '(many)' AND id IN"
                " (SELECT incident FROM failures)").fetchall():
            if self.g.chance(0.3):
                db.execute("UPDATE OR IGNORE incident SET kind = (SELECT id FROM kind WHERE name ="
                           " 'a former kind') WHERE id = ?", (number,))
        # And with it another problem.
        db.execute("UPDATE incident SET problem = (SELECT nullif(min(o.id), incident.id) FROM incident o"
                   " WHERE o.receiving_mx = incident.receiving_mx AND o.kind = incident.kind"
                   " AND (o.receiving_mx <> 1 OR o.policy_domain = incident.policy_domain))"
                   " WHERE kind = (SELECT id FROM kind WHERE name = 'a former kind')")

    def misread(self):
        """As if an older version had read something else in some reports: reprocess mends it."""
        if self.memory.forgotten or self.setup.own:
            return []  # of days that are not whole not all can be known; foreign ones are left alone
        self.memory.renumbered = True
        entries = {entry.number: (key, entry) for key, entry in self.model.reports.items()}
        db, old = sqlite3.connect(self.db), []
        for number, media_type, submitter, from_domain in db.execute(
                "SELECT report, media_type, submitter, from_domain FROM raw"
                " JOIN reports ON reports.id = raw.report").fetchall():
            if self.g.chance(0.5):
                continue
            report = self.other_report(media_type)
            if self.g.chance(0.3):
                report = self.g.changed(report)
            data = self.g.dump(report)
            db.execute("UPDATE raw SET content = ? WHERE report = ?", (gzip.compress(data), number))
            old += db.execute("SELECT digest FROM identity WHERE report = ?", (number,)).fetchall()
            entry = entries[number][1]
            entry.contact = rebuild(data, Context())[0].contact_info
            entries[number] = key_of(report, submitter or from_domain), entry
        self.call_otherwise(db)
        db.commit()
        problems = self.tlsrpt("reprocess")
        db.executemany("DELETE FROM identity WHERE digest = ?", old)
        db.commit()
        db.close()
        self.model.reports = dict(entries.values())
        return problems + self.compare() + self.reprocess()

    def retry(self):
        things = [thing for kept in self.model.quarantine for thing in self.model.refused[kept]]
        if not self.may_take(things, False):
            return []
        before = {entry.number for entry in self.model.reports.values()}
        self.model.retry()
        self.memory.renumbered |= any(number in before for number in self.model.came)
        self.note_came()
        return self.tlsrpt("quarantine", "retry")

    def drop(self):
        """One that is whole, or one that was dropped, to be forgotten; of a pruned one it is refused."""
        entries = sorted(self.model.reports.items(), key=lambda item: item[1].number)
        if not entries:
            return []
        key, entry = self.rng.choice(entries)
        forget = self.g.chance(0.4)
        command = ["drop", str(entry.number)] + ["--forget"] * forget
        if entry.state == PRUNED or (entry.state == DROPPED and not forget):
            problems = self.tlsrpt(*command)
            return [] if problems and "exit 2" in problems[0] else [f"{command} is not refused"]
        if entry.state == WHOLE and not self.is_exact(entry):
            return []
        problems = self.compare()  # what it says is to be known as long as it is remembered
        self.memory.renumbered = True
        if forget:
            del self.model.reports[key]
            self.memory.reports.pop(entry.number, None)
        else:
            entry.state = DROPPED
        return problems + self.tlsrpt(*command)

    def look_after(self):
        """Now and then."""
        problems = []
        if self.g.chance(0.02):
            self.note()
        for chance, action in ((0.06, self.prune), (0.04, self.reprocess), (0.06, self.retry),
                               (0.06, self.misread), (0.1, self.drop)):
            if not problems and self.g.chance(chance):
                problems = action()
        return problems

    # --- all of them

    def compare(self):
        db = sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)
        try:
            return oracle.check(self.db, self.memory) + list(self.model.differences(db))
        finally:
            db.close()

    def run(self):
        os.mkdir(self.folder)
        for trusting in True, False:
            with open(self.conf(trusting), "w") as file:
                file.write(self.setup.text(trusting))
        for number in range(self.length):
            problems = self.deliver(self.next()) or self.look_after()
            if not problems and (self.checks_each or number == self.length - 1):
                problems = self.compare()
            if problems:
                return problems
        return []

    def remove(self):
        shutil.rmtree(self.folder)


def run_one(arguments):
    tap, seed, number, deliveries, keeps = arguments
    sequence = Sequence(tap, seed, number, deliveries)
    try:
        problems = sequence.run()
    except Exception:  # a sequence that fails in itself must say which it was
        problems = [traceback.format_exc()]
    if not problems and not keeps:
        sequence.remove()
    return number, sequence.length, len(sequence.model.reports), problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=8460)
    parser.add_argument("--first", type=int, default=0, help="the number of the first sequence")
    parser.add_argument("--count", type=int, default=200 if SANITIZED else 2000)
    parser.add_argument("--deliveries", type=int, help="of each sequence, instead of a few")
    parser.add_argument("--only", type=int, help="the one sequence to run")
    options = parser.parse_args()

    tap = Tap(fast_folder())
    with open(tap.path("strict.conf"), "w") as file:
        file.write("[ingest]\nown-domains=other.example\n")
    numbers = [options.only]
    if options.only is None:
        numbers = range(options.first, options.first + options.count)
    jobs = [(tap, options.seed, number, options.deliveries, options.only is not None)
            for number in numbers]
    started, deliveries, reports, failed = time.monotonic(), 0, 0, []
    with multiprocessing.Pool(2) as pool:
        for number, length, distinct, problems in pool.imap_unordered(run_one, jobs, 16):
            deliveries, reports = deliveries + length, reports + distinct
            if problems:
                failed.append(number)
                tap.say(f"sequence {number} (--seed {options.seed} --only {number}):")
                for problem in problems[:12]:
                    tap.say(problem[:1500])
                if len(failed) >= 5:
                    pool.terminate()
                    break
    tap.ok(not failed, f"{len(jobs)} sequences agree with the oracle and the model",
           f"failed: {sorted(failed)}")
    tap.say(f"{deliveries} deliveries, {reports} distinct reports,"
            f" {time.monotonic() - started:.0f} s, seed {options.seed}")
    tap.finish(keep=options.only is not None)


if __name__ == "__main__":
    main()
