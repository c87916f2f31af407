#!/usr/bin/env python3
"""A PostgreSQL that is away, full, read-only, has no connection left, is slow or cuts the line at any
byte: 75 in time, and once after redelivery.  What others do at the same time is no failure.  And no
password is ever said."""
import json
import os
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.environ["TESTS"], "oracle"))
from tap import BIN, ENVIRONMENT, INGEST, Tap, skip  # noqa: E402

from proxy import Proxy  # noqa: E402
from server import Server, find_programs  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")
BUDGET = 8
SECRET = "S3cr3tWord"


def report(number, domain="example.com"):
    """A report with 7 sessions, of which 2 failed."""
    return json.dumps({
        "organization-name": "Relay", "report-id": f"r{number}", "contact-info": "tls@relay.example",
        "date-range": {"start-datetime": "2026-11-10T00:00:00Z",
                       "end-datetime": "2026-11-10T23:59:59Z"},
        "policies": [{
            "policy": {"policy-type": "no-policy-found", "policy-domain": domain},
            "summary": {"total-successful-session-count": 5, "total-failure-session-count": 2},
            "failure-details": [{
                "result-type": "starttls-not-supported", "sending-mta-ip": "192.0.2.1",
                "receiving-mx-hostname": f"mx.{domain}", "failed-session-count": 2,
                "failure-reason-code": f"because of {number % 7}"}]}]}).encode()


class Test:
    def __init__(self):
        self.tap, self.number = Tap(), 0
        self.server = Server(self.tap.path("pg"), "max_connections=40")
        self.proxy = Proxy(self.tap.path("proxy"), self.server.folder)
        self.ingest(None, "--init")
        self.server.ask("CREATE ROLE mailer LOGIN IN ROLE tlsrpt_deliver;"
                        "CREATE ROLE reader LOGIN IN ROLE tlsrpt_read;"
                        "CREATE ROLE asker LOGIN IN ROLE tlsrpt_query")
        self.uri = self.server.uri("mailer")

    def ingest(self, message, *options, uri=None, program=INGEST):
        command = self.tap.command(uri or (self.server.uri() if "--init" in options else self.uri),
                                   *options, program=program)
        command.remove("--quiet")
        return subprocess.run(command, input=message, capture_output=True, env=ENVIRONMENT)

    def next(self):
        self.number += 1
        return report(self.number)

    def stored(self, number):
        return self.server.ask(f"SELECT count(*) FROM reports WHERE report_id = 'r{number}'").strip()

    def fails(self, name, undo, wanted="", uri=None):
        """A delivery is tried again in time; and once nothing is wrong any longer, it is stored once."""
        message, began = self.next(), time.monotonic()
        result = self.ingest(message, uri=uri)
        took = time.monotonic() - began
        text = result.stderr.decode()
        undo()
        again = self.ingest(message)
        self.tap.ok(result.returncode == 75 and took < BUDGET and wanted in text
                    and again.returncode == 0 and self.stored(self.number) == "1",
                    f"{name}: 75, and once after redelivery", result.returncode, took, text,
                    again.returncode, again.stderr.decode(), self.stored(self.number))

    def check_sums(self, name):
        """Each report that is there counts once."""
        sums = self.server.ask(
            "SELECT count(*), count(*) * 7, count(*) * 2 FROM reports;"
            "SELECT sum(reports), sum(sessions), sum(failed_sessions) FROM daily_total;"
            "SELECT sum(reports), sum(successful_sessions + failed_sessions), sum(failed_sessions)"
            " FROM daily; SELECT count(*), 7 * count(*), sum(failed_sessions) FROM failures;"
            "SELECT sum(reports), 7 * sum(reports), sum(failed_sessions) FROM incident_days").split()
        self.tap.ok(len(set(sums)) == 1, f"{name}: each counts once", *sums)


