"""Takes messages to tlsrpt-ingest as if it were another day."""
import glob
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from tap import BIN, ENVIRONMENT, SANITIZED, Tap, fast_folder, skip  # noqa: E402,F401
from senders import time_text  # noqa: E402

TLSRPT = os.path.join(BIN, "tlsrpt")


def clock_library():
    """libfaketime; the command faketime does the same, and starts a process more."""
    found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1") + \
        glob.glob("/usr/lib/faketime/libfaketime.so.1")
    return found[0] if found else None


class Delivery:
    """A store, and the clock that its deliveries go by."""

    def __init__(self, tap, name="story.db"):
        self.tap, self.db = tap, tap.path(name)
        self.library = clock_library()
        if self.library is None:
            skip("libfaketime is not installed")
        if SANITIZED:
            skip("the sanitizer and libfaketime both want to be loaded first")

    def deliver(self, message, at):
        """The filter's exit code is 0, or the test ends."""
        clock = {"LD_PRELOAD": self.library, "FAKETIME": time_text(at).replace("T", " ")[:-1],
                 "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                 "NO_FAKE_STAT": "1"}
        clock["FAKETIME"] = "@" + clock["FAKETIME"]
        done = subprocess.run(self.tap.command(self.db), input=message, capture_output=True,
                              env={**ENVIRONMENT, **clock}, timeout=60)
        if done.returncode != 0:
            sys.exit(f"tlsrpt-ingest ended with {done.returncode}: {done.stderr!r}")

    def ask(self, verb, now, *arguments):
        """A verb of tlsrpt at another time: exit code, output, errors."""
        done = subprocess.run(
            [TLSRPT, verb, "--config", self.tap.path("empty.conf"), "--db", self.db,
             "--now", str(now), *arguments],
            capture_output=True, env=ENVIRONMENT, timeout=60)
        return done.returncode, done.stdout.decode(), done.stderr.decode()
