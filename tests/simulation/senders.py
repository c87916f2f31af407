"""Six senders of reports, each with its names, its JSON and its mail as they are known to be.

What is reported comes as a Report; a sender makes the JSON of it that he would, and a message of
one or more such texts.  Nothing here is random: all that varies comes with the report.
"""
import base64
import datetime
import gzip
import hashlib
import json
from dataclasses import dataclass, field

DAY = 86400


def day_text(day):
    return (datetime.date(1970, 1, 1) + datetime.timedelta(day)).isoformat()


def time_text(seconds):
    return f"{datetime.datetime.utcfromtimestamp(seconds):%Y-%m-%dT%H:%M:%SZ}"


def mail_date(seconds):
    return f"{datetime.datetime.utcfromtimestamp(seconds):%a, %d %b %Y %H:%M:%S} +0000"


@dataclass
class Failure:
    result: str
    count: int
    mx: str = ""
    mx_ip: str = ""
    sender_ip: str = ""
    reason: str = ""
    cause: object = None  # what the script has it from; reported to nobody


@dataclass
class Policy:
    kind: str  # sts, tlsa or no-policy-found
    domain: str
    lines: list  # as published
    mx: list
    ok: int
    failed: int
    failures: list = field(default_factory=list)


@dataclass
class Report:
    day: int
    domain: str  # whose rua it goes to
    policies: list
    sent_at: int

    @property
    def failed(self):
        return sum(policy.failed for policy in self.policies)


def number_of(*what):
    """A number that is always the same for the same things."""
    return int.from_bytes(hashlib.sha256(repr(what).encode()).digest()[:16], "big")


def without(value, *unknown):
    """The value without its unknown members."""
    return {key: item for key, item in value.items() if item not in (unknown or ("",))}


class Sender:
    """What most of them do; each says what it does otherwise."""
    organization = submitter = contact = sender = ""
    share = 0  # of a domain's mail
    dane = False  # looks at TLSA records
    sends_when = 6.5  # hours after the end of the day
    period = 1  # days that a report is about
    only_failures = False  # sends a report only if something failed
    skips_sts = False  # where there is DANE
    caches_policy = False  # a policy that cannot be fetched is known from earlier
    end_of_day = DAY - 1
    separators = (",", ":")
    newline = ""
    indent = None
    # What a problem is called here, and the reason that is given: by kind of problem.
    words = {}

    def word(self, kind):
        return self.words.get(kind, (kind, ""))

    # --- JSON

    def report_id(self, report):
        return f"{time_text(report.day * DAY)}_{report.domain}"

    def end(self, report):
        return (report.day + self.period - 1) * DAY + self.end_of_day

    def range(self, report):
        return {"start-datetime": time_text(report.day * DAY),
                "end-datetime": time_text(self.end(report))}

    def lines(self, policy):
        return policy.lines

    def policy(self, policy):
        value = {"policy-type": policy.kind}
        if policy.kind != "no-policy-found":
            value["policy-string"] = self.lines(policy)
        value["policy-domain"] = policy.domain
        if policy.kind == "sts":
            value["mx-host"] = policy.mx
        return value

    def summary(self, policy):
        return {"total-successful-session-count": policy.ok,
                "total-failure-session-count": policy.failed}

    def failure(self, failure):
        return without({"result-type": failure.result, "sending-mta-ip": failure.sender_ip,
                        "receiving-ip": failure.mx_ip, "receiving-mx-hostname": failure.mx,
                        "failed-session-count": failure.count})

    def item(self, policy):
        value = {"policy": self.policy(policy), "summary": self.summary(policy)}
        if policy.failures:
            value["failure-details"] = [self.failure(failure) for failure in policy.failures]
        return value

    def value(self, report):
        return {"organization-name": self.organization, "date-range": self.range(report),
                "contact-info": self.contact, "report-id": self.report_id(report),
                "policies": [self.item(policy) for policy in report.policies]}

    def json(self, report):
        return json.dumps(self.value(report), separators=self.separators, indent=self.indent) \
            + self.newline

    # --- mail

    def subject_id(self, report):
        return f"<{self.report_id(report)}@{self.submitter}>"

    def unique(self, report):
        return "!001"

    def file_name(self, report):
        start = report.day * DAY
        return (f"{self.submitter}!{report.domain}!{start}!{self.end(report)}"
                f"{self.unique(report)}.json.gz")

    def head(self, report, boundary):
        raise NotImplementedError

    human = ('Content-Type: text/plain; charset="us-ascii"\n\n'
             "This is an aggregate TLS report from {}\n")

    def part_head(self, report):
        name = self.file_name(report)
        return (f'Content-Type: application/tlsrpt+gzip;\n\tname="{name}"\n'
                f'Content-Disposition: attachment;\n\tfilename="{name}"\n'
                "Content-Transfer-Encoding: base64\n")

    def boundary(self, report):
        return f"{number_of(self.organization, report.day, report.domain):032x}"

    before_boundary = "\n"
    after_last = "--"

    def message(self, reports):
        """One message; several reports in one are no sender's way, and save time."""
        first = reports[0]
        boundary = self.boundary(first)
        parts = [self.human.format(self.submitter)]
        for report in reports:
            data = gzip.compress(self.json(report).encode(), 6, mtime=0)
            parts.append(self.part_head(report) + "\n" + base64.encodebytes(data).decode())
        body = "".join(f"--{boundary}\n{part}{self.before_boundary}" for part in parts)
        return f"{self.head(first, boundary)}\n{body}--{boundary}{self.after_last}\n".encode()


