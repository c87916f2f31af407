"""What the tests of order share: reports that are told apart, and a store to begin with."""
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from generator import Generator, Message, Part  # noqa: E402


class Plain(Generator):
    """Without what is odd: whoever adds the counts gets sums that hold."""

    def chance(self, probability):
        return probability > 0.5

    def count(self):
        return self.rng.randint(0, 9)


def message(number, seed=0, generator=Plain):
    """A message with a report like no other; its report-id is the number."""
    rng = random.Random(f"{seed} {number}")
    plain = generator(rng)
    report = plain.plain_report()
    report["report-id"] = str(number)
    json = plain.dump(report)
    data = plain.gzip(json) if number % 2 else json
    kind = "application/tlsrpt+gzip" if number % 2 else "application/tlsrpt+json"
    mail = Message(plain, number)
    return mail.text([Part(plain, data, kind, None)])
