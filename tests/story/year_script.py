"""The script of a year: six domains, and two more that come and go, from a Thursday on.

Days are numbered from 0.  At noon of each day the reports that came until then are taken in, alert
and check are asked, and then the operator acts.  On Mondays the digest of the week before follows.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "simulation"))
from senders import crowd  # noqa: E402
from traffic import Customer, Fault, Traffic  # noqa: E402
from world import Problem  # noqa: E402

FIRST, DAYS = 19723, 366  # 2024-01-01
HOSTS = ("mx1.host.example", "mx2.host.example")
SHOP, CLUB, SCHOOL = "shop.example", "club.example", "school.example"  # at one hoster
BANK, BLOG, NEW, OLD = "bank.example", "blog.example", "new.example", "old.example"
NEW_FROM, ENFORCE_FROM, GIVEN_UP = 150, 88, 280
DOMAINS = [
    Customer(SHOP, 3000, hosts=HOSTS),
    Customer(CLUB, 600, hosts=HOSTS, rua=2),
    Customer(SCHOOL, 300, hosts=HOSTS),
    Customer(BANK, 800, dane=True),
    Customer(BLOG, 400, modes=[(0, "testing"), (FIRST + ENFORCE_FROM, "enforce")]),
    Customer(NEW, 300, from_day=FIRST + NEW_FROM),
    Customer(OLD, 200),
]
GOOGLE, MICROSOFT, MAILRU, MEADOW = (
    "Google Inc.", "Microsoft Corporation", "Mail.ru", "Meadow Hosting")


def fault(kind, domain, first, last, **more):
    return Fault(kind, domain, FIRST + first, FIRST + last, **more)


def glitch(domain, day, organization, result, mx, count=1):
    return Problem("glitch", domain, FIRST + day, FIRST + day, organization, count=count,
                   result=result, mx=mx)


SCRIPT = [
    # Noise, of which he hears nothing: single sessions, and two in ten thousand all the time.
    glitch(SHOP, 20, GOOGLE, "starttls-not-supported", HOSTS[0], 3),
    glitch(BANK, 33, MICROSOFT, "dnssec-invalid", f"mx1.{BANK}"),
    glitch(CLUB, 60, MAILRU, "validation-failure", HOSTS[1]),
    glitch(SCHOOL, 99, MICROSOFT, "sts-policy-fetch-error", ""),
    glitch(SHOP, 210, MICROSOFT, "validation-failure", HOSTS[1], 2),
    glitch(BLOG, 330, GOOGLE, "starttls-not-supported", f"mx2.{BLOG}"),
    fault("background", SHOP, 0, DAYS, share=0.0002, which=None),
    # The certificate of the hoster's first MX expires.
    *(fault("certificate-expired", domain, 40, 45) for domain in (SHOP, CLUB, SCHOOL)),
    # The web server with the policy answers 404.
    fault("policy-fetch", BANK, 70, 72),
    # An MX that the policy does not name; then testing mode ends.
    fault("mx-changed", BLOG, 84, 91),
    # One sender has a fault of its own.
    fault("partial", SCHOOL, 110, 112, organization=MEADOW),
    # A reporter is silent, and comes back.
    fault("stopped", "", 130, 145, organization=MAILRU),
    # What is wrong from the start.
    fault("certificate-expired", NEW, 153, 156, which=None),
    # Known and left, until it grows.
    fault("certificate-not-trusted", CLUB, 170, 219, share=0.02, grows=0.2, over=60),
    # Resolved, and back.
    fault("certificate-expired", BANK, 240, 243, which=None),
    fault("certificate-expired", BANK, 262, 264, which=None),
    fault("stopped", OLD, GIVEN_UP, 999),
]
FORGED = range(200, 206)  # days on which a stranger mails reports as Google's
MILTER_BROKEN = range(300, 304)  # days on which nobody vouches for what comes
DAMAGED = 325  # the day on which damaged reports fill the quarantine


def traffic():
    return Traffic(1, FIRST, DAYS, DOMAINS, SCRIPT, crowd())


# At noon of a day, after he was told: the verb, a part of the title, and what follows the number.
ACTIONS = [
    (42, "note", "certificate-expired at mx1.host.example", "the hoster knows"),
    (173, "accept", "certificate-not-trusted", "--until", "2024-11-25", "a test of theirs"),
    (222, "resolve", "certificate-not-trusted", "they have a right one now"),
    (245, "resolve", f"certificate-expired at mx1.{BANK}", "renewed by hand"),
    (287, "accept", f"about {OLD}", "given up"),
]
# What alert mails, and on which day: the subject, then each line with what became of it.
TOLD = [
    # How it stands: the record is published, and nothing has come yet.
    (0, "Subject", "TLS alert, as it stands: critical, no report ever came"),
    (0, "As it stands", "CRITICAL no report ever came"),
    (1, "Subject", "TLS alert: over, no report ever came"),
    (1, "Over", "no report ever came"),
    # One certificate, three domains: once, and over once.  Who reports failures only never
    # says that all is well, so it lasts as long as the window.
    (41, "Subject", "TLS alert 3 domains: critical, certificate-expired at mx1.host.example"),
    (41, "Began",
     "CRITICAL certificate-expired at mx1.host.example: club.example, school.example and 1 more"),
    (53, "Subject",
     "TLS alert: over, certificate-expired at mx1.host.example (club.example and 2 more)"),
    (53, "Over", "certificate-expired at mx1.host.example (club.example and 2 more)"),
    # It stops no mail by itself.
    (71, "Subject", "TLS alert bank.example: warning, sts-policy-fetch-error"),
    (71, "Began", "WARNING sts-policy-fetch-error: bank.example"),
    (80, "Subject", "TLS alert: over, sts-policy-fetch-error (bank.example)"),
    (80, "Over", "sts-policy-fetch-error (bank.example)"),
    # Senders call it by two names, one of which can mean much; in testing mode mail is delivered.
    (85, "Subject", "TLS alert blog.example: 2 warnings"),
    (85, "Began", "WARNING validation-failure at mx1.blog.example: blog.example"),
    (85, "Began", "WARNING mx-not-in-policy at mx1.blog.example: blog.example"),
    # Now it is held back.
    (89, "Subject", "TLS alert blog.example: 2 critical"),
    (89, "Got worse", "CRITICAL validation-failure at mx1.blog.example: blog.example"),
    (89, "Got worse", "CRITICAL mx-not-in-policy at mx1.blog.example: blog.example"),
    # The weekly report about day 91 comes on day 98, and is no news.
    (95, "Subject", "TLS alert blog.example: over, validation-failure at mx1.blog.example"),
    (95, "Over", "validation-failure at mx1.blog.example (blog.example)"),
    (99, "Subject", "TLS alert: over, mx-not-in-policy at mx1.blog.example (blog.example)"),
    (99, "Over", "mx-not-in-policy at mx1.blog.example (blog.example)"),
    # All others report success.
    (112, "Subject",
     "TLS alert school.example: warning, tls-handshake-failure at mx1.host.example"),
    (112, "Began", "WARNING tls-handshake-failure at mx1.host.example: school.example"),
    (116, "Subject", "TLS alert school.example: over, tls-handshake-failure at mx1.host.example"),
    (116, "Over", "tls-handshake-failure at mx1.host.example (school.example)"),
    # More than four days after its last report.
    (135, "Subject",
     "TLS alert 4 domains: warning, Mail.ru no longer reports about blog.example and 3 more"),
    (135, "Began", "WARNING Mail.ru no longer reports about blog.example and 3 more"),
    (147, "Subject", "TLS alert: over, Mail.ru no longer reports about bank.example and 5 more"),
    (147, "Over", "Mail.ru no longer reports about bank.example and 5 more"),
    # Of a domain that is still learning.
    (154, "Subject",
     "TLS alert new.example: critical, certificate-expired at mx1.new.example, mx2.new.example"),
    (154, "Began", "CRITICAL certificate-expired at mx1.new.example, mx2.new.example: new.example"),
    (164, "Subject",
     "TLS alert: over, certificate-expired at mx1.new.example, mx2.new.example (new.example)"),
    (164, "Over", "certificate-expired at mx1.new.example, mx2.new.example (new.example)"),
    # Told, accepted on day 173, and told again when the share is over twice what it was.
    (171, "Subject",
     "TLS alert club.example: critical, certificate-not-trusted at mx1.host.example"),
    (171, "Began", "CRITICAL certificate-not-trusted at mx1.host.example: club.example"),
    (174, "Subject", "TLS alert club.example: over, certificate-not-trusted at mx1.host.example"),
    (174, "Over", "certificate-not-trusted at mx1.host.example (club.example)"),
    (185, "Subject",
     "TLS alert club.example: critical, certificate-not-trusted at mx1.host.example"),
    (185, "Began", "CRITICAL certificate-not-trusted at mx1.host.example: club.example"),
    (185, "Note", "a test of theirs"),
    # Marked as resolved.
    (223, "Subject", "TLS alert club.example: over, certificate-not-trusted at mx1.host.example"),
    (223, "Over", "certificate-not-trusted at mx1.host.example (club.example)"),
    # Resolved on day 245; 16 days later it is back, with what was done then.
    (241, "Subject",
     "TLS alert bank.example: critical, certificate-expired at mx1.bank.example, mx2.bank.example"),
    (241, "Began",
     "CRITICAL certificate-expired at mx1.bank.example, mx2.bank.example: bank.example"),
    (246, "Subject",
     "TLS alert bank.example: over, certificate-expired at mx1.bank.example, mx2.bank.example"),
    (246, "Over", "certificate-expired at mx1.bank.example, mx2.bank.example (bank.example)"),
    (263, "Subject",
     "TLS alert bank.example: critical, certificate-expired at mx1.bank.example, mx2.bank.example"),
    (263, "Began",
     "CRITICAL certificate-expired at mx1.bank.example, mx2.bank.example: bank.example"),
    (263, "Note", "renewed by hand"),
    (272, "Subject",
     "TLS alert: over, certificate-expired at mx1.bank.example, mx2.bank.example (bank.example)"),
    (272, "Over", "certificate-expired at mx1.bank.example, mx2.bank.example (bank.example)"),
    # One line, though the last reports came on different days; accepted on day 287.
    (285, "Subject", "TLS alert old.example: warning, nobody reports any more about old.example"),
    (285, "Began", "WARNING nobody reports any more about old.example"),
    (288, "Subject", "TLS alert: over, nobody reports any more about old.example"),
    (288, "Over", "nobody reports any more about old.example"),
    # Nobody vouches for what comes since day 300.  On day 304 mail is believed again; a report that
    # is late on top of it makes one silence, since days without any mail count in silences.
    (302, "Subject", "TLS alert: critical, no reports since 2024-10-26"),
    (302, "Began", "CRITICAL no reports since 2024-10-26"),
    (304, "Subject", "TLS alert: 1 warning, 1 over"),
    (304, "Began",
     "WARNING Microsoft Corporation (microsoft.com) no longer reports about club.example"),
    (304, "Over", "no reports since 2024-10-26"),
    (305, "Subject",
     "TLS alert: over, Microsoft Corporation (microsoft.com) no longer reports about club.example"),
    (305, "Over", "Microsoft Corporation (microsoft.com) no longer reports about club.example"),
    # Four damaged reports that somebody vouches for; dropped on day 327.
    (325, "Subject", "TLS alert: critical, the quarantine is full"),
    (325, "Began", "CRITICAL the quarantine is full"),
    (328, "Subject", "TLS alert: over, the quarantine is full"),
    (328, "Over", "the quarantine is full"),
]
# What is told to begin or to get worse twice: it grew, or it came back.
RECURRED = [
    ("Began", "CRITICAL certificate-expired at mx1.bank.example, mx2.bank.example: bank.example"),
    ("Began", "CRITICAL certificate-not-trusted at mx1.host.example: club.example"),
]
# What check says from the first to the last of these days: its exit code, and each alarm.
CHECKS = [
    (0, 0, 3, ["UNKNOWN no report ever came"]),
    (1, 40, 0, []),
    (41, 52, 2, ["CRITICAL certificate-expired at mx1.host.example (club.example and 2 more)"]),
    (53, 70, 0, []),
    (71, 79, 1, ["WARNING sts-policy-fetch-error (bank.example)"]),
    (80, 84, 0, []),
    (85, 88, 1, [
        "WARNING validation-failure at mx1.blog.example (blog.example)",
        "WARNING mx-not-in-policy at mx1.blog.example (blog.example)",
    ]),
    (89, 94, 2, [
        "CRITICAL validation-failure at mx1.blog.example (blog.example)",
        "CRITICAL mx-not-in-policy at mx1.blog.example (blog.example)",
    ]),
    (95, 97, 2, ["CRITICAL mx-not-in-policy at mx1.blog.example (blog.example)"]),
    (98, 98, 2, [
        "CRITICAL validation-failure at mx1.blog.example (blog.example)",
        "CRITICAL mx-not-in-policy at mx1.blog.example (blog.example)",
    ]),
    (99, 111, 0, []),
    (112, 115, 1, ["WARNING tls-handshake-failure at mx1.host.example (school.example)"]),
    (116, 134, 0, []),
    (135, 135, 1, ["WARNING Mail.ru no longer reports about blog.example and 3 more"]),
    (136, 146, 1, ["WARNING Mail.ru no longer reports about bank.example and 5 more"]),
    (147, 153, 0, []),
    (154, 163, 2, [
        "CRITICAL certificate-expired at mx1.new.example, mx2.new.example (new.example)",
    ]),
    (164, 170, 0, []),
    (171, 173, 2, ["CRITICAL certificate-not-trusted at mx1.host.example (club.example)"]),
    (174, 184, 0, []),
    (185, 222, 2, ["CRITICAL certificate-not-trusted at mx1.host.example (club.example)"]),
    (223, 240, 0, []),
    (241, 245, 2, [
        "CRITICAL certificate-expired at mx1.bank.example, mx2.bank.example (bank.example)",
    ]),
    (246, 262, 0, []),
    (263, 271, 2, [
        "CRITICAL certificate-expired at mx1.bank.example, mx2.bank.example (bank.example)",
    ]),
    (272, 284, 0, []),
    (285, 287, 1, ["WARNING nobody reports any more about old.example"]),
    (288, 301, 0, []),
    (302, 303, 3, ["UNKNOWN no reports since 2024-10-26"]),
    (304, 304, 1, [
        "WARNING Microsoft Corporation (microsoft.com) no longer reports about club.example",
    ]),
    (305, 324, 0, []),
    (325, 327, 3, ["UNKNOWN the quarantine is full"]),
    (328, 365, 0, []),
]
# The subject of the digest of each Monday.
DIGESTS = [
    (7, "TLS reports shop.example +7: nothing broken"),
    (14, "TLS reports shop.example +7: nothing broken"),
    (21, "TLS reports shop.example +7: nothing broken"),
    (28, "TLS reports shop.example +7: nothing broken"),
    (35, "TLS reports shop.example +7: nothing broken"),
    (42, "TLS reports club.example +7: 1 critical"),
    (49, "TLS reports club.example +7: 1 critical"),
    (56, "TLS reports shop.example +7: nothing broken, 1 over"),
    (63, "TLS reports shop.example +7: nothing broken"),
    (70, "TLS reports shop.example +7: nothing broken"),
    (77, "TLS reports bank.example +7: 1 warning"),
    (84, "TLS reports shop.example +7: nothing broken, 1 over"),
    (91, "TLS reports blog.example +7: 2 critical"),
    (98, "TLS reports blog.example +7: 2 critical"),
    (105, "TLS reports shop.example +7: nothing broken, 2 over"),
    (112, "TLS reports school.example +7: 1 warning"),
    (119, "TLS reports school.example +7: nothing broken, 1 over"),
    (126, "TLS reports shop.example +7: nothing broken"),
    (133, "TLS reports shop.example +7: nothing broken"),
    (140, "TLS reports shop.example +7: 1 silence"),
    (147, "TLS reports shop.example +7: nothing broken"),
    (154, "TLS reports new.example +8: 1 critical"),
    (161, "TLS reports new.example +8: 1 critical"),
    (168, "TLS reports shop.example +8: nothing broken, 1 over"),
    (175, "TLS reports club.example +8: nothing broken"),
    (182, "TLS reports club.example +8: nothing broken"),
    (189, "TLS reports club.example +8: 1 critical"),
    (196, "TLS reports club.example +8: 1 critical"),
    (203, "TLS reports club.example +8: 1 critical"),
    (210, "TLS reports club.example +8: 1 critical"),
    (217, "TLS reports club.example +8: 1 critical"),
    (224, "TLS reports club.example +8: nothing broken, 1 over"),
    (231, "TLS reports shop.example +8: nothing broken"),
    (238, "TLS reports shop.example +8: nothing broken"),
    (245, "TLS reports bank.example +8: 1 critical"),
    (252, "TLS reports shop.example +8: nothing broken, 1 over"),
    (259, "TLS reports shop.example +8: nothing broken"),
    (266, "TLS reports bank.example +8: 1 critical"),
    (273, "TLS reports shop.example +8: nothing broken, 1 over"),
    (280, "TLS reports shop.example +8: nothing broken"),
    (287, "TLS reports shop.example +8: 1 silence"),
    (294, "TLS reports shop.example +8: nothing broken"),
    (301, "TLS reports shop.example +8: nothing broken"),
    (308, "TLS reports shop.example +8: nothing broken"),
    (315, "TLS reports shop.example +7: nothing broken"),
    (322, "TLS reports shop.example +7: nothing broken"),
    (329, "TLS reports shop.example +7: nothing broken"),
    (336, "TLS reports shop.example +7: nothing broken"),
    (343, "TLS reports shop.example +7: nothing broken"),
    (350, "TLS reports shop.example +7: nothing broken"),
    (357, "TLS reports shop.example +7: nothing broken"),
    (364, "TLS reports shop.example +7: nothing broken"),
]
