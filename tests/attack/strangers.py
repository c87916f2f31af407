#!/usr/bin/env python3
"""What a stranger mails changes nothing of what the operator is told.

    strangers.py [ATTACK...]

Two stores get the same genuine mail, one of them an attack besides: what check, summary and alert say
of what is genuinely wrong is compared, and what is said besides.  Where DESIGN's rules let an attack
change something, LIMITS has what it changes, so that it is never more.
"""
import concurrent.futures
import contextlib
import os
import re
import shutil
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "simulation"))
from delivery import Delivery, Tap, fast_folder  # noqa: E402
from attacks import (ATTACKS, EXPIRED, MISMATCH, STRIPPED, Attacker, false_alarm, giant_success,  # noqa: E402
                     patience, testing_daily)
from genuine import (BROKEN, DAY, DOMAINS, LISTED, NOW, REPAIRED, RESOLVED, TODAY, VERIFIER, damaged_mail,
                     genuine_mail)  # noqa: E402

SPLIT = (TODAY - 13) * DAY  # what came before is in all stores
SETTINGS = (f"[ingest]\ntrusted-authserv-ids = {VERIFIER}\nown-domains = {' '.join(DOMAINS)}\n"
            "{more}[limits]\nquarantine = 400K\n[incidents]\n{incidents}")
BELIEVE = {
    "default": ("", ""),
    "listed": ("", f"believe = listed\nreporters = {' '.join(LISTED)}\n"),
    "require-auth": ("require-auth = true\n", ""),
}
MODES = ["unsigned", "signed", "patient"]
TIMES, BESIDES = 32, 128 << 10  # of its size, and besides, may a message add to the store

# Who signs is believed by default, and with require-auth.  His sessions are in the figures that are shown
# once his reports have come on three days; alarms go by others, see src/view/share.c and DESIGN section 5.
NO_COUNTS = {"quarantine flood", "copy first, contact aligned"}
NO_COUNTS_AT_FIRST = {"same-day testing mode", "one success", "name of another organization", "foreign policies",
                      "giant success count", "daily testing policy", "one key, many names",
                      "backdated in one minute"}
# What else an attack changes where it changes something, by attack and mode.
LIMITS = {
    # What is no pattern is told with the glitches.
    ("growth", "signed"): "counts; validation-failure is told, glitch",
    ("growth", "patient"): "counts; validation-failure is told, glitch",
    # That it began long ago; not whether it is an alarm.
    ("2^52 in the baseline", "signed"): "late True",
    ("2^52 in the baseline", "patient"): "late True",
    # What was resolved is wrong again; an alarm, if somebody says so whose word counts, by the days after that.
    ("reopening what is resolved", "signed"): "counts; level glitch; state recurring; why glitch",
    ("reopening what is resolved", "patient"): "counts; level glitch; state recurring; why glitch",
    # What one alone sees can warn.
    ("false alarm", "signed"): "certificate-host-mismatch is told, warning",
    ("false alarm", "patient"): "certificate-host-mismatch is told, warning; counts",
}


def limit(attack, mode, believe):
    if mode == "unsigned" or believe == "listed":
        return ""
    if mode == "signed" and attack in NO_COUNTS_AT_FIRST:
        return ""
    return LIMITS.get((attack, mode), "" if attack in NO_COUNTS else "counts")


# --- what is said

# Of a problem: what the operator acts by, and what is only counted.
ACTS = ["severity", "level", "state", "why", "mode", "late", "learning"]
COUNTS = ["failed_sessions", "sessions", "failed_share", "reporters", "reasons", "result_types", "since",
          "last_seen", "meaning", "note"]
SUMS = ["sessions", "failed_sessions", "failed_share", "learning"]  # of a domain


GENUINE = re.compile(r" \((" + "|".join(LISTED) + r")\)")


class Said:
    """What check, summary and alert say of a store."""

    def __init__(self, store):
        self.code, check = store.json("check", NOW)
        _, summary = store.json("summary", NOW)
        _, alert = store.json("alert", NOW, "--dry-run", "--from", "a@example.net", "--to", "b@example.net")
        self.domains = {row["policy_domain"]: [row[column] for column in SUMS] for row in summary["domains"]}
        self.rows = {"check": self.by_key(check["problems"]), "alert": self.by_key(alert["changes"]),
                     "summary": self.by_key(summary["problems"])}

    @classmethod
    def by_key(cls, rows):
        """What is told, in its order; without what is only unverified, which is no alarm."""
        return {cls.key(row): row for row in rows
                if row.get("unverified") is not True and row.get("why") != "unverified"}

    @staticmethod
    def key(row):
        if str(row.get("problem") or "").startswith("s"):
            who = row.get("reporters") or row.get("witness") or row.get("title")
            return "silence", plain(who)
        cause = row.get("cause") or row.get("kind")
        return cause, row.get("policy_domains")


