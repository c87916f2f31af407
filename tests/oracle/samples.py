#!/usr/bin/env python3
"""The independent reader agrees with the program on every sample, each taken in from standard input."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import oracle  # noqa: E402
from tap import ENVIRONMENT, Tap, fast_folder  # noqa: E402

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data")


def samples():
    for folder in "json", "mail":
        for path, _, names in sorted(os.walk(os.path.join(DATA, folder))):
            yield from (os.path.join(path, name) for name in sorted(names))


def main():
    tap = Tap(fast_folder())
    taken = 0
    for number, path in enumerate(samples()):
        db = tap.path(f"{number}.db")
        with open(path, "rb") as message:
            subprocess.run(tap.command(db), stdin=message, env=ENVIRONMENT, check=True)
        differences = oracle.check(db)
        tap.ok(not differences, os.path.relpath(path, DATA), *differences)
        taken += 1
    tap.ok(taken > 100, f"{taken} samples were tried")
    tap.finish()


if __name__ == "__main__":
    main()