class Google(Sender):
    organization, submitter = "Google Inc.", "google.com"
    contact = "smtp-tls-reporting@google.com"
    share, sends_when, caches_policy = 0.5, 10.5, True
    words = {"mx-changed": ("validation-failure", ""),
             "partial": ("validation-failure", ""),
             "policy-fetch": ("sts-policy-fetch-error", "")}
    human = ('Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes\n\n'
             "This is an aggregate TLS report from {}\n")
    before_boundary = ""  # none before the last one either

    def subject_id(self, report):
        return f"<{day_text(report.day).replace('-', '.')}T00.00.00Z+{report.domain}@google.com>"

    def head(self, report, boundary):
        unique = number_of(boundary)
        return (
            f"Return-Path: <3{unique:x}@smtp-tls-reporting.bounces.google.com>\n"
            "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=google.com; s=20251104;\n"
            "        h=to:from:subject:message-id:tls-report-submitter:tls-report-domain\n"
            "         :date:mime-version:from:to:cc:subject:date:message-id:reply-to;\n"
            "        bh=MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=; b=MDAw\n"
            "MIME-Version: 1.0\n"
            f"Date: {mail_date(report.sent_at)}\n"
            f"TLS-Report-Domain: {report.domain}\nTLS-Report-Submitter: google.com\n"
            f"Message-ID: <{unique:x}.00000000.3554e0.3524tls@google.com>\n"
            f"Subject: Report Domain: {report.domain} Submitter: google.com"
            f" Report-ID: {self.subject_id(report)}\n"
            "From: noreply-smtp-tls-reporting@google.com\n"
            f"To: tls-reports@{report.domain}\n"
            f'Content-Type: multipart/report; boundary="{boundary}"; report-type=tlsrpt\n')


class Microsoft(Sender):
    organization, submitter = "Microsoft Corporation", "microsoft.com"
    contact = "tlsrpt-noreply@microsoft.com"
    share, dane, sends_when, caches_policy = 0.3, True, 21.5, False
    words = {"mx-changed": ("validation-failure", "MX_HOSTS_MISMATCH"),
             "partial": ("validation-failure", "VALIDATION_FAILURE"),
             "tlsa": ("tlsa-invalid", "VALIDATION_FAILURE"),
             "policy-fetch": ("sts-policy-fetch-error", "")}
    human = ('Content-Type: text/html; charset="us-ascii"\n'
             "Content-Transfer-Encoding: quoted-printable\n\n"
             "<html>\n<body>\n<div>This is an aggregate TLS report from {}</div>\n"
             "<p><em>Microsoft respects your privacy. Review our online </em><a href=3D=\n"
             '"https://privacy.microsoft.com/"><em>Privacy Statement</em></a></p>\n'
             "</body>\n</html>\n")

    def number(self, report):
        """A Windows FILETIME."""
        return (report.sent_at + 11644473600) * 10**7 + number_of(report.domain) % 10**7

    def fetch_failed(self, report):
        return any(failure.result == "sts-policy-fetch-error"
                   for policy in report.policies for failure in policy.failures)

    def report_id(self, report):
        return f"{self.number(report)}+{'' if self.fetch_failed(report) else report.domain}"

    def lines(self, policy):
        if policy.kind == "tlsa":
            return [json.dumps([line.upper() for line in policy.lines], separators=(",", ":"))]
        order = ["version", "mode", "mx", "max_age"]
        return sorted(policy.lines, key=lambda line: order.index(line.split(":")[0]))

    def policy(self, policy):
        value = super().policy(policy)
        value.pop("mx-host", None)
        if any(failure.result == "sts-policy-fetch-error" for failure in policy.failures):
            value.pop("policy-string")
        return value

    def failure(self, failure):
        return without({"result-type": failure.result, "failure-reason-code": failure.reason,
                        "failed-session-count": failure.count})

    def unique(self, report):
        return f"!{self.number(report)}"

    def boundary(self, report):
        text = f"{number_of(report.day, report.domain):032x}"
        return f"_{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}_"

    def head(self, report, boundary):
        token = f"{self.number(report)}+{report.domain}"
        return (
            "From: <tlsrpt-noreply@microsoft.com>\n"
            f'To: "tls-reports@{report.domain}" <tls-reports@{report.domain}>\n'
            f"Date: {mail_date(report.sent_at)}\n"
            f"Subject: Report Domain: {report.domain} Submitter: microsoft.com Report-ID:\n"
            f" {token}\n"
            f"TLS-Report-Domain: {report.domain}\nTLS-Report-Submitter: microsoft.com\n"
            f"MIME-Version: 1.0\nMessage-ID: <{token}@{report.domain}>\n"
            f'Content-Type: multipart/report;\n\tboundary="{boundary}"; report-type=tlsrpt\n')

    def part_head(self, report):
        name = self.file_name(report)
        return ("Content-Type: application/tlsrpt+gzip\n"
                f"Content-Description:\n {name}\n"
                f'Content-Disposition: attachment;\n\tfilename="{name}"\n'
                "Content-Transfer-Encoding: base64\n")


