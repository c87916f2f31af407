#!/usr/bin/env python3
"""For each limit a message at it, one past it, and one that exceeds it by as much as the other
limits let through: exit code, what is in the store, and the memory and CPU that both processes
took.  Of the Release binary.  TAP on standard output."""

import base64
import gzip
import hashlib
import os
import quopri
import sqlite3
import subprocess
import sys
import tempfile

INGEST = os.path.join(os.environ["BIN"], "tlsrpt-ingest")
KIB, MIB = 1 << 10, 1 << 20
MEMORY = 256_000_000  # of both processes together
SUPERVISOR = 12 * MIB  # more than it ever has
CPU_S = 1.0  # for a message that is refused

tests = 0
failed = 0
worst = (0, "")


def ok(good, name, why=""):
    global tests, failed
    tests += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {tests} - {name}" + ("" if good else f"\n# {why}"),
          flush=True)


class Result:
    """One delivery to a store of its own."""

    def __init__(self, message, config=""):
        with tempfile.TemporaryDirectory(prefix="tlsrpt-test.") as folder:
            with open(f"{folder}/conf", "w") as file:
                file.write(config)
            with open(f"{folder}/message", "wb") as file:
                for chunk in [message] if isinstance(message, bytes) else message:
                    file.write(chunk)
            with open(f"{folder}/message", "rb") as stdin:
                child = subprocess.run(
                    ["time", "-q", "-f", "%M %U %S", "-o", f"{folder}/usage", INGEST,
                     "-c", f"{folder}/conf", "--db", f"{folder}/db"],
                    stdin=stdin, stderr=subprocess.PIPE)
            self.error = child.stderr.decode()
            self.code = child.returncode
            with open(f"{folder}/usage") as file:
                most, user, system = file.read().split()
            self.cpu = float(user) + float(system)
            # Of the larger process; the other one is the supervisor.
            self.memory = int(most) * 1024 + SUPERVISOR
            self.rows = {"reports": 0, "policies": 0, "failures": 0, "findings": 0, "incidents": 0}
            self.reason = None
            self.codes = set()
            if os.path.exists(f"{folder}/db"):
                db = sqlite3.connect(f"{folder}/db")
                for view in self.rows:
                    self.rows[view] = db.execute(f"SELECT count(*) FROM {view}").fetchone()[0]
                kept = db.execute("SELECT reason FROM quarantined").fetchone()
                self.reason = kept and kept[0]
                self.codes = {row[0] for row in db.execute("SELECT code FROM findings")}
                db.close()

    def check(self, name, good):
        global worst
        worst = max(worst, (self.memory, name))
        ok(good and self.memory <= MEMORY, name,
           f"exit {self.code}, {self.rows}, quarantine {self.reason}, findings {self.codes}, "
           f"{self.memory / MIB:.0f} MiB, {self.cpu:.2f} s: {self.error}")
        print(f"# {self.memory / MIB:.0f} MiB, {self.cpu:.2f} s", flush=True)


def stored(name, message, config="", codes=(), **rows):
    result = Result(message, config)
    rows.setdefault("reports", 1)
    result.check(name, result.code == 0 and result.reason is None
                 and all(result.rows[view] == n for view, n in rows.items())
                 and set(codes) <= result.codes)


def kept(name, reason, message, config="", reports=0):
    result = Result(message, config)
    result.check(name, result.code == 0 and result.reason == reason
                 and result.rows["reports"] == reports and result.cpu <= CPU_S)


def refused(name, message, config=""):
    result = Result(message, config)
    result.check(name, result.code == 65 and result.reason is None and result.rows["reports"] == 0
                 and result.error.startswith("tlsrpt-ingest: refused: "))


def report(policies='[{"policy":{"policy-type":"sts","policy-string":["mode: enforce"],'
                    '"policy-domain":"example.com","mx-host":["mx.example.com"]},"summary":{'
                    '"total-successful-session-count":1,"total-failure-session-count":0}}]',
           extra="", identity="limits"):
    return ('{"organization-name":"Example","date-range":{"start-datetime":'
            '"2026-11-01T00:00:00Z","end-datetime":"2026-11-01T23:59:59Z"},"contact-info":'
            '"tls@example.net","report-id":"%s"%s,"policies":%s}' % (identity, extra, policies)
            ).encode()