def is_away(test):
    server = test.server
    server.stop()
    test.fails("the server is away", server.start)
    server.ask("ALTER ROLE mailer SET default_transaction_read_only = on")
    test.fails("a database that may only be read", lambda: server.ask(
        "ALTER ROLE mailer RESET default_transaction_read_only"), "read-only")
    server.ask("ALTER ROLE mailer CONNECTION LIMIT 0")
    test.fails("no connection is left",
               lambda: server.ask("ALTER ROLE mailer CONNECTION LIMIT -1"), "too many connections")
    server.ask("ALTER ROLE mailer SET synchronous_commit = off")
    test.fails("a commit that is not durable",
               lambda: server.ask("ALTER ROLE mailer RESET synchronous_commit"),
               "synchronous_commit is off")
    test.fails("a role that may only read the views", lambda: None, "permission denied",
               server.uri("reader"))
    test.fails("a role that may only read", lambda: None, "permission denied", server.uri("asker"))
    locker = subprocess.Popen(["psql", "-X", "-q", "-d", server.uri()], stdin=subprocess.PIPE)
    locker.stdin.write(b"BEGIN; LOCK TABLE tlsrpt.version;\n")
    locker.stdin.flush()
    while "AccessExclusiveLock" not in server.ask("SELECT mode FROM pg_locks WHERE granted"):
        time.sleep(0.05)

    def unlock():
        locker.stdin.close()
        locker.wait()
    test.fails("a lock that lasts", unlock)
    # A statement that waits at the server, as for a slow disk.
    plant(test, "PERFORM pg_sleep(20);")
    test.fails("a server that is slow", lambda: unplant(test))
    plant(test, "RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full';")
    test.fails("a disk that is full", lambda: unplant(test), "no space")


def plant(test, what):
    test.server.ask(
        "CREATE SEQUENCE public.planted; GRANT USAGE ON SEQUENCE public.planted TO PUBLIC;"
        f"CREATE FUNCTION public.plant() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}"
        " RETURN NEW; END $$;"
        "CREATE TRIGGER planted BEFORE INSERT ON report FOR EACH ROW EXECUTE FUNCTION public.plant()")


def unplant(test):
    test.server.ask("DROP FUNCTION public.plant() CASCADE; DROP SEQUENCE public.planted")


def is_tried_again(test):
    """What another writer causes is tried again at once, from the look-up on."""
    for code in ("40001", "40P01", "23505", "23503"):
        plant(test, "IF nextval('public.planted') < 4 THEN"
              f" RAISE EXCEPTION 'planted' USING ERRCODE = '{code}'; END IF;")
        result = test.ingest(test.next())
        tries = test.server.ask("SELECT last_value FROM public.planted").strip()
        unplant(test)
        test.tap.ok(result.returncode == 0 and tries == "4" and test.stored(test.number) == "1",
                    f"{code} three times: stored at the fourth try", result.returncode, tries,
                    result.stderr.decode())
    plant(test, "RAISE EXCEPTION 'planted' USING ERRCODE = '40001';")
    test.fails("40001 for ever", lambda: unplant(test), "planted")


def is_cut(test):
    """The line is cut, on the way there and on the way back."""
    test.proxy.reset()
    test.ingest(test.next(), uri=test.proxy.uri("mailer"))
    lengths = {"cut_sent": test.proxy.sent, "cut_answered": test.proxy.answered}
    steps = 40
    for way, length in lengths.items():
        bad, codes = [], []
        for step in range(steps):
            # The last bytes are those of the commit.
            at = length * step // (steps - 20) if step < steps - 20 else length - 3 * (steps - step)
            message = test.next()
            test.proxy.reset(**{way: min(at, length)})
            first = test.ingest(message, uri=test.proxy.uri("mailer")).returncode
            second = test.ingest(message).returncode
            codes.append(first)
            if first not in (0, 75) or second != 0 or test.stored(test.number) != "1":
                bad.append((at, first, second, test.stored(test.number)))
        test.tap.ok(not bad and 75 in codes, f"{way} at {steps} places of {length} bytes:"
                    f" 75 {codes.count(75)} times, and once after redelivery", bad)
    test.proxy.reset()


def is_shared(test):
    """Many deliver at once, some the same; and prune collects what no report names any longer."""
    messages = []
    for i in range(60):
        test.number += 1
        messages += [report(test.number, f"d{i % 5}.example")] * (2 if i % 6 == 0 else 1)
    codes, waits = [], []

    def deliver(some):
        for message in some:
            began = time.monotonic()
            codes.append(test.ingest(message).returncode)
            waits.append(time.monotonic() - began)
    writers = [threading.Thread(target=deliver, args=(messages[i::8],)) for i in range(8)]
    for writer in writers:
        writer.start()
    prunes = []
    while any(writer.is_alive() for writer in writers):
        prunes.append(subprocess.run(
            [TLSRPT, "prune", "--config", test.tap.path("empty.conf"), "--db", test.uri, "--keep",
             "90d", "--now", "1795435200"], capture_output=True, env=ENVIRONMENT))
    for writer in writers:
        writer.join()
    test.tap.ok(set(codes) == {0}, f"{len(messages)} deliveries of 8 writers beside {len(prunes)}"
                f" prunes are stored, the slowest in {max(waits):.2f} s", sorted(codes))
    test.tap.ok(all(prune.returncode == 0 for prune in prunes), "and the prunes work",
                *[prune.stderr.decode() for prune in prunes if prune.returncode != 0][:1])
    lost = test.server.ask(
        "SELECT count(*) FROM policy LEFT JOIN domain ON domain.id = policy_domain"
        " WHERE domain.id IS NULL; SELECT count(*) FROM failure LEFT JOIN reason"
        " ON reason.id = reason WHERE reason.id IS NULL;"
        "SELECT count(*) FROM report LEFT JOIN sender ON sender.id = sender WHERE sender.id IS NULL")
    test.tap.ok(lost.split() == ["0", "0", "0"], "no name is missing", lost)


