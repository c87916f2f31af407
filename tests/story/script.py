"""The script of the story: ninety days of three domains, from a Monday on.

Days are numbered from 0.  `check` is asked at 9:00 of each day, when those reports of the day
before that come at night are in; Google's come an hour later and Microsoft's in the evening.  On
Mondays the digest of the week that ended the day before follows, and then `prune`.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "simulation"))
from world import Domain, Problem  # noqa: E402

CRITICAL, WARNING, UNKNOWN = "CRITICAL", "WARNING", "UNKNOWN"
FIRST, DAYS = 20605, 91  # 2026-06-01, a Monday
SHOP, CLUB, DANE = "shop.example", "club.example", "bank.example"
DOMAINS = [
    Domain(SHOP, 3000),
    Domain(CLUB, 300, modes=[(0, "testing"), (FIRST + 42, "enforce")]),
    Domain(DANE, 800, dane=True),
]
EXPIRED = "certificate-expired"
FETCH, TLSA, OTHER = "sts-policy-fetch-error", "tlsa-invalid", "validation-failure"
GOOGLE, MICROSOFT, MAILRU = "Google Inc.", "Microsoft Corporation", "Mail.ru"
STOPPED = "Orchard e.V."


def problem(kind, domain, first, last, organization="", **more):
    return Problem(kind, domain, FIRST + first, FIRST + last, organization, **more)


SCRIPT = [
    # Noise: three sessions of thousands; and two at one that reports nothing but failures.
    problem("glitch", SHOP, 3, 3, GOOGLE, count=3, result="starttls-not-supported",
            mx=f"mx2.{SHOP}"),
    problem("glitch", DANE, 30, 30, "mox.lakeside.example", count=2, result="dnssec-invalid",
            mx=f"mx1.{DANE}"),
    # A certificate expires and is renewed; months later nobody has made that a habit.
    problem("certificate-expired", SHOP, 16, 21),
    problem("certificate-expired", SHOP, 44, 45),
    # Half of a day's mail of one sender: more than noise, but once.
    problem("glitch", DANE, 26, 26, MAILRU, count=15, result=OTHER, mx=f"mx2.{DANE}"),
    # Less than that, where much had failed in the weeks before: no more than usual.
    problem("glitch", SHOP, 38, 38, MAILRU, count=18, result=OTHER, mx=f"mx2.{SHOP}"),
    # A new MX that the policy does not name, while that is in testing mode.
    problem("mx-changed", CLUB, 35, 37, mx=f"mx3.{CLUB}"),
    # The web server with the policy is away; who asks each time sees no policy.
    problem("policy-fetch", CLUB, 54, 56),
    problem("stopped", "", 57, 999, STOPPED),
    problem("tlsa", DANE, 66, 69, mx=f"mx2.{DANE}"),
    # Our own mail system is down; then the queues of the senders come.
    problem("broken", "", 72, 75, held=True),
    problem("partial", SHOP, 78, 81, GOOGLE),
    # Out of a queue, 24 days later; and a report that comes twice.
    problem("late", DANE, 60, 60, MICROSOFT),
    problem("glitch", DANE, 60, 60, MICROSOFT, count=2, result=FETCH),
    problem("twice", SHOP, 86, 86, GOOGLE),
]

# What check names, from the first to the last of these days.
SHOP_EXPIRED = f"certificate-expired at mx1.{SHOP} ({SHOP})"
ALARMS = [
    (17, 22, CRITICAL, SHOP_EXPIRED),
    # Half of Mail.ru's sessions on one day; over when it has reported on three days since.
    (27, 29, WARNING, f"{OTHER} ({DANE})"),
    # In testing mode mail is delivered; from day 42 on it would not be.
    (36, 42, WARNING, f"mx-not-in-policy at mx3.{CLUB} ({CLUB})"),
    (43, 44, CRITICAL, f"mx-not-in-policy at mx3.{CLUB} ({CLUB})"),
    (36, 41, WARNING, f"{OTHER} at mx3.{CLUB} ({CLUB})"),  # so Google calls it
    (45, 50, CRITICAL, SHOP_EXPIRED),
    (52, 52, CRITICAL, SHOP_EXPIRED),  # opened again
    (55, 63, WARNING, f"{FETCH} ({CLUB})"),
    # Until 28 days after its last report; if nothing comes at all, that is the only alarm.
    (62, 73, WARNING, f"{STOPPED} no longer reports about {CLUB} and 3 more"),
    (76, 85, WARNING, f"{STOPPED} no longer reports about {CLUB} and 3 more"),
    # Some report about the domain, and some about its MX.
    (67, 70, CRITICAL, f"{TLSA} at mx2.{DANE} ({DANE} and 1 more)"),
    (74, 75, UNKNOWN, "no reports since 2026-08-11"),
    # Google alone sees it; its report of day 78 comes on day 79 at 10:30.
    (80, 85, WARNING, f"{OTHER} at mx1.{SHOP} ({SHOP})"),
]

RENEWED, AGAIN = "renewed by hand, the timer was off", "the timer is on now"
# At noon of a day: the verb, the problem of a domain with a kind of cause, the text.
ACTIONS = [
    (17, "note", SHOP, EXPIRED, RENEWED),
    (22, "resolve", SHOP, EXPIRED, ""),
    (50, "resolve", SHOP, EXPIRED, AGAIN),
    (51, "reopen", SHOP, EXPIRED, "not on mx2"),
    (70, "resolve", DANE, TLSA, "both keys are published now"),
]
# Which note a check shows with an alarm.
NOTES = {(18, SHOP, EXPIRED): RENEWED, (45, SHOP, EXPIRED): RENEWED,
         (46, SHOP, EXPIRED): RENEWED, (52, SHOP, EXPIRED): "not on mx2"}

# What the digest of a Monday names, of the week before: in which section, by which title.
MISSING = ("missing", f"{STOPPED} no longer reports about {CLUB} and 3 more")
DIGESTS = {
    7: [("glitch", f"starttls-not-supported at mx2.{SHOP} ({SHOP})")],
    14: [],
    21: [("broken", SHOP_EXPIRED)],
    28: [("broken", f"{OTHER} ({DANE})"), ("over", SHOP_EXPIRED)],
    35: [("glitch", f"dnssec-invalid at mx1.{DANE} ({DANE})"), ("over", f"{OTHER} ({DANE})")],
    42: [("broken", f"mx-not-in-policy at mx3.{CLUB} ({CLUB})"), ("glitch", f"{OTHER} ({SHOP})"),
         ("over", f"{OTHER} at mx3.{CLUB} ({CLUB})")],
    49: [("broken", SHOP_EXPIRED), ("over", f"mx-not-in-policy at mx3.{CLUB} ({CLUB})")],
    56: [("broken", f"{FETCH} ({CLUB})"), ("over", SHOP_EXPIRED)],
    63: [("broken", f"{FETCH} ({CLUB})"), MISSING],
    70: [("broken", f"{TLSA} at mx2.{DANE} ({DANE} and 1 more)"), ("over", f"{FETCH} ({CLUB})"),
         MISSING],
    77: [("over", f"{TLSA} at mx2.{DANE} ({DANE} and 1 more)"), MISSING],
    84: [("broken", f"{OTHER} at mx1.{SHOP} ({SHOP})"), MISSING],
    91: [("over", f"{OTHER} at mx1.{SHOP} ({SHOP})")],
}