def policy(failures="", domain="example.com", failed=0):
    return ('{"policy":{"policy-type":"sts","policy-string":["mode: enforce"],"policy-domain":"%s",'
            '"mx-host":["mx.example.com"]},"summary":{"total-successful-session-count":1,'
            '"total-failure-session-count":%d},"failure-details":[%s]}' % (domain, failed, failures))


HEAD = (b"From: reports@example.net\nTo: tls@example.com\nSubject: limits\n"
        b"TLS-Report-Domain: example.com\nTLS-Report-Submitter: example.net\nMIME-Version: 1.0\n")


def part(content, kind=b"application/tlsrpt+gzip", headers=b""):
    if kind == b"application/tlsrpt+gzip":
        content = gzip.compress(content, 6, mtime=0)
    return (b"--b\nContent-Type: " + kind + b"\n" + headers
            + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(content))


def mail(*parts, headers=b""):
    """Each of parts begins with its delimiter."""
    return (HEAD + headers + b"Content-Type: multipart/report; report-type=tlsrpt; boundary=b\n\n"
            + b"".join(parts) + b"--b--\n")


def text_part(content):
    return b"--b\nContent-Type: text/plain\n\n" + content


good = part(report())


def limit_message():
    size = 32 * MIB
    plain = mail(good, text_part(b"\n"))
    lines = (b"x" * 75 + b"\n") * ((size - len(plain)) // 76)
    padding = lines + b"y" * (size - len(plain) - len(lines))
    at = mail(good, text_part(padding + b"\n"))
    assert len(at) == size
    stored("message at its limit", at)
    refused("message one past its limit", at + b"\n")
    refused("message a thousand times its limit", (b"x" * MIB for _ in range(1000)),
            "[limits]\nmessage=1M\n")


def limit_dash_lines():
    plain = mail(good, text_part(b""))
    lines = sum(line.startswith(b"--") for line in plain.split(b"\n"))
    stored("dash-lines at the limit", mail(good, text_part(b"--\n" * (20000 - lines))))
    kept("dash-lines one past", "over-limit", mail(good, text_part(b"--\n" * (20001 - lines))))
    kept("dash-lines: 31 MiB of them", "over-limit",
         mail(good, text_part(b"--\n" * (31 * MIB // 3))))
    kept("dash-lines: 31 MiB of delimiters", "over-limit",
         mail(good, b"--b\n" * (31 * MIB // 4)))


def limit_header_lines():
    def lines(n):
        plain = mail(good, text_part(b""))
        own = sum(b":" in line.split(b" ")[0] for line in plain.split(b"\n"))
        return mail(good, text_part(b"X:\n" * (n - own)))
    stored("header-lines at the limit", lines(20000))
    kept("header-lines one past", "over-limit", lines(20001))
    kept("header-lines: 8 MiB of them", "over-limit", lines(8 * MIB // 3))
    kept("header-lines: 30 MiB of them", "over-limit", lines(30 * MIB // 3))


def limit_header_field():
    def field(size):
        return mail(good, headers=b"X: " + b"y" * (size - 4) + b"\n")
    stored("header-field at the limit", field(65536))
    kept("header-field one past", "over-limit", field(65537))
    kept("header-field: 31 MiB", "over-limit", field(31 * MIB))
    folded = b"X:" + b" y\n" * (65536 // 3 - 1)
    stored("header-field of many lines", mail(good, headers=folded))
    kept("header-field of more lines", "over-limit", mail(good, headers=b"X:" + b" y\n" * 65536))
    for size in (4, 31):
        parameters = b"; a=b" * (size * MIB // 5)
        kept(f"header-field: {size} MiB of parameters", "over-limit",
             HEAD + b"Content-Type: text/plain" + parameters + b"\n\n")
    # As many parameters as the limit lets through.
    result = Result(HEAD + b"Content-Type: text/plain" + b"; a=b" * (65000 // 5) + b"\n\n")
    result.check("header-field full of parameters",
                 result.code == 0 and result.reason == "unread-report")


def limit_header_fields():
    def fields(n):
        own = mail(good).split(b"\n\n")[0].count(b"\n") + 1
        return mail(good, headers=b"X:\n" * (n - own))
    stored("header-fields at the limit", fields(2000))
    kept("header-fields one past", "over-limit", fields(2001))
    # Names of one hash in GMime, which counts 31 for the first of two characters.
    names = [b"".join(b"!^" if number >> bit & 1 else b"\"?" for bit in range(14)) + b":\n"
             for number in range(7800)]
    for title, each in ("in one header", len(names)), ("in several", 1950):
        headers = [b"".join(names[at:at + each]) for at in range(0, len(names), each)]
        result = Result(mail(*[part(report(identity=f"fields-{i}"), headers=header)
                               for i, header in enumerate(headers)]))
        result.check(f"header-fields of one hash, {title}", result.code == 0
                     and (result.rows["reports"] == len(headers)) == (each < len(names))
                     and result.cpu <= CPU_S)


def limit_body():
    """What only looks like a header: reports that are not encoded, on one line and on many."""
    failure = '{"result-type":"certificate-expired","sending-mta-ip":"192.0.2.1",' \
        '"receiving-mx-hostname":"mx.example.com","failed-session-count":1}'
    value = report("[" + policy(",".join([failure] * 4000)) + "]")
    for title, kind, content in (
            ("a report on one line", b"8bit", value),
            ("a report on lines of its own", b"8bit", value.replace(b",", b",\n")),
            ("a report as quoted-printable", b"quoted-printable", quopri.encodestring(value))):
        stored(f"no header: {title}", mail(
            b"--b\nContent-Type: application/tlsrpt+json\nContent-Transfer-Encoding: " + kind
            + b"\n\n" + content + b"\n"))


def limit_header():
    """All headers together; of fields one kind after the other that costs most to take apart."""
    def fields(size):
        n = size - sum(len(line) + 1 for line in mail(good).split(b"\n")
                       if b":" in line.split(b" ")[0])
        full = b"X: " + b"y" * 1020 + b"\n"
        return mail(good, headers=full * (n // 1024) + b"X:" + b"y" * (n % 1024 - 3) + b"\n")
    stored("header at the limit", fields(256 * KIB))
    kept("header one past", "over-limit", fields(256 * KIB + 1))

    def many(name, unit, n):
        line = unit * (900 // len(unit))
        field = b"\n ".join([name + b":"] + [line] * (64000 // (len(line) + 2)))
        return HEAD + (field + b"\n") * n + b"\n"
    for name, unit in ((b"From", b"a@b.test, "), (b"From", b"a:b@c.test,"), (b"From", b"("),
                       (b"From ", b"a@b.test, "), (b"To", b"a@b.test, "), (b"Subject", b"\xe9 "),
                       (b"Subject", b"=?utf-8?Q?a?= "), (b"Received", b"by a.test "),
                       (b"Authentication-Results", b"a; dkim=pass "), (b"References", b"<a@b> "),
                       (b"Content-Type", b"; a=b"), (b"Content-Type", b"; a*0=b"),
                       (b"Content-Disposition", b"; a=b"), (b"Message-ID", b"<a@b> ")):
        title = f"header: {name.decode()} with {unit.decode('latin-1').strip()}"
        # As much as the limit lets through, of a message that GMime gets whole.
        result = Result(many(name, unit, 4).replace(b"MIME", b"X(: 1\nMIME"))
        result.check(title, result.code == 0 and result.reason == "unread-report"
                     and result.cpu <= CPU_S)
        kept(f"{title}: 400 fields", "over-limit", many(name, unit, 400))
        kept(f"{title}: 400 fields in an enclosed message", "over-limit",
             HEAD + b"Content-Type: message/rfc822\n\nX-A : b\n" + many(name, unit, 400))


def limit_mime_depth():
    def nested(depth):
        message = HEAD
        for i in range(depth):
            message += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i)
        message += b"Content-Type: application/tlsrpt+json\n\n" + report() + b"\n"
        for i in reversed(range(depth)):
            message += b"--b%d--\n" % i
        return message
    stored("mime-depth at the limit", nested(32))
    kept("mime-depth one past", "over-limit", nested(33))
    result = Result(nested(9000))
    result.check("mime-depth: 9000 multiparts", result.code == 0 and result.rows["reports"] == 0
                 and result.reason in ("over-limit", "too-costly", "unread-report"))
    messages = HEAD + b"Content-Type: message/rfc822\n\n" * 19000 + b"\nx\n"
    result = Result(messages)
    result.check("mime-depth: 19000 messages", result.code == 0 and result.rows["reports"] == 0
                 and result.reason in ("over-limit", "too-costly", "unread-report"))


def limit_mime_parts():
    def parts(n):  # the multipart counts, too
        return mail(good, *[text_part(b"x\n")] * (n - 2))
    stored("mime-parts at the limit", parts(1000))
    kept("mime-parts one past", "over-limit", parts(1001))
    kept("mime-parts: 19000", "over-limit", parts(19000))


def limit_reports():
    def reports(n):
        return mail(*[part(report(identity=f"limits-{i}")) for i in range(n)])
    stored("reports at the limit", reports(16), reports=16)
    kept("reports one past", "over-limit", reports(17))
    kept("reports: 900 where one may be", "over-limit", reports(900), "[limits]\nreports=1\n")


def limit_report():
    size = 16 * MIB
    one = report()
    at = one + b" " * (size - len(one))
    stored("report at the limit of its size", mail(part(at)))
    kept("report one past", "over-limit", mail(part(at + b" ")))
    stored("bare report at the limit of its size", at)
    kept("bare report one past", "over-limit", at + b" ")
    zeros = gzip.compress(bytes(MIB), 9, mtime=0)
    # gzip data may have many members: a bomb of any size, fast to make.
    bomb = base64.encodebytes(zeros * 1024)
    head = b"--b\nContent-Type: application/tlsrpt+gzip\nContent-Transfer-Encoding: base64\n\n"
    message = mail(head + bomb)
    assert len(message) < 1.6 * MIB
    kept(f"report: 1 GiB in a message of {len(message) / MIB:.1f} MiB", "over-limit", message)
    kept("report: 16 GiB", "over-limit", mail(head + base64.encodebytes(zeros * 16384)))


def limit_json_depth():
    def deep(n):  # the report's own object counts
        return mail(part(report(extra=',"x":' + "[" * (n - 1) + "]" * (n - 1))))
    stored("json-depth at the limit", deep(32))
    kept("json-depth one past", "over-limit", deep(33))
    kept("json-depth: 32000", "over-limit", deep(32000))
    kept("json-depth: 8 million", "over-limit", deep(8_000_000))


def values_in(text):
    import json
    count = [0, 0]

    def walk(value):
        count[0] += 1
        if isinstance(value, (dict, list)):
            count[1] += 1
            for inner in value.values() if isinstance(value, dict) else value:
                walk(inner)
    walk(json.loads(text))
    return count


def limit_json_values():
    own = values_in(report(extra=',"x":[]'))[0]

    def values(n, one="0"):
        return mail(part(report(extra=',"x":[' + ",".join([one] * (n - own)) + "]")))
    stored("json-values at the limit", values(600000))
    stored("json-values at the limit, strings", values(600000, '"0123456789"'))
    kept("json-values one past", "over-limit", values(600001))
    kept("json-values: 8 million", "over-limit", values(8_000_000))


def limit_json_objects():
    own = values_in(report(extra=',"x":[]'))[1]

    def objects(n, one="{}"):
        return mail(part(report(extra=',"x":[' + ",".join([one] * (n - own)) + "]")))
    stored("json-objects at the limit", objects(70000))
    stored("json-objects at the limit, arrays", objects(70000, "[]"))
    stored("json-objects and json-values at the limit",
           objects(69000, '{"a":0,"b":0,"c":0,"d":0,"e":0,"f":0,"g":0}'))
    kept("json-objects one past", "over-limit", objects(70001))
    kept("json-objects: 16 MiB of {},", "over-limit", objects(16 * MIB // 3 - 200))
    # An array is taken apart into as many as may be reports.
    kept("json-objects: 16 MiB of {}, bare", "not-report",
         b"[" + b"{}," * (16 * MIB // 3 - 10) + b"{}]")


def limit_policies():
    def policies(n):
        return mail(part(report(policies="[" + ",".join(["{}"] * n) + "]")))

    def real(n):
        return mail(part(report(policies="[" + ",".join(
            policy(domain=f"d{i}.example.com") for i in range(n)) + "]")))
    stored("policies at the limit", real(5000), policies=5000)
    kept("policies one past", "over-limit", real(5001))
    kept("policies: 69000", "over-limit", policies(69000))


def failure(i=0, mx="mx.example.com", extra=""):
    return ('{"result-type":"certificate-expired","sending-mta-ip":"192.0.2.%d",'
            '"receiving-mx-hostname":"%s","receiving-ip":"198.51.100.1",'
            '"failed-session-count":1%s}' % (i % 256, mx, extra))


def limit_failures():
    def failures(n, one=failure):
        rows = ",".join(one(i) for i in range(n))
        return mail(part(report(policies="[" + policy(rows, failed=n - 1) + "]")))
    stored("failure-details at the limit", failures(50000), failures=50000, incidents=1,
           codes=["sum-exceeds-total"])
    kept("failure-details one past", "over-limit", failures(50001))
    kept("failure-details: 69000", "over-limit", failures(69000, lambda i: "{}"))


def limit_incidents():
    def incidents(n):
        rows = ",".join(failure(i, f"mx{i}.example.com") for i in range(n))
        return mail(part(report(policies="[" + policy(rows, failed=n) + "]")))
    stored("incidents at the limit", incidents(200), incidents=200, failures=200)
    stored("incidents one past", incidents(201), incidents=201, failures=201,
           codes=["incidents-folded"])
    # Their MX names are more new text than a message may bring.
    stored("incidents: 50000", incidents(50000), incidents=201, failures=201,
           codes=["incidents-folded", "left-to-raw"])


def limit_findings():
    # A finding for each row, and one for the sum.
    def findings(n):
        rows = ",".join(failure(i, extra=',"failure-reason-code":null') for i in range(n - 1))
        return mail(part(report(policies="[" + policy(rows) + "]")))
    stored("findings at the limit", findings(200), findings=200)
    stored("findings one past", findings(201), findings=201, codes=["more-findings"])
    stored("findings: 50000", findings(50000), findings=201, codes=["more-findings"])


def limit_string():
    def reason(size):
        row = failure(extra=',"failure-reason-code":"%s"' % ("r" * size))
        return mail(part(report(policies="[" + policy(row) + "]")))
    stored("string at the limit", reason(4096), findings=1)
    stored("string one past", reason(4097), findings=2, codes=["cut"])
    stored("string: 4 MB", reason(4_096_000), findings=2, codes=["cut"])


def limit_lines():
    def lines(n):
        text = ",".join(['"mx: %s"' % ("m" * 59)] * n)  # 64 bytes a line with its end
        one = policy().replace('["mode: enforce"]', f"[{text}]")
        return mail(part(report(policies=f"[{one}]")))
    stored("lines at the limit", lines(1024), findings=0)
    stored("lines one past", lines(1025), findings=1, codes=["cut"])
    stored("lines: 200000", lines(200000), findings=1, codes=["cut"])
    # Text that is an array is unwrapped only where it is short.
    inner = "[" + "{}," * 5_000_000 + "{}]"
    one = policy().replace('["mode: enforce"]', f'["{inner}"]')
    stored("lines: 15 MB of JSON in a string", mail(part(report(policies=f"[{one}]"))),
           codes=["cut"])


def limit_message_inflated():
    def reports(sizes):
        return mail(*[part(one + b" " * (size - len(one))) for size, one in zip(
            sizes, (report(identity=f"inflated-{i}") for i in range(16)))])
    stored("message-inflated at the limit", reports([16 * MIB] * 2), reports=2)
    result = Result(reports([16 * MIB, 16 * MIB - 1000, 1001]))
    result.check("message-inflated one past: the rest is stored", result.code == 0
                 and result.reason == "over-limit" and result.rows["reports"] == 2)
    result = Result(reports([16 * MIB] * 16))
    result.check("message-inflated: 16 reports of 16 MiB", result.code == 0
                 and result.reason == "over-limit" and result.rows["reports"] == 2
                 and result.cpu <= CPU_S)
    zeros = gzip.compress(bytes(MIB), 9, mtime=0)
    bomb = (b"--b\nContent-Type: application/tlsrpt+gzip\nContent-Transfer-Encoding: base64\n\n"
            + base64.encodebytes(zeros * 20))
    kept("message-inflated: 900 parts of 20 MiB", "over-limit", mail(*[bomb] * 900),
         "[limits]\nmime-parts=2000\ndash-lines=30000\nreports=1000\n")


def limit_message_failures():
    def reports(*rows):
        row = '{"result-type":"certificate-expired","failed-session-count":1}'
        return mail(*[part(report(identity=f"rows-{i}", policies="[" + policy(
            ",".join([row] * n), failed=n) + "]")) for i, n in enumerate(rows)])
    stored("message-failure-details at the limit", reports(30000, 30000), "[limits]\ngrowth=1000\n",
           failures=60000, reports=2)
    # The last report is added up: one MX.
    stored("message-failure-details one past", reports(30000, 30001), "[limits]\ngrowth=1000\n",
           failures=30001, reports=2, codes=["left-to-raw"])
    stored("message-failure-details: 12 times 40000", reports(*[40000] * 12), failures=40011,
           reports=12, incidents=1, codes=["left-to-raw"])


def limit_new_text():
    def texts(n):
        # A thousand bytes each that do not compress to less than a half.
        rows = ",".join(failure(i % 250, extra=',"failure-reason-code":"%s"' % "".join(
            hashlib.sha512(b"%d %d" % (i, j)).hexdigest() for j in range(8))[:1000])
            for i in range(n))
        return mail(part(report(policies="[" + policy(rows, failed=n) + "]")))
    stored("new-text near the limit", texts(250), failures=250)
    stored("new-text past it", texts(270), failures=1, codes=["left-to-raw"])
    stored("new-text: 16 MB", texts(12000), failures=1, codes=["left-to-raw"])
    # As much more for each policy: a first report of a hoster.
    hoster = "[" + ",".join(policy(domain=f"customer{i}.example.com").replace(
        '"mode: enforce"', '"version: STSv1","mode: enforce","mx: mx%d.example.net"' % i)
        for i in range(5000)) + "]"
    stored("new-text: a hoster's first report", mail(part(report(policies=hoster))),
           policies=5000)


def limit_growth():
    rows = ",".join(["{}"] * 49000)
    many = [part(report(identity=f"growth-{i}", policies="[" + policy(rows, failed=49000) + "]"))
            for i in range(3)]
    stored("growth: a report of empty rows is added up", mail(many[0]), failures=0,
           codes=["left-to-raw"])
    stored("growth: three of them", mail(*many), failures=0, reports=3, codes=["left-to-raw"])
    policies = "[" + ",".join(["{}"] * 4900) + "]"
    kept("growth: 16 reports of 4900 empty policies", "too-costly", mail(*[
        part(report(identity=f"growth-{i}", policies=policies)) for i in range(16)]))


for case in (limit_message, limit_message_inflated, limit_message_failures, limit_new_text,
             limit_growth, limit_dash_lines, limit_header_lines, limit_header_field,
             limit_header_fields, limit_header, limit_body, limit_mime_depth, limit_mime_parts,
             limit_reports, limit_report, limit_json_depth, limit_json_values,
             limit_json_objects, limit_policies, limit_failures, limit_incidents, limit_findings,
             limit_string, limit_lines):
    if len(sys.argv) < 2 or case.__name__ == f"limit_{sys.argv[1]}":
        case()
print(f"# most memory: {worst[0] / MIB:.0f} MiB, for {worst[1]}")
print(f"1..{tests}")
sys.exit(failed > 0)
