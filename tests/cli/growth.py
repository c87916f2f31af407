#!/usr/bin/env python3
"""What strangers send costs in proportion to its size.

Each case is made in two sizes, one four times the other.  The CPU time of the larger one, less what
an empty one takes, is held against that of the smaller one: four where it is linear, sixteen where
it is quadratic.  Names are such that all of them have the same g_str_hash(), the hash of djb, and
header fields such that they have the same one in GMime.  Of the Release binary.
"""
import base64
import gzip
import json
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from tap import BIN, ENVIRONMENT, INGEST, Tap  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
TODAY = int(time.time()) // 86400
RATIO = 9  # between linear and quadratic, with room for what sorts and for a busy machine
FLOOR_S = 0.02  # less than this is not measured
RUNS = 2  # the better of which counts
HEAD = b"From: reports@example.net\nSubject: x\nMIME-Version: 1.0\n"


def collisions(n, blocks=("Ez", "FY"), pairs=16):
    """Texts that differ in blocks of two characters with 33 * first + second the same."""
    return ["".join(blocks[number >> pair & 1] for pair in range(pairs)) for number in range(n)]


def domains(n):
    """33 * "a" + "r" is 33 * "c" + "0"."""
    return [name + ".test" for name in collisions(n, ("ar", "c0"))]


def failure(mx="mx.test", result="certificate-expired"):
    return {"result-type": result, "receiving-mx-hostname": mx, "failed-session-count": 1}


def policy(domain="a.test", kind="sts", failures=(), **more):
    return {"policy": dict({"policy-type": kind, "policy-domain": domain}, **more),
            "summary": {"total-successful-session-count": 1,
                        "total-failure-session-count": len(failures)},
            "failure-details": list(failures)}


def report(policies, name="r", day=1, organization="O", **more):
    date = time.strftime("%Y-%m-%d", time.gmtime((TODAY - day) * 86400))
    return dict({"organization-name": organization, "report-id": name, "policies": policies,
                 "date-range": {"start-datetime": date + "T00:00:00Z",
                                "end-datetime": date + "T23:59:59Z"}}, **more)


def mail(value, head=HEAD):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return (head + b"Content-Type: application/tlsrpt+gzip\nContent-Transfer-Encoding: base64\n\n"
            + base64.encodebytes(gzip.compress(body, 6, mtime=0)))


