"""Random reports, and random ways to send one.

Few organisations, domains and days, so that reports meet in every total.  A value here is what
json would make of it; a string may hold bytes that are no UTF-8, as surrogate escapes.
"""
import base64
import copy
import email.utils
import gzip
import json
import re

from spelling import meant

ORGANIZATIONS = ["Alpha Mail", "Beta Inc.", "Gämma"]
DOMAINS = ["example.org", "example.net", "bücher.example", "Example.ORG.", "not a host"]
MX = ["mx1.example.org", "mx2.example.org", "MX1.example.org.", "(many)", "mx one", ".", "mx1.example.org.."]
TYPES = ["sts", "tlsa", "no-policy-found", "dane-ta"]
REASONS = ["X509_V_ERR_CERT_HAS_EXPIRED", "X509_V_ERR_HOSTNAME_MISMATCH", "X509_V_ERR_DANE_NO_MATCH",
           "self-signed_certificate", "invalid peer certificate: Expired", "MX_HOSTS_MISMATCH",
           "x509: certificate has expired or is not yet valid", "mtasts-policy-mx-mismatch",
           "4.7.5 [internal] SSL certificate subject does not match host", "EOF", "no such host",
           "remote error: tls: handshake failure", "dns-extended-error-22-no-reachable-authority",
           "bad https response code: 404", "policy-syntax-error", "what nobody knows"]

RESULTS = ["certificate-expired", "validation-failure", "tlsa-invalid", "odd-result"]
IPS = ["192.0.2.1", "2001:db8::1", "2001:DB8:0:0::1", "192.0.2.300", "here"]
POLICIES = {
    "sts": [["version: STSv1", "mode: enforce", "mx: mx1.example.org", "max_age: 86400"],
            ["version: STSv1", "mode: testing", "mx: *.example.org", "max_age: 86400"],
            ["version: STSv1", "MODE:\tNone"], ["mode: enforced"], "mode: testing", []],
    "tlsa": [["3 1 1 0a0b"], '["3 1 1 0a0b","2 1 1 0c0d"]', ["3 1 1 0a0b", "  2 1 1 0c0d "], []],
}
COUNTS = [0, 1, 2, 3, 5, 17, 1000, 123456]
ODD_COUNTS = [2**53, 2**53 - 1, 2**53 + 1, 2**62, -1, 2.5, 1e300, "12", " 7 ", "many", "", "2.5",
              "9007199254740993", "9007199254740992",
              "-4", None, True, [], {}, float("inf"), -float("inf")]
ODD_VALUES = [None, "", [], {}, 0, 12, 2.5, True, "  ", " padded\t", "a\0b", "\x1b[31mred", "line\nbreak",
              "caf\udce9", "\ufffd", "x" * 4097, "é" * 2049, "𝄞", '"quoted\\"', [1, "two", None, {}],
              ["\n", " a\0 "], "<script>", "=1+1"]