def plain(value):
    """Without the genuine domain that a name has beside it where several sign under it."""
    return GENUINE.sub("", value) if isinstance(value, str) else value


def first_mx(row):
    return (row.get("receiving_mx_hostnames") or "").split("\n")[0]


def row_changes(before, after):
    """What an attack has changed in a row."""
    found = {f"{column} {after.get(column)}" for column in ACTS if before.get(column) != after.get(column)}
    if first_mx(before) != first_mx(after):
        found.add("MX")
    if any(plain(before.get(column)) != plain(after.get(column)) for column in COUNTS):
        found.add("counts")
    return found


def changes(before, after):
    """What an attack has changed, as words: nothing is the best."""
    found = set() if after.code == before.code else {f"exit {after.code}"}
    for name, ours in before.rows.items():
        theirs = after.rows[name]
        for key, row in ours.items():
            found |= row_changes(row, theirs[key]) if key in theirs else {f"{key[0]} is hidden"}
        found |= {f"{key[0]} is told, {(row.get('severity') or row.get('level') or '').lower()}"
                  for key, row in theirs.items() if key not in ours}
        if [key for key in theirs if key in ours] != [key for key in ours if key in theirs]:
            found.add("order")
    if any(before.domains[domain] != after.domains.get(domain) for domain in before.domains):
        found.add("counts")
    return found


# --- two runs

class Run:
    """A store that gets the genuine mail, and an attack, in the order of time."""

    def __init__(self, tap, name, believe, base=None):
        more, incidents = BELIEVE[believe]
        self.store = Delivery(tap, name + ".db", SETTINGS.format(more=more, incidents=incidents))
        self.tap, self.box = tap, tap.path(name + ".mbox")
        self.grown = self.allowed = 0
        if base is not None:
            shutil.copyfile(base, self.store.db)

    def take(self, genuine, now):
        """The genuine mail that has come by then, in bulk."""
        due = [message for at, message in genuine if at <= now]
        if due:
            with open(self.box, "wb") as file:
                file.writelines(b"From bounces@example.com Thu Jan  1 00:00:00 2026\n" + message + b"\n"
                                for message in due)
            self.call([self.box], None, now, (0,))
        return genuine[len(due):]

    def call(self, arguments, message, now, codes):
        done = self.store.run([*self.tap.command(self.store.db, "--config", self.store.config), *arguments],
                              now, message)
        if done.returncode not in codes:
            raise AssertionError(f"tlsrpt-ingest ended with {done.returncode}: {done.stderr!r}")
        return done.returncode

    def used(self):
        with contextlib.closing(sqlite3.connect(self.store.db)) as db:
            return (db.execute("PRAGMA page_count").fetchone()[0]
                    - db.execute("PRAGMA freelist_count").fetchone()[0]) * 4096

    def attack(self, message, now):
        """The mail system keeps what ends with 75: nothing is lost, and nothing is added."""
        before = self.used()
        self.call([], message, now, (0, 75))
        self.grown += self.used() - before
        self.allowed += TIMES * len(message) + BESIDES

    def resolve(self):
        """The operator does, on RESOLVED, what was repaired then."""
        at = RESOLVED * DAY + 14 * 3600
        _, answer = self.store.json("check", at)
        number = [row["problem"] for row in answer["problems"] if row["policy_domains"] == REPAIRED]
        code, _, errors = self.store.ask("resolve", at, number[0], "repaired", "--author", "anna")
        if code != 0:
            raise AssertionError(errors)

    def go(self, genuine, attack=()):
        events = [(at, lambda at=at, message=message: self.attack(message, at)) for at, message in attack]
        events += [(RESOLVED * DAY + 14 * 3600, self.resolve)]
        events += [(at, lambda at=at, message=message: self.call([], message, at, (0,)))
                   for at, message in damaged_mail()]
        for at, event in sorted(events, key=lambda one: one[0]):
            genuine = self.take(genuine, at)
            event()
        self.take(genuine, NOW)
        return Said(self.store)

    def kept(self):
        """What genuine senders have in quarantine."""
        with contextlib.closing(sqlite3.connect(self.store.db)) as db:
            return db.execute("SELECT count(*) FROM quarantined WHERE auth_domain = 'google.com'").fetchone()[0]


