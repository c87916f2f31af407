"""The script of the story: ninety days of three domains, from a Monday on.

Days are numbered from 0.  `check` is asked at 9:00 of each day, when those reports of the day
before that come at night are in; Google's come an hour later and Microsoft's in the evening.  On
Mondays the digest of the week that ended the day before follows, and then `prune`.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "simulation"))
from model import CRITICAL, UNKNOWN, WARNING, Alarm  # noqa: E402
from world import Domain, Problem  # noqa: E402

FIRST, DAYS = 20605, 91  # 2026-06-01, a Monday
SHOP, CLUB, DANE = "shop.example", "club.example", "bank.example"
DOMAINS = [
    Domain(SHOP, 3000),
    Domain(CLUB, 300, modes=[(0, "testing"), (FIRST + 42, "enforce")]),
    Domain(DANE, 800, dane=True),
]
EXPIRED, UNTRUSTED = "certificate-expired", "certificate-not-trusted"  # the second by Stalwart
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
ALARMS = [
    (17, 22, Alarm(CRITICAL, "failure", SHOP, EXPIRED)),
    (17, 17, Alarm(WARNING, "unusual", SHOP, UNTRUSTED)),  # one sender, one day
    (18, 22, Alarm(CRITICAL, "failure", SHOP, UNTRUSTED)),
    (27, 33, Alarm(WARNING, "unusual", DANE, OTHER)),
    (36, 44, Alarm(WARNING, "failure", CLUB, OTHER)),  # in testing mode mail is delivered
    (45, 50, Alarm(CRITICAL, "failure", SHOP, EXPIRED)),
    (45, 45, Alarm(WARNING, "unusual", SHOP, UNTRUSTED)),
    (46, 50, Alarm(CRITICAL, "failure", SHOP, UNTRUSTED)),
    (52, 52, Alarm(CRITICAL, "failure", SHOP, EXPIRED)),  # opened again
    (55, 63, Alarm(WARNING, "failure", CLUB, FETCH)),  # nobody knows a mode without a policy
    *((62, 64, Alarm(WARNING, "silent", domain, STOPPED))
      for domain in (SHOP, CLUB, f"mx1.{DANE}", f"mx2.{DANE}")),
    (67, 70, Alarm(CRITICAL, "failure", DANE, TLSA)),
    # By those who report on the MX; of two there one has stopped.
    (67, 67, Alarm(WARNING, "unusual", f"mx2.{DANE}", TLSA)),
    (68, 70, Alarm(CRITICAL, "failure", f"mx2.{DANE}", TLSA)),
    (74, 75, Alarm(UNKNOWN, "stopped")),
    (80, 80, Alarm(WARNING, "unusual", SHOP, OTHER)),  # Google's report of day 78 comes at 10:30
    (81, 87, Alarm(CRITICAL, "failure", SHOP, OTHER)),
    (88, 88, Alarm(WARNING, "unusual", SHOP, OTHER)),  # one day of it is left in the window
]

RENEWED, AGAIN = "renewed by hand, the timer was off", "the timer is on now"
# At noon of a day: the verb, the incidents of a domain with some result types, the text.
ACTIONS = [
    (17, "note", SHOP, (EXPIRED, UNTRUSTED), RENEWED),
    (22, "resolve", SHOP, (EXPIRED, UNTRUSTED), ""),
    (50, "resolve", SHOP, (EXPIRED, UNTRUSTED), AGAIN),
    (51, "reopen", SHOP, (EXPIRED,), "not on mx2"),
    (70, "resolve", DANE, (TLSA,), "both keys are published now"),
    (70, "resolve", f"mx2.{DANE}", (TLSA,), "both keys are published now"),
]
# Which note a check shows with an alarm.
NOTES = {(18, SHOP, EXPIRED): RENEWED, (45, SHOP, EXPIRED): RENEWED,
         (46, SHOP, UNTRUSTED): RENEWED, (52, SHOP, EXPIRED): "not on mx2"}

# What the digest of a Monday names: problems by state, a glitch among them, resolved incidents,
# silent reporters, and a note on what recurs.  All that is not here it must not name.
DIGESTS = {
    7: dict(new={(SHOP, "starttls-not-supported")}, glitches=1),
    14: dict(),
    21: dict(new={(SHOP, EXPIRED), (SHOP, UNTRUSTED)}),
    28: dict(resolved={(SHOP, EXPIRED), (SHOP, UNTRUSTED)}, new={(DANE, OTHER)}),
    35: dict(new={(DANE, "dnssec-invalid")}, glitches=1),
    42: dict(new={(CLUB, OTHER), (SHOP, OTHER)}, glitches=1),
    49: dict(recurring={(SHOP, EXPIRED), (SHOP, UNTRUSTED)}, note=RENEWED),
    56: dict(new={(CLUB, FETCH)}, resolved={(SHOP, UNTRUSTED)}),
    63: dict(ongoing={(CLUB, FETCH)}, silent={STOPPED}),
    70: dict(new={(DANE, TLSA), (f"mx2.{DANE}", TLSA)}, silent={STOPPED}),  # until day 64
    77: dict(resolved={(DANE, TLSA), (f"mx2.{DANE}", TLSA)}),
    84: dict(new={(SHOP, OTHER)}),
    91: dict(),
}