class MailRu(Sender):
    organization, submitter = "Mail.ru", "mail.ru"
    contact = "smtp-tls-reporting@corp.mail.ru"
    share, sends_when, end_of_day = 0.04, 4.2, DAY
    words = {"mx-changed": ("validation-failure", "mx host is not in the policy"),
             "partial": ("validation-failure", "tls: handshake failure"),
             "certificate-expired": ("certificate-expired",
                                     "x509: certificate has expired or is not yet valid"),
             "policy-fetch": ("sts-policy-fetch-error", "bad https response code: 404")}

    def report_id(self, report):
        text = f"{number_of('Mail.ru', report.day, report.domain):032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}@mail.ru"

    def subject_id(self, report):
        return f"<{self.report_id(report)}>"

    def policy(self, policy):
        return {"policy-type": policy.kind, "policy-domain": policy.domain}

    def failure(self, failure):
        return without({"result-type": failure.result, "failed-session-count": failure.count,
                        "failure-reason-code": failure.reason})

    def head(self, report, boundary):
        return (
            "Auto-Submitted: auto-generated\nX-Mailru-Skip-Sts: true\n"
            "From: noreply-smtp-tls-reporting@corp.mail.ru\n"
            f"To: tls-reports@{report.domain}\n"
            f"Date: {mail_date(report.sent_at)}\nMessage-ID: <{self.report_id(report)}>\n"
            f"Subject: Report\n Domain: {report.domain} Submitter: mail.ru\n"
            f" Report-ID: {self.subject_id(report)}\n"
            f"TLS-Report-Domain: {report.domain}\nTLS-Report-Submitter: mail.ru\n"
            "MIME-Version: 1.0\n"
            f'Content-Type: multipart/report; report-type="tlsrpt";\n boundary="{boundary}"\n')

    def boundary(self, report):
        return f"----=_NextPart_{number_of(report.day, report.domain) % 2**64:x}"

    after_last = ""  # the closing delimiter is not one