# One message: what the larger one is made of, and a function that makes it.
MESSAGES = {
    "keys of an object": (30000, lambda n: mail(
        report([policy()], **{key: 1 for key in collisions(n)}))),
    "policy domains": (5000, lambda n: mail(report([policy(name) for name in domains(n)]))),
    "policy types": (5000, lambda n: mail(
        report([policy(kind=name) for name in collisions(n)]))),
    "MX names": (40000, lambda n: mail(
        report([policy(failures=[failure(name) for name in domains(n)])]))),
    "result types": (40000, lambda n: mail(
        report([policy(failures=[failure(result=name) for name in collisions(n)])]))),
    "addresses that are none": (40000, lambda n: mail(report([policy(failures=[
        dict(failure(), **{"sending-mta-ip": name, "receiving-ip": name})
        for name in collisions(n)])]))),
    "lines of a policy": (100000, lambda n: mail(
        report([policy(**{"policy-string": [f"mx: {i}" for i in range(n)]})]))),
    "TLSA records": (100000, lambda n: mail(report(
        [policy(kind="tlsa", **{"policy-string": [f"3 1 1 {i:064x}" for i in range(n)]})]))),
    "MX hosts of a policy": (100000, lambda n: mail(
        report([policy(**{"mx-host": [f"m{i}.test" for i in range(n)]})]))),
    "one key again and again": (400000, lambda n: mail(
        b'{' + b'"a":1,' * n + json.dumps(report([policy()])).encode()[1:])),
    "a string of escapes": (1000000, lambda n: mail(report([policy(failures=[
        dict(failure(), **{"additional-information": "\x01\u202e" * n})])]))),
    "blanks around the JSON": (8000000, lambda n: mail(
        b" " * n + json.dumps(report([policy()])).encode() + b" " * n)),
    "lines of a body": (30000000, lambda n: HEAD + b"\n" + b"\n" * n),
    "a line before the message": (30000000, lambda n: b"From " + b" " * n + b"\n" + HEAD + b"\nx\n"),
    "words of a subject": (240000, lambda n: HEAD + (b"X: " + b"\xe9 " * 900 + b"\nSubject: "
                                                    + b"\xe9 " * 900 + b"\n") * (n // 3600) + b"\nx\n"),
}


def boxes(n, line):
    return b"From a@b.test Mon Nov  2 00:00:00 2026\n" + HEAD + b"\n" + line * n


# One mbox file.
MBOXES = {
    "blanks of a From line": (1000000, lambda n: boxes(10, b"x\nFrom " + b" " * (n // 10) + b"\nA: b\n")),
    "From lines that begin no message": (1000000, lambda n: boxes(n, b"From x\n")),
    "quoted From lines": (1000000, lambda n: boxes(n, b">From x\n")),
    "signs of quoting": (8000000, lambda n: boxes(1, b">" * n + b"From x\n")),
    "empty lines": (16000000, lambda n: boxes(n, b"\n")),
    "blanks": (16000000, lambda n: boxes(n, b" ")),
}


def hashed_alike(n):
    """Report-ids with one FNV-1a hash, of which the store has 24 bits in an index: blocks again, of
    which each next one starts from where the one before has ended."""
    state, blocks = 2166136261, []
    while 1 << len(blocks) < n:
        seen = {}
        for number in range(1 << 24):
            text, value = f"{number:05x}", state
            for byte in text.encode():
                value = (value ^ byte) * 16777619 & 0xffffffff
            if value in seen:
                break
            seen[value] = text
        blocks.append((seen[value], text))
        state = value
    return ["".join(block[number >> place & 1] for place, block in enumerate(blocks))
            for number in range(n)]


def in_reports(names, make, each=200, days=(1, 2)):
    return [report(make(names[at:at + each]), f"r{day}-{at}", day)
            for day in days for at in range(0, len(names), each)]


def testing(names):
    terms = ["version: STSv1", "mode: testing", "max_age: 86400", "mx: *.mx.test"]
    return [report([policy(failures=[failure(f"m{i}.test")], **{"policy-string": terms})],
                   f"r{i}", 1 + i % 3, name) for i, name in enumerate(names)]


def texts(names):
    return [policy(**{"policy-string": ["version: STSv1", "mode: enforce", "max_age: 1",
                                        "mx: " + name]}) for name in names]


# Many reports, and the commands that read them.
STORES = {
    "failing domains": (5000, lambda n: in_reports(
        domains(n), lambda names: [policy(name, failures=[failure()]) for name in names])),
    "organizations": (4000, lambda n: testing(collisions(n))),
    "MX names of a domain": (12000, lambda n: in_reports(
        domains(n), lambda names: [policy(failures=[failure(name) for name in names])])),
    "result types of a domain": (12000, lambda n: in_reports(
        collisions(n),
        lambda names: [policy(failures=[failure(result=name) for name in names])])),
    "policies of a domain": (10000, lambda n: in_reports(domains(n), texts, days=(1,))),
    "TLSA records of a domain": (10000, lambda n: in_reports(
        [f"3 1 1 {i:064x}" for i in range(n)],
        lambda names: [policy(kind="tlsa", **{"policy-string": [name]}) for name in names],
        days=(1,))),
    "silent domains": (2000, lambda n: in_reports(
        domains(n), lambda names: [policy(name) for name in names], 1000, range(7, 20))
        + [report([policy("z.test")], "live", 0, "P")]),
    "report-ids of one hash": (3000, lambda n: [
        report([policy()], name, 1 + i % 3) for i, name in enumerate(hashed_alike(n))]),
    "one report-id": (4000, lambda n: [
        report([policy(f"d{i}.test")], "same", 1 + i % 3) for i in range(n)]),
}
COMMANDS = [["check"], ["summary", "--since", "30d"], ["failures", "--since", "30d"],
            ["digest", "--format", "html"], ["digest", "--format", "json"],
            ["policy", "--since", "30d", "--format", "json"], ["reports", "--since", "30d"],
            ["export", "--since", "30d"]]


class Growth:
    def __init__(self):
        self.tap = Tap()
        self.worst = (0, "")

    @staticmethod
    def wanted(name):
        return len(sys.argv) < 2 or name in sys.argv[1:]

    def cpu(self, command, message=None, codes=(0, 1, 2, 3)):
        best = None
        for _ in range(RUNS):
            with open(message or os.devnull, "rb") as stdin:
                child = subprocess.Popen(command, stdin=stdin, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.PIPE, env=ENVIRONMENT)
                error = child.stderr.read()
                child.stderr.close()
                _, status, usage = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode not in codes:
                return None, error
            took = usage.ru_utime + usage.ru_stime
            best = took if best is None else min(best, took)
        return best, b""

    def compare(self, name, measures):
        """What nothing, the smaller and the larger one took."""
        if any(took is None for took, _ in measures):
            self.tap.ok(False, name, measures)
            return
        nothing, small, large = (took for took, _ in measures)
        ratio = (large - nothing) / max(small - nothing, FLOOR_S)
        self.worst = max(self.worst, (ratio, name))
        self.tap.ok(ratio <= RATIO, f"{name}: four times as much takes {ratio:.1f} times as long",
                    f"{nothing:.3f} s, {small:.3f} s, {large:.3f} s")

    def deliver(self, command, content, name="in"):
        """A delivery, to a new store each time, so that it is never known already."""
        path = self.tap.path(name)
        with open(path, "wb") as file:
            file.write(content)
        shell = 'rm -rf "$0"; mkdir "$0"; exec "$@"'
        db = self.tap.path("store")
        return self.cpu(["sh", "-c", shell, db, *self.tap.command(os.path.join(db, "x.db")),
                         *([path] if command == "mbox" else [])],
                        None if command == "mbox" else path, (0, 65))

    def check_deliveries(self, kind, cases):
        for name, (n, make) in cases.items():
            if not self.wanted(name):
                continue
            self.compare(name, [self.deliver(kind, make(size)) for size in (n // 1000, n // 4, n)])

    def fill(self, name, reports):
        folder = self.tap.path(name)
        os.mkdir(folder)
        for number, value in enumerate(reports):
            with open(os.path.join(folder, f"{number:06}.json"), "w") as file:
                json.dump(value, file)
        db = self.tap.path(name + ".db")
        took = self.cpu(["sh", "-c", 'rm -f "$0" "$0"-*; exec "$@"', db,
                         *self.tap.command(db, "--jobs", "1", folder)], codes=(0,))
        shutil.rmtree(folder)
        return db, took

    def check_stores(self):
        for name, (n, make) in STORES.items():
            if not self.wanted(name):
                continue
            stores = [self.fill(f"s{size}", make(size)) for size in (n // 100, n // 4, n)]
            self.compare(f"{name}: taken in", [took for _, took in stores])
            for command in COMMANDS:
                self.compare(f"{name}: {' '.join(command)}", [
                    self.cpu([TLSRPT, *command, "--config", self.tap.path("empty.conf"), "--db", db])
                    for db, _ in stores])

    def main(self):
        self.check_deliveries("message", MESSAGES)
        self.check_deliveries("mbox", MBOXES)
        self.check_stores()
        self.tap.say(f"most: {self.worst[0]:.1f}, {self.worst[1]}")
        self.tap.finish()


if __name__ == "__main__":
    Growth().main()
