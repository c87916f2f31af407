"""What a stranger can mail to the address for reports, so that the operator believes something else.

An attack is a function of an Attacker; it returns (when it is sent, message), in order.
"""
import base64
import gzip
import json

from genuine import (BROKEN, DAY, DOMAINS, NOW, PARTIAL, REPAIRED, SENDERS, SILENT, SOUND, TODAY, lines, report_of,
                     vouched)
from senders import day_text, mail_date

MOST = 2**52
NOON = TODAY * DAY + 12 * 3600
EXPIRED, STRIPPED, MISMATCH = "certificate-expired", "starttls-not-supported", "certificate-host-mismatch"


def failure(result, mx, count=1, reason=""):
    return {"result-type": result, "receiving-mx-hostname": mx, "failed-session-count": count,
            "failure-reason-code": reason}


def policy(domain, ok=0, failures=(), mode="enforce", failed=None):
    return {"policy": {"policy-type": "sts", "policy-string": lines(domain, mode), "policy-domain": domain,
                       "mx-host": [f"mx1.{domain}"]},
            "summary": {"total-successful-session-count": ok,
                        "total-failure-session-count": sum(one["failed-session-count"] for one in failures)
                        if failed is None else failed},
            "failure-details": list(failures)}


class Attacker:
    """Mails from its own domain, under any name."""

    def __init__(self, is_signed, domain="evil.test"):
        self.is_signed, self.domain, self.number = is_signed, domain, 0

    def report(self, policies, day=TODAY - 1, name=None, days=1):
        self.number += 1
        return {"organization-name": name or self.domain, "contact-info": f"tls@{self.domain}",
                "report-id": f"{self.domain}-{self.number}", "policies": policies,
                "date-range": {"start-datetime": f"{day_text(day)}T00:00:00Z",
                               "end-datetime": f"{day_text(day + days - 1)}T23:59:59Z"}}

    def mail(self, reports, at=NOON, below="", dated=None):
        """From a subdomain below its own one, if that is given."""
        domain = f"{below}.{self.domain}" if below else self.domain
        return self.signed(
            f"From: tls@{domain}\nTo: tls@{BROKEN}\nDate: {mail_date(dated or at)}\n"
            "Subject: Report Domain: x Submitter: x Report-ID: <x>\n".encode()
            + self.body([json.dumps(one).encode() for one in reports]), domain)

    def signed(self, message, domain=None):
        return (vouched(domain or self.domain) if self.is_signed else b"") + message

    @staticmethod
    def body(texts):
        parts = b"".join(
            b"--bb\nContent-Type: application/tlsrpt+gzip\nContent-Transfer-Encoding: base64\n\n"
            + base64.encodebytes(gzip.compress(text, 9, mtime=0)) for text in texts)
        return b"MIME-Version: 1.0\nContent-Type: multipart/report; report-type=tlsrpt; boundary=bb\n\n" \
            + parts + b"--bb--\n"

    def send(self, *reports, at=NOON):
        return [(at, self.mail([one], at)) for one in reports]


def patience(attacker, days=range(TODAY - 12, TODAY - 8)):
    """Reports on four days with nothing odd in them; from then on it is a first-timer no longer."""
    return [(day * DAY + 8 * 3600, attacker.mail([attacker.report(
        [policy(domain, 1) for domain in DOMAINS], day - 1)], day * DAY + 8 * 3600)) for day in days]


def all_well(attacker, day, sessions, mode="enforce", name=None):
    return attacker.report([policy(domain, sessions, mode=mode) for domain in DOMAINS], day, name)


# --- the attacks

def future_date(attacker):
    """Of the year 9998, and of tomorrow: all is well, and all is broken."""
    far = 2932500
    return attacker.send(
        *(all_well(attacker, day, 100, "testing") for day in (TODAY + 1, TODAY + 400, far)),
        *(attacker.report([policy(BROKEN, 1, [failure(EXPIRED, f"mx1.{BROKEN}")])], day)
          for day in (TODAY + 1, far)))


def testing_today(attacker):
    """A policy in testing mode, on the same day."""
    return attacker.send(*(all_well(attacker, day, 100, "testing") for day in (TODAY - 1, TODAY)))


def one_success(attacker):
    """On each day of the fault, so that not all fail."""
    return attacker.send(*(all_well(attacker, day, 1) for day in range(TODAY - 7, TODAY + 1)))


def baseline(attacker):
    """2^52 failed sessions on days before the window."""
    return attacker.send(*(attacker.report([policy(domain, 1, [failure(EXPIRED, f"mx1.{domain}", MOST)])
                                            for domain in (BROKEN, PARTIAL)], day)
                           for day in (TODAY - 30, TODAY - 20, TODAY - 10)))


def other_name(attacker):
    """Under the names of the senders, also of that which is silent."""
    return attacker.send(*(all_well(attacker, day, 1000, name=sender.organization)
                           for sender in [*SENDERS, SILENT] for day in range(TODAY - 7, TODAY)))


def fakes(attacker):
    """199 made-up failures beside the genuine one."""
    rows = [failure(EXPIRED, f"fake{i}.{BROKEN}") for i in range(199)]
    return attacker.send(attacker.report([policy(BROKEN, 9, [*rows, failure(EXPIRED, f"mx1.{BROKEN}")])]))