ODD_TIMES = ["2026-10-02", "2026-10-02T00:00:00", "2026-10-02T00:00:00.75Z",
             "2026-10-02T02:00:00+02:00", "2026-10-01T19:30:00-0430", "2026-10-02 00:00:00Z", "2026-10-02t00:00:00z",
             1790899200, "1790899200", "yesterday", "2026-02-30T00:00:00Z", "2026-10-03T00:00:00Z",
             "2031-01-01T00:00:00Z", "1969-12-31T00:00:00Z", "2017-12-31T00:00:00Z",
             "2018-01-01T00:00:00Z", "2026-08-30T00:00:00Z", "2026-11-05T00:00:00Z", "", None, 10**17, True,
             "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "9999-12-31"]
DAYS = ["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-12"]
START = 1790812800  # the first of them


def is_report(value, labelled):
    """Whether a part with this value is a report."""
    policies, dates = value.get("policies"), value.get("date-range")
    dated = isinstance(dates, dict) and ("start-datetime" in dates or "end-datetime" in dates)
    if not isinstance(policies, (list, dict)):
        return dated and "organization-name" in value
    items = [item for item in (policies if isinstance(policies, list) else [policies])
             if isinstance(item, dict)]
    named = value.get("organization-name") not in (None, "", [], {})
    if not dated and not named and not any(
            meant("item", key) for item in items for key in item):
        return False
    return labelled or dated or any("policy" in item or "summary" in item for item in items)


def names_organization(value):
    name = value.get("organization-name")
    if isinstance(name, str):
        return name.replace("\0", "").strip(" \t\n\f\r") != ""
    return isinstance(name, (int, float)) and not isinstance(name, bool)


def key_of(value, speaks_for):
    """Equal for equal contents: the value, and whom the message speaks for if it names nobody."""
    return json.dumps(value, sort_keys=True), None if names_organization(value) else speaks_for


class Generator:
    def __init__(self, rng):
        self.rng = rng

    def chance(self, probability):
        return self.rng.random() < probability

    # --- reports

    def count(self):
        return self.rng.choice(ODD_COUNTS if self.chance(0.06) else COUNTS)

    def failure(self):
        rng = self.rng
        row = {"result-type": rng.choice(RESULTS), "failed-session-count": self.count()}
        for key, values in (("sending-mta-ip", IPS), ("receiving-ip", IPS),
                            ("receiving-mx-hostname", MX), ("receiving-mx-helo", MX)):
            if self.chance(0.8):
                row[key] = rng.choice(values[:2] if self.chance(0.8) else values)
        if self.chance(0.1):
            row[rng.choice(["additional-information", "additional-info-uri", "additional-info",
                            "additional-information-uri"])] = "https://example.net/1"
        if self.chance(0.3):
            row["failure-reason-code"] = rng.choice(REASONS)
        return row

    def policy(self, domain, kind, summary):
        rng = self.rng
        policy = {"policy-type": kind, "policy-domain": domain}
        if kind in POLICIES or self.chance(0.1):
            texts = POLICIES.get(kind, POLICIES["sts"])
            policy["policy-string"] = rng.choice(texts[:2] if self.chance(0.8) else texts)
        if kind == "sts" or self.chance(0.05):
            key = "mx-host" if self.chance(0.9) else "mx-host-pattern"
            policy[key] = rng.choice([["mx1.example.org"], ["*.example.org", "mx: MX2.example.net."],
                                      "*.example.org", [" mx1.example.org", "not a host"]])
        item = {"policy": policy, "summary": summary}
        if summary["total-failure-session-count"] != 0 and self.chance(0.9) or self.chance(0.1):
            item["failure-details"] = [self.failure() for _ in range(rng.randint(0, 3))]
        return item

    def summary(self):
        return {"total-successful-session-count": self.count(),
                "total-failure-session-count": self.count() if self.chance(0.5) else 0}

    def policies(self):
        """Some senders list the same sessions under sts and again under tlsa."""
        rng, result = self.rng, []
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            domain = rng.choice(DOMAINS[:2] if self.chance(0.8) else DOMAINS)
            summary = self.summary()
            kinds = ["sts", "tlsa"] if self.chance(0.3) else [
                rng.choice(TYPES[:3] if self.chance(0.9) else TYPES)]
            result += [self.policy(domain, kind, dict(summary)) for kind in kinds]
        return result

    def plain_report(self):
        rng = self.rng
        first = rng.choice(DAYS)
        report = {"organization-name": rng.choice(ORGANIZATIONS),
                  "date-range": {"start-datetime": f"{first}T00:00:00Z",
                                 "end-datetime": f"{first}T23:59:59Z"},
                  "contact-info": rng.choice(["tls@alpha.example", "smtp-tls@beta.example"]),
                  "report-id": f"{first}-{rng.randint(1, 3)}",
                  "policies": self.policies()}
        for key in "organization-name", "report-id", "contact-info", "date-range":
            if self.chance(0.06):
                del report[key]
        return report

    def many_incidents(self, report):
        """As many as the limit allows, or some more."""
        mode = self.rng.choice(POLICIES["sts"][:2])
        kinds = self.rng.choice([["sts"], ["sts", "tlsa"]])
        domains = self.rng.choice([DOMAINS[:1], DOMAINS[:2]])
        rows = self.rng.choice([199, 200, 201, 230])
        items = [{"policy": {"policy-type": kind, "policy-domain": domain, "policy-string": mode},
                  "summary": self.summary(), "failure-details": []}
                 for kind in kinds for domain in domains]
        for number in range(rows):
            self.rng.choice(items)["failure-details"].append(
                {"result-type": "validation-failure", "failed-session-count": number % 4,
                 "receiving-mx-hostname": f"mx{number}.example.org", "sending-mta-ip": "192.0.2.1",
                 "receiving-ip": "192.0.2.2"})
        report["policies"] = items

    def many_findings(self, report):
        report["policies"] = [{"policy": {"policy-type": "odd", "policy-domain": "b c"}}] * (
            self.rng.choice([49, 50, 51, 66]))

    def make_odd(self, report):
        """Puts something odd in some place of it."""
        place, rng = report, self.rng
        if self.chance(0.3) and isinstance(report.get("date-range"), dict):
            report["date-range"][rng.choice(["start-datetime", "end-datetime"])] = (
                rng.choice(ODD_TIMES))
            return
        while True:
            keys = [key for key in (place if isinstance(place, dict) else range(len(place)))
                    if place is not report or key != "policies" or self.chance(0.5)]
            if not keys:
                return
            key = rng.choice(keys)
            if not isinstance(place[key], (dict, list)) or self.chance(0.15):
                break
            place = place[key]
        if isinstance(place, dict) and self.chance(0.25):
            del place[key]
        elif isinstance(place[key], list) and len(place[key]) == 1 and self.chance(0.5):
            place[key] = place[key][0]
        else:
            place[key] = copy.deepcopy(rng.choice(ODD_VALUES))

    def report(self):
        while True:
            report = self.plain_report()
            if self.chance(0.012):
                self.many_incidents(report)
            elif self.chance(0.012):
                self.many_findings(report)
            # No part of it twice in memory, else an oddity would be in two places.
            report = json.loads(json.dumps(report))
            for _ in range(self.rng.choice([0, 0, 0, 1, 1, 2, 4])):
                self.make_odd(report)
            if is_report(report, True):
                return report

    def changed(self, report):
        """Other content under the same report-id."""
        report = copy.deepcopy(report)
        report["policies"] = self.policies()
        return report

    # --- JSON in many layouts, with the same value

    def dump(self, value):
        rng = self.rng
        self.comma, self.colon, self.newline, self.indent = rng.choice(
            [(",", ":", "", ""), (", ", ": ", "", ""), (",", ": ", "\n", "  "),
             (",", ":", "\r\n", "\t")])
        self.shuffles, self.escapes = self.chance(0.3), self.chance(0.3)
        self.numbers, self.doubles = self.chance(0.2), self.chance(0.1)
        text = self.dump_value(value, self.newline)
        if self.chance(0.1):
            text = rng.choice(["\ufeff", " \n", "\ufeff\t"]) + text
        if self.chance(0.2):
            text += rng.choice(["\n", " \r\n\t", "\n", "\nthe end", "}", "\0"])
        return text.encode("utf-8", "surrogateescape")

    def dump_value(self, value, newline):
        if isinstance(value, str) and not self.escapes:
            return json.dumps(value, ensure_ascii=False)
        if isinstance(value, str):
            return '"' + "".join(map(self.dump_character, value)) + '"'
        if isinstance(value, int) and not isinstance(value, bool) and self.numbers and (
                abs(value) < 10**15 and self.chance(0.3)):
            return self.rng.choice([f"{value}.0", f"{value}e0", f"{value}.00E+0"])
        if isinstance(value, dict):
            return self.dump_many("{}", [
                (f"{self.dump_value(key, '')}{self.colon}", item)
                for key, item in self.dump_keys(value)], newline)
        if isinstance(value, list):
            return self.dump_many("[]", [("", item) for item in value], newline)
        if isinstance(value, float) and value == 2.5 and self.numbers:
            return self.rng.choice(["2.50", "25e-1", "2.5" + "0" * 4094])
        if isinstance(value, float) and abs(value) == float("inf"):
            return "1e400" if value > 0 else "-1e400"  # more than a double holds
        return json.dumps(value)

    def dump_keys(self, value):
        items = list(value.items())
        if self.shuffles:
            self.rng.shuffle(items)
        for key, item in items:
            if self.doubles and self.chance(0.1):
                yield key, self.rng.choice([None, 1, "other", [], {"a": 1}])
            yield key, item

    def dump_many(self, brackets, items, newline):
        inside = newline + self.indent
        text = self.comma.join(inside + before + self.dump_value(item, inside)
                               for before, item in items)
        return brackets[0] + text + (newline if items else "") + brackets[1]

    def dump_character(self, c):
        if "\udc80" <= c <= "\udcff":
            return c
        if c == "\ufffd" and self.escapes:
            return self.rng.choice(["\\ud800", "\\udfff", "\\ufffd"])
        if c in '"\\' or c < " ":
            return json.dumps(c)[1:-1]
        return json.dumps(c)[1:-1] if self.escapes and self.chance(0.3 if c.isascii() else 0.8) else c

    # --- transports

    def gzip(self, data):
        # With a time, by which it is told from what the program itself makes.
        result = gzip.compress(data, self.rng.choice([1, 6, 9]), mtime=START)
        if self.chance(0.05):
            middle = len(data) // 2
            result = (gzip.compress(data[:middle], mtime=START)
                      + gzip.compress(data[middle:], mtime=START))
        if self.chance(0.05):
            result += self.rng.choice([b"\0" * 20, b"rubbish", b"\0\0\n"])
        return result

    def damaged(self, data):
        """Bytes that are no report, and why."""
        return self.rng.choice([
            (gzip.compress(data)[:-self.rng.randint(1, 20)], "truncated-gzip"),
            (gzip.compress(data)[:-6] + b"\xff" * 6, "corrupt-gzip"),
            (data.rstrip()[:len(data) // 2], "not-json"),
            (b"see the attachment", "not-json"),
            (b"", "not-json"),
            (gzip.compress(b'{"hello": [1, 2]}'), "not-report")])

    def file_name(self):
        if self.chance(0.3):
            return None
        start = START + 86400 * self.rng.randint(0, 3)
        ending = self.rng.choice([".json", ".json.gz"])
        return self.rng.choice([f"alpha.example!example.net!{start}!{start + 86399}{ending}",
                                f"alpha.example!example.net!{start}!{start + 86400}!01{ending}",
                                f"report{ending}", f"a!b!c!d{ending}"])


class Part:
    """A part of a message as it is sent, and as the store is to know it."""

    def __init__(self, generator, content, media_type, file_name):
        self.content, self.file_name = content, file_name
        self.media_type = media_type.lower()
        self.written_type, self.g = media_type, generator

    def text(self):
        """Its header fields and body, LF line ends."""
        rng = self.g.rng
        text, encodings = self.content, ["base64", "base64", "quoted-printable"]
        is_text = b"\0" not in text and b"\r" not in text and text[:2] != b"\x1f\x8b"
        encoding = rng.choice(encodings + (["8bit"] * 3 if is_text else []))
        fields = [f"Content-Type: {self.written_type}"]
        name = self.file_name
        if name and self.g.chance(0.2):
            fields[0] += f'; name="{name}"'
        elif name and self.g.chance(0.2):
            fields.append(f"Content-Disposition: attachment;\n\tfilename*=utf-8''"
                          + name.replace("!", "%21"))
        elif name:
            fields.append(f'Content-Disposition: attachment; filename="{name}"')
        if encoding != "8bit" or self.g.chance(0.5):
            fields.append(f"Content-Transfer-Encoding: {encoding}")
        body = {"8bit": lambda: text, "base64": lambda: base64.encodebytes(text),
                "quoted-printable": lambda: self.quoted(text)}[encoding]()
        return "\n".join(fields).encode() + b"\n\n" + body

    @staticmethod
    def quoted(data):
        text = "".join(chr(c) if 33 <= c <= 126 and c != 61 else f"={c:02X}" for c in data)
        # A soft line break may stand anywhere but inside an escape.
        lines = re.findall(r"(?:=..|[^=]){1,24}", text)
        return "=\n".join(lines).encode() + b"\n" * bool(lines and data.endswith(b"}"))


class Message:
    """A message around some parts: its bytes, and what the store is to know of it."""

    def __init__(self, generator, number):
        self.g, rng = generator, generator.rng
        self.from_domain = rng.choice(["alpha.example", "beta.example"])
        self.submitter = rng.choice([self.from_domain, None, "beta.example"])
        self.report_domain = rng.choice(["example.org", None])
        self.message_id = f"{number}@{self.from_domain}" if generator.chance(0.9) else None
        self.sent_at = START + rng.randint(0, 10 * 86400) if generator.chance(0.9) else 0
        self.subject = rng.choice([
            f"Report Domain: example.org Submitter: {self.from_domain} Report-ID: <s{rng.randint(1, 2)}>",
            f"report-id: <s{rng.randint(1, 2)}> Übersicht", "TLS report", "Report-ID: <>", "Report-ID: < s3 >", None])
        self.sender = f"tls@{self.from_domain}"
        self.shape = rng.choice(["report", "report", "mixed", "nested", "forwarded", "single"])
        self.is_report = self.shape in ("report", "nested")
        self.dkim = rng.choice([None, "none", "fail", "pass", "pass", "pass"])
        self.signer = rng.choice([self.from_domain, self.from_domain, f"mail.{self.from_domain}",
                                  "other.example"])

    def speaks_for(self):
        return self.submitter or self.from_domain

    def voucher(self, trusting):
        """The result, and whose signature it is, where somebody is trusted or nobody is."""
        if not trusting:
            return "unchecked", None
        if self.dkim in (None, "none") or self.shape == "forwarded":
            return "none", None
        aligned = all(f".{self.signer}".endswith(f".{name}") for name in
                      (self.from_domain, self.submitter or self.from_domain))
        return "pass" if self.dkim == "pass" and aligned else "fail", self.signer

    def claims(self, text):
        """Whether the message says that it is a report, whatever is in it."""
        head = text.replace(b"\r\n", b"\n").split(b"\n\n")[0]
        subject = self.subject or ""
        return bool(self.submitter or self.report_domain or b"report-type" in head
                    or ("Report Domain:" in subject and "Submitter:" in subject))

    def beside(self, part):
        """What the store is to know beside a report of it."""
        return (self.submitter, self.from_domain, self.report_domain, self.message_id,
                self.subject, part.file_name, part.media_type, int(self.is_report), self.sent_at)

    def fields(self):
        g = self.g
        case = g.rng.choice([str, str, str.upper])
        fields = [f"From: {g.rng.choice(['', 'TLS Reports '])}<tls@{case(self.from_domain)}>"]
        self.sender = f"tls@{case(self.from_domain)}"
        fields.append("To: tls-reports@example.org")
        if self.submitter:
            fields.append(f"TLS-Report-Submitter: {case(self.submitter)}{g.rng.choice(['', '.'])}")
        if self.report_domain:
            fields.append(f"TLS-Report-Domain: {case(self.report_domain)}")
        if self.message_id:
            fields.append(f"Message-ID: <{self.message_id}>")
        if self.sent_at:
            fields.append(f"Date: {email.utils.formatdate(self.sent_at)}")
        if self.dkim:
            fields.append(f"Authentication-Results: mx.test; dkim={self.dkim} header.d={self.signer}")
        if self.subject is not None:
            fields.append(f"Subject: {self.encoded_subject()}")
        g.rng.shuffle(fields)
        return fields

    def encoded_subject(self):
        if not self.subject.isascii() or self.g.chance(0.1):
            return "=?utf-8?B?" + base64.b64encode(self.subject.encode()).decode() + "?="
        return self.subject.replace(" Report-ID", "\n Report-ID") if self.g.chance(0.3) else (
            self.subject)

    @staticmethod
    def multipart(kind, boundary, texts):
        body = b"".join(b"--%s\n%s\n" % (boundary.encode(), text) for text in texts)
        return f'Content-Type: multipart/{kind}; boundary="{boundary}"'.encode() + (
            b"\n\n" + body + f"--{boundary}--\n".encode())

    def text(self, parts):
        texts = [part.text() for part in parts]
        if self.shape == "single" and len(texts) != 1:
            self.shape = "mixed"
        note = b"Content-Type: text/plain\n\nA report is attached.\n"
        if self.shape == "single":
            entity = texts[0]
        elif self.shape == "nested":
            entity = self.multipart("report; report-type=tlsrpt", "outer", [
                note, self.multipart("mixed", "inner", texts)])
        elif self.shape == "forwarded":
            inner = self.multipart("report", "inner", [note] + texts)
            entity = self.multipart("mixed", "outer", [
                note, b"Content-Type: message/rfc822\n\nFrom: x@other.example\n"
                      b"Subject: Report-ID: <other>\nTLS-Report-Submitter: other.example\n" + inner])
        else:
            kind = "report; report-type=tlsrpt" if self.shape == "report" else "mixed"
            entity = self.multipart(kind, "outer", [note] + texts)
        fields = "".join(field + "\n" for field in self.fields()).encode()
        text = fields + b"MIME-Version: 1.0\n" + entity
        if self.g.chance(0.3):
            text = text.replace(b"\n", b"\r\n")
        return text

    def with_from_line(self, text):
        """As an mbox or a pipe gives it; another line in each delivery."""
        return f"From tls@x Thu Oct  1 00:00:{self.g.rng.randint(10, 59)} 2026\n".encode() + text