class Strangers:
    def __init__(self, names):
        self.tap = Tap(fast_folder())
        self.names = names or list(ATTACKS)
        self.cells = {}  # (attack, mode, believe) to what was changed, or to what went wrong

    def base(self):
        """A store with all that came before SPLIT, and the genuine mail after it."""
        mail = genuine_mail()
        run = Run(self.tap, "base", "default")
        self.rest = run.take(mail, SPLIT)
        return run.store.db

    def cell(self, base, before, attack, mode, believe):
        attacker = Attacker(mode != "unsigned")
        messages = (patience(attacker) if mode == "patient" else []) + ATTACKS[attack](attacker)
        run = Run(self.tap, f"{attack}-{mode}-{believe}".replace(" ", "-").replace("^", ""), believe, base)
        found = changes(before[believe], run.go(self.rest, messages))
        if run.grown > run.allowed:
            found.add(f"grown by {run.grown} of {run.allowed}")
        if run.kept() != 1:
            found.add("genuine mail in quarantine is lost")
        return "; ".join(sorted(found))

    def main(self):
        base = self.base()
        before = {believe: Run(self.tap, f"genuine-{believe}", believe, base).go(self.rest)
                  for believe in BELIEVE}
        self.sound(before)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            cells = {(attack, mode, believe): pool.submit(self.cell, base, before, attack, mode, believe)
                     for attack in self.names for mode in MODES for believe in BELIEVE}
            for (attack, mode, believe), cell in cells.items():
                found, wanted = cell.result(), limit(attack, mode, believe)
                self.cells[attack, mode, believe] = found
                self.tap.ok(found == wanted, f"{attack}, {mode}, {believe}: {found or 'held'}", f"wanted: {wanted}")
        if len(self.names) == len(ATTACKS):
            self.limits(base)
        self.table()
        self.tap.finish()

    def several(self, base, n, attack):
        """What check says where n domains are patient: the level by cause."""
        run = Run(self.tap, f"{attack.__name__}-{n}", "default", base)
        attackers = [Attacker(True, f"evil{i}.test") for i in range(n)]
        messages = [one for attacker in attackers for one in patience(attacker) + attack(attacker)]
        return run, {key[0]: row["severity"] for key, row in run.go(self.rest, messages).rows["check"].items()}

    def limits(self, base):
        """What several patient domains can do together, and no fewer."""
        for n, expired, stripped in [(1, "CRITICAL", "CRITICAL"), (2, "CRITICAL", "CRITICAL"),
                                     (3, "CRITICAL", "WARNING"), (4, "WARNING", None)]:
            _, levels = self.several(base, n, giant_success)
            self.tap.ok((levels.get(EXPIRED), levels.get(STRIPPED)) == (expired, stripped),
                        f"{n} who say that all is well: half of all fails, {expired}; a tenth, {stripped}", levels)
        for n, level in [(1, "WARNING"), (2, "CRITICAL")]:
            _, levels = self.several(base, n, false_alarm)
            self.tap.ok(levels.get(MISMATCH) == level, f"{n} who raise a false alarm: {level}", levels)
        self.policy(base)

    def policy(self, base):
        """One patient domain puts its policy beside the others', under its own name; the mode stays."""
        run, levels = self.several(base, 1, testing_daily)
        _, answer = run.store.json("policy", NOW, "--domain", BROKEN)
        seen = {row["mode"]: row for row in answer["policies"]}
        self.tap.ok(seen["testing"]["seen_by"] == "evil0.test" and seen["testing"]["current"] == 1,
                    "policy has what one patient domain says of it as the newest, with its name", seen)
        self.tap.ok("Google Inc." in seen["enforce"]["seen_by"] and levels[EXPIRED] == "CRITICAL",
                    "what others see stays beside it, and mail counts as held", seen, levels)

    def sound(self, before):
        """That without an attack the operator is told what is wrong."""
        for believe, said in before.items():
            told = sorted((row["severity"], key[0]) for key, row in said.rows["check"].items())
            self.tap.ok(told == [("CRITICAL", EXPIRED), ("CRITICAL", STRIPPED), ("WARNING", "silence")],
                        f"{believe}: without an attack", told)

    def table(self):
        self.tap.say(f"{'':30}" + "".join(f"{mode:33}" for mode in MODES))
        self.tap.say(f"{'':30}" + "".join(f"{believe[:10]:11}" for _ in MODES for believe in BELIEVE))
        for attack in self.names:
            self.tap.say(f"{attack:30}" + "".join(
                f"{self.word(self.cells[attack, mode, believe]):11}" for mode in MODES for believe in BELIEVE))

    @staticmethod
    def word(found):
        return {"": "held", "counts": "counts"}.get(found, "limit")


if __name__ == "__main__":
    Strangers(sys.argv[1:]).main()