def copies(attacker, senders):
    """Of reports that their senders send an hour later; what signs them is not the sender."""
    found = []
    for sender in senders:
        for domain in (BROKEN, PARTIAL):
            for day in range(TODAY - 5, TODAY):
                report = report_of(sender, domain, day)
                if report.sent_at > NOW:
                    continue
                body = attacker.body([sender.json(report).encode()])
                found.append((report.sent_at - 3600,
                              attacker.signed(f"From: x@{attacker.domain}\n".encode() + body)))
    return found


def copy(attacker):
    """Of reports whose contact is at the domain that signs."""
    return copies(attacker, [sender for sender in SENDERS if sender.contact])


def copy_without_contact(attacker):
    """Of reports that name no contact."""
    return copies(attacker, [sender for sender in SENDERS if not sender.contact])


def foreign(attacker):
    """Policies of others, alone and beside one of ours."""
    other = policy("bank.test", 1, [failure(EXPIRED, "mx.bank.test", 500)])
    mixed = [policy(f"{i}.test", 5, [failure(EXPIRED, f"mx1.{BROKEN}", 50)]) for i in range(50)]
    return attacker.send(attacker.report([other]), attacker.report([other, *mixed, policy(SOUND, 3)]))


def quarantine(attacker):
    """Damaged mail, more than the quarantine holds."""
    noise = "".join(map(chr, range(33, 127)))
    found = []
    for i in range(60):
        text = base64.encodebytes(gzip.compress(b"{", 9) + bytes((i * k * k) % 251 for k in range(9000)))
        found.append((NOON, attacker.signed(
            f"From: tls@{attacker.domain}\nSubject: Report Domain: {BROKEN} Submitter: {i} {noise}\n".encode()
            + b"TLS-Report-Domain: " + BROKEN.encode() + b"\nMIME-Version: 1.0\n"
            b"Content-Type: application/tlsrpt+gzip\nContent-Transfer-Encoding: base64\n\n" + text)))
    return found


def growth(attacker):
    """Names, texts and rows without end."""
    texts = [dict(policy(f"d{i}.{SOUND}", 1), **{"policy": {
        "policy-type": "sts", "policy-domain": f"d{i}.{SOUND}", "policy-string": ["m" * 4000] * 15 + [str(i)]}})
        for i in range(60)]
    names = [policy(f"d{i}.{SOUND}", 1, [failure(f"made-up-{i}", f"mx{i}.{SOUND}")]) for i in range(1500)]
    return attacker.send(attacker.report(texts), attacker.report(names),
                         attacker.report([policy(BROKEN, 1, [failure(EXPIRED, f"{i}.{BROKEN}", reason="r" * 3000)
                                                             for i in range(900)])]))


def giant_success(attacker):
    return attacker.send(*(all_well(attacker, day, MOST) for day in range(TODAY - 7, TODAY + 1)))


def giant_failure(attacker):
    """Under the same result types, at the same MX."""
    return attacker.send(*(attacker.report(
        [policy(BROKEN, 1, [failure(EXPIRED, f"mx1.{BROKEN}", MOST)]),
         policy(PARTIAL, 1, [failure(STRIPPED, f"mx1.{PARTIAL}", MOST)])], day) for day in range(TODAY - 5, TODAY)))


def testing_daily(attacker):
    """A policy in testing mode, another one each day."""
    return [(day * DAY + 9 * 3600, attacker.mail([all_well(attacker, day - 1, 10, "testing")], day * DAY + 9 * 3600))
            for day in range(TODAY - 1, TODAY + 1)]


def many_names(attacker):
    """One key, many names and subdomains, of which each has more sessions than all before it."""
    return [(NOON, attacker.mail([all_well(attacker, TODAY - 1, 3000 * 3**i, name=f"Sender {i}")], below=f"m{i}"))
            for i in range(25)]


def backdated(attacker):
    """Of three days, also by the Date of the mail, in one minute."""
    return [(NOON, attacker.mail([all_well(attacker, day, 100000, "testing")], dated=(day + 1) * DAY))
            for day in range(TODAY - 6, TODAY)]


def reopening(attacker):
    """What the operator has resolved, again."""
    return attacker.send(attacker.report([policy(REPAIRED, 5, [failure(MISMATCH, f"mx1.{REPAIRED}", 5)])]))


def false_alarm(attacker):
    """A failure that nobody else sees, for three days."""
    return attacker.send(*(attacker.report([policy(SOUND, 0, [failure(MISMATCH, f"mx1.{SOUND}", 500)])], day)
                           for day in range(TODAY - 3, TODAY)))


ATTACKS = {
    "future date": future_date,
    "same-day testing mode": testing_today,
    "one success": one_success,
    "2^52 in the baseline": baseline,
    "name of another organization": other_name,
    "199 fake failures": fakes,
    "copy first, contact aligned": copy,
    "copy first, no contact": copy_without_contact,
    "foreign policies": foreign,
    "quarantine flood": quarantine,
    "growth": growth,
    "giant success count": giant_success,
    "giant failure count": giant_failure,
    "daily testing policy": testing_daily,
    "one key, many names": many_names,
    "backdated in one minute": backdated,
    "reopening what is resolved": reopening,
    "false alarm": false_alarm,
}