def is_secret(test):
    wrong = [f"postgresql://mailer:{SECRET}@/postgres?host={test.server.folder}",
             f"postgresql://mailer@/postgres?host={test.server.folder}&password={SECRET}",
             f"postgresql://mailer:{SECRET}@host:port/postgres", f"postgresql://[{SECRET}/x",
             f"postgres:{SECRET}", f"postgresql://x/%zz{SECRET}",
             f"postgresql://x@nowhere.invalid/y?sslpassword={SECRET}"]
    said = []
    for uri in wrong:
        for command in (test.tap.command(uri, "-v"), test.tap.command(uri, "--init"),
                        [TLSRPT, "status", "--config", test.tap.path("empty.conf"), "--db", uri]):
            result = subprocess.run(command, input=test.next(), capture_output=True, env=ENVIRONMENT)
            text = (result.stdout + result.stderr).decode()
            if SECRET in text or result.returncode == 0:
                said.append((command, result.returncode, text))
        test.number -= 3
    test.tap.ok(not said, f"{len(wrong)} URIs with a secret are refused, and none is said", *said[:2])


def is_a_module(test):
    alone = test.tap.path("alone")
    os.mkdir(alone)
    copy = shutil.copy(INGEST, alone)
    result = test.ingest(test.next(), program=copy)
    test.number -= 1
    test.tap.ok(result.returncode == 75 and b"tlsrpt-ingest-pgsql" in result.stderr,
                "without the module the package is named", result.stderr.decode())
    result = subprocess.run(
        test.tap.command(test.tap.path("lite.db")), input=report(1), capture_output=True,
        env={**ENVIRONMENT, "LD_DEBUG": "files"})
    test.tap.ok(result.returncode == 0 and b"libsqlite3" in result.stderr
                and b"libpq" not in result.stderr and b"tlsrpt-pgsql" not in result.stderr,
                "a store in a file loads nothing of it")


def is_made_by_hand(test):
    """What --print-sql prints makes the same, by psql, and may be run again."""
    script = test.ingest(None, "--init", "--print-sql").stdout.decode()
    test.server.ask("CREATE DATABASE other")
    uri = test.server.uri().replace("/postgres?", "/other?")
    codes = [subprocess.run(["psql", "-X", "-q", "-d", uri], input=script, capture_output=True,
                            text=True) for _ in range(2)]
    found = test.ingest(None, "--init", "-v", uri=uri)
    delivered = test.ingest(report(1), uri=uri.replace("postgres@", "mailer@"))
    test.tap.ok([code.returncode for code in codes] == [0, 0] and b"was there" in found.stderr
                and delivered.returncode == 0, "--print-sql, by psql, twice",
                *[code.stderr for code in codes], found.stderr, delivered.stderr)
    may = subprocess.run([TLSRPT, "summary", "--config", test.tap.path("empty.conf"), "--db",
                          test.server.uri("asker")], capture_output=True, env=ENVIRONMENT)
    test.tap.ok(may.returncode == 0, "a role that may only read can ask", may.stderr.decode())
    try:
        content = test.server.ask("SELECT count(*) FROM reports; SELECT count(*) FROM raw", "reader")
    except RuntimeError as problem:
        content = str(problem)
    test.tap.ok("permission denied for table raw" in content and
                int(test.server.ask("SELECT count(*) FROM reports", "reader")) > 0,
                "one that may read the views can do no more", content)


def main():
    if find_programs() is None:
        skip("no PostgreSQL")
    test = Test()
    try:
        is_away(test)
        is_tried_again(test)
        is_cut(test)
        test.check_sums("after all that")
        is_shared(test)
        test.check_sums("after the storm")
        is_secret(test)
        is_a_module(test)
        is_made_by_hand(test)
    finally:
        test.proxy.close()
        test.server.stop()
    test.tap.finish()


main()