class TlsrptReporter(Sender):
    """A Postfix site with libtlsrpt and tlsrpt-reporter; the policy domain of TLSA is the MX."""
    share, dane, sends_when = 0.06, True, 0.4
    skips_sts = True
    separators = (", ", ": ")
    words = {"mx-changed": ("validation-failure", "policy_mismatch"),
             "partial": ("validation-failure", "tls-handshake-failure"),
             "tlsa": ("tlsa-invalid", "all-TLSA-records-unusable"),
             "policy-fetch": ("sts-policy-fetch-error", "")}

    def __init__(self, organization, submitter):
        self.organization, self.submitter = organization, submitter
        self.contact = f"smtp-tls-reporting@{submitter}"

    def report_id(self, report):
        return f"{time_text(report.day * DAY)}_idx1_{report.domain}"

    def summary(self, policy):
        return dict(reversed(super().summary(policy).items()))

    def policy(self, policy):
        value = {"policy-type": policy.kind, "policy-domain": policy.domain}
        if policy.lines:
            value["policy-string"] = policy.lines
        if policy.kind == "sts" and policy.mx:
            value["mx-host"] = policy.mx
        return value

    def failure(self, failure):
        helo = f"250-{failure.mx}\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 8BITMIME"
        return without({"failure-reason-code": failure.reason,
                        "receiving-mx-helo": helo if failure.mx else "",
                        "receiving-mx-hostname": failure.mx, "receiving-ip": failure.mx_ip,
                        "sending-mta-ip": failure.sender_ip, "result-type": failure.result,
                        "failed-session-count": failure.count})

    def item(self, policy):
        return {"summary": self.summary(policy), "policy": self.policy(policy),
                "failure-details": [self.failure(failure) for failure in policy.failures]}

    def value(self, report):
        value = super().value(report)
        return {key: value[key] for key in ("organization-name", "date-range", "contact-info",
                                            "policies", "report-id")}

    def unique(self, report):
        return "!1"

    def boundary(self, report):
        number = number_of(self.submitter, report.day, report.domain) % 10**19
        return f"==============={number:019d}=="

    def head(self, report, boundary):
        unique = number_of(boundary, "id")
        return (
            f"Subject: Report Domain: {report.domain} Submitter: {self.submitter} Report-ID:\n"
            f" {self.subject_id(report)}\n"
            f"From: noreply@{self.submitter}\nTo: tls-reports@{report.domain}\n"
            f"Date: {mail_date(report.sent_at)}\n"
            f"Message-ID: <{report.sent_at}.9261.{unique % 2**63}@{self.submitter}>\n"
            f"TLS-Report-Domain: {report.domain}\nTLS-Report-Submitter: {self.submitter}\n"
            "TLS-Required: No\nMIME-Version: 1.0\n"
            f'Content-Type: multipart/report; report-type="tlsrpt";\n boundary="{boundary}"\n')

    def part_head(self, report):
        return ("Content-Type: application/tlsrpt+gzip\nContent-Transfer-Encoding: base64\n"
                f'Content-Disposition: attachment;\n filename="{self.file_name(report)}"\n'
                "MIME-Version: 1.0\n")


class Stalwart(Sender):
    organization = submitter = "mail.harbour.example"
    contact = None
    share, dane, sends_when, end_of_day = 0.05, True, 0.1, DAY
    words = {"mx-changed": ("validation-failure", "MX not authorized by policy."),
             "partial": ("certificate-not-trusted", "invalid peer certificate: UnknownIssuer"),
             "certificate-expired": ("certificate-not-trusted",
                                     "invalid peer certificate: Expired"),
             "tlsa": ("tlsa-invalid", "No matching certificates found."),
             "policy-fetch": ("sts-policy-fetch-error", "Timeout fetching policy.")}

    def report_id(self, report):
        return f"{report.day * DAY}_{number_of(report.domain, report.policies[0].lines) % 2**64}"

    def range(self, report):
        """From the first event on."""
        start = report.day * DAY + number_of(report.day, report.domain, "first") % 7200
        return {"start-datetime": time_text(start),
                "end-datetime": time_text((report.day + 1) * DAY)}

    def lines(self, policy):
        order = ["version", "mode", "max_age", "mx"]
        if policy.kind != "sts":
            return policy.lines
        return sorted(policy.lines, key=lambda line: order.index(line.split(":")[0]))

    def policy(self, policy):
        value = super().policy(policy)
        if policy.kind == "no-policy-found":
            value["policy-string"] = []
        value.setdefault("mx-host", [])
        return value

    def failure(self, failure):
        return {"result-type": failure.result, "sending-mta-ip": None,
                "receiving-mx-hostname": failure.mx or None, "receiving-mx-helo": None,
                "receiving-ip": failure.mx_ip or None, "failed-session-count": failure.count,
                "additional-information": None, "failure-reason-code": failure.reason or None}

    def item(self, policy):
        return {"policy": self.policy(policy), "summary": self.summary(policy),
                "failure-details": [self.failure(failure) for failure in policy.failures]}

    def unique(self, report):
        return ""

    def head(self, report, boundary):
        subject = (f"Report Domain: {report.domain} Submitter: {self.submitter}"
                   f" Report-ID: {self.subject_id(report)}").encode()
        unique = number_of(boundary, "id")
        return (
            f'From: "Report Subsystem" <noreply-tls@{self.submitter}>\n'
            f"To: tls-reports@{report.domain}\n"
            f"Message-ID: <{unique:x}.{report.day:x}.1@{self.submitter}>\n"
            f"TLS-Report-Domain: {report.domain}\nTLS-Report-Submitter: {self.submitter}\n"
            "Auto-Submitted: auto-generated\n"
            + self.encoded(subject)
            + f"Date: {mail_date(report.sent_at)}\nMIME-Version: 1.0\n"
            'Content-Type: multipart/report; report-type="tlsrpt"; \n'
            f'\tboundary="{boundary}"\n\n')

    @staticmethod
    def encoded(subject):
        """In encoded words although it is pure ASCII."""
        words = [subject[at:at + 42] for at in range(0, len(subject), 42)]
        return "Subject: " + "\n ".join(
            f"=?utf-8?B?{base64.b64encode(word).decode()}?=" for word in words) + "\n"

    def part_head(self, report):
        return ("Content-Type: application/tlsrpt+gzip\n"
                f'Content-Disposition: attachment; \n\tfilename="{self.file_name(report)}"\n'
                "Content-Transfer-Encoding: base64\n")


class Mox(Sender):
    """Reports only if something failed, with the sessions that did not on that day."""
    share, dane, sends_when, only_failures = 0.05, True, 0.09, True
    indent, newline, separators = "\t", "\n", (",", ": ")
    words = {"mx-changed": ("validation-failure", "mtasts-policy-mx-mismatch"),
             "partial": ("validation-failure",
                         "tls-remote-alert-70-protocol-version-not-supported"),
             "tlsa": ("tlsa-invalid", "dane-no-match"),
             "policy-fetch": ("sts-policy-fetch-error", "cannot-fetch-policy")}

    def __init__(self, host="mox.lakeside.example"):
        self.organization = self.submitter = host
        self.contact = f"postmaster@{host}"

    def report_id(self, report):
        return f"{day_text(report.day).replace('-', '')}.{report.domain}@{self.submitter}"

    def subject_id(self, report):
        return f"<{self.report_id(report)}>"

    def policy(self, policy):
        value = super().policy(policy)
        value["mx-host"] = policy.mx if policy.kind != "no-policy-found" else []
        return value

    def failure(self, failure):
        return {"result-type": failure.result, "sending-mta-ip": failure.sender_ip,
                "receiving-mx-hostname": failure.mx, "receiving-ip": failure.mx_ip,
                "failed-session-count": failure.count, "additional-information": "",
                "failure-reason-code": failure.reason}

    def item(self, policy):
        return {"policy": self.policy(policy), "summary": self.summary(policy),
                "failure-details": [self.failure(failure) for failure in policy.failures]}

    def unique(self, report):
        return ""

    def boundary(self, report):
        return f"{number_of(report.day, report.domain):060x}"

    def head(self, report, boundary):
        return (
            f"DKIM-Signature: v=1; d={self.submitter}; s=2026a; i=@{self.submitter};\n"
            "\ta=ed25519-sha256; h=From:To:Subject:Date:Message-Id:TLS-Report-Domain:\n"
            "\tTLS-Report-Submitter; bh=MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=; b=MDAw\n"
            f"From: <{self.contact}>\nTo: <tls-reports@{report.domain}>\n"
            f"Subject: Report Domain: {report.domain} Submitter: {self.submitter} Report-ID:\n"
            f"\t{self.subject_id(report)}\n"
            f"TLS-Report-Domain: {report.domain}\nTLS-Report-Submitter: {self.submitter}\n"
            "TLS-Required: No\n"
            f"Message-Id: <{number_of(boundary):x}@{self.submitter}>\n"
            f"Date: {mail_date(report.sent_at)[5:]}\n"
            "User-Agent: mox/v0.0.15\nMIME-Version: 1.0\n"
            f'Content-Type: multipart/report; report-type="tlsrpt";\n\tboundary="{boundary}"\n')

    def part_head(self, report):
        return (f"Content-Disposition: attachment;\n\tfilename={self.file_name(report)}\n"
                "Content-Transfer-Encoding: base64\nContent-Type: application/tlsrpt+gzip\n")


def all_senders():
    """One of each, and a second Postfix site, whose report-ids are the same as the first one's."""
    return [Google(), Microsoft(), MailRu(), TlsrptReporter("Meadow Hosting", "meadow.example"),
            TlsrptReporter("Orchard e.V.", "orchard.example"), Stalwart(), Mox()]


def crowd():
    """Two large daily senders, three small ones, two that report only if something failed, and a
    weekly one."""
    google, microsoft, mail_ru, meadow, stalwart = (
        Google(), Microsoft(), MailRu(), TlsrptReporter("Meadow Hosting", "meadow.example"),
        Stalwart())
    lake, river = Mox(), Mox("mox.river.example")
    weekly = TlsrptReporter("Orchard e.V.", "orchard.example")
    weekly.period = 7
    shares = {google: 0.50, microsoft: 0.35, mail_ru: 0.03, meadow: 0.04, stalwart: 0.02,
              lake: 0.015, river: 0.015, weekly: 0.02}
    for sender, share in shares.items():
        sender.share = share
    return list(shares)
